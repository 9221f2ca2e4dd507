"""What people changed in the corpus by hand: articles they put in, and articles they took out.

It is kept in the catalogue of each generation, so it is published with it in one step, and a roll back brings back
what was uploaded and removed then.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Protocol

UPLOADS = "byline:uploads"  # the origin of what was added by hand; no path or URL is written like this
_META = "curation"


class _Meta(Protocol):
    def meta(self, key: str) -> str | None: ...
    def set_meta(self, key: str, value: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """Something added by hand. `path` is its file's name in the uploads folder (a hash), or its URL; `name` is what
    the person called it, for reports only. `at` is an ISO 8601 time in UTC.
    """

    path: str
    name: str
    by: str
    at: str

    @property
    def is_url(self) -> bool:
        return self.path.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An article taken out by hand: no source brings it back until somebody adds it again."""

    article_id: str
    title: str
    url: str | None
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Curation:
    uploads: tuple[Upload, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()

    @classmethod
    def load(cls, catalogue: _Meta) -> Curation:
        return cls.parse(catalogue.meta(_META) or "{}")

    @classmethod
    def parse(cls, text: str) -> Curation:
        """Raises ValueError, KeyError or TypeError for what `written` did not write."""
        kept = json.loads(text)
        if not isinstance(kept, dict):
            raise TypeError("what was changed by hand is no object")
        return cls(
            tuple(Upload(**upload) for upload in kept.get("uploads", [])),
            tuple(Tombstone(**stone) for stone in kept.get("tombstones", [])),
        )

    def written(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    def save(self, catalogue: _Meta) -> None:
        catalogue.set_meta(_META, self.written())

    @property
    def removed_ids(self) -> frozenset[str]:
        return frozenset(stone.article_id for stone in self.tombstones)

    def adding(self, uploads: Iterable[Upload]) -> Curation:
        """The same thing added twice is there once, as it was first."""
        known = {upload.path: upload for upload in self.uploads}
        for upload in uploads:
            known.setdefault(upload.path, upload)
        return replace(self, uploads=tuple(known.values()))

    def without_uploads(self, paths: Collection[str]) -> Curation:
        return replace(self, uploads=tuple(upload for upload in self.uploads if upload.path not in paths))

    def burying(self, stones: Iterable[Tombstone]) -> Curation:
        known = {stone.article_id: stone for stone in (*self.tombstones, *stones)}
        return replace(self, tombstones=tuple(known.values()))

    def lifting(self, article_ids: Collection[str]) -> Curation:
        stones = tuple(stone for stone in self.tombstones if stone.article_id not in article_ids)
        return replace(self, tombstones=stones)
