"""An article as a web page with the quoted words marked (pure: plain text in, HTML out).

The body is text and is escaped as text: no HTML of an article ever reaches the page.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlsplit

from ingest.articles.article import Article

LONGEST_PAGE = 500_000
"""Characters of an article on one page: a book of three hundred pages."""
MOST_LINES = 20_000
_NEAR = 100_000  # characters on each side of a quote's place that are looked through for its words


@dataclass(frozen=True, slots=True)
class Mark:
    """`body[start:end]` is to be marked; the `main` one is where the page opens."""

    start: int
    end: int
    main: bool = False


def article_page(article: Article, marks: Sequence[Mark] = (), notice: str = "") -> str:
    """The whole page. Marks may overlap and may run over paragraphs; those outside the body are ignored."""
    title = escape(article.title)
    about = " · ".join(escape(part) for part in (article.source, article.author) if part)
    date = date_html(article.published)
    original = original_html(article.url)
    notice_ = f'<p class="notice" role="note">{escape(notice)}</p>' if notice else ""
    return document(
        article.title,
        f'<main><header><h1 dir="auto">{title}</h1>'
        f'<p class="about" dir="auto">{" · ".join(part for part in (about, date, original) if part)}</p>'
        f"</header>{notice_}\n<article>{''.join(_paragraphs(article.body, marks))}</article></main>",
        language="und",
    )


def message_page(title: str, text: str) -> str:
    """A page that says something in place of an article."""
    return document(title, f"<main><h1>{escape(title)}</h1><p>{escape(text)}</p></main>")


def document(title: str, body: str, language: str = "en") -> str:
    """The frame of every page: `title` is text, `body` is HTML."""
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex, nofollow"><meta name="color-scheme" content="light dark">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css"></head>\n'
        f"<body>{body}</body></html>\n"
    )


def find_quote(body: str, quote: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the quote stands now: at its place, else at the nearest place that has the same words.

    White space may differ near its place; far from it the quote has to stand as it was. Linear in `body`.
    """
    if body[start:end] == quote:
        return start, end
    nearest = _nearest_words(body, quote.split(), start)
    if nearest is None and quote.strip() and (place := body.find(quote)) >= 0:
        nearest = place, place + len(quote)
    return nearest


def shown_part(article: Article, marks: Sequence[Mark]) -> tuple[Article, list[Mark], bool]:
    """The article and its marks; of one too long for a page only the part around the main mark, and True."""
    body = article.body
    main = next((mark.start for mark in marks if mark.main), 0)
    first = max(0, main - LONGEST_PAGE // 4) if len(body) > LONGEST_PAGE else 0
    if body.count("\n", first, main) > MOST_LINES // 4:
        first = main - len(_last_lines(body[first:main], MOST_LINES // 4))
    part = body[first : first + LONGEST_PAGE]
    if part.count("\n") >= MOST_LINES:
        part = "\n".join(part.split("\n", MOST_LINES)[:MOST_LINES])
    if len(part) == len(body):
        return article, list(marks), False
    moved = [replace(mark, start=mark.start - first, end=mark.end - first) for mark in marks]
    return replace(article, body=part), moved, True


def _last_lines(text: str, lines: int) -> str:
    return "\n".join(text.rsplit("\n", lines)[1:])


def _nearest_words(body: str, words: Sequence[str], start: int) -> tuple[int, int] | None:
    """The place nearest to `start` that has these words, whatever white space parts them."""
    if not words:
        return None
    first = max(0, start - _NEAR)
    near = list(re.finditer(r"\S+", body[first : start + _NEAR]))
    folded, sought = " ".join(word.group() for word in near), " ".join(words)
    ends = list(
        itertools.accumulate(len(word.group()) + 1 for word in near)
    )  # in `folded`, with a blank each

    def place_of(at: int) -> int:
        number = bisect_right(ends, at)
        return first + near[number].start() + at - (ends[number] - len(near[number].group()) - 1)

    places = []
    at = folded.find(sought)
    while at >= 0:
        places.append((place_of(at), place_of(at + len(sought) - 1) + 1))
        at = folded.find(sought, at + len(sought))
    return min(places, key=lambda place: abs(place[0] - start), default=None)


def _paragraphs(body: str, marks: Sequence[Mark]) -> Iterator[str]:
    """Each line of the body as a paragraph, cut where a mark begins or ends."""
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(body)]
    main_pending = True
    for line in re.finditer(r"[^\n]+", body):
        first, last = line.span()
        if not line.group().strip():
            continue
        here = [mark for mark in inside if mark.start < last and first < mark.end]
        parts = []
        for text, over in _cut_at_marks(body, first, last, here):
            if not over:
                parts.append(text)
            elif any(mark.main for mark in over):
                # the first piece of the quote is where the page opens; an id may stand once only
                parts.append(
                    f'<mark id="quote">{text}</mark>' if main_pending else f'<mark class="main">{text}</mark>'
                )
                main_pending = False
            else:
                parts.append(f'<mark class="other">{text}</mark>')
        yield f'<p dir="auto">{"".join(parts)}</p>\n'


def _cut_at_marks(
    body: str, first: int, last: int, marks: Sequence[Mark]
) -> Iterator[tuple[str, list[Mark]]]:
    """The escaped pieces of `body[first:last]`, each with the marks that lie over it."""
    cuts = {first, last}
    for mark in marks:
        cuts |= {place for place in (mark.start, mark.end) if first < place < last}
    for start, end in itertools.pairwise(sorted(cuts)):
        yield escape(body[start:end]), [mark for mark in marks if mark.start <= start and end <= mark.end]


def date_html(published: str | None) -> str:
    if not published:
        return ""
    day = escape(published[:10])
    return f'<time datetime="{day}">{day}</time>'


def original_html(url: str | None) -> str:
    """A link to where an article was published; nothing where its address is not to be trusted."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # a browser takes a backslash for a slash, and would open another host than the one shown
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or "\\" in url
        or parts.username is not None
    ):
        return ""
    return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{escape(parts.hostname)}</a>'


STYLE = """\
:root { color-scheme: light dark; --ink: #1c1c1e; --paper: #fbfaf8; --faint: #5f6068;
  --mark: #ffd54d; --other: #fff0bd; --line: #dedcd6; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e4df; --paper: #17181b; --faint: #a3a4ab;
  --mark: #755900; --other: #41381c; --line: #33353b; --link: #8ab8f0; } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.65 Georgia, "Iowan Old Style", "Noto Serif", serif; overflow-wrap: anywhere }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { font-size: clamp(1.4rem, 5vw, 2rem); line-height: 1.25; margin: 0 0 .5rem }
.about { color: var(--faint); font: .9rem/1.5 system-ui, sans-serif; margin: 0 }
header { border-bottom: 1px solid var(--line); padding-bottom: 1rem; margin-bottom: 1.5rem }
.notice { border-inline-start: 4px solid var(--mark); padding: .5rem .9rem; margin: 0 0 1.5rem;
  font: .95rem/1.5 system-ui, sans-serif }
p { margin: 0 0 1.1rem }
a { color: var(--link) }
mark { color: inherit; background: var(--mark); border-radius: .15em; padding: .1em 0;
  scroll-margin-block: 30vh }
mark.other { background: var(--other) }
"""
