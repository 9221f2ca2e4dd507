"""What kind of thing a block of a page is, by what can be counted in it: words, links, sentences, figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from ingest.articles.cleaning.boilerplate_phrases import STOP_WORDS, is_label, is_notice
from ingest.articles.cleaning.markup import Block
from ingest.articles.dates import dates_in

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_SENTENCE_END = re.compile(r"[.!?…।؟][\"'”’»)\]]*(?=\s|$)|[。！？]")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class BoilerplateWeights:
    """What blocks add to the stretch they stand in, in words of prose, and what a block is taken for.

    Chosen so that no sentence of an answer is lost: `benchmarks/results.md`, "Boilerplate".
    """

    prose_least: float = 6.0
    facts_a_word: float = 0.5
    facts_most: float = 40.0
    short: float = -0.5
    links: float = -2.0
    links_most: int = 12
    clutter: float = -4.0
    linked: float = 0.6
    """The share of linked characters from which on a block is a menu."""
    linked_prose: float = 0.5
    linked_facts: float = 0.4
    small_words: float = 0.15
    """The share of the commonest words that running text has at the least."""
    lower_case: float = 0.6
    """The share of words in lower case that shows running text of a language whose common words are not known."""


W = BoilerplateWeights()


class Class(Enum):
    PROSE = "sentences"
    FACTS = "rows, items and lines that hold figures or more than links"
    SHORT = "a heading, a caption, a name: what it is depends on its neighbours"
    LINKS = "links and little else"
    CLUTTER = "words of the page about itself"
    TEASER = "the opening of another article, under its linked headline"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A block with what was counted in it."""

    block: Block
    of: Class
    words: int

    @property
    def is_content(self) -> bool:
        return self.of in (Class.PROSE, Class.FACTS)

    @property
    def weight(self) -> float:
        """What the block adds to the stretch it stands in."""
        match self.of:
            case Class.PROSE:
                return max(1.0, self.words - W.prose_least)
            case Class.FACTS:
                return max(0.5, min(W.facts_most, self.words * W.facts_a_word))
            case Class.SHORT:
                return W.short if self.words > 3 else 2 * W.short
            case Class.LINKS:
                return W.links - min(W.links_most, sum(line.links for line in self.block.lines))
            case _:
                return W.clutter


def weigh(block: Block) -> Weighed:
    text = block.text
    words = WORD.findall(text)
    count = len(words) + len(_IDEOGRAPH.findall(text)) // 2
    return Weighed(block, _class(block, text, words, count), count)


def _class(block: Block, text: str, words: list[str], count: int) -> Class:
    if block.kind == "code":
        return Class.FACTS
    labels = sum(is_label(line.text, not line.bare) for line in block.lines)
    if (
        not count
        or labels == len(block.lines)
        or (labels * 3 >= len(block.lines) > 2 <= labels and count <= 3 * len(block.lines))
    ):
        return Class.CLUTTER
    if is_notice(text, count):
        return Class.CLUTTER
    linked = 1 - sum(len(line.bare) for line in block.lines) / max(1, len(text))
    figures = sum(bool(_FIGURE.search(line.bare)) for line in block.lines)
    if linked > W.linked:
        rows = len(block.lines)
        if rows == 1 and count <= 9 and dates_in(text):
            return Class.SHORT
        return Class.FACTS if block.kind == "table" and rows > 2 and figures >= 0.5 * rows else Class.LINKS
    if count >= 10 and linked < W.linked_prose and is_running_text(text, words, count):
        standfirst = count >= 20 and bool(_SENTENCE_END.search(text[-3:]))
        return Class.PROSE if block.kind != "heading" or standfirst else Class.SHORT
    if block.kind == "heading":
        return Class.SHORT
    if block.kind == "table" or (
        linked < W.linked_facts and (figures or block.kind == "list") and count >= 4
    ):
        return Class.FACTS
    return Class.SHORT


def is_running_text(text: str, words: list[str], count: int) -> bool:
    """Running text: sentences that end, or many words, with the small words that hold sentences together."""
    if count < 25 and not _SENTENCE_END.search(text):
        return False
    if count > 2 * len(words):
        return True  # a script without spaces
    small = sum(word.lower() in STOP_WORDS for word in words)
    lower = sum(word[:1].islower() for word in words)
    return small >= W.small_words * len(words) or lower >= W.lower_case * len(words)
