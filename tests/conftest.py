"""The local model, loaded once for all tests."""

from __future__ import annotations

import pytest

from ingest.embedding.factory import LocalEmbedder


@pytest.fixture(scope="session")
def local_embedder() -> LocalEmbedder:
    return LocalEmbedder()


@pytest.fixture(scope="session")
def exact_embedder() -> LocalEmbedder:
    return LocalEmbedder("fp32")
