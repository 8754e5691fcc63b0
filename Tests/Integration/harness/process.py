"""The real binaries as child processes: started, waited for, stopped by their pid."""

import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]


def binary(name, variable):
    path = os.environ.get(variable) or str(ROOT / ".build" / "release" / name)
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"{path}: build it first (swift build -c release), or say where in ${variable}")
    return path


_given = set()


def free_port():
    """A port that nobody has, and that was not given before: it is taken some time after it was found."""
    while True:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


class Process:
    """A running server; `log` is everything it wrote."""

    def __init__(self, command, ports, log):
        self.log_path = log
        self.sink = open(log, "ab")
        self.child = subprocess.Popen(
            [str(part) for part in command], stdout=self.sink, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
        try:
            for port in ports:
                self._wait_for(port)
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self):
        return self.child.pid

    @property
    def log(self):
        return self.log_path.read_bytes()

    def _wait_for(self, port):
        deadline = time.monotonic() + 30
        while True:
            assert self.child.poll() is None, f"ended with {self.child.returncode}: {self.log.decode()}"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, f"does not listen: {self.log.decode()}"
                time.sleep(0.01)

    @property
    def rss(self):
        """Resident memory of its own in bytes: pages of its program's files come and go with what is used of them."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no RssAnon")

    @property
    def descriptors(self):
        """How many files and sockets it has open."""
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except PermissionError:
            # The proxy lets nobody but the superuser look into it.
            pytest.skip("only the superuser may count another process's descriptors")

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, timeout=10):
        return self.child.wait(timeout)

    def stop(self, timeout=10):
        """Ends it as an operator does; returns its exit status."""
        if self.child.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.child.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        self.sink.close()
        return self.child.returncode

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self.sink.close()


class Shop(Process):
    """The demo shop and its third parties."""

    def __init__(self, directory):
        self.port, self.third_party_port = free_port(), free_port()
        super().__init__(
            [binary("demo-shop", "DEMO_SHOP_BIN"), "--port", self.port, "--third-party-port", self.third_party_port],
            [self.port, self.third_party_port],
            directory / "shop.log",
        )


class Gate(Process):
    """Crumbgate with a rules file of its own; `within` is a command that becomes it (exec)."""

    def __init__(self, directory, rules, port=None, within=(), listen=None):
        self.port = port or free_port()
        #: What `listen` says, with PORT for its port.
        self.listen = listen or "127.0.0.1:PORT"
        self.directory = directory
        self.rules_path = directory / "rules.yaml"
        self.write_rules(rules)
        super().__init__(
            [*within, binary("crumbgate", "CRUMBGATE_BIN"), "serve", "--rules", self.rules_path],
            [self.port],
            directory / "gate.log",
        )

    def write_rules(self, rules):
        """Replaces the rules file in one step, as editors do."""
        text = f"listen: {self.listen.replace('PORT', str(self.port))}\nstate_directory: state\n{rules}"
        draft = self.rules_path.with_suffix(".new")
        draft.write_text(text)
        draft.rename(self.rules_path)

    def run(self, *arguments):
        """Runs another command of the binary with this rules file."""
        command = [binary("crumbgate", "CRUMBGATE_BIN"), *arguments]
        return subprocess.run([str(part) for part in command], capture_output=True, timeout=30, check=False)

    def wait_for_log(self, text, count=1, timeout=5):
        deadline = time.monotonic() + timeout
        while self.log.count(text) < count:
            assert time.monotonic() < deadline, f"no {text!r} in the log:\n{self.log.decode()[-2000:]}"
            time.sleep(0.01)

    def stop(self, timeout=10):
        status = super().stop(timeout)
        assert b"Fatal error" not in self.log, self.log.decode()[-4000:]
        return status
