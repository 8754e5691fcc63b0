"""What the banner does to the page it stands on, and pictures for people to look at."""

import pytest

from harness.origin import page

SIZES = {"wide": (1280, 800), "phone": (390, 844)}
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_nothing_moves_by_itself(visitor, size):
    visitor.show(*size)
    for path in ("/", "/product/harbour-mug"):
        visitor.open(path)
        assert visitor.is_asked and visitor.layout_shifts() == []
    visitor.decide("reject")
    assert visitor.layout_shifts() == []


@pytest.mark.parametrize("size", [*SIZES.values(), (640, 400)], ids=[*SIZES, "magnified"])
@pytest.mark.parametrize("choice", [None, "reject"])
def test_nothing_of_ours_covers_what_has_the_focus(visitor, size, choice):
    """WCAG 2.2, 2.4.11, and more: not even a part of it (2.4.12)."""
    visitor.show(*size)
    visitor.open("/")
    if choice:
        visitor.decide(choice)
    for path, is_backwards, least in (("/", False, 40), ("/shop/cups", True, 15)):
        visitor.open(path)
        visited = 0
        while (focus := visitor.tab(is_backwards))["tag"] != "BODY":
            visited += 1
            assert focus["covered"] <= 0 and focus["isInView"], focus
            assert visited < 100, "a trap"
        assert visited > least


def test_the_link_covers_no_focus_on_a_page_of_small_type(visitor, origin, make_gate):
    """Many shops make the root's type small to count in tenths of it: our own text stays as large as it was."""
    links = "".join(f"<p style='margin:0 0 9px'><a href='/{number}'>Item {number}</a></p>" for number in range(120))
    style = "<style>html { font-size: 50% }</style>"
    origin.answer(page(f"<!doctype html><html lang=en><head><title>t</title>{style}</head><body>{links}</body></html>"))
    visitor.begin(make_gate(f"origin: http://127.0.0.1:{origin.port}\n").port)
    visitor.open("/")
    visitor.decide("reject")
    visitor.open("/")
    for _ in range(110):
        focus = visitor.tab()
        assert focus["covered"] <= 0 and focus["isInView"], focus


BODIES = {
    "plain": "",
    "full-height": "html, body { height: 100%; margin: 0 }",
    "column": "body { display: flex; flex-direction: column; min-height: 100vh }",
    "grid": "body { display: grid; grid-template-rows: auto 1fr auto; min-height: 100% }",
    "floats": "p { float: left; width: 100% }",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_end_of_the_page_can_be_read(visitor, origin, make_gate, body):
    text = "<div>" + "".join(f"<p>Line {number}</p>" for number in range(60)) + "<p id=last>The end</p></div>"
    origin.answer(page(f"<!doctype html><html lang=en><head><title>t</title><style>{body}</style></head><body>{text}</body></html>"))
    visitor.begin(make_gate(f"origin: http://127.0.0.1:{origin.port}\n").port)
    visitor.open("/")
    visitor.run("scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
    ends, begins = visitor.run(
        "return ['last', 'crumbgate-banner'].map((id) => document.getElementById(id).getBoundingClientRect())"
        ".map((box, index) => index ? box.top : box.bottom)"
    )
    assert ends <= begins
    visitor.decide("reject")
    assert visitor.layout_shifts() == []


def test_the_console_stays_silent(visitor):
    for path in ("/", "/product/harbour-mug"):
        visitor.open(path)
    visitor.decide("settings")
    visitor.decide("reject")
    visitor.decide("link")
    visitor.decide("accept")
    visitor.open("/journal")
    assert visitor.errors() == []


def test_the_banner_reflows_when_magnified(visitor):
    """WCAG 2.2, 1.4.10: 1280 by 1024 pixels at 400 %."""
    visitor.show(320, 256)
    visitor.open("/")
    assert visitor.is_asked and visitor.run(OVERFLOW) == 0
    visitor.decide("settings")
    assert visitor.run(OVERFLOW) == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures(visitor, artefacts, size, scheme):
    visitor.show(*SIZES[size], is_dark=scheme == "dark")
    visitor.open("/")
    visitor.picture(artefacts / f"home-undecided-{size}-{scheme}.png")
    assert visitor.run(OVERFLOW) == 0
    visitor.decide("settings")
    visitor.picture(artefacts / f"settings-{size}-{scheme}.png")
    assert visitor.run(OVERFLOW) == 0
    visitor.decide("reject")
    visitor.picture(artefacts / f"home-decided-{size}-{scheme}.png")
    assert visitor.run(OVERFLOW) == 0
