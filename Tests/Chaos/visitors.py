"""Visitors who know what only they can be answered."""

import gzip
import random
import threading
import time
import zlib

from harness.client import Browser, Client
from harness.message import Closed
from harness.moods import FRAMINGS, MOODS, document, made, paragraph, size_of, upload

#: Half of what is asked goes well on the shop's side.
USUAL = [*MOODS, *["well"] * 8]


def visit(port, count, seed, done, asked, results):
    """A process of visitors, until it is told to end; what they met goes into `results`."""
    visitors = [Visitor(port, seed * 1000 + number, done) for number in range(count)]
    for visitor in visitors:
        visitor.start()
    while any(visitor.is_alive() for visitor in visitors):
        asked.value = sum(visitor.count for visitor in visitors)
        time.sleep(0.1)
    results.put(
        {
            "requests": sum(visitor.count for visitor in visitors),
            "whole": sum(visitor.whole for visitor in visitors),
            "decisions": sum(visitor.decisions for visitor in visitors),
            "failures": [failure for visitor in visitors for failure in visitor.failures],
            "wrong": [text for visitor in visitors for text in visitor.wrong],
        }
    )


class Visitor(threading.Thread):
    """One request after another, now and then on a new connection."""

    def __init__(self, port, number, done):
        super().__init__(daemon=True)
        self.port, self.number, self.done = port, number, done
        self.rng = random.Random(number)
        self.client = None
        self.count = self.whole = self.decisions = 0
        #: Begin, end, method, mood, framing, kind.
        self.failures, self.wrong = [], []

    def run(self):
        while not self.done.is_set():
            if self.rng.random() < 0.01:
                self.decide()
            else:
                self.ask()
        self.hang_up()

    def hang_up(self):
        if self.client:
            self.client.close()
            self.client = None

    def request(self):
        framing, mood = self.rng.choice(FRAMINGS), self.rng.choice(USUAL)
        target = f"/{self.number}-{self.count}/{framing}/{mood}/{self.rng.randrange(10_000)}"
        method = self.rng.choice(["GET", "GET", "GET", "GET", "HEAD", "POST", "PUT"])
        fields = [b"Host: shop.test", b"Cookie: sid=%d; _ga=%d" % (self.number, self.number)]
        if framing in ("document", "gzip"):
            fields += [b"Accept: text/html", b"Sec-Fetch-Dest: document", b"Accept-Encoding: gzip"]
        content = b""
        if method in ("POST", "PUT"):
            framing_fields, content = upload(target, self.rng)
            fields += framing_fields
        return target, method, b"\r\n".join([f"{method} {target} HTTP/1.1".encode(), *fields]) + b"\r\n\r\n" + content

    def ask(self):
        self.count += 1
        target, method, raw = self.request()
        _, _, framing, mood, _ = target.split("/")
        began, is_kept = time.monotonic(), self.client is not None
        kind = None
        try:
            if self.client is None:
                self.client = Client(self.port, timeout=15)
            self.client.received.clear()
            self.client.send(raw)
            seen = self.client.response(method)
            kind = self.judge(target, method, seen)
            if seen.one("connection") == b"close":
                self.hang_up()
        except TimeoutError:
            kind = "no answer"
        except ConnectionRefusedError:
            kind = "refused"
        except (OSError, Closed) as error:
            kind = self.cut(target, method, error, is_kept)
        if kind:
            self.failures.append((began, time.monotonic(), method, mood, framing, kind))
            self.hang_up()
            if kind == "refused":
                time.sleep(0.05)
        elif self.rng.random() < 0.02:
            self.hang_up()

    def judge(self, target, method, seen):
        """None for what was asked for, else the kind of failure; notes wrong bytes."""
        _, _, framing, mood, _ = target.split("/")
        if seen.status in (502, 503, 504, 408) and (b"<h1>" in seen.body or method == "HEAD"):
            return str(seen.status)
        expected = {"204": 204, "304": 304}.get(framing, 200)
        body = b"" if method == "HEAD" else made(target, size_of(target))
        if framing in ("document", "gzip"):
            if seen.status != 200 or method != "HEAD" and not is_own_page(target, seen):
                self.note(target, method, seen)
        elif framing == "until-close" and mood == "breaks-off":
            if not body.startswith(seen.body):
                self.note(target, method, seen)
        elif (seen.status, seen.body) != (expected, body):
            if framing == "until-close" and seen.status == 200 and body.startswith(seen.body):
                # There is no telling such an end from the right one.
                return "short"
            self.note(target, method, seen)
        self.whole += 1
        return None

    def cut(self, target, method, error, is_kept):
        """What came before the end must be the visitor's own, too."""
        _, _, framing, _, _ = target.split("/")
        received = bytes(self.client.received) if self.client else b""
        if not received:
            return "ended while idle" if is_kept else "ended"
        head, _, body = received.partition(b"\r\n\r\n")
        if method != "HEAD" and head.startswith(b"HTTP/1.1 200") and b"chunked" not in head.lower():
            whole = made(target, size_of(target))
            if framing not in ("document", "gzip") and not whole.startswith(body):
                self.wrong.append(f"{method} {target}: cut, but not its own: {body[:80]!r}")
        return "cut"

    def note(self, target, method, seen):
        self.wrong.append(f"{method} {target}: {seen.start!r}, {len(seen.body)} bytes, {seen.body[:80]!r}")

    def decide(self):
        """Rejects or accepts, with proof of it on disk before the answer."""
        self.count += 1
        began, kind = time.monotonic(), None
        try:
            # Networks of their own: decisions of one are limited.
            network = f"198.{self.rng.randrange(256)}.{self.rng.randrange(256)}"
            browser = Browser(self.port, fields=[f"X-Forwarded-For: {network}.1"])
            page = browser.get(f"/{self.number}-{self.count}/document/well/1")
            if page.status != 200:
                kind = str(page.status)
            else:
                form = browser.form(page, "/.crumbgate/consent")
                button = self.rng.choice(["crumbgate-accept", "crumbgate-reject"])
                seen = browser.submit(form, button=button, follow=False)
                is_known = "crumbgate" in " ".join(browser.jar.names)
                if seen.status != 303 or not is_known:
                    kind = str(seen.status)
                    if is_known:
                        self.wrong.append(f"a decision that was answered with {seen.status} is acknowledged")
            if browser.client:
                browser.client.close()
        except TimeoutError:
            kind = "no answer"
        except (OSError, Closed):
            kind = "ended"
        if kind:
            self.failures.append((began, time.monotonic(), "DECISION", "well", "document", kind))
        else:
            self.whole += 1
            self.decisions += 1


def is_own_page(target, seen):
    """It may have a banner put in, and nothing else."""
    try:
        page = gzip.decompress(seen.body) if seen.one("content-encoding") == b"gzip" else seen.body
    except (OSError, EOFError, zlib.error):
        return False
    count = document(target)[1]
    is_whole = page.count(b"<p>/") == page.count(paragraph(target)) == count and page.endswith(b"</html>")
    return is_whole and b"/.crumbgate/" in page
