"""Token counts by tiktoken, from files that are already on this computer.

tiktoken fetches its vocabulary at first use; here it finds it in the model folder, or says so.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

import tiktoken

from ingest.embedding.model_files import VOCABULARIES, cached_vocabulary_name, tokenizer_cache
from ingest.errors import ModelFilesMissing

EncodingName = Literal["o200k_base", "cl100k_base"]

# A run of a million blanks overflows the stack of tiktoken's matcher, and nothing this long has to be exact.
_LONGEST_PIECE = 20_000
_LAST_BREAK = re.compile(r"(?s).*\S(?=\s)")
_LOADING = threading.Lock()


def count_tokens(text: str, name: EncodingName = "o200k_base") -> int:
    """How many tokens a text has; marks such as `<|endoftext|>` count as the plain text they are.

    Exact up to 20,000 characters, and beyond where the text has a blank at least that often.
    """
    vocabulary = encoding(name)
    return sum(len(vocabulary.encode_ordinary(piece)) for piece in _pieces(text))


def truncate_tokens(text: str, limit: int, name: EncodingName = "o200k_base") -> str:
    """The start of a text that its first `limit` tokens hold; never half a character."""
    if len(text.encode("utf-8", "surrogatepass")) <= limit:
        return text  # a token is at least a byte
    vocabulary = encoding(name)
    kept: list[str] = []
    for piece in _pieces(text):
        tokens = vocabulary.encode_ordinary(piece)
        if len(tokens) > limit:
            # a lone surrogate comes back as U+FFFD: as long, so the length tells where to cut
            kept.append(piece[: len(vocabulary.decode(tokens[:limit], errors="ignore"))])
            break
        kept.append(piece)
        limit -= len(tokens)
    return "".join(kept)


def encoding(name: EncodingName = "o200k_base") -> tiktoken.Encoding:
    """The vocabulary, read once in a process (0.5 s). Raises ModelFilesMissing."""
    with _LOADING:  # else several threads that ask at once would all read it
        return _load(name)


@lru_cache(maxsize=4)
def _load(name: EncodingName) -> tiktoken.Encoding:
    folder = tokenizer_cache()
    path = folder / cached_vocabulary_name(name)
    if not _is_whole(path, VOCABULARIES[name]):
        # tiktoken would answer a missing or broken file by fetching another
        raise ModelFilesMissing(
            f"The tokenizer's vocabulary {name} is missing or damaged in {folder}. "
            "Run `make install` (on Windows: `py scripts/setup.py install`)."
        )
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        return tiktoken.get_encoding(name)
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces of at most 20,000 characters, cut before a blank where there is one."""
    start = 0
    while len(text) - start > _LONGEST_PIECE:
        window = text[start : start + _LONGEST_PIECE]
        found = _LAST_BREAK.match(window)
        end = start + (found.end() if found else _LONGEST_PIECE)
        yield text[start:end]
        start = end
    yield text[start:]
