"""The tables: on the terminal, and as docs/benchmarks.md."""

import os
import platform
import re
import statistics
import subprocess

import traffic

SUBJECT = "crumbgate"


def machine():
    """One line on what the figures were taken on."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    return (f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, "
            f"{_version(['nginx', '-v'])}, {_version(['haproxy', '-v'])}")


def _version(command):
    try:
        run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": "/usr/sbin:/usr/bin"})
    except OSError:
        return f"no {command[0]}"
    found = re.search(r"\d+\.\d+\.\d+", run.stdout + run.stderr)
    return f"{command[0]} {found[0] if found else ''}".strip()


class Result:
    """Everything one run found."""

    def __init__(self, names, command):
        self.names = names
        self.command = command
        self.cells = []
        self.memory = {}
        self.soak = None
        self.rules_cost = None
        self.gating_cost = None
        self.measuring = None
        self.imported = None
        self.tls = None

    @property
    def subject(self):
        """The peer that the others are compared with: the proxy, or the last one without it."""
        return SUBJECT if SUBJECT in self.names else self.names[-1]

    def _tables(self):
        if self.tls:
            yield "TLS 1.3, CPU microseconds (medians of the rounds; ratios within a round)", self.tls
        if self.cells:
            rows = [["", *self.names]]
            for cell in self.cells:
                rows.append([cell.name, *(_figure(cell.median(name)) for name in self.names)])
            yield "CPU time per request, microseconds (median of the rounds)", rows
            others = [name for name in self.names if name != self.subject]
            rows = [["", *others]]
            for cell in self.cells:
                rows.append([cell.name, *(_ratio(cell.ratio(self.subject, name)) for name in others)])
            if others:
                yield f"{self.subject} against each: median of the rounds' ratios (least–greatest), below 1 is cheaper", rows
            rows = [["", *self.names]]
            for cell in self.cells:
                rows.append([cell.name, *(f"{statistics.median(cell.rates[name]):,.0f}" for name in self.names)])
            yield "Requests per second, as the load found them (core 1 carries wrk and the origin server)", rows
            failed = [f"{cell.name} {name}: {cell.errors[name]}" for cell in self.cells for name in self.names
                      if cell.errors[name]]
            if failed:
                yield "Failed requests", [["cell and peer"], *([line] for line in failed)]
        if self.memory:
            rows = [["", "at rest", "256 busy", "5,000 idle"]]
            for name, figures in self.memory.items():
                rows.append([name, *(f"{figure / 1024:.1f}" for figure in figures)])
            yield "Resident memory of the worker, MiB", rows
        if self.soak:
            name, done, series = self.soak
            rows = [["", *(f"{tenth}0 %" for tenth in range(1, 11))],
                    [name, *(f"{figure / 1024:.1f}" for figure in series)]]
            yield f"Resident memory over {done:,} requests, MiB", rows
        if self.rules_cost:
            rows = [["", "ratio"], ["30 KB HTML c=32", _ratio(self.rules_cost, digits=3)]]
            yield "10,000 cookie and host rules against 10", rows
        if self.gating_cost:
            rows = [["", "ratio"], ["30 KB HTML c=32", _ratio(self.gating_cost)]]
            yield "Documents gated for the known services, against the same jobs without gating", rows
        if self.measuring:
            rows = [["", "microseconds"]]
            for name, figures in zip(("of the loop", "of the aggregator's thread"), self.measuring):
                rows.append([name, _ratio((statistics.median(figures), min(figures), max(figures)))])
            yield "Counting visits, per page view with its three withheld cookies", rows
        if self.imported:
            rate, most = self.imported
            rows = [["", "figure"], ["lines per second of CPU time", f"{rate:,.0f}"],
                    ["most resident memory, MiB", f"{most / 1024:.1f}"]]
            yield f"Importing {traffic.LINES:,} lines of {traffic.VISITORS:,} visitors in one day", rows

    def text(self):
        """The tables for a terminal."""
        parts = []
        for title, rows in self._tables():
            widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(len(rows[0]))]
            lines = ["  ".join(value.ljust(width) if column == 0 else value.rjust(width)
                               for column, (value, width) in enumerate(zip(row, widths))) for row in rows]
            parts.append("\n".join([title, *lines]))
        return "\n\n".join([machine(), *parts])

    def page(self):
        """docs/benchmarks.md."""
        parts = [PREFACE.replace("COMMAND", self.command).replace("MACHINE", machine())]
        for title, rows in self._tables():
            lines = ["| " + " | ".join(row) + " |" for row in rows]
            lines.insert(1, "|---" + "|--:" * (len(rows[0]) - 1) + "|")
            parts.append(f"## {title}\n\n" + "\n".join(lines))
        return "\n\n".join(parts) + "\n"


def _figure(value):
    return f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def _ratio(values, digits=2):
    middle, least, most = (f"{value:.{digits}f}" for value in values)
    return f"{middle} ({least}–{most})"


PREFACE = """# Benchmarks

Written by `COMMAND` on: MACHINE.

Each peer runs one worker pinned to core 0; wrk and an nginx that serves the origin's files from memory share core 1.
A request is a browser's: ten fields, six cookies of which three belong to refused categories, and a consent cookie.
A figure is the CPU time of the peer's worker, user and system, divided by the requests done. The peers take turns
within a round and ratios are taken within the round, so that what else the machine does troubles both sides alike.
Before a cell is measured, every peer has to show that it answers rightly and does its jobs.

- **crumbgate**: the jobs of `nginx+lua` - cookies filtered in both directions by a verified consent cookie, withheld ones expired,
  the address truncated, documents given the stylesheet, script and settings link, visits measured. Third parties in
  documents are not gated here: what that costs beyond is measured further down.
- **nginx+lua**: the same jobs in Lua ([jobs.lua](../Tests/Benchmarks/peers/lua/jobs.lua)).
- **nginx**, **haproxy**: tuned, forwarding only ([configurations](../Tests/Benchmarks/peers)).
- **floor**: a C program that only copies bytes between two connections; nothing that proxies can cost less."""
