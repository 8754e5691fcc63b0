"""Connections on both sides: persistence, pipelining, heads without bodies, interim responses (RFC 9112 §9, RFC 9110 §15)."""

import time

import pytest

from harness.client import Client, exchange, fetch, request
from harness.origin import OK, chunk, head, response


def test_a_client_connection_serves_many_requests(client, origin):
    for number in range(20):
        assert client.request(f"/{number}").body == b"ok"
    assert [seen.target for seen in origin.requests] == [f"/{number}" for number in range(20)]


def test_origin_connections_are_reused(client, origin):
    for _ in range(20):
        client.request()
    assert len({seen.peer.number for seen in origin.requests}) == 1


def test_origin_connections_are_shared_by_visitors(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\n")
    for _ in range(10):
        fetch(gate.port)
    assert len({seen.peer.number for seen in origin.requests}) == 1


def test_the_visitor_closing_does_not_close_the_origin_connection(gate, get, origin):
    get(fields=["Connection: close"])
    assert origin.last.one("connection") in (None, b"keep-alive")


def test_connection_close_is_honoured_and_said(gate, origin):
    raw = exchange(gate.port, request(fields=["Connection: close"]))
    assert raw.endswith(b"ok") and b"\r\nconnection: close\r\n" in raw.lower()


def test_pipelined_requests_are_answered_in_order(client, origin):
    def respond(peer, seen):
        if seen.target == "/0":
            time.sleep(0.2)
        peer.send(response(seen.target))

    origin.respond = respond
    client.send(b"".join(request(f"/{number}") for number in range(10)))
    assert [client.response().body for _ in range(10)] == [b"/%d" % number for number in range(10)]


def test_pipelined_requests_with_bodies(client, origin):
    def respond(peer, seen):
        peer.send(response(peer.request_body(seen)))

    origin.respond = respond
    chunked = (
        b"POST /c HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunk(b"two")
        + chunk(b"three")
        + b"0\r\n\r\n"
    )
    client.send(request("/a", method="POST", body=b"one") + chunked + request("/b", method="PUT", body=b"four"))
    assert [client.response().body for _ in range(3)] == [b"one", b"twothree", b"four"]


def test_a_request_that_comes_byte_by_byte(client, origin):
    for byte in request("/slow?a=b", ["X-Test: yes"]):
        client.send(bytes([byte]))
    assert client.response().body == b"ok"
    assert origin.last.target == "/slow?a=b" and origin.last.one("x-test") == b"yes"


def test_a_request_split_at_every_byte(gate, origin):
    whole = request("/split", ["Cookie: sid=1", "X-Test: yes"], "POST", b"body")
    with Client(gate.port) as client:
        for cut in range(1, len(whole)):
            client.send(whole[:cut])
            time.sleep(0.001)
            client.send(whole[cut:])
            assert client.response().body == b"ok", cut
    assert {(seen.target, seen.body) for seen in origin.requests} == {("/split", b"body")}


def test_leading_empty_lines_are_ignored(client, origin):
    client.send(b"\r\n\r\n" + request("/after"))
    assert client.response().body == b"ok" and origin.last.target == "/after"


def test_http10_closes_after_the_response(gate, origin):
    raw = exchange(gate.port, b"GET /old HTTP/1.0\r\nHost: shop.test\r\n\r\n")
    assert raw.startswith(b"HTTP/1.1 200") and raw.endswith(b"\r\n\r\nok")
    assert origin.last.start.endswith(b"HTTP/1.1")


def test_http10_visitors_never_get_chunks(gate, origin):
    origin.answer(
        head(fields=["Content-Type: text/plain", "Transfer-Encoding: chunked"])
        + chunk(b"part")
        + chunk(b"s")
        + b"0\r\n\r\n"
    )
    raw = exchange(gate.port, b"GET /old HTTP/1.0\r\nHost: shop.test\r\n\r\n")
    assert raw.endswith(b"\r\n\r\nparts") and b"chunked" not in raw.lower()


def test_http10_without_host_is_served(gate, origin):
    raw = exchange(gate.port, b"GET /old HTTP/1.0\r\n\r\n")
    assert raw.endswith(b"ok")


def test_head_has_the_fields_and_no_body(client, origin):
    origin.answer(head(fields=["Content-Type: text/plain", "Content-Length: 12345"]))
    first = client.request("/", method="HEAD")
    assert first.one("content-length") == b"12345" and first.body == b""
    origin.answer(OK)
    assert client.request("/next").body == b"ok"


def test_head_of_a_document_promises_no_length_it_would_not_keep(client, origin):
    origin.answer(head(fields=["Content-Type: text/html", "Content-Length: 12345"]))
    first = client.request("/", ["Accept: text/html"], method="HEAD")
    assert first.one("content-length") != b"12345"
    origin.answer(OK)
    assert client.request("/next").body == b"ok"


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_statuses_without_a_body(client, origin, status):
    origin.answer(head(status, ['ETag: "x"', "Content-Type: text/html"]))
    assert client.request().status == int(status[:3])
    assert client.request().status == int(status[:3])
    assert len({seen.peer.number for seen in origin.requests}) == 1


def test_a_304_keeps_its_content_length_without_a_body(client, origin):
    origin.answer(head("304 Not Modified", ['ETag: "x"', "Content-Length: 99", "Content-Type: image/png"]))
    assert client.request(fields=['If-None-Match: "x"']).status == 304
    assert client.request(fields=['If-None-Match: "x"']).status == 304


def test_reason_and_unknown_status_pass(client, origin):
    origin.answer(head("299 Perfectly Fine", ["Content-Length: 0"]))
    assert client.request().start == b"HTTP/1.1 299 Perfectly Fine"


@pytest.mark.parametrize("interim", ["102 Processing", "103 Early Hints", "199 Whatever"])
def test_interim_responses_pass(client, origin, interim):
    origin.answer(head(interim, ["X-Interim: yes"]) + OK)
    final = client.request()
    assert final.body == b"ok"
    assert [message.status for message in final.interim] == [int(interim[:3])]
    assert final.interim[0].one("x-interim") == b"yes"


def test_http10_visitors_get_no_interim_responses(gate, origin):
    origin.answer(head("103 Early Hints", ["X-Interim: yes"]) + OK)
    raw = exchange(gate.port, b"GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n")
    assert raw.startswith(b"HTTP/1.1 200")


def test_a_close_delimited_response_arrives_whole(gate, origin):
    body = bytes(range(256)) * 700
    origin.answer_and_close(head(fields=["Content-Type: application/octet-stream"]) + body)
    seen = fetch(gate.port)
    assert seen.body == body
    assert seen.one("content-length") is None


def test_a_chunked_response_passes_with_its_content(client, origin):
    pieces = [b"x" * size for size in (1, 16, 255, 4096, 70000, 1)]
    origin.answer(
        head(fields=["Content-Type: application/octet-stream", "Transfer-Encoding: chunked"])
        + b"".join(map(chunk, pieces))
        + b"0\r\n\r\n"
    )
    assert client.request().body == b"".join(pieces)
    assert client.request().body == b"".join(pieces)


def test_a_chunked_response_with_extensions_and_trailers(client, origin):
    origin.answer(
        head(fields=["Content-Type: text/plain", "Transfer-Encoding: chunked", "Trailer: X-Sum"])
        + b'5;a=b;c="d"\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n'
    )
    for _ in range(2):
        assert client.request().body == b"hello"


@pytest.mark.alone
def test_the_first_chunk_comes_before_the_last_is_made(client, origin):
    def respond(peer, _):
        peer.send(head(fields=["Content-Type: text/plain", "Transfer-Encoding: chunked"]) + chunk(b"first"))
        time.sleep(0.5)
        peer.send(chunk(b"last") + b"0\r\n\r\n")

    origin.respond = respond
    began = time.monotonic()
    client.send(request())
    client.until(b"first")
    assert time.monotonic() - began < 0.4
    client.response()


def test_an_idle_client_connection_is_closed(gate):
    with Client(gate.port) as client:
        client.request()
        began = time.monotonic()
        assert client.is_at_end(6)
        assert 2 < time.monotonic() - began < 5


def test_a_pooled_connection_the_origin_closed_is_not_a_failure(client, origin):
    client.request()
    origin.last.peer.close()
    for number in range(3):
        assert client.request(f"/{number}").status == 200
