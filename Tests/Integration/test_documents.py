"""HTML documents: the banner's place, every coding at every split, and the fields that follow (proxy.md, "What changes")."""

import gzip
import re
import threading
import time
import zlib

import brotli
import pytest

from conftest import RULES
from harness.client import Client, fetch
from harness.origin import chunk, head, page, response

DOCUMENT = ("Accept: text/html,*/*;q=0.8", "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate")
BEFORE, MIDDLE, AFTER = (
    b"<!doctype html>\n<html lang=en><head>",
    b"<title>Tea</title></head><body class=x>",
    b"<h1>T\xc3\xa9a</h1></body></html>\n",
)
PAGE = BEFORE + MIDDLE + AFTER
CODINGS = {
    "identity": (lambda data: data, []),
    "gzip": (gzip.compress, ["Content-Encoding: gzip"]),
    "x-gzip": (gzip.compress, ["Content-Encoding: x-gzip"]),
    "deflate": (zlib.compress, ["Content-Encoding: deflate"]),
    "br": (brotli.compress, ["Content-Encoding: br"]),
}


def decoded(message):
    """The body without its content coding."""
    coding = message.one("content-encoding")
    if coding in (b"gzip", b"x-gzip"):
        return gzip.decompress(message.body)
    if coding == b"deflate":
        return zlib.decompress(message.body)
    if coding == b"br":
        return brotli.decompress(message.body)
    assert coding in (None, b"identity")
    return message.body


def insertions(body, before=BEFORE, middle=MIDDLE, after=AFTER):
    """What stands at the head's and the body's start; everything else must be the origin's bytes."""
    assert body.startswith(before) and body.endswith(after), body[:300] + b" ... " + body[-300:]
    inner = body[len(before) : len(body) - len(after)]
    assert inner.count(middle) == 1, body
    return inner.split(middle)


def assert_banner(body, **parts):
    at_head, at_body = insertions(body, **parts)
    assert b"/.crumbgate/" in at_head and b"<link" in at_head and b"<script" in at_head
    assert b'id="crumbgate"' in at_body and b'action="/.crumbgate/consent"' in at_body
    for name in (b"accept", b"reject", b"settings"):
        assert b'id="crumbgate-' + name in at_body
    assert b"<script>" not in body and b"style=" not in at_body and not re.search(rb"<[^>]* on[a-z]+=", at_body)


@pytest.mark.parametrize("coding", CODINGS)
def test_the_banner_stands_in_the_document(client, origin, coding):
    encode, fields = CODINGS[coding]
    origin.answer(page(encode(PAGE), fields))
    seen = client.request(fields=[*DOCUMENT, "Accept-Encoding: gzip, deflate, br"])
    assert_banner(decoded(seen))


def test_the_banner_is_there_without_any_fetch_metadata(client, origin):
    origin.answer(page(PAGE))
    assert_banner(client.request(fields=["Accept: text/html"]).body)


def test_the_length_is_right_or_absent(client, origin):
    origin.answer(page(PAGE))
    seen = client.request(fields=DOCUMENT)
    assert (seen.one("content-length") is None) != (seen.one("transfer-encoding") is None)
    assert client.request(fields=DOCUMENT).body == seen.body


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "500 Internal Server Error"])
def test_error_pages_of_the_shop_are_documents_too(client, origin, status):
    origin.answer(page(PAGE, status=status))
    assert_banner(client.request(fields=DOCUMENT).body)


def test_the_answer_to_a_form_is_a_document_too(client, origin):
    origin.answer(page(PAGE))
    assert_banner(client.request("/search", DOCUMENT, "POST", b"q=tea").body)


def test_xhtml_is_a_document_too(client, origin):
    origin.answer(response(PAGE, ["Content-Type: application/xhtml+xml"]))
    assert b"/.crumbgate/" in client.request(fields=DOCUMENT).body


@pytest.mark.parametrize("coding", ["identity", "gzip", "deflate", "br"])
@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_a_trickling_origin_at_every_split(gate, origin, coding, framing):
    encode, fields = CODINGS[coding]
    encoded = encode(PAGE)

    def respond(peer, seen):
        cut = int(seen.target[1:])
        first, second = encoded[:cut], encoded[cut:]
        if framing == "length":
            peer.send(head(fields=["Content-Type: text/html", f"Content-Length: {len(encoded)}", *fields]) + first)
        elif framing == "chunked":
            peer.send(
                head(fields=["Content-Type: text/html", "Transfer-Encoding: chunked", *fields])
                + (chunk(first) if first else b"")
            )
        else:
            peer.send(head(fields=["Content-Type: text/html", "Connection: close", *fields]) + first)
        time.sleep(0.0015)
        if framing == "chunked":
            peer.send((chunk(second) if second else b"") + b"0\r\n\r\n")
        else:
            peer.send(second)
        if framing == "close":
            peer.close()

    origin.respond = respond
    results = set()
    cuts = range(0, len(encoded) + 1, 1 if framing == "chunked" else 3)
    lanes = [list(cuts)[lane::4] for lane in range(4)]

    def run(lane):
        with Client(gate.port) as client:
            for cut in lane:
                seen = client.request(f"/{cut}", [*DOCUMENT, "Accept-Encoding: gzip, deflate, br"])
                results.add(re.sub(rb'value="/\d+"', b"", decoded(seen)))

    threads = [threading.Thread(target=run, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 1, f"{len(results)} different documents"
    assert_banner(results.pop())


def test_the_document_byte_by_byte(client, origin):
    def respond(peer, _):
        peer.send(head(fields=["Content-Type: text/html", f"Content-Length: {len(PAGE)}"]))
        for byte in PAGE:
            peer.send(bytes([byte]))
            time.sleep(0.0005)

    origin.respond = respond
    slow = client.request(fields=DOCUMENT).body
    origin.answer(page(PAGE))
    assert slow == client.request(fields=DOCUMENT).body


@pytest.mark.parametrize(
    "before, middle, after",
    [
        (b"", b"", b"<p>no tags at all but this</p>"),
        (b"<!-- <head><body> --><html><head>", b"<title><body></title></head><body>", b"x"),
        (b"<HTML><HEAD\n>", b"<script>var a = '<head><body>';</script></HEAD\n><BODY id='>'>", b"x"),
        (b"<!doctype html><head>", b"<!--<body>--><style>/*<body>*/</style><body>", b"<textarea><body></textarea>"),
        (b"\xef\xbb\xbf<!doctype html><html><head>", b"</head><body>", b"x"),
        (
            b'<html><head profile="a>b">',
            b"<noscript><link href=x></noscript><template><body></template></head><body>",
            b"x",
        ),
    ],
)
def test_the_place_in_unusual_documents(client, origin, before, middle, after):
    origin.answer(page(before + middle + after))
    body = client.request(fields=DOCUMENT).body
    if before:
        at_head, at_body = insertions(body, before, middle, after)
        assert b"<link" in at_head and b'id="crumbgate"' in at_body
    else:
        assert body.endswith(after) and b'id="crumbgate"' in body


def test_the_banner_follows_the_pages_language(client, origin):
    texts = set()
    for language in (b"en", b"de"):
        origin.answer(page(PAGE.replace(b"lang=en", b"lang=" + language)))
        body = client.request(fields=DOCUMENT).body
        texts.add(body.replace(b"lang=" + language, b""))
        assert (b"ablehnen" in body.lower()) == (language == b"de")
    assert len(texts) == 2


def test_the_banner_follows_accept_language_where_the_page_says_none(client, origin):
    origin.answer(page(PAGE.replace(b" lang=en", b"")))
    assert b"ablehnen" in client.request(fields=[*DOCUMENT, "Accept-Language: de-AT, en;q=0.5"]).body.lower()


def test_one_hundred_megabytes_in_little_memory(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{RULES.replace('body: 2s', 'body: 20s')}")
    block = b"<p>" + b"lorem ipsum " * 5000 + b"</p>\n"
    count = 100_000_000 // len(block)

    def respond(peer, _):
        peer.send(head(fields=["Content-Type: text/html", "Transfer-Encoding: chunked"]) + chunk(BEFORE + MIDDLE))
        for _ in range(count):
            peer.send(chunk(block))
        peer.send(b"0\r\n\r\n")

    origin.respond = respond
    fetch(gate.port, "/warm", DOCUMENT)
    before, largest, running = gate.rss, [0], [True]

    def watch():
        while running[0]:
            largest[0] = max(largest[0], gate.rss)
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    size = len(fetch(gate.port, fields=DOCUMENT).body)
    running[0] = False
    watcher.join()
    assert size > 100_000_000 - 2 * len(block)
    assert largest[0] - before < 4 << 20


@pytest.mark.alone
def test_the_first_bytes_leave_before_the_last_come(client, origin):
    def respond(peer, _):
        peer.send(head(fields=["Content-Type: text/html", "Transfer-Encoding: chunked"]) + chunk(BEFORE + MIDDLE))
        time.sleep(0.5)
        peer.send(chunk(AFTER) + b"0\r\n\r\n")

    origin.respond = respond
    began = time.monotonic()
    client.send(b"GET / HTTP/1.1\r\nHost: shop.test\r\n" + "\r\n".join(DOCUMENT).encode() + b"\r\n\r\n")
    client.until(b'id="crumbgate"')
    assert time.monotonic() - began < 0.4
    client.response()


# Fields.


def test_a_strong_entity_tag_becomes_weak_and_is_mapped_back(client, origin):
    origin.answer(page(PAGE, ['ETag: "v1"', "Last-Modified: Sat, 29 Oct 1994 19:43:31 GMT"]))
    seen = client.request(fields=DOCUMENT)
    tag = seen.one("etag")
    assert tag.startswith(b'W/"') and tag not in (b'W/"v1"', b'"v1"')
    assert seen.one("last-modified") == b"Sat, 29 Oct 1994 19:43:31 GMT"

    origin.answer(head("304 Not Modified", ['ETag: "v1"']))
    again = client.request(fields=[*DOCUMENT, b"If-None-Match: " + tag])
    assert origin.last.one("if-none-match") == b'"v1"'
    assert (again.status, again.one("etag")) == (304, tag)


def test_a_weak_entity_tag_is_mapped_back_to_a_weak_one(client, origin):
    origin.answer(page(PAGE, ['ETag: W/"v1"']))
    tag = client.request(fields=DOCUMENT).one("etag")
    client.request(fields=[*DOCUMENT, b"If-None-Match: " + tag])
    assert origin.last.one("if-none-match") == b'W/"v1"'


def test_the_origins_own_tag_is_not_a_stored_copy_of_ours(client, origin):
    """A copy stored before the proxy stood here has no banner: it must not be confirmed for good."""
    origin.answer(page(PAGE, ['ETag: "v1"']))
    tag = client.request(fields=DOCUMENT).one("etag")
    assert tag != b'"v1"'
    date = "If-Modified-Since: Sat, 29 Oct 1994 19:43:31 GMT"
    for condition in ('"v1"', 'W/"v1"', '"v0", "v1"'):
        client.request(fields=[*DOCUMENT, f"If-None-Match: {condition}", date])
        assert origin.last.one("if-none-match") is None and origin.last.one("if-modified-since") is None
    client.request(fields=[*DOCUMENT, date])
    assert origin.last.one("if-modified-since") is None


def test_a_decision_makes_stored_copies_stale(client, origin, accepted):
    origin.answer(page(PAGE, ['ETag: "v1"', "Cache-Control: private, no-cache"]))
    tag = client.request(fields=DOCUMENT).one("etag")
    client.request(fields=[*DOCUMENT, accepted, b"If-None-Match: " + tag])
    assert origin.last.one("if-none-match") is None, "the copy with the banner would be confirmed"
    assert client.request(fields=[*DOCUMENT, accepted]).one("etag") != tag


def test_fields_about_the_bytes_are_removed(client, origin):
    fields = [
        "Content-MD5: abc",
        "Digest: sha-256=abc",
        "Content-Digest: sha-256=:abc=:",
        "Repr-Digest: sha-256=:abc=:",
        "Accept-Ranges: bytes",
    ]
    origin.answer(page(PAGE, fields))
    seen = client.request(fields=DOCUMENT)
    for field in fields[:-1]:
        assert seen.all(field.split(":")[0]) == [], field
    assert seen.one("accept-ranges") == b"none"


def test_ranges_of_documents_are_not_asked_for(client, origin):
    origin.answer(page(PAGE))
    client.request(fields=[*DOCUMENT, "Range: bytes=0-99", 'If-Range: "x"'])
    assert origin.last.one("range") is None and origin.last.one("if-range") is None


@pytest.mark.parametrize(
    "sent, passed",
    [
        ("gzip, deflate, br, zstd", {b"gzip", b"deflate", b"br"}),
        ("zstd", set()),
        ("br;q=1.0, zstd;q=0.9, *;q=0.1", {b"br"}),
        ("gzip;q=0, br", {b"br"}),
    ],
)
def test_accept_encoding_is_narrowed_for_documents(client, origin, sent, passed):
    origin.answer(page(PAGE))
    client.request(fields=[*DOCUMENT, f"Accept-Encoding: {sent}"])
    codings = [part.strip() for part in (origin.last.one("accept-encoding") or b"").split(b",") if part.strip()]
    kept = {part.split(b";")[0] for part in codings if not part.replace(b" ", b"").endswith((b"q=0", b"q=0.0"))}
    assert kept - {b"identity"} == passed


def test_content_encoding_is_what_is_sent(client, origin):
    origin.answer(page(gzip.compress(PAGE), ["Content-Encoding: gzip"]))
    assert_banner(decoded(client.request(fields=[*DOCUMENT, "Accept-Encoding: gzip"])))


def test_a_public_document_is_the_same_for_everybody(client, origin, accepted, refused):
    origin.answer(page(PAGE, ["Cache-Control: public, max-age=600", 'ETag: "v1"']))
    bodies = {
        (seen.body, seen.one("etag"))
        for seen in (client.request(fields=[*DOCUMENT, *more]) for more in ([], [accepted], [refused]))
    }
    assert len(bodies) == 1
    assert b"max-age=600" in client.request(fields=DOCUMENT).one("cache-control")


@pytest.mark.parametrize(
    "control",
    [[], ["Cache-Control: private"], ["Cache-Control: no-store"], ["Cache-Control: no-cache"], ["Set-Cookie: sid=1"]],
)
def test_any_other_document_is_the_visitors_own_and_private(client, origin, accepted, control):
    origin.answer(page(PAGE, control))
    undecided = client.request(fields=DOCUMENT)
    decided = client.request(fields=[*DOCUMENT, accepted])
    assert b'id="crumbgate-accept"' in undecided.body and b'id="crumbgate-accept"' not in decided.body
    for seen in (undecided, decided):
        directives = b", ".join(seen.all("cache-control")).lower()
        assert b"private" in directives or b"no-store" in directives


def test_a_decided_visitor_finds_the_settings_again(client, origin, accepted, refused):
    origin.answer(page(PAGE))
    for cookie in (accepted, refused):
        body = client.request(fields=[*DOCUMENT, cookie]).body
        assert b'id="crumbgate-accept"' not in body
        assert b"/.crumbgate/" in insertions(body)[1]


@pytest.mark.parametrize(
    "policy, kept",
    [
        ("default-src 'none'; script-src 'nonce-abc'; img-src *", ["'nonce-abc'", "img-src *"]),
        (
            "script-src 'nonce-abc' 'strict-dynamic'; style-src 'sha256-def='; form-action https://pay.test",
            ["'nonce-abc' 'strict-dynamic'", "https://pay.test"],
        ),
        ("default-src 'self'; report-uri /csp", ["report-uri /csp"]),
    ],
)
def test_the_content_security_policy_lets_our_own_through_and_nothing_else(client, origin, policy, kept):
    origin.answer(page(PAGE, [f"Content-Security-Policy: {policy}", f"Content-Security-Policy-Report-Only: {policy}"]))
    seen = client.request(fields=DOCUMENT)
    ours = re.compile(r"'self'|'nonce-[^']+'|'sha\d+-[^']+'|https?://shop\.test(/\.crumbgate/.*)?|.*/\.crumbgate/.*")
    for name in ("content-security-policy", "content-security-policy-report-only"):
        value = seen.one(name).decode()
        assert "unsafe-" not in value and all(part in value for part in kept)
        directives = {part.split()[0]: part.split()[1:] for part in value.split(";") if part.split()}

        def sources(name):
            return directives.get(name, directives.get("default-src", ["*"]))

        before = {part.split()[0]: set(part.split()[1:]) for part in policy.split(";")}
        for directive in ("script-src", "style-src", "form-action"):
            if directive == "form-action" and directive not in before:
                continue
            if directive == "script-src" and "'strict-dynamic'" in sources(directive):
                # Beside it no URL counts (CSP3 §8.2): our script carries the page's own nonce instead.
                assert re.search(rb'<script src="/\.crumbgate/[^>]* nonce="abc"', seen.body)
                continue
            added = set(sources(directive)) - before.get(directive, before.get("default-src", set()) - {"'self'"})
            assert added and all(ours.match(source) for source in added), f"{directive}: {sources(directive)}"


def test_a_policy_in_a_meta_element_is_extended_too(client, origin):
    meta = b'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    origin.answer(page(BEFORE + meta + MIDDLE + AFTER))
    body = client.request(fields=DOCUMENT).body
    found = re.search(rb"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\">", body)
    at_head = body.index(b"/.crumbgate/")
    ours = found and (b"'self'" in found[1] or b"/.crumbgate/" in found[1])
    assert ours or at_head < body.index(
        b"<meta http-equiv"
    ), "our own script and style are blocked by the page's policy"


def test_gzip_of_several_members_at_every_split(gate, origin):
    """RFC 1952 §2.2: members follow one another, and their content is one document."""
    cut = len(BEFORE) + 7
    parts = [PAGE[:3], b"", PAGE[3:cut], PAGE[cut:]]
    encoded = b"".join(gzip.compress(part) for part in parts)

    def respond(peer, seen):
        at = int(seen.target[1:])
        peer.send(head(fields=["Content-Type: text/html", "Content-Encoding: gzip", "Transfer-Encoding: chunked"]))
        peer.send(chunk(encoded[:at]) if at else b"")
        time.sleep(0.0015)
        peer.send((chunk(encoded[at:]) if at < len(encoded) else b"") + b"0\r\n\r\n")

    origin.respond = respond
    with Client(gate.port) as client:
        for at in range(len(encoded) + 1):
            seen = client.request(f"/{at}", [*DOCUMENT, "Accept-Encoding: gzip"])
            assert_banner(decoded(seen))


@pytest.mark.parametrize("name", ["CDN-Cache-Control", "Surrogate-Control", "Cloudflare-CDN-Cache-Control"])
def test_delivery_networks_are_not_told_to_keep_a_visitors_document(client, origin, accepted, name):
    """Targeted fields outrank Cache-Control (RFC 9213): a private document must not be shared by one of them."""
    fields = [f"{name}: max-age=600", "Cache-Control: private"]
    origin.answer(page(PAGE, fields))
    for more in ([], [accepted]):
        seen = client.request(fields=[*DOCUMENT, *more])
        assert seen.one(name) is None and b"private" in seen.one("cache-control")
    origin.answer(response(b"png", ["Content-Type: image/png", f"{name}: max-age=600"]))
    assert client.request("/a.png", ["Sec-Fetch-Dest: image"]).one(name) == b"max-age=600"


def test_a_304_carries_the_policy_that_its_document_had(client, origin):
    """A cache updates stored fields from a 304 (RFC 9111 §3.2): its policy must let our script through as well."""
    policy = "Content-Security-Policy: default-src 'none'"
    origin.answer(page(PAGE, [policy, 'ETag: "v1"']))
    whole = client.request(fields=DOCUMENT)
    origin.answer(head("304 Not Modified", [policy, 'ETag: "v1"']))
    again = client.request(fields=[*DOCUMENT, b"If-None-Match: " + whole.one("etag")])
    assert (again.status, again.one("etag")) == (304, whole.one("etag"))
    assert again.one("content-security-policy") == whole.one("content-security-policy") != b"default-src 'none'"


@pytest.mark.parametrize("framing", ["Content-Length: 0", "Transfer-Encoding: chunked", "Connection: close"])
@pytest.mark.parametrize("coding", [[], *([f"Content-Encoding: {name}"] for name in ("gzip", "deflate", "br"))])
def test_an_empty_document_ends(gate, origin, framing, coding):
    """Nothing to rewrite, and nothing to wait for; a coding without content is no coding."""

    def respond(peer, seen):
        peer.request_body(seen)
        body = b"0\r\n\r\n" if framing.startswith("Transfer") else b""
        peer.send(head(fields=["Content-Type: text/html", *coding, framing]) + body)
        if framing.endswith("close"):
            peer.close()

    origin.respond = respond
    with Client(gate.port) as client:
        for _ in range(2):
            message = client.request(fields=[*DOCUMENT, "Accept-Encoding: gzip, deflate, br"])
            assert message.status == 200
            assert not message.body or b"/.crumbgate/" in decoded(message)


# What breaks on the way.


def test_broken_gzip_ends_without_a_crash(gate, origin):
    encoded = gzip.compress(PAGE * 100)
    for broken in (
        encoded[: len(encoded) // 2],
        encoded[:20] + b"\xff" * 40 + encoded[60:],
        b"not gzip at all",
        encoded[:-4] + b"\0\0\0\0",
    ):
        origin.answer(page(broken, ["Content-Encoding: gzip"]))
        with Client(gate.port) as client:
            client.send(
                b"GET / HTTP/1.1\r\nHost: shop.test\r\n"
                + "\r\n".join(DOCUMENT).encode()
                + b"\r\nAccept-Encoding: gzip\r\n\r\n"
            )
            message = client.head()
            assert message.status in (200, 502)
            try:
                client.response_body(message, "GET")
            except Exception:
                pass


def test_a_document_that_ends_early_is_not_taken_for_whole(gate, origin):
    def respond(peer, _):
        peer.send(head(fields=["Content-Type: text/html", f"Content-Length: {len(PAGE) + 100}"]) + PAGE)
        time.sleep(0.05)
        peer.close()

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: shop.test\r\n" + "\r\n".join(DOCUMENT).encode() + b"\r\n\r\n")
        with pytest.raises(Exception):
            client.response()


def test_a_small_encoded_body_cannot_fill_the_memory(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{RULES}")
    origin.answer(page(gzip.compress(BEFORE + MIDDLE + b" " * 100_000_000 + AFTER, 1), ["Content-Encoding: gzip"]))
    fetch(gate.port, "/a.txt")
    before = gate.rss
    with Client(gate.port, timeout=30, receive_buffer=4096) as client:
        client.send(
            b"GET / HTTP/1.1\r\nHost: shop.test\r\nAccept-Encoding: gzip\r\n"
            + "\r\n".join(DOCUMENT).encode()
            + b"\r\n\r\n"
        )
        assert client.head().status == 200
        time.sleep(0.5)
        assert gate.rss - before < 6 << 20


def test_a_tag_longer_than_the_memory_lets_the_page_through(client, origin):
    body = b"<!doctype html><html><head " + b"a" * 200_000 + b"><title>x</title></head><body>y</body></html>"
    origin.answer(page(body))
    seen = client.request(fields=DOCUMENT)
    assert seen.body.replace(b"\r", b"").startswith(b"<!doctype html>") and seen.body.endswith(b"y</body></html>")
    assert b"a" * 200_000 in seen.body
