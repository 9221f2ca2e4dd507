"""What `python -m ingest` can be asked to do, one function each; every change runs under the same lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from ingest.edits.versions import ArticleChange, latest_changes
from ingest.embedding.factory import Embedder, make_embedder
from ingest.errors import ConfigError, NoArticles
from ingest.index.catalogue import Catalogue
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.runs.outcome import Outcome
from ingest.runs.pipeline import ingest_corpus, rebuild_index
from ingest.settings import IngestSettings, load_ingest_settings
from ingest.sources.progress import Report
from ingest.sources.sources import configured_sources, holds, readable
from ingest.sources.ssrf_guard import Guard
from ingest.text.plurals import counted


@dataclass(frozen=True, slots=True)
class Request:
    """One command. `what` are the things to add or remove, `file` the one to export to or import from."""

    action: str
    what: Sequence[str] = ()
    file: Path | None = None
    name: str | None = None
    by: str = ""
    paths: Sequence[Path] = ()
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


def perform(config: Path, request: Request, report: Report) -> Result:
    """Do what was asked for; raises UserFacingError."""
    if request.paths and request.action != "refresh":
        raise ConfigError("PATHs go with a plain run only; leave them out, or leave the flag out.")
    if request.dry_run and request.action not in ("refresh", "remove"):
        raise ConfigError(
            f"--{request.action} has no --dry-run: leave the flag out, or run --status to look first."
        )
    return COMMANDS[request.action](load_ingest_settings(config), request, report)


def refresh(settings: IngestSettings, request: Request, report: Report) -> Result:
    if request.scheduled and (last := _unfollowed_rollback(settings)) is not None:
        text = f"Nothing was read: {last.by} went back to an older index. Run a refresh by hand to go on."
        shape = {"action": "refresh", "held": "rollback", "by": last.by, "at": last.at}
        return Result(shape, text)
    change = Change("refresh", request.by, allow_removals=request.allow_removals, guard=request.guard)
    return _ingest(settings, request, report, change)


def add(settings: IngestSettings, request: Request, report: Report) -> Result:
    return _ingest(settings, request, report, _addition(settings, request))


def remove(settings: IngestSettings, request: Request, report: Report) -> Result:
    return _ingest(settings, request, report, Change("remove", request.by, remove=tuple(request.what)))


def rollback(settings: IngestSettings, request: Request, _: Report) -> Result:
    undone = roll_back(settings, request.by)
    size = f"{counted(undone.articles, 'article')}, {counted(undone.passages, 'passage')}"
    return Result(undone.shape(), f"Back to generation {undone.generation}: {size}.")


def export(settings: IngestSettings, request: Request, _: Report) -> Result:
    """The corpus into a file; as `backup` with the audit log and the fetched pages."""
    assert request.file is not None
    if request.file.exists() and not request.file.is_file():
        raise ConfigError(f"{request.file} is no file that can be written anew; name another.")
    contents = export_corpus(settings, request.file, request.by, whole=request.action == "backup")
    return Result(contents.shape(request.action), _written(contents, request.file))


def import_(settings: IngestSettings, request: Request, report: Report) -> Result:
    assert request.file is not None
    imported = import_corpus(
        settings, _embedder(settings), request.file, request.by, report, request.allow_removals
    )
    return Result(imported.shape() | {"action": "import"}, _changes(imported, dry_run=False))


def rebuild(settings: IngestSettings, request: Request, report: Report) -> Result:
    rebuilt = rebuild_index(settings, _embedder(settings), by=request.by, report=report)
    return Result(rebuilt.shape() | {"action": "rebuild"}, _changes(rebuilt, dry_run=False))


def status(settings: IngestSettings, _: Request, __: Report) -> Result:
    shape = corpus_status(settings)
    return Result(shape, status_text(shape))


def log(settings: IngestSettings, request: Request, _: Report) -> Result:
    entries = latest(settings.index.directory, request.limit)
    lines = [
        f"{entry.at}  {entry.by}  {entry.action}: +{entry.added} ~{entry.changed} -{entry.removed}"
        + (f"  {', '.join(entry.what)}" if entry.what else "")
        for entry in entries
    ]
    shape = {"log": [entry.shape() for entry in entries]}
    return Result(shape, "\n".join(lines) or "Nothing has been changed yet.")


def changes(settings: IngestSettings, request: Request, _: Report) -> Result:
    generations = Generations(settings.index.directory)
    folder = generations.path(generations.require_current())
    with Catalogue.published(folder / CATALOGUE) as catalogue:
        listed = latest_changes(settings.index.directory, catalogue.article, request.limit)
    text = "\n".join(map(_change_text, listed))
    return Result({"changes": [one.shape() for one in listed]}, text or "No article has changed yet.")


def _change_text(change: ArticleChange) -> str:
    lines = [f"{change.at}  {change.title} ({change.article_id}){': removed' * change.removed}"]
    for one in change.differences:
        lines.append(f"  … {one.before} [-{one.old}-] {{+{one.new}+}} {one.after} …")
    return "\n".join(lines)


COMMANDS: Mapping[str, Callable[[IngestSettings, Request, Report], Result]] = {
    "refresh": refresh,
    "add": add,
    "remove": remove,
    "rollback": rollback,
    "export": export,
    "import": import_,
    "backup": export,
    "rebuild": rebuild,
    "log": log,
    "changes": changes,
    "status": status,
}


def _ingest(settings: IngestSettings, request: Request, report: Report, change: Change) -> Result:
    outcome = ingest_corpus(
        settings,
        _embedder(settings),
        only=tuple(request.paths),
        dry_run=request.dry_run,
        report=report,
        change=change,
    )
    if request.action == "refresh" and not (request.dry_run or outcome.passages or outcome.removed):
        raise NoArticles(_no_articles(settings, outcome))
    return Result(outcome.shape(), _changes(outcome, dry_run=request.dry_run))


def _no_articles(settings: IngestSettings, outcome: Outcome) -> str:
    """Where articles were looked for, and why what lies there is none."""
    keys = [source.key for source in configured_sources(settings.corpus, settings.base)]
    places = ", ".join(keys) or "no source at all: [corpus] names none"
    lines = [f"No articles were found in {places}. Put some there, or add one with `python -m ingest --add`."]
    return "\n".join([*lines, *(f"  {reject.path}: {reject.reason}" for reject in outcome.rejected)])


def _unfollowed_rollback(settings: IngestSettings) -> AuditEntry | None:
    """The roll back that nobody has refreshed after; what only remakes vectors in between changes nothing."""
    done = (entry for entry in latest(settings.index.directory, 20) if entry.action != "rebuild")
    last = next(done, None)
    if last is None or last.action != "rollback":
        return None
    run = last_run(settings.index.directory) or {}  # one that changed nothing is in no log
    refreshed = run.get("action") == "refresh" and "error" not in run and str(run.get("started")) >= last.at
    return None if refreshed else last


def _addition(settings: IngestSettings, request: Request) -> Change:
    """What is to be added: files of a configured source where they are, others copied, addresses to be fetched."""
    if request.name is not None and len(request.what) != 1:
        raise ConfigError("--name goes with one file only.")
    sources = configured_sources(settings.corpus, settings.base)
    uploads: list[Upload] = []
    paths: list[Path] = []
    for written in request.what:
        if is_url(written):
            uploads.append(url_upload(written, request.by, now()))
        elif any(holds(source, Path(written)) for source in sources):
            paths.append(Path(written))
        else:
            file = Path(written)
            uploads.append(
                file_upload(
                    file, request.name or readable(file.name), settings.corpus.uploads, request.by, now()
                )
            )
    return Change("add", request.by, tuple(uploads), tuple(paths), guard=request.guard)


def _embedder(settings: IngestSettings) -> Embedder:
    embedding = settings.embedding
    return make_embedder(embedding.provider, embedding.model, embedding.base_url)


def _changes(outcome: Outcome, *, dry_run: bool) -> str:
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
    counts = ((contents.articles, "article"), (contents.vectors, "vector"), (contents.uploads, "upload"))
    return f"In {file}: {', '.join(counted(number, name) for number, name in counts)}."
