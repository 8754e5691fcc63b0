"""Counts: so many page views by so many visitors, as the report shows them after a clean stop (measurement.md)."""

import csv
import io
import json
import signal
import threading
import time

import pytest

from conftest import RULES
from harness.client import DOCUMENT, Client, eventually, fetch
from harness.consent import decided_cookie
from harness.origin import page, response
from harness.process import Gate

PAGE = page("<!doctype html><html lang=en><head><title>x</title></head><body>x</body></html>")
NAVIGATE = [*DOCUMENT, "Sec-Fetch-Mode: navigate"]
#: Real browsers that are told apart by their address in tests of many visitors.
WEST, EAST = "Etc/GMT+12", "Pacific/Kiritimati"
AGENT = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def measuring_gate(make_gate, make_origin, more="", trusted="127.0.0.1", workers="auto"):
    """A gate that believes X-Forwarded-For, so that one machine can play many visitors."""
    origin = make_origin()
    origin.answer(PAGE)
    measurement = f"measurement: {{ threshold: 10, {more}search: [q], time_zone: {WEST}, goals: [{{ name: order, page: /checkout/thank-you }}] }}"
    gate = make_gate(
        f"""origin: http://127.0.0.1:{origin.port}
trusted_proxies: [{trusted}]
workers: {workers}
{RULES.replace("measurement: { threshold: 1 }", measurement)}"""
    )
    gate.origin = origin
    gate.cookie = decided_cookie(gate, origin, "crumbgate-accept")
    origin.answer(PAGE)
    return gate


@pytest.fixture
def measured(make_gate, make_origin):
    return measuring_gate(make_gate, make_origin)


def visitor(number):
    """Every visitor in a network of their own: what has no visitor key is gated by networks."""
    return f"X-Forwarded-For: 203.{number // 250}.{number % 250}.7"


def visit(gate, number, paths, cookie=True, agent=AGENT, fields=()):
    with Client(gate.port) as client:
        for path in paths:
            path, *more = path if isinstance(path, tuple) else (path,)
            lines = [visitor(number), agent, *NAVIGATE, *fields, *more]
            if cookie:
                lines.append(gate.cookie)
            assert client.request(path, lines).status == 200


def figures(gate, *arguments):
    """The report as JSON."""
    ended = gate.run("report", "--rules", gate.rules_path, "--format", "json", *arguments)
    assert ended.returncode == 0, ended.stderr.decode()
    return json.loads(ended.stdout)["reports"][0]


def report(gate):
    """The report of the day that was counted, exact, after the proxy has ended and the day is over.

    A day is over earlier further east: restarted with a time zone 26 hours ahead, the proxy takes up the open window
    and releases it at once.
    """
    if gate.child.poll() is None:
        assert gate.stop() == 0
    gate.rules_path.write_text(gate.rules_path.read_text().replace(WEST, EAST))
    later = Gate(gate.directory, gate.rules_path.read_text().split("\n", 2)[2], gate.port)
    try:
        return eventually(lambda: (seen := figures(later))["gate"]["releasedDays"] and seen, timeout=10)
    finally:
        assert later.stop() == 0


def row(table, name):
    return next((entry for entry in table if entry["name"] == name), None)


def test_page_views_visits_and_visitors_are_exact(measured):
    """20 visitors, 3 pages each; the decision that made the cookie was one more page view, without consent."""
    for number in range(20):
        visit(measured, number, ["/", "/shop/cups", "/product/mug"])
    seen = report(measured)
    assert seen["summary"]["visits"] == 20 and seen["summary"]["dailyVisitors"] == 20
    assert 60 <= seen["summary"]["pageViews"] <= 62
    for path in ("/shop/cups", "/product/mug"):
        assert row(seen["pages"], path)["pageViews"] == 20
    assert row(seen["entries"], "/")["entries"] == 20
    assert row(seen["exits"], "/product/mug")["exits"] == 20


def test_the_open_day_is_shown_in_tens(measured):
    """15 is about 20, and 14 about 10: so neither one too few nor one too many would pass."""
    for number in range(15):
        visit(measured, number, ["/fifteen"] + (["/fourteen"] if number < 14 else []))
    assert measured.stop() == 0
    seen = figures(measured)
    assert seen["gate"]["releasedDays"] == 0 and seen["today"]["roundedTo"] == 10
    assert row(seen["today"]["pages"], "/fifteen")["pageViews"] == 20
    assert row(seen["today"]["pages"], "/fourteen")["pageViews"] == 10


def test_a_rush_is_counted(measured):
    """60,000 withheld cookies as fast as they go are many times what can wait for the counting thread (256 KiB)."""
    cookies = "Cookie: " + "; ".join(f"_ga_{number}=1" for number in range(60))
    for number in range(20):
        visit(measured, number, ["/", ("/rush", cookies)] * 50, cookie=False)
    assert sum(entry["count"] for entry in report(measured)["cookies"]) >= 60_000 * 0.95


def test_pages_few_visitors_saw_are_not_shown(measured):
    for number in range(20):
        visit(measured, number, ["/", "/popular"] + (["/secret"] if number < 9 else []))
    text = json.dumps(report(measured))
    assert "/popular" in text and "/secret" not in text


def test_visitors_without_consent_only_add_to_the_totals(measured):
    for number in range(15):
        visit(measured, number, ["/"], cookie=False)
    seen = report(measured)
    assert not seen["summary"].get("dailyVisitors")
    assert not seen["summary"].get("visits")


def test_what_is_not_a_page_view(measured):
    for number in range(12):
        visit(measured, number, ["/real"])
        with Client(measured.port) as client:
            common = [visitor(number), AGENT, measured.cookie]
            client.request("/prefetched", [*common, *NAVIGATE, "Sec-Purpose: prefetch;prerender"])
            client.request("/fetched", [*common, "Accept: */*", "Sec-Fetch-Dest: empty"])
            client.request("/posted", [*common, *NAVIGATE], "POST", b"x")
            client.request("/headed", [*common, *NAVIGATE], "HEAD")
    measured.origin.answer(page("<p>gone", status="404 Not Found"))
    with Client(measured.port) as client:
        for number in range(12):
            client.request("/missing", [visitor(number), AGENT, measured.cookie, *NAVIGATE])
    measured.origin.answer(response("x", ["Content-Type: image/png"]))
    with Client(measured.port) as client:
        for number in range(12):
            client.request(
                "/image.png", [visitor(number), AGENT, measured.cookie, "Accept: image/*", "Sec-Fetch-Dest: image"]
            )
    names = {entry["name"] for entry in report(measured)["pages"]}
    assert "/real" in names
    assert not names & {"/prefetched", "/fetched", "/posted", "/headed", "/missing", "/image.png"}


def test_bots_are_counted_apart(measured):
    for number in range(12):
        visit(measured, number, ["/for-people"])
        visit(
            measured,
            100 + number,
            ["/for-bots"],
            agent="User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        )
    seen = report(measured)
    assert row(seen["pages"], "/for-people")["pageViews"] == 12
    assert row(seen["pages"], "/for-bots") is None
    assert row(seen["bots"], "Googlebot")["count"] == 12
    assert row(seen["reasons"], "search engine")["count"] == 12


def test_client_hints_tell_a_browser_that_calls_itself_another(measured):
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
    hints = [
        'Sec-CH-UA: "Not/A)Brand";v="8", "Chromium";v="126", "Brave";v="126"',
        'Sec-CH-UA-Platform: "Chrome OS"',
        "Sec-CH-UA-Mobile: ?0",
    ]
    for number in range(12):
        visit(measured, number, ["/"], agent=f"User-Agent: {chrome}", fields=hints)
    seen = report(measured)
    assert row(seen["browsers"], "Brave 126")["visits"] == 12
    assert row(seen["systems"], "ChromeOS")["visits"] == 12


def test_what_is_counted_beside_page_views(measured):
    def ask(path, answer, method="GET", body=b"", fields=()):
        measured.origin.answer(answer)
        for number in range(12):
            with Client(measured.port) as client:
                client.request(path, [visitor(number), AGENT, measured.cookie, *NAVIGATE, *fields], method, body)

    ask("/gone/jane@shop.test", page("<p>gone", status="404 Not Found"))
    ask("/sizes.pdf", response("x", ["Content-Type: application/pdf"]))
    ask("/invoice?of=4711", response("x", ['Content-Disposition: attachment; filename="4711.pdf"']))
    ask("/pay", response("", ["Location: https://www.pay.test/start?order=4711"], status="302 Found"), "POST", b"x")
    ask("/own", response("", ["Location: http://shop.test/cart"], status="302 Found"))
    ask("/find?q=Red+Shoe", page("<p>found"))
    ask("/find?q=jane@shop.test", page("<p>found"))
    seen = report(measured)
    assert row(seen["missing"], "/gone/:id")["count"] == 12
    assert row(seen["downloads"], "/sizes.pdf")["count"] == 12
    assert row(seen["downloads"], "/invoice")["count"] == 12
    assert [(entry["name"], entry["count"]) for entry in seen["outbound"]] == [("pay.test", 12)]
    assert row(seen["searches"], "red shoe")["count"] == 12
    assert row(seen["searches"], ":id")["count"] == 12
    assert {entry["name"] for entry in seen["pages"]} <= {"/find", "/", "(other)"}
    assert "jane" not in json.dumps(seen) and "4711" not in json.dumps(seen)


def test_browsers_sources_and_conversions(measured):
    for number in range(12):
        inside = "Referer: http://shop.test/"
        search = "Referer: https://www.google.com/search?q=canary"
        visit(measured, number, [("/", search), ("/cart", inside), ("/checkout/thank-you", inside)])
    seen = report(measured)
    assert any("Firefox" in entry["name"] for entry in seen["browsers"])
    assert any("Linux" in entry["name"] for entry in seen["systems"])
    assert any("google" in entry["name"].lower() for entry in seen["sources"])
    assert row(seen["conversions"], "order")["conversions"] == 12
    assert seen["summary"]["visits"] == 12
    assert "canary" not in json.dumps(seen)


def test_query_values_and_ids_do_not_become_pages(measured):
    for number in range(12):
        visit(measured, number, [f"/list?email=user{number}@example.org"])
    text = json.dumps(report(measured))
    assert row(report(measured)["pages"], "/list")["pageViews"] == 12
    assert "example.org" not in text


def test_withheld_cookies_are_counted_by_name(measured):
    for number in range(12):
        visit(measured, number, ["/"], cookie=False, fields=["Cookie: _ga=canary-value; _fbp=2"])
    seen = report(measured)
    assert {"_ga", "_fbp"} <= {entry["name"] for entry in seen["cookies"]}
    assert "canary-value" not in json.dumps(seen)


@pytest.mark.alone
def test_term_under_load_loses_no_count(measured):
    answered = [0]
    lock, running = threading.Lock(), [True]

    def browse(lane):
        number = lane
        while running[0]:
            try:
                with Client(measured.port) as client:
                    seen = client.request("/loaded", [visitor(number), AGENT, measured.cookie, *NAVIGATE])
                    assert seen.status == 200
                with lock:
                    answered[0] += 1
            except OSError:
                return
            except Exception:
                # Closed before a byte of the answer: not counted here, and not there.
                return
            number += 8

    threads = [threading.Thread(target=browse, args=(lane,)) for lane in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    measured.signal(signal.SIGTERM)
    assert measured.wait(10) == 0
    running[0] = False
    for thread in threads:
        thread.join()
    assert row(report(measured)["pages"], "/loaded")["pageViews"] == answered[0] > 100


def test_counts_survive_several_restarts(measured):
    gates = [measured]
    for turn in range(3):
        gate = gates[-1]
        gate.cookie = measured.cookie
        for number in range(12):
            visit(gate, turn * 20 + number, ["/again"])
        assert gate.stop() == 0
        rules = gate.rules_path.read_text().split("\n", 2)[2]
        if turn < 2:
            gates.append(Gate(measured.directory, rules, measured.port))
    assert row(report(measured)["pages"], "/again")["pageViews"] == 36


def test_the_three_forms_of_a_report_agree(measured):
    for number in range(12):
        visit(measured, number, ["/", "/tea"])
    seen = report(measured)
    ended = measured.run("report", "--rules", measured.rules_path, "--format", "csv")
    assert ended.returncode == 0
    rows = list(csv.reader(io.StringIO(ended.stdout.decode())))
    assert len({len(entry) for entry in rows}) == 1
    assert any("/tea" in entry and "12" in entry for entry in rows)
    ended = measured.run("report", "--rules", measured.rules_path)
    assert ended.returncode == 0 and b"/tea" in ended.stdout and b"\x1b[" not in ended.stdout
    assert str(seen["summary"]["pageViews"]) in ended.stdout.decode()


def test_the_request_path_does_not_wait_for_the_store(measured):
    """With a state directory that cannot be written any more, requests go on as before."""
    state = measured.directory / "state"
    for path in state.rglob("*"):
        if path.is_file():
            path.unlink()
    visit(measured, 1, ["/"] * 50)
    assert fetch(measured.port, "/x").status == 200


def test_hosts_kept_from_pages_are_counted_by_rule_and_page(measured):
    """Each page counts once per rule, however many elements it has; so does a page that had to be closed."""
    body = b"<!doctype html><title>x</title>" + b"<img src=https://www.google-analytics.com/collect>" * 3
    measured.origin.answer(page(body))
    for number in range(15):
        visit(measured, number, ["/", "/"], cookie=False)
    measured.origin.answer(response(body, ["Content-Type: text/html", "Content-Encoding: zstd"]))
    for number in range(15):
        visit(measured, number, ["/zstd"], cookie=False)
    hosts = {entry["name"]: entry["count"] for entry in report(measured)["hosts"]}
    assert [count for name, count in hosts.items() if "google-analytics.com" in name] == [30]
    assert hosts["(page closed: content coding)"] == 15


def test_figures_with_noise_say_so(make_gate, make_origin):
    """Released once, with a ± on each figure, and nothing of the running day."""
    gate = measuring_gate(make_gate, make_origin, "gate: { mode: dp, level: strict }, ")
    for number in range(30):
        visit(gate, number, ["/", "/tea"])
    assert gate.stop() == 0
    assert figures(gate)["today"] is None
    seen = report(gate)
    assert seen["gate"]["mode"] == "dp" and seen["gate"]["epsilon"] == 2.6 and seen["gate"]["delta"] == 1e-6
    assert seen["summary"]["plusMinus"]["dailyVisitors"] == 21
    assert abs(seen["summary"]["dailyVisitors"] - 30) < 6 * 21 / 1.96
    assert len(seen["hours"]) == 24 and all("plusMinus" in hour for hour in seen["hours"])
    assert not seen["pages"], "30 visitors are too few to name a page"
    assert figures(gate) == figures(gate), "noise is drawn once"
    ended = gate.run("report", "--rules", gate.rules_path)
    assert "±".encode() in ended.stdout and b"docs/privacy.md" in ended.stdout


def test_an_operators_own_lists_are_asked_first(make_gate, make_origin):
    """A file beside the rules; what is wrong with it is said by line and column, and changes nothing."""
    gate = measuring_gate(make_gate, make_origin)
    lists = gate.directory / "lists.yaml"
    lists.write_text("browsers:\n  - { family: Our app, tokens: [OurShopApp/] }\nsources:\n  referral: { Finder: [finder.example] }\n")
    rules = gate.rules_path.read_text().split("\n", 2)[2]
    gate.write_rules(f"lists: lists.yaml\n{rules}")
    gate.wait_for_log(b"rules reloaded")
    agent = "User-Agent: Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36 OurShopApp/3.2"
    for number in range(12):
        visit(gate, number, ["/"], agent=agent, fields=["Referer: https://www.finder.example/x"])
    lists.write_text("browsers:\n  - { family: Our app, token: [OurShopApp/] }\n")
    checked = gate.run("check", gate.rules_path)
    assert checked.returncode == 1 and b"lists.yaml:2:24: error: `token` is no key" in checked.stderr, checked.stderr
    gate.write_rules(f"lists: nowhere.yaml\n{rules}")
    checked = gate.run("check", gate.rules_path)
    assert checked.returncode == 1 and b"rules.yaml:3:8: error: `" in checked.stderr, checked.stderr
    gate.write_rules(rules)
    seen = report(gate)
    assert row(seen["browsers"], "Our app 3")["visits"] == 12
    assert row(seen["sources"], "Finder")["visits"] == 12
