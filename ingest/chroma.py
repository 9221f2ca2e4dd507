"""The vectors of one generation in Chroma: a fast index that can always be remade from the vector store."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from ingest.errors import IndexBroken
from ingest.vectors import Vectors

LOCAL = "local"
CLOUD = "cloud"

_QUIET = Settings(anonymized_telemetry=False)
# Inner product over unit vectors ranks as cosine does, without normalising again. A wide search at query time
# costs a millisecond and keeps recall at brute force's; a rare sync keeps a large build from rewriting its files.
_HNSW: CreateCollectionConfiguration = {
    "hnsw": {"space": "ip", "ef_construction": 128, "ef_search": 256, "max_neighbors": 24, "sync_threshold": 20_000}
}


class ChromaVectors:
    """One collection. `where` is "local" (files below `directory`), an http(s) URL, or "cloud"."""

    def __init__(self, where: str, directory: Path, generation: str, *, create: bool = False) -> None:
        self._client = _connect(where, directory)
        # a local directory is a generation of its own; on a server the generations stand side by side
        self._name = "passages" if where == LOCAL else f"byline-{generation}"
        try:
            self._collection = (
                self._client.create_collection(self._name, configuration=_HNSW, embedding_function=None)
                if create
                else self._client.get_collection(self._name, embedding_function=None)
            )
        except NotFoundError as error:
            self.close()
            raise IndexBroken(
                f"Chroma has no collection for generation {generation}. Run `python -m ingest --rebuild`."
            ) from error
        self._batch = int(self._client.get_max_batch_size())

    def close(self) -> None:
        """Release the files and memory of a local collection."""
        self._client.close()  # type: ignore[attr-defined]

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace vectors (n, d) by passage id; the ids of one call must be distinct."""
        for first in range(0, len(ids), self._batch):
            some = slice(first, first + self._batch)
            self._collection.upsert(ids=list(ids[some]), embeddings=vectors[some])

    def delete(self, ids: Sequence[str]) -> None:
        for first in range(0, len(ids), self._batch):
            self._collection.delete(ids=list(ids[first : first + self._batch]))

    def count(self) -> int:
        return self._collection.count()

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The passages nearest to a unit vector (d,), best first, with their cosine."""
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=limit, include=["distances"])
        distances = cast("list[list[float]]", found["distances"])
        return [(name, 1.0 - distance) for name, distance in zip(found["ids"][0], distances[0], strict=True)]

    def load(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors by passage id; unknown ids are left out."""
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], vectors, strict=True))

    def drop(self) -> None:
        """Delete the collection itself; used for generations on a server that nobody needs any more."""
        self._client.delete_collection(self._name)


def copy_local(source: Path, target: Path) -> None:
    """Copy a local Chroma directory, also while a reader has it open.

    A reader's opening and querying rewrites `chroma.sqlite3` and nothing else, so that file goes through SQLite's
    backup, and the segments' files, written only by a build, are copied as they are.
    """
    target.mkdir(parents=True)
    for path in source.iterdir():
        if path.name.startswith("chroma.sqlite3"):
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name)
        else:
            shutil.copy2(path, target / path.name)
    with (
        closing(sqlite3.connect(source / "chroma.sqlite3")) as old,
        closing(sqlite3.connect(target / "chroma.sqlite3")) as new,
    ):
        old.backup(new)


def _connect(where: str, directory: Path) -> ClientAPI:
    try:
        if where == LOCAL:
            return chromadb.PersistentClient(path=str(directory), settings=_QUIET)
        if where == CLOUD:
            return chromadb.CloudClient(api_key=os.environ.get("CHROMA_API_KEY"), settings=_QUIET)
        address = urlsplit(where)
        return chromadb.HttpClient(
            host=address.hostname or "",
            port=address.port or (443 if address.scheme == "https" else 80),
            ssl=address.scheme == "https",
            settings=_QUIET,
        )
    except (ValueError, ChromaError) as error:
        raise IndexBroken(_unreachable(where, directory, error)) from error


def _unreachable(where: str, directory: Path, error: Exception) -> str:
    if where == CLOUD:
        return f"Chroma Cloud refused the connection ({error}). Check CHROMA_API_KEY in the environment."
    if where == LOCAL:
        return f"Chroma cannot open {directory} ({error}). Run `python -m ingest --rebuild` to remake it."
    return f"No Chroma server answers at {where} ({error}). Start it, or set [index] chroma = \"local\"."

