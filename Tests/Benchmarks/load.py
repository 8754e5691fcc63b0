"""Load: wrk on its own core, bounded in time."""

import json
import os
import re
import subprocess
import tempfile

import http1
import shop
from processes import LOAD_CORE

HERE = os.path.dirname(os.path.abspath(__file__))


class Load:
    """A running wrk."""

    def __init__(self, peer, path, connections, seconds):
        self.head = tempfile.NamedTemporaryFile(prefix="bench-head-")
        self.head.write(peer.head(path))
        self.head.flush()
        self.limit = seconds + 30
        scheme = "https" if peer.server.port in http1.secure_ports else "http"
        self.process = subprocess.Popen(
            ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
             "-s", os.path.join(HERE, "browser.lua"), f"{scheme}://127.0.0.1:{peer.server.port}{path}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "BENCH_HEAD": self.head.name})

    def figures(self):
        """Waits for the end; requests, bytes, microseconds, errors, p50 and p99 of the latency in microseconds."""
        try:
            output, _ = self.process.communicate(timeout=self.limit)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.head.close()
        for line in output.splitlines():
            if line.startswith("figures "):
                return json.loads(line[len("figures "):])
        raise RuntimeError("wrk gave no figures:\n" + output)


def run_http2(peer, path, connections, seconds):
    """Runs h2load with ten streams on each connection; requests that were answered."""
    lines = peer.head(path).decode().split("\r\n")[1:]
    fields = [part for line in lines if line and not line.lower().startswith(("host:", "connection:"))
              for part in ("-H", line)]
    done = subprocess.run(
        ["taskset", "-c", str(LOAD_CORE), "h2load", f"-c{connections}", "-m10", f"-D{seconds}", "-H",
         f":authority: {shop.HOST}", *fields, f"https://127.0.0.1:{peer.server.port}{path}"],
        capture_output=True, text=True, timeout=seconds + 30)
    counts = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored", done.stdout)
    statuses = re.search(r"status codes: (\d+) 2xx, 0 3xx, 0 4xx, 0 5xx", done.stdout)
    if not counts or not statuses or int(counts[2]) or int(counts[3]):
        raise RuntimeError(f"h2load against {peer.name}:\n" + done.stdout + done.stderr)
    return int(counts[1])


def run(peer, path, connections, seconds):
    """Runs a load to its end and returns its figures."""
    return Load(peer, path, connections, seconds).figures()
