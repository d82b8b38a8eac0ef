"""What people read about requests for a person, and about words on their way to them."""

from __future__ import annotations

NO_SUPPORT_CHANNEL = (
    "No support channel has been set up, so nobody has been told yet. I've kept your request; it "
    "goes out as soon as an admin sets one with /desk config support-channel."
)
CARD_UNDELIVERED = (
    "I could not reach the support channel with request {number} yet, so nobody has seen it. "
    "I've kept it and keep trying."
)
OPENED = "I've asked the support team to take this: {why}. Your request is {number}."
JOINED = "Your request {number} is already with the support team. I've added this to it."
JOINED_UNDELIVERED = (
    "Your request {number} has not reached the support team yet. I've added this to it, and keep "
    "trying."
)
ADDED = "I've added this to your request {number}."
CLAIMED = "{name} has taken your request {number} and will answer here. I'll keep quiet meanwhile."
RELEASED = "{name} has handed your request {number} back to the queue. It is still open."
RESOLVED = "{name} has closed your request {number}. Did that help?"
BACK = "I'm back if you need anything else: just mention me."
WITHDRAWN = "You've withdrawn request {number}. Nobody will follow it up."
NOTE_KEPT = "Internal note kept here; it was not sent."
FOR_OTHERS = (
    "You addressed somebody here, so your message was kept here and not sent. To send it, write it "
    "without the mention."
)
FILES = "Files are not passed on yet. Your text was; please share the file another way."
OWNED = "{owner} has this case."
OWNER_LEFT = "{owner} is no longer on the staff; anyone may take over. Press Release, then Claim."
NOT_PASSED_ON = "Your message was not passed on."
NOT_CLAIMED = "Nobody has claimed this yet, so your message was not passed on. Claim it first."
CLOSED = "This case is closed, so your message was not passed on."
OUTSIDER = (
    "A member of the support team has this conversation. You are outside the organisation, so your "
    "message was not passed on. Please ask your contact here to do it."
)
NOT_REQUESTER = "{name}, not the requester"
OF_A_CARD = (
    "This thread already belongs to request {number}, so I've opened no other from here. If it "
    "needs somebody else, release it, or ask a colleague here."
)
LOST = (
    "Your message “{words}” could not be passed on: the other side's conversation takes nothing "
    "from me at present. Please send it again later, or reach them another way."
)
MOVED = "This request has moved to the new support channel."
EARLIER = "earlier: {number}, {name}"
SOMEBODY = "somebody"


def remembered(number: str, name: str, said: str) -> str:
    """A closed request as the thread remembers it."""
    words = f" Their last words: “{said}”" if said else ""
    return f"({name} of the support team helped with request {number} and closed it.{words})"
