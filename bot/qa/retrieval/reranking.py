"""A second look at the best passages, by an endpoint that reads question and passage together."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Sequence
from typing import Any, Protocol

import httpx

log = logging.getLogger(__name__)

LONGEST_REPLY = 1_000_000  # bytes; thirty scores need a thousandth of that


class Reranker(Protocol):
    """May be called from several threads at once."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        """One score a text, higher is better; None when there is no judgement to be had now."""
        ...


class EndpointReranker:
    """Any `/rerank` endpoint that speaks as Cohere's and Jina's do.

    `url` is the endpoint or the API's base. A fault is logged and gives None: the order that stands without it is
    a good one, so nobody waits longer than `timeout` seconds or sees an error for it.
    """

    def __init__(self, url: str, model: str = "", key: str | None = None, timeout: float = 5.0) -> None:
        url = url.rstrip("/")
        self._url = url if url.endswith("/rerank") else f"{url}/rerank"
        self._model = model
        self._timeout = timeout
        # neither redirects nor the proxy settings of the environment may carry the key elsewhere
        self._client = httpx.Client(
            timeout=timeout,
            # compressed, a small reply could unpack to any size
            headers={"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {}),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        if not texts:
            return []
        asked: dict[str, Any] = {"query": question, "documents": list(texts), "top_n": len(texts)}
        if self._model:
            asked["model"] = self._model
        try:
            return read_scores(json.loads(self._reply(asked)), len(texts))
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            # an error of httpx or of json may hold the endpoint's own words, and those the key
            reason = error if type(error) is ValueError else type(error).__name__
            log.warning("The reranking endpoint was of no use, so its say is left out: %s", reason)
            return None

    def _reply(self, asked: dict[str, Any]) -> bytes:
        """What it says, of a length and in the time that are allowed. Raises httpx.HTTPError or ValueError."""
        until, taken = time.monotonic() + self._timeout, bytearray()
        with self._client.stream("POST", self._url, json=asked) as reply:
            if reply.status_code != 200:
                raise ValueError(f"HTTP {reply.status_code}")
            for piece in reply.iter_raw():
                taken += piece
                if len(taken) > LONGEST_REPLY or time.monotonic() > until:
                    raise ValueError("the reply is too long, or too slow")
        return bytes(taken)


def read_scores(reply: object, count: int) -> list[float]:
    """The scores in the order of the texts. Raises ValueError unless every text has exactly one."""
    results = reply.get("results") if isinstance(reply, dict) else None
    if not isinstance(results, list):
        raise ValueError("there is no list of results")
    found: dict[int, float] = {}
    for result in results:
        if not isinstance(result, dict):
            raise ValueError("a result is no object")
        index, score = result.get("index"), result.get("relevance_score", result.get("score"))
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < count or index in found:
            raise ValueError("a result is of no text that was sent")
        if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
            raise ValueError("a result has no score")
        found[index] = float(score)
    if len(found) != count:
        raise ValueError(f"{len(found)} scores came for {count} texts")
    return [found[index] for index in range(count)]
