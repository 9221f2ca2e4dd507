"""Embedding by OpenAI, or by any endpoint that speaks its API."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Literal

import numpy as np
import openai

from ingest.embedding.embedder import EmbedderIdentity, Vectors, unit_length, without_surrogates
from ingest.embedding.token_counts import count_tokens, truncate_tokens
from ingest.errors import EmbeddingUnavailable

DEFAULT_MODEL = "text-embedding-3-small"

_OPENAI = "https://api.openai.com/v1"
_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
_LONGEST = 8_000  # tokens; OpenAI takes 8,191 a text
_MOST_TEXTS = 2_048  # a request
_MOST_TOKENS = 280_000  # a request; the limit is 300,000 by the endpoint's own count
_AT_ONCE = 4


class OpenAIEmbedder:
    """One client for the life of the process. The key comes from OPENAI_API_KEY and goes nowhere else.

    The client waits as long as a 429 asks it to, and tries again; 5xx and lost connections too.
    """

    def __init__(self, model: str = "", base_url: str = "") -> None:
        """No `base_url` means OpenAI itself, which needs a key: raises EmbeddingUnavailable without one."""
        key = os.environ.get("OPENAI_API_KEY", "").strip()
        if not key and not base_url:
            raise EmbeddingUnavailable(
                "Embedding by OpenAI needs a key: set OPENAI_API_KEY in the environment or in .env, "
                'or set provider = "local" under [embedding] in config.toml.'
            )
        self._model = model or DEFAULT_MODEL
        self._base_url = base_url or _OPENAI
        # given even when it is the default: the environment must not send texts elsewhere
        self._client = openai.OpenAI(api_key=key or "none", base_url=self._base_url)
        self._workers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="embed")

    @cached_property
    def identity(self) -> EmbedderIdentity:
        """Asks the endpoint for one vector, once, where the model's dimensions are not known here."""
        known = _DIMENSIONS.get(self._model) if self._base_url == _OPENAI else None
        return EmbedderIdentity(
            provider="openai",
            model=self._model,
            weights="",
            pooling="endpoint",
            input_format=f"first {_LONGEST} tokens",
            dimensions=known or len(self.embed_question("dimensions")),
        )

    @property
    def precision(self) -> str:
        return "endpoint"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        requests = list(_requests([_sendable(text) for text in texts]))
        parts = list(self._workers.map(self._ask, requests))
        if not parts:
            return np.zeros((0, self.identity.dimensions), np.float32)
        return np.concatenate(parts)

    def embed_question(self, text: str) -> Vectors:
        vector: Vectors = self._ask([_sendable(text)], timeout=10, retries=1)[0]
        return vector

    def close(self) -> None:
        """Ends the connections; for those who make many embedders in one process."""
        self._workers.shutdown(wait=True, cancel_futures=True)
        self._client.close()

    def _ask(self, inputs: list[str], timeout: float = 60, retries: int = 6) -> Vectors:
        client = self._client.with_options(timeout=timeout, max_retries=retries)
        # base64 is a third of the size, but not every compatible endpoint knows it
        numbers: Literal["base64", "float"] = "base64" if self._base_url == _OPENAI else "float"
        try:
            response = client.embeddings.create(input=inputs, model=self._model, encoding_format=numbers)
        except (openai.OpenAIError, ValueError) as error:  # ValueError: an answer that is no JSON
            # without its cause: an endpoint's message may repeat part of the key
            raise EmbeddingUnavailable(self._what_to_do(error)) from None
        return self._vectors(response, len(inputs))

    def _vectors(self, response: openai.types.CreateEmbeddingResponse, wanted: int) -> Vectors:
        try:
            rows = sorted(response.data, key=lambda row: row.index)
            vectors = np.array([row.embedding for row in rows], np.float32)
        except (AttributeError, TypeError, ValueError):  # the client takes an answer of any shape
            vectors = np.zeros((0, 0), np.float32)
        if vectors.ndim != 2 or len(vectors) != wanted or not vectors.size or not np.isfinite(vectors).all():
            raise EmbeddingUnavailable(
                f"The endpoint {self._base_url} did not answer with one vector a text for the model "
                f"{self._model!r}. Check `model` and `base_url` under [embedding] in config.toml."
            )
        return unit_length(vectors)

    def _what_to_do(self, error: Exception) -> str:
        where = f"The embedding endpoint {self._base_url}"
        again = "Run this again: the vectors made so far are kept."
        check = "Check `model` and `base_url` under [embedding] in config.toml"
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return f"{where} refuses the key. Set a valid one in OPENAI_API_KEY, then run this again."
            case openai.NotFoundError():
                return f"{where} does not know the model {self._model!r}. {check}."
            case openai.RateLimitError() if error.code == "insufficient_quota":
                return f"{where} says that the account has no credit left. Add some. {again}"
            case openai.RateLimitError():
                return f"{where} is being asked too often. Wait a little. {again}"
            case openai.APITimeoutError():
                return f"{where} did not answer in time. {again}"
            case openai.APIConnectionError():
                return f"{where} cannot be reached. {check}, and the network. {again}"
            case openai.APIStatusError():
                return f"{where} answered with status {error.status_code}. {check}. {again}"
            case _:
                return f"{where} gave an answer that cannot be read ({type(error).__name__}). {check}."


def _sendable(text: str) -> str:
    """What an endpoint accepts: never empty, no lone surrogates, not too long."""
    kept = without_surrogates(text)
    if len(kept) > _LONGEST // 4:  # no character takes more than four tokens
        kept = truncate_tokens(kept, _LONGEST, "cl100k_base")
    return kept if kept.strip() else "."


def _requests(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, as many to a request as the endpoint allows."""
    request: list[str] = []
    tokens = 0
    for text in texts:
        size = count_tokens(text, "cl100k_base")
        if request and (len(request) == _MOST_TEXTS or tokens + size > _MOST_TOKENS):
            yield request
            request, tokens = [], 0
        request.append(text)
        tokens += size
    if request:
        yield request
