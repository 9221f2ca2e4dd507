"""What is typed around a question and is no part of it: mentions, emoji, addresses, greetings, wishes of style."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import zip_longest

from bot.qa.understanding.phrase_lists import LONGEST, closing, opening
from ingest.text.stemming import GRAMMAR

# Discord's marks for people, roles, channels, emoji, times and commands; addresses; e-mail; pictures and arrows
_SIGNS = re.compile(
    r"<(?:@[!&]?|#|a?:\w+:|t:|/[^:<>]*:|id:)[^<>\s]*>|<?\b(?:https?|ftp)://[^\s<>]+>?|\bwww\.[^\s<>]+"
    r"|\b[\w.+-]+@[\w-]+\.[\w.]+|(?<!\w)@[\w.]+|(?<!\w):[a-z_]\w+:|[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
    r"|(?<!\w)(?:[:;=8xX][-^']?[()DPpOo3/\\|*]+|<3+|\^_*\^|¯\\_\(ツ\)_/¯)(?!\w)"
)
_LABEL = re.compile(r"^\W*(?:\d{1,3}[.):]\s+|/?ask\b[\s:]+)", re.IGNORECASE)
_MARKUP = re.compile(r"\*\*|__|~~|\|\||`+|^\s*(?:#{1,3}|>|[-*])\s+", re.MULTILINE)
_STOP = re.compile(
    r"((?:(?:[?!;:…][.?!;:…]*|(?<!\.\w)(?<!\b[A-Z])(?<!\b[MDS][rst])(?<!\bMrs)\.+)(?=\s|$)"
    r"|[()\[\]\n]|\s[-–—|]+(?=\s))\s*)"
)
_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_ASKS = re.compile(
    r"^\W*(?:(?:in|at|on|by|for|to|from|with)\s+)?(?:who|whom|whose|what|whats|which|when|where|why|how|is|are|was"
    r"|were|do|does|did|has|have|had|can|could|will|would|should)\b|\?|\b(?:who|what|which|when|where|why|how)\b",
    re.IGNORECASE,
)

_WORD_OF_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:[\W_]+\d{1,3})+\W*$")
_MOST_CUTS = 40  # nobody says more of them

Words = list[re.Match[str]]


def question_of(text: str) -> str:
    """`text` without what is no part of a question; as it was where nothing else would be left."""
    plain = " ".join(_MARKUP.sub("", _LABEL.sub("", _SIGNS.sub(" ", text))).split())
    pieces = _STOP.split(plain)
    parts = [(_core(piece), stop) for piece, stop in zip(pieces[::2], [*pieces[1::2], ""], strict=True)]
    if len(parts) > 1 and any(has_content(part) for part, _ in parts):
        parts = [(part, stop) for part, stop in parts if _letters(part)]
    question = "".join(part + stop for part, stop in parts).strip(" ,:;-–—")
    return question if _letters(question) else (plain if _letters(plain) else text)


def readings(question: str) -> list[str]:
    """The question, and the parts of it that ask something by themselves: beside them may stand what asks nothing.

    A part is a sentence, what follows its first word of asking, or that without numbers at the end.
    """
    pieces = _STOP.split(question)
    sentences = [a + b for a, b in zip(pieces[::2], [*pieces[1::2], ""], strict=True)]
    asking = [_NUMBERS.sub("", one).strip() for one in sentences if _ASKS.search(one)]
    inner = [one[match.start() :] for one in asking if (match := _WORD_OF_ASKING.search(one))]
    alone = [one for one in dict.fromkeys([*asking, *inner]) if one != question and len(_content(one)) > 1]
    return [question, *alone]


def has_content(text: str) -> bool:
    """Whether there is a word in it that is not grammar."""
    return bool(_content(text))


def _content(text: str) -> list[str]:
    return [
        word for word in re.findall(r"[^\W_]+", text.lower()) if word not in GRAMMAR and not word.isdigit()
    ]


def _core(sentence: str) -> str:
    """A sentence without asides, and without what opens and closes it; nothing where that is all of it."""
    words = list(_WORD.finditer(sentence))
    for match, after in reversed(list(zip_longest(words, words[1:]))):
        if _is_aside(match, after):
            sentence = sentence[: match.start()] + sentence[match.end() :].lstrip(" ,")
    words = list(_WORD.finditer(sentence))
    words = _cut(words, opening, "openings", lambda left, count: (left[count:], left[count - 1 : count + 1]))
    words = _cut(
        words, closing, "closings", lambda left, count: (left[:-count], left[-count - 1 : -count + 1 or None])
    )
    if not words:
        return ""
    first = 0 if words[0].start() == _first(sentence) else words[0].start()
    last = words[-1].end()
    return sentence[first:last] if _WORD.search(sentence, last) else sentence[first:]


def _cut(
    words: Words,
    edge: Callable[[Sequence[str], str], int],
    name: str,
    cut: Callable[[Words, int], tuple[Words, Words]],
) -> Words:
    """`words` without the phrases at one edge, however many. A name is not cut in two: "Hello Games"."""
    for _ in range(_MOST_CUTS):
        near = (*words[:LONGEST], *words[LONGEST:][-LONGEST:])
        if not (count := edge([_folded(word.group()) for word in near], name)):
            break
        rest, seam = cut(words, count)
        if len(seam) == 2 and all(_is_name(match.group()) for match in seam):
            break
        words = rest
    return words


def _is_aside(match: re.Match[str], after: re.Match[str] | None) -> bool:
    named = _is_name(match.group()) and after is not None and _is_name(after.group())
    return opening([_folded(match.group())], "asides") == 1 and not named


def _is_name(word: str) -> bool:
    return word[0].isupper() and word.lower() not in GRAMMAR


def _folded(word: str) -> str:
    return _STRETCHED.sub(r"\1", word.lower().replace("’", "'"))


def _first(sentence: str) -> int:
    match = _WORD.search(sentence)
    return match.start() if match else 0


def _letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)
