"""Which sentence of an answer says by itself what was asked (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.qa.selection.candidates import Sentence
from bot.qa.selection.sentence_scores import rarity_among, score_sentences
from ingest.text.names import names
from ingest.text.stemming import GRAMMAR, content_stems
from ingest.text.tokens import question_words

NAME = 0.7
"""What a name asked about is worth: the whole answer is about it, the other words tell which sentence answers."""

LATER = 0.03  # an answer tends to begin with what matters
_MARKS = re.compile(r"\s*\[\d+\]")
_COMPARED = re.compile(r"(?<=\w{3})(?:er|est)$")


def key_sentence(question: str, sentences: Sequence[str]) -> str:
    """The one with most of the words asked for that holds what kind of thing is asked: a number, a date, a person…

    There must be one at least.
    """
    standing = _as_sentences(sentences)
    fit = score_sentences(question, standing, None, None).fit
    asked = _worth(question, standing)

    def answers(place: int) -> float:
        covered = sum(weight for stem, weight in asked.items() if stem in standing[place].stems)
        return covered / 2 + float(fit[place]) - LATER * place

    return sentences[max(range(len(sentences)), key=answers)]


def _worth(question: str, sentences: Sequence[Sentence]) -> dict[str, float]:
    """How much each word of the question tells these sentences apart, about one in all; names count less."""
    named = frozenset(content_stems(" ".join(word for name in names(question) for word in name.words)))
    told = rarity_among(frozenset(content_stems(question)), sentences)
    return {stem: weight * (NAME if stem in named else 1.0) for stem, weight in told.items()}


def _as_sentences(texts: Sequence[str]) -> list[Sentence]:
    made: list[Sentence] = []
    for place, written in enumerate(texts):
        text = _MARKS.sub("", written).strip()
        stems = frozenset(content_stems(text))
        made.append(
            Sentence(
                text=text,
                passage=1,
                article="",
                start=place,
                words=len(text.split()),
                # "how long" is answered by "longer than"
                stems=stems | {_COMPARED.sub("", stem) for stem in stems},
                vocabulary=frozenset(question_words(text)) - GRAMMAR,
                before=place - 1 if place else None,
            )
        )
    return made
