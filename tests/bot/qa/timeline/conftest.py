"""A newsroom in which one event is told by three outlets, one of which printed what an agency sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.operations.index_pool import Library
from bot.qa.retrieval.search import Retriever
from bot.qa.selection.cross_encoder import CrossEncoder
from bot.qa.timeline.topics import Topics
from bot.settings import load_settings
from ingest.embedding.factory import Embedder
from ingest.runs.pipeline import ingest_corpus

WIRE = (
    "The dam above the village of Ebenau broke on Sunday after two weeks of rain, and forty families were led to "
    "safety by firemen. Prefect Ida Moser said that 12 people were injured when the dam of Ebenau broke. Helicopters "
    "from the neighbouring districts brought blankets, water and bread to the gymnasium in the evening."
)
PAPERS = {
    "wire": ("Town Paper", "2020-03-02", "Dam breaks at Ebenau", WIRE),
    "copy": (
        "Valley Courier",
        "2020-03-02",
        "Families saved as dam breaks",
        f"{WIRE} Reuters contributed to this report.",
    ),
    "own": (
        "Alpine Post",
        "2020-03-03",
        "Dam disaster at Ebenau",
        "Firemen led forty families of the village to safety on Sunday night when the dam of Ebenau broke after "
        "weeks of rain. According to the hospital, 19 people were injured when the dam of Ebenau broke.",
    ),
    "built": (
        "Town Paper",
        "2018-06-10",
        "The dam of Ebenau is opened",
        "The dam of Ebenau was opened by the minister on 9 June 2018 in bright sunshine. A band played.",
    ),
    "bread": (
        "Baker",
        "2020-03-05",
        "Rye bread",
        "The guild of bakers has praised the rye bread of the valley.",
    ),
}


@pytest.fixture(scope="session")
def dam(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """The config.toml of that newsroom, ingested."""
    folder = tmp_path_factory.mktemp("dam")
    (folder / "articles").mkdir()
    for name, (source, day, title, body) in PAPERS.items():
        head = f"---\ntitle: {title}\nurl: https://{source.lower().replace(' ', '')}.example/{name}\n"
        text = f"{head}source: {source}\ndate: {day}\n---\n\n{body}\n"
        (folder / "articles" / f"{name}.md").write_text(text, "utf-8")
    config = folder / "config.toml"
    config.write_text('[corpus]\npaths = ["articles"]\n', "utf-8")
    ingest_corpus(load_settings(config).ingest, embedder)
    return config


@pytest.fixture(scope="session")
def topics(dam: Path, embedder: Embedder) -> Iterator[Topics]:
    library, encoder = Library(load_settings(dam).ingest.index, embedder.identity.key), CrossEncoder()
    yield Topics(library, Retriever(embedder), encoder)
    encoder.close()
    library.close()
