"""What the operator sets: every problem named at once, secrets kept, one clear message."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Role, Settings, read
from core.errors import SettingsError

ROOT = Path(__file__).parents[2]
PLATFORM_SDKS = (
    "slack_bolt",
    "slack_sdk",
    "botbuilder",
    "botframework",
    "anthropic",
    "redis",
    "botocore",
)
ONE_TURN = """
import asyncio, sys
from bot.run import Running
from bot.settings import read
from tests.platforms.page import Page

async def main():
    running = await Running.start(read(), with_playground=True)
    async with Page.open(running.local_port) as page:
        said = await page.says("sam", "@Frontdesk When is a laptop replaced?")
        answer = await page.answered(said["id"])
        print("4 years" in str(answer))
    await running.stop()
    print(sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:])))

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine the tests run on."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)


def started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run our own code in a process with nothing but these settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_nothing_has_to_be_set() -> None:
    """It starts with no keys at all, on the ports and files the README names."""
    settings = read()

    assert (settings.port, settings.local_port) == (3978, 3979)
    assert settings.database_path == Path("var/frontdesk.db")
    assert not settings.on_a_platform


def test_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment file that lists every name with nothing after it changes nothing."""
    for field in Settings.model_fields.values():
        monkeypatch.setenv(str(field.validation_alias), "")

    assert read() == Settings()
    assert read().port == 3978


def test_every_problem_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody mends one setting, starts, and learns of the next."""
    bad = {
        "PORT": "eighty",
        "FRONTDESK_LOCAL_PORT": "70000",
        "FRONTDESK_DATABASE_URL": "mysql://desk:hunter2@db/frontdesk",
        "FRONTDESK_REDIS_URL": "cache:hunter2@6379",
        "FRONTDESK_SESSION_URL": "dynamodb:table",
        "FRONTDESK_WORKERS": "0",
        "FRONTDESK_PRICE_IN": "-1",
    }
    for name, value in bad.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        read()

    assert [name for name in bad if f"{name}: " not in str(caught.value)] == []
    assert "hunter2" not in str(caught.value)
    assert "mysql" not in str(caught.value)


def test_two_listeners_need_two_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """The public listener must never be the one with the local pages."""
    monkeypatch.setenv("PORT", "3979")

    with pytest.raises(SettingsError, match="PORT and FRONTDESK_LOCAL_PORT must be two different"):
        read()


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings object in a log or a stack trace gives nothing away."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hunter2")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "hunter2" * 4)
    monkeypatch.setenv("FRONTDESK_REDIS_URL", "redis://:hunter2@cache:6379/0")
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", "postgresql://desk:hunter2@db/frontdesk")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-hunter2")

    settings = read()

    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()}"
    assert settings.on_a_platform


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"FRONTDESK_EMBEDDING_FOLDER": "m", "FRONTDESK_EMBEDDING_URL": "https://a/v1"},
            "not both",
        ),
        ({"FRONTDESK_EMBEDDING_URL": "https://a.example/v1"}, "FRONTDESK_EMBEDDING_MODEL is not"),
        ({"FRONTDESK_EMBEDDING_KEY": "k"}, "without FRONTDESK_EMBEDDING_URL does nothing"),
        ({"FRONTDESK_EMBEDDING_URL": "http://a.example/v1"}, "must look like https://api.voyage"),
    ],
)
def test_an_embedding_model_is_configured_whole(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str
) -> None:
    """In a folder or behind an address that keeps its key secret."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=said):
        read()


def test_only_postgresql_is_for_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role on SQLite is refused with what to set; on PostgreSQL each role is taken."""
    with pytest.raises(SettingsError, match=r"for one\. Set FRONTDESK_DATABASE_URL"):
        read(role=Role.WORKER)

    monkeypatch.setenv("FRONTDESK_DATABASE_URL", "postgres://desk@db/frontdesk")
    monkeypatch.setenv("FRONTDESK_ROLE", "ingress")
    assert read().role is Role.INGRESS
    assert read(role=Role.WORKER).role is Role.WORKER
    assert read().postgres_url == "postgres://desk@db/frontdesk"


def test_settings_cannot_be_changed_afterwards() -> None:
    """What was checked at the start is what is used."""
    with pytest.raises(ValueError, match="frozen"):
        read().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PORT": "eighty", "FRONTDESK_WORKERS": "0"}, "PORT: Input should be a valid integer"),
        ({"FRONTDESK_DATABASE_URL": "mysql://h/db"}, "FRONTDESK_DATABASE_URL: must look like"),
        ({"FRONTDESK_DATA_DIR": "{folder}/file"}, "file cannot be made (File exists)"),
        ({"FRONTDESK_DATABASE_URL": "sqlite:///{folder}/file"}, "is damaged"),
        ({"PORT": "{taken}"}, "is taken. Stop what uses it, or set PORT"),
        ({"FRONTDESK_LOCAL_PORT": "{taken}"}, "is taken. Stop what uses it, or set FRONTDESK_LOCA"),
        ({"FRONTDESK_MODEL": "\udcff"}, "FRONTDESK_MODEL: Input should be a valid string"),
    ],
)
def test_a_start_that_fails_says_why_in_one_line(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    """One message with what to mend, status 2, no stack trace, and no process left hanging."""
    (tmp_path / "file").write_text("This is not a database, nor is it a folder.")
    with socket.create_server(("0.0.0.0", 0)) as taken:
        filled = {
            name: value.format(folder=f"/{tmp_path}", taken=taken.getsockname()[1])
            for name, value in given.items()
        }
        usual = {"FRONTDESK_DATA_DIR": str(tmp_path / "data"), "PORT": "0"}

        done = started("-m", "bot", "run", **{**usual, "FRONTDESK_LOCAL_PORT": "0", **filled})

    lines = [each for each in done.stderr.splitlines() if not each.startswith("{")]
    assert done.returncode == 2
    assert len(lines) == 1
    assert lines[0].startswith("frontdesk cannot start. ")
    assert said in lines[0]


def test_a_damaged_room_is_named(tmp_path: Path) -> None:
    """The playground's own file gets the same care as the database."""
    (tmp_path / "playground.db").write_text("This is not a database. " * 50)
    settings = {"FRONTDESK_DATA_DIR": str(tmp_path), "PORT": "0", "FRONTDESK_LOCAL_PORT": "0"}

    done = started("-m", "bot", "run", **settings)

    assert done.returncode == 2
    assert f"The playground's channels in {tmp_path}/playground.db cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_sdks_that_are_not_configured_are_not_imported(tmp_path: Path) -> None:
    """A start and a whole turn on embedded defaults load no vendor's code."""
    settings = {"FRONTDESK_DATA_DIR": str(tmp_path), "PORT": "0", "FRONTDESK_LOCAL_PORT": "0"}

    done = started("-c", ONE_TURN, *PLATFORM_SDKS, **settings)

    assert done.stdout.splitlines()[-2:] == ["True", "[]"], done.stderr


def test_a_developers_own_settings_reach_no_test() -> None:
    """Every variable that the product reads is gone once the tests' own set-up is imported."""
    names = [str(each.validation_alias) for each in Settings.model_fields.values()]
    code = "import os, tests.conftest; print(*os.environ)"
    env = {**os.environ, **dict.fromkeys(names, "1"), "SLACK_ANYTHING": "1"}

    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )

    assert not {*names, "SLACK_ANYTHING"} & set(done.stdout.split())
