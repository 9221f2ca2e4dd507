"""The local embedder: all-MiniLM-L6-v2 by onnxruntime."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from ingest.embedder import EmbedderIdentity, Vectors, unit_length, without_surrogates
from ingest.local_model import MODEL, WEIGHTS_SHA256, Precision, tokenizer_file
from ingest.precision import load_session, preferred_precision

LONGEST = 256
"""Tokens of a text that count, the two marks at its ends included."""

_BATCH_TOKENS = 512  # what a core's cache holds between two layers; measured by benchmarks/embedder.py


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """One text's tokens, without the marks at its ends.

    `vectors` (tokens, 384), each of unit length; `spans` (tokens, 2), start and end in code points of the
    text; `whole` (384,), what `embed_passages` gives for the text.
    """

    vectors: Vectors
    spans: npt.NDArray[np.int32]
    whole: Vectors


class LocalEmbedder:
    """Texts of like length share a batch; each worker thread runs whole batches on one core.

    So no core waits for the slowest at the end of every matrix product, which costs most where other programs
    run too. One onnxruntime session serves all threads: its `run` may be called from several at once.
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
        """Takes 0.3 s. Raises ModelFilesMissing."""
        self._precision: Precision = precision or preferred_precision()
        self._tokenizer = _load_tokenizer()
        self._session = load_session(self._precision)
        self._workers = ThreadPoolExecutor(usable_cores(), thread_name_prefix="embed")

    @property
    def precision(self) -> str:
        return self._precision

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        encoded = self._encode(texts)
        vectors = np.zeros((len(texts), self.identity.dimensions), np.float32)

        def embed(batch: list[int]) -> None:
            inputs = _padded([encoded[index].ids for index in batch])
            (vectors[batch],) = self._session.run(["vectors"], inputs)

        self._run(embed, _batches([len(one.ids) for one in encoded]))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        (vectors,) = self._session.run(["vectors"], _padded([self._encode([text])[0].ids]))
        vector: Vectors = vectors[0]
        return vector

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Each token's vector beside the whole text's, in one pass. 1.5 kB a token, so ask in portions."""
        encoded = self._encode(texts)
        found: dict[int, TokenVectors] = {}

        def embed(batch: list[int]) -> None:
            inputs = _padded([encoded[index].ids for index in batch])
            wholes, tokens = self._session.run(["vectors", "tokens"], inputs)
            for row, index in enumerate(batch):
                end = len(encoded[index].ids) - 1  # the first and the last are marks
                found[index] = TokenVectors(
                    vectors=unit_length(tokens[row, 1:end]),
                    spans=np.array(encoded[index].offsets[1:end], np.int32).reshape(-1, 2),
                    whole=wholes[row],
                )

        self._run(embed, _batches([len(one.ids) for one in encoded]))
        return [found[index] for index in range(len(texts))]

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        # what lies beyond 256 tokens is not read, so a text of megabytes need not be tokenised whole
        return self._tokenizer.encode_batch([without_surrogates(text[: 100 * LONGEST]) for text in texts])

    def _run(self, embed: Callable[[list[int]], None], batches: list[list[int]]) -> None:
        if len(batches) == 1:
            embed(batches[0])  # a thread of its own would only cost
            return
        for _ in self._workers.map(embed, batches):
            pass


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


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices by length, longest first, so many to a batch that its padded tokens stay within bounds."""
    batches: list[list[int]] = []
    room = 0
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if room == 0:
            batches.append([])
            room = max(1, _BATCH_TOKENS // lengths[index])
        batches[-1].append(index)
        room -= 1
    return batches


def _padded(rows: Sequence[Sequence[int]]) -> dict[str, npt.NDArray[np.int32]]:
    ids = np.zeros((len(rows), max(map(len, rows))), np.int32)
    mask = np.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return {"input_ids": ids, "mask": mask}
