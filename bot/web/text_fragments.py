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
_NEAR = 500  # characters on each side of the quote that are looked through for the words around it
_LONGEST_BODY = 1_000_000


def fragment_url(url: str, body: str, start: int, end: int, limit: int = 512) -> str:
    """`url` with a text fragment for `body[start:end]`, with words before and after where the quote is not
    the only one of its kind; `url` itself when no fragment fits into `limit` characters, or `body` is too long
    to be looked through for another quote like it. Linear in `body`.
    """
    if len(body) > _LONGEST_BODY:
        return url
    folded = _folded(body)
    for words in (None, *_ENDS):
        for around in (0, _AROUND):
            directive = _directive(body, folded, start, end, words, around)
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


def _directive(body: str, folded: str, start: int, end: int, words: int | None, around: int) -> str | None:
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
    before = (
        _WORD.findall(body[max(0, start - _NEAR) : start].rpartition("\n")[2])[-around:] if around else []
    )
    after = _WORD.findall(body[end : end + _NEAR].partition("\n")[0])[:around] if around else []
    if not _unique(folded, terms, before, after) and not (around and (before or after)):
        return None
    encoded = [_encode(term) for term in terms]
    if before and around:
        encoded.insert(0, _encode(" ".join(before)) + "-")
    if after and around:
        encoded.append("-" + _encode(" ".join(after)))
    return ",".join(encoded)


def _unique(folded: str, terms: list[str], before: list[str], after: list[str]) -> bool:
    """Whether the first place where a browser finds the terms is the only one: of the places where the first term
    stands, one alone has the last term behind it.
    """
    first, *last = (_folded(term) for term in terms)
    first = _folded(" ".join([*before, first]))
    if last:
        last[-1] = _folded(" ".join([last[-1], *after]))
    else:
        first = _folded(" ".join([first, *after]))
    place = folded.find(first)
    again = folded.find(first, place + 1)
    return (
        place >= 0
        and _follows(folded, place + len(first), last)
        and not (again >= 0 and _follows(folded, again + len(first), last))
    )


def _follows(folded: str, place: int, terms: list[str]) -> bool:
    return all(folded.find(term, place) >= 0 for term in terms)


def _folded(text: str) -> str:
    """Without regard to case and white space, as browsers look for the words."""
    return " ".join(text.lower().split())


def _encode(text: str) -> str:
    """Percent-encoded; "-" and "," have a meaning of their own inside a text fragment."""
    return percent_encode(text, safe="", errors="replace").replace("-", "%2D")
