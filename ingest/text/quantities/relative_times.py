"""Times that are told from another one: "last year", "two years later", "that summer", "on the same night"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_UNIT = (
    r"(days?|nights?|mornings?|afternoons?|evenings?|weeks?|weekends?|months?|quarters?|seasons?|years?|decades?|"
    r"century|centuries|springs?|summers?|autumns?|winters?|fall)"
)
_BEFORE = r"last|previous|past|prior|ago|earlier|before|preceding"
_AFTER = r"next|following|coming|later|after|afterwards|upcoming"
_SAME = r"this|that|same|current"
_PATTERNS = (
    re.compile(rf"\b(?P<way>{_BEFORE}|{_AFTER}|{_SAME})\s{_UNIT}\b"),
    re.compile(rf"\b{_UNIT}\s(?P<way>ago|earlier|before|later|afterwards|after)\b(?!\s(?:than|this|that)\b)"),
)
_ALONE = re.compile(
    r"\b(overnight|midnight|noon|springtime|summers?|winters?|autumns?|mornings?|afternoons?|evenings?|decades?|"
    r"centur(?:y|ies))\b"
)
_WAYS = ((_BEFORE, "before"), (_AFTER, "after"), (_SAME, "same"))
_DAYS = {
    "yesterday": ("day", "before"),
    "today": ("day", "same"),
    "tonight": ("night", "same"),
    "tomorrow": ("day", "after"),
}


@dataclass(frozen=True, slots=True)
class RelativeTime:
    """A unit of time, "before", "after" or "same" ("" where neither is said), and where it stands."""

    unit: str
    way: str
    start: int
    end: int

    def is_in(self, others: Iterable[RelativeTime]) -> bool:
        return any((self.unit, self.way) == (other.unit, other.way) for other in others)


def relative_times(text: str) -> list[RelativeTime]:
    """Such times of `text`; capitals within it make names of them ("Morning Journal")."""
    lower = re.sub(r"^\W*\w", lambda match: match.group().lower(), text)
    found = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(lower):
            way = next(name for words, name in _WAYS if re.fullmatch(words, match["way"]))
            unit = next(group for group in match.groups() if group and group != match["way"])
            found.append(RelativeTime(_singular(unit), way, *match.span()))
    found += [RelativeTime(_singular(match.group()), "", *match.span()) for match in _ALONE.finditer(lower)]
    for word, (unit, way) in _DAYS.items():
        found += [RelativeTime(unit, way, *match.span()) for match in re.finditer(rf"\b{word}\b", lower)]
    return found


def _singular(unit: str) -> str:
    return re.sub(r"ies$", "y", unit).removesuffix("s")
