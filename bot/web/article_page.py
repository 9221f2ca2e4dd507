"""An article as a web page with the quoted words marked (pure: plain text in, HTML out).

The body is text and is escaped as text: no HTML of an article ever reaches the page.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from urllib.parse import urlsplit

from babel.dates import format_date

from bot.web.body_blocks import Mark, body_blocks
from ingest.articles.article import Article

LONGEST_PAGE = 500_000
"""Characters of an article on one page: a book of three hundred pages."""
MOST_LINES = 20_000
_NEAR = 100_000  # characters on each side of a quote's place that are looked through for its words


def article_page(
    article: Article, marks: Sequence[Mark] = (), notice: str = "", question: str = "", back: str = ""
) -> str:
    """The whole page. Marks may overlap and may run over paragraphs; those outside the body are ignored.

    `question` is what was asked, `back` the address in Discord where it was.
    """
    title = escape(article.title)
    facts = (escape(article.source or ""), escape(article.author or ""), date_html(article.published))
    about = " · ".join(part for part in facts if part)
    original = f'<p class="original">{link}</p>' if (link := original_html(article.url)) else ""
    return document(
        article.title,
        f'<main>{_asked(question, back)}<header><h1 dir="auto">{title}</h1><p class="about" dir="auto">{about}</p>'
        f"{original}</header>{_legend(article.body, marks)}"
        + (f'<p class="notice" role="note">{escape(notice)}</p>' if notice else "")
        + f"\n<article>{''.join(body_blocks(article.body, marks))}</article></main>",
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
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css">'
        f'<link rel="icon" href="/favicon.svg"></head>\n<body>{body}</body></html>\n'
    )


def _asked(question: str, back: str) -> str:
    if not question:
        return ""
    link = f'<a href="{escape(back)}">← Back to Discord</a>' if back else ""
    return f'<nav class="asked">{link}<p dir="auto"><span>You asked</span> {escape(question)}</p></nav>'


def _legend(body: str, marks: Sequence[Mark]) -> str:
    """What the two colours mean, where both are there, and a jump to each quote."""
    inside = sorted({mark.start for mark in marks if 0 <= mark.start < mark.end <= len(body)})
    if not inside:
        return ""
    meant = "<mark>the words you came for</mark>"
    if not all(mark.main for mark in marks):
        meant += ' <mark class="other">also quoted in the answer</mark>'
    jumps = (
        "".join(f'<a href="#quote-{n}">{n}</a>' for n in range(1, len(inside) + 1)) if len(inside) > 1 else ""
    )
    return f'<p class="legend">{meant}{f" · jump to {jumps}" if jumps else ""}</p>'


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


def date_html(published: str | None) -> str:
    """ "November 20, 2019"; what is no date stays as it is."""
    if not published:
        return ""
    day = published[:10]
    try:
        words = format_date(date.fromisoformat(day), format="long", locale="en")
    except ValueError:
        words = day
    return f'<time datetime="{escape(day)}">{escape(words)}</time>'


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
    host = escape(parts.hostname.removeprefix("www."))
    return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">Read at {host} →</a>'


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
.asked { font: .95rem/1.5 system-ui, sans-serif; margin: 0 0 1.5rem; padding: .75rem 1rem;
  border: 1px solid var(--line); border-radius: .5rem }
.asked p { margin: .25rem 0 0; font-weight: 600 }
.asked span { color: var(--faint); font-weight: 400 }
.original { font: .95rem/1.5 system-ui, sans-serif; margin: .5rem 0 0 }
.legend { font: .85rem/1.8 system-ui, sans-serif; color: var(--faint); margin: 0 0 1.5rem }
.legend mark { color: var(--ink) }
.legend a { display: inline-block; padding: 0 .5em; margin-inline-start: .25em; border: 1px solid var(--line);
  border-radius: .4em; text-decoration: none }
.scroll { overflow-x: auto; margin: 0 0 1.1rem }
table { border-collapse: collapse; font: .9rem/1.4 system-ui, sans-serif; overflow-wrap: normal }
td { border: 1px solid var(--line); padding: .35rem .6rem; vertical-align: top }
h2 { font-size: 1.15rem; line-height: 1.35; margin: 1.75rem 0 .6rem }
.notice { border-inline-start: 4px solid var(--mark); padding: .5rem .9rem; margin: 0 0 1.5rem;
  font: .95rem/1.5 system-ui, sans-serif }
p { margin: 0 0 1.1rem }
a { color: var(--link) }
mark { color: inherit; background: var(--mark); border-radius: .15em; padding: .1em 0;
  scroll-margin-block: 30vh }
mark.other { background: var(--other) }
"""

FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b57a4"/>'
    '<path d="M8 21c0-6 2-10 7-11v3c-2 .6-3 2-3 4h3v6H8zm10 0c0-6 2-10 7-11v3c-2 .6-3 2-3 4h3v6h-7z" '
    'fill="#ffd54d"/></svg>'
)
