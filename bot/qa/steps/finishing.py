"""What stands around the writing of an answer: what needs no search, and what is said of every answer in the end."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TypeVar

from bot.qa import phrases
from bot.qa.answers import Answer, AnswerEvent, Usage
from bot.qa.retrieval.catalogue_answers import answer_from_metadata
from bot.qa.retrieval.search import Retrieval
from bot.qa.understanding.metadata import MetadataQuestion, metadata_question
from bot.qa.understanding.wishes import wish_in
from ingest.index.index import Index

E = TypeVar("E", bound=AnswerEvent)


def without_search(index: Index, typed: str, asked: str) -> Answer | None:
    """What is told from the articles' metadata, and what asks nothing of them."""
    wish = wish_in(typed)
    if wish is not None and wish.kind != "summary":
        if wish.kind != "sources":
            return Answer(
                asked, "not_found", "", (), "none", index.generation, 0.0, notes=(phrases.NO_QUESTION,)
            )
        return answer_from_metadata(index, asked, MetadataQuestion("publishers"))
    kind = metadata_question(asked)
    return answer_from_metadata(index, asked, kind) if kind is not None else None


def found_how(event: E, index: Index) -> E:
    """An answer whose evidence could not be looked for by meaning says so; other events as they are."""
    if not isinstance(event, Answer) or index.vectors_fault is None:
        return event
    return replace(event, notes=(*event.notes, phrases.WORDS_ALONE))


def rounded_off(answer: Answer, retrieval: Retrieval, usage: Usage, until_day: str, index: Index) -> Answer:
    """The answer with what is nearest where there is none, all that it cost, and as of when it is."""
    nearest = retrieval.nearest if answer.outcome == "not_found" else ()
    notes = answer.notes
    if until_day:
        notes = (phrases.as_of(until_day, undated=retrieval.undated), *notes)
    whole = replace(answer, nearest=nearest, usage=answer.usage + usage, as_of=until_day, notes=notes)
    return found_how(whole, index)


def dated(event: AnswerEvent, asked: str, index: Index, started: float) -> AnswerEvent:
    """The answer with what was asked, the generation it is from and how long it took; other events as they are."""
    if not isinstance(event, Answer):
        return event
    seconds = time.monotonic() - started
    return replace(event, question=asked, generation=index.generation, seconds=seconds)
