"""Answers, searches and articles as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from babel.dates import format_timedelta
from rich.console import Console
from rich.text import Text

from bot.qa.answers import Answer, ArticleRef, Evidence
from bot.qa.excerpts import bare_words, by_article, context, told_text
from bot.qa.phrases import NO_QUESTION
from ingest.articles.article import Article

_NEAREST = 2
_YEAR = 365
_SHOWN = 240  # characters of a passage in a list of results


def show_answer(console: Console, answer: Answer) -> None:
    if answer.outcome == "not_found":
        _show_not_found(console, answer)
        return
    if answer.doubtful:
        _print(console, _plain("No article says this outright. The nearest is:", "italic"))
    told = replace(answer, text=told_text(answer)) if answer.generator == "catalogue" else answer
    _print(console, _with_answer_bold(told))
    console.print()
    said = bare_words(answer.text)
    for article, citations in by_article(answer.citations):
        marks = "".join(f"[{one.number}]" for one in citations)
        _print(console, _plain(f"{marks} ") + _linked(console, _named(article), article.url))
        if article.url and not console.is_terminal:
            _print(console, _plain(f"    {article.url}"))
        for citation in citations if answer.generator != "catalogue" else ():
            if bare_words(citation.quote) not in said:
                quote = " ".join(citation.quote.split())
                _print(console, _plain(f"[{citation.number}] {_in_quotes(quote)}", "italic"), indent=4)
    for note in answer.notes:
        _print(console, _plain(note, "dim"))
    _print(console, _plain(f"{written_by(answer)} · {answer.seconds:.2f} s", "dim"))


def show_passages(console: Console, answer: Answer, articles: Mapping[str, Article]) -> None:
    """The quotes of an answer in their context."""
    for citation in answer.citations:
        body = articles[citation.article.article_id].body
        before, after = context(body, citation.start, citation.end)
        _print(
            console,
            _plain(f"[{citation.number}] ")
            + _linked(console, _named(citation.article), citation.article.url),
        )
        quote = body[citation.start : citation.end]
        _print(console, _plain(before, "dim") + _plain(quote, "bold") + _plain(after, "dim"), indent=4)


def _show_not_found(console: Console, answer: Answer) -> None:
    if answer.notes != (NO_QUESTION,):
        _print(console, _plain("No article here answers that."))
    if answer.nearest:
        _print(console, _plain("Nearest to it:"))
        for article in answer.nearest[:_NEAREST]:
            _print(console, _plain("  · ") + _linked(console, _named(article), article.url))
    for note in answer.notes:
        _print(console, _plain(note, "dim"))


def show_results(console: Console, evidence: Sequence[Evidence]) -> None:
    if not evidence:
        console.print("Nothing matches.")
    for rank, result in enumerate(evidence, 1):
        article = ArticleRef.of(result.article)
        _print(console, _plain(f"{rank:>2}  ") + _linked(console, _named(article), article.url))
        text = " ".join(result.passage.text.split())
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]} …"
        _print(console, _plain(shown), indent=4)
        console.print()


def show_article(console: Console, article: Article) -> None:
    _print(console, _linked(console, article.title, article.url))
    facts = (article.source, article.author, article.published, article.url, article.id)
    _print(console, _plain(" · ".join(fact for fact in facts if fact), "dim"))
    console.print()
    _print(console, _plain(article.body))


def say(console: Console, text: str, style: str = "") -> None:
    _print(console, _plain(text, style))


def _print(console: Console, text: Text, indent: int = 0) -> None:
    """Wrapped at words to the terminal's width, without blanks at the ends of lines; in one line where nobody looks."""
    if not console.is_terminal:
        console.print(Text(" " * indent) + text, soft_wrap=True)
        return
    for line in text.wrap(console, max(20, console.width - indent)):
        line.rstrip()
        console.print(Text(" " * indent) + line, soft_wrap=True)


def _linked(console: Console, label: str, url: str | None) -> Text:
    """Bold, and on a terminal a hyperlink (OSC 8); elsewhere the address is written out."""
    text = _plain(label, "bold")
    if url and console.is_terminal and urlsplit(url).scheme in ("http", "https") and url.isprintable():
        text.stylize(f"link {url}")
    return text


def _in_quotes(quote: str) -> str:
    """In quotation marks, unless it brings its own."""
    return quote if quote[:1] in '"“„' and quote[-1:] in '"”“' else f"“{quote}”"


def _with_answer_bold(answer: Answer) -> Text:
    shown, last = Text(), 0
    for start, end in answer.answer_spans():
        if start >= last:
            shown += _plain(answer.text[last:start]) + _plain(answer.text[start:end], "bold")
            last = end
    return shown + _plain(answer.text[last:])


def _named(article: ArticleRef) -> str:
    day = f"{article.published[:10]}{_age(article.published)}" if article.published else None
    return ", ".join(fact for fact in (article.title, article.source, day) if fact)


def _age(published: str) -> str:
    """How long ago, in round words: " (10 years ago)"; nothing where the date is no day."""
    try:
        days = (date.today() - date.fromisoformat(published[:10])).days
    except ValueError:
        return ""
    days -= (
        days % _YEAR if days > _YEAR else 0
    )  # ten years and nine months are ten years, and not about eleven
    return f" ({format_timedelta(timedelta(days=-days), add_direction=True, locale='en')})"


def written_by(answer: Answer) -> str:
    """Whose words the answer is in."""
    if answer.generator == "catalogue":
        return "From what is known of the articles; nothing was searched"
    if answer.generator in ("quoting", "statements", "timeline"):
        return "Sentences quoted from the articles; no model was asked"
    return f"Written by {answer.generator.partition(':')[2] or answer.generator}, every quote checked"


def _plain(text: str, style: str = "") -> Text:
    """Text from an article or a model, in which neither markup nor a terminal's control codes take effect."""
    readable = "".join(letter if letter in "\n\t" or letter.isprintable() else "\ufffd" for letter in text)
    return Text(readable, style=style)
