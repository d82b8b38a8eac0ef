"""The process that reads one document of an unknown author, and can do nothing else.

It limits itself before it looks at the first byte: memory, CPU time, no files written,
no further processes. What it reads comes in, and what it found goes out, by its pipes
alone; opening sockets or files beyond its own libraries is refused.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from adapters.knowledge.convert.converted import Converted, NotConverted

MEMORY = 1_000_000_000  # bytes
CPU_SECONDS = 20
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "ctypes.",
)


def main(kind: str) -> None:
    """Read a document of this kind from standard input; the result goes out as JSON."""
    _limit()
    read = _reader(kind)
    _close_in()
    data = sys.stdin.buffer.read()
    try:
        found: dict[str, object] = {"converted": asdict(read(data))}
    except NotConverted as error:
        found = {"problem": str(error)}
    except MemoryError:
        found = {"problem": "reading it takes more memory than a document may. Split it."}
    except RecursionError:
        found = {"problem": "it is nested too deeply. Save it anew."}
    except PermissionError:
        found = {"problem": "it wants something outside of itself. Save it without."}
    except Exception:  # noqa: BLE001 - whatever a library trips over, this process ends now
        found = {"problem": "it is damaged. Save it anew."}
    sys.stdout.write(json.dumps(found))


def _reader(kind: str) -> Callable[[bytes], Converted]:
    """What reads this kind; only its own library is loaded."""
    match kind.partition(";"):
        case "pdf", _, _:
            from adapters.knowledge.convert.pdf import read_pdf

            return read_pdf
        case "docx", _, _:
            from adapters.knowledge.convert.docx import read_docx

            return read_docx
        case "markdown", _, _:
            from adapters.knowledge.convert.markdown import read_markdown

            return read_markdown
        case _, _, charset:
            from adapters.knowledge.convert.html import read_html

            return lambda data: read_html(data, charset)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # no such limits here; time and output are bounded from outside
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),  # root is not bound by it; the hook below is for everyone
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _close_in() -> None:
    """Refuse from now on what no document needs; files of libraries may still be loaded."""
    homes = tuple(str(Path(each).resolve()) for each in (*sys.path, sys.base_prefix) if each)

    def refuse(event: str, args: tuple[object, ...]) -> None:
        if event.startswith(FORBIDDEN):
            raise PermissionError(event)
        if event == "open" and not _library(args, homes):
            raise PermissionError(event)

    sys.addaudithook(refuse)


def _library(args: tuple[object, ...], homes: tuple[str, ...]) -> bool:
    """Whether a file that is opened is part of a library, and only read."""
    path, mode = args[0], args[1]
    reads = mode is None or not set(str(mode)) & set("wax+")
    return reads and isinstance(path, str) and os.path.realpath(path).startswith(homes)


if __name__ == "__main__":
    main(sys.argv[1])
