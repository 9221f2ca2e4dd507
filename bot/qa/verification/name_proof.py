"""The names of a sentence, looked for around its quotes and resolved inside the article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.qa.verification.displaced import takes_anothers_place
from bot.qa.verification.sources import Sources
from ingest.articles.publishers import names_outlet
from ingest.text.names import Name, names

_GERMAN = re.compile(
    r"\b(?:der|die|das|den|dem|des|und|ist|sind|war|werden|wird|mit|für|auf|bei|zur|zum|über|nicht|ein|eine|einen|"
    r"einer|als|auch|nach|von|vom|im|mehr|laut|dazu|kommen|hat|haben)\b"
)


def unfounded_names(sentence: str, sources: Sources) -> Iterator[str]:
    """The words of names that nothing around the quotes of `sentence` has, and the article does not resolve."""
    nouns = _capitalises_nouns(sentence)
    for name in names(sentence):
        if nouns and len([word for word in name.words if not _GERMAN.fullmatch(word)]) < 2:
            continue  # every noun has a capital in German, so one word alone is no name
        number = re.match(r"\s?(\d+)\b", sentence[name.end :])
        if number and names_outlet((*name.words, number[1]), sources.outlets):
            continue
        for part in _without_outlets(name, sources):
            missing = _missing(part, sources)
            if (
                not missing
                and not nouns
                and sources.near.missing(part)
                and takes_anothers_place(part, sentence, sources)
            ):
                missing = list(part.words)
            if missing:
                yield " ".join(missing)


def _capitalises_nouns(sentence: str) -> bool:
    return len(_GERMAN.findall(sentence)) >= 2


def _missing(name: Name, sources: Sources) -> list[str]:
    """The words of `name` that nothing around the quotes has, nor the article where it resolves them."""
    if not sources.near.missing(name) and sources.near.together(name):
        return []
    missing = sources.context.missing(name)
    if len(name.words) == 1 and sources.near.abbreviate(name.words[0]) and _spelled_out(name, sources):
        return []  # "VW", where the article has "Volkswagen" too
    if not missing:
        return [] if sources.context.together(name) or _spelled_out(name, sources) else list(name.words)
    # a surname, or a part of a longer name, around the quotes; the article has the whole of it
    if len(missing) < len(name.words) and _spelled_out(name, sources):
        return []
    return missing


def _spelled_out(name: Name, sources: Sources) -> bool:
    """Whether the article has the words of `name` side by side."""
    words = [re.escape(word) for word in name.words]
    return sources.in_article(r"\b" + r"\W{1,3}".join(words) + r"\b")


def _without_outlets(name: Name, sources: Sources) -> list[Name]:
    """`name`, less the run of its words that is the outlet's name: "Fox News' John Smith" leaves John Smith."""
    size = len(name.words)
    for length in range(size, 0, -1):
        for start in range(size - length + 1):
            end = start + length
            if names_outlet(name.words[start:end], sources.outlets):
                rest = [(0, start), (end, size)]
                return [
                    Name(name.words[a:b], name.spans[a:b], name.opens and a == 0) for a, b in rest if a < b
                ]
    return [name]
