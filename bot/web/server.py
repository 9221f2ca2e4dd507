"""The reader's web server: two kinds of pages, one style sheet, nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

from bot.operations.index_pool import Library
from bot.operations.records import Records
from bot.web.article_page import STYLE, Mark, article_page, find_quote, message_page
from bot.web.signed_links import ReaderAddresses
from ingest.errors import UserFacingError
from ingest.index.index import Index

log = logging.getLogger(__name__)
T = TypeVar("T")

HEADERS = {
    # nothing may run, load or embed but our own style sheet
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the link itself is the key to the page
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, max-age=300",
}


def reader_app(library: Library, records: Records, addresses: ReaderAddresses) -> web.Application:
    """`/articles/{id}` shows an article, `/answers/{key}/{place}` one with an answer's quotes marked."""

    async def read(work: Callable[[Index], T]) -> T:
        def leased() -> T:
            with library.lease() as index:
                return work(index)

        return await asyncio.to_thread(leased)

    async def article(request: web.Request) -> web.Response:
        found = await read(lambda index: index.articles([request.match_info["id"]]))
        shown = found.get(request.match_info["id"])
        if shown is None:
            return _gone()
        return _html(article_page(shown))

    async def answer(request: web.Request) -> web.Response:
        place = int(request.match_info["place"])
        asked = await records.asked(request.match_info["key"])
        if asked is None or asked.answer is None or place >= len(asked.answer.citations):
            return _gone()
        main = asked.answer.citations[place]
        found = await read(lambda index: index.articles([main.article.article_id]))
        shown = found.get(main.article.article_id)
        if shown is None:
            return _gone()
        marks, notice = [], ""
        for number, citation in enumerate(asked.answer.citations):
            if citation.article.article_id != shown.id:
                continue
            stands = find_quote(shown.body, citation.quote, citation.start, citation.end)
            if stands is not None:
                marks.append(Mark(*stands, main=number == place))
            elif number == place:
                notice = f"This article has changed since. The words quoted were: “{citation.quote}”"
        return _html(article_page(shown, marks, notice))

    async def style(_request: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")

    @web.middleware
    async def guarded(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response: web.StreamResponse
        query = request.query
        try:
            if request.path == "/style.css" or addresses.allows(
                request.rel_url.raw_path, query.get("until", ""), query.get("s", "")
            ):
                response = await handler(request)
            else:
                response = _html(
                    message_page("This link has expired", "Ask again in Discord to get a fresh one."), 403
                )
        except web.HTTPException as error:
            response = _html(message_page("There is no such page", error.reason), error.status)
        except UserFacingError as error:
            log.warning("reader: %s", error)
            response = _html(message_page("Not now", "The articles cannot be read at the moment."), 503)
        response.headers.update(HEADERS)
        return response

    application = web.Application(middlewares=[guarded], client_max_size=1024)
    application.router.add_get("/articles/{id}", article)
    application.router.add_get(r"/answers/{key}/{place:\d{1,3}}", answer)
    application.router.add_get("/style.css", style)
    return application


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


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def _gone() -> web.Response:
    return _html(message_page("No longer here", "That article, or that answer, is no longer kept."), 404)
