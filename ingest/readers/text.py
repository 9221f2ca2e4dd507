"""Plain text: one file, one article; its title and date are found in cleaning."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers.document import Document, Reject
from ingest.readers.encoding import Undecodable, decode


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    try:
        yield Document(decode(data), form="plain")
    except Undecodable as error:
        yield Reject(name, f"Not readable as text: {error}.")
