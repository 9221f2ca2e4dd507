"""Titles without the name of the site that they stand on: "Best gadgets | ZDNet" of zdnet.com is "Best gadgets"."""

from __future__ import annotations

import re

from ingest.articles.publishers import domain_labels, names_outlet

_SEPARATOR = re.compile(r"\s+(?:[|–—·•«»‹›-]|::|//)\s+|\s*\|\s*")
_MOST_WORDS = 6  # of a site's name


def without_site_name(title: str | None, source: str | None, url: str | None) -> str | None:
    """`title` without what it ends in where that is the name of its source, or spells the domain of its address."""
    labels = (*domain_labels(url), *domain_labels(source))
    while title and (ends := list(_SEPARATOR.finditer(title))):
        rest, tail = title[: ends[-1].start()].rstrip(), title[ends[-1].end() :].strip()
        if len(rest.split()) < 2 or not _names(tail, source, labels):
            break
        title = rest
    return title


def _names(tail: str, source: str | None, labels: tuple[str, ...]) -> bool:
    words = tail.casefold().split()
    if not words or len(words) > _MOST_WORDS:
        return False
    return (source is not None and words == source.casefold().split()) or names_outlet(words, labels)
