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
from ingest.text.quotation_marks import whole_quotations

LONGEST_SENTENCE = 1_000
LONGEST_QUOTE = 1_500
MOST_QUOTES = 6
"""Signs, and quotes looked up, for one sentence; a draft with more is trying to wear the check out."""

_ENDS_SHORT = re.compile(r"\b[^\W\d_]\.(?:\s?[^\W\d_]\.)+$")  # "at 10 a.m.": the last dot belongs to the word


@dataclass(slots=True)
class CitationChecker:
    """Checks the sentences of one draft in order, and remembers which were kept.

    A quote is looked for in the passage it names, then in the other passages of the evidence: found there, it is
    moved. A sentence needs one quote at least, and must be proven by the sentences around its quotes.
    """

    evidence: Sequence[Evidence]
    kept: list[CheckedSentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    located: list[LocatedQuote] = field(default_factory=list)
    """Every quote that was found, also those of sentences that failed otherwise."""
    _quotes: dict[int, LocatedQuote] = field(default_factory=dict)
    _roles: list[str] = field(default_factory=list)  # of the sentences kept, one each
    _folded: dict[int, Folded] = field(default_factory=dict)

    def check(self, sentence: DraftSentence) -> CheckedSentence | Dropped:
        """The sentence with its marks, e.g. "He scored twice [1][2].", or why it cannot be shown."""
        quotes = self._locate(sentence.quotes[:MOST_QUOTES])
        text = _shown(sentence.text[: 2 * LONGEST_SENTENCE], quotes)
        reason = self._reason(text, sentence, quotes)
        if reason is None:
            reason = unproven(text, quotes)
        if reason is not None:
            return Dropped(text or sentence.text.strip(), reason)
        self._roles.append(sentence.role)
        checked = CheckedSentence(_with_marks(text, [self._number(item) for item in quotes]))
        self.kept.append(checked)
        return checked

    def sources_of(self, sentence: CheckedSentence) -> str:
        """What a sentence of this check cites: each article's head, and the sentences around the quotes."""
        numbers = {int(number) for number in re.findall(r"\[(\d+)\]", sentence.text)}
        cited = [quote for number, quote in sorted(self._quotes.items()) if number in numbers]
        return "\n\n".join(dict.fromkeys(f"({quote.head})\n{quote.context}" for quote in cited))

    def result(self) -> tuple[str, tuple[Citation, ...]]:
        """The answer's text with its marks, and what the marks stand for."""
        return " ".join(sentence.text for sentence in self.kept), tuple(self.citations)

    def notes(self) -> tuple[str, ...]:
        """The bot's own words that the kept sentences call for: that articles differ, or contradict the question."""
        notes = []
        if "corrects" in self._roles:
            notes.append(phrases.PREMISE)
        sentences = [self._quotes[citation.number].sentences for citation in self.citations]
        differing = disagreements(self.citations, sentences)
        if differing:
            first = differing[0]
            notes.append(
                phrases.articles_differ([label(c.article, c.number) for c in (first.one, first.other)])
            )
        elif "differs" in self._roles and len({c.article.article_id for c in self.citations}) > 1:
            notes.append(phrases.DIFFER)
        return tuple(notes)

    def _reason(self, text: str, sentence: DraftSentence, quotes: Sequence[LocatedQuote]) -> str | None:
        if not re.search(r"\w", text):
            return "it says nothing"
        if len(text) > LONGEST_SENTENCE:
            return "it is too long to be one sentence"
        if not sentence.quotes:
            return "it has no quote"
        if not quotes:
            return "none of its quotes stands in a passage"
        if any(_bare(text) == _bare(kept.text) for kept in self.kept):
            return "it was said already"
        return None

    def _locate(self, drafted: Sequence[DraftQuote]) -> list[LocatedQuote]:
        found: list[LocatedQuote] = []
        for quote in drafted:
            if len(quote.text) > LONGEST_QUOTE or not proves_something(quote.text):
                continue
            cited = quote.passage - 1
            order = [cited] if 0 <= cited < len(self.evidence) else []
            for index in [*order, *(n for n in range(len(self.evidence)) if n != cited)]:
                passage = self.evidence[index].passage
                span = locate(quote.text, self._fold(index), passage.text)
                if span is not None:
                    item = LocatedQuote(
                        self.evidence[index], passage.start + span[0], passage.start + span[1]
                    )
                    if item not in found:
                        found.append(item)
                    break
        self.located += [item for item in found if item not in self.located]
        return found

    def _fold(self, index: int) -> Folded:
        if index not in self._folded:
            self._folded[index] = fold(self.evidence[index].passage.text)
        return self._folded[index]

    def _number(self, item: LocatedQuote) -> int:
        article = item.evidence.article
        for citation in self.citations:
            inside = citation.start <= item.start and item.end <= citation.end
            if citation.article.article_id == article.id and inside:
                return citation.number
        number = len(self.citations) + 1
        self.citations.append(Citation(number, ArticleRef.of(article), item.quote, item.start, item.end))
        self._quotes[number] = item
        return number


def _shown(drafted: str, quotes: Sequence[LocatedQuote]) -> str:
    """What a reader sees of a drafted sentence: where it is nothing but an article's words, all of them, and the
    quotation marks that they lost by being cut out.
    """
    if len(quotes) == 1 and drafted.split() == quotes[0].quote.split():
        quote = quotes[0]
        return quoted_sentence(whole_quotations(quote.evidence.article.body, quote.start, quote.end))
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
