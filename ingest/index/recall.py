"""How many of the true nearest neighbours an approximate search finds."""

from __future__ import annotations

import numpy as np

from ingest.index.chroma import ChromaVectors
from ingest.index.embedding_cache import Vectors, VectorStore

_NEIGHBOURS = 10


class ExactNeighbours:
    """The true nearest neighbours of a few passages, found while all vectors pass by."""

    def __init__(self, store: VectorStore, sample: dict[str, str]) -> None:
        self._queries = store.load(list(sample.values())) if sample else np.empty((0, 1), np.float32)
        self._best = np.full((len(self._queries), 0), -1.0, np.float32)

    def see(self, vectors: Vectors) -> None:
        if len(self._queries):
            scores = np.concatenate([self._best, self._queries @ vectors.T], axis=1)
            self._best = -np.sort(-scores, axis=1)[:, :_NEIGHBOURS]

    def recall(self, vectors: ChromaVectors) -> float:
        """Which share of the true neighbours, or others as near, a search finds."""
        if not len(self._queries):
            return 1.0
        found = vectors.search_all(self._queries, self._best.shape[1])
        as_near = [
            sum(cosine >= least - 1e-4 for _, cosine in hits) / len(best)
            for hits, best, least in zip(found, self._best, self._best[:, -1], strict=True)
        ]
        return float(np.mean(as_near))
