"""What a developer has set for their own use stays out of the tests."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LEFT = "import os, tests.conftest; print(*os.environ)"


@pytest.mark.parametrize(
    "name", ["ANTHROPIC_API_KEY", "AWS_PROFILE", "FRONTDESK_ROUTER", "SLACK_BOT_TOKEN", "PORT"]
)
def test_a_developers_own_setting_reaches_no_test(name: str) -> None:
    """Neither a key that costs money nor an account that holds real tables."""
    done = subprocess.run(
        [sys.executable, "-c", LEFT],
        env={**os.environ, name: "mine"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert name not in done.stdout.split()
