"""Who wrote an article: names as fields give them, and the byline that stands below a headline or a date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.articles.cleaning.boilerplate import same_words
from ingest.articles.dates import is_date_line
from ingest.articles.readers.document import Document
from ingest.text import lexicon

# What programs and web sites write where nobody gave a name.
_NOBODY = frozenset(lexicon.lines("any/bylines", "nobody"))
_SAYS_BY = re.compile(
    r"(?:(?:[Ww]ritten |[Ww]ords |[Ss]tory |WRITTEN )?(?:[Bb]y|BY):?|Von|VON|Par|PAR|Por|POR)[ \t]+"
)
_WRITTEN_BY = re.compile(r"(?:written )?by:?\s+(?=[^\W\d_])", re.I)
_LONGEST_BYLINE = 60
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?){1,3}")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_PARTICLES = lexicon.words("any/bylines", "particles")
_BETWEEN = re.compile(r"\s+(?:and|und|et|y|e|with|&)\s+|\s*[,&]\s*", re.I)
# In titles such words have a capital too: "By The Time Of Arrival", "Von Trier Returns To Cannes".
_NO_NAMES = lexicon.words("any/bylines", "no names")
_MARKS = " \t>*_#"  # of Markdown
_MOST_WORDS, _LONGEST_HEADLINE = 30, 300
_BLANK = re.compile(r"\s*|=+|-{3,}")  # or the rule under a heading
_TOP = 12  # lines


def named(author: str | None) -> str | None:
    """`author` unless it is a placeholder, without the "By" that some write before it."""
    name = _WRITTEN_BY.sub("", " ".join(author.split()), count=1) if author else ""
    return name if name.lower() not in _NOBODY and re.search(r"\w", name) else None


def people(names: Iterable[str]) -> str | None:
    """Names as one line, each once."""
    return ", ".join(dict.fromkeys(name for one in names if (name := named(one)))) or None


def byline(line: str) -> str | None:
    """Who a line names that is a byline and nothing else, as it names them: "Jane Doe and John Roe, Reuters".

    Each is two to four words with capitals, initials and particles aside; behind the first may stand an agency.
    """
    line = line.strip()
    said = _SAYS_BY.match(line)
    if not said or len(line) > _LONGEST_BYLINE:
        return None
    parts = _BETWEEN.split(line[said.end() :])
    first, last = parts[0], parts[1:][-1:]
    if not _is_person(first) or not all(map(_is_person, parts[1:-1])):
        return None
    return line[said.end() :] if all(_is_person(part, least=1) for part in last) else None


def with_head(document: Document) -> Document:
    """The document with the byline at its top taken for one, and its headline parted from byline and date.

    A byline right below the title or the date becomes the author, where none is known otherwise, and leaves the
    text. A plain headline with either of them on the very next line becomes the title.
    """
    lines = document.text.split("\n", 2 * _TOP)
    top = [index for index, line in enumerate(lines[: 2 * _TOP]) if not _BLANK.fullmatch(line)]
    shown = [lines[index].strip().strip(_MARKS) for index in top]
    if not top or not shown[0]:
        return document
    opens_with_fact = is_date_line(shown[0]) or bool(document.title and byline(shown[0]))
    if not opens_with_fact and not _is_headline(shown[0]):
        return document
    headline = None if opens_with_fact else top[0]
    below = list(_facts(shown[0 if opens_with_fact else 1 :]))
    if not below:
        return document
    facts = top[0 if opens_with_fact else 1 :][: len(below)]
    place, who = next(((place, who) for place, who in zip(facts, below, strict=True) if who), (None, None))
    if document.author and not (who and same_words(who, document.author)):
        place = None  # it may say more than the name that is known
    title = document.title
    if (
        not title
        and headline is not None
        and facts[0] == headline + 1
        and lines[headline].strip() == shown[0]
    ):
        title = shown[0]
    text = "\n".join(_parted(lines, headline, facts[-1], place))
    return replace(document, title=title, author=document.author or who, text=text)


def _facts(shown: Sequence[str]) -> Iterator[str | None]:
    """For each line from the first on, the names of a byline or None for a date; it ends with any other line."""
    for line in shown:
        who = byline(line)
        if not who and not is_date_line(line):
            return
        yield who


def _parted(lines: list[str], headline: int | None, last: int, taken: int | None) -> list[str]:
    """The lines without the one taken, an empty one below the headline and below the last of the head."""
    parted: list[str] = []
    for index, line in enumerate(lines):
        if index == taken:
            continue
        above = parted[-1].strip() if parted else ""
        if not above and not line.strip() and taken is not None and index == taken + 1:
            continue
        if above and line.strip() and index - 1 in (headline, last, taken) and not _BLANK.fullmatch(line):
            parted.append("")
        parted.append(line)
    return parted


def _is_headline(line: str) -> bool:
    return 0 < len(line) <= _LONGEST_HEADLINE and len(line.split()) <= _MOST_WORDS and line[-1] not in ".…:;,"


def _is_person(part: str, least: int = 2) -> bool:
    words = part.split()
    if words and words[0].lower() == "the" and words[0][0].isupper():  # "The Associated Press"
        words = words[1:]
    names = [word for word in words if word.lower() not in _PARTICLES or word[0].isupper()]
    if not names or names[0] != words[0] or names[-1] != words[-1]:
        return False
    full = [word for word in names if not _INITIAL.fullmatch(word)]
    return bool(full) and least <= len(names) <= 4 and all(map(_is_name, full))


def _is_name(word: str) -> bool:
    bare = word.removesuffix(".") if word in ("Jr.", "Sr.") else word
    return bool(_WORD.fullmatch(bare)) and bare[0].isupper() and bare.lower() not in _NO_NAMES
