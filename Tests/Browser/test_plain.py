"""The same choices with JavaScript off: no script sets a cookie here, so the jar holds what the proxy let through."""

import pytest

from harness.client import forget
from shopping import ANALYTICS, CHAT, OPTIONAL, PREFERENCES, REQUIRED, browse, names_seen

OWN = {"crumbgate"}


def test_scripts_do_not_run(plain_visitor):
    plain_visitor.open("/contact")
    assert not plain_visitor.has("#chat-widget") and plain_visitor.is_asked


def test_nothing_optional_is_stored_before_the_choice(plain_visitor, shop):
    browse(plain_visitor)
    assert plain_visitor.is_asked
    assert plain_visitor.jar <= REQUIRED
    assert names_seen(shop) <= REQUIRED


@pytest.mark.parametrize("choice", ["accept", "reject"])
def test_accepting_and_rejecting(plain_visitor, shop, choice):
    plain_visitor.open("/product/harbour-mug")
    plain_visitor.decide(choice)
    assert plain_visitor.path == "/product/harbour-mug"
    browse(plain_visitor)
    assert not plain_visitor.is_asked and plain_visitor.has("#crumbgate-link")
    granted = OPTIONAL - PREFERENCES if choice == "accept" else set()
    assert plain_visitor.jar - REQUIRED == granted | OWN
    assert names_seen(shop) - REQUIRED == granted


def test_choosing_one_category(plain_visitor, shop):
    plain_visitor.open("/journal")
    plain_visitor.decide("settings")
    plain_visitor.find("#crumbgate-category-chat").click()
    plain_visitor.decide("save")
    assert plain_visitor.path == "/journal"
    browse(plain_visitor)
    assert plain_visitor.jar - REQUIRED == CHAT | OWN
    assert names_seen(shop) - REQUIRED == CHAT


def test_withdrawing_one_category(plain_visitor, shop):
    plain_visitor.open("/")
    plain_visitor.decide("accept")
    browse(plain_visitor)
    plain_visitor.decide("link")
    plain_visitor.find("#crumbgate-category-analytics").click()
    plain_visitor.decide("save")
    assert plain_visitor.path == "/" and not plain_visitor.is_asked
    assert plain_visitor.jar - REQUIRED == OPTIONAL - PREFERENCES - ANALYTICS | OWN
    forget(shop.port)
    browse(plain_visitor)
    assert names_seen(shop) & ANALYTICS == set()
