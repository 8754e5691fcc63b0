"""What the demo shop's visitors do, and what it has seen of them."""

import json

from harness.client import eventually, seen

#: The shop's cookies by category, as rules/shop.yaml has them.
REQUIRED = {"shop_session", "shop_logged_in", "shop_cart", "shop_csrf", "shop_payment"}
PREFERENCES = {"shop_theme", "shop_currency"}
ANALYTICS = {"_ga", "_ga_DEMO", "_et_coid"}
REMARKETING = {"_fbp", "_gcl_au"}
SOCIAL = {"social_seen"}
CHAT = {"chat_id"}
OPTIONAL = PREFERENCES | ANALYTICS | REMARKETING | SOCIAL | CHAT
#: Pages that together set a cookie of every optional category but the preferences.
TRACKING_PAGES = ("/", "/shop/cups", "/product/harbour-mug", "/journal", "/contact")


def browse(visitor):
    """Looks at all pages that set cookies, and once more at the first, which then gets them back."""
    for path in (*TRACKING_PAGES, "/"):
        visitor.open(path)


def buy(visitor):
    """From the shelves to the thank-you page; returns what that says."""
    visitor.open("/shop/cups")
    visitor.leave("a[href='/product/harbour-mug']")
    visitor.leave("form[action='/cart'] button")
    assert "Harbour" in visitor.text(".line")
    visitor.open("/login")
    visitor.fill("form[action='/login']", email="ada@example.org", password="kiln")
    visitor.leave("form[action='/login'] button")
    assert "ada@example.org" in visitor.text("h1")
    visitor.leave("a[href='/cart']")
    visitor.leave("a[href='/checkout']")
    visitor.fill("form[action='/checkout/address']", name="Ada", street="Old Harbour 7", town="Norden")
    visitor.leave("form[action='/checkout/address'] button")
    # The payment provider is a third party, but one that the purchase needs.
    visitor.until(lambda: visitor.has("#card-number"))
    visitor.find("#card-number").send_keys("4242424242424242\t")
    visitor.until(lambda: visitor.run("return document.querySelector('[name=payment_token]').value"))
    visitor.leave("form[action='/checkout'] .button")
    assert visitor.path == "/checkout/thank-you"
    return visitor.text("main")


def names_seen(shop):
    """The names of all cookies that came to the shop."""
    requests = eventually(lambda: seen(shop.port)["requests"])
    assert "crumbgate" not in json.dumps([request["cookies"] for request in requests])
    return {name for request in requests for name, _ in request["cookies"]}
