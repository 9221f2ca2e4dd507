"""PDF by pypdf: the text of its pages, with lines joined to paragraphs and words whose hyphen only broke a line."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator

from pypdf import DocumentInformation, PdfReader
from pypdf.errors import DependencyError

from ingest.articles.dates import date_near_the_top, iso_date
from ingest.articles.readers.bylines import byline, named, with_head
from ingest.articles.readers.document import MOST_CHARACTERS, Document, Reject, too_long

_MOST_PAGES = 2000
_ENCRYPTED = "The PDF is encrypted; save it without a password."
_TOP = 12  # lines
_BROKEN_WORD = re.compile(r"([^\W\d_])[-‐\u00ad]\n(?=[^\W\d_])(?=[a-zß-öø-ÿа-яёα-ω])")
_HYPHEN = re.compile(r"(?<=[^\s])([-‐])\n(?=\w)")
# What programs write as a title when the author wrote none.
_FILE_NAME = re.compile(r"untitled|\.(?:docx?|indd|pdf|qxd|odt)\b|^microsoft word", re.I)
_PAGE_NUMBER = re.compile(
    r"\W*(?:page |p\. ?|seite |página )?\d{1,4}(?: ?(?:/|of|von|de) ?\d{1,4})?\W*", re.I
)
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’»)\]]*$")


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            yield Reject(name, _ENCRYPTED)
            return
        if len(reader.pages) > _MOST_PAGES:
            yield Reject(name, f"The PDF has more than {_MOST_PAGES} pages.")
            return
        pages = list(_texts(reader))
        facts = reader.metadata or DocumentInformation()
    except DependencyError:  # it names a package for AES, which only encrypted files need
        yield Reject(name, _ENCRYPTED)
        return
    except Exception as error:  # pypdf raises whatever its parsing runs into
        yield Reject(name, f"The PDF is broken: {str(error)[:120] or type(error).__name__}.")
        return
    text = joined(pages)
    if not text.strip():
        yield Reject(
            name, "The PDF holds no text, only pictures of it; run it through text recognition first."
        )
        return
    title = _said(facts.title)
    yield too_long(text, name) or with_head(
        Document(
            text,
            form="plain",
            title=None if title and _FILE_NAME.search(title) else title,
            author=named(_said(facts.author)),
            # When the file was made says less than what the text says itself.
            published=date_near_the_top(text.split("\n")[:8]) or _made_on(facts),
        )
    )


def _texts(reader: PdfReader) -> Iterator[str]:
    """The pages' texts, until they are longer than any article."""
    size = 0
    for page in reader.pages:
        text = page.extract_text()
        yield text
        size += len(text)
        if size > MOST_CHARACTERS:
            return


def _made_on(facts: DocumentInformation) -> str | None:
    try:
        made = facts.creation_date
    except ValueError:
        return None
    return iso_date(made.date() if made else None)


def joined(pages: list[str]) -> str:
    """Pages as one text: running heads and page numbers gone, wrapped lines joined, paragraphs apart."""
    lines_of_pages = [[line.strip() for line in page.split("\n")] for page in pages]
    running = _running_heads(lines_of_pages)
    lines = [
        line
        for page in lines_of_pages
        for position, line in enumerate(page)
        if not (_PAGE_NUMBER.fullmatch(line) and position in (0, len(page) - 1))
        and _shape(line) not in running
    ]
    return "\n\n".join(_paragraphs(list(_apart(lines))))


def _apart(lines: list[str]) -> Iterator[str]:
    """The lines with empty ones around a byline at the top, which is no part of the headline above or the text."""
    for index, line in enumerate(lines):
        yield from ("", line, "") if 0 < index < _TOP and byline(line) else (line,)


def _running_heads(pages: list[list[str]]) -> set[str]:
    """First and last lines that come again on most pages, page number aside."""
    if len(pages) < 4:
        return set()
    ends = Counter(shape for page in pages if page for shape in {_shape(page[0]), _shape(page[-1])} if shape)
    return {shape for shape, times in ends.items() if times >= max(3, len(pages) // 2)}


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """A line that ends a sentence well short of the usual width ends its paragraph; so does an empty line.

    A short line alone is a heading or an item, unless what follows runs on in lower case.
    """
    widths = sorted(len(line) for line in lines if line)
    usual = widths[int(len(widths) * 0.8)] if widths else 0
    paragraph: list[str] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        if line:
            paragraph.append(line)
        short = len(line) < 0.8 * usual
        alone = len(paragraph) == 1 and not after[:1].islower() and line[-1:] not in "-‐,"
        if paragraph and (not line or (short and (_SENTENCE_END.search(line) or alone))):
            yield _joined_lines(paragraph)
            paragraph = []
    if paragraph:
        yield _joined_lines(paragraph)


def _joined_lines(lines: list[str]) -> str:
    """A hyphen before a small letter only broke the word; before a capital or a digit it is the author's."""
    text = _BROKEN_WORD.sub(r"\1", "\n".join(lines))
    return _HYPHEN.sub(r"\1", text).replace("\n", " ")


def _said(value: str | None) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
