"""An article as a web page with the quoted words marked (pure: plain text in, HTML out).

The body is text and is escaped as text: no HTML of an article ever reaches the page.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from ingest.articles.article import Article


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
    date = _date(article.published)
    original = _original(article.url)
    notice_ = f'<p class="notice" role="note">{escape(notice)}</p>' if notice else ""
    return (
        "<!doctype html>\n"
        '<html lang="und"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex, nofollow"><meta name="color-scheme" content="light dark">'
        f'<title>{title}</title><link rel="stylesheet" href="/style.css"></head>\n'
        f'<body><main><header><h1 dir="auto">{title}</h1>'
        f'<p class="about" dir="auto">{" · ".join(part for part in (about, date, original) if part)}</p>'
        f"</header>{notice_}\n"
        f"<article>{''.join(_paragraphs(article.body, marks))}</article></main></body></html>\n"
    )


def message_page(title: str, text: str) -> str:
    """A page that says something in place of an article."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css"></head>\n'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p></main></body></html>\n"
    )


def find_quote(body: str, quote: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the quote stands now: at its place, else at the nearest place that has the same words."""
    if body[start:end] == quote:
        return start, end
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    places = [match.span() for match in re.finditer(pattern, body)] if pattern else []
    return min(places, key=lambda place: abs(place[0] - start), default=None)


def _paragraphs(body: str, marks: Sequence[Mark]) -> Iterator[str]:
    """Each line of the body as a paragraph, cut where a mark begins or ends."""
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(body)]
    main_pending = True
    for line in re.finditer(r"[^\n]+", body):
        first, last = line.span()
        if not line.group().strip():
            continue
        cuts = {first, last}
        for mark in inside:
            cuts |= {place for place in (mark.start, mark.end) if first < place < last}
        edges = sorted(cuts)
        parts = []
        for start, end in itertools.pairwise(edges):
            text = escape(body[start:end])
            over = [mark for mark in inside if mark.start <= start and end <= mark.end]
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


def _date(published: str | None) -> str:
    if not published:
        return ""
    day = escape(published[:10])
    return f'<time datetime="{day}">{day}</time>'


def _original(url: str | None) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{escape(parts.hostname)}</a>'


STYLE = """\
:root { color-scheme: light dark; --ink: #1c1c1e; --paper: #fbfaf8; --faint: #5f6068;
  --mark: #ffd54d; --other: #fff0bd; --line: #dedcd6; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e4df; --paper: #17181b; --faint: #a3a4ab;
  --mark: #8a6a00; --other: #41381c; --line: #33353b; --link: #8ab8f0; } }
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
