"""The figures and dates of a sentence, looked for in the sentences of its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.qa.verification.quotes import quoted_words
from bot.qa.verification.sources import Sources
from ingest.articles.publishers import names_outlet
from ingest.text.names import names, plain
from ingest.text.quantities.comparing import KnownFigures, Telling, agree
from ingest.text.quantities.figures import Figure, figures
from ingest.text.quantities.relative_times import RelativeTime, relative_times
from ingest.text.saying_verbs import SAYING
from ingest.text.stemming import stem

Neighbours = tuple[list[str], list[str]]

_REPORTS = frozenset(
    map(
        stem,
        "according as article piece story published dated edition issue review interview coverage blog update "
        "announcement".split(),
    )
)
_SMALL = frozenset("a an the in on at of from to for by with its his her their this that".split())
_FRONTED = re.compile(
    r"\W*(?:(?:(?:back|as) )?(?:in|on|of|by)\s|(?:an? |the )?(?:few |several )?)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*|[;:—]")
_REACH = 7  # words between a date and the verb of saying that it belongs to
_LISTED = re.compile(
    r"\s*(?:,|;|,?\s(?:and|or|und|et|y|e|o)\b|&)\s*(?:(?:the|an?|le|la|el|die|der|das)\s)?\s*", re.I
)
_MOST_LISTED = 12
STOP_WORDS = frozenset(
    "the and for from with that this was were are has had have been its his her their they she who which said into "
    "over about than more less not but after before".split()
)
_CLAUSE = re.compile(r"[,;:()\[\]|—–]\s|[.!?]\s|\n|\s(?:and|or|but)\s")
_BETWEEN = re.compile(r"[\s'’\"“”-]*")


def unfounded_figures(sentence: str, sources: Sources) -> Iterator[Figure]:
    """The figures of `sentence` that its sources do not have, or have beside something else."""
    for figure in figures(sentence):
        if figure.soft:
            continue
        if sources.known_figures.holds(figure, _telling(figure, sentence)):
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
        follows = later and len(sentence[: time.start].split()) < 3 and _telling(time, sentence) == "report"
        if not (follows or time.is_in(sources.times)):
            yield sentence[time.start : time.end]


def _stands_in_title(figure: Figure, sentence: str, sources: Sources) -> bool:
    """A title's figure counts with the word beside it there: "10 reasons why" says nothing of 10 years."""
    beside = _neighbours(sentence, figure, 2)
    for quote in sources.quotes:
        title = KnownFigures()
        title.add(quote.about)
        if any(_rivals(figure, other) for other in figures(quote.sentences)):
            continue  # the quoted sentence has a figure of its own for this
        if title.holds(figure) and (
            figure.kind in ("score", "code")
            or any(_likeness(beside, _neighbours(quote.about, other, 2)) for other in title.known)
        ):
            return True
    return False


def _displaces_another(figure: Figure, sentence: str, sources: Sources) -> bool:
    """Whether the quoted sentences have another such figure beside the words that this one stands beside here."""
    if figure.kind != "number":
        return False
    ours = _neighbours(sentence, figure)
    own = other = 0
    here = figures(sentence)
    for quote in sources.quotes:
        for rival in figures(quote.sentences):
            if rival.kind != "number":
                continue
            theirs = _neighbours(quote.sentences, rival)
            shared = _likeness(ours, theirs)
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
            if own and other and any(beside & one for one in other) and not any(beside & one for one in own):
                return True
    return False


def _beside(text: str, figure: Figure) -> set[str]:
    """The stems of the words next to a figure on each side."""
    return {word for side in _neighbours(text, figure, 1) for word in side}


def _comparable(one: Figure, other: Figure) -> bool:
    """Of one unit, and both years or neither."""
    years = [
        all(1900 <= value <= 2100 for value in figure.values) and not figure.unit for figure in (one, other)
    ]
    return one.unit == other.unit and years[0] == years[1] and not other.soft


def _rivals(figure: Figure, other: Figure) -> bool:
    """Whether two figures that differ could each stand in the other's place: counts of some size, of one unit."""
    return figure.kind == other.kind == "number" and _comparable(figure, other) and not agree(figure, other)


def _neighbours(text: str, figure: Figure, most: int = 4) -> Neighbours:
    """The stems of the words that matter before and after a figure, nearest first, within its clause."""
    edges = [(other.start, other.end) for other in figures(text) if not other.soft]
    edges += [match.span() for match in _CLAUSE.finditer(text)]
    begin = max((last for _, last in edges if last <= figure.start), default=0)
    end = min((first for first, _ in edges if first >= figure.end), default=len(text))
    left = [stem(word) for word in content_words(text[begin : figure.start])]
    right = [stem(word) for word in content_words(text[figure.end : end])]
    return left[::-1][:most], right[:most]


def _likeness(one: Neighbours, other: Neighbours) -> int:
    """How many words two figures stand beside in common; the nearest, on the same side, count three times."""
    nearest = sum(
        2 for ours, theirs in zip(one, other, strict=True) if ours and theirs and ours[0] == theirs[0]
    )
    return nearest + len({*one[0], *one[1]} & {*other[0], *other[1]})


def content_words(text: str) -> list[str]:
    """The words of `text` that carry meaning, folded, in order."""
    return [word for word in re.findall(r"[^\W_]+", plain(text)) if len(word) > 3 and word not in STOP_WORDS]


def _telling(figure: Figure | RelativeTime, sentence: str) -> Telling:
    """What `figure` dates: "insisted in May 2014" and "In May 2014, he insisted" a report, "In May 2014" a frame."""
    before, after = sentence[: figure.start], sentence[figure.end :]
    fronted = _FRONTED.fullmatch(before) is not None
    for words, free in ((_WORD.findall(before)[::-1], False), (_WORD.findall(after), fronted)):
        for word in words[:_REACH]:
            if stem(word.lower()) in SAYING | _REPORTS:
                return "report"
            if not (free or word in _SMALL or word[0].isupper() or "." in word or word.isdigit()):
                break
    return "frame" if fronted else "event"


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
        size in figure.values for text in texts for size in (*_list_lengths(text), len(quoted_words(text)))
    )


def _list_lengths(text: str) -> Iterator[int]:
    """How many names each list of names in `text` has, from two on."""
    size, end = 0, 0
    for name in names(text):
        if size and _LISTED.fullmatch(text[end : name.start]):
            size += 1
        else:
            if size > 1:
                yield size
            size = 1
        end = name.end
    if size > 1:
        yield size
