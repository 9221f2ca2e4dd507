"""A bad run cannot empty the corpus: how many articles may disappear at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ingest.articles.article import Article
from ingest.errors import UserFacingError
from ingest.index.catalogue import Catalogue

FEW = 5  # as many may always go, unless nothing would be left: a small folder changes by large shares
_NAMED = 10


class TooManyRemoved(UserFacingError):
    """More articles would disappear than `[corpus] max_removed` allows; nothing was published."""

    def __init__(self, removed: int, articles: int, share: float, titles: Sequence[str]) -> None:
        super().__init__(
            f"{removed} of {articles} articles would disappear, more than [corpus] max_removed = {share:g} allows, so "
            "nothing was changed. Check the sources; if it is meant, run `python -m ingest --allow-removals`."
        )
        self.removals: dict[str, Any] = {"removed": removed, "articles": articles, "titles": list(titles)}


def check_removals(
    catalogue: Catalogue, removed: Iterable[str], added: Iterable[Article], max_removed: float
) -> None:
    """Raise TooManyRemoved when more than the share `max_removed` of the catalogue's articles would disappear.

    `removed` are those that nobody asked to remove. One whose text an added article has was only moved.
    """
    total, names = catalogue.count("articles"), list(removed)
    if not _too_many(len(names), total, max_removed):
        return
    texts = {hash((article.title, article.body)) for article in added}
    gone = catalogue.articles(names).values()
    lost = [article for article in gone if hash((article.title, article.body)) not in texts]
    if _too_many(len(lost), total, max_removed):
        raise TooManyRemoved(len(lost), total, max_removed, [article.title for article in lost[:_NAMED]])


def _too_many(removed: int, total: int, share: float) -> bool:
    return removed > share * total and (removed > FEW or (removed == total and total > 1))
