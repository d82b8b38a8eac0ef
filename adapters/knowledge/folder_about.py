"""What the files beside the documents of a folder say of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from adapters.knowledge.about import BESIDE, FOLDER, About, read_about
from adapters.knowledge.front_matter import FrontMatterInvalid

MOST_BYTES = 64_000

Complain = Callable[[str, str], None]


class Abouts:
    """Reads each of them once.

    Args:
        home: The folder all documents are below of.
        complain: Told the name of a file that cannot be used, and why.
    """

    def __init__(self, home: Path, complain: Complain) -> None:
        self._home, self._complain = home, complain
        self._folders: dict[Path, About | None] = {}

    def of(self, path: Path, name: str) -> About | None:
        """What is known of a document; None when that cannot be read: nothing is assumed then.

        Args:
            name: Its path below ``home``, with "/".
        """
        above = self._folder(path.parent, name)
        if above is None:
            return None
        beside = self._read(path.with_name(path.name + BESIDE))
        return beside.over(above) if beside is not None else None

    def _folder(self, folder: Path, name: str) -> About | None:
        """What a folder and those above it say of a file below it."""
        above = self._folder(folder.parent, name) if folder != self._home else About()
        if folder not in self._folders:
            self._folders[folder] = self._read(folder / FOLDER)
        here = self._folders[folder]
        if here is None or above is None:
            return None
        depth = len(folder.relative_to(self._home).parts)
        return here.below("/".join(name.split("/")[depth:])).over(above)

    def _read(self, path: Path) -> About | None:
        """What a file says; nothing when it is not there, None when it cannot be read."""
        try:
            if path.is_symlink() or not path.is_file():
                return About()
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
            if len(data) <= MOST_BYTES:
                return read_about(data)
            why = "it is larger than 64 kB."
        except FrontMatterInvalid as error:
            why = f"line {error.line}: {error.what}"
        except UnicodeDecodeError:
            why = "this is not UTF-8 text. Save the file as UTF-8."
        except OSError as error:
            why = f"it cannot be read ({error.strerror})."
        name = path.relative_to(self._home).as_posix()
        self._complain(name, f"{why} The documents it speaks for stay as they were.")
        return None
