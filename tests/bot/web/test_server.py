from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer, unused_port

from bot.operations.records import Records
from bot.qa.answers import Answer, ArticleRef, Citation
from bot.web.server import reader_app, serve
from bot.web.signed_links import ReaderAddresses
from bot.web.text_fragments import fragment_url
from ingest.articles.article import Article
from ingest.errors import IndexMissing, UserFacingError
from tests.loop_time import pauses_of_the_loop

PARAGRAPHS = [f"Paragraph {n} of the report says nothing that was asked about. " * 6 for n in range(30)]
QUOTE, OTHER = "The bridge cost forty million euros.", "Cyclists asked for a lane."
BODY = "\n\n".join(
    [*PARAGRAPHS[:20], f"Opening it took years. {QUOTE} Nobody minded. {OTHER}", *PARAGRAPHS[20:]]
)
ARTICLE = Article(
    "a1",
    "Mayor opens the <Linden> Bridge",
    BODY,
    "https://town.example/bridge",
    "Town Paper",
    "I. Brandt",
    "2016-02-01",
)


class Shelf:
    def __init__(self) -> None:
        self.held: list[Article] = [ARTICLE]
        self.error: UserFacingError | None = None

    @contextmanager
    def lease(self) -> Iterator[Shelf]:
        if self.error:
            raise self.error
        yield self

    def articles(self, ids: Sequence[str]) -> dict[str, Article]:
        return {article.id: article for article in self.held if article.id in ids}


def cited(number: int, quote: str) -> Citation:
    start = BODY.index(quote)
    return Citation(number, ArticleRef("a1", ARTICLE.title), quote, start, start + len(quote))


class Reader:
    def __init__(self, shelf: Shelf, records: Records) -> None:
        self.shelf, self.records = shelf, records
        self.port = unused_port()
        self.addresses = ReaderAddresses(f"http://127.0.0.1:{self.port}", b"k" * 32)

    async def answer(self, *citations: Citation) -> str:
        key = await self.records.begin("How much?")
        await self.records.finish(
            key, Answer("How much?", "answered", "So much. [1]", citations, "quoting", "g", 0.1)
        )
        return key


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    records = Records(tmp_path / "records.sqlite")
    made = Reader(Shelf(), records)
    server = TestServer(reader_app(made.shelf, records, made.addresses), port=made.port)  # type: ignore[arg-type]
    await server.start_server()
    yield made
    await server.close()
    records.close()


async def get(url: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text(), dict(response.headers)


async def test_the_page_shows_the_article_with_the_answers_quotes_marked(reader: Reader) -> None:
    key = await reader.answer(cited(1, QUOTE), cited(2, OTHER))
    status, html, headers = await get(reader.addresses.answer(key, 0))
    assert status == 200
    assert f'<mark id="quote">{QUOTE}</mark>' in html
    assert f'<mark class="other">{OTHER}</mark>' in html
    assert "Town Paper · I. Brandt" in html
    assert 'datetime="2016-02-01"' in html
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("body", ["a b " * 700_000, "a b\n" * 400_000])
async def test_a_long_article_leaves_the_loop_to_others(reader: Reader, body: str) -> None:
    reader.shelf.held = [replace(ARTICLE, body=body)]
    key = await reader.answer(
        *(replace(cited(n, QUOTE), quote="b a b a c", start=9 * n, end=9 * n + 9) for n in range(9))
    )
    async with pauses_of_the_loop() as pauses:
        status, html, _ = await get(reader.addresses.answer(key, 0))
    assert status == 200
    assert "only a part" in html
    assert max(pauses) < 0.1


async def test_without_a_valid_signature_nothing_of_the_corpus_is_shown(reader: Reader) -> None:
    key = await reader.answer(cited(1, QUOTE))
    for path in (f"/answers/{key}/0", "/articles/a1", "/articles/a1?until=99999999999&s=abc"):
        status, html, headers = await get(f"http://127.0.0.1:{reader.port}{path}")
        assert status == 403
        assert "bridge" not in html.lower()
        assert "Content-Security-Policy" in headers


@pytest.mark.parametrize(
    "path", ["/articles/", "/articles/../../etc/passwd", "/answers/x/y", "/%2e%2e/secret"]
)
async def test_there_is_nothing_else_to_find(reader: Reader, path: str) -> None:
    status, html, _headers = await get(f"http://127.0.0.1:{reader.port}{path}")
    assert status in {403, 404}
    assert "<main>" in html


async def test_what_is_gone_says_so(reader: Reader) -> None:
    key = await reader.answer(cited(1, QUOTE))
    reader.shelf.held.clear()
    assert (await get(reader.addresses.answer(key, 0)))[0] == 404
    assert (await get(reader.addresses.article("a1")))[0] == 404
    assert (await get(reader.addresses.answer("never", 0)))[0] == 404
    assert (await get(reader.addresses.answer(key, 7)))[0] == 404


async def test_words_that_an_article_no_longer_has_are_shown_above_it(reader: Reader) -> None:
    key = await reader.answer(cited(1, QUOTE))
    reader.shelf.held[:] = [Article("a1", "Mayor", "Rewritten from scratch.")]
    status, html, _headers = await get(reader.addresses.answer(key, 0))
    assert status == 200
    assert QUOTE in html
    assert "has changed since" in html


async def test_while_there_is_no_index_the_page_says_not_now(reader: Reader) -> None:
    reader.shelf.error = IndexMissing("secret path")
    status, html, _headers = await get(reader.addresses.article("a1"))
    assert status == 503
    assert "secret path" not in html


async def test_a_port_in_use_is_named(reader: Reader) -> None:
    application = reader_app(reader.shelf, reader.records, reader.addresses)  # type: ignore[arg-type]
    with pytest.raises(UserFacingError, match=f"Cannot listen at 127.0.0.1:{reader.port}"):
        await serve(application, f"127.0.0.1:{reader.port}")
    with pytest.raises(UserFacingError, match="is not an address"):
        await serve(application, "8080")


class TestInChromium:
    """What a person sees: real layout, real text fragments, real dark mode, no script."""

    @pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1200, "dark")])
    async def test_the_mark_is_on_the_screen(
        self, reader: Reader, chromium: str, width: int, scheme: str
    ) -> None:
        from playwright.async_api import async_playwright

        key = await reader.answer(cited(1, QUOTE), cited(2, OTHER))
        problems: list[str] = []
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = await browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                java_script_enabled=False,  # type: ignore[arg-type]
            )
            page = await context.new_page()
            page.on("console", lambda message: problems.append(message.text))
            # what a browser gives up because it goes on to the next page has not failed
            page.on(
                "requestfailed",
                lambda request: request.failure == "net::ERR_ABORTED" or problems.append(request.url),
            )
            await page.goto(reader.addresses.answer(key, 0))
            box = await page.locator("#quote").bounding_box()
            other = await page.locator("article mark.other").bounding_box()
            body = await page.locator("body").bounding_box()
            await browser.close()
        assert box is not None
        assert other is not None
        assert body is not None
        assert 0 <= box["y"] < 800 - box["height"]
        assert body["width"] <= width
        assert box["x"] + box["width"] <= width
        assert problems == []

    async def test_a_text_fragment_opens_the_right_one_of_two_equal_sentences(
        self, reader: Reader, chromium: str
    ) -> None:
        from playwright.async_api import async_playwright

        body = "\n\n".join([*PARAGRAPHS[:10], "Then it rained. He said so. Nobody left.", *PARAGRAPHS[10:25],
                             "Later it snowed. He said so. Everybody left.", *PARAGRAPHS[25:]])  # fmt: skip
        reader.shelf.held[:] = [Article("a2", "Two sentences alike", body)]
        start = body.rindex("He said so.")
        url = fragment_url(reader.addresses.article("a2"), body, start, start + 11)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = await browser.new_page(viewport={"width": 800, "height": 600})
            await page.goto(url)
            await page.wait_for_timeout(500)
            first = await page.get_by_text("Then it rained.").bounding_box()
            second = await page.get_by_text("Later it snowed.").bounding_box()
            await browser.close()
        assert first is not None
        assert second is not None
        assert 0 <= second["y"] < 600
        assert first["y"] < 0
