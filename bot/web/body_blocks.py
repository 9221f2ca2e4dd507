"""An article's body as HTML blocks: paragraphs, subheads, tables, each cut where a mark begins or ends (pure)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_CELL_END = re.compile(r"[^\S\n]*\|[^\S\n]*")
_LONGEST_SUBHEAD = 80
_ENDS = re.compile(r"[.!?…:;,]['\"”’»)]*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """`body[start:end]` is to be marked; the `main` one is where the page opens."""

    start: int
    end: int
    main: bool = False


def body_blocks(body: str, marks: Sequence[Mark]) -> Iterator[str]:
    """Each line of the body as a block; lines of cells that follow one another are a table."""
    pieces = _Pieces(body, marks)
    lines = [line.span() for line in re.finditer(r"[^\n]+", body) if line.group().strip()]
    for is_table, group in itertools.groupby(lines, lambda line: _cells(body, *line) is not None):
        spans = list(group)
        if is_table and len(spans) > 1:
            rows = (
                "".join(f"<td>{pieces.html(*cell)}</td>" for cell in _cells(body, *one) or ())
                for one in spans
            )
            yield f'<div class="scroll"><table dir="auto">{"".join(f"<tr>{row}</tr>" for row in rows)}</table></div>\n'
            continue
        for span in spans:
            tag = "h2" if _is_subhead(body, *span) else "p"
            yield f'<{tag} dir="auto">{pieces.html(*span)}</{tag}>\n'


class _Pieces:
    """The text of a body with its marks. The first piece of each quote has an id, which may stand once only."""

    def __init__(self, body: str, marks: Sequence[Mark]) -> None:
        self._body = body
        self._marks = [mark for mark in marks if 0 <= mark.start < mark.end <= len(body)]
        self._numbers = {start: n for n, start in enumerate(sorted({one.start for one in self._marks}), 1)}
        self._main_pending = True

    def html(self, first: int, last: int) -> str:
        here = [mark for mark in self._marks if mark.start < last and first < mark.end]
        return "".join(self._piece(text, over) for text, over in _cut_at_marks(self._body, first, last, here))

    def _piece(self, text: str, over: Sequence[Mark]) -> str:
        if not over:
            return text
        numbers = [self._numbers.pop(mark.start) for mark in over if mark.start in self._numbers]
        anchors = "".join(f'<a id="quote-{number}"></a>' for number in sorted(numbers))
        if not any(mark.main for mark in over):
            return f'{anchors}<mark class="other">{text}</mark>'
        which, self._main_pending = ('id="quote"' if self._main_pending else 'class="main"'), False
        return f"{anchors}<mark {which}>{text}</mark>"


def _cells(body: str, first: int, last: int) -> list[tuple[int, int]] | None:
    """The spans of the cells of a line "a | b | c"; None for a line that is no row."""
    bars = [match.span() for match in _CELL_END.finditer(body, first, last)]
    if len(bars) < 2 and not (bars and body[first:last].count(" | ") == 1):
        return None
    starts, ends = [first, *(end for _, end in bars)], [*(start for start, _ in bars), last]
    return [(start, end) for start, end in zip(starts, ends, strict=True)]


def _is_subhead(body: str, first: int, last: int) -> bool:
    """A short paragraph of one line without a full stop, above one that is longer."""
    line = body[first:last].strip()
    alone = body[max(0, first - 2) : first] in ("", "\n\n") and body[last : last + 2] == "\n\n"
    if not alone or len(line) > _LONGEST_SUBHEAD or _ENDS.search(line) or not line[:1].isupper():
        return False
    following = body[last + 2 : last + 2 + 4 * _LONGEST_SUBHEAD].split("\n", 1)[0]
    return len(following) > _LONGEST_SUBHEAD


def _cut_at_marks(
    body: str, first: int, last: int, marks: Sequence[Mark]
) -> Iterator[tuple[str, list[Mark]]]:
    """The escaped pieces of `body[first:last]`, each with the marks that lie over it."""
    cuts = {first, last}
    for mark in marks:
        cuts |= {place for place in (mark.start, mark.end) if first < place < last}
    for start, end in itertools.pairwise(sorted(cuts)):
        yield escape(body[start:end]), [mark for mark in marks if mark.start <= start and end <= mark.end]
