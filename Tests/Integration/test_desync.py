"""Where one message ends and the next begins, when the sides disagree or speak out of turn (RFC 9112 §6, §9, §11)."""

import time

import pytest

from conftest import RULES
from harness.client import Client, exchange, fetch, request
from harness.origin import OK, chunk, head, response

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: shop.test\r\n\r\n"


def starts(raw):
    """The statuses of all that looks like a response."""
    return [int(part[:3]) for part in raw.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("coding", ["counted", "chunked"])
@pytest.mark.parametrize("sent", ["with the head", "after the answer"])
def test_what_is_left_of_an_upload_that_was_answered_early_is_no_request(gate, origin, coding, sent):
    """The origin answers without reading the content, and keeps its connection open."""
    origin.respond = lambda peer, seen: peer.send(response("early")) or peer.head()
    framing = b"Content-Length: 1000" if coding == "counted" else b"Transfer-Encoding: chunked"
    begun = b"POST /upload HTTP/1.1\r\nHost: shop.test\r\n" + framing + b"\r\n\r\n"
    rest = b"x" * (1000 - len(SMUGGLED) * 2) + SMUGGLED if coding == "counted" else b"0\r\n\r" + SMUGGLED * 2
    with Client(gate.port) as client:
        client.send(begun + (rest if sent == "with the head" else b""))
        seen = client.response("POST")
        if sent == "after the answer":
            client.send(rest)
        assert seen.status in (200, 400) and seen.one("connection") == b"close"
        assert client.is_at_end()
    origin.reset()
    assert fetch(gate.port, "/next").body == b"ok"
    # The proxy may have answered before the origin read the head.
    assert [message.target for message in origin.requests if message.target != "/upload"] == ["/next"]


LATE = {
    "HEAD with content": ("HEAD", OK[:-2], b"ok"),
    "HEAD with a response for content": ("HEAD", OK[:-2], response("injected")),
    "204 with content": ("GET", head("204 No Content", ["Content-Length: 2"]), b"ok"),
    "304 with a response for content": ("GET", head("304 Not Modified", ["Content-Length: 60"]), response("injected")),
    "interim response afterwards": ("GET", OK, b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "one byte too many": ("GET", OK, b"!"),
    "empty line": ("GET", OK, b"\r\n"),
    "a chunk after the last": (
        "GET",
        head(fields=["Content-Type: text/plain", "Transfer-Encoding: chunked"]) + chunk(b"ok") + b"0\r\n\r\n",
        chunk(b"more"),
    ),
}


@pytest.mark.parametrize("name", LATE)
@pytest.mark.parametrize("pause", [0, 0.05])
def test_what_an_origin_says_after_its_response_is_nobodys(gate, origin, name, pause):
    method, first, late = LATE[name]

    def respond(peer, seen):
        if seen.target != "/first":
            peer.send(OK)
        elif pause:
            peer.send(first)
            time.sleep(pause)
            peer.send(late)
        else:
            peer.send(first + late)

    origin.respond = respond
    with Client(gate.port) as client:
        assert client.request("/first", method=method).status in (200, 204, 304)
        time.sleep(pause * 2)
        for number in range(3):
            seen = client.request(f"/{number}")
            assert (seen.status, seen.body, seen.interim) == (200, b"ok", [])
    assert origin.requests[0].peer is not origin.requests[1].peer


@pytest.mark.parametrize("status", ["103 Early Hints", "204 No Content", "304 Not Modified"])
@pytest.mark.parametrize("framing", ["Content-Length: 40", "Transfer-Encoding: chunked"])
def test_responses_without_content_do_not_say_how_long_it_is(client, origin, status, framing):
    """Another proxy on the way might believe it and take the next response for content (RFC 9110 §8.6, RFC 9112 §6.1)."""
    origin.answer(head(status, [framing, "X-Kept: 1"]) + (OK if status.startswith("1") else b""))
    seen = client.request()
    message = seen.interim[0] if seen.interim else seen
    assert message.one("x-kept") == b"1" and message.all("transfer-encoding") == []
    assert message.all("content-length") == [] or status.startswith("304")
    origin.answer(OK)
    assert client.request("/next").body == b"ok"


def test_interim_responses_without_end_do_not_keep_a_visitor_waiting(gate, origin):
    def respond(peer, _):
        for _ in range(100):
            peer.send(head("103 Early Hints", ["X-Interim: yes"]))
            time.sleep(0.05)

    origin.respond = respond
    began = time.monotonic()
    seen = fetch(gate.port)
    assert seen.status in (502, 504) and time.monotonic() - began < 3


@pytest.mark.parametrize("name", ["Set-Cookie: _ga=1", "Content-Length: 9", "Transfer-Encoding: gzip", "X-Sum: 1"])
def test_trailers_of_the_origin_end_here(client, origin, name):
    """Merged into the head by whoever comes next they would be fields that nobody judged (RFC 9110 §6.5.1)."""
    origin.answer(
        head(fields=["Content-Type: text/plain", "Transfer-Encoding: chunked", "Trailer: " + name.split(":")[0]])
        + chunk(b"ok") + b"0\r\n" + name.encode() + b"\r\n\r\n"
    )
    client.received.clear()
    seen = client.request()
    assert seen.body == b"ok" and seen.trailers == [] and seen.all("trailer") == []
    assert client.received.endswith(b"\r\n0\r\n\r\n") and name.encode() not in client.received


@pytest.mark.parametrize("name", ["Cookie: _ga=1", "Content-Length: 9", "Host: other.test", "X-Forwarded-For: 192.0.2.7"])
def test_trailers_of_the_visitor_end_here(client, origin, name):
    client.send(
        b"POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunk(b"ab") + b"0\r\n" + name.encode() + b"\r\n\r\n"
    )
    assert client.response("POST").status == 200
    assert origin.last.body == b"ab" and origin.last.trailers == []


@pytest.mark.parametrize(
    ("version", "coding"), [("HTTP/1.0", "counted"), ("HTTP/1.1", "counted"), ("HTTP/1.1", "chunked")]
)
def test_content_for_a_path_of_our_own_is_no_request(gate, origin, version, coding):
    for target in ("/.crumbgate/nothing", "/.crumbgate/settings", "/.well-known/gpc.json"):
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            framing = f"Content-Length: {len(SMUGGLED)}" if coding == "counted" else "Transfer-Encoding: chunked"
            content = SMUGGLED if coding == "counted" else chunk(SMUGGLED) + b"0\r\n\r\n"
            raw = f"{method} {target} {version}\r\nHost: shop.test\r\nConnection: close\r\n{framing}\r\n\r\n".encode()
            assert len(starts(exchange(gate.port, raw + content))) == 1, (method, target)
    assert origin.requests == []


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n", b"HTTP/2 200\r\nContent-Length: 2\r\n",
     b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 02\r\nTransfer-Encoding: identity\r\n"],
)
def test_responses_that_others_may_read_otherwise_are_not_passed_on(gate, origin, start):
    origin.answer_and_close(start + b"\r\n2\r\nok\r\n0\r\n\r\n")
    assert fetch(gate.port, method="POST", body=b"x").status == 502


@pytest.mark.alone
def test_pipelined_requests_over_a_reload(make_gate, make_origin):
    """Each is answered whole and in order: by the rules it was begun under, and later ones by the new."""
    old, new = make_origin(), make_origin()

    def answers(word):
        def respond(peer, seen):
            time.sleep(0.02)
            peer.send(response(f"{word} {seen.target} " + "x" * 5000))

        return respond

    old.respond, new.respond = answers("old"), answers("new")
    gate = make_gate(f"origin: http://127.0.0.1:{old.port}\n{RULES}")
    with Client(gate.port) as client:
        client.send(b"".join(request(f"/{number}") for number in range(40)))
        old.wait_for_requests(5)
        gate.write_rules(f"origin: http://127.0.0.1:{new.port}\n{RULES}")
        words = [client.response().body.split(b" ")[:2] for _ in range(40)]
    assert [target for _, target in words] == [b"/%d" % number for number in range(40)]
    order = [word for word, _ in words]
    assert order == sorted(order, reverse=True) and order[0] == b"old" and order[-1] == b"new"


def test_a_head_that_comes_over_a_reload(make_gate, make_origin):
    old, new = make_origin(), make_origin()
    old.answer(response("old")), new.answer(response("new"))
    gate = make_gate(f"origin: http://127.0.0.1:{old.port}\n{RULES}")
    raw = request("/late", ["Cookie: sid=1"])
    with Client(gate.port) as client:
        client.send(raw[:25])
        gate.write_rules(f"origin: http://127.0.0.1:{new.port}\n{RULES}")
        gate.wait_for_log(b"rules reloaded")
        time.sleep(0.1)
        client.send(raw[25:])
        assert client.response().body == b"new"
    assert old.requests == []
