"""The compose file of the growth page names settings that exist, with values that fit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Role, Settings, read

FILE = Path(__file__).parents[2] / "docs" / "compose.yml"
GIVEN = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret", "POSTGRES_PASSWORD": "pw"}
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])([^}]*)\}")


def filled_in(text: str) -> str:
    """What compose makes of ``${NAME:?}`` and ``${NAME:-instead}``."""
    return VARIABLE.sub(lambda found: GIVEN.get(found[1], found[3]), text)


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
    return found


def frontdesk(services: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Our services, with their commands."""
    commands = {name: each.get("command", [""]) for name, each in services.items()}
    return {name: each for name, each in commands.items() if each[0] == "frontdesk"}


def test_the_parts_of_a_fleet_are_there(services: dict[str, dict[str, Any]]) -> None:
    """Who takes in, who answers, what they share; all that is waited for is in the file."""
    assert set(frontdesk(services)) == {"ingress", "worker", "migrate"}
    assert {"postgres", "redis"} <= set(services)
    for each in services.values():
        assert set(each.get("depends_on", {})) <= set(services)


def test_every_setting_is_known_and_fits(
    services: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is started with them starts, in the role that its command gives it."""
    known = {each.validation_alias for each in Settings.model_fields.values()}
    roles = {}
    for name, command in frontdesk(services).items():
        environment = services[name]["environment"]
        assert set(environment) <= known
        for variable, value in environment.items():
            monkeypatch.setenv(variable, filled_in(value))
        role = Role(command[-1]) if "--role" in command else None
        roles[name] = read(role=role).role

    assert roles == {"ingress": Role.INGRESS, "worker": Role.WORKER, "migrate": Role.ALL}


def test_the_database_is_the_one_that_is_started(services: dict[str, dict[str, Any]]) -> None:
    """Its user, password and name are those of the address, and so is the port of Redis."""
    made = {name: filled_in(each) for name, each in services["postgres"]["environment"].items()}
    settings = services["worker"]["environment"]

    user, password, name = (made[f"POSTGRES_{each}"] for each in ("USER", "PASSWORD", "DB"))
    address = filled_in(settings["FRONTDESK_DATABASE_URL"])
    assert address == f"postgresql://{user}:{password}@postgres:5432/{name}"
    assert settings["FRONTDESK_REDIS_URL"].startswith("redis://redis:")
