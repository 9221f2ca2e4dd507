"""From a question to an answer that can be checked: the steps, in order."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.operations.index_lease import Loan, borrowed
from bot.operations.index_pool import Library
from bot.qa.answers import Answer, AnswerEvent, Evidence, Progress, Turn, Usage
from bot.qa.conversation.corpus_context import surroundings
from bot.qa.conversation.follow_ups import leans, stand_alone
from bot.qa.conversation.rewriting import ModelRewriter
from bot.qa.generation.generator import Generator
from bot.qa.generation.repairer import Repairer
from bot.qa.retrieval.answerability import ANSWERABLE
from bot.qa.retrieval.article_finder import article_called, articles_named
from bot.qa.retrieval.as_of import without_as_of
from bot.qa.retrieval.search import Retrieval, Retriever
from bot.qa.retrieval.spoken_passages import with_statements
from bot.qa.sanitising import one_line
from bot.qa.steps.attempt import Attempt, within
from bot.qa.steps.finishing import dated, found_how, rounded_off, without_search
from bot.qa.steps.statements import Lookup, answer_of, statements_by
from bot.qa.understanding.noise import question_of, readings
from bot.qa.verification.second_look import SecondLook
from ingest.articles.article import Article
from ingest.index.index import Index
from ingest.index.statement_table import StoredStatement

DIGEST_DEPTH = 400  # passages looked at for a digest, of which those recent enough are read
DIGEST_PASSAGES = 40
ON_TOPIC = 0.5  # of the best passage's score: what a passage of a digest has at the least
NOT_ELSEWHERE = 0.05
"""Below this confidence a question is plainly about something else, and not even a model is asked it. Chosen on 450
answerable questions of three corpora and as many of another corpus (the questions' train part): .991 of the first reach
the model, in no corpus fewer than .987, and .79 of the second are refused; on the test part .995 and .74 (`Refusing` in
benchmarks/results.md). What passes is read by the model, which says itself when the passages do not answer."""


@dataclass(frozen=True, slots=True)
class Writers:
    """Who writes what: answers to questions, summaries of one article, digests of many."""

    answer: Generator
    summary: Generator
    digest: Generator


class Answerer:
    """Answers questions over the current generation. One instance serves every front end, concurrently.

    `writers` write; where they cannot, `quoting` takes over, which needs no network. Without a model both are the
    same. Where there is a model, `rewriter` makes follow-ups stand alone, `repairer` hands back what could not be
    proven, and `second_look` asks which sentences their sources do not say. `deadline` is seconds for one question,
    `passages` how many are read.
    """

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        writers: Writers,
        quoting: Writers,
        *,
        rewriter: ModelRewriter | None = None,
        repairer: Repairer | None = None,
        second_look: SecondLook | None = None,
        deadline: float = 30.0,
        passages: int = 8,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._writers = writers
        self._least_confidence = ANSWERABLE if writers is quoting else NOT_ELSEWHERE
        self._quoting = quoting
        self._rewriter = rewriter
        self._repairer = repairer
        self._second_look = second_look
        self._deadline = deadline
        self._passages = passages

    async def answer(
        self,
        question: str,
        *,
        exclude: Collection[str] = (),
        history: Sequence[Turn] = (),
        as_of: str = "",
    ) -> AsyncIterator[AnswerEvent]:
        """Yield progress, then sentences as they pass their check, and the `Answer` last.

        `exclude` names articles, by URL or id, that are not searched; `as_of` is the last day, in ISO 8601, whose
        articles are evidence, which the question itself may name as well. Raises UserFacingError when there is no
        index to ask, or the deadline passes before anything could be found.
        """
        started, typed = time.monotonic(), one_line(question)
        until = started + self._deadline
        asked, named_day = without_as_of(question_of(typed))
        until_day = min(filter(None, (as_of, named_day)), default="")
        yield Progress("searching")
        async with borrowed(self._library) as loan:
            index = loan.index
            told = None if until_day else await loan.read(without_search, index, typed, asked)
            if told is not None:
                yield dated(told, question, index, started)
                return
            full, usage = await self._stand_alone(loan, asked, history)
            retrieval = await self._retrieved(loan, full, exclude, until_day, until)
            answer = Answer(asked, "not_found", "", (), "none", index.generation, 0.0, retrieval.nearest)
            if retrieval.evidence and retrieval.confidence >= self._least_confidence:
                yield Progress("reading", len(retrieval.evidence))
                # a model reads what was typed: "in one sentence" is no part of the question, but a wish it can meet
                wish, writers = typed if full == asked else full, (self._writers.answer, self._quoting.answer)
                written = self._written(full, retrieval.evidence, history, until, *writers, typed=wish)
                async with aclosing(written) as events:
                    async for event in events:
                        if isinstance(event, Answer):
                            answer = event
                        else:
                            yield event
            yield dated(rounded_off(answer, retrieval, usage, until_day, index), question, index, started)

    async def summarise(self, name: str) -> AsyncIterator[AnswerEvent]:
        """The main points of one article, named by id, URL or title; the same events as an answer's."""
        started = time.monotonic()
        yield Progress("searching")
        until = started + self._deadline
        async with borrowed(self._library) as loan:
            index = loan.index
            article = await within(until, loan.read(article_called, loan.index, name))
            passages = await loan.read(index.article_passages, article.id)
            evidence = [Evidence(passage, article, 1.0) for passage in passages]
            yield Progress("reading", len(evidence))
            written = self._written(
                article.title,
                evidence,
                (),
                until,
                self._writers.summary,
                self._quoting.summary,
            )
            async with aclosing(written) as events:
                async for event in events:
                    yield dated(event, article.title, index, started)

    async def digest(self, topic: str, days: int) -> AsyncIterator[AnswerEvent]:
        """The main points that the articles of the last `days` days have on a topic, newest first."""
        started = time.monotonic()
        asked = one_line(topic)
        since = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
        yield Progress("searching")
        until = started + self._deadline
        async with borrowed(self._library) as loan:
            index = loan.index
            found = await within(until, loan.read(self._search, index, asked, DIGEST_DEPTH, since=since))
            best = max((one.score for one in found.evidence), default=0.0)
            recent = [one for one in found.evidence if one.score >= ON_TOPIC * best][:DIGEST_PASSAGES]
            if not recent or found.confidence < ANSWERABLE:
                ever = await loan.read(self._search, index, asked, self._passages)
                empty = Answer(topic, "not_found", "", (), "none", "", 0.0, ever.nearest)
                yield dated(found_how(empty, index), topic, index, started)
                return
            yield Progress("reading", len(recent))
            written = self._written(asked, recent, (), until, self._writers.digest, self._quoting.digest)
            async with aclosing(written) as events:
                async for event in events:
                    yield dated(found_how(event, index), topic, index, started)

    async def statements(self, asked: Lookup) -> AsyncIterator[AnswerEvent]:
        """What somebody said, a statement a line. Raises UserFacingError where nobody of the name speaks."""
        started = time.monotonic()
        yield Progress("searching")
        async with borrowed(self._library) as loan:
            index = loan.index
            found = await loan.read(statements_by, index, asked)
            answer = answer_of(index, asked, found)
            yield dated(answer, answer.question, index, started)

    async def every_statement(self) -> AsyncIterator[StoredStatement]:
        """All statements of all articles, in the order of the articles."""
        async with borrowed(self._library) as loan:
            behind = 0
            while page := await loan.read(_page_of_statements, loan.index, behind):
                behind = page[-1][0]
                for _, one in page:
                    yield one

    async def search(
        self, query: str, limit: int, *, exclude: Collection[str] = (), as_of: str = ""
    ) -> list[Evidence]:
        """The passages found for a query, best first, with no judgement whether they answer it."""
        async with borrowed(self._library) as loan:
            found = await loan.read(self._search, loan.index, one_line(query), limit, exclude, until=as_of)
            return list(found.evidence)

    async def find_article(self, name: str) -> Article:
        """An article by id, URL or title. Raises UserFacingError, which names the nearest titles."""
        async with borrowed(self._library) as loan:
            return await loan.read(article_called, loan.index, name)

    async def articles_named(self, name: str) -> list[Article]:
        """The articles that a few words of a title may mean, best first."""
        async with borrowed(self._library) as loan:
            return await loan.read(articles_named, loan.index, name)

    async def _retrieved(
        self, loan: Loan, question: str, exclude: Collection[str], until_day: str, until: float
    ) -> Retrieval:
        searching = loan.read(self._search, loan.index, question, self._passages, exclude, until=until_day)
        retrieval = await within(until, searching)
        spoken = loan.read(with_statements, loan.index, question, retrieval.evidence)
        return replace(retrieval, evidence=await within(until, spoken))

    def _search(
        self, index: Index, question: str, limit: int, exclude: Collection[str] = (), **days: str
    ) -> Retrieval:
        search = partial(
            self._retriever.search, index, limit=limit, exclude=index.article_ids(exclude), **days
        )
        whole, *parts = (partial(search, reading) for reading in readings(question))
        if (found := whole()).confidence >= ANSWERABLE:
            return found
        # a sentence beside the question may be about something else
        return max([found, *(part() for part in parts)], key=lambda one: one.confidence)

    async def _stand_alone(self, loan: Loan, question: str, history: Sequence[Turn]) -> tuple[str, Usage]:
        """The question with what it leans on in the conversation, and what it cost to ask a model for that."""
        if not history or not leans(question):
            return question, Usage()
        cited = history[-1].cited_article_ids
        found = await loan.read(loan.index.articles, cited)
        titles = [found[name].title for name in cited if name in found]
        around = await loan.read(surroundings, loan.index, question, history, found.values())
        if self._rewriter is not None:
            return await self._rewriter.stand_alone(question, history, titles, around)
        return stand_alone(question, history, titles, around), Usage()

    async def _written(
        self,
        question: str,
        evidence: Sequence[Evidence],
        history: Sequence[Turn],
        until: float,
        generator: Generator,
        quoting: Generator,
        typed: str = "",
    ) -> AsyncGenerator[AnswerEvent, None]:
        """The generator's answer, or, when it cannot give one, the quoting answer, marked."""
        failed = None
        if generator is not quoting:
            failed = Attempt(generator, typed or question, evidence, self._repairer, self._second_look)
            async with aclosing(failed.events(history, until)) as events:
                async for event in events:
                    yield event
            if failed.stands:
                yield failed.answer()
                return
        # quoting needs no network, so it is given its time even where the model has used up the deadline
        attempt = Attempt(quoting, question, evidence)
        async with aclosing(attempt.events(history, None)) as events:
            async for event in events:
                yield event
        answer = attempt.answer()
        if failed is not None:
            answer = replace(
                answer,
                notes=(failed.excuse, *answer.notes),
                dropped=(*failed.dropped, *answer.dropped),
                usage=failed.usage,
            )
        yield answer


def _page_of_statements(index: Index, behind: int) -> list[tuple[int, StoredStatement]]:
    return index.catalogue.statements.page(behind)  # in the thread that reads: a connection is one thread's


async def final_answer(events: AsyncIterator[AnswerEvent]) -> Answer:
    """The last event: the answer itself, for those who do not show how it comes about."""
    answer = None
    async for event in events:  # to the end, so that the index is given back at once
        if isinstance(event, Answer):
            answer = event
    assert answer is not None, "an answer is always the last event"
    return answer
