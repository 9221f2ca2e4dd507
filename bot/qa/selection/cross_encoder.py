"""A cross-encoder for answer sentence selection: it reads question and passage together and scores each sentence.

MiniLM-L6 with a head trained by `training/` (docs/model-card.md). One pass over "question [SEP] title [SEP] passage"
scores all sentences of the passage in their context. A sentence's score is its attention-pooled value plus the cosine
of its mean state to the question's, as in a bi-encoder; 0 is what "no sentence answers" scores. Start and end logits
mark the words in it that are the answer, as in extractive question answering.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Encoding, Tokenizer

from bot.qa.selection.cross_encoder_files import graph_file, load_weights
from ingest.embedding.embedder import without_surrogates
from ingest.embedding.local_embedder import usable_cores
from ingest.embedding.model_files import Precision, tokenizer_file
from ingest.embedding.quantisation import open_session, preferred_precision

Floats = npt.NDArray[np.float32]

LONGEST = 320  # tokens of question, title and passage together; what is beyond is not read
QUESTION_TOKENS = 40
TITLE_TOKENS = 24
ANSWER_TOKENS = 24  # the longest answer that is marked
_CLS, _SEP = 101, 102
UNREAD = -9.0
"""The score of a sentence that lies beyond the last token read."""


@dataclass(frozen=True, slots=True)
class Text:
    """A passage to be read: `sentences` are spans of code points in `text`."""

    title: str
    text: str
    sentences: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The words of a sentence that are the answer, as code points of the passage, and how sure that is (0 to 1)."""

    start: int
    end: int
    chance: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one passage: a score a sentence, and the words that would be its answer, if any were read."""

    scores: Floats
    answers: tuple[AnswerSpan | None, ...]


class CrossEncoder:
    """Safe to use from many threads: the tokenizer and the session keep no state between calls."""

    def __init__(self, precision: Precision | None = None) -> None:
        """Takes 0.2 s. Raises ModelFilesMissing."""
        self._session = open_session(graph_file(precision or preferred_precision()))
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file()))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._head = _Head.load()
        self._workers = ThreadPoolExecutor(usable_cores(), thread_name_prefix="read")

    def close(self) -> None:
        self._workers.shutdown(wait=False)

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """One Reading a text. Each is read by itself, on one core, so that a score never depends on the others."""
        asked = self._encode(question).ids[:QUESTION_TOKENS]
        return list(self._workers.map(lambda text: self._read(asked, text), texts))

    def _read(self, asked: list[int], text: Text) -> Reading:
        head = [_CLS, *asked, _SEP, *self._encode(text.title).ids[:TITLE_TOKENS], _SEP]
        body = self._encode(text.text)
        ids = [*head, *body.ids[: LONGEST - len(head) - 1], _SEP]
        segments = np.ones((1, len(ids)), np.int32)
        segments[0, : len(asked) + 2] = 0
        states = _states(self._session, np.array([ids], np.int32), segments)
        question, passage = states[1 : len(asked) + 1], states[len(head) : -1]
        return self._head.judge(question, passage, _owners(body, len(passage), text.sentences), body, text)

    def _encode(self, text: str) -> Encoding:
        return self._tokenizer.encode(without_surrogates(text[: 50 * LONGEST]), add_special_tokens=False)


@dataclass(frozen=True, slots=True)
class _Head:
    """What is trained above the encoder. `tokens` (384, 4): attention, value, start and end of the answer."""

    tokens: Floats
    token_bias: Floats
    projection: Floats
    projection_bias: Floats
    cosine: float
    offset: float

    @classmethod
    def load(cls) -> _Head:
        weights = load_weights()
        return cls(
            weights["head.weight"].T,
            weights["head.bias"],
            weights["proj.weight"].T,
            weights["proj.bias"],
            float(weights["alpha"]),
            float(weights["bias"]),
        )

    def judge(
        self, question: Floats, states: Floats, owners: npt.NDArray[np.int64], encoding: Encoding, text: Text
    ) -> Reading:
        """`states` (tokens, 384) of the passage; `owners` is the sentence that each token stands in."""
        logits = states @ self.tokens + self.token_bias
        mean: Floats = (
            question.mean(axis=0, dtype=np.float32) if len(question) else np.zeros_like(self.projection_bias)
        )
        asked = _unit(mean @ self.projection + self.projection_bias)
        scores = np.full(len(text.sentences), UNREAD, np.float32)
        answers: list[AnswerSpan | None] = [None] * len(text.sentences)
        for number in np.unique(owners):
            own = np.flatnonzero(owners == number)
            attention, values, starts, ends = logits[own].T
            cosine = float(asked @ _unit(states[own].mean(axis=0)))
            scores[number] = float(_softmax(attention) @ values) + self.cosine * cosine + self.offset
            first, last, chance = _best_span(starts, ends)
            spans = encoding.offsets
            answers[number] = AnswerSpan(spans[own[first]][0], spans[own[last]][1], chance)
        return Reading(scores, tuple(answers))


def _states(session: onnxruntime.InferenceSession, ids: npt.NDArray[np.int32], segments: object) -> Floats:
    (states,) = session.run(["states"], {"input_ids": ids, "segment_ids": segments})
    read: Floats = states[0]
    return read


def _owners(encoding: Encoding, tokens: int, sentences: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """Which sentence each of the first tokens stands in; what stands before the first counts to it."""
    starts = np.array([start for start, _ in encoding.offsets[:tokens]])
    bounds = np.array([start for start, _ in sentences[1:]])
    return np.searchsorted(bounds, starts, side="right")


def _best_span(starts: Floats, ends: Floats) -> tuple[int, int, float]:
    """First and last token of the likeliest answer, and its chance among all spans that start and end here."""
    table = _softmax(starts)[:, None] * _softmax(ends)[None, :]
    table = np.tril(np.triu(table), ANSWER_TOKENS)
    first, last = np.unravel_index(int(table.argmax()), table.shape)
    return int(first), int(last), float(table[first, last])


def _softmax(logits: Floats) -> Floats:
    powers: Floats = np.exp(logits - logits.max())
    powers /= powers.sum()
    return powers


def _unit(vector: Floats) -> Floats:
    unit: Floats = vector / np.float32(max(float(np.linalg.norm(vector)), 1e-6))
    return unit
