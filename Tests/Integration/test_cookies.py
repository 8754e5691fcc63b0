"""Cookies both ways (RFC 6265bis §4.1, §5.4): only what was consented to passes, everything else stays as it was."""

import email.utils
import time

import pytest

from conftest import RULES
from harness.client import Jar, fetch
from harness.origin import head, page, response

EVERY_STATUS = [
    "200 OK",
    "301 Moved Permanently",
    "303 See Other",
    "304 Not Modified",
    "401 Unauthorized",
    "404 Not Found",
    "500 Internal Server Error",
    "503 Service Unavailable",
]
LINES = [
    "Set-Cookie: sid=1; Path=/; HttpOnly",
    "Set-Cookie: _ga=GA1.1; Path=/; Max-Age=60",
    "Set-Cookie: _fbp=fb; HttpOnly; Max-Age=60",
    "Set-Cookie: mystery=1; Max-Age=60",
    "Set-Cookie: cart=2; Max-Age=60",
]


def with_status(status, fields):
    if status.startswith("304"):
        return head(status, fields)
    return response("x", ["Content-Type: text/html", "Location: /", *fields], status)


@pytest.mark.parametrize("status", EVERY_STATUS)
def test_without_a_decision_only_required_cookies_are_set(get, origin, status):
    origin.answer(with_status(status, LINES))
    assert get().set_names == {"sid", "cart"}


@pytest.mark.parametrize("status", EVERY_STATUS)
def test_after_refusal_only_required_cookies_are_set(get, origin, refused, status):
    origin.answer(with_status(status, LINES))
    assert get(fields=[refused]).set_names == {"sid", "cart"}


@pytest.mark.parametrize("status", EVERY_STATUS)
def test_after_acceptance_known_cookies_are_set(get, origin, accepted, status):
    origin.answer(with_status(status, LINES))
    assert get(fields=[accepted]).set_names == {"sid", "cart", "_ga", "_fbp"}


def test_cookies_of_interim_responses_are_filtered_too(client, origin):
    origin.answer(head("103 Early Hints", LINES) + response("ok"))
    final = client.request()
    assert [line.split(b"=")[0] for line in final.interim[0].set_cookies] == [b"sid", b"cart"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_cookies_are_filtered_whatever_the_method(get, origin, method):
    origin.answer(head(fields=[*LINES, "Content-Length: 0"]))
    assert get(method=method).set_names == {"sid", "cart"}


def test_each_line_stays_a_line_and_in_order(get, origin):
    origin.answer(response("ok", ["Set-Cookie: sid=1", "X-Between: 1", "Set-Cookie: lang=de", "Set-Cookie: cart=3"]))
    assert [line.split(b"=")[0] for line in get().set_cookies] == [b"sid", b"lang", b"cart"]


def test_commas_and_odd_attributes_do_not_split_a_line(get, origin):
    line = b'sid=a,b=c; Expires=Wed, 21 Oct 2026 07:28:00 GMT; path=/; Priority=High; X-Odd="a, _ga=1"; SameSite=None; Secure'
    origin.answer(response("ok", [b"Set-Cookie: " + line]))
    assert get().set_cookies[0].split(b"=", 1)[0] == b"sid"
    assert len(get().set_cookies) == 1


def test_an_unchanged_line_is_the_same_bytes(get, origin):
    lines = [b'sid="q u o t e d"; Path=/x; SAMESITE=strict;;; Foo', b"lang=", b"cart=a=b==; max-age=0100"]
    origin.answer(response("ok", [b"Set-Cookie: " + line for line in lines]))
    assert get().set_cookies == lines


@pytest.mark.parametrize("line", [b"=_ga=1; Path=/", b"justvalue", b"=; Path=/", b"=crumbgate=forged", b" = _ga", b""])
def test_a_nameless_cookie_cannot_be_set(get, origin, accepted, line):
    """It would come back as its bare value, which may spell any name (RFC 6265bis §5.7)."""
    origin.answer(response("ok", [b"Set-Cookie: " + line, "Set-Cookie: sid=1"]))
    assert get(fields=[accepted]).set_cookies == [b"sid=1"]
    assert get().set_cookies == [b"sid=1"]


def test_non_utf8_values_survive_both_ways(get, origin):
    origin.answer(response("ok", [b"Set-Cookie: sid=\xe4\xff\x80; Path=/"]))
    assert get(fields=[b"Cookie: sid=\xe4\xff\x80"]).set_cookies == [b"sid=\xe4\xff\x80; Path=/"]
    assert origin.last.cookies == [(b"sid", b"\xe4\xff\x80")]


def test_names_are_compared_with_case(get, origin):
    origin.answer(response("ok", ["Set-Cookie: SID=1", "Set-Cookie: sid=2"]))
    assert get().set_names == {"sid"}


def test_regular_expressions_and_prefixes(get, origin, accepted):
    origin.answer(
        response("ok", [f"Set-Cookie: {name}=1" for name in ["trk1", "trk12", "trk", "xtrk1", "_ga_ABC", "_gax"]])
    )
    assert get(fields=[accepted]).set_names == {"trk1", "trk12", "_ga_ABC"}
    assert get().set_names == set()


def lifetime(line):
    """Seconds that a user agent keeps this cookie: Max-Age wins over Expires (RFC 6265 §5.3)."""
    attributes = dict(part.strip().lower().partition(b"=")[::2] for part in line.split(b";")[1:])
    if b"max-age" in attributes:
        return int(attributes[b"max-age"])
    return email.utils.parsedate_to_datetime(attributes[b"expires"].decode()).timestamp() - time.time()


def test_a_lifetime_beyond_the_cap_is_shortened(get, origin):
    origin.answer(
        response(
            "ok",
            [
                "Set-Cookie: sid=1; Max-Age=99999999; Path=/",
                "Set-Cookie: lang=d; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
                "Set-Cookie: cart=1; Max-Age=60",
            ],
        )
    )
    lines = get().set_cookies
    for line in lines[:2]:
        assert 364 * 86400 < lifetime(line) <= 365 * 86400, line
    assert lines[2] == b"cart=1; Max-Age=60"


@pytest.mark.parametrize(
    "sent, passed",
    [
        (b"sid=1; _ga=2; cart=3", [b"sid=1", b"cart=3"]),
        (b"_ga=2", []),
        (b"_ga=1; _fbp=2; mystery=3; theme=4", []),
        (b"sid=1;cart=3", [b"sid=1", b"cart=3"]),
        (b"  sid=1 ;  cart=3  ", [b"sid=1", b"cart=3"]),
        (b"sid=a=b", [b"sid=a=b"]),
        (b'sid="a b"', [b'sid="a b"']),
        (b"sid=1; sid=2", [b"sid=1", b"sid=2"]),
        (b"; ;; sid=1;", [b"sid=1"]),
        (b"=nameless; sid=1", [b"sid=1"]),
        (b"justvalue; sid=1", [b"sid=1"]),
    ],
)
def test_request_cookies_of_an_undecided_visitor(get, origin, sent, passed):
    get(fields=[b"Cookie: " + sent])
    value = origin.last.one("cookie")
    assert ([] if value is None else value.split(b"; ")) == passed


def test_several_cookie_fields_are_all_filtered(get, origin):
    get(fields=["Cookie: sid=1; _ga=2", "Cookie: _fbp=3", "cookie: cart=4"])
    assert origin.last.cookies == [(b"sid", b"1"), (b"cart", b"4")]


def test_request_cookies_after_acceptance(get, origin, accepted):
    get(fields=[accepted + b"; sid=1; _ga=2; _fbp=3; theme=4; mystery=5"])
    assert origin.last.cookie_names == {"sid", "_ga", "_fbp", "theme"}


@pytest.mark.parametrize("name", ["crumbgate", "__Host-crumbgate", "Crumbgate", "__host-CRUMBGATE"])
def test_the_consent_cookie_never_reaches_the_origin(get, origin, accepted, name):
    get(fields=[accepted])
    assert origin.last.one("cookie") is None
    get(fields=[f"Cookie: {name}=forged; sid=1"])
    assert origin.last.cookies == [(b"sid", b"1")]


@pytest.mark.parametrize("name", ["crumbgate", "__Host-crumbgate", "Crumbgate"])
def test_the_origin_cannot_set_or_remove_the_consent_cookie(get, origin, accepted, name):
    origin.answer(
        response(
            "ok", [f"Set-Cookie: {name}=1; Path=/; Secure", f"Set-Cookie: {name}=; Max-Age=0", "Set-Cookie: sid=1"]
        )
    )
    for fields in ([], [accepted]):
        assert [line.split(b"=")[0] for line in get(fields=fields).set_cookies] == [b"sid"]


@pytest.mark.parametrize(
    "value", [b"", b"1", b"forged", b"1.00000000.20000.analytics.-.AAAAAAAAAAAAAAAAAAAAAA", b"\xff" * 50, b"a" * 4000]
)
def test_a_forged_consent_cookie_is_no_consent(get, origin, value):
    get(fields=[b"Cookie: crumbgate=" + value + b"; _ga=1; sid=1"])
    assert origin.last.cookie_names == {"sid"}


def test_a_changed_consent_cookie_is_no_consent(get, origin, accepted):
    name, _, value = accepted.partition(b"crumbgate=")
    for index in range(len(value)):
        if value[index : index + 1] in b".;":
            continue
        changed = value[:index] + (b"A" if value[index : index + 1] != b"A" else b"B") + value[index + 1 :]
        get(fields=[name + b"crumbgate=" + changed + b"; _ga=1"])
        assert origin.last.one("cookie") is None, changed


def test_withheld_request_cookies_are_expired_in_the_browser(get, origin):
    seen = get("/shop/item", fields=["Cookie: _ga=1; sid=2; mystery=3"])
    assert seen.expired_names == {"_ga", "mystery"}
    paths = [line for line in seen.set_cookies if line.startswith(b"_ga=")]
    assert any(b"path=/;" in line.lower() + b";" for line in paths)


def test_a_jar_is_empty_of_withheld_cookies_after_one_response(get, origin):
    jar = Jar()
    jar.store([b"_ga=1; Path=/", b"_fbp=2; Path=/", b"sid=3; Path=/", b"trk9=4; Path=/shop"], "/")
    jar.store(get("/shop/item", fields=[b"Cookie: " + jar.string("/shop/item")]).set_cookies, "/shop/item")
    assert jar.names == {"sid"}


def test_what_two_fields_name_is_expired_once(get, origin):
    once = get("/shop/item", fields=["Cookie: _ga=1; sid=2", "Cookie: _fbp=3"]).set_cookies
    twice = get("/shop/item", fields=["Cookie: _ga=1; sid=2", "Cookie: _ga=4; _fbp=3; _ga=5", "Cookie: _fbp=6"]).set_cookies
    assert twice == once and any(line.startswith(b"_fbp=") for line in once)


def test_expiry_lines_are_bounded(get, origin):
    cookies = "; ".join(f"junk{number}=1" for number in range(400))
    seen = get(fields=[f"Cookie: {cookies}; sid=1"])
    assert seen.status == 200 and origin.last.cookies == [(b"sid", b"1")]
    assert sum(map(len, seen.set_cookies)) < 32_768


def test_publicly_cacheable_responses_do_not_carry_one_visitors_expiry(get, origin):
    origin.answer(response("ok", ["Cache-Control: public, max-age=600", "Content-Type: image/png"]))
    assert get("/a.png", fields=["Cookie: _ga=1"]).set_cookies == []


@pytest.mark.parametrize("mode, passes", [("allow", True), ("learn", True), ("withhold", False)])
def test_unknown_cookies(make_gate, make_origin, mode, passes):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{RULES.replace('withhold', mode)}")
    origin.answer(response("ok", ["Set-Cookie: mystery=1", "Set-Cookie: _ga=1"]))
    seen = fetch(gate.port, fields=["Cookie: mystery=1; _ga=1"])
    assert seen.set_names == ({"mystery"} if passes else set())
    assert origin.last.cookie_names == ({"mystery"} if passes else set())


def test_hardening_adds_attributes(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(
        f"origin: http://127.0.0.1:{origin.port}\n"
        "categories:\n  security: { cookies: [{ name: csrf, http_only: true, same_site: lax }] }\n"
    )
    origin.answer(response("ok", ["Set-Cookie: csrf=1; Path=/"]))
    line = fetch(gate.port).set_cookies[0].lower()
    assert line.startswith(b"csrf=1; path=/") and b"httponly" in line and b"samesite=lax" in line
    origin.answer(response("ok", ["Set-Cookie: csrf=1; SameSite=Strict; HttpOnly"]))
    assert fetch(gate.port).set_cookies == [b"csrf=1; SameSite=Strict; HttpOnly"]


def test_the_shop_may_delete_its_own_tracker(get, origin):
    origin.answer(page("<p>x", ["Set-Cookie: _ga=; Path=/; Max-Age=0"]))
    assert get().set_names == set()
