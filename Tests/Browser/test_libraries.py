"""Pages of real libraries, which put markup into the page in ways of their own: it waits, it starts, and nothing twice."""

import importlib.util
import pathlib

import pytest

from harness.origin import page

SITE = pathlib.Path(importlib.util.find_spec("xstatic").submodule_search_locations[0]).parent
LIBRARIES = {
    "jquery": SITE / "xstatic/pkg/jquery/data/jquery.min.js",
    "htmx": SITE / "js_lib_htmx/static/htmx/htmx.min.js",
}

#: What plugins of jQuery do; each asks for `NAME.js` or `NAME.gif` of a host that waits.
JQUERY = {
    "getScript": "$.getScript(URL)",
    "ajaxScript": "$.ajax({ url: URL, dataType: 'script', cache: true })",
    "append": "$('body').append('<script src=\"' + URL + '\"><\\/script>')",
    "html": "$('#place').html('<p>text</p><script async src=\"' + URL + '\"><\\/script>')",
    "image": "$('<img>', { src: URL }).appendTo('body')",
    "attribute": "$('<img>').appendTo('body').attr('src', URL)",
    "property": "$('<img>').appendTo('body').prop('src', URL)",
    "wrapped": "$('#place').wrap('<div style=\"background:none\"><img src=\"' + URL + '\"></div>')",
    "before": "$('#place').before($('<iframe>').attr({ src: URL, title: 't' }))",
}
#: These ask once: there is nothing in the page that could wait.
ASKING_ONCE = {"getScript", "ajaxScript"}
SCRIPTS = {"getScript", "ajaxScript", "append", "html"}


@pytest.fixture
def library(stage):
    def use(name):
        stage.add_script(f"/{name}.js", LIBRARIES[name].read_text())
        return f"<script src=/{name}.js></script>"

    return use


def plugins(stage):
    lines = []
    for name, code in JQUERY.items():
        ending = ".js" if name in SCRIPTS else ".html" if name == "before" else ".gif"
        lines.append(f"{{ const URL = '{{tracker}}/{name}{ending}'; {code}; }}")
    return f"<p id=place>x</p><script>window.ran = []; $(() => {{ {' '.join(lines)} window.isDone = true; }})</script>"


def test_plugins_of_jquery_wait_and_start_once(stage, library):
    visitor = stage.open(library("jquery") + plugins(stage)).visitor
    visitor.until(lambda: visitor.run("return window.isDone"))
    stage.settle()
    assert stage.third.names() == [] and stage.ran == []
    visitor.decide("accept")
    waiting = set(JQUERY) - ASKING_ONCE
    stage.settle(waiting)
    stage.settle()
    asked = stage.third.names()
    assert sorted(set(asked) - ASKING_ONCE) == sorted(waiting) and len(asked) == len(set(asked)), "each once"
    assert len(stage.ran) == len(set(stage.ran)) and {"append", "html"} <= set(stage.ran)


def test_plugins_of_jquery_work_as_ever_once_granted(stage, library):
    visitor = stage.open("<p>x</p>").visitor
    visitor.decide("accept")
    stage.open(library("jquery") + plugins(stage), path="/plugins")
    stage.settle(set(JQUERY))
    visitor.until(lambda: set(stage.ran) == SCRIPTS)
    assert sorted(stage.third.names()) == sorted(JQUERY), "each once"


def test_jquery_itself_is_not_disturbed(stage, library):
    stage.pages["/part"] = (page, "<b id=part>part</b><script>ran.push('part')</script>", ())
    visitor = stage.open(
        library("jquery") + "<div id=m></div><form id=f><input name=a value=1></form><script>window.ran = [];"
        "$('#m').load('/part'); $('#m').on('click', 'b', () => ran.push('click'));"
        "$.get('/part').done((text) => ran.push(text.includes('part') ? 'got' : text)).fail(() => ran.push('failed'));"
        "$.get('{tracker}/a').fail((request, status) => ran.push('refused ' + status));"
        "$.post('{cdn}/b').done(() => ran.push('posted'));</script>"
    ).visitor
    visitor.until(lambda: len(stage.ran) == 4)
    visitor.find("#part").click()
    assert sorted(stage.ran) == ["click", "got", "part", "posted", "refused error"]
    assert stage.third.names() == [] and stage.third.names("cdn") == ["b"]


SWAP = (
    "<p>Swapped</p><script src='{tracker}/external.js'></script>"
    "<script>fetch('{tracker}/late.html').catch(() => {}); ran.push('inline');</script>"
    "<iframe src='{video}/embed/film.html' title=v width=300 height=150></iframe><img src='{tracker}/pixel.gif' alt=''>"
)


def htmx_page(stage, library):
    stage.add("/", library("htmx") + "<script>window.ran = []</script><button id=go hx-get=/part hx-target='#m'>Go</button>"
              "<button id=own hx-get=/own hx-target='#m'>Go</button><main id=m></main>")
    text = SWAP
    for host in ("tracker", "video"):
        text = text.replace("{" + host + "}", f"http://{host}.localhost:{stage.third.port}")
    stage.pages["/part"] = (page, text, ())
    stage.pages["/own"] = (page, "<p id=own-part>own</p><script>ran.push('own')</script>", ())
    return stage.open().visitor


def test_what_htmx_swaps_in_waits_and_starts_once(stage, library):
    visitor = htmx_page(stage, library)
    visitor.find("#own").click()
    visitor.until(lambda: stage.ran == ["own"])
    visitor.find("#go").click()
    visitor.until(lambda: "Swapped" in visitor.text("#m"))
    stage.settle()
    assert stage.third.asked == [] and not visitor.driver.find_elements("css selector", "#m #crumbgate")
    assert visitor.has("#m .crumbgate-placeholder") and not visitor.has("#m iframe")
    visitor.decide("accept")
    stage.settle({"external", "pixel"})
    stage.settle({"film"}, "video")
    stage.settle()
    # The inline script is the shop's own: it ran, and what it asked for was refused.
    assert sorted(stage.third.names()) == ["external", "pixel"], "each once"
    assert sorted(stage.ran) == ["external", "inline", "own"]
    # Swapped in again, it is new.
    visitor.find("#go").click()
    visitor.until(lambda: sorted(stage.ran) == ["external", "external", "inline", "inline", "own"])
    stage.settle({"late"})


def test_what_htmx_swaps_in_after_a_refusal_stays_away(stage, library):
    visitor = htmx_page(stage, library)
    visitor.decide("reject")
    for _ in range(2):
        visitor.find("#go").click()
        visitor.until(lambda: visitor.has("#m .crumbgate-placeholder"))
    visitor.find("#own").click()
    visitor.until(lambda: "own" in stage.ran)
    stage.settle()
    assert stage.third.asked == [] and "external" not in stage.ran


def test_a_single_page_shop_keeps_its_choices_between_views(stage):
    """Views that a script makes and throws away: what waits in one that is gone never starts."""
    stage.open(
        "<main id=m></main><script>window.ran = []; window.show = (name) => { history.pushState(null, '', '/' + name);"
        "const m = document.getElementById('m'); m.replaceChildren();"
        "const s = document.createElement('script'); s.src = '{tracker}/' + name + '.js'; m.append(s);"
        "m.insertAdjacentHTML('beforeend', `<h1>${name}</h1><img alt='' src='{tracker}/${name}.gif'>`); };"
        "show('one'); show('two');</script>"
    )
    visitor = stage.visitor
    stage.settle()
    assert stage.third.names() == []
    visitor.decide("accept")
    stage.settle({"two"})
    visitor.until(lambda: stage.ran == ["two"])
    visitor.run("show('three')")
    visitor.until(lambda: stage.ran == ["two", "three"])
    stage.settle()
    assert sorted(stage.third.names()) == ["three", "three", "two", "two"]
    visitor.run("history.back()")
    visitor.until(lambda: visitor.path == "/two")
    assert not visitor.is_asked and stage.ran == ["two", "three"]
