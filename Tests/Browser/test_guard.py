"""The guard: what scripts of the page may not do while a category is not granted, in every way that they can try."""

import json
import subprocess

import pytest
import yaml

from harness.origin import page
from harness.process import ROOT, binary

#: Ways to reach a host, by name; `URL` is the URL, whose last part names the way.
WAYS = {
    "script-src": "const s = document.createElement('script'); s.src = URL; document.head.append(s);",
    "script-attribute": "const s = document.createElement('script'); s.setAttribute('SRC', URL); document.head.appendChild(s);",
    "script-late": "const s = document.createElement('script'); document.head.append(s); s.src = URL;",
    "script-node": "const s = document.createElement('script'), a = document.createAttribute('src'); a.value = URL; "
    "s.setAttributeNode(a); document.head.insertBefore(s, null);",
    "script-written": "document.write('<scr' + 'ipt src=\"' + URL + '\"></scr' + 'ipt>');",
    "script-written-in-parts": "document.write('<scr', 'ipt src='); document.write(URL); document.write('></scr'); "
    "document.write('ipt>');",
    "script-fragment": "document.body.append(document.createRange().createContextualFragment(`<script src=${URL}><\\/script>`));",
    "image": "new Image().src = URL;",
    "image-srcset": "const i = new Image(); i.srcset = `${URL} 2x`; document.body.append(i);",
    "image-html": "const d = document.createElement('div'); d.innerHTML = `<p><img alt='a > b' src='${URL}'></p>`;",
    "image-outer": "const d = document.createElement('div'); document.body.append(d); d.outerHTML = `<IMG SRC=\"${URL}\">`;",
    "image-adjacent": "document.body.insertAdjacentHTML('beforeend', `<img src=${URL}>`);",
    "image-parsed": "document.body.append(new DOMParser().parseFromString(`<img src=${URL}>`, 'text/html').querySelector('img'));",
    "image-template": "const t = document.createElement('template'); t.innerHTML = `<img src=${URL}>`; "
    "document.body.append(t.content.cloneNode(true));",
    "image-node": "const i = new Image(), a = document.createAttribute('src'); a.value = URL; document.body.append(i); "
    "i.setAttributeNode(a);",
    "image-adopted": "const x = `<img xmlns='http://www.w3.org/1999/xhtml' src='${URL}'/>`, r = document.createRange(); "
    "r.selectNode(document.body.lastChild); "
    "r.insertNode(document.importNode(new DOMParser().parseFromString(x, 'application/xhtml+xml').documentElement));",
    "image-beside": "const i = document.createElement('img'); i.setAttributeNS(null, 'src', URL); "
    "document.body.insertAdjacentElement('beforeend', i);",
    "image-shadow": "const d = document.createElement('div'); document.body.append(d); "
    "d.attachShadow({ mode: 'closed' }).innerHTML = `<p><img src='${URL}'></p>`;",
    "image-shadow-node": "const d = document.createElement('div'), i = new Image(); document.body.append(d); i.src = URL; "
    "d.attachShadow({ mode: 'closed' }).append(i);",
    "image-custom": "const n = 'x-' + Math.random().toString(36).slice(2); customElements.define(n, class extends HTMLElement { "
    "connectedCallback() { this.innerHTML = `<img src='${URL}'>`; } }); document.body.append(document.createElement(n));",
    "image-framed": "const f = document.createElement('iframe'); document.body.append(f); "
    "f.contentDocument.write(`<p><img src='${URL}'>`); f.contentDocument.close();",
    "script-framed": "const f = document.createElement('iframe'); document.body.append(f); const d = f.contentWindow.document, "
    "s = d.createElement('script'); s.src = URL; d.body.appendChild(s);",
    "preload": "const l = document.createElement('link'); l.relList.add('preload'); l.as = 'image'; l.href = URL; "
    "document.head.append(l);",
    "image-svg": "document.body.insertAdjacentHTML('beforeend', `<svg><image href='${URL}' width=1 height=1 /></svg>`);",
    "poster": "const v = document.createElement('video'); v.poster = URL; document.body.append(v);",
    "audio": "const a = new Audio(URL); a.preload = 'auto'; a.load();",
    "frame": "const f = document.createElement('iframe'); f.src = URL; document.body.append(f);",
    "frame-html": "const d = document.createElement('div'); document.body.append(d); d.innerHTML = `<iframe src='${URL}'></iframe>`;",
    "frame-srcdoc": "const f = document.createElement('iframe'); f.srcdoc = `<img src='${URL}'>`; document.body.append(f);",
    "object": "const o = document.createElement('object'); o.data = URL; document.body.append(o);",
    "stylesheet": "const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = URL; document.head.append(l);",
    "fetch": "fetch(URL, { mode: 'no-cors' }).catch(() => {});",
    "fetch-request": "fetch(new Request(URL)).catch(() => {});",
    "fetch-framed": "const f = document.createElement('iframe'); document.body.append(f); "
    "f.contentWindow.fetch(URL, { mode: 'no-cors' }).catch(() => {});",
    "beacon-blob": "navigator.sendBeacon(URL, new Blob(['x'], { type: 'text/plain' }));",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', URL); x.send();",
    "beacon": "navigator.sendBeacon(URL, 'x');",
    "events": "new EventSource(URL).onerror = (event) => event.target.close();",
    "socket": "new WebSocket(URL.replace('http', 'ws')).onerror = () => {};",
}
ENDINGS = {"script": ".js", "image": ".gif", "preload": ".gif", "stylesheet": ".css", "poster": ".gif"}


def path_of(name):
    return name + ENDINGS.get(name.split("-")[0], ".html")


def all_ways(stage, host, paths=""):
    lines = [
        f"try {{ const URL = {json.dumps(stage.third.url(host, paths + path_of(name)))}; {code} }} catch (error) "
        f"{{ (window.thrown ??= []).push('{name}: ' + error); }}"
        for name, code in WAYS.items()
    ]
    return f"<script>{''.join(f'{{{line}}}' for line in lines)}</script>"


@pytest.mark.parametrize("choice", [None, "reject"])
def test_nothing_reaches_a_host_that_waits(stage, choice):
    stage.open("<p>x</p>")
    if choice:
        stage.visitor.decide(choice)
    stage.open(all_ways(stage, "tracker") + all_ways(stage, "sub.tracker") + all_ways(stage, "cdn"), path="/ways")
    # Hosts without a rule are nobody's business: when these have been asked, the others would have been too.
    stage.settle(WAYS, "cdn")
    stage.settle()
    assert {host for host, _ in stage.third.asked} == {"cdn"}
    assert stage.visitor.run("return window.thrown") is None
    assert stage.visitor.errors() == [] or all("cdn.localhost" in error for error in stage.visitor.errors())


def test_everything_reaches_it_once_granted(stage):
    """The same page: so the ways above are ways indeed."""
    stage.open("<p>x</p>")
    stage.visitor.decide("accept")
    stage.open(all_ways(stage, "tracker"), path="/ways")
    stage.settle(WAYS)
    stage.settle()
    assert sorted(stage.third.names()) == sorted(WAYS), "each once"
    assert not stage.visitor.run("return Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').set.toString()")[
        :20
    ].startswith("set(value)"), "nothing is patched"


def test_a_required_path_of_a_tracking_host_passes(stage):
    stage.open(all_ways(stage, "tracker", "needed/"))
    stage.settle(WAYS)


def test_elements_start_with_the_decision_and_detached_pictures_never(stage):
    stage.open(all_ways(stage, "tracker"))
    stage.visitor.decide("accept")
    waiting = {name for name in WAYS if not name.startswith(("fetch", "xhr", "beacon", "events", "socket"))}
    waiting -= {"image", "image-html", "audio"}
    stage.settle(waiting)
    stage.settle()
    assert sorted(stage.third.names()) == sorted(waiting), "each once"


def test_failures_look_like_those_of_the_network(stage):
    stage.open("<p>x</p>")
    result = stage.visitor.driver.execute_async_script(
        """
        const [url, done] = arguments, seen = [];
        const log = (name) => (event) => seen.push(`${name} ${event.type}`);
        const request = new XMLHttpRequest();
        request.open("GET", url);
        for (const type of ["error", "load", "loadend"]) request["on" + type] = log("xhr");
        request.onreadystatechange = () => seen.push(`xhr state ${request.readyState} ${request.status}`);
        request.send();
        try { const sync = new XMLHttpRequest(); sync.open("GET", url, false); sync.send(); }
        catch (error) { seen.push(`sync ${error.name}`); }
        fetch(url).catch((error) => seen.push(`fetch ${error.constructor.name} ${error.message}`));
        seen.push(`beacon ${navigator.sendBeacon(url)}`);
        const socket = new WebSocket(url.replace("http", "ws"));
        seen.push(`socket ${socket instanceof WebSocket} ${socket.readyState} ${WebSocket.OPEN}`);
        socket.onclose = (event) => seen.push(`socket close ${event.code} ${socket.readyState}`);
        socket.addEventListener("error", log("socket"));
        const image = new Image();
        image.onerror = log("image");
        image.src = url;
        seen.push(`image ${image.src === url}`);
        try { XMLHttpRequest.prototype.open.call({}, "GET", url); } catch (error) { seen.push(`misuse ${error.name}`); }
        setTimeout(() => done(seen.sort()), 300);
        """,
        stage.third.url("tracker", "a.gif"),
    )
    assert result == sorted(
        [
            "xhr error",
            "xhr loadend",
            "xhr state 4 0",
            "sync NetworkError",
            "fetch TypeError Failed to fetch",
            "beacon true",
            "socket true 0 1",
            "socket error",
            "socket close 1006 3",
            "image error",
            "image true",
            "misuse TypeError",
        ]
    )
    assert stage.third.asked == []


def test_a_request_that_had_to_wait_can_be_opened_again(stage):
    stage.open("<p>x</p>")
    status = stage.visitor.driver.execute_async_script(
        """
        const [first, second, done] = arguments, request = new XMLHttpRequest();
        request.open("GET", first);
        request.onerror = () => {
          request.open("GET", second);
          request.onload = () => done([request.readyState, request.status]);
          request.send();
        };
        request.send();
        """,
        stage.third.url("tracker", "a"),
        stage.third.url("cdn", "b"),
    )
    assert status == [4, 200]


@pytest.mark.parametrize(
    "line, isKept",
    [
        ("sid=1", True),
        ("theme=dark; Path=/", False),
        ("_ga=1; Max-Age=100", False),
        (" _ga_X = 2 ", False),
        ("x12=1", False),
        ("x1y=1", False),
        ("unknown=1", False),
        ("nameless", False),
        ("sid=a=b;c", True),
    ],
)
def test_cookies_of_scripts(stage, line, isKept):
    stage.open("<p>x</p>")
    stage.visitor.run(f"document.cookie = {json.dumps(line)}")
    # What no rule of the file names may be read until the shipped names have come.
    stage.visitor.until(lambda: (stage.visitor.run("return document.cookie") != "") == isKept)
    assert (stage.visitor.jar == set()) == (not isKept)
    stage.visitor.decide("accept")
    stage.visitor.run(f"document.cookie = {json.dumps(line)}")
    jar = stage.visitor.run("return document.cookie.split('; ').filter((pair) => !pair.startsWith('crumbgate='))")
    # What no rule names is never granted; once there is nothing to refuse, the proxy alone takes it away.
    assert jar != []


def test_a_cookie_that_only_the_shipped_names_know_is_there_at_once(stage):
    """Scripts set a cookie and read it in the next line: it must be there before anyone could know what it is."""
    stage.open(
        "<script>document.cookie = 'form_key=1; path=/'; document.cookie = '_hjid=1'; window.read = document.cookie;"
        "document.cookie = 'gone=1'; document.cookie = 'gone=; Max-Age=0'; window.after = document.cookie;</script>"
    )
    visitor = stage.visitor
    assert visitor.run("return [read, after]") == ["form_key=1; _hjid=1"] * 2
    visitor.until(lambda: visitor.run("return document.cookie") == "form_key=1")
    assert visitor.jar == {"form_key"}
    visitor.run("document.cookie = 'form_key=2'; document.cookie = '_hjid=2'")
    assert visitor.run("return document.cookie") == "form_key=2"


def test_scripts_may_always_remove_cookies(stage):
    stage.open("<p>x</p>")
    for line in ("_ga=; Max-Age=0", "_ga=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/", "_ga=x; Max-Age=-5"):
        stage.visitor.driver.add_cookie({"name": "_ga", "value": "1"})
        assert "_ga=1" in stage.visitor.run("return document.cookie")
        stage.visitor.run(f"document.cookie = '{line}'")
        assert "_ga" not in stage.visitor.run("return document.cookie")


def test_the_cookie_store(stage):
    stage.open("<p>x</p>")
    jar = stage.visitor.driver.execute_async_script(
        """
        const done = arguments[0];
        (async () => {
          await cookieStore.set("_ga", "1");
          await cookieStore.set({ name: "_ga_2", value: "1" });
          await cookieStore.set("sid", "1");
          await cookieStore.set({ name: "theme", value: "1", expires: Date.now() + 100000 });
          done((await cookieStore.getAll()).map((cookie) => cookie.name));
        })();
        """
    )
    assert jar == ["sid"]


def test_code_that_wraps_what_we_wrapped_still_works(stage):
    """As monitoring scripts, jQuery and polyfills do: they keep the function that they found, and call it."""
    stage.open(
        """<script>
        const fetchBefore = window.fetch;
        window.fetch = function (...args) { (window.calls ??= []).push("fetch"); return fetchBefore.apply(this, args); };
        const open = XMLHttpRequest.prototype.open;
        XMLHttpRequest.prototype.open = function (...args) { window.calls.push("open"); return open.apply(this, args); };
        fetch("{cdn}/a").then(() => { const x = new XMLHttpRequest(); x.open("GET", "{cdn}/b"); x.send(); });
        class Child extends WebSocket {}
        try { new Child("ws://cdn.localhost:1/"); } catch (error) { window.calls.push(String(error)); }
        const node = document.createElement("p");
        window.calls.push(document.body.appendChild(node) === node, document.body.removeChild(node) === node);
        node.innerHTML = "<b>1 < 2 //tracker.localhost/</b>"; window.calls.push(node.innerHTML);
        </script>"""
    )
    stage.settle(["a", "b"], "cdn")
    assert stage.visitor.run("return window.calls") == [
        "fetch",
        True,
        True,
        "<b>1 &lt; 2 //tracker.localhost/</b>",
        "open",
    ]


def test_a_tag_manager_is_stopped_wherever_it_stands(stage):
    """An own script that adds others, and those others more of them."""
    stage.add_script(
        "/manager.js",
        "for (const url of ['{0}/a.js', '{1}/b.js']) {{ const s = document.createElement('script'); s.async = true; "
        "s.src = url; const f = document.getElementsByTagName('script')[0]; f.parentNode.insertBefore(s, f); }}".format(
            stage.third.url("tracker", "")[:-1], stage.third.url("cdn", "")[:-1]
        ),
    )
    stage.open("<script async src=/manager.js></script>")
    stage.settle(["b"], "cdn")
    assert stage.third.names() == []
    stage.visitor.decide("accept")
    stage.settle(["a"])
    stage.visitor.until(lambda: sorted(stage.ran) == ["a", "b"])


def judged_twice(visitor, origin, make_gate, tmp_path, rules, urls):
    """Each URL's category by the guard, and by `crumbgate explain`, which asks the server's own tables."""
    file = tmp_path / "rules.yaml"
    file.write_text(f"origin: http://127.0.0.1:{origin.port}\n{rules}")
    gate = make_gate(file.read_text())
    origin.answer(page("<!doctype html><title>t</title>"))
    visitor.begin(gate.port)
    visitor.open("/")
    guard = visitor.run(
        "return %s.map((url) => { const i = document.createElement('link'); i.setAttribute('href', url); "
        "return i.getAttribute('data-crumbgate'); })" % json.dumps(urls)
    )
    command = [binary("crumbgate", "CRUMBGATE_BIN"), "explain", "--rules", str(file)]
    told = subprocess.check_output([*command, *(word for url in urls for word in ("--url", url))], text=True)
    optional = ("personalisation", "analytics", "remarketing", "social", "chat")
    for url, found, words in zip(urls, guard, told.split("url `")[1:], strict=True):
        yield url, found, next((name for name in optional if f"category  {name}" in words), None)


def test_urls_are_judged_as_by_the_rules_themselves(visitor, origin, make_gate, tmp_path):
    rules = """
categories:
  analytics: { hosts: ["*.a.test", a.test/x/*, a.test/x/y, "b.a.test:8443", "b.a.test:8443/p", "c.a.test/exact"] }
  remarketing: { hosts: ["*.b.a.test", a.test/x/y/*, "a.test:444/x/*", "b.a.test", "*.d.test", "[::1]:81/q*"] }
  payment: { hosts: [a.test/x/y/pay, "pay.d.test", "c.a.test/*"] }
"""
    urls = [
        "http://a.test/", "http://a.test/x/", "http://a.test/x", "https://a.test/x/y", "http://a.test/x/y/",
        "http://a.test/x/y/pay", "http://a.test/x/y/pay/", "https://A.TEST:444/x/q", "http://a.test:80/x/y?pay=1#x",
        "http://a.test./x/1", "http://z.a.test/", "http://b.a.test/", "http://b.a.test:8443/", "http://b.a.test:8443/p",
        "https://b.a.test:8443/p/q", "http://x.b.a.test/", "http://x.y.b.a.test:9/", "http://c.a.test/exact",
        "http://c.a.test/other", "http://d.test/", "http://e.d.test/", "http://pay.d.test/", "http://x.pay.d.test/",
        "http://evila.test/x/", "http://[::1]:81/qqq", "http://[::1]:81/p", "http://[::1]/q", "http://a.test/x/%79",
    ]  # fmt: skip
    for url, guard, server in judged_twice(visitor, origin, make_gate, tmp_path, rules, urls):
        assert guard == server, url


#: Hosts that shops load from and that no rule names: none may be taken for another.
UNKNOWN = (
    "cdn.jsdelivr.net unpkg.com cdnjs.cloudflare.com ajax.googleapis.com fonts.googleapis.com fonts.gstatic.com "
    "code.jquery.com stackpath.bootstrapcdn.com maxcdn.bootstrapcdn.com use.fontawesome.com kit.fontawesome.com "
    "cdn.tailwindcss.com polyfill.io esm.sh cdn.skypack.dev raw.githubusercontent.com res.cloudinary.com images.ctfassets.net "
    "cdn.sanity.io media.graphassets.com www.datocms-assets.com assets.example.com img.example.org static.example.net "
    "cdn.shop.example api.shop.example images.shop.example media.shop.example d111111abcdef8.cloudfront.net "
    "bucket.s3.amazonaws.com bucket.s3.eu-central-1.amazonaws.com example.b-cdn.net example.azureedge.net"
).split()


def test_what_is_shipped_is_judged_as_by_the_server(visitor, origin, make_gate, tmp_path):
    """The guard has hashes of the shipped hosts: each of them, hosts below and paths beside, and hosts that nobody lists."""
    services = yaml.safe_load((ROOT / "rules" / "trackers.yaml").read_text())
    urls = [f"https://{host}/some/path.js" for host in UNKNOWN]
    # A third of them: the others would take as long again, and fail alike.
    for service in list(services.values())[::3]:
        for pattern in service.get("hosts", []):
            host, _, path = pattern.partition("/")
            path = path.replace("*", "x/y.js") if path else "x/y.js"
            for name in [host.replace("*", "a"), host.replace("*", "a.b")] if "*" in host else [host, f"a.{host}"]:
                urls.append(f"https://{name}/{path}")
            if path != "x/y.js":
                urls.append(f"https://{host.replace('*', 'a')}/")
                urls.append(f"https://{host.replace('*', 'a')}/{path}z/more")
    seen, wrong = set(), []
    for start in range(0, len(urls), 500):
        part = urls[start : start + 500]
        for url, guard, server in judged_twice(visitor, origin, make_gate, tmp_path, "", part):
            seen.add(server)
            wrong += [url] if guard != server else []
    # That a hash is another's too happens once in some thousands.
    assert len(wrong) <= len(urls) / 300 and not set(wrong) & set(urls[: len(UNKNOWN)]), wrong
    assert seen >= {None, "analytics", "remarketing", "social", "personalisation", "chat"} and len(urls) > 250
