"""What a sentence may say: its figures and names must stand in its sources, its sense in its quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.qa.answers import Evidence
from bot.qa.verification.claims import negated, overlap, swapped, unattributed
from bot.qa.verification.quotes import Folded, Span, fold, locate, quoted_words
from ingest.text.names import KnownNames, names
from ingest.text.quantities import Known, figures
from ingest.text.sentences import sentence_spans

LEAST_SHARED = 0.34
"""The share of a sentence's words that its quotes must have; honest retellings measured have more (see benchmarks)."""


@dataclass(frozen=True, slots=True)
class Held:
    """A quote as it was found: in which evidence, where in the article's body, and the whole sentences around it."""

    evidence: Evidence
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.evidence.article.body[self.start : self.end]

    @property
    def around(self) -> Span:
        """The whole sentences that the quote stands in, so that no quote can be cut from under its "not"."""
        body = self.evidence.article.body
        first = max(body.rfind("\n", 0, self.start) + 1, self.start - 1500)
        last = body.find("\n", self.end)
        last = min(last if last >= 0 else len(body), self.end + 1500)
        spans = [(first + start, first + end) for start, end in sentence_spans(body[first:last])]
        touched = [span for span in spans if span[0] < self.end and span[1] > self.start]
        return (touched[0][0], touched[-1][1]) if touched else (self.start, self.end)

    @property
    def surroundings(self) -> str:
        return self.evidence.article.body[slice(*self.around)]


def unfounded(sentence: str, held: Sequence[Held]) -> str | None:
    """What `sentence` has that no passage behind its quotes has: a figure, a name, words in quotation marks."""
    known, named = Known(), KnownNames()
    passages: list[tuple[Folded, str]] = []
    for evidence in {item.evidence.passage.id: item.evidence for item in held}.values():
        article = evidence.article
        about = " . ".join(part for part in (article.title, article.source, article.author) if part)
        # a quote may reach past a passage that was cut inside its sentence
        for text in (evidence.passage.text, about):
            known.add(text)
            named.add(text)
        known.add_day(article.published)
        passages.append((fold(evidence.passage.text), evidence.passage.text))
        passages.append((fold(about), about))
    for words in quoted_words(sentence):
        if not any(locate(words, folded, text) for folded, text in passages):
            return f"it puts words in quotation marks that its passages do not have: {words}"
    for figure in figures(sentence):
        if not figure.soft and not known.holds(figure):
            return f"its passages do not have the figure {figure.text.strip()}"
    for name in names(sentence):
        if missing := named.missing(name):
            return f"its passages do not name {' '.join(missing)}"
        if not named.together(name):
            return f"its passages do not have the name {' '.join(name.words)}"
    return None


def unfaithful(sentence: str, held: Sequence[Held]) -> str | None:
    """Why `sentence` turns what is quoted round: it negates it, swaps who did what, or drops the speaker."""
    sources = [item.surroundings for item in held]
    if any(_same(sentence, source) for source in sources):
        return None  # the article's own whole sentence
    everything = "\n".join(dict.fromkeys(sources))
    if reason := negated(sentence, everything):
        return reason
    if reason := swapped(sentence, everything):
        return reason
    reasons = [unattributed(sentence, source) for source in sources]
    # one source that states it plainly is enough
    return reasons[0] if reasons and all(reasons) else None


def relevant(sentence: str, held: Held) -> bool:
    """Whether a quote has anything to do with the sentence it was put behind: a shared name, figure or word."""
    shared, every = overlap(sentence, f"{held.surroundings} . {held.evidence.article.title}")
    return shared > 0 or every == 0 or not sentence.isascii()


def beside_the_point(sentence: str, held: Sequence[Held]) -> bool:
    """Whether the quotes together have too little of what the sentence says to be what it was written from."""
    shared, every = overlap(sentence, "\n".join(item.surroundings for item in held))
    return shared < LEAST_SHARED * every


def _same(sentence: str, source: str) -> bool:
    return fold(sentence).text.strip(" .") == fold(source).text.strip(" .")
