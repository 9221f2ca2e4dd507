"""What people write that asks nothing: thanks, greetings, laughter; or only words like "who?" (pure)."""

from __future__ import annotations

import re

from bot.qa.sanitising import visible
from ingest.text.wording import wording

_SAID = frozenset(
    "thanks thank thx ty tysm cheers danke dankeschön dankeschoen merci gracias grazie obrigado obrigada bedankt "
    "dank tack dziękuję hi hello hey hallo moin servus salut bonjour bonsoir hola ciao morning bye goodbye tschüss "
    "tschüs ok okay okey k kk oki yes yep yeah yup no nope ja nein jo doch oui non sí lol lmao rofl xd mdr ptdr wow "
    "oh ah aha hm hmm cool great nice super perfect awesome good brilliant excellent welcome klar genau gut gute guten "
    "toll prima schön accord parfait génial bien got sorry sure fine right agreed interesting please bitte".split()
)
_BESIDE = frozenset(
    "you so much very a lot all that is was it i see the too for your answer help and again then now this "
    "vielen lieben sehr dir euch das ist auch beaucoup toi vous à tous d muchas mil of day evening night "
    "tag abend morgen nacht s re m to know".split()
)
_LAUGHTER = re.compile(r"(?:[bm]?w?[ah]{2,}|(?:h[aeio]){2,}h?|(?:j[aeio]){2,}j?|lo+l+(?:ol)*)")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 200  # characters; what is longer says something


def has_words(text: str) -> bool:
    return any(character.isalnum() for character in visible(text))


def is_small_talk(text: str) -> bool:
    """Whether a message is nothing but thanks, a greeting, laughter, a nod, or no words at all."""
    if not has_words(text):
        return "?" not in text
    if "?" in text or len(text) > _LONGEST or re.search(r"\d", text):
        return False
    words = [_unstretched(word) for word in _WORD.findall(visible(text).lower())]
    known = [word in _SAID or _LAUGHTER.fullmatch(word) is not None for word in words]
    return any(known) and all(one or word in _BESIDE for one, word in zip(known, words, strict=True))


def leaves_open(question: str) -> bool:
    """Whether a question has only small words, so that it asks nothing without the one before it: "Who?"."""
    if len(question) > _LONGEST:
        return False
    words = wording(visible(question))
    return bool(words) and all(word.kind == "small" for word in words)


def _unstretched(word: str) -> str:
    return re.sub(r"(.)\1{2,}", r"\1", word)
