from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ingest.clutter import Class, maximal_stretches, weigh
from ingest.markup import markdown_blocks


def by_definition(weights: list[int], first: int = 0) -> list[tuple[int, int, int]]:
    """Ruzzo and Tompa's own definition: the best contiguous part, then the same left and right of it."""
    spans = [
        (sum(weights[start:end]), start, end)
        for start in range(len(weights))
        for end in range(start + 1, len(weights) + 1)
    ]
    best = max(spans, key=lambda span: (span[0], span[1] - span[2]), default=(0, 0, 0))
    if best[0] <= 0:
        return []
    total, start, end = best
    left = by_definition(weights[:start], first)
    right = by_definition(weights[end:], first + end)
    return [*left, (first + start, first + end - 1, total), *right]


@given(st.lists(st.integers(-9, 9), max_size=14))
def test_the_stretches_are_those_of_the_definition_in_weight(weights: list[int]) -> None:
    found = maximal_stretches(weights)
    assert sorted(total for _, _, total in found) == sorted(total for _, _, total in by_definition(weights))
    for first, last, total in found:
        assert sum(weights[first : last + 1]) == total > 0
    assert all(one[1] < other[0] for one, other in itertools.pairwise(found))


def kinds(text: str) -> list[Class]:
    return [weigh(block).of for block in markdown_blocks(text)]


def test_blocks_are_classed_by_what_they_hold() -> None:
    text = """The council said that the bridge would open in the spring of next year.

* [Home](/)
* [News](/news)

| Ajax | 10 |
| PSV | 8 |

Photograph: Jane Doe

Skip to content

Ce pont, que la ville avait promis pour le printemps, ne sera pas ouvert avant l'hiver."""
    assert kinds(text) == [Class.PROSE, Class.LINKS, Class.FACTS, Class.SHORT, Class.CLUTTER, Class.PROSE]


def test_running_text_is_known_in_scripts_without_spaces_or_capitals() -> None:
    assert kinds("市政府星期一表示，这座大桥将于明年春天开放，比原计划晚两年。") == [Class.PROSE]
    assert kinds("وقال المجلس إن الجسر الذي وعدت به المدينة لن يفتح قبل الربيع المقبل من هذا العام.") == [
        Class.PROSE
    ]
