from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from loopback_site import Reply, Site

from ingest.articles.article import Article
from ingest.articles.readers import text
from ingest.articles.readers.document import Reject
from ingest.articles.readers.sandbox import ConfinedReader
from ingest.sources.corpus_reader import read_corpus
from ingest.sources.crawling import HOUR, Crawler
from ingest.sources.fetching import Fetcher
from ingest.sources.page_cache import Mirror
from ingest.sources.sources import Listing, Remote, Source

TEXT = "The mayor said on Monday that the new bridge over the river will be opened in May, after two years of work."


@pytest.fixture(scope="module")
def confined() -> Iterator[ConfinedReader]:
    with ConfinedReader() as reader:
        yield reader


class Crawl:
    """Crawls at a time that a test sets, and reads what it got."""

    def __init__(self, site: Site, directory: Path, confined: ConfinedReader) -> None:
        self.site, self.directory, self.confined = site, directory, confined
        self.time = 1_800_000_000.0
        self.listings: dict[str, Listing] = {}
        self.reading: Any = None

    async def __call__(self, *sources: Source) -> list[Article]:
        async def wait(seconds: float) -> None:
            pass

        with closing(Mirror(self.directory)) as mirror:
            async with Fetcher(0, self.site.guard, sleep=wait) as fetcher:
                crawler = Crawler(mirror, fetcher, self.confined, now=lambda: self.time)
                self.listings = await crawler.crawl(sources)
        self.site_asked, self.site.asked[:] = self.site.paths(), []
        self.reading = read_corpus(sources, known=self.listings)
        found = list(self.reading)
        self.rejects = [item for item in found if isinstance(item, Reject)]
        return [item for item in found if isinstance(item, Article)]


@pytest.fixture
def crawl(site: Site, tmp_path: Path, confined: ConfinedReader) -> Crawl:
    return Crawl(site, tmp_path, confined)


def web(site: Site, path: str, kind: Any = "page", **fields: Any) -> Source:
    url = site.url(path)
    limit = fields.pop("limit", 1_000)
    return Source(url, Path("/nowhere"), remote=Remote(url, kind, limit), **fields)


def rss(site: Site, *entries: tuple[str, str, str], content: str = "") -> Reply:
    items = "".join(
        f"<item><title>{title}</title><link>{site.url(path)}</link><pubDate>{date}</pubDate>"
        f"<description><![CDATA[{content}]]></description></item>"
        for path, title, date in entries
    )
    text = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Gazette</title>{items}</channel></rss>'
    )
    return Reply(text.encode(), media_type="application/rss+xml")


def sitemap(site: Site, *entries: tuple[str, str]) -> Reply:
    urls = "".join(
        f"<url><loc>{path if '//' in path else site.url(path)}</loc>"
        + (f"<lastmod>{changed}</lastmod>" if changed else "")
        + "</url>"
        for path, changed in entries
    )
    text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return Reply(text.encode(), media_type="application/xml")


MONDAY = "Mon, 23 Nov 2015 10:00:00 GMT"


async def test_a_page_becomes_an_article_with_the_sources_name(site: Site, crawl: Crawl) -> None:
    site.page("/story?utm_source=x", "Bridge", TEXT)
    site.page("/story", "Bridge", TEXT)
    [article] = await crawl(web(site, "/story", source="The Gazette"))
    assert (article.title, article.url, article.source) == ("Bridge", site.url("/story"), "The Gazette")
    assert TEXT in article.body


async def test_a_page_is_asked_for_again_but_not_sent_again(site: Site, crawl: Crawl) -> None:
    site.page("/story", "Bridge", TEXT, ETag='"1"')
    source = web(site, "/story")
    [before] = await crawl(source)
    file = crawl.listings[source.key].files[0].location
    stamp = file.stat().st_mtime_ns
    [after] = await crawl(source)
    assert after == before
    assert crawl.site_asked == ["/story"]
    assert file.stat().st_mtime_ns == stamp


async def test_the_same_page_from_a_feed_and_a_sitemap_is_one_article(site: Site, crawl: Crawl) -> None:
    canonical = f'<link rel="canonical" href="{site.url("/story")}">'
    for path in ("/story?id=feed", "/story?id=map"):
        site.page(path, "Bridge", TEXT, head=canonical)
    site.replies["/feed"] = rss(site, ("/story?id=feed&amp;utm_source=rss", "Bridge", MONDAY))
    site.replies["/map"] = sitemap(site, ("/story?id=map", ""))
    articles = await crawl(web(site, "/feed", "feed"), web(site, "/map", "sitemap"))
    assert [article.url for article in articles] == [site.url("/story")]
    assert crawl.rejects == []


async def test_what_the_feed_says_stands_in_where_the_page_is_silent(site: Site, crawl: Crawl) -> None:
    site.page("/1", "Bridge", TEXT)
    site.replies["/feed"] = rss(site, ("/1", "Bridge", MONDAY))
    [article] = await crawl(web(site, "/feed", "feed"))
    assert article.published is not None
    assert article.published.startswith("2015-11-23")
    assert article.source == "The Gazette"


async def test_articles_stay_when_they_fall_off_the_end_of_their_feed(site: Site, crawl: Crawl) -> None:
    for number in (1, 2):
        site.page(f"/{number}", f"Story {number}", TEXT + str(number))
    source = web(site, "/feed", "feed")
    site.replies["/feed"] = rss(site, ("/1", "Story 1", MONDAY))
    assert len(await crawl(source)) == 1
    site.replies["/feed"] = rss(site, ("/2", "Story 2", MONDAY))
    assert sorted(article.title for article in await crawl(source)) == ["Story 1", "Story 2"]
    assert not crawl.reading.is_gone(source.key, site.url("/3"))


async def test_an_article_goes_when_its_site_says_that_it_is_gone(site: Site, crawl: Crawl) -> None:
    site.page("/1", "Story 1", TEXT)
    site.replies["/feed"] = rss(site, ("/1", "Story 1", MONDAY))
    source = web(site, "/feed", "feed")
    await crawl(source)
    site.replies["/1"] = Reply(status=410)
    crawl.time += 8 * 24 * HOUR
    assert await crawl(source) == []
    assert crawl.reading.is_gone(source.key, site.url("/1"))
    assert "not there (HTTP 410)" in crawl.rejects[0].reason


async def test_an_article_stays_while_its_site_is_down(site: Site, crawl: Crawl) -> None:
    site.page("/1", "Story 1", TEXT)
    site.replies["/map"] = sitemap(site, ("/1", ""))
    source = web(site, "/map", "sitemap")
    await crawl(source)
    site.replies["/1"] = Reply(status=503)
    crawl.time += 2 * 24 * HOUR
    assert [article.title for article in await crawl(source)] == ["Story 1"]
    assert not crawl.reading.is_gone(source.key, site.url("/1"))
    assert "HTTP 503" in crawl.rejects[0].reason


async def test_a_sitemap_is_all_there_is(site: Site, crawl: Crawl) -> None:
    for number in (1, 2):
        site.page(f"/{number}", f"Story {number}", TEXT + str(number))
    source = web(site, "/map", "sitemap")
    site.replies["/map"] = sitemap(site, ("/1", ""), ("/2", ""))
    assert len(await crawl(source)) == 2
    site.replies["/map"] = sitemap(site, ("/1", ""))
    assert len(await crawl(source)) == 1
    assert crawl.reading.is_gone(source.key, site.url("/2"))


async def test_a_sitemap_that_is_broken_or_away_removes_nothing(site: Site, crawl: Crawl) -> None:
    site.page("/1", "Story 1", TEXT)
    source = web(site, "/map", "sitemap")
    site.replies["/map"] = sitemap(site, ("/1", ""))
    await crawl(source)
    for reply in (Reply(status=500), Reply(b"<html>Sorry</html>"), Reply(b""), Reply(status=404)):
        site.replies["/map"] = reply
        assert len(await crawl(source)) == 1
        assert not crawl.reading.is_gone(source.key, site.url("/2"))
        assert "What was ingested from it before stays" in crawl.rejects[0].reason


async def test_indexes_of_sitemaps_are_followed_packed_ones_too(site: Site, crawl: Crawl) -> None:
    for number in (1, 2):
        site.page(f"/{number}", f"Story {number}", TEXT + str(number))
    index = "".join(
        f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in ("/a.xml.gz", "/b.xml", "/index")
    )
    site.replies["/index"] = Reply(f"<sitemapindex>{index}</sitemapindex>".encode())
    site.replies["/a.xml.gz"] = Reply(
        gzip.compress(sitemap(site, ("/1", "")).body), media_type="application/gzip"
    )
    site.replies["/b.xml"] = Reply(site.url("/2").encode() + b"\n", media_type="text/plain")
    articles = await crawl(web(site, "/index", "sitemap"))
    assert sorted(article.title for article in articles) == ["Story 1", "Story 2"]
    assert crawl.site_asked.count("/index") == 1


async def test_one_broken_sitemap_of_many_makes_the_source_incomplete(site: Site, crawl: Crawl) -> None:
    site.page("/1", "Story 1", TEXT)
    index = "".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in ("/a.xml", "/b.xml"))
    site.replies["/index"] = Reply(f"<sitemapindex>{index}</sitemapindex>".encode())
    site.replies["/a.xml"] = sitemap(site, ("/1", ""))
    source = web(site, "/index", "sitemap")
    assert len(await crawl(source)) == 1
    assert not crawl.reading.is_gone(source.key, site.url("/2"))


async def test_a_sitemap_speaks_for_its_own_site_only(site: Site, crawl: Crawl) -> None:
    site.page("/1", "Story 1", TEXT)
    site.replies["/map"] = sitemap(
        site, ("/1", ""), ("http://169.254.169.254/latest/", ""), (site.url("/1", "localhost"), "")
    )
    assert len(await crawl(web(site, "/map", "sitemap"))) == 1
    assert crawl.rejects == []


async def test_the_newest_pages_are_read_up_to_the_limit_and_the_report_says_so(
    site: Site, crawl: Crawl
) -> None:
    for number in range(5):
        site.page(f"/{number}", f"Story {number}", TEXT + str(number))
    site.replies["/map"] = sitemap(site, *((f"/{n}", f"2024-01-0{n + 1}") for n in range(5)))
    articles = await crawl(web(site, "/map", "sitemap", limit=2))
    assert sorted(article.title for article in articles) == ["Story 3", "Story 4"]
    assert "lists 5 pages; the newest 2 are read" in crawl.rejects[0].reason


async def test_pages_that_their_sitemap_calls_unchanged_are_not_asked_for(site: Site, crawl: Crawl) -> None:
    for number in (1, 2):
        site.page(f"/{number}", f"Story {number}", TEXT + str(number))
    source = web(site, "/map", "sitemap")
    site.replies["/map"] = sitemap(site, ("/1", "2024-01-01"), ("/2", "2024-01-01"))
    await crawl(source)
    site.replies["/map"] = sitemap(site, ("/1", "2024-01-01"), ("/2", "2024-01-02"))
    await crawl(source)
    assert crawl.site_asked == ["/map", "/2"]


async def test_a_page_that_failed_is_left_alone_for_an_hour(site: Site, crawl: Crawl) -> None:
    site.replies["/1"] = Reply(status=403)
    site.replies["/map"] = sitemap(site, ("/1", ""))
    source = web(site, "/map", "sitemap")
    await crawl(source)
    await crawl(source)
    assert crawl.site_asked == ["/map"]
    assert "HTTP 403" in crawl.rejects[0].reason
    crawl.time += 2 * HOUR
    site.page("/1", "Story 1", TEXT)
    assert len(await crawl(source)) == 1


async def test_pages_in_another_language_are_left_out(site: Site, crawl: Crawl) -> None:
    for path, code in (("/1", "en-GB"), ("/2", "de"), ("/3", "")):
        site.page(path, f"Story {path}", TEXT + path)
        reply = site.replies[path]
        assert isinstance(reply, Reply)
        reply.body = reply.body.replace(b"<html>", f'<html lang="{code}">'.encode())
    site.replies["/map"] = sitemap(site, ("/1", ""), ("/2", ""), ("/3", ""))
    articles = await crawl(web(site, "/map", "sitemap", language="en"))
    assert sorted(article.title for article in articles) == ["Story /1", "Story /3"]


async def test_pages_that_are_too_old_are_not_even_fetched(site: Site, crawl: Crawl) -> None:
    site.page("/2", "Story 2", TEXT)
    site.replies["/map"] = sitemap(site, ("/1", "2001-01-01"), ("/2", "2027-01-10"))
    assert len(await crawl(web(site, "/map", "sitemap", max_age_days=30))) == 1
    assert crawl.site_asked == ["/map", "/2"]


async def test_the_feeds_own_text_stands_in_for_a_page_that_cannot_be_had(site: Site, crawl: Crawl) -> None:
    site.replies["/1"] = Reply(status=402)
    site.replies["/feed"] = rss(site, ("/1", "Bridge", MONDAY), content=f"<p>{TEXT}</p>" * 8)
    [article] = await crawl(web(site, "/feed", "feed"))
    assert TEXT in article.body
    assert article.title == "Bridge"


async def test_pdf_text_and_json_lines_are_read_from_the_web_too(site: Site, crawl: Crawl) -> None:
    site.replies["/a.txt"] = Reply(f"A title\n\n{TEXT}".encode(), media_type="text/plain")
    site.replies["/b.jsonl"] = Reply(
        b'{"title": "Row", "url": "http://127.0.0.1/row", "text": "The harbour was shut by a storm on Monday."}\n',
        media_type="application/octet-stream",
    )
    site.replies["/c.zip"] = Reply(b"\x89PNG....", media_type="image/png")
    articles = await crawl(web(site, "/a.txt"), web(site, "/b.jsonl"), web(site, "/c.zip"))
    assert [article.url for article in articles] == [site.url("/a.txt"), "http://127.0.0.1/row"]
    assert "something other than a page" in crawl.rejects[0].reason


async def test_a_feed_or_sitemap_that_is_taken_for_a_page_says_what_to_write(
    site: Site, crawl: Crawl
) -> None:
    site.replies["/feed"] = rss(site, ("/1", "Story 1", MONDAY))
    site.replies["/map"] = sitemap(site, ("/1", ""))
    assert await crawl(web(site, "/feed"), web(site, "/map")) == []
    assert ['kind = "feed"' in crawl.rejects[0].reason, 'kind = "sitemap"' in crawl.rejects[1].reason] == [
        True,
        True,
    ]


async def test_a_crawl_that_is_stopped_goes_on_where_it_was(site: Site, crawl: Crawl) -> None:
    for number in range(4):
        site.page(f"/{number}", f"Story {number}", TEXT + str(number))
    slow = site.replies["/2"]
    assert isinstance(slow, Reply)
    slow.delay = 30
    site.replies["/map"] = sitemap(site, *((f"/{n}", f"2024-01-0{9 - n}") for n in range(4)))
    source = web(site, "/map", "sitemap")
    stopped = asyncio.create_task(crawl(source))
    while "/2" not in site.paths():  # noqa: ASYNC110 - the site runs in a thread of its own
        await asyncio.sleep(0.01)
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    slow.delay = 0
    site.asked.clear()
    assert len(await crawl(source)) == 4
    assert crawl.site_asked == ["/map", "/2", "/3"]


async def test_a_copy_that_is_damaged_on_disk_is_fetched_again(site: Site, crawl: Crawl) -> None:
    site.page("/1", "Story 1", TEXT, ETag='"1"')
    source = web(site, "/1")
    await crawl(source)
    crawl.listings[source.key].files[0].location.write_bytes(b"half")
    assert len(await crawl(source)) == 1


@pytest.mark.parametrize(
    "feed",
    [
        b"", b"<html><body>No feed</body></html>", b"\x00\xff" * 500, b"{}", b"<rss>" * 100_000,
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
        ) + b"]><rss version='2.0'><channel><title>&m;</title><item><title>&m;</title></item></channel></rss>",
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>'
        b"<item><title>&x;</title><link>http://127.0.0.1:1/&x;</link></item></channel></rss>",
    ],
)  # fmt: skip
async def test_a_hostile_feed_is_a_reject_or_nothing(site: Site, crawl: Crawl, feed: bytes) -> None:
    site.replies["/feed"] = Reply(feed, media_type="application/rss+xml")
    for kind in ("feed", "sitemap"):
        assert await crawl(web(site, "/feed", kind)) == []
        assert "root:" not in str(crawl.listings)


HOSTILE_HEADERS = (
    {"ETag": '"\xff"'},
    {"Last-Modified": "\xe9"},
    {"ETag": '"a\x00b"'},
    {"Content-Type": "\xff\xfe"},
    {"Location": "http://[::1"},
    {"Location": "\xff\xff"},
    {"Content-Encoding": "\xe9"},
)
HOSTILE_WAITS = ("²", "9" * 300, "Mon, 01 Jan 99999 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "\xff")


async def test_no_header_of_one_site_stops_the_others(crawl: Crawl, site: Site) -> None:
    site.page("/good", "Bridge", TEXT)
    sources = [web(site, "/good")]
    page = f"<html><body><article><h1>Odd</h1><p>{TEXT}</p></article></body></html>".encode()
    for number, headers in enumerate(HOSTILE_HEADERS):
        status = 302 if "Location" in headers else 200
        site.replies[f"/h{number}"] = Reply(page, status, headers)
        sources.append(web(site, f"/h{number}"))
    for number, wait in enumerate(HOSTILE_WAITS):
        site.replies[f"/w{number}"] = Reply(b"", 503, {"Retry-After": wait})
        sources.append(web(site, f"/w{number}"))
    for _ in range(2):  # the second time with what was kept of the first
        articles = await crawl(*sources)
        assert "Bridge" in {one.title for one in articles}
    assert crawl.listings.keys() == {source.key for source in sources}


@pytest.mark.parametrize("kind", ["page", "feed", "sitemap"])
async def test_what_one_source_makes_the_code_raise_is_its_own_reject(
    kind: str, crawl: Crawl, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.page("/good", "Bridge", TEXT)
    site.replies["/bad"] = Reply(b"anything")
    fetch = Fetcher.fetch

    async def failing(self: Fetcher, url: str, *args: Any, **options: Any) -> Any:
        if url.endswith("/bad"):
            raise OverflowError("date value out of range")
        return await fetch(self, url, *args, **options)

    monkeypatch.setattr(Fetcher, "fetch", failing)
    articles = await crawl(web(site, "/bad", kind), web(site, "/good"))
    assert [one.title for one in articles] == ["Bridge"]
    assert any("OverflowError" in reject.reason for reject in crawl.rejects)


async def test_what_one_file_makes_a_reader_raise_is_its_own_reject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bad", "good"):
        (tmp_path / f"{name}.txt").write_text(f"Bridge {name}\n\n{TEXT}\n")
    read = text.read

    def failing(data: bytes, name: str) -> Any:
        if "bad" in name:
            raise RecursionError("too deep")
        return read(data, name)

    monkeypatch.setattr(text, "read", failing)
    source = Source(tmp_path.as_posix(), tmp_path)
    reading = read_corpus([source])
    found = list(reading)
    assert [one.path for one in found if isinstance(one, Article)] == ["good.txt"]
    [reject] = [one for one in found if isinstance(one, Reject)]
    assert "RecursionError" in reject.reason
    assert not reading.is_gone(source.key, "bad.txt")


async def test_rows_of_a_fetched_file_claim_no_other_site_and_no_publisher(crawl: Crawl, site: Site) -> None:
    rows = [
        {"title": "Foreign", "text": TEXT, "url": "https://bank.example/a", "source": "The Bank"},
        {"title": "Own", "text": TEXT + " Again.", "url": site.url("/own"), "source": "The Bank"},
        {"title": "None", "text": TEXT + " And again.", "source": "The Bank"},
    ]
    body = "\n".join(map(json.dumps, rows)).encode()
    site.replies["/rows.jsonl"] = Reply(body, media_type="application/jsonl")
    articles = await crawl(web(site, "/rows.jsonl"))
    assert {one.title: one.url for one in articles} == {
        "Foreign": None,
        "Own": site.url("/own"),
        "None": None,
    }
    assert {one.source for one in articles} == {"127.0.0.1"}
    named = await crawl(web(site, "/rows.jsonl", source="The Gazette"))
    assert {one.source for one in named} == {"The Gazette"}
