"""The events of a topic: dated sentences that stand alone, those on one event merged, in order of their dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.qa.answers import Evidence
from bot.qa.selection.candidates import Candidate
from bot.qa.selection.context import asks, continues_quotation, is_whole, leans_back
from bot.qa.timeline.event_dates import EventDate, event_date
from bot.qa.timeline.origins import Telling, origins
from ingest.articles.article import Article
from ingest.text import lexicon
from ingest.text.stemming import content_stems

MOST_EVENTS = 12
OF_ONE_DAY = 3
_WORDS = (6, 60)
# added to the cross-encoder's score: what dates itself, or opens a news report in the past tense, is likelier an event
_OWN_DATE, _OWN_YEAR, _LEAD, _PAST = 2.0, 0.0, 1.0, 1.0
_LEAD_ENDS = 500  # characters
_TELLS = re.compile(r"\b(?:has|have|had|was|were|did|\w{2,}ed)\b")
_CAPTION = re.compile(r"\b(?:looks? on|pictured|file photo|photograph(?:ed|er)?|login to)\b", re.IGNORECASE)
_LEAST = -1.0
_IRREGULAR = lexicon.table("en/irregular_forms")
_SAME = 0.5  # of the shorter one's stems, those of the topic left out
_FEW = 4
_NEWS_DAYS = 3  # within which papers write of one event


@dataclass(frozen=True, slots=True)
class Dated:
    """A sentence of an article as it stands in the body from `start` on, its date, and how well it fits the topic."""

    text: str
    start: int
    article: Article
    when: EventDate
    score: float
    stems: frozenset[str]
    copies: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in the words of `told`; `tellings` are all that tell of it, in groups of one origin."""

    told: Dated
    tellings: tuple[tuple[Telling, ...], ...] = field(default=())


def dated_sentences(topic: str, options: Sequence[Candidate], evidence: Sequence[Evidence]) -> list[Dated]:
    """The sentences that can be understood alone and have a date, best first."""
    about = frozenset(content_stems(topic))
    found = []
    for one in options:
        item = evidence[one.passage - 1]
        if not _stands_alone(one) or not about & (one.stems | frozenset(content_stems(item.article.title))):
            continue
        day = event_date(one.text, item.article.published)
        if day is not None:
            score = one.score + _newsworthy(one, day)
            found.append(Dated(one.text, one.start, item.article, day, score, one.stems - about, item.copies))
    return sorted(found, key=lambda one: -one.score)


def events(
    sentences: Sequence[Dated], since: str = "", until: str = "", most: int = MOST_EVENTS
) -> list[Event]:
    """The best events from the day `since` to `until`, in order of their dates; `sentences` come best first."""
    groups: list[list[Dated]] = []
    for one in sentences:
        same = next((group for group in groups if _same_event(group[0], one)), None)
        if same is not None:
            same.append(one)
        elif one.score >= _LEAST and since <= one.when.day <= (until or "9999") + "~":
            groups.append([one])
    chosen: list[list[Dated]] = []
    for group in groups:
        if len(chosen) < most and _adds(group[0], [other[0] for other in chosen]):
            chosen.append(group)
    chosen.sort(key=lambda group: (group[0].when.day, -group[0].score))
    return [Event(group[0], _tellings(group)) for group in chosen]


def _newsworthy(one: Candidate, day: EventDate) -> float:
    if day.own:
        return _OWN_DATE if len(day.day) > len("2015") else _OWN_YEAR
    tells = _TELLS.search(one.text) or any(word in _IRREGULAR for word in one.text.lower().split())
    return _LEAD * (one.start < _LEAD_ENDS) - _PAST * (not tells)


def _stands_alone(one: Candidate) -> bool:
    whole = is_whole(one.text) and _WORDS[0] <= one.words <= _WORDS[1]
    return whole and not (
        " | " in one.text
        or _CAPTION.search(one.text)
        or asks(one.text)
        or leans_back(one.text)
        or continues_quotation(one.text)
    )


def _adds(one: Dated, chosen: Sequence[Dated]) -> bool:
    """Not too many of a day, and of what only its article dates one an article: its news."""
    of_day = sum(other.when.day == one.when.day for other in chosen)
    of_article = any(other.article.id == one.article.id and not other.when.own for other in chosen)
    return of_day < OF_ONE_DAY and (one.when.own or not of_article)


def _same_event(one: Dated, other: Dated) -> bool:
    least = min(len(one.stems), len(other.stems))
    return _near(one.when, other.when) and len(one.stems & other.stems) >= max(_FEW, _SAME * least)


def _near(one: EventDate, other: EventDate) -> bool:
    """Whether both can be of one day; what only its article dates may have happened a few days before."""
    if one.day.startswith(other.day) or other.day.startswith(one.day):
        return True
    if (one.own and other.own) or not len(one.day) == len(other.day) == len("2015-11-23"):
        return False
    return abs((date.fromisoformat(one.day) - date.fromisoformat(other.day)).days) <= _NEWS_DAYS


def _tellings(group: Sequence[Dated]) -> tuple[tuple[Telling, ...], ...]:
    tellings: dict[str, Telling] = {}
    for one in group:
        for article in (one.article, *one.copies):
            tellings.setdefault(article.id, Telling(article, one.text))
    return tuple(map(tuple, origins(list(tellings.values()))))
