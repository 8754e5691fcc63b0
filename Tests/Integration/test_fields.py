"""Fields that a gateway changes, and all the others that it does not (RFC 9110 §7.6, RFC 7239)."""

import pytest

from conftest import RULES
from harness.client import fetch
from harness.origin import response

HOP_BY_HOP = [
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "TE: trailers",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABk",
    "Proxy-Authorization: Basic eDp5",
    "X-Private: 1",
    "X-Also: 2",
]


def test_hop_by_hop_fields_do_not_reach_the_origin(get, origin):
    get(fields=["Connection: keep-alive, Upgrade, HTTP2-Settings, X-Private ,x-also", *HOP_BY_HOP, "X-Public: 3"])
    for line in HOP_BY_HOP:
        assert origin.last.all(line.split(":")[0]) == [], line
    assert origin.last.one("x-public") == b"3"
    assert b"x-private" not in origin.last.raw.lower()


def test_hop_by_hop_fields_do_not_reach_the_visitor(get, origin):
    fields = [
        "Connection: X-Private",
        "X-Private: 1",
        "Keep-Alive: timeout=5",
        "Proxy-Authenticate: Basic",
        "X-Public: 3",
    ]
    origin.answer(response("ok", fields))
    seen = get()
    for name in ("x-private", "keep-alive", "proxy-authenticate", "proxy-connection"):
        assert seen.all(name) == [], name
    assert seen.one("x-public") == b"3"


@pytest.mark.parametrize("field", ["Cookie", "Host", "Content-Length", "Sec-GPC", "Via", "X-Forwarded-For"])
def test_connection_cannot_nominate_away_what_the_gateway_says(get, origin, field):
    """A visitor must not strip what the origin relies on by naming it in Connection."""
    seen = get(fields=[f"Connection: close, {field}", "Cookie: sid=1"], method="POST", body=b"abc")
    assert seen.status in (200, 400)
    if seen.status == 200:
        assert origin.last.one("host") is not None
        assert origin.last.body == b"abc"
        assert origin.last.one("via") is not None
        assert origin.last.one("x-forwarded-for") == b"127.0.0.0"


@pytest.mark.parametrize("field", ["Content-Length", "Set-Cookie", "ETag"])
def test_the_origins_connection_field_cannot_break_the_framing(client, origin, field):
    """A nominated Content-Length must not leave the visitor with a response of unknown end."""
    origin.answer(response("first", [f"Connection: {field}", "Set-Cookie: _ga=1", "Content-Type: text/plain"]))
    for _ in range(2):
        seen = client.request()
        assert seen.body == b"first" and seen.set_names == set()


def test_via_is_added_on_both_sides(get, origin):
    origin.answer(response("ok", ["Via: 1.1 inner"]))
    seen = get(fields=["Via: 1.0 outer"])
    assert b", ".join(origin.last.all("via")).startswith(b"1.0 outer, 1.1 ")
    assert b", ".join(seen.all("via")).startswith(b"1.1 inner, 1.1 ")


def test_forwarding_fields_are_rebuilt_with_the_truncated_address(get, origin):
    get(
        fields=[
            "X-Forwarded-For: 198.51.100.77",
            "Forwarded: for=198.51.100.77",
            "X-Real-IP: 198.51.100.77",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: evil.test",
        ]
    )
    seen = origin.last
    assert seen.one("x-forwarded-for") == b"127.0.0.0"
    assert seen.one("x-forwarded-proto") == b"http"
    assert seen.one("x-forwarded-host") == b"shop.test"
    assert b"for=127.0.0.0" in seen.one("forwarded").lower().replace(b'"', b"")
    assert seen.one("x-real-ip") in (None, b"127.0.0.0")
    assert (
        b"198.51.100" not in seen.raw
        and b"evil.test" not in seen.raw
        and b"127.0.0.1" not in seen.raw.replace(seen.one("host"), b"")
    )


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-For",
        "x-forwarded-for",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Forwarded-Port",
        "X-Forwarded-Server",
        "X-Forwarded-Prefix",
        "X-Forwarded-Ssl",
        "X-Real-IP",
        "X-Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Cluster-Client-IP",
        "Fastly-Client-IP",
        "Forwarded",
        "X_Forwarded_For",
        "X-Forwarded_For",
        "x_forwarded_proto",
        "X_Real_IP",
        "CONTENT_LENGTH",
        "Remote_User",
    ],
)
def test_a_visitor_cannot_say_where_they_come_from(get, origin, name):
    """Nor by a name that CGI takes for such a field, where `_` and `-` are the same (RFC 3875 §4.1.18)."""
    get(fields=["X-Before: 1", f"{name}: for=evil-canary", "X-After: 2"])
    assert b"evil-canary" not in origin.last.raw
    assert (origin.last.one("x-before"), origin.last.one("x-after")) == (b"1", b"2")


def test_conditions_on_what_is_no_document_pass_as_they_are(get, origin):
    """A PUT with If-Match must not become one without (RFC 9110 §13.1.1)."""
    get("/api/cart", ['If-Match: "v1", "v2"', 'If-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT'], "PUT", b"{}")
    assert origin.last.one("if-match") == b'"v1", "v2"'
    assert origin.last.one("if-unmodified-since") == b"Sat, 29 Oct 1994 19:43:31 GMT"
    get("/picture.png", ['If-None-Match: "v1"', "Range: bytes=0-1", 'If-Range: "v1"', "Sec-Fetch-Dest: image"])
    assert origin.last.one("if-none-match") == b'"v1"'
    assert (origin.last.one("range"), origin.last.one("if-range")) == (b"bytes=0-1", b'"v1"')


def test_full_address_routes_get_the_full_address(get, origin):
    get("/pay")
    assert origin.last.one("x-forwarded-for") == b"127.0.0.1"
    assert b"127.0.0.1" in origin.last.one("forwarded")
    get("/payments")
    assert origin.last.one("x-forwarded-for") == b"127.0.0.0"


@pytest.fixture
def behind_proxy(make_gate, make_origin):
    """A gate that trusts its peer, as one behind another proxy does."""
    origin = make_origin()
    rules = f"origin: http://127.0.0.1:{origin.port}\nfull_address_routes: [/pay]\n"
    gate = make_gate(rules + f'trusted_proxies: [127.0.0.0/8, 10.0.0.0/8, "2001:db8:ffff::/48"]\n{RULES}')

    def ask(*fields, target="/"):
        fetch(gate.port, target, fields)
        return origin.last.one("x-forwarded-for")

    ask.origin = origin
    return ask


@pytest.mark.parametrize(
    "fields, address",
    [
        (["X-Forwarded-For: 203.0.113.77"], b"203.0.113.0"),
        (["X-Forwarded-For: 198.51.100.1, 203.0.113.77"], b"203.0.113.0"),
        (["X-Forwarded-For: 198.51.100.1, 203.0.113.77, 10.1.2.3"], b"203.0.113.0"),
        (["X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.77"], b"203.0.113.0"),
        (["X-Forwarded-For: 2001:db8:1:2:3::4"], b"2001:db8:1::"),
        (["X-Forwarded-For: 203.0.113.77, 2001:db8:ffff::1"], b"203.0.113.0"),
        (["Forwarded: for=198.51.100.1, for=203.0.113.77;proto=https"], b"203.0.113.0"),
        (['Forwarded: for="[2001:db8:1:2::9]:4711"'], b"2001:db8:1::"),
        (["X-Forwarded-For: ::ffff:203.0.113.77"], b"203.0.113.0"),
    ],
)
def test_behind_a_trusted_proxy_the_rightmost_untrusted_address_counts(behind_proxy, fields, address):
    assert behind_proxy(*fields) == address


def test_behind_a_trusted_proxy_full_address_routes(behind_proxy):
    assert behind_proxy("X-Forwarded-For: 198.51.100.1, 203.0.113.77", target="/pay") == b"203.0.113.77"
    assert b"198.51.100.1" not in behind_proxy.origin.last.raw


def test_behind_a_trusted_proxy_the_scheme_is_believed(behind_proxy):
    behind_proxy("X-Forwarded-For: 203.0.113.77", "X-Forwarded-Proto: https")
    assert behind_proxy.origin.last.one("x-forwarded-proto") == b"https"


@pytest.mark.parametrize(
    "fields",
    [
        ["X-Forwarded-For: garbage"],
        ["X-Forwarded-For: "],
        ["Forwarded: for=_hidden"],
        ["X-Forwarded-For: 203.0.113.77, garbage"],
    ],
)
def test_behind_a_trusted_proxy_garbage_is_not_an_address(behind_proxy, fields):
    assert behind_proxy(*fields) == b"127.0.0.0"


def test_end_to_end_fields_pass_unchanged_in_order(get, origin):
    lines = [
        "X-B: 2",
        "X-A: 1",
        "X-B: 3",
        "Authorization: Basic eDp5",
        "Sec-GPC: 1",
        "User-Agent: curl/8",
        "Range: bytes=0-5",
        "If-Modified-Since: Sat, 29 Oct 1994 19:43:31 GMT",
        "Accept-Language: de;q=0.9, en",
        b"X-Raw: \xff\xfe",
    ]
    get(fields=lines)
    raw = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    assert raw in origin.last.raw, "neither spelling, order nor spacing is touched"


def test_response_fields_pass_unchanged_in_order(get, origin):
    lines = [
        "X-B: 2",
        "X-A: 1",
        "X-B: 3",
        "Server: nginx",
        'ETag: "a"',
        "Cache-Control: public, max-age=60",
        "Last-Modified: Sat, 29 Oct 1994 19:43:31 GMT",
        "Accept-Ranges: bytes",
        "Vary: X-A",
        "Link: </a>; rel=next",
    ]
    origin.answer(response("ok", lines))
    assert "\r\n".join(lines).encode() in get().raw


def test_date_is_added_when_the_origin_sends_none(get, origin):
    assert get().one("date").endswith(b" GMT")


def test_the_origin_gets_the_visitors_host(get, origin):
    get(host="shop.test:8080")
    assert origin.last.one("host") in (b"shop.test:8080", f"127.0.0.1:{origin.port}".encode())
    assert origin.last.one("x-forwarded-host") == b"shop.test:8080"
