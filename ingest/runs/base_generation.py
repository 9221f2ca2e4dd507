"""What a run starts from: the newest generation that is whole, and what can be saved of one that is not."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.articles.article import content_hash
from ingest.edits.manual_edits import Curation
from ingest.edits.uploads import adopted_uploads
from ingest.embedding.factory import Embedder
from ingest.errors import CatalogueBroken, IndexBroken
from ingest.index.catalogue import SCHEMA_VERSION, Catalogue
from ingest.index.checksums import damage
from ingest.index.chunking import FORMAT
from ingest.index.disk_errors import is_damage
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.settings import IngestSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Foundation:
    """What the last generation says of itself. One that `is_sound` is, byte for byte, what was published."""

    hashes: dict[str, tuple[str, str, str]]  # content hash, origin and path by article id
    passages: int
    embedder: str | None
    format: str | None
    schema: str | None
    chroma: str | None
    curation: Curation
    path: Path | None
    is_current: bool = False
    is_sound: bool = True

    @classmethod
    def nothing(cls, curation: Curation) -> Foundation:
        return cls({}, 0, None, None, None, None, curation, None)

    @classmethod
    def load(cls, previous: Path, *, is_current: bool, is_sound: bool) -> Foundation:
        """Of a damaged generation the articles that still are what they were, if their table is whole.

        Raises CatalogueBroken, ValueError, TypeError or KeyError where it is too damaged, and IndexBroken where it
        cannot be read.
        """
        with Catalogue.published(previous / CATALOGUE) as old:
            hashes = old.article_hashes() if is_sound else _intact(old)
            return cls(
                hashes, old.count("passages"), old.meta("embedder"), old.meta("format"), old.meta("schema"),
                old.meta("chroma"), Curation.load(old), previous, is_current, is_sound,
            )  # fmt: skip

    def fits(self, embedder: Embedder) -> bool:
        """Whether it is sound and laid out, and its passages and vectors are made, as they would be now."""
        now = (embedder.identity.key, FORMAT, SCHEMA_VERSION)
        return self.is_sound and (self.embedder, self.format, self.schema) == now

    def serves(self, settings: IngestSettings, embedder: Embedder) -> bool:
        """Whether it is the index in use, and could not be made better by building it again."""
        return self.is_current and self.fits(embedder) and self.chroma == settings.index.chroma

    @contextmanager
    def catalogue(self) -> Iterator[Catalogue | None]:
        """That of the last generation, to be looked into. Raises CatalogueBroken where damage shows."""
        if self.path is None:
            yield None
            return
        try:
            with closing(Catalogue(self.path / CATALOGUE, readonly=True)) as old:
                yield old
        except sqlite3.Error as error:
            if self.is_sound or not is_damage(error):
                raise
            raise CatalogueBroken(
                f"The catalogue of generation {self.path.name} is damaged: {error}."
            ) from error


def foundations(generations: Generations, uploads: Path, *, or_nothing: bool) -> Iterator[Foundation]:
    """What a run can start from: the current generation, and while those are broken the ones before, or nothing."""
    current = generations.current()
    names = generations.before(current) if current else []
    curation: Curation | None = None  # the newest that can be read: what was removed by hand stays removed
    for name in [current, *names] if current else []:
        lost: tuple[type[Exception], ...] = (CatalogueBroken, ValueError, TypeError, KeyError)
        folder = generations.path(name)
        if (wrong := damage(folder, CATALOGUE)) is not None:
            log.warning("The catalogue of generation %s is damaged: %s.", name, wrong)
            generations.give_up(name)  # never gone back to, and deleted once another is current
            lost = (*lost, IndexBroken)  # whatever is said of it then, it is not its rights
        try:
            is_current = name == current and not generations.has_lost_current()
            held = Foundation.load(folder, is_current=is_current, is_sound=wrong is None)
        except lost as error:
            log.warning("Generation %s cannot be gone on from: %s", name, error)
            generations.give_up(name)
            curation = curation or _saved_curation(folder)
        else:
            yield held if curation is None else replace(held, curation=curation)
    if or_nothing or not current:
        yield Foundation.nothing(curation or adopted_uploads(uploads))


def _saved_curation(folder: Path) -> Curation | None:
    """What was changed by hand, out of a damaged catalogue."""
    with (
        suppress(IndexBroken, ValueError, TypeError, KeyError),
        Catalogue.published(folder / CATALOGUE) as old,
    ):
        return Curation.load(old)
    return None


def _intact(old: Catalogue) -> dict[str, tuple[str, str, str]]:
    """Of a damaged catalogue, the places of those articles whose text still has the hash it was put with."""
    if not (old.is_whole("articles") and old.is_whole("meta")):
        raise CatalogueBroken("the table of its articles is damaged")
    held = old.article_hashes()
    intact = {
        name: place
        for name, place in held.items()
        if (article := old.article(name)) is not None and content_hash(article) == place[0]
    }
    if len(intact) < len(held):
        log.warning("%d of its articles are damaged, and read anew.", len(held) - len(intact))
    return intact
