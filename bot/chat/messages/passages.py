"""The quoted words in their context (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.chat.messages.language import Words
from bot.chat.messages.markup import length, one_line, plain
from bot.chat.messages.rendering import TEXT_LIMIT
from bot.qa.answers import Answer, Citation
from bot.qa.excerpts import AROUND, context
from ingest.articles.article import Article


def passage_texts(
    answer: Answer, number: int, articles: Mapping[str, Article], words: Words, around: int = AROUND
) -> list[str]:
    """One text for each citation (of that number; 0: of all), its words in bold; each fits a message."""
    chosen = [one for one in answer.citations if number in {0, one.number}]
    return [
        _passage(citation, articles.get(citation.article.article_id), words, around)
        for citation in sorted(chosen, key=lambda one: one.number)
    ]


def _passage(citation: Citation, article: Article | None, words: Words, around: int) -> str:
    head = f"**\\[{citation.number}\\] {plain(one_line(citation.article.title, 150))}**"
    if article is None or article.body[citation.start : citation.end] != citation.quote:
        note = words("The article has changed since; these were its words:")
        return f"{head}\n-# {note}\n> {plain(one_line(citation.quote, 3_000))}"
    before, after = context(article.body, citation.start, citation.end, around)
    quote = " ".join(citation.quote.split())
    text = f"{_folded(before)}**{plain(quote)}**{_folded(after)}"
    whole = f"{head}\n{text}"
    return whole if length(whole) <= TEXT_LIMIT else f"{head}\n**{plain(one_line(quote, 1_800))}**"


def _folded(text: str) -> str:
    """Escaped, with single line ends folded; the space between it and the quote is kept."""
    return plain(re.sub(r"[^\S\n]+", " ", re.sub(r"\n{2,}", "\n", text)))
