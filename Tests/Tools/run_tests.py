"""Runs every check of the repository and closes with a line that counts the tests.

Format, the types of the browser's script, the release build, unit tests, the rules' schema, integration and browser tests
against the release binaries, smoke fuzzing. All of them run even when an early one fails, except that nothing can run
without the build. Format, build and fuzzing have no tests to count; one of them that fails counts as one failed test.

Much of what tests do is waiting. So the integration tests run two at a time, but for those that measure time or memory
(marked `alone`), and the fuzzers run while the processor has nothing else to do.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

ROOT = os.getcwd()
ARTEFACTS = os.path.join(ROOT, ".build/test-results")
#: Twice as long as by themselves: they get half of the time, or more.
FUZZ_SECONDS = str(2 * int(os.environ.get("FUZZ_SECONDS", "30")))
PYTEST = [os.path.join(ROOT, ".venv/bin/python"), "-m", "pytest", "-q"]
#: A file's tests stay together: they share servers.
TWO_AT_A_TIME = ["--numprocesses", "2", "--dist", "loadfile", "-m", "not alone"]


class Tally:
    """Tests so far."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.faults = []

    def stage(self, title, command):
        """Runs a command under a title; true when it exits 0."""
        print(f"── {title}: {' '.join(command)}", flush=True)
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for line in process.stdout:
            if not line.startswith("◇".encode()):  # Swift Testing's word that a test begins: thousands of lines
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
        return ended(title, process, began)

    def check(self, title, command):
        """A stage without tests of its own: counts only when it fails."""
        if self.stage(title, command):
            return True
        self.fault(title)
        return False

    def pytest(self, title, folder, *arguments):
        """A stage of tests in Python."""
        results = os.path.join(ARTEFACTS, title.replace(" ", "-") + ".xml")
        self.suite(title, [*PYTEST, "--junitxml", results, *arguments, folder], [results])

    def fault(self, title):
        """Counts something that failed as a whole."""
        self.failed += 1
        self.faults.append(title)

    def suite(self, title, command, reports):
        """A stage whose JUnit reports tell its tests."""
        for report in reports:
            if os.path.exists(report):
                os.remove(report)
        is_green = self.stage(title, command)
        failed_before, counted = self.failed, 0
        for report in reports:
            if os.path.exists(report):
                counted += self._count(report)
        if not is_green and self.failed == failed_before:
            self.fault(f"{title} (ended early)")
        elif is_green and not counted:
            self.fault(f"{title} (ran no test)")

    def _count(self, report):
        counted = 0
        for case in ElementTree.parse(report).iter("testcase"):
            counted += 1
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
                self.faults.append(f"{case.get('classname')}: {case.get('name')}")
            elif case.find("skipped") is not None:
                self.skipped += 1
            else:
                self.passed += 1
        return counted


class Background:
    """A stage without tests of its own, which gets the processor when nothing else wants it."""

    def __init__(self, title, command, environment):
        self.title = title
        self.log = tempfile.TemporaryFile()
        self.began = time.monotonic()
        print(f"── {title}, in the background: {' '.join(command)}", flush=True)
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            preexec_fn=lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)))

    def ends_well(self):
        """Waits for it and shows what it said; true when it exits 0."""
        self.process.wait()
        self.log.seek(0)
        sys.stdout.buffer.write(self.log.read())
        return ended(self.title, self.process, self.began)


def ended(title, process, began):
    """Says how a stage ended; true when it exits 0."""
    status = process.wait()
    print(f"── {title}: {'ok' if status == 0 else f'exit {status}'}, {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


def main():
    os.makedirs(ARTEFACTS, exist_ok=True)
    tally = Tally()
    sources = [path for path in ("Package.swift", "Sources", "Tests") if os.path.exists(path)]
    tally.check("format", ["swift", "format", "lint", "--strict", "--parallel", "--recursive", *sources])
    tally.check("types of the browser's script", ["tsc", "--project", "Sources/Browser"])
    # One build for the binaries and the tests: the tests reach public interfaces only, so that neither is built
    # in a way the other is not.
    if tally.check("build", ["swift", "build", "--configuration", "release", "--build-tests"]):
        fuzzing = Background("smoke fuzzing", ["bash", "Tests/Fuzz/run.sh"], {"FUZZ_SECONDS": FUZZ_SECONDS})
        unit = os.path.join(ARTEFACTS, "unit.xml")
        tally.suite(
            "unit tests",
            ["swift", "test", "--configuration", "release", "--skip-build", "--disable-testable-imports",
             "--disable-xctest", "--xunit-output", unit],
            [unit, unit.replace(".xml", "-swift-testing.xml")])
        tally.pytest("schema tests", "Tests/Rules")
        tally.pytest("integration tests", "Tests/Integration", *TWO_AT_A_TIME)
        tally.pytest("measuring tests", "Tests/Integration", "-m", "alone")
        tally.pytest("browser tests", "Tests/Browser")
        if not fuzzing.ends_well():
            tally.fault(fuzzing.title)
    for fault in tally.faults:
        print(f"failed: {fault}")
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{skipped}", flush=True)
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
