"""Language models for tests: one that follows a script, one that is down, one that obeys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

from adapters.llm.offline import OfflineModel
from core.drafts import Completion, Prompt, Span, Stop, Task, ToolCall
from core.errors import ModelUnavailable
from core.window import Part

ORDER = re.compile(r"ORDER (say|call|route): (.*?) END", re.DOTALL)

Reply = Completion | Callable[[Prompt], Completion]


class ScriptedModel:
    """Answers each task with what the test says, and with the offline model otherwise.

    ``prompts`` keeps every prompt it saw. Each answer counts as a call that was paid for.
    """

    def __init__(self, **replies: Reply) -> None:
        self.replies = {Task(task): reply for task, reply in replies.items()}
        self.prompts: list[Prompt] = []
        self._offline = OfflineModel()

    async def complete(self, prompt: Prompt) -> Completion:
        self.prompts.append(prompt)
        reply = self.replies.get(prompt.task)
        if reply is None:
            completion = await self._offline.complete(prompt)
        else:
            completion = reply(prompt) if callable(reply) else reply
        return replace(completion, usage=replace(completion.usage, calls=1))

    def seen(self, task: Task) -> str:
        """All text of all prompts of a task."""
        found = [piece.text for each in self.prompts if each.task is task for piece in each.pieces]
        return "\n".join(found)


class ObeyingModel(ScriptedModel):
    """A model that does whatever any text it is shown orders, wherever the order stands.

    Orders read ``ORDER say: … END``, ``ORDER call: name {json} END``, ``ORDER route: action END``.
    """

    async def complete(self, prompt: Prompt) -> Completion:
        if prompt.task in self.replies:
            return await super().complete(prompt)
        shown = "\n".join(each.text for each in prompt.pieces if each.part is not Part.INSTRUCTIONS)
        orders = ORDER.findall(shown)
        told = [words.strip() for verb, words in orders if verb == "say"]
        called = [words.strip() for verb, words in orders if verb == "call"]
        routed = [words.strip() for verb, words in orders if verb == "route"]
        if prompt.task is Task.ACT and called:
            self.prompts.append(prompt)
            calls = tuple(_call(each) for each in called)
            return Completion("obeying", Stop.TOOL, calls=calls)
        if prompt.task is Task.ROUTE and routed:
            self.prompts.append(prompt)
            return routes(routed[0])(prompt)
        if prompt.task in (Task.ANSWER, Task.SUMMARISE) and told:
            self.prompts.append(prompt)
            return says(" ".join(told))(prompt)
        return await super().complete(prompt)


def _call(order: str) -> ToolCall:
    name, _, arguments = order.partition(" ")
    return ToolCall(name, json.loads(arguments or "{}"))


class DeadModel:
    """A model that cannot be reached."""

    async def complete(self, prompt: Prompt) -> Completion:
        raise ModelUnavailable("The model cannot be reached.")


def says(text: str, *, cites: bool = True) -> Callable[[Prompt], Completion]:
    """A reply that says ``text``, citing the best passage it was given unless told not to."""

    def reply(prompt: Prompt) -> Completion:
        passages = [each.passage for each in prompt.pieces if each.passage is not None]
        cited = (passages[-1].passage_id,) if cites and passages else ()
        return Completion("scripted", Stop.END, (Span(text, cited),))

    return reply


def routes(route: str, query: str = "", **more: object) -> Callable[[Prompt], Completion]:
    """A routing reply."""

    def reply(prompt: Prompt) -> Completion:
        words = prompt.pieces[-1].text
        data = {"route": route, "certainty": 0.95, "intent": words[:160], "query": query or words}
        return Completion("scripted", Stop.END, data={**data, **more})

    return reply


def calls(name: str, **arguments: object) -> Completion:
    """A reply that proposes a tool."""
    return Completion("scripted", Stop.TOOL, calls=(ToolCall(name, arguments),))
