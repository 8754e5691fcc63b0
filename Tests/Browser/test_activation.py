"""What waits in a page starts with the decision, in order, once, without a reload: the markup is what the server writes."""

import pytest

from harness.origin import page

VIDEO = (
    '<span class="crumbgate-placeholder" data-crumbgate-for="social"><strong>Content</strong>'
    '<button type="button" data-crumbgate-show="social">Show</button></span>'
    '<iframe data-crumbgate="social" data-crumbgate-src="{video}/embed/%s.html" width="400" height="200"></iframe>'
)


def waiting(path, category="analytics", more=""):
    return f'<script data-crumbgate="{category}" type="text/plain" data-crumbgate-src="{{tracker}}/{path}.js"{more}></script>'


def inline(text, category="analytics"):
    return f'<script data-crumbgate="{category}" type="text/plain">{text}</script>'


ORDER = (
    "<script>window.ran = [];</script>"
    + waiting("one")
    + inline("ran.push('two:' + document.currentScript.textContent.length);")
    + waiting("three", more=" defer")
    + inline("ran.push(ran.includes('three') ? 'too late' : 'four');")
    + '<script data-crumbgate="analytics" type="text/plain" data-crumbgate-type="module">ran.push("five")</script>'
    + inline("document.write('<p id=written>w</p><scr' + 'ipt>ran.push(\"six\")</scr' + 'ipt>');")
    + inline("ran.push('never')", "remarketing analytics")
)


def order(stage):
    """Of all but the module: modules take their own time, whoever inserts them."""
    return [name.split(":")[0] for name in stage.ran if name != "five"]


def test_scripts_start_in_the_documents_order_and_once(stage):
    stage.open(ORDER)
    assert stage.ran == []
    visitor = stage.visitor
    visitor.run("window.stays = true")
    visitor.decide("settings")
    visitor.find("label[for=crumbgate-category-analytics]").click()
    visitor.decide("save")
    visitor.until(lambda: "six" in stage.ran)
    visitor.until(lambda: {"five", "three"} <= set(stage.ran))
    assert order(stage) == ["one", "two", "four", "six", "three"]
    assert visitor.run("return window.stays") and visitor.has("#written")
    # Neither the rest of the choice nor coming back runs anything again.
    visitor.decide("link")
    visitor.find("label[for=crumbgate-category-remarketing]").click()
    visitor.decide("save")
    visitor.until(lambda: "never" in stage.ran)
    visitor.run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    stage.settle()
    assert len(stage.ran) == 7 and stage.third.names() == ["one", "three"]


def test_attributes_of_scripts_survive(stage):
    stage.open(
        "<script>window.ran = []</script>"
        + waiting("a", more=' id="x" class="y" data-z="1" crossorigin="anonymous" data-crumbgate-type="text/javascript"')
    )
    stage.visitor.decide("accept")
    stage.visitor.until(lambda: stage.ran == ["a"])
    element = stage.visitor.find("#x")
    assert element.get_attribute("type") == "text/javascript" and element.get_attribute("data-z") == "1"
    assert element.get_attribute("crossorigin") == "anonymous"
    assert not stage.visitor.run(
        "return [...document.getElementById('x').attributes].some((a) => a.name.startsWith('data-crumbgate'))"
    )


def test_elements_come_back(stage):
    stage.open(
        '<img data-crumbgate="analytics" data-crumbgate-src="{tracker}/a.gif" data-crumbgate-srcset="{tracker}/b.gif 1x">'
        '<link rel="stylesheet" data-crumbgate="analytics" data-crumbgate-href="{tracker}/c.css">'
        '<video data-crumbgate="analytics" data-crumbgate-poster="{tracker}/d.gif">'
        '<source data-crumbgate="analytics" data-crumbgate-src="{tracker}/e.mp4"></video>'
        '<object data-crumbgate="analytics" data-crumbgate-data="{tracker}/f.gif"></object>'
        '<svg><image data-crumbgate="analytics" data-crumbgate-xlink:href="{tracker}/g.gif" width="1" height="1"/></svg>'
        '<table><td data-crumbgate="analytics" data-crumbgate-background="{tracker}/j.gif">x</table>'
        '<svg><image width="1" height="1"><set data-crumbgate="analytics" attributeName="href" data-crumbgate-to="{tracker}/k.gif"/>'
        "</image></svg>"
        '<img data-crumbgate="remarketing analytics" data-crumbgate-src="{tracker}/h.gif">' + VIDEO % "i"
    )
    assert stage.visitor.has(".crumbgate-placeholder") and not stage.visitor.has("iframe")
    stage.visitor.decide("accept")
    stage.settle(["b", "c", "d", "e", "f", "g", "h", "j", "k"])
    stage.settle(["i"], "video")
    assert not stage.visitor.has(".crumbgate-placeholder") and stage.visitor.has("iframe")
    assert stage.visitor.run("return document.querySelectorAll('[data-crumbgate]').length") == 0


def test_a_host_waits_however_it_is_spelled(stage):
    spellings = ["&#xff54;racker", "tra\u00adcker", "tra&shy;cker", "\U0001d4fdracker", "%EF%BD%94racker", "TRACKER"]
    images = "".join(f'<img src="{stage.third.url(host, name)}.gif">' for name, host in zip("abcdef", spellings))
    stage.open("<h1>x</h1>" + images + '<script type="module">import(/* g */ `{tracker}/g.js`)</script>'
               "<script>import('{tracker}/h.js')</script>")
    stage.settle()
    assert stage.third.names() == []
    stage.visitor.decide("accept")
    stage.settle("abcdefgh")


def test_one_piece_of_content_can_be_shown_alone(stage):
    stage.open(VIDEO % "one" + "<p>between</p>" + VIDEO % "two")
    visitor = stage.visitor
    visitor.decide("reject")
    visitor.find("[data-crumbgate-show]").click()
    stage.settle(["one"], "video")
    assert len(visitor.driver.find_elements("css selector", ".crumbgate-placeholder")) == 1
    assert visitor.run("return document.activeElement.tagName") == "IFRAME"
    assert not visitor.run("return crumbgate.granted('social')")
    visitor.open("/")
    stage.settle()
    assert stage.third.names("video") == ["one"], "nothing was stored"


def test_frames_that_scripts_add_get_a_placeholder(stage):
    stage.open(
        "<h1>x</h1><script>const f = document.createElement('iframe'); f.width = 320; f.height = '40%';"
        "f.src = '{video}/embed/late.html'; document.body.append(f);</script>"
    )
    visitor = stage.visitor
    assert "video.localhost" in visitor.text(".crumbgate-placeholder") and visitor.has(".crumbgate-placeholder a")
    assert visitor.find(".crumbgate-placeholder").rect["width"] == 320 and not visitor.has("iframe")
    visitor.find(".crumbgate-placeholder button").click()
    stage.settle(["late"], "video")
    assert visitor.has("iframe") and not visitor.has(".crumbgate-placeholder")


def test_withdrawing_loads_a_page_without_what_ran(stage):
    stage.open(waiting("a"))
    visitor = stage.visitor
    visitor.decide("accept")
    visitor.until(lambda: stage.ran == ["a"])
    visitor.run("document.cookie = '_ga=1'")
    visitor.decide("link")
    visitor.decide("reject")
    assert stage.ran == [] and visitor.jar == {"crumbgate"} and not visitor.is_asked


def test_a_second_visit_starts_at_once(stage):
    """The stored page of a shared cache is the same for all: the script does for those who decided what they chose."""
    stage.open(ORDER, fields=["Cache-Control: public, max-age=600"])
    stage.visitor.decide("accept")
    stage.visitor.open("/")
    stage.visitor.until(lambda: {"never", "three"} <= set(stage.ran))
    assert order(stage) == ["one", "two", "four", "six", "never", "three"]
    assert not stage.visitor.is_asked


def test_what_comes_later_waits_or_starts(stage):
    """As htmx and single-page shops do it: markup of the server's put into the page."""
    stage.open("<main id=m></main><script>window.ran = []</script>")
    visitor = stage.visitor
    swap = "document.getElementById('m').innerHTML = arguments[0]"
    part = "<div>" + waiting("part").replace("{tracker}", stage.third.url("tracker", "")[:-1]) + "</div>"
    visitor.driver.execute_script(swap, part)
    stage.settle()
    assert stage.ran == []
    visitor.decide("accept")
    visitor.until(lambda: stage.ran == ["part"])
    visitor.driver.execute_script(swap, part + VIDEO.replace("{video}", stage.third.url("video", "")[:-1]) % "x")
    visitor.until(lambda: stage.ran == ["part", "part"])
    stage.settle(["x"], "video")


def test_a_page_kept_in_memory_starts_what_was_granted_elsewhere(stage):
    stage.add("/", waiting("a") + "<a href=/next>A link</a><script>window.ran = []; window.kept = 1;"
              "addEventListener('pageshow', (event) => { window.isKept = event.persisted; });</script>")
    stage.add("/next", "<p>next</p>")
    visitor = stage.visitor
    visitor.open("/")
    visitor.leave("a[href='/next']")
    visitor.decide("accept")
    visitor.driver.back()
    visitor.until(lambda: visitor.path == "/" and stage.ran == ["a"])
    assert visitor.run("return window.isKept"), "this was no test"
    assert not visitor.is_asked and stage.third.names() == ["a"]
    # And the other way round.
    visitor.driver.forward()
    visitor.until(lambda: visitor.path == "/next")
    visitor.decide("link")
    visitor.decide("reject")
    visitor.driver.back()
    visitor.until(lambda: visitor.path == "/")
    visitor.until(lambda: visitor.run("return document.readyState === 'complete' && !window.isKept"))
    stage.settle()
    assert stage.ran == [] and stage.third.names() == ["a"]


NONCE = "script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'; style-src 'self'"
POLICIES = {
    "nonce": NONCE,
    "none": "default-src 'none'; script-src 'nonce-abc' http://tracker.localhost:*; img-src *",
    "trusted": "require-trusted-types-for 'script'; script-src 'nonce-abc' 'strict-dynamic'",
    "trusted-names": "require-trusted-types-for 'script'; trusted-types other; script-src 'nonce-abc' 'strict-dynamic'",
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_under_a_strict_policy(stage, policy):
    body = ORDER.replace("<script", '<script nonce="abc"').replace("document.write", "(() => {})")
    stage.open(body, fields=[f"Content-Security-Policy: {policy}"])
    visitor = stage.visitor
    assert visitor.is_asked
    if "other" in policy:
        # No script may run another there, so the page comes anew; it is the server that opens it then.
        visitor.decide("accept")
        stage.settle()
        assert not visitor.is_asked
        return
    visitor.run("window.stays = true")
    visitor.decide("accept")
    visitor.until(lambda: {"never", "three"} <= set(stage.ran))
    assert order(stage) == ["one", "two", "four", "never", "three"]
    assert visitor.run("return window.stays")
    visitor.decide("link")
    assert visitor.text("#crumbgate-dialog h1") == "Cookie settings"
    assert [error for error in visitor.errors() if "favicon" not in error] == []


def test_where_nothing_can_be_asked_for_the_plain_form_does_it(stage):
    visitor = stage.open("<p>x</p>").visitor
    visitor.run("window.fetch = () => Promise.reject(new TypeError()); XMLHttpRequest.prototype.send = () => { throw 1 }")
    visitor.leave("#crumbgate-reject")
    assert not visitor.is_asked and "crumbgate" in visitor.jar
    visitor.run("XMLHttpRequest.prototype.send = () => { throw 1 }")
    visitor.leave("#crumbgate-link")
    assert visitor.path.startswith("/.crumbgate/settings?lang=en&return=%2F")


def test_a_service_worker_that_keeps_pages(stage):
    stage.add_script(
        "/worker.js",
        "self.addEventListener('install', () => self.skipWaiting());"
        "self.addEventListener('activate', (event) => event.waitUntil(clients.claim()));"
        "self.addEventListener('fetch', (event) => { if (event.request.mode !== 'navigate') return;"
        "event.respondWith(caches.open('v1').then(async (cache) => (await cache.match(event.request)) ?? "
        "fetch(event.request).then((answer) => { cache.put(event.request, answer.clone()); return answer; }))); });",
    )
    stage.open(
        waiting("a") + "<script>navigator.serviceWorker.register('/worker.js');"
        "navigator.serviceWorker.ready.then(() => { window.isReady = true; });</script>"
    )
    visitor = stage.visitor
    visitor.until(lambda: visitor.run("return window.isReady && !!navigator.serviceWorker.controller"))
    visitor.open("/")
    visitor.decide("accept")
    visitor.until(lambda: stage.ran == ["a"])
    visitor.open("/")
    assert visitor.run("return document.getElementById('crumbgate-banner') !== null"), "the worker's copy"
    visitor.until(lambda: stage.ran == ["a"])
    assert not visitor.is_asked and stage.third.names() == ["a", "a"]
    visitor.run("navigator.serviceWorker.getRegistrations().then((all) => all.forEach((one) => one.unregister()))")


def test_what_the_shops_own_code_is_told(stage):
    stage.open(
        "<script>window.told = [crumbgate.granted('payment'), crumbgate.granted('analytics'), crumbgate.granted('?')];"
        "document.addEventListener('crumbgate:consent', (event) => told.push(event.detail.granted.join(), "
        "crumbgate.granted('analytics')));</script>"
    )
    visitor = stage.visitor
    visitor.decide("accept")
    told = visitor.run("return window.told")
    assert told[:3] == [True, False, False] and "analytics" in told[3] and told[4] is True and len(told) == 5
    assert visitor.run("return typeof window.__tcfapi") == "undefined"
    assert visitor.run("try { crumbgate.granted = 1 } catch {} return typeof crumbgate.granted") == "function"


def test_a_choice_that_could_not_be_stored_is_not_taken(stage):
    stage.open(waiting("a"))
    visitor = stage.visitor
    visitor.run("window.fetch = async () => new Response('{}', { status: 503 })")
    visitor.find("#crumbgate-accept").click()
    visitor.until(lambda: "could not be stored" in visitor.text("#crumbgate-banner"))
    assert visitor.is_asked and stage.third.asked == [] and "crumbgate" not in visitor.jar
    assert visitor.run("return document.activeElement.id") == "crumbgate-accept"
