"""What each failure of a call means: wait and try again, shorten, or leave it to the operator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

import anthropic

from adapters.llm.claude_reply import Garbled
from adapters.llm.claude_stream import ReplyBroken

GARBLED = "reply_garbled"
DEADLINE = "deadline"
PAUSED = "paused"

TOO_LONG = re.compile(r"too long|context (?:window|limit)|exceeds? .{0,40}tokens", re.IGNORECASE)
# A limit the organisation set for itself comes as a 400 with no code of its own.
SPENT = re.compile(r"usage limit|spend(?:ing)? limit|credit balance", re.IGNORECASE)


class Remedy(StrEnum):
    """What may help."""

    WAIT = "wait"  # the same request, a little later
    PACE = "pace"  # likewise, when the service says: it is well, we are too fast
    COMPACT = "compact"  # a shorter request
    NOTHING = "nothing"  # this request will not be taken by any model
    MODEL = "model"  # another model; the operator has to look at this one
    ACCOUNT = "account"  # only the operator


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call gave no reply.

    Args:
        code: The API's word for it, or ours; never text that people wrote.
        retry_after: Seconds the service asks us to wait.
    """

    code: str
    remedy: Remedy
    status: int | None = None
    retry_after: float | None = None
    request_id: str | None = None


def fault(error: Exception) -> Fault:
    """The meaning of whatever a call raised."""
    match error:
        case TimeoutError():
            return Fault(DEADLINE, Remedy.WAIT)
        case Garbled():
            return Fault(GARBLED, Remedy.WAIT)
        case ReplyBroken():
            return Fault(f"reply_{error.error}"[:60], Remedy.WAIT)
        case anthropic.APIStatusError():
            return _refused(error)
        case anthropic.APITimeoutError():
            return Fault("timeout", Remedy.WAIT)
        case anthropic.APIConnectionError():
            return Fault("connection", Remedy.WAIT)
        case _:
            return Fault(type(error).__name__, Remedy.NOTHING)


def advice(why: Fault) -> str:
    """What an operator can do about a failure."""
    match why.remedy:
        case Remedy.ACCOUNT if why.status == 401:
            return "Check ANTHROPIC_API_KEY, then restart with the right one."
        case Remedy.ACCOUNT:
            return "Raise the spend limit or the credit of the account; I try again by myself."
        case Remedy.MODEL:
            return "Choose a model that the account may use (FRONTDESK_MODEL) and restart."
        case Remedy.PACE:
            return "The account's rate limit is too low for this many messages."
        case Remedy.WAIT if why.status is None:
            return "Is the network open, and ANTHROPIC_BASE_URL right? I try again by myself."
        case Remedy.WAIT:
            return "The service has a problem of its own; I try again by myself."
        case Remedy.COMPACT | Remedy.NOTHING:
            return "The service did not take the request. See the log for its id."


def _refused(error: anthropic.APIStatusError) -> Fault:
    return Fault(
        code=error.error_code or error.type or f"http_{error.status_code}",
        remedy=_remedy(error),
        status=error.status_code,
        retry_after=retry_after(error.response.headers),
        request_id=error.request_id,
    )


def _remedy(error: anthropic.APIStatusError) -> Remedy:
    status, said = error.status_code, str(error.api_message or "")
    if _is_about_money(error, said):
        return Remedy.ACCOUNT
    if status in (408, 409) or status >= 500:
        return Remedy.WAIT
    match status:
        case 429:
            return Remedy.PACE
        case 401:
            return Remedy.ACCOUNT
        case 403 | 404:
            return Remedy.MODEL
        case 413:
            return Remedy.COMPACT
        case 400 if TOO_LONG.search(said):
            return Remedy.COMPACT
        case _:
            return Remedy.NOTHING


def _is_about_money(error: anthropic.APIStatusError, said: str) -> bool:
    """Whether the organisation has run out of budget or is on hold; waiting does not help."""
    code = error.error_code or ""
    return (
        error.status_code == 402
        or error.type == "billing_error"
        or "spend_limit" in code
        or code == "organization_on_hold"
        or (error.status_code == 400 and SPENT.search(said) is not None)
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds a response asks us to wait; None when it says nothing that makes sense."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None
