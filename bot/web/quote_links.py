"""Where each citation of an answer opens: at the quoted words where that can be (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.qa.answers import Answer
from bot.web.signed_links import ReaderAddresses
from bot.web.text_fragments import fragment_url
from ingest.articles.article import Article


@dataclass(frozen=True, slots=True)
class Links:
    """Where a citation can be opened: at its original address, and in Byline's own reader."""

    web: str | None = None
    reader: str | None = None


def quote_links(
    answer: Answer, key: str | None, articles: Mapping[str, Article], addresses: ReaderAddresses | None
) -> dict[int, Links]:
    """By the citation's place in the answer. `key`: None of an answer not on record. `articles` are those cited,
    by id, as far as they are still there.
    """
    made: dict[int, Links] = {}
    for place, citation in enumerate(answer.citations):
        article, url = articles.get(citation.article.article_id), citation.article.url
        stands = article is not None and article.body[citation.start : citation.end] == citation.quote
        if url and article is not None and stands:
            url = fragment_url(url, article.body, citation.start, citation.end)
        reader = addresses.answer(key, place) if addresses and key else None
        made[place] = Links(url, reader)
    return made
