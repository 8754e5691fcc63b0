"""A short run of `make chaos`: faults of all kinds at once, and no loss without a cause."""

import os
import pathlib
import subprocess
import sys

import pytest

CHAOS = pathlib.Path(__file__).parents[1] / "Chaos" / "chaos.py"


@pytest.mark.alone
def test_what_is_lost_has_a_cause(capsys):
    seconds = os.environ.get("CHAOS_SECONDS", "16")
    done = subprocess.run(
        [sys.executable, CHAOS, "--seconds", seconds, "--seed", os.environ.get("RANDOM_SEED", "1")],
        capture_output=True, timeout=float(seconds) + 90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()[-2000:]


def test_a_loss_without_a_cause_is_told():
    """Nothing of what it looks for may pass unnoticed."""
    sys.path.insert(0, str(CHAOS.parent))
    try:
        from losses import Ledger
    finally:
        sys.path.pop(0)

    class Stage:
        statuses = [0]
        samples = [(1, when / 2, 50 << 20, 40) for when in range(100)]

    def ledger(failures=(), windows=(), wrong=(), samples=None, statuses=(0,), left=40):
        stage = Stage()
        stage.statuses = list(statuses)
        stage.samples = samples or Stage.samples
        one = {"requests": 1000, "whole": 900, "decisions": 1, "failures": list(failures), "wrong": list(wrong)}
        return Ledger([one], list(windows), [], stage, left, 50, {"shop": 1})

    def failure(kind, method="GET", mood="well"):
        return (10.0, 10.1, method, mood, "counted", kind)

    at, later = ("shop", 9.9, 11.0), ("shop", 10.2, 11.0)
    assert ledger().is_clean
    assert ledger([failure("502")], [at]).is_clean and not ledger([failure("502")], [later]).is_clean
    assert ledger([failure("cut", mood="resets")]).is_clean and not ledger([failure("cut")]).is_clean
    assert not ledger([failure("refused")], [at]).is_clean and ledger([failure("refused")], [("restart", 9, 11)]).is_clean
    assert not ledger([failure("503", "DECISION")]).is_clean
    assert ledger([failure("503", "DECISION")], [("disk", 9, 11)]).is_clean
    assert not ledger([failure("no answer", mood="resets")], [at]).is_clean
    assert not ledger(wrong=["a byte"]).is_clean and "a byte" in ledger(wrong=["a byte"]).text()
    assert not ledger(statuses=[0, -11]).is_clean
    assert not ledger(left=100).is_clean
    growing = [(1, when / 2, (50 << 20) + when * 200_000, 40) for when in range(100)]
    assert not ledger(samples=growing).is_clean and "LEAK" in ledger(samples=growing).text()
    crashed = ledger()
    crashed.note_log(b"Fatal error: index out of range")
    assert not crashed.is_clean
