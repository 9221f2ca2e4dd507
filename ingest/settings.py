"""The tables of config.toml that ingest owns, and the reading of any table."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from ingest.errors import ConfigError

DEFAULT_CONFIG = Path("config.toml")


def expanded(path: Path) -> Path:
    """`path` with "~" as the home it stands for. Raises ConfigError for nobody's home and for what is no path."""
    if "\0" in str(path):
        raise ConfigError(f"{str(path)!r} is no path: it holds a NUL character.")
    try:
        return path.expanduser()
    except RuntimeError:
        raise ConfigError(f"{path}: there is no such user's home folder; write the path out.") from None


class Table(BaseModel):
    """One table of config.toml. Its fields are its keys; a key that is not a field is an error that names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSettings(Table):
    """One entry of `[corpus] sources`: a path or a URL, and what its articles do not say themselves."""

    path: str = ""
    url: str = ""
    kind: Literal["page", "feed", "sitemap"] = "page"
    source: str | None = None
    language: str | None = Field(default=None, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    max_age_days: int | None = Field(default=None, ge=1, le=365_000)
    limit: int = Field(default=1_000, ge=1)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.path) == bool(self.url):
            raise PydanticCustomError("one_place", "a source has either a path or a url")
        if self.path and "kind" in self.model_fields_set:
            raise PydanticCustomError(
                "kind_of_path", "kind belongs to a url; a path says by its name what it is"
            )
        return self


class CorpusSettings(Table):
    paths: tuple[str, ...] = ("articles",)
    sources: tuple[SourceSettings, ...] = ()
    uploads: Path = Path("data/uploads")
    max_removed: float = Field(0.2, ge=0, le=1)
    refresh_minutes: float = Field(0, ge=0)
    seconds_between_requests: float = Field(1.0, ge=0)


class IndexSettings(Table):
    directory: Path = Path("data/index")
    version_days: int = Field(default=90, ge=0)
    chroma: str = Field("local", pattern=r"^(local|cloud|https?://\S+)$")


class EmbeddingSettings(Table):
    provider: Literal["local", "openai"] = "local"
    model: str = ""
    base_url: str = ""


class IngestSettings(Table):
    """Everything `python -m ingest` needs; paths are absolute once loaded."""

    base: Path
    corpus: CorpusSettings
    index: IndexSettings
    embedding: EmbeddingSettings


INGEST_TABLES: Mapping[str, type[Table]] = {
    "corpus": CorpusSettings,
    "index": IndexSettings,
    "embedding": EmbeddingSettings,
}
# named here so that a mistyped table is told from one that belongs to the bot
BOT_TABLES = ("answering", "api", "discord", "reader", "records", "retrieval", "metrics")


def load_ingest_settings(path: Path) -> IngestSettings:
    """Read config.toml, or raise a ConfigError that names the line at fault."""
    return ingest_settings(path, read_tables(path, INGEST_TABLES, others=BOT_TABLES))


def ingest_settings(path: Path, tables: Mapping[str, Table]) -> IngestSettings:
    """The ingest tables with their relative paths made absolute against the config file's folder."""
    base = path.resolve().parent
    index, corpus = tables["index"], tables["corpus"]
    assert isinstance(index, IndexSettings)
    assert isinstance(corpus, CorpusSettings)
    return IngestSettings.model_construct(
        base=base,
        corpus=corpus.model_copy(update={"uploads": base / expanded(corpus.uploads)}),
        index=index.model_copy(update={"directory": base / expanded(index.directory)}),
        embedding=tables["embedding"],
    )


def read_tables(
    path: Path, tables: Mapping[str, type[Table]], others: tuple[str, ...] = ()
) -> dict[str, Table]:
    """Every table of `tables`, with defaults where the file is silent. `others` may stand in the file unread."""
    written = _parse(path)
    known = (*tables, *others)
    for name, value in written.items():
        if not isinstance(value, dict):
            homes = [table for table, fields in tables.items() if name in fields.model_fields]
            home = (
                f"put it below the line [{homes[0]}]"
                if homes
                else "put it below its table's line, as [corpus]"
            )
            raise ConfigError(f"{path}: the key {name!r} stands outside every table; {home}.")
        if name not in known:
            raise ConfigError(f"{path}: there is no table [{name}]{_nearest(name, known)}")
    return {name: _table(path, name, table, written.get(name, {})) for name, table in tables.items()}


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"There is no config file at {path}. Run from the folder that has config.toml, or name it with --config."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as UTF-8 text: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


_WANTED = {
    "tuple_type": 'a list, as ["one", "two"]',
    "string_type": "text in quotation marks",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "path_type": "a path in quotation marks",
    "string_pattern_mismatch": "written as config.toml shows it",
}


def _table(path: Path, name: str, table: type[Table], written: dict[str, Any]) -> Table:
    try:
        return table.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            owner = SourceSettings if key.startswith("sources.") else table
            hint = _nearest(str(first["loc"][-1]), tuple(owner.model_fields))
            raise ConfigError(f"{path}: [{name}] has no key {key!r}{hint}") from None
        if first["type"] in ("one_place", "kind_of_path"):
            raise ConfigError(f"{path}: [{name}] {key}: {first['msg']}.") from None
        wanted = _WANTED.get(first["type"], first["msg"].removeprefix("Input should be "))
        raise ConfigError(f"{path}: [{name}] {key} must be {wanted}, not {first['input']!r}.") from None


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f" (there are: {', '.join(sorted(known))})."
