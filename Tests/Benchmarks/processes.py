"""Processes of a run: started on one core, measured from outside, ended by their id."""

import ctypes
import os
import signal
import socket
import subprocess
import time

PEER_CORE = 0
LOAD_CORE = 1
_SET_PARENT_DEATH_SIGNAL = 1
_libc = ctypes.CDLL(None, use_errno=True)


def free_port():
    """A TCP port on the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _prepare_child():
    os.setpgid(0, 0)  # an interrupt reaches the driver alone, which then ends its servers in order
    _libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


class Server:
    """A server process pinned to one core."""

    def __init__(self, name, arguments, port, core, log, environment=None, works_in_child=False):
        self.name = name
        self.port = port
        self.works_in_child = works_in_child
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                ["taskset", "-c", str(core), *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, **(environment or {})}, preexec_fn=_prepare_child)
        try:
            self._wait_until_it_listens()
        except BaseException:
            self.end()
            raise

    def _wait_until_it_listens(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        with open(self.log, errors="replace") as log:
            raise RuntimeError(f"{self.name} does not listen on port {self.port}:\n{log.read()[-2000:]}")

    @property
    def worker_ids(self):
        """The ids of the processes that carry the load: a supervising parent does not count."""
        if not self.works_in_child:
            return [self.process.pid]
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            return [int(child) for child in children.read().split()]

    def cpu_nanoseconds(self):
        """CPU time of the workers so far, user and system, all threads: the kernel's per-process clock."""
        return sum(time.clock_gettime_ns((~worker << 3) | 2) for worker in self.worker_ids)

    def thread_nanoseconds(self, name):
        """CPU time so far of the threads of that name."""
        total = 0
        for worker in self.worker_ids:
            for task in os.listdir(f"/proc/{worker}/task"):
                with open(f"/proc/{worker}/task/{task}/comm") as own_name:
                    if own_name.read().strip() != name:
                        continue
                with open(f"/proc/{worker}/task/{task}/schedstat") as statistics:
                    total += int(statistics.read().split()[0])
        return total

    def resident_kib(self):
        """Resident memory of the workers."""
        total = 0
        for worker in self.worker_ids:
            with open(f"/proc/{worker}/status") as status:
                total += sum(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
        return total

    def end(self):
        """Ends the process: politely, then not."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
