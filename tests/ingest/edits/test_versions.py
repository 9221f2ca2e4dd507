"""The old words of articles that changed: kept by a real ingest, listed with what differs, and pruned."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from small_corpus import WordEmbedder, settings_in

from ingest.administration.rollback import roll_back
from ingest.commands import Request, changes
from ingest.edits.versions import FILE, ArticleChange, keep_versions
from ingest.index.catalogue import Catalogue
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.runs.pipeline import ingest_corpus
from ingest.settings import IngestSettings
from ingest.sources.progress import silent


class Corpus:
    """One file of three articles' worth of words, ingested whenever it is written."""

    def __init__(self, settings: IngestSettings) -> None:
        self.settings = settings

    def write(self, **articles: str) -> None:
        for name, body in articles.items():
            path = self.settings.base / "articles" / f"{name}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"# About {name}\n\n{body}", "utf-8") if body else path.unlink()
        ingest_corpus(self.settings, WordEmbedder())

    def changes(self) -> list[ArticleChange]:
        shape = changes(self.settings, Request("changes"), silent).shape["changes"]
        return [ArticleChange(**one) for one in shape]

    def words(self) -> list[list[tuple[str, str]]]:
        return [[(one["old"], one["new"]) for one in change.differences] for change in self.changes()]  # type: ignore[index]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = Corpus(settings_in(tmp_path))
    made.write(bridge="The bridge cost forty million euros.", dam="The dam holds back a lake.")
    return made


def test_every_version_is_told_apart_from_the_one_after_it(corpus: Corpus) -> None:
    assert corpus.changes() == []
    corpus.write(bridge="The bridge cost fifty million euros.")
    corpus.write(bridge="The bridge cost sixty million euros.", well="The well is deep.")
    assert corpus.words() == [[("fifty", "sixty")], [("forty", "fifty")]]
    assert {one.title for one in corpus.changes()} == {"About bridge"}


def test_what_was_removed_is_named_and_its_words_are_kept_nowhere(corpus: Corpus) -> None:
    corpus.write(dam="The dam holds back two lakes.")
    corpus.write(dam="")
    removed, before = corpus.changes()
    assert (removed.title, removed.removed, removed.differences) == ("About dam", True, ())
    assert (before.removed, before.differences) == (False, ())
    with closing(sqlite3.connect(corpus.settings.index.directory / FILE)) as db:
        assert db.execute("SELECT count(text) FROM versions").fetchone() == (0,)


def test_what_a_roll_back_undid_differs_in_nothing(corpus: Corpus) -> None:
    corpus.write(bridge="The bridge cost fifty million euros.")
    roll_back(corpus.settings, "ann")
    assert corpus.words() == [[]]


def test_old_versions_go_and_a_page_that_always_changes_keeps_a_bounded_number(corpus: Corpus) -> None:
    settings = corpus.settings
    generations = Generations(settings.index.directory)
    with Catalogue.published(generations.path(generations.require_current()) / CATALOGUE) as catalogue:
        [article] = list(catalogue.articles(list(catalogue.article_hashes())).values())[:1]
    for _ in range(25):
        keep_versions(settings.index.directory, [article], [], 90)
    assert len(corpus.changes()) == 20
    keep_versions(settings.index.directory, [article], [], 0)
    assert corpus.changes() == []
