"""Who speaks: whose words a question asks for, and whether a sentence gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.text.stemming import GRAMMAR, respelt, stem
from ingest.text.tokens import question_words

_VERBS: dict[str, str] = {  # the plain form, and the others
    "say": "says|said|saying",
    "tell": "tells|told|telling",
    "write": "writes|wrote|writing|written",
    "deny": "denies|denied|denying",
    "admit": "admits|admitted|admitting",
    "reply": "replies|replied|replying",
    "testify": "testifies|testified|testifying",
    "think": "thinks|thought|thinking",
    "vow": "vows|vowed|vowing",
    "forbid": "forbids|forbade",
    "swear": "swears|swore",
}
_REGULAR = """
accuse acknowledge add advise allege announce answer argue ask assert assure boast call caution cite claim
comment complain concede confess confirm contend criticise criticize declare defend demand describe dismiss
emphasise emphasize estimate explain express hint insist joke maintain mention note object pledge post praise
predict proclaim promise quip react recall recommend reiterate reject remark repeat report respond reveal
state stress suggest threaten tweet urge warn believe
"""
_NOUNS = (
    "accusations?|admission|allegations?|answers?|claims?|comments?|denials?|explanation|opinions?|pledges?|"
    "promises?|quotes?|reactions?|remarks?|reply|replies|response|stance|statements?|testimony|tweets?|views?|"
    "warnings?|words"
)


def _forms(verb: str) -> str:
    if verb in _VERBS:
        return f"{verb}|{_VERBS[verb]}"
    root = verb.removesuffix("e")
    return f"{verb}s?|{root}ed|{root}ing"


_VERB = "|".join(_forms(verb) for verb in [*_VERBS, *_REGULAR.split()])
SAYING = frozenset(stem(form.rstrip("?")) for form in _VERB.split("|"))
"""The stems of the words that questions and articles have for saying."""
_SPOKE = re.compile(
    rf"\b(?P<verb>{_VERB})\b|\b(?P<source>[Aa]ccording to)\b|(?P<label>^[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){{0,3}}:\s)"
)
_BE = re.compile(r"\b(?:is|are|was|were|be|been|being|to|the|a|an|of|his|her|their|its)\s+(?:\w+ly\s+)?$")
_POSSESSIVE = re.compile(r"\b[\w.-]+(?:['’]s|s['’])(?!\w)")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’(?!\w)|„[^“]*“|«[^»]*»")
_CLAUSE_END = re.compile(r"[.;:!?\"“”«»]|\s[–—-]\s")

# a name as people type it, in any case: words of grammar end it
_WORD = r"(?!(?:about|after|at|before|for|in|it|on|regarding|that|there|to|when|with)\b)[\w.’'-]+"
_NAME = rf"(?:the\s+)?(?:{_WORD}\s+){{0,4}}?{_WORD}"
_ASKED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # what did X claim, how has X responded, does X believe
        rf"\b(?:did|does|do|has|have|had|will|would)\s+(?P<who>{_NAME})\s+(?:\w+ly\s+)?(?:{_VERB})\b",
        # which promise did X make
        rf"\b(?:{_NOUNS})\s+(?:did|does|has|have|had|will)\s+(?P<who>{_NAME})\s+(?:make|made|give|gave|given|issue|offer)\b",
        # according to X, ...
        r"\baccording to\s+(?P<who>[^,?;]+?)"
        r"(?=[,?;]|$|\s(?:what|who|when|where|which|why|how|is|was|are|were|did|does)\b)",
        # the statement of X; X's reaction
        rf"\b(?:{_NOUNS})\s+(?:of|by|from)\s+(?P<who>{_NAME})(?=[,?;]|$|\s(?:on|about|to|regarding|over)\b)",
        rf"\b(?P<who>{_NAME})['’]s?\s+(?:\w+\s+)?(?:{_NOUNS})\b",
        # typed like a headline: X statement, X on Y
        rf"^(?!what|which|who|when|where|why|how|is|are|was|were|did|do|does|in\b)(?P<who>{_NAME})\s+(?:{_NOUNS})\b",
        rf"^(?!what|which|who|when|where|why|how|is|are|was|were|did|do|does\b)(?P<who>{_NAME})\s+(?:on|about|re)\s",
    )
]
_WHO_SPOKE = re.compile(rf"\bwho(?:m|se)?\b.{{0,40}}\b(?:{_VERB})\b", re.IGNORECASE)
_ANYBODY = frozenset(
    "anybody anyone article articles author authors everybody everyone expert experts journalist observers people "
    "piece report reports somebody someone source sources story text they writer".split()
)
_CAPITALISED = re.compile(r"\b[^\W\d_a-z][\w’'-]+")
# the plain form, in which nothing but somebody's words is asked for
_WORDS_OF = re.compile(
    rf"^\W*(?:(?:and|so|but|ok|hey)\W+)?what\s+(?:did|does|do|has|have|had)\s+(?P<who>{_NAME})\s+(?:\w+ly\s+)?(?:{_VERB})\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:he|she|they|it|i|we)\b", re.IGNORECASE)


def asked_speaker(question: str) -> frozenset[str] | None:
    """The lower-case words that name whose words are asked for; empty for "who said ...?", None where no one's are."""
    for pattern in _ASKED:
        if (found := pattern.search(question)) and (words := _names(_own_name(found["who"]))):
            return frozenset(words)
    return frozenset() if _WHO_SPOKE.search(question) else None


def words_asked_of(question: str) -> frozenset[str]:
    """The lower-case words that name the speaker of "what did X say ...?"; empty where more is asked, or less."""
    found = _WORDS_OF.search(question)
    return frozenset(_names(_own_name(found["who"]))) if found else frozenset()


def is_named(speaker: frozenset[str], texts: Iterable[str]) -> bool:
    """Whether any of the speaker's words stands in the texts, give or take a plural, or a slip in a name."""
    if speaker & _ANYBODY:
        return True
    words: set[str] = set()
    names: set[str] = set()
    for text in texts:
        words.update(question_words(text))
        names.update(question_words(" ".join(_CAPITALISED.findall(text))))
    singular = {word.removesuffix("s") for word in words}
    return any(word.removesuffix("s") in singular for word in speaker) or bool(respelt(speaker, names))


def attributes(text: str) -> bool:
    """Whether the sentence says that somebody said something."""
    return any(True for _ in _phrases(text))


def speaks(text: str, speaker: frozenset[str]) -> bool:
    """Whether one named by `speaker` is the one who speaks in `text`, not merely one it mentions."""
    return any(speaker & set(_names(phrase)) for phrase in _phrases(text))


def speaks_as_pronoun(text: str) -> bool:
    """Whether "he", "she", "they" speak, whom the sentence before must name."""
    return any(_PRONOUN.search(phrase) and not re.search(r"\w [A-Z]", phrase) for phrase in _phrases(text))


def _phrases(text: str) -> list[str]:
    """The parts of a sentence that can name a speaker: the subject of each verb of speech."""
    bare = _QUOTED.sub(lambda quote: "“" + " " * (len(quote.group()) - 2) + "”", text)
    found = []
    for spoke in _SPOKE.finditer(bare):
        before, after = bare[: spoke.start()], bare[spoke.end() :]
        if spoke["source"]:
            found.append(_opening(after))
        elif spoke["label"]:
            found.append(spoke["label"])
        elif not _BE.search(before):
            subject = _CLAUSE_END.split(before)[-1].strip()
            inverted = not subject or (subject.endswith(",") and re.match(r"\s[A-Z]", after))
            found.append(_opening(after) if inverted else " ".join(subject.split()[-14:]))
    return [phrase for phrase in found if phrase.strip(" ,")]


def _opening(text: str) -> str:
    """The first few words up to the next comma: who spoke, where the verb comes first."""
    return " ".join(re.split(r"[,.;:!?\"“”]\s", text.lstrip(" ,"))[0].split()[:10])


def _own_name(who: str) -> str:
    """Of "the minister's deputy Ann Lee" the name alone, where capitals show which part that is."""
    return runs[-1] if (runs := re.findall(r"[A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*", who)) else who


def _names(phrase: str) -> list[str]:
    """Words that may name someone; "Pompeo's aide" is not Pompeo."""
    return [
        word for word in question_words(_POSSESSIVE.sub(" ", phrase)) if word not in GRAMMAR and len(word) > 1
    ]
