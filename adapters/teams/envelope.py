"""The shape every activity must have before anybody reads it, and safe ways to read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.errors import PlatformError

TENANT = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
ID_MOST = 1_000  # characters of an id
TEXTS = ("type", "channelId", "serviceUrl")
OBJECTS = ("from", "recipient", "conversation", "channelData")
LISTS = ("entities", "attachments", "membersAdded", "membersRemoved")
OPTIONAL_TEXTS = ("id", "name", "text", "replyToId", "timestamp", "action", "textFormat", "locale")


class Turned(PlatformError):
    """A request that is turned away; ``status`` says how, the text why, in fixed words."""

    code = "turned_away"

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        super().__init__(why)


def shape(found: object) -> str:
    """What is wrong with a decoded body, in fixed words; empty when nothing is."""
    if not isinstance(found, dict):
        return "no object"
    if not all(isinstance(found.get(key), str) for key in TEXTS):
        return "no activity"
    if not all(isinstance(found.get(key, {}) or {}, dict) for key in OBJECTS):
        return "a part is no object"
    if not all(_objects(found.get(key)) for key in LISTS):
        return "a part is no list of objects"
    if not all(isinstance(found.get(key) or "", str) for key in OPTIONAL_TEXTS):
        return "a part is no text"
    if not text_at(found, "conversation", "id"):
        return "no conversation"
    ids = [found.get("id"), *(object_at(found, key).get("id") for key in OBJECTS[:3])]
    if not all(each is None or (isinstance(each, str) and len(each) <= ID_MOST) for each in ids):
        return "an id is no id"
    return ""


def _objects(value: object) -> bool:
    return value is None or (
        isinstance(value, list)
        and len(value) <= 10_000
        and all(isinstance(each, dict) for each in value)
    )


def tenant_of(activity: Mapping[str, Any]) -> str:
    """The tenant of an activity, in lower case; empty when it names none, or two."""
    said = (
        object_at(object_at(activity, "channelData"), "tenant").get("id"),
        object_at(activity, "conversation").get("tenantId"),
    )
    named = {each if isinstance(each, str) else "" for each in said if each is not None}
    if len(named) != 1:
        return ""
    (tenant,) = named
    return tenant.lower() if TENANT.fullmatch(tenant) else ""


def object_at(fields: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object of a mapping, or an empty one."""
    value = fields.get(key)
    return value if isinstance(value, dict) else {}


def text_at(fields: Mapping[str, Any], *path: str) -> str:
    """A text along a path of objects, or nothing."""
    *way, last = path
    for key in way:
        fields = object_at(fields, key)
    value = fields.get(last)
    return value if isinstance(value, str) else ""


def list_at(fields: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list, or none."""
    value = fields.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
