"""What code can prove of a sentence: its figures, dates and names stand in the sentences that its quotes stand in.

They may also come from the title, source, author and date of the article. A name may be resolved inside the article:
a surname to the full name that it gives, "he" and "the company" to a name just before, letters to what they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.qa.verification.displaced import from_another_clause
from bot.qa.verification.figure_proof import unfounded_figures, unfounded_times
from bot.qa.verification.located_quote import LocatedQuote
from bot.qa.verification.name_proof import unfounded_names
from bot.qa.verification.quotes import Folded, fold, locate, quoted_words
from bot.qa.verification.sources import Sources
from ingest.text.names import names
from ingest.text.quantities.figures import figures
from ingest.text.quantities.neighbours import content_words
from ingest.text.stemming import stem

_ENGLISH = re.compile(r"\b(?:the|of|and|was|were|is|are|to|has|had|with|for)\b")


def unproven(sentence: str, quotes: Sequence[LocatedQuote]) -> str | None:
    """Why `sentence` is not proven by what surrounds its quotes, as advice to who wrote it; None where it is."""
    if any(_same(sentence, quote.sentences) for quote in quotes):
        return None  # the article's own whole sentence
    sources = Sources(quotes)
    if words := next(_unspoken(sentence, quotes), None):
        return f"it puts words in quotation marks that its passages do not have: {words}"
    if figure := next(unfounded_figures(sentence, sources), None):
        return f"the sentences of its quotes do not have the figure {figure.text.strip()}"
    if time := next(unfounded_times(sentence, sources), None):
        return f"the sentences of its quotes do not say {time}"
    if name := next(unfounded_names(sentence, sources), None):
        return f"the sentences of its quotes do not name {name}"
    if other := next(from_another_clause(sentence, sources), None):
        return f"its quotes have {other} of somebody or something else"
    if _speaks_of_something_else(sentence, quotes):
        return "its quotes have nothing to do with it"
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


def _speaks_of_something_else(sentence: str, quotes: Sequence[LocatedQuote]) -> bool:
    """Whether no word of an English sentence without figures and names stands anywhere near its quotes."""
    words = content_words(sentence)
    if not words or not _ENGLISH.search(sentence) or figures(sentence) or names(sentence):
        return False
    near = {stem(word) for quote in quotes for word in content_words(f"{quote.context} {quote.about}")}
    return near.isdisjoint(map(stem, words))


def _same(sentence: str, source: str) -> bool:
    return fold(sentence).text.strip(" .") == fold(source).text.strip(" .")
