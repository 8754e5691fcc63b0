"""kill -9, again and again (measurement.md, attack 13).

A few times in a usual run; PRIVACY_AUDIT_KILLS=1000 (`make privacy-audit`) for as many as the specification asks:
1,000 around a release, and 100 while visitors come.
"""

import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time

import pytest

from harness.client import Client, eventually
from harness.process import Gate, binary
from test_measurement import AGENT, EAST, NAVIGATE, WEST, figures, measuring_gate, report, row, visit, visitor

KILLS = int(os.environ.get("PRIVACY_AUDIT_KILLS", "12"))


def stored(state):
    """The ledger and all figures of the store as a kill left them; nothing when there is none yet."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        # A copy: to read after a kill is to recover, which is the proxy's to do.
        for path in state.glob("crumbgate.sqlite*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, directory)
        with contextlib.closing(sqlite3.connect(pathlib.Path(directory) / "crumbgate.sqlite")) as database:
            if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'noise'").fetchone():
                return [], []
            ledger = database.execute("SELECT site, day, epoch, mode FROM release ORDER BY 1, 2, 3").fetchall()
            return ledger, database.execute("SELECT * FROM cell ORDER BY 1, 2, 3, 4, 5").fetchall()


class World:
    """A day of twenty visitors that is over and not released: to be gone back to as often as wanted."""

    def __init__(self, make_gate, make_origin, mode):
        runtime = pathlib.Path(os.environ["RUNTIME_DIRECTORY"])
        before = set(runtime.iterdir())
        gate = measuring_gate(make_gate, make_origin, f"gate: {{ mode: {mode} }}, ")
        for number in range(20):
            visit(gate, number, ["/", "/tea"])
        time.sleep(1.3)
        gate.kill()
        self.gate = gate
        self.rules = gate.rules_path.read_text().split("\n", 2)[2].replace(WEST, EAST)
        gate.write_rules(self.rules)
        self.window = next(path for path in set(runtime.iterdir()) - before if path.suffix == ".window")
        self.state = gate.directory / "state"
        self.kept = gate.directory / "kept"
        shutil.copytree(self.state, self.kept)
        self.open_day = self.window.read_bytes()
        self.command = [binary("crumbgate", "CRUMBGATE_BIN"), "serve", "--rules", str(gate.rules_path)]

    def bring_back_the_open_day(self):
        """What had been counted, as a crash before the release would have left it."""
        self.window.write_bytes(self.open_day)
        self.window.chmod(0o600)

    def begin_again(self):
        """Nothing is released, and all of the day is counted."""
        shutil.rmtree(self.state)
        shutil.copytree(self.kept, self.state)
        self.bring_back_the_open_day()

    def run(self, seconds):
        """Starts the proxy and kills it after a while; returns what is stored of the day that is over."""
        child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        child.kill()
        child.wait()
        ledger, cells = stored(self.state)
        assert bool(ledger) == bool(cells), "a ledger without figures, or figures without a ledger"
        assert len({entry[:3] for entry in ledger}) == len(ledger)
        if not ledger:
            return None
        day = min(entry[1] for entry in ledger)
        mine = [entry for entry in ledger if entry[1] == day]
        assert len(mine) == 1, mine
        return mine, [cell for cell in cells if cell[2] == day]

    def time_to_release(self):
        """How long the proxy takes from its start to a release, in seconds."""
        child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        began = time.monotonic()
        try:
            while not stored(self.state)[0]:
                assert time.monotonic() - began < 10
                time.sleep(0.005)
            return time.monotonic() - began
        finally:
            child.kill()
            child.wait()


@pytest.mark.parametrize("mode", ["threshold", "dp"])
def test_a_day_is_released_once_however_often_the_process_is_killed(make_gate, make_origin, mode):
    """Killed while it starts, releases a day that is over, and writes it down; what is once there never changes.

    A world goes on until its day was released and the process was killed twice more, with the day's counts put back
    as they were before: so nearly every kill is one around a release.
    """
    world = World(make_gate, make_origin, mode)
    took = max(world.time_to_release() for _ in range(3) if world.begin_again() is None)
    chance = random.Random(13)
    releases, kills_before, changes = set(), 0, 0
    world.begin_again()
    first, since = None, 0
    for turn in range(KILLS):
        seen = world.run(chance.uniform(0.4, 1.4) * took)
        assert first is None or seen == first, f"turn {turn}: a released day changed"
        if seen is None:
            kills_before += 1
            continue
        if first is None:
            first, since = seen, 0
            releases.add(str(seen))
        else:
            since += 1
        if since == 2:
            world.begin_again()
            first = None
        else:
            world.bring_back_the_open_day()
    print(f"{mode}: a release takes {took:.2f} s, {KILLS} kills, {kills_before} before a release, {len(releases)} releases that differ")
    assert KILLS < 100 or KILLS / 10 < kills_before < KILLS * 9 / 10
    # Without noise the same counts are the same figures, whenever the process was killed; with noise hardly ever.
    assert mode == "dp" or len(releases) <= 1

    # A ledger that forgets, as one written apart from its figures may: the same check sees it.
    world.begin_again()
    world.time_to_release()
    honest = world.run(2 * took)
    with contextlib.closing(sqlite3.connect(world.state / "crumbgate.sqlite")) as database, database:
        database.executescript("DELETE FROM release; DELETE FROM noise")
    world.bring_back_the_open_day()
    world.time_to_release()
    assert world.run(2 * took) != honest


#: Two words each, so that nothing takes them for identifiers: a page for each life of the process.
LIVES = [
    f"/{kind}/{vessel}"
    for kind in "tea coffee cocoa juice milk water wine beer soup broth".split()
    for vessel in "cup mug glass bowl pot jug can flask bottle barrel".split()
]
#: What a kill may lose, and what it takes to tell: an answer is on its way when the process is killed.
MOST_SECONDS = 1.0 + 0.05


class Visitors:
    """Four at a time, each another one with one page view of the life's page, as fast as they are answered."""

    def __init__(self, gate):
        self.gate = gate
        self.life = 0
        self.attempts = [0] * len(LIVES)
        #: When which life answered.
        self.answered = [[] for _ in LIVES]
        self._lock = threading.Lock()
        self._is_running = True
        #: By how much threads that asked to be woken in a hundredth of a second were late, and when: on a busy machine
        #: the proxy's are as well.
        self.lateness = []
        self._threads = [threading.Thread(target=self._browse, args=(lane,)) for lane in range(4)]
        self._threads.append(threading.Thread(target=self._watch))
        for thread in self._threads:
            thread.start()

    def _browse(self, number):
        while self._is_running:
            life = self.life
            try:
                with Client(self.gate.port) as client:
                    with self._lock:
                        self.attempts[life] += 1
                    if client.request(LIVES[life], [visitor(number % 60_000), AGENT, self.gate.cookie, *NAVIGATE]).status == 200:
                        with self._lock:
                            self.answered[life].append(time.monotonic())
            except Exception:
                # The process is being killed or not there yet.
                time.sleep(0.01)
            number += 4
            time.sleep(0.002)

    def _watch(self):
        while self._is_running:
            began = time.monotonic()
            time.sleep(0.01)
            now = time.monotonic()
            self.lateness.append((now, now - began - 0.01))

    def latest(self, moment):
        """How late a thread was at most in the two seconds before."""
        return max((late for when, late in self.lateness if moment - 2 < when <= moment + 0.1), default=0)

    def go_home(self):
        self._is_running = False
        for thread in self._threads:
            thread.join()


@pytest.mark.alone
def test_a_kill_loses_a_second_of_counts_at_most(make_gate, make_origin):
    """Under load, a hundred times: what was answered more than a checkpoint's interval before a kill is in the report.

    Each life of the process has a page of its own, whose count tells what that life's end has lost.
    """
    gate = first = measuring_gate(make_gate, make_origin)
    chance = random.Random(100)
    visitors, kills = Visitors(first), []
    rules = first.rules_path.read_text().split("\n", 2)[2]
    try:
        for _ in range(min(len(LIVES) - 1, max(2, KILLS // 10))):
            time.sleep(chance.uniform(1.2, 2.2))
            kills.append(time.monotonic())
            gate.kill()
            visitors.life += 1
            gate = Gate(first.directory, rules, first.port)
        time.sleep(1.5)
    finally:
        visitors.go_home()
    assert gate.stop() == 0
    pages = report(gate)["pages"]
    lost_seconds, lost_views, allowed = [], [], []
    for life, page in enumerate(LIVES[: len(kills) + 1]):
        answered = sorted(visitors.answered[life])
        if len(answered) < 20:
            # Too few to be sure of a figure: the machine was busy with other things.
            continue
        entry = row(pages, page)
        counted = entry["pageViews"] if entry else 0
        assert counted <= visitors.attempts[life], (life, counted, visitors.attempts[life])
        lost = max(0, len(answered) - counted)
        if life == len(kills):
            assert lost == 0, "an end that was asked for loses nothing"
            continue
        lost_views.append(lost)
        lost_seconds.append(kills[life] - answered[-lost] if lost else 0)
        # A checkpoint is some turns of a thread: waking, looking, writing.
        allowed.append(MOST_SECONDS + 3 * visitors.latest(kills[life]))
    print(
        f"{len(kills)} kills, {sum(map(len, visitors.answered))} page views answered; lost per kill: "
        f"{statistics.median(lost_views)} page views, at most {max(lost_views)}; "
        f"{statistics.median(lost_seconds):.2f} s, at most {max(lost_seconds):.2f} s; "
        f"{sum(lost <= 1 for lost in lost_seconds)} of {len(lost_seconds)} within a second"
    )
    assert len(lost_seconds) >= len(kills) * 0.8
    late = [(lost, most) for lost, most in zip(lost_seconds, allowed) if lost > most]
    assert not late, late
    ledger, _ = stored(first.directory / "state")
    assert len(ledger) == len({entry[:2] for entry in ledger}) == 1, ledger
