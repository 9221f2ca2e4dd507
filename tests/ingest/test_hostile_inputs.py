"""No bad input crashes an ingest, hangs it, or gets out of where it belongs."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from hostile_inputs import HOSTS, NAMES, addresses, crafted, docx_file, mutated, pdf_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback_site import Site
from small_corpus import WordEmbedder, open_index, settings_in, write_article, write_rows

from ingest.articles.article import Article
from ingest.articles.readers import docx, feed, html, jsonl, markdown, pdf, sitemap, text
from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.sandbox import ConfinedReader
from ingest.articles.urls import BadAddress, canonical_address
from ingest.edits.uploads import file_upload, is_url, url_upload
from ingest.errors import UserFacingError
from ingest.index.builder import IndexBuilder
from ingest.index.chunking import Passage, split_article
from ingest.runs import publishing
from ingest.runs.pipeline import ingest_corpus
from ingest.settings import CorpusSettings
from ingest.sources.corpus_reader import read_corpus
from ingest.sources.fetching import Fetcher, FetchFailed
from ingest.sources.sources import configured_sources
from ingest.sources.ssrf_guard import Guard

LONGEST = 10.0  # seconds that one input may take


def tree(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def read_all(folder: Path, files: list[tuple[str, bytes]]) -> None:
    """Read the files as a corpus: each is an article or a reject, in time, and nothing else is on disk afterwards."""
    (folder / "articles").mkdir(exist_ok=True)
    for name, data in files:
        (folder / "articles" / name).write_bytes(data)
    before = tree(folder)
    slow, at = [], time.monotonic()
    reading = read_corpus(configured_sources(CorpusSettings(), folder))
    done, named = 0, set()
    for item in reading:
        if isinstance(item, Reject):
            assert item.reason
            named.add(item.path.split(":")[0])
        else:
            assert isinstance(item, Article)
            assert item.title.strip()
            assert item.body.strip()
            item.body.encode("utf-8", "surrogatepass")
            named.add(f"articles/{item.path}")
        if reading.files_done > done:
            now = time.monotonic()
            if (now - at) / (reading.files_done - done) > LONGEST:
                slow.append(item.path)
            done, at = reading.files_done, now
    assert reading.files_done == reading.files_total == len(files)
    assert slow == []
    assert tree(folder) == before
    assert not Path("/tmp/escaped.txt").exists()
    assert not Path("escaped").exists()


def test_damaged_files_are_articles_or_rejects(tmp_path: Path) -> None:
    read_all(tmp_path, list(mutated(24, seed=1)))


def test_files_made_to_hurt_are_articles_or_rejects(tmp_path: Path) -> None:
    read_all(tmp_path, [pair for pair in crafted() if not pair[0].startswith(("repeated", "bomb", "deep"))])


def test_a_parser_that_works_too_long_is_ended_and_the_next_document_is_read() -> None:
    page = b"<html><body><article><p>The mayor said on Monday that the bridge will be opened.</p></article>"
    with ConfinedReader(seconds=0.001) as hasty:
        [reject] = hasty.read("html", page, "slow.html")
        assert isinstance(reject, Reject)
        assert reject.reason == "Reading it took longer than 0 seconds."
        hasty._seconds = 8.0
        assert isinstance(next(iter(hasty.read("html", page, "next.html"))), Document)


@pytest.mark.slow
def test_two_hundred_damaged_files_and_two_hundred_made_to_hurt(tmp_path: Path) -> None:
    files = [*mutated(200), *crafted()]
    assert len(files) + len(NAMES) + 2 * len(HOSTS) >= 500
    read_all(tmp_path, files)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_more_damaged_files(tmp_path: Path, seed: int) -> None:
    read_all(tmp_path, list(mutated(200, seed=100 + seed)))


READERS = {
    "text": text.read, "markdown": markdown.read, "jsonl": jsonl.read, "html": html.read, "pdf": pdf.read,
    "docx": docx.read, "feed": feed.read, "sitemap": sitemap.read,
}  # fmt: skip
STARTS = {
    "text": [b"", b"\xff\xfe", b"\xef\xbb\xbf"],
    "markdown": [b"", b"---\n", b"+++\n", b"---\ntitle: a\n---\n", b"# a\n"],
    "jsonl": [b"", b'{"text": "', b'{"text": "a", "published": ', b"[", b"\xef\xbb\xbf{"],
    "html": [b"", b"<html><body><article><p>", b"<?xml version='1.0' encoding='", b"<meta charset='"],
    "pdf": [b"%PDF-1.4\n", pdf_file()[:400], pdf_file()],
    "docx": [b"PK\x03\x04", docx_file()[:3_000], docx_file()],
    "feed": [
        b"",
        b"<rss version='2.0'><channel><item><title>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>",
    ],
    "sitemap": [b"", b"<urlset><url><loc>", b"<sitemapindex><sitemap><loc>", b"http://a/\n", b"\x1f\x8b"],
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=40, deadline=10_000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_bytes_are_documents_or_rejects(kind: str, data: st.DataObject) -> None:
    """What a reader raises is caught by its worker; those that run without one must raise nothing themselves."""
    content = data.draw(st.sampled_from(STARTS[kind])) + data.draw(
        st.binary(max_size=400) | st.text().map(str.encode)
    )
    try:
        found = list(READERS[kind](content, "name"))
    except Exception:
        assert kind in ("html", "pdf", "docx", "feed", "sitemap")
        return
    for one in found:
        assert isinstance(one, Document | Reject)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_an_upload_leaves_its_folder(name: str, tmp_path: Path) -> None:
    file = tmp_path / "sent"
    file.write_bytes(b"# A title\n\nThe mayor said on Monday that the bridge will be opened in May.\n")
    uploads = tmp_path / "data" / "uploads"
    before = tree(tmp_path)
    try:
        upload = file_upload(file, name, uploads, "ann", "2026-01-01T00:00:00+00:00")
    except UserFacingError:
        assert tree(tmp_path) == before
        return
    assert tree(tmp_path) - before == {tmp_path / "data", uploads, uploads / upload.path}
    assert upload.name.isprintable()
    upload.name.encode()


async def test_no_address_gets_a_connection_inside(site: Site) -> None:
    """Nothing on this computer answers for any of them, and each is refused or fails in time."""
    guard = Guard(ports=frozenset({site.port, 80, 443}))

    async def at_once(seconds: float) -> None:
        pass

    tried = 0
    async with Fetcher(0, guard, patience=2.0, sleep=at_once) as fetcher:
        for address in addresses(site.port):
            started = time.monotonic()
            with pytest.raises(FetchFailed):
                await fetcher.fetch(address)
            assert time.monotonic() - started < LONGEST
            tried += 1
    assert tried > 180
    assert site.asked == []


def test_no_address_is_taken_as_an_upload_that_is_none(site: Site) -> None:
    for address in addresses(site.port):
        try:
            upload = url_upload(address, "ann", "now")
        except UserFacingError:
            with pytest.raises(BadAddress):
                canonical_address(address)
            continue
        assert is_url(upload.path)
        assert upload.path.isascii()


def test_the_first_inputs_are_the_same_on_every_run() -> None:
    assert list(islice(mutated(10), 10)) == list(islice(mutated(10), 10))


ODD_TEXTS = {
    "digits": "Cranes: " + "1" * 19_000,
    "few digits": "1" * 2_000,
    "letters": "a" * 19_000,
    "thai": "ก" * 9_000,
    "tatweel": "ـ" * 9_000,
    "marks": "a" + "\u0301" * 5_000,
    "hindi": "हिन्दी" * 2_000,
    "capital i with dot": "İ" * 3_000,
    "fractions": "½¾" * 2_000,
    "emoji": "🏳️‍🌈" * 1_000,
    "joined": "a\u200db" * 3_000,
    "underscores": "_" * 9_000,
    "dots": "." * 9_000,
    "hash": "deadbeef" * 1_000,
    "base64": "QUJD" * 3_000,
    "words in one": "ThisIsOne" * 900,
    "kana": "カ" * 5_000,
    "hangul": "한" * 5_000,
    "halves": "ab\ud800cd " * 300,
    "nul": "ab\0cd " * 300,
    "bell": "ab\x07cd " * 300,
    "escape": "\x1b[2J\x1b]0;x\x07" * 900,
    "right to left": "\u202eabc\u202c " * 900,
    "soft hyphens": "co\u00adoperation " * 900,
    "marks alone": "\u0301\u0302 " * 3_000,
    "stacked marks": ("e" + "\u0301" * 30 + " ") * 300,
    "private use": "\ue000\uf8ff" * 3_000,
    "unassigned": "\u0378\U000e1234" * 2_000,
    "tags": "\U000e0041\U000e0042" * 2_000,
    "variation selectors": "a\ufe0f\ufe0e" * 3_000,
    "word joiners": "a\u2060b" * 3_000,
    "line separators": "a\u2028b\u2029" * 2_000,
    "old line ends": "a\rb\x0bc\x0cd\x85" * 2_000,
    "full width": "ＡＢＣ１２３" * 1_500,
    "mathematical": "𝐀𝐁𝐂" * 2_000,
    "ligatures": "ﷺﬃ" * 2_000,
    "roman": "ⅧⅫ" * 3_000,
    "circled": "①②③" * 3_000,
    "superscripts": "x²y³" * 2_000,
    "arabic digits": "١٢٣" * 4_000,
    "chinese": "中文字" * 3_000,
    "korean jamo": "ㅎㅏㄴ" * 3_000,
    "tibetan": "བོད་" * 2_000,
    "mixed scripts": "aбγד" * 2_500,
    "one of each": "".join(map(chr, range(0x21, 0x3000))),
    "address": "http://example.org/" + "a/" * 5_000,
    "quotes": "\"“”'’«»" * 1_500,
    "markup": "<b>[x](y)**_`" * 900,
    "braces": "{{{[[[(((" * 1_000,
    "query": 'AND OR NOT NEAR("a" * 5) : ^ - ' * 400,
}
assert len(ODD_TEXTS) == 50


def test_no_odd_text_stops_the_others_from_being_published(tmp_path: Path) -> None:
    for name in "abc":
        write_article(tmp_path / "articles", name)
    embedder = WordEmbedder()
    for number, odd in enumerate(ODD_TEXTS.values()):
        rows = [{"title": f"Odd {number}", "text": odd}]
        write_rows(tmp_path / "articles" / f"odd{number}.jsonl", iter(rows))
    outcome = ingest_corpus(settings_in(tmp_path), embedder)
    assert outcome.added + len(outcome.rejected) == 3 + len(ODD_TEXTS)
    assert outcome.added >= 3


@pytest.mark.parametrize("name", ["digits", "thai", "tatweel"])
def test_an_odd_text_alone_in_a_small_corpus_is_published(name: str, tmp_path: Path) -> None:
    write_rows(tmp_path / "articles" / "odd.jsonl", iter([{"title": "Odd", "text": ODD_TEXTS[name]}]))
    outcome = ingest_corpus(settings_in(tmp_path), WordEmbedder())
    assert outcome.added == 1


def test_an_article_that_cannot_be_split_or_found_is_left_out_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abcdef":
        write_article(tmp_path / "articles", name)
    says = IndexBuilder._says

    def split(article: Article, count_tokens: Callable[[str], int]) -> list[Passage]:
        if article.title == "Report a":
            raise RecursionError("too deep")
        return split_article(article, count_tokens)

    def lost(builder: IndexBuilder, name: str) -> bool:
        return "day b" not in builder.catalogue.passages([name])[name].text and says(builder, name)

    monkeypatch.setattr(publishing, "split_article", split)
    monkeypatch.setattr(IndexBuilder, "_says", lost)
    settings = settings_in(tmp_path)
    embedder = WordEmbedder()
    outcome = ingest_corpus(settings, embedder)
    assert outcome.added == 4
    assert sorted(reject.path for reject in outcome.rejected) == ["a.md", "b.md"]
    with open_index(settings, embedder) as index:
        assert {one.title for one in index.find_articles("")} == {f"Report {name}" for name in "cdef"}
        index.check(50)


def test_a_sitemap_of_empty_entries_is_given_up_in_time() -> None:
    data = (
        b"<urlset>" + b"<url></url>" * 1_000_000 + b"<url><loc>https://example.org/late</loc></url></urlset>"
    )
    started = time.monotonic()
    assert list(sitemap.read(data, "map")) == []
    assert time.monotonic() - started < LONGEST
