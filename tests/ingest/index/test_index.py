"""A published index, as questions see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from small_corpus import WordEmbedder, open_index, rows, settings_in, write_article, write_rows

from ingest.errors import CatalogueBroken, IndexBroken, VectorsBroken
from ingest.index import crash_probe as probe
from ingest.index.checksums import damage
from ingest.index.generations import Generations
from ingest.index.index import Index, may_be_missed
from ingest.runs.pipeline import ingest_corpus
from ingest.settings import IngestSettings

EMBEDDER = WordEmbedder()


@pytest.fixture
def settings(tmp_path: Path) -> IngestSettings:
    for name in "abcdef":
        write_article(tmp_path / "articles", name)
    settings = settings_in(tmp_path)
    ingest_corpus(settings, EMBEDDER)
    return settings


@pytest.fixture
def index(settings: IngestSettings) -> Iterator[Index]:
    with open_index(settings, EMBEDDER) as index:
        yield index


def folder(settings: IngestSettings) -> Path:
    return settings.index.directory / Generations(settings.index.directory).require_current()


def test_vector_search_agrees_with_brute_force(index: Index) -> None:
    names = [name for name, _ in index.catalogue.all_vectors()]
    vectors = index.load_vectors(names)
    matrix = np.stack([vectors[name] for name in names])
    for question in ("river council", "frost in the valley", "museum tram engine day"):
        vector = EMBEDDER.embed_question(question)
        exact = sorted((matrix @ vector).tolist(), reverse=True)[:10]
        found = index.search_vectors(vector, 10)
        assert np.allclose([hit.score for hit in found], exact, atol=1e-5)
        assert all(
            index.passages([hit.passage_id])[hit.passage_id].article_id == hit.article_id for hit in found
        )


def test_an_excluded_article_is_in_neither_search_and_the_others_fill_its_place(index: Index) -> None:
    vector = EMBEDDER.embed_question("river council day")
    best = index.search_vectors(vector, 1)[0].article_id
    near, worded = index.search_vectors(vector, 10, {best}), index.search_words(["day"], 10, {best})
    assert len(near) == len(worded) == 10
    assert best not in {hit.article_id for hit in (*near, *worded)}
    everything = {article.id for article in index.find_articles("", 100)}
    assert index.search_vectors(vector, 10, everything) == []
    assert index.search_words(["day"], 10, everything) == []


def test_more_is_asked_for_than_there_is(index: Index) -> None:
    assert len(index.search_vectors(EMBEDDER.embed_question("river"), 10_000)) == index.size
    assert index.search_vectors(EMBEDDER.embed_question("river"), 0) == []
    assert index.search_words([], 10) == []


def test_an_article_is_found_by_id_address_title_or_words_of_its_title(index: Index) -> None:
    by_url = index.article("https://example.org/a")
    assert by_url is not None
    assert index.article(by_url.id) == index.article(" report A ") == by_url
    assert index.article("no such thing") is None
    assert index.article_ids(["https://example.org/a", "https://example.org/nobody"]) == {by_url.id}


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a#:~:text=the%20river,was%20seen",
        "https://example.org/a#top:~:text=the%20river",
        "https://example.org/a?utm_source=letter&utm_medium=mail",
        "https://example.org/a?fbclid=xyz",
        "https://example.org/a#comments",
        "HTTPS://Example.ORG/a",
        " https://example.org:443/a ",
    ],
)
def test_an_article_is_found_by_every_spelling_of_its_address(index: Index, address: str) -> None:
    found = index.article(address)
    assert found is not None
    assert found.url == "https://example.org/a"
    assert index.article_ids([address]) == {found.id}


def test_another_page_is_not_taken_for_an_article(index: Index) -> None:
    for address in (
        "https://example.org/a?page=2",
        "https://example.org/A",
        "https://example.org",
        ":~:",
        "",
    ):
        assert index.article_ids([address]) == frozenset()


def test_articles_are_completed_while_a_title_is_half_typed(index: Index) -> None:
    assert len(index.find_articles("rep")) == 6
    assert [article.title for article in index.find_articles("report b")] == ["Report b"]
    assert index.find_articles('") NEAR zeppelin (') == []


def test_every_passage_stands_word_for_word_in_its_article(tmp_path: Path) -> None:
    odd = [
        "NUL \0 inside a sentence.",
        "Lone \ud800 surrogate here.",
        "עברית and العربية.",
        "🙂👩‍👩‍👧 emoji. Ünïcode.",
    ]
    told = [
        {**row, "text": f"{text} {row['text']} {text}"} for row, text in zip(rows(range(4)), odd, strict=True)
    ]
    write_rows(tmp_path / "rows.jsonl", iter(told))
    settings = settings_in(tmp_path, "rows.jsonl")
    assert ingest_corpus(settings, EMBEDDER).added == 4
    with open_index(settings, EMBEDDER) as index:
        names = [name for name, _ in index.catalogue.all_vectors()]
        passages = index.passages(names)
        articles = index.articles({passage.article_id for passage in passages.values()})
        assert len(articles) == 4
        for passage in passages.values():
            assert passage.text
            assert articles[passage.article_id].body[passage.start : passage.end] == passage.text


def test_the_status_counts_what_is_there(settings: IngestSettings, index: Index) -> None:
    status = index.status()
    assert (status.articles, status.passages) == (6, index.size)
    assert status.embedder == EMBEDDER.identity.key
    assert status.built_at.endswith("+00:00")


# -- damage


def test_a_sound_index_has_no_damage(settings: IngestSettings, index: Index) -> None:
    index.search_vectors(
        EMBEDDER.embed_question("river"), 5
    )  # Chroma rewrites its database, which is no damage
    assert damage(folder(settings)) is None
    index.check(100)


@pytest.mark.parametrize(("articles", "changed"), [(1, 1), (2, 1), (30, 1), (300, 140)])
def test_reading_a_generation_is_no_damage_whatever_the_run_before_left_in_chromas_log(
    tmp_path: Path, articles: int, changed: int
) -> None:
    settings = settings_in(tmp_path, "rows.jsonl")
    for turn in (0, changed, 0):
        write_rows(tmp_path / "rows.jsonl", rows(range(articles), changed=range(turn), count=2))
        ingest_corpus(settings, EMBEDDER)
        for _ in range(2):
            with open_index(settings, EMBEDDER) as index:
                assert index.search_vectors(EMBEDDER.embed_question("river"), 5)
            assert damage(folder(settings)) is None


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin", "link_lists.bin", "index_metadata.pickle"])
@pytest.mark.parametrize("how", ["garbage", "truncated", "gone"])
def test_damaged_vectors_are_seen_before_chroma_trips_over_them(
    settings: IngestSettings, name: str, how: str
) -> None:
    (path,) = folder(settings).glob(f"chroma/*/{name}")
    if how == "gone":
        path.unlink()
    elif not path.stat().st_size:
        path.write_bytes(b"x")
    else:
        path.write_bytes(os.urandom(path.stat().st_size) if how == "garbage" else path.read_bytes()[:-1])
    with open_index(settings, EMBEDDER) as index:
        assert index.needs_rebuilding
        assert name in str(index.vectors_fault)
        assert index.search_vectors(EMBEDDER.embed_question("river"), 5) == []
        assert index.search_words(["day"], 5)
        with pytest.raises(VectorsBroken, match="--rebuild"):
            index.check(10)


def test_vectors_of_another_generation_are_not_taken_for_its_own(
    settings: IngestSettings, tmp_path: Path
) -> None:
    older = folder(settings)
    write_article(tmp_path / "articles", "g")
    ingest_corpus(settings, EMBEDDER)
    for path in older.glob("chroma/*"):
        target = folder(settings) / "chroma" / path.name
        if path.is_file():
            target.write_bytes(path.read_bytes())
    with open_index(settings, EMBEDDER) as index:
        assert index.vectors_fault is not None


def test_a_generation_without_its_catalogue_says_what_to_run(settings: IngestSettings) -> None:
    (folder(settings) / "catalogue.sqlite").unlink()
    with pytest.raises(CatalogueBroken, match="python -m ingest"):
        open_index(settings, EMBEDDER)


def test_a_catalogue_of_another_version_says_what_to_run(
    settings: IngestSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.index.index.SCHEMA_VERSION", "another")
    with pytest.raises(IndexBroken, match="another version"):
        open_index(settings, EMBEDDER)
    monkeypatch.setattr("ingest.runs.base_generation.SCHEMA_VERSION", "another")
    monkeypatch.setattr("ingest.index.catalogue.SCHEMA_VERSION", "another")
    EMBEDDER.embedded.clear()
    ingest_corpus(settings, EMBEDDER)
    assert EMBEDDER.embedded == []
    open_index(settings, EMBEDDER).close()


def test_after_a_crash_while_opening_a_child_process_tries_first(settings: IngestSettings) -> None:
    generations = Generations(settings.index.directory)
    name = generations.require_current()
    died = (
        "import os; from pathlib import Path; from ingest.index.generations import Generations\n"
        f"with Generations(Path({str(settings.index.directory)!r})).risky({name!r}): os._exit(11)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", died], env=environment, check=False).returncode == 11
    assert generations.ended_a_process(name)
    with open_index(settings, EMBEDDER) as index:  # the child found nothing wrong
        assert index.vectors_fault is None
    assert not generations.ended_a_process(name)


def test_a_child_that_crashes_leaves_words_to_answer(
    settings: IngestSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Generations, "ended_a_process", lambda *_: True)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with open_index(settings, EMBEDDER) as index:
        assert index.needs_rebuilding
        assert "ends the process" in str(index.vectors_fault)
        assert index.search_words(["day"], 5)


def test_the_probe_tells_a_sound_index_from_a_broken_one(settings: IngestSettings) -> None:
    assert "passages of 6 articles can be searched" in probe.probe(
        settings.index, embedder_key=EMBEDDER.identity.key
    )
    command = [sys.executable, "-m", "ingest.index.crash_probe", "--directory", str(settings.index.directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True)
    path = folder(settings) / "catalogue.sqlite"
    data = bytearray(path.read_bytes())
    data[-100:] = os.urandom(100)
    path.write_bytes(data)
    with pytest.raises(CatalogueBroken, match="damaged"):
        probe.probe(settings.index)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (1, False)


def test_a_hundred_copies_of_one_text_do_not_keep_others_from_being_published(tmp_path: Path) -> None:
    """A graph of near neighbours leads from copy to copy, and may pass others by; their words still find them."""
    place = tmp_path / "copies.jsonl"
    copies = [
        {"id": f"c{n}", "title": "The bridge", "text": "river bridge council " * 30} for n in range(100)
    ]
    others = [
        {"id": f"o{n}", "title": f"Tram {n}", "text": f"museum tram engine {n} " * 30} for n in range(6)
    ]
    place.write_text("".join(json.dumps(one) + "\n" for one in (*copies, *others)), "utf-8")
    outcome = ingest_corpus(settings_in(tmp_path, "copies.jsonl"), EMBEDDER)
    assert outcome.added == 106
    assert outcome.rejected == ()


def test_more_than_a_few_lost_passages_are_a_fault() -> None:
    assert may_be_missed(4) == 1
    assert may_be_missed(110) == 10
    assert may_be_missed(10_000) == 200
