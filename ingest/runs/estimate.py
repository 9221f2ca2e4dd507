"""What a run would cost, before it starts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingest.articles.article import Article
from ingest.embedding.factory import Embedder
from ingest.embedding.token_counts import count_tokens
from ingest.index.chunking import embedded_text, split_article
from ingest.index.embedding_cache import VectorStore, string_hash
from ingest.settings import EmbeddingSettings
from ingest.text.plurals import counted

_DOLLARS_A_MILLION = {
    "text-embedding-3-small": 0.02,
    "text-embedding-3-large": 0.13,
    "text-embedding-ada-002": 0.1,
}
_TOKENS_A_MINUTE = 1_000_000  # what OpenAI lets a new account embed
_LOCAL_TOKENS = 256  # of a text that the local model reads
_MEASURED = 24  # strings that the local model is timed with
_SECONDS_A_PASSAGE = 0.002  # for Chroma


@dataclass(frozen=True, slots=True)
class Estimate:
    """`passages` and `tokens` are those to be embedded: what has a vector costs nothing. None where nobody knows."""

    articles: int
    passages: int
    tokens: int
    dollars: float | None
    minutes: float | None

    def shape(self) -> dict[str, Any]:
        """The JSON object under "estimate"."""
        return {name: round(value, 4) if value is not None else None for name, value in asdict(self).items()}

    def sentence(self) -> str:
        cost = (
            "at a price that only the endpoint knows" if self.dollars is None else f"for ${self.dollars:.2f}"
        )
        length = "" if self.minutes is None else f", in about {max(self.minutes, 0.1):.1f} minutes"
        return (
            f"To embed: {counted(self.passages, 'passage')} of {counted(self.articles, 'article')}, "
            f"{counted(self.tokens, 'token')}, {cost}{length}."
        )


def estimate(
    articles: Iterable[Article], store: Path, embedder: Embedder, settings: EmbeddingSettings
) -> Estimate:
    """What putting `articles` in would take; nothing is written, and nothing is sent anywhere."""
    count, strings, titles = 0, dict[str, str](), set[str]()
    for article in articles:
        count += 1
        titles.add(article.title)
        for passage in split_article(article, count_tokens):
            string = embedded_text(article, passage)
            strings[string_hash(string)] = string
    missing = _missing(store, embedder, strings)
    new = [strings[name] for name in missing]
    tokens = sum(_counted(string, settings) for string in (*new, *titles))
    writing = len(strings) * _SECONDS_A_PASSAGE / 60
    if settings.provider == "local":
        return Estimate(
            count, len(new), tokens, 0.0, _local_minutes(new, tokens, embedder, settings) + writing
        )
    price = None if settings.base_url else _DOLLARS_A_MILLION.get(embedder.identity.model)
    if price is None:
        return Estimate(count, len(new), tokens, None, None)
    return Estimate(count, len(new), tokens, tokens * price / 1e6, tokens / _TOKENS_A_MINUTE + writing)


def _missing(store: Path, embedder: Embedder, strings: dict[str, str]) -> list[str]:
    if not store.exists():
        return list(strings)
    with closing(VectorStore(store, embedder.identity.key)) as vectors:
        return vectors.missing(strings)


def _counted(string: str, settings: EmbeddingSettings) -> int:
    tokens = count_tokens(string)
    return min(tokens, _LOCAL_TOKENS) if settings.provider == "local" else tokens


def _local_minutes(new: list[str], tokens: int, embedder: Embedder, settings: EmbeddingSettings) -> float:
    """By embedding a few of the strings here and now."""
    sample = new[:: max(1, len(new) // _MEASURED)][:_MEASURED]
    if not sample:
        return 0.0
    embedder.embed_question("warm")
    started = time.perf_counter()
    embedder.embed_passages(sample)
    seconds = time.perf_counter() - started
    return seconds / max(1, sum(_counted(string, settings) for string in sample)) * tokens / 60
