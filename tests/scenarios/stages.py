"""All stages on which the stories play, by name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from core.ports import Model
from tests.scenarios.in_process import in_process
from tests.scenarios.slack_stage import on_slack, on_slack_with_claude
from tests.scenarios.stage import Stage
from tests.scenarios.teams_stage import on_teams

# A folder for its files, a database file with the sample documents, the documents, and the model;
# none is the offline one.
Opening = Callable[[Path, Path, Path, Model | None], AbstractAsyncContextManager[Stage]]

IN_PROCESS = "in process"
STAGES: dict[str, Opening] = {
    IN_PROCESS: in_process,
    "slack": on_slack,
    "slack claude": on_slack_with_claude,
    "teams": on_teams,
}
