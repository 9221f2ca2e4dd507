"""Links that open a web page at the quoted words: URL text fragments (pure).

Syntax and matching: https://wicg.github.io/scroll-to-text-fragment/
"""

from __future__ import annotations

import re
from urllib.parse import quote as percent_encode

_WORD = re.compile(r"\S+")
_WHOLE_LIMIT = 120  # characters; longer quotes are named by their first and last words
_ENDS = (6, 5, 4, 3)  # how many words name each end, and how many stand around it
_AROUND = 3


def fragment_url(url: str, body: str, start: int, end: int, limit: int = 512) -> str:
    """`url` with a text fragment for `body[start:end]`, with words before and after where the quote is not
    the only one of its kind; `url` itself when no fragment fits into `limit` characters.
    """
    for words in (None, *_ENDS):
        for around in (0, _AROUND):
            directive = _directive(body, start, end, words, around)
            if directive is None:
                continue
            whole = _joined(url, directive)
            if len(whole) <= limit:
                return whole
    return url


def _joined(url: str, directive: str) -> str:
    base, hash_, fragment = url.partition("#")
    fragment = fragment.split(":~:", 1)[0]
    return f"{base}#{fragment}:~:text={directive}" if hash_ else f"{base}#:~:text={directive}"


def _directive(body: str, start: int, end: int, words: int | None, around: int) -> str | None:
    """One way to name the quote, or None when that way does not fit it or leaves it ambiguous."""
    quote = body[start:end]
    found = _WORD.findall(quote)
    if not found:
        return None
    if words is None:
        # a fragment's single text never crosses from one block of the page to the next
        if len(quote) > _WHOLE_LIMIT or "\n" in quote.strip():
            return None
        terms = [" ".join(found)]
    else:
        if len(found) < 2 * words:
            words = max(1, len(found) // 2)
        terms = [" ".join(found[:words]), " ".join(found[-words:])]
        if len(found) == 1:
            return None
    before = _WORD.findall(body[:start].rpartition("\n")[2])[-around:] if around else []
    after = _WORD.findall(body[end:].partition("\n")[0])[:around] if around else []
    if not _unique(body, terms, before, after) and not (around and (before or after)):
        return None
    encoded = [_encode(term) for term in terms]
    if before and around:
        encoded.insert(0, _encode(" ".join(before)) + "-")
    if after and around:
        encoded.append("-" + _encode(" ".join(after)))
    return ",".join(encoded)


def _unique(body: str, terms: list[str], before: list[str], after: list[str]) -> bool:
    """Whether the first place where a browser finds the terms is the only one."""
    pattern = r".*?".join(_flexible(term) for term in terms)
    if before:
        pattern = _flexible(" ".join(before)) + r"\s+" + pattern
    if after:
        pattern += r"\s+" + _flexible(" ".join(after))
    matches = re.finditer(f"(?={pattern})", body, re.IGNORECASE | re.DOTALL)
    return next(matches, None) is not None and next(matches, None) is None


def _flexible(term: str) -> str:
    return r"\s+".join(re.escape(word) for word in term.split())


def _encode(text: str) -> str:
    """Percent-encoded; "-" and "," have a meaning of their own inside a text fragment."""
    return percent_encode(text, safe="", errors="replace").replace("-", "%2D")
