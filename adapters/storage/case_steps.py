"""A step of a case as SQL: it happens under its conditions, or nothing does."""

from __future__ import annotations

from adapters.storage.codec import dump
from core.messages import Person
from handoff.case import OPEN, CaseState, Step


def update(step: Step) -> str:
    """The one UPDATE of a step, with just the conditions it names."""
    states = ", ".join(f"'{state}'" for state in sorted(step.allowed_from))
    conditions = [f"case_id = :case_id AND state IN ({states})"]
    changes = ["state = :state", "version = version + 1"]
    if step.becomes in OPEN:
        changes += ["owner = :owner", "owner_key = :owner_key"]
    if step.version is not None:
        conditions.append("version = :version")
    if step.by_owner:
        conditions.append("owner_key = :actor")
    if step.verdict is not None:
        changes.append("verdict = :verdict")
    if step.becomes not in OPEN:
        changes += ["thread_open = NULL", "resolved_at = COALESCE(resolved_at, :at)"]
    if step.becomes is CaseState.CLAIMED:
        changes.append("claimed_at = COALESCE(claimed_at, :at)")
    assignments, condition = ", ".join(changes), " AND ".join(conditions)
    return f"UPDATE handoff_case SET {assignments} WHERE {condition} RETURNING *"  # noqa: S608 - of our own words


def values(case_id: str, step: Step) -> dict[str, object]:
    """What that UPDATE is run with."""
    owner = step.owner
    return {
        "case_id": case_id,
        "state": step.becomes.value,
        "owner": dump(Person, owner) if owner else None,
        "owner_key": str(owner.key) if owner else None,
        "version": step.version,
        "actor": str(step.actor.key),
        "verdict": step.verdict.value if step.verdict else None,
        "at": step.at.timestamp(),
    }
