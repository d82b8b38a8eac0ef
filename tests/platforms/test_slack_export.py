"""Files in Slack: into the direct messages with their person, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.slack.courier import SENT, SlackCourier
from core.dossier import File
from core.errors import PlatformError, Refused
from core.ids import AccountKey
from tests.fakes.slack import Fault, eventually
from tests.fakes.slack_events import command
from tests.platforms.slack_setup import US, adapter, product

QUESTION = "When is a laptop replaced?"
FILE = File("a.md", b"hello", "text/markdown")


async def test_an_export_is_uploaded_to_its_person_alone(tmp_path: Path) -> None:
    """Two files in one message of the direct chat; the channel sees nothing of it."""
    async with product(tmp_path) as made:
        await made.ask(QUESTION)
        await eventually(lambda: bool(made.slack.visible("C1")))

        answer = await made.sender.command(command("export"))

        placed = [each for each in made.slack.log if each.what == "file"]
        assert SENT in str(answer)
        assert [each.channel for each in placed] == ["DU1", "DU1"]
        assert [Path(each.message["title"]).suffix for each in placed] == [".json", ".md"]
        for content in made.slack.files.values():
            assert QUESTION in content.decode()


async def test_a95_a_file_goes_to_no_host_but_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address elsewhere gets neither the file nor our token."""
    async with adapter() as made:
        courier = SlackCourier(made.api, made.poster.private)
        for url, good in (
            ("https://files.slack.com/upload/v1/A", True),
            ("https://files.slack.com.evil.com/upload", False),
            ("https://user@files.slack.com/upload", False),
            ("http://files.slack.com/upload", False),
            ("http://169.254.169.254/latest", False),
            ("https://files.slack.com:8443/upload", False),
        ):
            assert courier._is_slack(url) is good

        elsewhere = {"ok": True, "upload_url": "http://127.0.0.1:9/steal", "file_id": "F1"}
        monkeypatch.setattr(made.slack, "_upload_url", lambda _: elsewhere)
        with pytest.raises(Refused, match="upload_url_not_slack"):
            await courier.deliver(AccountKey(US.workspace, "U1"), [FILE])


async def test_an_upload_that_fails_is_not_shown_in_part() -> None:
    """Nothing stands in the chat before everything is there."""
    async with adapter() as made:
        courier = SlackCourier(made.api, made.poster.private)
        made.slack.faults.append(Fault("files.completeUploadExternal", error="internal_error"))

        with pytest.raises(PlatformError):
            await courier.deliver(AccountKey(US.workspace, "U1"), [FILE])

        assert [each for each in made.slack.log if each.what == "file"] == []
