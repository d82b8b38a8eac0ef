"""The product as a process of its own, with a playground that people write in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LINK = re.compile(rb"(http://127\.0\.0\.1:\d+)/playground")
SENDS = "sends"  # a line for each post, each time it was sent
START_SECONDS = 60.0


@dataclass
class Product:
    """A running process; ``origin`` is where its local pages are."""

    process: Process
    origin: str

    @classmethod
    async def start(
        cls,
        folder: Path,
        stage: str = "",
        nth: int = 1,
        *,
        plain: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> Product | None:
        """Start it and wait until it is ready; None when it died before, as it was told to.

        Args:
            plain: As an operator starts it, with nothing wrapped.
            environment: Further settings.
        """
        folder.mkdir(parents=True, exist_ok=True)
        keep = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "SYSTEMROOT")
        settings = {name: os.environ[name] for name in keep if name in os.environ} | {
            "FRONTDESK_DATA_DIR": str(folder),
            "PORT": "0",
            "FRONTDESK_LOCAL_PORT": "0",
            "CHAOS_STAGE": stage,
            "CHAOS_NTH": str(nth),
            "CHAOS_SENDS": str(folder / SENDS),
            **(environment or {}),
        }
        module = "bot" if plain else "tests.chaos.stages"
        with (folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, "run", env=settings, stdout=PIPE, stderr=log
            )
        started = cls(process, "")
        async with asyncio.timeout(START_SECONDS):
            assert process.stdout is not None
            async for line in process.stdout:
                if found := LINK.search(line):
                    started.origin = found[1].decode()
                    return started
        await started.gone()
        if stage and process.returncode == -signal.SIGKILL:
            return None
        raise RuntimeError(f"The product did not start; see {folder / 'log'}.")

    async def kill(self) -> None:
        """SIGKILL, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.gone()

    async def terminate(self) -> int:
        """SIGTERM, and wait for its end; the status it ended with."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        return await self.gone()

    async def gone(self) -> int:
        """Wait for the end of the process; its output is read so that it never blocks."""
        await self.process.communicate()
        return self.process.returncode or 0
