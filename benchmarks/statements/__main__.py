"""`python -m benchmarks.statements CONFIG…`: precision, recall and F1 of the statements found, against labels.

`labels.jsonl` holds stretches of articles, all statements of each by offsets into the body as the index keeps it;
"tuned" ones were looked at while the rules were written, "kept" ones were not. A statement counts as found where its
words overlap those labelled and the speaker stands where the label has it ("overlap"), or where the words are the
same but for marks and blanks at their ends ("exact"). "names" is the share of those found whose resolved speaker is the
label's. Intervals are 95 % bootstrap intervals over the stretches. CONFIG are configurations of indexes of the corpora.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.settings import load_settings
from ingest.index.catalogue import Catalogue
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.statements.extraction import statements_of
from ingest.statements.statement import Statement
from ingest.text.names import plain

LABELS = Path(__file__).with_name("labels.jsonl")
ROUNDS = 1000
_EDGES = " \n\t.,;:“”\"'’‘!?"

Row = dict[str, Any]
Counts = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The labels of one stretch, and what the rules find there."""

    body: str
    labels: Sequence[Row]
    statements: Sequence[Statement]


def overlaps(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def is_same(stretch: Stretch, label: Row, statement: Statement, *, exact: bool) -> bool:
    """Whether a statement is the labelled one: the same speaker, and the words overlap or are the same."""
    spoken = (statement.speaker_start, statement.speaker_end)
    near = overlaps(spoken, (label["speaker_start"], label["speaker_end"]))
    if not (near or plain(statement.speaker) == plain(label["speaker"])):
        return False
    if not exact:
        return overlaps((statement.start, statement.end), (label["start"], label["end"]))
    words = stretch.body[statement.start : statement.end], stretch.body[label["start"] : label["end"]]
    return words[0].strip(_EDGES) == words[1].strip(_EDGES)


def counts(one: Stretch, kinds: Sequence[str], *, exact: bool) -> Counts:
    """Statements right, statements found, labels met, labels."""
    found = [statement for statement in one.statements if statement.kind in kinds]
    wanted = [label for label in one.labels if label["kind"] in kinds]
    right = sum(any(is_same(one, label, each, exact=exact) for label in one.labels) for each in found)
    met = sum(any(is_same(one, label, each, exact=exact) for each in one.statements) for label in wanted)
    return right, len(found), met, len(wanted)


def scores(counted: Iterable[Counts]) -> tuple[float, float, float]:
    """Precision, recall and F1 over the counts of stretches."""
    right, found, met, wanted = (sum(column) for column in zip(*counted, strict=True))
    precision, recall = right / max(1, found), met / max(1, wanted)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def interval(counted: Sequence[Counts]) -> tuple[float, float]:
    """Of the F1, at 95 %."""
    draw = random.Random(0)
    drawn = sorted(scores(draw.choices(counted, k=len(counted)))[2] for _ in range(ROUNDS))
    return drawn[int(ROUNDS * 0.025)], drawn[int(ROUNDS * 0.975)]


def named(stretches: Iterable[Stretch]) -> float:
    """The share of the labels met whose resolved speaker is the label's."""
    same = [
        is_named(statement.speaker, label["speaker"])
        for one in stretches
        for label in one.labels
        for statement in one.statements
        if is_same(one, label, statement, exact=False)
    ]
    return sum(same) / max(1, len(same))


def is_named(speaker: str, label: str) -> bool:
    """The same name, or more or less of it: the labels' full names are those of the stretch alone."""
    one, two = set(plain(speaker).split()), set(plain(label).split())
    return one <= two or two <= one


def misattributed(stretches: Iterable[Stretch]) -> tuple[int, int]:
    """Statements given as somebody's whose words are labelled as another's, and all statements.

    A speaker left as it is written where the label has it ("he", "the actor") is given as nobody's.
    """
    wrong = total = 0
    for one in stretches:
        for statement in one.statements:
            total += 1
            span = (statement.start, statement.end)
            touching = [label for label in one.labels if overlaps(span, (label["start"], label["end"]))]
            wrong += bool(touching) and not any(is_theirs(one.body, statement, label) for label in touching)
    return wrong, total


def is_theirs(body: str, statement: Statement, label: Row) -> bool:
    """Whether a statement is given as the labelled speaker's, or as that of the words that stand for them."""
    spoken = (statement.speaker_start, statement.speaker_end)
    unresolved = plain(" ".join(body[slice(*spoken)].split())) == plain(statement.speaker)
    near = overlaps(spoken, (label["speaker_start"], label["speaker_end"]))
    return is_named(statement.speaker, label["speaker"]) or (unresolved and near)


def bodies(config: Path) -> dict[str, str]:
    """Every article's body by its id."""
    settings = load_settings(config)
    generations = Generations(settings.ingest.index.directory)
    path = generations.path(generations.require_current()) / CATALOGUE
    with closing(Catalogue(path, readonly=True)) as catalogue:
        return dict(catalogue.connection.execute("SELECT id, body FROM articles"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="+", type=Path, metavar="CONFIG")
    parser.add_argument("--half", choices=("tuned", "kept", "both"), default="both")
    parser.add_argument("--show", action="store_true", help="print what was missed and what was wrong")
    options = parser.parse_args()
    known = {name: body for config in options.configs for name, body in bodies(config).items()}
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    for half in ("tuned", "kept") if options.half == "both" else (options.half,):
        stretches = [stretch(row, known[row["article_id"]]) for row in rows if row["half"] == half]
        report(half, stretches)
        if options.show:
            show(stretches)


def moved(row: Row, body: str) -> Row:
    """The labels where their words stand now: cleaning may have taken something off the article's beginning."""
    if not row["statements"]:
        return row
    first = row["statements"][0]
    places = [match.start() for match in re.finditer(re.escape(first["quote"]), body)]
    shift = min((place - first["start"] for place in places), key=abs, default=0)
    names = ("start", "end", "speaker_start", "speaker_end")
    statements = [
        {**one, **{name: one[name] + shift for name in names if one.get(name) is not None}}
        for one in row["statements"]
    ]
    return {**row, "start": row["start"] + shift, "end": row["end"] + shift, "statements": statements}


def stretch(row: Row, body: str) -> Stretch:
    row = moved(row, body)
    for label in row["statements"]:
        if body[label["start"] : label["end"]] != label["quote"]:
            raise SystemExit(
                f"{row['article_id']} has another text now: {label['quote'][:60]!r} is not where it was."
            )
    within = (row["start"], row["end"])
    return Stretch(
        body,
        row["statements"],
        [one for one in statements_of(body) if overlaps((one.start, one.end), within)],
    )


def report(half: str, stretches: Sequence[Stretch]) -> None:
    kinds = {"direct": ("direct",), "indirect": ("indirect", "mixed"), "all": ("direct", "indirect", "mixed")}
    for name, of in kinds.items():
        for exact in (False, True):
            counted = [counts(one, of, exact=exact) for one in stretches]
            precision, recall, f1 = scores(counted)
            low, high = interval(counted)
            label, wanted = "exact" if exact else "overlap", sum(row[3] for row in counted)
            figures = f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f} [{low:.3f}, {high:.3f}]"
            print(f"{half} {name:<8} {label:<7} n={wanted:<3} {figures}")
    wrong, total = misattributed(stretches)
    print(f"{half} names {named(stretches):.3f}  somebody else's words {wrong}/{total}")


def show(stretches: Sequence[Stretch]) -> None:
    for one in stretches:
        for label in one.labels:
            if not any(is_same(one, label, statement, exact=False) for statement in one.statements):
                print(f"MISSED {label['kind']} <{label['speaker']}> {label['quote'][:150]!r}")
        for statement in one.statements:
            if not any(is_same(one, label, statement, exact=False) for label in one.labels):
                print(
                    f"WRONG {statement.kind} <{statement.speaker}> {one.body[statement.start : statement.end][:150]!r}"
                )


if __name__ == "__main__":
    main()
