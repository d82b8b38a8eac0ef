"""``/desk config history`` and ``undo``: who changed what, and the way back."""

from __future__ import annotations

from core import admin_wording
from core.strategies import Strategy
from tests.fakes.reading import shown
from tests.scenarios.office import Office


async def test_the_last_change_is_taken_back(office: Office) -> None:
    """As a change of its own: what was undone stays in the history, with both names."""
    alex, before = office.person("alex"), await office.settings()
    await alex.commands("config risk-terms harassment, theft")

    said = await alex.commands("config undo")

    after = await office.settings()
    assert after.model_copy(update={"version": before.version}) == before
    assert after.version == before.version + 2
    assert f"as in version {before.version} again" in said
    assert "Risk terms: removed harassment, theft" in said
    history = await alex.commands("config history")
    assert f"{after.version} · Alex" in history
    assert f"{before.version + 1} · Alex" in history
    assert "added harassment, theft" in history


async def test_an_undo_can_be_undone(office: Office) -> None:
    """It is a change like any other."""
    alex = office.person("alex")
    await alex.commands("config memory window")

    await alex.commands("config undo")
    assert (await office.settings()).memory_everywhere is Strategy.HYBRID
    said = await alex.commands("config undo")

    assert (await office.settings()).memory_everywhere is Strategy.WINDOW
    assert "Memory: as everywhere → window" in said


async def test_all_of_it_goes_back_to_a_version_by_number(office: Office) -> None:
    """People, terms and channel at once."""
    alex = office.person("alex")
    before = await office.settings()
    await alex.commands("config staff remove @maya")
    await alex.commands("config risk-terms theft")

    said = await alex.commands(f"config undo {before.version}")

    after = await office.settings()
    assert (after.staff, after.risk_terms) == (before.staff, before.risk_terms)
    assert "Staff: added Maya" in said


async def test_handoff_cards_go_where_they_went_before(office: Office) -> None:
    """Also those of requests that come after."""
    alex, before = office.person("alex"), await office.settings()
    await alex.commands("config support-channel #help anyway")
    assert (await office.settings()).support_channel != before.support_channel

    said = await alex.commands("config undo")

    assert (await office.settings()).support_channel == before.support_channel
    assert "#help → #support" in said
    await office.person("sam").asks("I want to talk to a real person")
    assert "Request H-1" in office.card().text


async def test_an_undo_opens_no_channel_that_everyone_can_read(office: Office) -> None:
    """It asks, as for a channel that is named."""
    alex = office.person("alex")
    await alex.commands("config support-channel #help anyway")
    await alex.commands("config undo")

    refused = await alex.commands("config undo")
    there = (await office.settings()).support_channel
    await alex.commands("config undo anyway")

    assert "Everyone can read #help" in refused
    assert (await office.settings()).support_channel != there


async def test_there_is_nothing_to_go_back_to_that_never_was(office: Office) -> None:
    """Nothing is changed, and what can be had is said."""
    alex, before = office.person("alex"), await office.settings()

    for words in (f"undo {before.version}", "undo 99", "undo 999999999999"):
        said = await alex.commands(f"config {words}")
        assert "undo" in said or said == shown(admin_wording.UNDO_NOTHING)

    assert await office.settings() == before
