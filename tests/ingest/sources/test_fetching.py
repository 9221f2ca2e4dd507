from __future__ import annotations

import gzip
import socket
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest
from loopback_site import Reply, Site

from ingest.sources.fetching import Fetched, Fetcher, FetchFailed, Validators
from ingest.sources.ssrf_guard import Guard


class Waits(list[float]):
    """Stands in for sleeping: keeps how long it would have been."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


async def fetch(site: Site, path: str = "/a", known: Validators | None = None, **options: Any) -> Fetched:
    waits = options.pop("waits", Waits())
    largest = options.pop("largest", 1_000_000)
    async with Fetcher(options.pop("pause", 0), site.guard, sleep=waits, **options) as fetcher:
        return await fetcher.fetch(site.url(path), known, largest=largest)


async def failure(site: Site, path: str = "/a", **options: Any) -> str:
    with pytest.raises(FetchFailed) as caught:
        await fetch(site, path, **options)
    return str(caught.value)


async def test_a_page_is_fetched_and_says_who_asks(site: Site) -> None:
    site.page("/a", "Title", "Text.")
    fetched = await fetch(site)
    assert fetched.body is not None
    assert b"<h1>Title</h1>" in fetched.body
    assert fetched.media_type == "text/html"
    assert site.asked[-1].headers["User-Agent"].startswith("Byline/")
    assert "Cookie" not in site.asked[-1].headers


async def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    date = "Mon, 23 Nov 2015 10:00:00 GMT"
    site.page("/a", "Title", "Text.", ETag='"v1"', Last_Modified=date)
    first = await fetch(site)
    assert first.validators == Validators(site.url("/a"), '"v1"', date)
    assert (await fetch(site, known=first.validators)).body is None
    assert site.asked[-1].headers["If-None-Match"] == '"v1"'
    assert site.asked[-1].headers["If-Modified-Since"] == date
    site.page("/a", "Title", "Another text.", ETag='"v2"')
    again = await fetch(site, known=first.validators)
    assert again.body is not None
    assert again.validators.etag == '"v2"'


async def test_redirects_are_followed_and_the_last_address_counts(site: Site) -> None:
    site.replies["/a"] = Reply(status=301, headers={"Location": "/b"})
    site.replies["/b"] = Reply(status=302, headers={"Location": site.url("/c?utm_source=x")})
    site.page("/c", "Title", "Text.")
    assert (await fetch(site)).validators.url == site.url("/c")


async def test_a_circle_of_redirects_ends(site: Site) -> None:
    site.replies["/a"] = Reply(status=302, headers={"Location": "/a"})
    assert "redirects more than 5 times" in await failure(site)


async def test_robots_txt_is_asked_first_and_kept(site: Site) -> None:
    site.replies["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /private", media_type="text/plain")
    site.page("/private/a", "Title", "Text.")
    assert "robots.txt does not allow it" in await failure(site, "/private/a")
    assert [request.path for request in site.asked] == ["/robots.txt"]


async def test_a_redirect_leads_nowhere_that_robots_txt_forbids(site: Site) -> None:
    site.replies["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /private", media_type="text/plain")
    site.replies["/a"] = Reply(status=302, headers={"Location": "/private/a"})
    assert "robots.txt does not allow it" in await failure(site)
    assert site.paths() == ["/a"]


async def test_a_robots_txt_that_cannot_be_read_forbids_everything_for_now(site: Site) -> None:
    site.replies["/robots.txt"] = Reply(status=501)
    site.page("/a", "Title", "Text.")
    assert "robots.txt cannot be read now" in await failure(site)
    site.replies["/robots.txt"] = Reply(status=403)
    assert (await fetch(site)).body


async def test_a_robots_txt_without_end_is_read_to_its_limit(site: Site) -> None:
    site.replies["/robots.txt"] = Reply(
        b"User-agent: *\nDisallow: /a\n" + b"#" * 2_000_000, media_type="text/plain"
    )
    assert "robots.txt does not allow it" in await failure(site)


async def test_requests_to_one_site_are_spaced(site: Site) -> None:
    site.page("/a", "Title", "Text.")
    async with Fetcher(0.1, site.guard) as fetcher:
        for _ in range(3):
            await fetcher.fetch(site.url("/a"))
    times = [request.at for request in site.asked]
    assert all(later - earlier >= 0.09 for earlier, later in pairwise(times))


async def test_a_crawl_delay_longer_than_ours_is_kept(site: Site) -> None:
    site.replies["/robots.txt"] = Reply(b"User-agent: *\nCrawl-delay: 7", media_type="text/plain")
    site.page("/a", "Title", "Text.")
    waits = Waits()
    async with Fetcher(0, site.guard, sleep=waits) as fetcher:
        await fetcher.fetch(site.url("/a"))
        await fetcher.fetch(site.url("/a"))
    assert waits[-1] == pytest.approx(7, abs=0.2)


async def test_what_may_pass_is_tried_again_with_growing_waits(site: Site) -> None:
    site.replies["/a"] = [Reply(status=503), Reply(status=500), Reply(b"good", media_type="text/plain")]
    waits = Waits()
    assert (await fetch(site, waits=waits)).body == b"good"
    assert 0.5 <= waits[0] <= 1
    assert 1 <= waits[1] <= 2


async def test_a_site_says_how_long_to_wait(site: Site) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    for said, seconds in (("17", 17), (later, 20)):
        site.replies["/a"] = [Reply(status=429, headers={"Retry-After": said}), Reply(b"good")]
        waits = Waits()
        await fetch(site, waits=waits)
        assert waits[0] == pytest.approx(seconds, abs=2)


async def test_a_site_that_wants_to_be_left_alone_for_long_is(site: Site) -> None:
    site.replies["/a"] = Reply(status=429, headers={"Retry-After": "3600"})
    site.page("/b", "Title", "Text.")
    async with Fetcher(0, site.guard, sleep=Waits()) as fetcher:
        for path in ("/a", "/b"):
            with pytest.raises(FetchFailed, match="left alone for 3600 seconds"):
                await fetcher.fetch(site.url(path))
    assert site.paths() == ["/a"]


async def test_what_will_not_pass_is_not_tried_again(site: Site) -> None:
    for status in (400, 401, 403, 418):
        site.replies["/a"] = Reply(status=status)
        site.asked.clear()
        assert f"HTTP {status}" in await failure(site)
        assert site.paths() == ["/a"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_says_so(site: Site, status: int) -> None:
    site.replies["/a"] = Reply(status=status)
    with pytest.raises(FetchFailed) as caught:
        await fetch(site)
    assert caught.value.gone


async def test_a_site_that_never_answers_is_not_asked_a_thousand_times() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        guard = Guard(lambda address: address.is_loopback, frozenset({port}))
        async with Fetcher(0, guard, sleep=Waits()) as fetcher:
            reasons = []
            for number in range(6):
                with pytest.raises(FetchFailed) as caught:
                    await fetcher.fetch(f"http://127.0.0.1:{port}/{number}")
                reasons.append(str(caught.value))
    assert "cannot be reached" in reasons[0]
    assert "cannot be reached" in reasons[-1]


async def test_a_site_that_breaks_down_is_left_alone_for_the_rest_of_the_run(site: Site) -> None:
    for number in range(6):
        site.replies[f"/{number}"] = Reply(status=503)
    async with Fetcher(0, site.guard, sleep=Waits()) as fetcher:
        for number in range(6):
            with pytest.raises(FetchFailed):
                await fetcher.fetch(site.url(f"/{number}"))
    assert site.paths() == ["/0"] * 3 + ["/1"] * 3 + ["/2"] * 3


async def test_a_page_that_is_too_large_is_not_read_to_its_end(site: Site) -> None:
    site.replies["/a"] = Reply(b"x" * 3_000_000)
    assert "larger than 1 MB" in await failure(site)


async def test_packed_pages_are_unpacked(site: Site) -> None:
    for coding, packed in (("gzip", gzip.compress(b"text")), ("deflate", zlib.compress(b"text")),
                           ("deflate", zlib.compress(b"text")[2:-4]), ("identity", b"text")):  # fmt: skip
        site.replies["/a"] = Reply(packed, headers={"Content-Encoding": coding})
        assert (await fetch(site)).body == b"text"


async def test_a_bomb_is_not_unpacked(site: Site) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    site.replies["/a"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    started = time.monotonic()
    assert "larger than 1 MB" in await failure(site)
    assert time.monotonic() - started < 2


async def test_what_cannot_be_unpacked_is_a_reason(site: Site) -> None:
    site.replies["/a"] = Reply(b"no gzip", headers={"Content-Encoding": "gzip"})
    assert "cannot be unpacked" in await failure(site)
    site.replies["/a"] = Reply(b"no", headers={"Content-Encoding": "br"})
    assert "not asked for (br)" in await failure(site)


async def test_a_site_that_does_not_answer_in_time_is_given_up(site: Site) -> None:
    site.replies["/robots.txt"] = Reply(delay=2)
    assert "took longer than" in await failure(site, patience=0.1)


async def test_a_site_that_drips_is_given_up(site: Site) -> None:
    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.02)

    site.replies["/a"] = drip
    started = time.monotonic()
    assert "took longer than" in await failure(site, patience=0.3)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "nonsense",
    [
        b"", b"\0\0\0\0", b"HTTP/9.9 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"SSH-2.0-OpenSSH_9.0\r\n",
        b"HTTP/1.1 999 \xff\xfe\r\n\r\n", b"HTTP/1.1 301 Moved\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + b"\r\n",
    ],
)  # fmt: skip
async def test_an_answer_that_makes_no_sense_is_a_reason(site: Site, nonsense: bytes) -> None:
    def answer(handler: Any) -> None:
        handler.wfile.write(nonsense)
        handler.wfile.flush()
        handler.close_connection = True

    site.replies["/a"] = answer
    assert (await failure(site, patience=2)).startswith("The site")
