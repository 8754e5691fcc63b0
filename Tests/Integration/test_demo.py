"""`crumbgate demo`: what a newcomer sees first. Its third parties are always on one port, so it runs where that is free."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile

import pytest

from harness.client import eventually, fetch
from harness.process import binary, free_port
from harness.tls import SecureClient, careless

THIRD_PARTIES = 9001


def is_open(port):
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def demo(tmp_path):
    """Starts demos with rules of their own."""
    children = []

    def start(listen=None, origin=None):
        listen, origin = listen or free_port(), origin or free_port()
        secure = free_port()
        path = tmp_path / f"rules{len(children)}.yaml"
        path.write_text(
            f"listen: 127.0.0.1:{listen}\norigin: http://127.0.0.1:{origin}\nstate_directory: state{len(children)}\n"
        )
        child = subprocess.Popen(
            [binary("crumbgate", "CRUMBGATE_BIN"), "demo", "--rules", str(path), "--tls-port", str(secure)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        child.listen, child.origin, child.secure = listen, origin, secure
        children.append(child)
        return child

    if is_open(THIRD_PARTIES):
        pytest.skip("another program is where the demo's third parties would be")
    yield start
    for child in children:
        if child.poll() is None:
            child.terminate()
            child.wait(10)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_demo_starts_and_leaves_nothing_behind(demo, how):
    """Ctrl-C, and a terminal that is closed, reach everything that runs in it."""
    child = demo()
    eventually(lambda: is_open(child.listen) and child.poll() is None, timeout=15)
    assert b"/.crumbgate/" in fetch(child.listen, "/", ["Accept: text/html"]).body
    with SecureClient(child.secure, careless(), "localhost") as client:
        assert b"/.crumbgate/" in client.request("/", ["Accept: text/html"], host=f"localhost:{child.secure}").body
    os.killpg(child.pid, how)
    said, _ = child.communicate(timeout=10)
    assert child.returncode == 0
    assert b"http://127.0.0.1:%d/" % child.listen in said and b"report --rules" in said
    assert b"https://127.0.0.1:%d/" % child.secure in said and b"rror" not in said, said.decode()
    assert not list(pathlib.Path(tempfile.gettempdir()).glob("crumbgate-demo-*"))
    for port in (child.listen, child.secure, child.origin, THIRD_PARTIES):
        assert not is_open(port)


def test_a_second_demo_says_what_is_in_the_way(demo):
    first = demo()
    eventually(lambda: is_open(first.listen), timeout=15)
    for options in ({"listen": first.listen}, {"origin": first.origin}, {}):
        second = demo(**options)
        said, _ = second.communicate(timeout=15)
        assert second.returncode == 1
        taken = [*options.values(), THIRD_PARTIES][0]
        assert b"port %d is taken" % taken in said and b"Usage" not in said
    assert first.poll() is None
