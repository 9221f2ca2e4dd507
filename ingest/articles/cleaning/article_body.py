"""A document's text made an article's body: marks and clutter gone, every sentence of the article kept as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.articles.cleaning.boilerplate import article_blocks, letters, plain_blocks, same_words
from ingest.articles.cleaning.datelines import without_dateline
from ingest.articles.cleaning.invisible import tidy_characters
from ingest.articles.cleaning.markup import Block, markdown_blocks, text_blocks
from ingest.articles.dates import date_near_the_top
from ingest.articles.readers.document import Form

_LONGEST_TITLE = 300
_WIDEST = 120  # characters a wrapped line holds at most
_ENDS_SENTENCE = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`body` with paragraphs apart by an empty line; the title and date that the text itself names, or None."""

    body: str
    title: str | None
    published: str | None


def clean(text: str, form: Form = "markdown", title: str | None = None) -> Cleaned:
    """Pure and linear in the length of `text`; any string is accepted. `title` is what is known of it beforehand."""
    title = one_line(title)
    tidy = tidy_characters(text)
    blocks = markdown_blocks(tidy) if form == "markdown" else text_blocks(tidy)
    found = _title_in(blocks, title)
    article = article_blocks(blocks, found) if form == "markdown" else plain_blocks(blocks)
    kept = _without_headline(article.blocks, found)
    published = date_near_the_top(article.around)
    rendered = _as_extracted if form == "extracted" else _rendered
    body = "\n\n".join(filter(None, map(rendered, kept)))
    # Once more, because "&#8238;" spells a character that was not there before.
    return Cleaned(without_dateline(tidy_characters(body).strip()), one_line(found), published)


def one_line(text: str | None) -> str | None:
    """A title, a name or a label as one tidy line; None when nothing is left."""
    return " ".join(tidy_characters(text).split())[:_LONGEST_TITLE].strip() or None if text else None


def _title_in(blocks: list[Block], known: str | None) -> str | None:
    """The headline as the text writes it, when it says the title that is known; else a first heading or line."""
    heads = [
        block.text for block in blocks[:3] if len(block.lines) == 1 and len(block.text) <= _LONGEST_TITLE
    ]
    if known:
        return next((head for head in heads if _fuller(head, known)), known)
    if len(heads) > 1 and _crumbs_before(heads[0], heads[1]):
        return heads[1]
    first = next((block for block in blocks[:5] if block.kind == "heading"), blocks[0] if blocks else None)
    if first is None or len(first.lines) > 1 or not first.text or len(first.text) > _LONGEST_TITLE:
        return None
    is_head = first.kind == "heading" or (len(blocks) > 1 and not _ENDS_SENTENCE.search(first.text))
    return first.text if is_head and len(first.text.split()) <= 30 else None


def _fuller(head: str, known: str) -> bool:
    """`head` is `known` with the marks that a file name or a slug has lost."""
    ascii_head, ascii_known = (re.sub(r"[^a-z0-9]", "", each.lower()) for each in (head, known))
    return (
        bool(ascii_known)
        and len(head) >= len(known)
        and ascii_head.startswith(ascii_known)
        and (len(ascii_head) == len(ascii_known) or len(known) >= 60)
    )


def _crumbs_before(crumbs: str, head: str) -> bool:
    """A breadcrumb such as "Home News Middle East <headline>" stands right above the headline."""
    return len(head) > 12 and crumbs != head and crumbs.endswith(head) and len(crumbs) < len(head) + 100


def _without_headline(blocks: list[Block], title: str | None) -> list[Block]:
    """The title is kept as the title: the body does not open with it, however often it stands there."""
    if not title:
        return blocks
    wanted = letters(title)
    return [
        block
        for index, block in enumerate(blocks)
        if not (
            len(block.lines) == 1
            and (
                same_words(block.text, title)
                or (index < 3 and len(wanted) > 12 and _crumbs_before(letters(block.text), wanted))
            )
        )
    ]


def _as_extracted(block: Block) -> str:
    """Nobody wraps lines inside a page's paragraphs: only a line that goes on in small letters is one with the last."""
    pieces = [block.lines[0].text]
    for before, line in pairwise(block.lines):
        joined = not before.breaks and line.text[:1].islower() and not _ENDS_SENTENCE.search(before.text)
        pieces += (" " if joined else "\n", line.text)
    return "".join(pieces).strip()


def _rendered(block: Block) -> str:
    """Wrapped lines of a paragraph become one; lines that stand for themselves stay.

    Nobody wraps at more than _WIDEST: where a line is longer, each is a paragraph or a row of its own.
    """
    if block.kind != "prose":
        return block.text.strip()
    lines = block.lines
    longest = max(len(line.text) for line in lines)
    lower = sum(line.text[:1].islower() for line in lines[1:])
    narrow = longest <= _WIDEST
    wrapped = narrow and longest >= 30 and 4 * lower >= len(lines) - 1 > 0
    pieces, length = [lines[0].text], len(lines[0].text)  # length of the line that is being put together
    for before, line in pairwise(lines):
        ends = length < 70 and bool(_ENDS_SENTENCE.search(before.text))
        runs_on = (
            wrapped or (narrow and length >= 50 and not ends) or (length >= 25 and line.text[:1].islower())
        )
        joined = runs_on and not before.breaks
        pieces += (" " if joined else "\n", line.text)
        length = len(line.text) + (length + 1 if joined else 0)
    return "".join(pieces).strip()
