"""Texts turned into vectors: by the local model, or by OpenAI or an endpoint that speaks as it does."""

from __future__ import annotations

from typing import Literal

from ingest.embedder import Embedder, EmbedderIdentity
from ingest.endpoint_embedder import OpenAIEmbedder
from ingest.local_embedder import LocalEmbedder, TokenVectors

__all__ = [
    "Embedder",
    "EmbedderIdentity",
    "LocalEmbedder",
    "OpenAIEmbedder",
    "TokenVectors",
    "make_embedder",
]


def make_embedder(provider: Literal["local", "openai"], model: str = "", base_url: str = "") -> Embedder:
    """The embedder that the config asks for; `model` and `base_url` are read for "openai" only.

    Raises ModelFilesMissing for a local model that is not in place, EmbeddingUnavailable for a missing key.
    """
    if provider == "local":
        return LocalEmbedder()
    return OpenAIEmbedder(model, base_url)
