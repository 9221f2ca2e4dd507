"""Looking up who said what: a person's statements over all articles, by what they are about and when."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.qa.answers import Answer, ArticleRef, Citation
from ingest.articles.publishers import domain_labels, names_outlet
from ingest.errors import UserFacingError
from ingest.index.index import Index
from ingest.index.statement_table import SpeakerCount, StatementTable, StoredStatement, fold
from ingest.text.stemming import content_stems

MOST_SHOWN = 10
_MOST_COMPARED = 120  # statements, best first, that near-copies are looked for among
_NEAR_COPY = 0.8  # of the longer one's words
_NAMESAKES = 60
_RIVALS = 5


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is asked of the ledger; days as ISO dates, `source` as an outlet's name or a part of it."""

    person: str
    about: str = ""
    since: str = ""
    until: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A statement, its article, and the articles that have nearly the same words of the same speaker."""

    stored: StoredStatement
    article: ArticleRef
    also: tuple[ArticleRef, ...] = ()


def statements_by(index: Index, asked: Lookup, limit: int = MOST_SHOWN) -> list[Found]:
    """The statements that fit, best first where it is asked what they are about, else the newest first.

    Raises UserFacingError, which says what to type, where nobody of the name speaks in the articles.
    """
    table = index.catalogue.statements
    stored = table.of(speaker_names(table, asked.person), asked.since, asked.until)
    if asked.source:
        stored = _of_source(index, stored, asked.source)
    ordered = _by_fit(index, stored, asked.about) if asked.about else _by_date(stored)
    groups = _merged(ordered[:_MOST_COMPARED])[:limit]
    refs = {
        one.id: ArticleRef.of(one) for one in index.headers({s.article_id for group in groups for s in group})
    }
    return [
        Found(first, refs[first.article_id], tuple(dict.fromkeys(refs[one.article_id] for one in rest)))
        for first, *rest in groups
    ]


def speaker_names(table: StatementTable, person: str) -> list[str]:
    """Every name under which the person that is meant speaks, folded, where that is safe.

    A longer name that ends as the one typed is the same person only where it has no rival: "Sanaei" is "Mehdi
    Sanaei" while no other Sanaei speaks. Raises UserFacingError where there is nobody, or more than one.
    """
    typed = fold(person)
    own = table.speaker(typed)
    longer = [one for one in table.speakers(typed, _NAMESAKES) if one.folded.endswith(f" {typed}")]
    if len(longer) == 1:
        return [*([own.folded] if own else []), longer[0].folded]
    if own is not None:
        return [own.folded, *_shorter(table, typed)]
    if longer:
        raise UserFacingError(
            f"More than one {person} speaks in the articles: {_listed(longer)}. Type the whole name."
        )
    near = table.speakers(typed, _RIVALS) or table.speakers(typed.split(" ")[-1], _RIVALS)
    hint = f" Did you mean {_listed(near)}?" if near and typed else ""
    raise UserFacingError(f"Nobody called “{person[:100]}” says anything in the articles.{hint}")


def _shorter(table: StatementTable, typed: str) -> Iterator[str]:
    """The last part of a name, where nobody else who speaks bears it."""
    last = typed.split(" ")[-1]
    if " " not in typed or table.speaker(last) is None:
        return
    bearers = [one for one in table.speakers(last, _NAMESAKES) if one.folded.endswith(f" {last}")]
    if len(bearers) == 1:
        yield last


def _listed(speakers: Sequence[SpeakerCount]) -> str:
    return ", ".join(f"“{one.name}”" for one in speakers[:_RIVALS])


def _of_source(index: Index, stored: Sequence[StoredStatement], source: str) -> list[StoredStatement]:
    typed = fold(source)
    headers = index.headers({one.article_id for one in stored})
    fitting = {
        one.id
        for one in headers
        if typed in fold(one.source or "")
        or names_outlet(typed.split(), domain_labels(one.source or one.url))
    }
    return [one for one in stored if one.article_id in fitting]


def _by_date(stored: Sequence[StoredStatement]) -> list[StoredStatement]:
    in_article = sorted(stored, key=lambda one: (one.article_id, one.statement.start))
    return sorted(in_article, key=lambda one: one.published or "", reverse=True)


def _by_fit(index: Index, stored: Sequence[StoredStatement], about: str) -> list[StoredStatement]:
    """Those that have one of the words, by how rare those they have are; quoted words before reported ones."""
    stems = frozenset(content_stems(about))
    rarity = {stem: 1 / math.log(2 + count) for stem, count in index.frequencies(stems).items()}
    scores = []
    for one in _by_date(stored):
        has = stems & set(content_stems(one.quote))
        if has:
            scores.append((sum(rarity.get(stem, 1.0) for stem in has), one.statement.kind != "indirect", one))
    return [one for _, _, one in sorted(scores, key=lambda row: row[:2], reverse=True)]


def _merged(ordered: Sequence[StoredStatement]) -> list[list[StoredStatement]]:
    """Statements in groups of near-copies in other articles, in the order of the first of each."""
    groups: list[tuple[frozenset[str], list[StoredStatement]]] = []
    for one in ordered:
        stems = frozenset(content_stems(one.quote))
        same = next((group for other, group in groups if _repeats(stems, other)), None)
        if same is None:
            groups.append((stems, [one]))
        elif all(one.article_id != other.article_id for other in same):
            same.append(one)
    return [group for _, group in groups]


def _repeats(stems: frozenset[str], others: frozenset[str]) -> bool:
    return len(stems & others) >= max(1.0, _NEAR_COPY * max(len(stems), len(others)))


def answer_of(index: Index, asked: Lookup, found: Sequence[Found]) -> Answer:
    """The statements as an answer: a line each, word for word, with who said it, where and when."""
    citations = tuple(
        Citation(number, one.article, one.stored.quote, one.stored.statement.start, one.stored.statement.end)
        for number, one in enumerate(found, 1)
    )
    text = "\n\n".join(f"{line_of(one)} [{number}]" for number, one in enumerate(found, 1))
    outcome: Literal["answered", "not_found"] = "answered" if found else "not_found"
    question = " · ".join(part for part in (asked.person, asked.about) if part)
    return Answer(question, outcome, text, citations, "statements", index.generation, 0.0)


def line_of(found: Found) -> str:
    """ "Mehdi Sanaei (Iranian ambassador) claims, via Reuters, The Paper, 2015-11-23: “…”"."""
    statement = found.stored.statement
    chain = [f"via {statement.via}"] if statement.via else []
    chain += [part for part in (found.article.source, (found.stored.published or "")[:10]) if part]
    also = sorted({one.source or one.title for one in found.also})
    chain += [f"also in {', '.join(also[:3])}"] if also else []
    role = f" ({statement.role})" if statement.role else ""
    who = f"{statement.speaker}{role} {_third_person(statement.verb)}"
    return f"{', '.join([who, *chain])}: {' '.join(found.stored.quote.split())}"


def _third_person(verb: str) -> str:
    """ "deny" → "denies": without its verb a denial would read as what it denies."""
    if verb == "according to":
        return "says"
    first, space, rest = verb.partition(" ")
    if first.endswith("y") and first[-2] not in "aeiou":
        first = f"{first[:-1]}ie"
    return f"{first}{'es' if first.endswith(('sh', 'ss', 'ch')) else 's'}{space}{rest}"


def statement_shape(stored: StoredStatement) -> dict[str, object]:
    """A statement as one line of JSON; offsets are code points of the article's body."""
    one = stored.statement
    return {
        "article_id": stored.article_id, "speaker": one.speaker, "role": one.role, "verb": one.verb, "kind": one.kind,
        "quote": stored.quote, "start": one.start, "end": one.end, "speaker_start": one.speaker_start,
        "speaker_end": one.speaker_end, "via": one.via, "published": stored.published,
    }  # fmt: skip
