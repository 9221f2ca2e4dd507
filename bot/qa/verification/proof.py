"""What code can prove of a sentence: its figures, dates and names stand in the sentences that its quotes stand in.

They may also come from the title, source, author and date of the article. A name may be resolved inside the article:
a surname to the full name that it gives, "he" and "the company" to a name just before, letters to what they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.qa.verification.located_quote import LocatedQuote
from bot.qa.verification.quotes import Folded, fold, locate, quoted_words
from ingest.articles.publishers import names_outlet
from ingest.text.names import KnownNames, Name, is_common, names, plain
from ingest.text.quantities.comparing import KnownFigures, agree
from ingest.text.quantities.figures import Figure, figures
from ingest.text.speakers import SAYING
from ingest.text.stemming import stem

_REPORTS = re.compile(r"\b(?:according to|as of|at the time|article|piece|published|dated|edition|issue)\b", re.I)
_LISTED = re.compile(r"\s*(?:,|;|,?\s(?:and|or|und|et|y|e|o)\b|&)\s*(?:(?:the|an?|le|la|el|die|der|das)\s)?\s*", re.I)
_MOST_LISTED = 12
Neighbours = tuple[list[str], list[str]]
_STOP = frozenset(
    "the and for from with that this was were are has had have been its his her their they she who which said into "
    "over about than more less not but after before".split()
)
_CLAUSE = re.compile(r"[,;:()\[\]|—–]\s|[.!?]\s|\n")
_GERMAN = re.compile(
    r"\b(?:der|die|das|den|dem|des|und|ist|sind|war|werden|wird|mit|für|auf|bei|zur|zum|über|nicht|ein|eine|einen|"
    r"einer|als|auch|nach|von|vom|im|mehr|laut|dazu|kommen|hat|haben)\b"
)
_BETWEEN = re.compile(r"[\s'’\"“”-]*")


@dataclass(slots=True)
class Sources:
    """What a sentence may take its figures and names from, given where its quotes stand."""

    quotes: Sequence[LocatedQuote]
    known_figures: KnownFigures = field(default_factory=KnownFigures)
    near: KnownNames = field(default_factory=KnownNames)
    context: KnownNames = field(default_factory=KnownNames)
    outlets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for quote in self.quotes:
            self.known_figures.add(quote.sentences)
            for text in (quote.sentences, quote.about):
                self.near.add(text)
                self.context.add(text)
            self.context.add(quote.context)
            self.known_figures.add_day(quote.evidence.article.published)
            self.outlets += quote.outlet

    def in_article(self, pattern: str) -> bool:
        return any(re.search(pattern, quote.plain_body) for quote in self.quotes)


def unproven(sentence: str, quotes: Sequence[LocatedQuote]) -> str | None:
    """Why `sentence` is not proven by what surrounds its quotes, as advice to who wrote it; None where it is."""
    sources = Sources(quotes)
    if words := next(_unspoken(sentence, quotes), None):
        return f"it puts words in quotation marks that its passages do not have: {words}"
    if figure := next(_unfounded_figures(sentence, sources), None):
        return f"the sentences of its quotes do not have the figure {figure.text.strip()}"
    if name := next(_unfounded_names(sentence, sources), None):
        return f"the sentences of its quotes do not name {name}"
    return None


def _unspoken(sentence: str, quotes: Sequence[LocatedQuote]) -> Iterator[str]:
    """What the sentence has in quotation marks and no passage or title has."""
    texts: list[tuple[Folded, str]] = []
    for words in quoted_words(sentence):
        texts = texts or [
            (fold(text), text)
            for quote in quotes
            for text in dict.fromkeys((quote.evidence.passage.text, quote.sentences, quote.about))
        ]
        if not any(locate(words, folded, text) for folded, text in texts):
            yield words


def _unfounded_figures(sentence: str, sources: Sources) -> Iterator[Figure]:
    reported = _reports(sentence, sources)
    for figure in figures(sentence):
        if figure.soft:
            continue
        if sources.known_figures.holds(figure, reported=reported):
            if _displaces_another(figure, sentence, sources):
                yield figure
            continue
        if not (
            _stands_in_title(figure, sentence, sources)
            or _belongs_to_name(figure, sentence, sources)
            or _counts_a_list(figure, sentence, sources)
        ):
            yield figure


def _stands_in_title(figure: Figure, sentence: str, sources: Sources) -> bool:
    """A title's figure counts with the word beside it there: "10 reasons why" says nothing of 10 years."""
    beside = _neighbours(sentence, figure, 2)
    for quote in sources.quotes:
        title = KnownFigures()
        title.add(quote.about)
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
            elif _comparable(figure, rival) and not any(agree(rival, known) for known in here if known.kind == "number"):
                other = max(other, shared)
    return other > own


def _comparable(one: Figure, other: Figure) -> bool:
    """Of one unit, and both years or neither."""
    years = [all(1900 <= value <= 2100 for value in figure.values) and not figure.unit for figure in (one, other)]
    return one.unit == other.unit and years[0] == years[1] and not other.soft


def _neighbours(text: str, figure: Figure, most: int = 4) -> Neighbours:
    """The stems of the words that matter before and after a figure, nearest first: of its clause, up to another figure."""
    edges = [(other.start, other.end) for other in figures(text) if not other.soft]
    edges += [match.span() for match in _CLAUSE.finditer(text)]
    begin = max((last for _, last in edges if last <= figure.start), default=0)
    end = min((first for first, _ in edges if first >= figure.end), default=len(text))
    left = [stem(word) for word in _words(text[begin : figure.start])]
    right = [stem(word) for word in _words(text[figure.end : end])]
    return left[::-1][:most], right[:most]


def _likeness(one: Neighbours, other: Neighbours) -> int:
    """How many words two figures stand beside in common; the nearest, on the same side, count three times."""
    nearest = sum(2 for ours, theirs in zip(one, other, strict=True) if ours and theirs and ours[0] == theirs[0])
    return nearest + len({*one[0], *one[1]} & {*other[0], *other[1]})


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", plain(text)) if len(word) > 3 and word not in _STOP]


def _reports(sentence: str, sources: Sources) -> bool:
    """Whether the sentence says that something was reported, so that it may say when."""
    if _REPORTS.search(sentence) or any(stem(word) in SAYING for word in re.findall(r"[^\W\d_]+", sentence.lower())):
        return True
    return any(names_outlet(name.words, sources.outlets) for name in names(sentence))


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
        either = rf"\b(?:(?:{words})[\s-]{{0,2}}{re.escape(number)}|{re.escape(number)}[\s-]{{1,2}}(?:{words}))\b"
        if sources.in_article(either):
            return True
    return False


def _counts_a_list(figure: Figure, sentence: str, sources: Sources) -> bool:
    """ "five publishers: A, B, C, D and E": a count of the names that are listed there."""
    if figure.kind != "number" or figure.unit or not all(2 <= value <= _MOST_LISTED for value in figure.values):
        return False
    texts = (sentence, *(quote.sentences for quote in sources.quotes))
    return any(size in figure.values for text in texts for size in _list_lengths(text))


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


def _unfounded_names(sentence: str, sources: Sources) -> Iterator[str]:
    nouns = _capitalises_nouns(sentence)
    for name in names(sentence):
        if nouns and len(name.words) == 1:
            continue  # every noun has a capital in German, so one word alone is no name
        number = re.match(r"\s?(\d+)\b", sentence[name.end :])
        if number and names_outlet((*name.words, number[1]), sources.outlets):
            continue
        for part in _without_outlets(name, sources):
            missing = _missing(part, sources)
            if missing:
                yield " ".join(missing)


def _capitalises_nouns(sentence: str) -> bool:
    return len(_GERMAN.findall(sentence)) >= 2


def _missing(name: Name, sources: Sources) -> list[str]:
    """The words of `name` that nothing around the quotes has, nor the article where it resolves them."""
    if not sources.near.missing(name) and sources.near.together(name):
        return []
    missing = sources.context.missing(name)
    if not missing:
        return [] if sources.context.together(name) or _spelled_out(name, sources) else list(name.words)
    # a surname, or a part of a longer name, around the quotes; the article has the whole of it
    if len(missing) < len(name.words) and _spelled_out(name, sources):
        return []
    return missing


def _spelled_out(name: Name, sources: Sources) -> bool:
    """Whether the article has the words of `name` side by side."""
    words = [re.escape(word) for word in name.words]
    return sources.in_article(r"\b" + r"\W{1,3}".join(words) + r"\b")


def _without_outlets(name: Name, sources: Sources) -> list[Name]:
    """`name`, less the run of its words that is the outlet's name: "Fox News' John Smith" leaves John Smith."""
    size = len(name.words)
    for length in range(size, 0, -1):
        for start in range(size - length + 1):
            end = start + length
            if names_outlet(name.words[start:end], sources.outlets):
                rest = [(0, start), (end, size)]
                return [Name(name.words[a:b], name.spans[a:b], name.opens and a == 0) for a, b in rest if a < b]
    return [name]
