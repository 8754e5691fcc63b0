"""The banner and the settings page in every shipped language, on every size of window."""

import pytest

from harness.origin import page

LANGUAGES = "en de fr es it nl pl pt sv fi da ar".split()
SIZES = {"wide": (1280, 800), "phone": (390, 844), "narrow": (320, 640), "magnified": (320, 256)}
RULES = """
categories:
  cart: { cookies: [cart] }
  personalisation: { cookies: [{ name: theme, lifetime: 1d }] }
  analytics:
    cookies: [{ name: _ga, vendor: Google, lifetime: 90d }, { name: _pk_id*, lifetime: session }]
    hosts: [{ host: www.google-analytics.com, vendor: Google }]
"""

#: What is wrong with the layout of our own root: text that does not fit, buttons that differ, a wrong direction.
FAULTS = """
const root = document.getElementById("crumbgate"), direction = arguments[0], faults = [];
const page = document.documentElement;
if (page.scrollWidth > page.clientWidth) faults.push(`the page is ${page.scrollWidth} wide`);
const frame = document.getElementById("crumbgate-banner") ?? root;
const left = frame.getBoundingClientRect().left, right = frame.getBoundingClientRect().right;
for (const element of frame.querySelectorAll("*")) {
  const box = element.getBoundingClientRect();
  if (box.width === 0) continue;
  const name = `${element.tagName} ${element.id}: ${element.textContent.slice(0, 40)}`;
  if (box.left < left - 1 || box.right > right + 1) faults.push(`sticks out: ${name}`);
  if (element.matches("button, label, a") && element.scrollWidth > element.clientWidth + 1 && element.clientWidth)
    faults.push(`is cut off: ${name}`);
  if (element.closest("code")) continue;
  if (getComputedStyle(element).direction !== direction && !element.closest("bdi")) faults.push(`runs ${getComputedStyle(element).direction}: ${name}`);
}
const lines = document.createRange();
for (const heading of innerWidth < 390 ? [] : root.querySelectorAll("th")) {
  lines.selectNodeContents(heading);
  if (!/\\s/.test(heading.textContent) && lines.getClientRects().length > 1) faults.push(`breaks: ${heading.textContent}`);
}
const buttons = [...root.querySelectorAll(".crumbgate-choices button")];
const looks = new Set(buttons.map((button) => {
  const style = getComputedStyle(button);
  return [style.color, style.backgroundColor, style.borderColor, style.fontSize, style.fontWeight, style.opacity].join();
}));
if (buttons.length !== 3 || looks.size !== 1) faults.push(`buttons look ${[...looks].join(" and ")}`);
for (const side of ["width", "height"]) {
  const sizes = buttons.map((button) => button.getBoundingClientRect()[side]);
  if (Math.max(...sizes) - Math.min(...sizes) > 1) faults.push(`buttons have the ${side}s ${sizes}`);
}
const first = buttons[0].getBoundingClientRect(), second = buttons[1].getBoundingClientRect();
if (first.top === second.top && (first.left < second.left) !== (direction === "ltr")) faults.push("buttons run backwards");
if (first.height < 24 || first.width < 24) faults.push(`a button is ${first.width} by ${first.height}`);
return faults;
"""


@pytest.fixture
def reader_of(scripted_browser, origin, make_gate):
    """Opens pages of a language in the same window, behind more rules."""

    def begin(rules):
        scripted_browser.begin(make_gate(f"origin: http://127.0.0.1:{origin.port}\n{RULES}{rules}\n").port)

        def read(path, language):
            text = f"<!doctype html><html lang={language}><head><title>t</title></head><body><p>x</p></body></html>"
            origin.answer(page(text))
            scripted_browser.open(path)
            return scripted_browser.driver.execute_script(FAULTS, "rtl" if language == "ar" else "ltr")

        read.visitor = scripted_browser
        return read

    return begin


@pytest.fixture
def reader(reader_of):
    return reader_of("")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_every_language_fits_and_treats_answers_alike(reader, size):
    reader.visitor.show(*size)
    faults = {}
    for language in LANGUAGES:
        faults[language] = reader("/", language)
        assert reader.visitor.find("#crumbgate").get_attribute("lang") == language
        faults[language] += reader(f"/.crumbgate/settings?lang={language}", language)
        assert reader.visitor.find("html").get_attribute("lang") == language
    assert not any(faults.values()), "\n".join(f"{language}: {fault}" for language in faults for fault in faults[language])


@pytest.mark.parametrize("place", ["bottom", "top", "bottom-left"])
def test_the_room_for_the_banner_is_enough_in_every_language(reader_of, place):
    """What the stylesheet keeps free at the window's edge shows all of the banner, without scrolling in it."""
    reader = reader_of(f"consent: {{ banner: {place} }}")
    short = {}
    for size in [(1280, 800), (1024, 768), (768, 1024), (660, 900), (390, 844), (360, 800)]:
        reader.visitor.show(*size)
        for language in LANGUAGES:
            reader("/", language)
            banner = "const banner = document.getElementById('crumbgate-banner');"
            missing = reader.visitor.run(f"{banner} return banner.scrollHeight - banner.clientHeight")
            if missing > 0:
                short[f"{size[0]} {language}"] = missing
    assert short == {}
