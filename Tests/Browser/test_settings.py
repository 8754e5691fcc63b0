"""The settings as a dialog, the declaration, and what both and the banner are to people who do not see or point."""

import importlib.resources
import json

import pytest

from harness.origin import page

AXE = (importlib.resources.files("axe_core_python") / "axe.min.js").read_text()
FRAME = (
    "<main><h1>Shop</h1><p>Text with a <a href='/x'>link</a>.</p><p><a href='/.crumbgate/settings' "
    "data-crumbgate='settings'>Our own link</a></p><iframe title='v' data-crumbgate='social' width='400' height='300' "
    "data-crumbgate-src='{video}/embed/a.html'></iframe></main>"
)


def key(visitor, name, code):
    for kind in ("rawKeyDown", "keyUp"):
        visitor.command("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code)


def violations(visitor):
    visitor.command("Runtime.evaluate", expression=AXE)
    found = visitor.driver.execute_async_script(
        "const done = arguments[0]; axe.run({ include: [['#crumbgate'], ['.crumbgate-placeholder']].filter(([s]) => "
        "document.querySelector(s)) }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', "
        "'best-practice'] }).then((r) => done(r.violations.map((v) => [v.id, v.nodes.map((n) => n.html)])), "
        "(e) => done(String(e)))"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_any_state(stage, artefacts, scheme, width):
    visitor = stage.visitor
    visitor.show(width, is_dark=scheme == "dark")
    stage.open(FRAME)

    def look(state):
        assert violations(visitor) == [], state
        visitor.picture(artefacts / f"{state}-{width}-{scheme}.png")

    visitor.until(lambda: visitor.has(".crumbgate-placeholder"))
    look("stage-undecided")
    visitor.decide("settings")
    look("stage-settings")
    visitor.decide("close")
    visitor.run("window.fetch = async () => new Response('{}', { status: 503 })")
    visitor.find("#crumbgate-reject").click()
    visitor.until(lambda: visitor.text("#crumbgate-status"))
    look("stage-not-stored")
    stage.open()
    visitor.decide("reject")
    look("stage-decided")
    visitor.decide("link")
    look("stage-settings-again")
    visitor.open("/.crumbgate/settings")
    look("page-settings")
    visitor.open("/.crumbgate/declaration")
    look("page-declaration")


LOOKS = {
    "top": ("consent: { banner: top }", "en", {}),
    "corner": ("consent: { banner: bottom-right }", "en", {}),
    "arabic": ("", "ar", {}),
    "forced-colours": ("", "en", {"forced-colors": "active"}),
    "forced-dark": ("", "en", {"forced-colors": "active", "prefers-color-scheme": "dark"}),
    "more-contrast": ("", "de", {"prefers-contrast": "more"}),
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_look(scripted_browser, origin, make_gate, artefacts, look):
    rules, language, media = LOOKS[look]
    visitor = scripted_browser
    text = f"<!doctype html><html lang={language}><head><title>t</title></head><body>"
    origin.answer(page(text + "<h1>x</h1><div data-crumbgate=declaration></div></body></html>"))
    visitor.begin(make_gate(f"origin: http://127.0.0.1:{origin.port}\ncategories: {{ analytics: {{ cookies: [_ga] }} }}\n{rules}\n").port)
    visitor.command("Emulation.setEmulatedMedia", features=[{"name": name, "value": media[name]} for name in media])
    visitor.open("/")
    visitor.until(lambda: visitor.has("[data-crumbgate=declaration] table"))
    assert visitor.run("return getComputedStyle(document.querySelector('[data-crumbgate=declaration] table')).direction") == (
        "rtl" if language == "ar" else "ltr"
    )

    def look_at(state):
        assert violations(visitor) == [], state
        assert visitor.layout_shifts() == [], state
        visitor.picture(artefacts / f"look-{look}-{state}.png")

    look_at("undecided")
    visitor.decide("settings")
    look_at("settings")
    visitor.decide("save")
    visitor.open("/")
    look_at("decided")
    visitor.open(f"/.crumbgate/settings?lang={language}")
    look_at("page")


def test_the_dialog_is_no_answer_until_a_button_is_pressed(stage):
    visitor = stage.open(FRAME).visitor
    visitor.decide("settings")
    dialog = "return document.getElementById('crumbgate-dialog').matches(':modal')"
    assert visitor.run(dialog)
    boxes = "return [...document.querySelectorAll('#crumbgate-dialog [type=checkbox]')].map((b) => [b.disabled, b.checked])"
    assert sorted(visitor.run(boxes)) == [[False, False]] * 4 + [[True, True]] * 5
    assert visitor.run("return document.getElementById('crumbgate-dialog').contains(document.activeElement)")
    visitor.find("label[for=crumbgate-category-analytics]").click()
    key(visitor, "Escape", 27)
    visitor.until(lambda: not visitor.has("#crumbgate-dialog"))
    assert visitor.is_asked and "crumbgate" not in visitor.jar
    assert visitor.run("return document.activeElement.id") == "crumbgate-settings"
    visitor.decide("settings")
    visitor.decide("close")
    assert visitor.run("return document.activeElement.id") == "crumbgate-settings"
    visitor.decide("settings")
    assert not visitor.run("return document.querySelector('#crumbgate-dialog input:checked:enabled')"), "forgotten"


def test_the_focus_goes_where_the_banner_went(stage):
    visitor = stage.open(FRAME).visitor
    assert [visitor.tab()["id"] for _ in range(3)] == ["crumbgate-accept", "crumbgate-reject", "crumbgate-settings"]
    visitor.tab(is_backwards=True)
    key(visitor, "Enter", 13)
    visitor.command("Input.dispatchKeyEvent", type="char", text="\r")
    visitor.until(lambda: not visitor.is_asked)
    visitor.until(lambda: visitor.run("return document.activeElement.id") == "crumbgate-link")
    visitor.until(lambda: visitor.run("return document.getElementById('crumbgate-status').textContent"))
    assert visitor.run("return document.getElementById('crumbgate-status').getAttribute('role')") == "status"


def test_no_id_is_there_twice(stage):
    visitor = stage.open(FRAME).visitor
    visitor.decide("settings")
    ids = visitor.run("return [...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(set(ids)) == len(ids)
    assert {"crumbgate-accept", "crumbgate-reject", "crumbgate-settings", "crumbgate-save"} <= set(ids)


def test_the_shops_own_link_opens_the_dialog(stage):
    visitor = stage.open(FRAME).visitor
    visitor.decide("reject")
    visitor.find("[data-crumbgate=settings]").click()
    visitor.until(lambda: visitor.has("#crumbgate-dialog"))
    key(visitor, "Escape", 27)
    visitor.until(lambda: not visitor.has("#crumbgate-dialog"))
    assert visitor.run("return document.activeElement.getAttribute('data-crumbgate')") == "settings"


def test_without_a_link_of_ours_the_dialog_opens_all_the_same(visitor, origin, make_gate):
    origin.answer(page("<!doctype html><title>t</title><body><a href=/.crumbgate/settings data-crumbgate=settings>s</a>"))
    visitor.begin(make_gate(f"origin: http://127.0.0.1:{origin.port}\nconsent: {{ settings_link: none }}\n").port)
    visitor.open("/")
    visitor.decide("reject")
    visitor.open("/")
    assert not visitor.has("#crumbgate")
    visitor.find("a").click()
    visitor.until(lambda: visitor.has("#crumbgate-dialog"))
    visitor.decide("save")
    assert visitor.has("a")


def test_the_declaration_fills_the_shops_own_page(stage):
    stage.open("<h1>Privacy</h1><div data-crumbgate=declaration><a href=/.crumbgate/declaration>All cookies</a></div>")
    visitor = stage.visitor
    visitor.until(lambda: visitor.has("[data-crumbgate=declaration] table"))
    text = visitor.text("[data-crumbgate=declaration]")
    for word in ("_ga_*", "tracker.localhost", "crumbgate", "182 days"):
        assert word in text
    assert "All cookies" not in text


def test_the_declaration_without_scripts(plain_browser, stage_gate, origin):
    origin.answer(page("<!doctype html><div data-crumbgate=declaration><a href=/.crumbgate/declaration>All</a></div>"))
    plain_browser.begin(stage_gate.port)
    plain_browser.open("/")
    plain_browser.leave("[data-crumbgate] a")
    assert "_ga_*" in plain_browser.text("main table")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_it_is_decided(stage, width):
    visitor = stage.visitor
    visitor.show(width)
    stage.open("<h1>Shop</h1>" + "<p>Text</p>" * 60)
    visitor.decide("settings")
    visitor.decide("close")
    visitor.decide("accept")
    assert visitor.layout_shifts() == []
    stage.open()
    assert visitor.layout_shifts() == []


#: When the banner had a place in the layout, and when the page was first painted.
PAINT = """
const look = () => {
  const banner = document.getElementById("crumbgate-banner");
  if (banner && banner.getBoundingClientRect().height > 0) window.bannerSeen ??= performance.now();
  if (window.bannerSeen === undefined) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@pytest.mark.parametrize("slowness", [1, 6])
def test_the_banner_comes_with_the_first_paint(stage, slowness):
    visitor = stage.visitor
    visitor.command("Emulation.setCPUThrottlingRate", rate=slowness)
    added = visitor.command("Page.addScriptToEvaluateOnNewDocument", source=PAINT)
    try:
        stage.open("<h1>Shop</h1>" + "<p>Text</p>" * 200)
        visitor.until(lambda: visitor.run("return performance.getEntriesByType('paint').length"))
        times = visitor.run(
            "return [window.bannerSeen, performance.getEntriesByType('paint').find((e) => "
            "e.name === 'first-contentful-paint').startTime]"
        )
    finally:
        visitor.command("Emulation.setCPUThrottlingRate", rate=1)
        visitor.command("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])
    assert times[0] <= times[1] + 50, json.dumps(times)


def test_nothing_flashes_on_stored_pages_of_those_who_decided(stage):
    """The stored page has the banner: the script takes it away before it is painted."""
    visitor = stage.visitor
    stage.open("<h1>Shop</h1>" + "<p>Text</p>" * 200, fields=["Cache-Control: public, max-age=600"])
    visitor.decide("reject")
    added = visitor.command("Page.addScriptToEvaluateOnNewDocument", source=PAINT)
    try:
        visitor.open("/")
        stage.settle()
        assert visitor.run("return document.getElementById('crumbgate-banner') !== null")
        assert visitor.run("return window.bannerSeen ?? null") is None and not visitor.is_asked
    finally:
        visitor.command("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])
