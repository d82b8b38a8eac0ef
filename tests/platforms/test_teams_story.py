"""The main job in Teams, over HTTP from the activity to the message."""

from __future__ import annotations

from pathlib import Path

from core import wording
from core.ids import AccountKey, ThreadKey
from tests.fakes.slack import eventually
from tests.fakes.teams import HELP, SUPPORT, TENANT, Fault, Person, buttons, chat, shown
from tests.fakes.teams_activities import activity, asks, installed, presses, submits
from tests.platforms.teams_setup import HOME, tenant


async def test_an_answer_stands_in_the_thread_with_label_and_citations(tmp_path: Path) -> None:
    """One message: created as a placeholder, then given its content."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]

        thread = await home.asks(sam, "When is a laptop replaced?")

        assert [each.did for each in home.teams.log if each.conversation == thread] == [
            "create",
            "update",
        ]
        answer = home.last(thread)
        assert "after 4 years" in answer.text
        assert "[1] Laptops and the new-starter kit" in answer.text
        (label,) = answer.activity["entities"]
        assert label["additionalType"] == ["AIGeneratedContent"]
        assert label["citation"][0]["position"] == 1
        assert answer.activity["channelData"]["feedbackLoop"] == {"type": "default"}
        assert list(buttons(answer.activity)) == [wording.TALK_TO_PERSON]


async def test_a_handoff_is_claimed_answered_on_the_card_and_resolved(tmp_path: Path) -> None:
    """Staff never have to mention the bot: the claimed card takes their reply."""
    async with tenant(tmp_path) as home:
        sam, maya, tom = (home.teams.people[name] for name in ("sam", "maya", "tom"))
        await home.staff(maya, tom)
        thread = await home.asks(sam, "I want to talk to a real person please")
        (card,) = home.cards()
        assert "Asked for a person" in card.text
        assert "<reply>" not in card.text

        assert await home.presses(maya, card, "Claim") == "Done."
        assert "Maya has taken your request" in home.last(thread).text
        assert await home.presses(tom, card, "Claim") == "Maya has this case."
        (claimed,) = home.cards()
        assert "<reply>" in claimed.text

        said = await home.presses(maya, claimed, "Send reply", reply="Hi Sam, what is it about?")
        assert said == "Your reply is on its way."
        assert home.last(thread).text == "Maya\nHi Sam, what is it about?"
        assert home.last(card.conversation).text == "Maya\nHi Sam, what is it about?"
        before = len(home.in_(thread))
        await home.presses(maya, claimed, "Send reply", reply="! third one this week")
        assert home.last(card.conversation).text == "Maya\n! third one this week"
        assert len(home.in_(thread)) == before
        await home.asks(sam, "My chair is broken", root=thread.partition("=")[2])
        assert home.last(card.conversation).text == "Sam\nMy chair is broken"

        await home.presses(maya, home.cards()[0], "Resolve")
        assert "closed your request H-1" in home.last(thread).text


async def test_a_direct_chat_needs_no_mention_and_hears_commands(tmp_path: Path) -> None:
    """The same words as everywhere; without a slash only where a command follows."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]

        direct = await home.writes(sam, "How many days of annual leave do I get?")
        assert "25" in home.last(direct).text or "days" in home.last(direct).text
        await home.writes(sam, "desk help")
        assert "/desk human" in home.last(direct).text
        await home.writes(sam, "desk lamps: when are they replaced?")
        assert "What I can do" not in home.last(direct).text


async def test_a_command_in_a_channel_is_answered_privately(tmp_path: Path) -> None:
    """Only its author reads the reply; the same delivery again shows nothing new."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]
        sent = asks(home.teams, sam, "desk config")

        assert await home.post(sent) == (200, None)
        assert await home.post(sent) == (200, None)

        assert home.in_(sent["conversation"]["id"]) == []
        (reply,) = home.in_(chat(sam))
        assert wording.NOT_ADMIN in reply.text
        assert "About our conversation" in reply.text


async def test_a_question_after_a_slash_is_answered_where_nobody_else_reads(tmp_path: Path) -> None:
    """Nobody saw it asked: nothing of the answer stands in the channel."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]
        sent = asks(home.teams, sam, "") | {"text": "When is a laptop replaced?", "entities": []}
        sent["recipient"]["isTargeted"] = True

        assert await home.post(sent) == (200, None)
        await eventually(lambda: any("after 4 years" in each.text for each in home.in_(chat(sam))))

        assert home.in_(sent["conversation"]["id"]) == []


async def test_an_admin_sets_staff_and_support_channel_by_mention(tmp_path: Path) -> None:
    """People are named by mentioning them, a channel by its name."""
    async with tenant(
        tmp_path, admins=f"teams/{TENANT}/00000000-0000-4000-8000-000000000001"
    ) as home:
        sam, maya = home.teams.people["sam"], home.teams.people["maya"]
        add = asks(home.teams, sam, "desk config staff add <at>Maya</at>")
        add["entities"].append(
            {"type": "mention", "text": "<at>Maya</at>", "mentioned": {"id": maya.teams_id}}
        )

        await home.post(add)
        assert "was added to staff" in home.last(chat(sam)).text
        await home.asks(sam, "desk config support-channel #support")
        assert "Everyone can read" in home.last(chat(sam)).text
        await home.asks(sam, "desk config support-channel #support anyway")
        assert "settings version 2" in home.last(chat(sam)).text


async def test_action_submit_is_answered_by_a_post_of_its_own(tmp_path: Path) -> None:
    """A client without Action.Execute gets no response to a press; it gets a message."""
    async with tenant(tmp_path) as home:
        sam, priya = home.teams.people["sam"], home.teams.people["priya"]
        await home.staff(home.teams.people["maya"])
        thread = await home.asks(sam, "Please report that the printer on floor 2 is out of paper")
        offer = home.last(thread)
        confirm = buttons(offer.activity)["Confirm"]

        other = submits(home.teams, priya, thread, offer.activity_id, confirm)
        assert await home.post(other) == (200, None)
        assert wording.NOT_YOURS in home.last(chat(priya)).text
        mine = submits(home.teams, sam, thread, offer.activity_id, confirm)
        assert await home.post(mine) == (200, None)
        await home.settled()

        assert "Receipt: R-" in home.last(thread).text


async def test_thumbs_down_is_kept_and_offers_a_person(tmp_path: Path) -> None:
    """Teams draws the thumbs itself; what they are about is looked up by the message."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]
        thread = await home.asks(sam, "When is a laptop replaced?")
        value = {"actionName": "feedback", "actionValue": {"reaction": "dislike", "feedback": "{}"}}
        judged = activity(
            home.teams,
            sam,
            thread,
            type="invoke",
            name="message/submitAction",
            replyToId=home.last(thread).activity_id,
            value=value,
        )

        assert await home.post(judged) == (200, {})

        assert wording.FEEDBACK_SORRY in home.last(chat(sam)).text
        assert wording.TALK_TO_PERSON in buttons(home.last(chat(sam)).activity)


async def test_the_bot_introduces_itself_once(tmp_path: Path) -> None:
    """The greeting of the set-up is the only one, however often Teams says that we are there."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]
        again = activity(
            home.teams, sam, SUPPORT, type="installationUpdate", action="add", id="f:1"
        )

        await home.post(again)

        greetings = [each for each in home.teams.log if "I'm Frontdesk" in shown(each.activity)]
        assert len(greetings) == 1


async def test_what_is_edited_or_deleted_while_it_waits_is_not_answered_as_it_was(
    tmp_path: Path,
) -> None:
    """Edits and deletions of messages we never kept are acknowledged and nothing else."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]
        edit = asks(home.teams, sam, "another question", type="messageUpdate")
        edit["channelData"]["eventType"] = "editMessage"
        gone = activity(home.teams, sam, chat(sam), type="messageDelete")
        liked = activity(home.teams, sam, chat(sam), type="messageReaction", replyToId="1")

        assert [await home.post(each) for each in (edit, gone, liked)] == [(200, None)] * 3


async def test_a34_an_invoke_sent_again_has_one_effect_and_the_same_response(
    tmp_path: Path,
) -> None:
    """Teams repeats a slow invoke under a new id; what was pressed is the same."""
    async with tenant(tmp_path) as home:
        sam, maya = home.teams.people["sam"], home.teams.people["maya"]
        await home.staff(maya)
        thread = await home.asks(sam, "human please")
        (card,) = home.cards()
        claim = buttons(card.activity)["Claim"]
        first, again = (
            presses(home.teams, maya, card.conversation, card.activity_id, claim) for _ in range(2)
        )
        assert first["id"] != again["id"]

        answers = [await home.post(each) for each in (first, again)]
        await home.settled()

        assert answers[0] == answers[1]
        assert sum("Maya has taken" in each.text for each in home.in_(thread)) == 1


async def test_a56_a_guest_and_a_federated_person_get_public_documents_and_no_person(
    tmp_path: Path,
) -> None:
    """The roster says who is from outside, whatever the activity claims."""
    async with tenant(tmp_path) as home:
        guest = home.teams.add("gus", role="guest")
        abroad = home.teams.add("fay", tenant="99999999-0000-4000-8000-000000000000")

        for each in (guest, abroad):
            thread = await home.asks(each, "I want to talk to a real person please")
            assert home.last(thread).text == wording.OUTSIDER_PERSON
            thread = await home.asks(each, "How many days of annual leave do I get?")
            assert "[1]" not in home.last(thread).text
        assert home.cards() == []


async def test_a57_with_a_guest_in_the_channel_employees_documents_stay_out_of_it(
    tmp_path: Path,
) -> None:
    """Everyone in the channel reads the reply, so the guest's rights decide."""
    async with tenant(tmp_path) as home:
        home.teams.add("gus", role="guest")
        sam = home.teams.people["sam"]

        thread = await home.asks(sam, "When is a laptop replaced?")

        assert "4 years" not in "".join(each.text for each in home.in_(thread))


async def test_f10_killed_between_placeholder_and_update_there_is_one_answer(
    tmp_path: Path,
) -> None:
    """The update is sent again to the message that was created."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]
        home.teams.faults.append(Fault("PUT /teams/v3", 503, {"Retry-After": "1"}))

        thread = await home.asks(sam, "When is a laptop replaced?")

        (answer,) = home.in_(thread)
        assert "after 4 years" in answer.text
        did = [each.did for each in home.teams.log if each.conversation == thread]
        assert did == ["create", "update"]


async def test_f47_a_duplicate_is_one_turn(tmp_path: Path) -> None:
    """The platform's id of the message decides, however often and late it comes."""
    async with tenant(tmp_path) as home:
        sent = asks(home.teams, home.teams.people["sam"], "hello")

        for _ in range(3):
            assert await home.post(sent) == (200, None)
        await home.settled()

        assert len(home.in_(sent["conversation"]["id"])) == 1


async def test_a_slow_login_holds_up_nothing_but_what_needs_it(tmp_path: Path) -> None:
    """Activities are acknowledged meanwhile, and answered when there is a token."""
    async with tenant(tmp_path, greeted=False) as home:
        sam, priya = home.teams.people["sam"], home.teams.people["priya"]
        home.teams.login_open.clear()

        sent = [asks(home.teams, each, "hello") for each in (sam, priya)]
        for each in sent:
            assert await home.post(each) == (200, None)
        await eventually(lambda: home.teams.count("POST /login") == 1)
        assert home.teams.log == []
        home.teams.login_open.set()
        await home.settled()

        for each in sent:
            assert home.last(each["conversation"]["id"]).text.startswith("Hello!")
        assert home.teams.count("POST /login") == 1


async def test_an_admin_is_known_wherever_they_command(tmp_path: Path) -> None:
    """In a channel of many, seen long ago by others, they are asked for where they are now."""
    admin = f"teams/{TENANT}/00000000-0000-4000-8000-000000000005"
    async with tenant(tmp_path, admins=admin) as home:
        far = "19:far@thread.tacv2"
        alex, sam = home.teams.add("alex", far), home.teams.people["sam"]
        await home.post(installed(home.teams, alex, far))
        for number in range(8):
            home.teams.members[f"19:n{number}@thread.tacv2"] = ["sam"]
            await home.post(installed(home.teams, sam, f"19:n{number}@thread.tacv2"))
        await home.settled()

        await home.asks(alex, "desk config risk-terms visa", channel=far)

        assert "Risk terms set: 1" in home.last(chat(alex)).text


async def test_a54_a_thread_is_read_by_those_who_are_in_its_channel_now(tmp_path: Path) -> None:
    """And a direct chat by its person alone; what is not known counts as not there."""
    async with tenant(tmp_path) as home:
        people = home.teams.people
        maya, sam = people["maya"], people["sam"]
        await home.asks(sam, "When is a laptop replaced?")
        await home.writes(sam, "When is a laptop replaced?")
        assert home.running._teams is not None
        directory = home.running._teams.poster._directory

        async def reads(who: Person, place: str) -> bool:
            return await directory.may_read(AccountKey(HOME, who.user), ThreadKey(HOME, place, "x"))

        assert await reads(sam, HELP)
        assert await reads(sam, chat(sam))
        assert not await reads(maya, chat(sam))
        assert not await reads(sam, "19:nowhere@thread.tacv2")
        home.teams.members[HELP] = ["maya"]
        directory._roster.changed(HELP)
        assert not await reads(sam, HELP)
