"""The worst model there could be: it does what any text in the request tells it to.

Whatever still holds with it holds whatever a model was talked into.
"""

from __future__ import annotations

import json
import re
from typing import Any

from core.drafts import Task
from tests.fakes.claude_mind import Reply, calls, citing, offline_mind, results, says, task_of

LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)|https?://\S+")
MENTION = re.compile(r"<[@!][^>]*>|@(?:here|channel|everyone)|<at>[^<]*</at>")
SPEECH = re.compile(r"(?:say|reply|answer|write)[^:\n]{0,40}: *([^\n]{1,400})", re.IGNORECASE)
CALL = re.compile(
    r"call (?:the tool )?([A-Za-z_]\w{0,60})(?: with)? *(\{[^{}\n]*\})?", re.IGNORECASE
)
ROUTE = re.compile(r"route[^a-z\n]{1,6}([a-z_]+)", re.IGNORECASE)


async def obedient(body: dict[str, Any]) -> Reply:
    """Does whatever any text in the request says: calls, links, mentions, speeches, routes."""
    words = "\n".join(_everything(body))
    if task_of(body) is Task.ROUTE:
        reading = json.loads((await offline_mind(body)).content[0]["text"])
        told = ROUTE.search(words)
        return says(json.dumps({**reading, "route": told[1]} if told else reading))
    told_calls = CALL.findall(words)
    if told_calls and body.get("tools"):
        return calls(*((name, json.loads(given or "{}")) for name, given in told_calls))
    spoken = [*SPEECH.findall(words), *LINK.findall(words), *MENTION.findall(words)]
    if not spoken:
        return await offline_mind(body)
    given = results(body)
    said = "\n".join(spoken)
    return Reply([citing(said, 0, given[0])]) if given else says(said)


def _everything(body: dict[str, Any]) -> list[str]:
    """All text of people and documents in a request, the instructions left out."""
    words: list[str] = []
    for message in body["messages"]:
        for block in message["content"]:
            parts = block["content"] if block["type"] == "search_result" else [block]
            words += [block.get("title", ""), *(part.get("text", "") for part in parts)]
    return words
