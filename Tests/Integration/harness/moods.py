"""Origins with moods, and responses that are made of what was asked: whatever is mixed up on the way shows."""

import gzip
import hashlib
import random
import time

from .origin import chunk, head, response

FRAMINGS = ["counted", "chunked", "until-close", "empty", "204", "304", "long", "document", "gzip"]
MOODS = ["well", "well", "well", "interim", "closes", "says-close", "stray", "early", "breaks-off", "resets", "dribbles"]


def made(target, size):
    """Bytes that only this target has."""
    block = hashlib.sha256(target.encode()).hexdigest().encode()
    return (block * (size // len(block) + 1))[:size]


def size_of(target):
    _, _, framing, _, number = target.split("/")
    if framing in ("empty", "204", "304"):
        return 0
    return 300_000 + int(number) % 50_000 if framing == "long" else int(number) * 7919 % 20_000


def document(target):
    """A page of nothing but its target, so often."""
    count = size_of(target) // 20 + 1
    return b"<!doctype html><html><head><title>x</title></head><body>" + paragraph(target) * count + b"</body></html>", count


def paragraph(target):
    return b"<p>%b</p>\n" % target.encode()


def pieces(body, rng):
    offset = 0
    while offset < len(body):
        size = rng.choice([1, 17, 1000, 65_536])
        yield body[offset : offset + size]
        offset += size


def upload(target, rng):
    """A request's content, made of its target: the fields that frame it, and the bytes that are sent."""
    body = made(target, rng.choice([0, 1, 500, 40_000]))
    if rng.random() < 0.5:
        return [b"Content-Length: %d" % len(body)], body
    return [b"Transfer-Encoding: chunked"], b"".join(map(chunk, pieces(body, rng))) + b"0\r\n\r\n"


def framed(target, method, rng):
    """The response's bytes, and whether only the connection's end ends it."""
    _, _, framing, mood, _ = target.split("/")
    body = made(target, size_of(target))
    fields = ["Content-Type: application/octet-stream"]
    if framing in ("document", "gzip"):
        body = document(target)[0]
        fields = ["Content-Type: text/html; charset=utf-8"]
        if framing == "gzip":
            body = gzip.compress(body)
            fields.append("Content-Encoding: gzip")
    if mood == "says-close":
        fields.append("Connection: close")
    if framing in ("204", "304"):
        return head({"204": "204 No Content", "304": "304 Not Modified"}[framing], fields), False
    if framing == "chunked" or framing in ("document", "gzip") and rng.random() < 0.5:
        start = head(fields=[*fields, "Transfer-Encoding: chunked"])
        rest = b"".join(map(chunk, pieces(body, rng))) + b"0\r\n" + rng.choice([b"", b"X-Sum: 1\r\n"]) + b"\r\n"
    elif framing == "until-close":
        start, rest = head(fields=fields), body
    else:
        start, rest = head(fields=[*fields, f"Content-Length: {len(body)}"]), body
    return start + (b"" if method == "HEAD" else rest), framing == "until-close" and method != "HEAD"


def moody(wrong):
    def respond(peer, seen):
        rng = random.Random(seen.target)
        try:
            _, _, framing, mood, _ = seen.target.split("/")
            raw, ends = framed(seen.target, seen.method, rng)
        except ValueError:
            wrong.append(f"nobody asked for {seen.start!r}")
            peer.close()
            return
        if mood == "early" and seen.all("content-length"):
            peer.send(raw)
            peer.close()
            return
        content = peer.request_body(seen)
        if content and content != made(seen.target, len(content)):
            wrong.append(f"{seen.target}: other content, {content[:80]!r}")
        if mood == "interim":
            peer.send(head("103 Early Hints", ["X-Interim: yes"]) * rng.randint(1, 3))
        if mood == "resets" or mood == "breaks-off":
            peer.send(raw[: rng.randrange(len(raw))])
            peer.reset() if mood == "resets" else peer.close()
            return
        if mood == "dribbles" and len(raw) < 2000:
            for piece in pieces(raw, rng):
                peer.send(piece)
                time.sleep(0.0005)
        elif mood == "stray" and not ends and len(raw) < 30_000:
            peer.send(raw + response("injected"))
        else:
            peer.send(raw)
        if ends or mood in ("closes", "says-close"):
            peer.close()

    return respond
