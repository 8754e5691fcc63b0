"""Faults of all kinds at once, and whether anybody gets a byte that is not theirs.

Visitors in processes of their own ask a shop with moods through the proxy, and compare every response with what only their
own request can have as its answer. Meanwhile the shop goes down and comes back, rules are replaced by good and by broken
ones, the store's disk is full, the clock jumps, and the proxy is ended (SIGTERM) and started again. What fails must have a
cause: a fault at that time, or the shop's mood in that very exchange. Prints the losses; ends with 1 when there is one
without a cause, a wrong byte, a crash, or memory or descriptors that grow.
"""

import argparse
import contextlib
import multiprocessing
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Integration"))

from faults import Faults  # noqa: E402
from harness.moods import moody  # noqa: E402
from harness.origin import Origin  # noqa: E402
from harness.process import Gate, free_port  # noqa: E402
from losses import Ledger  # noqa: E402
from visitors import visit  # noqa: E402

RULES = """
hosts: [shop.test]
categories:
  authentication: { cookies: [sid] }
  analytics: { cookies: [_ga] }
timeouts: { request_head: 5s, idle: 20s, body: 5s, origin_connect: 1s, origin_first_byte: 5s, origin_idle: 5s, drain: 8s }
measurement: { threshold: 1 }
trusted_proxies: [127.0.0.1]
"""


def serve_shop(port, control, seed):
    """The shop, in a process of its own: goes away for as long as it is told, and says at last what it found wrong."""
    random.seed(seed)
    wrong = []
    answer = moody(wrong)

    def respond(peer, seen):
        # Nobody looks at them afterwards.
        origin.requests.clear()
        answer(peer, seen)

    origin = Origin(port=port, respond=respond)
    while True:
        order = control.recv()
        if order is None:
            control.send(wrong)
            os._exit(0)
        if order > 0.2:
            for peer in list(origin.peers):
                with contextlib.suppress(OSError):
                    peer.reset()
        origin.close()
        time.sleep(order)
        origin = Origin(port=port, respond=respond)
        control.send("back")


class Stage:
    """Shop, proxy, their folders, and what can be done to them."""

    def __init__(self, directory, seed, clock, own_disk):
        self.directory, self.clock = pathlib.Path(directory), clock
        self.shop_port = free_port()
        self.control, theirs = multiprocessing.Pipe()
        self.shop = multiprocessing.Process(target=serve_shop, args=(self.shop_port, theirs, seed), daemon=True)
        self.shop.start()
        self.state = self.directory / "gate" / "state"
        self.state.mkdir(parents=True)
        self.disk = own_disk and self.mount()
        self.turn, self.has_clock = 0, False
        self.set_clock(0)
        self.samples, self.statuses = [], []
        try:
            self.gate = self.start()
        except BaseException:
            self.unmount()
            raise

    def mount(self):
        """A disk of its own for the store: 8 MiB."""
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "chaos", self.state], capture_output=True)
        return done.returncode == 0

    @property
    def rules(self):
        """Other rules each time, that mean the same to visitors."""
        return f"origin: http://127.0.0.1:{self.shop_port}\nlimits: {{ retry_after: {self.turn % 50 + 2}s }}\n{RULES}"

    def start(self, port=None):
        within = ()
        if self.clock:
            within = ("env", f"LD_PRELOAD={self.clock}", f"CHAOS_CLOCK={self.directory}/clock")
        return Gate(self.directory / "gate", self.rules, port, within)

    def set_clock(self, seconds):
        """Moves the proxy's time of day; what runs has the file mapped."""
        with open(self.directory / "clock", "r+b" if self.has_clock else "w+b", buffering=0) as file:
            file.write(struct.pack("=q", seconds))
        self.has_clock = True

    def sample(self):
        """Memory and descriptors of the proxy that runs now."""
        try:
            self.samples.append((self.gate.pid, time.monotonic(), self.gate.rss, self.gate.descriptors))
        except (AssertionError, OSError):
            pass

    def restart(self):
        port = self.gate.port
        self.statuses.append(self.gate.stop(timeout=20))
        self.gate = self.start(port)

    def end(self):
        if self.gate.child.poll() is None:
            self.statuses.append(self.gate.stop(timeout=20))
        else:
            self.statuses.append(self.gate.child.returncode)
        self.control.send(None)
        wrong = self.control.recv() if self.control.poll(10) else ["the shop did not end"]
        return wrong

    def unmount(self):
        if self.disk:
            subprocess.run(["umount", "-l", self.state], check=False)
            self.disk = False


def jumping_clock(directory):
    """The library that makes clocks jump; nothing without a compiler."""
    compiler = shutil.which("cc") or shutil.which("clang")
    library = pathlib.Path(directory) / "clock.so"
    source = pathlib.Path(__file__).with_name("clock.c")
    command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source]
    return library if compiler and subprocess.run(command, check=False).returncode == 0 else None


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=120, help="how long (120)")
    parser.add_argument("--requests", type=int, default=0, help="ends after so many requests, however long that takes")
    parser.add_argument("--visitors", type=int, default=12, help="at a time (12)")
    parser.add_argument("--processes", type=int, default=2, help="that they are spread over (2)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of all that is drawn")
    parser.add_argument("--faults", default="", help="only these, by name, separated by commas")
    return parser.parse_args()


def main():
    options = parse()
    print(f"chaos: seed {options.seed}, {options.visitors} visitors", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos") as directory, tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        os.environ["RUNTIME_DIRECTORY"] = memory
        stage = Stage(directory, options.seed, jumping_clock(directory), os.geteuid() == 0)
        try:
            faults = Faults(stage, options)
            for name, reason in faults.missing.items():
                print(f"  without {name}: {reason}", flush=True)
            done = multiprocessing.Event()
            asked = [multiprocessing.Value("q", 0, lock=False) for _ in range(options.processes)]
            results, processes = multiprocessing.SimpleQueue(), []
            for number in range(options.processes):
                share = options.visitors // options.processes + (number < options.visitors % options.processes)
                process = multiprocessing.Process(
                    target=visit, args=(stage.gate.port, share, options.seed * 100 + number, done, asked[number], results)
                )
                process.start()
                processes.append(process)
            until = began + options.seconds
            faults.start()
            shown = began
            while time.monotonic() < until if not options.requests else sum(one.value for one in asked) < options.requests:
                time.sleep(0.5)
                stage.sample()
                if stage.gate.child.poll() is not None and not faults.is_restarting:
                    break
                if time.monotonic() - shown > 30:
                    shown = time.monotonic()
                    print(f"  {sum(one.value for one in asked):,} requests, {faults.counts}", flush=True)
            faults.stop()
            time.sleep(1)
            done.set()
            collected = [results.get() for _ in processes]
            for process in processes:
                process.join(30)
            time.sleep(6.5)
            # Nobody is there any more, and what was kept for the shop's sake has had its time.
            stage.sample()
            left = stage.samples[-1][3] if stage.samples else 0
            wrong = stage.end()
        finally:
            stage.unmount()
        ledger = Ledger(collected, faults.windows, wrong, stage, left, time.monotonic() - began, faults.counts)
        log = b"".join(path.read_bytes() for path in (stage.directory / "gate").glob("*.log"))
        ledger.note_log(log)
    print(ledger.text(), flush=True)
    return 0 if ledger.is_clean else 1


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
