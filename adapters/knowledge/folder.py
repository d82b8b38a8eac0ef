"""Find the articles in a folder, and read them without being led out of it.

Hidden files, links that leave the folder, and anything that is not a file of a
bearable size are passed over with a sentence that says so.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MOST_FILES = 5_000
MOST_BYTES = 2_000_000
ENDINGS = frozenset({".md", ".markdown"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What somebody should mend; a ``file`` that ends in "/" is a folder."""

    file: str
    text: str


@dataclass(slots=True)
class Found:
    """The articles below a folder, by their path with "/", and what was passed over.

    Args:
        unreadable: Articles, or folders ending in "/", that may be there but could not be read.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def may_hold(self, name: str) -> bool:
        """Whether an article is there, as far as can be told."""
        return name in self.files or any(
            name == lost or lost == "./" or (lost.endswith("/") and name.startswith(lost))
            for lost in self.unreadable
        )

    def passed(self, name: str, why: str, *, unreadable: bool = False) -> None:
        self.problems.append(Problem(name, f"{name}: {why}"))
        if unreadable:
            self.unreadable.add(name)


def read_folder(folder: Path) -> Found | None:
    """Every article below a folder; None when there is no such folder."""
    if not folder.is_dir():
        return None
    found = Found()
    home = folder.resolve()
    for count, path in enumerate(_articles(folder, found)):
        name = path.relative_to(folder).as_posix()
        if count == MOST_FILES:
            why = f"this and later ones are left out; {MOST_FILES} articles are the most."
            found.passed(name, why)
            break
        _read(path, name, home, found)
    return found


def _articles(folder: Path, found: Found) -> Iterator[Path]:
    """The paths that look like articles, in order of their names."""

    def failed(error: OSError) -> None:
        name = Path(error.filename).relative_to(folder).as_posix() + "/"
        why = f"the folder cannot be read ({error.strerror}). What was read from it stays in use."
        found.passed(name, why, unreadable=True)

    for place, folders, files in os.walk(folder, onerror=failed):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (here / name).is_symlink():
                link = (here / name).relative_to(folder).as_posix()
                found.passed(link, "links to folders are not followed. Move the articles here.")
        for name in sorted(files):
            if Path(name).suffix.lower() in ENDINGS:
                yield here / name


def _read(path: Path, name: str, home: Path, found: Found) -> None:
    """Read one file into ``found``, or say why not."""
    if path.name.startswith("."):
        found.passed(name, "hidden files are left out. Rename it to publish it.")
        return
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(home):
            found.passed(name, "the link leads out of the folder. Copy the file here.")
            return
        # O_NOFOLLOW: links are resolved by now; O_NONBLOCK: a pipe must not make us wait
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                found.passed(name, "this is not a file.")
                return
            data = file.read(MOST_BYTES + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        why = getattr(error, "strerror", None) or str(error)
        found.passed(name, f"it cannot be read ({why}). Let this user read it.", unreadable=True)
        return
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        found.passed(name, f"it is larger than {most} MB. Split the article.", unreadable=True)
        return
    found.files[name] = data
