"""What operators install: the unit, the image, the package. Tests/Packaging does all of it in clean roots."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest
import yaml

from harness.client import fetch
from harness.consent import decided_cookie
from harness.origin import page
from harness.process import ROOT, binary, free_port
from harness.tls import Authority

PACKAGING = ROOT / "packaging"
UNIT = PACKAGING / "crumbgate.service"


def exposure(unit):
    """What systemd thinks a unit could do to a machine, from 0 to 10."""
    ended = subprocess.run(
        ["systemd-analyze", "--offline=true", "--no-pager", "security", unit],
        capture_output=True, timeout=60, check=False, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", ended.stdout.decode())
    assert found, ended.stderr.decode()
    return float(found[1])


needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze (Debian package systemd) is not installed")


@needs_systemd
def test_the_unit_is_shut_up(tmp_path):
    assert exposure(UNIT) <= 2.0
    # And the measure is one: without a third of it, it is not.
    lines = UNIT.read_text().splitlines()
    loose = tmp_path / "crumbgate.service"
    loose.write_text("\n".join(line for line in lines if not line.startswith(("SystemCallFilter", "Capability", "Protect"))))
    assert exposure(loose) > 2.0


@needs_systemd
def test_the_unit_says_nothing_that_systemd_does_not_know(tmp_path):
    unit = tmp_path / "crumbgate.service"
    unit.write_text(UNIT.read_text().replace("/usr/bin/crumbgate", "/bin/true").replace("Documentation=man:crumbgate(1)\n", ""))
    ended = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, timeout=60, check=False)
    assert unit.name not in ended.stderr.decode(), ended.stderr.decode()


def dockerfile():
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.M).replace("\\\n", " ")
    return [line.split(None, 1) for line in text.splitlines() if line.strip()]


def installed_by(stage):
    """The packages that a stage of the Dockerfile installs."""
    steps, number = [], -1
    for name, argument in dockerfile():
        number += name == "FROM"
        if number == stage and name == "RUN":
            steps.append(argument)
    found = re.search(r"apt-get install -y --no-install-recommends ([^&]+)", " ".join(steps))
    return set(found[1].split())


def test_the_image_needs_no_shell_and_no_root():
    last = {}
    for name, argument in dockerfile():
        if name == "FROM":
            last = {}
        last[name] = argument
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    for value in [last["ENTRYPOINT"], last["CMD"], last["HEALTHCHECK"].partition(" CMD ")[2]]:
        assert isinstance(json.loads(value), list)


def test_the_image_is_built_with_what_building_needs():
    script = (ROOT / "Tests" / "Tools" / "install-packages.sh").read_text()
    wanted = set(re.search(r"build\) echo ([^;]+);;", script)[1].split())
    assert wanted <= installed_by(0)


def test_the_images_build_gets_every_source():
    """Targets, tests that the package names, and what is put into the binary."""
    needed = {"Package.swift", "Sources"}
    needed |= {path.rpartition("/")[0] for path in re.findall(r'path: "(Tests/[^"\\]+/)', (ROOT / "Package.swift").read_text())}
    for source in (ROOT / "Sources").glob("C/**/*.c"):
        for path in re.findall(r'#embed "([^"]+)"', source.read_text()):
            needed.add((source.parent / path).resolve().relative_to(ROOT).parts[0])
    copied = {word for name, argument in dockerfile() if name == "COPY" and "--from" not in argument for word in argument.split()[:-1]}
    assert "rules" in needed and needed <= copied
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied <= let_through


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="only Debian knows its packages")
def test_the_image_has_every_library():
    """But those of Swift, which its binary holds, and those that every Debian has."""
    said = subprocess.run(["ldd", binary("crumbgate", "CRUMBGATE_BIN")], capture_output=True, check=True).stdout.decode()
    paths = [pathlib.Path(path) for path in re.findall(r"=> (/\S+)", said)]
    packages = set()
    for path in paths:
        if "swift" in str(path):
            continue
        for name in [path.resolve(), pathlib.Path("/usr" + str(path)), path]:
            found = subprocess.run(["dpkg-query", "--search", name], capture_output=True, check=False).stdout.decode()
            if found:
                packages.add(found.split(":")[0])
                break
    assert len(packages) > 5
    # What libpsl5 itself depends on comes with it.
    assert packages - {"libc6", "libgcc-s1", "libunistring2", "libidn2-0"} <= installed_by(1)


def test_every_dependency_is_listed():
    text = (ROOT / "docs" / "dependencies.md").read_text()
    for pin in json.loads((ROOT / "Package.resolved").read_text())["pins"]:
        name = pin["location"].removesuffix(".git").rpartition("/")[2]
        assert name in text, name
    for package in installed_by(1) - {"ca-certificates", "tzdata"}:
        assert package in text, package


def test_the_composed_shop_is_reached_through_the_proxy_only():
    services = yaml.safe_load((PACKAGING / "compose" / "compose.yaml").read_text())["services"]
    proxy = services.pop("crumbgate")
    assert proxy["read_only"] and proxy["cap_drop"] == ["ALL"] and "no-new-privileges:true" in proxy["security_opt"]
    assert all("ports" not in service for service in services.values())
    user = next(argument for name, argument in dockerfile() if name == "USER")
    assert proxy["user"] == user
    build = (PACKAGING / "compose" / proxy["build"]["context"]).resolve()
    assert (build / "Dockerfile").exists()


@pytest.mark.parametrize("rules", [PACKAGING / "shop.yaml", PACKAGING / "compose" / "rules" / "shop.yaml"], ids=str)
def test_the_rules_to_begin_with_are_right(rules):
    ended = subprocess.run([binary("crumbgate", "CRUMBGATE_BIN"), "check", rules], capture_output=True, check=False)
    assert ended.returncode == 0 and ended.stderr == b""


def test_the_manual_names_every_command():
    said = subprocess.run([binary("crumbgate", "CRUMBGATE_BIN"), "--help"], capture_output=True, check=True)
    commands = re.findall(r"^  ([a-z]+) ", said.stdout.decode().partition("SUBCOMMANDS:")[2], re.M)
    named = re.findall(r"^\.TP\n\.B ([a-z]+)$", (PACKAGING / "crumbgate.1").read_text(), re.M)
    assert set(commands) == set(named) and len(commands) > 10


def test_scripts_are_scripts():
    for script in [PACKAGING / "build-deb.sh", *(PACKAGING / "debian").glob("p*")]:
        subprocess.run(["sh", "-n", script], check=True)
        if shutil.which("shellcheck"):
            subprocess.run(["shellcheck", "--severity=warning", script], check=True)


def test_the_doctors_topics_are_told():
    document = (ROOT / "docs" / "deploy.md").read_text()
    source = (ROOT / "Sources" / "Doctor" / "Finding.swift").read_text()
    topics = re.search(r"enum Topic: [^{]+\{\n\s+case ([^\n]+)", source)[1].split(", ")
    told = re.search(r"\| topic \| what is looked at \|\n\|---\|---\|\n((?:\|.*\n)+)", document)[1]
    assert re.findall(r"^\| (\w+) \|", told, re.M) == topics


def system_calls(name):
    """The members of one of systemd's sets of system calls."""
    said = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter", name],
        capture_output=True, timeout=60, check=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    ).stdout.decode()  # fmt: skip
    words = [line.strip() for line in said.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return {call for word in words for call in (system_calls(word) if word.startswith("@") else {word})}


def permitted():
    """What the unit's filter lets through: its lines in their order."""
    allowed = set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(), re.M):
        names = line.removeprefix("~").split()
        calls = set().union(*(system_calls(name) if name.startswith("@") else {name} for name in names))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


@needs_systemd
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start it as another user, as systemd does")
def test_the_unit_permits_every_system_call_that_serving_makes(make_gate, make_origin, tmp_path):
    certificate, key = Authority(tmp_path / "ca").issue("shop.test")
    shutil.chown(key, "nobody")
    for folder in [tmp_path, *tmp_path.parents][:-1]:
        folder.chmod(folder.stat().st_mode | 0o011)
    tmp_path.chmod(0o777)
    mask = os.umask(0)
    origin = make_origin()
    origin.answer(page("<!doctype html><html lang=en><title>Shop</title><body>" + "x" * 300_000))
    trace = tmp_path / "trace"
    gate = make_gate(
        f"origin: http://127.0.0.1:{origin.port}\nconsole: {{ listen: 127.0.0.1:{free_port()} }}\nworkers: 1\n"
        "location: { database: none.mmdb }\n",
        listen=f"[127.0.0.1:PORT, {{ address: 127.0.0.1:{free_port()}, tls: {{ certificate: {certificate}, key: {key} }} }}]",
        within=[
            "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--no-new-privs", "strace", "--follow-forks",
            "--quiet=all", f"--output={trace}",
        ],
    )  # fmt: skip
    os.umask(mask)
    assert b"crumbgate" in fetch(gate.port).body
    decided_cookie(gate, origin, "crumbgate-accept")
    # strace passes a signal on to nobody but itself.
    child = int(pathlib.Path(f"/proc/{gate.pid}/task/{gate.pid}/children").read_text().split()[0])
    gate.write_rules(gate.rules_path.read_text().partition("state_directory: state\n")[2] + "log: { level: debug }\n")
    gate.wait_for_log(b"rules reloaded", timeout=30)
    os.kill(child, signal.SIGTERM)
    assert gate.wait(30) == 0
    calls = {
        found[1]: found[0]
        for found in re.finditer(r"^\d+ +([a-z_0-9]+)\(.*$", trace.read_text(), re.M)
    }
    made = set(calls) - {"execve"}
    assert {"accept4", "epoll_ctl", "fdatasync", "capset"} <= made, sorted(made)
    # What asks for more than it gets, and goes on without, is no loss.
    assert {name: calls[name] for name in made - permitted() if "= -1" not in calls[name]} == {}
