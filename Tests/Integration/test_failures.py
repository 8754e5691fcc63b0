"""When one side is slow, gone or hostile: 502, 503, 504, retries, time limits (RFC 9110 §9.2.2, §15.6)."""

import socket
import threading
import time

import pytest

from conftest import RULES
from harness.client import Client, exchange, fetch, request
from harness.origin import OK, chunk, head, response
from harness.process import free_port


def assert_error_page(seen, status):
    assert seen.status == status
    assert seen.one("cache-control") == b"no-store"
    assert seen.one("content-type").startswith(b"text/html") and b"%d" % status in seen.body
    assert int(seen.one("content-length")) == len(seen.body)


def test_502_when_the_origin_is_not_there(make_gate):
    gate = make_gate(f"origin: http://127.0.0.1:{free_port()}\n{RULES}")
    assert_error_page(fetch(gate.port), 502)
    assert fetch(gate.port, method="HEAD").status == 502


def test_the_origin_coming_back_is_noticed(make_gate, make_origin):
    port = free_port()
    gate = make_gate(f"origin: http://127.0.0.1:{port}\n{RULES}")
    assert fetch(gate.port).status == 502
    listener = socket.create_server(("127.0.0.1", port))
    threading.Thread(target=lambda: (listener.accept()[0].sendall(OK), time.sleep(0.3)), daemon=True).start()
    assert fetch(gate.port).status == 200
    listener.close()


HOSTILE = {
    "closes at once": b"",
    "garbage": b"\x00\x01\x02 garbage \xff\xfe\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "status with two digits": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "status with four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
    "folded field": b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\nok",
    "NUL in a field": b"HTTP/1.1 200 OK\r\nX-A: b\x00\r\nContent-Length: 2\r\n\r\nok",
    "bare CR in a field": b"HTTP/1.1 200 OK\r\nX-A: b\rSet-Cookie: _ga=1\r\nContent-Length: 2\r\n\r\nok",
    "differing lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    "malformed length": b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    "length and chunked": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "unknown transfer coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "endless head": b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 100_000,
    "too many fields": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(2000)) + b"\r\n",
    "endless interim responses": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_502_when_the_origin_answers_nonsense(gate, origin, name):
    def respond(peer, _):
        try:
            peer.send(HOSTILE[name])
            peer.sock.shutdown(socket.SHUT_WR)
            time.sleep(0.05)
        finally:
            peer.close()

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(request("/", method="POST", body=b"once"))
        message = client.response("POST")
        assert_error_page(message, 502)
        assert len(message.interim) < 5000
    assert len(origin.requests) == 1
    origin.reset()
    assert fetch(gate.port).body == b"ok"


def test_502_when_the_origin_resets(gate, origin):
    origin.respond = lambda peer, _: peer.reset()
    assert_error_page(fetch(gate.port, method="POST", body=b"x"), 502)


def truncated(gate):
    """The response ends in a way that tells the visitor it is not whole."""
    with Client(gate.port) as client:
        client.send(request())
        try:
            client.response()
        except Exception:
            return True
    return False


def test_a_body_shorter_than_its_length_is_not_taken_for_whole(gate, origin):
    origin.answer_and_close(head(fields=["Content-Type: image/png", "Content-Length: 100"]) + b"short")
    assert truncated(gate)


def test_a_chunked_body_that_ends_early_is_not_taken_for_whole(gate, origin):
    origin.answer_and_close(head(fields=["Content-Type: image/png", "Transfer-Encoding: chunked"]) + chunk(b"part"))
    assert truncated(gate)


def test_broken_chunks_of_the_origin_are_not_taken_for_whole(gate, origin):
    origin.answer_and_close(
        head(fields=["Content-Type: image/png", "Transfer-Encoding: chunked"]) + b"zz\r\nabc\r\n0\r\n\r\n"
    )
    assert truncated(gate)


def test_bytes_beyond_the_length_never_become_another_response(gate, origin):
    origin.answer(head(fields=["Content-Type: image/png", "Content-Length: 2"]) + b"ok" + response("injected"))
    with Client(gate.port) as client:
        assert client.request("/1").body == b"ok"
        time.sleep(0.05)
        origin.answer(response("second"))
        assert client.request("/2").body == b"second"
    assert len({seen.peer.number for seen in origin.requests}) == 2, "that origin connection must not be used again"


def test_unasked_bytes_on_an_idle_origin_connection_spoil_it(gate, origin):
    fetch(gate.port)
    origin.last.peer.send(response("injected"))
    time.sleep(0.1)
    assert fetch(gate.port, "/next").body == b"ok"


def test_bytes_after_a_204_never_become_another_response(gate, origin):
    origin.answer(head("204 No Content", ["Content-Length: 8"]) + response("injected"))
    with Client(gate.port) as client:
        assert client.request("/1").status == 204
        time.sleep(0.05)
        origin.answer(response("second"))
        assert client.request("/2").body == b"second"


@pytest.mark.alone
def test_504_when_the_origin_does_not_answer(gate, origin):
    origin.respond = lambda peer, _: time.sleep(2)
    began = time.monotonic()
    assert_error_page(fetch(gate.port), 504)
    assert 0.8 < time.monotonic() - began < 1.9


@pytest.mark.alone
def test_504_when_the_origin_cannot_be_connected(make_gate):
    # A backlog that is full: the kernel drops what comes on top, so that connecting takes for ever.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        time.sleep(0.05)
        gate = make_gate(f"origin: http://127.0.0.1:{port}\n{RULES}")
        began = time.monotonic()
        assert_error_page(fetch(gate.port), 504)
        assert time.monotonic() - began < 2
        for filler in fillers:
            filler.close()


def test_a_response_that_stalls_is_cut(gate, origin):
    def respond(peer, _):
        peer.send(head(fields=["Content-Type: image/png", "Content-Length: 100"]) + b"part")
        time.sleep(4)

    origin.respond = respond
    began = time.monotonic()
    assert truncated(gate)
    assert 1.5 < time.monotonic() - began < 3.8


def test_503_with_retry_after_beyond_the_queue(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(
        f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\nlimits: {{ origin_connections: 2, queue: 2, retry_after: 3s }}\n{RULES}"
    )
    go = threading.Event()

    def respond(peer, _):
        go.wait(5)
        peer.send(OK)

    origin.respond = respond
    clients = [Client(gate.port) for _ in range(6)]
    for client in clients[:4]:
        client.send(request())
    origin.wait_for_requests(2)
    time.sleep(0.1)
    for client in clients[4:]:
        client.send(request())
        seen = client.response()
        assert_error_page(seen, 503)
        assert seen.one("retry-after") == b"3"
    go.set()
    assert [client.response().status for client in clients[:4]] == [200] * 4
    assert len({seen.peer.number for seen in origin.requests}) == 2
    for client in clients:
        client.close()


def stale_pool(gate, origin, method, body=None):
    """A request on a pooled connection that the origin closes as soon as it reads it."""
    fetch(gate.port, "/warm")
    warm = origin.last.peer
    origin.requests = []

    def respond(peer, seen):
        peer.request_body(seen)
        if peer is warm:
            peer.close()
        else:
            peer.send(OK)

    origin.respond = respond
    return fetch(gate.port, "/again", method=method, body=body)


@pytest.fixture
def one_worker(make_gate, make_origin):
    origin = make_origin()
    return make_gate(f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\n{RULES}"), origin


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
def test_idempotent_requests_are_retried_on_a_fresh_connection(one_worker, method):
    gate, origin = one_worker
    assert stale_pool(gate, origin, method).status == 200
    assert len(origin.requests) == 2


def test_other_requests_are_never_sent_twice(one_worker):
    gate, origin = one_worker
    assert stale_pool(gate, origin, "POST", b"order=1").status == 502
    assert len(origin.requests) == 1


def test_a_fresh_connection_is_not_retried(one_worker):
    gate, origin = one_worker
    origin.respond = lambda peer, _: peer.close()
    assert fetch(gate.port).status == 502
    assert len(origin.requests) == 1


def test_a_response_that_began_is_not_retried(one_worker):
    gate, origin = one_worker
    fetch(gate.port, "/warm")

    def respond(peer, _):
        peer.send(b"HTTP/1.1 200 OK\r\nCont")
        peer.close()

    origin.respond = respond
    origin.requests = []
    assert fetch(gate.port).status == 502
    assert len(origin.requests) == 1


# Visitors.


def test_a_slow_head_is_cut_off(gate, origin):
    with Client(gate.port) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: sh")
        began = time.monotonic()
        raw = b""
        try:
            for _ in range(50):
                time.sleep(0.1)
                client.send(b"a")
                client.sock.settimeout(0.001)
                try:
                    data = client.sock.recv(4096)
                    raw += data
                    break
                except TimeoutError:
                    client.sock.settimeout(5)
        except OSError:
            pass
        assert time.monotonic() - began < 2, "every byte extends the time"
        assert raw == b"" or raw.startswith(b"HTTP/1.1 408")
    assert origin.requests == []


def test_a_slow_head_is_cut_off_by_a_loop_that_slept(make_gate, origin):
    """A loop without work sleeps for a second, and its timers with it."""
    timeouts = "timeouts: { request_head: 10s, idle: 60s, origin_idle: 60s }"
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\n{timeouts}\n")
    assert fetch(gate.port).status == 200
    time.sleep(0.9)
    with Client(gate.port) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: sh")
        began = time.monotonic()
        client.sock.settimeout(13)
        assert client.sock.recv(4096).startswith(b"HTTP/1.1 408")
        assert 9 < time.monotonic() - began < 12


@pytest.mark.alone
def test_many_slow_heads_do_not_keep_others_waiting(gate, origin):
    clients = [Client(gate.port) for _ in range(200)]
    for client in clients:
        client.send(b"GET / HTTP/1.1\r\nX-A: ")
    began = time.monotonic()
    assert fetch(gate.port).body == b"ok"
    assert time.monotonic() - began < 0.5
    for client in clients:
        client.close()


def test_a_body_that_stalls_is_cut_off(gate, origin):
    with Client(gate.port) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100\r\n\r\npart")
        began = time.monotonic()
        raw = client.rest() if True else b""
        assert 1.5 < time.monotonic() - began < 4
        assert raw == b"" or raw.startswith(b"HTTP/1.1 408")


def test_garbage_from_visitors(gate, origin):
    for raw in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"\x00" * 1000,
        b"\r\n" * 20000,
        b"\xff" * 40000,
        b"GET " + b"a" * 50000,
    ):
        answer = exchange(gate.port, raw, timeout=3)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert origin.requests == []
    assert fetch(gate.port).body == b"ok"


def test_more_clients_than_allowed(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nlimits: {{ clients: 16 }}\n{RULES}")
    time.sleep(0.05)
    clients = [Client(gate.port) for _ in range(16)]
    for client in clients:
        assert client.request().body == b"ok"
    raw = exchange(gate.port, request(fields=["Connection: close"]), timeout=2)
    assert raw == b"" or raw.startswith(b"HTTP/1.1 503")
    clients.pop().close()
    time.sleep(0.1)
    assert fetch(gate.port).body == b"ok"
    for client in clients:
        client.close()


def test_idle_clients_cost_little(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{RULES.replace('idle: 3s', 'idle: 30s')}")
    for _ in range(50):
        fetch(gate.port)
    before = gate.rss
    clients = [Client(gate.port) for _ in range(800)]
    for client in clients:
        client.send(request())
    for client in clients:
        assert client.response().body == b"ok"
    assert gate.rss - before < 800 * 8192
    for client in clients:
        client.close()
