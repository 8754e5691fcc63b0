"""The package's unit under a real systemd, which is booted in namespaces of its own."""

import re
import shutil
import subprocess
import time

import pytest
from roots import Root
from test_image import free_port

BOOT = """
set -e
mount --make-rprivate /
mount --bind "$0" "$0"
cd "$0"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t cgroup2 cgroup2 sys/fs/cgroup
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . \\
    /lib/systemd/systemd --system --unit=basic.target --log-target=console --show-status=no
"""


class Machine:
    """A root with systemd as its first process; the network is this machine's."""

    def __init__(self, root, log):
        self.root = root
        with open(log, "wb") as sink:
            self.child = subprocess.Popen(
                ["unshare", "--pid", "--mount", "--cgroup", "--uts", "--ipc", "--fork", "--kill-child", "bash", "-c", BOOT,
                 str(root.path)],
                stdout=sink, stderr=sink, start_new_session=True)  # fmt: skip
        deadline = time.monotonic() + 60
        while self.run("systemctl", "is-active", "basic.target", check=False).stdout.strip() != b"active":
            assert time.monotonic() < deadline and self.child.poll() is None, log.read_text()
            time.sleep(0.5)

    @property
    def first(self):
        children = f"/proc/{self.child.pid}/task/{self.child.pid}/children"
        with open(children) as pids:
            return pids.read().split()[0]

    def run(self, *command, check=True):
        enter = ["nsenter", f"--target={self.first}", "--mount", "--pid", "--cgroup", "--uts", "--ipc", "--root", "--wd=/"]
        ended = subprocess.run([*enter, *command], capture_output=True, timeout=120, check=False)
        assert not check or ended.returncode == 0, (command, ended.stdout.decode(), ended.stderr.decode(), self.journal())
        return ended

    def journal(self):
        return self.run("journalctl", "--unit=crumbgate", "--no-pager", check=False).stdout.decode()[-3000:]

    def property(self, name):
        return self.run("systemctl", "show", "--value", f"--property={name}", "crumbgate").stdout.decode().strip()

    def stop(self):
        self.child.kill()
        self.child.wait()


@pytest.fixture
def machine(base, deb, tmp_path):
    root = Root(tmp_path / "machine", base)
    try:
        root.install("systemd procps ca-certificates tzdata " + libraries(deb))
        shutil.copy(deb, root.path / "crumbgate.deb")
        root.run("dpkg", "--install", "/crumbgate.deb", capture_output=True)
        (root.path / "usr/sbin/policy-rc.d").unlink()
        booted = Machine(root, tmp_path / "boot.log")
        yield booted
        booted.stop()
    finally:
        root.remove()


def libraries(deb):
    said = subprocess.run(["dpkg-deb", "--field", deb, "Depends"], check=True, capture_output=True).stdout.decode()
    return " ".join(re.findall(r"\blib[a-z0-9.+-]+", said))


def test_the_service_in_its_sandbox(machine, shop, visit):
    port = next(number for number in range(960, 900, -1) if number != 953)
    state = machine.root.path / "var/lib/crumbgate"
    rules = machine.root.path / "etc/crumbgate/shop.yaml"
    text = re.sub(r"^listen: .*", f"listen: 127.0.0.1:{port}", rules.read_text(), flags=re.M)
    text = re.sub(r"^origin: .*", f"origin: http://127.0.0.1:{shop}\nhosts: [127.0.0.1]", text, flags=re.M)
    text += f"console: {{ listen: 127.0.0.1:{free_port()} }}\n"
    rules.write_text(text)
    assert machine.run("systemctl", "is-enabled", "crumbgate", check=False).stdout.strip() == b"disabled"

    # Returns once it says that it is ready.
    machine.run("systemctl", "enable", "--now", "crumbgate")
    status, fields, body = visit(port, deadline=1)
    assert status == 200 and b"crumbgate" in body
    assert float(machine.run("systemd-analyze", "security", "crumbgate").stdout.split(b"crumbgate.service: ")[1].split()[0]) <= 2.0
    pid = machine.property("MainPID")
    lines = machine.run("cat", f"/proc/{pid}/status").stdout.decode().splitlines()
    seen = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    assert int(seen["CapEff"], 16) == 0 and seen["Seccomp"] == "2" and seen["NoNewPrivs"] == "1"
    assert set(seen["Uid"].split()) == {str(state.stat().st_uid)} != {"0"}
    assert machine.run("crumbgate", "doctor", "--rules", "/etc/crumbgate/shop.yaml", "--user", "crumbgate").returncode == 0

    # Changed rules, and wrong ones, which are refused before the proxy hears of them.
    rules.write_text(text + "log: { level: debug }\n")
    machine.run("systemctl", "reload", "crumbgate")
    eventually(lambda: "rules reloaded" in machine.journal())
    rules.write_text(text + "orgin: wrong\n")
    assert machine.run("systemctl", "reload", "crumbgate", check=False).returncode != 0
    assert visit(port)[0] == 200
    rules.write_text(text)

    # The open day outlives a restart.
    assert b".window" in machine.run("ls", "/run/crumbgate").stdout
    machine.run("systemctl", "restart", "crumbgate")
    assert visit(port)[0] == 200
    assert "took up the open day" in machine.journal()

    # Killed, it comes back; stopped, it ends well.
    machine.run("systemctl", "kill", "--signal=SIGKILL", "crumbgate")
    eventually(lambda: machine.property("MainPID") not in {"0", pid})
    assert visit(port)[0] == 200
    machine.run("systemctl", "stop", "crumbgate")
    assert machine.property("Result") == "success" and machine.property("ExecMainStatus") == "0"
    assert "warning" not in machine.journal().replace("rules not reloaded", ""), machine.journal()

    # Rules that are wrong: it says so, and is not tried for ever.
    rules.write_text("orgin: wrong\n")
    assert machine.run("systemctl", "start", "crumbgate", check=False).returncode != 0
    assert "did you mean `origin`?" in machine.journal()


def eventually(condition, deadline=20):
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)
