"""What the operator decides, from the environment; every problem is named at once."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.addresses import ADDRESSES, known
from bot.embedding_settings import embedding_problem
from bot.platform_settings import slack_problem, teams_problem
from core.errors import SettingsError

DEMO = Path(__file__).parent / "demo"
SQLITE, POSTGRES = ("sqlite", "sqlite+aiosqlite"), ("postgresql", "postgres")


class Role(StrEnum):
    """What a process does: take in what platforms send, answer it, or both."""

    INGRESS = "ingress"
    WORKER = "worker"
    ALL = "all"


class Settings(BaseSettings):
    """The settings of one process, frozen.

    Prices are US dollars per million tokens, as published on 2026-11-01. ``answer_within``
    is in hours; 0 means always.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(Path("var"), validation_alias="FRONTDESK_DATA_DIR")
    database_url: SecretStr | None = Field(None, validation_alias="FRONTDESK_DATABASE_URL")
    role: Role = Field(Role.ALL, validation_alias="FRONTDESK_ROLE")
    redis_url: SecretStr | None = Field(None, validation_alias="FRONTDESK_REDIS_URL")
    session_url: str = Field("", validation_alias="FRONTDESK_SESSION_URL")
    knowledge: Path | None = Field(None, validation_alias="FRONTDESK_KNOWLEDGE")
    embedding_folder: Path | None = Field(None, validation_alias="FRONTDESK_EMBEDDING_FOLDER")
    embedding_url: str = Field("", validation_alias="FRONTDESK_EMBEDDING_URL")
    embedding_model: str = Field("", validation_alias="FRONTDESK_EMBEDDING_MODEL")
    embedding_key: SecretStr | None = Field(None, validation_alias="FRONTDESK_EMBEDDING_KEY")
    embedding_size: int = Field(0, ge=0, le=4_096, validation_alias="FRONTDESK_EMBEDDING_SIZE")
    web_hours: float = Field(6.0, gt=0, le=1_000, validation_alias="FRONTDESK_WEB_HOURS")
    intranet: str = Field("", validation_alias="FRONTDESK_INTRANET", max_length=4_000)
    port: int = Field(3978, ge=0, le=65_535, validation_alias="PORT")
    local_port: int = Field(3979, ge=0, le=65_535, validation_alias="FRONTDESK_LOCAL_PORT")
    admins: str = Field("", validation_alias="FRONTDESK_ADMINS", max_length=4_000)
    model: str = Field("claude-sonnet-5-5", validation_alias="FRONTDESK_MODEL", min_length=1)
    small_model: str = Field(
        "claude-haiku-5-5", validation_alias="FRONTDESK_SMALL_MODEL", min_length=1
    )
    price_in: Decimal = Field(Decimal(2), ge=0, validation_alias="FRONTDESK_PRICE_IN")
    price_out: Decimal = Field(Decimal(10), ge=0, validation_alias="FRONTDESK_PRICE_OUT")
    price_cached: Decimal = Field(Decimal("0.2"), ge=0, validation_alias="FRONTDESK_PRICE_CACHED")
    small_price_in: Decimal = Field(
        Decimal("0.1"), ge=0, validation_alias="FRONTDESK_SMALL_PRICE_IN"
    )
    small_price_out: Decimal = Field(
        Decimal("0.5"), ge=0, validation_alias="FRONTDESK_SMALL_PRICE_OUT"
    )
    small_price_cached: Decimal = Field(
        Decimal("0.01"), ge=0, validation_alias="FRONTDESK_SMALL_PRICE_CACHED"
    )
    fallback_model: str = Field("", validation_alias="FRONTDESK_FALLBACK_MODEL")
    fallback_price_in: Decimal = Field(
        Decimal(4), ge=0, validation_alias="FRONTDESK_FALLBACK_PRICE_IN"
    )
    fallback_price_out: Decimal = Field(
        Decimal(20), ge=0, validation_alias="FRONTDESK_FALLBACK_PRICE_OUT"
    )
    fallback_price_cached: Decimal = Field(
        Decimal("0.2"), ge=0, validation_alias="FRONTDESK_FALLBACK_PRICE_CACHED"
    )
    anthropic_api_key: SecretStr | None = Field(None, validation_alias="ANTHROPIC_API_KEY")
    anthropic_base_url: str = Field("", validation_alias="ANTHROPIC_BASE_URL")
    model_stream: bool = Field(False, validation_alias="FRONTDESK_MODEL_STREAM")  # noqa: FBT003 - a default
    router: Literal["model", "local"] = Field("model", validation_alias="FRONTDESK_ROUTER")
    slack_bot_token: SecretStr | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    slack_app_token: SecretStr | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    slack_api_base_url: str = Field("", validation_alias="SLACK_API_BASE_URL")
    slack_socket: bool = Field(False, validation_alias="FRONTDESK_SLACK_SOCKET")  # noqa: FBT003 - likewise
    teams_app_id: str = Field("", validation_alias="TEAMS_APP_ID")
    teams_app_password: SecretStr | None = Field(None, validation_alias="TEAMS_APP_PASSWORD")
    teams_tenant_id: str = Field("", validation_alias="TEAMS_TENANT_ID")
    teams_openid_url: str = Field(
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        validation_alias="TEAMS_OPENID_URL",
    )
    teams_login_url: str = Field(
        "https://login.microsoftonline.com", validation_alias="TEAMS_LOGIN_URL"
    )
    teams_service_hosts: str = Field("", validation_alias="TEAMS_SERVICE_HOSTS", max_length=2_000)
    teams_targeted_messages: bool = Field(
        False,  # noqa: FBT003 - likewise
        validation_alias="TEAMS_TARGETED_MESSAGES",
    )
    answer_within: float = Field(0.0, ge=0, le=1_000, validation_alias="FRONTDESK_ANSWER_WITHIN")
    keep_days: int = Field(90, ge=7, le=3_650, validation_alias="FRONTDESK_KEEP_DAYS")
    ledger_days: int = Field(400, ge=7, le=3_650, validation_alias="FRONTDESK_LEDGER_DAYS")
    workers: int = Field(16, ge=1, le=256, validation_alias="FRONTDESK_WORKERS")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value and urlsplit(value.get_secret_value()).scheme not in (*SQLITE, *POSTGRES):
            raise ValueError(
                "must look like sqlite:///path/to/frontdesk.db or"
                " postgresql://user:password@host:5432/frontdesk"
            )
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value and urlsplit(value.get_secret_value()).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("has no scheme; write redis://host:6379/0")
        return value

    @field_validator(*ADDRESSES)
    @classmethod
    def _known_address(cls, value: str, info: ValidationInfo) -> str:
        return known(str(info.field_name), value)

    @field_validator("anthropic_api_key", "embedding_key")
    @classmethod
    def _sendable(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[!-~]+", value.get_secret_value()):
            raise ValueError("has a character that no key has; was it copied with a space?")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        """What only shows when several are looked at, all of it together."""
        platforms = (slack_problem(self), teams_problem(self))
        problems = (self._ports(), self._roles(), embedding_problem(self), *platforms)
        if any(problems):
            raise ValueError(". ".join(filter(None, problems)))
        return self

    def _ports(self) -> str:
        same = self.port and self.port == self.local_port
        return "PORT and FRONTDESK_LOCAL_PORT must be two different ports" if same else ""

    def _roles(self) -> str:
        if self.role is Role.ALL or self.postgres_url:
            return ""
        return (
            f"The role {self.role} is for several processes; SQLite is for one. Set"
            " FRONTDESK_DATABASE_URL to postgresql://…, or run without a role"
        )

    @property
    def database_path(self) -> Path:
        """Where the database is, on SQLite."""
        if self.database_url is None:
            return self.data_dir / "frontdesk.db"
        path = urlsplit(self.database_url.get_secret_value()).path
        return Path(path.removeprefix("/") or "frontdesk.db")

    @property
    def postgres_url(self) -> str:
        """Where the database is, on PostgreSQL, with its password; else empty."""
        url = self.database_url.get_secret_value() if self.database_url else ""
        return url if urlsplit(url).scheme in POSTGRES else ""

    @property
    def embeds(self) -> bool:
        """Whether there is a model that makes vectors."""
        return self.embedding_folder is not None or bool(self.embedding_url)

    @property
    def on_a_platform(self) -> bool:
        """Whether Slack or Teams is configured."""
        return self.slack_bot_token is not None or bool(self.teams_app_id)


def read(*, socket: bool = False, role: Role | None = None) -> Settings:
    """The settings of the environment.

    Args:
        socket: Slack is heard through a socket, whatever the environment says.
        role: What this process does, whatever the environment says.

    Raises:
        SettingsError: One or more cannot be used; the text has a sentence for each.
    """
    said: dict[str, Any] = {"FRONTDESK_SLACK_SOCKET": True} if socket else {}
    if role is not None:
        said["FRONTDESK_ROLE"] = role
    try:
        return Settings(**said)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, each['loc'])) or 'Settings'}: "
            f"{each['msg'].removeprefix('Value error, ')}."
            for each in error.errors(include_input=False)
        ]
        raise SettingsError(" ".join(problems)) from None
