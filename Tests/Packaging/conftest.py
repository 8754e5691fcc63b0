"""Everything here needs root, debootstrap and a Debian mirror, and takes as long as a build from nothing."""

import os
import pathlib
import shutil
import subprocess

import pytest
from roots import ROOT, Build, Root, base_root

TOOLCHAIN = pathlib.Path(os.environ.get("SWIFT_TOOLCHAIN", "/opt/swift"))
FOLDER = pathlib.Path(os.environ.get("PACKAGING_FOLDER", "/var/tmp/crumbgate-packaging"))


def pytest_collection_modifyitems(items):
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        skip = pytest.mark.skip(reason="needs root and debootstrap")
        for item in items:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def base():
    FOLDER.mkdir(parents=True, exist_ok=True)
    return base_root(FOLDER / "base")


@pytest.fixture(scope="session")
def built(base):
    """The Dockerfile's stages, built."""
    for name in ["build", "1"]:
        assert not (FOLDER / name).exists(), f"{FOLDER / name} is left from a run before: remove its mounts, then it"
    with open(FOLDER / "build.log", "w") as log:
        build = Build(ROOT / "Dockerfile", base, FOLDER, TOOLCHAIN, log)
        yield build
        if not os.environ.get("PACKAGING_KEEP"):
            build.remove()


@pytest.fixture(scope="session")
def deb(built):
    """The Debian package of the same binary, made where it was built."""
    root = built.roots["build"]
    root.install("dpkg-dev")
    source = root.path / "packages"
    shutil.copytree(ROOT / "packaging", source / "packaging")
    shutil.copytree(ROOT / "docs", source / "docs", ignore=shutil.ignore_patterns("images"))
    shutil.copytree(ROOT / "rules", source / "rules")
    shutil.copy(ROOT / "CHANGELOG.md", source)
    binary = "/src/.build-static/release/crumbgate"
    said = root.run("sh", "/packages/packaging/build-deb.sh", binary, "/packages/out", capture_output=True)
    made = root.path / said.stdout.decode().strip().lstrip("/")
    kept = FOLDER / made.name
    shutil.copy(made, kept)
    shutil.rmtree(source)
    return kept


@pytest.fixture
def clean(base, tmp_path):
    """A Debian with nothing in it."""
    root = Root(tmp_path / "root", base)
    yield root
    root.remove()


@pytest.fixture
def shop(tmp_path):
    """A web server on a port of this machine, which the roots' programs reach; its port."""
    import http.server
    import threading

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            page = b"<!doctype html><html lang=en><title>Shop</title><body><h1>Shop</h1></body></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.send_header("Set-Cookie", "_ga=1")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def visit():
    """A page as a visitor gets it: status, fields, body."""
    import time
    import urllib.error
    import urllib.request

    def fetch(port, deadline=20):
        end = time.monotonic() + deadline
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError:
                raise
            except OSError:
                assert time.monotonic() < end, f"nobody answers on port {port}"
                time.sleep(0.1)

    return fetch


def run(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()
