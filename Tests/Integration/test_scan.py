"""`crumbgate scan` without a browser: what servers set and markup refers to becomes rules that hold."""

import json
import subprocess

import pytest

from harness.process import binary


def crumbgate(*arguments):
    command = [binary("crumbgate", "CRUMBGATE"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture
def start(shop):
    return f"http://shop.localhost:{shop.port}/"


def test_a_scan_writes_rules_that_check_takes(start, shop, tmp_path):
    rules = tmp_path / "shop.yaml"
    scan = crumbgate("scan", start, "--mode", "plain", "--pages", 12, "--pause", 0, "--output", rules)
    assert scan.returncode == 0, scan.stderr
    assert "shop_session" in scan.stdout and "third.localhost" in scan.stdout
    check = crumbgate("check", rules)
    assert check.returncode == 0, check.stderr
    text = rules.read_text()
    assert f"origin: http://shop.localhost:{shop.port}\n" in text
    assert "- { name: _ga, vendor: Google }  # Google Analytics; set by HTTP, for 730 days" in text
    assert "# unknown: cookie `shop_session`, set by HTTP, for the browser's session, first on " + start in text
    assert f"# unknown: host `third.localhost:{shop.third_party_port}`, asked for as " in text
    explained = crumbgate("explain", "--rules", rules, "--cookie", "_fbp")
    assert "remarketing (not granted)" in explained.stdout


def test_a_scan_keeps_to_its_bounds_and_looks_at_each_page_once(start):
    scan = crumbgate("scan", start, "--mode", "plain", "--pages", 3, "--pause", 0, "--format", "json")
    findings = json.loads(scan.stdout)
    assert len(findings["pages"]) == len(set(findings["pages"])) == 3
    assert findings["pages"][0] == start


def test_a_file_that_is_there_is_not_overwritten(start, tmp_path):
    rules = tmp_path / "shop.yaml"
    rules.write_text("mine")
    scan = crumbgate("scan", start, "--mode", "plain", "--pages", 1, "--output", rules)
    assert scan.returncode == 1
    assert "is there already" in scan.stderr
    assert rules.read_text() == "mine"


def test_a_site_that_is_not_there_is_said_so():
    scan = crumbgate("scan", "http://127.0.0.1:1/", "--mode", "plain")
    assert scan.returncode == 1
    assert "no page could be looked at" in scan.stderr


@pytest.mark.parametrize("arguments", [["ftp://x"], ["http://x", "--pages", "0"], ["http://x", "--origin", "https://x"]])
def test_wrong_arguments_are_refused(arguments):
    assert crumbgate("scan", *arguments).returncode == 64
