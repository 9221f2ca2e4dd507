"""The figures and dates of a sentence, looked for in the sentences of its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.qa.verification.quotes import quoted_words
from bot.qa.verification.sources import Sources
from ingest.articles.publishers import names_outlet
from ingest.text.enumerations import list_lengths
from ingest.text.folding import plain
from ingest.text.names import names
from ingest.text.quantities.comparing import KnownFigures, agree
from ingest.text.quantities.figures import Figure, figures
from ingest.text.quantities.neighbours import likeness, neighbours
from ingest.text.quantities.relative_times import relative_times
from ingest.text.quantities.telling import telling

_MOST_LISTED = 12
_BETWEEN = re.compile(r"[\s'’\"“”-]*")


def unfounded_figures(sentence: str, sources: Sources) -> Iterator[Figure]:
    """The figures of `sentence` that its sources do not have, or have beside something else."""
    for figure in figures(sentence):
        if figure.soft:
            continue
        if sources.known_figures.holds(figure, telling(figure, sentence)):
            if _displaces_another(figure, sentence, sources) or _is_swapped(figure, sentence, sources):
                yield figure
            continue
        if not (
            _stands_in_title(figure, sentence, sources)
            or _belongs_to_name(figure, sentence, sources)
            or _counts_a_list(figure, sentence, sources)
        ):
            yield figure


def unfounded_times(sentence: str, sources: Sources) -> Iterator[str]:
    """The relative times of `sentence` ("last year", "that summer") that its sources do not have."""
    for time in relative_times(sentence):
        later = re.search("later|earlier", sentence[time.start : time.end])
        # "A year later, Newell told Eurogamer": told by the articles' own dates
        follows = later and len(sentence[: time.start].split()) < 3 and telling(time, sentence) == "report"
        if not (follows or time.is_in(sources.times)):
            yield sentence[time.start : time.end]


def _stands_in_title(figure: Figure, sentence: str, sources: Sources) -> bool:
    """A title's figure counts with the word beside it there: "10 reasons why" says nothing of 10 years."""
    beside = neighbours(sentence, figure, 2)
    for quote in sources.quotes:
        title = KnownFigures()
        title.add(quote.about)
        if any(_rivals(figure, other) for other in figures(quote.sentences)):
            continue  # the quoted sentence has a figure of its own for this
        if title.holds(figure) and (
            figure.kind in ("score", "code")
            or any(likeness(beside, neighbours(quote.about, other, 2)) for other in title.known)
        ):
            return True
    return False


def _displaces_another(figure: Figure, sentence: str, sources: Sources) -> bool:
    """Whether the quoted sentences have another such figure beside the words that this one stands beside here."""
    if figure.kind != "number":
        return False
    ours = neighbours(sentence, figure)
    own = other = 0
    here = figures(sentence)
    for quote in sources.quotes:
        for rival in figures(quote.sentences):
            if rival.kind != "number":
                continue
            theirs = neighbours(quote.sentences, rival)
            shared = likeness(ours, theirs)
            if agree(figure, rival):
                if not all(theirs):
                    return False  # "and with three": what it counts was said before
                own = max(own, shared)
            elif _comparable(figure, rival) and not any(
                agree(rival, known) for known in here if known.kind == "number"
            ):
                other = max(other, shared)
    return other > own


def _is_swapped(figure: Figure, sentence: str, sources: Sources) -> bool:
    """Whether the word right beside it stands beside another of the sentence's figures in the quoted sentences."""
    beside = _beside(sentence, figure)
    for rival in figures(sentence):
        if not _rivals(figure, rival):
            continue
        for quote in sources.quotes:
            known = figures(quote.sentences)
            own = [
                _beside(quote.sentences, one) for one in known if one.kind == "number" and agree(figure, one)
            ]
            other = [
                _beside(quote.sentences, one) for one in known if one.kind == "number" and agree(rival, one)
            ]
            if (
                own
                and all(own)
                and any(beside & one for one in other)
                and not any(beside & one for one in own)
            ):
                return True
    return False


def _beside(text: str, figure: Figure) -> set[str]:
    """The stems of the words next to a figure on each side."""
    return {word for side in neighbours(text, figure, 1) for word in side}


def _comparable(one: Figure, other: Figure) -> bool:
    """Of one unit, and both years or neither."""
    years = [
        all(1900 <= value <= 2100 for value in figure.values) and not figure.unit for figure in (one, other)
    ]
    return one.unit == other.unit and years[0] == years[1] and not other.soft


def _rivals(figure: Figure, other: Figure) -> bool:
    """Whether two figures that differ could each stand in the other's place: counts of some size, of one unit."""
    return figure.kind == other.kind == "number" and _comparable(figure, other) and not agree(figure, other)


def _belongs_to_name(figure: Figure, sentence: str, sources: Sources) -> bool:
    """ "974" in "Stadium 974", "2022" in "the 2022 World Cup": the article has it beside a word of that name."""
    number = plain(figure.text.strip())
    for name in names(sentence):
        after = _BETWEEN.fullmatch(sentence[name.end : figure.start])
        if not (after or _BETWEEN.fullmatch(sentence[figure.end : name.start])):
            continue
        if after and names_outlet((*name.words, number), sources.outlets):
            return True
        words = "|".join(map(re.escape, name.words))
        either = (
            rf"\b(?:(?:{words})[\s-]{{0,2}}{re.escape(number)}|{re.escape(number)}[\s-]{{1,2}}(?:{words}))\b"
        )
        if sources.in_article(either):
            return True
    return False


def _counts_a_list(figure: Figure, sentence: str, sources: Sources) -> bool:
    """ "five publishers: A, B, C, D and E": a count of the names listed there, or of the words in quotation marks."""
    if (
        figure.kind != "number"
        or figure.unit
        or not all(2 <= value <= _MOST_LISTED for value in figure.values)
    ):
        return False
    texts = (sentence, *(quote.sentences for quote in sources.quotes))
    return any(
        size in figure.values for text in texts for size in (*list_lengths(text), len(quoted_words(text)))
    )
