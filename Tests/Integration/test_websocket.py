"""WebSocket: a tunnel after 101, and nothing else becomes one (RFC 6455 §4, RFC 9110 §7.8)."""

import os
import socket
import time

import pytest

from harness.client import Client, exchange
from harness.origin import head, response

UPGRADE = (
    b"GET /chat HTTP/1.1\r\nHost: shop.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: sid=1; _ga=2\r\n\r\n"
)
SWITCH = head(
    "101 Switching Protocols",
    [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "Set-Cookie: _ga=1",
        "Set-Cookie: sid=2",
    ],
)


def echo(peer, _):
    peer.send(SWITCH)
    peer.send(peer.buffer)
    while data := peer.sock.recv(65536):
        peer.send(data)
    peer.close()


@pytest.fixture
def tunnel(gate, origin):
    origin.respond = echo
    with Client(gate.port) as client:
        client.send(UPGRADE)
        client.upgrade = client.response()
        yield client


def test_the_upgrade_reaches_the_origin_and_its_answer_the_visitor(tunnel, origin):
    assert tunnel.upgrade.status == 101
    assert tunnel.upgrade.one("upgrade") == b"websocket" and b"upgrade" in tunnel.upgrade.one("connection").lower()
    assert tunnel.upgrade.one("sec-websocket-accept") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert origin.last.one("upgrade") == b"websocket" and b"upgrade" in origin.last.one("connection").lower()
    assert origin.last.one("sec-websocket-key") == b"dGhlIHNhbXBsZSBub25jZQ=="


def test_cookies_are_filtered_on_the_upgrade_too(tunnel, origin):
    assert origin.last.cookies == [(b"sid", b"1")]
    assert tunnel.upgrade.set_names == {"sid"}


def test_bytes_pass_both_ways(tunnel):
    for size in (1, 125, 65536, 1_000_000):
        data = os.urandom(size)
        tunnel.send(data)
        assert tunnel.exactly(size) == data


def test_bytes_that_look_like_http_are_not_parsed(tunnel):
    data = b"GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" * 3
    tunnel.send(data)
    assert tunnel.exactly(len(data)) == data


def test_bytes_behind_the_upgrade_are_not_lost(gate, origin):
    origin.respond = echo
    with Client(gate.port) as client:
        client.send(UPGRADE + b"early")
        assert client.response().status == 101
        assert client.exactly(5) == b"early"


def test_bytes_behind_the_101_are_not_lost(gate, origin):
    def respond(peer, _):
        peer.send(SWITCH + b"first words")
        time.sleep(0.2)
        peer.close()

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(UPGRADE)
        assert client.response().status == 101
        assert client.rest() == b"first words"


def test_the_visitor_may_close_its_half(tunnel):
    tunnel.send(b"last")
    tunnel.sock.shutdown(socket.SHUT_WR)
    assert tunnel.rest() == b"last"


def test_the_origin_may_close_its_half(gate, origin):
    got = []

    def respond(peer, _):
        peer.send(SWITCH + b"bye")
        peer.sock.shutdown(socket.SHUT_WR)
        got.append(peer.rest())

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(UPGRADE)
        assert client.response().status == 101
        assert client.rest() == b"bye"
        client.send(b"and you")
        client.sock.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + 3
        while not got and time.monotonic() < deadline:
            time.sleep(0.01)
    assert got == [b"and you"]


def test_a_refused_upgrade_is_an_ordinary_response(gate, origin):
    origin.answer(response("no", status="403 Forbidden"))
    with Client(gate.port) as client:
        client.send(UPGRADE)
        assert client.response().body == b"no"
        assert client.request("/next").status == 403


def test_other_upgrades_are_not_forwarded(gate, origin):
    with Client(gate.port) as client:
        answer = client.request(
            fields=["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"]
        )
        assert answer.status == 200
    assert origin.last.one("upgrade") is None and origin.last.one("http2-settings") is None


def test_a_101_that_nobody_asked_for_is_a_bad_gateway(gate, origin):
    origin.answer(SWITCH + b"GET /smuggled HTTP/1.1\r\n\r\n")
    raw = exchange(gate.port, b"GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n")
    assert raw.startswith(b"HTTP/1.1 502")


def test_the_log_line_of_a_tunnel_comes_at_its_end(gate, tunnel):
    tunnel.send(b"x")
    tunnel.exactly(1)
    tunnel.close()
    gate.wait_for_log(b"path=/chat")
