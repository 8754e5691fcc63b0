"""The Debian package in a clean root: installed, running, upgraded, removed, purged."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
from roots import ROOT, Service
from test_image import free_port


def files(root):
    return {
        str(path.relative_to(root.path))
        for top in ["etc", "usr", "var", "lib", "run", "dev/shm"]
        for path in (root.path / top).rglob("*")
    }


def test_it_installs_runs_and_leaves_nothing(clean, deb, visit, shop, tmp_path):
    clean.environment["DEBIAN_FRONTEND"] = "noninteractive"
    clean.run("apt-get", "update", "-qq", capture_output=True)
    libraries = subprocess.run(
        ["dpkg-deb", "--field", deb, "Depends"], check=True, capture_output=True).stdout.decode()
    names = [part.split("(")[0].split("|")[0].strip() for part in libraries.split(",")]
    names = ["systemd-standalone-sysusers" if name == "systemd" else name for name in names]
    clean.install(" ".join(names))
    clean.run("apt-get", "clean")
    before = files(clean)
    users = (clean.path / "etc/passwd").read_text()

    shutil.copy(deb, clean.path / "crumbgate.deb")
    said = clean.run("dpkg", "--install", "/crumbgate.deb", capture_output=True)
    assert b"rror" not in said.stderr, said.stderr.decode()
    state = clean.path / "var/lib/crumbgate"
    number = state.stat().st_uid
    assert number != 0 and state.stat().st_mode & 0o777 == 0o700
    program, rules = "/usr/bin/crumbgate", "/etc/crumbgate/shop.yaml"
    assert clean.run(program, "check", rules, capture_output=True).returncode == 0
    port = free_port()
    path = clean.path / rules.lstrip("/")
    text = re.sub(r"^listen: .*", f"listen: 127.0.0.1:{port}", path.read_text(), flags=re.M)
    path.write_text(re.sub(r"^origin: .*", f"origin: http://127.0.0.1:{shop}", text, flags=re.M))
    found = clean.run(program, "doctor", "--rules", rules, "--user", "crumbgate", check=False, capture_output=True)
    assert found.returncode == 0, found.stdout.decode()

    service = Service(clean, program, "serve", "--rules", rules, user="crumbgate", log=tmp_path / "log")
    try:
        status, _, body = visit(port)
        assert status == 200 and b"crumbgate" in body
        assert clean.run(program, "health", "--rules", rules, capture_output=True).returncode == 0
        assert open(f"/proc/{service.child.pid}/status").read().split("Uid:\t")[1].split()[0] == str(number)
        # Installed over itself, while it runs: the rules are the administrator's.
        clean.run("dpkg", "--install", "/crumbgate.deb", capture_output=True)
        assert f"127.0.0.1:{port}" in path.read_text()
        assert visit(port)[0] == 200
    finally:
        assert service.stop() == 0
    (clean.path / "crumbgate.deb").unlink()

    clean.run("dpkg", "--remove", "crumbgate", capture_output=True)
    assert path.exists() and (state / "consent.key").exists(), "removing keeps what is the administrator's"
    clean.run("dpkg", "--purge", "crumbgate", capture_output=True)
    left = {name for name in files(clean) - before if not name.startswith(("var/lib/dpkg/", "var/log/", "var/cache/"))}
    # Copies that the tools for users make of their files.
    assert {name for name in left if not name.endswith("-")} == set()
    assert (clean.path / "etc/passwd").read_text() == users


def test_what_is_in_it(deb):
    listing = subprocess.run(["dpkg-deb", "--contents", deb], check=True, capture_output=True).stdout.decode()
    entries = {line.split()[5].removeprefix("."): line.split() for line in listing.splitlines()}
    assert all(line[1] == "root/root" for line in entries.values())
    for path in [
        "/usr/bin/crumbgate", "/etc/crumbgate/shop.yaml", "/lib/systemd/system/crumbgate.service",
        "/usr/lib/sysusers.d/crumbgate.conf", "/usr/share/man/man1/crumbgate.1.gz",
        "/usr/share/bash-completion/completions/crumbgate", "/usr/share/doc/crumbgate/copyright",
        "/usr/share/doc/crumbgate/deploy.md", "/usr/share/crumbgate/schema.json",
    ]:  # fmt: skip
        assert path in entries, path
    assert entries["/usr/bin/crumbgate"][0] == "-rwxr-xr-x"


def test_no_toolchain_is_needed(deb):
    depends = subprocess.run(["dpkg-deb", "--field", deb, "Depends"], check=True, capture_output=True).stdout.decode()
    assert "libc6" in depends and "libssl3" in depends
    assert "swift" not in depends
    listed = re.search(r"ca-certificates (lib.*?)&&", (ROOT / "Dockerfile").read_text().replace("\\\n", " "), re.S)[1]
    needed = {part.split()[0] for part in depends.split(",")}
    # What every Debian has is not listed there.
    here = {"libc6", "libgcc-s1", "systemd", "ca-certificates"}
    assert needed - here == set(listed.split()) - here, "the image and the package need the same"


@pytest.mark.skipif(shutil.which("lintian") is None, reason="needs lintian")
def test_lintian_finds_no_error(deb):
    ended = subprocess.run(["lintian", "--fail-on", "none", "--tag-display-limit", "0", deb], capture_output=True)
    errors = [line for line in ended.stdout.decode().splitlines() if line.startswith("E: ")]
    assert errors == []


def test_the_same_source_gives_the_same_package(built, deb):
    """Made again of the same binary, to the octet."""
    root = built.roots["build"]
    source = root.path / "again"
    for name in ["packaging", "docs", "rules"]:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("images"))
    shutil.copy(ROOT / "CHANGELOG.md", source)
    packages = []
    root.environment["SOURCE_DATE_EPOCH"] = "1795000000"
    for turn in ["one", "two"]:
        made = root.run(
            "sh", "/again/packaging/build-deb.sh", "/src/.build-static/release/crumbgate", f"/again/{turn}",
            capture_output=True,
        ).stdout.decode().strip()  # fmt: skip
        packages.append(pathlib.Path(root.path, made.lstrip("/")).read_bytes())
    shutil.rmtree(source)
    assert packages[0] == packages[1]
    assert os.path.getsize(deb) > 1 << 20
