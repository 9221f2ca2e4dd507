"""`python -m ingest.probe`: open the current generation in a process of its own and try it.

Chroma can end the process on broken files (chroma-core/chroma issues 6979 and 7069), so whoever must not end
asks this child instead. It prints one JSON object, `{"ok", "text"}`; no object means that it crashed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ingest.embedding import make_embedder
from ingest.errors import UserFacingError
from ingest.generations import Generations
from ingest.index import Index
from ingest.settings import DEFAULT_CONFIG, IngestSettings, load_ingest_settings

SAMPLE = 50


def probe(settings: IngestSettings) -> str:
    """Open the index and find a sample of passages by their own vectors; returns what it holds."""
    embedding = settings.embedding
    embedder = make_embedder(embedding.provider, embedding.model, embedding.base_url)
    name = Generations(settings.index.directory).require_current()
    with Index(settings.index, name, embedder.identity.key) as index:
        index.check(SAMPLE)
        status = index.status()
    return f"{status.passages} passages of {status.articles} articles answer"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ingest.probe")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG)
    arguments = parser.parse_args()
    try:
        ok, text = True, probe(load_ingest_settings(arguments.config))
    except UserFacingError as error:
        ok, text = False, str(error)
    print(json.dumps({"ok": ok, "text": text}))


if __name__ == "__main__":
    main()
