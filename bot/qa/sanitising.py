"""Untrusted text made harmless: invisible signs, links, pings and marks that only we may set."""

from __future__ import annotations

import re
import unicodedata

from ingest.errors import UserFacingError

MAX_QUESTION = 2_000  # characters; a longer one is cut, as nobody asks that much in one breath
_KEPT_CONTROLS = "\n\t"
_LINK = re.compile(
    r"!?\[([^\[\]]*+)\]\( ?[^()\s]{0,2000}+"  # the bounds keep the work linear
    r"(?:\([^()]{0,200}+\)[^()\s]{0,200}+){0,9}+(?:\s[\"'(][^)]{0,300}+)? ?\)"
)
_REFERENCE = re.compile(r"\[([^\[\]]++)\]\[(?!\d*+\])[^\[\]]*+\]")
_BARE_LINK = re.compile(
    r"<?\b(?:https?|ftp|javascript|data|discord)://?[^\s<>\])]+>?|\bwww\.[^\s<>\])]+", re.IGNORECASE
)
_PING = re.compile(r"<(?:@[!&]?|#|:\w+:|a:\w+:|t:|/[^:<>]*:|id:)[^<>]*>")
_EVERYONE = re.compile(r"@\s*(everyone|here)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_MARK = re.compile(
    r"\s*(?:\[\s*\^?(?:passage\s*)?\d+(?:\s*[,;–-]\s*\d+)*\s*\]|【[^】]{0,80}】|"
    r"\(\s*(?:passages?|sources?)\s+\d+(?:(?:,|\s|and)+\d+)*\s*\))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*\[\d{1,3}\]")
_MARKDOWN = re.compile(r"\*\*|__|~~|\|\||`+|^\s{0,3}(?:#{1,6}|>|[-*+])\s+", re.MULTILINE)


def visible(text: str) -> str:
    """`text` without control, zero-width, bidirectional, tag and private signs; line breaks and tabs stay.

    Joiners stay between letters of scripts that need them.
    """
    out = []
    for index, char in enumerate(text):
        category = unicodedata.category(char)
        if category in ("Cc", "Cf", "Co", "Cs", "Cn") and char not in _KEPT_CONTROLS:
            if (
                char in "\u200c\u200d"
                and 0 < index < len(text) - 1
                and _joins(text[index - 1], text[index + 1])
            ):
                out.append(char)
            elif char in "\r\x0b\x0c\x85":
                out.append("\n")
            continue
        out.append("\n" if char in "\u2028\u2029" else char)
    return "".join(out)


def plain_sentence(text: str) -> str:
    """A drafted sentence as plain words on one line: no marks, links, pings, tags or Markdown of its own."""
    # no run of white space is left for a pattern to try at each of its signs
    text = "\n".join(" ".join(line.split()) for line in visible(text).split("\n"))
    text = re.sub(r"\n+", "\n", text)
    for _ in range(3):  # links in links
        text = _LINK.sub(lambda link: "" if link[1].strip().isdigit() else link[1], text)
    text = _MARK.sub("", text)
    text = _REFERENCE.sub(r"\1", text)
    text = _BARE_LINK.sub("", text)
    text = _PING.sub("", text)
    text = _EVERYONE.sub(r"\1", text)
    text = _TAG.sub("", text)
    text = _MARKDOWN.sub("", text)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    return re.sub(r"\s+([.,;:!?])(?!\w)", r"\1", text).strip()


def quoted_sentence(text: str) -> str:
    """An article's own sentence on one line, word for word; only pings and what looks like one of our marks go.

    Whoever shows it escapes what his place would take for markup.
    """
    text = _NUMBERED.sub("", " ".join(visible(text).split()))
    text = _EVERYONE.sub(r"\1", _PING.sub("", text))
    return " ".join(text.split())


def _joins(before: str, after: str) -> bool:
    return (
        not before.isascii()
        and not after.isascii()
        and before.isalpha() | bool(unicodedata.combining(before))
    )


def one_line(question: str) -> str:
    """A question as it is searched for: white space folded, cut to a length that somebody may really ask."""
    asked = " ".join(visible(question).split())[:MAX_QUESTION]
    if not any(letter.isalnum() for letter in asked):
        raise UserFacingError("Ask a question: there were no words in that.")
    return asked
