"""Our marks in markup of somebody else's, and ours that nobody else should come to see."""

import html
import urllib.parse

import pytest

EVIL = "document.documentElement.dataset.evil = 1"
#: What a sanitizer may let through that lets `data-*` through; `cart` is required, so nothing of it is ever withheld.
FORGED = {
    "handler": f'<img data-crumbgate="%s" data-crumbgate-src="/none.png" data-crumbgate-onerror="{EVIL}">',
    "handler-beside": f'<img data-crumbgate="%s" data-crumbgate-src="{{tracker}}/a.gif" data-crumbgate-onload="{EVIL}">',
    "link": f'<a id=x data-crumbgate="%s" data-crumbgate-href="javascript:{EVIL}">x</a>',
    "frame": f'<iframe id=x data-crumbgate="%s" data-crumbgate-src="javascript:parent.{EVIL}"></iframe>',
    "document": '<iframe data-crumbgate="%s" data-crumbgate-srcdoc="<script>parent.'
    + EVIL
    + "</script><img src='{tracker}/a.gif'>\"></iframe>",
    "script": '<script type="text/plain" data-crumbgate="%s" data-crumbgate-src="{cdn}/evil.js"></script>',
    "script-beside": '<script type="text/plain" data-crumbgate="%s" src="{cdn}/evil.js"></script>',
    "script-both": '<script type="text/plain" data-crumbgate="%s" src="{cdn}/evil.js" data-crumbgate-src="{pay}/a.js"></script>',
}
AS_HTML = "<div id=m></div><script>addEventListener('load', () => { document.getElementById('m').innerHTML = %s })</script>"


def filled(stage, text):
    for host in ("tracker", "cdn", "pay"):
        text = text.replace("{" + host + "}", f"http://{host}.localhost:{stage.third.port}")
    return text


@pytest.mark.parametrize("category", ["payment", "analytics", "payment analytics"])
@pytest.mark.parametrize("way", ["parsed", "innerHTML"])
@pytest.mark.parametrize("markup", FORGED.values(), ids=FORGED)
def test_marks_that_others_write_give_them_nothing(stage, markup, way, category):
    markup = filled(stage, markup % category)
    if way == "innerHTML":
        markup = AS_HTML % repr(markup).replace("</script", "<\\/script")
    stage.open(markup)
    stage.settle()
    stage.visitor.decide("accept")
    stage.settle()
    assert not stage.visitor.run("return document.documentElement.dataset.evil")
    # A script that the parser itself has met would have run anyway.
    assert "evil" not in stage.third.names("cdn") and stage.third.names("pay") == []
    assert stage.visitor.run("return document.querySelector('#x')?.getAttribute('href') ?? null") is None


@pytest.mark.parametrize("markup", FORGED.values(), ids=FORGED)
def test_reading_marks_that_others_wrote_gives_them_nothing(stage, markup):
    """Many pages write what they have read: `innerHTML += …`."""
    markup = filled(stage, markup % "analytics")
    stage.open("<div id=m></div>")
    stage.visitor.driver.execute_script("document.getElementById('m').innerHTML = arguments[0]", markup)
    for choice in (None, "accept"):
        if choice:
            stage.visitor.decide(choice)
        read = stage.visitor.run("const m = document.getElementById('m'); m.innerHTML += '<p>x</p>'; return m.innerHTML")
        assert not any(text in read for text in (" onerror", " onload", ' href="', " srcdoc", ' src="javascript'))
        stage.settle()
        assert not stage.visitor.run("return document.documentElement.dataset.evil")


def test_an_inline_script_that_came_as_text_stays_text(stage):
    script = f'<script type="text/plain" data-crumbgate="analytics">{EVIL}</script>'
    stage.open(AS_HTML % repr(script).replace("</script", "<\\/script"))
    stage.visitor.decide("accept")
    stage.settle()
    assert not stage.visitor.run("return document.documentElement.dataset.evil")


STRICT = "Content-Security-Policy: script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'"


@pytest.mark.parametrize("way", ["parsed", "innerHTML"])
@pytest.mark.parametrize("start", ['<script type="text/plain"', "<script"])
def test_what_a_strict_policy_does_not_trust_does_not_run(stage, way, start):
    forged = f'{start} data-crumbgate="analytics" data-crumbgate-src="{{tracker}}/evil.js"></script>'
    markup = filled(stage, forged)
    if way == "innerHTML":
        markup = (AS_HTML % repr(markup).replace("</script", "<\\/script")).replace("<script>", "<script nonce=abc>")
    trusted = filled(
        stage, "<script nonce=abc>const s = document.createElement('script'); s.src = '{tracker}/own.js'; document.head.append(s)</script>"
    )
    stage.open(markup + trusted, fields=[STRICT])
    stage.visitor.decide("accept")
    stage.settle(["own"])
    stage.settle()
    assert stage.third.names() == ["own"]


EDITOR = (
    "<form method=post action=/save><textarea id=ta name=c hidden>%s</textarea><div id=ed %s></div></form>"
    "<script>ed.innerHTML = ta.value</script>"
)
CONTENT = '<p>My video</p><iframe width="300" src="{tracker}/v.html"></iframe><img alt="x" src="{tracker}/i.gif"><a href="/x">y</a>'


@pytest.mark.parametrize("attribute", ["contenteditable", ""])
def test_editors_save_what_was_loaded(stage, attribute):
    content = filled(stage, CONTENT)
    stage.open(EDITOR % (html.escape(content), attribute))
    stage.settle()
    visitor = stage.visitor
    assert visitor.run("return ed.innerHTML") == content and stage.third.names() == []
    assert visitor.run("return ed.outerHTML.includes('crumbgate')") is False
    if attribute:
        assert visitor.run("return ed.children.length") == 4, "no placeholder"
    else:
        visitor.until(lambda: visitor.has(".crumbgate-placeholder"))
        assert visitor.run("return ed.innerHTML") == content
    visitor.decide("accept")
    stage.settle({"v", "i"})
    assert visitor.run("return ed.querySelectorAll('[src]').length") == 2


TEXTS = {
    "textarea": "const e = document.createElement('textarea'); e.innerHTML = TEXT; return e.value",
    "textarea-inside": "const e = document.createElement('div'); e.innerHTML = `<textarea>${TEXT}</textarea>`; "
    "return e.firstChild.value",
    "template": "const e = document.createElement('script'); e.type = 'text/template'; e.innerHTML = TEXT; return e.textContent",
    "template-inside": "const e = document.createElement('div'); e.innerHTML = `<script type=text/template>${TEXT}<\\/script>`; "
    "return e.firstChild.textContent",
    "attribute": "const e = document.createElement('div'); e.innerHTML = `<p data-html='${TEXT}'></p>`; "
    "return e.firstChild.dataset.html",
    "comment": "const e = document.createElement('div'); e.innerHTML = `<!--${TEXT}-->`; return e.firstChild.data",
    "parsed": "return new DOMParser().parseFromString(TEXT, 'text/html').body.innerHTML",
    "parsed-attribute": "return new DOMParser().parseFromString(TEXT, 'text/html').images[0].outerHTML",
    "inert": "const d = document.implementation.createHTMLDocument(), i = d.createElement('img'); d.body.append(i); "
    "i.src = 'X'; i.setAttribute('src', /\"(.*)\"/.exec(TEXT)[1]); return i.outerHTML",
    "inert-template": "const e = document.createElement('template'); e.innerHTML = TEXT; return e.content.firstChild.outerHTML",
    "written": "document.body.innerHTML += `<p id=w>${TEXT}</p>`; return document.getElementById('w').innerHTML",
}


@pytest.mark.parametrize("code", TEXTS.values(), ids=TEXTS)
def test_text_and_documents_that_load_nothing_are_let_alone(stage, code):
    stage.open("<p>x</p>")
    text = f'<img src="{stage.third.url("tracker", "a.gif")}">'
    assert stage.visitor.driver.execute_script("const TEXT = arguments[0]; " + code, text) == text
    stage.settle()
    assert stage.third.asked == []


def test_marks_of_the_pages_own_stay(stage):
    stage.open('<main><a data-crumbgate="settings" href="/.crumbgate/settings">x</a></main>')
    markup = stage.visitor.run("return document.querySelector('main').innerHTML")
    assert markup == '<a data-crumbgate="settings" href="/.crumbgate/settings">x</a>'


WRITTEN = {
    "<i id=q title=,5,>x</i>": "5",
    "<i id=q title=',1 > 0,'>x</i>": "1 > 0",
    "<textarea>a <b \",c</textarea><i id=q title=ok>x</i>": "ok",
}


@pytest.mark.parametrize("parts, title", WRITTEN.items())
def test_what_is_written_in_parts_is_whole(stage, parts, title):
    calls = "".join(f"document.write({part if part.isdigit() else repr(part)});" for part in parts.split(","))
    stage.open(f"<script>{calls.replace('</textarea', '</text' + 'area')}</script>")
    assert stage.visitor.run("return document.getElementById('q').title") == title


@pytest.mark.parametrize(
    "text", ["'<img '.repeat(20000)", "'<img ' + 'a=b\" '.repeat(20000)", "'<img ' + 'a'.repeat(50000)", "'<p a='.repeat(20000)"]
)
def test_long_text_takes_no_longer_than_its_length(stage, text):
    stage.open("<p>x</p>")
    took = stage.visitor.run(
        f"const text = '{stage.third.url('tracker', 'x')} ' + {text}, d = document.createElement('div'), start = performance.now();"
        "d.innerHTML = text; return performance.now() - start"
    )
    assert took < 1500


def test_a_frame_that_goes_takes_its_placeholder_along(stage):
    stage.open('<main><iframe id=f src="{tracker}/a.html" width=300 height=200></iframe><hr></main>')
    visitor = stage.visitor
    assert visitor.has(".crumbgate-placeholder")
    visitor.run("document.getElementById('f').remove()")
    visitor.until(lambda: visitor.run("return document.querySelector('main').children.length") == 1)
    visitor.run(
        "const f = document.createElement('iframe'); f.src = arguments[0]; document.querySelector('main').append(f)".replace(
            "arguments[0]", repr(stage.third.url("tracker", "b.html"))
        )
    )
    visitor.until(lambda: visitor.has(".crumbgate-placeholder"))
    visitor.run("const m = document.querySelector('main'); m.insertBefore(m.lastElementChild, m.firstChild)")
    visitor.until(lambda: visitor.run("return [...document.querySelector('main').children].map((e) => e.localName).join()") == "span,iframe,hr")


def test_open_shadow_trees_of_the_page_come_back(stage):
    stage.open(
        '<div><template shadowrootmode=open><p><img src="{tracker}/one.gif"></p>'
        '<script src="{tracker}/two.js"></script></template></div>'
    )
    stage.settle()
    assert stage.third.names() == []
    stage.visitor.decide("accept")
    stage.settle({"one", "two"})
