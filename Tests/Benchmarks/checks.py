"""Before a cell is measured, each peer shows that it does its work: nobody is timed doing nothing."""

import http1
import shop


class PeerFault(Exception):
    """A peer does not do what it is measured for."""


def check(peer, path, files):
    """Throws unless the peer answers this path rightly and, where it has jobs, does them."""
    with open(files + path, "rb") as file:
        original = file.read()
    response = http1.exchange(peer.server.port, peer.head(path))
    _require(peer, response.status == 200, f"{path} has status {response.status}")
    if not (peer.has_jobs and path == shop.DOCUMENT):
        _require(peer, response.body == original, f"{path} came out changed")
    if peer.has_jobs:
        _check_expiry(peer, response)
        _check_request(peer)
        if path == shop.DOCUMENT:
            _check_document(peer, original, response)


def _check_request(peer):
    """What the origin server saw: granted cookies only, and no full address."""
    head = peer.head("/echo")
    seen = dict(line.split(": ", 1) for line in http1.exchange(peer.server.port, head).body.decode().splitlines())
    _require(peer, seen["cookie"].split("; ") == shop.GRANTED_COOKIES, f"the origin saw the cookies {seen['cookie']}")
    _require(peer, seen["x-forwarded-for"] == "127.0.0.0", f"the origin saw the address {seen['x-forwarded-for']}")
    undecided = http1.exchange(peer.server.port, shop.request_head("/echo", "crumbgate=1.forged.1..AAAA"))
    _require(peer, b"_ga" not in undecided.body, "a forged consent cookie grants")


def _check_expiry(peer, response):
    """Withheld cookies are expired in the browser; refused Set-Cookie fields do not reach it."""
    lines = response.fields("set-cookie")
    for pair in shop.REFUSED_COOKIES:
        name, value = pair.split("=", 1)
        mine = [line for line in lines if line.startswith(name + "=")]
        _require(peer, mine and all("1970" in line or "Max-Age=0" in line for line in mine), f"{name} is not expired")
        _require(peer, not any(value in line for line in mine), f"{name} is set without consent")


def _check_document(peer, original, response):
    """Stylesheet, script and our element are in the document, at their places, and the rest is as it was."""
    body = response.body
    granted = shop.GRANTED_COOKIES[0]
    _require(peer, any(line.startswith(granted) for line in response.fields("set-cookie")), "a granted cookie is lost")
    head_end = body.index(b"</head>")
    for needle in (b"<script", b"stylesheet"):
        place = body.find(b"/.crumbgate/")
        _require(peer, 0 < place < head_end and needle in body[:head_end], "the document's head has nothing of ours")
    body_start = body.index(b'<body class="catalogue">')
    _require(peer, b'id="crumbgate' in body[body_start:], "the document's body has nothing of ours")
    rest = original[original.index(b"<header>"):]
    _require(peer, body.endswith(rest), "the document's own markup came out changed")
    undecided = http1.exchange(peer.server.port, shop.request_head(shop.DOCUMENT)).body
    _require(peer, b"crumbgate-reject" in undecided, "an undecided visitor sees no banner")


def _require(peer, condition, fault):
    if not condition:
        raise PeerFault(f"{peer.name}: {fault}")
