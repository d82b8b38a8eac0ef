"""Everything that can go wrong, by who must act.

Each class has a stable ``code`` for logs and metrics. The text is for the
operator; people in a chat never read ``str(error)`` but a line of ``core.wording``.
"""

from __future__ import annotations


class BotError(Exception):
    """The root of all errors this project raises."""

    code = "bot_error"


class SettingsError(BotError):
    """Settings that cannot be used; the text names every problem at once."""

    code = "settings_invalid"


class StoreError(BotError):
    """The database did not do what was asked; the work is delivered again."""

    code = "store_failed"


class StoreUnavailable(StoreError):
    """The database is locked, full or unreachable for now."""

    code = "store_unavailable"


class Conflict(StoreError):
    """Somebody else wrote first: a compare-and-set found another version."""

    code = "conflict"


class LeaseLost(StoreError):
    """Another worker holds this thread now; whatever we did must not be written."""

    code = "lease_lost"


class PlatformError(BotError):
    """A chat platform did not take what we sent."""

    code = "platform_failed"


class NotSent(PlatformError):
    """The platform certainly did not take the message; try again after ``retry_after`` seconds."""

    code = "not_sent"

    def __init__(self, why: str, *, retry_after: float = 1.0) -> None:
        self.retry_after = retry_after
        super().__init__(why)


class Throttled(NotSent):
    """The platform asked for patience; whatever else goes to the same place waits as well."""

    code = "throttled"


class Parked(NotSent):
    """The platform takes nothing from us until an operator mends the connection; work waits."""

    code = "parked"


class Ambiguous(PlatformError):
    """The platform may or may not have taken the message: look before sending again."""

    code = "ambiguous"


class Refused(PlatformError):
    """The platform will never take this message; ``reason`` is its own word for why."""

    code = "refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The platform refused the message: {reason}.")


class NameUnclear(PlatformError):
    """Several channels have the name somebody gave."""

    code = "name_unclear"


class ModelError(BotError):
    """A language model gave no usable answer."""

    code = "model_failed"


class ModelUnavailable(ModelError):
    """The model cannot be reached, or is out of budget."""

    code = "model_unavailable"


class ModelReplyInvalid(ModelError):
    """The model answered in a shape that cannot be used."""

    code = "model_reply_invalid"


class CallsRefused(ModelReplyInvalid):
    """The model proposed only actions that do not exist, or that cannot be done as it said."""

    code = "calls_refused"


class WindowTooSmall(ModelError):
    """A question is too long for the model's context window."""

    code = "window_too_small"

    def __init__(self, *, over: int, limit: int) -> None:
        self.over, self.limit = over, limit
        super().__init__(f"The question is {over} tokens too long for a window of {limit}.")


class ToolError(BotError):
    """An action was not run, or failed; ``str`` is safe to show to the model."""

    code = "tool_failed"


class HandoffError(BotError):
    """A step in the life of a case that is not possible now."""

    code = "handoff_refused"
