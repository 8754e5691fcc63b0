"""What is not HTML comes out byte for byte as it went in."""

import gzip
import hashlib
import os

import pytest

from harness.client import Client
from harness.origin import chunk, head, response

TYPES = [
    "image/png",
    "application/octet-stream",
    "application/json",
    "text/plain",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "application/xml",
    "video/mp4",
    "text/htmlx",
    'multipart/mixed; boundary="text/html"',
]
PAGE = b"<!doctype html><html><head><title>x</title></head><body>not for rewriting</body></html>"
DOCUMENT = ["Accept: text/html", "Sec-Fetch-Dest: document"]


@pytest.mark.parametrize("kind", TYPES)
def test_other_types_are_untouched(client, origin, kind):
    body = PAGE + os.urandom(5000)
    origin.answer(response(body, [f"Content-Type: {kind}"]))
    seen = client.request(fields=DOCUMENT)
    assert seen.body == body and seen.one("content-length") == b"%d" % len(body)


def test_a_missing_type_is_untouched(client, origin):
    origin.answer(response(PAGE))
    assert client.request(fields=DOCUMENT).body == PAGE


def test_ten_megabytes_of_random_bytes(client, origin):
    body = os.urandom(10 << 20)
    origin.answer(response(body, ["Content-Type: application/octet-stream"]))
    for _ in range(2):
        assert hashlib.sha256(client.request("/big").body).digest() == hashlib.sha256(body).digest()


def test_ten_megabytes_in_odd_chunks(client, origin):
    body = os.urandom(10 << 20)
    pieces, offset, size = [], 0, 1
    while offset < len(body):
        pieces.append(body[offset : offset + size])
        offset += size
        size = size * 3 % 70_001 + 1
    origin.answer(
        head(fields=["Content-Type: video/mp4", "Transfer-Encoding: chunked"])
        + b"".join(map(chunk, pieces))
        + b"0\r\n\r\n"
    )
    assert hashlib.sha256(client.request("/big").body).digest() == hashlib.sha256(body).digest()


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "aws-chunked"])
def test_encoded_assets_are_not_decoded(client, origin, coding):
    body = gzip.compress(b"a { color: red }" * 1000)
    fields = [
        "Content-Type: text/css",
        f"Content-Encoding: {coding}",
        'ETag: "x"',
        "Content-MD5: abc",
        "Accept-Ranges: bytes",
    ]
    origin.answer(response(body, fields))
    seen = client.request("/a.css")
    assert seen.body == body and "\r\n".join(fields).encode() in seen.raw


def test_ranges_of_assets_pass(client, origin):
    origin.answer(response(b"cdef", ["Content-Type: image/png", "Content-Range: bytes 2-5/10"], "206 Partial Content"))
    seen = client.request("/a.png", ["Range: bytes=2-5", 'If-Range: "x"'])
    assert (seen.status, seen.body, seen.one("content-range")) == (206, b"cdef", b"bytes 2-5/10")
    assert origin.last.one("range") == b"bytes=2-5" and origin.last.one("if-range") == b'"x"'


def test_the_codings_a_visitor_takes_for_assets_are_not_narrowed(client, origin):
    client.request("/a.css", ["Accept: text/css", "Sec-Fetch-Dest: style", "Accept-Encoding: gzip, deflate, br, zstd"])
    assert origin.last.one("accept-encoding") == b"gzip, deflate, br, zstd"


@pytest.mark.parametrize(
    "fields",
    [
        ["Cache-Control: no-transform"],
        ["Cache-Control: private, No-Transform"],
        ["Content-Encoding: zstd"],
        ["Content-Encoding: gzip, br"],
    ],
)
def test_documents_that_must_not_or_cannot_be_rewritten(client, origin, fields):
    origin.answer(response(PAGE, ["Content-Type: text/html", *fields]))
    seen = client.request(fields=DOCUMENT)
    assert seen.body == PAGE


@pytest.mark.parametrize("charset", ["utf-16", "UTF-16LE", "ucs-2", "unicodefffe", "utf-32", "utf-7", "csISO2022JP", "iso-2022-cn"])
def test_documents_whose_charset_is_not_ascii_compatible(client, origin, charset):
    body = PAGE.decode().encode("utf-16-le")
    origin.answer(response(body, [f"Content-Type: text/html; charset={charset}"]))
    assert client.request(fields=DOCUMENT).body == body


def test_a_part_of_a_document_is_not_rewritten(client, origin):
    origin.answer(
        response(PAGE[10:40], ["Content-Type: text/html", "Content-Range: bytes 10-39/99"], "206 Partial Content")
    )
    assert client.request(fields=DOCUMENT).body == PAGE[10:40]


@pytest.mark.parametrize("destination", ["empty", "script", "image", "style"])
def test_fragments_get_no_banner(client, origin, destination):
    for body in (b"<span>3</span>", PAGE):
        origin.answer(response(body, ["Content-Type: text/html"]))
        seen = client.request("/fragment", ["Accept: */*", f"Sec-Fetch-Dest: {destination}"])
        assert b"crumbgate" not in seen.body and b"3" in seen.body + b"3"
        assert seen.body == body


def test_fragments_of_user_agents_without_fetch_metadata_get_no_banner(client, origin):
    for body in (b"<span>3</span>", b"\n  <li>a</li><li>b</li>", b"plain words"):
        origin.answer(response(body, ["Content-Type: text/html"]))
        assert client.request("/fragment", ["Accept: */*", "X-Requested-With: XMLHttpRequest"]).body == body


def test_bytes_above_ascii_in_fields_pass(client, origin):
    origin.answer(
        response("ok", [b"X-Name: \xe4\xf6\xfc \xff", b'Content-Disposition: attachment; filename="\xc3\xa4.pdf"'])
    )
    seen = client.request()
    assert seen.one("x-name") == b"\xe4\xf6\xfc \xff"
    assert seen.one("content-disposition") == b'attachment; filename="\xc3\xa4.pdf"'


def test_many_visitors_get_their_own_bytes(gate, origin):
    """Interleaved bodies never mix, whatever buffers are shared."""
    origin.respond = lambda peer, seen: peer.send(response(seen.target.encode() * 3000, ["Content-Type: text/plain"]))
    clients = [Client(gate.port) for _ in range(40)]
    for round_ in range(3):
        for number, client in enumerate(clients):
            client.send(b"GET /%d-%d HTTP/1.1\r\nHost: shop.test\r\n\r\n" % (round_, number))
        for number, client in enumerate(clients):
            assert client.response().body == b"/%d-%d" % (round_, number) * 3000
    for client in clients:
        client.close()
