"""Third parties in pages: what is withheld before consent, on the wire (proxy.md, "HTML: what is gated")."""

import gzip

import pytest

from conftest import RULES
from harness.client import Client
from harness.consent import decided_cookie
from harness.origin import chunk, head, page, response

DOCUMENT = ("Accept: text/html,*/*;q=0.8", "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate")
FRAGMENT = ("Accept: */*", "Sec-Fetch-Dest: empty", "X-Requested-With: XMLHttpRequest")
GATED = RULES.replace(
    "analytics: { cookies: [_ga, _ga_*, \"/^trk[0-9]+$/\"] }",
    "analytics: { cookies: [_ga], hosts: [tracker.test, \"*.metrics.test\"], snippets: [\"track('init'\"] }",
).replace(
    "remarketing: { cookies: [_fbp] }",
    "remarketing: { cookies: [_fbp], hosts: [{ host: video.test, vendor: Video & Sons }] }\n"
    "  payment: { hosts: [pay.test] }",
)
PAGE = (
    b"<!doctype html><html lang=en><head><script src='https://tracker.test/t.js' async></script></head><body>"
    b'<iframe src="//video.test/1?a=1&amp;b=2" width=640 height=360></iframe><img src=/own.png>'
    b"<script>track('init', 1)</script><script src=//pay.test/pay.js></script></body></html>"
)
WITHHELD = (
    b"<script data-crumbgate=\"analytics\" type=\"text/plain\" data-crumbgate-src='https://tracker.test/t.js' async>",
    b'<iframe data-crumbgate="remarketing" data-crumbgate-src="//video.test/1?a=1&amp;b=2" width=640 height=360>',
    b"<script data-crumbgate=\"analytics\" type=\"text/plain\">track('init', 1)</script>",
)
OPEN = (b"<script src='https://tracker.test/t.js' async>", b'<iframe src="//video.test', b"<script>track(")


@pytest.fixture(scope="module")
def gate(tmp_path_factory, origin_server):
    from harness.process import Gate

    assert "tracker.test" in GATED and "pay.test" in GATED
    gate = Gate(tmp_path_factory.mktemp("gating"), f"origin: http://127.0.0.1:{origin_server.port}\n{GATED}")
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def client(gate, origin):
    with Client(gate.port) as client:
        yield client


@pytest.fixture(scope="module")
def accepted(gate, origin_server):
    return decided_cookie(gate, origin_server, "crumbgate-accept")


@pytest.fixture(scope="module")
def refused(gate, origin_server):
    return decided_cookie(gate, origin_server, "crumbgate-reject")


def is_withheld(body):
    assert b"<script src=//pay.test/pay.js>" in body and b"<img src=/own.png>" in body
    withheld = [part in body for part in WITHHELD]
    opened = [part in body for part in OPEN]
    assert all(withheld) != any(withheld) or all(withheld) != all(opened), body
    assert withheld == [not part for part in opened], body
    return all(withheld)


def test_nothing_optional_loads_before_consent(client, origin, accepted, refused):
    origin.answer(page(PAGE, ["Cache-Control: private"]))
    assert is_withheld(client.request(fields=DOCUMENT).body)
    assert is_withheld(client.request(fields=[*DOCUMENT, refused]).body)
    assert not is_withheld(client.request(fields=[*DOCUMENT, accepted]).body)


def test_a_page_is_delivered_with_its_length(client, origin, accepted):
    origin.answer(page(PAGE))
    for fields in (DOCUMENT, [*DOCUMENT, accepted]):
        seen = client.request(fields=fields)
        assert seen.one("content-length") == str(len(seen.body)).encode()


def test_a_frame_leaves_a_placeholder(client, origin):
    origin.answer(page(PAGE))
    body = client.request(fields=DOCUMENT).body
    at = body.index(b'<span class="crumbgate-placeholder')
    placeholder = body[at : body.index(b"<iframe")]
    assert b'data-crumbgate-for="remarketing"' in placeholder
    assert b"Video &amp; Sons" in placeholder
    assert b'<a href="//video.test/1?a=1&amp;b=2" rel="noreferrer noopener" target="_blank">' in placeholder
    assert b'<button type="button" data-crumbgate-show="remarketing">' in placeholder
    assert b'width="640" height="360"' in placeholder
    assert b"style=" not in placeholder and b"<script" not in placeholder


def test_a_shared_page_is_the_withheld_one_for_everybody(client, origin, accepted, refused):
    origin.answer(page(PAGE, ["Cache-Control: public, max-age=600", 'ETag: "v1"']))
    seen = [client.request(fields=[*DOCUMENT, *more]) for more in ([], [accepted], [refused])]
    assert len({(one.body, one.one("etag")) for one in seen}) == 1
    assert is_withheld(seen[0].body)


@pytest.mark.parametrize(
    "stored, sent",
    [
        (["Cache-Control: private, max-age=600, immutable"], b"private, no-cache"),
        (["Cache-Control: no-cache, max-age=0, must-revalidate"], b"private, no-cache, must-revalidate"),
        (["Cache-Control: no-store"], b"private, no-cache, no-store"),
        (["Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT"], b"private, no-cache"),
    ],
)
def test_a_page_with_third_parties_does_not_outlive_a_withdrawal_in_the_browsers_cache(client, origin, accepted, stored, sent):
    origin.answer(page(PAGE, stored))
    assert client.request(fields=[*DOCUMENT, accepted]).one("cache-control") == sent
    # Without them there is nothing to be kept from.
    assert b"no-cache" not in client.request(fields=DOCUMENT).one("cache-control") or b"no-cache" in stored[0].encode()


def test_the_entity_tag_names_the_form(client, origin, accepted):
    origin.answer(page(PAGE, ['ETag: "v1"', "Cache-Control: private"]))
    undecided, open_ = client.request(fields=DOCUMENT).one("etag"), client.request(fields=[*DOCUMENT, accepted]).one("etag")
    assert undecided != open_
    client.request(fields=[*DOCUMENT, accepted, b"If-None-Match: " + undecided])
    assert origin.last.one("if-none-match") is None
    client.request(fields=[*DOCUMENT, accepted, b"If-None-Match: " + open_])
    assert origin.last.one("if-none-match") == b'"v1"'


def test_a_date_alone_does_not_keep_another_form_of_a_fragment(client, origin, accepted):
    date = "If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT"
    origin.answer(page(PAGE, ["Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT", "Cache-Control: private"]))
    undecided = client.request(fields=FRAGMENT).one("etag")
    client.request(fields=[*FRAGMENT, accepted, date])
    assert origin.last.one("if-modified-since") is None
    client.request(fields=[*FRAGMENT, accepted, date, b"If-None-Match: " + undecided])
    assert origin.last.one("if-modified-since") is None
    client.request(fields=[*FRAGMENT, date, b"If-None-Match: " + undecided])
    assert origin.last.one("if-modified-since") is not None
    # Neither does the tag of another form where nothing says what is asked for.
    client.request(fields=[accepted, date, b"If-None-Match: " + undecided])
    assert origin.last.one("if-modified-since") is None
    for fields in ([date], [date, 'If-None-Match: "v1"']):
        client.request(target="/a.png", fields=["Sec-Fetch-Dest: image", *fields])
        assert origin.last.one("if-modified-since") is not None


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("encode", [None, gzip.compress], ids=["identity", "gzip"])
def test_every_framing_and_coding(client, origin, framing, encode):
    body = encode(PAGE) if encode else PAGE
    fields = ["Content-Type: text/html", *(["Content-Encoding: gzip"] if encode else [])]
    if framing == "length":
        origin.answer(response(body, fields))
    elif framing == "chunked":
        origin.answer(head(fields=[*fields, "Transfer-Encoding: chunked"]) + chunk(body[:50]) + chunk(body[50:]) + b"0\r\n\r\n")
    else:
        origin.answer_and_close(head(fields=[*fields, "Connection: close"]) + body)
    seen = client.request(fields=[*DOCUMENT, "Accept-Encoding: gzip"]).body
    assert is_withheld(gzip.decompress(seen) if encode else seen)


def test_a_long_page_in_pieces_is_the_same(client, origin):
    body = PAGE.replace(b"<img", b"<p title='x'>text</p>" * 20_000 + b"<img", 1)
    origin.answer(page(body))
    seen = client.request(fields=DOCUMENT).body
    assert is_withheld(seen) and seen.count(b"<p title='x'>text</p>") == 20_000


@pytest.mark.parametrize("fields", [FRAGMENT, FRAGMENT[:2], FRAGMENT[2:]], ids=["both", "metadata", "ajax"])
def test_a_fragment_is_gated_and_else_left_alone(client, origin, accepted, fields):
    fragment = b"<div><img src=//tracker.test/p.gif></div>"
    gated = fragment.replace(b"<img src", b'<img data-crumbgate="analytics" data-crumbgate-src')
    origin.answer(page(fragment, ['ETag: "v1"']))
    seen = client.request(fields=fields)
    assert seen.body == gated
    assert seen.one("etag").startswith(b'W/"v1-cg')
    seen = client.request(fields=[*fields, accepted])
    assert seen.body == fragment and seen.one("etag").startswith(b'W/"v1-cg')
    origin.answer(page(PAGE))
    assert b"/.crumbgate/" not in client.request(fields=fields).body


def test_what_is_no_page_is_left_alone(client, origin):
    origin.answer(response(PAGE, ["Content-Type: application/json"]))
    assert client.request(fields=FRAGMENT).body == PAGE
    origin.answer(page(PAGE))
    assert client.request(fields=["Sec-Fetch-Dest: image"]).body == PAGE


# Fields that make a browser contact others.


def test_links_are_gated_in_final_and_early_responses(client, origin, accepted):
    link = "Link: <https://tracker.test/a.js>; rel=preload; as=script, </own.css>; rel=preload, <//pay.test>; rel=preconnect"
    canonical = 'Link: <https://tracker.test/>; rel="canonical", <https://x.metrics.test>; rel="dns-prefetch preconnect"'
    origin.answer(head("103 Early Hints", [link]) + page(PAGE, [link, canonical]))
    seen = client.request(fields=DOCUMENT)
    kept = b"</own.css>; rel=preload, <//pay.test>; rel=preconnect"
    assert seen.all("link") == [kept, b'<https://tracker.test/>; rel="canonical"']
    assert seen.interim and all(interim.all("link") == [kept] for interim in seen.interim)
    seen = client.request(fields=[*DOCUMENT, accepted])
    assert b", ".join(seen.all("link")).count(b"test") == 4


def test_reports_do_not_go_to_withheld_hosts(client, origin, accepted):
    fields = [
        'Speculation-Rules: "https://tracker.test/s.json", "/own.json"',
        'Reporting-Endpoints: a="https://tracker.test/r", b="/own", c="https://pay.test/r"',
        'Report-To: {"group":"a","max_age":1,"endpoints":[{"url":"https:\\/\\/tracker.test/r"}]}, '
        '{"group":"b","max_age":1,"endpoints":[{"url":"https://shop.test/r"}]}',
        'NEL: {"report_to":"a","max_age":1}',
        "Refresh: 5; url=https://tracker.test/",
        "Content-Security-Policy: img-src *; report-uri https://tracker.test/csp /own; report-to a",
        "Content-Security-Policy-Report-Only: report-uri //x.metrics.test/csp; img-src *",
    ]
    origin.answer(page(PAGE, fields))
    seen = client.request(fields=DOCUMENT)
    assert seen.one("speculation-rules") == b'"/own.json"'
    assert seen.one("reporting-endpoints") == b'b="/own", c="https://pay.test/r"'
    assert seen.one("report-to") == b'{"group":"b","max_age":1,"endpoints":[{"url":"https://shop.test/r"}]}'
    assert seen.one("nel") is None and seen.one("refresh") is None
    policy = seen.one("content-security-policy")
    assert b"report-uri /own" in policy and b"tracker.test" not in policy and b"report-to a" in policy
    assert b"metrics" not in seen.one("content-security-policy-report-only")
    seen = client.request(fields=[*DOCUMENT, accepted])
    for name in ("reporting-endpoints", "report-to", "nel", "refresh", "content-security-policy"):
        assert seen.one(name), name


def test_a_policy_in_the_page_is_extended(client, origin):
    meta = b"<meta http-equiv=Content-Security-Policy content=\"script-src 'nonce-a'; style-src &quot;x&quot;\">"
    origin.answer(page(PAGE.replace(b"<head>", b"<head>" + meta)))
    body = client.request(fields=DOCUMENT).body
    assert b"script-src 'nonce-a' http://shop.test/.crumbgate/banner.js" in body
    assert b"style-src &quot;x&quot; http://shop.test/.crumbgate/banner.css" in body


# Pages that cannot be read are closed.


@pytest.mark.parametrize(
    "fields, status",
    [
        (["Cache-Control: no-transform"], "200 OK"),
        (["Content-Encoding: zstd"], "200 OK"),
        (["Content-Encoding: gzip, br"], "200 OK"),
        (["Content-Type: text/html; charset=utf-16"], "200 OK"),
        (["Content-Range: bytes 0-9/20"], "206 Partial Content"),
    ],
    ids=["no-transform", "unknown coding", "two codings", "charset", "partial"],
)
def test_a_page_that_cannot_be_read_is_closed(client, origin, accepted, fields, status):
    own = "Content-Security-Policy: img-src *"
    if not fields[0].startswith("Content-Type"):
        fields = ["Content-Type: text/html", *fields]
    origin.answer(response(PAGE, [*fields, own], status))
    seen = client.request(fields=DOCUMENT)
    assert seen.body == PAGE
    policies = seen.all("content-security-policy")
    assert any(policy.startswith(b"img-src *") for policy in policies)
    closed = [policy for policy in policies if policy.startswith(b"default-src 'self'")]
    assert len(closed) == 1 and b"pay.test:*" in closed[0]
    assert b"tracker.test" not in closed[0] and b"video.test" not in closed[0] and b"metrics" not in closed[0]
    seen = client.request(fields=[*DOCUMENT, accepted])
    assert len(seen.all("content-security-policy")) == 1, "nothing is withheld"


def test_a_page_in_utf_16_by_its_mark_alone_is_closed(client, origin):
    body = b"\xff\xfe" + "<!doctype html><img src=//tracker.test/p.gif>".encode("utf-16-le")
    origin.answer(response(body, ["Content-Type: text/html"]))
    text = client.request(fields=DOCUMENT).body.decode("utf-16")
    assert text.startswith('<meta http-equiv="Content-Security-Policy" content="default-src \'self\'')
    assert "tracker.test" not in text[: text.index("<!doctype")]


def test_a_tag_longer_than_the_memory_is_gated(client, origin):
    body = PAGE.replace(b"<img", b'<p data-x="' + b"x" * 300_000 + b'"></p><img', 1)
    origin.answer(page(body))
    assert is_withheld(client.request(fields=DOCUMENT).body)


@pytest.mark.parametrize(
    "host",
    [
        "ｔracker．test".encode(),
        "tracker。test".encode(),
        "tra\u00adcker.test".encode(),
        b"tra&shy;cker.test",
        b"%EF%BD%94racker.test",
        b"&tscr;racker.test",
        b"TRACKER.TEST.",
        "𝓽racker.test".encode(),
        "ü.metrics.test".encode(),
        b"\xfc.metrics.test",
        b"tra\xadcker.test",
        b"\xa3\xf4racker.test",
        b"\x82\x94racker.test",
    ],
)
def test_a_host_is_withheld_however_it_is_spelled(client, origin, host):
    origin.answer(page(b"<!doctype html><body><img src='//" + host + b"/p.gif'>", ["Cache-Control: private"]))
    assert b"<img data-crumbgate=\"analytics\" data-crumbgate-src='//" in client.request(fields=DOCUMENT).body


def test_a_shop_of_other_letters_is_no_third_party(client, origin):
    for host in ("müller.example".encode(), b"m\xfcller.example", "例え.テスト".encode(), b"\xc4\xfc.example"):
        image = b"<img src='https://" + host + b"/p.gif'>"
        origin.answer(page(b"<!doctype html><body>" + image, ["Cache-Control: private"]))
        assert image in client.request(fields=DOCUMENT).body


@pytest.mark.parametrize("kind", [None, "unknown/unknown", "image/svg+xml", "text/xml; charset=utf-8"])
def test_a_document_that_only_browsers_read_is_closed(client, origin, accepted, kind):
    fields = [f"Content-Type: {kind}"] if kind else []
    origin.answer(response(PAGE, ["Cache-Control: private", *fields]))
    seen = client.request(fields=DOCUMENT)
    assert seen.body == PAGE and b"tracker.test" not in seen.one("content-security-policy")
    assert b"pay.test" in seen.one("content-security-policy")
    assert client.request(fields=[*DOCUMENT, accepted]).one("content-security-policy") is None
    # What is no document is nobody's page.
    image = [field.replace("document", "image") for field in DOCUMENT]
    assert client.request(fields=image).one("content-security-policy") is None


def test_a_charset_of_escapes_that_only_the_page_names_is_closed_in_its_head(client, origin):
    body = PAGE.replace(b"<head>", b"<head><meta charset=iso-2022-jp>")
    origin.answer(response(body, ["Content-Type: text/html", "Cache-Control: private"]))
    seen = client.request(fields=DOCUMENT).body
    assert is_withheld(seen)
    policy = seen.index(b'<head><meta http-equiv="Content-Security-Policy" content="')
    assert policy < seen.index(b"<meta charset") and policy < seen.index(b"banner.js")
    origin.answer(response(body, ["Content-Type: text/html; charset=utf-8", "Cache-Control: private"]))
    assert b'http-equiv="Content-Security-Policy"' not in client.request(fields=DOCUMENT).body
