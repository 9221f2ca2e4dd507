"""Questions about what somebody said, and which sentences of the evidence are that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from bot.qa.answers import Evidence
from ingest.index.statement_table import fold
from ingest.statements.statement import Statement
from ingest.statements.verbs import verb_forms
from ingest.text.names import is_common
from ingest.text.saying_verbs import SAYING
from ingest.text.stemming import stem
from ingest.text.tokens import question_words

Place = tuple[str, int, int]
"""A sentence: its article's id, and where it starts and ends in the body."""
OWN_WORDS, OTHERS_WORDS = 1.0, 0.5
"""For a sentence that is said by whom the question names, and against one that others say; on the scores' scale."""
_NOUNS = frozenset(
    map(
        stem,
        "opinion opinions reaction reactions response comment comments quote quotes view views stance statement take "
        "thoughts excuse warning warnings claim claims promise reasoning feel feels".split(),
    )
)


def asks_what_was_said(question: str) -> bool:
    """Whether a question has a word for saying: "what did X claim about Y", "X's reaction", "who warned of Y"."""
    return any(stem(word) in SAYING | _NOUNS | _verbs() for word in question_words(question))


@cache
def _verbs() -> frozenset[str]:
    """Stems of the verbs that attribute words; those that may attribute mere knowledge are left out."""
    verbs = (
        form for form, known in verb_forms().items() if not known[-1].particle and not known[-1].takes("t")
    )
    return frozenset(map(stem, verbs))


def is_named(speaker: str, words: Collection[str]) -> bool:
    """Whether a question, as its words, names a speaker: by the last word of the name, or by most of a longer one."""
    parts = fold(speaker).split()
    if not parts or len(parts) > 5:
        return False
    shared = [part for part in parts if part in words]
    return bool(shared) and (
        (parts[-1] in words and not is_common(parts[-1])) or len(shared) * 2 > len(parts)
    )


def speech_preference(
    question: str, places: Sequence[Place], evidence: Sequence[Evidence]
) -> npt.NDArray[np.float64]:
    """(places,) What to add to the scores of sentences where a question asks what was said; else zeros.

    Measured on 33 training questions of kind who-said: the first sentence answers .61 without it and .67 with it, one
    of the first two .73 and .76.
    """
    added = np.zeros(len(places))
    if asks_what_was_said(question):
        words = frozenset(question_words(question))
        for n, place in enumerate(places):
            named = [is_named(one.speaker, words) for one in _overlapping(place, evidence)]
            added[n] = OWN_WORDS if any(named) else -OTHERS_WORDS if named else 0.0
    return added


def _overlapping(place: Place, evidence: Sequence[Evidence]) -> list[Statement]:
    article, start, end = place
    return [
        one
        for each in evidence
        if each.article.id == article
        for one in each.statements
        if 2 * (min(end, one.end) - max(start, one.start)) > min(end - start, one.end - one.start)
    ]
