"""The settings as a form: the same effect as the words of ``/desk config``, all at once."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from bot.connections import Connections
from bot.support_channel import SupportChannels
from core import admin_wording
from core.cards import Card, Plain, Tone
from core.errors import Conflict
from core.forms import (
    TICKED,
    ChannelInput,
    ChoiceInput,
    Form,
    PeopleInput,
    Problems,
    Submission,
    TextInput,
    TickInput,
)
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.ports import WorkspaceStore
from core.strategies import Strategy
from core.workspace import WorkspaceSettings, terms_of
from handoff.desk import Desk

NAME = "config"
CHANNEL, ANYWAY, STAFF, ADMINS, TERMS = "channel", "anyway", "staff", "admins", "terms"
MEMORY, MEMORY_CHANNEL = "memory", "memory-channel"
STRATEGIES = tuple((each.value, said) for each, said in admin_wording.FORM_MEMORY.items())


class ConfigForm:
    """Draws the form, and takes it back. What belongs to another platform is left as it is."""

    name = opened_by = NAME

    def __init__(self, workspaces: WorkspaceStore, connections: Connections, desk: Desk) -> None:
        self._workspaces, self._directory, self._desk = workspaces, connections, desk
        self._channels = SupportChannels(workspaces, connections)

    async def draw(self, workspace: WorkspaceKey) -> Form:
        settings = await self._workspaces.settings(workspace)
        channel = ThreadKey.parse(settings.support_channel) if settings.support_channel else None
        here = channel if channel and channel.workspace == workspace else None
        hint = admin_wording.FORM_CHANNEL
        if channel and not here:
            called = await self._channels.name(channel, workspace)
            hint = admin_wording.FORM_CHANNEL_ELSEWHERE.format(name=called)
        staff, admins = _of(settings.staff, workspace), _of(settings.admins, workspace)
        terms = ", ".join(settings.risk_terms)
        inputs = (
            ChannelInput(CHANNEL, "Support channel", here, hint),
            TickInput(ANYWAY, "If everyone can read that channel", admin_wording.FORM_ANYWAY),
            PeopleInput(STAFF, "Support staff", staff, admin_wording.FORM_STAFF),
            PeopleInput(ADMINS, "Admins", admins, admin_wording.FORM_ADMINS),
            TextInput(TERMS, "Risk terms", terms, admin_wording.FORM_TERMS),
            ChoiceInput(MEMORY, "Memory of threads", STRATEGIES, settings.memory_everywhere.value),
            ChannelInput(MEMORY_CHANNEL, "Only in", None, admin_wording.FORM_MEMORY_CHANNEL),
        )
        return Form(NAME, "Settings", inputs, token=str(settings.version))

    async def submit(self, submission: Submission) -> Card | Problems:
        """Change what differs, in one numbered step; nothing when anything is wrong."""
        workspace = submission.actor.key.workspace
        settings = await self._workspaces.settings(workspace)
        if submission.token != str(settings.version):
            return Problems({CHANNEL: admin_wording.FORM_OUTDATED})
        problems: dict[str, str] = {}
        channel = await self._channel(submission, settings, problems)
        changes: dict[str, object] = {
            "support_channel": channel,
            "staff": await self._people(submission, STAFF, settings.staff, problems),
            "admins": await self._people(submission, ADMINS, settings.admins, problems),
            "risk_terms": terms_of(" ".join(submission.values.get(TERMS, ()))),
            "memory": await self._memory(submission, settings, problems),
        }
        changed = _valid(settings, changes, problems)
        if changed is None or problems:
            return Problems(problems)
        if changed == settings:
            return _says(admin_wording.FORM_UNCHANGED)
        try:
            stored = await self._workspaces.change(workspace, changed, str(submission.actor.key))
        except Conflict:
            return Problems({CHANNEL: admin_wording.FORM_OUTDATED})
        return _says(await self._saved(settings, stored, workspace))

    async def _saved(
        self, before: WorkspaceSettings, stored: WorkspaceSettings, workspace: WorkspaceKey
    ) -> str:
        said = admin_wording.FORM_SAVED.format(version=stored.version)
        if stored.support_channel == before.support_channel:
            return said
        channel = ThreadKey.parse(stored.support_channel)
        waiting = await self._desk.deliver_waiting(workspace, channel)
        said += admin_wording.config_waiting(*waiting)
        return said + await self._channels.left_behind(before)

    async def _channel(
        self, submission: Submission, settings: WorkspaceSettings, problems: dict[str, str]
    ) -> str:
        """The key of the channel chosen; the one there is when none was."""
        chosen = submission.values.get(CHANNEL, ())
        workspace = submission.actor.key.workspace
        if not chosen or str(ThreadKey(workspace, chosen[0], "")) == settings.support_channel:
            return settings.support_channel
        found = await self._directory.find_channel(workspace, chosen[0])
        if found is None:
            problems[CHANNEL] = admin_wording.FORM_NO_CHANNEL
            return settings.support_channel
        ticked = submission.values.get(ANYWAY, ()) == (TICKED,)
        if not ticked and await self._directory.open_to_all(found):
            problems[CHANNEL] = admin_wording.FORM_OPEN_CHANNEL
        return str(found)

    async def _memory(
        self, submission: Submission, settings: WorkspaceSettings, problems: dict[str, str]
    ) -> dict[str, Strategy]:
        """How threads are remembered, with what was chosen for one channel or for all."""
        chosen, where = submission.values.get(MEMORY, ()), submission.values.get(MEMORY_CHANNEL, ())
        channel = ""
        if where:
            found = await self._directory.find_channel(submission.actor.key.workspace, where[0])
            if found is None:
                problems[MEMORY_CHANNEL] = admin_wording.FORM_NO_CHANNEL
                return settings.memory
            channel = str(found)
        if not chosen or chosen[0] not in [*Strategy]:
            return settings.memory
        strategy = Strategy(chosen[0])
        if not channel and strategy is settings.memory_everywhere:
            return settings.memory
        return settings.remembering(strategy, channel).memory

    async def _people(
        self, submission: Submission, name: str, before: Sequence[str], problems: dict[str, str]
    ) -> tuple[str, ...]:
        """The keys of the people chosen, after those who belong to other platforms."""
        workspace = submission.actor.key.workspace
        kept = [key for key in before if AccountKey.parse(key).workspace != workspace]
        for user_id in submission.values.get(name, ()):
            chosen = AccountKey(workspace, user_id)
            found = chosen if str(chosen) in before else None
            found = found or await self._directory.find(workspace, user_id)
            if found is None:
                called = await self._directory.person_name(chosen)
                problems[name] = admin_wording.FORM_NO_PERSON.format(name=called)
            else:
                kept.append(str(found))
        return tuple(dict.fromkeys(kept))


def _valid(
    settings: WorkspaceSettings, changes: dict[str, object], problems: dict[str, str]
) -> WorkspaceSettings | None:
    try:
        return WorkspaceSettings.model_validate({**settings.model_dump(), **changes})
    except ValidationError as error:
        named = {"staff": STAFF, "admins": ADMINS}
        for each in error.errors(include_input=False):
            problems.setdefault(named.get(str(each["loc"][0]), TERMS), admin_wording.FORM_TOO_MUCH)
        return None


def _of(keys: Sequence[str], workspace: WorkspaceKey) -> tuple[AccountKey, ...]:
    people = (AccountKey.parse(key) for key in keys)
    return tuple(each for each in people if each.workspace == workspace)


def _says(words: str) -> Card:
    return Card((Plain(words),), tone=Tone.DONE)
