"""The bot remakes broken vectors by itself, with the real `python -m ingest --rebuild`."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from bot.doctor import examine
from bot.library import Library
from bot.rebuilding import Rebuilder
from bot.settings import load_settings
from ingest.embedding import Embedder
from ingest.generations import Generations


@pytest.fixture
def config(newsroom: Path, tmp_path: Path) -> Path:
    """A newsroom of one's own, to be harmed."""
    shutil.copytree(newsroom.parent, tmp_path / "newsroom")
    return tmp_path / "newsroom" / newsroom.name


def harm(config: Path, how: str) -> None:
    settings = load_settings(config).ingest.index
    folder = settings.directory / Generations(settings.directory).require_current() / "chroma"
    (graph,) = folder.glob("*/data_level0.bin")
    if how == "garbage":
        graph.write_bytes(os.urandom(graph.stat().st_size))
    elif how == "truncated":
        graph.write_bytes(graph.read_bytes()[:100])
    elif how == "gone":
        shutil.rmtree(folder)
    else:
        (folder / "chroma.sqlite3").write_bytes(b"not a database" * 1000)


@pytest.mark.parametrize("how", ["garbage", "truncated", "gone", "database"])
async def test_doctor_finds_broken_vectors_and_says_what_to_run(config: Path, how: str) -> None:
    found = {finding.part: finding async for finding in examine(load_settings(config))}
    assert found["chroma"].state == "ok"
    harm(config, how)
    found = {finding.part: finding async for finding in examine(load_settings(config))}
    assert found["chroma"].state == "broken"
    assert "python -m ingest --rebuild" in found["chroma"].text


@pytest.mark.parametrize("how", ["garbage", "gone", "database"])
def test_words_answer_until_the_vectors_are_remade(config: Path, embedder: Embedder, how: str) -> None:
    harm(config, how)
    settings = load_settings(config).ingest.index
    rebuilder = Rebuilder(config)
    library = Library(settings, embedder.identity.key, rebuilder.start)
    question = embedder.embed_question("Who opened the bridge?")
    with library.lease() as index:
        broken = index.generation
        assert index.search_vectors(question, 3) == []
        assert index.search_words(["bridge"], 3)
    until = time.monotonic() + 90
    while time.monotonic() < until:
        with library.lease() as index:
            if index.generation != broken:
                assert index.search_vectors(question, 3)
                break
            assert index.search_words(["bridge"], 3)
        time.sleep(0.1)
    else:
        pytest.fail("the vectors were not remade")
    library.close()
    rebuilder.close()


def test_a_rebuild_ends_with_the_bot_and_leaves_the_index_as_it_was(config: Path, embedder: Embedder) -> None:
    settings = load_settings(config).ingest.index
    before = Generations(settings.directory).require_current()
    rebuilder = Rebuilder(config)
    rebuilder.start(before)
    started = time.monotonic()
    rebuilder.close()
    assert time.monotonic() - started < 10
    assert Generations(settings.directory).require_current() == before
    rebuilder.start(before)  # and none begins after
    with Generations(settings.directory).writing():
        pass
