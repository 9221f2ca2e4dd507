"""The page's addresses: a question is posted, its answer is kept, and the browser is sent to where it stands.

So an answer has an address, going back and reloading ask nothing again, and no script is needed.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.api.access import COOKIE, COOKIE_SECONDS, Access, NoToken, TooMany
from bot.api.desk import Desk
from bot.api.failures import Stopping, explained
from bot.api.http import Endpoint
from bot.api.page_html import PAGE_STYLE, answer_page, question_page, sign_in_page
from bot.api.requests import body_of, pairs_of
from bot.qa.answers import ArticleRef
from bot.qa.sanitising import MAX_QUESTION
from bot.web.article_page import FAVICON, message_page
from bot.web.server import HEADERS as READER_HEADERS
from bot.web.server import marked_page, plain_page
from ingest.errors import UserFacingError
from ingest.text.plurals import counted

HEADERS = READER_HEADERS | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    # the browser says where a form comes from on this site alone
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
NEWEST = 5
_FORM = "application/x-www-form-urlencoded"
_OWN_PATH = re.compile(r"/(?:(?:answers|read)/[\w%./-]*)?")


def page_routes(desk: Desk, access: Access) -> list[Route]:
    pages = Pages(desk, access)
    return [
        Route("/", _shown(pages.start)),
        Route("/", _shown(pages.ask), methods=["POST"]),
        Route("/sign-in", _shown(pages.sign_in), methods=["POST"]),
        Route("/answers/{key}", _shown(pages.answer)),
        Route("/answers/{key}/{place:int}", _shown(pages.quote)),
        Route("/read/{article}", _shown(pages.article)),
        Route("/style.css", style),
        Route("/favicon.svg", favicon),
    ]


class Pages:
    """What a browser is shown. Each method checks who asks before anything else."""

    def __init__(self, desk: Desk, access: Access) -> None:
        self._desk = desk
        self._access = access

    async def start(self, request: Request) -> Response:
        self._access.admit_person(request, asks=False)
        return _html(question_page(*await self._corpus()))

    async def ask(self, request: Request) -> Response:
        self._access.check_origin(request)
        form = dict(pairs_of(await body_of(request, _FORM)))
        question = form.get("question", "")
        try:
            self._access.admit_person(request, asks=True)
            if len(question) > MAX_QUESTION:
                return await self._problem(question, 422, f"Ask in at most {MAX_QUESTION:,} characters.")
            answer = await self._desk.answer(question, follows=form.get("follows") or None)
        except NoToken:
            raise
        except Exception as error:
            return await self._problem(question, *explained(error))
        return RedirectResponse(f"/answers/{answer['key']}", 303, HEADERS)

    async def answer(self, request: Request) -> Response:
        self._access.admit_person(request, asks=False)
        key = request.path_params["key"]
        asked = await self._desk.asked_here(key)
        if asked is None or asked.answer is None:
            return _gone()
        return _html(answer_page((await self._corpus())[0], asked.answer, key))

    async def quote(self, request: Request) -> Response:
        self._access.admit_person(request, asks=False)
        asked = await self._desk.asked_here(request.path_params["key"])
        place = request.path_params["place"]
        if asked is None or asked.answer is None or place >= len(asked.answer.citations):
            return _gone()
        page = await self._desk.read(
            partial(marked_page, asked=asked, citations=asked.answer.citations, place=place)
        )
        return _gone() if page is None else _html(page)

    async def article(self, request: Request) -> Response:
        self._access.admit_person(request, asks=False)
        page = await self._desk.read(partial(plain_page, article_id=request.path_params["article"]))
        return _gone() if page is None else _html(page)

    async def sign_in(self, request: Request) -> Response:
        self._access.check_origin(request)
        form = dict(pairs_of(await body_of(request, _FORM)))
        path = _own_path(form.get("path", ""))
        try:
            cookie = self._access.cookie(form.get("token", "").strip())
        except NoToken as error:
            return _html(sign_in_page(path, str(error)), 401)
        response = RedirectResponse(path, 303, HEADERS)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, cookie, COOKIE_SECONDS, secure=secure, httponly=True, samesite="lax")
        return response

    async def _problem(self, question: str, status: int, text: str) -> Response:
        about, newest = await self._corpus()
        page = question_page(about, newest, question=question[:MAX_QUESTION], problem=text)
        return _html(page, status)

    async def _corpus(self) -> tuple[str, list[ArticleRef]]:
        """What can be asked, in a line, and the newest articles."""
        try:
            status, newest = await self._desk.read(
                lambda index: (
                    index.status(),
                    [ArticleRef.of(one) for one in index.find_articles("", NEWEST)],
                )
            )
        except UserFacingError:
            return "The articles cannot be read at the moment.", []
        of = f", the newest of {status.newest[:10]}" if status.newest else ""
        return f"{counted(status.articles, 'article')}{of}. Every answer shows the words it rests on.", newest


async def favicon(_request: Request) -> Response:
    return Response(FAVICON, 200, {"Cache-Control": "public, max-age=86400"}, "image/svg+xml")


async def style(_request: Request) -> Response:
    return Response(PAGE_STYLE, 200, {**HEADERS, "Cache-Control": "max-age=300"}, "text/css")


def _shown(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with whatever goes wrong in it turned into a page."""

    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except NoToken:
            return _html(sign_in_page(_own_path(request.url.path)), 401)
        except (
            asyncio.CancelledError
        ):  # by the server alone, at its end; this is the outermost of the request
            return _failed(Stopping())
        except Exception as error:
            return _failed(error)

    return guarded


def _failed(error: Exception) -> Response:
    status, text = explained(error)
    response = _html(message_page("Not now" if status >= 500 else "That did not work", text), status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _own_path(path: str) -> str:
    """A page of ours, and no other site: "/" for whatever else is asked for."""
    return path if _OWN_PATH.fullmatch(path) and "//" not in path else "/"


def _html(page: str | bytes, status: int = 200) -> Response:
    body = page.encode("utf-8", "replace") if isinstance(page, str) else page
    return Response(body, status, HEADERS, "text/html")


def _gone() -> Response:
    return _html(message_page("No longer here", "That article, or that answer, is no longer kept."), 404)
