"""Texts turned into vectors: by the local model, or by OpenAI or an endpoint that speaks as it does."""

from __future__ import annotations

from typing import Literal

from ingest.embedding.embedder import Embedder as Embedder
from ingest.embedding.local_embedder import LocalEmbedder


def make_embedder(provider: Literal["local", "openai"], model: str = "", base_url: str = "") -> Embedder:
    """The embedder that the config asks for; `model` and `base_url` are read for "openai" only.

    Raises ModelFilesMissing for a local model that is not in place, EmbeddingUnavailable for a missing key.
    """
    if provider == "local":
        return LocalEmbedder()
    # importing the openai package takes most of a second, which a run of the local model need not wait for
    from ingest.embedding.endpoint_embedder import OpenAIEmbedder

    return OpenAIEmbedder(model, base_url)
