"""Answers from the articles' metadata, in fixed words, each article cited by its first sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.qa.answers import Answer, ArticleRef, Citation
from bot.qa.retrieval.article_finder import articles_named, headers
from bot.qa.retrieval.query import named_period
from bot.qa.retrieval.search import publishers
from bot.qa.understanding.metadata import Kind, MetadataQuestion
from ingest.articles.article import Article
from ingest.index.index import Index
from ingest.text.plurals import counted
from ingest.text.sentences import sentence_spans
from ingest.text.stemming import GRAMMAR, stem
from ingest.text.tokens import question_words

LISTED = 8
_ALIKE = 3  # articles that a name may mean and that are all told of
_OFTEN = 2  # passages with a word from which on an article is about it though its title is not
_DEEP = 2_000  # passages looked at for one word of a topic


def answer_from_metadata(index: Index, question: str, asked: MetadataQuestion) -> Answer | None:
    """None where what is meant cannot be told: then the question is searched for like any other."""
    if asked.kind in ("author", "published", "publisher"):
        meant = articles_named(index, asked.about, outright=asked.outright)[:_ALIKE]
        return _answer(index, question, _told_of(asked, meant), meant) if meant else None
    found = _chosen(index, asked)
    if found is None:
        return None
    if asked.oldest:
        found = sorted(found, key=lambda one: one.published or "9")
    if asked.kind == "publishers":
        return _answer(index, question, *_by_publisher(found))
    return _answer(index, question, _list(question, asked, found), found[:LISTED])


def _chosen(index: Index, asked: MetadataQuestion) -> list[Article] | None:
    """The articles that are asked for, newest first; None where the publisher or the date is not understood."""
    found = list(headers(index))
    if asked.by:
        named = publishers(index).named(f"by {asked.by}")
        if named is None or len(named.words) < len(question_words(asked.by)) - 1:
            return None
        found = [one for one in found if one.id in named.articles]
    if asked.when:
        newest = next((one.published[:4] for one in found if one.published), "")
        period = named_period(f"in {asked.when}", date.today()) or named_period(
            f"in {asked.when} {newest}", date.today()
        )
        if period is None:
            return None
        that_day = [one for one in found if (one.published or "")[:10] == period.first]
        by_day = any(letter.isdigit() for letter in asked.when[:2] + asked.when[-8:-5])
        held = [one for one in found if period.holds(one.published)]
        found = that_day if that_day and by_day and len(held) else held
    if asked.about:
        found = _about(index, asked.about, found)
    return found


def _about(index: Index, topic: str, among: Sequence[Article]) -> list[Article]:
    """Those whose titles have the topic's words, then those that have them in several passages, most first."""
    words = [word for word in question_words(topic) if word not in GRAMMAR] or question_words(topic)
    counts = [Counter(hit.article_id for hit in index.search_words([word], _DEEP)) for word in words]
    stems = {stem(word) for word in words}
    titled = [one for one in among if stems <= {stem(word) for word in question_words(one.title)}]
    often = [
        one
        for one in among
        if one not in titled and counts and min(count[one.id] for count in counts) >= _OFTEN
    ]
    return titled + sorted(often, key=lambda one: -min(count[one.id] for count in counts))


def _told_of(asked: MetadataQuestion, articles: Sequence[Article]) -> str:
    return " ".join(
        f"“{one.title}” {_fact(asked.kind, one)} [{number}]." for number, one in enumerate(articles, 1)
    )


def _fact(kind: Kind, article: Article) -> str:
    match kind:
        case "author":
            return f"was written by {article.author}" if article.author else "names no author"
        case "published":
            return f"was published on {article.published[:10]}" if article.published else "bears no date"
    return f"was published by {article.source}" if article.source else "names no publisher"


def _list(question: str, asked: MetadataQuestion, found: Sequence[Article]) -> str:
    """One line that counts, then one for each article listed."""
    named = (("about", asked.about), ("by", asked.by), ("from", asked.when))
    which = " ".join(f"{word} {_as_typed(question, text)}" for word, text in named if text)
    verb = "is" if len(found) == 1 else "are"
    if not found:
        return ""
    count = " ".join(part for part in (f"There {verb} {counted(len(found), 'article')}", which) if part)
    order = "The oldest" if asked.oldest else "The newest"
    intro = f"{count}." if len(found) <= LISTED else f"{count}. {'The first' if asked.about else order}:"
    lines = (
        f"“{one.title}” ({', '.join(filter(None, (one.source, (one.published or 'undated')[:10])))}) [{number}]"
        for number, one in enumerate(found[:LISTED], 1)
    )
    return "\n".join([intro, *lines])


def _as_typed(question: str, text: str) -> str:
    place = question.lower().find(text)
    return question[place : place + len(text)] if place >= 0 else text


def _by_publisher(found: Sequence[Article]) -> tuple[str, list[Article]]:
    """How many publishers there are, those with the most articles first, each with its newest article."""
    counts = Counter(one.source for one in found if one.source)
    most = counts.most_common(LISTED)
    newest = [next(one for one in found if one.source == source) for source, _ in most]
    lines = (
        f"{source}: {counted(count, 'article')} [{number}]" for number, (source, count) in enumerate(most, 1)
    )
    return "\n".join(
        [f"There are {counted(len(counts), 'publisher')}. Most articles are by:", *lines]
    ), newest


def _answer(index: Index, question: str, text: str, articles: Sequence[Article]) -> Answer:
    whole = index.articles([one.id for one in articles])
    citations = tuple(_citation(number, whole[one.id]) for number, one in enumerate(articles, 1))
    return Answer(
        question, "answered" if text else "not_found", text, citations, "catalogue", index.generation, 0.0
    )


def _citation(number: int, article: Article) -> Citation:
    start, end = next(iter(sentence_spans(article.body)), (0, len(article.body)))
    return Citation(number, ArticleRef.of(article), article.body[start:end], start, end)
