"""People as ``users.info`` has them: name, trust, and what of it the product uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.parse import text_of
from core.messages import EVERYONE, PUBLIC, Trust

ADMINS = ("is_admin", "is_owner", "is_primary_owner")
GUESTS = ("is_restricted", "is_ultra_restricted")
STRANGERS = ("is_stranger", "is_invited_user")


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the workspace, or somebody its channels are shared with."""

    user_id: str
    name: str
    trust: Trust
    handle: str = ""
    title: str = ""
    zone: str = ""
    is_admin: bool = False
    is_bot: bool = False
    email: str = ""

    def rights(self, groups: frozenset[str]) -> frozenset[str]:
        """The document audiences this person may see."""
        if self.trust is not Trust.MEMBER:
            return frozenset({PUBLIC})
        return frozenset({PUBLIC, EVERYONE}) | groups


def member(user: Mapping[str, Any], team_id: str) -> Member:
    """A person from Slack's user object; deactivated people are strangers."""
    profile = user.get("profile")
    details = profile if isinstance(profile, dict) else {}
    shown = text_of(details, "display_name") or text_of(details, "real_name")
    trust = _trust(user, team_id)
    return Member(
        user_id=text_of(user, "id"),
        name=shown or text_of(user, "real_name") or text_of(user, "name"),
        trust=trust,
        handle=text_of(user, "name"),
        title=text_of(details, "title"),
        zone=text_of(user, "tz"),
        is_admin=trust is Trust.MEMBER and any(user.get(each) is True for each in ADMINS),
        is_bot=user.get("is_bot") is True or user.get("is_workflow_bot") is True,
        email=_verified(user, details) if trust is Trust.MEMBER else "",
    )


def _verified(user: Mapping[str, Any], profile: Mapping[str, Any]) -> str:
    """The address that Slack has seen confirmed; anybody can type one in."""
    return text_of(profile, "email").casefold() if user.get("is_email_confirmed") is True else ""


def _trust(user: Mapping[str, Any], team_id: str) -> Trust:
    team = text_of(user, "team_id")
    if (team and team != team_id) or any(user.get(each) is True for each in STRANGERS):
        return Trust.EXTERNAL
    if user.get("deleted") is True:
        return Trust.EXTERNAL
    if any(user.get(each) is True for each in GUESTS):
        return Trust.GUEST
    return Trust.MEMBER
