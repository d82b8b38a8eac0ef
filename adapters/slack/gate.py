"""The gate: what Slack sent, checked as raw bytes before anything parses it.

Size, kind and age first, then the signature over the very bytes received. Nothing
of a body is ever logged, and a refusal says nothing about its reason.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack import bounded
from adapters.slack.bounded import Malformed
from adapters.slack.installation import Installation

BODY_MOST = 1024 * 1024  # bytes
AGE_MOST = 300  # seconds either way; Slack, "Verifying requests"
CHALLENGE_MOST = 256  # characters
SSL_CHECK_MOST = 2_048  # bytes
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
OURS = frozenset(
    {"event_callback", "block_actions", "block_suggestion", "view_submission", "view_closed",
     "shortcut", "message_action", "interactive_message", "app_rate_limited"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack gets back."""

    status: int
    text: str = ""
    content_type: str = "text/plain"

    def object(self) -> dict[str, Any] | None:
        """The text as the JSON object it is, if it is one."""
        if self.content_type != JSON:
            return None
        return bounded.json_object(self.text.encode())


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets through what Slack signed for this app.

    Args:
        counted: Told why something was refused or ignored, in a fixed word.
        clock: The wall clock, in seconds since 1970.
    """

    secret: str
    installation: Installation
    counted: Callable[[str], None] = lambda _reason: None
    clock: Callable[[], float] = time.time

    def before_reading(self, headers: Mapping[str, str], length: int | None) -> Answer | None:
        """An answer that needs no body; None when the body should be read."""
        if length is not None and length > BODY_MOST:
            return self._refuse(413, "too_large")
        if headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            return self._refuse(415, "encoded")
        if _kind(headers) not in (JSON, FORM):
            return self._refuse(415, "content_type")
        return None

    def admit(self, headers: Mapping[str, str], raw: bytes) -> Answer | dict[str, Any]:
        """The parsed body of a genuine request for us, or what to answer instead."""
        if len(raw) > BODY_MOST:
            return self._refuse(413, "too_large")
        if _is_ssl_check(headers, raw):
            return Answer(200)
        if not self._is_fresh(headers) or not self._is_signed(headers, raw):
            return self._refuse(401, "unsigned")
        try:
            body = _parsed(_kind(headers), raw)
        except Malformed:
            return self._refuse(400, "malformed")
        if body.get("type") == "url_verification":
            return self._challenged(body)
        return self.addressed(body)

    def addressed(self, body: dict[str, Any]) -> Answer | dict[str, Any]:
        """The body when it is for us and of a kind we know; else a quiet 200, counted."""
        if not self.installation.concerns(body):
            return self._ignore("not_ours")
        if body.get("type") not in OURS and not isinstance(body.get("command"), str):
            return self._ignore("unknown_kind")
        return body

    def _is_fresh(self, headers: Mapping[str, str]) -> bool:
        sent = headers.get("X-Slack-Request-Timestamp", "")
        if not (sent.isascii() and sent.isdigit() and len(sent) <= 12):
            return False
        return abs(self.clock() - int(sent)) <= AGE_MOST

    def _is_signed(self, headers: Mapping[str, str], raw: bytes) -> bool:
        given = headers.get("X-Slack-Signature", "").encode("utf-8", "surrogateescape")
        sent = headers["X-Slack-Request-Timestamp"].encode()
        digest = hmac.new(self.secret.encode(), b"v0:" + sent + b":" + raw, hashlib.sha256)
        return hmac.compare_digest(b"v0=" + digest.hexdigest().encode(), given)

    def _challenged(self, body: dict[str, Any]) -> Answer:
        challenge = body.get("challenge")
        if not isinstance(challenge, str) or len(challenge) > CHALLENGE_MOST:
            return self._refuse(400, "challenge")
        return Answer(200, json.dumps({"challenge": challenge}), JSON)

    def _refuse(self, status: int, reason: str) -> Answer:
        self.counted(reason)
        return Answer(status)

    def _ignore(self, reason: str) -> Answer:
        self.counted(reason)
        return Answer(200)


def _kind(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _is_ssl_check(headers: Mapping[str, str], raw: bytes) -> bool:
    """Slack's look at our certificate: an unsigned form, answered with nothing."""
    if _kind(headers) != FORM or len(raw) > SSL_CHECK_MOST:
        return False
    return b"ssl_check=1" in raw.split(b"&")


def _parsed(kind: str, raw: bytes) -> dict[str, Any]:
    if kind == JSON:
        return bounded.json_object(raw)
    fields = bounded.form(raw)
    if "payload" in fields:  # by field name: the word may well stand in somebody's text
        return bounded.json_object(fields["payload"].encode())
    return dict(fields)
