"""TLS: requests on kept connections, full handshakes, and what an idle connection holds, against nginx without jobs."""

import re
import statistics
import subprocess
import time

import http1
import measure
import peers
import shop
from processes import LOAD_CORE

IDLE_CONNECTIONS = 2000


def measure_all(options, directory, origin, say):
    """The rows of a table."""
    rounds, seconds = options.rounds or 7, options.seconds or 4  # handshakes of 256 connections take a while
    names = ["crumbgate", "nginx"]
    rows = [["", *names, "ratio"]]
    running = []
    try:
        for name in names:
            running.append(peers.start(name, directory, origin.port, tls=True))
        for kind in ("1 KB", "30 KB HTML", "100 KB"):
            for connections in (32, 256):
                cell = measure.Cell(kind, connections)
                measure.measure(cell, running, directory + "/files", rounds, seconds, say)
                rows.append(_row(cell.name, cell.samples, names))
        samples = {name: [] for name in names}
        for number in range(rounds):
            for peer in running:
                samples[peer.name].append(_handshakes(peer, seconds))
            say(f"handshakes: round {number + 1} of {rounds}")
        rows.append(_row("full handshake", samples, names))
    finally:
        measure.end_all(running)
    idle = []
    for name in names:
        peer = peers.start(name, directory, origin.port, tls=True)
        try:
            idle.append(_idle(peer))
        finally:
            peer.server.end()
    rows.append(["idle connection, KiB", *(f"{each:.1f}" for each in idle), f"{idle[0] / idle[1]:.2f}"])
    return rows


def _row(name, samples, names):
    ratios = [ours / theirs for ours, theirs in zip(*(samples[each] for each in names))]
    return [name, *(f"{statistics.median(samples[each]):.1f}" for each in names),
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"]


def _handshakes(peer, seconds):
    """CPU microseconds per connection with a full handshake."""
    before = peer.server.cpu_nanoseconds()
    done = subprocess.run(
        ["taskset", "-c", str(LOAD_CORE), "openssl", "s_time", "-new", "-tls1_3", "-time", str(seconds), "-connect",
         f"127.0.0.1:{peer.server.port}"], capture_output=True, text=True, timeout=seconds + 30)
    time.sleep(0.05)
    spent = peer.server.cpu_nanoseconds() - before
    count = int(re.search(r"(\d+) connections in \d+ real", done.stdout)[1])
    return spent / 1000 / count


def _idle(peer):
    """KiB per connection that made one request and is silent now."""
    head = peer.head("/stock.json")
    connections = []
    try:
        for count in range(IDLE_CONNECTIONS + 200):
            # What the first connections need, buffers and pools, is not a connection's.
            if count == 200:
                time.sleep(0.5)
                before = peer.server.resident_kib()
            connection = http1.connect(peer.server.port)
            connections.append(connection)
            connection.sendall(head)
            received = 0
            while received < shop.SIZES["/stock.json"]:
                received += len(connection.recv(65536))
        time.sleep(0.5)
        return (peer.server.resident_kib() - before) / IDLE_CONNECTIONS
    finally:
        for connection in connections:
            connection.close()
