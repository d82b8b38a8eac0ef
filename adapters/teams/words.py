"""What people read that only Teams needs said."""

from __future__ import annotations

PLACEHOLDER = "One moment, my answer follows."  # stays true even where it is left behind
ABOUT = "About our conversation"
NOT_PRIVATELY = (
    "I could not write to you privately. Please open a chat with me, say hello, and ask again."
)
NOT_NOW = "I could not do that just now. Nothing is lost; please try again in a moment."
DONE = "Done."
CHOOSE_CHANNEL = "Choose a channel"
CHOOSE_PEOPLE = "Type a name"
REPLY_HINT = "Write your reply here."
REPLY_SEND = "Send reply"
STAFF_REPLIES = (
    "What you send from here reaches {person}; start with ! to keep it here. Where I may read this "
    "channel, replies in this thread reach {person} too."
)
REQUESTER_REPLIES = "What you write here reaches {person}; in a channel mention me, so I hear it."
REPLY_SENT = "Your reply is on its way."
REPLY_EMPTY = "There is nothing to send yet. Write your reply first."
WELCOME = "Hello, I'm Frontdesk."
WELCOME_HOW = (
    "Ask me here, or mention me in a channel. I answer from the help centre and say where I found "
    "it. I remember our conversation for a while, and I can fetch a person at any time."
)
WELCOME_COMMANDS = "Write `desk help` to see what else I can do."
FORM_SENT = "I've sent you a form in our chat."
FILES_ASKED = "In our chat I ask whether I may put the files into your OneDrive. Agree there."
FILE_ABOUT = "Everything I keep about you, as you asked."
FILE_DECLINED = "Nothing was put anywhere."
FILE_FAILED = "I could not put that file into your OneDrive. Please ask for it once more."
