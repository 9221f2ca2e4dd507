"""Answers, searches and articles as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_timedelta
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.qa.answers import Answer, ArticleRef, Citation, Evidence
from ingest.articles.article import Article

_SHOWN = 240  # characters of a passage in a list of results


def show_answer(console: Console, answer: Answer) -> None:
    if answer.outcome == "not_found":
        console.print(_plain("The articles do not answer that."))
        if answer.nearest:
            console.print(_plain("Nearest to it:"))
            for article in answer.nearest:
                console.print(_plain(f"  · {_named(article)}"))
        for note in answer.notes:
            console.print(_plain(note, "dim"))
        return
    if answer.doubtful:
        console.print(_plain("No article says this outright. The nearest is:", "italic"))
    console.print(_with_answer_bold(answer))
    console.print()
    for article, citations in _by_article(answer.citations):
        _show_source(console, article, citations)
    for note in answer.notes:
        console.print(_plain(note, "dim"))
    console.print(_plain(f"{_generator(answer)} · {answer.seconds:.2f} s", "dim"))


def show_results(console: Console, evidence: Sequence[Evidence]) -> None:
    if not evidence:
        console.print("Nothing matches.")
    for rank, result in enumerate(evidence, 1):
        console.print(_plain(f"{rank:>2}  {_named(ArticleRef.of(result.article))}", "bold"))
        text = " ".join(result.passage.text.split())
        console.print(
            Padding(
                _plain(text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]} …"), (0, 0, 1, 4)
            )
        )


def show_article(console: Console, article: Article) -> None:
    console.print(_plain(article.title, "bold"))
    facts = (article.source, article.author, article.published, article.url, article.id)
    console.print(_plain(" · ".join(fact for fact in facts if fact), "dim"))
    console.print()
    console.print(_plain(article.body))


def _with_answer_bold(answer: Answer) -> Text:
    shown, last = Text(), 0
    for start, end in answer.answer_spans():
        if start >= last:
            shown += _plain(answer.text[last:start]) + _plain(answer.text[start:end], "bold")
            last = end
    return shown + _plain(answer.text[last:])


def _by_article(citations: Sequence[Citation]) -> list[tuple[ArticleRef, list[Citation]]]:
    """The citations gathered under their articles, in the order of their first marks."""
    gathered: dict[str, list[Citation]] = {}
    for citation in citations:
        gathered.setdefault(citation.article.article_id, []).append(citation)
    return [(found[0].article, found) for found in gathered.values()]


def _show_source(console: Console, article: ArticleRef, citations: Sequence[Citation]) -> None:
    console.print(_plain(_named(article), "bold"))
    if article.url:
        console.print(_plain(article.url, "dim"), soft_wrap=True)
    for citation in citations:
        quote = " ".join(citation.quote.split())
        console.print(Padding(_plain(f"[{citation.number}] “{quote}”", "italic"), (0, 0, 0, 4)))


def _named(article: ArticleRef) -> str:
    day = f"{article.published[:10]}{_age(article.published)}" if article.published else None
    return ", ".join(fact for fact in (article.title, article.source, day) if fact)


def _age(published: str) -> str:
    """How long ago, in round words: " (10 years ago)"; nothing where the date is no day."""
    try:
        days = (date.today() - date.fromisoformat(published[:10])).days
    except ValueError:
        return ""
    return f" ({format_timedelta(timedelta(days=-days), add_direction=True, locale='en')})"


def _generator(answer: Answer) -> str:
    if answer.generator == "quoting":
        return "Sentences quoted from the articles; no model was asked"
    return f"Written by {answer.generator.partition(':')[2] or answer.generator}, every quote checked"


def _plain(text: str, style: str = "") -> Text:
    """Text from an article or a model, in which neither markup nor a terminal's control codes take effect."""
    readable = "".join(letter if letter in "\n\t" or letter.isprintable() else "\ufffd" for letter in text)
    return Text(readable, style=style)
