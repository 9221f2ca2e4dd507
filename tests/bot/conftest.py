"""A small newsroom, ingested once for all tests that ask it something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.embedding.factory import Embedder, make_embedder
from ingest.errors import ModelFilesMissing
from ingest.runs.pipeline import ingest_corpus
from ingest.settings import load_ingest_settings

ARTICLES = {
    "bridge.md": """---
title: Mayor opens the Linden Bridge
url: https://example.org/bridge
source: Town Paper
date: 2016-02-01
---

The Linden Bridge was opened on Monday after three years of work. Mayor Ilse Brandt said the bridge cost forty
million euros. Cyclists had asked for a separate lane, which was built on the northern side.
""",
    "harvest.md": """---
title: Frost ruins the apricot harvest
url: https://example.org/harvest
source: Valley Courier
date: 2021-05-12
---

Growers in the Wachau lost most of their apricots to three nights of frost in April. Farmer Josef Leitner told the
Valley Courier that only a tenth of his trees still bear fruit. The chamber of agriculture denied that imports
would be subsidised.
""",
    "telescope.txt": """New telescope sees its first light

The Cerro Alto observatory released its first image on 3 March 2020. Astronomer Rosa Quintana claimed that the
mirror, eight metres across, is the smoothest ever ground. The project was paid for by eleven universities.
""",
}


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    try:
        return make_embedder("local")
    except ModelFilesMissing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """The config.toml of the newsroom, whose articles are ingested."""
    folder = tmp_path_factory.mktemp("newsroom")
    (folder / "articles").mkdir()
    for name, text in ARTICLES.items():
        (folder / "articles" / name).write_text(text, "utf-8")
    config = folder / "config.toml"
    config.write_text('[corpus]\npaths = ["articles"]\n', "utf-8")
    ingest_corpus(load_ingest_settings(config), embedder)
    return config


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that a child runs as `python -m ingest`, found by it in its working folder."""
    (tmp_path / "ingest").mkdir()
    (tmp_path / "ingest" / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "ingest" / "__main__.py"


@pytest.fixture
def chromium() -> str:
    """Where the browser is that pages are looked at with."""
    pytest.importorskip("playwright", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium found (Debian: apt-get install chromium)")
    return found
