"""Failures of a model call that remember what the call cost all the same."""

from __future__ import annotations

from core.errors import ModelReplyInvalid, ModelUnavailable
from core.usage import Usage


class NoReply(ModelUnavailable):
    """No model gave an answer in time; ``why`` is a stable word for the log."""

    def __init__(self, why: str, usage: Usage) -> None:
        self.why, self.usage = why, usage
        super().__init__(f"The model gave no answer: {why}.")


class UnusableReply(ModelReplyInvalid):
    """A model answered, and is paid, but not with something to use."""

    def __init__(self, why: str, usage: Usage) -> None:
        self.why, self.usage = why, usage
        super().__init__(f"The model's answer cannot be used: {why}.")
