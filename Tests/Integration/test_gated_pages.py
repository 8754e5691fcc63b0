"""Pages mutated from fixtures go through the proxy, and a parser that is not ours judges what comes out.

html5lib builds the tree of each page as it was sent and as it came. In the second no fetching attribute may refer to a
withheld host, and but for what gating adds both trees must be the same: no other attribute, no text, no element changes.

GATED_PAGES says how many pages; GATED_SEED makes other ones.
"""

import json
import os
import pathlib
import random
import re
import unicodedata
import urllib.parse

import html5lib

from harness.client import Client
from harness.origin import page
from harness.process import Gate

ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNT = int(os.environ.get("GATED_PAGES", "10000"))
SEED = int(os.environ.get("GATED_SEED", "1"))
RULES = """
categories:
  analytics: { hosts: [tracker.example] }
  remarketing: { hosts: ["*.ads.example"], snippets: [fbq(] }
  social: { hosts: [third.example:9001/video/*] }
"""
FRAGMENT = ("Accept: */*", "Sec-Fetch-Dest: empty")
HTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
PREFIX = "data-crumbgate-"
#: The name of a frame's document that waits.
DOCUMENT = "oncrumbgatesrcdoc"

#: Pieces that are put in at random places: what a tokenizer may trip over.
PIECES = [
    b"<", b">", b'"', b"'", b"=", b"/", b"</", b"<!--", b"-->", b"--!>", b"<!", b"<?", b"&", b";", b" ", b"\n", b"\t", b"\0",
    b"<script>", b"</script>", b"<style>", b"</style>", b"<title>", b"</title>", b"<textarea>", b"</textarea>", b"<noscript>",
    b"</noscript>", b"<template>", b"</template>", b"<svg>", b"</svg>", b"<math>", b"</math>", b"<foreignObject>",
    b"</foreignObject>", b"<![CDATA[", b"]]>", b"<table>", b"<td>", b"</table>", b"<p>", b"</p>", b"<b>", b"</b>", b"<br/>",
    b"<div class='x'>", b"</div>", b"<iframe>", b"</iframe>", b"<xmp>", b"</xmp>", b"<a href='//tracker.example/'>", b"</a>",
    b"<img src=//tracker.example/a>", b'<img alt=">" src="https://tracker.example/b">', b"<script src='//x.ads.example/c'></script>",
    b" src=//tracker.example/d ", b' title="<img src=//tracker.example/e>" ', b" srcset='//tracker.example/f 2x' ",
    b'<iframe src="//third.example:9001/video/g"></iframe>', b'<link rel="stylesheet" href="//tracker.example/h">',
    b"<p title='", b'<p title="', b"<p a=b\" c=\">\">", b"<body>", b"<head>", b"</head>", b"</body>", b"<html>", b"<title/>",
    "<img src='//ｔracker．example/j'>".encode(), b"<img src=//tra&shy;cker.example/k>", b"<td background=//tracker.example/l>",
    b"<svg><image><set attributeName=href to=//tracker.example/m />", b"<script type=module>import '//tracker.example/n'</script>",
    b'<script type=importmap>{"imports": {"x": "\\u002f\\u002ftracker.example/o"}}</script>', b"<script/>", b"<noscript/>", b"<object data=//tracker.example/i>", b"</object>", b"<button>", b"<h1>", b"<desc>",
]


def seeds():
    found = []
    for part in (ROOT / "fixtures/gating/elements.txt").read_bytes().split(b"## ")[1:]:
        found.append(re.split(rb"\n(?:=>|==)\n", part.split(b"\n", 1)[1])[0])
    for path in sorted((ROOT / "fixtures/html").glob("*.html")):
        content = path.read_bytes()
        if not content.startswith((b"\xff\xfe", b"\xfe\xff")) and len(content) < 3000:
            found.append(content)
    return found


def mutated(source, seeds):
    """One page: some seeds, cut, joined and spoiled."""
    parts = []
    for _ in range(source.randint(1, 3)):
        seed = source.choice(seeds)
        if source.random() < 0.3:
            start = source.randrange(len(seed) + 1)
            seed = seed[start : source.randrange(start, len(seed) + 1)]
        parts.append(seed)
    page = bytearray(b"".join(parts))
    for _ in range(source.choice([0, 1, 1, 2, 3, 6])):
        at = source.randrange(len(page) + 1)
        kind = source.random()
        if kind < 0.6:
            page[at:at] = source.choice(PIECES)
        elif kind < 0.75:
            del page[at : at + source.randint(1, 8)]
        elif kind < 0.85 and at < len(page):
            page[at] = source.choice(b"<>\"'=/ \n&x")
        else:
            end = min(len(page), at + source.randint(1, 40))
            page[end:end] = page[at:end]
    return bytes(page)


# An independent reading of URLs (WHATWG URL §4.4), no more than the rules above need.


def target(url, base):
    """Scheme, host, port and path; None for what is of the page's own host or fetches nothing."""
    url = re.sub("[\t\n\r]", "", url.strip("".join(map(chr, range(33)))))
    found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):(.*)", url, re.S)
    scheme, rest = (found[1].lower(), found[2]) if found else (None, url)
    if scheme not in (None, "http", "https"):
        return None
    own = base[0] if base else "http"
    if scheme in (None, own) and not re.match(r"[/\\]{2}", rest):
        if not base:
            return None
        scheme, host, port, folder = base
        path = re.split("[?#]", rest)[0].replace("\\", "/")
        if not path:
            return base
        return scheme, host, port, normal(path if path.startswith("/") else folder.rsplit("/", 1)[0] + "/" + path)
    scheme = scheme or own
    rest = rest.lstrip("/\\")
    authority, path = re.match(r"([^/\\?#]*)([^?#]*)", rest, re.S).groups()
    found = re.fullmatch(r"(.*?)(?::([0-9]*))?", authority.rpartition("@")[2], re.S)
    host = mapped(urllib.parse.unquote(found[1]))
    port = int(found[2] or {"http": 80, "https": 443}[scheme])
    # Forbidden domain code points (WHATWG URL §3.1): such a URL is none.
    if not host or port > 65535 or re.search(r"[\x00-\x20#/:<>?@\[\\\]^|%\x7f]", host):
        return None
    return scheme, host.removesuffix("."), port, normal(path.replace("\\", "/") or "/")


def mapped(host):
    """A host as UTS #46 maps it, but for what it would not allow."""
    kept = "".join(letter for letter in host if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold()).replace("\u3002", ".")


def normal(path):
    kept = []
    parts = path.split("/")[1:]
    for index, part in enumerate(parts):
        dots = re.sub("%2e", ".", part, flags=re.I)
        if dots == "..":
            del kept[-1:]
        if dots not in (".", ".."):
            kept.append(part)
        elif index == len(parts) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def is_withheld(url, base):
    parts = target(url, base)
    if parts is None:
        return False
    _, host, port, path = parts
    # No name begins with a dot.
    return not host.startswith(".") and (
        host == "tracker.example"
        or host.endswith(".ads.example")
        or (host == "third.example" and port == 9001 and path.startswith("/video/"))
    )


def urls(tag, attributes, text, base, scripting):
    """What an element makes a browser fetch."""
    name = tag.rpartition("}")[2].lower()
    get = attributes.get
    if tag.startswith(SVG):
        if name in ("image", "use", "script", "feimage"):
            yield from filter(None, [get("href"), get(XLINK + "href")])
        if name in ("animate", "set") and "href" in get("attributename", get("attributeName", "")).lower():
            yield from filter(None, [get("to"), get("from"), get("by"), *get("values", "").split(";")])
        return
    if not tag.startswith(HTML):
        return
    if name in ("script", "iframe", "frame", "img", "source", "video", "audio", "track", "embed") or (
        name == "input" and get("type", "").lower() == "image"
    ):
        yield get("src") or ""
    if name in ("img", "source"):
        yield from candidates(get("srcset") or "")
    yield {"video": get("poster"), "object": get("data")}.get(name) or ""
    if name in ("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"):
        yield get("background") or ""
    if scripting and name == "script" and "src" not in attributes:
        yield from imported(attributes.get("type", "").strip().lower(), text or "")
    if name == "link" and re.search(
        r"(^|[ \t\n\f\r])(stylesheet|preload|modulepreload|prefetch|preconnect|dns-prefetch|icon)([ \t\n\f\r]|$)",
        get("rel", ""), re.I
    ):
        yield get("href") or ""
        yield from candidates(get("imagesrcset") or "")
    if name == "meta" and get("http-equiv", "").lower() == "refresh":
        space = "[ \t\n\f\r]*"
        found = re.match(
            rf"{space}[0-9.]+(?:{space}[;,]|[ \t\n\f\r]){space}(?:url{space}={space})?(.*)", get("content", ""), re.S | re.I
        )
        if found:
            quoted = re.match(r"""(["'])(.*?)(\1|$)""", found[1], re.S)
            yield quoted[2] if quoted else found[1]
    if name == "iframe" and get("srcdoc"):
        yield from (url for _, url in withheld_in(parse(get("srcdoc"), scripting), base, scripting))


def imported(kind, text):
    if kind == "module":
        for _, url in re.findall(r"""\b(?:import|from)\s*\(?\s*(["'`])([^"'`\\]*)\1""", text):
            yield url
    elif not kind or "script" in kind:
        for _, url in re.findall(r"""import\s*\(\s*(["'`])([^"'`\\]*)\1""", text):
            yield url
    if kind == "importmap":
        try:
            yield from filter(lambda url: isinstance(url, str), json.loads(text)["imports"].values())
        except (ValueError, KeyError, TypeError, AttributeError):
            pass


def candidates(srcset):
    while srcset := srcset.lstrip(" \t\n\f\r,"):
        url = re.match(r"[^ \t\n\f\r]+", srcset)[0]
        srcset = srcset[len(url) :]
        if url.endswith(","):
            url = url.rstrip(",")
        else:
            found = re.match(r"(?:[^,(]|\([^)]*(?:\)|$))*", srcset)
            srcset = srcset[found.end() :]
        yield url


def withheld_in(tree, base=None, scripting=True):
    """The elements of a tree that fetch what is withheld, and the URL."""
    has_base = False
    ignored = {
        id(inner) for name in ("template", "noscript") for outer in tree.iter(HTML + name) for inner in outer.iter(f"{HTML}base")
    }
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == f"{HTML}base" and "href" in element.attrib and not has_base and id(element) not in ignored:
            has_base = True
            base = target(element.attrib["href"], None)
        for url in urls(element.tag, element.attrib, element.text, base, scripting):
            if url.strip() and is_withheld(url, base):
                yield element, url
        # Without scripting an inline script does nothing.
        if scripting and element.tag == f"{HTML}script" and "src" not in element.attrib and "fbq(" in (element.text or ""):
            if element.attrib.get("type", "").strip().lower() in ("", "text/javascript", "module"):
                yield element, element.text


# Trees as lists, without what gating adds.


def events(element, found=None, gated=False):
    found = [] if found is None else found

    def add_text(text):
        if text and found and found[-1][0] == "text":
            found[-1] = ("text", found[-1][1] + text)
        elif text:
            found.append(("text", text))

    if not isinstance(element.tag, str):
        found.append(("comment", element.text))
    elif not (gated and "crumbgate-placeholder" in element.attrib.get("class", "")):
        attributes = dict(element.attrib)
        if gated:
            is_marked = attributes.pop("data-crumbgate", None) is not None
            if is_marked and element.tag.endswith("}script"):
                assert attributes.pop("type") == "text/plain"
            names = {name: original(element.tag, name, is_marked) for name in attributes}
            kept = {name: value for name, value in attributes.items() if names[name] == name}
            # Of a second `<body>` what the first one has counts for nothing.
            attributes = {names[name]: value for name, value in attributes.items()} | kept
        if gated and element.tag == f"{HTML}meta" and "content" in attributes:
            # The page's own policy, extended for our script, style and form.
            attributes["content"] = re.sub(r" http://shop\.test/\.crumbgate/[a-z.]*", "", attributes["content"])
        found.append(("start", element.tag, sorted(attributes.items())))
        # A browser with scripts takes what is in a noscript for text.
        if element.tag != f"{HTML}noscript":
            add_text(element.text)
            for child in element:
                events(child, found, gated)
        found.append(("end", element.tag))
    add_text(element.tail)
    return found


def original(tag, name, is_marked):
    if name == DOCUMENT and is_marked:
        return "srcdoc"
    if not name.startswith(PREFIX) or not is_marked and name != PREFIX + DOCUMENT:
        return name
    plain = name.removeprefix(PREFIX)
    return XLINK + "href" if plain == "xlink:href" and not tag.startswith(HTML) else plain


def parse(content, scripting):
    encoding = {"transport_encoding": "utf-8"} if isinstance(content, bytes) else {}
    return html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree")).parse(content, scripting=scripting, **encoding)


def elements(events):
    """All that is no matter of nesting: formatting elements may be opened anew around a placeholder."""
    formatting = {HTML + name for name in ("a", "b", "button")}
    return sorted(event for event in events if event[0] == "start" and event[1] not in formatting)


def is_noscript_hidden(tree):
    """Whether `</noscript` stands in a comment or a tag: without scripts it ends nothing there, with them it does."""
    return any(
        "</noscript" in text.lower() or text.lower() == "noscript"
        for element in tree.iter()
        for text in ([*element.attrib, *element.attrib.values()] if isinstance(element.tag, str) else [element.text])
    )


def bases(tree):
    """Those in a `noscript` count for nothing with scripts."""
    return [base.attrib for base in tree.iter(f"{HTML}base")]


#: Where html5lib follows an older standard, or a placeholder's text would be kept as an option's.
UNCOMPARED = re.compile(rb"<(select|frameset|option|optgroup|menuitem|keygen|isindex|rtc)", re.I)


def test_mutated_pages(tmp_path, origin_server):
    origin_server.reset()
    source = random.Random(SEED)
    available = seeds()
    assert len(available) > 60
    pages = [content for content in (mutated(source, available) for _ in range(COUNT)) if not UNCOMPARED.search(content)]

    def respond(peer, request):
        peer.send(page(pages[int(request.target[1:])]))

    origin_server.respond = respond
    gate = Gate(tmp_path, f"origin: http://127.0.0.1:{origin_server.port}\n{RULES}")
    faults = []
    gated = 0
    try:
        with Client(gate.port) as client:
            for number, content in enumerate(pages):
                output = client.request(f"/{number}", FRAGMENT).body
                trees = [parse(output, scripting) for scripting in (True, False)]
                for scripting, tree in zip((True, False), trees):
                    if not scripting and (is_noscript_hidden(tree) or bases(tree) != bases(trees[0])):
                        continue
                    for element, url in withheld_in(tree, scripting=scripting):
                        faults.append((number, "withheld", scripting, element.tag, url, content, output))
                        break
                    if scripting and output != content:
                        gated += 1
                        before, after = events(parse(content, True)), events(tree, gated=True)
                        if b"crumbgate-placeholder" in output:
                            before, after = elements(before), elements(after)
                        if before != after:
                            index = next((i for i, pair in enumerate(zip(before, after)) if pair[0] != pair[1]), -1)
                            faults.append((number, "changed", before[index : index + 2], after[index : index + 2], content, output))
    finally:
        origin_server.reset()
        assert gate.stop() == 0
    assert gated > len(pages) / 3
    assert not faults, f"{len(faults)} of {len(pages)}: " + "\n".join(map(str, faults[:8]))
