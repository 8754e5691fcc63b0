"""Visitors who mean no good: idle connections, and such that are as slow as they may be; in a process of their own, so
that they do not slow down who measures."""

import argparse
import contextlib
import json
import pathlib
import resource
import selectors
import socket
import subprocess
import sys
import time

from .client import fetch, request

KINDS = ("idle", "silent", "head", "body", "read")


class Flood:
    """Holds connections to a port by kind, until it is stopped; whoever is cut off comes again.

    `idle`: served once, then silent. `silent`: never said anything. `head`, `body`: a byte at a time. `read`: takes a byte
    at a time of `/long`, whose response must be longer than what sockets take by themselves.
    """

    def __init__(self, port, pace=0.5, address="127.0.0.1", **numbers):
        command = [sys.executable, "-m", "harness.flood", port, f"--pace={pace}", f"--address={address}"]
        command += [f"--{kind}={number}" for kind, number in numbers.items()]
        self.child = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            cwd=pathlib.Path(__file__).parents[1],
        )  # fmt: skip
        assert self.child.stdout.readline() == b"ready\n"

    def stop(self):
        """Ends them all; by kind: connections made, ended by the proxy, and held at last."""
        out, _ = self.child.communicate(timeout=60)
        return json.loads(out)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()


class Attackers:
    def __init__(self, options):
        self.address, self.pace = (options.address, options.port), options.pace
        self.selector = selectors.DefaultSelector()
        self.selector.register(sys.stdin, selectors.EVENT_READ, None)
        self.held = {kind: set() for kind in KINDS}
        self.made, self.ended = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
        self.missing = []
        for kind in KINDS:
            for _ in range(getattr(options, kind)):
                self.connect(kind)

    def connect(self, kind):
        sock = socket.socket()
        if kind == "read":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(5)
        start = b"POST /slow HTTP/1.1\r\nHost: shop.test\r\n"
        try:
            sock.connect(self.address)
            sock.sendall(
                {
                    "idle": request("/idle"), "silent": b"", "head": start + b"X-Slow: ",
                    "body": start + b"Content-Length: 1000000\r\n\r\nx", "read": request("/long"),
                }[kind]  # fmt: skip
            )
            if kind == "idle" and not sock.recv(65536).startswith(b"HTTP/1.1 200"):
                raise ConnectionResetError
        except OSError:
            sock.close()
            self.ended[kind] += 1
            self.missing.append(kind)
            return
        sock.setblocking(False)
        self.made[kind] += 1
        self.held[kind].add(sock)
        if kind != "read":
            self.selector.register(sock, selectors.EVENT_READ, kind)

    def lose(self, sock, kind):
        if sock not in self.held[kind]:
            return
        self.held[kind].discard(sock)
        if kind != "read":
            self.selector.unregister(sock)
        sock.close()
        self.ended[kind] += 1
        self.missing.append(kind)

    def drip(self):
        for kind in ("head", "body", "read"):
            for sock in list(self.held[kind]):
                try:
                    if kind == "read":
                        if not sock.recv(1):
                            raise ConnectionResetError
                    else:
                        sock.send(b"x")
                except BlockingIOError:
                    pass
                except OSError:
                    self.lose(sock, kind)

    def run(self):
        print("ready", flush=True)
        following = time.monotonic()
        while True:
            for key, _ in self.selector.select(max(0, following - time.monotonic())):
                if key.data is None:
                    return
                # An answer, or the end: there is nothing more to hold.
                self.lose(key.fileobj, key.data)
            if time.monotonic() >= following:
                following = time.monotonic() + self.pace
                self.drip()
                missing, self.missing = self.missing, []
                for kind in missing:
                    self.connect(kind)

    def report(self):
        return {
            kind: {"made": self.made[kind], "ended": self.ended[kind], "held": len(self.held[kind])}
            for kind in KINDS
            if self.made[kind] or self.ended[kind]
        }


def timed(port, count, target="/normal", expected=b"ok"):
    """Seconds that requests on connections of their own take, one after the other; the shortest first."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        seen = fetch(port, target)
        times.append(time.perf_counter() - began)
        assert (seen.status, seen.body) == (200, expected), seen.start
    return sorted(times)


def part(times, share):
    """What this share of the requests did not take longer than."""
    return times[min(len(times) - 1, int(len(times) * share))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--pace", type=float, default=0.5)
    parser.add_argument("--address", default="127.0.0.1")
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=int, default=0)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    attackers = Attackers(parser.parse_args())
    with contextlib.suppress(KeyboardInterrupt):
        attackers.run()
    print(json.dumps(attackers.report()))


if __name__ == "__main__":
    main()
