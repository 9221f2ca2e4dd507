"""What a date in a sentence is of: an event, or that something was said or written then."""

from __future__ import annotations

import re

from ingest.text.quantities.comparing import Telling
from ingest.text.quantities.figures import Figure
from ingest.text.quantities.relative_times import RelativeTime
from ingest.text.saying_verbs import SAYING
from ingest.text.stemming import stem

_REPORTS = frozenset(
    map(
        stem,
        "according as article piece story published dated edition issue review interview coverage blog update "
        "announcement".split(),
    )
)
_SMALL = frozenset("a an the in on at of from to for by with its his her their this that".split())
_FRONTED = re.compile(
    r"\W*(?:(?:(?:back|as) )?(?:in|on|of|by)\s|(?:an? |the )?(?:few |several )?)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*|[;:—]")
_REACH = 7  # words between a date and the verb of saying that it belongs to


def telling(figure: Figure | RelativeTime, sentence: str) -> Telling:
    """What `figure` dates: "insisted in May 2014" and "In May 2014, he insisted" a report, "In May 2014" a frame."""
    before, after = sentence[: figure.start], sentence[figure.end :]
    fronted = _FRONTED.fullmatch(before) is not None
    for words, free in ((_WORD.findall(before)[::-1], False), (_WORD.findall(after), fronted)):
        for word in words[:_REACH]:
            if stem(word.lower()) in SAYING | _REPORTS:
                return "report"
            if not (free or word in _SMALL or word[0].isupper() or "." in word or word.isdigit()):
                break
    return "frame" if fronted else "event"
