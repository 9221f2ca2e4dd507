"""`python -m ingest.index.crash_probe`: open a generation in a process of its own and try it.

Chroma can end the process on broken files (chroma-core/chroma issues 6979 and 7069), so whoever must not end
asks this child instead. It prints one JSON object, `{"ok", "text"}`; no object means that it crashed.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
from pathlib import Path

from ingest.embedding.factory import make_embedder
from ingest.errors import UserFacingError
from ingest.index.generations import Generations
from ingest.index.index import Index
from ingest.settings import DEFAULT_CONFIG, IndexSettings, load_ingest_settings
from ingest.text.plurals import counted

SAMPLE = 50


def probe(
    settings: IndexSettings,
    generation: str | None = None,
    embedder_key: str | None = None,
    sample: int | None = SAMPLE,
) -> str:
    """Check the files and find passages, a sample or all, by their own vectors; returns what the index holds.

    Raises IndexMissing, IndexBroken or EmbedderMismatch.
    """
    generations = Generations(settings.directory)
    name = generations.require_current() if generation is None else generation
    generations.trust(name)  # else opening it would ask for this very probe
    with Index(settings, name, embedder_key) as index:
        index.check(sample)
        status = index.status()
    return f"{counted(status.passages, 'passage')} of {counted(status.articles, 'article')} can be searched"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ingest.index.crash_probe")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG)
    parser.add_argument(
        "--directory", type=Path, help="the index itself, instead of the config that names it"
    )
    parser.add_argument("--chroma", default="local")
    parser.add_argument("--generation")
    parser.add_argument("--full", action="store_true", help="look for every passage, not for a sample")
    arguments = parser.parse_args()
    sample = None if arguments.full else SAMPLE
    try:
        if arguments.directory is not None:
            settings = IndexSettings(directory=arguments.directory, chroma=arguments.chroma)
            ok, text = True, probe(settings, arguments.generation, None, sample)
        else:
            asked = load_ingest_settings(arguments.config)
            embedding = asked.embedding
            embedder = make_embedder(embedding.provider, embedding.model, embedding.base_url)
            ok, text = True, probe(asked.index, arguments.generation, embedder.identity.key, sample)
    except UserFacingError as error:
        ok, text = False, str(error)
    except (OSError, sqlite3.Error) as error:
        ok, text = False, f"The index cannot be read: {error}. Mend its rights or the disk."
    print(json.dumps({"ok": ok, "text": text}), flush=True)
    sys.stdout.flush()
    os._exit(0 if ok else 1)  # what broken files left in Chroma's threads shall not crash on the way out


if __name__ == "__main__":
    main()
