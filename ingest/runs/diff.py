"""The articles read, against those that the last generation holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ingest.articles.article import Article, Recognised, content_hash
from ingest.sources.corpus_reader import CorpusReading


@dataclass(frozen=True, slots=True)
class Comparison:
    """The articles read, against those that the last generation holds."""

    added: tuple[Article | Recognised, ...]
    changed: tuple[Article | Recognised, ...]
    removed: tuple[str, ...]
    unchanged: int

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.removed)

    def leaving_out(self, unwanted: Collection[str], held: Collection[str]) -> Comparison:
        """Without the articles that somebody removed or that are too old, wherever they stand."""
        added = tuple(article for article in self.added if article.id not in unwanted)
        changed = tuple(article for article in self.changed if article.id not in unwanted)
        gone = {*self.removed, *unwanted}
        removed = tuple(name for name in held if name in gone)
        return Comparison(added, changed, removed, len(held) - len(changed) - len(removed))


def compare(
    found: Mapping[str, Article | Recognised], held: dict[str, tuple[str, str, str]], reading: CorpusReading
) -> Comparison:
    """Sort the articles into added, changed, removed and unchanged.

    An article is removed only when the configured source that held it was read in full, its own file was read
    without fault, and it is not there any more.
    """
    parsed = [article for article in found.values() if isinstance(article, Article)]
    added = tuple(article for article in parsed if article.id not in held)
    changed = tuple(one for one in parsed if one.id in held and held[one.id][0] != content_hash(one))
    removed = tuple(
        name
        for name, (_, origin, path) in held.items()
        if name not in found and reading.is_gone(origin, path)
    )
    return Comparison(added, changed, removed, len(held) - len(changed) - len(removed))


def replaced(found: dict[str, Recognised], held: dict[str, tuple[str, str, str]]) -> Comparison:
    """The comparison when `found` is to be all that there is."""
    added = tuple(article for name, article in found.items() if name not in held)
    changed = tuple(one for name, one in found.items() if name in held and held[name][0] != one.hash)
    removed = tuple(name for name in held if name not in found)
    return Comparison(added, changed, removed, len(held) - len(changed) - len(removed))
