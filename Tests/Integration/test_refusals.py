"""Requests that are refused before anything of them reaches the origin (RFC 9112 §2.2, §3.2, §5, §6.3, §7.1, §11)."""

import time

import pytest

from conftest import RULES
from harness.client import exchange, fetch

HOST = b"Host: shop.test\r\n"


def get(*lines, target=b"/", version=b"HTTP/1.1", method=b"GET", host=HOST):
    return (
        method + b" " + target + b" " + version + b"\r\n" + host + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    )


def post(*lines, body=b""):
    return get(*lines, method=b"POST") + body


REFUSED = {
    "length and transfer-encoding": (400, post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n")),
    "transfer-encoding and length": (400, post(b"Transfer-Encoding: chunked", b"Content-Length: 5", body=b"0\r\n\r\n")),
    "differing lengths": (400, post(b"Content-Length: 5", b"Content-Length: 6", body=b"hello!")),
    "list of lengths": (400, post(b"Content-Length: 5, 6", body=b"hello!")),
    "length with plus": (400, post(b"Content-Length: +5", body=b"hello")),
    "negative length": (400, post(b"Content-Length: -5", body=b"hello")),
    "hexadecimal length": (400, post(b"Content-Length: 0x5", body=b"hello")),
    "length with a space inside": (400, post(b"Content-Length: 1 0", body=b"0123456789")),
    "empty length": (400, post(b"Content-Length:", body=b"")),
    "overflowing length": (400, post(b"Content-Length: 18446744073709551621", body=b"hello")),
    "length beyond 63 bits": (400, post(b"Content-Length: 9223372036854775808", body=b"hello")),
    "length of 400 digits": (400, post(b"Content-Length: " + b"9" * 400, body=b"hello")),
    "gzip, chunked": (400, post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n")),
    "chunked twice": (400, post(b"Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n")),
    "two transfer-encoding fields": (
        400,
        post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    ),
    "identity": (400, post(b"Transfer-Encoding: identity", body=b"")),
    "xchunked": (400, post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n")),
    "chunked with vertical tab": (400, post(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n")),
    "chunked with parameter": (400, post(b"Transfer-Encoding: chunked;q=1", body=b"0\r\n\r\n")),
    "chunked in HTTP/1.0": (400, b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "space before the colon": (400, get(b"X-A : b")),
    "tab before the colon": (400, get(b"X-A\t: b")),
    "space before the length's colon": (400, post(b"Content-Length : 5", body=b"hello")),
    "folded line": (400, get(b"X-A: b", b" c")),
    "folded with tab": (400, get(b"X-A: b", b"\tc")),
    "space before the first field": (400, b"GET / HTTP/1.1\r\n X-A: b\r\n" + HOST + b"\r\n"),
    "NUL in a value": (400, get(b"X-A: b\x00c")),
    "NUL in a name": (400, get(b"X-\x00A: b")),
    "NUL in the target": (400, get(target=b"/a\x00b")),
    "bare CR in a value": (400, get(b"X-A: b\rc")),
    "bare CR in the request line": (400, b"GET /\r HTTP/1.1\r\n" + HOST + b"\r\n"),
    "bare LF after a value": (400, b"GET / HTTP/1.1\r\n" + HOST + b"X-A: b\nX-B: c\r\n\r\n"),
    "bare LF throughout": (400, b"GET / HTTP/1.1\nHost: shop.test\n\n"),
    "bare LF after the request line": (400, b"GET / HTTP/1.1\nHost: shop.test\r\n\r\n"),
    "control in a value": (400, get(b"X-A: b\x01c")),
    "DEL in a value": (400, get(b"X-A: b\x7fc")),
    "space in a name": (400, get(b"X A: b")),
    "parenthesis in a name": (400, get(b"X(A): b")),
    "byte above ASCII in a name": (400, get(b"X-\xc3\xa4: b")),
    "empty name": (400, get(b": b")),
    "line without colon": (400, get(b"X-A")),
    "method with a bracket": (400, get(method=b"G(T")),
    "method above ASCII": (400, get(method=b"G\xcbT")),
    "no method": (400, b" / HTTP/1.1\r\n" + HOST + b"\r\n"),
    "two spaces": (400, b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n"),
    "tab as separator": (400, b"GET\t/\tHTTP/1.1\r\n" + HOST + b"\r\n"),
    "space in the target": (400, get(target=b"/a b")),
    "tab in the target": (400, get(target=b"/a\tb")),
    "target without slash": (400, get(target=b"index.html")),
    "fragment in the target": (400, get(target=b"/a#b")),
    "asterisk with GET": (400, get(target=b"*")),
    "authority-form with GET": (400, get(target=b"shop.test:80")),
    "absolute form of another scheme": (400, get(target=b"ftp://shop.test/")),
    "no Host": (400, get(host=b"")),
    "two Hosts": (400, get(b"Host: shop.test")),
    "two differing Hosts": (400, get(b"Host: other.test")),
    "Host with a space": (400, get(host=b"Host: shop test\r\n")),
    "Host with a path": (400, get(host=b"Host: shop.test/a\r\n")),
    "Host with user information": (400, get(host=b"Host: me@shop.test\r\n")),
    "Host with a bad port": (400, get(host=b"Host: shop.test:8a\r\n")),
    "list in Host": (400, get(host=b"Host: shop.test, other.test\r\n")),
    "authority differs from Host": (400, get(target=b"http://other.test/")),
    "HTTP/0.9": (400, b"GET /\r\n"),
    "HTTP/2 preface": (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "version in lower case": (400, get(version=b"http/1.1")),
    "version without minor": (400, get(version=b"HTTP/1")),
    "version with two digits": (400, get(version=b"HTTP/1.10")),
    "words after the version": (400, get(version=b"HTTP/1.1 x")),
    "CONNECT": (405, get(target=b"shop.test:443", method=b"CONNECT", host=b"Host: shop.test:443\r\n")),
    "TRACE": (405, get(method=b"TRACE")),
    "too many fields": (431, get(*[b"X-%d: y" % number for number in range(129)])),
    "one huge field": (431, get(b"X-A: " + b"a" * 33_000)),
    "many long fields": (431, get(*[b"X-%d: %s" % (number, b"a" * 500) for number in range(100)])),
    "long target": (414, get(target=b"/" + b"a" * 8200)),
}

BAD_CHUNKS = {
    "letter": b"g\r\nhello\r\n0\r\n\r\n",
    "minus": b"-5\r\nhello\r\n0\r\n\r\n",
    "prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
    "leading space": b" 5\r\nhello\r\n0\r\n\r\n",
    "empty size": b"\r\nhello\r\n0\r\n\r\n",
    "overflow": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "long extension": b"5;" + b"a" * 300 + b"\r\nhello\r\n0\r\n\r\n",
    "bare LF after the size": b"5\nhello\r\n0\r\n\r\n",
    "bare LF after the data": b"5\r\nhello\n0\r\n\r\n",
    "no line end after the data": b"5\r\nhelloXX0\r\n\r\n",
    "bare LF in the extension": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    "bare CR in the size": b"5\r5\r\nhello\r\n0\r\n\r\n",
    "malformed trailer": b"5\r\nhello\r\n0\r\nX A: b\r\n\r\n",
    "endless trailers": b"5\r\nhello\r\n0\r\n" + b"X-A: %s\r\n" % (b"a" * 1000) * 70 + b"\r\n",
}


def status(raw):
    assert raw.startswith(b"HTTP/1.1 "), raw[:100]
    return int(raw[9:12])


@pytest.mark.parametrize("name", REFUSED)
def test_refused(gate, origin, name):
    expected, raw = REFUSED[name]
    answer = exchange(gate.port, raw)
    assert status(answer) == expected
    assert origin.requests == []
    assert answer.count(b"HTTP/1.1 ") == 1, "what follows a refused request is not answered"
    assert b"\r\nconnection: close\r\n" in answer.lower()


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_the_second_place(gate, origin, name):
    """The same after a good request on the same connection: the first is answered, the connection ends."""
    expected, raw = REFUSED[name]
    answer = exchange(gate.port, b"GET /first HTTP/1.1\r\nHost: shop.test\r\n\r\n" + raw)
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"%d" % expected]
    assert [seen.target for seen in origin.requests] == ["/first"]


def test_an_unsupported_version_is_not_forwarded(gate, origin):
    assert status(exchange(gate.port, get(version=b"HTTP/3.0"))) in (400, 505)
    assert origin.requests == []


@pytest.mark.parametrize("name", BAD_CHUNKS)
def test_bad_chunks(gate, origin, name):
    """The head may have gone by then: the origin must never take the request for whole."""
    whole = []

    def respond(peer, seen):
        peer.request_body(seen)
        whole.append(seen)
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    origin.respond = respond
    answer = exchange(gate.port, post(b"Transfer-Encoding: chunked") + BAD_CHUNKS[name])
    assert status(answer) == 400
    time.sleep(0.02)
    assert whole == []


def test_smuggled_requests_are_not_seen(gate, origin):
    """Every refused head with a second request where its body might be: nothing of it is ever served."""
    for _, raw in REFUSED.values():
        exchange(gate.port, raw + b"GET /smuggled HTTP/1.1\r\nHost: shop.test\r\n\r\n")
    assert origin.requests == []


def test_absolute_form_becomes_origin_form(gate, origin):
    answer = fetch(gate.port, "http://shop.test/a?b=c")
    assert answer.status == 200
    assert origin.last.target == "/a?b=c"


def test_absolute_form_with_the_authority_in_capitals(gate, origin):
    assert fetch(gate.port, "http://SHOP.test/a").status == 200


def test_options_asterisk_passes(gate, origin):
    fetch(gate.port, "*", method="OPTIONS")
    assert origin.last.start == b"OPTIONS * HTTP/1.1"


def test_unusual_but_valid_requests_pass(gate, origin):
    raw = b"PURGE /%7Euser/;v=1?q=a|b&%zz HTTP/1.1\r\nhOsT:\t shop.test:80 \r\nX-Latin: \xe4\xf6\xfc\r\nX-Empty:\r\nConnection: close\r\n\r\n"
    assert status(exchange(gate.port, raw)) == 200
    assert origin.last.start == b"PURGE /%7Euser/;v=1?q=a|b&%zz HTTP/1.1"
    assert origin.last.one("x-latin") == b"\xe4\xf6\xfc" and origin.last.one("x-empty") == b""


def test_limits_are_reached_but_not_passed(gate, origin):
    assert status(exchange(gate.port, get(b"Connection: close", target=b"/" + b"a" * 8000))) == 200
    assert status(exchange(gate.port, get(b"Connection: close", *[b"X-%d: y" % n for n in range(120)]))) == 200
    assert status(exchange(gate.port, get(b"Connection: close", b"X-A: " + b"a" * 30_000))) == 200


def test_configured_answers_to_connect_and_trace(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nmethods: {{ connect: 501, trace: 501 }}\n{RULES}")
    for name in ("CONNECT", "TRACE"):
        assert status(exchange(gate.port, REFUSED[name][1])) == 501
    assert origin.requests == []


def test_the_longest_length_is_waited_for_and_nothing_else(gate, origin):
    """2^63 - 1 is a length; arithmetic with it must not go wrong, and what follows the head is its content."""
    answer = exchange(gate.port, post(b"Content-Length: 9223372036854775807", body=b"GET /smuggled HTTP/1.1\r\n\r\n"))
    assert status(answer) in (408, 502, 504)
    assert [seen.method for seen in origin.requests] in ([], ["POST"])


@pytest.mark.parametrize("length", [b"9223372036854775808", b"18446744073709551615", b"99999999999999999999"])
def test_an_origin_cannot_promise_more_than_there_are_bytes(gate, origin, length):
    origin.answer(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: " + length + b"\r\n\r\nx")
    assert fetch(gate.port).status == 502
