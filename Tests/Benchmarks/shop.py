"""What the origin server serves, and what the browser asks for."""

import base64
import hashlib
import hmac
import os
import random
import time

HOST = "www.shop.example"

# Path and size of each kind of response.
PATHS = {"1 KB": "/stock.json", "30 KB HTML": "/page.html", "100 KB": "/theme.js", "10 MB": "/manual.bin"}
SIZES = {"/stock.json": 1024, "/page.html": 30 * 1024, "/theme.js": 100 * 1024, "/manual.bin": 10 * 1024 * 1024}
DOCUMENT = "/page.html"

GRANTED_COOKIES = ["shop_session=9f2c41d07b6e4a5c8d13", "cart=3.17b41c.2", "csrf_token=c1f8e0a94b7d4d52"]
REFUSED_COOKIES = ["_ga=GA1.1.1804301734.1730000000", "_ga_K7TQ2X9M4P=GS1.1.1730000000.4.1.1730000310.0.0.0",
                   "_fbp=fb.1.1730000000000.1098115397"]


def write_files(directory):
    """Writes the origin's files; the same bytes in every run."""
    source = random.Random(20260101)
    os.makedirs(directory, exist_ok=True)
    for path, size in SIZES.items():
        content = _document(size) if path == DOCUMENT else source.randbytes(size // 2).hex().encode()
        assert len(content) == size
        with open(directory + path, "wb") as file:
            file.write(content)


def _document(size):
    head = b"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tea and teapots - the shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/theme.css">
<script src="/theme.js" defer></script>
<script>window.shop = {currency: "EUR", markup: "<body class='not this one'>"};</script>
</head>
<body class="catalogue">
<header><a href="/">The shop</a><nav><a href="/tea">Tea</a> <a href="/pots">Pots</a></nav></header>
<main><h1>Tea and teapots</h1><ul class="products">
"""
    tail = b"</ul></main>\n<footer>Prices include VAT.</footer>\n</body>\n</html>\n"
    body = b""
    for number in range(10_000):
        product = (
            f'<li class="product" id="product-{number}"><a href="/product/{number}"><img src="/images/{number}.webp" '
            f'alt="Teapot {number}" width="320" height="240" loading="lazy"></a><h2>Teapot No. {number}</h2>'
            f'<p class="price">{number % 90 + 9}.90 EUR</p><form method="post" action="/cart"><button name="add" '
            f'value="{number}">Add to cart</button></form></li>\n').encode()
        if len(head) + len(body) + len(product) + len(tail) + 9 > size:
            break
        body += product
    padding = size - len(head) - len(body) - len(tail)
    return head + body + b"<!--" + b"." * (padding - 7) + b"-->" + tail


def request_head(path, consent=None, cookies=True):
    """A browser's request head, as bytes."""
    navigates = path == DOCUMENT
    lines = [
        f"GET {path} HTTP/1.1", f"Host: {HOST}",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
        "Accept: " + ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" if navigates else "*/*"),
        "Accept-Language: en-GB,en;q=0.7,de;q=0.3", "Accept-Encoding: gzip, deflate, br",
        "Referer: https://www.shop.example/tea",
        "Sec-Fetch-Dest: " + ("document" if navigates else "empty"),
        "Sec-Fetch-Mode: " + ("navigate" if navigates else "cors"), "Sec-Fetch-Site: same-origin",
    ]
    if cookies:
        pairs = [pair for both in zip(GRANTED_COOKIES, REFUSED_COOKIES) for pair in both]
        lines.append("Cookie: " + "; ".join(pairs + ([consent] if consent else [])))
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def lua_consent(secret):
    """The consent cookie of peers/lua/jobs.lua, "1.REVISION.DAY.CATEGORIES.MAC": everything optional refused."""
    signed = f"1.4be00d6a.{int(time.time() // 86400)}."
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()[:16]
    return f"crumbgate={signed}.{base64.b64encode(mac).decode()}"
