"""A day of a busy shop as an access log, and what it costs to count it (`crumbgate import`).

An import puts every line through the parser, the classifiers and the aggregator that the proxy has, on one thread.
"""

import os
import random
import shutil
import subprocess
import time

import peers

LINES = 1_000_000
VISITORS = 100_000
RULES = """listen: 127.0.0.1:1
origin: http://127.0.0.1:1
hosts: [shop.example]
state_directory: state
categories: { cart: { cookies: [cart] } }
"""


def write_log(path, lines=LINES, visitors=VISITORS):
    """A made-up log in the combined format: each visitor with an address and one of 178 browsers, 600 pages."""
    chance = random.Random(20260102)
    browsers = [f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                f"Chrome/{major}.0.{build}.0 Safari/537.36" for major in range(100, 140) for build in (0, 6000, 6100)]
    browsers += [f"Mozilla/5.0 (X11; Linux x86_64; rv:{major}.0) Gecko/20100101 Firefox/{major}.0"
                 for major in range(90, 140)]
    browsers += [f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_{minor} like Mac OS X) AppleWebKit/605.1.15 "
                 f"(KHTML, like Gecko) Version/17.{minor} Mobile/15E148 Safari/604.1" for minor in range(8)]
    people = [(f"{chance.randrange(1, 223)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}",
               chance.choice(browsers)) for _ in range(visitors)]
    sources = ["-", "https://www.google.com/", "https://www.shop.example/tea", "https://news.example/a"]
    words = ["tea", "pots", "cups", "trays", "spoons", "kettles", "milk", "sugar", "honey", "lemon"]
    midnight = int(time.time()) // 86_400 * 86_400 - 10 * 86_400
    with open(path, "w") as log:
        for number in range(lines):
            address, browser = people[number] if number < visitors else chance.choice(people)
            moment = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(midnight + number * 86_000 // lines))
            page = f"/{chance.choice(words)}/{chance.choice(words)}-{chance.choice(words)[0]}"
            log.write(f'{address} - - [{moment}] "GET {page} HTTP/1.1" 200 {chance.randrange(40_000)} '
                      f'"{chance.choice(sources)}" "{browser}"\n')


def count(directory):
    """Lines per second of CPU time, and the most resident KiB."""
    state = os.path.join(directory, "import")
    shutil.rmtree(state, ignore_errors=True)
    os.makedirs(state)
    rules, log = os.path.join(state, "rules.yaml"), os.path.join(state, "access.log")
    with open(rules, "w") as file:
        file.write(RULES)
    write_log(log)
    child = subprocess.Popen([peers.PROXY, "import", "--rules", rules, "--profile", "exempt", "--quiet", log],
                             stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"the import ended with {os.waitstatus_to_exitcode(status)}")
    return LINES / (used.ru_utime + used.ru_stime), used.ru_maxrss
