"""The built wheel: everything that is read at run time is in it, and nothing of ours is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "core", "handoff")
LOOK = """
from adapters.storage.migrate import upgrade_sqlite
from adapters.web.assets import asset
from adapters.web.people import PlaygroundDirectory
from bot.settings import DEMO
from core.drafts import Task
from core.prompts import instructions
from pathlib import Path
import bot
upgrade_sqlite(Path("frontdesk.db"))
print(Path(bot.__file__).parent.parent)
print(all(instructions(task) for task in Task))
print(len(PlaygroundDirectory.read(DEMO / "people.yml").residents))
print(asset("index.html").status, asset("app.js").status)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Prompts, lexicon, exemplars, pages, articles, people and migrations travel with the code."""
    wanted = {
        str(path.relative_to(ROOT))
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    assert wanted - names == set()
    assert len([each for each in names if each.startswith("bot/demo/articles/")]) >= 40
    assert {each.partition("/")[0] for each in names} == {
        *PACKAGES,
        "frontdesk_bot-0.1.0.dist-info",
    }


def test_the_wheel_is_private_and_brings_the_command(wheel: Path) -> None:
    """It cannot be uploaded by accident, and ``frontdesk`` starts it."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read("frontdesk_bot-0.1.0.dist-info/METADATA").decode()
        scripts = archive.read("frontdesk_bot-0.1.0.dist-info/entry_points.txt").decode()

    assert "Classifier: Private :: Do Not Upload" in metadata
    assert "frontdesk = bot.__main__:main" in scripts


def test_an_installed_wheel_finds_its_files(wheel: Path, tmp_path: Path) -> None:
    """Away from this tree it reads its prompts, people, pages and migrations."""
    place = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)

    environment = {**os.environ, "PYTHONPATH": str(place)}
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.splitlines() == [str(place), "True", "5", "200 200"], done.stderr
