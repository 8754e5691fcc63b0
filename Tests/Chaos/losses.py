"""What was lost, and why."""

import collections

#: Descriptors that may stay beyond those of the start: what the pool of a loop keeps, and the store's.
SPARE_DESCRIPTORS = 24
#: Bytes that memory may grow by over the second half of a process's life, beyond what noise gives.
SPARE_MEMORY = 6 << 20


class Ledger:
    """Every failure with its cause, and everything that must not be."""

    def __init__(self, collected, windows, shop_wrong, stage, left, seconds, faults):
        self.requests = sum(one["requests"] for one in collected)
        self.whole = sum(one["whole"] for one in collected)
        self.decisions = sum(one["decisions"] for one in collected)
        self.wrong = [text for one in collected for text in one["wrong"]] + shop_wrong
        self.windows, self.seconds, self.faults = windows, seconds, faults
        self.samples, self.statuses, self.left = stage.samples, stage.statuses, left
        self.expected, self.unexpected = collections.Counter(), []
        for one in collected:
            for failure in one["failures"]:
                cause = self.cause(*failure)
                if cause:
                    self.expected[cause, failure[5]] += 1
                else:
                    self.unexpected.append(failure)
        self.crashes = []

    def cause(self, began, ended, method, mood, framing, kind):
        """Why a request failed; None when it should not have."""
        at = {name for name, first, last in self.windows if began <= last and ended >= first}
        if "restart" in at:
            return "the proxy was ended and started"
        if method == "DECISION":
            return "the store's disk was full" if "disk" in at and kind == "503" else self.shop_cause(at, method, kind)
        if mood in ("resets", "breaks-off") and kind in ("502", "cut", "ended"):
            return "the shop broke off"
        if mood == "early" and method in ("POST", "PUT"):
            return "the shop answered before it read, and closed"
        return self.shop_cause(at, method, kind)

    @staticmethod
    def shop_cause(at, method, kind):
        if "shop" in at and kind in ("502", "503", "504", "cut", "short"):
            return "the shop was ended and started"
        if method in ("POST", "PUT", "DECISION") and kind == "502":
            # Not to be sent twice: nobody knows what became of it.
            return "the shop closed a kept connection as content came"
        return None

    def note_log(self, log):
        for word in (b"Fatal error", b"Segmentation", b"AddressSanitizer"):
            if word in log:
                self.crashes.append(log[log.index(word) :][:2000].decode(errors="replace"))

    def growth(self):
        """By process: bytes and descriptors from the middle of its life to its end, and how long that was."""
        lives = collections.defaultdict(list)
        for pid, when, memory, descriptors in self.samples:
            lives[pid].append((when, memory, descriptors))
        for life in lives.values():
            if len(life) < 16:
                continue
            quarter = len(life) // 4
            # Peaks of a quarter: what is freed and taken again is no growth.
            before = max(memory for _, memory, _ in life[quarter : 2 * quarter])
            after = max(memory for _, memory, _ in life[-quarter:])
            yield after - before, max(d for *_, d in life[-quarter:]) - max(d for *_, d in life[quarter : 2 * quarter]), (
                life[-1][0] - life[quarter][0]
            )

    @property
    def leaks(self):
        found = [
            f"memory grew by {memory / 1024:,.0f} KiB in {seconds:.0f} s"
            for memory, _, seconds in self.growth()
            if memory > SPARE_MEMORY
        ]
        first = self.samples[0][3] if self.samples else 0
        if self.left > first + SPARE_DESCRIPTORS:
            found.append(f"{self.left} descriptors are open when nobody is there, {first} were at the start")
        return found

    @property
    def is_clean(self):
        return not (self.unexpected or self.wrong or self.crashes or self.leaks) and set(self.statuses) <= {0} and self.whole

    def text(self):
        lines = [f"{self.requests:,} requests in {self.seconds:.0f} s; {self.whole:,} whole, {self.decisions:,} decisions on disk"]
        lines.append("faults: " + ", ".join(f"{count} {name}" for name, count in sorted(self.faults.items())))
        for (cause, kind), count in sorted(self.expected.items()):
            lines.append(f"  {count:7,}  {kind:16} {cause}")
        lines.append(f"without a cause: {len(self.unexpected)}")
        for began, ended, method, mood, framing, kind in self.unexpected[:20]:
            near = [
                f"{name} {first - began:+.2f}…{last - began:+.2f}"
                for name, first, last in self.windows
                if first - 3 < ended and last + 3 > began
            ]
            lines.append(f"  {kind} after {ended - began:.3f} s: {method}, {framing}, {mood}; near: {near}")
        lines.append(f"wrong bytes: {len(self.wrong)}")
        lines += [f"  {text}" for text in self.wrong[:20]]
        lines.append(f"ends of the proxy: {dict(collections.Counter(self.statuses))} (status: times)")
        for memory, descriptors, seconds in self.growth():
            rate = memory / 1024 / seconds * 60 if seconds else 0
            lines.append(
                f"a process: {memory / 1024:+,.0f} KiB ({rate:+,.1f} KiB a minute) and {descriptors:+d} descriptors from the"
                f" second quarter of its life to the last, {seconds:.0f} s"
            )
        if self.samples:
            lines.append(f"descriptors: {self.samples[0][3]} at the start, {self.left} when everybody had gone")
        lines += [f"LEAK: {text}" for text in self.leaks] + [f"CRASH: {text}" for text in self.crashes]
        return "\n".join(lines)
