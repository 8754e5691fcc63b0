"""What goes wrong, and when."""

import collections
import random
import signal
import threading
import time


class Faults(threading.Thread):
    """Draws a fault every second or two, and keeps from when to when each may have been felt."""

    #: Seconds after a fault in which its consequences may still come.
    WAKE = {"shop": 1.5, "restart": 1.0, "disk": 2.0}

    def __init__(self, stage, options):
        super().__init__(daemon=True)
        self.stage, self.rng = stage, random.Random(options.seed)
        self.ended = threading.Event()
        self.is_restarting = False
        self.windows, self.counts = [], collections.Counter()
        self.missing = {}
        if not stage.disk:
            self.missing["a full disk"] = "only root can give the store a small one"
        if not stage.clock:
            self.missing["clock jumps"] = "there is no C compiler"
        drawn = {
            "shop": 5, "reload": 4, "broken rules": 3, "hang-up": 2, "restart": 1,
            "disk": 2 if stage.disk else 0, "clock": 2 if stage.clock else 0,
        }  # fmt: skip
        chosen = [name.strip() for name in options.faults.split(",") if name.strip()]
        self.drawn = {name: weight for name, weight in drawn.items() if weight and (not chosen or name in chosen)}
        #: So that a short run has each of them.
        self.first = list(self.drawn)
        #: Seconds between two starts of the proxy: longer in longer runs, so that a process grows old enough to leak.
        self.pause = min(120, max(10, options.seconds / 6))
        self.restarted = -self.pause

    def run(self):
        while not self.ended.wait(self.rng.uniform(0.5, 1.5)):
            name = self.first.pop(0) if self.first else self.rng.choices(*zip(*self.drawn.items()))[0]
            began = time.monotonic()
            if name == "restart":
                if began - self.restarted < self.pause:
                    continue
                self.restarted = began
            getattr(self, name.replace(" ", "_").replace("-", "_"))()
            self.counts[name] += 1
            if name in self.WAKE:
                self.windows.append((name, began - 0.1, time.monotonic() + self.WAKE[name]))

    def stop(self):
        self.ended.set()
        self.join(60)

    def shop(self):
        """The shop's server ends, with its connections, and comes back."""
        self.stage.control.send(self.rng.choice([0.0, 0.05, 0.3, 1.0]))
        self.stage.control.recv()

    def reload(self):
        self.stage.turn += 1
        self.stage.gate.write_rules(self.stage.rules)

    def hang_up(self):
        self.stage.turn += 1
        self.stage.gate.write_rules(self.stage.rules)
        self.stage.gate.signal(signal.SIGHUP)

    def broken_rules(self):
        broken = self.rng.choice(["origin: [", "orgin: http://127.0.0.1:1\n", "", "limits: { clients: none }\n"])
        self.stage.gate.write_rules(broken)
        self.stage.gate.signal(signal.SIGHUP)
        time.sleep(0.3)
        self.stage.gate.write_rules(self.stage.rules)

    def restart(self):
        self.is_restarting = True
        self.stage.restart()
        self.is_restarting = False

    def disk(self):
        """Everything is taken by a file of somebody else's for a while."""
        path = self.stage.state / "filler"
        try:
            with open(path, "wb", buffering=0) as filler:
                while True:
                    filler.write(bytes(4096))
        except OSError:
            pass
        time.sleep(self.rng.uniform(0.5, 1.5))
        path.unlink(missing_ok=True)

    def clock(self):
        """Seconds, hours and days, forth and back."""
        self.stage.set_clock(self.rng.choice([-90_000, -3600, -60, -1, 1, 60, 3600, 86_400, 90_000, 0]))
