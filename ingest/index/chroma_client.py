"""Chroma's clients: opened with limits on time, closed with all their connections, and their errors put into words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ingest.index.disk_errors import is_no_room

if TYPE_CHECKING:  # importing chromadb takes most of a second, which a run that changes nothing can spare
    from chromadb.api import ClientAPI

LOCAL = "local"
CLOUD = "cloud"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a generation's vectors are. `where` is "local" (files below `directory`), an http(s) URL, or "cloud"."""

    where: str
    directory: Path
    collection: str

    @property
    def is_local(self) -> bool:
        return self.where == LOCAL


def connect(place: Place, seconds: float) -> ClientAPI:
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


def close(client: Any) -> None:
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


def transport_errors() -> type[Exception]:
    import httpx

    return httpx.HTTPError


def may_pass(error: Exception) -> bool:
    from chromadb.errors import InternalError, RateLimitError

    return isinstance(error, (InternalError, RateLimitError, transport_errors())) or "connect" in str(error)


def explained(place: Place, error: BaseException) -> str:
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
