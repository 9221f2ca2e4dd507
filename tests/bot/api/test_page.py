"""The page for people without Discord: as HTML, and as a person sees it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

pytest.importorskip("mcp", reason="the extra `api` is not installed")

from bot.api.page_html import answer_page, question_page, sign_in_page
from bot.qa.answers import Answer, ArticleRef, Citation

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "What did Mayor Brandt say the bridge cost?"
TOKEN = "a-token-for-a-person-1"
HOSTILE = "<script>alert(1)</script>\"'&"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        yield client


async def test_a_question_leads_to_an_address_where_its_answer_stands(client: httpx.AsyncClient) -> None:
    posted = await client.post("/", data={"question": QUESTION})
    assert posted.status_code == 303
    answer = await client.get(posted.headers["location"])
    assert QUESTION in answer.text
    assert "forty million euros" in " ".join(re.sub(r"<[^>]+>", "", answer.text).split())
    assert 'href="#quote-1"' in answer.text
    assert 'id="quote-1"' in answer.text
    reader = re.search(r'href="(/answers/[^"]+)#quote"', answer.text)
    assert reader is not None
    assert '<mark id="quote">' in (await client.get(reader[1])).text
    for page in (posted, answer):
        assert "default-src 'none'; style-src 'self'" in page.headers["content-security-policy"]
        assert "script" not in page.headers["content-security-policy"]


async def test_a_question_on_the_page_follows_the_answer_above_it(client: httpx.AsyncClient) -> None:
    first = await client.post(
        "/", data={"question": "What did Mayor Ilse Brandt say?"}, follow_redirects=True
    )
    key = re.search(r'name="follows" value="([^"]+)"', first.text)
    assert key is not None
    data = {"question": "and what did it cost?", "follows": key[1]}
    second = await client.post("/", data=data, follow_redirects=True)
    assert "forty million euros" in " ".join(re.sub(r"<[^>]+>", "", second.text).split())


async def test_without_an_answer_the_nearest_articles_can_be_read(client: httpx.AsyncClient) -> None:
    data = {"question": "Which enzyme unwinds DNA during replication in bacteria?"}
    page = await client.post("/", data=data, follow_redirects=True)
    assert "The articles do not answer that." in page.text
    link = re.search(r'href="(/read/[^"]+)"', page.text)
    assert link is not None
    assert "<article>" in (await client.get(link[1])).text


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        ({"question": "?"}, 422, "Ask a question"),
        ({"other": "x"}, 422, "Ask a question"),
        ({"question": "a" * 3_000}, 422, "2,000 characters"),
        ({"question": "a" * 70_000}, 413, "shorter question"),
        ({"question": "who?", "follows": "never"}, 422, "no answer"),
    ],
)
async def test_what_cannot_be_asked_says_why(
    client: httpx.AsyncClient, data: dict[str, str], status: int, told: str
) -> None:
    page = await client.post("/", data=data)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert told in page.text


async def test_other_sites_cannot_ask_through_somebodys_browser(client: httpx.AsyncClient) -> None:
    for origin in ("https://evil.example", "null"):
        page = await client.post("/", data={"question": QUESTION}, headers={"origin": origin})
        assert page.status_code == 403


async def test_what_was_asked_in_discord_is_not_shown(client: httpx.AsyncClient, desk: Any) -> None:
    key = await desk.records.begin("Who?", person=1, channel=2)
    await desk.records.finish(key, Answer("Who?", "answered", "He.", (), "quoting", "g", 0.1))
    assert (await client.get(f"/answers/{key}")).status_code == 404
    assert (await client.get(f"/answers/{key}/0")).status_code == 404


async def test_where_tokens_are_needed_a_person_signs_in_once(start: Any) -> None:
    address = await start({"person": (TOKEN, 0)})
    async with httpx.AsyncClient(base_url=address) as client:
        for path in ("/", "/answers/x", "/answers/x/0", "/read/x"):
            page = await client.get(path)
            assert page.status_code == 401
            assert "Your token" in page.text
            assert "Linden" not in page.text
        assert (await client.post("/", data={"question": QUESTION})).status_code == 401
        wrong = await client.post("/sign-in", data={"token": "wrong", "path": "/"})
        assert wrong.status_code == 401
        assert "not known" in wrong.text
        right = await client.post("/sign-in", data={"token": TOKEN, "path": "/answers/x"})
        assert (right.status_code, right.headers["location"]) == (303, "/answers/x")
        assert TOKEN not in right.headers["set-cookie"]
        assert "HttpOnly" in right.headers["set-cookie"]
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/corpora")).status_code == 401  # the cookie is the page's alone
        client.cookies.set("byline", client.cookies["byline"][:-1] + "x")
        assert (await client.get("/")).status_code == 401


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "/answers/../..//x", ""]
)
async def test_signing_in_leads_to_no_other_site(start: Any, path: str) -> None:
    address = await start({"person": (TOKEN, 0)})
    async with httpx.AsyncClient(base_url=address) as client:
        done = await client.post("/sign-in", data={"token": TOKEN, "path": path})
    assert done.headers["location"] == "/"


async def test_an_open_page_asks_for_no_token_and_limits_each_address(start: Any) -> None:
    address = await start({"person": (TOKEN, 0)}, open_page=True, per_minute=2)
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        asked = [await client.post("/", data={"question": QUESTION}) for _ in range(3)]
        assert [one.status_code for one in asked] == [303, 303, 429]
        assert (await client.get("/corpora")).status_code == 401


def hostile_answer() -> Answer:
    article = ArticleRef("a/1", HOSTILE, "javascript:alert(1)", HOSTILE, None, "2016-02-01")
    citation = Citation(1, article, HOSTILE, 0, len(HOSTILE), (0, 8))
    return Answer(
        HOSTILE, "answered", f"{HOSTILE} [1] [7]", (citation,), "quoting", "g", 0.1, notes=(HOSTILE,)
    )


async def test_foreign_text_stays_text() -> None:
    pages = [
        answer_page(HOSTILE, hostile_answer(), 'k"<'),
        answer_page(
            "", replace(hostile_answer(), outcome="not_found", nearest=(ArticleRef("x", HOSTILE),)), "k"
        ),
        question_page(HOSTILE, question=HOSTILE, problem=HOSTILE),
        sign_in_page(HOSTILE, HOSTILE),
    ]
    for page in pages:
        assert "<script" not in page
        assert "javascript:" not in page
        assert "<strong>&lt;script&gt;</strong>" in page or page is not pages[0]
    assert "[7]" in pages[0]  # a mark without a quote leads nowhere


class TestInChromium:
    """Real layout, real keys, no script."""

    @pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
    async def test_with_keys_alone_a_person_asks_reads_and_opens_the_article(
        self, address: str, chromium: str, width: int, scheme: Any
    ) -> None:
        from playwright.async_api import async_playwright

        problems: list[str] = []
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = await browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=False
            )
            page = await context.new_page()
            page.on("console", lambda message: problems.append(message.text))
            # what a browser gives up because it goes on to the next page has not failed
            page.on(
                "requestfailed",
                lambda request: request.failure == "net::ERR_ABORTED" or problems.append(request.url),
            )
            await page.goto(address)
            await page.keyboard.type(QUESTION)  # the question has the focus
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/answers/*")
            answer = await page.locator(".answer").bounding_box()
            quotes = await page.get_by_role("list", name="Quotes").bounding_box()
            body = await page.locator("body").bounding_box()
            assert answer is not None
            assert quotes is not None
            assert body is not None
            beside = quotes["x"] >= answer["x"] + answer["width"]
            assert beside == (width > 1_000)
            assert max(body["width"], quotes["x"] + quotes["width"]) <= width
            await page.get_by_role("link", name="Quote 1").press("Enter")
            assert page.url.endswith("#quote-1")
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/answers/*/0#quote")
            assert await page.locator("#quote").is_visible()
            assert await page.get_by_label("Your question").count() == 0
            await page.goto(address)
            assert await page.get_by_label("Your question").count() == 1
            await browser.close()
        assert problems == []
