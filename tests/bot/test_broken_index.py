"""`python -m bot doctor` on a damaged index, and what is answered from it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bot.doctor import examine
from bot.library import Library
from bot.settings import load_settings
from ingest.embedding import Embedder
from ingest.generations import Generations
from ingest.pipeline import rebuild_index
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
