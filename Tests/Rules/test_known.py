"""The shipped knowledge, rules/trackers.yaml and rules/known-cookies.yaml, is well-formed and harms no shop.

Where the Open Cookie Database lies beside the repository it is read in place and compared; without it that test is
skipped. Its traps: rows of wildcards hold bare stems, some names are there twice, some in conflicting categories.
"""

import csv
import pathlib
import re

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRACKERS = yaml.safe_load((ROOT / "rules/trackers.yaml").read_text())
SYSTEMS = yaml.safe_load((ROOT / "rules/known-cookies.yaml").read_text())
DATABASE = pathlib.Path("/work/shared/data/cookies/open-cookie-database.csv")

REQUIRED = ["authentication", "status", "cart", "security", "payment"]
OPTIONAL = ["personalisation", "analytics", "remarketing", "social", "chat"]

COOKIES = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "string", "pattern": r"^(session|[1-9][0-9]*[smhd])$"},
    "propertyNames": {"minLength": 1, "pattern": r"^(/.+/|[^*;=\s]+\*?)$"},
}
SENTENCE = {"type": "string", "pattern": r"^[A-Z].{8,100}\.$"}
HOSTS = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {"type": "string", "pattern": r"^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)+(/[!-)+->@-~]*\*?)?$"},
}
TRACKER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "vendor", "category", "purpose", "hosts"],
    "properties": {
        "name": {"type": "string"}, "vendor": {"type": "string"}, "purpose": SENTENCE, "hosts": HOSTS,
        "category": {"enum": REQUIRED + OPTIONAL},
        "snippets": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 4}},
        "cookies": COOKIES, "third_party_cookies": COOKIES,
    },
}
SYSTEM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "vendor", "purpose", "cookies"],
    "properties": {
        "name": {"type": "string"}, "vendor": {"type": "string"}, "purpose": SENTENCE,
        "cookies": {
            "type": "object", "minProperties": 1, "additionalProperties": COOKIES,
            "propertyNames": {"enum": REQUIRED + OPTIONAL},
        },
    },
}

#: What shops call their own cookies: none of these may wait for consent because of a shipped pattern.
SHOPS_OWN = """
PHPSESSID JSESSIONID ASP.NET_SessionId sessionid session session_id sid SID SESSID laravel_session ci_session connect.sid
cart CART basket checkout order order_id cart_id cartid cart_token CartToken quote_id guest_token login user user_id userid
customer customer_id token auth auth_token access_token refresh_token remember_me remember_token csrf csrf_token
csrftoken XSRF-TOKEN _csrf _token form_key frontend frontend_cid adminhtml admin store store_id currency language lang locale
country region timezone theme view sort filter page tab id uid name key value state status message messages flash notice
error referrer redirect return_url last_page shop shop_session shop_cart shop_id wishlist compare coupon voucher discount promo
address zip shipping delivery pickup payment payment_method paid invoice gift points loyalty newsletter age age_verified
woocommerce_cart_hash woocommerce_items_in_cart wp_woocommerce_session_0123abcd wordpress_logged_in_0a1b wordpress_test_cookie
wp-settings-1 PrestaShop-0a1b2c session- session-1 sw-context-token sw-states OCSESSID JTLSHOP XTCsid GXsid_0a1b
private_content_version mage-messages mage-cache-sessid section_data_ids X-Magento-Vary cookie-preference secure_customer_sig
_secure_session_id _shopify_essential cart_sig cart_ts dwsid frontastic-session SHOP_SESSION_TOKEN fe_typo_user
AWSALB AWSALBCORS ARRAffinity SERVERID BIGipServerpool GCLB __cf_bm cf_clearance _abck incap_ses_1 datadome
a b c d e f g h i j k l m n o p q r s t u v w x y z cookie_consent cookieconsent_status CookieConsent OptanonConsent
""".split()

#: Categories of the Open Cookie Database, and those of ours that agree with them. It has neither authentication nor
#: cart; what is functional to one is, to us, required, a preference, or content of others.
AGREES = {
    "Analytics": {"analytics"},
    "Marketing": {"remarketing", "social"},
    "Functional": {*REQUIRED, "personalisation", "chat", "social"},
    "Security": {*REQUIRED},
    "Personalization": {"personalisation"},
    "Necessary": {*REQUIRED},
}

#: Where the database and we differ on purpose, by what is said there, and why.
REASONS = {
    ("Functional", "analytics"): "told to be needed by the vendor's own measuring, which itself waits for consent",
    ("Functional", "remarketing"): "told to be needed by the vendor's own advertising, which itself waits for consent",
    ("Marketing", "analytics"): "a measuring product of a company that also sells advertising",
    ("Analytics", "remarketing"): "measures what advertisements brought",
    ("Marketing", "personalisation"): "products and pages that fit a visitor, in the shop itself",
    ("Analytics", "personalisation"): "products and pages that fit a visitor, in the shop itself",
    ("Analytics", "chat"): "recognises who chats",
    ("Marketing", "chat"): "recognises who chats",
    ("Analytics", "social"): "set by content of others, which waits as a whole",
}


def first_party():
    """(pattern, category, id) of all that are rules."""
    for identifier, service in TRACKERS.items():
        for pattern in service.get("cookies", {}):
            yield pattern, service["category"], identifier
    for identifier, system in SYSTEMS.items():
        for category, cookies in system["cookies"].items():
            for pattern in cookies:
                yield pattern, category, identifier


def third_party():
    for identifier, service in TRACKERS.items():
        for pattern in service.get("third_party_cookies", {}):
            yield pattern, service["category"], identifier


def matches(pattern, name):
    if pattern.startswith("/"):
        return re.fullmatch(pattern[1:-1], name) is not None
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def winner(name):
    """The rule that a cookie falls under: exact, then the longest prefix, then an expression."""
    found = [rule for rule in first_party() if matches(rule[0], name)]
    return max(found, key=lambda rule: (rule[0] == name, not rule[0].startswith("/"), len(rule[0])), default=None)


@pytest.mark.parametrize("identifier", TRACKERS)
def test_a_tracker_is_well_formed(identifier):
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", identifier)
    jsonschema.validate(TRACKERS[identifier], TRACKER)


@pytest.mark.parametrize("identifier", SYSTEMS)
def test_a_system_is_well_formed(identifier):
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", identifier)
    jsonschema.validate(SYSTEMS[identifier], SYSTEM)


def test_the_category_stands_before_the_cookies():
    # The program reads an entry from top to bottom.
    for entry in TRACKERS.values():
        keys = list(entry)
        assert keys.index("category") < min(keys.index(key) for key in keys if "cookies" in key or key == "hosts")


def test_enough_services_are_known_and_those_that_shops_ask_for_are_among_them():
    assert len(TRACKERS) >= 200
    assert {"google-analytics", "etracker", "google-tag-manager", "meta-pixel", "youtube", "google-maps", "stripe",
            "paypal", "klarna", "adyen", "mollie", "recaptcha", "hcaptcha", "turnstile"} <= set(TRACKERS)
    assert {"woocommerce", "magento", "prestashop", "shopware", "opencart", "shopify"} <= set(SYSTEMS)


def test_each_fact_is_there_once():
    assert not set(TRACKERS) & set(SYSTEMS)
    for facts in (
        [pattern for pattern, _, _ in first_party()],
        [host for service in TRACKERS.values() for host in service["hosts"]],
        [snippet for service in TRACKERS.values() for snippet in service.get("snippets", [])],
    ):
        assert sorted(facts) == sorted(set(facts))


def test_payment_and_security_are_never_held_back():
    for identifier in ("stripe", "paypal", "klarna", "adyen", "mollie", "amazon-pay", "braintree"):
        assert TRACKERS[identifier]["category"] == "payment"
    for identifier in ("recaptcha", "hcaptcha", "turnstile", "friendly-captcha", "datadome"):
        assert TRACKERS[identifier]["category"] == "security"


@pytest.mark.parametrize("name", SHOPS_OWN)
def test_no_optional_pattern_matches_what_shops_call_their_own(name):
    rule = winner(name)
    assert rule is None or rule[1] in REQUIRED, rule


def test_no_optional_pattern_is_a_short_stem():
    for pattern, category, identifier in first_party():
        if pattern.endswith("*") and category in OPTIONAL:
            assert len(pattern) >= 5, (pattern, identifier)


def test_no_required_pattern_lets_a_known_tracker_through():
    for pattern, category, identifier in first_party():
        if category in OPTIONAL and not pattern.startswith("/"):
            rule = winner(pattern.rstrip("*"))
            assert rule is None or rule[1] in OPTIONAL, (pattern, identifier, rule)


def test_snippets_are_not_ordinary_words():
    ordinary = ("function(){var cart=document.querySelector('.cart');jQuery.ajax({url:'/cart/add',data:{id:1}});"
                "window.dataLayer=window.dataLayer||[];dataLayer.push({event:'add_to_cart'});new Swiper('.gallery');}")
    for service in TRACKERS.values():
        for snippet in service.get("snippets", []):
            assert snippet not in ordinary


@pytest.mark.skipif(not DATABASE.exists(), reason="the Open Cookie Database is not at hand")
def test_the_categories_agree_with_the_open_cookie_database(capsys):
    rows = {}
    with DATABASE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            # A wildcard row holds a stem, which is compared as a name that begins so.
            name = row["Cookie / Data Key name"].strip()
            rows.setdefault(name, []).append((row["Category"].strip(), row["Platform"].strip()))
    agreed, conflicts = 0, []
    third = {}
    for pattern, category, identifier in third_party():
        third.setdefault(pattern, []).append((pattern, category, identifier))
    for name, entries in rows.items():
        ours = [rule] if (rule := winner(name)) else third.get(name, [])
        if not ours:
            continue
        # One name, several owners: any of them may agree.
        if any(rule[1] in AGREES.get(theirs, set()) for theirs, _ in entries for rule in ours):
            agreed += 1
        else:
            conflicts.append((name, entries[0], ours[0]))
    unexplained = [conflict for conflict in conflicts if (conflict[1][0], conflict[2][1]) not in REASONS]
    rate = agreed / (agreed + len(conflicts))
    with capsys.disabled():
        print(f"\nOpen Cookie Database: {agreed + len(conflicts)} of {len(rows)} names known, {rate:.1%} agree")
        for name, (theirs, platform), (_, category, identifier) in sorted(conflicts, key=lambda c: c[2][2]):
            why = REASONS.get((theirs, category), "?")
            print(f"  {name} ({platform}): {theirs} there, {category} here ({identifier}): {why}")
    assert rate >= 0.80
    assert len(unexplained) <= 0.06 * (agreed + len(conflicts)), unexplained
