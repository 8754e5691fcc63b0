"""Started by root, the proxy becomes a user once its ports are bound and its keys read (docs/deploy.md)."""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile

import pytest

from harness.client import eventually, fetch
from harness.process import binary, free_port
from harness.tls import Authority, SecureClient

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up root")
SERVICE_USER = "nobody"


@pytest.fixture
def open_path(tmp_path):
    """Lets the user come to this test's folder, and to nothing in it that is not theirs."""
    for folder in [tmp_path, *tmp_path.parents]:
        if folder != pathlib.Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)


@pytest.fixture
def memory():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        user = pwd.getpwnam(SERVICE_USER)
        os.chown(directory, user.pw_uid, user.pw_gid)
        yield directory


@pytest.fixture
def rules(open_path, memory, make_origin):
    origin = make_origin()
    return f"origin: http://127.0.0.1:{origin.port}\nworkers: 2\nuser: {SERVICE_USER}\nmemory_directory: {memory}\n"


def threads(pid):
    """What the system says of each thread."""
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        yield dict(line.split(":\t", 1) for line in path.read_text().splitlines() if ":\t" in line)


def test_every_thread_has_given_up_everything(make_gate, rules):
    gate = make_gate(rules)
    assert fetch(gate.port).body == b"ok"
    user = pwd.getpwnam(SERVICE_USER)
    seen = list(threads(gate.pid))
    assert len(seen) >= 4
    for thread in seen:
        assert set(thread["Uid"].split()) == {str(user.pw_uid)}, thread["Name"]
        assert set(thread["Gid"].split()) == {str(user.pw_gid)}
        assert set(thread["Groups"].split()) <= {str(user.pw_gid)}
        for kind in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]:
            assert int(thread[kind], 16) == 0, (thread["Name"], kind)
        assert thread["NoNewPrivs"] == "1"


def test_what_it_writes_is_the_users(make_gate, rules, memory):
    gate = make_gate(rules)
    uid = pwd.getpwnam(SERVICE_USER).pw_uid
    state = gate.directory / "state"
    assert state.stat().st_uid == uid and state.stat().st_mode & 0o777 == 0o700
    assert (state / "consent.key").stat().st_uid == uid
    eventually(lambda: [path.stat().st_uid for path in pathlib.Path(memory).iterdir()] == [uid])


def test_a_low_port_and_the_command_line(make_gate, rules):
    """Root's port, and not root's any more."""
    port = next(port for port in range(980, 900, -1) if is_free(port))
    gate = make_gate(rules, port=port)
    assert fetch(port).body == b"ok"
    assert next(threads(gate.pid))["Uid"].split()[0] == str(pwd.getpwnam(SERVICE_USER).pw_uid)


def test_the_capability_for_low_ports_is_given_up(make_gate, rules, tmp_path):
    """As systemd starts it: a user, with one capability."""
    tmp_path.chmod(0o777)
    port = next(port for port in range(980, 900, -1) if is_free(port))
    as_service = [
        "setpriv", f"--reuid={SERVICE_USER}", "--regid=nogroup", "--clear-groups", "--inh-caps=+net_bind_service",
        "--ambient-caps=+net_bind_service", "--bounding-set=-all,+net_bind_service",
    ]  # fmt: skip
    mask = os.umask(0)
    gate = make_gate(rules.replace(f"user: {SERVICE_USER}\n", ""), port=port, within=as_service)
    os.umask(mask)
    assert fetch(port).body == b"ok"
    for thread in threads(gate.pid):
        assert {int(thread[kind], 16) for kind in ["CapInh", "CapPrm", "CapEff", "CapAmb"]} == {0}, thread["Name"]
        assert thread["NoNewPrivs"] == "1"


def is_free(port):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def test_rules_are_read_again(make_gate, rules):
    gate = make_gate(rules)
    gate.rules_path.chmod(0o644)
    gate.write_rules(rules + "log: { level: debug }\n")
    gate.signal(signal.SIGHUP)
    gate.wait_for_log(b"rules reloaded")
    assert fetch(gate.port).body == b"ok"


def test_rules_that_the_user_cannot_read_again_are_told_of(make_gate, rules):
    gate = make_gate(rules, within=["sh", "-c", 'chmod 600 "$3" && exec "$0" "$@"'])
    gate.wait_for_log(b"cannot read")
    assert f"{SERVICE_USER} cannot read".encode() in gate.log and b"rules.yaml" in gate.log
    gate.signal(signal.SIGHUP)
    gate.wait_for_log(b"rules not reloaded")
    assert fetch(gate.port).body == b"ok"


def test_keys_of_root_serve_until_they_are_renewed(make_gate, rules, tmp_path):
    authority = Authority(tmp_path / "ca")
    certificate, key = authority.issue("shop.test", into=tmp_path)
    shutil.chown(key, "root")
    key.chmod(0o600)
    listen = f"{{ address: 127.0.0.1:PORT, tls: {{ certificate: {certificate}, key: {key} }} }}"
    gate = make_gate(rules, listen=listen)
    with SecureClient(gate.port, authority.context()) as client:
        assert client.request().body == b"ok"
    gate.wait_for_log(b"cannot read")
    authority.issue("shop.test", into=tmp_path)
    gate.wait_for_log(b"certificates not reloaded", timeout=10)
    with SecureClient(gate.port, authority.context()) as client:
        assert client.request().body == b"ok"
    # As the log advises: for the user's group.
    os.chown(key, 0, pwd.getpwnam(SERVICE_USER).pw_gid)
    key.chmod(0o640)
    authority_key = key.read_bytes()
    key.write_bytes(authority_key)
    gate.wait_for_log(b"certificates reloaded", timeout=10)


def test_root_is_warned(make_gate, rules):
    gate = make_gate(rules.replace(f"user: {SERVICE_USER}\n", ""))
    gate.wait_for_log(b"this is root")


def start(directory, rules, *arguments, **options):
    path = directory / "rules.yaml"
    path.write_text(f"listen: 127.0.0.1:{free_port()}\nstate_directory: state\n{rules}")
    return subprocess.run(
        [binary("crumbgate", "CRUMBGATE_BIN"), "serve", "--rules", path, *arguments],
        capture_output=True, timeout=30, check=False, **options,
    )  # fmt: skip


def test_no_such_user(tmp_path, rules):
    ended = start(tmp_path, rules, "--user", "no-such-user")
    assert ended.returncode == 1 and b"no user `no-such-user`" in ended.stderr
    assert not (tmp_path / "state").exists(), "nothing was begun"


def test_only_root_becomes_somebody_else(tmp_path, rules):
    tmp_path.chmod(0o777)
    ended = start(tmp_path, rules.replace("nobody", "daemon"), user="nobody", group="nogroup")
    assert ended.returncode == 1 and b"only root can become `daemon`" in ended.stderr


def test_the_service_manager_is_told(make_gate, rules, tmp_path, monkeypatch):
    """sd_notify(3), by a path and by an abstract name."""
    for address, name in [(str(tmp_path / "notify"), None), ("\0crumbgate-test-%d" % os.getpid(), "@")]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(10)
            manager.bind(address)
            if name is None:
                os.chmod(address, 0o777)
            monkeypatch.setenv("NOTIFY_SOCKET", address if name is None else name + address[1:])
            gate = make_gate(rules)
            assert manager.recv(4096) == b"READY=1"
            assert fetch(gate.port).body == b"ok"
            gate.stop()
            assert manager.recv(4096) == b"STOPPING=1"
