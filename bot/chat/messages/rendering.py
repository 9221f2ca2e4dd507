"""From an answer to pages that fit into Discord's messages (pure: text in, text out)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from bot.chat.messages.language import Words, words_in
from bot.chat.messages.markup import length, masked_link, one_line, plain, split_text, web_url, with_marks
from bot.qa.answers import Answer, ArticleRef, Citation
from bot.qa.excerpts import bare_words, by_article, told_text
from bot.qa.phrases import NO_QUESTION
from bot.qa.understanding.languages import other_language
from bot.web.quote_links import Links

TEXT_LIMIT = 3_900
"""Characters of text in one message: Discord's 4,000 over all its components, less a margin."""

SentenceState = Literal["proven", "being checked", "struck"]
_MARKED = {"proven": "{}", "being checked": "{} ⏳", "struck": "~~{}~~"}

_QUOTE, _TITLE, _PUBLISHER, _HEADING = 320, 150, 80, 250
_NEAREST = 2


@dataclass(frozen=True, slots=True)
class Page:
    """What one message holds: the answer's text, and below a line the sources; either may be empty."""

    text: str
    sources: str = ""

    def length(self) -> int:
        return length(self.text) + length(self.sources)


def answer_pages(
    answer: Answer,
    words: Words,
    *,
    heading: str = "",
    links: Mapping[int, Links] | None = None,
    remarks: Sequence[str] = (),
) -> list[Page]:
    """The answer, its notes, and its sources; `heading` is the question where the channel does not show it.

    `links` is by the citation's place in `answer.citations`. `remarks` are the bot's own words, already safe.
    """
    head = f"### {plain(one_line(heading, _HEADING))}\n" if heading else ""
    notes = [plain(one_line(_translated(note, words), 300)) for note in answer.notes]
    if answer.generator == "quoting" and answer.outcome == "answered" and not notes:
        notes = [words("The articles' own sentences, picked without a language model.")]
    small = "".join(f"\n-# {line}" for line in [*notes, *remarks])
    if answer.outcome == "not_found":
        return [Page(_fit(head + _not_found(answer, words) + small))]
    numbers = frozenset(citation.number for citation in answer.citations)
    if answer.generator == "catalogue":
        answer = replace(answer, text=told_text(answer))
    body = with_marks(_with_answer_bold(answer), numbers)
    if answer.doubtful:
        head += f"*{words('No article says this outright. The nearest is:')}*{_in_its_language(answer.question)}\n"
    texts = split_text(body, TEXT_LIMIT - length(head) - length(small))
    texts[0] = head + texts[0]
    texts[-1] += small
    return _with_sources(texts, source_texts(answer, words, links or {}))


def source_texts(answer: Answer, words: Words, links: Mapping[int, Links]) -> list[str]:
    """For each article, in the order of the first marks, its marks, its title as a link and what is known of it;
    behind it, one by one, its quotes, but for those that are the answer's own words and so stand above already.
    """
    said = bare_words(answer.text)
    texts = []
    for _article, citations in by_article(answer.citations):
        place = answer.citations.index(citations[0])
        texts.append(_source(citations, words, links.get(place, Links())))
        if answer.generator == "catalogue":
            continue  # its marks stand for the articles, not for words of theirs
        for one in citations:
            if bare_words(one.quote) not in said:
                mark = f"**\\[{one.number}\\]** " if len(citations) > 1 else ""
                texts.append(f"> {mark}{plain(one_line(one.quote, _QUOTE))}")
    return texts


def progress_text(stage: str, passages: int, sentences: Mapping[str, SentenceState], words: Words) -> str:
    """What is shown meanwhile: the sentences that have passed their check by code, and how far it is.

    What a second look has yet to confirm carries an hourglass, and what it refuted is struck out.
    """
    status = {
        "searching": words("Searching the articles…"),
        "reading": words.plural("Reading {n} passage…", "Reading {n} passages…", passages),
        "writing": words("Writing…"),
        "checking": words("Checking every quote…"),
        "second_look": words("Being checked once more…"),
    }[stage]
    if not sentences:
        return f"-# {status}"
    shown = " ".join(_MARKED[state].format(plain(text)) for text, state in sentences.items())
    text = split_text(shown, TEXT_LIMIT - 100)[0]
    return f"{text}\n-# {status}"


def article_line(article: ArticleRef, words: Words, link: str | None = None) -> str:
    """An article in one line: its title (linked where it can be), its publisher, its date."""
    return " · ".join([article_title(article, link or web_url(article.url)), *_about(article, words)])


def _source(citations: Sequence[Citation], words: Words, links: Links) -> str:
    article = citations[0].article
    marks = "".join(f"\\[{one.number}\\]" for one in citations)
    lines = [f"**{marks}** {article_title(article, web_url(links.web) or web_url(links.reader))}"]
    about = _about(article, words)
    if links.reader and links.reader != links.web:
        about.append(masked_link(words("read it here"), links.reader))
    if about:
        lines.append(f"-# {' · '.join(about)}")
    return "\n".join(lines)


def article_title(article: ArticleRef, url: str | None) -> str:
    title = one_line(article.title, _TITLE)
    return f"**{masked_link(title, url) if url else plain(title)}**"


def _about(article: ArticleRef, words: Words) -> list[str]:
    about = [plain(one_line(article.source, _PUBLISHER))] if article.source else []
    return [*about, *_dated(article, words)]


def _dated(article: ArticleRef, words: Words) -> list[str]:
    """When it was published, and its age, which Discord writes in the reader's own language and keeps true."""
    if not (date := words.date(article.published)):
        return []
    with suppress(ValueError, OverflowError):
        day = datetime.fromisoformat(article.published or "").replace(tzinfo=UTC)
        return [f"{plain(date)} (<t:{int(day.timestamp())}:R>)"]
    return [plain(date)]


def _with_sources(texts: Sequence[str], sources: Sequence[str]) -> list[Page]:
    """Text first; the sources start on the last page of text and go on over as many pages as they need."""
    pages = [Page(text) for text in texts]
    for source in sources:
        last = pages[-1]
        joined = f"{last.sources}\n{source}" if last.sources else source
        if length(last.text) + length(joined) > TEXT_LIMIT:
            pages.append(Page("", source))
        else:
            pages[-1] = Page(last.text, joined)
    return pages


def _translated(note: str, words: Words) -> str:
    """A text of bot/qa/phrases.py; two of them end with names of articles or words of the question."""
    opening, _, rest = note.removesuffix(".").partition(": ")
    if day := re.match(r"As of (\d{4}-\d\d-\d\d): ", note):
        return words(note.replace(day[1], "{date}", 1), date=words.date(day[1]))
    if rest and opening == "The articles differ here":
        return words("The articles differ here: {sources}.", sources=rest)
    if rest and opening == "The articles do not cover":
        return words("The articles do not cover: {parts}.", parts=rest)
    return words(note)


def _with_answer_bold(answer: Answer) -> str:
    """The text, escaped, with the words that are the answer in bold."""
    parts, last = [], 0
    for start, end in answer.answer_spans():
        if start >= last:
            parts += [plain(answer.text[last:start]), f"**{plain(answer.text[start:end])}**"]
            last = end
    return "".join([*parts, plain(answer.text[last:])])


def _not_found(answer: Answer, words: Words) -> str:
    if answer.notes == (NO_QUESTION,):
        return ""
    text = words("No article here answers that.") + _in_its_language(answer.question)
    if not answer.nearest:
        return text
    lines = [f"- {article_line(article, words)}" for article in answer.nearest[:_NEAREST]]
    return "\n".join([text, words("The nearest articles:"), *lines])


def _in_its_language(question: str) -> str:
    """Another line for a question in another language, in that language, whatever that of the asker's Discord is."""
    language = other_language(question)
    if language is None:
        return ""
    its_words = words_in(language)
    return "\n" + its_words("I understand questions in English best. Please try it in English.")


def _fit(text: str) -> str:
    return text if length(text) <= TEXT_LIMIT else split_text(text, TEXT_LIMIT)[0]
