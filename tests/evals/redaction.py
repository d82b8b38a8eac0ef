"""Redaction: what the product masks."""

from __future__ import annotations

from adapters.redact.shapes import personal


def redact(text: str) -> dict[str, object]:
    """Where personal data was found."""
    return {
        "spans": [
            {"start": found.start, "end": found.end, "type": found.kind.name}
            for found in personal(text)
        ]
    }
