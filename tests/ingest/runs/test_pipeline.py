"""What one ingest promises, against real SQLite and Chroma."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest
from small_corpus import WordEmbedder, contents, open_index, rows, settings_in, write_article, write_rows

from ingest.edits.change_requests import Change
from ingest.errors import EmbedderMismatch, EmbeddingUnavailable, IndexBroken, IngestBusy, UserFacingError
from ingest.index.chroma import ChromaVectors
from ingest.index.chunking import FORMAT
from ingest.index.embedding_cache import VectorStore
from ingest.index.generations import Generations
from ingest.runs import missing_vectors
from ingest.runs.outcome import Outcome
from ingest.runs.pipeline import VECTORS, ingest_corpus, rebuild_index
from ingest.settings import EmbeddingSettings, IngestSettings

QUESTIONS = ("river council day a", "frost in the valley", "museum tram engine")


@pytest.fixture
def settings(tmp_path: Path) -> IngestSettings:
    for name in "abc":
        write_article(tmp_path / "articles", name)
    return settings_in(tmp_path)


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.added, outcome.changed, outcome.removed, outcome.unchanged


def age(folder: Path) -> None:
    """As if the files had been written long before they are read."""
    for path in folder.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))


def test_a_second_ingest_embeds_nothing_and_publishes_nothing(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    first = ingest_corpus(settings, embedder)
    assert counts(first) == (3, 0, 0, 0)
    assert first.passages == len(embedder.embedded) > 6
    embedder.embedded.clear()
    second = ingest_corpus(settings, embedder)
    assert counts(second) == (0, 0, 0, 3)
    assert embedder.embedded == []
    assert (second.generation, second.passages) == (first.generation, first.passages)


def test_only_new_passage_texts_are_embedded(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    embedder.embedded.clear()
    path = tmp_path / "articles" / "a.md"
    path.write_text(path.read_text() + "\nA last word was added at the end.\n")
    assert counts(ingest_corpus(settings, embedder)) == (0, 1, 0, 2)
    assert len(embedder.embedded) == 1
    assert "A last word was added" in embedder.embedded[0]


def test_an_index_brought_up_to_date_equals_one_built_in_one_go(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    for name in "defghijkl":
        write_article(tmp_path / "articles", name)
    ingest_corpus(settings, embedder)
    write_article(tmp_path / "articles", "a", seed="another")
    write_article(tmp_path / "articles", "m")
    (tmp_path / "articles" / "c.md").unlink()
    assert counts(ingest_corpus(settings, embedder)) == (1, 1, 1, 10)
    anew = settings.model_copy(
        update={"index": settings.index.model_copy(update={"directory": tmp_path / "anew"})}
    )
    ingest_corpus(anew, embedder)
    assert contents(settings, embedder, QUESTIONS) == contents(anew, embedder, QUESTIONS)


def test_what_is_unchanged_is_copied_and_only_the_rest_is_added(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "defghijkl":
        write_article(tmp_path / "articles", name)
    ingest_corpus(settings, embedder)
    added: list[str] = []
    add = ChromaVectors.add
    monkeypatch.setattr(
        ChromaVectors, "add", lambda self, ids, rows: added.extend(ids) or add(self, ids, rows)
    )
    for seed in range(3):
        write_article(tmp_path / "articles", "a", seed=f"another {seed}")
        ingest_corpus(settings, embedder)
        with open_index(settings, embedder) as index:
            article = index.article("https://example.org/a")
            assert article is not None
            assert added == [passage.id for passage in index.article_passages(article.id)]
        added.clear()


def test_a_changed_title_source_or_date_is_a_change(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    path = tmp_path / "articles" / "a.md"
    for line in ("source: Town Paper", "date: 2020-02-02", "author: A. Writer"):
        path.write_text(path.read_text().replace("url:", f"{line}\nurl:", 1))
        assert counts(ingest_corpus(settings, embedder)) == (0, 1, 0, 2), line
    with open_index(settings, embedder) as index:
        article = index.article("https://example.org/a")
        assert article is not None
        assert (article.source, article.published, article.author) == (
            "Town Paper",
            "2020-02-02",
            "A. Writer",
        )


def test_an_article_goes_when_its_source_was_read_in_full_without_it(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    (tmp_path / "articles" / "b.md").unlink()
    assert counts(ingest_corpus(settings, embedder)) == (0, 0, 1, 2)
    with open_index(settings, embedder) as index:
        assert index.article("https://example.org/b") is None
        assert not any(
            "Report b" in passage.text
            for passage in index.passages(
                [hit.passage_id for hit in index.search_words(["day"], 100)]
            ).values()
        )


@pytest.mark.parametrize("how", ["emptied", "gone"])
def test_a_source_that_holds_nothing_keeps_its_articles_until_somebody_lets_them_go(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path, how: str
) -> None:
    ingest_corpus(settings, embedder)
    for path in (tmp_path / "articles").iterdir():
        path.unlink()
    if how == "gone":
        (tmp_path / "articles").rmdir()
    kept = ingest_corpus(settings, embedder)
    assert counts(kept) == (0, 0, 0, 3)
    assert "--allow-removals" in kept.rejected[0].reason
    assert counts(ingest_corpus(settings, embedder, change=Change("refresh", allow_removals=True))) == (
        0,
        0,
        3,
        0,
    )


def test_a_run_restricted_to_a_path_leaves_the_others(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    write_article(tmp_path / "articles", "a", seed="changed")
    write_article(tmp_path / "articles", "b", seed="changed")
    (tmp_path / "articles" / "c.md").unlink()
    assert counts(ingest_corpus(settings, embedder, only=[tmp_path / "articles" / "a.md"])) == (0, 1, 0, 2)
    assert counts(ingest_corpus(settings, embedder)) == (0, 1, 1, 1)


def test_a_source_that_cannot_be_read_keeps_its_articles(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    (tmp_path / "articles").rename(tmp_path / "elsewhere")
    outcome = ingest_corpus(settings, embedder)
    assert counts(outcome) == (0, 0, 0, 3)
    assert "stays" in outcome.rejected[0].reason


def test_a_file_that_broke_keeps_the_articles_it_gave(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    (tmp_path / "articles" / "b.md").write_bytes(b"")
    for _ in range(2):
        outcome = ingest_corpus(settings, embedder)
        assert counts(outcome) == (0, 0, 0, 3)
        assert [reject.path for reject in outcome.rejected] == ["articles/b.md"]


def test_rejects_are_reported_again_by_a_run_that_parses_nothing(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(tmp_path / "articles" / "rows.jsonl", rows(range(3)))
    with (tmp_path / "articles" / "rows.jsonl").open("a") as file:
        file.write("{broken\n" + '{"title": "no text"}\n')
    (tmp_path / "articles" / "sheet.xlsx").write_bytes(b"x")
    age(tmp_path / "articles")
    first = ingest_corpus(settings, embedder)
    assert len(first.rejected) == 3
    monkeypatch.setattr(
        "ingest.sources.corpus_reader.clean", lambda *_: pytest.fail("an unchanged article was parsed")
    )
    second = ingest_corpus(settings, embedder)
    assert sorted(map(str, second.rejected)) == sorted(map(str, first.rejected))
    assert counts(second) == (0, 0, 0, 6)


def test_a_touched_file_is_recognised_by_its_bytes(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    age(tmp_path / "articles")
    ingest_corpus(settings, embedder)
    for path in (tmp_path / "articles").iterdir():
        os.utime(path)
    monkeypatch.setattr(
        "ingest.sources.corpus_reader.clean", lambda *_: pytest.fail("an unchanged article was parsed")
    )
    assert counts(ingest_corpus(settings, embedder)) == (0, 0, 0, 3)


def test_a_change_that_keeps_size_and_time_is_seen(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    path = tmp_path / "articles" / "a.md"
    age(tmp_path / "articles")
    ingest_corpus(settings, embedder)
    text = path.read_text()
    path.write_text(text.replace("seen", "lost"))
    age(tmp_path / "articles")
    assert len(path.read_text()) == len(text)
    assert counts(ingest_corpus(settings, embedder)) == (0, 1, 0, 2)


def test_only_changed_rows_of_a_large_file_are_parsed(
    embedder: WordEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path, "rows.jsonl")
    path = write_rows(tmp_path / "rows.jsonl", rows(range(20)))
    assert counts(ingest_corpus(settings, embedder)) == (20, 0, 0, 0)
    cleaned = []
    from ingest.sources.corpus_reader import clean

    monkeypatch.setattr(
        "ingest.sources.corpus_reader.clean", lambda *given: cleaned.append(given) or clean(*given)
    )
    write_rows(path, rows([21, *range(1, 20)], changed=[7]))
    assert counts(ingest_corpus(settings, embedder)) == (1, 1, 1, 18)
    assert len(cleaned) == 2


def test_rows_that_share_an_id_stay_apart_when_one_of_them_changes(
    embedder: WordEmbedder, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path, "rows.jsonl")

    def told(*seeds: str) -> None:
        write_rows(
            tmp_path / "rows.jsonl", ({**row, "url": "", "id": "7"} for seed in seeds for row in rows([seed]))
        )  # type: ignore[list-item]

    told("x", "y")
    assert counts(ingest_corpus(settings, embedder)) == (2, 0, 0, 0)
    assert counts(ingest_corpus(settings, embedder)) == (0, 0, 0, 2)
    told("w", "x", "y")
    ingest_corpus(settings, embedder)
    anew = settings.model_copy(
        update={"index": settings.index.model_copy(update={"directory": tmp_path / "anew"})}
    )
    ingest_corpus(anew, embedder)
    assert contents(settings, embedder) == contents(anew, embedder)
    assert len(contents(settings, embedder)["articles"]) == 3  # type: ignore[arg-type]


def test_the_other_of_two_articles_with_one_url_comes_back_when_the_better_goes(
    embedder: WordEmbedder, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    for name, count in (("long", 60), ("short", 20)):
        path = write_article(tmp_path / "articles", name, count=count)
        path.write_text(path.read_text().replace(f"example.org/{name}", "example.org/same"))
    age(tmp_path / "articles")
    outcome = ingest_corpus(settings, embedder)
    assert (outcome.added, len(outcome.rejected)) == (1, 1)
    again = ingest_corpus(settings, embedder)
    assert (again.unchanged, again.rejected) == (1, outcome.rejected)
    (tmp_path / "articles" / "long.md").unlink()
    assert counts(ingest_corpus(settings, embedder)) == (0, 1, 0, 0)
    with open_index(settings, embedder) as index:
        article = index.article("https://example.org/same")
        assert article is not None
        assert article.title == "Report short"


def test_after_a_roll_back_the_next_run_reads_again_what_was_undone(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    write_article(tmp_path / "articles", "a", seed="changed")
    age(tmp_path / "articles")
    ingest_corpus(settings, embedder)
    newest = contents(settings, embedder)
    Generations(settings.index.directory).roll_back()
    embedder.embedded.clear()
    assert counts(ingest_corpus(settings, embedder)) == (0, 1, 0, 2)
    assert contents(settings, embedder) == newest
    assert embedder.embedded == []


def test_a_dead_embedder_leaves_the_last_index_and_the_next_run_goes_on(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_vectors, "SAVED_AT_ONCE", 4)
    first = ingest_corpus(settings, embedder)
    for name in "defg":
        write_article(tmp_path / "articles", name)
    failing = WordEmbedder(fail_after=8)
    with pytest.raises(EmbeddingUnavailable):
        ingest_corpus(settings, failing)
    assert Generations(settings.index.directory).current() == first.generation
    assert not list(settings.index.directory.glob("*.partial"))
    again = WordEmbedder()
    outcome = ingest_corpus(settings, again)
    assert not set(again.embedded) & set(failing.embedded)
    assert outcome.passages == len(embedder.embedded) + len(failing.embedded) + len(again.embedded)


def test_the_bot_refuses_an_index_of_another_embedder_and_says_what_to_run(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    ingest_corpus(settings, embedder)
    other = WordEmbedder("other words")
    with pytest.raises(EmbedderMismatch, match="python -m ingest"):
        open_index(settings, other)
    outcome = ingest_corpus(settings, other)
    assert len(other.embedded) == outcome.passages
    open_index(settings, other).close()
    embedder.embedded.clear()
    ingest_corpus(settings, embedder)  # back again: every vector is still there
    assert embedder.embedded == []


def test_another_way_of_splitting_makes_all_passages_anew_and_keeps_the_articles(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_corpus(settings, embedder)
    before = contents(settings, embedder)
    (tmp_path / "articles").rename(tmp_path / "elsewhere")  # they are not read: they come from the catalogue
    monkeypatch.setattr("ingest.runs.base_generation.FORMAT", f"{FORMAT}/2")
    monkeypatch.setattr("ingest.index.builder.FORMAT", f"{FORMAT}/2")
    ingest_corpus(settings, embedder)
    with open_index(settings, embedder) as index:
        assert index.catalogue.meta("format") == f"{FORMAT}/2"
    assert contents(settings, embedder) == before


def test_a_dry_run_changes_nothing(settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path) -> None:
    outcome = ingest_corpus(settings, embedder, dry_run=True)
    assert (outcome.added, outcome.generation) == (3, None)
    assert Generations(settings.index.directory).published() == []
    ingest_corpus(settings, embedder)
    write_article(tmp_path / "articles", "d")
    before = contents(settings, embedder)
    assert counts(ingest_corpus(settings, embedder, dry_run=True)) == (1, 0, 0, 3)
    assert contents(settings, embedder) == before


def test_a_dry_run_says_what_would_be_embedded_and_what_that_costs(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    planned = ingest_corpus(settings, embedder, dry_run=True).estimate
    assert planned is not None
    embedder.embedded.clear()
    outcome = ingest_corpus(settings, embedder)
    assert (planned.articles, planned.passages, planned.dollars) == (3, outcome.passages, 0.0)
    assert planned.passages == len(embedder.embedded)
    assert planned.minutes is not None
    path = write_article(tmp_path / "articles", "d")
    path.write_text(path.read_text().replace("was seen", "was <|endoftext|> seen"))
    after = ingest_corpus(settings, embedder, dry_run=True).estimate
    assert after is not None
    assert (after.articles, 0 < after.passages < planned.passages) == (1, True)
    paid = settings.model_copy(update={"embedding": EmbeddingSettings(provider="openai")})
    other = WordEmbedder("text-embedding-3-small")
    costly = ingest_corpus(paid, other, dry_run=True).estimate
    assert costly is not None
    assert costly.articles == 4  # everything has to be embedded anew
    assert costly.dollars == pytest.approx(costly.tokens * 0.02 / 1_000_000)
    assert other.embedded == []  # nothing is sent out to find out
    own = settings.model_copy(
        update={"embedding": EmbeddingSettings(provider="openai", base_url="http://127.0.0.1:9")}
    )
    unknown = ingest_corpus(own, other, dry_run=True).estimate
    assert unknown is not None
    assert (unknown.dollars, unknown.minutes) == (None, None)


def test_two_runs_at_once_are_refused(settings: IngestSettings, embedder: WordEmbedder) -> None:
    with Generations(settings.index.directory).writing(), pytest.raises(IngestBusy):
        ingest_corpus(settings, embedder)


def test_broken_vectors_are_left_behind_and_made_anew_without_embedding(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    before = ingest_corpus(settings, embedder)
    expected = contents(settings, embedder, QUESTIONS)
    (graph,) = (settings.index.directory / str(before.generation)).glob("chroma/*/data_level0.bin")
    graph.write_bytes(os.urandom(graph.stat().st_size))
    embedder.embedded.clear()
    outcome = rebuild_index(settings, embedder)
    assert embedder.embedded == []
    assert outcome.generation != before.generation
    assert (outcome.unchanged, outcome.passages) == (3, before.passages)
    assert contents(settings, embedder, QUESTIONS) == expected
    # an ordinary run that has something to do does as well
    (graph,) = (settings.index.directory / str(outcome.generation)).glob("chroma/*/data_level0.bin")
    graph.write_bytes(b"")
    write_article(tmp_path / "articles", "d")
    assert counts(ingest_corpus(settings, embedder)) == (1, 0, 0, 3)
    with open_index(settings, embedder) as index:
        index.check(50)


def test_a_rebuild_makes_vectors_again_that_were_lost(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    first = ingest_corpus(settings, embedder)
    expected = contents(settings, embedder, QUESTIONS)
    for path in settings.index.directory.glob(f"{VECTORS}*"):
        path.unlink()
    embedder.embedded.clear()
    rebuild_index(settings, embedder)
    assert len(embedder.embedded) == first.passages
    assert contents(settings, embedder, QUESTIONS) == expected


def test_a_rebuild_without_an_index_says_what_to_run(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    with pytest.raises(UserFacingError, match="python -m ingest"):
        rebuild_index(settings, embedder)


def test_a_broken_catalogue_is_never_carried_on(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    first = ingest_corpus(settings, embedder)
    write_article(tmp_path / "articles", "d")
    second = ingest_corpus(settings, embedder)
    path = settings.index.directory / str(second.generation) / "catalogue.sqlite"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = os.urandom(4096)
    path.write_bytes(data)
    write_article(tmp_path / "articles", "e")
    outcome = ingest_corpus(settings, embedder)  # goes on from the generation before
    assert outcome.generation not in (first.generation, second.generation)
    assert outcome.passages == len(contents(settings, embedder)["passages"])  # type: ignore[arg-type]
    with open_index(settings, embedder) as index:
        assert index.catalogue.count("articles") == 5
        assert index.catalogue.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_without_any_sound_catalogue_everything_is_read_anew(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    first = ingest_corpus(settings, embedder)
    expected = contents(settings, embedder)
    (settings.index.directory / str(first.generation) / "catalogue.sqlite").write_bytes(
        b"nothing of the kind" * 100
    )
    with pytest.raises(IndexBroken, match="damaged"):
        open_index(settings, embedder)
    with pytest.raises(IndexBroken, match="without a PATH"):
        ingest_corpus(settings, embedder, only=[tmp_path / "articles" / "a.md"])
    embedder.embedded.clear()
    ingest_corpus(settings, embedder)
    assert contents(settings, embedder) == expected
    assert embedder.embedded == []


def test_a_vector_store_that_is_damaged_is_made_anew(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    ingest_corpus(settings, embedder)
    (settings.index.directory / VECTORS).write_bytes(b"not a database at all" * 50)
    write_article(tmp_path / "articles", "d")
    outcome = ingest_corpus(settings, embedder)
    assert (outcome.added, outcome.unchanged) == (1, 3)
    with open_index(settings, embedder) as index:
        index.check(50)


def test_every_file_is_on_the_disk_before_the_generation_is_pointed_to(
    settings: IngestSettings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    published: list[int] = []  # how much was flushed when a file took the pointer's name
    fsync, replace = os.fsync, Path.replace

    def noted(handle: int) -> None:
        fsync(handle)
        flushed.append(str(Path(f"/proc/self/fd/{handle}").readlink()))

    def renamed(pending: Path, target: Path) -> Path:
        if target.name == "current":
            published.append(len(flushed))
        return replace(pending, target)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc to know which file a handle is")
    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "replace", renamed)
    outcome = ingest_corpus(settings, embedder)
    folder = settings.index.directory / str(outcome.generation)
    on_disk = {Path(path.replace(".partial", "")) for path in flushed[: published[0]]}
    assert on_disk >= set(folder.rglob("*")) | {folder, settings.index.directory}


FULL_DISK = """
import resource, sys
from pathlib import Path
from small_corpus import WordEmbedder, settings_in
from ingest.errors import UserFacingError
from ingest.runs.pipeline import ingest_corpus
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)  # no file may grow beyond it, as on a full disk
try:
    ingest_corpus(settings_in(Path(sys.argv[1])), WordEmbedder())
except UserFacingError as error:
    print(error)
    sys.exit(3)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on a file's size is Unix's")
@pytest.mark.parametrize("room", [20_000, 150_000, 400_000])
def test_a_full_disk_leaves_the_last_index_answering(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path, room: int
) -> None:
    first = ingest_corpus(settings, embedder)
    for number in range(60):
        write_article(tmp_path / "articles", f"more{number}")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", textwrap.dedent(FULL_DISK), str(tmp_path), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 3, done.stderr[-2000:]
    assert "stays in use" in done.stdout
    assert "room" in done.stdout
    assert Generations(settings.index.directory).current() == first.generation
    with open_index(settings, embedder) as index:
        index.check(50)
        assert index.search_words(["river"], 5)
    assert not list(settings.index.directory.glob("*.partial"))
    assert counts(ingest_corpus(settings, embedder)) == (60, 0, 0, 3)


def test_vectors_that_nothing_uses_are_forgotten_in_time(
    settings: IngestSettings, embedder: WordEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.index.embedding_cache._SPARE", 30)
    for turn in range(12):
        write_article(tmp_path / "articles", "a", seed=f"turn {turn}")
        ingest_corpus(settings, embedder)
    path = settings.index.directory / VECTORS
    with closing(sqlite3.connect(path)) as kept:
        (left,) = kept.execute("SELECT count(*) FROM vectors").fetchone()
    assert left < len(embedder.embedded)
    with closing(VectorStore(path, embedder.identity.key)) as store, open_index(settings, embedder) as index:
        assert store.missing(vector for _, vector in index.catalogue.all_vectors()) == []


def test_a_damaged_older_generation_stands_in_nobodys_way(
    settings: IngestSettings, embedder: WordEmbedder
) -> None:
    articles = settings.base / "articles"
    ingest_corpus(settings, embedder)
    write_article(articles, "d")
    ingest_corpus(settings, embedder)
    generations = Generations(settings.index.directory)
    older = generations.previous()
    assert older is not None
    (generations.path(older) / "catalogue.sqlite").write_bytes(b"this is no database" * 100)
    write_article(articles, "e")
    assert ingest_corpus(settings, embedder).added == 1
    write_article(articles, "f")
    assert ingest_corpus(settings, embedder).added == 1
