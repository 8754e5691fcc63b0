"""Many visitors and moody origin servers at random, with reloads in between: everybody gets their own bytes or an error.

Each target names its exchange, and says what the origin does in it. A response is made of the target, so is a request's
content: whatever is mixed up, lost or made up in between shows.
"""

import gzip
import os
import random
import signal
import threading
import time

import pytest

from conftest import RULES
from harness.client import Client
from harness.message import Closed
from harness.moods import FRAMINGS, MOODS, document, made, moody, paragraph, size_of, upload

SEED = int(os.environ.get("RANDOM_SEED", "1"))
SECONDS = float(os.environ.get("RANDOM_SECONDS", "4"))
PATIENT = RULES.replace("origin_first_byte: 1s", "origin_first_byte: 5s").replace("body: 2s", "body: 5s")


class Visitor(threading.Thread):
    """Sends requests in all manners and compares what comes."""

    def __init__(self, gate, number, until):
        super().__init__()
        self.gate, self.number, self.until = gate, number, until
        self.rng = random.Random(SEED * 1000 + number)
        self.count = self.whole = 0
        self.wrong = []

    def target(self):
        self.count += 1
        return f"/{self.number}-{self.count}/{self.rng.choice(FRAMINGS)}/{self.rng.choice(MOODS)}/{self.rng.randrange(10_000)}"

    def raw(self, target):
        method = self.rng.choice(["GET", "GET", "GET", "HEAD", "POST", "PUT"])
        fields = [b"Host: shop.test", b"X-Name: %d" % self.number]
        if "/document/" in target or "/gzip/" in target:
            fields += [b"Accept: text/html", b"Sec-Fetch-Dest: document", b"Accept-Encoding: gzip"]
        content = b""
        if method in ("POST", "PUT"):
            framing_fields, content = upload(target, self.rng)
            fields += framing_fields
        lines = [f"{method} {target} HTTP/1.1".encode(), *fields]
        return method, b"\r\n".join(lines) + b"\r\n\r\n" + content

    def run(self):
        while time.monotonic() < self.until:
            try:
                with Client(self.gate.port, timeout=8) as client:
                    self.visit(client)
            except TimeoutError:
                self.wrong.append(f"visitor {self.number}: no answer in time at {self.count}")
            except (OSError, Closed):
                pass

    def visit(self, client):
        while time.monotonic() < self.until:
            batch = [self.target() for _ in range(self.rng.choice([1, 1, 1, 2, 5]))]
            asked = [(target, *self.raw(target)) for target in batch]
            raw = b"".join(entry[2] for entry in asked)
            if self.rng.random() < 0.3:
                cut = self.rng.randrange(len(raw))
                client.send(raw[:cut])
                time.sleep(self.rng.random() * 0.003)
                if self.rng.random() < 0.1:
                    return
                raw = raw[cut:]
            client.send(raw)
            if self.rng.random() < 0.05:
                client.reset()
                return
            for target, method, _ in asked:
                seen = client.response(method)
                self.check(target, method, seen)
                if seen.one("connection") == b"close":
                    return

    def check(self, target, method, seen):
        _, _, framing, mood, _ = target.split("/")
        if seen.status in (502, 503) and b"<h1>" in seen.body + (b"<h1>" if method == "HEAD" else b""):
            # An origin that left in between, or just before, is as good a reason as a broken answer.
            return
        expected = {"204": 204, "304": 304}.get(framing, 200)
        self.whole += 1
        if framing in ("document", "gzip"):
            if method != "HEAD":
                self.check_document(target, seen)
            return
        body = b"" if method == "HEAD" else made(target, size_of(target))
        if framing == "until-close" and mood == "breaks-off":
            # There is no telling such an end from the right one.
            body = body[: len(seen.body)]
        if seen.status != expected or seen.body != body:
            self.wrong.append(f"{method} {target}: {seen.status}, {len(seen.body)} bytes, {seen.body[:60]!r}")

    def check_document(self, target, seen):
        """It may have a banner put in, and nothing else."""
        page = gzip.decompress(seen.body) if seen.one("content-encoding") == b"gzip" else seen.body
        count = document(target)[1]
        is_whole = page.count(b"<p>/") == page.count(paragraph(target)) == count and page.endswith(b"</html>")
        if not is_whole or b"/.crumbgate/" not in page:
            self.wrong.append(f"{target}: {len(page)} bytes, {page.count(paragraph(target))} of {count}, {page[-200:]!r}")


@pytest.mark.parametrize(
    "limits", ["", "workers: 1\nlimits: { origin_connections: 2, queue: 4 }\n"], ids=["roomy", "crowded"]
)
def test_everybody_gets_their_own_bytes(make_gate, make_origin, limits):
    origins = [make_origin(), make_origin()]
    wrong = []
    for origin in origins:
        origin.respond = moody(wrong)
    rules = [f"origin: http://127.0.0.1:{origin.port}\n{limits}{PATIENT}" for origin in origins]
    gate = make_gate(rules[0])
    until = time.monotonic() + SECONDS
    visitors = [Visitor(gate, number, until) for number in range(12)]
    for visitor in visitors:
        visitor.start()
    turn = 0
    while time.monotonic() < until:
        time.sleep(0.25)
        turn += 1
        gate.write_rules(rules[turn % 2])
        gate.signal(signal.SIGHUP)
    for visitor in visitors:
        visitor.join(20)
        wrong += visitor.wrong
    assert wrong == [], f"seed {SEED}: {len(wrong)} of {sum(visitor.count for visitor in visitors)}"
    assert all(origin.requests for origin in origins)
    assert sum(visitor.whole for visitor in visitors) > 200
