from __future__ import annotations

from ingest.articles.cleaning.block_classifier import Class, weigh
from ingest.articles.cleaning.markup import markdown_blocks


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
