"""No bad input crashes an ingest, hangs it, or gets out of where it belongs."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path

import pytest
from hostile_inputs import HOSTS, NAMES, addresses, crafted, mutated
from loopback_site import Site

from ingest.addresses import BadAddress, canonical_address
from ingest.articles import Article, Reject, read_corpus
from ingest.errors import UserFacingError
from ingest.fetching import Fetcher, FetchFailed
from ingest.guard import Guard
from ingest.settings import CorpusSettings
from ingest.sources import configured_sources
from ingest.uploads import file_upload, is_url, url_upload

LONGEST = 10.0  # seconds that one input may take


def tree(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def read_all(folder: Path, files: list[tuple[str, bytes]]) -> None:
    """Read the files as a corpus: each is an article or a reject, in time, and nothing else is on disk afterwards."""
    (folder / "articles").mkdir(exist_ok=True)
    for name, data in files:
        (folder / "articles" / name).write_bytes(data)
    before = tree(folder)
    slow, at = [], time.monotonic()
    reading = read_corpus(configured_sources(CorpusSettings(), folder))
    done, named = 0, set()
    for item in reading:
        if isinstance(item, Reject):
            assert item.reason
            named.add(item.path.split(":")[0])
        else:
            assert isinstance(item, Article)
            assert item.title.strip()
            assert item.body.strip()
            item.body.encode("utf-8", "surrogatepass")
            named.add(f"articles/{item.path}")
        if reading.files_done > done:
            now = time.monotonic()
            if (now - at) / (reading.files_done - done) > LONGEST:
                slow.append(item.path)
            done, at = reading.files_done, now
    assert reading.files_done == reading.files_total == len(files)
    assert slow == []
    assert tree(folder) == before
    assert not Path("/tmp/escaped.txt").exists()
    assert not Path("escaped").exists()


def test_damaged_files_are_articles_or_rejects(tmp_path: Path) -> None:
    read_all(tmp_path, list(mutated(24, seed=1)))


def test_files_made_to_hurt_are_articles_or_rejects(tmp_path: Path) -> None:
    read_all(tmp_path, [pair for pair in crafted() if not pair[0].startswith(("repeated", "bomb", "deep"))])


@pytest.mark.slow
def test_two_hundred_damaged_files_and_two_hundred_made_to_hurt(tmp_path: Path) -> None:
    files = [*mutated(200), *crafted()]
    assert len(files) + len(NAMES) + 2 * len(HOSTS) >= 500
    read_all(tmp_path, files)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_more_damaged_files(tmp_path: Path, seed: int) -> None:
    read_all(tmp_path, list(mutated(200, seed=100 + seed)))


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_an_upload_leaves_its_folder(name: str, tmp_path: Path) -> None:
    file = tmp_path / "sent"
    file.write_bytes(b"# A title\n\nThe mayor said on Monday that the bridge will be opened in May.\n")
    uploads = tmp_path / "data" / "uploads"
    before = tree(tmp_path)
    try:
        upload = file_upload(file, name, uploads, "ann", "2026-01-01T00:00:00+00:00")
    except UserFacingError:
        assert tree(tmp_path) == before
        return
    assert tree(tmp_path) - before == {tmp_path / "data", uploads, uploads / upload.path}
    assert upload.name.isprintable()
    upload.name.encode()


async def test_no_address_gets_a_connection_inside(site: Site) -> None:
    """Nothing on this computer answers for any of them, and each is refused or fails in time."""
    guard = Guard(ports=frozenset({site.port, 80, 443}))

    async def at_once(seconds: float) -> None:
        pass

    tried = 0
    async with Fetcher(0, guard, patience=2.0, sleep=at_once) as fetcher:
        for address in addresses(site.port):
            started = time.monotonic()
            with pytest.raises(FetchFailed):
                await fetcher.fetch(address)
            assert time.monotonic() - started < LONGEST
            tried += 1
    assert tried > 180
    assert site.asked == []


def test_no_address_is_taken_as_an_upload_that_is_none(site: Site) -> None:
    for address in addresses(site.port):
        try:
            upload = url_upload(address, "ann", "now")
        except UserFacingError:
            with pytest.raises(BadAddress):
                canonical_address(address)
            continue
        assert is_url(upload.path)
        assert upload.path.isascii()


def test_the_first_inputs_are_the_same_on_every_run() -> None:
    assert list(islice(mutated(10), 10)) == list(islice(mutated(10), 10))
