"""The reader's web server: two kinds of pages, one style sheet, nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeVar

from aiohttp import web

from bot.operations.index_pool import Library
from bot.operations.records import Asked, Records
from bot.qa.answers import Citation
from bot.settings import Settings
from bot.web.article_page import FAVICON, STYLE, article_page, find_quote, message_page, shown_part
from bot.web.body_blocks import Mark
from bot.web.signed_links import ReaderAddresses, reader_key
from ingest.articles.article import Article
from ingest.errors import UserFacingError
from ingest.index.index import Index

log = logging.getLogger(__name__)
T = TypeVar("T")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    # nothing may run, load or embed but our own style sheet
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the link itself is the key to the page
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, max-age=300",
}


_OPEN = ("/", "/style.css", "/favicon.svg")
_FRONT = (
    "Here the articles behind an answer open, with the quoted words marked. Every page has its own link, which ends "
    "after some days: press “read it here” under an answer in Discord to open one."
)
_EXPIRED = (
    "Links to articles end after some days. Ask the question again in Discord, or press Passage under the old answer: "
    "the words quoted are shown there."
)


class _Pages:
    """The handlers of the reader's addresses."""

    def __init__(self, library: Library, records: Records) -> None:
        self._library = library
        self._records = records

    async def _read(self, work: Callable[[Index], T]) -> T:
        def leased() -> T:
            with self._library.lease() as index:
                return work(index)

        return await asyncio.to_thread(leased)

    async def article(self, request: web.Request) -> web.Response:
        page = await self._read(partial(plain_page, article_id=request.match_info["id"]))
        return _html(page) if page is not None else _gone()

    async def answer(self, request: web.Request) -> web.Response:
        place = int(request.match_info["place"])
        asked = await self._records.asked(request.match_info["key"])
        if asked is None or asked.answer is None or place >= len(asked.answer.citations):
            return _gone()
        page = await self._read(
            partial(marked_page, asked=asked, citations=asked.answer.citations, place=place)
        )
        return _html(page) if page is not None else _gone()

    async def style(self, _request: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")

    async def favicon(self, _request: web.Request) -> web.Response:
        return web.Response(text=FAVICON, content_type="image/svg+xml")

    async def front(self, _request: web.Request) -> web.Response:
        return _html(message_page("Byline's reader", _FRONT))


def reader_app(library: Library, records: Records, addresses: ReaderAddresses) -> web.Application:
    """`/articles/{id}` shows an article, `/answers/{key}/{place}` one with an answer's quotes marked."""

    @web.middleware
    async def guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
        response = await _answered(request, handler, addresses)
        response.headers.update(HEADERS)
        return response

    pages = _Pages(library, records)
    application = web.Application(middlewares=[guarded], client_max_size=1024)
    application.router.add_get("/articles/{id}", pages.article)
    application.router.add_get(r"/answers/{key}/{place:\d{1,3}}", pages.answer)
    application.router.add_get("/style.css", pages.style)
    application.router.add_get("/favicon.svg", pages.favicon)
    application.router.add_get("/", pages.front)
    return application


async def _answered(
    request: web.Request, handler: _Handler, addresses: ReaderAddresses
) -> web.StreamResponse:
    """What the handler answers where the address is open or signed; every error as a page."""
    until, signature = request.query.get("until", ""), request.query.get("s", "")
    try:
        if request.path in _OPEN or addresses.allows(request.rel_url.raw_path, until, signature):
            return await handler(request)
        return _html(message_page("This link has expired", _EXPIRED), 403)
    except web.HTTPException as error:
        return _html(message_page("There is no such page", error.reason), error.status)
    except UserFacingError as error:
        log.warning("reader: %s", error)
        return _html(message_page("Not now", "The articles cannot be read at the moment."), 503)


async def serve_reader(
    settings: Settings, library: Library, records: Records, stack: AsyncExitStack
) -> ReaderAddresses | None:
    """The reader until `stack` is closed, where [reader] public_url asks for it. Raises UserFacingError."""
    reader = settings.reader
    if not reader.public_url:
        return None
    key = await asyncio.to_thread(reader_key, settings.records.path.with_name("reader.key"))
    addresses = ReaderAddresses(reader.public_url, key, public=reader.public, days=reader.link_days)
    stack.push_async_callback((await serve(reader_app(library, records, addresses), reader.address)).cleanup)
    return addresses


async def serve(application: web.Application, address: str) -> web.AppRunner:
    """Listen at "host:port" (an IPv6 host in brackets) until the runner is cleaned up."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise UserFacingError(f"{address!r} is not an address to listen at; write it as 127.0.0.1:8080.")
    runner = web.AppRunner(application, access_log=None)  # a log of links would be a log of keys
    await runner.setup()
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
    except OSError as error:
        await runner.cleanup()
        raise UserFacingError(
            f"Cannot listen at {address} ({error.strerror or error}). Is another program using it? "
            "Set another address in config.toml."
        ) from error
    return runner


def plain_page(index: Index, article_id: str) -> bytes | None:
    shown = index.articles([article_id]).get(article_id)
    return _page(shown, []) if shown is not None else None


def marked_page(index: Index, asked: Asked, citations: Sequence[Citation], place: int) -> bytes | None:
    """The article of the citation at `place`, with all quotes from it marked; None where it is gone."""
    main = citations[place].article.article_id
    shown = index.articles([main]).get(main)
    if shown is None:
        return None
    marks, notice = [], ""
    for number, citation in enumerate(citations):
        if citation.article.article_id != shown.id:
            continue
        span = find_quote(shown.body, citation.quote, citation.start, citation.end)
        if span is not None:
            marks.append(Mark(*span, main=number == place))
        elif number == place:
            notice = f"This article has changed since. The words quoted were: “{citation.quote}”"
    back = f"https://discord.com/channels/{asked.server or '@me'}/{asked.channel}" if asked.channel else ""
    return _page(shown, marks, notice, asked.question, back)


def _page(
    article: Article, marks: Sequence[Mark], notice: str = "", question: str = "", back: str = ""
) -> bytes:
    """Made and encoded in the thread that reads: for a long article this takes a while."""
    part, moved, cut = shown_part(article, marks)
    if cut:
        notice = f"{notice} This article is very long; only a part of it is shown.".strip()
    return article_page(part, moved, notice, question, back).encode("utf-8", "replace")


def _html(page: str | bytes, status: int = 200) -> web.Response:
    body = page.encode() if isinstance(page, str) else page
    return web.Response(body=body, status=status, content_type="text/html", charset="utf-8")


def _gone() -> web.Response:
    return _html(message_page("No longer here", "That article, or that answer, is no longer kept."), 404)
