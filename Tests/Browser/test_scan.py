"""`crumbgate scan` with Chromium: what scripts set, keep and load is found too, and by whom."""

import json
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from harness.process import binary

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")


@pytest.fixture(scope="module")
def scanned(shop_server, tmp_path_factory):
    rules = tmp_path_factory.mktemp("scan") / "shop.yaml"
    command = [binary("crumbgate", "CRUMBGATE"), "scan", f"http://shop.localhost:{shop_server.port}/", "--mode", "browser",
               "--pages", "6", "--pause", "0", "--format", "json", "--output", str(rules)]
    scan = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert scan.returncode == 0, scan.stderr
    return json.loads(scan.stdout), rules


def test_cookies_of_scripts_and_of_servers_are_told_apart(scanned):
    findings, _ = scanned
    setters = {cookie["name"]: cookie["setter"] for cookie in findings["cookies"]}
    assert setters["shop_session"] == "http"
    assert setters["social_seen"] == "script"


def test_what_a_tag_manager_brings_in_is_found_with_who_asked(scanned, shop_server):
    findings, _ = scanned
    third = [host for host in findings["hosts"] if host["host"] == "third.localhost"]
    assert len(third) == 1 and third[0]["port"] == shop_server.third_party_port
    # The tag manager's markup is in the page; the recording script is only in what the tag manager adds.
    assert any(path.startswith("/heatmap/") for path in third[0]["paths"])
    assert "Script" in third[0]["kinds"]
    assert third[0]["initiator"].startswith("http://")


def test_the_rules_pass_the_check(scanned):
    _, rules = scanned
    check = subprocess.run([binary("crumbgate", "CRUMBGATE"), "check", str(rules)], capture_output=True, text=True, timeout=60)
    assert check.returncode == 0, check.stderr
    assert "vendors: [Google, etracker]" in rules.read_text()


def test_no_profile_is_left_behind(scanned):
    assert not list(pathlib.Path(tempfile.gettempdir()).glob("crumbgate-scan-*"))
