"""The house rules, read from the source: where imports point, and who lives where."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ORDER = ("bot", "adapters", "handoff", "core")  # imports point right, never left
LONGEST = 250  # lines of a file
SHARED = {"aiohttp", "httpx", "orjson", "pydantic", "structlog", "yaml"}  # may have several homes
HOMES = {
    "aiosqlite": "adapters/web",  # the playground's own room
    "alembic": "adapters/storage",
    "anthropic": "adapters/llm",
    "asyncpg": "adapters/storage",
    "botbuilder": "adapters/teams",
    "botocore": "adapters/dynamodb",
    "botframework": "adapters/teams",
    "cryptography": "adapters/storage",
    "jwt": "adapters/teams",
    "mammoth": "adapters/knowledge",
    "phonenumbers": "adapters/redact",
    "prometheus_client": "bot",
    "pydantic_settings": "bot",
    "pypdf": "adapters/knowledge",
    "redis": "adapters/redis",
    "selectolax": "adapters/knowledge",
    "slack_bolt": "adapters/slack",
    "slack_sdk": "adapters/slack",
    "sqlalchemy": "adapters/storage",
    "sqlmodel": "adapters/storage",
    "stdnum": "adapters/redact",
}
NEIGHBOURS = ("adapters/slack", "adapters/teams")  # these do not know each other
TWO_ROOMS = {"markdown_it": {"adapters/knowledge", "adapters/markdown"}}
ONE_IDEA_ALL_THE_SAME = {"adapters/storage/tables.py"}  # a schema is one list


@cache
def sources() -> tuple[Path, ...]:
    """The Python files of the product, the generated history of its schema excepted."""
    found = (path for name in ORDER for path in sorted((ROOT / name).rglob("*.py")))
    return tuple(each for each in found if "migrations" not in each.parts)


def folder(path: Path) -> str:
    """The folder a file is at home in: ``core``, ``adapters/slack``."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "adapters" and len(parts) > 2 else parts[0]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The modules a file imports, wherever it does, each with the dots before its name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level


def foreign() -> dict[str, set[str]]:
    """Every library the product imports, and the folders that do."""
    homes: dict[str, set[str]] = defaultdict(set)
    for path in sources():
        for module, _ in imports(path):
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in ORDER:
                homes[top].add(folder(path))
    return homes


def test_imports_point_right() -> None:
    """A folder knows itself and those to its right: bot, adapters, handoff, core."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources()
        for module, _ in imports(path)
        if (top := module.partition(".")[0]) in ORDER
        and ORDER.index(top) < ORDER.index(path.relative_to(ROOT).parts[0])
    ]

    assert wrong == []


def test_imports_are_absolute() -> None:
    """Where something lives can be read off every line that uses it."""
    assert [str(path) for path in sources() if any(dots for _, dots in imports(path))] == []


def test_slack_and_teams_do_not_know_each_other() -> None:
    """Nor does anything in adapters lean on one platform, but the bot that wires it."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources()
        if folder(path).startswith("adapters")
        for module, _ in imports(path)
        for platform in NEIGHBOURS
        if module.replace(".", "/").startswith(platform) and folder(path) != platform
    ]

    assert wrong == []


def test_core_and_handoff_import_no_sdk() -> None:
    """What the bot knows and decides is plain Python; core has pydantic for tools' arguments."""
    used = {name: homes & {"core", "handoff"} for name, homes in foreign().items()}

    assert {name: homes for name, homes in used.items() if homes} in ({}, {"pydantic": {"core"}})


def test_each_sdk_has_one_home() -> None:
    """A vendor can be exchanged by changing one folder."""
    for name, homes in foreign().items():
        if name in HOMES:
            assert homes == {HOMES[name]}, f"{name} is at home in {HOMES[name]}"
        elif name not in SHARED:
            assert len(homes) == 1 or homes == TWO_ROOMS.get(name), f"{name} has several homes"


def test_files_hold_one_idea() -> None:
    """At 250 lines ask what second idea got in."""
    static = [each for each in (ROOT / "adapters/web/static").iterdir() if each.suffix != ".svg"]
    long = {
        str(path.relative_to(ROOT))
        for path in (*sources(), *static)
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST
    }

    assert long - ONE_IDEA_ALL_THE_SAME == set()


def test_every_folder_of_code_is_a_package() -> None:
    """Two tests of one name in two folders would shadow each other otherwise."""
    folders = {path.parent for path in (*sources(), *(ROOT / "tests").rglob("*.py"))}

    assert [str(each) for each in folders if not (each / "__init__.py").exists()] == []


@pytest.mark.parametrize("name", ORDER)
def test_no_other_distribution_owns_our_names(name: str) -> None:
    """PyPI has foreign packages called "adapters" and "handoff": ours must be the one imported."""
    assert set(packages_distributions().get(name, ())) <= {"frontdesk-bot"}
    assert Path(__import__(name).__file__ or "").parent == ROOT / name
