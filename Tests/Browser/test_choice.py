"""First visit to withdrawal (spec: consent.md), as a visitor does it: by looking, clicking and pressing keys."""

import json
import urllib.parse

import pytest

from harness.client import fetch, forget
from harness.origin import page
from shopping import (
    ANALYTICS, CHAT, OPTIONAL, PREFERENCES, REMARKETING, REQUIRED, SOCIAL, TRACKING_PAGES, browse, buy, names_seen,
)  # fmt: skip
from visitor import HOST

CHOICES = ("accept", "reject", "settings")


def test_the_banner_is_there_at_once(visitor):
    visitor.open("/")
    assert visitor.is_asked and not visitor.has("#crumbgate-link")
    assert visitor.text("#crumbgate-banner h2") == "Cookies on this site"
    section = visitor.find("#crumbgate-banner")
    assert section.aria_role == "region" and section.accessible_name == "Cookie choice"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_buttons_are_equals(visitor, width):
    visitor.show(width)
    visitor.open("/")
    buttons = [visitor.find(f"#crumbgate-{choice}") for choice in CHOICES]
    assert len({(button.rect["width"], button.rect["height"]) for button in buttons}) == 1
    assert buttons[0].rect["height"] >= 24 and buttons[0].rect["width"] >= 24
    for style in ("color", "background-color", "border-color", "font-size", "font-weight", "opacity"):
        assert len({button.value_of_css_property(style) for button in buttons}) == 1, style


def test_the_banner_comes_first_by_keyboard(visitor):
    visitor.open("/")
    assert [visitor.tab()["id"] for _ in CHOICES] == [f"crumbgate-{choice}" for choice in CHOICES]
    assert not visitor.tab()["isOurs"], "no trap"


def test_escape_and_leaving_are_no_answer(visitor):
    visitor.open("/")
    visitor.tab()
    key = {"key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27}
    visitor.command("Input.dispatchKeyEvent", type="rawKeyDown", **key)
    visitor.command("Input.dispatchKeyEvent", type="keyUp", **key)
    assert visitor.is_asked
    browse(visitor)
    assert visitor.is_asked and "crumbgate" not in visitor.jar


def test_rejecting(visitor, shop):
    visitor.open("/journal")
    visitor.decide("reject")
    assert visitor.path == "/journal"
    browse(visitor)
    assert not visitor.is_asked and visitor.has("#crumbgate-link")
    # Neither the shop's servers nor its scripts have put another cookie into the jar.
    assert visitor.jar <= REQUIRED | {"crumbgate"}
    assert names_seen(shop) <= REQUIRED


def test_accepting(visitor, shop):
    visitor.open("/product/harbour-mug")
    visitor.decide("accept")
    assert visitor.path == "/product/harbour-mug"
    browse(visitor)
    assert not visitor.is_asked and visitor.has("#crumbgate-link")
    assert visitor.jar >= OPTIONAL - PREFERENCES | {"crumbgate"}
    assert names_seen(shop) >= OPTIONAL - PREFERENCES - CHAT


def test_choosing_one_category(visitor, shop):
    visitor.open("/shop/cups")
    visitor.decide("settings")
    assert visitor.path == "/shop/cups" and visitor.text("#crumbgate-dialog h1") == "Cookie settings"
    assert visitor.run("return document.querySelectorAll('[type=checkbox]:enabled:not(:checked)').length") == 5
    assert visitor.run("return document.querySelectorAll('[type=checkbox]:disabled:checked').length") == 5
    assert visitor.run("return document.querySelectorAll('[type=checkbox]').length") == 10
    visitor.find("label[for=crumbgate-category-analytics]").click()
    visitor.decide("save")
    assert visitor.path == "/shop/cups" and not visitor.is_asked
    browse(visitor)
    assert visitor.hidden <= REQUIRED | ANALYTICS
    assert ANALYTICS <= names_seen(shop) <= REQUIRED | ANALYTICS


def requests_and_cookies(visitor, paths):
    """Which hosts a visit asks (as its own log has it), and the cookies that all of them have set in the end."""
    hosts = set()
    visitor.driver.get_log("performance")
    for path in paths:
        visitor.open(path)
        visitor.driver.execute_async_script("setTimeout(arguments[0], 250)")
    for entry in visitor.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        url = message.get("params", {}).get("request", {}).get("url", "")
        if message["method"] == "Network.requestWillBeSent" and url.startswith("http"):
            hosts.add(urllib.parse.urlsplit(url).hostname)
    cookies = visitor.command("Network.getAllCookies")["cookies"]
    return hosts, {(cookie["domain"].lstrip("."), cookie["name"]) for cookie in cookies}


@pytest.mark.parametrize("choice", [None, "reject", "accept"])
def test_no_third_party_is_asked_and_nothing_optional_kept(visitor, choice):
    """The figures that count, with the network log of the browser itself: zero and zero, until it is granted."""
    pages = (*TRACKING_PAGES, "/cart", "/login", "/")
    visitor.open("/")
    if choice:
        visitor.decide(choice)
    hosts, cookies = requests_and_cookies(visitor, pages)
    optional = {(HOST, name) for name in OPTIONAL}
    if choice == "accept":
        assert hosts > {HOST} and cookies & optional, "this was no test"
    else:
        assert hosts == {HOST}
        assert cookies <= {(HOST, name) for name in REQUIRED | {"crumbgate"}}


def test_settings_without_a_tick_are_a_refusal(visitor, shop):
    visitor.open("/")
    visitor.decide("settings")
    visitor.decide("save")
    browse(visitor)
    assert not visitor.is_asked
    assert names_seen(shop) <= REQUIRED


def test_withdrawing(visitor, shop):
    visitor.open("/")
    visitor.decide("accept")
    browse(visitor)
    assert visitor.hidden > REQUIRED & visitor.hidden
    visitor.decide("link")
    assert visitor.run("return document.getElementById('crumbgate-category-analytics').checked")
    visitor.decide("reject")
    assert visitor.path == "/"
    # The page after the decision came with the expiries.
    assert visitor.hidden <= REQUIRED
    forget(shop.port)
    browse(visitor)
    assert names_seen(shop) <= REQUIRED
    assert visitor.has("#crumbgate-link")


@pytest.mark.parametrize("choice", [None, "reject", "accept"])
def test_everyone_can_buy(visitor, shop, choice):
    visitor.open("/")
    if choice:
        visitor.decide(choice)
    assert "Thank you, Ada" in buy(visitor)
    assert visitor.is_asked == (choice is None)
    names = names_seen(shop)
    assert names >= REQUIRED
    if choice != "accept":
        assert names == REQUIRED


def test_global_privacy_control_is_a_refusal_until_the_visitor_says_otherwise(visitor, shop):
    visitor.command("Network.setExtraHTTPHeaders", headers={"Sec-GPC": "1"})
    browse(visitor)
    assert names_seen(shop) <= REQUIRED and visitor.hidden <= REQUIRED
    assert "crumbgate" not in visitor.jar, "the signal is not written down as the visitor's decision"
    visitor.open("/.crumbgate/settings")
    assert "Your browser asks not to be tracked" in visitor.text("main")
    assert not visitor.run("return document.querySelector('input:checked:not(:disabled)')")
    visitor.open("/")
    visitor.decide("accept")
    browse(visitor)
    assert names_seen(shop) >= ANALYTICS | REMARKETING | SOCIAL


def test_the_banner_speaks_the_pages_language(visitor, origin, make_gate):
    origin.answer(page("<!doctype html><html lang=de><head><title>Laden</title></head><body><p>x</p></body></html>"))
    visitor.begin(make_gate(f"origin: http://127.0.0.1:{origin.port}\n").port)
    visitor.open("/")
    assert visitor.text("#crumbgate-banner h2") == "Cookies auf dieser Website"
    assert visitor.text("#crumbgate-reject") == "Alle ablehnen"
    visitor.decide("settings")
    assert visitor.text("#crumbgate-dialog h1") == "Cookie-Einstellungen"
    visitor.decide("reject")
    assert visitor.text("#crumbgate-link") == "Cookie-Einstellungen"


def test_the_script_hides_the_banner_of_a_stored_page(visitor, origin, make_gate):
    """Shared caches give everybody the same page: it holds the banner for those who have not decided."""
    body = "<!doctype html><html lang=en><head><title>t</title></head><body><p>x</p></body></html>"
    origin.answer(page(body, ["Cache-Control: public, max-age=600"]))
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n")
    visitor.begin(gate.port)
    visitor.open("/")
    assert visitor.is_asked
    visitor.decide("reject")
    assert b"crumbgate-accept" in fetch(gate.port, "/", ["Accept: text/html"]).body
    assert visitor.run("return document.getElementById('crumbgate-accept') !== null"), "the stored page"
    assert not visitor.is_asked and visitor.has("#crumbgate-link")
    assert visitor.layout_shifts() == []


def test_a_page_kept_in_memory_follows_the_decision(visitor):
    visitor.open("/")
    visitor.leave("a[href='/journal']")
    visitor.decide("reject")
    visitor.driver.back()
    visitor.until(lambda: visitor.path == "/")
    assert not visitor.is_asked and visitor.has("#crumbgate-link")


def test_the_banner_can_be_used_after_coming_back_from_the_settings(visitor):
    """The shop's guard against double clicks disables buttons that were pressed: ours are none of its business."""
    visitor.open("/")
    visitor.decide("settings")
    visitor.decide("close")
    assert all(visitor.find(f"#crumbgate-{choice}").is_enabled() for choice in CHOICES)
