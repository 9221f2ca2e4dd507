"""What people change by hand, and what a bad run cannot do, against real SQLite and Chroma."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback_site import Reply, Site
from small_corpus import WordEmbedder, open_index, rows, settings_in, write_article, write_rows

from ingest.administration.rollback import roll_back
from ingest.administration.status import corpus_status
from ingest.edits.audit import latest
from ingest.edits.change_requests import Change, NoSuchArticle, now
from ingest.edits.manual_edits import UPLOADS, Curation, Upload
from ingest.edits.run_lock import RunInProgress, exclusive, is_running, last_run, running
from ingest.edits.uploads import UploadRefused, file_upload, shown_name, url_upload
from ingest.errors import ConfigError, NothingToRollBack, UserFacingError
from ingest.index.catalogue import Catalogue
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.runs.pipeline import Outcome, ingest_corpus
from ingest.runs.removal_limit import TooManyRemoved
from ingest.settings import IngestSettings, SourceSettings


@pytest.fixture
def settings(tmp_path: Path) -> IngestSettings:
    for name in "abc":
        write_article(tmp_path / "articles", name)
    return settings_in(tmp_path)


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


def uploaded(settings: IngestSettings, file: Path, name: str | None = None, by: str = "ann") -> Upload:
    return file_upload(file, name or file.name, settings.corpus.uploads, by, now())


def add(settings: IngestSettings, embedder: WordEmbedder, *uploads: Upload, **fields: object) -> Outcome:
    return ingest_corpus(settings, embedder, change=Change("add", "ann", uploads, **fields))  # type: ignore[arg-type]


def remove(settings: IngestSettings, embedder: WordEmbedder, *names: str) -> Outcome:
    return ingest_corpus(settings, embedder, change=Change("remove", "ben", remove=names))


def titles(settings: IngestSettings, embedder: WordEmbedder) -> list[str]:
    with open_index(settings, embedder) as index:
        return sorted(article.title for article in index.catalogue.newest(1_000))


def curation(settings: IngestSettings) -> Curation:
    generations = Generations(settings.index.directory)
    with closing(
        Catalogue(generations.path(generations.require_current()) / CATALOGUE, readonly=True)
    ) as catalogue:
        return Curation.load(catalogue)


def upload_file(tmp_path: Path, name: str = "note.md", title: str = "Note", text: str = "") -> Path:
    path = tmp_path / "desk" / name
    path.parent.mkdir(exist_ok=True)
    body = text or "The harbour of Genoa was closed for two days because of a storm, the coast guard said."
    path.write_text(f"# {title}\n\n{body}\n")
    return path


# -- adding


def test_an_added_file_stays_when_the_sources_are_read_again(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    file = upload_file(tmp_path)
    outcome = add(settings, embedder, uploaded(settings, file))
    assert (outcome.added, [article.title for article in outcome.articles]) == (1, ["Note"])
    file.unlink()
    again = ingest_corpus(settings, embedder)
    assert (again.added, again.removed, again.unchanged) == (0, 0, 4)
    assert titles(settings, embedder) == ["Note", "Report a", "Report b", "Report c"]


def test_the_name_of_an_upload_is_shown_but_is_never_a_path(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    file = tmp_path / "plain.txt"
    file.write_text(
        "The harbour of Genoa was closed for two days because of a storm.\nThe coast guard said so on Monday."
    )
    for name in (
        "../../etc/evil.txt",
        "C:\\windows\\evil.txt",
        "/etc/evil.txt",
        "..\\evil.txt",
        "a\0b/evil.txt",
        "\n\revil.txt",
    ):
        upload = uploaded(settings, file, name)
        assert upload.name.strip() == "evil.txt"
        assert (settings.corpus.uploads / upload.path).parent == settings.corpus.uploads
    assert [path.name for path in settings.corpus.uploads.iterdir()] == [upload.path]
    [article] = add(settings, embedder, upload).articles
    assert (article.origin, article.path) == (UPLOADS, upload.path)
    assert article.title.strip()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "///", "\0", "x" * 5000 + ".md", "con.md", "  .md", "\u202egpj.md", "a/b/c"]
)
def test_any_name_can_be_shown(name: str) -> None:
    shown = shown_name(name)
    assert shown.isprintable()
    assert 0 < len(shown) <= 120
    assert "/" not in shown


def test_the_same_file_added_twice_is_one_article(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    add(settings, embedder, uploaded(settings, upload_file(tmp_path)))
    again = add(settings, embedder, uploaded(settings, upload_file(tmp_path, "copy.md")))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 4)
    assert [article.title for article in again.articles] == ["Note"]
    assert len(curation(settings).uploads) == 1


def test_adding_reads_only_what_is_added(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    write_article(tmp_path / "articles", "d")
    (tmp_path / "articles" / "a.md").unlink()
    outcome = add(settings, embedder, uploaded(settings, upload_file(tmp_path)))
    assert (outcome.added, outcome.removed) == (1, 0)


def test_adding_to_a_corpus_that_was_never_read_reads_it_whole(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    outcome = add(settings, embedder, uploaded(settings, upload_file(tmp_path)))
    assert outcome.added == 4
    assert [article.title for article in outcome.articles] == ["Note"]


def test_what_holds_no_article_is_not_added_and_the_reason_is_told(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    before = ingest_corpus(settings, embedder).generation
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing of the kind")
    with pytest.raises(UploadRefused, match=r"Nothing was added\. broken\.pdf: "):
        add(settings, embedder, uploaded(settings, broken))
    assert Generations(settings.index.directory).current() == before
    good = add(settings, embedder, uploaded(settings, broken), uploaded(settings, upload_file(tmp_path)))
    assert good.added == 1
    assert [reject.path for reject in good.rejected] == ["broken.pdf"]
    assert [upload.name for upload in curation(settings).uploads] == ["note.md"]


def test_a_file_of_another_kind_or_none_is_refused_before_anything_is_done(
    settings: IngestSettings, tmp_path: Path
) -> None:
    (tmp_path / "program.exe").write_bytes(b"MZ")
    with pytest.raises(UploadRefused, match=r"program.exe is not of a kind"):
        uploaded(settings, tmp_path / "program.exe")
    with pytest.raises(ConfigError, match="There is no file"):
        uploaded(settings, tmp_path / "nothing.md")
    with pytest.raises(ConfigError, match="There is no file"):
        uploaded(settings, tmp_path, "folder.md")
    assert not settings.corpus.uploads.exists()


def test_a_page_added_by_its_address_stays_even_when_its_site_drops_it(
    settings: IngestSettings, embedder: WordEmbedder, site: Site
) -> None:
    settings = settings.model_copy(
        update={"corpus": settings.corpus.model_copy(update={"seconds_between_requests": 0})}
    )
    site.page(
        "/story", "Bridge", "The mayor said on Monday that the bridge will be opened in May after two years."
    )
    ingest_corpus(settings, embedder)
    upload = url_upload(site.url("/story?utm_source=chat"), "ann", now())
    [article] = add(settings, embedder, upload, guard=site.guard).articles
    assert article.url == site.url("/story")
    for reply in (Reply(status=404), Reply(status=503)):
        site.replies["/story"] = reply
        outcome = ingest_corpus(settings, embedder, change=Change(guard=site.guard))
        assert (outcome.removed, outcome.unchanged) == (0, 4)


def test_a_page_inside_the_network_is_not_added(
    settings: IngestSettings, embedder: WordEmbedder, site: Site
) -> None:
    ingest_corpus(settings, embedder)
    with pytest.raises(UploadRefused, match="Nothing was added"):
        add(settings, embedder, url_upload(site.url("/story"), "ann", now()))
    assert site.asked == []


# -- removing


def test_a_removed_article_does_not_come_back_with_its_source(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    ingest_corpus(settings, embedder)
    outcome = remove(settings, embedder, "https://example.org/a?utm_source=x")
    assert (outcome.removed, [article.title for article in outcome.articles]) == (1, ["Report a"])
    again = ingest_corpus(settings, embedder)
    assert (again.added, again.removed, again.unchanged) == (0, 0, 2)
    assert titles(settings, embedder) == ["Report b", "Report c"]


def test_a_removed_article_stays_away_though_its_text_changes_or_everything_is_read_anew(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    remove(settings, embedder, "Report a")
    write_article(tmp_path / "articles", "a", seed="another")
    assert ingest_corpus(settings, embedder).added == 0
    anew = ingest_corpus(settings, WordEmbedder("another model"))
    assert anew.passages > 0
    assert titles(settings, WordEmbedder("another model")) == ["Report b", "Report c"]
    assert len(curation(settings).tombstones) == 1


def test_what_was_removed_comes_back_when_it_is_added_again(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    remove(settings, embedder, "Report a")
    in_place = add(settings, embedder, add_paths=(tmp_path / "articles" / "a.md",))
    assert (in_place.added, [article.title for article in in_place.articles]) == (1, ["Report a"])
    assert curation(settings).tombstones == ()
    assert ingest_corpus(settings, embedder).unchanged == 3


def test_an_upload_that_is_removed_leaves_no_file_and_can_be_added_again(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    upload = uploaded(settings, upload_file(tmp_path))
    add(settings, embedder, upload)
    remove(settings, embedder, "note")
    assert curation(settings).uploads == ()
    assert (settings.corpus.uploads / upload.path).exists()  # a roll back would want it
    for name in "de":
        write_article(tmp_path / "articles", name)
        ingest_corpus(settings, embedder)
    assert not (settings.corpus.uploads / upload.path).exists()
    assert add(settings, embedder, uploaded(settings, upload_file(tmp_path))).added == 1
    assert "Note" in titles(settings, embedder)


def test_one_article_of_an_uploaded_file_of_many_can_be_removed(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    add(settings, embedder, uploaded(settings, write_rows(tmp_path / "rows.jsonl", rows(range(3)))))
    remove(settings, embedder, "Row 1")
    assert ingest_corpus(settings, embedder).unchanged == 5
    assert titles(settings, embedder)[-2:] == ["Row 0", "Row 2"]


def test_a_name_that_means_none_or_many_removes_nothing(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    for name in ("d", "e"):
        (tmp_path / "articles" / f"{name}.md").write_text(
            f"# Twice\n\nThe {name} story was told by the mayor on Monday.\n"
        )
    ingest_corpus(settings, embedder)
    with pytest.raises(NoSuchArticle, match="No article has"):
        remove(settings, embedder, "Report a", "Report z")
    with pytest.raises(
        NoSuchArticle, match=r"2 articles have the title 'Twice'\. Name one by its id: [0-9a-f]{16}"
    ):
        remove(settings, embedder, "Twice")
    remove(settings, embedder, "Report a")
    with pytest.raises(NoSuchArticle, match="was removed before, by ben"):
        remove(settings, embedder, "Report a")
    assert len(titles(settings, embedder)) == 4


# -- rolling back


def test_a_roll_back_brings_back_what_was_removed_and_drops_what_was_added(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    first = ingest_corpus(settings, embedder).generation
    remove(settings, embedder, "Report a")
    undone = roll_back(settings, "cleo")
    assert (undone.generation, undone.articles) == (first, 3)
    assert titles(settings, embedder) == ["Report a", "Report b", "Report c"]
    assert ingest_corpus(settings, embedder).unchanged == 3  # and its tombstone is gone too
    upload = uploaded(settings, upload_file(tmp_path))
    add(settings, embedder, upload)
    roll_back(settings, "cleo")
    assert ingest_corpus(settings, embedder).unchanged == 3
    assert not (settings.corpus.uploads / upload.path).exists()


def test_there_is_one_step_back_and_it_is_said_when_there_is_none(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    ingest_corpus(settings, embedder)
    with pytest.raises(NothingToRollBack):
        roll_back(settings, "cleo")
    remove(settings, embedder, "Report a")
    roll_back(settings, "cleo")
    with pytest.raises(NothingToRollBack):
        roll_back(settings, "cleo")


def test_a_generation_of_another_embedder_is_not_gone_back_to(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    ingest_corpus(settings, embedder)
    ingest_corpus(settings, WordEmbedder("another model"))
    with pytest.raises(NothingToRollBack, match="another embedder"):
        roll_back(settings, "cleo")


# -- a bad run


def test_a_run_that_would_lose_too_much_publishes_nothing_and_says_how_to_go_on(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    write_rows(tmp_path / "articles" / "rows.jsonl", rows(range(30)))
    before = ingest_corpus(settings, embedder).generation
    write_rows(tmp_path / "articles" / "rows.jsonl", rows(range(10)))
    with pytest.raises(
        TooManyRemoved, match=r"20 of 33 articles would disappear.*--allow-removals"
    ) as caught:
        ingest_corpus(settings, embedder)
    assert caught.value.removals["removed"] == 20
    assert len(caught.value.removals["titles"]) == 10
    assert Generations(settings.index.directory).current() == before
    dry = ingest_corpus(settings, embedder, dry_run=True)
    assert dry.removed == 20
    meant = ingest_corpus(settings, embedder, change=Change(allow_removals=True))
    assert (meant.removed, meant.unchanged) == (20, 13)


def test_a_small_folder_may_lose_a_large_share_but_not_all(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    (tmp_path / "articles" / "a.md").unlink()
    assert ingest_corpus(settings, embedder).removed == 1
    for name in "bc":
        (tmp_path / "articles" / f"{name}.md").write_text("")
    (tmp_path / "articles" / "x.md").write_text(
        "# Another\n\nThe mayor said on Monday that the bridge was opened.\n"
    )
    for name in "bc":
        (tmp_path / "articles" / f"{name}.md").unlink()
    with pytest.raises(TooManyRemoved, match="2 of 2 articles"):
        ingest_corpus(settings, embedder)


def test_moved_files_are_not_lost(settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    for number in range(8):
        (folder / f"{number}.md").write_text(
            f"# Story {number}\n\nThe mayor told story {number} on Monday to the town.\n"
        )
    ingest_corpus(settings, embedder)
    (folder / "new").mkdir()
    for number in range(8):
        (folder / f"{number}.md").rename(folder / "new" / f"{number}.md")
    outcome = ingest_corpus(settings, embedder)
    assert (outcome.added, outcome.removed, outcome.unchanged) == (8, 8, 3)


def test_what_is_removed_by_hand_is_never_too_much(settings: IngestSettings, embedder: WordEmbedder) -> None:
    ingest_corpus(settings, embedder)
    assert remove(settings, embedder, "Report a", "Report b", "Report c").removed == 3
    assert ingest_corpus(settings, embedder).unchanged == 0


def test_articles_go_when_they_come_of_age_however_many(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    def dated(number: int, days: int) -> dict[str, str]:
        day = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
        return {
            "title": f"Row {number}",
            "text": f"The mayor told story {number} on Monday to the town.",
            "published": day,
        }

    path = tmp_path / "dated" / "rows.jsonl"
    write_rows(path, (dated(number, 5 if number < 8 else 90) for number in range(12)))
    corpus = settings.corpus.model_copy(update={"sources": (SourceSettings(path="dated", max_age_days=30),)})
    limited = settings.model_copy(update={"corpus": corpus})
    assert ingest_corpus(limited, embedder).added == 3 + 8
    stricter = corpus.model_copy(update={"sources": (SourceSettings(path="dated", max_age_days=2),)})
    outcome = ingest_corpus(limited.model_copy(update={"corpus": stricter}), embedder)
    assert (outcome.removed, outcome.unchanged) == (8, 3)


# -- who, and one at a time


def test_every_change_is_in_the_log_and_a_quiet_run_is_not(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder, change=Change(by="schedule"))
    ingest_corpus(settings, embedder, change=Change(by="schedule"))
    add(settings, embedder, uploaded(settings, upload_file(tmp_path)))
    remove(settings, embedder, "Report a")
    roll_back(settings, "cleo")
    entries = latest(settings.index.directory)
    assert [(entry.by, entry.action, entry.what) for entry in entries[1:]] == [
        ("ben", "remove", ("Report a",)), ("ann", "add", ("Note",)), ("schedule", "refresh", ()),
    ]  # fmt: skip
    assert (entries[0].by, entries[0].action) == ("cleo", "rollback")
    assert [(entry.added, entry.removed) for entry in entries] == [(0, 0), (0, 1), (1, 0), (3, 0)]
    moment = datetime.fromisoformat(entries[0].at)
    assert moment.tzinfo is not None
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60


def test_a_second_asker_is_told_who_runs_since_when_and_how_far(
    settings: IngestSettings, tmp_path: Path
) -> None:
    generations = Generations(settings.index.directory)
    with exclusive(generations, "refresh", "ann") as run:
        run.tell("embedding", 300, 1200)
        assert is_running(generations)
        with pytest.raises(RunInProgress) as caught, exclusive(generations, "add", "ben"):
            pytest.fail("two runs at once")
    assert str(caught.value).startswith("ann started a run (refresh) at 2")
    assert "it is embedding 300 of 1,200" in str(caught.value)
    assert caught.value.running is not None
    assert caught.value.running["by"] == "ann"
    assert not is_running(generations)
    assert running(settings.index.directory) is None


def test_the_state_of_a_run_is_written_at_most_once_a_second(settings: IngestSettings) -> None:
    with exclusive(Generations(settings.index.directory), "refresh", "ann") as run:
        told = run.watched(lambda stage, done, total: None)
        for done in range(10_000):
            told("reading", done, 10_000)
        state = running(settings.index.directory)
    assert state is not None
    assert (state["stage"], state["done"]) == ("starting", 0)


def _hold_and_die(directory: Path, ready: object) -> None:
    import os

    held = exclusive(Generations(directory), "refresh", "ann")
    held.__enter__()
    ready.set()  # type: ignore[attr-defined]
    time.sleep(0.2)
    os._exit(9)


def test_a_run_that_was_killed_holds_nobody_up(settings: IngestSettings) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_hold_and_die, args=(settings.index.directory, ready))
    process.start()
    assert ready.wait(20)
    with (
        pytest.raises(RunInProgress, match="ann started"),
        exclusive(Generations(settings.index.directory), "add", "ben"),
    ):
        pytest.fail("two runs at once")
    process.join()
    assert corpus_status(settings)["running"] is None
    with exclusive(Generations(settings.index.directory), "add", "ben"):
        pass


def test_looking_whether_somebody_runs_never_turns_a_run_away(settings: IngestSettings) -> None:
    generations = Generations(settings.index.directory)
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            is_running(generations)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(30):
            with exclusive(generations, "refresh", "ann"):
                pass
    finally:
        stop.set()
        watcher.join()


def test_how_the_last_run_ended_is_kept_failures_too(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "articles" / "empty.md").write_text("")
    ingest_corpus(settings, embedder, change=Change(by="ann"))
    told = last_run(settings.index.directory)
    assert told is not None
    assert (told["by"], told["added"], told["rejects"]) == ("ann", 3, 1)
    assert told["rejected"][0]["path"] == "articles/empty.md"
    with pytest.raises(NoSuchArticle):
        remove(settings, embedder, "nothing")
    told = last_run(settings.index.directory)
    assert told is not None
    assert "No article has" in told["error"]


def test_the_status_says_what_there_is(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    empty = corpus_status(settings)
    assert (empty["generation"], empty["articles"], empty["running"], empty["last_run"]) == (
        None,
        0,
        None,
        None,
    )
    ingest_corpus(settings, embedder)
    add(settings, embedder, uploaded(settings, upload_file(tmp_path)))
    remove(settings, embedder, "Report a")
    status = json.loads(json.dumps(corpus_status(settings)))
    assert (status["articles"], status["uploads"], status["removed_by_hand"]) == (3, 1, 1)
    assert status["previous"] is not None
    assert status["bytes"] > 10_000


def test_uploads_are_taken_up_again_when_the_index_was_deleted(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    import shutil

    ingest_corpus(settings, embedder)
    add(settings, embedder, uploaded(settings, upload_file(tmp_path)))
    (settings.corpus.uploads / "mine.md").write_text("put here by somebody, and not ours to touch")
    shutil.rmtree(settings.index.directory)
    ingest_corpus(settings, embedder)
    assert titles(settings, embedder) == ["Note", "Report a", "Report b", "Report c"]
    assert (settings.corpus.uploads / "mine.md").exists()


def test_uploads_that_lie_in_a_folder_that_is_read_are_not_read_twice(
    embedder: WordEmbedder, tmp_path: Path
) -> None:
    write_article(tmp_path / "everything" / "articles", "a")
    settings = settings_in(tmp_path, "everything")
    inside = settings.corpus.model_copy(update={"uploads": tmp_path / "everything" / "uploads"})
    settings = settings.model_copy(update={"corpus": inside})
    ingest_corpus(settings, embedder)
    add(settings, embedder, uploaded(settings, upload_file(tmp_path)))
    assert ingest_corpus(settings, embedder).unchanged == 2
    remove(settings, embedder, "Note")
    assert list(settings.corpus.uploads.iterdir())  # kept for a roll back
    assert ingest_corpus(settings, embedder).unchanged == 1


def test_a_missing_copy_of_an_upload_keeps_its_article_and_says_so(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    upload = uploaded(settings, upload_file(tmp_path))
    add(settings, embedder, upload)
    (settings.corpus.uploads / upload.path).unlink()
    outcome = ingest_corpus(settings, embedder)
    assert (outcome.removed, [reject.path for reject in outcome.rejected]) == (0, ["note.md"])
    assert "Note" in titles(settings, embedder)


def test_an_upload_killed_half_way_is_no_upload(settings: IngestSettings, tmp_path: Path) -> None:
    settings.corpus.uploads.mkdir()
    (settings.corpus.uploads / ".pending-xyz").write_text("half")
    assert uploaded(settings, upload_file(tmp_path)).path.endswith(".md")
    assert replace(Upload("x", "n", "b", "t"), path="http://a/").is_url
    with pytest.raises(UserFacingError):
        url_upload("http://a:b@example.org/", "ann", now())
