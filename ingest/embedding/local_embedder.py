"""The local embedder: all-MiniLM-L6-v2 by onnxruntime."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from tokenizers import Encoding, Tokenizer

from ingest.embedding.embedder import EmbedderIdentity, Vectors, without_surrogates
from ingest.embedding.model_files import MODEL, WEIGHTS_SHA256, Precision, tokenizer_file
from ingest.embedding.quantisation import load_session, preferred_precision

LONGEST = 256
"""Tokens of a text that count, the two marks at its ends included."""


class LocalEmbedder:
    """Each text is run by itself, on one core, by one of as many threads as there are cores.

    Nothing is padded, and no core waits for the slowest at the end of every matrix product, which costs most where
    other programs run too. And a text's vector never depends on what else was asked for. One onnxruntime session
    serves all threads: its `run` may be called from several at once.
    """

    identity = EmbedderIdentity(
        provider="local",
        model=MODEL,
        weights=WEIGHTS_SHA256,
        pooling="mean",
        input_format=f"first {LONGEST} tokens",
        dimensions=384,
    )

    def __init__(self, precision: Precision | None = None) -> None:
        """Takes 0.2 s. Raises ModelFilesMissing."""
        self._precision: Precision = precision or preferred_precision()
        self._tokenizer = _load_tokenizer()
        self._session = load_session(self._precision)
        self._workers = ThreadPoolExecutor(usable_cores(), thread_name_prefix="embed")

    @property
    def precision(self) -> str:
        return self._precision

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.identity.dimensions), np.float32)
        for row, vector in enumerate(self._workers.map(self._vector, self._encode(texts))):
            vectors[row] = vector
        return vectors

    def embed_question(self, text: str) -> Vectors:
        return self._vector(self._encode([text])[0])

    def _vector(self, encoded: Encoding) -> Vectors:
        (vectors,) = self._session.run(["vectors"], {"input_ids": np.array([encoded.ids], np.int32)})
        vector: Vectors = vectors[0]
        return vector

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        # what lies beyond 256 tokens is not read, so a text of megabytes need not be tokenised whole
        return self._tokenizer.encode_batch([without_surrogates(text[: 100 * LONGEST]) for text in texts])


def usable_cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _load_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(tokenizer_file()))
    tokenizer.enable_truncation(LONGEST)  # as shipped, it cuts and pads to 128
    tokenizer.no_padding()
    return tokenizer
