"""Clean Debian roots, and the steps of a Dockerfile in them: there need not be a container engine."""

import contextlib
import fnmatch
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
#: What the image swift:6.3-bookworm has beside its toolchain, as far as building needs it.
TOOLCHAIN_PACKAGES = "binutils gcc git libc6-dev libcurl4 libedit2 libncurses6 libstdc++-12-dev libxml2 ca-certificates"


class Root:
    """A folder with a whole Debian in it, removed with its mounts in the end."""

    def __init__(self, path, base):
        self.path = pathlib.Path(path)
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        self.directory = "/"
        self.mounts = []
        subprocess.run(["cp", "-a", "--reflink=auto", base, self.path], check=True)
        # Nothing in here starts a server by being installed.
        policy = self.path / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        # Whoever loses power here begins again.
        (self.path / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")
        self.mount("-t", "proc", "proc", "proc")
        self.mount("-t", "tmpfs", "-o", "mode=1777", "shm", "dev/shm")
        for name in ["null", "zero", "urandom", "random", "full", "tty"]:
            device = self.path / "dev" / name
            if not device.exists():
                source = os.stat(f"/dev/{name}")
                os.mknod(device, source.st_mode, source.st_rdev)

    def mount(self, *arguments):
        *options, target = arguments
        target = self.path / target
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", *options, target], check=True)
        self.mounts.append(target)

    def lend(self, path):
        """Shows a folder or file of this machine, such as a mirror of Git repositories and how it is used."""
        if os.path.isdir(path):
            self.mount("--bind", "-o", "ro", path, path.lstrip("/"))
        elif path:
            shutil.copy(path, self.path / path.lstrip("/"))

    def run(self, *command, user=None, check=True, **options):
        """Runs a program in the root; without `capture_output` its words go where the tests' own go."""
        options.setdefault("timeout", 7200)
        return subprocess.run(self.command(*command, user=user), check=check, env=self.environment, **options)

    def command(self, *command, user=None):
        # As a container engine does it: the working directory is there, nothing is inherited.
        enter = f'cd {shlex.quote(self.directory)} && exec "$@"' if self.directory != "/" else None
        inner = ["sh", "-c", enter, "sh", *command] if enter else list(command)
        drop = [f"--userspec={user}:{user}", "--groups="] if user else []
        return ["setpriv", "--no-new-privs", "chroot", *drop, str(self.path), *map(str, inner)] if user else [
            "chroot", str(self.path), *map(str, inner)]  # fmt: skip

    def install(self, packages):
        self.run("apt-get", "update", "-qq", capture_output=True)
        self.environment["DEBIAN_FRONTEND"] = "noninteractive"
        self.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages.split(), capture_output=True)

    @contextlib.contextmanager
    def read_only(self, *writable):
        """The root cannot be written to, but for these folders, which are volumes."""
        volumes = [self.path.parent / f"{self.path.name}.volumes" / name.strip("/") for name in writable]
        mounted = []
        try:
            subprocess.run(["mount", "--bind", self.path, self.path], check=True)
            mounted.append(self.path)
            # What was mounted below before is hidden by the bind: once more.
            for target in ["proc", "dev/shm"]:
                kind = ["-t", "proc", "proc"] if target == "proc" else ["-t", "tmpfs", "-o", "mode=1777", "shm"]
                subprocess.run(["mount", *kind, self.path / target], check=True)
                mounted.append(self.path / target)
            for volume, name in zip(volumes, writable):
                volume.parent.mkdir(parents=True, exist_ok=True)
                if not volume.exists():
                    # A new volume begins as what the image has there.
                    subprocess.run(["cp", "-a", self.path / name.strip("/"), volume], check=True)
                subprocess.run(["mount", "--bind", volume, self.path / name.strip("/")], check=True)
                mounted.append(self.path / name.strip("/"))
            subprocess.run(["mount", "-o", "remount,bind,ro", self.path, self.path], check=True)
            yield
        finally:
            for target in reversed(mounted):
                subprocess.run(["umount", "-l", target], check=False)

    def remove(self):
        for target in reversed(self.mounts):
            subprocess.run(["umount", "-l", target], check=False)
        with open("/proc/self/mounts") as mounts:
            # Nothing of the machine may be removed with it.
            assert not any(f" {self.path}" in line for line in mounts), self.path
        shutil.rmtree(self.path)


def base_root(folder):
    """A minimal bookworm, made once."""
    folder = pathlib.Path(folder)
    if not (folder / "etc/debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", folder, MIRROR], check=True)
    return folder


def instructions(path):
    """(name, argument) of each instruction of a Dockerfile."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text(), flags=re.M)
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if line.strip():
            name, _, argument = line.partition(" ")
            yield name, argument.strip()


def stages(path):
    """The stages of a Dockerfile: their image, name and instructions."""
    found = []
    for name, argument in instructions(path):
        if name == "FROM":
            image, _, alias = argument.partition(" AS ")
            found.append({"image": image, "name": alias, "steps": []})
        else:
            found[-1]["steps"].append((name, argument))
    return found


class Build:
    """A Dockerfile's stages as roots; the swift image is a bare Debian with this machine's toolchain bound into it."""

    def __init__(self, dockerfile, base, folder, toolchain, log):
        self.roots, self.settings, self.log = {}, {}, log
        for number, stage in enumerate(stages(dockerfile)):
            name = stage["name"] or str(number)
            root = self.roots[name] = Root(folder / name, base)
            if stage["image"].startswith("swift:"):
                root.install(TOOLCHAIN_PACKAGES)
                root.mount("--bind", "-o", "ro", toolchain, "opt/swift")
                for path in os.environ.get("PACKAGING_BINDS", "").split(":"):
                    root.lend(path)
                root.environment["PATH"] += ":/opt/swift/usr/bin"
            self.settings = {}
            for step, argument in stage["steps"]:
                self.step(root, step, argument)
        self.image = root

    def step(self, root, name, argument):
        print(f"{name} {argument}", file=self.log, flush=True)
        if name == "RUN":
            root.run("sh", "-c", argument, stdout=self.log, stderr=self.log)
        elif name == "WORKDIR":
            (root.path / argument.lstrip("/")).mkdir(parents=True, exist_ok=True)
            root.directory = argument
            # Products of a run before, for whoever tries again.
            if scratch := os.environ.get("PACKAGING_SCRATCH"):
                root.mount("--bind", scratch, f"{argument.lstrip('/')}/.build-static")
        elif name == "COPY":
            self.copy(root, shlex.split(argument))
        else:
            self.settings[name] = json.loads(argument) if argument.startswith("[") else argument

    def copy(self, root, words):
        source = ROOT
        if words[0].startswith("--from="):
            source = self.roots[words.pop(0).removeprefix("--from=")].path
        *names, target = words
        base = root.path / (root.directory.lstrip("/") if not target.startswith("/") else ".")
        destination = base / target.lstrip("/")
        for name in names:
            assert source != ROOT or reaches_the_builder(name), f"{name} is held back by .dockerignore"
            origin = source / name.lstrip("/")
            if origin.is_dir():
                shutil.copytree(origin, destination, symlinks=True)
            elif target.endswith("/"):
                destination.mkdir(parents=True, exist_ok=True)
                shutil.copy2(origin, destination)
            else:
                shutil.copy2(origin, destination)

    def remove(self):
        for root in self.roots.values():
            root.remove()


def reaches_the_builder(name):
    """Whether .dockerignore lets a path through: the last pattern that fits says so."""
    is_let_through = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        if fnmatch.fnmatch(name, pattern.lstrip("!")):
            is_let_through = pattern.startswith("!")
    return is_let_through


class Service:
    """A long-running program in a root."""

    def __init__(self, root, *command, user=None, log=None):
        self.log = pathlib.Path(log)
        with open(log, "wb") as sink:
            self.child = subprocess.Popen(
                root.command(*command, user=user), env=root.environment, stdout=sink, stderr=sink)

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(30)
