"""Frames whose document stands in the page (`srcdoc`): what is in it may do all that the page may."""

import pytest

PUBLIC = ["Cache-Control: public, max-age=600"]
EVIL = "parent.document.documentElement.dataset.evil = 1"
FRAME = "<iframe srcdoc=\"<p>x</p><img src='{tracker}/inner.gif'>\"></iframe><img src='{tracker}/outer.gif'>"
#: What sanitizers let pass, and what none does.
DATA = "<iframe data-crumbgate='analytics' data-crumbgate-srcdoc=\"<script>%s</script><img src='{tracker}/in.gif'>\"></iframe>"
HANDLER = DATA.replace("data-crumbgate-srcdoc", "oncrumbgatesrcdoc")


def filled(stage, text):
    return (text % EVIL).replace("{tracker}", stage.third.url("tracker", "")[:-1])


def put(stage, markup):
    stage.visitor.driver.execute_script("document.querySelector('main').innerHTML = arguments[0]", markup)


def is_evil(stage):
    return stage.visitor.run("return document.documentElement.dataset.evil") is not None


@pytest.mark.parametrize("fields", [(), PUBLIC], ids=["private", "public"])
def test_a_frame_comes_back_without_a_reload(stage, fields):
    stage.open(FRAME, fields=fields)
    visitor = stage.visitor
    assert visitor.has(".crumbgate-placeholder") and not visitor.has("iframe")
    stage.settle()
    assert stage.third.asked == []
    visitor.run("window.stays = true")
    visitor.decide("accept")
    stage.settle({"inner", "outer"})
    stage.settle()
    assert sorted(stage.third.names()) == ["inner", "outer"], "each once"
    assert visitor.run("return window.stays") and visitor.has("iframe") and not visitor.has(".crumbgate-placeholder")
    assert visitor.run("return document.querySelector('iframe').contentDocument.querySelector('p').textContent") == "x"
    stage.third.asked = []
    visitor.open("/")
    stage.settle({"inner", "outer"})


def test_a_refusal_keeps_it_away(stage):
    stage.open(FRAME, fields=PUBLIC)
    stage.visitor.decide("reject")
    stage.settle()
    assert stage.third.asked == [] and not stage.visitor.has("iframe")


def test_it_can_be_shown_alone(stage):
    stage.open(FRAME, fields=PUBLIC)
    stage.visitor.decide("reject")
    stage.visitor.find("[data-crumbgate-show]").click()
    stage.settle({"inner"})
    assert stage.third.names() == ["inner"] and not stage.visitor.run("return crumbgate.granted('analytics')")


def test_it_waits_for_all_that_it_holds(stage):
    """Also where the mark of a script's own, or an older one, names less."""
    stage.open("<main></main>")
    visitor = stage.visitor
    put(stage, filled(stage, HANDLER).replace("<p>", "").replace("<img", f"<img src='{stage.third.url('ads', 'ad.gif')}'><img"))
    visitor.decide("settings")
    visitor.find("label[for=crumbgate-category-analytics]").click()
    visitor.decide("save")
    stage.settle()
    assert stage.third.names() == stage.third.names("ads") == [] and not is_evil(stage)
    visitor.decide("link")
    visitor.find("label[for=crumbgate-category-remarketing]").click()
    visitor.decide("save")
    stage.settle({"in"})
    stage.settle({"ad"}, "ads")


WRITTEN = {
    "innerHTML": "m.innerHTML = TEXT",
    "insertAdjacentHTML": "m.insertAdjacentHTML('beforeend', TEXT)",
    "outerHTML": "m.firstElementChild.outerHTML = TEXT",
    "fragment": "m.append(document.createRange().createContextualFragment(TEXT))",
    "property": "const f = document.createElement('iframe'); f.srcdoc = DOCUMENT; m.append(f)",
    "attribute": "const f = document.createElement('iframe'); m.append(f); f.setAttribute('srcdoc', DOCUMENT)",
}


@pytest.mark.parametrize("code", WRITTEN.values(), ids=WRITTEN)
def test_what_scripts_add_waits_and_comes_back(stage, code):
    stage.open("<main><p></p></main>", fields=PUBLIC)
    visitor = stage.visitor
    document = f"<img src='{stage.third.url('tracker', 'late.gif')}'>"
    visitor.driver.execute_script(
        "const DOCUMENT = arguments[0], TEXT = `<iframe SrcDoc=\"${DOCUMENT}\"></iframe>`, m = document.querySelector('main');"
        "window.stays = true;" + code,
        document,
    )
    stage.settle()
    assert stage.third.asked == []
    visitor.until(lambda: visitor.has(".crumbgate-placeholder button"))
    assert "analytics" in visitor.text(".crumbgate-placeholder") and not visitor.has(".crumbgate-placeholder a")
    assert visitor.run("return document.querySelector('iframe').srcdoc") == document
    read = visitor.run("return document.querySelector('main').innerHTML")
    assert ' srcdoc="' in read and "crumbgate" not in read
    visitor.decide("accept")
    stage.settle({"late"})
    assert visitor.run("return window.stays") and stage.third.names() == ["late"]
    assert not visitor.has(".crumbgate-placeholder")


def test_another_document_takes_the_place_of_the_one_that_waits(stage):
    stage.open("<main></main><iframe id=f></iframe>")
    f = "const f = document.getElementById('f');"
    stage.visitor.run(f + f"f.srcdoc = \"<img src='{stage.third.url('tracker', 'a.gif')}'>\"; f.srcdoc = '<p>b</p>'")
    assert stage.visitor.run(f + "return f.getAttributeNames().join()") == "id,srcdoc"


@pytest.mark.parametrize("fields", [(), PUBLIC], ids=["private", "public"])
@pytest.mark.parametrize("way", ["parsed", "innerHTML"])
def test_a_mark_that_sanitizers_let_pass_gives_nothing(stage, way, fields):
    markup = filled(stage, DATA)
    stage.open("<main>%s</main>" % (markup if way == "parsed" else ""), fields=fields)
    if way == "innerHTML":
        put(stage, markup)
    stage.visitor.decide("accept")
    stage.settle()
    stage.visitor.open("/")
    if way == "innerHTML":
        put(stage, markup)
    stage.settle()
    assert stage.third.asked == [] and not is_evil(stage)


@pytest.mark.parametrize("fields", [(), PUBLIC], ids=["private", "public"])
def test_a_mark_of_ours_from_the_shop_is_none(stage, fields):
    stage.open("<main>" + filled(stage, HANDLER) + "</main>", fields=fields)
    stage.visitor.decide("accept")
    stage.settle()
    assert stage.third.asked == [] and not is_evil(stage)


def test_a_mark_that_a_script_writes_is_a_document_that_it_writes(stage):
    """Nothing before consent; then what `srcdoc` in its place would have been, and not more."""
    stage.open("<main></main>")
    put(stage, filled(stage, HANDLER))
    stage.settle()
    assert stage.third.asked == [] and not is_evil(stage)
    stage.visitor.decide("accept")
    stage.settle({"in"})
    assert is_evil(stage)


POLICIES = {
    "nonce": "script-src 'nonce-abc'; object-src 'none'",
    "dynamic": "script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'",
    "self": "default-src 'self'; img-src *",
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_frames_document_has_the_pages_policy(stage, policy):
    """So markup that runs nothing without a mark runs nothing with one (HTML, "initialize the document's policy
    container": that of the page is cloned for `about:srcdoc`)."""
    stage.open("<main></main>", fields=[f"Content-Security-Policy: {policy}", *PUBLIC])
    evil = filled(stage, HANDLER) + "<iframe srcdoc='<script>%s</script><p>y</p>'></iframe>" % EVIL
    put(stage, evil.replace("<img", f"<img src=x onerror='{EVIL}'><script nonce>{EVIL}</script><img".replace("'", "&quot;")))
    stage.visitor.decide("accept")
    stage.settle({"in"})
    stage.settle()
    assert not is_evil(stage)


@pytest.mark.parametrize("fields", [(), PUBLIC], ids=["private", "public"])
def test_pages_that_trust_no_text(stage, fields):
    """Where text has to be of a Trusted Type only the server brings such a frame, and nothing else suffers."""
    policy = "Content-Security-Policy: require-trusted-types-for 'script'"
    stage.open(FRAME + '<script src="{tracker}/last.js"></script>', fields=[policy, *fields])
    stage.visitor.run("document.getElementById('crumbgate-accept').click()")
    names = {"outer", "last"} | (set() if fields else {"inner"})
    stage.settle(names)
    stage.settle()
    assert sorted(stage.third.names()) == sorted(names), "each once"
