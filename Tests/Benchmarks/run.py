"""Measures the proxy against its peers on this machine. See CONTRIBUTING.md, "Benchmarks".

Every peer has one worker on core 0; wrk and the origin server share core 1. Figures are CPU time of the peer's
worker per request, and their ratios within one round: on a busy machine both sides of a ratio suffer alike.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile

import checks
import measure
import peers
import report
import secure
import traffic


def say(text):
    """Progress, on the error stream."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="32 connections, two short rounds, no memory: < 90 s")
    parser.add_argument("--only", metavar="TEXT", action="append",
                        help='cells whose name contains TEXT, like "HTML" or "10 MB c=32" (repeatable)')
    parser.add_argument("--peers", metavar="NAMES", default=",".join(peers.NAMES),
                        help="comma-separated, of: %(default)s")
    parser.add_argument("--rounds", type=int, help="rounds per cell (7; quick: 2)")
    parser.add_argument("--seconds", type=int, help="length of one load (2; quick: 1)")
    parser.add_argument("--no-memory", action="store_true", help="leave out memory")
    parser.add_argument("--soak", type=int, nargs="?", const=1_000_000, metavar="REQUESTS",
                        help="measure only the flatness of the proxy's memory over REQUESTS (1,000,000)")
    parser.add_argument("--rules-cost", action="store_true", help="measure only 10 rules against 10,000")
    parser.add_argument("--gating-cost", action="store_true", help="measure only gated pages against others")
    parser.add_argument("--measuring-cost", action="store_true", help="measure only what counting visits costs")
    parser.add_argument("--import-cost", action="store_true", help="measure only the import of an access log")
    parser.add_argument("--tls", action="store_true", help="measure only TLS: requests, handshakes, idle connections")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if len(os.sched_getaffinity(0)) < 2:
        raise SystemExit("two cores are needed: one for the peer, one for the load")
    names = options.peers.split(",")
    for name in names:
        if name not in peers.NAMES:
            raise SystemExit(f"no peer is called {name}; there are {', '.join(peers.NAMES)}")
    if "crumbgate" in names and not os.access(peers.PROXY, os.X_OK):
        raise SystemExit(f"{peers.PROXY} is missing; `make build` makes it (or leave it out with --peers)")
    directory = tempfile.mkdtemp(prefix="crumbgate-bench-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    origin = None
    try:
        origin = peers.start_origin(directory)
        result = report.Result(names, "make bench" + (f' ARGS="{" ".join(sys.argv[1:])}"' if sys.argv[1:] else ""))
        if options.soak:
            soak(options, directory, origin, result)
        elif options.rules_cost:
            rules_cost(options, directory, origin, result)
        elif options.gating_cost:
            gating_cost(options, directory, origin, result)
        elif options.measuring_cost:
            measuring_cost(options, directory, origin, result)
        elif options.tls:
            result.tls = secure.measure_all(options, directory, origin, say)
        elif options.import_cost:
            result.imported = traffic.count(directory)
        else:
            everything(options, names, directory, origin, result)
        say("")
        print(result.text())
        if options.write:
            path = os.path.join(peers.REPOSITORY, "docs/benchmarks.md")
            with open(path, "w") as file:
                file.write(result.page())
            print(f"wrote {path}")
    finally:
        if origin:
            origin.end()
        shutil.rmtree(directory, ignore_errors=True)


def everything(options, names, directory, origin, result):
    cells = measure.all_cells()
    if options.quick:
        cells = [cell for cell in cells if cell.connections == 32]
    if options.only:
        wanted = [text.lower() for text in options.only]
        cells = [cell for cell in measure.all_cells() if any(text in cell.name.lower() for text in wanted)]
    if not cells:
        raise SystemExit("no cell has such a name")
    rounds = options.rounds or (2 if options.quick else 7)
    seconds = options.seconds or (1 if options.quick else 2)
    running = measure.start_all(names, directory, origin)
    try:
        for cell in cells:
            measure.measure(cell, running, directory + "/files", rounds, seconds, say)
            result.cells.append(cell)
    finally:
        measure.end_all(running)
    if options.quick or options.no_memory or options.only:
        return
    for name in names:
        for kind in ("busy", "idle"):  # each in a process of its own: memory once taken is seldom given back
            running = measure.start_all([name], directory, origin)
            try:
                if kind == "busy":
                    result.memory[name] = measure.busy_memory(running[0], say)
                else:
                    result.memory[name] += (measure.idle_memory(running[0], say),)
            finally:
                measure.end_all(running)
    if "crumbgate" in names:
        soak(options, directory, origin, result)
        rules_cost(options, directory, origin, result)
        gating_cost(options, directory, origin, result)
        measuring_cost(options, directory, origin, result)
        say("an access log")
        result.imported = traffic.count(directory)


def soak(options, directory, origin, result):
    name = "crumbgate" if "crumbgate" in options.peers.split(",") else options.peers.split(",")[0]
    running = measure.start_all([name], directory, origin)
    try:
        result.soak = (name, *measure.soak(running[0], options.soak or 1_000_000, say))
    finally:
        measure.end_all(running)


def rules_cost(options, directory, origin, result):
    pair = {"crumbgate:10": {"more_rules": 10}, "crumbgate:10000": {"more_rules": 10_000}}
    result.rules_cost = between_rules(options, directory, origin, pair)


def gating_cost(options, directory, origin, result):
    pair = {"crumbgate:open": {"gates": False}, "crumbgate:gated": {"gates": True}}
    result.gating_cost = between_rules(options, directory, origin, pair)


def measuring_cost(options, directory, origin, result):
    """Of a visitor who agreed to nothing, whose page view comes with three withheld cookies."""
    running = []
    try:
        for profile in ("off", "consent"):
            running.append(peers.start(f"crumbgate:{profile}", directory, origin.port, profile=profile))
        result.measuring = measure.measuring(*running, options.rounds or 7, options.seconds or 2, say)
    finally:
        measure.end_all(running)


def between_rules(options, directory, origin, pair):
    """The ratio of the second set of rules to the first, on the document."""
    running = []
    try:
        for name, rules in pair.items():
            running.append(peers.start(name, directory, origin.port, **rules))
        cell = measure.Cell("30 KB HTML", 32)
        measure.measure(cell, running, directory + "/files", options.rounds or 7, options.seconds or 2, say)
        first, second = pair
        return cell.ratio(second, first)
    finally:
        measure.end_all(running)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (checks.PeerFault, RuntimeError) as fault:
        say("")
        sys.exit(f"bench: {fault}")
