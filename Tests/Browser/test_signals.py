"""What Google's tags are told (Consent Mode v2), and when."""

import json

import pytest

from stage import Stage

CALLS = "return (window.dataLayer ?? []).map((entry) => Array.from(entry))"
ALL = {
    "ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage",
    "personalization_storage", "security_storage",
}  # fmt: skip
PAGE = (
    "<script>window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }"
    "gtag('js', 'now'); gtag('config', 'G-1');</script>"
    "<script>const s = document.createElement('script'); s.src = '{tracker}/gtag.js'; document.head.append(s);</script>"
)


@pytest.fixture
def told(scripted_browser, origin, third, make_gate):
    """A stage whose rules have Consent Mode as given."""

    def make(mode):
        rules = Stage.rules(origin.port, third.port) + f"signals: {{ google_consent_mode: {json.dumps(mode)} }}\n"
        return Stage(scripted_browser, make_gate(rules), origin, third)

    return make


def granted(call):
    return {signal for signal, state in call[2].items() if state == "granted"}


def updates(visitor):
    return [call for call in visitor.run(CALLS) if call[:2] == ["consent", "update"]]


def test_the_default_comes_before_every_tag_and_one_update_with_the_decision(told):
    stage = told(True)
    visitor = stage.open(PAGE).visitor
    calls = visitor.run(CALLS)
    assert [call[:2] for call in calls] == [["consent", "default"]], "the tag's inline snippet waits as well"
    assert set(calls[0][2]) == ALL | {"wait_for_update"} and calls[0][2]["wait_for_update"] == 500
    assert granted(calls[0]) == {"security_storage"}, "what stands for a required category needs no consent"
    visitor.decide("accept")
    stage.settle(["gtag"])
    calls = visitor.run(CALLS)
    assert [call[:2] for call in calls] == [
        ["consent", "default"], ["consent", "update"], ["js", "now"], ["config", "G-1"],
    ]  # fmt: skip
    assert granted(calls[1]) == ALL
    # The next page knows at once.
    visitor.open("/")
    calls = visitor.run(CALLS)
    assert [call[:2] for call in calls[:3]] == [["consent", "default"], ["consent", "update"], ["js", "now"]]
    assert granted(calls[0]) == {"security_storage"} and granted(calls[1]) == ALL


def test_a_refusal_is_told_too(told):
    stage = told(True)
    visitor = stage.open(PAGE).visitor
    visitor.decide("reject")
    assert [granted(call) for call in updates(visitor)] == [{"security_storage"}]
    stage.settle()
    assert stage.third.names() == [], "basic: no tag before consent"


def test_a_signal_waits_for_all_its_categories(told):
    stage = told({"signals": {"analytics": ["ad_storage"], "social": ["ad_storage", "ad_user_data"]}})
    visitor = stage.open(PAGE).visitor
    visitor.decide("settings")
    visitor.find("label[for=crumbgate-category-analytics]").click()
    visitor.decide("save")
    assert granted(updates(visitor)[-1]) == set()
    visitor.decide("link")
    visitor.find("label[for=crumbgate-category-social]").click()
    visitor.decide("save")
    assert granted(updates(visitor)[-1]) == {"ad_storage", "ad_user_data"}


def test_region_redaction_and_passthrough(told):
    stage = told({"region": ["DE", "US-CA"], "ads_data_redaction": True, "url_passthrough": True, "wait_for_update": "2s"})
    calls = stage.open(PAGE).visitor.run(CALLS)
    assert calls[0][2]["region"] == ["DE", "US-CA"] and calls[0][2]["wait_for_update"] == 2000
    assert calls[1:3] == [["set", "ads_data_redaction", True], ["set", "url_passthrough", True]]


def test_advanced_lets_the_named_hosts_load_before_consent_and_no_others(told):
    stage = told({"mode": "advanced", "tag_hosts": ["tracker.localhost", "*.tracker.localhost"]})
    ads = "<script>new Image().src = '{ads}/a.gif'; document.cookie = '_ga=1';</script>"
    visitor = stage.open(PAGE + ads).visitor
    stage.settle(["gtag"])
    stage.settle()
    assert stage.third.names("ads") == [] and visitor.jar == set()


def test_advanced_lets_the_inline_snippet_of_googles_own_tag_run(told):
    calls = told({"mode": "advanced"}).open(PAGE).visitor.run(CALLS)
    assert [call[:2] for call in calls] == [["consent", "default"], ["js", "now"], ["config", "G-1"]]


def test_without_the_rule_nothing_of_google_is_touched(stage):
    visitor = stage.open("<p>x</p>").visitor
    visitor.decide("accept")
    assert visitor.run("return [typeof window.dataLayer, typeof window.gtag, typeof window.__tcfapi]") == ["undefined"] * 3


def test_global_privacy_control_hides_the_banner_of_a_stored_page(told):
    """A shared cache's page has the banner; where the signal refuses everything, the server itself would not show it."""
    stage = told(False)
    visitor = stage.visitor
    source = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true });"
    added = visitor.command("Page.addScriptToEvaluateOnNewDocument", source=source)
    try:
        stage.open("<p>x</p>", fields=["Cache-Control: public, max-age=60"])
        assert visitor.is_asked, "personalisation is still to be asked for"
    finally:
        visitor.command("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])
