"""Proof of consent (consent.md, "Receipts"): kept before the visitor is told, verifiable, the visitor's own."""

import concurrent.futures
import csv
import itertools
import json
import re
import resource
import signal
import sqlite3
import subprocess
import time
import urllib.parse
import xml.etree.ElementTree

import pytest

from conftest import RULES
from harness.client import Browser, Client, eventually, fetch, parsed
from harness.message import Closed, is_expiry
from harness.origin import page
from harness.process import Gate, binary

PAGE = page("<!doctype html><html lang=en><head><title>x</title></head><body><p>x</p></body></html>")
FORM = "Content-Type: application/x-www-form-urlencoded"
ORIGIN = "Origin: http://shop.test"
networks = itertools.count()


def network():
    """A network that has not asked yet: decisions are rate-limited for each."""
    number = next(networks)
    return f"X-Forwarded-For: 10.{number // 250}.{number % 250}.9"


def rules_of(origin, more=""):
    return f"origin: http://127.0.0.1:{origin.port}\ntrusted_proxies: [127.0.0.1]\n{RULES}{more}"


@pytest.fixture(scope="module")
def receipts_gate(tmp_path_factory, origin_server):
    gate = Gate(tmp_path_factory.mktemp("receipts"), rules_of(origin_server))
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def gate(receipts_gate, origin):
    origin.answer(PAGE)
    yield receipts_gate
    assert receipts_gate.child.poll() is None, receipts_gate.log.decode()[-4000:]


@pytest.fixture
def own_gate(make_gate, origin):
    """A gate whose store may be spoiled."""
    origin.answer(PAGE)
    return make_gate(rules_of(origin))


def visitor(gate):
    return Browser(gate.port, fields=[network()])


def answer(browser, button, values=None):
    """Presses a button of the banner or, after a decision, of the settings page; returns the answer itself."""
    response = browser.get("/")
    forms = [form for form in parsed(response.body).forms if form.action == "/.crumbgate/consent"]
    form = forms[0] if forms else browser.form(browser.get("/.crumbgate/settings"), "/.crumbgate/consent")
    return browser.submit(form, values=values, button=button, follow=False)


def body_of(form, button):
    return urllib.parse.urlencode({**form.fields, "choice": form.buttons[button]["value"]}).encode()


def accept_body(gate):
    browser = visitor(gate)
    return body_of(browser.form(browser.get("/"), "/.crumbgate/consent"), "crumbgate-accept")


def decide(gate, body, *fields, timeout=15):
    with Client(gate.port, timeout) as client:
        return client.request("/.crumbgate/consent", [FORM, ORIGIN, network(), *fields], "POST", body)


def consent_cookie(response):
    lines = [line for line in response.set_cookies if line.startswith(b"crumbgate=") and not is_expiry(line)]
    return lines[0].split(b";")[0] if lines else None


def receipt_id(response):
    return consent_cookie(response).split(b".")[4].decode()


def receipts(gate, *arguments):
    return gate.run("receipts", *arguments, "--rules", gate.rules_path)


def verified(gate):
    """The number of receipts in a chain that is whole."""
    result = receipts(gate, "verify")
    assert result.returncode == 0, (result.stdout + result.stderr).decode()
    return sum(int(number) for number in re.findall(rb"(\d+) receipts", result.stdout))


def store_of(gate):
    return gate.directory / "state" / "receipts.sqlite"


def shown(gate, number):
    result = receipts(gate, "show", number)
    return result.stdout.decode() if result.returncode == 0 else None


# What is kept


def test_a_grant_is_on_disk_before_the_visitor_is_told(gate):
    before = verified(gate)
    response = answer(visitor(gate), "crumbgate-accept")
    assert response.status == 303 and response.one("cache-control") == b"no-store"
    text = shown(gate, receipt_id(response))
    assert verified(gate) == before + 1
    for expected in ("action    given", "refused   -", "source    no-js", "language  en", "| Accept all", "| Reject all"):
        assert expected in text, text
    assert re.search(r"granted   .*analytics.*remarketing", text)
    assert re.search(r"time      \d{4}-\d\d-\d\dT\d\d:\d\dZ", text)


def test_who_refuses_everything_leaves_no_receipt(gate):
    before = verified(gate)
    response = answer(visitor(gate), "crumbgate-reject")
    assert response.status == 303 and receipt_id(response) == "-"
    assert verified(gate) == before


def test_a_visitors_decisions_are_one_record(gate):
    browser = visitor(gate)
    number = receipt_id(answer(browser, "crumbgate-accept"))
    form = browser.form(browser.get("/.crumbgate/settings"), "/.crumbgate/consent")
    assert all("checked" in box for box in form.checkboxes.values())
    assert receipt_id(answer(browser, "crumbgate-save", {"category": "analytics"})) == number
    assert receipt_id(answer(browser, "crumbgate-save", {"category": "analytics"})) == number
    assert receipt_id(answer(browser, "crumbgate-reject")) == "-"
    text = shown(gate, number)
    assert re.findall(r"action    (\S+)", text) == ["given", "changed", "renewed", "withdrawn"]
    assert re.findall(r"granted   (.+)", text)[1:] == ["analytics", "analytics", "-"]
    # After that there is nothing to be recognised by, and a new grant is a new record.
    assert receipt_id(answer(browser, "crumbgate-accept")) not in ("-", number)


def test_the_source_is_told(gate):
    browser = visitor(gate)
    fields = browser.form(browser.get("/"), "/.crumbgate/consent").fields
    for source, signals, expected in (("banner", [], "banner"), ("settings", [], "settings"), ("banner", ["Sec-GPC: 1"], "gpc")):
        body = json.dumps({**fields, "choice": "accept", "source": source}).encode()
        lines = ["Content-Type: application/json", ORIGIN, network(), *signals]
        response = fetch(gate.port, "/.crumbgate/consent", lines, "POST", body)
        assert response.status == 200 and "analytics" in json.loads(response.body)["granted"]
        assert f"source    {expected}" in shown(gate, receipt_id(response))


def test_nothing_of_the_visitor_is_kept(gate):
    browser = Browser(gate.port, fields=["X-Forwarded-For: 203.0.113.77"], agent="Mozilla/5.0 Peculiar/7")
    browser.get("/a-page?of=theirs")
    answer(browser, "crumbgate-accept")
    data = b"".join(path.read_bytes() for path in store_of(gate).parent.glob("receipts.sqlite*"))
    for trace in (b"203.0.113", b"Peculiar", b"a-page", b"theirs"):
        assert trace not in data


# Verifying, exporting, erasing


@pytest.mark.parametrize("form", ["csv", "json", "xml"])
def test_an_export_can_be_verified_by_itself(gate, tmp_path, form):
    number = receipt_id(answer(visitor(gate), "crumbgate-accept"))
    result = receipts(gate, "export", "--format", form)
    assert result.returncode == 0 and number.encode() in result.stdout
    if form == "csv":
        assert any(number in row["id"] for row in csv.DictReader(result.stdout.decode().splitlines()))
    elif form == "json":
        assert any(entry.get("id") == number for entry in json.loads(result.stdout)["entries"])
    else:
        entries = xml.etree.ElementTree.fromstring(result.stdout)
        assert any(entry.get("id") == number for entry in entries)
    path = tmp_path / f"export.{form}"
    path.write_bytes(result.stdout)
    assert gate.run("receipts", "verify", "--file", path).returncode == 0
    path.write_bytes(result.stdout.replace(b"given", b"renewed", 1))
    changed = gate.run("receipts", "verify", "--file", path)
    assert changed.returncode == 1 and b"was changed" in changed.stdout
    lines = result.stdout.splitlines(keepends=True)
    middle = next(index for index, line in enumerate(lines) if number.encode() in line)
    path.write_bytes(b"".join(lines[:middle] + lines[middle + 1 :]))
    missing = gate.run("receipts", "verify", "--file", path)
    assert missing.returncode == 1 and b"missing" in missing.stdout


def test_a_change_in_the_file_is_found(own_gate):
    for _ in range(3):
        answer(visitor(own_gate), "crumbgate-accept")
    assert verified(own_gate) == 3
    noted = re.search(rb"last entry (\S+)", receipts(own_gate, "verify").stdout)[1].decode()
    with sqlite3.connect(store_of(own_gate)) as database:
        database.execute("UPDATE content SET text = replace(text, 'given', 'other') WHERE number = 2")
    result = receipts(own_gate, "verify")
    assert result.returncode == 1 and b"the content of entry 2 was changed" in result.stdout
    with sqlite3.connect(store_of(own_gate)) as database:
        database.execute("DELETE FROM content WHERE number = 3")
        database.execute("DELETE FROM entry WHERE number = 3")
    assert b"entry 3 is missing" in receipts(own_gate, "verify").stdout
    assert b"no site has entry 3" in receipts(own_gate, "verify", "--noted", noted).stdout


def test_the_operator_erases_one_visitor(gate):
    mine, other = (receipt_id(answer(visitor(gate), "crumbgate-accept")) for _ in range(2))
    before = verified(gate)
    result = receipts(gate, "erase", mine)
    assert result.returncode == 0 and b"erased 1 receipt" in result.stdout
    assert shown(gate, mine) is None and shown(gate, other)
    assert verified(gate) == before - 1
    assert receipts(gate, "erase", mine).returncode == 1
    data = b"".join(path.read_bytes() for path in store_of(gate).parent.glob("receipts.sqlite*"))
    assert mine.encode() not in data and other.encode() in data


# The visitor's own


def test_visitors_see_download_and_erase_their_record(gate):
    browser = visitor(gate)
    number = receipt_id(answer(browser, "crumbgate-accept"))
    settings = browser.get("/.crumbgate/settings")
    assert parsed(settings.body).ids["crumbgate-receipt"] and number.encode() in settings.body
    links = [link for link in parsed(settings.body).links if link and link.startswith("/.crumbgate/receipt")]
    assert len(links) == 3
    for link in links:
        response = browser.send("GET", link.replace("&amp;", "&"))
        assert response.status == 200 and response.one("cache-control") == b"no-store"
        assert response.one("content-disposition").startswith(b"attachment") and number.encode() in response.body
    assert b"renewed" not in response.body
    form = browser.form(settings, "/.crumbgate/receipt")
    erased = browser.submit(form, button="crumbgate-erase", follow=False)
    assert erased.status == 303 and any(is_expiry(line) for line in erased.set_cookies)
    assert b"The record has been erased." in browser.follow(erased).body
    assert shown(gate, number) is None and verified(gate) >= 0
    # Without its proof the decision is over: the banner asks again.
    assert b'id="crumbgate-accept"' in browser.get("/").body
    assert b'id="crumbgate-record"' not in browser.get("/.crumbgate/settings").body


def test_a_record_is_shown_to_nobody_else(gate):
    browser = visitor(gate)
    response = answer(browser, "crumbgate-accept")
    cookie, number = consent_cookie(response), receipt_id(response)
    forged = cookie[:-1] + (b"A" if cookie[-1:] != b"A" else b"B")
    swapped = cookie.replace(number.encode(), b"A" * 22)
    for header in ([], [b"Cookie: " + forged], [b"Cookie: " + swapped], ["Cookie: crumbgate=" + number]):
        seen = fetch(gate.port, "/.crumbgate/receipt?format=json", [network(), *header])
        assert seen.status == 404 and number.encode() not in seen.body
        gone = fetch(gate.port, "/.crumbgate/receipt", [network(), ORIGIN, FORM, *header], "POST", b"erase=1")
        assert gone.status == 404
    mine = [network(), b"Cookie: " + cookie]
    assert fetch(gate.port, "/.crumbgate/receipt?format=json", mine).status == 200
    assert fetch(gate.port, "/.crumbgate/receipt?format=exe", mine).status == 404
    assert fetch(gate.port, "/.crumbgate/receipt", [*mine, ORIGIN], "PUT", b"x").status == 405
    for stranger in ("Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"):
        assert fetch(gate.port, "/.crumbgate/receipt", [*mine, FORM, stranger], "POST", b"erase=1").status == 403
    assert fetch(gate.port, "/.crumbgate/receipt", [*mine, FORM], "POST", b"erase=1").status == 403
    assert fetch(gate.port, "/.crumbgate/receipt?format=json", [*mine, "Sec-Fetch-Site: cross-site"]).status == 403
    assert shown(gate, number)


def test_the_record_is_rate_limited(gate):
    lines = [network()]
    statuses = [fetch(gate.port, "/.crumbgate/receipt", lines).status for _ in range(200)]
    assert statuses[0] == 404 and statuses[-1] == 429


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example/", "/.crumbgate/consent", "/a\r\nX: y"])
def test_a_decision_leads_nowhere_else(gate, target):
    browser = visitor(gate)
    form = browser.form(browser.get("/"), "/.crumbgate/consent")
    response = browser.submit(form, {"return": target}, "crumbgate-accept", follow=False)
    assert response.status == 303 and response.one("location") == b"/"


# What is asked changes


POLICY = """
categories:
  authentication: { cookies: [sid] }
  analytics: { vendors: [%s], cookies: [%s], purpose: "%s" }
  chat: %s
%s
"""


def policy(origin, vendors="Acme", cookies="_a", purpose="We count.", chat="{ cookies: [_c] }", more=""):
    return f"origin: http://127.0.0.1:{origin.port}\ntrusted_proxies: [127.0.0.1]\n" + POLICY % (
        vendors, cookies, purpose, chat, more,
    )


def reload(gate, rules):
    count = gate.log.count(b"rules reloaded")
    gate.write_rules(rules)
    gate.signal(signal.SIGHUP)
    gate.wait_for_log(b"rules reloaded", count + 1)
    # The loops take them up a moment later.
    time.sleep(0.3)


def is_asked(browser):
    return b'id="crumbgate-accept"' in browser.get("/").body


def test_asked_again_only_when_something_was_added(make_gate, origin):
    origin.answer(PAGE)
    gate = make_gate(policy(origin))
    yes, no = visitor(gate), visitor(gate)
    answer(yes, "crumbgate-accept")
    answer(no, "crumbgate-reject")
    for rules in (
        policy(origin, purpose="We count visits."),
        policy(origin, cookies="_a, _b"),
        policy(origin, chat="false"),
        policy(origin, vendors=""),
        policy(origin, more="  payment: { required: true, vendors: [Bank] }"),
        policy(origin),
    ):
        reload(gate, rules)
        for browser in (yes, no):
            assert not is_asked(browser), rules
        assert b"data-crumbgate" not in yes.get("/").body
    reload(gate, policy(origin, vendors="Acme, Globex"))
    for browser in (yes, no):
        assert eventually(lambda browser=browser: is_asked(browser))
    settings = yes.get("/.crumbgate/settings")
    assert b"What we ask for has changed since your last choice" in settings.body
    boxes = yes.form(settings, "/.crumbgate/consent").checkboxes
    assert "checked" in boxes["crumbgate-category-chat"]
    assert "checked" not in boxes["crumbgate-category-analytics"], "Globex was never granted anything"
    refused = no.form(no.get("/.crumbgate/settings"), "/.crumbgate/consent").checkboxes
    assert not any("checked" in box for box in refused.values() if "disabled" not in box)
    answer(yes, "crumbgate-accept")
    assert not is_asked(yes)
    history = gate.run("policy", "history", "--rules", gate.rules_path).stdout.decode()
    assert "asks again\n    vendor Globex added to analytics" in history
    assert "asks nothing new\n    category chat removed" in history
    assert "vendor Bank added to payment (required)" in history
    # A new process knows it too.
    gate.stop()
    again = Gate(gate.directory, policy(origin, vendors="Globex"), gate.port)
    yes.client = no.client = None
    try:
        assert not is_asked(yes) and is_asked(no)
    finally:
        assert again.stop() == 0


def test_an_outdated_banner_gets_no_consent(make_gate, origin):
    origin.answer(PAGE)
    gate = make_gate(policy(origin))
    browser, other = visitor(gate), visitor(gate)
    form = browser.form(browser.get("/"), "/.crumbgate/consent")
    settings = other.form(other.get("/.crumbgate/settings"), "/.crumbgate/consent")
    reload(gate, policy(origin, vendors="Acme, Globex"))
    for old, button in ((form, "crumbgate-accept"), (settings, "crumbgate-save")):
        response = browser.submit(old, {"category": "chat"}, button, follow=False)
        assert response.status == 303 and consent_cookie(response) is None
        assert b"changed=1" in response.one("location")
        page_now = browser.follow(response)
        assert b"What we ask for has changed" in page_now.body
    body = json.dumps({**form.fields, "choice": "accept"}).encode()
    lines = ["Content-Type: application/json", ORIGIN, network()]
    answered = fetch(gate.port, "/.crumbgate/consent", lines, "POST", body)
    assert answered.status == 409 and consent_cookie(answered) is None
    for forged in ({"revision": "00000000"}, {"text": "0" * 16}, {"revision": ""}, {"text": "x" * 900}):
        now = browser.form(browser.get("/"), "/.crumbgate/consent")
        response = browser.submit(now, forged, "crumbgate-accept", follow=False)
        assert consent_cookie(response) is None, forged
    assert verified(gate) == 0
    # Refusing needs nothing more.
    assert consent_cookie(browser.submit(form, button="crumbgate-reject", follow=False))


def test_an_older_banner_that_asked_no_less_is_good(make_gate, origin):
    origin.answer(PAGE)
    gate = make_gate(policy(origin, vendors="Acme, Globex"))
    browser = visitor(gate)
    form = browser.form(browser.get("/"), "/.crumbgate/consent")
    reload(gate, policy(origin, purpose="Other words."))
    response = browser.submit(form, button="crumbgate-accept", follow=False)
    text = shown(gate, receipt_id(response))
    assert f"revision  {form.fields['revision']}" in text and not is_asked(browser)


# What goes wrong


def blocked(gate):
    """Holds the lock that every writer needs."""
    database = sqlite3.connect(store_of(gate), isolation_level=None, check_same_thread=False)
    database.execute("BEGIN IMMEDIATE")
    return database


@pytest.mark.alone
def test_a_store_that_does_not_answer_costs_nobody_else(own_gate):
    body = accept_body(own_gate)
    browser = visitor(own_gate)
    answer(browser, "crumbgate-accept")
    lock = blocked(own_gate)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(decide, own_gate, body) for _ in range(6)]
        waits = []
        for _ in range(50):
            began = time.monotonic()
            assert fetch(own_gate.port, "/").status == 200
            waits.append(time.monotonic() - began)
        assert max(waits) < 0.5, waits
        for response in (future.result() for future in waiting):
            assert response.status == 503 and response.one("retry-after")
            assert response.one("cache-control") == b"no-store" and not response.set_cookies
            assert b"Your choice could not be saved" in response.body
    assert b"receipts cannot be kept" in own_gate.log
    # A refusal needs no receipt; a withdrawal takes effect without one.
    assert consent_cookie(answer(visitor(own_gate), "crumbgate-reject"))
    browser.client = None
    assert receipt_id(answer(browser, "crumbgate-reject")) == "-"
    lock.execute("ROLLBACK")
    assert consent_cookie(decide(own_gate, body))
    assert verified(own_gate) == 2


class FullDisk(Gate):
    """A gate whose files cannot grow any more once `fill` was called."""

    def __init__(self, directory, rules):
        import harness.process as process

        original = process.binary
        wrapper = directory / "crumbgate"
        wrapper.write_text(f"#!/bin/sh\ntrap '' XFSZ\nexec {original('crumbgate', 'CRUMBGATE_BIN')} \"$@\"\n")
        wrapper.chmod(0o755)
        process.binary = lambda name, variable: str(wrapper)
        try:
            super().__init__(directory, rules)
        finally:
            process.binary = original

    def fill(self):
        size = max(path.stat().st_size for path in store_of(self).parent.glob("receipts.sqlite*"))
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (max(1024, size), resource.RLIM_INFINITY))

    def free(self):
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_a_full_disk_takes_no_consent(tmp_path, origin):
    origin.answer(PAGE)
    gate = FullDisk(tmp_path, rules_of(origin))
    try:
        body = accept_body(gate)
        gate.fill()
        statuses = [decide(gate, body).status for _ in range(12)]
        assert statuses[-1] == 503, statuses
        acknowledged = statuses.count(303)
        assert fetch(gate.port, "/").status == 200
        gate.free()
        assert decide(gate, body).status == 303
        assert verified(gate) == acknowledged + 1
    finally:
        assert gate.stop() == 0


def test_every_acknowledged_decision_survives_kill_9(tmp_path, origin):
    origin.answer(PAGE)
    gate = Gate(tmp_path, rules_of(origin))
    body = accept_body(gate)
    acknowledged, sent = [], 0

    def visit(_):
        try:
            response = decide(gate, body, timeout=10)
        except (OSError, Closed):
            return None
        return receipt_id(response) if response.status == 303 else None

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        futures = [pool.submit(visit, number) for number in range(1000)]
        sent = len(futures)
        eventually(lambda: sum(future.done() for future in futures) >= 400, timeout=60)
        gate.signal(signal.SIGKILL)
        acknowledged = [number for number in (future.result() for future in futures) if number]
    gate.wait()
    assert 300 <= len(acknowledged) < sent, "the process was to die in the middle"
    kept = verified(gate)
    assert kept >= len(acknowledged)
    with sqlite3.connect(store_of(gate)) as database:
        known = {row[0] for row in database.execute("SELECT receipt FROM content")}
    assert set(acknowledged) <= known
    again = Gate(tmp_path, rules_of(origin), gate.port)
    assert decide(again, body).status == 303
    assert verified(again) == kept + 1
    assert again.stop() == 0


def test_sigterm_waits_for_decisions_under_way(own_gate):
    body = accept_body(own_gate)
    lock = blocked(own_gate)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(decide, own_gate, body) for _ in range(4)]
        time.sleep(0.5)
        own_gate.signal(signal.SIGTERM)
        time.sleep(0.3)
        lock.execute("ROLLBACK")
        lock.close()
        responses = [future.result() for future in waiting]
    assert [response.status for response in responses] == [303] * 4
    assert own_gate.wait() == 0
    assert not list(store_of(own_gate).parent.glob("receipts.sqlite-wal"))
    assert verified(own_gate) == 4


def test_a_connection_goes_on_after_a_decision(gate):
    with Client(gate.port) as client:
        body = accept_body(gate)
        for _ in range(3):
            response = client.request("/.crumbgate/consent", [FORM, ORIGIN, network()], "POST", body)
            assert response.status == 303 and consent_cookie(response)
            assert client.request("/", [network()]).status == 200


def test_a_visitor_who_leaves_while_waiting_harms_nothing(own_gate):
    body = accept_body(own_gate)
    lock = blocked(own_gate)
    for _ in range(20):
        with Client(own_gate.port) as client:
            head = f"POST /.crumbgate/consent HTTP/1.1\r\nHost: shop.test\r\n{FORM}\r\n{ORIGIN}\r\n{network()}\r\n"
            client.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    time.sleep(0.2)
    lock.execute("ROLLBACK")
    assert decide(own_gate, body).status == 303
    assert verified(own_gate) >= 1


def test_commands_say_what_is_wrong(gate, tmp_path):
    assert b"Give either --rules or --store" in gate.run("receipts", "verify").stderr
    assert b"there is no such file" in gate.run("receipts", "verify", "--store", tmp_path / "none").stderr
    assert gate.run("receipts", "show", "not-an-id", "--rules", gate.rules_path).returncode != 0
    missing = receipts(gate, "show", "q83vEjRWeJCrze8SNFZ4kA")
    assert missing.returncode == 1 and b"there is no receipt" in missing.stderr
    (tmp_path / "x.json").write_text("{}")
    assert b"not JSON of receipts" in gate.run("receipts", "verify", "--file", tmp_path / "x.json").stderr
    version = subprocess.run([binary("crumbgate", "CRUMBGATE_BIN"), "policy", "--help"], capture_output=True, check=True)
    assert b"history" in version.stdout
