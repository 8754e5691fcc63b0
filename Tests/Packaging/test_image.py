"""The Dockerfile: each of its steps in a clean Debian root, and the image it makes as compose.yaml runs it."""

import json
import socket

import pytest
from roots import Service


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture
def container(built, shop):
    """The image as compose.yaml starts it: read-only, a user without rights, no shell; and rules."""
    root = built.image
    user = built.settings["USER"].partition(":")[0]
    port = free_port()
    rules = root.path / "etc/crumbgate"
    rules.mkdir(exist_ok=True)
    (rules / "shop.yaml").write_text(
        f"listen: 127.0.0.1:{port}\norigin: http://127.0.0.1:{shop}\nhosts: [127.0.0.1]\n"
        "state_directory: /var/lib/crumbgate\nmeasurement: { time_zone: Europe/Berlin }\n"
    )
    for shell in ["bash", "dash", "sh", "rbash"]:
        for folder in ["bin", "usr/bin"]:
            if (root.path / folder / shell).is_symlink() or (root.path / folder / shell).exists():
                (root.path / folder / shell).unlink()
    with root.read_only(built.settings["VOLUME"]):
        yield root, user, port


def test_it_runs_without_a_shell_a_writable_root_or_rights(built, container, visit, tmp_path):
    root, user, port = container
    program, settings = built.settings["ENTRYPOINT"][0], built.settings
    assert isinstance(settings["ENTRYPOINT"], list) and isinstance(settings["CMD"], list), "a shell would be needed"
    rules = "/etc/crumbgate/shop.yaml"
    assert root.run(program, "check", rules, user=user, capture_output=True).stdout.startswith(b"/etc/crumbgate")
    found = root.run(program, "doctor", "--rules", rules, "--format", "json", user=user, capture_output=True, check=False)
    problems = [one for one in json.loads(found.stdout) if one["verdict"] == "problem"]
    assert problems == [] and found.returncode == 0, found.stdout.decode()
    health = settings["HEALTHCHECK"].partition(" CMD ")[2]
    assert root.run(*json.loads(health), user=user, check=False, capture_output=True).returncode == 1
    service = Service(root, *settings["ENTRYPOINT"], *settings["CMD"], user=user, log=tmp_path / "log")
    try:
        status, fields, body = visit(port)
        assert status == 200 and b"crumbgate" in body, "no banner"
        assert not any(value.startswith("_ga=1") for value in fields.get_all("Set-Cookie", []))
        assert root.run(*json.loads(health), user=user, check=False, capture_output=True).returncode == 0
        lines = open(f"/proc/{service.child.pid}/status").read().splitlines()
        seen = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        assert set(seen["Uid"].split()) == {user} and int(seen["CapEff"], 16) == 0
    finally:
        assert service.stop() == 0
    log = (tmp_path / "log").read_text()
    assert "warning" not in log and "error" not in log, log
    with pytest.raises(OSError):
        (root.path / "etc/written").write_text("")


def test_what_it_writes_is_in_its_volume_and_its_users(built, container, visit, tmp_path):
    root, user, port = container
    service = Service(
        root, *built.settings["ENTRYPOINT"], *built.settings["CMD"], user=user, log=tmp_path / "log")
    try:
        visit(port)
    finally:
        assert service.stop() == 0
    state = root.path / "var/lib/crumbgate"
    assert {path.name for path in state.iterdir()} >= {"consent.key", "crumbgate.sqlite", "receipts.sqlite"}
    assert all(path.stat().st_uid == int(user) and path.stat().st_mode & 0o077 == 0 for path in state.iterdir())
