"""Questions from outside Discord: kept, counted and bounded as everywhere, answered as JSON shapes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import asdict, dataclass
from typing import TypeVar

from bot.api.failures import Overdue, Refused
from bot.api.schemas import Shape
from bot.cli.json_output import article_shape, ask_shape, search_shape, summary_shape
from bot.operations.index_lease import borrowed
from bot.operations.index_pool import Library
from bot.operations.metrics import Metrics
from bot.operations.records import Asked, Kind, Records
from bot.qa.answering import Answerer
from bot.qa.answers import Answer, AnswerEvent, CheckedSentence, Progress
from bot.qa.sanitising import one_line
from bot.web.quote_links import quote_links
from bot.web.signed_links import ReaderAddresses
from ingest.articles.article import Article
from ingest.index.index import Index

T = TypeVar("T")
CORPUS = "default"


@dataclass(frozen=True)
class Desk:
    """Takes questions from every door of the API. `slots` are the questions worked on at the same time, `deadline`
    the seconds of one search; `addresses` are the reader's, where it is served.
    """

    answerer: Answerer
    library: Library
    records: Records
    metrics: Metrics
    slots: asyncio.Semaphore
    deadline: float
    addresses: ReaderAddresses | None = None

    async def ask(
        self, question: str, exclude: Collection[str] = (), follows: str | None = None
    ) -> AsyncIterator[tuple[str, Shape]]:
        """Events by name: `progress`, `sentence`, `verdict`, and last the `answer`. Raises UserFacingError."""
        one_line(question)  # one without words is refused before it is noted
        if follows is not None and await self.asked_here(follows) is None:
            raise Refused(
                "`follows` names no answer that is kept. Leave it out, or ask the first question anew."
            )
        history = await self.records.history(follows)
        worked = self._worked(
            "question",
            question,
            lambda: self.answerer.answer(question, exclude=exclude, history=history),
            follows,
        )
        async with aclosing(worked) as events:
            async for key, event in events:
                if isinstance(event, Answer):
                    yield "answer", await self._linked({"key": key, **ask_shape(event)}, event)
                else:
                    yield _name(event), asdict(event)

    async def answer(self, question: str, exclude: Collection[str] = (), follows: str | None = None) -> Shape:
        return await _last(self.ask(question, exclude, follows))

    async def summary(self, name: str) -> Shape:
        article = await self.article(name)
        worked = self._worked("summary", article.title, lambda: self.answerer.summarise(article.id))
        shape: Shape = {}
        async with aclosing(worked) as events:
            async for key, event in events:
                if isinstance(event, Answer):
                    shape = await self._linked({"key": key, **summary_shape(event, article)}, event)
        return shape

    async def search(self, query: str, k: int, exclude: Collection[str] = ()) -> Shape:
        started = time.perf_counter()
        with _overdue():
            async with asyncio.timeout(self.deadline):
                evidence = await self.answerer.search(query, k, exclude=exclude)
        return search_shape(query, evidence, time.perf_counter() - started)

    async def article(self, name: str) -> Article:
        return await self.answerer.find_article(name)

    async def articles(self, query: str, limit: int, offset: int) -> Shape:
        found, total = await self.read(
            lambda index: (index.find_articles(query, limit, offset), index.status().articles)
        )
        shapes = [{k: v for k, v in article_shape(one).items() if k != "body"} for one in found]
        return {"articles": shapes, "total": total}

    async def corpora(self) -> Shape:
        status = asdict(await self.read(lambda index: index.status()))
        del status["embedder"]
        return {"corpora": [{"name": CORPUS, **status}]}

    async def asked_here(self, key: str) -> Asked | None:
        """What is on record of a question from outside Discord; nobody else's may be looked at here."""
        asked = await self.records.asked(key)
        return asked if asked is not None and asked.channel is None and asked.person is None else None

    async def read(self, work: Callable[[Index], T]) -> T:
        """Read the current index in a thread; the one way from here to the disk's articles."""
        async with borrowed(self.library) as loan:
            return await loan.read(work, loan.index)

    async def _worked(
        self,
        kind: Kind,
        question: str,
        begin: Callable[[], AsyncIterator[AnswerEvent]],
        parent: str | None = None,
    ) -> AsyncGenerator[tuple[str, AnswerEvent], None]:
        """The events, each with the question's key; the answer is kept before it is told."""
        key = await self.records.begin(question, kind=kind, parent=parent, private=True)
        try:
            with self.metrics.question():
                async with self.slots, aclosing(begin()) as events:  # type: ignore[type-var]
                    async for event in events:
                        if isinstance(event, Answer):
                            await self.records.finish(key, event)
                            self.metrics.asked(event.outcome)
                        yield key, event
        except Exception as error:
            self.metrics.asked("failed")
            self.metrics.failed(type(error).__name__)
            await self.records.fail(key)
            raise
        except BaseException:  # the caller has gone, or the process ends
            await asyncio.shield(self.records.fail(key, "interrupted"))
            raise

    async def _linked(self, shape: Shape, answer: Answer) -> Shape:
        """The shape with a `link` in each citation: to the reader where there is one, else to the original."""
        wanted = {citation.article.article_id for citation in answer.citations}
        articles = await self.read(lambda index: index.articles(wanted))
        links = quote_links(answer, shape["key"], articles, self.addresses)
        for place, citation in enumerate(shape["citations"]):
            citation["link"] = links[place].reader or links[place].web
        return shape


async def _last(events: AsyncIterator[tuple[str, Shape]]) -> Shape:
    last: Shape = {}
    async for _, shape in events:  # to the end, so that the index is given back at once
        last = shape
    return last


def _name(event: AnswerEvent) -> str:
    if isinstance(event, Progress):
        return "progress"
    return "sentence" if isinstance(event, CheckedSentence) else "verdict"


@contextmanager
def _overdue() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise Overdue("Too much is asked at once here. Try again in a few seconds.") from error
