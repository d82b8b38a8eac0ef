"""Why a model gives no answers at present, in words an operator can act on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """A model that has not answered since its last failure.

    Args:
        since: When the first failure in a row was.
        code: The service's word for the latest one, or ours.
        advice: What to do about it.
    """

    model: str
    since: datetime
    code: str
    advice: str
