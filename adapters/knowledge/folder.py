"""The documents in a folder, read without being led out of it.

Hidden files, links that leave the folder, and anything that is not a file of a
bearable size are passed over with a sentence that says so. A file is only opened when
its size or its time of change is another than before.
"""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from adapters.knowledge.about import About
from adapters.knowledge.folder_about import Abouts
from adapters.knowledge.source import MOST_BYTES, Kind, Material, Shelf, SourceFailed

MOST_FILES = 5_000
ENDINGS = {
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
}
SHARED_SECONDS = 50.0
UNSETTLED_SECONDS = 2.0  # a file changed this lately may change again without its stamp telling
NOTHING_THERE = (
    "{place}: there is no such folder. Create it or correct the setting; until then what was "
    "read before stays in use."
)


@dataclass(frozen=True, slots=True)
class FolderSource:
    """The documents below a folder, or one file.

    Args:
        prefix: What their ids begin with, when there are other folders.
        every: Seconds between looks.
    """

    place: Path
    prefix: str = ""
    every: float = 0.0

    @property
    def source_id(self) -> str:
        return f"folder:{self.place}"

    @property
    def name(self) -> str:
        return str(self.place)

    @property
    def variant(self) -> str:
        return self.prefix

    def holds(self, document_id: str) -> bool:
        return document_id.startswith(self.prefix)

    async def read(self, shelf: Shelf) -> None:
        found = await asyncio.to_thread(look, self.place)
        if found is None:
            raise SourceFailed(NOTHING_THERE.format(place=self.place))
        for name, why in found.problems:
            if name.endswith(("/", ".yml")):
                shelf.problem(f"{self.prefix}{name}: {why}")
            else:
                shelf.bad(self.prefix + name, why, stays=found.lost(name))
        for known in shelf.known:
            if found.lost(known.removeprefix(self.prefix)):
                shelf.same(known)
        for each in found.files.values():
            await self._read(each, shelf)

    async def _read(self, file: File, shelf: Shelf) -> None:
        document_id = self.prefix + file.name
        known = shelf.known.get(document_id)
        stamp = file.stamp()
        if known is not None and stamp and known.stamp == stamp:
            shelf.same(document_id)
            return
        data = await asyncio.to_thread(file.read)
        if isinstance(data, str):
            shelf.bad(document_id, data)
            return
        day = datetime.fromtimestamp(file.changed_ns / 1e9, UTC).date()
        await shelf.put(Material(document_id, file.kind, data, stamp, file.given, day))


def folders(named: Path | None, *, shared: bool = False) -> tuple[FolderSource, ...]:
    """Each place as a source; where there are several, ids begin with the place's name.

    Args:
        named: Folders and files, as ``PATH`` has them.
        shared: Other processes look as well, so that not each of them need every minute.
    """
    places = [Path(each) for each in dict.fromkeys(str(named or "").split(os.pathsep)) if each]
    taken: Counter[str] = Counter()
    sources = []
    for place in places:
        name = place.resolve().name
        taken[name] += 1
        again = f"-{taken[name]}" if taken[name] > 1 else ""
        prefix = f"{name}{again}/" if len(places) > 1 else ""
        sources.append(FolderSource(place, prefix, SHARED_SECONDS if shared else 0.0))
    return tuple(sources)


@dataclass(frozen=True, slots=True)
class File:
    """A document's file, links in its path resolved."""

    name: str
    path: Path
    kind: Kind
    size: int
    changed_ns: int
    given: About

    def stamp(self) -> str:
        """What tells this state of the file from others; empty while it may yet change."""
        if abs(time.time() - self.changed_ns / 1e9) < UNSETTLED_SECONDS:
            return ""
        return f"{self.size} {self.changed_ns} {self.given!r}"

    def read(self) -> bytes | str:
        """What is in it, or why that cannot be said."""
        try:
            # O_NOFOLLOW: links are resolved by now; O_NONBLOCK: a pipe must not make us wait
            handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                data = file.read(MOST_BYTES[self.kind] + 1)
        except OSError as error:
            return f"it cannot be read ({error.strerror}). Let this user read it."
        return data if len(data) <= MOST_BYTES[self.kind] else _too_large(self.kind)


@dataclass(slots=True)
class Found:
    """The documents below a folder, by their path with "/", and what was passed over.

    Args:
        unreadable: Documents, or folders ending in "/", that may be there but cannot be read.
    """

    files: dict[str, File] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def lost(self, name: str) -> bool:
        """Whether a document may be there although it could not be read."""
        return any(
            name == lost or lost == "./" or (lost.endswith("/") and name.startswith(lost))
            for lost in self.unreadable
        )

    def passed(self, name: str, why: str, *, unreadable: bool = False) -> None:
        self.problems.append((name, why))
        if unreadable:
            self.unreadable.add(name)


def look(place: Path) -> Found | None:
    """What is below a folder, nothing of it opened; None when there is no such place."""
    found = Found()
    if place.is_file():
        home, paths = place.parent, iter([place])
    elif place.is_dir():
        home, paths = place, _documents(place, found)
    else:
        return None
    abouts = Abouts(home, found.passed)
    for count, path in enumerate(paths):
        name = path.relative_to(home).as_posix()
        if count == MOST_FILES:
            why = f"this and later ones are left out; {MOST_FILES} documents are the most."
            found.passed(name, why)
            break
        _note(path, name, home.resolve(), abouts, found)
    return found


def _documents(folder: Path, found: Found) -> Iterator[Path]:
    """The paths that look like documents, in order of their names."""

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
                found.passed(link, "links to folders are not followed. Move the documents here.")
        for name in sorted(files):
            if Path(name).suffix.lower() in ENDINGS and not name.startswith("~$"):  # Word's locks
                yield here / name


def _note(path: Path, name: str, home: Path, abouts: Abouts, found: Found) -> None:
    """Take down one file, or say why not."""
    if path.name.startswith("."):
        found.passed(name, "hidden files are left out. Rename it to publish it.")
        return
    kind = ENDINGS[path.suffix.lower()]
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(home):
            found.passed(name, "the link leads out of the folder. Copy the file here.")
            return
        about = real.stat()
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        why = getattr(error, "strerror", None) or str(error)
        found.passed(name, f"it cannot be read ({why}). Let this user read it.", unreadable=True)
        return
    if not stat.S_ISREG(about.st_mode):
        found.passed(name, "this is not a file.")
    elif about.st_size > MOST_BYTES[kind]:
        found.passed(name, _too_large(kind), unreadable=True)
    elif (given := abouts.of(path, name)) is None:
        found.unreadable.add(name)  # what is said of it is broken, and was named there
    else:
        found.files[name] = File(name, real, kind, about.st_size, about.st_mtime_ns, given)


def _too_large(kind: Kind) -> str:
    return f"it is larger than {MOST_BYTES[kind] // 1_000_000} MB. Split it."
