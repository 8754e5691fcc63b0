"""`crumbgate doctor` and `crumbgate health` on this very machine: each fault is made, and found (docs/deploy.md)."""

import json
import os
import pathlib
import socket
import ssl
import subprocess
import threading
import time
from email.utils import formatdate

import pytest

from harness.origin import response
from harness.process import binary, free_port
from harness.tls import Authority

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
SERVICE_USER = "nobody"


class Patient:
    """A rules file with a healthy machine around it; `doctor` gives its findings by topic."""

    def __init__(self, directory, origin):
        self.directory = directory
        self.rules = directory / "rules.yaml"
        self.port = free_port()
        self.origin = origin
        (directory / "state").mkdir(mode=0o700)
        self.write()

    def write(self, extra="", origin=None, listen=None):
        origin = origin or f"http://127.0.0.1:{self.origin.port}"
        listen = listen or f"127.0.0.1:{self.port}"
        self.rules.write_text(f"listen: {listen}\norigin: {origin}\nhosts: [shop.test]\nstate_directory: state\n{extra}")
        self.rules.chmod(0o644)

    def run(self, *arguments):
        return subprocess.run(
            [binary("crumbgate", "CRUMBGATE_BIN"), "doctor", "--rules", self.rules, *arguments],
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip

    def findings(self, topic, *arguments):
        """(verdict, text) of what is not in order with one topic; the rest of this machine may be as it likes."""
        ended = self.run("--format", "json", *arguments)
        found = json.loads(ended.stdout)
        assert ended.returncode == (1 if any(one["verdict"] == "problem" for one in found) else 0), ended.stderr
        assert all(one.get("remedy") for one in found if one["verdict"] != "ok")
        assert any(one["topic"] == topic for one in found), found
        return [(one["verdict"], one["text"]) for one in found if one["topic"] == topic and one["verdict"] != "ok"]


@pytest.fixture
def patient(tmp_path, make_origin):
    origin = make_origin()
    origin.answer(response("ok", ["Content-Type: text/html", f"Date: {formatdate(usegmt=True)}"]))
    return Patient(tmp_path, origin)


def one(found, verdict, *words):
    assert len(found) == 1 and found[0][0] == verdict, found
    for word in words:
        assert word in found[0][1], found


def test_a_sound_installation_has_no_problem(patient):
    ended = patient.run()
    assert ended.returncode == 0, ended.stdout.decode()
    lines = ended.stdout.decode().splitlines()
    assert lines[-1].startswith("0 problems, ")
    for topic in ["rules", "files", "listeners", "origin", "places", "state", "memory", "limits", "clock", "kernel"]:
        assert any(line.split()[1] == topic for line in lines[:-1] if not line.startswith(" ")), topic


def test_nothing_is_changed(patient):
    before = sorted(path.relative_to(patient.directory) for path in patient.directory.rglob("*"))
    patient.run()
    assert sorted(path.relative_to(patient.directory) for path in patient.directory.rglob("*")) == before


def test_the_shop_is_asked_for_its_first_page_once(patient):
    patient.run()
    assert [seen.target for seen in patient.origin.requests] == ["/"]
    assert patient.origin.requests[0].one("host") == b"shop.test"


def test_wrong_rules_are_the_only_finding(patient):
    patient.rules.write_text("orgin: http://127.0.0.1:1\n")
    ended = patient.run("--format", "json")
    assert ended.returncode == 1
    found = json.loads(ended.stdout)
    assert {one["topic"] for one in found} == {"rules"} and "did you mean `origin`?" in found[0]["remedy"]


def test_a_warning_counts_where_it_is_asked_for(patient):
    (patient.directory / "state").chmod(0o755)
    assert patient.findings("state")[0][0] == "warning"
    assert patient.run().returncode == 0
    assert patient.run("--strict").returncode == 1


def test_secrets_that_others_can_read(patient):
    key = patient.directory / "state" / "consent.key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o644)
    one(patient.findings("files"), "problem", "consent.key", "others can read")
    key.chmod(0o600)
    assert patient.findings("files") == []
    key.write_bytes(b"short")
    one(patient.findings("files"), "problem", "5 octets")


def test_rules_that_everybody_can_change(patient):
    patient.rules.chmod(0o666)
    one(patient.findings("files"), "problem", "can change")


def test_a_token_that_is_missing(patient):
    patient.write(f"console: {{ listen: 127.0.0.1:{free_port()}, metrics_token_file: metrics.token }}\n")
    one(patient.findings("files"), "problem", "metrics.token")


@ROOT_ONLY
def test_files_are_looked_at_as_the_user_that_serves(patient):
    for folder in [patient.directory, *patient.directory.parents]:
        if folder != pathlib.Path("/") and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    authority = Authority(patient.directory / "ca")
    certificate, key = authority.issue("shop.test", into=patient.directory, days=60)
    listen = f"{{ address: 127.0.0.1:{patient.port}, tls: {{ certificate: {certificate}, key: {key} }} }}"
    patient.write("", listen=listen)
    assert patient.findings("files") == []
    one(patient.findings("files", "--user", SERVICE_USER), "problem", SERVICE_USER, str(key))
    one(patient.findings("state", "--user", SERVICE_USER), "problem", "cannot write")
    patient.write(f"user: {SERVICE_USER}\n", listen=listen)
    one(patient.findings("files"), "problem", SERVICE_USER, str(key))


@ROOT_ONLY
def test_a_user_that_this_machine_does_not_have(patient):
    one(patient.findings("user", "--user", "no-such-user"), "problem", "no-such-user")


@ROOT_ONLY
def test_serving_as_root_is_warned_of(patient):
    one(patient.findings("user"), "warning", "root")


def test_a_port_that_is_taken(patient):
    with socket.create_server(("127.0.0.1", patient.port)):
        one(patient.findings("listeners"), "problem", "another program")


def test_an_address_of_another_machine(patient):
    patient.write(listen=f"192.0.2.1:{patient.port}")
    one(patient.findings("listeners"), "problem", "no interface")


@pytest.mark.skipif(os.geteuid() != 0, reason="the ports below 1024 are free for nobody else here")
def test_a_low_port_as_the_user_that_serves(patient):
    """As under the systemd unit, which grants it."""
    patient.write(listen="127.0.0.1:979")
    assert patient.findings("listeners", "--user", SERVICE_USER) == []


def test_the_shop_does_not_run(patient):
    patient.write(origin=f"http://127.0.0.1:{free_port()}")
    one(patient.findings("origin"), "problem", "refused")


def test_the_shop_has_no_address(patient):
    patient.write(origin="http://shop.invalid")
    one(patient.findings("origin"), "problem", "shop.invalid")


def test_the_shop_is_the_proxy(patient):
    patient.write(origin=f"http://127.0.0.1:{patient.port}")
    one(patient.findings("origin"), "problem", "the proxy itself")


def test_the_shop_is_in_trouble(patient):
    patient.origin.answer(response("no", status="500 Internal Server Error"))
    one(patient.findings("origin"), "warning", "500")


def test_the_shop_sends_visitors_round_in_circles(patient):
    patient.write("trusted_proxies: [127.0.0.1]\n")
    patient.origin.answer(response("", ["Location: https://shop.test/"], status="301 Moved Permanently"))
    one(patient.findings("origin"), "problem", "circle")
    assert patient.origin.requests[-1].one("x-forwarded-proto") == b"https"


def test_the_shop_speaks_something_else(patient):
    def respond(peer, _):
        peer.send(b"220 mail.test ESMTP\r\n\r\n")
        peer.close()

    patient.origin.respond = respond
    one(patient.findings("origin"), "problem", "not HTTP")


def test_the_clocks_differ(patient):
    patient.origin.answer(response("ok", [f"Date: {formatdate(time.time() - 120, usegmt=True)}"]))
    assert any("differ by 1" in text for _, text in patient.findings("clock"))


def tls_origin(context):
    """A shop over TLS that answers one visitor after another; its port."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(30)

    def serve():
        while True:
            try:
                sock, _ = server.accept()
                with context.wrap_socket(sock, server_side=True) as secured:
                    secured.recv(65536)
                    secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except TimeoutError:
                return
            except OSError:
                if server.fileno() < 0:
                    return

    threading.Thread(target=serve, daemon=True).start()
    return server


def test_a_shop_over_tls(patient):
    authority = Authority(patient.directory / "ca")
    certificate, key = authority.issue("origin.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with tls_origin(context) as server:
        origin = f"https://127.0.0.1:{server.getsockname()[1]}"
        patient.write(origin=origin)
        one(patient.findings("origin"), "problem", "TLS failed")
        patient.write(f"origin_tls: {{ authorities: {authority.certificate} }}\n", origin=origin)
        one(patient.findings("origin"), "problem", "TLS failed", "mismatch")
        patient.write(
            f"origin_tls: {{ authorities: {authority.certificate}, server_name: origin.test }}\n", origin=origin)
        assert patient.findings("origin") == []
        patient.write("origin_tls: { verify: false }\n", origin=origin)
        assert patient.findings("origin") == []
        assert patient.findings("rules")[0][0] == "warning"


def test_certificates(patient):
    authority = Authority(patient.directory / "ca")

    def listen(days, chain=True):
        certificate, key = authority.issue("shop.test", into=patient.directory, days=days)
        if chain:
            certificate.write_text(certificate.read_text() + authority.certificate.read_text())
        patient.write(listen=f"{{ address: 127.0.0.1:{patient.port}, tls: {{ certificate: {certificate}, key: {key} }} }}")

    listen(days=60)
    assert patient.findings("certificates") == [] and patient.findings("rules") == []
    listen(days=60, chain=False)
    one(patient.findings("certificates"), "warning", "issuer")
    listen(days=20)
    ended = json.loads(patient.run("--format", "json").stdout)
    assert [f["text"] for f in ended if f["verdict"] == "warning" and "expires on" in f["text"]]


def test_the_place_database(patient):
    patient.write("location: { database: places.mmdb }\n")
    one(patient.findings("places"), "warning", "missing")
    (patient.directory / "places.mmdb").write_bytes(b"no such thing")
    one(patient.findings("places"), "warning", "damaged")


def test_a_damaged_store(patient):
    store = patient.directory / "state" / "crumbgate.sqlite"
    store.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    store.chmod(0o600)
    one(patient.findings("state"), "problem", "crumbgate.sqlite")


def test_the_open_day_on_a_disk(patient):
    (patient.directory / "memory").mkdir()
    patient.write("memory_directory: memory\n")
    one(patient.findings("memory"), "problem", "does not start")


def test_too_few_open_files(patient):
    shell = ["sh", "-c", 'ulimit -n 256 && exec "$0" "$@"', binary("crumbgate", "CRUMBGATE_BIN")]
    ended = subprocess.run([*shell, "doctor", "--rules", patient.rules], capture_output=True, timeout=60, check=False)
    assert b"warning  limits" in ended.stdout and b"256 open files" in ended.stdout


def test_a_proxy_that_runs_is_no_fault_and_answers(make_gate, make_origin):
    origin = make_origin()
    origin.answer(response("ok"))
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nhosts: [shop.test]\n")
    ended = gate.run("doctor", "--rules", gate.rules_path)
    assert ended.returncode == 0 and b"the proxy answers" in ended.stdout, ended.stdout.decode()
    # Another proxy's port is a fault all the same.
    other = gate.directory / "other.yaml"
    other.write_text(f"listen: 127.0.0.1:{gate.port}\norigin: http://127.0.0.1:{origin.port}\nstate_directory: other\n")
    ended = gate.run("doctor", "--rules", other)
    assert ended.returncode == 1 and b"another program listens" in ended.stdout


def test_health(make_gate, make_origin, tmp_path):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nhosts: [shop.test]\n")

    def health():
        return gate.run("health", "--rules", gate.rules_path)

    assert health().returncode == 0
    assert origin.requests == [], "the shop does not matter"
    # A container that is started again with rules like these would not come back.
    right = gate.rules_path.read_text()
    gate.rules_path.write_text("orgin: wrong\n")
    assert health().returncode == 0
    gate.rules_path.write_text(right)
    gate.stop()
    ended = health()
    assert ended.returncode == 1 and b"does not answer" in ended.stderr


@pytest.mark.parametrize("trusted", ["127.0.0.1", "192.0.2.1"])
def test_health_where_a_balancer_is_expected(make_gate, make_origin, trusted):
    gate = make_gate(
        f"origin: http://127.0.0.1:{make_origin().port}\ntrusted_proxies: [{trusted}]\n",
        listen="{ address: 127.0.0.1:PORT, proxy_protocol: true }",
    )
    assert gate.run("health", "--rules", gate.rules_path).returncode == 0
    gate.stop()
    assert gate.run("health", "--rules", gate.rules_path).returncode == 1


def test_health_over_tls(make_gate, make_origin, tmp_path):
    certificate, key = Authority(tmp_path / "ca").issue("shop.test")
    gate = make_gate(
        f"origin: http://127.0.0.1:{make_origin().port}\n",
        listen=f"{{ address: 127.0.0.1:PORT, tls: {{ certificate: {certificate}, key: {key} }} }}",
    )
    assert gate.run("health", "--rules", gate.rules_path).returncode == 0
