"""What the addresses among the settings must look like."""

from __future__ import annotations

import re

ADDRESSES = {  # by the field of the settings, with an example
    "session_url": (r"dynamodb://[\w.-]{3,255}(\?[^#]*)?", "dynamodb://table?region=eu-central-1"),
    "anthropic_base_url": (r"https?://[^/?#]+.*", "https://api.anthropic.com"),
    "embedding_url": (
        r"(https://[^/?#]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/[^?#]*)?",
        "https://api.voyageai.com/v1",
    ),
    "slack_api_base_url": (
        r"(https://[^/?#]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)([/?#].*)?",
        "https://slack.com/api/",
    ),
}


def known(field: str, value: str) -> str:
    """The address; raises ``ValueError`` when it is none of its kind, and says what is."""
    pattern, example = ADDRESSES[field]
    if value and not re.fullmatch(pattern, value):
        raise ValueError(f"must look like {example}")
    return value
