"""A visit to the demo shop through the shipped rules: browse, cart, login, checkout; what the shop saw, what the jar holds."""

import json
import re

import pytest

from harness.client import Browser, fetch, seen

REQUIRED = {"shop_session", "shop_logged_in", "shop_cart", "shop_csrf", "shop_payment"}
PREFERENCES = {"shop_theme", "shop_currency"}
TRACKERS = {"_ga", "_ga_DEMO", "_et_coid", "_fbp", "_gcl_au", "social_seen", "chat_id"}
BY_SCRIPT = {
    "_ga": "GA1.1.5.6",
    "_ga_DEMO": "GS2.1.s7",
    "_et_coid": "e1",
    "_fbp": "fb.1.2.3",
    "_gcl_au": "1.1.8",
    "social_seen": "1",
    "chat_id": "c9",
    "shop_theme": "dark",
}
CLIENT_ADDRESS = "127.0.0.1"


def journey(browser, by_script=True):
    """The visit; returns the number of the order."""
    for path in ("/", "/shop/cups", "/product/harbour-mug", "/search?q=tea", "/journal", "/contact", "/privacy"):
        assert browser.get(path).status == 200
    assert browser.get("/index.php").status == 200
    assert browser.get("/nothing-here").status == 404
    assert browser.get("/broken").status == 500
    if by_script:
        for name, value in BY_SCRIPT.items():
            browser.jar.set_by_script(name, value)
    for asset in ("/assets/shop.css", "/assets/shop.js", "/assets/pattern.svg"):
        assert browser.get(asset, navigate=False).status == 200
    form = browser.form(browser.get("/preferences"), "/preferences")
    assert browser.submit(form, {"currency": "GBP", "theme": "dark"}).status == 200
    for slug, count in (("harbour-mug", 2), ("first-flush", 1), ("salt-bowl", 1)):
        form = browser.form(browser.get(f"/product/{slug}"), "/cart")
        cart = browser.submit(form, {"add": str(count)})
        assert cart.status == 200 and slug.encode() in cart.body
    form = browser.form(cart, "/cart")
    cart = browser.submit(form, {"product": "salt-bowl", "remove": "1"})
    assert b"salt-bowl" not in cart.body
    count = browser.send("GET", "/fragments/cart", navigate=False, fields=["Accept: */*", "Sec-Fetch-Dest: empty"])
    assert count.body == b'<span class="count">3</span>'
    account = browser.submit(
        browser.form(browser.get("/login"), "/login"), {"email": "ada@example.org", "password": "kiln"}
    )
    assert b"ada@example.org" in account.body
    checkout = browser.get("/checkout")
    payment = browser.submit(
        browser.form(checkout, "/checkout/address"),
        {"name": "Ada", "street": "Old Harbour 7", "town": "T\u00fcbingen", "country": "Germany"},
    )
    assert b"/pay/payment.js" in payment.body
    thanks = browser.submit(browser.form(payment, "/checkout"), {"method": "invoice"})
    assert "T\u00fcbingen".encode() in thanks.body
    number = re.search(rb'id="order-number">(\d+)<', thanks.body)[1]
    assert number in browser.get("/account").body
    return number


def what_the_shop_saw(shop):
    """Cookie names of all requests, and all their bytes as text."""
    requests = seen(shop.port)["requests"]
    assert requests
    return {name for request in requests for name, _ in request["cookies"]}, json.dumps(requests)


def test_the_shop_alone_sets_cookies_of_every_kind(shop):
    """Without the proxy all of them pass: what the other tests withhold is really there."""
    browser = Browser(shop.port, fields=["X-Direct: 1"])
    journey(browser, by_script=False)
    names, _ = what_the_shop_saw(shop)
    assert names >= REQUIRED | PREFERENCES | TRACKERS
    assert browser.jar.names >= TRACKERS | {"shop_session", "shop_cart"} and "shop_payment" not in browser.jar.names


def test_an_undecided_visitor_can_buy_and_is_not_tracked(shop, shop_gate):
    browser = Browser(shop_gate.port)
    journey(browser)
    names, raw = what_the_shop_saw(shop)
    assert names == REQUIRED
    assert browser.jar.names <= REQUIRED
    for value in ("GA1.1.5.6", "fb.1.2.3", '"e1"'):
        assert value not in raw
    assert b'id="crumbgate-accept"' in browser.get("/").body, "still asked"


def test_a_visitor_who_rejects_can_buy_and_is_not_tracked(shop, shop_gate):
    browser = Browser(shop_gate.port)
    browser.decide("crumbgate-reject")
    journey(browser)
    names, _ = what_the_shop_saw(shop)
    assert names == REQUIRED
    assert browser.jar.names <= REQUIRED | {"crumbgate"}
    assert all(b'id="crumbgate-accept"' not in response.body for response in browser.responses[2:])


def test_a_visitor_who_accepts_gets_everything(shop, shop_gate):
    browser = Browser(shop_gate.port)
    browser.decide("crumbgate-accept")
    journey(browser)
    names, _ = what_the_shop_saw(shop)
    assert names == REQUIRED | PREFERENCES | TRACKERS
    assert browser.jar.names >= PREFERENCES | TRACKERS | {"crumbgate"}


def test_accepted_trackers_live_no_longer_than_the_rules_say(shop, shop_gate):
    browser = Browser(shop_gate.port)
    response = browser.decide("crumbgate-accept")
    line = next(line for line in response.set_cookies if line.startswith(b"_ga="))
    assert f"max-age={90 * 86400}".encode() in line.lower().replace(b" ", b"")


def test_withdrawing_in_the_middle_of_a_visit(shop, shop_gate):
    browser = Browser(shop_gate.port)
    browser.decide("crumbgate-accept")
    browser.get("/product/harbour-mug")
    browser.get("/contact")
    assert TRACKERS - {"social_seen"} - browser.jar.names <= {"_ga_DEMO"}
    form = browser.form(browser.get("/.crumbgate/settings"), "/.crumbgate/consent")
    browser.submit(form, button="crumbgate-save")
    browser.get("/")
    assert browser.jar.names <= REQUIRED | {"crumbgate"}
    journey(browser)


def test_gpc_is_a_refusal_all_the_way(shop, shop_gate):
    browser = Browser(shop_gate.port, fields=["Sec-GPC: 1"])
    journey(browser)
    names, _ = what_the_shop_saw(shop)
    assert names == REQUIRED


def test_the_shop_never_sees_the_consent_cookie_or_the_full_address(shop, shop_gate):
    browser = Browser(shop_gate.port)
    browser.decide("crumbgate-accept")
    journey(browser)
    for request in seen(shop.port)["requests"]:
        fields = {name.lower(): value for name, value in request["fields"]}
        assert "crumbgate" not in fields.get("cookie", "")
        path = request["target"].split("?")[0]
        expected = CLIENT_ADDRESS if path == "/checkout/payment" else "127.0.0.0"
        assert fields["x-forwarded-for"] == expected, path
        assert fields["via"].startswith("1.1 ")
        if expected != CLIENT_ADDRESS:
            assert CLIENT_ADDRESS not in "".join(
                value for name, value in fields.items() if name not in ("referer", "origin")
            )


def without_gating(body):
    """The page with its references given back (docs/html-conformance.md, "What is gated")."""
    body = re.sub(rb'<span class="crumbgate-placeholder.*?</button></span></span>', b"", body, flags=re.S)
    # The shop's own `data-crumbgate`, on a link to the settings say, has no such company.
    marked = rb'(<[a-zA-Z]+) data-crumbgate="[^"]*"(?: type="text/plain"|(?=[^>]* data-crumbgate-))'
    return re.sub(marked, rb"\1", body).replace(b" data-crumbgate-", b" ")


def test_the_shops_pages_are_whole_behind_the_proxy(shop, shop_gate):
    """But for what is inserted, what gating adds, and the tokens that differ, every page is the shop's own, byte for byte."""
    for path in ("/", "/shop/teapots", "/product/night-pot", "/journal", "/contact", "/privacy", "/bespoke"):
        direct = fetch(shop.port, path, ["Cookie: shop_session=a; shop_csrf=b", "Accept: text/html"]).body
        through = fetch(shop_gate.port, path, ["Cookie: shop_session=a; shop_csrf=b", "Accept: text/html"]).body
        through = without_gating(through)
        begin, end = direct.index(b"<head>") + 6, direct.index(b"<body>") + 6
        assert through.startswith(direct[:begin]) and through.endswith(direct[end:])
        assert direct[begin:end] in through


def test_compressed_pages_and_uploads_work(shop, shop_gate):
    import gzip

    response = fetch(shop_gate.port, "/journal", ["Accept: text/html", "Accept-Encoding: gzip"])
    body = gzip.decompress(response.body) if response.one("content-encoding") == b"gzip" else response.body
    assert b"a glaze called Tuesday" in body and b'id="crumbgate"' in body
    data = bytes(range(256)) * 20_000
    direct = fetch(shop.port, "/api/upload", method="POST", body=data)
    assert json.loads(fetch(shop_gate.port, "/api/upload", method="POST", body=data).body) == json.loads(direct.body)


def test_the_json_interface_is_untouched(shop, shop_gate):
    body = b'{"products":["harbour-mug","nothing","salt-bowl"]}'
    direct = fetch(shop.port, "/api/stock", ["Content-Type: application/json"], "POST", body)
    through = fetch(shop_gate.port, "/api/stock", ["Content-Type: application/json"], "POST", body)
    # The shop's encoder orders members by chance.
    assert json.loads(through.body) == json.loads(direct.body) != []
    assert through.one("content-type") == direct.one("content-type")


def test_assets_are_revalidated_and_cacheable(shop, shop_gate):
    first = fetch(shop_gate.port, "/assets/pattern.svg", ["Sec-Fetch-Dest: image"])
    assert first.one("cache-control") == b"public, max-age=86400" and first.one("etag").startswith(b'"')
    again = fetch(
        shop_gate.port, "/assets/pattern.svg", ["Sec-Fetch-Dest: image", b"If-None-Match: " + first.one("etag")]
    )
    assert again.status == 304 and again.set_cookies == []


@pytest.mark.alone
def test_a_slow_page_streams(shop, shop_gate):
    import time

    from harness.client import DOCUMENT, Client, request

    with Client(shop_gate.port) as client:
        began = time.monotonic()
        client.send(request("/kiln?chunks=5&delay=200", DOCUMENT))
        client.until(b"<h1>Kiln</h1>")
        assert time.monotonic() - began < 0.6
        assert "1\u00b0".encode() not in client.response().body


@pytest.mark.parametrize("token", ["", "forged"])
def test_the_shops_own_csrf_check_still_holds(shop, shop_gate, token):
    browser = Browser(shop_gate.port)
    form = browser.form(browser.get("/login"), "/login")
    form.fields["csrf"] = token
    assert browser.submit(form, {"email": "a@b", "password": "c"}).status == 403
