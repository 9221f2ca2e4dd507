"""What is left of an index whose files were harmed, taken away or made unreadable, and what mends it."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from small_corpus import WordEmbedder, open_index, settings_in, write_article

from ingest.administration.export import export_corpus
from ingest.administration.importing import import_corpus
from ingest.administration.rollback import roll_back
from ingest.administration.status import corpus_status, status_text
from ingest.edits.audit import AuditEntry, latest, record
from ingest.edits.change_requests import Change, now
from ingest.edits.run_lock import last_run
from ingest.edits.uploads import UploadRefused, file_upload
from ingest.errors import IndexBroken, IndexMissing, NothingToRollBack, StorageFailed, UserFacingError
from ingest.index.crash_probe import probe
from ingest.index.generations import Generations
from ingest.runs.pipeline import ingest_corpus, rebuild_index
from ingest.runs.removal_limit import TooManyRemoved
from ingest.settings import IngestSettings
from ingest.sources.progress import silent

CATALOGUE = "catalogue.sqlite"


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def settings(tmp_path: Path, embedder: WordEmbedder) -> IngestSettings:
    """Two generations: three articles, and then one of them removed by hand."""
    for name in "abc":
        write_article(tmp_path / "articles", name)
    settings = settings_in(tmp_path)
    ingest_corpus(settings, embedder)
    ingest_corpus(settings, embedder, change=Change("remove", "ann", remove=("Report a",)))
    return settings


@pytest.fixture
def generations(settings: IngestSettings) -> Generations:
    return Generations(settings.index.directory)


def catalogue(generations: Generations, name: str | None) -> Path:
    assert name is not None
    return generations.path(name) / CATALOGUE


def close_off(path: Path) -> Path:
    """Make a file one that is there and cannot be opened, for root too; returns where its bytes are meanwhile."""
    aside = path.with_name("aside")
    path.rename(aside)
    path.symlink_to(path.name)
    return aside


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x01
    path.write_bytes(data)


def flip_a_word(path: Path) -> None:
    """Change one letter of an article's text, which SQLite does not notice."""
    flip(path, path.read_bytes().index(b"was seen near"))


def titles(settings: IngestSettings, embedder: WordEmbedder) -> list[str]:
    with open_index(settings, embedder) as index:
        assert index.vectors_fault is None
        return sorted(article.title for article in index.catalogue.newest(100))


# -- what cannot be read is no damage


def test_catalogues_that_cannot_be_opened_stop_the_run_and_nothing_is_deleted(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations
) -> None:
    paths = [catalogue(generations, name) for name in generations.published()]
    aside = [close_off(path) for path in paths]
    write_article(settings.base / "articles", "d")
    with pytest.raises(IndexBroken, match=r"catalogue\.sqlite cannot be read.*Nothing was deleted"):
        ingest_corpus(settings, embedder)
    for path, kept in zip(paths, aside, strict=True):
        kept.replace(path)
    assert [catalogue(generations, name) for name in generations.published()] == paths
    assert ingest_corpus(settings, embedder).added == 1
    assert titles(settings, embedder) == ["Report b", "Report c", "Report d"]


def test_an_older_generation_that_cannot_be_opened_is_neither_given_up_nor_deleted(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations
) -> None:
    older, current = generations.published()
    aside = close_off(catalogue(generations, older))
    write_article(settings.base / "articles", "d")
    with pytest.raises(IndexBroken, match=older):
        ingest_corpus(settings, embedder)
    assert generations.published() == [older, current]
    assert aside.exists()


def test_a_seal_that_cannot_be_opened_is_no_damage(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations
) -> None:
    close_off(generations.path(generations.require_current()) / "seal.json")
    with pytest.raises(IndexBroken, match=r"seal\.json cannot be read"):
        ingest_corpus(settings, embedder)
    assert len(generations.published()) == 2


def test_a_full_disk_is_no_damage_and_the_vectors_are_searched_once_there_is_room(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    """A limit on the size of files stands in for the disk's; Chroma writes whenever it is opened."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for _ in range(2):
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
            with open_index(settings, embedder) as index:
                assert index.search_words(["river"], 3)
                assert "Make room on its disk" in (index.vectors_fault or "")
                assert not index.needs_rebuilding
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, before)
    assert titles(settings, embedder) == ["Report b", "Report c"]


# -- small files with something else in them


@pytest.mark.parametrize(
    "written", [b"..", b".", b"", b"\xff\xfe\x00", b"../x", b"HERE/articles", b"articles"]
)
def test_a_pointer_to_no_generation_is_none_and_the_newest_sound_one_is_taken(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations, written: bytes
) -> None:
    newest = generations.require_current()
    written = written.replace(b"HERE", bytes(settings.base))
    for name in ("current", "abandoned"):
        (generations.directory / name).write_bytes(written)
    (generations.directory / "id").write_bytes(b"\xff" + written)
    assert generations.current() == newest
    write_article(settings.base / "articles", "d")
    outcome = ingest_corpus(settings, embedder)
    assert (outcome.added, generations.require_current()) == (1, outcome.generation)
    assert (settings.base / "articles").is_dir()
    assert (generations.directory / "current").read_text().strip() == outcome.generation


def test_without_a_pointer_a_generation_of_another_size_is_not_taken(generations: Generations) -> None:
    older, newest = generations.published()
    (generations.directory / "current").write_text("nothing\n")
    catalogue(generations, newest).write_bytes(b"")
    assert generations.current() == older
    shutil.rmtree(generations.path(older))
    with pytest.raises(IndexMissing):
        generations.require_current()


def test_folders_that_are_no_generations_are_never_counted_or_deleted(generations: Generations) -> None:
    own = generations.directory / "my notes"
    own.mkdir()
    (own / CATALOGUE).write_text("mine")
    (generations.directory / "abandoned").write_text("my\nnotes\n..\n")
    generations.prune()
    assert "my notes" not in generations.published()
    assert (own / CATALOGUE).read_text() == "mine"


# -- the advice that is given holds


@pytest.mark.parametrize("harm", ["a letter", "the last page", "no seal", "an empty seal", "a broken seal"])
def test_a_plain_run_mends_a_damaged_catalogue_though_no_article_changed(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations, harm: str
) -> None:
    name = generations.require_current()
    path, seal = catalogue(generations, name), generations.path(name) / "seal.json"
    match harm:
        case "a letter":
            flip_a_word(path)
        case "the last page":
            flip(path, -100)
        case "no seal":
            seal.unlink()
        case "an empty seal":
            seal.write_text("{}")
        case _:
            seal.write_bytes(b"\xff\x00[")
    with pytest.raises(IndexBroken, match="Run `python -m ingest`"):
        probe(settings.index)
    ingest_corpus(settings, embedder)
    assert "2 articles can be searched" in probe(settings.index)
    assert titles(settings, embedder) == ["Report b", "Report c"]  # what was removed by hand stays removed
    assert name not in generations.published()
    with open_index(settings, embedder) as index:
        assert all(
            "was seen near" in (index.article(one.id) or one).body for one in index.catalogue.newest(9)
        )


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500, None])
def test_what_was_removed_by_hand_stays_so_when_a_lost_catalogue_is_made_anew(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations, content: bytes | None
) -> None:
    ingest_corpus(settings, embedder, change=Change("remove", "ann", remove=("Report b",)))
    path = catalogue(generations, generations.current())
    path.unlink() if content is None else path.write_bytes(content)
    ingest_corpus(settings, embedder)
    assert "Report a" not in titles(settings, embedder)
    assert probe(settings.index)


def test_tombstones_outlive_the_damage_of_the_articles_table(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations
) -> None:
    path = catalogue(generations, generations.current())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE articles")
    for name in generations.published()[:-1]:
        shutil.rmtree(generations.path(name))
    ingest_corpus(settings, embedder)
    assert titles(settings, embedder) == ["Report b", "Report c"]


def test_a_run_for_one_file_keeps_the_articles_of_a_damaged_catalogue_that_are_whole(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations
) -> None:
    (settings.base / "articles" / "b.md").unlink()
    flip(catalogue(generations, generations.current()), -100)
    extra = write_article(settings.base / "articles", "d")
    ingest_corpus(settings, embedder, only=[extra])
    assert titles(settings, embedder) == ["Report b", "Report c", "Report d"]


def test_going_back_to_a_damaged_generation_is_refused(
    settings: IngestSettings, generations: Generations
) -> None:
    current, previous = generations.require_current(), generations.previous()
    flip(catalogue(generations, previous), -100)
    with pytest.raises(NothingToRollBack, match=r"is damaged.*python -m ingest"):
        roll_back(settings, "ann")
    assert generations.current() == current


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500, None])
def test_a_broken_index_can_be_rolled_back(
    settings: IngestSettings, embedder: WordEmbedder, generations: Generations, content: bytes | None
) -> None:
    previous = generations.previous()
    path = catalogue(generations, generations.current())
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(IndexBroken, match="python -m ingest"):
        open_index(settings, embedder)
    assert roll_back(settings, "ann").generation == previous
    assert titles(settings, embedder) == ["Report a", "Report b", "Report c"]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500, None])
def test_status_and_export_of_a_broken_index_say_what_to_run(
    settings: IngestSettings, generations: Generations, tmp_path: Path, content: bytes | None
) -> None:
    path = catalogue(generations, generations.current())
    path.unlink() if content is None else path.write_bytes(content)
    status = corpus_status(settings)
    assert "python -m ingest" in status["fault"]
    assert status["fault"] in status_text(status)
    with pytest.raises(UserFacingError, match="python -m ingest"):
        export_corpus(settings, tmp_path / "out.zip", "ann", whole=False)
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize(
    "written", ['{"x": 1}', "[]", "\x00", '{"by": 1, "action": 2, "started": 3}', '{"rejected": 5}']
)
def test_a_state_file_with_something_else_in_it_is_none(settings: IngestSettings, written: str) -> None:
    (settings.index.directory / "last_run.json").write_text(written)
    (settings.index.directory / "run.json").write_text('{"done": "many", "total": []}')
    assert last_run(settings.index.directory) is None
    assert "Generation" in status_text(corpus_status(settings))
    with Generations(settings.index.directory).writing():
        assert "Now:" in status_text(corpus_status(settings))


def test_an_unreadable_vector_store_stops_an_export_with_a_sentence(
    settings: IngestSettings, tmp_path: Path
) -> None:
    close_off(settings.index.directory / "vectors.sqlite")
    with pytest.raises(IndexBroken, match=r"vectors\.sqlite cannot be read"):
        export_corpus(settings, tmp_path / "out.zip", "ann", whole=False)


def test_a_damaged_vector_store_stops_an_export_with_advice_that_holds(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    store = settings.index.directory / "vectors.sqlite"
    data = bytearray(store.read_bytes())
    data[2 * 4096 : 3 * 4096] = b"\xff" * 4096  # the index over the hashes, which opening does not read
    store.write_bytes(data)
    with pytest.raises(IndexBroken, match=r"vectors\.sqlite is damaged.*Delete it.*--rebuild"):
        export_corpus(settings, tmp_path / "out.zip", "ann", whole=False)
    for part in store.parent.glob("vectors.sqlite*"):
        part.unlink()
    rebuild_index(settings, embedder)
    assert export_corpus(settings, tmp_path / "out.zip", "ann", whole=False).vectors > 0


def test_a_backup_is_made_without_a_damaged_audit_log(settings: IngestSettings, tmp_path: Path) -> None:
    (settings.index.directory / "audit.sqlite").write_bytes(b"no database at all" * 500)
    assert export_corpus(settings, tmp_path / "out.zip", "ann", whole=True).articles == 2


# -- the audit log


def test_a_damaged_audit_log_is_put_aside_and_a_new_one_begun(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    log = settings.index.directory / "audit.sqlite"
    log.write_bytes(b"no database at all" * 500)
    assert latest(settings.index.directory) == []
    write_article(settings.base / "articles", "d")
    assert ingest_corpus(settings, embedder).added == 1
    assert [(entry.action, entry.added) for entry in latest(settings.index.directory)] == [("refresh", 1)]
    [aside] = log.parent.glob("audit.sqlite.damaged-*")
    assert aside.read_bytes().startswith(b"no database")


def test_an_audit_log_that_cannot_be_opened_fails_no_run_and_is_left_alone(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    log = settings.index.directory / "audit.sqlite"
    aside = close_off(log)
    write_article(settings.base / "articles", "d")
    assert ingest_corpus(settings, embedder).added == 1
    with pytest.raises(IndexBroken, match=r"audit\.sqlite cannot be read"):
        latest(settings.index.directory)
    aside.replace(log)
    record(settings.index.directory, AuditEntry("ann", "refresh"))
    assert len(latest(settings.index.directory)) == 3


# -- disks that cannot be written to


@pytest.fixture
def closed(settings: IngestSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder can be made below the index and no lock taken, as where the disk is mounted read-only."""
    import filelock

    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(filelock.FileLock, "acquire", refused)
    monkeypatch.setattr(Path, "mkdir", refused)
    monkeypatch.setattr("ingest.index.careful_opening.os.access", lambda *_: False)


@pytest.mark.usefixtures("closed")
def test_an_index_that_cannot_be_written_to_is_searched_by_words(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    with open_index(settings, embedder) as index:
        assert index.search_words(["day"], 3)
        assert not index.needs_rebuilding


def test_an_index_that_cannot_be_written_to_is_searched_by_meaning_in_a_copy(
    settings: IngestSettings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.index.careful_opening.os.access", lambda *_: False)
    monkeypatch.setattr("tempfile.tempdir", str(settings.base))
    with open_index(settings, embedder) as index:
        assert index.search_vectors(embedder.embed_question("river"), 3)
        assert list(settings.base.glob("byline-*"))
    assert not list(settings.base.glob("byline-*"))


@pytest.mark.usefixtures("closed")
def test_the_status_needs_no_right_to_write_and_a_change_says_that_it_does(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    assert corpus_status(settings)["running"] is None
    with pytest.raises(StorageFailed, match="cannot be written to: Read-only"):
        ingest_corpus(settings, embedder)


# -- what was refused leaves nothing


def test_a_refused_upload_leaves_no_file(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    note = tmp_path / "note.md"
    note.write_text("")
    upload = file_upload(note, "note.md", settings.corpus.uploads, "ann", now())
    with pytest.raises(UploadRefused):
        ingest_corpus(settings, embedder, change=Change("add", "ann", (upload,)))
    assert list(settings.corpus.uploads.iterdir()) == []


def test_of_several_uploads_those_without_an_article_leave_no_file(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    texts = {"note": "# Note\n\nThe harbour of Genoa was closed for two days.\n", "empty": ""}
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text)
    put = [
        file_upload(tmp_path / f"{name}.md", f"{name}.md", settings.corpus.uploads, "ann", now())
        for name in texts
    ]
    ingest_corpus(settings, embedder, change=Change("add", "ann", tuple(put)))
    assert [path.name for path in settings.corpus.uploads.iterdir()] == [put[0].path]
    again = file_upload(tmp_path / "note.md", "note.md", settings.corpus.uploads, "ann", now())
    ingest_corpus(settings, embedder, change=Change("add", "ann", (again,)))
    assert [path.name for path in settings.corpus.uploads.iterdir()] == [put[0].path]


def test_a_refused_import_leaves_no_uploads(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nThe harbour of Genoa was closed for two days because of a storm.\n")
    upload = file_upload(note, "note.md", settings.corpus.uploads, "ann", now())
    ingest_corpus(settings, embedder, change=Change("add", "ann", (upload,)))
    file = tmp_path / "corpus.zip"
    export_corpus(settings, file, "ann", whole=False)
    away = settings_in(tmp_path / "away")
    for name in "pqrstuvwxyz":
        write_article(tmp_path / "away" / "articles", name)
    ingest_corpus(away, embedder)
    with pytest.raises(TooManyRemoved):
        import_corpus(away, embedder, file, "ann", silent, allow_removals=False)
    assert list(away.corpus.uploads.glob("*")) == []
    import_corpus(away, embedder, file, "ann", silent, allow_removals=True)
    assert [path.name for path in away.corpus.uploads.iterdir()] == [upload.path]
