"""What a run was asked to do beside reading the sources, and who asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ingest.articles.article import Article, Recognised
from ingest.articles.readers.document import Reject
from ingest.edits.manual_edits import UPLOADS, Curation, Tombstone, Upload
from ingest.edits.uploads import UploadRefused
from ingest.errors import UserFacingError
from ingest.index.catalogue import Catalogue
from ingest.index.embedding_cache import VectorStore
from ingest.sources.sources import readable
from ingest.sources.ssrf_guard import Guard

Action = Literal["refresh", "add", "remove", "import", "rebuild"]


class NoSuchArticle(UserFacingError):
    """What was to be removed is not in the corpus, or more than one article is called so."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A corpus from another machine, in place of the present one: what it holds by article id, and `read`, which reads
    all of it from the file `name` again. `prepare` puts its vectors into the store, once the lock is held.
    """

    articles: dict[str, Recognised]
    read: Callable[[], Iterator[Article]]
    curation: Curation
    prepare: Callable[[VectorStore], None]
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """`add` are uploads already in place, `add_paths` files of configured sources; `remove` names articles by id, URL
    or title. `guard` says where fetches may connect to.
    """

    action: Action = "refresh"
    by: str = ""
    add: tuple[Upload, ...] = ()
    add_paths: tuple[Path, ...] = ()
    remove: tuple[str, ...] = ()
    imported: Imported | None = None
    allow_removals: bool = False
    guard: Guard = field(default_factory=Guard)

    def begun(self, held: Curation, previous: Catalogue | None) -> Curation:
        """The curation as it will be, before anything is read. Raises NoSuchArticle."""
        if self.action == "remove":
            return _removed(held, articles_named(self.remove, previous, held), self.by, previous)
        return held.adding(self.add)

    def settled(
        self,
        curation: Curation,
        found: Mapping[str, Article | Recognised],
        held: Mapping[str, tuple[str, str, str]],
        rejects: Sequence[Reject],
    ) -> Curation:
        """The curation after reading: what was asked for is no longer buried, and what gave no article is no upload.

        `held` has the content hash, origin and path of the last generation's articles. Raises UploadRefused when
        nothing that was to be added gave an article.
        """
        if self.action != "add":
            return curation
        places = [
            *((one.origin, one.path) for one in found.values()),
            *(place[1:] for place in held.values()),
        ]
        useful = {path for origin, path in places if origin == UPLOADS}
        useless = {upload.path for upload in self.add if upload.path not in useful}
        if len(useless) == len(self.add) and not (found or self.add_paths):
            reasons = [f"{reject.path}: {reject.reason}" for reject in rejects] or ["It holds no article."]
            raise UploadRefused(f"Nothing was added. {' '.join(reasons[:5])}")
        return curation.without_uploads(useless).lifting(found.keys())

    def articles_added(
        self, found: Mapping[str, Article | Recognised], old: Catalogue | None
    ) -> tuple[Article, ...]:
        """What was added by name, new or there before."""
        if self.action != "add":
            return ()
        paths = {upload.path for upload in self.add}
        read = [one for one in found.values() if isinstance(one, Article)]
        new = {one.id: one for one in read if self.add_paths or one.path in paths}
        names = [name for path in paths for name in (old.ids_at(UPLOADS, path) if old else ())]
        before = old.articles(names) if old else {}
        return tuple((before | new).values())

    @property
    def names(self) -> tuple[str, ...]:
        """What it is about, for the log."""
        if self.imported is not None:
            return (self.imported.name,)
        named = (*(upload.name for upload in self.add), *(path.name for path in self.add_paths), *self.remove)
        return tuple(map(readable, named))


REFRESH = Change()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def articles_named(names: Sequence[str], catalogue: Catalogue | None, held: Curation) -> list[Article]:
    """The articles of the catalogue that are meant, by id, URL or title. Raises NoSuchArticle."""
    found = []
    for name in dict.fromkeys(one.strip() for one in names):
        matching = _matching(name, catalogue) if catalogue is not None else []
        if len(matching) > 1:
            ids = ", ".join(article.id for article in matching[:10])
            raise NoSuchArticle(
                f"{len(matching)} articles have the title {name[:200]!r}. Name one by its id: {ids}."
            )
        if not matching:
            buried = [
                stone for stone in held.tombstones if name in (stone.article_id, stone.url, stone.title)
            ]
            if buried:
                raise NoSuchArticle(
                    f"{name[:200]!r} was removed before, by {buried[0].by} at {buried[0].at}."
                )
            raise NoSuchArticle(
                f"No article has the id, URL or title {name[:200]!r}. `python -m bot search WORDS` finds articles, "
                "and with --json their ids."
            )
        found += matching
    return found


def _matching(name: str, catalogue: Catalogue) -> list[Article]:
    one = catalogue.article(name) or catalogue.article_by_url(name)
    if one is not None:
        return [one]
    return list(catalogue.articles(catalogue.ids_titled(name)).values())


def _removed(held: Curation, articles: Sequence[Article], by: str, previous: Catalogue | None) -> Curation:
    """The articles buried; a file that was added by hand and holds nothing else is no upload any more."""
    stones = [Tombstone(article.id, article.title, article.url, by, now()) for article in articles]
    uploaded = {article.path for article in articles if article.origin == UPLOADS}
    going = {article.id for article in articles}
    emptied = {path for path in uploaded if previous is not None and previous.ids_at(UPLOADS, path) <= going}
    return held.without_uploads(emptied).burying(stones)
