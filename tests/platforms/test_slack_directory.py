"""Who somebody is, and who reads along, as Slack has it now (A53-A56 in Slack's terms, A55)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import Parked
from core.ids import AccountKey, ThreadKey
from core.messages import EVERYONE, PUBLIC, InboundMessage, Person, Place, Trust
from tests.fakes.slack import BOT_USER, Fault
from tests.platforms.slack_setup import ROOT, US, Adapter, adapter

ALL = frozenset({PUBLIC, EVERYONE})
LEAST = frozenset({PUBLIC})


def somebody(user: str = "U1", trust: Trust = Trust.MEMBER) -> Person:
    return Person(AccountKey(US.workspace, user), user, trust)


async def thread_rights(
    made: Adapter, channel: str, place: Place = Place.CHANNEL
) -> frozenset[str]:
    thread = ThreadKey(US.workspace, channel, ROOT)
    message = InboundMessage(ROOT, thread, somebody(), "hi", datetime.now(UTC), place)
    return (await made.directory.readers(message)).thread.rights


async def test_a_person_is_met_with_name_and_trust() -> None:
    """What the envelope does not say."""
    async with adapter() as made:
        made.slack.person("U3", "Gil", is_restricted=True)
        made.slack.person("U4", "Una", is_ultra_restricted=True)
        made.slack.person("U5", "Eve", team_id="T0OTHER")
        made.slack.person("U6", "Sol", deleted=True)

        met = [await made.directory.meet(somebody(f"U{n}")) for n in (1, 3, 4, 5, 6)]

        assert met[0].name == "Ana"
        assert [each.trust for each in met] == [
            Trust.MEMBER, Trust.GUEST, Trust.GUEST, Trust.EXTERNAL, Trust.EXTERNAL
        ]  # fmt: skip


async def test_a55_the_directory_never_gives_back_trust_the_envelope_took() -> None:
    """An external author stays external whatever users.info says."""
    async with adapter() as made:
        met = await made.directory.meet(somebody("U1", Trust.EXTERNAL))

        assert met.trust is Trust.EXTERNAL


async def test_somebody_slack_does_not_know_is_a_guest() -> None:
    """Nothing is taken for granted."""
    async with adapter() as made:
        assert (await made.directory.meet(somebody("U99"))).trust is Trust.GUEST


async def test_a_parked_installation_waits_instead_of_taking_people_for_guests() -> None:
    """The turn is tried again when an operator has mended it."""
    async with adapter() as made:
        made.slack.revoked = "token_revoked"

        with pytest.raises(Parked):
            await made.directory.meet(somebody())


async def test_a_look_up_waits_as_slack_asks() -> None:
    """It is safe to repeat."""
    async with adapter() as made:
        made.slack.faults.append(Fault("users.info", status=429, retry_after="7"))

        assert (await made.directory.meet(somebody())).name == "Ana"
        assert made.ticks.waits == [7.0]


async def test_people_are_looked_up_once_a_minute() -> None:
    """And again after that."""
    async with adapter() as made:
        for _ in range(3):
            await made.directory.meet(somebody())
        made.slack.person("U1", "Ana Maria")
        made.ticks.now += 61

        assert (await made.directory.meet(somebody())).name == "Ana Maria"
        assert len(made.slack.called("users.info")) == 2


async def test_everyone_may_read_a_public_channel() -> None:
    """Its readers have what all employees have."""
    async with adapter() as made:
        assert await thread_rights(made, "C1") == ALL


@pytest.mark.parametrize("shared", ["is_ext_shared", "is_pending_ext_shared"])
async def test_a55_a_channel_shared_with_others_gets_public_documents_only(shared: str) -> None:
    """Private or not."""
    more: dict[str, Any] = {shared: True}
    async with adapter() as made:
        made.slack.channel("C3", "partner", "U1", is_private=True, **more)

        assert await thread_rights(made, "C3") == LEAST


async def test_a_private_channel_has_the_rights_all_its_members_share() -> None:
    """Groups of Slack's are audiences of documents."""
    async with adapter() as made:
        made.slack.groups = [
            {"handle": "it", "users": ["U1", "U2"]}, {"handle": "hr", "users": ["U1"]}
        ]  # fmt: skip
        made.slack.channel("C3", "team", "U1", "U2", is_private=True)

        assert await thread_rights(made, "C3") == ALL | {"it"}


async def test_a_guest_in_a_private_channel_leaves_public_documents_only() -> None:
    """As soon as they have joined."""
    async with adapter() as made:
        made.slack.person("U3", "Gil", is_restricted=True)
        made.slack.channel("C3", "team", "U1", "U2", is_private=True)
        assert await thread_rights(made, "C3") == ALL

        made.slack.members["C3"].append("U3")
        made.directory.channels.changed("C3")

        assert await thread_rights(made, "C3") == LEAST


async def test_a_channel_too_large_to_look_at_or_unknown_gets_the_least() -> None:
    """What cannot be known counts as the least."""
    async with adapter() as made:
        many = [made.slack.person(f"U{n}", f"P{n}") for n in range(100, 160)]
        made.slack.channel("C3", "all", *many, is_private=True)

        assert await thread_rights(made, "C3") == LEAST
        assert await thread_rights(made, "C9") == LEAST


async def test_a_direct_chat_is_its_authors_alone() -> None:
    """With their groups."""
    async with adapter() as made:
        made.slack.groups = [{"handle": "hr", "users": ["U1"]}]
        thread = ThreadKey(US.workspace, "DU1", ROOT)
        message = InboundMessage(ROOT, thread, somebody(), "hi", datetime.now(UTC), Place.DIRECT)

        readers = await made.directory.readers(message)

        assert readers.thread.private
        assert readers.thread.rights == ALL | {"hr"}


async def test_an_admin_is_one_now_and_not_a_minute_ago() -> None:
    """Roles are read again before a change."""
    async with adapter() as made:
        made.slack.person("U2", "Ben", is_admin=True)
        first = await made.directory.profile(somebody("U2").key)
        made.slack.person("U2", "Ben", is_admin=False)
        made.ticks.now += 6
        second = await made.directory.profile(somebody("U2").key)

        assert first is not None
        assert first.is_admin
        assert second is not None
        assert not second.is_admin


@pytest.mark.parametrize("name", ["<@U2|ben>", "<@U2>", "U2", "@U2", "@ben", "ben", "Ben"])
async def test_a_person_is_found_as_an_admin_types_them(name: str) -> None:
    """By token, id or handle."""
    async with adapter() as made:
        assert await made.directory.find(US.workspace, name) == somebody("U2").key


@pytest.mark.parametrize("name", ["<@U3>", "@gil", "@nobody", "", "@dora"])
async def test_a_stranger_or_an_ambiguous_name_is_nobody(name: str) -> None:
    """A guest cannot become staff, nor can one of two Doras."""
    async with adapter() as made:
        made.slack.person("U3", "Gil", is_restricted=True)
        made.slack.person("U4", "Dora")
        made.slack.person("U5", "dora")

        assert await made.directory.find(US.workspace, name) is None


@pytest.mark.parametrize("name", ["<#C1|help>", "<#C1>", "C1", "#help", "help"])
async def test_a_channel_is_found_where_the_bot_is_in_it(name: str) -> None:
    """By token, id or name."""
    async with adapter() as made:
        made.slack.channel("C3", "elsewhere", is_member=False)
        found = await made.directory.find_channel(US.workspace, name)

        assert found == ThreadKey(US.workspace, "C1", "")
        assert await made.directory.find_channel(US.workspace, "<#C3>") is None
        assert await made.directory.find_channel(US.workspace, "#nowhere") is None


async def test_a_support_channel_everyone_can_read_is_open() -> None:
    """So is one shared outside, and one we know nothing of."""
    async with adapter() as made:
        made.slack.channel("C3", "desk", "U2", is_private=True)
        made.slack.channel("C4", "shared", "U2", is_private=True, is_ext_shared=True)
        found = [
            await made.directory.open_to_all(ThreadKey(US.workspace, each, ""))
            for each in ("C1", "C3", "C4", "C9")
        ]

        assert found == [True, False, True, True]


async def test_a_direct_conversation_is_a_thread_of_its_own() -> None:
    """So that what the person writes below belongs to it."""
    async with adapter() as made:
        thread = await made.directory.direct(somebody().key)

        (opening,) = made.slack.visible()
        assert thread == ThreadKey(US.workspace, "DU1", opening["ts"])
        assert made.slack.members["DU1"] == [BOT_USER, "U1"]


async def test_a54_a_thread_is_read_by_those_who_are_in_its_channel_now() -> None:
    """However many there are; guests of a public channel only when they are in it."""
    async with adapter() as made:
        made.slack.person("U3", "Gil", is_restricted=True)
        crowd = [f"U{number}" for number in range(100, 2_200)]
        made.slack.channel("C7", "crowd", is_private=True)
        made.slack.members["C7"] = [*crowd, "U2"]
        made.slack.channel("C8", "open")
        made.slack.members["C8"] = [BOT_USER]
        made.slack.direct("U1")

        async def reads(user: str, channel: str) -> bool:
            thread = ThreadKey(US.workspace, channel, ROOT)
            return await made.directory.may_read(AccountKey(US.workspace, user), thread)

        assert await reads("U2", "C7")
        assert not await reads("U1", "C7")
        assert await reads("U1", "C8")
        assert not await reads("U3", "C8")
        assert await reads("U1", "DU1")
        assert not await reads("U2", "DU1")
        assert not await reads("U1", "C404")
