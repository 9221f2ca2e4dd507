"""What the walk over the sources promises: every article once, with an id that lasts, and a reason for the rest."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.articles.article import Article
from ingest.articles.readers.document import Reject
from ingest.articles.urls import publisher_of
from ingest.errors import ConfigError
from ingest.settings import CorpusSettings
from ingest.sources import corpus_reader as articles
from ingest.sources.corpus_reader import CorpusReading, read_corpus
from ingest.sources.sources import configured_sources, holds

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared"
TEXT = "The minister said on Monday that the bridge would open in spring, two years later than planned."


class Corpus:
    """A folder in which a test writes files, and reads them as the sources of a config file that lies in it."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def write(self, name: str, content: str | bytes = TEXT) -> Path:
        path = self.base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def rows(self, name: str, *rows: dict[str, object] | str) -> Path:
        return self.write(name, "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))

    def reading(self, *paths: str, only: Sequence[Path] = ()) -> CorpusReading:
        return read_corpus(configured_sources(CorpusSettings(paths=paths or ("news",)), self.base), only)

    def read(self, *paths: str, only: Sequence[Path] = ()) -> tuple[list[Article], list[Reject]]:
        found = list(self.reading(*paths, only=only))
        return [one for one in found if isinstance(one, Article)], [
            one for one in found if isinstance(one, Reject)
        ]

    def ids(self, *paths: str) -> list[str]:
        return [article.id for article in self.read(*paths)[0]]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path)


def test_every_format_of_the_sample_corpus_is_read_with_its_facts() -> None:
    found = list(read_corpus(configured_sources(CorpusSettings(), ROOT)))
    assert [each for each in found if isinstance(each, Reject)] == []
    read = [each for each in found if isinstance(each, Article)]
    assert len(read) >= 12
    assert {Path(article.path).suffix for article in read} == {
        ".md",
        ".txt",
        ".html",
        ".jsonl",
        ".pdf",
        ".docx",
    }
    for article in read:
        assert article.title
        assert article.author
        assert article.published
        assert 80 <= len(article.body.split()) <= 250
        assert (
            bool(article.url) == bool(article.source) == (Path(article.path).suffix not in (".pdf", ".docx"))
        )
        assert article.title not in article.body
    (tehran,) = (article for article in read if "Tehran" in article.title)
    assert "Reuters reported that Mehdi Sanaei, Iran's ambassador to Russia, claimed" in tehran.body


def test_the_id_comes_from_the_url_wherever_the_article_lies(corpus: Corpus) -> None:
    corpus.write("news/a.md", f"---\nurl: https://example.org/a\n---\n{TEXT}")
    corpus.rows("other/b.jsonl", {"url": "https://example.org/a", "text": f"{TEXT} And more."})
    assert corpus.ids("news") == corpus.ids("other")
    assert len(corpus.ids("news")[0]) == 16


def test_without_a_url_the_id_comes_from_the_path_and_outlasts_an_edit(corpus: Corpus) -> None:
    corpus.write("news/a.txt")
    corpus.write("news/b/a.txt")
    first = corpus.ids()
    corpus.write("news/a.txt", f"{TEXT} And more.")
    assert corpus.ids() == first
    assert len(set(first)) == 2
    assert sorted(corpus.ids("news/b", "news/a.txt")) == sorted(first)
    assert sorted(corpus.ids("news/**/*.txt")) == sorted(first)


def test_rows_without_a_url_are_told_apart_by_their_own_id_or_their_content(corpus: Corpus) -> None:
    corpus.rows(
        "news/a.jsonl",
        {"id": 1, "text": f"{TEXT} One."},
        {"id": 1, "text": f"{TEXT} Two."},
        {"id": 1, "text": f"{TEXT} Two."},
        {"text": f"{TEXT} Three."},
        {"text": f"{TEXT} Four.", "url": ""},
        {"text": f"{TEXT} Five.", "url": None},
        {"text": f"{TEXT} Six.", "url": "n/a"},
    )
    read, rejects = corpus.read()
    assert [article.body[-5:] for article in read] == [" One.", " Two.", "hree.", "Four.", "Five.", " Six."]
    assert len({article.id for article in read}) == 6
    assert [article.url for article in read] == [None] * 6
    assert rejects == []
    assert corpus.ids() == [article.id for article in read]


def test_a_url_stands_exactly_as_it_was_supplied(corpus: Corpus) -> None:
    url = "HTTPS://Example.org/a?b=1&utm_source=x#top"
    corpus.rows("news/a.jsonl", {"url": url, "text": TEXT})
    assert corpus.read()[0][0].url == url


def test_the_same_row_twice_is_one_article(corpus: Corpus) -> None:
    row = {"url": "https://example.org/a", "title": "Bridge", "text": TEXT}
    corpus.rows("news/a.jsonl", row, row)
    corpus.rows("news/b.jsonl", row)
    read, rejects = corpus.read()
    assert len(read) == 1
    assert rejects == []


def test_of_two_texts_under_one_url_the_newer_or_longer_is_kept_and_the_other_reported(
    corpus: Corpus,
) -> None:
    url = "https://example.org/a"
    corpus.rows(
        "news/a.jsonl",
        {"url": url, "title": "B", "text": TEXT},
        {"url": url, "title": "B", "text": f"{TEXT} {TEXT}"},
        {"url": url, "title": "B", "text": f"{TEXT} Newest.", "published": "2021-05-03"},
        {"url": url, "title": "B", "text": f"{TEXT} Older.", "published": "2020-05-03"},
    )
    read, rejects = corpus.read()
    kept = {article.id: article for article in read}  # the last of an id counts
    assert [article.body for article in kept.values()] == [f"{TEXT} Newest."]
    assert [reject.path for reject in rejects] == ["news/a.jsonl:1", "news/a.jsonl:2", "news/a.jsonl:4"]
    assert rejects[2].reason.startswith("The same URL as news/a.jsonl:3")


def test_bad_lines_and_bad_files_are_rejects_and_the_rest_goes_on(corpus: Corpus) -> None:
    corpus.rows("news/a.jsonl", '{"text": ', {"text": TEXT}, "[]", {"title": "x", "text": " "})
    corpus.write("news/b.txt", b"\x00\x01\x02" * 100)
    corpus.write("news/c.txt", "")
    corpus.write("news/d.xlsx", "x")
    corpus.write("news/e.pdf", "no pdf")
    corpus.write("news/f.docx", "no docx")
    corpus.write("news/g.html", "<p></p>")
    corpus.write("news/h.jsonl", "\n\n")
    corpus.write("news/i.txt")
    read, rejects = corpus.read()
    assert [article.path for article in read] == ["a.jsonl", "i.txt"]
    assert [reject.path for reject in rejects] == [
        "news/a.jsonl:1", "news/a.jsonl:3", "news/a.jsonl:4", "news/b.txt", "news/c.txt", "news/d.xlsx", "news/e.pdf",
        "news/f.docx", "news/g.html", "news/h.jsonl",
    ]  # fmt: skip
    reasons = {reject.path[5:]: reject.reason for reject in rejects}
    assert "No text of an article" in reasons["a.jsonl:4"]
    assert "binary" in reasons["b.txt"]
    assert "empty" in reasons["c.txt"]
    assert "Not a format that Byline reads" in reasons["d.xlsx"]
    assert "broken" in reasons["e.pdf"]
    assert "empty" in reasons["h.jsonl"]
    assert all(reason.endswith(".") for reason in reasons.values())


def test_a_file_that_is_too_large_is_a_reject(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles, "LARGEST_FILE", 20_000)
    corpus.write("news/a.txt", TEXT * 300)
    corpus.rows("news/b.jsonl", *({"text": f"{TEXT} {number}"} for number in range(300)))
    reading = corpus.reading()
    found = list(reading)
    assert [each.reason for each in found if isinstance(each, Reject)] == ["The file is larger than 0 MB."]
    assert len(found) == 301


def test_hidden_files_and_links_that_leave_the_folder_are_passed_over(corpus: Corpus) -> None:
    corpus.write("secret.txt")
    corpus.write("news/.hidden.txt")
    corpus.write("news/.git/a.txt")
    inside = corpus.write("news/a.txt")
    (corpus.base / "news/out.txt").symlink_to(corpus.base / "secret.txt")
    (corpus.base / "news/folder").symlink_to(corpus.base)
    (corpus.base / "news/loop.txt").symlink_to(corpus.base / "news/loop.txt")
    (corpus.base / "news/in.txt").symlink_to(inside)
    for paths in (("news",), ("news/*.txt",)):
        read, rejects = corpus.read(*paths)
        assert [article.path for article in read] == ["a.txt", "in.txt"]
        assert rejects == []


def test_no_pattern_reaches_outside_its_folder_through_a_linked_one(corpus: Corpus) -> None:
    corpus.write("outside/secret.txt")
    corpus.write("news/own/a.txt")
    (corpus.base / "news/evil").symlink_to(corpus.base / "outside")
    (corpus.base / "news/twin").symlink_to(corpus.base / "news/own")
    for pattern in ("news/*/*.txt", "news/**/*.txt", "news/e*/secret.txt", "news/*/../../outside/*.txt"):
        read, _ = corpus.read(pattern)
        assert {article.path for article in read} <= {"own/a.txt", "twin/a.txt"}
    [source] = configured_sources(CorpusSettings(paths=("news/*/*.txt",)), corpus.base)
    assert holds(source, corpus.base / "news/own/a.txt")
    assert not holds(source, corpus.base / "news/evil/secret.txt")


def test_a_folder_that_is_itself_a_link_is_the_root_that_was_configured(corpus: Corpus) -> None:
    corpus.write("real/a.txt")
    (corpus.base / "news").symlink_to(corpus.base / "real")
    for paths in (("news",), ("news/*.txt",)):
        assert [article.path for article in corpus.read(*paths)[0]] == ["a.txt"]


def test_progress_is_counted_in_files(corpus: Corpus) -> None:
    corpus.rows("news/a.jsonl", {"text": f"{TEXT} 1"}, {"text": f"{TEXT} 2"})
    corpus.write("news/b.txt")
    reading = corpus.reading()
    assert (reading.files_total, reading.files_done) == (2, 0)
    assert [reading.files_done for _ in reading] == [0, 0, 1]
    assert reading.files_done == 2


def test_an_article_is_gone_only_when_its_source_was_read_in_full_and_its_file_without_fault(
    corpus: Corpus,
) -> None:
    corpus.write("news/a.txt")
    corpus.write("news/b.txt", b"\x00\x01\x02" * 100)
    corpus.rows("news/c.jsonl", {"text": TEXT}, '{"text": ')
    corpus.write("blog/a.txt")
    reading = corpus.reading("news", "blog")
    assert not reading.is_gone("news", "deleted.txt"), "not before everything was read"
    list(reading)
    assert reading.is_gone("news", "deleted.txt")
    assert reading.is_gone("news", "a.txt"), (
        "it was read, and if it does not yield the article any more, that is gone"
    )
    assert not reading.is_gone("news", "b.txt")
    assert not reading.is_gone("news", "c.jsonl")
    assert not reading.is_gone("elsewhere", "deleted.txt")


def test_a_folder_that_is_missing_or_empty_is_reported_and_loses_nothing(corpus: Corpus) -> None:
    (corpus.base / "empty").mkdir()
    corpus.write("news/a.txt")
    reading = corpus.reading("empty", "missing", "none/*.md", "news")
    rejects = [each for each in reading if isinstance(each, Reject)]
    assert [reject.path for reject in rejects] == ["empty", "missing", "none/*.md"]
    assert all("stays" in reject.reason for reject in rejects)
    for origin in ("empty", "missing", "none/*.md"):
        assert not reading.is_gone(origin, "a.txt")
    assert reading.is_gone("news", "deleted.txt")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that cannot be opened")
def test_a_folder_that_cannot_be_opened_keeps_its_source_from_counting_as_read(corpus: Corpus) -> None:
    corpus.write("news/a.txt")
    shut = corpus.write("news/shut/b.txt").parent
    shut.chmod(0)
    try:
        reading = corpus.reading()
        assert any(isinstance(each, Reject) for each in reading)
        assert not reading.is_gone("news", "shut/b.txt")
    finally:
        shut.chmod(0o755)


def test_paths_restrict_a_run_to_what_lies_beneath_them(corpus: Corpus) -> None:
    for name in ("news/a.txt", "news/b/c.txt", "news/b/d.txt", "blog/e.txt", "outside/f.txt"):
        corpus.write(name, f"{TEXT} {name}")
    base = corpus.base

    def origins(*only: str) -> list[tuple[str, str]]:
        read, _ = corpus.read("news", "blog", only=[base / path for path in only])
        return [(article.origin, article.path) for article in read]

    assert origins("news/b") == [("news", "b/c.txt"), ("news", "b/d.txt")]
    assert origins("news/a.txt", "blog") == [("news", "a.txt"), ("blog", "e.txt")]
    assert origins("outside/f.txt") == origins("outside") == [((base / "outside").as_posix(), "f.txt")]
    assert len(origins(".")) == 4, "above the configured sources only they are read"
    reading = corpus.reading("news", "blog", only=[base / "news/b", base / "blog"])
    list(reading)
    assert not reading.is_gone("news", "b/deleted.txt"), "the source was not read in full"
    assert reading.is_gone("blog", "deleted.txt")


def test_a_path_that_does_not_exist_is_an_error_that_names_it(corpus: Corpus) -> None:
    corpus.write("news/a.txt")
    with pytest.raises(ConfigError, match=r"no file or folder at .*news.b\.txt"):
        corpus.reading(only=[corpus.base / "news/b.txt"])


def test_a_file_that_two_sources_hold_is_read_once(corpus: Corpus) -> None:
    corpus.write("news/a.txt")
    read, _ = corpus.read("news", "news/a.txt", "news/*.txt")
    assert [(article.origin, article.path) for article in read] == [("news", "a.txt")]


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://www.example.org/a", "example.org"),
        ("http://news.example.org:8080/a", "news.example.org"),
        ("https://web.archive.org/web/20171114015238/http://www.example.org:80/en", "example.org"),
        ("https://web.archive.org/web/2017/https://example.com/x", "example.com"),
        ("example.org/a", "example.org"),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_the_publisher_is_the_host_of_the_page_or_of_the_page_that_was_archived(
    url: str | None, publisher: str | None
) -> None:
    assert publisher_of(url) == publisher


def test_a_title_is_found_where_none_is_given(corpus: Corpus) -> None:
    corpus.write("news/bridge-opens_late.txt", f"{TEXT} {TEXT}")
    corpus.write("news/b.md", f"# Bridge **opens** late\n\n{TEXT}")
    corpus.rows("news/c.jsonl", {"text": f"{TEXT} {TEXT}"})
    titles = {article.path: article.title for article in corpus.read()[0]}
    assert titles["bridge-opens_late.txt"] == "bridge opens late"
    assert titles["b.md"] == "Bridge opens late"
    assert titles["c.jsonl"] == "The minister said on Monday that the bridge would open in spring, two years…"


def test_the_scraped_article_is_read_cleanly() -> None:
    folder = SHARED / "articles"
    if not folder.exists():
        pytest.skip("the shared articles are not there")
    found = list(read_corpus(configured_sources(CorpusSettings(paths=("articles",)), SHARED)))
    (article,) = (each for each in found if isinstance(each, Article) and "putin" in each.path)
    assert article.title == "Putin’s Tehran Visit Strengthens Image of Iran-Russia Collaboration"
    assert "Exit mobile" not in article.body
    assert "Home News" not in article.body


def test_hundreds_of_real_pages_are_read_without_a_reject() -> None:
    path = SHARED / "bench" / "fifa" / "articles.jsonl"
    if not path.exists():
        pytest.skip("the shared question sets are not there")
    found = list(read_corpus(configured_sources(CorpusSettings(paths=(path.name,)), path.parent)))
    assert [each for each in found if isinstance(each, Reject)] == []
    read = [each for each in found if isinstance(each, Article)]
    assert len({article.id for article in read}) == 366
    assert sum(not article.url for article in read) == 2
    assert sum(bool(article.published) for article in read) > 180
    assert all(len(article.body) >= 30 for article in read)
