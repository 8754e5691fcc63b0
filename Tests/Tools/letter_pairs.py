"""Prints the table of Sources/Measurement/LetterPairs.swift.

How rare is each pair of letters in words? Counted over the distinct words of the message catalogues that a Linux system
carries in many languages (/usr/share/locale), accents left out. A pair's share is the greatest among the languages, so
that what is common in one of them is common: 0 is a share of 2^-6 or more, 9 one of 2^-16 or less.
"""

import collections
import gettext
import math
import pathlib
import re
import string
import unicodedata

LANGUAGES = "ca cs da de es et fi fr hr hu it lt lv nb nl pl pt pt_BR ro sk sl sv tr".split()
LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i"})


def words(text):
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.translate(LETTERS)) if not unicodedata.combining(c))
    return {w.lower() for w in re.findall("[A-Za-z]+", plain) if 3 <= len(w) <= 40 and w[1:].islower()}


found = collections.defaultdict(set)
for language in LANGUAGES:
    for path in sorted(pathlib.Path("/usr/share/locale", language, "LC_MESSAGES").glob("*.mo"))[:60]:
        with path.open("rb") as file:
            try:
                catalogue = gettext.GNUTranslations(file)._catalog
            except UnicodeDecodeError:
                continue
        for key, text in catalogue.items():
            found[language] |= words(text)
            found["en"] |= words(key if isinstance(key, str) else key[0])

shares = collections.defaultdict(float)
for vocabulary in found.values():
    pairs = collections.Counter(a + b for word in vocabulary for a, b in zip(word, word[1:]))
    for pair, count in pairs.items():
        shares[pair] = max(shares[pair], count / pairs.total())

for first in string.ascii_lowercase:
    rarities = (-math.log2(max(shares[first + second], 1e-6)) for second in string.ascii_lowercase)
    print("".join(str(min(9, max(0, round((rarity - 6) * 0.9)))) for rarity in rarities))
