"""What the machine does not give: descriptors, a reader of the log (proxy.md, "How each part fails")."""

import os
import pathlib
import resource
import signal
import subprocess
import time

import pytest

from harness.client import Client, eventually, fetch, request
from harness.message import Closed
from harness.process import binary, free_port


def test_out_of_descriptors_is_survived(make_gate, make_origin):
    """Whoever comes while there are none is turned away; the others are served, and afterwards everybody is."""
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\n")
    assert fetch(gate.port).body == b"ok"
    used = gate.descriptors
    soft, hard = resource.prlimit(gate.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(gate.pid, resource.RLIMIT_NOFILE, (used + 8, hard))
    clients = []
    for _ in range(40):
        clients.append(Client(gate.port, timeout=5))
    answers = []
    for client in clients:
        try:
            client.send(request())
            answers.append(client.response().status)
        except (OSError, Closed):
            answers.append(None)
    assert answers[0] == 200 and None in answers
    assert gate.child.poll() is None
    ticks = cpu_ticks(gate.pid)
    time.sleep(0.5)
    assert cpu_ticks(gate.pid) - ticks < 25, "it spins on what it cannot accept"
    for client in clients:
        client.close()
    resource.prlimit(gate.pid, resource.RLIMIT_NOFILE, (soft, hard))
    eventually(lambda: fetch(gate.port).body == b"ok")
    assert gate.stop() == 0


def cpu_ticks(pid):
    """Processor time of a process, in hundredths of a second."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def answers(port):
    try:
        return fetch(port).body == b"ok"
    except OSError:
        return False


@pytest.mark.parametrize("how", ["dies", "stops"])
def test_a_reader_of_the_access_log_who_is_gone_slows_nobody(tmp_path, make_origin, how):
    """Standard output is a pipe whose reader ends, or just does not read: lines are lost, requests are not."""
    origin = make_origin()
    path = tmp_path / "rules.yaml"
    port = free_port()
    path.write_text(f"listen: 127.0.0.1:{port}\nstate_directory: state\norigin: http://127.0.0.1:{origin.port}\n")
    reader, writer = os.pipe()
    child = subprocess.Popen(
        [binary("crumbgate", "CRUMBGATE_BIN"), "serve", "--rules", str(path)],
        stdout=writer,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        eventually(lambda: answers(port), timeout=10)
        if how == "dies":
            os.close(reader)
        long = "/" + "a" * 1000
        began = time.monotonic()
        with Client(port) as client:
            for _ in range(3000):
                assert client.request(long).body == b"ok"
        assert time.monotonic() - began < 20
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        if how == "stops":
            os.close(reader)
