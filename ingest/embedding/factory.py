"""Texts turned into vectors: by the local model, or by OpenAI or an endpoint that speaks as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ingest.embedding.embedder import Embedder, EmbedderIdentity
from ingest.embedding.local_embedder import LocalEmbedder

if TYPE_CHECKING:
    from ingest.embedding.endpoint_embedder import OpenAIEmbedder

__all__ = [
    "Embedder",
    "EmbedderIdentity",
    "LocalEmbedder",
    "OpenAIEmbedder",
    "make_embedder",
]


def make_embedder(provider: Literal["local", "openai"], model: str = "", base_url: str = "") -> Embedder:
    """The embedder that the config asks for; `model` and `base_url` are read for "openai" only.

    Raises ModelFilesMissing for a local model that is not in place, EmbeddingUnavailable for a missing key.
    """
    if provider == "local":
        return LocalEmbedder()
    return _endpoint_embedder()(model, base_url)


def __getattr__(name: str) -> Any:
    if name == "OpenAIEmbedder":
        return _endpoint_embedder()
    raise AttributeError(name)


def _endpoint_embedder() -> type[OpenAIEmbedder]:
    # importing the openai package takes most of a second, which a run of the local model need not wait for
    from ingest.embedding.endpoint_embedder import OpenAIEmbedder

    return OpenAIEmbedder
