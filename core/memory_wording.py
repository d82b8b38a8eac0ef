"""What people read about what is known of them, in one place; as ``core.wording`` for the rest."""

from __future__ import annotations

from core.discretion import Matter

OFFER_TITLE = "Shall I remember this?"
OFFER_NOTE = (
    "I keep it for a year, for answers that you alone see, if you press Yes within 10 minutes. "
    "`/desk memory` shows it; you can have it forgotten there at any time."
)
NOT_KEPT = {
    Matter.SECRET: (
        "I don't keep passwords, keys, codes or numbers of cards and accounts, and I've kept "
        "nothing of that. If others could read it, please change it."
    ),
    Matter.SENSITIVE: (
        "I don't keep anything about health, religion, politics, origin or private life, and I've "
        "kept nothing of that."
    ),
}
ANSWERED_PRIVATELY = "{name}, I've answered you privately."
