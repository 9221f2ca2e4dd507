"""What a statement is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["direct", "indirect", "mixed"]


@dataclass(frozen=True, slots=True)
class Statement:
    """Words of an article that it attributes to somebody: `body[start:end]`, in code points.

    `speaker` is the name that the article gives elsewhere for who stands at `body[speaker_start:speaker_end]`, else
    those words. `role` is what the article calls the speaker ("Iranian ambassador to Russia"), `verb` the verb's plain
    form, `force` its group in the lexicon, `via` who passes the words on.
    """

    speaker: str
    role: str | None
    verb: str
    force: str
    kind: Kind
    start: int
    end: int
    speaker_start: int
    speaker_end: int
    via: str | None = None
