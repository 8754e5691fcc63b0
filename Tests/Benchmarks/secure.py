"""TLS and HTTP/2: requests on kept connections, full handshakes, and what an idle connection holds, against nginx without
jobs."""

import re
import statistics
import subprocess
import time

import http1
import http2
import load
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
    rows += _http2(names, directory, origin, rounds, seconds, say)
    idle = []
    for name in names:
        peer = peers.start(name, directory, origin.port, tls=True)
        try:
            idle.append(_idle(peer))
        finally:
            peer.server.end()
    rows.append(["idle connection, KiB", *(f"{each:.1f}" for each in idle), f"{idle[0] / idle[1]:.2f}"])
    return rows


def _http2(names, directory, origin, rounds, seconds, say):
    """The rows of HTTP/2: requests of 32 connections with ten streams each, and idle connections."""
    rows = []
    running = [peers.start(name, directory, origin.port, tls=True, http2=True) for name in names]
    try:
        for kind in ("1 KB", "30 KB HTML", "100 KB"):
            samples = {name: [] for name in names}
            for number in range(rounds):
                for peer in running:
                    before = peer.server.cpu_nanoseconds()
                    done = load.run_http2(peer, shop.PATHS[kind], 32, seconds)
                    time.sleep(0.05)
                    samples[peer.name].append((peer.server.cpu_nanoseconds() - before) / 1000 / done)
                say(f"HTTP/2, {kind}: round {number + 1} of {rounds}")
            rows.append(_row(f"HTTP/2, {kind} c=32 m=10", samples, names))
    finally:
        measure.end_all(running)
    idle = []
    for name in names:
        peer = peers.start(name, directory, origin.port, tls=True, http2=True)
        try:
            idle.append(_idle(peer, http2.open_and_ask))
        finally:
            peer.server.end()
    rows.append(["HTTP/2, idle connection, KiB", *(f"{each:.1f}" for each in idle), f"{idle[0] / idle[1]:.2f}"])
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


def _idle(peer, ask=None):
    """KiB per connection that made one request and is silent now; `ask` makes a connection and its request."""
    ask = ask or _open_and_ask
    connections = []
    try:
        for count in range(IDLE_CONNECTIONS + 200):
            # What the first connections need, buffers and pools, is not a connection's.
            if count == 200:
                time.sleep(0.5)
                before = peer.server.resident_kib()
            connections.append(ask(peer, "/stock.json"))
        time.sleep(0.5)
        return (peer.server.resident_kib() - before) / IDLE_CONNECTIONS
    finally:
        for connection in connections:
            connection.close()


def _open_and_ask(peer, path):
    """A connection on which one request was made and answered."""
    connection = http1.connect(peer.server.port)
    connection.sendall(peer.head(path))
    received = 0
    while received < shop.SIZES[path]:
        received += len(connection.recv(65536))
    return connection
