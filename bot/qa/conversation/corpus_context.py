"""What the articles know of the words of a conversation, so that capitals need not tell alone what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.qa.answers import Turn
from bot.qa.retrieval.spelling import meant_word
from ingest.articles.article import Article
from ingest.index.index import Index
from ingest.text.names import is_common, names, words_of
from ingest.text.stemming import GRAMMAR, content_stems, stem
from ingest.text.tokens import question_words

FEW, OF_ALL = 10, 0.2  # passages, or share of them, that a subject's word stands in at the most
ASKED_OF = 80  # words of a conversation, the latest first, that the index is asked about
LOOKED_UP = 6  # words of a follow-up that are searched for
NEAR = 4  # passages read for each
READ = 20_000  # characters of each article spoken of


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the words of a follow-up and of the questions before it, each as it was typed, lower case."""

    rare: Mapping[str, str] = field(default_factory=dict)
    """Words that stand in few passages, each with its stem, slips of the fingers put right."""
    spoken_of: frozenset[str] = frozenset()
    """Stems of the articles that the last answer cited, and of the question it answered."""
    beside: frozenset[str] = frozenset()
    """Stems of the passages that the follow-up's new words were found in."""
    titles: tuple[frozenset[str], ...] = ()
    """Stems of the titles of those passages' articles."""
    named: Mapping[str, bool] = field(default_factory=dict)
    """Whether these texts mostly write a word as a name; without those that they lack."""

    def new(self, words: Collection[str]) -> list[str]:
        """Those of `words` that the articles know, and that nobody has spoken of yet."""
        return [word for word in words if word in self.rare and self.rare[word] not in self.spoken_of]

    def known_by_name(self, word: str) -> bool:
        """Whether a word that was typed without a capital is a name."""
        return word in self.rare and self.named.get(word, not is_common(word))

    def entitled(self, words: Collection[str]) -> bool:
        """Whether two of `words` stand in one title: together they name what an article is about."""
        stems = {self.rare.get(word, word) for word in words}
        return any(len(stems & title) > 1 for title in self.titles)


def surroundings(
    index: Index, question: str, history: Sequence[Turn], cited: Collection[Article]
) -> Surroundings:
    """Blocks for milliseconds. `cited` are the articles that the last answer rests on."""
    rare = dict(_rare(index, [question, *(turn.question for turn in reversed(history))]))
    bodies = [one.body[:READ] for one in cited]
    said = [*bodies, *(one.title for one in cited), *(turn.question for turn in history[-1:])]
    spoken_of = frozenset(word for text in said for word in content_stems(text))
    stems = dict.fromkeys(rare[word] for word in question_words(question) if word in rare)
    new = [word for word in stems if word not in spoken_of][:LOOKED_UP]
    hits = [hit for word in new for hit in index.search_words([word], NEAR)]
    texts = [passage.text for passage in index.passages({hit.passage_id for hit in hits}).values()]
    headers = index.headers({hit.article_id for hit in hits})
    titles = tuple(frozenset(content_stems(one.title)) for one in headers)
    beside = frozenset(word for text in texts for word in content_stems(text)).union(*titles)
    return Surroundings(rare, spoken_of, beside, titles, _named(rare, [*bodies, *texts]))


def _named(words: Mapping[str, str], texts: Sequence[str]) -> dict[str, bool]:
    """For each of `words`, with their stems, that `texts` hold, whether they write it as a name more often than not.

    Once tells little: headlines and the first words of sentences have capitals too.
    """
    asked = set(words.values())
    lines = [
        (line, [stem(word) for word, _, _ in words_of(line)]) for text in texts for line in text.splitlines()
    ]
    telling = [(line, stems) for line, stems in lines if not asked.isdisjoint(stems)]
    written = Counter(word for _, stems in telling for word in stems)
    as_names = Counter(stem(word) for line, _ in telling for name in names(line) for word in name.words)
    return {word: 2 * as_names[root] > written[root] for word, root in words.items() if written[root]}


def _rare(index: Index, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words of `texts` that few passages have, as typed, each with the stem they have it by."""
    most = max(FEW, OF_ALL * index.size)
    words = dict.fromkeys(word for text in texts for word in question_words(text) if word not in GRAMMAR)
    for word, count in index.frequencies(list(words)[:ASKED_OF]).items():
        if 0 < count <= most:
            yield word, stem(word)
        elif not count and (meant := meant_word(word, False, index.words_starting)) is not None:
            yield word, stem(meant)
