"""What admins read when they configure, in one place; as ``core.wording`` for everybody."""

from __future__ import annotations

from core.strategies import Strategy

CONFIG_CONFLICT = "Somebody else changed the settings a moment ago. Please look and try again."
CONFIG_USAGE = (
    "To change them, write\n\n"
    "- `/desk config support-channel #name`, also `name in Slack` or `name in Teams`\n"
    "- `/desk config staff add @name`, or `remove`\n"
    "- `/desk config admins add @name`, or `remove`\n"
    "- `/desk config risk-terms word, word`; `none` clears them\n"
    "- `/desk config fact @name key = value`, also `value for 30 days`; `none` takes it back\n"
    "- `/desk config memory hybrid`, or `window`, `summary`, `full`; with `#name` behind it for "
    "that channel alone, and `memory default #name` takes that back\n"
    "- `/desk config history` shows who changed what; `undo` takes the last change back, and "
    "`undo 3` makes all of it as it was in version 3"
)
HISTORY_EMPTY = "Nobody has changed the settings yet."
HISTORY_NOTE = "/desk config undo takes the last change back; undo and a number goes to that one."
UNDO_NOTHING = "There is no such version to go back to. `/desk config history` shows them."
UNDO_CHANNEL = "{name} is not where requests are answered there any more, so nothing was changed."
UNDONE = "The settings are as in version {was} again (settings version {version})."
FACT_SET = "{person} is known for this now, until {ends}: {key} = {value}. They see who said so."
FACT_GONE = "What an admin said about {person} under {key} does not stand any more."
CONFIG_NO_CHANNEL = "I can't find the channel {name}, or I'm not in it. Invite me there first."
CONFIG_OPEN_CHANNEL = (
    "Everyone can read {name}, and handoff cards say what people need help with. Choose a channel "
    "for support staff only, or repeat the command with `anyway` at its end."
)
CONFIG_CHANNEL_SET = "Handoff cards now go to {name} (settings version {version})."
CONFIG_CHANNEL_UNCLEAR = (
    "Several teams have a channel called {name}. Paste its link instead "
    "(**… → Get link to channel**)."
)
CONFIG_CHANNEL_TWICE = (
    "There is a channel {name} here, and one in {there}, where people answer requests already. "
    "Write `{name} in {here}` or `{name} in {there}`."
)
CONFIG_CHANNEL_ELSEWHERE = (
    "I can't find the channel {name} here. If you mean the one in {there}, write `{name} in "
    "{there}`."
)
CONFIG_CHANNEL_NOT_THEIRS = (
    "{name} is not where requests are answered in {there}. An admin there first makes it the "
    "support channel with `/desk config support-channel`; then name it here, without the #."
)
CONFIG_NOT_CONNECTED = "I'm not connected to {place}."
CONFIG_CHANNEL_STAFF = "The support staff who are named there take them."
CONFIG_CHANNEL_LEFT = (
    "Cards from {places} still go to the channel you had before; an admin there can change that."
)
FORM_CHANNEL = "Handoff cards go there. Invite me first. Left empty, it stays as it is."
FORM_CHANNEL_ELSEWHERE = "Handoff cards go to {name} now. Left empty, that stays as it is."
FORM_ANYWAY = "Use it all the same. Handoff cards say what people need help with."
FORM_STAFF = "Who may claim requests."
FORM_ADMINS = "Who may configure, beside the platform's own admins."
FORM_MEMORY = {
    Strategy.HYBRID: "Hybrid: newest messages, a summary, and old ones that matter",
    Strategy.SUMMARY: "Summary: a summary, and what it does not hold yet",
    Strategy.WINDOW: "Window: the newest messages only",
    Strategy.FULL: "Full: everything, as long as there is room",
}
FORM_MEMORY_CHANNEL = "Only there. Left empty, it holds wherever a channel has none of its own."
FORM_TERMS = "Words that always lead to a person, with commas between them."
FORM_NO_CHANNEL = "I'm not in that channel. Invite me there, then choose it again."
FORM_OPEN_CHANNEL = "Everyone can read that channel. Choose another, or tick the box below."
FORM_NO_PERSON = "{name} is a guest or an app, so that does not work."
FORM_TOO_MUCH = "That is too much: at most 500 staff, 100 admins, 200 terms of 200 characters."
FORM_OUTDATED = "Somebody changed the settings meanwhile. Close this and open it again."
FORM_SAVED = "Saved as settings version {version}."
FORM_UNCHANGED = "Nothing was different, so nothing was changed."
CONFIG_NO_PERSON = "I can't find {name} here."
CONFIG_ONE_PERSON = "One person at a time, please."
CONFIG_PEOPLE_SAME = {
    True: "{person} is on the list of {name} already.",
    False: "{person} is not on the list of {name}. Nothing was changed.",
}
CONFIG_PEOPLE_SET = "{person} was {done} {name} (settings version {version})."
CONFIG_TERMS_SET = "Risk terms set: {count} (settings version {version})."


def config_memory(strategy: Strategy | None, channel: str, version: int) -> str:
    """How threads are remembered from now on; None: in that channel as everywhere."""
    how = strategy.value if strategy else "as everywhere"
    where = f"in {channel}" if channel else "wherever a channel has nothing of its own"
    return f"Threads are now remembered {where}: {how} (settings version {version})."


def config_waiting(count: int, stay: int) -> str:
    """What a newly set support channel gets at once, to be put behind a sentence.

    Args:
        stay: Requests that somebody has taken in the channel before.
    """
    said = ""
    if count:
        said += f" {count} waiting request{'s go' if count > 1 else ' goes'} there now."
    if stay:
        many = "s that are taken stay" if stay > 1 else " that is taken stays"
        said += f" {stay} request{many} in the channel before until closed."
    return said
