"""The page for people without Discord (pure: answers in, HTML out). Foreign text is escaped as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote as percent_encode

from bot.cli.terminal import written_by
from bot.qa.answers import Answer, ArticleRef, Citation
from bot.qa.sanitising import MAX_QUESTION
from bot.web.article_page import STYLE, date_html, document, original_html

TITLE = "Ask the articles"
_MARK = re.compile(r"\[(\d{1,3})\]")


def question_page(
    about: str, newest: Sequence[ArticleRef] = (), *, question: str = "", problem: str = ""
) -> str:
    """The question alone; `about` says what can be asked, `problem` why there is no answer."""
    notice = f'<p class="notice" role="alert">{escape(problem)}</p>' if problem else ""
    listed = f"<section><h2>The newest articles</h2><ul>{_titles(newest)}</ul></section>" if newest else ""
    return _page(TITLE, f"{_header(about)}{notice}{_form(question)}{listed}")


def answer_page(about: str, answer: Answer, key: str) -> str:
    """The answer with its quotes beside it, and a question that follows."""
    heading = f'<h2 id="asked" dir="auto">{escape(answer.question)}</h2>'
    text = _not_found(answer) if answer.outcome == "not_found" else _found(answer, key)
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in answer.notes)
    follow = _form("", label="Ask on, or ask something else", follows=key)
    return _page(
        f"{answer.question} · {TITLE}",
        f'{_header(about)}<section aria-labelledby="asked">{heading}{text}{notes}</section>{follow}',
    )


def sign_in_page(path: str, problem: str = "") -> str:
    """Asks for a token; `path` is where the browser goes with it."""
    notice = f'<p class="notice" role="alert">{escape(problem)}</p>' if problem else ""
    return _page(
        f"Sign in · {TITLE}",
        f'<header><h1>{TITLE}</h1></header>{notice}<form method="post" action="/sign-in">'
        '<label for="token">Your token</label><div class="row">'
        '<input id="token" name="token" type="password" autocomplete="current-password" required maxlength="200">'
        f'<input type="hidden" name="path" value="{escape(path)}"><button>Sign in</button></div>'
        '<p class="note">Whoever runs this server gives tokens out. It is kept in a cookie for 30 days.</p></form>',
    )


def _page(title: str, main: str) -> str:
    return document(title, f'<main class="desk">{main}</main>')


def _header(about: str) -> str:
    return f'<header><h1><a href="/">{TITLE}</a></h1><p class="about">{escape(about)}</p></header>'


def _form(question: str, label: str = "Your question", follows: str = "") -> str:
    hidden = f'<input type="hidden" name="follows" value="{escape(follows)}">' if follows else ""
    focus = "" if follows else " autofocus"
    return (
        f'<form method="post" action="/"><label for="question">{label}</label><div class="row">'
        f'<input id="question" name="question" type="text" value="{escape(question)}" dir="auto" autocomplete="off" '
        f'enterkeyhint="send" maxlength="{MAX_QUESTION}" required{focus}>{hidden}<button>Ask</button></div></form>'
    )


def _found(answer: Answer, key: str) -> str:
    doubt = '<p class="note">No article says this outright. The nearest is:</p>' if answer.doubtful else ""
    quotes = "".join(_quote(one, key, place) for place, one in enumerate(answer.citations))
    return (
        f'<div class="both"><div>{doubt}<p class="answer" dir="auto">{_marked(answer)}</p>'
        f'<p class="note">{escape(written_by(answer))} · {answer.seconds:.1f} s</p></div>'
        f'<ol class="quotes" aria-label="Quotes">{quotes}</ol></div>'
    )


def _quote(citation: Citation, key: str, place: int) -> str:
    article, number = citation.article, citation.number
    words = escape(citation.quote)
    if citation.answer_span is not None:
        start, end = citation.answer_span
        quote = citation.quote
        words = f"{escape(quote[:start])}<strong>{escape(quote[start:end])}</strong>{escape(quote[end:])}"
    about = _joined(escape(article.source or ""), date_html(article.published), original_html(article.url))
    return (
        f'<li id="quote-{number}" tabindex="-1"><figure><blockquote dir="auto">{words}</blockquote>'
        f'<figcaption><span class="number">{number}</span> '
        f'<a href="/answers/{percent_encode(key, safe="")}/{place}#quote" dir="auto">{escape(article.title)}</a>'
        f'<span class="about">{about}</span></figcaption></figure></li>'
    )


def _marked(answer: Answer) -> str:
    """The text with its answer in bold, and its marks as links to the quotes."""
    html, last = "", 0
    numbers = {citation.number for citation in answer.citations}
    for start, end in answer.answer_spans():
        if start >= last:
            html += _with_links(answer.text[last:start], numbers)
            html += f"<strong>{_with_links(answer.text[start:end], numbers)}</strong>"
            last = end
    return html + _with_links(answer.text[last:], numbers)


def _with_links(text: str, numbers: set[int]) -> str:
    def link(match: re.Match[str]) -> str:
        number = int(match[1])
        if number not in numbers:
            return match[0]
        return f'<a class="mark" href="#quote-{number}" aria-label="Quote {number}">{number}</a>'

    return _MARK.sub(link, escape(text))


def _not_found(answer: Answer) -> str:
    nearest = f"<p>Nearest to it:</p><ul>{_titles(answer.nearest)}</ul>" if answer.nearest else ""
    return f'<p class="answer">The articles do not answer that.</p>{nearest}'


def _titles(articles: Sequence[ArticleRef]) -> str:
    return "".join(
        f'<li><a href="/read/{percent_encode(one.article_id, safe="")}" dir="auto">{escape(one.title)}</a>'
        f'<span class="about">{_joined(escape(one.source or ""), date_html(one.published))}</span></li>'
        for one in articles
    )


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


PAGE_STYLE = STYLE + Path(__file__).with_name("page.css").read_text("utf-8")
