#!/usr/bin/env python3
"""How long reports of 25 months take, and how large the store grows, when every day takes all the rows that it may.

    python3 Tests/Benchmarks/reports.py [--store FILE] [--binary .build/release/crumbgate]

Fills a store in a temporary directory, or that file, as the proxy would: every table of every day as large as `RowBudget`
lets it become, names of 24 letters (the shorter, the more rows) out of three times as many as a day has. The days begin
before the period, which is 25 months from the second of a month: the dearest there is, as a month without one of its
days is read day by day. Times are those of the whole process: of the processor, and on the clock. The median of
nine is shown, and the least.
"""

import argparse
import datetime
import pathlib
import random
import resource
import sqlite3
import statistics
import subprocess
import tempfile
import time

EPOCH = datetime.date(1970, 1, 1)
MEASURES = ["page_views", "visits", "visitors", "bounces", "entries", "exits", "conversions", "count"]
OF_ROW = 36
#: As in `RowBudget.bytes(of:)`, with what their rows count.
TABLES = {
    "page": (48_000, ["page_views", "visitors"]),
    "source": (12_000, ["visits"]),
    "pagePair": (8_000, ["count"]),
    "browser": (8_000, ["visits"]),
    "conversion": (8_000, ["conversions"]),
    "entryPage": (6_000, ["entries", "bounces"]),
    "exitPage": (6_000, ["exits"]),
    "campaign": (6_000, ["visits"]),
    "bot": (6_000, ["count"]),
    "place": (5_000, ["visits"]),
    "withheldCookie": (5_000, ["count"]),
    "unknownCookie": (5_000, ["count"]),
    "blockedHost": (5_000, ["count"]),
    "missingPage": (5_000, ["count"]),
    "search": (4_000, ["count"]),
    "operatingSystem": (3_000, ["visits"]),
    "download": (3_000, ["count"]),
    "outbound": (3_000, ["count"]),
    "botReason": (2_000, ["count"]),
}
FIXED = {
    "hour": (range(24), ["page_views", "visits"]),
    "channel": (["direct", "search", "social", "email", "referral", "paid", "assistant", "internal"], ["visits"]),
    "device": (["desktop", "phone", "tablet", "other"], ["visits"]),
    "visitLength": (["0", "1-10", "11-30", "31-60", "61-180", "181-600", "601-1800", "1801+"], ["visits"]),
    "pagesPerVisit": (["1", "2", "3", "4-5", "6-10", "11-20", "21+"], ["visits"]),
    "consentOutcome": (["undecided", "accepted", "partial", "refused", "gpc"], ["count"]),
    "total": ([""], ["page_views", "visits", "visitors", "bounces", "conversions"]),
}


def names(table, chance):
    count = TABLES[table][0] // (OF_ROW + (48 if table == "pagePair" else 24))
    letters = "abcdefghijklmnopqrstuvwxyz"
    pool = ["".join(chance.choice(letters) for _ in range(24)) for _ in range(3 * count)]
    return count, pool


def fill(database, first, days):
    chance = random.Random(1)
    pools = {table: names(table, chance) for table in TABLES}
    columns = ", ".join(MEASURES)
    marks = ", ".join("?" * len(MEASURES))
    sums = ", ".join(f"{m} = coalesce({m}, 0) + coalesce(excluded.{m}, 0)" for m in MEASURES)
    month_cell = (
        f"INSERT INTO month_cell (site, dimension, key, key2, month, {columns}) VALUES (1, ?, ?, ?, ?, {marks}) "
        f"ON CONFLICT DO UPDATE SET {sums}"
    )
    cell = f"INSERT INTO cell (site, dimension, day, key, key2, {columns}) VALUES (1, ?, ?, ?, ?, {marks})"
    database.execute("INSERT INTO site (id, name) VALUES (1, 'shop')")
    counts = {}
    for day in range(first, first + days):
        month = ((EPOCH + datetime.timedelta(day)).replace(day=1) - EPOCH).days
        rows = []
        for table, (count, pool) in pools.items():
            for key in chance.sample(pool, count):
                rows.append((table, key, key[::-1] if table == "pagePair" else "", TABLES[table][1]))
        for table, (keys, measures) in FIXED.items():
            rows += [(table, str(key), "", measures) for key in keys]
        rows.append(("weekday", str((day + 3) % 7 + 1), "", ["page_views", "visits"]))
        for table, key, next_key, measures in sorted(rows, key=lambda row: row[:3]):
            figures = [chance.randint(10, 5000) if m in measures else None for m in MEASURES]
            database.execute(cell, (table, day, key, next_key, *figures))
            known = counts.setdefault((table, month), set())
            if (key, next_key) not in known and len(known) >= (1000 if table == "page" else 300):
                if table == "pagePair":
                    continue
                key, next_key = "(other)", ""
            known.add((key, next_key))
            database.execute(month_cell, (table, key, next_key, month, *figures))
        database.execute("INSERT INTO release (site, day, epoch, mode, k) VALUES (1, ?, 1, 'threshold', 10)", (day,))
        # A release is a transaction of its own: the shape of the file depends on it.
        database.commit()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=pathlib.Path, help="a directory to keep the store in, and to find it again")
    parser.add_argument("--binary", default=pathlib.Path(__file__).resolve().parents[2] / ".build/release/crumbgate")
    arguments = parser.parse_args()
    today = datetime.date.today()
    first = (today - datetime.timedelta(760)).replace(day=2)
    with tempfile.TemporaryDirectory() as directory:
        path = store_of(arguments.binary, arguments.store or pathlib.Path(directory), first - datetime.timedelta(20), today)
        print(f"{'report':48} {'processor':>18} {'clock':>18}")
        period = ["--from", str(first), "--to", str(today)]
        for title, more in {
            "25 months, all parts, table": [],
            "25 months, all parts, CSV": ["--format", "csv"],
            "25 months, all parts, JSON": ["--format", "json"],
            "25 months, all parts, HTML, compared": ["--format", "html"],
            "25 months, summary, pages, sources": ["--only", "summary,pages,sources"],
        }.items():
            measure(title, [arguments.binary, "report", "--store", path, *period, *more])
        for days in (7, 30, 365):
            command = [arguments.binary, "report", "--store", path, "--last", f"{days}d", "--compare", "previous"]
            measure(f"{days} days, all parts, compared", command)
        measure("no report: the start of the program", [arguments.binary, "report", "--definitions"])


def store_of(binary, directory, first, today):
    """The file of a store with all days up to yesterday."""
    directory.mkdir(exist_ok=True)
    path = directory / "state/crumbgate.sqlite"
    if not path.exists():
        rules, log = directory / "shop.yaml", directory / "none.log"
        rules.write_text(f"origin: http://127.0.0.1:1\nhosts: [shop]\nstate_directory: {directory}/state\nmeasurement: {{ profile: exempt }}\n")
        log.write_text('203.0.113.1 - - [03/Jan/2025:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"\n')
        subprocess.run([binary, "import", "--quiet", "--rules", rules, log], check=True, stdout=subprocess.DEVNULL)
        with sqlite3.connect(path) as database:
            database.executescript(
                "PRAGMA secure_delete = ON; PRAGMA synchronous = OFF; DELETE FROM cell; DELETE FROM month_cell; DELETE FROM release; DELETE FROM site"
            )
            fill(database, (first - EPOCH).days, (today - first).days)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with sqlite3.connect(path) as database:
        days, rows, months = database.execute(
            "SELECT (SELECT count(*) FROM release), (SELECT count(*) FROM cell), (SELECT count(*) FROM month_cell)"
        ).fetchone()
    size = path.stat().st_size
    print(f"{days} days, {rows:,} rows of days, {months:,} of months, {size / 1e6:.1f} MB")
    print(f"growth: {size / days * 365 / 1e6:.1f} MB per site and year\n")
    return path


def measure(title, command):
    processor, clock = [], []
    for _ in range(9):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        clock.append(time.monotonic() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    figures = [f"{statistics.median(times) * 1000:7.0f} ({min(times) * 1000:.0f}) ms" for times in (processor, clock)]
    print(f"{title:48} {figures[0]:>18} {figures[1]:>18}")


if __name__ == "__main__":
    main()
