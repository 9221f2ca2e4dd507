"""Verbs of saying, in all their forms."""

from __future__ import annotations

from ingest.text.lexicon import words
from ingest.text.stemming import stem

SAYING = frozenset(map(stem, words("en/saying_verbs")))
"""The stems of the words that questions and articles have for saying."""
