"""What the process forgets, and where it keeps what it must not write to a disk (measurement.md, attack 14)."""

import os
import pathlib
import stat
import tempfile

import pytest

from harness.client import eventually
from harness.memory import OpenDay, scan
from harness.process import Gate
from test_measurement import EAST, WEST, measuring_gate, visit


@pytest.fixture
def counting(make_gate, make_origin):
    """A gate with visitors in its open day, and the file that holds the day."""
    runtime = pathlib.Path(os.environ["RUNTIME_DIRECTORY"])
    before = set(runtime.iterdir())
    gate = measuring_gate(make_gate, make_origin)
    for number in range(30):
        visit(gate, number, ["/", "/tea"])
    gate.window = eventually(lambda: next(iter(set(runtime.glob("*.window")) - before), None), timeout=5)
    eventually(lambda: any(OpenDay(gate.window).first), timeout=5)
    return gate


def test_the_open_day_is_its_owners_only(counting):
    assert stat.S_IMODE(counting.window.stat().st_mode) == 0o600


@pytest.fixture
def restarted(counting):
    """The same, taken up by another process."""
    assert counting.stop() == 0
    gate = Gate(counting.directory, counting.rules_path.read_text().split("\n", 2)[2], counting.port)
    gate.window, gate.cookie = counting.window, counting.cookie
    gate.wait_for_log(b"took up")
    visit(gate, 0, ["/"])
    yield gate
    assert gate.stop() == 0


@pytest.mark.parametrize("life", ["counting", "restarted"])
@pytest.mark.parametrize("requests_after", [0, 1])
def test_a_key_is_gone_from_memory_once_its_day_is_over(request, life, requests_after):
    """The day ends when the time zone moves 26 hours east; loops that then have nothing to do must forget as well."""
    counting = request.getfixturevalue(life)
    old = OpenDay(counting.window)
    try:
        found = scan(counting.pid, OpenDay.words(old.first))
    except PermissionError:
        pytest.skip("only the superuser may read another process's memory")
    assert all(found.values()), "a key in force is found, or the search is none"
    counting.rules_path.write_text(counting.rules_path.read_text().replace(WEST, EAST))
    current = lambda: OpenDay(counting.window).first
    eventually(lambda: current() not in (old.first, bytes(32)), timeout=10)
    for number in range(30 * requests_after):
        visit(counting, number, ["/"])
    gone = [key for key in (old.first, old.second) if key != current()]
    assert old.first in gone
    for key in gone:
        words = OpenDay.words(key)
        try:
            eventually(lambda: not any(scan(counting.pid, words).values()), timeout=10)
        except AssertionError:
            pytest.fail(f"still there: {scan(counting.pid, words)}")


def test_a_disk_is_refused_for_the_open_day(make_origin, tmp_path):
    origin = make_origin()
    disk = pathlib.Path(__file__).parent
    with pytest.raises(AssertionError) as failure:
        Gate(tmp_path, f"origin: http://127.0.0.1:{origin.port}\nmemory_directory: {disk}\n")
    assert "memory_directory" in str(failure.value) and "tmpfs" in str(failure.value)
    assert not list(disk.glob("*.window"))


def test_the_rules_choose_the_memory(make_gate, make_origin, tmp_path):
    origin = make_origin()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nmemory_directory: {directory}\n")
        eventually(lambda: list(pathlib.Path(directory).glob("*.window")))
        assert gate.stop() == 0


def test_a_file_that_others_may_have_written_is_not_taken_up(counting):
    assert counting.stop() == 0
    counting.window.chmod(0o644)
    rules = counting.rules_path.read_text().split("\n", 2)[2]
    gate = Gate(counting.directory, rules, counting.port)
    assert gate.stop() == 0
    assert b"took up" not in gate.log
