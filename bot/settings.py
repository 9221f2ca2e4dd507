"""The tables of config.toml that the bot owns, beside those of ingest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast

from pydantic import Field

from ingest.settings import INGEST_TABLES, IngestSettings, Table, expanded, ingest_settings, read_tables


class RetrievalSettings(Table):
    passages: int = Field(8, ge=1, le=50)
    rerank_url: str = Field("", pattern=r"^(https?://\S+)?$")
    rerank_model: str = ""


class AnsweringSettings(Table):
    provider: Literal["quoting", "openai"] = "quoting"
    model: str = "gpt-4o-mini"
    base_url: str = ""
    deadline_seconds: float = Field(30.0, gt=0)
    daily_tokens: int = Field(0, ge=0)
    second_look: bool = True


class DiscordSettings(Table):
    home_servers: tuple[int, ...] = ()
    allowed_servers: tuple[int, ...] = ()
    admin_roles: tuple[int, ...] = ()
    allowed_roles: tuple[int, ...] = ()
    allowed_channels: tuple[int, ...] = ()
    ignored_channels: tuple[int, ...] = ()
    private_channels: tuple[int, ...] = ()
    threads: bool = True
    cooldown_seconds: float = Field(0.0, ge=0)
    channel_cooldown_seconds: float = Field(0.0, ge=0)
    at_once: int = Field(4, ge=1)
    gaps_channel: int = Field(0, ge=0)
    announce_channel: int = Field(0, ge=0)
    announce_sources: tuple[str, ...] = ()
    announce_an_hour: int = Field(6, ge=1)
    digest_channel: int = Field(0, ge=0)
    digest_topic: str = ""
    digest_days: int = Field(7, ge=1)
    watches_a_person: int = Field(10, ge=0, le=12)
    watches_a_server: int = Field(200, ge=0)
    shutdown_seconds: float = Field(10.0, ge=0)


class ReaderSettings(Table):
    address: str = "127.0.0.1:8080"
    public_url: str = Field("", pattern=r"^(https?://\S+)?$")
    public: bool = False
    link_days: int = Field(30, ge=1)


class ApiSettings(Table):
    address: str = ""
    tokens: Path | None = None
    per_minute: int = Field(60, ge=0)
    open_page: bool = False


class MetricsSettings(Table):
    address: str = "127.0.0.1:8081"


class RecordsSettings(Table):
    path: Path = Path("data/records.sqlite")
    keep_days: int = Field(90, ge=0)
    watch_days: int = Field(365, ge=0)


class Settings(Table):
    """Everything the bot needs; paths are absolute. `config` is the file that was read."""

    config: Path
    ingest: IngestSettings
    retrieval: RetrievalSettings
    answering: AnsweringSettings
    discord: DiscordSettings
    reader: ReaderSettings
    api: ApiSettings
    metrics: MetricsSettings
    records: RecordsSettings


BOT_TABLES: Mapping[str, type[Table]] = {
    "retrieval": RetrievalSettings,
    "answering": AnsweringSettings,
    "discord": DiscordSettings,
    "reader": ReaderSettings,
    "api": ApiSettings,
    "metrics": MetricsSettings,
    "records": RecordsSettings,
}


def load_settings(path: Path) -> Settings:
    """Read config.toml, or raise a ConfigError that names the line at fault."""
    tables = read_tables(path, {**INGEST_TABLES, **BOT_TABLES})
    ingest = ingest_settings(path, tables)
    records = cast("RecordsSettings", tables["records"])
    placed = records.model_copy(update={"path": ingest.base / records.path.expanduser()})
    api = cast("ApiSettings", tables["api"])
    if api.tokens is not None:
        api = api.model_copy(update={"tokens": ingest.base / expanded(api.tokens)})
    own = {name: tables[name] for name in BOT_TABLES} | {"records": placed, "api": api}
    return Settings.model_construct(config=path.resolve(), ingest=ingest, **own)  # type: ignore[arg-type]


def secret(name: str) -> str | None:
    """A secret from the environment, or None; empty counts as absent."""
    return os.environ.get(name, "").strip() or None
