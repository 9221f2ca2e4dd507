"""Verbs of saying, in all their forms."""

from __future__ import annotations

from ingest.text.stemming import stem

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


def _forms(verb: str) -> str:
    if verb in _VERBS:
        return f"{verb}|{_VERBS[verb]}"
    root = verb.removesuffix("e")
    return f"{verb}s?|{root}ed|{root}ing"


_VERB = "|".join(_forms(verb) for verb in [*_VERBS, *_REGULAR.split()])
SAYING = frozenset(stem(form.rstrip("?")) for form in _VERB.split("|"))
"""The stems of the words that questions and articles have for saying."""
