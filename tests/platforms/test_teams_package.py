"""The package for Teams, held to the rules of the published manifest schema; settings and house."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.package import HEARS, manifest, package
from bot import teams_package
from bot.commands import TABLE
from bot.settings import Settings, read
from core.errors import SettingsError
from tests.fakes.teams import APP_ID, PASSWORD, TENANT

ROOT = Path(__file__).parents[2]
IMPORTS = re.compile(r"^(from|import) (botbuilder|botframework|msrest)", re.MULTILINE)
COMMANDS = [(each.word, each.purpose) for each in TABLE]


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine the tests run on."""
    for each in Settings.model_fields.values():
        monkeypatch.delenv(str(each.validation_alias), raising=False)


def made(**more: bool) -> dict[str, Any]:
    return manifest(APP_ID, "help.example.org", COMMANDS, **more)


def test_the_manifest_keeps_the_schemas_limits() -> None:
    """Lengths, counts and forms as MicrosoftTeams.schema.json (v1.19) has them."""
    found = made()

    assert found["manifestVersion"] == "1.19"
    assert found["$schema"].endswith("/v1.19/MicrosoftTeams.schema.json")
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    assert found["id"] == found["bots"][0]["botId"] == APP_ID
    assert len(found["name"]["short"]) <= 30
    assert len(found["name"]["full"]) <= 100
    assert len(found["description"]["short"]) <= 80
    assert len(found["description"]["full"]) <= 4_000
    assert len(found["developer"]["name"]) <= 32
    assert all(
        found["developer"][each].startswith("https://")
        for each in ("websiteUrl", "privacyUrl", "termsOfUseUrl")
    )
    assert re.fullmatch(r"#[0-9A-Fa-f]{6}", found["accentColor"])
    (bot,) = found["bots"]
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    assert set(bot) <= {"botId", "scopes", "isNotificationOnly", "supportsFiles", "commandLists"}
    assert "${" not in json.dumps(found)


def test_the_manifest_offers_the_commands_of_the_table() -> None:
    """The same words everywhere, at most ten a list."""
    for listed in made()["bots"][0]["commandLists"]:
        assert [each["title"] for each in listed["commands"]] == [
            f"desk {each.word}" for each in TABLE
        ][:10]
        assert all(0 < len(each["description"]) <= 128 for each in listed["commands"])


def test_reading_channels_is_asked_for_only_when_told_to() -> None:
    assert "authorization" not in made()
    granted = made(hears=True)["authorization"]["permissions"]["resourceSpecific"]
    assert tuple(each["name"] for each in granted) == HEARS


def test_a_slash_offers_the_commands_only_when_told_to() -> None:
    """A preview: its manifest is refused where the tenant does not allow previews."""
    assert "triggers" not in made()["bots"][0]["commandLists"][0]
    found = made(slash=True)
    (bot,) = found["bots"]

    assert found["manifestVersion"] == "devPreview"
    assert bot["supportsTargetedMessages"] is True
    assert [each["triggers"] for each in bot["commandLists"]] == [["mention", "slash"]] * 3
    assert len(bot["commandLists"]) <= 3


def test_the_zip_has_a_manifest_and_icons_of_the_right_size(tmp_path: Path) -> None:
    """The same bytes every time."""
    settings = Settings(TEAMS_APP_ID=APP_ID, TEAMS_APP_PASSWORD=PASSWORD, TEAMS_TENANT_ID=TENANT)
    path = teams_package.write(settings, "help.example.org", tmp_path / "new" / "app.zip")

    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        sizes = [struct.unpack(">II", archive.read(each)[16:24]) for each in archive.namelist()[1:]]
    assert sizes == [(192, 192), (32, 32)]
    assert path.read_bytes() == package(made())


def test_what_is_missing_is_named_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAMS_APP_PASSWORD", PASSWORD)

    with pytest.raises(SettingsError, match="TEAMS_APP_ID and TEAMS_TENANT_ID are not set"):
        read()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TEAMS_APP_ID", "my-app", "must be ids like"),
        ("TEAMS_TENANT_ID", "example.org", "must be ids like"),
        ("TEAMS_SERVICE_HOSTS", "https://a/b", "TEAMS_SERVICE_HOSTS"),
        ("TEAMS_OPENID_URL", "http://127.0.0.1:1/openid", "plain https"),
        ("TEAMS_LOGIN_URL", "http://evil.example", "plain https"),
    ],
)
def test_settings_that_would_weaken_the_gate_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """There is no way to start with the checks turned off."""
    good = {"TEAMS_APP_ID": APP_ID, "TEAMS_APP_PASSWORD": PASSWORD, "TEAMS_TENANT_ID": TENANT}
    for key, each in {**good, name: value}.items():
        monkeypatch.setenv(key, each)

    with pytest.raises(SettingsError, match=said):
        read()


def test_a_service_host_without_an_app_id_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAMS_SERVICE_HOSTS", "smba.trafficmanager.net")

    with pytest.raises(SettingsError, match="TEAMS_APP_ID"):
        read()


def test_botbuilder_is_imported_only_when_teams_is_configured() -> None:
    script = (
        "import bot.__main__, bot.run, sys;"
        "print([n for n in sys.modules if n.startswith(('botbuilder', 'jwt'))])"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)

    assert done.stdout.strip() == "[]", done.stderr


def test_nothing_of_botbuilder_leaves_two_files() -> None:
    """A successor swaps in there."""
    users = [
        str(path.relative_to(ROOT))
        for folder in ("bot", "adapters", "core", "handoff")
        for path in (ROOT / folder).rglob("*.py")
        if IMPORTS.search(path.read_text(encoding="utf-8"))
    ]

    assert sorted(users) == ["adapters/teams/activities.py", "adapters/teams/adapter.py"]
