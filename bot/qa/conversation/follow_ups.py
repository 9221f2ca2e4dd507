"""Follow-ups: a question that leans on the one before it, made to stand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.qa.answers import Turn
from bot.qa.conversation.corpus_context import Surroundings
from bot.qa.sanitising import plain_sentence
from ingest.text.names import KnownNames, is_common, names, places_in, words_of
from ingest.text.stemming import content_stems, stem
from ingest.text.tokens import question_words
from ingest.text.wording import wording

MOST_CARRIED = 4
"""Names taken over from earlier turns; more would search for the old question again."""
MOST_TOPIC = 6
"""Other words of the last question that go along."""
WITH_ONE = 1
"""Names that go along with a person's own: enough to keep to the article, too few to ask for its other matters."""

_FILLERS = r"(?:and|but|so|also|then|ok|okay|or|plus)\b"
_LEANING = re.compile(
    rf"^\W*{_FILLERS}|^\W*(?:what|how) about\b|^\W*(?:why|when|where|how|who|which|"
    r"really|how so|since when|says who|how (?:many|much|long|come)|why not|who else|what else|anything else)\W*$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|himself|herself|themselves|this|these|those|"
    r"the (?:same|former|latter|other|others|first|second|two)|"
    r"there|then|that(?!\s+\w+\s+(?:is|was|are|were|has|had)))\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"\b(?:it|this|that|them|these|those|there)\W*$", re.IGNORECASE)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|are|were|isn['’]t) (?:there|it)\b|\bthere (?:is|was|are|were)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself)\b", re.IGNORECASE)
# "who scored? – when did he?" asks about the one in the answer, "who is Messi? – when did he?" about the one asked for
_WHO = re.compile(r"\W*who(?!\s+(?:is|was|are|were)\b)", re.IGNORECASE)
_FILLED = re.compile(rf"^(?:\W*{_FILLERS})+\W*", re.IGNORECASE)
_LEAD = re.compile(rf"^(?:\W*(?:{_FILLERS}|(?:what|how) about\b))*\W*", re.IGNORECASE)
_PLACED = re.compile(
    r"(?:about|after|against|at|before|by|during|for|from|in|on|since|than|to|under|until|with|without)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|"
    r"would|should|may|might|must)\b",
    re.IGNORECASE,
)


def leans(question: str) -> bool:
    """Whether a question cannot be understood without the one before it."""
    if _LEANING.search(question) or _TRAILING.search(question):
        return True
    pronoun = _pronoun(question)
    if named := names(question):
        # "What did Messi say of his goal?" stands alone: the pronoun has its name before it
        return pronoun is not None and pronoun < named[0].start
    return pronoun is not None or len(_content(question)) <= 1


def stand_alone(
    question: str, history: Sequence[Turn], titles: Sequence[str] = (), around: Surroundings | None = None
) -> str:
    """`question` with what it leans on written behind it; unchanged where it stands alone. No model is asked.

    What is carried over: the names of the last question that had any, then those of the articles cited in its answer
    (`titles`, where the caller knows them), or, without any, of the answer itself. A question without names lends its
    own words. Where the articles show (`around`) that a follow-up names a subject of its own, the old one stays behind.
    """
    if not history or not leans(question):
        return question
    around = around or Surroundings()
    last = _last_named(history, around)
    asked = _subjects_of(last.question, around)
    if changes_subject(question, last.question, around):
        # "And Ronaldo?" asks of him what was asked of Messi, as far as the articles have it of him
        old = {word for title in titles for word in content_stems(title)}
        told = [word for word in _topic(last, asked) if _stem(word) in around.beside - old]
        return _with(_FILLED.sub("", question), told)
    others = [name for title in titles for name in _names_of(title)]
    if not _unsaid([*asked, *others], question):
        # the last resort: it names many, and each would draw a sentence into the next answer
        others = _names_of(history[-1].answer)
    if asked and _PERSON.search(question) and not _WHO.match(last.question):
        return _with(question, _unsaid([*asked, *others[:WITH_ONE]], question))
    carried = _unsaid([*asked, *others], question)
    # "And what did China say?" asks of China what was asked of the other: the old question's matter goes along
    topic = _topic(last, [*asked, *carried])
    return _with(question, [*carried, " ".join(topic)] if topic else carried)


def changes_subject(question: str, last: str, around: Surroundings) -> bool:
    """Whether a question that opens as a follow-up ("and the fed?") names what nobody has spoken of yet.

    A pronoun takes the old subject up unless a new one is named before it. A place, a time or a circumstance ("and in
    Brussels?") changes what is asked of the old subject, not the subject.
    """
    pronoun = _pronoun(question)
    own = _LEAD.sub("", question[:pronoun], count=1)
    if _PLACED.match(own) or _TRAILING.search(question):
        return False
    words = list(dict.fromkeys(question_words(own)))
    new = [word for word in around.new(words) if not word.isdigit()]
    if not new:
        return False
    if places_in(new) and around.beside & {_stem(word) for word in _content(last)}:
        return False
    named = {part for name in names(own) for word in name.words for part in question_words(word)}
    if any(word in named or around.known_by_name(word) for word in new) or around.entitled(new):
        return True
    # ordinary words are a subject where they are all that is said: "and the riots?", but not "cost?"
    alone = pronoun is None and _ASKS.search(own) is None
    return alone and (own != question or not all(map(is_common, new)))


def safe_rewrite(rewritten: str, question: str, history: Sequence[Turn]) -> str | None:
    """A model's stand-alone question, or None where it is no question of this conversation.

    One line, not much longer than a question, and with no name that nobody here has mentioned.
    """
    text = plain_sentence(rewritten).strip("\"'“” ")
    if not text or len(text) > max(300, 3 * len(question)):
        return None
    known = KnownNames()
    words = {word.key for word in wording(text) if word.kind != "small"}
    familiar = False
    for said in (question, *(part for turn in history for part in (turn.question, turn.answer))):
        known.add(said)
        familiar = familiar or any(word.key in words for word in wording(said))
    return text if familiar and not any(known.missing(name) for name in names(text)) else None


def _pronoun(question: str) -> int | None:
    """Where the first pronoun stands that takes something up."""
    found = _PRONOUN.search(_EXPLETIVE.sub(lambda match: " " * len(match.group()), question))
    return found.start() if found else None


def _last_named(history: Sequence[Turn], around: Surroundings) -> Turn:
    """The last turn whose question names somebody or something, as long as its answer is about the same as the last.

    An answer from other articles is the end of an older subject.
    """
    cited: set[str] = set()
    for turn in reversed(history):
        if cited and turn.cited_article_ids and cited.isdisjoint(turn.cited_article_ids):
            break
        if _subjects_of(turn.question, around):
            return turn
        cited |= set(turn.cited_article_ids)
    return history[-1]


def _subjects_of(question: str, around: Surroundings) -> list[str]:
    """The names in a question; where none is written as one, its words that are no ordinary ones."""
    if found := _names_of(question):
        return found
    runs: list[list[str]] = []
    previous = -2
    for place, (word, start, end) in enumerate(words_of(question)):
        if around.known_by_name(word):
            if place != previous + 1:
                runs.append([])
            runs[-1].append(question[start:end])
            previous = place
    return [" ".join(run) for run in runs]


def _unsaid(found: Sequence[str], question: str) -> list[str]:
    """The first few names that neither the question nor one before them ends in: the last word tells who is meant."""
    said = set(content_stems(question))
    kept: list[str] = []
    for name in found:
        stems = content_stems(name)
        if stems and stems[-1] not in said:
            said.update(stems)
            kept.append(name)
    return kept[:MOST_CARRIED]


def _topic(turn: Turn, named: Sequence[str]) -> list[str]:
    """What a question asks besides its names."""
    taken = {word.lower() for name in named for word in name.split()}
    return [word for word in _content(turn.question) if word.lower() not in taken][:MOST_TOPIC]


def _with(question: str, carried: Sequence[str]) -> str:
    return f"{question} ({', '.join(carried)})" if carried else question


def _stem(word: str) -> str:
    return stem(word.lower())


def _names_of(text: str) -> list[str]:
    bare = re.sub(r"\[\d+\]", "", text)
    return list(dict.fromkeys(bare[name.start : name.end] for name in names(bare)))


def _content(text: str) -> list[str]:
    return [text[word.start : word.end] for word in wording(text) if word.kind in ("content", "figure")]
