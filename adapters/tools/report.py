"""The built-in tool: tell the support team about a problem, with a number as its receipt."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.cards import Card, Fields, Note, Plain
from core.cards import Field as Shown
from core.errors import ToolError
from core.ids import ThreadKey
from core.outcome import Post
from core.tools import Caller, Consent, ToolOutcome


class Report(BaseModel):
    """What is reported, in the person's own words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    problem: str = Field(
        min_length=3,
        max_length=1_000,
        description="What is wrong and where, in the person's own words.",
        json_schema_extra={"x-from": "message"},
    )


class ReportProblem:
    """Posts a report into the support channel; nobody is asked to take a case."""

    name: str = "report_problem"
    description: str = (
        "Report a fault in the building, in equipment or in a service to the support team: "
        "something is broken, empty, blocked, leaking, missing or not working for everyone."
    )
    arguments: type[BaseModel] = Report
    consent: Consent = Consent.REQUESTER
    examples: tuple[str, ...] = (
        "report that the printer on floor 2 is out of paper",
        "please tell facilities the coffee machine is broken",
        "can you report a leaking tap in the kitchen",
        "let the team know the projector in the meeting room is not working",
        "report a broken chair at desk 14",
    )

    def allowed(self, caller: Caller) -> bool:
        return bool(caller.settings.support_channel)

    def preview(self, arguments: BaseModel) -> tuple[Shown, ...]:
        report = Report.model_validate(arguments.model_dump())
        return (Shown("Action", "Report a problem to support"), Shown("Problem", report.problem))

    async def run(self, arguments: BaseModel, caller: Caller, key: str) -> ToolOutcome:
        report = Report.model_validate(arguments.model_dump())
        if not caller.settings.support_channel:
            raise ToolError("no support channel is set up.")
        number = f"R-{key[:8]}"
        card = Card(
            (
                Fields((Shown("From", caller.person.name), Shown("Number", number))),
                Plain(report.problem, quoted=True),
                Note("A report, not a request for a conversation."),
            ),
            title="Problem reported",
        )
        channel = ThreadKey.parse(caller.settings.support_channel)
        text = "I've passed your report to the support team."
        return ToolOutcome(number, text, (Post(channel, card),))
