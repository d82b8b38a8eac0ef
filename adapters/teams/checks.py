"""What an installation in Teams needs, tried step by step, each with how to mend it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.teams.conversations import PERSONAL, Conversations
from adapters.teams.keys import KeysUnavailable, SigningKeys
from adapters.teams.roster import Roster
from adapters.teams.token import ConnectorToken
from core.errors import Parked, PlatformError

NOT_TAKEN = (
    "Entra does not take TEAMS_APP_PASSWORD for TEAMS_APP_ID in TEAMS_TENANT_ID. In the app's "
    "registration, open Certificates & secrets, make a new client secret and set its value"
)
LOGIN = "the login does not answer. Is TEAMS_LOGIN_URL right, and the network open?"
KEYS = "Bot Framework's keys cannot be read. Is TEAMS_OPENID_URL right, and the network open?"
UNHEARD = (
    "nothing has come from Teams yet. In Azure, open the bot's Configuration and set the messaging "
    "endpoint to https://<your host>/teams/messages, then write to the bot"
)
NOWHERE = "I'm in no team. Upload the package in Teams, add it to a team, and mention me there"
ROSTER = "Teams does not tell me who is in a team, so I take everyone for a stranger. Add me again"


@dataclass(frozen=True, slots=True)
class Result:
    """One step: whether it works, and what was found or has to be done."""

    name: str
    good: bool
    found: str


Step = Callable[[], Awaitable[Result]]


class Steps:
    """The steps of one installation.

    Args:
        heard: How many activities have come since the start.
    """

    def __init__(
        self,
        tenant: str,
        token: ConnectorToken,
        keys: SigningKeys,
        conversations: Conversations | None = None,
        roster: Roster | None = None,
        heard: Callable[[], int] = lambda: 0,
    ) -> None:
        self._tenant, self._token, self._keys = tenant, token, keys
        self._conversations, self._roster, self._heard = conversations, roster, heard

    def all(self) -> tuple[tuple[str, Step], ...]:
        outside = (("Teams sign-in", self._sign_in), ("Teams keys", self._signing_keys))
        if self._conversations is None:
            return outside
        return (*outside, ("Teams messages", self._messages), ("Teams rosters", self._rosters))

    async def _sign_in(self) -> Result:
        try:
            await self._token.get()
        except Parked:
            return Result("Teams sign-in", good=False, found=NOT_TAKEN)
        except PlatformError:
            return Result("Teams sign-in", good=False, found=LOGIN)
        return Result("Teams sign-in", good=True, found="Entra gives us a token")

    async def _signing_keys(self) -> Result:
        try:
            await self._keys.get("")
        except KeysUnavailable:
            return Result("Teams keys", good=False, found=KEYS)
        return Result("Teams keys", good=True, found="activities can be verified")

    async def _messages(self) -> Result:
        places = await self._conversations.newest(self._tenant) if self._conversations else []
        if not places and not self._heard():
            return Result("Teams messages", good=False, found=UNHEARD)
        found = f"{self._heard()} activities since the start, {len(places)} conversations known"
        return Result("Teams messages", good=True, found=found)

    async def _rosters(self) -> Result:
        places = await self._conversations.newest(self._tenant) if self._conversations else []
        shared = next((each for each in places if each.kind != PERSONAL), None)
        if shared is None or self._roster is None:
            return Result("Teams rosters", good=False, found=NOWHERE)
        try:
            members = await self._roster.members(shared)
        except PlatformError:
            members = None
        if not members:
            return Result("Teams rosters", good=False, found=ROSTER)
        return Result("Teams rosters", good=True, found=f"{len(members)} people where I was last")
