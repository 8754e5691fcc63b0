"""Origins that lie, babble or pack bombs: a clean 502 or a closed stream, little memory, nobody else's bytes."""

import gzip
import socket
import threading
import time
import zlib

import pytest

from conftest import RULES
from harness.client import DOCUMENT, Client, fetch, request
from harness.origin import OK, chunk, head, page, response
from harness.process import Gate

MARK = b"bytes of somebody else"
INJECTED = b"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n" + MARK
PAGE = b"<!doctype html><html><head><title>t</title></head><body>" + b"<p>lorem ipsum</p>\n" * 5000 + b"</body></html>"
CHUNKED = head(fields=["Content-Type: image/png", "Transfer-Encoding: chunked"])


@pytest.fixture(scope="module")
def one_loop(tmp_path_factory, origin_server):
    """One pool for everybody, so that the next visitor gets what is left in it."""
    rules = f"origin: http://127.0.0.1:{origin_server.port}\nworkers: 1\n{RULES}"
    gate = Gate(tmp_path_factory.mktemp("hostile"), rules)
    yield gate
    assert gate.stop() == 0


def once(raw, closes=True):
    """Answers one request with these bytes, and all others as they should be."""

    def respond(peer, seen):
        peer.request_body(seen)
        if seen.target != "/hostile":
            peer.send(response(f"own {seen.target}"))
            return
        try:
            peer.send(raw)
            if closes:
                peer.sock.shutdown(socket.SHUT_WR)
                time.sleep(0.02)
        finally:
            if closes:
                peer.close()

    return respond


def outcome(gate, fields=(), method="GET"):
    """502, `cut` when the stream ends where it should not, else the whole response."""
    with Client(gate.port) as client:
        client.send(request("/hostile", fields, method))
        try:
            seen = client.response(method)
        except Exception:
            return "cut"
        return 502 if seen.status == 502 else seen


def next_visitors_are_well(gate):
    for number in range(3):
        seen = fetch(gate.port, f"/{number}")
        assert (seen.status, seen.body) == (200, b"own /%d" % number)


STARTS = {
    "no version": b"200 OK\r\n",
    "another protocol's status": b"ICY 200 OK\r\n",
    "small letters": b"http/1.1 200 OK\r\n",
    "a version of one digit": b"HTTP/1 200 OK\r\n",
    "version 2.0": b"HTTP/2.0 200 OK\r\n",
    "two spaces": b"HTTP/1.1  200 OK\r\n",
    "a tab": b"HTTP/1.1\t200 OK\r\n",
    "space in front": b" HTTP/1.1 200 OK\r\n",
    "a line in front": b"\nHTTP/1.1 200 OK\r\n",
    "status 0": b"HTTP/1.1 000 OK\r\n",
    "status 99": b"HTTP/1.1 099 OK\r\n",
    "a negative status": b"HTTP/1.1 -20 OK\r\n",
    "letters for a status": b"HTTP/1.1 2OO OK\r\n",
    "no space behind the status": b"HTTP/1.1 200OK\r\n",
    "a control character in the reason": b"HTTP/1.1 200 O\x07K\r\n",
    "NUL in the reason": b"HTTP/1.1 200 O\x00K\r\n",
    "bare CR in the reason": b"HTTP/1.1 200 OK\rX-Split: 1\r\n",
    "an endless reason": b"HTTP/1.1 200 " + b"a" * 200_000 + b"\r\n",
    "HTML without a head": b"<!doctype html><p>error</p>\r\n",
    "switching unasked": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n",
}


@pytest.mark.parametrize("name", STARTS)
def test_a_malformed_start_is_502(one_loop, origin, name):
    origin.respond = once(STARTS[name] + b"Content-Length: 2\r\n\r\nok" + INJECTED)
    assert outcome(one_loop) == 502
    next_visitors_are_well(one_loop)


FIELDS = {
    "a line feed alone": b"X-A: b\nSet-Cookie: _ga=1\r\n",
    "a carriage return alone": b"X-A: b\rSet-Cookie: _ga=1\r\n",
    "NUL": b"X-A: b\x00\r\n",
    "a vertical tab in a name": b"X\x0bA: b\r\n",
    "no colon": b"X-A b\r\n",
    "no name": b": b\r\n",
    "space before the colon": b"X-A : b\r\n",
    "a tab before the colon": b"Transfer-Encoding\t: chunked\r\n",
    "a space in a name": b"X A: b\r\n",
    "a folded line": b"X-A: b\r\n\tc\r\n",
    "a folded first line": b" X-A: b\r\n",
    "a letter beyond ASCII in a name": b"X-\xc3\xa4: b\r\n",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 22\r\n",
    "a list of lengths": b"Content-Length: 2, 2\r\n",
    "a length with a sign": b"Content-Length: +2\r\n",
    "a length in hexadecimal": b"Content-Length: 0x2\r\n",
    "an empty length": b"Content-Length: \r\n",
    "length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "chunked and something": b"Transfer-Encoding: chunked, identity\r\n",
    "almost chunked": b"Transfer-Encoding: xchunked\r\n",
    "chunked in quotes": b'Transfer-Encoding: "chunked"\r\n',
    "an empty coding": b"Transfer-Encoding:\r\n",
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields_that_others_may_read_otherwise_are_502(one_loop, origin, name):
    origin.respond = once(b"HTTP/1.1 200 OK\r\n" + FIELDS[name] + b"\r\n2\r\nok\r\n0\r\n\r\n" + INJECTED)
    assert outcome(one_loop) == 502
    next_visitors_are_well(one_loop)


CHUNKS = {
    "no size": b"\r\nok\r\n0\r\n\r\n",
    "a sign": b"+2\r\nok\r\n0\r\n\r\n",
    "a negative size": b"-2\r\nok\r\n0\r\n\r\n",
    "hexadecimal with a prefix": b"0x2\r\nok\r\n0\r\n\r\n",
    "space in front": b" 2\r\nok\r\n0\r\n\r\n",
    "a size beyond all bytes": b"8000000000000000\r\nok\r\n0\r\n\r\n",
    "a size of many zeros": b"0" * 5000 + b"2\r\nok\r\n0\r\n\r\n",
    "a size without an end": b"2" * 5000,
    "a line feed alone": b"2\nok\r\n0\r\n\r\n",
    "more than the size": b"2\r\nokok\r\n0\r\n\r\n",
    "less than the size": b"4\r\nok\r\n0\r\n\r\n",
    "an extension without an end": b"2;" + b"a" * 5000 + b"\r\nok\r\n0\r\n\r\n",
    "a line break in an extension": b"2;a\nb\r\nok\r\n0\r\n\r\n",
    "trailers without an end": b"2\r\nok\r\n0\r\n" + b"X-A: b\r\n" * 20_000,
    "a trailer without a colon": b"2\r\nok\r\n0\r\nnonsense\r\n\r\n",
    "no last chunk": b"2\r\nok\r\n",
    "half a last chunk": b"2\r\nok\r\n0\r\n",
}


@pytest.mark.parametrize("name", CHUNKS)
def test_broken_chunks_never_look_whole(one_loop, origin, name):
    origin.respond = once(CHUNKED + CHUNKS[name])
    assert outcome(one_loop) in ("cut", 502)
    next_visitors_are_well(one_loop)


def deflated(body, level=9):
    return zlib.compress(body, level)


ENCODED = gzip.compress(PAGE)
CODED = {
    "cut in the middle": ("gzip", ENCODED[: len(ENCODED) // 2]),
    "cut before the check": ("gzip", ENCODED[:-8]),
    "a wrong check": ("gzip", ENCODED[:-8] + b"\1\2\3\4" + ENCODED[-4:]),
    "noise in the middle": ("gzip", ENCODED[:30] + b"\xff" * 30 + ENCODED[60:]),
    "noise behind": ("gzip", ENCODED + b"\xff" * 50),
    "no gzip": ("gzip", PAGE),
    "deflate, cut": ("deflate", deflated(PAGE)[:-20]),
    "deflate, a wrong check": ("deflate", deflated(PAGE)[:-4] + b"\1\2\3\4"),
    "no deflate": ("deflate", b"\xff" * 500),
    "no brotli": ("br", ENCODED),
    "noise for brotli": ("br", b"\xff\x06\x9c" * 400),
    "codings on codings": ("gzip, gzip, gzip", gzip.compress(gzip.compress(ENCODED))),
    "a coding that nobody knows": ("x-nonsense", PAGE),
}


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("framing", ["counted", "chunked"])
def test_broken_codings_harm_nobody(one_loop, origin, name, framing):
    """What could be decoded may be shown; the end is an end, and the browser is told of what is missing."""
    coding, body = CODED[name]
    fields = ["Content-Type: text/html; charset=utf-8", f"Content-Encoding: {coding}"]
    if framing == "counted":
        raw = head(fields=[*fields, f"Content-Length: {len(body)}"]) + body
    else:
        raw = head(fields=[*fields, "Transfer-Encoding: chunked"]) + chunk(body) + b"0\r\n\r\n"
    origin.respond = once(raw, closes=False)
    began = time.monotonic()
    for method in ("GET", "HEAD"):
        seen = outcome(one_loop, [*DOCUMENT, "Accept-Encoding: gzip, deflate, br"], method)
        assert seen in ("cut", 502) or MARK not in seen.body
    assert time.monotonic() - began < 3, "nobody was told of the end"
    next_visitors_are_well(one_loop)


def endless(first, block, stop):
    """A response that goes on for ever."""

    def respond(peer, seen):
        if seen.target != "/hostile":
            peer.send(response(f"own {seen.target}"))
            return
        peer.send(first)
        while not stop.is_set():
            peer.send(block)
        peer.close()

    return respond


def bomb(size=64 << 20):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = packer.compress(b"<!doctype html><html><head><title>t</title></head><body>")
    zeros = b" " * (1 << 20)
    return block + b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush(zlib.Z_FULL_FLUSH)


ENDLESS = {
    "a head": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 500, ()),
    "one field": (b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 8000, ()),
    "a start": (b"HTTP/1.1 200 ", b"a" * 8000, ()),
    "interim responses": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 50, ()),
    "a chunk size": (CHUNKED, b"0" * 8000, ()),
    "an extension": (CHUNKED + b"2;", b"a" * 8000, ()),
    "trailers": (CHUNKED + b"2\r\nok\r\n0\r\n", b"X-A: b\r\n" * 500, ()),
    "small chunks": (CHUNKED, b"1\r\na\r\n" * 2000, ()),
    "a body": (head(fields=["Content-Type: image/png"]), b"a" * 65_536, ()),
    "a page": (head(fields=["Content-Type: text/html"]) + PAGE[:60], b"<p>lorem ipsum</p>" * 3000, DOCUMENT),
    "a tag": (head(fields=["Content-Type: text/html"]) + b"<!doctype html><html><head><p ", b"a" * 65_536, DOCUMENT),
    "a comment": (head(fields=["Content-Type: text/html"]) + b"<!doctype html><!--", b"a" * 65_536, DOCUMENT),
    "a script": (head(fields=["Content-Type: text/html"]) + b"<!doctype html><script>", b"a" * 65_536, DOCUMENT),
    "a head element": (head(fields=["Content-Type: text/html"]) + b"<!doctype html><head>", b"<meta a=b>" * 6000, DOCUMENT),
    "bombs": (
        head(fields=["Content-Type: text/html", "Content-Encoding: gzip"]) + bomb(),
        b"", [*DOCUMENT, "Accept-Encoding: gzip"],
    ),
}  # fmt: skip


@pytest.mark.alone
@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("reader", ["fast", "slow"])
def test_what_does_not_end_takes_little_memory(one_loop, origin, name, reader):
    first, block, fields = ENDLESS[name]
    next_visitors_are_well_after = threading.Event()
    origin.respond = endless(first, block or b" ", next_visitors_are_well_after)
    fetch(one_loop.port, "/warm")
    before, largest = one_loop.rss, 0
    with Client(one_loop.port, receive_buffer=4096 if reader == "slow" else None) as client:
        client.send(request("/hostile", fields))
        client.sock.settimeout(0.2)
        until = time.monotonic() + 1.2
        while time.monotonic() < until:
            try:
                if not client.sock.recv(1 << 20 if reader == "fast" else 100):
                    break
            except TimeoutError:
                pass
            except ConnectionResetError:
                break
            if reader == "slow":
                time.sleep(0.05)
            largest = max(largest, one_loop.rss)
            assert fetch(one_loop.port, "/meanwhile").body == b"own /meanwhile"
    next_visitors_are_well_after.set()
    assert largest - before < 6 << 20
    next_visitors_are_well(one_loop)


def test_a_head_that_trickles_is_not_waited_for(one_loop, origin):
    def respond(peer, _):
        for byte in head(fields=["X-A: " + "a" * 200]):
            peer.send(bytes([byte]))
            time.sleep(0.05)

    origin.respond = respond
    began = time.monotonic()
    assert fetch(one_loop.port).status in (502, 504) and time.monotonic() - began < 2.5


@pytest.mark.parametrize("after", [b"\0" * 5000, b"garbage\r\n\r\n", INJECTED, OK * 50])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_garbage_behind_an_early_answer_is_nobodys(one_loop, origin, after, method):
    """The origin answers before it has read the content, then says anything."""

    def respond(peer, seen):
        if seen.target != "/hostile":
            peer.send(response(f"own {seen.target}"))
            return
        peer.send(response("early"))
        time.sleep(0.01)
        peer.send(after)
        peer.request_body(seen)

    origin.respond = respond
    with Client(one_loop.port) as client:
        content = b"x" * 300_000 if method == "POST" else b""
        length = [f"Content-Length: {len(content)}"] if content else []
        client.send(request("/hostile", length, method))
        try:
            client.send(content)
            seen = client.response(method)
            assert seen.body == b"early"
        except (BrokenPipeError, ConnectionResetError):
            pass
    # Whoever asks before it comes gets it for an answer: nothing in HTTP/1.1 tells the two apart.
    time.sleep(0.05)
    next_visitors_are_well(one_loop)


SETS = [f"Set-Cookie: sid={number}; Path=/" for number in range(100)]


def test_many_cookies_and_the_longest_fields_pass_or_fail_as_a_whole(one_loop, origin):
    origin.respond = once(head(fields=[*SETS, "Content-Length: 0"]))
    seen = outcome(one_loop)
    assert seen.status == 200 and len(seen.set_cookies) == 100
    origin.respond = once(head(fields=[*SETS, "X-A: " + "a" * 80_000, "Content-Length: 0"]))
    assert outcome(one_loop) == 502
    next_visitors_are_well(one_loop)


def test_a_page_that_was_coded_wrongly_is_closed_to_trackers_or_cut(one_loop, origin):
    """Bytes that come out of no decoder must not come out as they are, with nothing gated in them."""
    tracked = PAGE.replace(b"<p>lorem", b'<script src="https://third.test/t.js"></script><p>lorem', 1)
    origin.respond = once(page(tracked, ["Content-Encoding: gzip"]), closes=False)
    seen = outcome(one_loop, [*DOCUMENT, "Accept-Encoding: gzip"])
    assert seen in ("cut", 502) or b"third.test" not in seen.body or seen.one("content-security-policy")
