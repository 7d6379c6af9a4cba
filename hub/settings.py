"""What a hub needs to be told, in one typed object: defaults, then ``hub.toml``, then the environment (``HUB_...``).

Guarantee: nothing else in the hub reads the environment or a configuration file. The defaults run a trial on one
machine: SQLite under ``home``, the table log, HTTP on the loopback address. Paths start at the working directory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class Settings(BaseSettings):
    """All options, each with its default and what it costs to change it."""

    model_config = SettingsConfigDict(
        env_prefix="HUB_", toml_file="hub.toml", extra="forbid", env_ignore_empty=True, frozen=True
    )

    home: Path = Field(default=Path("var"), description="folder of the trial's databases and lock files")
    database: str = Field(
        default="", description='"" = SQLite under home; else postgresql+psycopg://user:password@host:port/name'
    )
    city: str = Field(default="532301", pattern=r"^\d{6}$", description="region code that starts every case number")
    pack: Path | None = Field(default=None, description="policy pack (TOML); none = those shipped with the hub")
    days_off: Path | None = Field(default=None, description="days off set by hand (TOML), on top of the calendar; none")

    kafka: str = Field(default="", description='bootstrap servers; "" = the table log, no broker')
    kafka_user: str = Field(default="", description="SASL user; empty = no authentication")
    kafka_password: SecretStr = Field(default=SecretStr(""))
    kafka_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    kafka_ca: Path | None = Field(default=None, description="certificate authority of the brokers; none = no TLS")
    topic_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,60}$", description="put before every topic name")

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    http_secure: bool = Field(default=False, description="cookies of people over https only; set it behind a TLS proxy")

    document_font: str = Field(
        default="", max_length=31, description='font of documents (文书); "" = 仿宋, with alternatives beside it'
    )
    document_font_file: Path | None = Field(
        default=None, description="font file whose characters documents are checked against; none = Noto CJK if there"
    )

    cache: int = Field(default=200_000, ge=1, description="disputes whose state is kept in memory, about 1 KB each")
    log_format: Literal["json", "console"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("database")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must be empty, sqlite:///path or postgresql+psycopg://user:password@host:port/name")
        return value

    @property
    def store_url(self) -> str:
        """Where events are accepted: ``database``, or ``hub.db`` under ``home``."""
        return self.database or f"sqlite:///{self.home / 'hub.db'}"

    @property
    def views_url(self) -> str:
        """Where views are kept: the same PostgreSQL, or ``views.db`` beside ``hub.db`` (deleting it is safe)."""
        if self.store_url.startswith("sqlite:///"):
            return f"sqlite:///{Path(self.store_url.removeprefix('sqlite:///')).with_name('views.db')}"
        return self.database

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over ``hub.toml``."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
