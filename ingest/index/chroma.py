"""The vectors of one generation in Chroma: a fast index that can always be remade from the vector store."""

from __future__ import annotations

import logging
import math
import os
import shutil
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

import numpy as np

from ingest.errors import VectorsBroken, VectorsUnreachable
from ingest.index.disk_errors import is_no_room
from ingest.index.embedding_cache import Vectors

if TYPE_CHECKING:  # importing chromadb takes most of a second, which a run that changes nothing can spare
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateCollectionConfiguration, UpdateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

T = TypeVar("T")

LOCAL = "local"
CLOUD = "cloud"

_EF_SEARCH = 256  # how widely a search looks: costs a millisecond, and keeps recall at brute force's
_SYNC_CHANGES = 200  # vectors that may wait in Chroma's log, which every opening has to replay
# a build writes its graph once for so many vectors; the log must not grow without end either
_SYNC_BUILD = 20_000
_BATCH = 2_000

_READING_PAUSES = (0.3,)  # seconds between tries while somebody waits for an answer
_WRITING_PAUSES = (0.5, 2.0, 5.0, 15.0)
_READING_SECONDS = 10.0
_WRITING_SECONDS = 120.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a generation's vectors are. `where` is "local" (files below `directory`), an http(s) URL, or "cloud"."""

    where: str
    directory: Path
    collection: str

    @property
    def is_local(self) -> bool:
        return self.where == LOCAL


def place_of(where: str, folder: Path, identity: str, generation: str) -> Place:
    """A local generation has its own folder; on a server those of many indexes stand side by side, told by name."""
    name = "passages" if where == LOCAL else f"{prefix_of(identity)}{generation}"
    return Place(where, folder, name)


def prefix_of(identity: str) -> str:
    return f"byline-{identity}-"


@dataclass(frozen=True, slots=True)
class Staging:
    """How a new collection is filled: `batch` vectors at a time, its graph written to disk every `sync` of them.

    Chroma never writes what came after the last sync, and every opening replays it at the cost of adding it anew, so
    the last batch has to complete a stage.
    """

    batch: int
    sync: int

    @classmethod
    def of(cls, count: int, largest: int = _BATCH) -> Staging:
        stages = max(1, math.ceil(count / _SYNC_BUILD))
        batches = max(1, math.ceil(count / (stages * largest)))
        batch = max(1, math.ceil(count / (stages * batches)))
        last = count - (stages - 1) * batches * batch
        return cls(batch, max(3, last))  # 3 is the least that Chroma takes


class ChromaVectors:
    """One collection, open. Every failure is a VectorsBroken, whose text says what to do."""

    def __init__(self, place: Place, *, expected: int | None = None, patient: bool = False) -> None:
        """Open the collection, or create it for `expected` vectors. `patient`: nobody waits, so try for longer."""
        self.place = place
        self._pauses = _WRITING_PAUSES if patient else _READING_PAUSES
        self._client = self._tried(lambda: _connect(place, _WRITING_SECONDS if patient else _READING_SECONDS))
        try:
            largest = int(self._tried(self._client.get_max_batch_size))
            self._largest = min(_BATCH, largest)
            self._staging = Staging.of(expected or 0, self._largest)
            self._collection = self._tried(lambda: self._opened(create=expected is not None))
        except BaseException:
            self.close()
            raise

    def _opened(self, *, create: bool) -> Collection:
        name = self.place.collection
        if not create:
            return self._client.get_collection(name, embedding_function=None)
        settings = _configuration(self.place.where, self._staging.sync)
        if not self.place.is_local:  # a try whose answer was lost may have made it
            return self._client.get_or_create_collection(
                name, configuration=settings, embedding_function=None
            )
        return self._client.create_collection(name, configuration=settings, embedding_function=None)

    def close(self) -> None:
        """Release the files and memory of a local collection, or the connections to a server."""
        _close(self._client)

    @property
    def batch(self) -> int:
        """How many vectors to add at a time to a new collection."""
        return self._staging.batch

    def write_changes_often(self) -> None:
        """Let few changes to a copy wait in the log.

        To be asked before anything else, `count` too: what Chroma has loaded keeps the old setting, so more would wait
        than the next opening lets wait, and that reader would write the graph.
        """
        if self.place.is_local:
            self._modify({"sync_threshold": _SYNC_CHANGES})

    def search_wider(self, ef_search: int) -> None:
        """From the next opening on, look at so many candidates for every search."""
        if self.place.where != CLOUD:
            self._modify({"ef_search": ef_search})

    def _modify(self, settings: UpdateHNSWConfiguration) -> None:
        with warnings.catch_warnings():  # it warns of collections without an embedding function, such as ours
            warnings.simplefilter("ignore", DeprecationWarning)
            self._tried(partial(self._collection.modify, configuration={"hnsw": settings}))

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace vectors (n, d) by passage id; the ids of one call must be distinct."""
        for first in range(0, len(ids), self._largest):
            listed, rows = list(ids[first : first + self._largest]), vectors[first : first + self._largest]
            self._tried(partial(self._collection.upsert, ids=listed, embeddings=rows))

    def delete(self, ids: Sequence[str]) -> None:
        for first in range(0, len(ids), self._largest):
            self._tried(partial(self._collection.delete, ids=list(ids[first : first + self._largest])))

    def count(self) -> int:
        return self._tried(self._collection.count)

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The passages nearest to a unit vector (d,), best first, with their cosine."""
        return self.search_all(vector[np.newaxis], limit)[0]

    def search_all(self, vectors: Vectors, limit: int) -> list[list[tuple[str, float]]]:
        """`search` for each of many vectors (n, d), in one request."""
        if not len(vectors):
            return []
        found = self._tried(
            lambda: self._collection.query(query_embeddings=vectors, n_results=limit, include=["distances"])
        )
        distances = cast("list[list[float]]", found["distances"])
        return [
            [(name, 1.0 - distance) for name, distance in zip(names, row, strict=True)]
            for names, row in zip(found["ids"], distances, strict=True)
        ]

    def load(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors by passage id; unknown ids are left out."""
        if not ids:
            return {}  # Chroma calls an empty list an error
        found = self._tried(lambda: self._collection.get(ids=list(ids), include=["embeddings"]))
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], vectors, strict=True))

    def fork(self, collection: str) -> bool:
        """Copy the collection on the server under another name, where the server can; Chroma Cloud can."""
        if self.place.where != CLOUD:
            return False
        try:
            self._collection.fork(collection)
        except Exception as error:  # whatever it says, the vectors can be sent again instead
            log.info("Chroma does not fork collections here: %s", error)
            return False
        return True

    def _tried(self, work: Callable[[], T]) -> T:
        """Do one request, again after a pause where the server may come to; translate what cannot be mended."""
        from chromadb.errors import ChromaError, NotFoundError

        pauses = iter(() if self.place.is_local else self._pauses)
        while True:
            try:
                return work()
            except NotFoundError as error:
                raise VectorsBroken(
                    f"Chroma has no collection {self.place.collection}. "
                    "Run `python -m ingest --rebuild` to remake it without embedding."
                ) from error
            except (ValueError, TypeError, OSError, ChromaError, _transport_errors()) as error:
                pause = next(pauses, None) if _may_pass(error) else None
                if pause is None:
                    whole = is_no_room(error) or not self.place.is_local
                    kind = VectorsUnreachable if whole else VectorsBroken
                    raise kind(_said(self.place, error)) from error
            except BaseException as error:
                if type(error).__name__ != "PanicException":  # a crash inside Chroma's Rust code
                    raise
                raise VectorsBroken(_said(self.place, error)) from error
            time.sleep(pause)


def copy_local(source: Path, target: Path) -> None:
    """Copy a local Chroma directory, also while a reader has it open.

    A reader's opening and querying rewrites `chroma.sqlite3` and nothing else, so that file is read through SQLite,
    which also leaves out the room that Chroma's log took, and the segments' files, written only by a build, are
    copied as they are. Raises VectorsBroken.
    """
    target.mkdir(parents=True)
    try:
        for path in source.iterdir():
            if path.is_dir():
                shutil.copytree(path, target / path.name)
            elif not path.name.startswith("chroma.sqlite3"):
                shutil.copy2(path, target / path.name)
        with closing(_sqlite(source)) as old:
            old.execute("VACUUM INTO ?", (str(target / "chroma.sqlite3"),))
    except FileNotFoundError as error:
        raise VectorsBroken(f"A file of the vectors is gone: {error.filename}.") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
            raise
        raise VectorsBroken(f"The vectors in {source} are damaged: {error}.") from error


def compact_local(directory: Path) -> None:
    """Give back the room that Chroma's log took while the collection was filled. Nobody may have it open."""
    with closing(_sqlite(directory)) as database:
        database.execute("VACUUM")


def _sqlite(directory: Path) -> sqlite3.Connection:
    place = (directory / "chroma.sqlite3").absolute().as_uri()
    return sqlite3.connect(f"{place}?mode=rw", uri=True, timeout=30, isolation_level=None)


def drop_collections(where: str, identity: str, keep: Sequence[str]) -> None:
    """Delete this index's collections on a server whose generations are not in `keep`; others' are left alone."""
    if where == LOCAL:
        return
    prefix = prefix_of(identity)
    kept = {prefix + generation for generation in keep}
    try:
        client = _connect(Place(where, Path(), ""), _WRITING_SECONDS)
        try:
            names: list[str] = []
            while page := client.list_collections(limit=100, offset=len(names)):
                names += [collection.name for collection in page]
            for name in names:
                if name.startswith(prefix) and name not in kept:
                    client.delete_collection(name)
        finally:
            _close(client)
    except Exception as error:  # they only take room; the next run tries again
        log.warning("Old collections could not be deleted: %s", error)


def _configuration(where: str, sync: int) -> CreateCollectionConfiguration:
    # inner product over unit vectors ranks as cosine does, without normalising again
    if where == CLOUD:  # its engine chooses everything else itself
        return {"spann": {"space": "ip"}}
    return {
        "hnsw": {
            "space": "ip",
            "ef_construction": 128,
            "ef_search": _EF_SEARCH,
            "max_neighbors": 24,
            "sync_threshold": sync,
        }
    }


def _connect(place: Place, seconds: float) -> ClientAPI:
    import chromadb
    import httpx
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    if place.is_local:
        try:
            return chromadb.PersistentClient(path=str(place.directory), settings=quiet)
        except BaseException:
            _forget_half_opened(str(place.directory))
            raise
    if place.where == CLOUD:
        client = chromadb.CloudClient(api_key=os.environ.get("CHROMA_API_KEY"), settings=quiet)
    else:
        address = urlsplit(place.where)
        port = address.port or (443 if address.scheme == "https" else 80)
        key = os.environ.get("CHROMA_API_KEY")
        headers = {"Authorization": f"Bearer {key}", "x-chroma-token": key} if key else {}
        # making a client waits for ever for a server that takes the connection and never answers
        heartbeat = f"{address.scheme}://{address.hostname}:{port}/api/v2/heartbeat"
        httpx.get(heartbeat, headers=headers, timeout=seconds).raise_for_status()
        secure = address.scheme == "https"
        client = chromadb.HttpClient(
            host=address.hostname or "", port=port, ssl=secure, headers=headers, settings=quiet
        )
    _limit_time(client, seconds)
    return client


def _forget_half_opened(path: str) -> None:
    """Chroma keeps what it could not open, and would give it, useless, to the next client of the same folder."""
    from chromadb.api.shared_system_client import SharedSystemClient

    if path not in SharedSystemClient._identifier_to_refcount:
        SharedSystemClient._identifier_to_system.pop(path, None)


def _limit_time(client: Any, seconds: float) -> None:
    """Chroma's client waits for ever for a server that has stopped answering, and has no setting for it."""
    for session in _sessions(client):
        session.timeout = seconds


def _close(client: Any) -> None:
    """Chroma's own closing leaves the connections of a client of a server open; no two clients share them."""
    sessions = list(_sessions(client))
    client.close()
    for session in sessions:
        session.close()


def _sessions(client: Any) -> Iterator[Any]:
    """The HTTP clients inside a client of a server: its own, and that of the part which looks after databases."""
    for part in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(part, "_server", None), "_session", None)
        if session is not None:
            yield session


def without_login(url: str) -> str:
    """An address as it may be shown: the user name and password in it stay out of errors and logs."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _transport_errors() -> type[Exception]:
    import httpx

    return httpx.HTTPError


def _may_pass(error: Exception) -> bool:
    from chromadb.errors import InternalError, RateLimitError

    return isinstance(error, (InternalError, RateLimitError, _transport_errors())) or "connect" in str(error)


def _said(place: Place, error: BaseException) -> str:
    reason = str(error)[:300]
    if place.where == CLOUD:
        return f"Chroma Cloud refused ({reason}). Check CHROMA_API_KEY, CHROMA_TENANT and CHROMA_DATABASE."
    if is_no_room(error):
        return f"Chroma cannot write ({reason}). Make room on its disk; nothing is damaged."
    if place.is_local:
        return (
            f"The vectors in {place.directory} cannot be used ({reason}). "
            "Run `python -m ingest --rebuild` to remake them without embedding."
        )
    server = without_login(place.where)
    return f'No Chroma server answers at {server} ({reason}). Start it, or set [index] chroma = "local".'
