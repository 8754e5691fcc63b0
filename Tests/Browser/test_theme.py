"""A shop's own colours, corners, typeface and logo; and the banner's four places."""

import pytest

from harness.origin import page, response

PLACES = ["bottom", "top", "bottom-left", "bottom-right"]
SIZES = {"wide": (1280, 800), "phone": (390, 844), "low": (640, 400)}
LINKS = "".join(f"<p><a href='/{number}'>Item {number}</a> and more of it</p>" for number in range(40))
SHOP = "<!doctype html><html lang=%s><head><title>t</title><style>%s</style></head><body>%s</body></html>"
LOOKS = """
const style = (selector) => getComputedStyle(document.querySelector(selector));
const banner = style("#crumbgate-banner"), button = style("#crumbgate-accept");
return [banner.backgroundColor, style("#crumbgate").color, button.backgroundColor, button.color, button.borderRadius];
"""
BOXES = """
const box = document.getElementById("crumbgate-banner").getBoundingClientRect();
const page = document.querySelector("body > p").getBoundingClientRect();
return [box.left, box.top, box.right, box.bottom, page.top, page.bottom, innerWidth, innerHeight];
"""


@pytest.fixture
def shop_of(scripted_browser, origin, make_gate):
    """A visitor of a page behind rules that ask for one kind of consent."""

    def begin(consent, style="", language="en", body=LINKS):
        gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nconsent: {consent}\n")
        origin.answer(page(SHOP % (language, style, body)))
        scripted_browser.begin(gate.port)
        return scripted_browser

    return begin


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_banner_is_in_its_place_and_covers_no_focus(shop_of, place, size):
    visitor = shop_of(f"{{ banner: {place} }}")
    visitor.show(*size)
    visitor.open("/")
    left, top, right, bottom, first, last, width, height = visitor.run(BOXES)
    if size == SIZES["low"]:
        assert top >= 0 and bottom <= first, "in the page's flow"
    else:
        assert (top == 0) == (place == "top") and (bottom == height) == (place == "bottom" or "-" in place and width < 640)
        assert bottom <= first or top >= last, "covers the first line"
    if "-" in place and size == SIZES["wide"]:
        assert right - left < 480 and (left < 20) == (place == "bottom-left") and (width - right < 20) == (place != "bottom-left")
    assert visitor.layout_shifts() == []
    for is_backwards in (False, True):
        visitor.open("/")
        for _ in range(44):
            focus = visitor.tab(is_backwards)
            assert focus["tag"] == "BODY" or focus["covered"] <= 0 and focus["isInView"], focus
    # The end of the page can be read.
    last = "const box = document.body.lastElementChild.getBoundingClientRect(), banner = document.getElementById('crumbgate-banner')"
    visitor.run("scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
    ends, begins = visitor.run(f"{last}.getBoundingClientRect(); return [box.bottom, banner.top <= 0 ? innerHeight : banner.top]")
    assert ends <= begins


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_rules_colours_arrive(shop_of, scheme):
    theme = "light: { ground: '#fafaf0', text: '#102030', button: '#7a1f3d' }, dark: { ground: '#201008', button_text: '#000' }"
    visitor = shop_of(f"{{ theme: {{ {theme}, radius: 12 }} }}")
    visitor.show(is_dark=scheme == "dark")
    visitor.open("/")
    light = ["rgb(250, 250, 240)", "rgb(16, 32, 48)", "rgb(122, 31, 61)", "rgb(255, 255, 255)", "12px"]
    dark = ["rgb(32, 16, 8)", "rgb(241, 242, 244)", "rgb(219, 227, 240)", "rgb(0, 0, 0)", "12px"]
    assert visitor.run(LOOKS) == (light if scheme == "light" else dark)
    visitor.open("/.crumbgate/settings")
    body = visitor.run("return getComputedStyle(document.body).backgroundColor")
    assert body == (light if scheme == "light" else dark)[0]


def test_a_fixed_scheme_ignores_the_visitors(shop_of):
    visitor = shop_of("{ theme: { scheme: light } }")
    visitor.show(is_dark=True)
    visitor.open("/")
    assert visitor.run(LOOKS)[0] == "rgb(255, 255, 255)"


def test_the_shops_stylesheet_wins_over_the_rules(shop_of):
    style = ":root { --crumbgate-ground: #fff8e7; --crumbgate-radius: 20px } #crumbgate { --crumbgate-button: #5b2333 }"
    visitor = shop_of("{ theme: { light: { ground: '#eeeeee', button: '#000' }, font: inherit } }", style + "body { font-family: Courier }")
    visitor.open("/")
    assert visitor.run(LOOKS) == ["rgb(255, 248, 231)", "rgb(27, 29, 34)", "rgb(91, 35, 51)", "rgb(255, 255, 255)", "20px"]
    assert visitor.run("return getComputedStyle(document.querySelector('#crumbgate p')).fontFamily") == "Courier"


def test_a_page_cannot_make_one_answer_stand_out(shop_of):
    """Short of rules that are written against ours."""
    style = """
    button { background: green; opacity: .5; transform: scale(.5); font-size: 30px; padding: 40px; text-transform: uppercase }
    #crumbgate-reject { opacity: .2; font-size: 8px; color: #ccc; filter: blur(2px); order: 9; letter-spacing: 1em; width: 3em }
    """
    visitor = shop_of("{}", style)
    visitor.open("/")
    looks = visitor.run(
        "return ['accept', 'reject', 'settings'].map((id) => { const style = getComputedStyle(document.getElementById('crumbgate-' + id));"
        " return ['opacity', 'transform', 'fontSize', 'color', 'backgroundColor', 'filter', 'order', 'letterSpacing', 'height',"
        " 'textTransform', 'padding'].map((name) => style[name]).join(); })"
    )
    assert len(set(looks)) == 1, looks
    assert looks[0].startswith("1,none,16px,")


def test_the_keyboards_place_is_seen_on_the_buttons(shop_of):
    visitor = shop_of("{}")
    visitor.open("/")
    assert visitor.tab()["id"] == "crumbgate-accept"
    outline = visitor.run("const style = getComputedStyle(document.activeElement); return [style.outlineStyle, style.outlineWidth, style.outlineColor]")
    assert outline == ["solid", "3px", "rgb(21, 83, 199)"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_logo_moves_nothing(shop_of, origin, language):
    visitor = shop_of("{ banner: top, theme: { logo: { path: /logo.svg, alt: Harbour } } }", language=language)
    picture = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 10' width='400' height='100'><rect width='40' height='10'/></svg>"
    document = page(SHOP % (language, "", LINKS))

    def respond(peer, request):
        peer.send(response(picture, ["Content-Type: image/svg+xml"]) if request.target == "/logo.svg" else document)

    origin.respond = respond
    visitor.open("/")
    visitor.until(lambda: visitor.run("return document.getElementById('crumbgate-logo').complete"))
    assert visitor.run("return document.getElementById('crumbgate-logo').naturalWidth") == 400
    assert visitor.layout_shifts() == []
    box, heading = visitor.run(
        "return ['#crumbgate-logo', '#crumbgate h2'].map((at) => document.querySelector(at).getBoundingClientRect().left)"
    )
    assert (box > heading) == (language == "en")
    visitor.open("/.crumbgate/settings")
    visitor.until(lambda: visitor.run("return document.getElementById('crumbgate-logo').naturalWidth") == 400)
