"""Attacks on visitors' anonymity by somebody with the disk, the store, all secrets and time (measurement.md).

Each check is also shown to find something where it must: a search that finds nothing anywhere proves nothing.
"""

import contextlib
import datetime
import os
import pathlib
import re
import shutil
import sqlite3
import time

import pytest

from harness.client import eventually
from harness.keys import network_key, spellings, visitor_key
from harness.memory import OpenDay
from harness.process import free_port
from test_crashes import World, stored
from test_measurement import AGENT, measuring_gate, report, row, visit, visitor


def on_disk(gate):
    """Everything that lies in the gate's directory: stores, write-ahead logs, log, rules, secrets."""
    return {path: path.read_bytes() for path in gate.directory.rglob("*") if path.is_file()}


def address(number):
    return visitor(number).split(": ")[1]


@pytest.fixture
def runtime():
    return pathlib.Path(os.environ["RUNTIME_DIRECTORY"])


def test_what_visitors_ask_for_is_on_no_disk_unless_the_rules_keep_it(make_gate, make_origin):
    """Attack 1, against rules that take a protection away: parameters are dropped, and one that they list is not."""
    for kept in ("", "query: [email], "):
        gate = measuring_gate(make_gate, make_origin, kept)
        for number in range(12):
            visit(gate, number, ["/shop?email=canary-query-value"])
        report(gate)
        held = {path.name for path, content in on_disk(gate).items() if b"canary-query-value" in content}
        assert bool(held) == bool(kept), held


def test_no_key_of_a_visitor_or_network_is_on_disk(make_gate, make_origin, runtime):
    """Attack 2: with the day's secret itself, and knowing addresses and browsers, nothing on disk can be matched."""
    before = set(runtime.iterdir())
    gate = measuring_gate(make_gate, make_origin)
    for number in range(30):
        visit(gate, number, ["/", "/tea"], fields=["Cookie: mystery=1"])
        visit(gate, number, ["/bare"], cookie=False)
    window = eventually(lambda: next(iter(set(runtime.glob("*.window")) - before), None))
    agent = AGENT.split(": ", 1)[1].encode()
    secret = eventually(lambda: OpenDay(window).first)

    def keys_of_all(secret):
        keys = set()
        for number in range(30):
            keys |= {*visitor_key(secret, address(number), agent), network_key(secret, address(number))}
        return keys

    time.sleep(1.3)
    content = window.read_bytes()
    keys = keys_of_all(secret)
    known = [key for key in keys if any(text in content for text in spellings(key))]
    assert len(known) >= 60, "the file in memory holds those of all visitors: the search finds what is there"

    def matched(files):
        return {
            path.name
            for path, held in files.items()
            for key in keys
            if any(len(text) > 7 and text in held for text in spellings(key))
        }

    while_running = on_disk(gate)
    report(gate)
    for files in (while_running, on_disk(gate)):
        assert any(path.name.startswith("crumbgate.sqlite") for path in files)
        assert not matched(files)
    assert secret not in b"".join(on_disk(gate).values())
    # The same file on a disk, which is refused: there it gives everybody away.
    (gate.directory / "open.window").write_bytes(content)
    assert matched(on_disk(gate)) == {"open.window"} and secret in b"".join(on_disk(gate).values())


def test_an_identifier_hidden_in_a_request_is_not_kept(make_gate, make_origin):
    """Attack 9: a site that marks each visitor in path, query, referrer, browser, language or cookie name."""
    gate = measuring_gate(make_gate, make_origin)
    marks = []
    for number in range(40):
        mark = f"{number:02d}zq{number * 7919:06x}"
        marks.append(mark.encode())
        agent = AGENT + f" Ext/{mark}"
        for cookie in (True, False):
            visit(
                gate, number, [f"/catalogue?visitor={mark}", f"/account/{mark}8f14e45fceea167a", "/tea"], cookie, agent,
                [f"Referer: https://blog.example/{mark}?x={mark}", f"Accept-Language: x-{mark}", f"X-Mark: {mark}"],
            )
    while_running = on_disk(gate)
    seen = report(gate)
    assert row(seen["pages"], "/tea")["pageViews"] == 80
    for files in (while_running, on_disk(gate)):
        for path, content in files.items():
            found = [mark for mark in marks if mark in content and path.name != "gate.log"]
            assert not found, (path, found[:3])
    assert any(mark in gate.log for mark in marks), "the search finds what is there"
    # What the log has of a request is its path, which is the shop's own; that is all.
    lines = gate.log.splitlines()
    assert all(b"/account/" in line for line in lines if any(mark in line for mark in marks))


def test_names_made_up_by_strangers_do_not_fill_the_store(make_gate, make_origin):
    """Attack 9: one visitor may feed ten pages of a day, whatever they ask for; the rest is one row."""
    gate = measuring_gate(make_gate, make_origin)
    for number in range(12):
        visit(gate, number, [f"/word-{letter}" for letter in "abcdefghijklmnopqrst"])
    pages = [entry["name"] for entry in report(gate)["pages"]]
    assert len(pages) == 11 and "(other)" in pages
    # Without the bound of a visitor all twenty would have a row, as they have when the same is done by twice as many.
    gate = measuring_gate(make_gate, make_origin)
    for number in range(24):
        visit(gate, number, [f"/word-{letter}" for letter in ("abcdefghij" if number % 2 else "klmnopqrst")])
    assert len(report(gate)["pages"]) == 20


def test_receipts_and_figures_share_nothing_to_join(make_gate, make_origin):
    """Attack 11: with both files side by side no value of one is found in the other but the site's name."""
    gate = measuring_gate(make_gate, make_origin)
    for number in range(15):
        visit(gate, number, ["/", "/tea"])
    report(gate)

    def values(path):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            found = set()
            for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                for line in database.execute(f"SELECT * FROM {table}"):
                    found |= {value if isinstance(value, bytes) else str(value).encode() for value in line}
            return found

    def shared(first, second):
        """Values of one that are, or are within, a value of the other: those too short to tell anybody are none."""
        return {value for value in first if len(value) >= 6 and any(value in other for other in second)}

    state = gate.directory / "state"
    receipts = values(next(path for path in state.glob("*.sqlite") if path.name != "crumbgate.sqlite"))
    cells = values(state / "crumbgate.sqlite")
    assert len(receipts) > 5 and len(cells) > 20
    words = {b"accepted", b"refused", b"undecided"}
    site = {b"127.0.0.1", b"default", b"shop.test"}
    names = shared(cells, receipts) | shared(receipts, cells)
    assert {name for name in names if not re.fullmatch(rb"[a-zA-Z_()/ .]+", name)} <= words | site, names
    # The store of a proxy that notes a receipt beside a page.
    weak = gate.directory / "weak.sqlite"
    shutil.copy(state / "crumbgate.sqlite", weak)
    with contextlib.closing(sqlite3.connect(weak)) as database, database:
        columns = [name for _, name, *_ in database.execute("PRAGMA table_info(cell)")]
        line = dict(zip(columns, database.execute("SELECT * FROM cell LIMIT 1").fetchone()))
        line["key"] = max(receipts, key=len).hex()
        marks = ", ".join("?" * len(line))
        database.execute(f"INSERT INTO cell ({', '.join(line)}) VALUES ({marks})", list(line.values()))
    receipts_in_hexadecimal = {value.hex().encode() for value in receipts}
    assert not shared(cells, receipts_in_hexadecimal) - names
    assert shared(values(weak), receipts_in_hexadecimal) - names, "the search finds a shared id"


def as_stored(path):
    """The day's figures in the order in which they lie in the file; what tells of the clock is left out."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        (day,) = database.execute("SELECT min(day) FROM cell").fetchone()
        return database.execute(
            "SELECT * FROM cell NOT INDEXED WHERE day = ? AND dimension NOT IN ('hour', 'visitLength')", (day,)
        ).fetchall()


def with_row_ids(path, pages):
    """The same figures as a store would have them that writes a row when its page is first seen."""
    weak = path.with_name("weak.db")
    with contextlib.closing(sqlite3.connect(weak)) as database, database:
        database.execute("ATTACH ? AS honest", (str(path),))
        database.execute("CREATE TABLE cell AS SELECT * FROM honest.cell WHERE false")
        for page in [*pages, None]:
            database.execute("INSERT INTO cell SELECT * FROM honest.cell WHERE key IS ? OR ? IS NULL AND key NOT IN (SELECT key FROM cell)", (page, page))
    return weak


def test_the_store_tells_no_order_of_visits(make_gate, make_origin):
    """Attack 12: the same visits in another order leave the same rows in the same places, at no time of a visit."""
    stores, weak, touched_by_visits = [], [], []
    for order in (range(24), reversed(range(24))):
        gate = measuring_gate(make_gate, make_origin)
        store = gate.directory / "state" / "crumbgate.sqlite"
        eager = gate.directory / "eager.db"

        def times(paths):
            return [(path, path.stat().st_mtime_ns) for path in paths]

        files = list(store.parent.glob("crumbgate.sqlite*"))
        eager.touch()
        before, eager_before = times(files), times([eager])
        seen = []
        for number in order:
            pages = ["/first", "/second"] if number % 2 else ["/second", "/third", "/first"]
            visit(gate, number, pages)
            eager.touch()
            seen += [page for page in pages if page not in seen]
        assert times(files) == before, "written while visits came"
        touched_by_visits.append(times([eager]) != eager_before)
        report(gate)
        stores.append(as_stored(store))
        weak.append(as_stored(with_row_ids(store, seen)))
    assert stores[0] == stores[1] and len(stores[0]) > 10
    assert sorted(weak[0]) == sorted(weak[1]) and weak[0] != weak[1], "row ids give the order away"
    assert all(touched_by_visits), "a file that is written with each visit has its time"


def test_what_is_written_is_written_by_the_clock(make_gate, make_origin, runtime):
    """Attack 12: as often when visitors come as when none does, at whole rounds of the measuring thread."""
    before = set(runtime.iterdir())
    gate = measuring_gate(make_gate, make_origin)
    window = eventually(lambda: next((path for path in set(runtime.iterdir()) - before if path.suffix == ".window"), None))
    eager = gate.directory / "eager"
    counts = []
    for is_busy in (False, True):
        seen = {"window": set(), "eager": set()}
        end = time.monotonic() + 4
        number = 0
        while time.monotonic() < end:
            if is_busy:
                number += 1
                visit(gate, number, ["/"])
                eager.write_text("")
            for name, path in (("window", window), ("eager", eager)):
                with contextlib.suppress(FileNotFoundError):
                    seen[name].add(path.stat().st_mtime_ns)
            time.sleep(0.02)
        counts.append({name: len(times) for name, times in seen.items()})
    assert abs(counts[0]["window"] - counts[1]["window"]) <= 2 and counts[0]["window"] >= 2, counts
    assert abs(counts[0]["eager"] - counts[1]["eager"]) > 10, "a file that is written with each visit is told"


@pytest.mark.parametrize("mode", ["threshold", "dp"])
def test_a_report_asked_for_again_is_the_same(make_gate, make_origin, mode):
    """Attack 7: byte by byte, in every format, over restarts; a ledger that forgets would let noise be drawn anew."""
    world = World(make_gate, make_origin, mode)

    def reports():
        texts = []
        for form in ("table", "csv", "json", "html"):
            ended = world.gate.run("report", "--rules", world.gate.rules_path, "--from", day, "--to", day, "--format", form)
            assert ended.returncode == 0, ended.stderr
            texts.append(ended.stdout)
        return texts

    world.time_to_release()
    ((_, number, _, _),) = stored(world.state)[0][:1]
    day = str(datetime.date(1970, 1, 1) + datetime.timedelta(number))
    first = reports()
    assert all(len(text) > 100 for text in first) and reports() == first
    world.bring_back_the_open_day()
    world.run(1.5)
    assert reports() == first
    if mode == "dp":
        world.begin_again()
        world.time_to_release()
        assert reports() != first, "noise that is drawn again is told from the first"


def test_a_visitor_of_several_replicas_is_counted_once(make_gate, make_origin):
    """Attack 16: the loops of a process share a window, and a second process gets none beside it."""
    gate = measuring_gate(make_gate, make_origin, workers=4)
    for number in range(24):
        for path in ("/one", "/two", "/three"):
            # Each on a connection of its own, which the kernel gives to any of the loops.
            visit(gate, number, [path])
    rules = gate.directory / "rival.yaml"
    rules.write_text(gate.rules_path.read_text().replace(f":{gate.port}\n", f":{free_port()}\n", 1))
    rival = gate.run("serve", "--rules", rules)
    assert rival.returncode != 0 and str(gate.directory / "state").encode() in rival.stderr, rival.stderr
    seen = report(gate)
    assert seen["summary"]["dailyVisitors"] == seen["summary"]["visits"] == 24
    # Windows of their own would count everybody twice.
    apart = []
    for path in ("/one", "/two"):
        replica = measuring_gate(make_gate, make_origin)
        for number in range(24):
            visit(replica, number, [path])
        apart.append(report(replica)["summary"]["dailyVisitors"])
    assert sum(apart) == 48


@pytest.mark.parametrize("trusted", [True, False])
def test_forged_addresses_make_no_visitors(make_gate, make_origin, trusted):
    """Attack 17: from a peer that is no proxy of ours the field is not believed; from one that is, it is."""
    gate = measuring_gate(make_gate, make_origin, trusted="127.0.0.1" if trusted else "10.9.9.9")
    for number in range(25):
        visit(gate, number, ["/forged"])
    seen = report(gate)
    assert (row(seen["pages"], "/forged") is not None) == trusted
    assert seen["summary"].get("dailyVisitors") == (25 if trusted else None)
