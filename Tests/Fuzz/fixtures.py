"""Writes the inputs that fixtures/ holds for each fuzz target, and a few more, into a folder.

    python3 Tests/Fuzz/fixtures.py FOLDER

`run.sh` calls it, so that a case added to the fixtures is a first input of the next run.
"""

import gzip
import os
import re
import sys
import zlib

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
FIXTURES = os.path.join(ROOT, "fixtures")


def read(*path):
    with open(os.path.join(FIXTURES, *path), "rb") as file:
        return file.read()


def files(folder, suffixes):
    for name in sorted(os.listdir(os.path.join(FIXTURES, folder))):
        if name.endswith(suffixes):
            yield read(folder, name)


def unescaped(text):
    """The bytes of a wire case's line: see fixtures/http/README.md."""
    def run(match):
        return unescaped(match[2]) * min(int(match[1]), 64)
    text = re.sub(rb"\{\{(\d+)\*(.*?)\}\}", run, text)
    codes = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}

    def octet(match):
        return bytes([int(match[2], 16)]) if match[2] else codes.get(match[1], match[1])
    return re.sub(rb"\\(x([0-9a-f]{2})|.)", octet, text, flags=re.S | re.I)


def wire(table):
    """The messages of a table of wire cases."""
    for case in read("http", table).split(b"\ncase: ")[1:]:
        yield b"".join(unescaped(line[2:]) for line in case.split(b"\n") if line.startswith(b"| "))


def rows(table):
    """The first fields of a table of cookies."""
    for line in read("cookies", table).split(b"\n"):
        if line and not line.startswith(b"#"):
            fields = line.split(b"\t")
            text = re.sub(rb"\{(\d+)\*(.)\}", lambda match: match[2] * min(int(match[1]), 300), fields[0])
            yield re.sub(rb"\\(x([0-9a-f]{2})|t)", lambda m: bytes([int(m[2], 16)]) if m[2] else b"\t", text,
                         flags=re.I), fields[1:]


def codings():
    """Content in each coding; the first octet is what the target chooses the coding by."""
    page = b"<!doctype html><title>Shop</title>" + b"<p>Hello, Hello, Hello!</p>" * 4
    member = gzip.compress(page, mtime=0)
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    for first, content in [
            (0, page), (1, member), (1, member + gzip.compress(b"more", mtime=0)), (1, member + b"\0\0\0"),
            (1, b"\x1f\x8b\x08\x1e\0\0\0\0\0\xff\x02\0ab" + b"name\0note\0" + member[10:]),
            (1, gzip.compress(bytes(3000), mtime=0)), (1, gzip.compress(b"", mtime=0)), (1, gzip.compress(page, 0, mtime=0)),
            (2, zlib.compress(page)), (2, raw.compress(page) + raw.flush()), (2, zlib.compress(page, 0)),
            (3, bytes.fromhex("0b058068656c6c6f20776f726c6403")), (3, bytes.fromhex("06")), (3, bytes.fromhex("3b")),
            (0, b"gzip;q=1.0, br, identity;q=0.5, *;q=0"), (0, b"x-gzip")]:
        yield bytes([first]) + content


def decisions():
    """Consent cookies in form, and decisions with changes to them."""
    yield b"1.8f00a3c1.20000.analytics~chat.q83vEjRWeJCrze8SNFZ4kA.HMyBq0ftsW_hhKqXnq6b5w"
    yield b"1.8f00a3c1.19990.-.-"
    yield b"1.8f00a3c1.20000.analytics~chat.q83vEjRWeJCrze8SNFZ4kA"
    yield b"1.8F00A3C1.2147483648.~a~~unknown.-"
    yield b"q83vEjRWeJCrze8SNFZ4kA"
    yield b"crumbgate"
    yield b"__Host-crumbgate"
    for first in (0, 1, 2, 3, 255):
        yield bytes([first]) + bytes(7) + b"\x06"
        yield bytes([first]) + b"\xff" * 8 + b"\0\x0a\x01"


def inputs():
    names = [row[0] for row in rows("name-patterns.tsv")]
    return {
        "request-head": [*wire("requests-accepted.txt"), *wire("requests-refused.txt")],
        "response-head": wire("responses.txt"),
        "chunked": wire("chunked.txt"),
        "cookie-string": [row[0] for row in rows("cookie-strings.tsv")],
        "set-cookie": [row[0] for table in ("set-cookie-lines.tsv", "set-cookie-rewrites.tsv") for row in rows(table)]
        + [b"a=b; Expires=" + row[0] for row in rows("dates.tsv")],
        "name-pattern": [
            b"\n".join([pattern, matching.split(b" ")[0]])
            for pattern, others in rows("name-patterns.tsv") for matching in others[:1]]
        + [b"\n".join(names[start:start + 12]) + b"\nabc" for start in range(0, len(names), 12)]
        + [row[0] + b"\na" for row in rows("name-pattern-errors.tsv")] + [b"_ga\n_ga*\n_*\n/_g.*/\n_ga_1"],
        "tokenizer": files("html", (".html", ".xhtml")),
        "rewriter": files("html", (".html", ".xhtml")),
        "gating": gated(),
        "rules": [*files("rules/valid", ".yaml"), *files("rules/broken", ".yaml")],
        "consent-cookie": decisions(),
        "content-decoder": codings(),
    }


def gated():
    """The inputs of fixtures/gating, their trackers named as the target's gate knows them."""
    text = read("gating", "elements.txt").replace(b"tracker.example", b"t.example")
    return [re.split(rb"\n(?:=>|==)\n", part.split(b"\n", 1)[1])[0] for part in text.split(b"## ")[1:]]


def main():
    for target, contents in inputs().items():
        folder = os.path.join(sys.argv[1], target)
        os.makedirs(folder, exist_ok=True)
        for number, content in enumerate(contents):
            if len(content) <= 16_384:
                with open(os.path.join(folder, f"fixture-{number:03}"), "wb") as file:
                    file.write(content)


if __name__ == "__main__":
    main()
