from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_documents import pdf

from ingest.articles.readers import sandbox as confined
from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.sandbox import ConfinedReader

GOOD = pdf([["The minister said on Monday that the bridge would open in spring."]])
# trafilatura weighs every link against the others: minutes of work in two megabytes
SLOW = b"<html><body><article>" + b"".join(b"<a href='/%d'>link %d</a> " % (n, n) for n in range(100_000))


@pytest.fixture
def reader() -> Iterator[ConfinedReader]:
    with ConfinedReader() as made:
        yield made


def one(reader: ConfinedReader, data: bytes = GOOD, kind: str = "pdf") -> Document | Reject:
    (found,) = reader.read(kind, data, "folder/a")
    return found


def test_one_worker_serves_document_after_document(reader: ConfinedReader) -> None:
    first = one(reader)
    assert isinstance(first, Document)
    assert first.text.startswith("The minister")
    worker = reader._worker
    assert isinstance(one(reader, b"junk"), Reject)
    assert one(reader) == first
    assert reader._worker is worker


def test_a_document_that_overruns_is_a_reject_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "SECONDS_A_MEGABYTE", 0.0)
    with ConfinedReader(seconds=2.0) as reader:
        one(reader)
        started = time.monotonic()
        found = one(reader, SLOW, "html")
        assert isinstance(found, Reject)
        assert found == Reject("folder/a", "Reading it took longer than 2 seconds.")
        assert time.monotonic() - started < 20
        assert isinstance(one(reader), Document)


def test_a_worker_that_dies_is_replaced(reader: ConfinedReader) -> None:
    one(reader)
    assert reader._worker is not None
    reader._worker.kill()
    reader._worker.wait()
    found = one(reader)
    assert isinstance(found, Reject)
    assert "crashed" in found.reason
    assert isinstance(one(reader), Document)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on a process's memory")
def test_a_document_that_needs_too_much_memory_is_a_reject_and_the_next_is_read() -> None:
    with ConfinedReader(memory=500_000_000) as reader:
        one(reader)
        page = b"<html><body>" + b"<p>word <b>word</b></p>" * 2_000_000
        found = one(reader, page, "html")
        assert isinstance(found, Reject)
        assert isinstance(one(reader), Document)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the files of a process")
def test_the_worker_cannot_write_a_file_and_has_no_secrets(
    reader: ConfinedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "not for parsers")
    one(reader)
    assert reader._worker is not None
    process = Path("/proc") / str(reader._worker.pid)
    if not process.exists():
        pytest.skip("this system has no /proc")
    assert b"DISCORD_TOKEN" not in (process / "environ").read_bytes()
    limits = {
        line[:26].strip(): line[26:].split()[0] for line in (process / "limits").read_text().splitlines()
    }
    assert limits["Max file size"] == "0"
    assert limits["Max core file size"] == "0"


def test_closing_ends_the_worker() -> None:
    with ConfinedReader() as reader:
        one(reader)
        worker = reader._worker
    assert worker is not None
    assert worker.poll() is not None


def test_no_worker_is_started_before_it_is_needed() -> None:
    with ConfinedReader() as reader:
        assert reader._worker is None
