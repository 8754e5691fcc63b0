"""The operator's console in a browser: what it looks like, that everybody can use it, and that no name in it does anything."""

import base64
import datetime
import importlib.resources
import random
import socket
import sqlite3

import pytest

from harness.client import eventually, fetch
from harness.console import PASSWORD, command
from harness.process import Gate, free_port

AXE = (importlib.resources.files("axe_core_python") / "axe.min.js").read_text()
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
MEASURES = ("page_views", "visits", "visitors", "bounces", "entries", "exits", "conversions", "count")

#: Names as strangers make them up: each of them would run something if it were not escaped.
ATTACKS = [
    "<script>window.hacked=1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "'-window.hacked=1-'",
    "</title></svg><svg onload=window.hacked=1>",
    "javascript:window.hacked=1",
    "*",
    "{{{report}}}{{#health}}<b>x</b>{{/health}}",
    "&lt;img src=x onerror=window.hacked=1&gt;",
    "\u202egpj.exe",
]


def fill(path, attacks=()):
    """Eight weeks of a small shop, and strangers' names in every table that they can write to."""
    draw = random.Random(7)
    today = (datetime.date.today() - datetime.date(1970, 1, 1)).days
    store = sqlite3.connect(path)
    store.execute("INSERT INTO site (name) VALUES ('shop') ON CONFLICT DO NOTHING")
    site = store.execute("SELECT id FROM site WHERE name = 'shop'").fetchone()[0]

    def add(day, dimension, key, key2="", **figures):
        columns = ", ".join(MEASURES)
        values = [figures.get(measure) for measure in MEASURES]
        store.execute(
            f"INSERT OR REPLACE INTO cell (site, dimension, day, key, key2, {columns}) VALUES (?, ?, ?, ?, ?{', ?' * 8})",
            [site, dimension, day, key, key2, *values],
        )

    def spread(day, dimension, weights, of, measure="visits", other=True):
        for key, weight in weights.items():
            count = max(10, int(of * weight * draw.uniform(0.85, 1.15)))
            figures = {measure: count}
            if measure == "visits":
                figures |= {"visitors": int(count * 0.9)}
            if dimension == "page":
                figures |= {"visitors": int(count * 0.6)}
            if dimension == "entryPage":
                figures |= {"bounces": int(count * draw.uniform(0.2, 0.5))}
            if isinstance(key, tuple):
                add(day, dimension, *key, **figures)
            else:
                add(day, dimension, key, **figures)
        if other:
            add(day, dimension, "(other)", **{measure: max(10, int(of * 0.07))})

    for day in range(today - 56, today):
        weekday = (day + 3) % 7 + 1
        visits = int((420 if weekday < 6 else 610) * draw.uniform(0.88, 1.12) * (1 + (day - today + 56) / 220))
        views = int(visits * 3.4)
        store.execute(
            "INSERT OR REPLACE INTO release (site, day, epoch, mode, k) VALUES (?, ?, ?, 'threshold', 10)", [site, day, day]
        )
        add(
            day, "total", "", page_views=views * 2, visits=visits, visitors=int(visits * 0.92),
            bounces=int(visits * 0.34), conversions=int(visits * 0.031),
        )
        spread(
            day, "page",
            {"/": 0.3, "/shop/cups": 0.14, "/product/*": 0.3, "/cart": 0.09, "/checkout": 0.06, "/journal/first-firing": 0.05,
             "/journal/a-long-winter-with-the-big-kiln-and-what-came-out-of-it": 0.04, "/contact": 0.02,
             "/checkout/thank-you": 0.03, "/search": 0.04, "/account": 0.03, "/privacy": 0.02},
            views * 2, "page_views",
        )  # fmt: skip
        spread(day, "entryPage", {"/": 0.46, "/product/*": 0.3, "/shop/cups": 0.09, "/journal/first-firing": 0.07}, visits, "entries")
        spread(day, "exitPage", {"/": 0.3, "/product/*": 0.28, "/cart": 0.14, "/checkout/thank-you": 0.05}, visits, "exits")
        spread(
            day, "pagePair",
            {("/", "/product/*"): 0.34, ("/product/*", "/cart"): 0.22, ("/cart", "/checkout"): 0.15, ("/", "/shop/cups"): 0.2,
             ("/shop/cups", "/product/*"): 0.18, ("/checkout", "/checkout/thank-you"): 0.05, ("/product/*", "/"): 0.08},
            visits, "count", other=False,
        )  # fmt: skip
        spread(day, "source", {"(direct)": 0.38, "google.com": 0.3, "instagram.com": 0.1, "duckduckgo.com": 0.06, "chatgpt.com": 0.04}, visits)
        spread(day, "channel", {"direct": 0.38, "search": 0.37, "social": 0.12, "email": 0.05, "assistant": 0.04}, visits, other=False)
        spread(day, "campaign", {"newsletter · email · autumn": 0.05, "(unlisted)": 0.03}, visits)
        spread(day, "place", {"DE": 0.61, "AT": 0.14, "CH": 0.1, "FR": 0.05, "unknown": 0.04}, visits)
        spread(day, "browser", {"Chrome 141": 0.4, "Safari 26": 0.3, "Firefox 144": 0.12, "Edge 141": 0.08}, visits)
        spread(day, "operatingSystem", {"Android": 0.33, "iOS": 0.3, "Windows": 0.22, "macOS": 0.1}, visits)
        spread(day, "device", {"phone": 0.62, "desktop": 0.33, "tablet": 0.05}, visits, other=False)
        for hour in range(24):
            weight = max(0.15, 1 - abs(hour - (14 if weekday > 5 else 20)) / 9)
            count = int(visits * weight / 7)
            add(day, "hour", str(hour), page_views=count * 3, visits=count)
        add(day, "weekday", str(weekday), page_views=int(views), visits=visits)
        spread(day, "visitLength", {"0": 0.34, "1-10": 0.06, "11-30": 0.1, "31-60": 0.12, "61-180": 0.2, "181-600": 0.12, "601-1800": 0.05, "1801+": 0.02}, visits, other=False)
        spread(day, "pagesPerVisit", {"1": 0.34, "2": 0.2, "3": 0.15, "4-5": 0.15, "6-10": 0.1, "11-20": 0.04, "21+": 0.01}, visits, other=False)
        share = 0.46 + (day - today + 56) / 800
        for key, part in {"accepted": share, "refused": 0.82 - share, "partial": 0.11, "gpc": 0.04, "undecided": 0.5}.items():
            add(day, "consentOutcome", key, count=int(visits * part * draw.uniform(0.9, 1.1)))
        for language, part, rate in (("de", 0.6, share), ("en", 0.2, share - 0.08), ("fr", 0.1, 0.7)):
            for answer, of in (("agreed", rate), ("refused", 1 - rate)):
                add(day, "answerLanguage", language, answer, count=max(10, int(visits * 0.8 * part * of)))
        spread(day, "conversion", {"order": 0.022, "login": 0.04}, visits, "conversions", other=False)
        spread(day, "withheldCookie", {"_ga": 1.2, "_fbp": 0.8, "_gcl_au": 0.5, "_et_coid": 0.3}, visits, "count")
        spread(day, "unknownCookie", {"wp_woocommerce_session": 0.4, "mystery": 0.2, "x-ab:test": 0.1, "true": 0.05}, visits, "count")
        spread(day, "blockedHost", {"www.google-analytics.com": 2.0, "connect.facebook.net": 1.1, "www.youtube-nocookie.com": 0.3}, visits, "count")
        spread(day, "bot", {"Googlebot": 0.4, "bingbot": 0.2, "GPTBot": 0.15, "(bot)": 0.1}, visits, "count")
        spread(day, "botReason", {"names itself": 0.7, "speaks no HTTP of a browser": 0.1}, visits, "count", other=False)
        spread(day, "missingPage", {"/wp-login.php": 0.1, "/old-catalogue": 0.05}, visits, "count")
        spread(day, "download", {"/files/care.pdf": 0.03}, visits, "count", other=False)
        spread(day, "outbound", {"pay.example": 0.05}, visits, "count", other=False)
        spread(day, "search", {"mug": 0.06, "tea": 0.05}, visits, "count")
        for number, attack in enumerate(attacks):
            for dimension, measure in (
                ("page", "page_views"), ("entryPage", "entries"), ("exitPage", "exits"), ("source", "visits"),
                ("channel", "visits"), ("campaign", "visits"), ("place", "visits"), ("browser", "visits"),
                ("operatingSystem", "visits"), ("device", "visits"), ("conversion", "conversions"),
                ("consentOutcome", "count"), ("withheldCookie", "count"), ("unknownCookie", "count"),
                ("blockedHost", "count"), ("bot", "count"), ("botReason", "count"), ("missingPage", "count"),
                ("download", "count"), ("outbound", "count"), ("search", "count"), ("visitLength", "visits"),
            ):  # fmt: skip
                add(day, dimension, attack, **{measure: 90_000 + number})
            add(day, "pagePair", attack, attack, count=90_000 + number)
            for answer in ("agreed", "refused"):
                add(day, "answerLanguage", attack, answer, count=90_000 + number)
    store.commit()
    store.close()


class Desk:
    """An operator's browser at a console."""

    def __init__(self, browser, gate):
        self.browser, self.gate = browser, gate
        self.address = f"http://localhost:{gate.console_port}"

    def open(self, path="/"):
        self.browser.driver.get(self.address + path)

    def log_in(self, name="ada"):
        self.browser.begin(self.gate.port)
        self.open("/login")
        self.browser.fill("form", name=name, password=PASSWORD)
        self.browser.leave("form button")
        assert self.browser.driver.current_url == self.address + "/"

    def violations(self):
        self.browser.run(AXE)
        return self.browser.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] })"
            ".then(({ violations }) => done(violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' ; '))))"
        )

    def picture(self, path):
        """The whole page, however long."""
        shot = self.browser.command("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))


@pytest.fixture(scope="module")
def console_gate(tmp_path_factory, origin_server):
    port = free_port()
    gate = Gate(
        tmp_path_factory.mktemp("console"),
        f"origin: http://127.0.0.1:{origin_server.port}\nconsole: {{ listen: 127.0.0.1:{port} }}\n",
    )
    gate.console_port = port
    eventually(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
    for name, role in (("ada", "admin"), ("vera", "viewer")):
        assert command(gate, "add-user", name, "--role", role, password=PASSWORD).returncode == 0
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def desk(scripted_browser, console_gate):
    return Desk(scripted_browser, console_gate)


LOOKS = {"wide": (1280, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", LOOKS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures(desk, artefacts, size, scheme):
    fill(desk.gate.directory / "state" / "crumbgate.sqlite")
    for path in ["/"] * 20 + ["/<"] * 3:
        fetch(desk.gate.port, path)
    browser = desk.browser
    desk.log_in()
    browser.show(*LOOKS[size], is_dark=scheme == "dark")
    for name, path in (("page", "/?last=28d"), ("audit", "/audit")):
        desk.open(path)
        assert browser.run(OVERFLOW) == 0, name
        assert desk.violations() == [], name
        desk.picture(artefacts / f"console-{name}-{size}-{scheme}.png")
    assert browser.errors() == []
    browser.begin(desk.gate.port)
    browser.show(*LOOKS[size], is_dark=scheme == "dark")
    desk.open("/login")
    assert desk.violations() == []
    desk.picture(artefacts / f"console-login-{size}-{scheme}.png")


def test_print(desk, artefacts):
    fill(desk.gate.directory / "state" / "crumbgate.sqlite")
    desk.log_in()
    desk.open("/?last=28d")
    pdf = desk.browser.command("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
    (artefacts / "console-page.pdf").write_bytes(base64.b64decode(pdf["data"]))
    desk.browser.command("Emulation.setEmulatedMedia", media="print")
    desk.picture(artefacts / "console-page-print.png")
    shown = desk.browser.run(
        "return ['.top', '.days', '.lengths', '.exports'].filter((s) => document.querySelector(s)?.offsetParent)"
    )
    desk.browser.command("Emulation.setEmulatedMedia", media="")
    assert shown == []


def test_it_reflows_when_magnified(desk):
    """WCAG 2.2, 1.4.10: 1280 by 1024 pixels at 400 %."""
    desk.log_in()
    desk.browser.show(320, 256)
    for path in ("/?last=28d", "/audit", "/nothing"):
        desk.open(path)
        assert desk.browser.run(OVERFLOW) == 0, path


def test_another_length_and_other_days(desk):
    desk.log_in()
    desk.browser.show(1280, 900)
    desk.browser.leave(".lengths a:nth-child(2)")
    assert desk.browser.text(".lengths [aria-current]") == "28 days"
    today = datetime.date.today()
    first = today - datetime.timedelta(days=9)
    desk.browser.run(f"document.querySelector('[name=from]').value = '{first}'")
    desk.browser.leave(".days button")
    assert f"from={first}" in desk.browser.driver.current_url and not desk.browser.has("[role=alert]")
    desk.open(f"/?site=shop&from={today}&to={first}")
    assert "ends" in desk.browser.text("[role=alert]")


def test_a_viewer_has_no_exports_and_no_log(desk):
    desk.log_in("vera")
    assert not desk.browser.has(".exports") and "Audit log" not in desk.browser.text(".top")
    desk.open("/audit")
    assert "admin" in desk.browser.text("main")


def test_it_needs_no_script(plain_browser, console_gate):
    desk = Desk(plain_browser, console_gate)
    desk.log_in()
    assert desk.browser.has(".figures") or "No released figures" in desk.browser.text("main")
    assert "<script" not in desk.browser.driver.page_source
    desk.browser.leave(".top button")
    assert desk.browser.driver.current_url.endswith("/login")


def test_names_that_strangers_made_up_do_nothing(desk):
    """Stored cross-site scripting, through every table that visitors, bots and third parties write to."""
    fill(desk.gate.directory / "state" / "crumbgate.sqlite", ATTACKS)
    desk.log_in()
    for path in ("/?last=28d", "/?last=7d", "/?site=%3Cscript%3E&from=%3Cimg%20src=x%20onerror=window.hacked=1%3E"):
        desk.open(path)
        browser = desk.browser
        browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        assert browser.run("return window.hacked") is None
        assert browser.run("return document.querySelectorAll('main script, main img, [onload], [onerror]').length") == 0
        assert browser.run("return document.querySelectorAll('main a[href^=\"javascript:\"]').length") == 0
        # Not even the policy had anything to stop; days that are none are refused.
        assert [error for error in browser.errors() if "400 (Bad Request)" not in error] == []
    desk.open("/?last=28d")
    text = desk.browser.run("return document.querySelector('main').textContent")
    assert "<script>window.hacked=1</script>" in text and "{{{report}}}" in text
    assert "\u202e" not in text
    # A cookie of that name must not become a rule for all of them.
    assert '- "*"' not in text and "would mean other cookies too" in text
