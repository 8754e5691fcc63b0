"""The banner, its endpoint and the signals (consent.md): works without JavaScript, asks once, cannot be abused."""

import itertools
import json
import re
import urllib.parse

import pytest

from conftest import RULES
from harness.client import DOCUMENT, Browser, Client, eventually, exchange, fetch, parsed
from harness.consent import decided_cookie
from harness.message import is_expiry
from harness.origin import page
from harness.process import Gate

PAGE = page("<!doctype html><html lang=en><head><title>x</title></head><body><p>x</p></body></html>")
FORM = "Content-Type: application/x-www-form-urlencoded"
OPTIONAL = {"personalisation", "analytics", "remarketing", "social", "chat"}


@pytest.fixture(scope="module")
def consent_gate(tmp_path_factory, origin_server):
    """A gate that believes X-Forwarded-For, so that decisions may come from many networks."""
    rules = f"origin: http://127.0.0.1:{origin_server.port}\ntrusted_proxies: [127.0.0.1]\n{RULES}"
    gate = Gate(tmp_path_factory.mktemp("consent"), rules)
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def gate(consent_gate, origin):
    yield consent_gate
    assert consent_gate.child.poll() is None, consent_gate.log.decode()[-4000:]


def network():
    """A network that has not asked yet: decisions are rate-limited for each."""
    return f"X-Forwarded-For: 198.51.{next(networks)}.9"


networks = itertools.count()


@pytest.fixture
def browser(gate, origin):
    origin.answer(PAGE)
    return Browser(gate.port, fields=[network()])


@pytest.fixture
def banner(browser):
    """The banner's form, as a page without JavaScript shows it."""
    return browser.form(browser.get("/shop?page=2"), "/.crumbgate/consent")


def body_of(form, button):
    fields = dict(form.fields)
    pressed = form.buttons[button]
    if pressed.get("name"):
        fields[pressed["name"]] = pressed.get("value") or ""
    return urllib.parse.urlencode(fields).encode()


def consent(gate, body, *fields, content_type=FORM, origin="Origin: http://shop.test", method="POST"):
    lines = [content_type, network(), *([origin] if origin else []), *fields]
    return fetch(gate.port, "/.crumbgate/consent", lines, method, body)


def granted(message):
    """Categories in the consent cookie that a response sets; None when it sets none."""
    for line in message.set_cookies:
        if line.startswith(b"crumbgate=") and not is_expiry(line):
            part = line.split(b";")[0].split(b".")[3]
            return set() if part == b"-" else set(part.decode().split("~"))
    return None


def decision(browser):
    """What the browser was last given."""
    return [granted(seen) for seen in browser.responses if granted(seen) is not None][-1]


def test_the_buttons_are_equals(banner):
    assert {"crumbgate-accept", "crumbgate-reject", "crumbgate-settings"} <= set(banner.buttons)
    accept, reject = banner.buttons["crumbgate-accept"], banner.buttons["crumbgate-reject"]
    assert accept.get("class") == reject.get("class")
    assert not any("checked" in box for box in banner.checkboxes.values())


def test_accepting_goes_back_to_the_page(gate, banner, browser, origin):
    origin.requests = []
    response = browser.submit(banner, button="crumbgate-accept")
    answer = browser.responses[-2]
    assert answer.status == 303 and answer.one("cache-control") == b"no-store"
    assert granted(answer) == OPTIONAL
    assert response.status == 200 and origin.last.target == "/shop?page=2"
    assert b'id="crumbgate-accept"' not in response.body
    assert "/.crumbgate" not in {seen.target for seen in origin.requests}


def test_rejecting_leaves_nothing_to_be_recognised_by(gate, banner, origin):
    values = set()
    for _ in range(3):
        answer = consent(gate, body_of(banner, "crumbgate-reject"))
        assert answer.status == 303 and granted(answer) == set()
        values.add(next(line for line in answer.set_cookies if line.startswith(b"crumbgate=")))
    assert len(values) == 1, "refusals differ from each other"


def test_acceptances_have_a_receipt_each(gate, banner):
    values = {consent(gate, body_of(banner, "crumbgate-accept")).set_cookies[0] for _ in range(3)}
    assert len(values) == 3


def test_the_consent_cookies_attributes(gate, banner):
    for button in ("crumbgate-accept", "crumbgate-reject"):
        line = next(
            line for line in consent(gate, body_of(banner, button)).set_cookies if line.startswith(b"crumbgate=")
        )
        attributes = [part.strip().lower() for part in line.split(b";")[1:]]
        assert b"path=/" in attributes and b"samesite=lax" in attributes and b"httponly" not in attributes
        assert f"max-age={182 * 86400}".encode() in attributes
        assert not any(part.startswith(b"domain") for part in attributes)


def settings_form(browser):
    """The second layer as a page of its own."""
    form = browser.form(browser.get("/shop"), "/.crumbgate/consent")
    response = browser.submit(form, button="crumbgate-settings")
    return browser.form(response, "/.crumbgate/consent")


def test_the_settings_page_has_a_box_for_each_optional_category(browser):
    form = settings_form(browser)
    assert {f"crumbgate-category-{name}" for name in OPTIONAL} <= set(form.checkboxes)
    for name, box in form.checkboxes.items():
        if name.removeprefix("crumbgate-category-") in OPTIONAL:
            assert "checked" not in box and "disabled" not in box
        else:
            assert "disabled" in box, f"{name} is required: shown, but locked"


def test_choosing_some_categories(browser, origin):
    form = settings_form(browser)
    box = form.checkboxes["crumbgate-category-analytics"]
    browser.submit(form, {box["name"]: box.get("value", "on")}, button="crumbgate-save")
    assert decision(browser) == {"analytics"}
    browser.jar.set_by_script("_ga", "1")
    browser.jar.set_by_script("_fbp", "1")
    browser.get("/")
    assert origin.last.cookie_names == {"_ga"}
    assert "_fbp" not in browser.jar.names and "_ga" in browser.jar.names


def test_the_settings_show_what_was_chosen(browser):
    form = settings_form(browser)
    box = form.checkboxes["crumbgate-category-analytics"]
    browser.submit(form, {box["name"]: box.get("value", "on")}, button="crumbgate-save")
    response = browser.get("/.crumbgate/settings")
    form = browser.form(response, "/.crumbgate/consent")
    ticked = {name for name, box in form.checkboxes.items() if "checked" in box and "disabled" not in box}
    assert ticked == {"crumbgate-category-analytics"}


def test_saving_without_a_tick_is_a_refusal(browser):
    form = settings_form(browser)
    browser.submit(form, button="crumbgate-save")
    assert decision(browser) == set()


def test_withdrawal_expires_what_was_set(browser, origin):
    browser.decide("crumbgate-accept")
    origin.answer(
        page("<p>x", ["Set-Cookie: _ga=1; Path=/", "Set-Cookie: _fbp=2; Path=/", "Set-Cookie: sid=3; Path=/"])
    )
    response = browser.get("/shop")
    assert {"_ga", "_fbp", "sid"} <= browser.jar.names
    link = next(link for link in parsed(response.body).links if link and link.startswith("/.crumbgate/"))
    origin.answer(PAGE)
    form = browser.form(browser.get(link), "/.crumbgate/consent")
    browser.submit(form, button="crumbgate-save")
    browser.get("/shop")
    assert browser.jar.names == {"sid", "crumbgate"}
    browser.get("/shop")
    assert origin.last.cookie_names == {"sid"}


def test_the_settings_are_a_page_in_the_visitors_language(gate, origin):
    for language in "en de fr es it nl pl pt sv fi da ar".split():
        seen = fetch(gate.port, "/.crumbgate/settings", [*DOCUMENT, f"Accept-Language: {language}"])
        assert seen.status == 200 and f'lang="{language}"'.encode() in seen.body
        assert seen.one("cache-control") == b"no-store"
    assert origin.requests == []


def test_the_endpoint_answers_json(gate, banner):
    answer = consent(
        gate,
        json.dumps({**banner.fields, "choice": "save", "categories": ["analytics", "chat"]}).encode(),
        "Accept: application/json",
        content_type="Content-Type: application/json",
    )
    assert answer.status == 200
    assert answer.one("content-type").startswith(b"application/json") and answer.one("cache-control") == b"no-store"
    assert {"analytics", "chat", "cart"} <= set(json.loads(answer.body)["granted"])
    assert granted(answer) == {"analytics", "chat"}


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b'{"categories": 1}', b'{"categories": [1]}', b"\xff", b'{"categories":' + b"[" * 1000],
)
def test_malformed_json_is_refused(gate, body):
    answer = consent(gate, body, content_type="Content-Type: application/json")
    assert answer.status in (400, 422) and answer.set_cookies == []


def test_an_unknown_category_is_refused(gate):
    answer = consent(
        gate, b'{"choice":"save","categories":["analytics","nonsense"]}', content_type="Content-Type: application/json"
    )
    assert answer.status == 422 and answer.set_cookies == []


@pytest.mark.parametrize(
    "origin_field, more",
    [
        ("Origin: http://evil.test", []),
        ("Origin: null", []),
        ("Origin: http://shop.test:81", []),
        ("Origin: http://shop.test.evil.test", []),
        ("Origin: http://shop.test", ["Sec-Fetch-Site: cross-site"]),
        (None, ["Sec-Fetch-Site: cross-site"]),
        (None, ["Sec-Fetch-Site: same-site"]),
        (None, []),
    ],
)
def test_other_origins_cannot_decide(gate, banner, origin_field, more):
    answer = consent(gate, body_of(banner, "crumbgate-accept"), *more, origin=origin_field)
    assert answer.status == 403 and answer.set_cookies == []


def test_a_large_body_is_refused(gate, banner):
    answer = consent(gate, body_of(banner, "crumbgate-accept") + b"&x=" + b"a" * 4096)
    assert answer.status == 413 and answer.set_cookies == []


def test_a_large_chunked_body_is_refused(gate):
    raw = exchange(
        gate.port,
        b"POST /.crumbgate/consent HTTP/1.1\r\nHost: shop.test\r\nOrigin: http://shop.test\r\nTransfer-Encoding: chunked\r\n"
        + FORM.encode()
        + b"\r\n\r\n"
        + (b"400\r\n" + b"a" * 1024 + b"\r\n") * 5
        + b"0\r\n\r\n",
        timeout=3,
    )
    assert raw.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("body_waits", [True, False])
def test_a_decision_whose_sender_waits_for_100_continue(gate, banner, origin, body_waits):
    """Our own path answers 100 itself (RFC 9110 §10.1.1), once."""
    body = body_of(banner, "crumbgate-accept")
    seen_before = len(origin.requests)
    head = (
        b"POST /.crumbgate/consent HTTP/1.1\r\nHost: shop.test\r\nOrigin: http://shop.test\r\n"
        + FORM.encode()
        + b"\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    with Client(gate.port) as client:
        if body_waits:
            client.send(head)
            client.until(b"HTTP/1.1 100 Continue\r\n\r\n")
            client.send(body)
        else:
            client.send(head + body)
        answer = client.response("POST")
        assert answer.status == 303 and answer.set_cookies
        # `until` read the one before the content.
        assert len(answer.interim) <= 1
        assert client.request("/after").status == 200, "the connection goes on"
    assert len(origin.requests) == seen_before + 1


@pytest.mark.parametrize("length", [5000, 9223372036854775807])
def test_100_continue_is_not_said_to_what_is_refused(gate, length):
    answer = exchange(
        gate.port,
        b"POST /.crumbgate/consent HTTP/1.1\r\nHost: shop.test\r\nOrigin: http://shop.test\r\n"
        + FORM.encode()
        + b"\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % length,
        timeout=3,
    )
    assert answer.startswith(b"HTTP/1.1 413") and b"100 Continue" not in answer


def test_a_body_of_another_type_is_refused(gate, banner):
    answer = consent(gate, body_of(banner, "crumbgate-accept"), content_type="Content-Type: text/plain")
    assert answer.status == 415 and answer.set_cookies == []


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "\\\\evil.test",
        "http:evil.test",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: x=1",
        "/\t/evil.test",
        "",
        "evil.test",
    ],
)
def test_no_open_redirect(gate, banner, target):
    accept = {**banner.fields, "choice": "accept"}
    answers = [consent(gate, urllib.parse.urlencode({**accept, "return": target}).encode())]
    if target.isprintable():
        body = urllib.parse.urlencode(accept).encode()
        answers.append(consent(gate, body, f"Referer: http://shop.test{target}"))
    for answer in answers:
        assert answer.status == 303
        location = answer.one("location").decode()
        assert re.fullmatch(r"/([^/\\\x00-\x20][^\\\x00-\x20]*)?", location), location
        assert "evil" not in location


def test_the_way_back_keeps_path_and_query(gate, banner):
    body = urllib.parse.urlencode({**banner.fields, "choice": "accept", "return": "/shop/a%20b?page=2&q=x"}).encode()
    assert consent(gate, body).one("location") == b"/shop/a%20b?page=2&q=x"
    answer = consent(gate, b"choice=reject", "Referer: http://shop.test/shop?page=2")
    assert answer.one("location") == b"/shop?page=2"


def test_get_does_not_decide(gate, banner):
    answer = fetch(gate.port, "/.crumbgate/consent?" + body_of(banner, "crumbgate-accept").decode(), DOCUMENT)
    assert answer.status == 405 and answer.one("allow") == b"POST" and answer.set_cookies == []


@pytest.mark.parametrize(
    "path", ["/.crumbgate", "/.crumbgate/", "/.crumbgate/nothing", "/.crumbgate/consent/x", "/.crumbgate/../shop"]
)
def test_reserved_paths_are_never_forwarded(gate, origin, path):
    assert fetch(gate.port, path).status == 404
    assert origin.requests == []


@pytest.mark.parametrize("path", ["/.crumbgates", "/.crumbgateway/x", "/x/.crumbgate/consent", "/?/.crumbgate/"])
def test_paths_that_only_look_reserved_are_the_origins(gate, origin, path):
    assert fetch(gate.port, path).body == b"ok"
    assert origin.last.target == path


def test_own_assets(gate, browser, origin):
    body = browser.get("/").body.decode()
    paths = set(re.findall(r'(?:href|src)="(/\.crumbgate/[^"]+\.(?:css|js)[^"]*)"', body))
    assert len(paths) == 2
    origin.requests = []
    for path in paths:
        seen = fetch(gate.port, path)
        assert seen.status == 200 and seen.one("etag")
        assert seen.one("content-type").split(b";")[0] in (b"text/css", b"text/javascript")
        again = fetch(gate.port, path, [b"If-None-Match: " + seen.one("etag")])
        assert again.status == 304
        assert seen.one("x-content-type-options") == b"nosniff"
    assert origin.requests == []


def test_too_many_decisions_from_one_network_are_slowed_down(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{RULES}")
    body, statuses = b'{"choice":"reject"}', []
    with Client(gate.port) as client:
        for _ in range(2000):
            seen = client.request(
                "/.crumbgate/consent", ["Content-Type: application/json", "Origin: http://shop.test"], "POST", body
            )
            statuses.append(seen.status)
            if seen.status == 429:
                break
    assert statuses[:5] == [200] * 5 and statuses[-1] == 429


# Signals.


def withheld(gate, origin, *fields):
    """Names that do not reach the origin when this visitor sends one cookie of every kind."""
    (
        fetch(
            gate.port,
            fields=[
                *fields[:-1],
                (fields[-1] + b"; " if fields and isinstance(fields[-1], bytes) else b"Cookie: ")
                + b"sid=1; theme=1; _ga=1; _fbp=1",
            ],
        )
        if fields and isinstance(fields[-1], bytes)
        else fetch(gate.port, fields=[*fields, "Cookie: sid=1; theme=1; _ga=1; _fbp=1"])
    )
    return {"sid", "theme", "_ga", "_fbp"} - origin.last.cookie_names


def test_gpc_refuses_without_a_decision(gate, origin):
    assert withheld(gate, origin, "Sec-GPC: 1") == {"theme", "_ga", "_fbp"}
    assert origin.last.one("sec-gpc") == b"1", "the origin may honour it too"


def test_a_later_explicit_choice_wins_over_gpc(gate, origin):
    accepted = decided_cookie(gate, origin, "crumbgate-accept")
    assert withheld(gate, origin, "Sec-GPC: 1", accepted) == set()


def test_gpc_is_not_written_down_as_a_decision(gate, origin):
    origin.answer(PAGE)
    seen = fetch(gate.port, fields=["Sec-GPC: 1", *DOCUMENT])
    assert granted(seen) is None


@pytest.mark.parametrize("value", ["0", "true", "1, 1", ""])
def test_only_exactly_one_is_gpc(gate, origin, value):
    fetch(gate.port, fields=[f"Sec-GPC: {value}", "Cookie: sid=1"])
    assert origin.last.cookie_names == {"sid"}


def test_gpc_support_is_published(gate, origin):
    seen = fetch(gate.port, "/.well-known/gpc.json")
    assert seen.status == 200 and seen.one("content-type").startswith(b"application/json")
    assert json.loads(seen.body)["gpc"] is True
    assert origin.requests == []


@pytest.mark.parametrize("field, passes", [("DNT: 1", set()), ("DNT: 0", set()), ("Sec-GPC: 0", set())])
def test_dnt_when_enabled_refuses_and_never_grants(make_gate, make_origin, field, passes):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nsignals: {{ dnt: {{ denies: [analytics] }} }}\n{RULES}")
    fetch(gate.port, fields=[field, "Cookie: _ga=1"])
    assert origin.last.cookie_names == passes


# The policy's revision.


def test_a_changed_policy_asks_again_and_a_changed_text_does_not(make_gate, make_origin):
    origin = make_origin()
    rules = f"origin: http://127.0.0.1:{origin.port}\n{RULES}"
    gate = make_gate(rules)
    cookie = decided_cookie(gate, origin, "crumbgate-accept")

    def passes():
        fetch(gate.port, fields=[cookie + b"; _ga=1"])
        return origin.last.cookie_names == {"_ga"}

    assert passes()
    gate.write_rules(rules.replace("analytics: {", "analytics: { purpose: { en: Other words entirely. },"))
    eventually(
        lambda: b"Other words" in fetch(gate.port, "/.crumbgate/settings", [*DOCUMENT, "Accept-Language: en"]).body
    )
    assert passes(), "a text fix asked again"
    gate.write_rules(rules.replace("analytics: {", "analytics: { vendors: [Another],"))
    eventually(lambda: not passes())
