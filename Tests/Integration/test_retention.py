"""Figures past their retention go while the proxy runs, the first time right after its start."""

import contextlib
import sqlite3
import time

from harness.client import eventually
from harness.process import Gate

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
RULES = """origin: http://127.0.0.1:9
hosts: [shop.example]
measurement: {{ profile: exempt, threshold: 5, retention: {retention} }}
"""


def days(gate):
    path = gate.directory / "state" / "crumbgate.sqlite"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute("SELECT DISTINCT day FROM cell").fetchall()


def test_old_days_go_at_the_start_and_at_a_reload(make_gate):
    gate = make_gate(RULES.format(retention="300d"))
    assert gate.stop() == 0
    log = gate.directory / "access.log"
    for age in (200, 100):
        moment = time.strftime("%d/%b/%Y:12:00:00 +0000", time.gmtime(time.time() - age * 86_400))
        with log.open("a") as lines:
            for visitor in range(20):
                lines.write(f'203.0.{visitor}.7 - - [{moment}] "GET /tea HTTP/1.1" 200 9 "-" "{AGENT}"\n')
    ended = gate.run("import", "--rules", gate.rules_path, "--quiet", log)
    assert ended.returncode == 0, ended.stderr
    assert len(days(gate)) == 2
    again = Gate(gate.directory, RULES.format(retention="150d"), gate.port)
    try:
        eventually(lambda: len(days(gate)) == 1)
        again.write_rules(RULES.format(retention="50d"))
        again.wait_for_log(b"rules reloaded")
        eventually(lambda: days(gate) == [])
    finally:
        assert again.stop() == 0
