"""Request bodies: framing, back-pressure, 100-continue, early responses (RFC 9110 §10.1.1, RFC 9112 §6)."""

import hashlib
import os
import threading
import time

import pytest

from conftest import RULES
from harness.client import Client, request
from harness.message import Closed
from harness.origin import chunk, head, response

MEGABYTE = 1 << 20


def digest(peer, seen):
    peer.send(response(hashlib.sha256(peer.request_body(seen)).hexdigest()))


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3 * MEGABYTE])
def test_a_body_of_known_length_arrives_as_it_was(client, origin, size):
    origin.respond = digest
    body = os.urandom(size)
    answer = client.request("/up", method="POST", body=body)
    assert answer.body.decode() == hashlib.sha256(body).hexdigest()
    assert origin.last.one("content-length") == b"%d" % size


def test_a_chunked_body_stays_chunked(client, origin):
    origin.respond = digest
    body = os.urandom(300_000)
    sizes = [1, 15, 16, 4095, 65536, 100_000]
    parts, offset = [], 0
    for size in [*sizes, len(body) - sum(sizes)]:
        parts.append(chunk(body[offset : offset + size]))
        offset += size
    client.send(
        b"POST /up HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(parts) + b"0\r\n\r\n"
    )
    assert client.response().body.decode() == hashlib.sha256(body).hexdigest()
    assert origin.last.one("transfer-encoding") == b"chunked" and origin.last.one("content-length") is None
    assert client.request("/next", method="POST", body=b"x").status == 200


def test_a_chunked_body_split_at_every_byte(gate, origin):
    origin.respond = lambda peer, seen: peer.send(response(peer.request_body(seen)))
    whole = b'4;x="y"\r\nWiki\r\n00A\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\n'
    with Client(gate.port) as client:
        for cut in range(1, len(whole)):
            client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n" + whole[:cut])
            time.sleep(0.001)
            client.send(whole[cut:])
            assert client.response().body == b"Wiki0123456789", cut


def test_request_trailers_do_not_become_fields(client, origin):
    client.send(
        b"POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\nTrailer: Cookie\r\n\r\n"
        + chunk(b"x")
        + b"0\r\nCookie: _ga=1\r\nContent-Length: 3\r\n\r\n"
    )
    assert client.response().status == 200
    assert origin.last.one("cookie") is None and b"_ga=1" not in bytes(origin.last.peer.received)


def test_the_body_reaches_the_origin_while_it_is_sent(client, origin):
    arrived = threading.Event()

    def respond(peer, seen):
        if peer.exactly(5) == b"first":
            arrived.set()
        peer.exactly(4)
        peer.send(response("done"))

    origin.respond = respond
    client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 9\r\n\r\nfirst")
    assert arrived.wait(2)
    client.send(b"last")
    assert client.response().body == b"done"


def test_a_slow_origin_slows_the_visitor_down(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{RULES.replace('body: 2s', 'body: 20s')}")
    total, stalled = 64 * MEGABYTE, threading.Event()
    sums = {}

    def respond(peer, seen):
        stalled.wait(10)
        sums["origin"] = hashlib.sha256(peer.request_body(seen)).hexdigest()
        peer.send(response("done"))

    origin.respond = respond
    block, progress = os.urandom(MEGABYTE), [0]
    with Client(gate.port, timeout=30) as client:

        def upload():
            client.send(b"POST /up HTTP/1.1\r\nHost: shop.test\r\nContent-Length: %d\r\n\r\n" % total)
            for _ in range(total // MEGABYTE):
                client.send(block)
                progress[0] += MEGABYTE

        sender = threading.Thread(target=upload)
        before = gate.rss
        sender.start()
        time.sleep(1)
        assert progress[0] < total // 2, "the proxy took more than the origin asked for"
        assert gate.rss - before < 8 * MEGABYTE, "the body is held in memory"
        stalled.set()
        sender.join(30)
        assert client.response("POST").body == b"done"
    assert sums["origin"] == hashlib.sha256(block * (total // MEGABYTE)).hexdigest()
    assert gate.rss - before < 8 * MEGABYTE


def test_a_slow_visitor_slows_the_origin_down(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{RULES.replace('body: 2s', 'body: 20s')}")
    total, block, sent = 64 * MEGABYTE, os.urandom(MEGABYTE), [0]

    def respond(peer, _):
        peer.send(head(fields=["Content-Type: application/octet-stream", f"Content-Length: {total}"]))
        for _ in range(total // MEGABYTE):
            peer.send(block)
            sent[0] += MEGABYTE

    origin.respond = respond
    before = gate.rss
    with Client(gate.port, timeout=30, receive_buffer=65536) as client:
        client.send(request("/big"))
        time.sleep(1)
        assert sent[0] < total // 2, "the proxy took more than the visitor asked for"
        assert gate.rss - before < 8 * MEGABYTE, "the body is held in memory"
        sum_ = hashlib.sha256(client.response().body).hexdigest()
    assert sum_ == hashlib.sha256(block * (total // MEGABYTE)).hexdigest()


def test_long_bodies_follow_each_other_on_one_connection(client, origin):
    """Long bodies go from socket to socket: the requests behind them find both connections as they should be."""
    long, short = os.urandom(5 * MEGABYTE + 1234), b"short"
    origin.respond = lambda peer, seen: peer.send(response(long if seen.target.startswith("/long") else short))
    client.send(b"".join(request(target) for target in ("/long", "/short", "/long?2", "/short?2")))
    assert [len(client.response().body) for _ in range(2)] == [len(long), len(short)]
    assert client.response().body == long and client.response().body == short
    assert len({seen.peer.number for seen in origin.requests}) == 1, "the origin connection was not used again"


def test_bytes_behind_a_long_body_are_nobodys(client, origin):
    long = os.urandom(MEGABYTE)
    origin.respond = lambda peer, seen: peer.send(
        response(long) + response("stray") if seen.target == "/long" else response("right"))
    assert client.request("/long").body == long
    assert client.request("/next").body == b"right"
    assert len({seen.peer.number for seen in origin.requests}) == 2


@pytest.mark.parametrize("part", [0.5, 0.999])
def test_a_long_body_that_breaks_off_is_seen_to_break_off(client, origin, part):
    long = os.urandom(2 * MEGABYTE)

    def respond(peer, _):
        peer.send(response(long)[: int(part * len(long))])
        peer.close()

    origin.respond = respond
    client.send(request("/long"))
    with pytest.raises(Closed):
        client.response()


def test_a_visitor_who_leaves_a_long_body_takes_the_origin_connection_along(gate, origin):
    gone = threading.Event()

    def respond(peer, _):
        peer.send(head(fields=[f"Content-Length: {1 << 30}"]))
        block = os.urandom(MEGABYTE)
        try:
            for _ in range(1 << 10):
                peer.send(block)
        except OSError:
            gone.set()

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(request("/long"))
        client.exactly(3 * MEGABYTE)
    assert gone.wait(2)


def test_100_continue_comes_from_the_origin(client, origin):
    asked = threading.Event()

    def respond(peer, seen):
        asked.set()
        time.sleep(0.1)
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        peer.send(response(peer.request_body(seen)))

    origin.respond = respond
    client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    assert asked.wait(2), "the head waits for the body"
    assert client.head().status == 100
    assert origin.last.one("expect").lower() == b"100-continue"
    client.send(b"body")
    assert client.response().body == b"body"
    assert client.request("/next").status == 200


def test_a_final_status_instead_of_100_continue(client, origin):
    def respond(peer, seen):
        peer.send(response("no", status="413 Content Too Large", fields=["Connection: close"]))
        peer.close()

    origin.respond = respond
    client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 400000\r\nExpect: 100-continue\r\n\r\n")
    answer = client.response("POST")
    assert answer.status == 413 and answer.interim == []


def test_a_body_sent_without_waiting_for_100(client, origin):
    def respond(peer, seen):
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        peer.send(response(peer.request_body(seen)))

    origin.respond = respond
    client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody")
    assert client.response().body == b"body"


def test_an_early_response_while_the_body_uploads(gate, origin):
    def respond(peer, _):
        peer.exactly(1000)
        peer.send(response("enough", status="403 Forbidden", fields=["Connection: close"]))
        time.sleep(0.2)
        peer.close()

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 50000000\r\n\r\n" + b"x" * 1000)
        answer = client.response("POST")
        assert (answer.status, answer.body) == (403, b"enough")


def test_an_early_response_lets_the_upload_go_on(client, origin):
    """The origin answers first and reads on: both directions are at work at once."""

    def respond(peer, seen):
        peer.send(head(fields=["Content-Type: text/plain", "Transfer-Encoding: chunked"]) + chunk(b"early"))
        size = len(peer.request_body(seen))
        peer.send(chunk(b"%d" % size) + b"0\r\n\r\n")

    origin.respond = respond
    client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 1000)
    client.until(b"early")
    client.send(b"x" * 1_999_000)
    assert client.response().body == b"early2000000"


def test_a_length_of_nothing_leaves_the_connection_usable(client, origin):
    """`Content-Length: 0` both ways, several times, and pipelined: nobody waits for content."""
    for _ in range(3):
        origin.answer(response("", ["Content-Type: text/plain"]))
        seen = client.request("/empty", method="POST", body=b"")
        assert (seen.status, seen.one("content-length"), seen.body) == (200, b"0", b"")
        assert origin.last.one("content-length") == b"0"
    client.send(request("/1", method="POST", body=b"") + request("/2", method="POST", body=b"") + request("/3"))
    assert [client.response().status for _ in range(3)] == [200] * 3
    assert [seen.target for seen in origin.requests[-3:]] == ["/1", "/2", "/3"]
    assert len({seen.peer.number for seen in origin.requests}) == 1


def test_get_may_have_a_body(client, origin):
    origin.respond = lambda peer, seen: peer.send(response(peer.request_body(seen)))
    assert client.request("/search", method="GET", body=b"{}").body == b"{}"


def test_a_visitor_who_leaves_in_the_middle_of_an_upload(gate, get, origin):
    left = threading.Event()

    def respond(peer, seen):
        try:
            peer.request_body(seen)
        except Exception:
            left.set()
            raise

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(b"POST /up HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1000\r\n\r\nabc")
        origin.wait_for_requests(1)
    assert left.wait(5), "the origin waits for a body that will not come"
    origin.reset()
    assert get().body == b"ok"
