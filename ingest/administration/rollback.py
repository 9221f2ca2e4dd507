"""Back to the generation before: what was added, removed or read since is undone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from ingest.edits.audit import AuditEntry, record
from ingest.edits.run_lock import exclusive
from ingest.edits.uploads import discard_uploads, uploads_in_use
from ingest.errors import CatalogueBroken, NothingToRollBack
from ingest.index.catalogue import Catalogue
from ingest.index.checksums import damage
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.settings import IngestSettings


@dataclass(frozen=True, slots=True)
class RolledBack:
    """`generation` is in use again, in place of `undone`."""

    generation: str
    undone: str
    articles: int
    passages: int

    def shape(self) -> dict[str, Any]:
        """The JSON object that `--rollback --json` prints."""
        return {"action": "rollback"} | asdict(self)


def roll_back(settings: IngestSettings, by: str) -> RolledBack:
    """Make the previous generation current. Raises NothingToRollBack, IndexMissing, IndexBroken or RunInProgress."""
    generations = Generations(settings.index.directory)
    with exclusive(generations, "rollback", by) as run:
        undone, previous = generations.require_current(), generations.previous()
        if previous is not None and (wrong := damage(generations.path(previous), CATALOGUE)) is not None:
            raise NothingToRollBack(
                f"Generation {previous} is damaged ({wrong}), so nothing can be gone back to. "
                "Run `python -m ingest` instead; it builds a new index from what is sound."
            )
        if previous is not None and _embedder(generations, undone) not in (
            None,
            _embedder(generations, previous),
        ):
            raise NothingToRollBack(
                f"Generation {previous} was made with another embedder, so it could not be searched. "
                "Set [embedding] back and run `python -m ingest` instead."
            )
        uploads = uploads_in_use(generations)
        generation = generations.roll_back()
        discard_uploads(settings.corpus.uploads, uploads - uploads_in_use(generations))
        with Catalogue.published(generations.path(generation) / CATALOGUE) as catalogue:
            outcome = RolledBack(generation, undone, catalogue.count("articles"), catalogue.count("passages"))
        record(settings.index.directory, AuditEntry(by, "rollback", (undone,), generation=generation))
        return run.end(outcome)


def _embedder(generations: Generations, name: str) -> str | None:
    """Which embedder made it; None where it is too damaged to say."""
    with suppress(CatalogueBroken), Catalogue.published(generations.path(name) / CATALOGUE) as catalogue:
        return catalogue.meta("embedder")
    return None
