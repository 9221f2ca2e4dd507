"""A generation built beside the live one, checked, published, and the older ones pruned."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from ingest.articles.article import Article
from ingest.articles.readers.document import Reject
from ingest.edits.change_requests import Change
from ingest.edits.uploads import discard_uploads, uploads_in_use
from ingest.embedding.factory import Embedder
from ingest.embedding.token_counts import count_tokens
from ingest.errors import CatalogueBroken
from ingest.index.builder import IndexBuilder
from ingest.index.catalogue import Catalogue
from ingest.index.chroma import drop_collections
from ingest.index.chunking import split_article
from ingest.index.embedding_cache import VectorStore, string_hash
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.runs.base_generation import Foundation
from ingest.runs.diff import Comparison
from ingest.runs.missing_vectors import embed_missing
from ingest.runs.plan import Plan
from ingest.settings import IngestSettings
from ingest.sources.progress import Report
from ingest.statements.extraction import statements_of

log = logging.getLogger(__name__)

VECTORS = "vectors.sqlite"


@dataclass(frozen=True, slots=True)
class Build:
    """A published generation: how many passages it holds, and by id the articles that it does not hold, and why."""

    generation: str
    passages: int
    set_aside: Mapping[str, Reject]


def published(
    settings: IngestSettings,
    embedder: Embedder,
    generations: Generations,
    held: Foundation,
    plan: Plan,
    change: Change,
    report: Report,
) -> Build:
    """Build beside the live index, check, publish and prune."""
    # those of generations that cannot be read are not known, so that is an error before anything is made
    uploads = uploads_in_use(generations)
    previous = held.path if held.fits(embedder) else None
    key = embedder.identity.key
    with closing(VectorStore(settings.index.directory / VECTORS, key, check=True)) as store:
        if change.imported is not None:
            change.imported.prepare(store)
        folder = generations.begin()
        try:
            fresh = change.action == "rebuild"
            builder = IndexBuilder(folder, settings.index, previous, store, key, fresh_vectors=fresh)
            with closing(builder):
                if held.path is not None and previous is None:
                    _carry_over(builder, held, plan.comparison)
                _fill(builder, plan)
                embed_missing(builder, store, embedder, report)
                plan.curation.save(builder.catalogue)
                passages = builder.finish(report)
            generation = generations.publish(folder)
        except BaseException:
            generations.abandon(folder)  # the room it takes may be what is missing
            raise
        generations.prune()
        drop_collections(settings.index.chroma, generations.identity(), generations.published())
        if store.is_crowded():
            store.prune(_vectors_in_use(generations))
        discard_uploads(settings.corpus.uploads, uploads - uploads_in_use(generations))
    return Build(generation, passages, builder.set_aside)


def _carry_over(builder: IndexBuilder, held: Foundation, comparison: Comparison) -> None:
    """Split the articles anew that this run does not change: the way passages are made is another now, or the
    catalogue that holds them was damaged.
    """
    replaced = {*comparison.removed, *(article.id for article in comparison.changed)}
    with held.catalogue() as old, builder.catalogue.transaction():
        for name in held.hashes if old is not None else ():
            article = old.article(name) if old is not None and name not in replaced else None
            if article is not None:
                _put(builder, article)


def _fill(builder: IndexBuilder, plan: Plan) -> None:
    with builder.catalogue.transaction():
        for name in plan.comparison.removed:
            builder.remove(name)
        for article in plan.articles():
            _put(builder, article)


def _put(builder: IndexBuilder, article: Article) -> None:
    """Split an article and put it; one that cannot be split is left out."""
    try:
        passages = split_article(article, count_tokens)
        statements = statements_of(article.body)
    except Exception as error:
        log.exception("splitting %s", article.path)
        reason = f"It cannot be split into passages ({type(error).__name__}: {error}), so it was left out."
        builder.leave_out(article.id, article.path, reason)
    else:
        builder.put(article, passages, statements)


def _vectors_in_use(generations: Generations) -> Iterator[str]:
    """The vectors that any generation still on disk was built from."""
    for name in generations.published():
        try:
            with Catalogue.published(generations.path(name) / CATALOGUE) as catalogue:
                yield from (vector for _, vector in catalogue.all_vectors())
                yield from (string_hash(title) for title in catalogue.all_titles())
        except CatalogueBroken as error:
            log.warning("Generation %s is damaged and counted no more: %s", name, error)
            generations.give_up(name)
