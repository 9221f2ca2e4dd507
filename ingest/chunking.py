"""Articles split into passages by sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, with `article.body[start:end] == text` in code points.

    `id` hashes the article's id, the text and its occurrence, so unchanged text keeps its id and a repeated
    paragraph gets two.
    """

    id: str
    article_id: str
    start: int
    end: int
    text: str
