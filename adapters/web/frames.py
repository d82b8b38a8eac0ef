"""What the playground's page may send over its socket, bounded and closed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Short = Annotated[str, Field(max_length=200)]


class View(BaseModel):
    """Who looks out of each pane."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["view"]
    viewing: dict[Literal["employee", "support", "admin"], Short]


class Say(BaseModel):
    """Somebody writes a message."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    do: Literal["say"]
    by: Short = Field(alias="as")
    channel: Short
    thread: Short | None = None
    text: str = Field(min_length=1, max_length=60_000)
    key: Short


class Press(BaseModel):
    """Somebody presses a button."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    do: Literal["press"]
    by: Short = Field(alias="as")
    message: Short
    action: Short
    value: Short
    key: Short


class SlashCommand(BaseModel):
    """Somebody gives a command."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    do: Literal["command"]
    by: Short = Field(alias="as")
    channel: Short
    text: str = Field(max_length=4_000)
    key: Short


Frame = Annotated[View | Say | Press | SlashCommand, Field(discriminator="do")]
FRAME: TypeAdapter[View | Say | Press | SlashCommand] = TypeAdapter(Frame)
