"""`python -m bot doctor` on a damaged index, and what is answered from it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.doctor import examine
from bot.operations.index_pool import Library
from bot.settings import load_settings
from ingest.embedding.factory import Embedder
from ingest.index.generations import Generations
from ingest.runs.pipeline import ingest_corpus, rebuild_index
from ingest.settings import load_ingest_settings


@pytest.fixture
def config(newsroom: Path, tmp_path: Path) -> Path:
    """A newsroom of one's own, to be harmed."""
    shutil.copytree(newsroom.parent, tmp_path / "newsroom")
    return tmp_path / "newsroom" / newsroom.name


def harm(config: Path, how: str) -> None:
    settings = load_ingest_settings(config).index
    folder = settings.directory / Generations(settings.directory).require_current()
    (graph,) = folder.glob("chroma/*/data_level0.bin")
    if how == "garbage":
        graph.write_bytes(os.urandom(graph.stat().st_size))
    elif how == "truncated":
        graph.write_bytes(graph.read_bytes()[:100])
    elif how == "gone":
        shutil.rmtree(folder / "chroma")
    else:
        (folder / "chroma" / "chroma.sqlite3").write_bytes(b"not a database" * 1000)


@pytest.mark.parametrize("how", ["garbage", "truncated", "gone", "database"])
async def test_doctor_finds_broken_vectors_and_a_rebuild_mends_them(
    config: Path, embedder: Embedder, how: str
) -> None:
    harm(config, how)
    found = {finding.part: finding async for finding in examine(load_settings(config))}
    assert found["chroma"].state == "broken"
    assert "python -m ingest --rebuild" in found["chroma"].text
    library = Library(load_ingest_settings(config).index, embedder.identity.key)
    question = embedder.embed_question("Who opened the bridge?")
    with library.lease() as index:
        assert index.search_vectors(question, 3) == []
        assert index.search_words(["bridge"], 3)
    rebuild_index(load_ingest_settings(config), embedder)
    with library.lease() as index:
        assert index.search_vectors(question, 3)
    library.close()
    found = {finding.part: finding async for finding in examine(load_settings(config))}
    assert found["chroma"].state == "ok"


async def test_doctor_in_full_looks_at_every_byte_of_every_generation_and_of_the_stored_vectors(
    config: Path, embedder: Embedder
) -> None:
    settings = load_ingest_settings(config)
    directory = settings.index.directory
    older = Generations(directory).require_current()
    rebuild_index(settings, embedder)
    found = [finding async for finding in examine(load_settings(config), full=True)]
    assert [one.state for one in found if one.part in ("chroma", "generation", "vectors")] == ["ok"] * 4
    with closing(sqlite3.connect(directory / "vectors.sqlite")) as database:
        [vector] = database.execute("SELECT vector FROM vectors").fetchone()
    for path, part in (
        (directory / older / "catalogue.sqlite", b"bridge"),
        (directory / "vectors.sqlite", vector[:99]),
    ):
        data = bytearray(path.read_bytes())
        data[data.index(part)] ^= 1
        path.write_bytes(data)
    found = [finding async for finding in examine(load_settings(config), full=True)]
    told = {one.text.partition(":")[0]: one.state for one in found if one.part in ("generation", "vectors")}
    assert told[older] == "note"
    assert [state for name, state in told.items() if name == "vectors.sqlite"] == ["note"]


@pytest.mark.parametrize("harmed", ["current", "catalogue.sqlite"])
async def test_doctor_names_the_file_that_cannot_be_read(config: Path, harmed: str) -> None:
    generations = Generations(load_ingest_settings(config).index.directory)
    home = generations.directory if harmed == "current" else generations.path(generations.require_current())
    (home / harmed).unlink()
    (home / harmed).symlink_to(harmed)  # there, and not to be opened, for root too
    found = {finding.part: finding async for finding in examine(load_settings(config))}
    assert found["index"].state == ("broken" if harmed == "current" else "ok")
    assert found["chroma"].state == "broken"
    assert f"{harmed} cannot be read" in found["chroma"].text


@pytest.mark.parametrize("harm", ["a byte", "no seal"])
async def test_what_doctor_says_of_a_damaged_catalogue_mends_it(
    config: Path, embedder: Embedder, harm: str
) -> None:
    settings = load_ingest_settings(config)
    generations = Generations(settings.index.directory)
    folder = generations.path(generations.require_current())
    if harm == "no seal":
        (folder / "seal.json").unlink()
    else:
        data = bytearray((folder / "catalogue.sqlite").read_bytes())
        data[-100] ^= 1
        (folder / "catalogue.sqlite").write_bytes(data)
    found = {finding.part: finding async for finding in examine(load_settings(config))}
    assert "Run `python -m ingest` to build a new one" in found["chroma"].text
    ingest_corpus(settings, embedder)
    found = {finding.part: finding async for finding in examine(load_settings(config))}
    assert found["chroma"].state == "ok"
