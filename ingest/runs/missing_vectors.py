"""The vectors that a build lacks, made and saved as they are made."""

from __future__ import annotations

from ingest.embedding.factory import Embedder
from ingest.index.builder import IndexBuilder
from ingest.index.catalogue import Catalogue
from ingest.index.embedding_cache import VectorStore, string_hash
from ingest.sources.progress import Report
from ingest.system.batches import batches

SORTED_AT_ONCE = 4_096  # strings put in order of length: all of them would not fit into memory
SAVED_AT_ONCE = 256  # strings embedded between two saves: what a killed run can lose


def embed_missing(builder: IndexBuilder, store: VectorStore, embedder: Embedder, report: Report) -> None:
    """Embed what has no vector yet; like lengths go together, so that little is spent on padding."""
    missing = builder.unembedded()
    # an endpoint is asked several requests at once, and one request holds many strings
    at_once = SAVED_AT_ONCE if embedder.identity.provider != "openai" else SORTED_AT_ONCE
    done = 0
    for window in batches(missing, SORTED_AT_ONCE):
        strings = sorted(builder.strings(window).items(), key=lambda item: len(item[1]), reverse=True)
        for some in batches(strings, at_once):
            report("embedding", done, len(missing))
            store.save([name for name, _ in some], embedder.embed_passages([text for _, text in some]))
            done += len(some)
    if missing:
        report("embedding", len(missing), len(missing))
    store.flush()
    _embed_titles(builder.catalogue, store, embedder)


def _embed_titles(catalogue: Catalogue, store: VectorStore, embedder: Embedder) -> None:
    """The titles by themselves, whose vectors the catalogue keeps: they are few, and read with every question."""
    for some in batches(catalogue.titles_without_vector().items(), SAVED_AT_ONCE):
        strings = {string_hash(title): title for _, title in some}
        missing = store.missing(strings)
        if missing:
            store.save(missing, embedder.embed_passages([strings[name] for name in missing]))
            store.flush()
        with catalogue.transaction():
            catalogue.put_title_vectors(
                [name for name, _ in some], store.load([string_hash(title) for _, title in some])
            )
