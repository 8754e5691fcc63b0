"""The memory of a running process, and the keys that a file of the open day holds."""

import pathlib
import re
import struct


def scan(pid, words):
    """How often each of some byte strings is anywhere in what the process can write to."""
    hits = dict.fromkeys(words, 0)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not match or "[vvar" in line:
                continue
            start, end = (int(part, 16) for part in match.groups())
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except OSError:
                continue
            for word in words:
                hits[word] += content.count(word)
    return hits


class OpenDay:
    """The file of the open day, for as much of it as tests need: the keys of its first site."""

    def __init__(self, path):
        content = path.read_bytes()
        name_length = struct.unpack_from("<Q", content, 16)[0]
        start = 24 + name_length
        self.first = content[start : start + 32]
        self.second = content[start + 32 : start + 64]

    @staticmethod
    def words(key):
        """The eight bytes that a processor handles at once: any of them in memory is a piece of the key."""
        return [key[index : index + 8] for index in range(0, 32, 8)]
