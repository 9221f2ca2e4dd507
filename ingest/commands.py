"""What `python -m ingest` can be asked to do, one function each; every change runs under the same lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.administration.export import Contents, export_corpus
from ingest.administration.importing import import_corpus
from ingest.administration.rollback import roll_back
from ingest.administration.status import corpus_status, status_text
from ingest.edits.audit import AuditEntry, latest
from ingest.edits.change_requests import Change, now
from ingest.edits.manual_edits import Upload
from ingest.edits.run_lock import last_run
from ingest.edits.uploads import file_upload, is_url, url_upload
from ingest.embedding.factory import Embedder, make_embedder
from ingest.errors import ConfigError, NoArticles
from ingest.runs.outcome import Outcome
from ingest.runs.pipeline import ingest_corpus, rebuild_index
from ingest.settings import IngestSettings, load_ingest_settings
from ingest.sources.progress import Report
from ingest.sources.sources import configured_sources, holds, readable
from ingest.sources.ssrf_guard import Guard
from ingest.text.plurals import counted


@dataclass(frozen=True, slots=True)
class Asked:
    """One command. `what` are the things to add or remove, `file` the one to export to or import from."""

    action: str
    what: tuple[str, ...] = ()
    file: Path | None = None
    name: str | None = None
    by: str = ""
    paths: tuple[Path, ...] = ()
    dry_run: bool = False
    allow_removals: bool = False
    scheduled: bool = False
    limit: int = 20
    guard: Guard = field(default_factory=Guard)


@dataclass(frozen=True, slots=True)
class Result:
    """The JSON object of a command, and the same for people."""

    shape: dict[str, Any]
    text: str


def perform(config: Path, asked: Asked, report: Report) -> Result:
    """Do what was asked; raises UserFacingError."""
    settings = load_ingest_settings(config)
    if asked.dry_run and asked.action not in ("refresh", "remove"):
        raise ConfigError(
            f"--{asked.action} has no --dry-run: leave the flag out, or run --status to look first."
        )
    match asked.action:
        case "status":
            status = corpus_status(settings)
            return Result(status, status_text(status))
        case "log":
            return _log(settings, asked.limit)
        case "rollback":
            undone = roll_back(settings, asked.by)
            back = f"{counted(undone.articles, 'article')}, {counted(undone.passages, 'passage')}"
            text = f"Back to generation {undone.generation}: {back}."
            return Result(undone.shape(), text)
        case "rebuild":
            rebuilt = rebuild_index(settings, _embedder(settings), by=asked.by, report=report)
            return Result(rebuilt.shape() | {"action": "rebuild"}, _changed(rebuilt, dry_run=False))
        case "export" | "backup":
            assert asked.file is not None
            if asked.file.exists() and not asked.file.is_file():
                raise ConfigError(f"{asked.file} is no file that can be written anew; name another.")
            contents = export_corpus(settings, asked.file, asked.by, whole=asked.action == "backup")
            return Result(contents.shape(asked.action), _written(contents, asked.file))
        case "import":
            assert asked.file is not None
            imported = import_corpus(
                settings, _embedder(settings), asked.file, asked.by, report, asked.allow_removals
            )
            return Result(imported.shape() | {"action": "import"}, _changed(imported, dry_run=False))
        case "add":
            change = _addition(settings, asked)
        case "remove":
            change = Change("remove", asked.by, remove=asked.what)
        case _:
            if asked.scheduled and (held := _undone(settings)) is not None:
                text = f"Nothing was read: {held.by} went back to an older index. Run a refresh by hand to go on."
                return Result({"action": "refresh", "held": "rollback", "by": held.by, "at": held.at}, text)
            change = Change("refresh", asked.by, allow_removals=asked.allow_removals, guard=asked.guard)
    outcome = ingest_corpus(
        settings, _embedder(settings), only=asked.paths, dry_run=asked.dry_run, report=report, change=change
    )
    if asked.action == "refresh" and not (asked.dry_run or outcome.passages or outcome.removed):
        raise NoArticles(_no_articles(settings, outcome))
    return Result(outcome.shape(), _changed(outcome, dry_run=asked.dry_run))


def _no_articles(settings: IngestSettings, outcome: Outcome) -> str:
    """Where articles were looked for, and why what lies there is none."""
    keys = [source.key for source in configured_sources(settings.corpus, settings.base)]
    places = ", ".join(keys) or "no source at all: [corpus] names none"
    lines = [f"No articles were found in {places}. Put some there, or add one with `python -m ingest --add`."]
    return "\n".join([*lines, *(f"  {reject.path}: {reject.reason}" for reject in outcome.rejected)])


def _undone(settings: IngestSettings) -> AuditEntry | None:
    """The roll back that nobody has refreshed after; what only remakes vectors in between changes nothing."""
    done = (entry for entry in latest(settings.index.directory, 20) if entry.action != "rebuild")
    last = next(done, None)
    if last is None or last.action != "rollback":
        return None
    run = last_run(settings.index.directory) or {}  # one that changed nothing is in no log
    refreshed = run.get("action") == "refresh" and "error" not in run and str(run.get("started")) >= last.at
    return None if refreshed else last


def _addition(settings: IngestSettings, asked: Asked) -> Change:
    """What is to be added: files of a configured source where they are, others copied, addresses to be fetched."""
    if asked.name is not None and len(asked.what) != 1:
        raise ConfigError("--name goes with one file only.")
    sources = configured_sources(settings.corpus, settings.base)
    uploads: list[Upload] = []
    paths: list[Path] = []
    for written in asked.what:
        if is_url(written):
            uploads.append(url_upload(written, asked.by, now()))
        elif any(holds(source, Path(written)) for source in sources):
            paths.append(Path(written))
        else:
            file = Path(written)
            uploads.append(
                file_upload(file, asked.name or readable(file.name), settings.corpus.uploads, asked.by, now())
            )
    return Change("add", asked.by, tuple(uploads), tuple(paths), guard=asked.guard)


def _embedder(settings: IngestSettings) -> Embedder:
    embedding = settings.embedding
    return make_embedder(embedding.provider, embedding.model, embedding.base_url)


def _log(settings: IngestSettings, limit: int) -> Result:
    entries = latest(settings.index.directory, limit)
    lines = [
        f"{entry.at}  {entry.by}  {entry.action}: +{entry.added} ~{entry.changed} -{entry.removed}"
        + (f"  {', '.join(entry.what)}" if entry.what else "")
        for entry in entries
    ]
    return Result(
        {"log": [entry.shape() for entry in entries]}, "\n".join(lines) or "Nothing has been changed yet."
    )


def _changed(outcome: Outcome, *, dry_run: bool) -> str:
    verb = "would be " if dry_run else ""
    lines = [
        f"{outcome.added} {verb}added, {outcome.changed} changed, {outcome.removed} removed, "
        f"{outcome.unchanged} unchanged; {counted(outcome.passages, 'passage')} in {outcome.seconds:.1f} s"
    ]
    if outcome.estimate is not None:
        lines.append(outcome.estimate.sentence())
    if outcome.action in ("add", "remove"):
        lines += [f"  {article.title} ({article.id})" for article in outcome.articles]
    if outcome.rejected:
        lines.append(f"{len(outcome.rejected)} not read:")
        lines += [f"  {reject.path}: {reject.reason}" for reject in outcome.rejected]
    return "\n".join(lines)


def _written(contents: Contents, file: Path) -> str:
    held = ((contents.articles, "article"), (contents.vectors, "vector"), (contents.uploads, "upload"))
    return f"In {file}: {', '.join(counted(number, name) for number, name in held)}."


__all__: Sequence[str] = ["Asked", "Result", "perform"]
