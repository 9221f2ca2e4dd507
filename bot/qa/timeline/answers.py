"""A timeline as an answer, line by line with its citations, and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bot.qa import phrases
from bot.qa.answers import Answer, ArticleRef, Citation
from bot.qa.timeline.events import Event
from bot.qa.timeline.origins import agency, outlet
from bot.qa.timeline.topics import Timeline
from ingest.articles.article import Article

Say = Callable[..., str]
"""A text of bot/qa/phrases.py, filled in: `str.format`, or a translation of it."""


def timeline_answer(timeline: Timeline, say: Say = str.format, day: Callable[[str], str] = str) -> Answer:
    """An event a line: its date, the words, and who else has it. `day` writes a date in the reader's language."""
    citations = tuple(
        Citation(
            n,
            ArticleRef.of(one.told.article),
            one.told.text,
            one.told.start,
            one.told.start + len(one.told.text),
        )
        for n, one in enumerate(timeline.events, 1)
    )
    lines = [f"{event_line(one, say, day)} [{n}]" for n, one in enumerate(timeline.events, 1)]
    return Answer(
        timeline.topic, "answered" if lines else "not_found", "\n\n".join(lines), citations, "timeline",
        timeline.generation, 0.0, timeline.nearest,
    )  # fmt: skip


def event_line(event: Event, say: Say, day: Callable[[str], str]) -> str:
    """ "2015-11-23: The words. (3 independent outlets)"; a date that is only the article's says so."""
    when = day(event.told.when.day)
    when = when if event.told.when.own else say(phrases.PUBLISHED, date=when)
    behind = carriers(event, say)
    return f"{when}: {' '.join(event.told.text.split())}{f' ({behind})' if behind else ''}"


def carriers(event: Event, say: Say) -> str:
    """How many outlets have it on their own, or carry one report; "" where it is one outlet's."""
    if len(event.tellings) > 1:
        return say(phrases.INDEPENDENT, n=len(event.tellings))
    outlets = {outlet(one.article) for group in event.tellings for one in group}
    if len(outlets) < 2:
        return ""
    wire = next((name for group in event.tellings for one in group if (name := agency(one.article))), None)
    return (
        say(phrases.CARRIED_WIRE, n=len(outlets), agency=wire)
        if wire
        else say(phrases.CARRIED, n=len(outlets))
    )


def timeline_shape(timeline: Timeline) -> dict[str, Any]:
    """What `timeline --json` prints."""
    return {
        "topic": timeline.topic,
        "outcome": "answered" if timeline.events else "not_found",
        "events": [_event_shape(one) for one in timeline.events],
        "nearest": [asdict(one) for one in timeline.nearest],
        "generation": timeline.generation,
    }


def _event_shape(event: Event) -> dict[str, Any]:
    told = event.told
    article = asdict(ArticleRef.of(told.article))
    del article["author"]
    return {
        "date": told.when.day, "date_of": "event" if told.when.own else "article", "quote": told.text,
        "start": told.start, "end": told.start + len(told.text), **article,
        "independent_outlets": len(event.tellings),
        "origins": [[_carrier_shape(one.article) for one in group] for group in event.tellings],
    }  # fmt: skip


def _carrier_shape(article: Article) -> dict[str, Any]:
    return {"article_id": article.id, "outlet": outlet(article), "agency": agency(article)}
