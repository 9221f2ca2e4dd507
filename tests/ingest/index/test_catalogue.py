"""The catalogue: articles, passages and words as SQLite keeps them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_corpus import sentences

from ingest.articles.article import Article, content_hash
from ingest.index.catalogue import Catalogue, StoredPassage
from ingest.index.chunking import split_article
from ingest.text.tokens import question_words, quoted


def article(name: str, body: str | None = None, **fields: str | None) -> Article:
    known: dict[str, str | None] = {
        "url": f"https://example.org/{name}",
        "published": "2020-01-01",
        "source": "Paper",
    }
    return Article(name, f"Title of {name}", body or sentences(name, 30), **(known | fields))  # type: ignore[arg-type]


def put(catalogue: Catalogue, *articles: Article) -> None:
    with catalogue.transaction():
        for one in articles:
            passages = split_article(one, lambda text: len(text.split()), limit=60, overlap=10)
            catalogue.put(one, [StoredPassage(passage, f"vector of {passage.id}") for passage in passages])


def search(catalogue: Catalogue, words: str, limit: int = 10) -> list[str]:
    return [hit.article_id for hit in catalogue.search_words(question_words(words), limit)]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue.create(tmp_path / "catalogue.sqlite")) as catalogue:
        yield catalogue


def test_an_article_comes_back_as_it_was_put(catalogue: Catalogue) -> None:
    one = article(
        "a", source="The Paper", author="A. Writer", published="2020-02-03T04:05:06", origin="o", path="p"
    )
    put(catalogue, one)
    assert catalogue.article("a") == one
    assert catalogue.article_by_url("https://example.org/a") == one
    assert catalogue.article_by_title("TITLE of a") == one
    assert catalogue.article("nobody") is None
    assert catalogue.article_hashes() == {"a": (content_hash(one), "o", "p")}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=400))
def test_a_passage_is_the_very_words_of_its_place_in_any_script(body: str) -> None:
    with closing(Catalogue(Path(":memory:"))) as catalogue:
        catalogue._local.connection = sqlite3.connect(":memory:")
        catalogue._opened.append(catalogue.connection)
        catalogue.connection.executescript(_schema())
        one = Article("a", "t", body)
        put(catalogue, one)
        for passage in catalogue.article_passages("a"):
            assert body[passage.start : passage.end] == passage.text
        assert catalogue.passages([passage.id for passage in catalogue.article_passages("a")]).keys() == {
            name for name, _ in catalogue.all_vectors()
        }


def _schema() -> str:
    from ingest.index.catalogue import SCHEMA

    return SCHEMA


def test_putting_an_article_again_replaces_all_that_was_of_it(catalogue: Catalogue) -> None:
    put(catalogue, article("a", "The zeppelin landed in the harbour."), article("b"))
    put(catalogue, article("a", "The submarine sank in the canal."))
    assert search(catalogue, "zeppelin") == []
    assert search(catalogue, "submarine") == ["a"]
    assert catalogue.count("articles") == 2
    assert len(catalogue.article_passages("a")) == 1
    assert {name for name, _ in catalogue.all_vectors()} == {
        passage.id for name in "ab" for passage in catalogue.article_passages(name)
    }


def test_nothing_of_a_removed_article_is_found(catalogue: Catalogue) -> None:
    put(catalogue, article("a", "The zeppelin landed."), article("b"))
    with catalogue.transaction():
        catalogue.remove("a")
        catalogue.remove("nobody")
    assert catalogue.article("a") is None
    assert search(catalogue, "zeppelin") == []
    assert catalogue.find_titles(quoted("a"), 10) == []
    assert catalogue.article_passages("a") == []
    (left,) = catalogue.connection.execute("SELECT count(*) FROM words").fetchone()
    assert left == len(catalogue.article_passages("b"))


def test_a_failed_transaction_leaves_no_half_article(catalogue: Catalogue) -> None:
    put(catalogue, article("a"))
    before = dict(catalogue.all_vectors())
    broken = [StoredPassage(passage, "vector") for passage in catalogue.article_passages("a")] * 2
    with pytest.raises(sqlite3.IntegrityError), catalogue.transaction():
        catalogue.put(article("a", "Another text."), broken)
    assert dict(catalogue.all_vectors()) == before


@pytest.mark.parametrize(
    "question", ["what's AC/DC?", 'a "quoted', "NEAR(", "* OR AND NOT", "title:x", "-", "^a", "\0", "\ud800"]
)
def test_no_question_is_a_syntax_error(catalogue: Catalogue, question: str) -> None:
    put(catalogue, article("a"))
    words = question_words(question)
    if words:
        search(catalogue, question)


def test_words_are_found_in_other_forms_and_scripts(catalogue: Catalogue) -> None:
    put(
        catalogue,
        article("a", "The ambassadors claimed success. Café Müller stayed open."),
        article("b", "東京都の知事が新しい橋を開いた。"),
    )
    assert search(catalogue, "claims") == ["a"]
    assert search(catalogue, "cafe muller") == ["a"]
    assert search(catalogue, "知事") == ["b"]


def test_a_word_of_the_title_says_more_than_one_of_the_text(catalogue: Catalogue) -> None:
    put(
        catalogue,
        Article("titled", "Zeppelin", sentences(1, 8)),
        Article("told", "Something", f"{sentences(2, 7)} A zeppelin came."),
    )
    assert list(dict.fromkeys(search(catalogue, "zeppelin"))) == ["titled", "told"]


def test_articles_are_listed_newest_first_and_those_without_a_date_last(catalogue: Catalogue) -> None:
    put(
        catalogue,
        article("old", published="2010-01-01"),
        article("none", published=None),
        article("new", published="2020-01-01"),
    )
    assert [one.id for one in catalogue.newest(10)] == ["new", "old", "none"]
    assert [one.id for one in catalogue.newest(1, offset=1)] == ["old"]
    assert catalogue.dates() == ("2010-01-01", "2020-01-01")
    assert all(one.body == "" for one in catalogue.newest(10))


def test_thousands_of_ids_can_be_asked_for_at_once(catalogue: Catalogue) -> None:
    put(catalogue, *(article(f"a{number}", f"Article {number} says this.") for number in range(1_200)))
    ids = [f"a{number}" for number in range(1_200)]
    assert len(catalogue.articles(ids)) == 1_200
    names = [name for name, _ in catalogue.all_vectors()]
    assert len(catalogue.passages(names)) == len(catalogue.passage_owners(names)) == 1_200
    assert len(catalogue.spans(names)) == 1_200


def test_a_sample_is_spread_over_the_whole_and_has_no_doubles(catalogue: Catalogue) -> None:
    assert catalogue.sample_passages(5) == []
    put(catalogue, *(article(f"a{number}", f"Article {number} says this.") for number in range(100)))
    for count in (1, 7, 100, 1_000):
        sample = catalogue.sample_passages(count)
        assert len(sample) == len(set(sample)) == min(count, 100)
    owners = catalogue.passage_owners(catalogue.sample_passages(10)).values()
    assert max(int(name[1:]) for name in owners) >= 85
    with catalogue.transaction():
        for number in range(10, 90):
            catalogue.remove(f"a{number}")
    assert 1 <= len(catalogue.sample_passages(10)) <= 10


def test_a_published_catalogue_is_read_from_many_threads_and_never_written(catalogue: Catalogue) -> None:
    put(catalogue, *(article(f"a{number}") for number in range(20)))
    catalogue.close()
    before = catalogue.path.read_bytes()
    failures: list[BaseException] = []
    with closing(Catalogue(catalogue.path, readonly=True)) as readers:

        def read() -> None:
            try:
                for _ in range(20):
                    assert len(readers.articles([f"a{number}" for number in range(20)])) == 20
                    assert search(readers, "river council")
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            readers.set_meta("key", "value")
    assert failures == []
    assert catalogue.path.read_bytes() == before
    assert [path.name for path in catalogue.path.parent.iterdir()] == ["catalogue.sqlite"]


@pytest.mark.parametrize("field", ["title", "body", "url", "source", "author", "published", "origin", "path"])
def test_the_content_hash_changes_with_everything_that_is_kept(field: str) -> None:
    one = article("a")
    other = Article(**{name: getattr(one, name) for name in Article.__slots__} | {field: "another"})
    assert content_hash(one) != content_hash(other)
    assert content_hash(one) == content_hash(article("a"))
