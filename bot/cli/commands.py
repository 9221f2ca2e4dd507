"""The words of the command line: ask, chat, search, summary, said, timeline, article."""

from __future__ import annotations

import logging
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from rich.console import Console

from bot.cli.json_output import article_shape, ask_shape, search_shape, summary_shape
from bot.cli.keyboard import awaited
from bot.cli.question_lines import AskedLine, parse_day, parse_line, read_lines
from bot.cli.terminal import say, show_answer, show_article, show_results
from bot.cli.wishes import grant
from bot.qa.answering import Answerer, final_answer
from bot.qa.answers import Answer, AnswerEvent, Evidence, Progress, Turn
from bot.qa.steps.statements import Lookup, statement_shape
from bot.qa.timeline.answers import timeline_answer, timeline_shape
from bot.qa.timeline.topics import Period, Topics
from bot.qa.understanding.wishes import wish_in
from ingest.articles.article import Article
from ingest.errors import UserFacingError
from ingest.text.terminal_output import print_json

STDIN = "-"
LEAVING = {"quit", "exit", "/quit", "/exit", ":q"}
HISTORY = 6  # turns that a chat remembers; the answerer bounds their tokens

log = logging.getLogger(__name__)

Shape = dict[str, Any]


async def ask(answerer: Answerer, question: str, *, as_json: bool, as_of: str = "") -> None:
    async def shape(line: AskedLine) -> Shape:
        events = answerer.answer(line.question, exclude=line.exclude, as_of=line.as_of)
        return ask_shape(await final_answer(events))

    day = parse_day(as_of) if as_of else ""
    if question == STDIN:
        await _each_line("question", shape, day)
    elif as_json:
        print_json(await shape(AskedLine(question, as_of=day)))
    else:
        show_answer(Console(), await _watched(answerer.answer(question, as_of=day)))


async def search(answerer: Answerer, query: str, limit: int, *, as_json: bool) -> None:
    async def found(line: AskedLine) -> tuple[list[Evidence], float]:
        started = time.perf_counter()
        evidence = await answerer.search(line.question, limit, exclude=line.exclude, as_of=line.as_of)
        return evidence, time.perf_counter() - started

    async def shape(line: AskedLine) -> Shape:
        return search_shape(line.question, *await found(line))

    if query == STDIN:
        await _each_line("query", shape)
    elif as_json:
        print_json(await shape(AskedLine(query)))
    else:
        evidence, _ = await found(AskedLine(query))
        show_results(Console(), evidence)


async def summary(answerer: Answerer, name: str, *, as_json: bool) -> None:
    article = await answerer.find_article(name)
    if as_json:
        print_json(summary_shape(await final_answer(answerer.summarise(article.id)), article))
    else:
        show_answer(Console(), await _watched(answerer.summarise(article.id)))


async def said(answerer: Answerer, asked: Lookup | None, *, as_json: bool) -> None:
    """What somebody said, or, without anybody, every statement of the articles as a line of JSON."""
    if asked is None:
        async for one in answerer.every_statement():
            print_json(statement_shape(one))
    elif as_json:
        print_json(ask_shape(await final_answer(answerer.statements(asked))))
    else:
        show_answer(Console(), await _watched(answerer.statements(asked)))


async def timeline(topics: Topics, topic: str, period: Period, *, as_json: bool) -> None:
    started = time.monotonic()
    found = await topics.timeline(topic, period)
    if as_json:
        print_json(timeline_shape(found))
    else:
        show_answer(Console(), replace(timeline_answer(found), seconds=time.monotonic() - started))


async def article(answerer: Answerer, name: str, *, as_json: bool) -> None:
    match: Article = await answerer.find_article(name)
    if as_json:
        print_json(article_shape(match))
    else:
        show_article(Console(), match)


async def chat(answerer: Answerer, *, greeting: str, as_json: bool) -> None:
    """Questions and answers until the end of input; each question sees the turns before it.

    With `as_json` the questions are lines as `ask -` reads them, and each answer is the line that `ask --json` prints.
    """
    history: deque[Turn] = deque(maxlen=HISTORY)
    if as_json:

        async def shape(line: AskedLine) -> Shape:
            answer = await final_answer(
                answerer.answer(line.question, exclude=line.exclude, history=tuple(history), as_of=line.as_of)
            )
            if wish_in(line.question) is None:
                history.append(_turn(line.question, answer))
            return ask_shape(answer)

        await _each_line("question", shape)
    else:
        await _talk(answerer, greeting, history)


async def _talk(answerer: Answerer, greeting: str, history: deque[Turn]) -> None:
    console = Console()
    last: Answer | None = None
    say(console, greeting)
    while (line := await awaited(_prompt)) is not None:
        if not line.strip():
            continue
        if line.strip().lower() in LEAVING:
            break
        try:
            wish = wish_in(line)
            if wish is not None and await grant(answerer, wish, last, console, greeting):
                continue
            answer = await _watched(answerer.answer(line, history=tuple(history)))
        except UserFacingError as error:
            say(console, str(error), "red")
            continue
        show_answer(console, answer)
        history.append(_turn(line, answer))
        last = answer


def _turn(question: str, answer: Answer) -> Turn:
    cited = dict.fromkeys(citation.article.article_id for citation in answer.citations)
    return Turn(question, answer.text, tuple(cited))


async def _each_line(key: str, shape: Callable[[AskedLine], Awaitable[Shape]], as_of: str = "") -> None:
    """One JSON line out for each line in, in order; a line that fails says so and the next goes on."""
    lines = read_lines(sys.stdin.buffer)
    while (line := await awaited(lambda: next(lines, None))) is not None:
        asked = line
        try:
            parsed = parse_line(line, "question", as_of)
            asked = parsed.question
            print_json(await shape(parsed))
        except UserFacingError as error:
            print_json({key: asked, "outcome": "failed", "error": str(error)})
        except BrokenPipeError:
            raise  # nobody reads on; the next line would fail as well
        except Exception:
            log.exception("a question failed")
            print_json(
                {
                    key: asked,
                    "outcome": "failed",
                    "error": "Something went wrong inside; the log has the details.",
                }
            )


async def _watched(events: AsyncIterator[AnswerEvent]) -> Answer:
    """The answer, with its progress shown on a terminal while it is made."""
    console = Console(stderr=True)
    answer = None
    with console.status("…") as status:
        async for event in events:  # to the end, so that the index is given back at once
            if isinstance(event, Progress):
                status.update(
                    f"{event.stage} {event.passages} passages …" if event.passages else f"{event.stage} …"
                )
            elif isinstance(event, Answer):
                answer = event
    assert answer is not None, "an answer is always the last event"
    return answer


def _prompt() -> str | None:
    try:
        return input("> ")
    except EOFError:
        return None
