"""A handoff between Teams and Slack, both over HTTP: asked on one, taken on the other."""

from __future__ import annotations

from pathlib import Path

from core import handoff_wording, wording
from tests.fakes.slack import eventually
from tests.fakes.teams_activities import asks
from tests.platforms.organisation import ANA, BEN, HELP_ROOM, SUPPORT_ROOM, organisation
from tests.platforms.teams_setup import HOME

ASKS_FOR_PERSON = "I want to talk to a real person please"


async def test_a_request_from_teams_is_claimed_and_answered_in_slack(tmp_path: Path) -> None:
    """Words travel both ways under their names; each step shows on both sides."""
    async with organisation(tmp_path) as org:
        sam = org.teams.teams.people["sam"]
        await org.in_slack("config support-channel #support")
        await org.in_slack(f"config staff add <@{BEN}>")
        assert "#support in Slack" in await org.in_teams("config support-channel support in Slack")

        thread = await org.teams.asks(sam, ASKS_FOR_PERSON)
        (card,) = org.slack_sees(SUPPORT_ROOM)
        assert "Request H-1 from Teams" in card.words
        assert "Sam, in a channel in Teams" in card.words

        await org.slack_presses(BEN, card, "Claim")
        (card,) = org.slack_sees(SUPPORT_ROOM)
        assert "Ben has this." in card.words
        assert "Replies in this thread reach Sam" in card.words
        assert "Ben has taken your request" in org.teams.last(thread).text

        await org.slack_writes(BEN, "Hi Sam, what is it about?", SUPPORT_ROOM, card.ts)
        assert org.teams.last(thread).text == "Ben\nHi Sam, what is it about?"
        root = thread.partition("=")[2]
        await org.teams.asks(sam, "My chair is broken", root=root)
        assert org.slack_sees(SUPPORT_ROOM, card.ts)[-1].words == "Sam My chair is broken"
        before = len(org.teams.in_(thread))
        await org.slack_writes(BEN, "! third one this week", SUPPORT_ROOM, card.ts)
        assert len(org.teams.in_(thread)) == before

        await org.slack_presses(BEN, card, "Release")
        assert "back to the queue" in org.teams.last(thread).text
        (card,) = org.slack_sees(SUPPORT_ROOM)
        await org.slack_presses(BEN, card, "Claim")
        (card,) = org.slack_sees(SUPPORT_ROOM)
        await org.slack_presses(BEN, card, "Resolve")
        assert "Ben has closed your request H-1" in org.teams.last(thread).text
        (card,) = org.slack_sees(SUPPORT_ROOM)
        await org.slack_presses(BEN, card, "Right call")
        (card,) = org.slack_sees(SUPPORT_ROOM)
        assert "Resolved: right call." in card.words


async def test_a_request_from_slack_is_claimed_and_answered_in_teams(tmp_path: Path) -> None:
    """The reply is written on the card, where the bot hears it without leave to read along."""
    async with organisation(tmp_path) as org:
        maya = org.teams.teams.people["maya"]
        await org.in_teams("config support-channel #support anyway")
        await org.in_teams(f"config staff add {maya.user}")
        said = await org.in_slack("config support-channel <#C2|support> in teams anyway")
        assert "Handoff cards now go to #Support in Teams" in said

        stamp = await org.slack.ask(ASKS_FOR_PERSON)
        await org.teams.settled()
        (card,) = org.teams.cards()
        assert "Request H-1 from Slack" in card.text
        assert "<reply>" not in card.text

        await org.teams.presses(maya, card, "Claim")
        (card,) = org.teams.cards()
        assert "Maya has this." in card.text
        assert "What you send from here reaches Ana" in card.text
        taken = org.slack_sees(HELP_ROOM, stamp)[-1].words
        assert "Maya has taken your request" in taken
        assert "Replies in this thread reach Maya." in taken

        sent = await org.teams.presses(maya, card, "Send reply", reply="Hi Ana, which chair?")
        assert sent == "Your reply is on its way."
        assert org.slack_sees(HELP_ROOM, stamp)[-1].words == "Maya Hi Ana, which chair?"
        await org.slack_writes(ANA, "The blue one", HELP_ROOM, stamp)
        assert org.teams.last(card.conversation).text == "Ana\nThe blue one"

        await org.teams.presses(maya, card, "Release")
        assert "back to the queue" in org.slack_sees(HELP_ROOM, stamp)[-1].words
        await org.teams.presses(maya, org.teams.cards()[0], "Claim")
        await org.teams.presses(maya, org.teams.cards()[0], "Resolve")
        assert "Maya has closed your request H-1" in org.slack_sees(HELP_ROOM, stamp)[-1].words
        await org.teams.presses(maya, org.teams.cards()[0], "Right call")
        assert "Resolved: right call." in org.teams.cards()[0].text


async def test_a_request_that_is_withdrawn_in_teams_cannot_be_claimed_in_slack(
    tmp_path: Path,
) -> None:
    """Its requester alone may do that; the card on the other side says so and loses its button."""
    async with organisation(tmp_path) as org:
        sam, maya = org.teams.teams.people["sam"], org.teams.teams.people["maya"]
        await org.in_slack("config support-channel #support")
        await org.in_teams("config support-channel support in Slack")
        thread = await org.teams.asks(sam, ASKS_FOR_PERSON)

        refused = await org.teams.presses(maya, org.teams.last(thread), "Withdraw")
        assert refused == wording.NOT_YOURS
        await org.teams.presses(sam, org.teams.last(thread), "Withdraw")

        (card,) = org.slack_sees(SUPPORT_ROOM)
        assert "Sam withdrew this request." in card.words
        assert "Claim" not in card.words
        assert "You've withdrawn request H-1" in org.teams.last(thread).text


async def test_a_card_that_slack_does_not_take_is_told_to_the_requester_in_teams(
    tmp_path: Path,
) -> None:
    """Nobody waits for people who know of nothing."""
    async with organisation(tmp_path) as org:
        sam = org.teams.teams.people["sam"]
        await org.in_slack("config support-channel #support")
        await org.in_teams("config support-channel support in Slack")
        org.slack.slack.channels[SUPPORT_ROOM]["is_archived"] = True

        sent = asks(org.teams.teams, sam, ASKS_FOR_PERSON)
        await org.teams.post(sent)

        thread = sent["conversation"]["id"]
        said = handoff_wording.CARD_UNDELIVERED.format(number="H-1")
        await eventually(lambda: any(said in each.text for each in org.teams.in_(thread)))


async def test_only_the_staff_of_the_cards_own_side_may_take_it(tmp_path: Path) -> None:
    """Neither side's admins can give rights on the other: staff named in Teams count in Teams."""
    async with organisation(tmp_path) as org:
        sam = org.teams.teams.people["sam"]
        await org.in_slack("config support-channel #support")
        await org.in_teams("config support-channel support in Slack")
        await org.in_teams("config staff add @maya")
        await org.teams.asks(sam, ASKS_FOR_PERSON)
        (card,) = org.slack_sees(SUPPORT_ROOM)

        await org.slack_presses(BEN, card, "Claim")

        log = org.slack.slack.log
        await eventually(lambda: any("Only support staff" in each.words for each in log))
        (still,) = org.slack_sees(SUPPORT_ROOM)
        assert still == card
        assert "✗ Support staff: nobody" in await org.in_teams("check")


async def test_a_channel_elsewhere_must_be_the_one_its_own_admins_chose(tmp_path: Path) -> None:
    """Anything else sounds as if it were not there, so that nobody can look around from outside."""
    async with organisation(tmp_path) as org:
        before = await org.in_teams("config support-channel support in Slack")
        unknown = await org.in_teams("config support-channel no-such in Slack")
        assert before.replace("support is", "no-such is") == unknown
        assert "is not where requests are answered in Slack" in before

        await org.in_slack("config support-channel #support")
        assert "settings version 1" in await org.in_teams("config support-channel support in slack")
        again = await org.in_slack("config support-channel support in Teams")
        assert "is not where requests are answered in Teams" in again


async def test_a_name_that_both_sides_have_is_asked_about(tmp_path: Path) -> None:
    """The bot takes neither until the admin says which."""
    async with organisation(tmp_path) as org:
        await org.in_slack("config support-channel #support")

        said = await org.in_teams("config support-channel #support")

        assert "There is a channel #support here, and one in Slack" in said
        settings = await org.teams.running.product.workspaces.settings(HOME)
        assert settings.support_channel == ""


async def test_a_name_that_only_the_other_side_has_is_not_taken_silently(tmp_path: Path) -> None:
    """What people need help with leaves the platform only when an admin says so."""
    async with organisation(tmp_path) as org:
        org.teams.teams.channels.pop()
        await org.in_slack("config support-channel #support")

        said = await org.in_teams("config support-channel #support")

        assert "If you mean the one in Slack, write `#support in Slack`" in said


async def test_two_teams_with_a_channel_of_that_name_are_told_apart_by_link(
    tmp_path: Path,
) -> None:
    """Instead of saying that there is none."""
    async with organisation(tmp_path) as org:
        org.teams.teams.channels.append(("19:other@thread.tacv2", "Support"))

        said = await org.in_teams("config support-channel #support")

        assert "Several teams have a channel called #support" in said


async def test_a_channel_that_is_given_up_is_reported_on_both_sides(tmp_path: Path) -> None:
    """The one who moves reads who stays behind; the other's check says what to mend."""
    async with organisation(tmp_path) as org:
        org.slack.slack.channel("C3", "desk", BEN, is_private=True)
        await org.in_slack("config support-channel #support")
        await org.in_teams("config support-channel support in Slack")

        moved = await org.in_slack("config support-channel #desk")

        assert "Cards from Teams still go to the channel you had before" in moved
        found = await org.in_teams("check")
        assert "✗ Support channel: #support in Slack is not the support channel there" in found


async def test_two_requests_with_one_number_are_told_apart(tmp_path: Path) -> None:
    """Numbers are counted per workspace; the card says where a request is from."""
    async with organisation(tmp_path) as org:
        await org.in_slack("config support-channel #support")
        await org.in_teams("config support-channel support in Slack")
        await org.slack.ask(ASKS_FOR_PERSON)
        await org.teams.asks(org.teams.teams.people["sam"], ASKS_FOR_PERSON)

        titles = [each.words.split(" Why ")[0] for each in org.slack_sees(SUPPORT_ROOM)]

        assert sorted(titles) == ["🔶 Request H-1", "🔶 Request H-1 from Teams"]
