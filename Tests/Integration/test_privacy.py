"""What the proxy writes: never who a visitor is or what they asked for (proxy.md, "Log"; measurement.md, attack 1)."""

import base64
import json
import time

import pytest

from conftest import RULES
from harness.client import fetch
from harness.origin import page, response

AGENT = "CanaryBrowser/77.3 (canary-agent-5b1f)"
FIELDS = [
    f"User-Agent: {AGENT}",
    "Referer: http://canary-referrer.test/secret-path?x=canary-ref-query",
    "Accept: text/html",
    "Sec-Fetch-Dest: document",
    "Cookie: sid=canary-session-value; _ga=canary-tracker-value; canary_name=canary-unknown-value",
    "Authorization: Basic canary-credentials",
    "X-Forwarded-For: 198.51.100.231",
    "X-Custom: canary-custom-field",
]
CANARIES = [
    b"canary-agent-5b1f",
    b"canary-referrer",
    b"secret-path",
    b"canary-ref-query",
    b"canary-session-value",
    b"canary-tracker-value",
    b"canary-unknown-value",
    b"canary-credentials",
    b"198.51.100.231",
    b"canary-custom-field",
    b"canary-query-value",
    b"canary-body",
    b"canary-set-value",
]
OWN_ADDRESS = b"127.0.0.1"


@pytest.fixture(params=["text", "json"])
def visited(request, make_gate, make_origin):
    """A gate after one visitor of every kind of trouble; `debug`, so that all there is to write is written."""
    origin = make_origin()
    gate = make_gate(
        f"origin: http://127.0.0.1:{origin.port}\nlog: {{ level: debug, format: {request.param} }}\n"
        f"trusted_proxies: [10.0.0.0/8]\n{RULES.replace('threshold: 1', 'threshold: 1, query: [page]')}"
    )
    origin.answer(
        page(
            "<!doctype html><title>x</title>", ["Set-Cookie: sid=canary-set-value", "Set-Cookie: _ga=canary-set-value"]
        )
    )
    fetch(gate.port, "/shop?email=canary-query-value&page=2", FIELDS)
    fetch(gate.port, "/shop?email=canary-query-value", FIELDS, method="POST", body=b"canary-body")
    fetch(gate.port, "/.crumbgate/nothing?x=canary-query-value", FIELDS)
    fetch(gate.port, "/bad?x=canary-query-value", [*FIELDS, "X-A : canary-custom-field"])
    origin.respond = lambda peer, _: peer.close()
    fetch(gate.port, "/gone?x=canary-query-value", FIELDS, method="POST", body=b"canary-body")
    origin.answer(b"canary-body garbage\r\n\r\n")
    fetch(gate.port, "/garbage?x=canary-query-value", FIELDS)
    time.sleep(0.2)
    gate.format = request.param
    return gate


def test_log_lines_hold_no_personal_data(visited):
    assert visited.stop() == 0
    assert visited.log.count(b"/shop") == 2
    lines = [line for line in visited.log.splitlines() if b"/shop" in line or b"/gone" in line]
    for line in visited.log.splitlines():
        for canary in CANARIES:
            assert canary not in line, line
    for line in lines:
        assert OWN_ADDRESS not in line and b"127.0.0.0" not in line, line
        assert b"?" not in line


def test_log_lines_say_what_an_operator_needs(visited):
    assert visited.stop() == 0
    line = next(line for line in visited.log.splitlines() if b"/shop" in line and b"GET" in line)
    if visited.format == "json":
        entry = json.loads(line)
        assert (entry["method"], entry["path"], entry["status"], entry["host"]) == ("GET", "/shop", 200, "shop.test")
        assert entry["bytes"] > 0 and entry["microseconds"] > 0
    else:
        for part in (b"method=GET", b"path=/shop", b"status=200", b"host=shop.test"):
            assert part in line


def test_nothing_on_disk_holds_personal_data(visited):
    wanted = [*CANARIES, AGENT.encode()]
    # Of three places that base64 may start at, the middle of each, which what stands around does not change.
    wanted += [base64.b64encode(b"x" * shift + canary)[4:-4] for canary in wanted for shift in range(3)]
    wanted += [canary.hex().encode() for canary in CANARIES] + [canary.hex().upper().encode() for canary in CANARIES]

    def found():
        files = {path: path.read_bytes() for path in visited.directory.rglob("*") if path.is_file()}
        assert any(path.parent.name == "state" for path in files)
        return {path.name for path, content in files.items() for canary in wanted if canary in content}

    assert not found(), "while it runs: write-ahead logs too"
    assert visited.stop() == 0
    assert not found()
    # The search finds what is there.
    for number, planted in enumerate(
        [CANARIES[0], CANARIES[1].hex().encode(), base64.b64encode(b"some text, " + CANARIES[2] + b" and more of it")]
    ):
        (visited.directory / f"planted{number}").write_bytes(planted)
    assert found() == {"planted0", "planted1", "planted2"}


def test_the_truncated_address_is_logged_only_when_asked_for(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(
        f"origin: http://127.0.0.1:{origin.port}\nlog: {{ truncated_address: true }}\ntrusted_proxies: [127.0.0.1]\n{RULES}"
    )
    fetch(gate.port, "/marked", ["X-Forwarded-For: 203.0.113.77"])
    gate.wait_for_log(b"/marked")
    assert b"203.0.113.0" in gate.log and b"203.0.113.77" not in gate.log


def test_a_visitor_cannot_forge_log_lines(make_gate, make_origin):
    origin = make_origin()
    for form in ("text", "json"):
        gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nlog: {{ format: {form} }}\n{RULES}")
        fetch(gate.port, '/a"},{%0a%0d\\u0022=method')
        fetch(gate.port, "/b")
        gate.wait_for_log(b"/b")
        lines = [line for line in gate.log.splitlines() if b"/a" in line]
        assert len(lines) == 1
        if form == "json":
            assert json.loads(lines[0])["method"] == "GET"


def test_the_access_log_can_be_turned_off(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nlog: {{ access: false }}\n{RULES}")
    fetch(gate.port, "/unlogged")
    time.sleep(0.2)
    assert b"/unlogged" not in gate.log


def test_core_dumps_are_off(make_gate, make_origin):
    """Attack 14: also where the one who starts the proxy allows them, which the shell that becomes it shows first."""
    origin = make_origin()
    gate = make_gate(
        f"origin: http://127.0.0.1:{origin.port}\n{RULES}",
        within=["bash", "-c", 'ulimit -c 1024; ulimit -c; exec "$@"', "bash"],
    )
    if b"1024" not in gate.log:
        pytest.skip("this user may not allow core dumps")
    limits = open(f"/proc/{gate.pid}/limits").read()
    line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert line.split()[4] == "0"
