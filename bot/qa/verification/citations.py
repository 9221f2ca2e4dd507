"""The check between a draft and a reader: quotes located word for word, marks numbered, the rest dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.qa import phrases
from bot.qa.answers import ArticleRef, CheckedSentence, Citation, Dropped, Evidence
from bot.qa.drafts import DraftQuote, DraftSentence
from bot.qa.sanitising import plain_sentence, quoted_sentence
from bot.qa.verification.disagreement import disagreements, label
from bot.qa.verification.located_quote import LocatedQuote
from bot.qa.verification.proof import unproven
from bot.qa.verification.quotes import Folded, fold, locate, proves_something

LONGEST_SENTENCE = 1_000
LONGEST_QUOTE = 1_500
MOST_QUOTES = 6
"""Signs, and quotes looked up, for one sentence; a draft with more is trying to wear the check out."""

_ENDS_SHORT = re.compile(r"\b[^\W\d_]\.(?:\s?[^\W\d_]\.)+$")  # "at 10 a.m.": the last dot belongs to the word


@dataclass(slots=True)
class CitationChecker:
    """Checks the sentences of one draft in order, and remembers what was kept and what was dropped.

    A quote is looked for in the passage it names, then in the other passages of the evidence: found there, it is
    moved. A sentence needs one quote at least; its figures and names must stand in the passages of its quotes, or in
    the title, source, author and date of their articles; and it must not turn round what is quoted.
    """

    evidence: Sequence[Evidence]
    kept: list[CheckedSentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    held: list[LocatedQuote] = field(default_factory=list)
    """Every quote that was found, also those of sentences that failed otherwise."""
    _around: dict[int, str] = field(default_factory=dict)
    _cited_before: int = 0
    _roles: list[str] = field(default_factory=list)  # of the sentences kept, one each
    _folded: dict[int, Folded] = field(default_factory=dict)

    def check(self, sentence: DraftSentence) -> CheckedSentence | Dropped:
        """The sentence with its marks, e.g. "He scored twice [1][2].", or why it cannot be shown."""
        held = self._locate(sentence.quotes[:MOST_QUOTES])
        text = _shown(sentence.text[: 2 * LONGEST_SENTENCE], held)
        reason = self._reason(text, sentence, held)
        if reason is None:
            reason = unproven(text, held)
        if reason is not None:
            dropped = Dropped(text or sentence.text.strip(), reason)
            self.dropped.append(dropped)
            return dropped
        self._roles.append(sentence.role)
        self._cited_before = len(self.citations)
        checked = CheckedSentence(_with_marks(text, [self._number(item) for item in held]))
        self.kept.append(checked)
        return checked

    def sources_of(self, sentence: CheckedSentence) -> str:
        """The words around the quotes that a sentence of this check is marked with."""
        numbers = {int(number) for number in re.findall(r"\[(\d+)\]", sentence.text)}
        return "\n\n".join(self._around[number] for number in sorted(numbers & self._around.keys()))

    def withdraw(self, reason: str) -> Dropped:
        """Take back the sentence that passed last, with the marks that it brought, and give the reason."""
        sentence = self.kept.pop()
        self._roles.pop()
        for citation in self.citations[self._cited_before :]:
            del self._around[citation.number]
        del self.citations[self._cited_before :]
        dropped = Dropped(re.sub(r"\s*(?:\[\d+\])+", "", sentence.text), reason)
        self.dropped.append(dropped)
        return dropped

    def result(self) -> tuple[str, tuple[Citation, ...], tuple[Dropped, ...]]:
        """The answer's text with its marks, what the marks stand for, and what was dropped."""
        return " ".join(sentence.text for sentence in self.kept), tuple(self.citations), tuple(self.dropped)

    def notes(self) -> tuple[str, ...]:
        """The bot's own words that the kept sentences call for: that articles differ, or contradict the question."""
        notes = []
        if "corrects" in self._roles:
            notes.append(phrases.PREMISE)
        sentences = [self._around[citation.number] for citation in self.citations]
        differing = disagreements(self.citations, sentences)
        if differing:
            first = differing[0]
            notes.append(
                phrases.articles_differ([label(c.article, c.number) for c in (first.one, first.other)])
            )
        elif "differs" in self._roles and len({c.article.article_id for c in self.citations}) > 1:
            notes.append(phrases.DIFFER)
        return tuple(notes)

    def _reason(self, text: str, sentence: DraftSentence, held: Sequence[LocatedQuote]) -> str | None:
        if not re.search(r"\w", text):
            return "it says nothing"
        if len(text) > LONGEST_SENTENCE:
            return "it is too long to be one sentence"
        if not sentence.quotes:
            return "it has no quote"
        if not held:
            return "none of its quotes stands in a passage"
        if any(_bare(text) == _bare(kept.text) for kept in self.kept):
            return "it was said already"
        return None

    def _locate(self, quotes: Sequence[DraftQuote]) -> list[LocatedQuote]:
        found: list[LocatedQuote] = []
        for quote in quotes:
            if len(quote.text) > LONGEST_QUOTE or not proves_something(quote.text):
                continue
            cited = quote.passage - 1
            order = [cited] if 0 <= cited < len(self.evidence) else []
            for index in [*order, *(n for n in range(len(self.evidence)) if n != cited)]:
                passage = self.evidence[index].passage
                span = locate(quote.text, self._fold(index), passage.text)
                if span is not None:
                    item = LocatedQuote(self.evidence[index], passage.start + span[0], passage.start + span[1])
                    if item not in found:
                        found.append(item)
                    break
        self.held += [item for item in found if item not in self.held]
        return found

    def _fold(self, index: int) -> Folded:
        if index not in self._folded:
            self._folded[index] = fold(self.evidence[index].passage.text)
        return self._folded[index]

    def _number(self, item: Held) -> int:
        article = item.evidence.article
        for citation in self.citations:
            inside = citation.start <= item.start and item.end <= citation.end
            if citation.article.article_id == article.id and inside:
                return citation.number
        number = len(self.citations) + 1
        self.citations.append(Citation(number, reference(item.evidence), item.quote, item.start, item.end))
        self._around[number] = item.sentences
        return number


def reference(evidence: Evidence) -> ArticleRef:
    """The article of a piece of evidence, as it is named beside an answer."""
    article = evidence.article
    return ArticleRef(
        article.id, article.title, article.url, article.source, article.author, article.published
    )


def _shown(drafted: str, held: Sequence[LocatedQuote]) -> str:
    """What a reader sees of a drafted sentence: where it is nothing but an article's words, all of them."""
    if len(held) == 1 and drafted.split() == held[0].quote.split():
        return quoted_sentence(held[0].quote)
    return plain_sentence(drafted)


def _with_marks(text: str, numbers: Sequence[int]) -> str:
    """The marks go before the full stop, or behind a closing quotation mark or bracket that follows it."""
    marks = "".join(f"[{number}]" for number in dict.fromkeys(numbers))
    body = text.rstrip()
    if re.search(r"[.!?…。！？؟।]['\"”’»）)\]]+$", body):
        return f"{body} {marks}"
    ending = re.search(r"[.!?…。！？؟।]+$", body)
    if ending is None or _ENDS_SHORT.search(body):
        return f"{body} {marks}."
    return f"{body[: ending.start()].rstrip()} {marks}{ending.group()}"


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", re.sub(r"\[\d+\]", "", text)).strip().lower()
