"""Access logs through the gate: `crumbgate import`."""

import gzip
import json
import subprocess

import pytest

from harness.client import Client
from harness.origin import response
from harness.process import binary
from test_measurement import NAVIGATE, measuring_gate, report, visitor

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
RULES = """origin: http://127.0.0.1:9
hosts: [shop.example]
state_directory: {state}
measurement: {{ profile: {profile}, threshold: 5 }}
"""


def line(visitor, path, day=4, hour=10, minute=0, status=200, agent=FIREFOX):
    time = f"{day:02}/Oct/2025:{hour:02}:{minute:02}:00 +0000"
    return f'203.0.113.{visitor} - - [{time}] "GET {path} HTTP/1.1" {status} 99 "https://www.google.com/" "{agent}"\n'


@pytest.fixture
def shop(tmp_path):
    """Runs a command of the program with the rules of a site that is measured as said."""

    def run(*arguments, profile="exempt", rules=None):
        path = tmp_path / "shop.yaml"
        path.write_text(rules or RULES.format(state=tmp_path / "state", profile=profile))
        command = [binary("crumbgate", "CRUMBGATE_BIN"), arguments[0], "--rules", path, *arguments[1:]]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    return run


def figures(shop, part):
    ended = shop("report", "--from", "2025-10-01", "--to", "2025-10-31", "--format", "json", "--only", part)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)["reports"][0]


def rows(shop, part):
    return json.dumps(figures(shop, part))


def test_logs_are_counted_oldest_first_gzip_too(shop, tmp_path):
    new, old = tmp_path / "access.log", tmp_path / "access.log.2.gz"
    new.write_text("".join(line(visitor, "/tea", day=5) for visitor in range(1, 9)))
    old.write_bytes(gzip.compress("".join(line(visitor, "/pots", day=4) for visitor in range(1, 8)).encode()))
    ended = shop("import", new, old)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "15 lines, 15 page views on 2 days", "counted: 2025-10-04 to 2025-10-05, site shop.example",
    ]  # fmt: skip
    pages = rows(shop, "pages")
    assert '"/tea"' in pages and '"/pots"' in pages
    assert "203.0.113" not in (tmp_path / "state/crumbgate.sqlite").read_bytes().decode("latin-1")


def test_a_day_is_counted_once(shop, tmp_path):
    log = tmp_path / "access.log"
    log.write_text("".join(line(visitor, "/tea") for visitor in range(1, 9)))
    assert shop("import", log).returncode == 0
    before = rows(shop, "pages")
    again = shop("import", log)
    assert again.returncode == 0
    assert "8 lines left out: there are figures of 2025-10-04" in again.stdout
    assert rows(shop, "pages") == before


def test_what_few_did_is_not_released(shop, tmp_path):
    log = tmp_path / "access.log"
    lines = [line(visitor, "/tea") for visitor in range(1, 9)] + [line(visitor, "/secret") for visitor in range(1, 5)]
    log.write_text("".join(lines))
    assert shop("import", log).returncode == 0
    assert "/secret" not in rows(shop, "pages")


def test_without_anybodys_consent_only_page_views_are_counted(shop, tmp_path):
    log = tmp_path / "access.log"
    # Networks are what such counts are gated by.
    log.write_text("".join(line(1, "/tea").replace("203.0.113.1 ", f"203.0.{net}.1 ") for net in range(20)))
    ended = shop("import", log, profile="consent")
    assert ended.returncode == 0 and "--profile exempt" in ended.stdout
    assert '"/tea"' in rows(shop, "pages")
    assert "Firefox" not in rows(shop, "browsers")
    log.write_text("".join(line(visitor, "/tea", day=6) for visitor in range(1, 9)))
    assert shop("import", log, "--profile", "exempt", profile="consent").returncode == 0
    assert "Firefox" in rows(shop, "browsers")


def test_lines_of_any_kind_are_said_and_not_counted(shop, tmp_path):
    log = tmp_path / "access.log"
    log.write_bytes(b"nonsense\n\xff\xfe\x00\n\n{}\n" + b"x" * 300_000 + b"\n" + line(1, "/tea").encode()[:-1])
    ended = shop("import", log)
    assert ended.returncode == 0 and ended.stdout.startswith("5 lines, 1 page views")
    assert "4 lines are in no known format" in ended.stdout


@pytest.mark.parametrize(
    "arguments, rules, words",
    [
        (["/nowhere.log"], None, "/nowhere.log: there is no such file"),
        ([], None, "Missing expected argument"),
        (["--site", "other", "/dev/null"], None, "There is no site 'other'; there is: shop.example"),
        (["/dev/null"], "origin: http://127.0.0.1:9\nstate_directory: {state}\nmeasurement: {{ profile: off }}\n", "is not measured"),
    ],
)
def test_what_cannot_be_done_is_said(shop, tmp_path, arguments, rules, words):
    ended = shop("import", *arguments, rules=rules and rules.format(state=tmp_path / "state"))
    assert ended.returncode != 0 and words in ended.stderr


@pytest.mark.parametrize("damage", [b"", b"\0" * 200, b"\xff" * 200])
def test_a_damaged_archive_is_said(shop, tmp_path, damage):
    log = tmp_path / "access.log.gz"
    log.write_bytes(gzip.compress(b"".join(line(n % 200, "/tea").encode() for n in range(2000)))[:900] + damage)
    ended = shop("import", log)
    assert ended.returncode != 0 and "access.log.gz: the compressed data is damaged" in ended.stderr


def test_the_proxy_and_its_access_log_count_alike(make_gate, make_origin, shop, tmp_path):
    """The same requests, through the proxy and as a log of them: what a log can know is the same in both reports."""
    origin = make_origin()
    answers = {"/gone": "404 Not Found", "/sale": "410 Gone", "/old": "301 Moved Permanently", "/broken": "500 Oops"}

    def respond(peer, request):
        peer.request_body(request)
        path = request.target.split("?")[0]
        kind = "application/pdf" if path.endswith(".pdf") else "image/png" if path.endswith(".png") else "text/html"
        fields = [f"Content-Type: {kind}", *(["Location: /tea"] if path == "/old" else [])]
        status = "303 See Other" if request.method == "POST" else answers.get(path, "200 OK")
        peer.send(response("<!doctype html><title>x</title>", fields, status))

    # Making the consent cookie was a visit: the day begins anew, with another proxy.
    first = measuring_gate(make_gate, make_origin, "profile: exempt, ", workers=1)
    rules = first.rules_path.read_text().replace(str(first.origin.port), str(origin.port)).split("\n", 2)[2]
    gate = make_gate(rules)
    origin.respond = respond
    bot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    lines = []

    def ask(number, path, agent=FIREFOX, method="GET", referrer="", fields=NAVIGATE):
        address = visitor(number).split(": ")[1]
        with Client(gate.port) as client:
            sent = [f"X-Forwarded-For: {address}", f"User-Agent: {agent}", *fields, *([f"Referer: {referrer}"] if referrer else [])]
            status = client.request(path, sent, method).status
        lines.append(
            f'{address} - - [04/Oct/2025:12:00:{len(lines) * 50 // 1000:02} +0000] "{method} {path} HTTP/1.1" {status} 9 "{referrer or "-"}" "{agent}"\n'
        )

    for number in range(14):
        referrer = ("https://www.google.com/", "https://blog.example/post", "")[number % 3]
        ask(number, "/", referrer=referrer)
        ask(number, "/tea?utm_source=x", referrer="http://shop.test/")
        ask(number, "/catalogue/sizes.pdf")
        ask(number, "/logo.png", fields=["Accept: image/*", "Sec-Fetch-Dest: image"])
        ask(number, "/missing.png", fields=["Accept: image/*", "Sec-Fetch-Dest: image"])
        for path in ("/gone", "/sale", "/old", "/broken"):
            ask(number, path)
        ask(number, "/basket", method="POST")
        ask(number, "/checkout/thank-you" if number < 12 and number % 2 else "/pots")
        ask(number + 100, "/", agent=bot)
        ask(number + 100, "/gone", agent=bot)
    through_proxy = report(gate)
    log = tmp_path / "access.log"
    log.write_text("".join(lines))
    ended = shop("import", log, rules=f"state_directory: {tmp_path}/state\n{rules}")
    assert ended.returncode == 0, ended.stderr
    told = shop(
        "report", "--from", "2025-10-01", "--to", "2025-10-31", "--format", "json", "--only",
        "summary,pages,entries,exits,paths,sources,channels,campaigns,browsers,systems,devices,depths,conversions,bots,reasons,missing,downloads",
        rules=f"state_directory: {tmp_path}/state\n{rules}",
    )  # fmt: skip
    imported = json.loads(told.stdout)["reports"][0]
    assert imported["missing"] and imported["downloads"] and imported["bots"] and imported["paths"]
    for part in imported:
        if part not in ("site", "from", "to", "gate", "notes", "today"):
            assert imported[part] == through_proxy[part], part
