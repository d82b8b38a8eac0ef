"""What admins read about the documents that answers rest on; as ``core.admin_wording``."""

from __future__ import annotations

from core import text

USAGE = (
    "To change them, write\n\n"
    "- `/desk sources add help.example.com everyone`: a page that everyone here may be "
    "answered from; `public` or a group's name instead of `everyone`\n"
    "- the same with `pages 50` at its end: that page and those its links lead to\n"
    "- `/desk sources remove help.example.com`\n"
    "- `/desk sources sync` to read everything now\n"
    "- `/desk sources report`: what is there twice, old, or contradicts itself\n"
    "- `/desk sources gaps`: what people asked and found no answer to\n\n"
    "Folders are named by whoever runs me, in `FRONTDESK_KNOWLEDGE`."
)
NONE = "I have no documents to answer from."
ADD_USAGE = (
    "Write the address and who may be answered from it, as in "
    "`/desk sources add help.example.com everyone`. At its end there may be "
    "`pages 50`, `depth 2` and `owner IT Service Desk`."
)
NO_ADDRESS = "{address} is no web address. Write it whole."
NO_FOLDER = "Folders are named by whoever runs me, in FRONTDESK_KNOWLEDGE; I take web addresses."
NOT_THERE = "{address} is not among the sources. /desk sources lists them."
ELSEWHERE = "{address} was named in another workspace; remove it there."
TOO_MANY = "That is too much: at most {sources} sources of {pages} pages, {depth} links deep."
SAVED = "{done} {address} (settings version {version})."
READING = "I'm reading now. `/desk sources` shows how it went."
NOT_READ = "But {why}"
READ = "Read: {documents} documents, {added} new, {changed} changed, {removed} gone."
UNDO = "To have it back: {command}"
GROUP = "Only members of the group {audience} are answered from it."
PUBLIC = "Everybody is answered from it, also guests and people from outside."
CONFLICT = "Somebody else changed the settings a moment ago. Please look and try again."
FORM_ADDRESS = "A whole web address, such as help.example.com/it"
FORM_AUDIENCE = "Who may be answered from it: everyone, public, or the name of a group."
FORM_PAGES = "How many pages its links may lead to; 1 is that page alone."
FORM_OWNER = "Whom to ask about it; shown with answers."
FORM_NO_NUMBER = "Write a number from 1 to {most}."
FORM_NO_AUDIENCE = "Say who may be answered from it."

NOTHING_TO_MEND = "Nothing is there twice, old, or contradicts itself."
TWICE = "Nearly the same: {one} and {two}"
OLD = "Not updated since {updated}: {title}"
OLD_MORE = "and {count} more that have not been updated for a year"
CONTRADICTS = "{one} and {two} differ:"
CONTRADICTS_UNSEEN = "{one} and {two} give different numbers for the same thing."
NO_GAPS = "Nobody asked anything in vain in the last {days} days."
GAP = "{people} asked about {about}"
GAP_ALONE = "And {questions} that one person alone asked, which are not shown."
GAPS_NOTE = (
    "Questions of the last {days} days without a good answer, in words that at least two people "
    "used. Nobody's name is kept with them."
)

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def ago(seconds: float) -> str:
    """How long something is past, in words."""
    if seconds < MINUTE:
        return "just now"
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= unit:
            return f"{counted(int(seconds // unit), name)} ago"
    return "just now"


def counted(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def gap(*, about: str, people: int, questions: int, badly: int, last: str) -> str:
    """One thing that people asked about in vain."""
    line = GAP.format(people=f"{people} people", about=about)
    more = [counted(questions, "time")] if questions > people else []
    more += [f"{badly} rated badly"] if badly else []
    return " · ".join([line, *more, f"last {last}"])


def alone(questions: int) -> str:
    """What is not shown, because it would tell on somebody."""
    return GAP_ALONE.format(questions=counted(questions, "question"))


def state(*, documents: int, read: str, reading: bool) -> str:
    """How it stands with a source, to be put behind its name."""
    how = "being read now" if reading else f"read {read}" if read else "not read yet"
    return f"{counted(documents, 'document')}, {how}"


def problems(told: tuple[str, ...], most: int) -> str:
    """The first of what is to be mended."""
    more = len(told) - most
    lines = [text.one_line(each, 400) for each in told[:most]]
    return "\n".join(
        [*(f"✗ {line}" for line in lines), *([f"and {more} more"] if more > 0 else [])]
    )
