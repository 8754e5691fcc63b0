"""Decisions made as a visitor makes them, and the cookie that carries them."""

from .client import Browser
from .origin import page


def decided_cookie(gate, origin, button):
    """The Cookie field of a visitor who pressed this button of the banner, served by a scripted origin."""
    origin.answer(page("<!doctype html><html><head><title>t</title></head><body><p>x</p></body></html>"))
    browser = Browser(gate.port)
    form = browser.form(browser.get("/"), "/.crumbgate/consent")
    browser.submit(form, button=button, follow=False)
    origin.reset()
    return b"Cookie: " + browser.jar.string("/")
