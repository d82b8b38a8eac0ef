"""Convert documents of unknown authors, each in a process of its own.

A document that is hostile or broken costs a sentence in the report and a few seconds;
it never stops the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from adapters.knowledge.convert.converted import Converted, NotConverted

ROOT = Path(__file__).parents[3]
SECONDS = 30.0  # of wall time for one document
MOST_OUT = 20_000_000  # bytes of what was found
FOUND: TypeAdapter[Converted] = TypeAdapter(Converted)
TOO_LONG = "reading it takes too long. Split it, or save it anew."
TOO_MUCH = "it holds more text than a document may. Split it."


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Converts documents; ``seconds`` is what each may take."""

    seconds: float = SECONDS

    async def convert(self, kind: str, data: bytes) -> Converted:
        """What a document says.

        Args:
            kind: ``html``, ``pdf`` or ``docx``; ``html;utf-8`` names the encoding.

        Raises:
            NotConverted: It cannot be read; the text says why.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "adapters.knowledge.convert.child",
            kind,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "LC_ALL": "C.UTF-8"},
            start_new_session=os.name == "posix",
        )
        try:
            async with asyncio.timeout(self.seconds):
                output = await _talk(process, data)
                await process.wait()
        except TimeoutError:
            raise NotConverted(TOO_LONG) from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return _found(output, process.returncode or 0)


async def _talk(process: asyncio.subprocess.Process, data: bytes) -> bytes:
    """Hand the document over and hear what was found, no more than it may be."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - piped
    handing = asyncio.create_task(_hand(process.stdin, data))
    try:
        parts, left = [], MOST_OUT
        while part := await process.stdout.read(65_536):
            parts.append(part)
            left -= len(part)
            if left < 0:
                raise NotConverted(TOO_MUCH)
        return b"".join(parts)
    finally:
        handing.cancel()
        await asyncio.gather(handing, return_exceptions=True)


async def _hand(pipe: asyncio.StreamWriter, data: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # it ended before it had read everything
        pipe.write(data)
        await pipe.drain()
        pipe.close()


def _found(output: bytes, code: int) -> Converted:
    """What the process said; nothing of it is taken on trust."""
    if code < 0:  # a limit ended it
        raise NotConverted(TOO_LONG)
    try:
        said = orjson.loads(output)
        if "problem" in said:
            raise NotConverted(str(said["problem"])[:300])
        return FOUND.validate_python(said["converted"])
    except (orjson.JSONDecodeError, ValidationError, KeyError, TypeError) as error:
        raise NotConverted("it cannot be read. Save it anew.") from error
