"""The verbs that attribute, by each of their forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Shape = Literal["base", "third", "past", "ing"]

_LEXICON = Path(__file__).parent.parent / "text" / "lexicon" / "en" / "speech_verbs.txt"
_ENTRY = re.compile(r"([a-z]+)(?:-([a-z]+))?(?:\(([a-z,]+)\))?")


@dataclass(frozen=True, slots=True)
class Verb:
    """One form of a verb: `frames` says what may follow it (see the lexicon), `particle` what stands right behind."""

    lemma: str
    force: str
    frames: str
    shape: Shape
    particle: str = ""

    def takes(self, frame: str) -> bool:
        return frame in self.frames


@cache
def verb_forms() -> dict[str, tuple[Verb, ...]]:
    """The verbs by form, lower case; those with a particle first."""
    forms: dict[str, tuple[Verb, ...]] = {}
    for line in _LEXICON.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        group, _, verbs = line.partition(": ")
        force, frames = group.split()
        for lemma, particle, irregular in _ENTRY.findall(verbs):
            name = f"{lemma} {particle}" if particle else lemma
            for form in (lemma, *(irregular.split(",") if irregular else _regular(lemma))):
                verb = Verb(name, force, frames, _shape(form, lemma), particle)
                forms[form] = (verb, *forms.get(form, ())) if particle else (*forms.get(form, ()), verb)
    return forms


def _regular(lemma: str) -> tuple[str, str, str]:
    root = lemma.removesuffix("e")
    third = f"{lemma}es" if lemma.endswith(("sh", "ss", "ch")) else f"{lemma}s"
    return third, f"{root}ed", f"{root}ing"


def _shape(form: str, lemma: str) -> Shape:
    if form == lemma:
        return "base"
    if form.endswith("ing"):
        return "ing"
    return "third" if form.endswith("s") else "past"
