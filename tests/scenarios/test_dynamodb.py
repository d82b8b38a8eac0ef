"""With DynamoDB the product says what it says without."""

from __future__ import annotations

import pytest

from tests.conftest import OpenOffice
from tests.scenarios.test_redis import TALK, looks, talk

pytestmark = pytest.mark.only_in_process("DynamoDB knows nothing of platforms")


async def test_a_conversation_goes_on_from_a_table(
    open_office: OpenOffice, dynamodb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every turn after the first looks for its session there; a slow answer is not waited for."""
    monkeypatch.setenv("FRONTDESK_SESSION_URL", dynamodb_url)
    office = await open_office()

    await talk(office)

    assert sum(looks(office).values()) == len(TALK) - 1
    assert looks(office)["hit"] > 0


async def test_without_its_table_it_goes_on_too(
    open_office: OpenOffice, dynamodb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check says what is out of reach."""
    nowhere = dynamodb_url.replace("sessions-", "nothing-")
    monkeypatch.setenv("FRONTDESK_SESSION_URL", nowhere)
    office = await open_office()

    await talk(office)

    assert "hit" not in looks(office)
    assert "Session copies: not reached" in await office.person("alex").commands("check")
