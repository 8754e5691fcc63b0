"""kill -9, again and again (measurement.md, attack 13).

A few times in a usual run; PRIVACY_AUDIT_KILLS=1000 (`make privacy-audit`) for as many as the specification asks.
"""

import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

import pytest

from harness.client import Client, eventually
from harness.process import Gate, binary
from test_measurement import AGENT, EAST, NAVIGATE, WEST, figures, measuring_gate, report, row, visit, visitor

KILLS = int(os.environ.get("PRIVACY_AUDIT_KILLS", "12"))


def stored(gate):
    """The ledger and all figures of the store as a kill left them; nothing when there is none yet."""
    with tempfile.TemporaryDirectory() as directory:
        # A copy: to read after a kill is to recover, which is the proxy's to do.
        for path in (gate.directory / "state").glob("crumbgate.sqlite*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, directory)
        with contextlib.closing(sqlite3.connect(pathlib.Path(directory) / "crumbgate.sqlite")) as database:
            if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'noise'").fetchone():
                return [], []
            ledger = database.execute("SELECT site, day, epoch, mode FROM release ORDER BY 1, 2, 3").fetchall()
            return ledger, database.execute("SELECT * FROM cell ORDER BY 1, 2, 3, 4, 5").fetchall()


@pytest.mark.parametrize("mode", ["threshold", "dp"])
def test_a_day_is_released_once_however_often_the_process_is_killed(make_gate, make_origin, mode):
    """Killed while it starts, releases a day that is over, and writes it down; what is once there never changes."""
    began = time.monotonic()
    first = measuring_gate(make_gate, make_origin, f"gate: {{ mode: {mode} }}, ")
    took = time.monotonic() - began
    for number in range(20):
        visit(first, number, ["/", "/tea"])
    time.sleep(1.3)
    first.kill()
    rules = first.rules_path.read_text().split("\n", 2)[2].replace(WEST, EAST)
    first.write_rules(rules)
    command = [binary("crumbgate", "CRUMBGATE_BIN"), "serve", "--rules", str(first.rules_path)]
    chance = random.Random(13)
    released = None
    for turn in range(KILLS):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, 1.2 * took))
        child.kill()
        child.wait()
        ledger, cells = stored(first)
        assert bool(ledger) == bool(cells), "a ledger without figures, or figures without a ledger"
        mine = [entry for entry in ledger if entry[1] == min(entry[1] for entry in ledger)] if ledger else []
        assert len(mine) <= 1, mine
        if mine:
            seen = mine, [cell for cell in cells if cell[2] == mine[0][1]]
            assert released in (None, seen), f"turn {turn}: a released day changed"
            released = seen
    last = Gate(first.directory, rules, first.port)
    try:
        total = eventually(lambda: figures(last)["gate"]["releasedDays"] and figures(last)["summary"], timeout=10)
    finally:
        assert last.stop() == 0
    if mode == "threshold":
        assert total["dailyVisitors"] == 20 and total["visits"] == 20
    assert len({entry[:3] for entry in stored(first)[0]}) == len(stored(first)[0])


@pytest.mark.alone
def test_a_kill_loses_a_second_of_counts_at_most(make_gate, make_origin):
    """Under load: what was answered more than a checkpoint's interval before a kill is in the report."""
    gate = first = measuring_gate(make_gate, make_origin)
    answered, attempts = [], [0]
    lock, running = threading.Lock(), [True]

    def browse(lane):
        number = lane
        while running[0]:
            try:
                with Client(first.port) as client:
                    with lock:
                        attempts[0] += 1
                    if client.request("/loaded", [visitor(number), AGENT, first.cookie, *NAVIGATE]).status == 200:
                        with lock:
                            answered.append(time.monotonic())
            except Exception:
                # The process is being killed or not there yet.
                time.sleep(0.01)
            number += 4
            time.sleep(0.002)

    threads = [threading.Thread(target=browse, args=(lane,)) for lane in range(4)]
    for thread in threads:
        thread.start()
    kills = []
    rules = first.rules_path.read_text().split("\n", 2)[2]
    try:
        for _ in range(max(2, KILLS // 10)):
            time.sleep(random.uniform(1.5, 2.5))
            kills.append(time.monotonic())
            gate.kill()
            gate = Gate(first.directory, rules, first.port)
        time.sleep(1.5)
    finally:
        running[0] = False
        for thread in threads:
            thread.join()
    assert gate.stop() == 0
    # A second between checkpoints, a tenth between two looks at the rings, and what a busy machine adds.
    atRisk = sum(1 for moment in answered if any(kill - 1.4 < moment <= kill + 0.05 for kill in kills))
    counted = row(report(gate)["pages"], "/loaded")["pageViews"]
    assert len(answered) > 100
    assert len(answered) - atRisk <= counted <= attempts[0], (len(answered), atRisk, counted)
