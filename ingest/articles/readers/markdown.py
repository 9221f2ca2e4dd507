"""Markdown with front matter, in YAML between `---` lines or TOML between `+++` lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

import yaml

from ingest.articles.dates import iso_date
from ingest.articles.readers.bylines import people, with_head
from ingest.articles.readers.document import Document, Reject, too_long
from ingest.articles.readers.encoding import Undecodable, decode

_MATTER = re.compile(r"\s*(---|\+\+\+)[ \t]*\n(.*?)^(?:\1|\.\.\.)[ \t]*$\n?", re.S | re.M)
_LONGEST_MATTER = 20_000
# a field, perhaps with a list below
_LOOSE_FIELD = re.compile(r"^([A-Za-z][\w -]{0,30}):(?=\s)[ \t]*(.*(?:\n(?:[ \t]+|- ).*)*)", re.M)
# A tag, an anchor, an alias, a block, or a list or object with no words behind it: "[Update] Bridge opens" is a title.
_MARKED_UP = re.compile(r"[!&*|>]|[\[{](?![^\[\]{}]*[\]}]\s+\S)")


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    try:
        text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    except Undecodable as error:
        yield Reject(name, f"Not readable as text: {error}.")
        return
    matter = _MATTER.match(text[:_LONGEST_MATTER])
    fields: dict[str, object] = {}
    if matter:
        try:
            fields = _fields(matter[2], toml=matter[1] == "+++")
        except FrontMatterBroken as error:
            yield Reject(name, f"Its front matter cannot be read: {error}. Mend it, or remove it.")
            return
    yield too_long(text, name) or with_head(
        Document(
            text[matter.end() :] if matter and fields else text,
            form="markdown",
            title=_title(fields),
            url=_text(fields, "url", "link", "canonical", "canonical_url", "permalink"),
            source=_text(fields, "source", "publisher", "site", "sitename"),
            author=_names(fields, "author", "authors", "byline"),
            language=_text(fields, "language", "lang"),
            published=next(
                (
                    day
                    for key in ("published", "date", "publishdate", "pubdate", "published_at", "created")
                    if (day := iso_date(fields.get(key)))
                ),
                None,
            ),
        )
    )


class FrontMatterBroken(ValueError):
    """Front matter stands there and does not parse; the message is a phrase for a reject's reason."""


def _fields(written: str, toml: bool) -> dict[str, object]:
    """The fields by lower-case name; none when what stands between the rules is prose, not fields."""
    if toml:
        try:
            parsed: object = tomllib.loads(written)
        except tomllib.TOMLDecodeError as error:
            raise FrontMatterBroken(str(error)) from error
        except RecursionError as error:
            raise FrontMatterBroken("it nests too deep") from error
    else:
        try:
            parsed = yaml.safe_load(written)
        except (yaml.YAMLError, ValueError, RecursionError):
            return _loose_fields(written)
    if not isinstance(parsed, Mapping):
        return {}
    return {str(key).lower(): value for key, value in parsed.items()}


def _loose_fields(written: str) -> dict[str, object]:
    """`key: value` lines taken at their word: "title: Tehran: the visit" is no YAML, and yet it is clear."""
    return {key.lower(): _loose_value(value.rstrip()) for key, value in _LOOSE_FIELD.findall(written)}


def _loose_value(written: str) -> object:
    """A value as YAML reads it where it stands alone, else its words; None for what only YAML could mean."""
    words = written.split("\n", 1)[0].strip()
    try:
        parsed = yaml.safe_load(written)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None if _MARKED_UP.match(words) else words
    if isinstance(parsed, Mapping) and words and not words.startswith("{"):
        return words  # "Tehran: the visit"
    return words if parsed is None else parsed


def _title(fields: Mapping[str, object]) -> str | None:
    """A title is a string, or the number that "1984" is to YAML; nothing else can be shown as one."""
    values = (fields.get(name) for name in ("title", "headline"))
    return next(
        (
            str(value).strip()
            for value in values
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip()
        ),
        None,
    )


def _text(fields: Mapping[str, object], *names: str) -> str | None:
    values = (fields.get(name) for name in names)
    return next(
        (str(value).strip() for value in values if isinstance(value, str | int) and str(value).strip()), None
    )


def _names(fields: Mapping[str, object], *names: str) -> str | None:
    for name in names:
        value = fields.get(name)
        listed = value if isinstance(value, list) else [value]
        said = [one.get("name") if isinstance(one, Mapping) else one for one in listed]
        if joined := people(str(one) for one in said if isinstance(one, str | int)):
            return joined
    return None
