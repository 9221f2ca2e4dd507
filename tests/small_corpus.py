"""A corpus of a few made-up articles, and an embedder that costs nothing: texts that share words lie near."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from ingest.embedding.embedder import EmbedderIdentity, Vectors, unit_length
from ingest.errors import EmbeddingUnavailable
from ingest.index.catalogue import Hit
from ingest.index.generations import Generations
from ingest.index.index import Index
from ingest.settings import CorpusSettings, EmbeddingSettings, IndexSettings, IngestSettings

DIMENSIONS = 32
_WORDS = (
    "river",
    "bridge",
    "council",
    "harvest",
    "frost",
    "observer",
    "mirror",
    "valley",
    "engine",
    "museum",
    "tram",
)


class WordEmbedder:
    """A text's vector is the sum of its words' vectors, which only their letters decide.

    `embedded` are the passages it was given, headed by their title and so of several lines; `titles` the single lines.
    """

    def __init__(
        self,
        model: str = "words",
        seconds_a_text: float = 0.0,
        fail_after: int | None = None,
        dimensions: int = DIMENSIONS,
    ) -> None:
        self.identity = EmbedderIdentity("test", model, "", "sum", "words", dimensions)
        self.precision = "fp32"
        self.embedded: list[str] = []
        self.titles: list[str] = []
        self._pause = seconds_a_text
        self._fail_after = fail_after

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self._fail_after is not None and len(self.embedded) >= self._fail_after:
            raise EmbeddingUnavailable("The endpoint is gone. Try again later.")
        self.embedded += [text for text in texts if "\n" in text]
        self.titles += [text for text in texts if "\n" not in text]
        time.sleep(self._pause * len(texts))
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, text: str) -> Vectors:
        words = re.findall(r"\w+", text.lower()) or ["nothing"]
        dimensions = self.identity.dimensions
        return unit_length(np.sum([_vector(word, dimensions) for word in words], axis=0, dtype=np.float32))


@lru_cache(maxsize=100_000)
def _vector(word: str, dimensions: int) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=dimensions).astype(np.float32)


def settings_in(folder: Path, *paths: str, chroma: str = "local", **corpus: object) -> IngestSettings:
    """Settings as they are once loaded, with everything below `folder`."""
    return IngestSettings(
        base=folder,
        corpus=CorpusSettings(paths=paths or ("articles",), uploads=folder / "uploads", **corpus),
        index=IndexSettings(directory=folder / "index", chroma=chroma),
        embedding=EmbeddingSettings(),
    )


def sentences(seed: object, count: int) -> str:
    chance = random.Random(str(seed))
    told = (
        f"The {chance.choice(_WORDS)} of {chance.choice(_WORDS)} {chance.randrange(10_000)}"
        for _ in range(count)
    )
    return " ".join(f"{one} was seen near the {chance.choice(_WORDS)} on day {seed}." for one in told)


def write_article(folder: Path, name: str, seed: object = None, count: int = 40) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md"
    seed = name if seed is None else seed
    path.write_text(
        f"---\ntitle: Report {name}\nurl: https://example.org/{name}\n---\n\n{sentences(seed, count)}\n"
    )
    return path


def rows(numbers: Sequence[int], changed: Sequence[int] = (), count: int = 40) -> Iterator[dict[str, str]]:
    for number in numbers:
        seed = f"{number} again" if number in changed else number
        yield {
            "title": f"Row {number}",
            "url": f"https://example.org/row/{number}",
            "text": sentences(seed, count),
        }


def write_rows(path: Path, found: Iterator[dict[str, str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    return path


def open_index(settings: IngestSettings, embedder: WordEmbedder) -> Index:
    name = Generations(settings.index.directory).require_current()
    return Index(settings.index, name, embedder.identity.key)


def contents(
    settings: IngestSettings, embedder: WordEmbedder, questions: Sequence[str] = ()
) -> dict[str, object]:
    """All that an index holds, and what its searches find: equal for two indexes that answer alike."""
    with open_index(settings, embedder) as index:
        ids = [name for name, _ in index.catalogue.all_vectors()]
        vectors = index.load_vectors(ids)
        return {
            "articles": {name: index.catalogue.article(name) for name in index.catalogue.article_hashes()},
            "passages": index.passages(ids),
            "vectors": {name: tuple(np.round(vectors[name], 5).tolist()) for name in ids},
            "near": [_best(index.search_vectors(embedder.embed_question(one), 500)) for one in questions],
            "worded": [_best(index.search_words(one.split(), 10_000)) for one in questions],
        }


def _best(hits: Sequence[Hit], count: int = 5) -> list[tuple[float, str]]:
    """The best hits, and all that are as good as the last of them: which of those comes first is chance."""
    scores = sorted((round(hit.score, 3) for hit in hits), reverse=True)
    least = scores[min(count, len(scores)) - 1] if scores else 0.0
    return sorted((round(hit.score, 3), hit.passage_id) for hit in hits if round(hit.score, 3) >= least)
