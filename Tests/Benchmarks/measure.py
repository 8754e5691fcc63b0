"""What is measured: CPU time per request in interleaved rounds, memory, and its flatness."""

import resource
import socket
import statistics
import time

import load
import peers
import shop
from checks import check

CONNECTIONS = [1, 32, 256]
IDLE_CONNECTIONS = 5000


class Cell:
    """One kind of response at one number of connections."""

    def __init__(self, kind, connections):
        self.kind = kind
        self.path = shop.PATHS[kind]
        self.connections = connections
        self.name = f"{kind} c={connections}"
        self.samples = {}  # peer's name: one figure per round, CPU microseconds per request
        self.rates = {}  # peer's name: requests per second, one figure per round
        self.errors = {}  # peer's name: requests that failed

    def median(self, peer):
        """CPU microseconds per request."""
        return statistics.median(self.samples[peer])

    def ratio(self, subject, peer):
        """Median, least and greatest of the per-round ratios subject/peer."""
        ratios = [ours / theirs for ours, theirs in zip(self.samples[subject], self.samples[peer])]
        return statistics.median(ratios), min(ratios), max(ratios)


def all_cells():
    """Every cell, in the order of the table."""
    return [Cell(kind, connections) for kind in shop.PATHS for connections in CONNECTIONS]


def measure(cell, running, files, rounds, seconds, say):
    """Fills a cell: all peers once per round, in turn."""
    for peer in running:
        check(peer, cell.path, files)
        cell.samples[peer.name], cell.rates[peer.name], cell.errors[peer.name] = [], [], 0
    for number in range(rounds):
        for peer in running:
            before = peer.server.cpu_nanoseconds()
            figures = load.run(peer, cell.path, cell.connections, seconds)
            time.sleep(0.05)  # the ends of the connections belong to the run
            spent = peer.server.cpu_nanoseconds() - before
            # A large response is often cut by the end of a run: it counts by the part that arrived.
            done = figures["bytes"] / shop.SIZES[cell.path] if cell.kind == "10 MB" else figures["requests"]
            if done < 1:
                raise RuntimeError(f"{peer.name} finished no request of {cell.name}")
            cell.samples[peer.name].append(spent / 1000 / done)
            cell.rates[peer.name].append(done / figures["microseconds"] * 1e6)
            cell.errors[peer.name] += figures["errors"]
        say(f"{cell.name}: round {number + 1} of {rounds}")


def measuring(off, on, rounds, seconds, say):
    """What counting visits costs a document: microseconds of the loop beyond those without it, and of the aggregator.

    Two lists, one figure per round.
    """
    beyond, aggregator = [], []
    for number in range(rounds):
        loop = {}
        for peer in (off, on):
            before = [peer.server.thread_nanoseconds(name) for name in ("loop", "measuring")]
            done = load.run(peer, shop.DOCUMENT, 32, seconds)["requests"]
            time.sleep(0.3)  # the aggregator takes facts in ten times a second
            after = [peer.server.thread_nanoseconds(name) for name in ("loop", "measuring")]
            loop[peer.name], counting = ((late - early) / 1000 / done for early, late in zip(before, after))
        beyond.append(loop[on.name] - loop[off.name])
        aggregator.append(counting)
        say(f"measuring: round {number + 1} of {rounds}")
    return beyond, aggregator


def busy_memory(peer, say):
    """Resident KiB at rest and the most of it with 256 busy connections."""
    time.sleep(0.5)
    at_rest = peer.server.resident_kib()
    running = load.Load(peer, shop.DOCUMENT, 256, 3)
    most = 0
    while running.process.poll() is None:
        most = max(most, peer.server.resident_kib())
        time.sleep(0.1)
    running.figures()
    say(f"{peer.name}: {most} KiB busy")
    return at_rest, most


def idle_memory(peer, say):
    """Resident KiB with 5,000 connections that made one request each and are silent now."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    head = peer.head("/stock.json")
    connections = []
    try:
        for _ in range(IDLE_CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", peer.server.port), timeout=10)
            connections.append(connection)
            connection.sendall(head)
            received = 0
            while received < shop.SIZES["/stock.json"]:  # head and body come to more than this, in one or two reads
                count = len(connection.recv(65536))
                if not count:
                    raise RuntimeError(f"{peer.name} closed connection {len(connections)}")
                received += count
        time.sleep(0.5)
        connections[-1].setblocking(False)
        resident = peer.server.resident_kib()
        for connection in (connections[0], connections[-1]):
            connection.setblocking(False)
            try:
                if connection.recv(65536) == b"":
                    raise RuntimeError(f"{peer.name} does not keep {IDLE_CONNECTIONS} connections")
            except BlockingIOError:
                pass
    finally:
        for connection in connections:
            connection.close()
    say(f"{peer.name}: {resident} KiB idle")
    return resident


def soak(peer, requests, say):
    """Resident KiB after each tenth of so many requests, documents and small responses by turns."""
    done, series = 0, []
    step = requests // 10
    while done < requests:
        for path in (shop.DOCUMENT, "/stock.json"):
            figures = load.run(peer, path, 32, 3)
            if figures["errors"]:
                raise RuntimeError(f"{peer.name}: {figures['errors']} failed requests")
            done += figures["requests"]
        while len(series) < min(done // step, 10):
            series.append(peer.server.resident_kib())
        say(f"{peer.name}: {done} requests, {peer.server.resident_kib()} KiB")
    return done, series


def start_all(names, directory, origin):
    """Starts peers; ends those that stand when one does not."""
    running = []
    try:
        for name in names:
            running.append(peers.start(name, directory, origin.port))
    except BaseException:
        end_all(running)
        raise
    return running


def end_all(running):
    """Ends peers."""
    for peer in running:
        peer.server.end()
