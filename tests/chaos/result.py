"""What a run ends with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass

import orjson


@dataclass
class Result(ABC):
    """The counts of a run."""

    @property
    @abstractmethod
    def broken(self) -> bool:
        """Whether a promise was."""

    @property
    def line(self) -> str:
        """All counts as one line of JSON."""
        return orjson.dumps(asdict(self)).decode()
