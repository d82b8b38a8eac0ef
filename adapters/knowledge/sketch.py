"""A small picture of a text, by which documents that say the same are found.

The smallest hashes of all runs of five words: two texts share about as many of them as
they share runs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from zlib import crc32

RUN = 5  # words
KEPT = 64  # hashes
FEWEST_WORDS = 20  # a shorter text is like too many others
ALIKE = 0.7  # of the hashes, for two documents to say the same
COMMON = 200  # documents; a hash that more of them share tells nothing
WORD = re.compile(r"\w+")


def sketch(text: str) -> str:
    """The picture of a text, in hexadecimal; empty for a very short one."""
    words = WORD.findall(text.casefold())
    if len(words) < FEWEST_WORDS:
        return ""
    runs = {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return " ".join(f"{each:08x}" for each in sorted(crc32(run.encode()) for run in runs)[:KEPT])


def alike(sketches: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of documents that say nearly the same, each pair once, in order of their names."""
    hashes = {name: frozenset(text.split()) for name, text in sketches.items() if text}
    holding: dict[str, list[str]] = defaultdict(list)
    for name in sorted(hashes):
        shared: dict[str, int] = defaultdict(int)
        for each in hashes[name]:
            if len(holding[each]) < COMMON:
                for other in holding[each]:
                    shared[other] += 1
                holding[each].append(name)
        for other, count in shared.items():
            if count >= ALIKE * min(len(hashes[name]), len(hashes[other]), KEPT):
                yield other, name
