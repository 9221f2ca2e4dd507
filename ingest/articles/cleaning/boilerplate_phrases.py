"""Words that pages of any site put around their articles, in the languages that readers are likely to keep.

These support the structure that `boilerplate` reads; none names a topic. A label is a whole short line, a notice a
phrase inside sentences. Every expression of the lexicon is bounded, so matching is linear.
"""

from __future__ import annotations

import re

from ingest.text.lexicon import lines, words

STOP_WORDS = words("any/stop_words")
_LONGEST_LABEL = 170
_WORDS_A_NOTICE = 80


def _whole_line(section: str) -> re.Pattern[str]:
    return re.compile(rf"[\W_]*(?:{'|'.join(lines('any/boilerplate', section))})[\W_]*", re.I)


_LABEL, _LABEL_IF_LINKED = _whole_line("labels"), _whole_line("linked labels")
_COMMENTS, _CONSENT = _whole_line("comments"), _whole_line("consent")
# a word that must be there, which is looked for first, and the expression
_NOTICES = tuple(
    (word.replace("_", " "), re.compile(expression, re.I))
    for word, expression in (line.split(maxsplit=1) for line in lines("any/boilerplate", "notices"))
)
# "Share Tweet Pin Email", and "Home > News > Middle East".
_SHARE_WORDS = words("any/boilerplate", "sharing")
_CRUMBS = re.compile(
    r"(?:you are here:? *)?(?:home|startseite|accueil|inicio|início|главная)(?: *[>»/›→] *[^>»/›→.!?]{1,60}){1,8}$",
    re.I,
)
_ARCHIVE = re.compile(r"\W*the wayback machine - https?://", re.I)


def is_label(line: str, linked: bool = False) -> bool:
    """A button, menu entry or caption of the page: the whole line says nothing else; `linked`: and is a link."""
    if len(line) > _LONGEST_LABEL:
        return False
    if _LABEL.fullmatch(line) or (linked and _LABEL_IF_LINKED.fullmatch(line)):
        return True
    words = re.findall(r"[^\W_]+", line.lower())
    return (len(words) > 1 and _SHARE_WORDS.issuperset(words)) or _CRUMBS.match(line) is not None


def is_notice(text: str, words: int) -> bool:
    """Sentences of the page about itself: cookies, rights, newsletters; one in a long text is not enough."""
    lower = text.lower()
    hits = sum(1 for word, notice in _NOTICES if word in lower for _ in notice.finditer(text))
    return hits * _WORDS_A_NOTICE > words


def ends_banner(line: str) -> bool:
    """The last line of what a web archive puts above a page that it keeps."""
    return _ARCHIVE.match(line) is not None


def opens_comments(line: str) -> bool:
    """The line above readers' comments."""
    return len(line) <= 250 and _COMMENTS.fullmatch(line) is not None


def opens_consent(line: str) -> bool:
    """The line above the dialogue in which a page asks about cookies."""
    return len(line) <= 90 and _CONSENT.fullmatch(line) is not None
