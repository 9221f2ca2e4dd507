"""What a reader hands on: a document as it was found, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["markdown", "plain", "extracted"]

HARD_BREAK = "  \n"
"""As in Markdown: in "extracted" text the next line is not this one going on."""


@dataclass(frozen=True, slots=True)
class Document:
    """One article as its file holds it, not yet cleaned.

    `form` says what `text` is: Markdown, plain text, or paragraphs that the reader already took out of a page's
    furniture ("extracted"). `row` is the row's own id in a file of many, `line` its line (0 for a whole file).
    `published` is ISO 8601 or None, `language` the code that it declares itself, such as "en" or "en-GB".
    """

    text: str
    form: Form = "plain"
    title: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    row: str | None = None
    line: int = 0
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that could not be read as an article, and why, in words for the person who keeps the corpus."""

    path: str
    reason: str


MOST_CHARACTERS = 3_000_000


def too_long(text: str, place: str) -> Reject | None:
    """The reject for a text that no article is as long as: cleaning and splitting it would hold up the rest."""
    if len(text) <= MOST_CHARACTERS:
        return None
    return Reject(
        place, f"The text is longer than {MOST_CHARACTERS // 1_000_000} million characters; split it."
    )
