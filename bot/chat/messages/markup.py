"""Foreign text made safe to show in Discord: articles, questions and model output alike (pure)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

URL_LIMIT = 512
"""Longest URL that a link button takes."""

# Direction overrides, tags, soft hyphens and zero-width characters change a text without being seen.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
# Joiners belong to Persian, Indic scripts and emoji; beside an ASCII character they only hide something.
_STRAY_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SPECIAL = re.compile(r"([\\*_~|`\[\]<])")
_BLOCK_START = re.compile(r"^([^\S\n]*+)(#{1,3}(?=\s)|-|\+|>)", re.MULTILINE)
_LIST_NUMBER = re.compile(r"^([^\S\n]*+\d++)([.)])(?=\s)", re.MULTILINE)
_PING = re.compile(r"@(?=everyone|here)|(?<=<)[@#](?=[!&]?\d)", re.IGNORECASE)
_ESCAPED_MARKS = re.compile(r"(?:\\\[\d{1,3}\\\])+")


def visible(text: str) -> str:
    """The text without characters that cannot be seen; line ends are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _STRAY_JOINER.sub("", _INVISIBLE.sub("", _CONTROL.sub("", text)))


def plain(text: str) -> str:
    """The text so that Discord shows it character for character: no ping, no markup, no link.

    A bare URL stays readable but cannot be clicked: only Byline's own links can.
    """
    # The ping is broken twice: for what Discord shows, and for whoever searches the raw message for one.
    text = _PING.sub(lambda match: match.group() + "\u200b", visible(text))
    text = _SPECIAL.sub(r"\\\1", text).replace("://", ":\\/\\/")
    text = _BLOCK_START.sub(r"\1\\\2", text)
    return _LIST_NUMBER.sub(r"\1\\\2", text)


def length(text: str) -> int:
    """As Discord counts: in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def head(text: str, limit: int) -> str:
    """As much of the beginning as Discord counts for `limit` characters."""
    if length(text) <= limit:
        return text
    # a character cut in two is left out
    return text.encode("utf-16-le", "surrogatepass")[: 2 * max(0, limit)].decode("utf-16-le", "ignore")


def one_line(text: str, limit: int) -> str:
    """Whitespace folded, and shortened at a word with an ellipsis to `limit` characters; not escaped."""
    folded = " ".join(visible(text).split())
    if length(folded) <= limit:
        return folded
    cut = head(folded, limit - 1)
    start, space, _ = cut.rpartition(" ")
    return (start if space and length(start) > limit // 2 else cut).rstrip(" ,;:–-") + "…"


def web_url(url: str | None, limit: int = URL_LIMIT) -> str | None:
    """The URL when it is http(s), has a host, and fits; else None. Only such URLs become links.

    None, too, where a reader could take it for another host: a browser takes a backslash for a slash, so that
    `https://evil.example\\@bank.example/` opens evil.example.
    """
    if not url or length(url) > limit or re.search(r"[\s<>\"\x00-\x1f\\]", url) or visible(url) != url:
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or parts.username is not None:
        return None
    return url


def masked_link(label: str, url: str) -> str:
    """One of Byline's own links: `label` is ours or escaped here, `url` has passed `web_url`."""
    # Discord reads a backslash as an escape, and would take the bracket that ends the link with it
    safe = url.replace("\\", "%5C").replace("(", "%28").replace(")", "%29")
    return f"[{plain(label)}]({safe})"


def with_marks(escaped: str, numbers: frozenset[int]) -> str:
    """Bold the marks [1] [2] that stand for a citation, in text that `plain` has escaped."""

    def mark(match: re.Match[str]) -> str:
        # marks side by side share one span: Discord does not read "**a****b**" as two
        cited = all(int(number) in numbers for number in re.findall(r"\d+", match.group()))
        return f"**{match.group()}**" if cited else match.group()

    return _ESCAPED_MARKS.sub(mark, escaped)


_ATOM = re.compile(r"\*\*(?:\\\[\d{1,3}\\\])+\*\*|\[(?:\\.|[^\]\\])*\]\([^)\s]*\)|\\.|.", re.DOTALL)


def split_text(text: str, limit: int, first: int | None = None) -> list[str]:
    """Pieces of at most `limit` characters (the first at most `first`), cut between paragraphs, else
    sentences, else words; a mark stays with its sentence, and an escape, a mark or a link is never cut.
    """
    pieces: list[str] = []
    rest, room = text.strip(), limit if first is None else first
    while length(rest[: room + 1]) > room:
        cut = _cut(rest, room, whole=room == limit)
        if cut == 0 and room == limit:
            raise ValueError(f"one unit is longer than {limit} characters")
        if piece := rest[:cut].rstrip():
            pieces.append(piece)
        elif not pieces:
            pieces.append("")
        rest, room = rest[cut:].lstrip(), limit
    if rest or not pieces:
        pieces.append(rest)
    return pieces


def _cut(text: str, room: int, whole: bool) -> int:
    """The best place at or before `room` to end a piece; inside a word only when it fills a `whole` piece."""
    paragraph = sentence = word = atom_end = used = 0
    for match in _ATOM.finditer(text):
        atom = match.group()
        used += length(atom)
        if used > room:
            break
        atom_end = match.end()
        following = text[atom_end : atom_end + 3]
        if atom == "\n" and text[match.start() - 1 : match.start()] == "\n":
            paragraph = atom_end
        if atom.isspace():
            word = atom_end
            before = text[max(0, match.start() - 80) : match.start()].rstrip("*\\])0123456789[ ")
            # "…said so. [1] [2] Next": the sentence ends after its last mark, not before it.
            if before[-1:] in '.!?…”"。' and not following.startswith("**"):
                sentence = atom_end
    for best in (paragraph, sentence):
        if length(text[:best]) > room // 3:
            return best
    return word or (atom_end if whole else 0)
