"""Follow-ups: a question that leans on the one before it, made to stand alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.qa.answers import Turn
from bot.qa.names import KnownNames, names
from bot.qa.sanitising import plain_sentence
from bot.qa.wording import wording

MOST_CARRIED = 4
"""Names taken over from earlier turns; more would search for the old question again."""

_LEANING = re.compile(
    r"^\W*(?:and|but|so|also|then|ok|okay|or|plus)\b|^\W*(?:what|how) about\b|^\W*(?:why|when|where|how|who|which|"
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
    r"\b(?:is|was|are|were|isn['’]t|did) (?:there|it)\b|\bthere (?:is|was|are|were)\b", re.IGNORECASE
)


def leans(question: str) -> bool:
    """Whether a question cannot be understood without the one before it."""
    if _LEANING.search(question) or _TRAILING.search(question):
        return True
    if names(question):
        # "What did Messi say of his goal?" stands alone: the pronoun has its name before it
        pronoun = _PRONOUN.search(_EXPLETIVE.sub(" ", question))
        return pronoun is not None and pronoun.start() < names(question)[0].start
    return _PRONOUN.search(_EXPLETIVE.sub(" ", question)) is not None or len(_content(question)) <= 1


def stand_alone(question: str, history: Sequence[Turn], titles: Sequence[str] = ()) -> str:
    """`question` with what it leans on written behind it; unchanged where it stands alone. No model is asked.

    What is carried over: the names of the last question that had any, then those of the articles cited in its answer
    (`titles`, where the caller knows them) and of the answer itself. A question without names lends its own words.
    """
    if not history or not leans(question):
        return question
    said = {word.key for word in wording(question)}
    carried: list[str] = []
    last = next((turn for turn in reversed(history) if _names_of(turn.question)), history[-1])
    asked = _names_of(last.question)
    for text in [*asked, *(n for title in titles for n in _names_of(title)), *_names_of(history[-1].answer)]:
        keys = {word.key for word in wording(text)}
        if keys and not keys & said:
            said |= keys
            carried.append(text)
        if len(carried) == MOST_CARRIED:
            break
    topic = [
        word for word in _content(last.question) if word.lower() not in {item.lower() for item in carried}
    ]
    # "And what did China say?" asks of China what was asked of the other: the old question's matter goes along
    topic = [word for word in topic if not any(word in item.split() for item in (*carried, *asked))][:6]
    behind = ", ".join([*carried, " ".join(topic)] if topic else carried)
    return f"{question} ({behind})" if behind else question


def recent(history: Sequence[Turn], limit: int, count_tokens: Callable[[str], int]) -> tuple[Turn, ...]:
    """The latest turns that fit in `limit` tokens, oldest first."""
    kept: list[Turn] = []
    for turn in reversed(history):
        limit -= count_tokens(turn.question) + count_tokens(turn.answer)
        if limit < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))


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


def _names_of(text: str) -> list[str]:
    bare = re.sub(r"\[\d+\]", "", text)
    return list(dict.fromkeys(bare[name.start : name.end] for name in names(bare)))


def _content(text: str) -> list[str]:
    return [text[word.start : word.end] for word in wording(text) if word.kind in ("content", "figure")]
