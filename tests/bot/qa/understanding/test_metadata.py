from __future__ import annotations

import pytest

from bot.qa.understanding.metadata import MetadataQuestion, metadata_question


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("How many articles do you have?", MetadataQuestion("count")),
        ("which articles are about google", MetadataQuestion("list", about="google")),
        ("What happened on November 19 2019?", MetadataQuestion("list", when="november 19 2019")),
        ("what did BBC publish on 2019-11-19", MetadataQuestion("list", by="bbc", when="2019-11-19")),
        ("list all articles by Yoav Schumacher", MetadataQuestion("list", by="yoav schumacher")),
        ("any articles about tesla from the verge", MetadataQuestion("list", about="tesla", by="the verge")),
        ("what is the oldest article", MetadataQuestion("list", oldest=True)),
        ("who wrote the stadia article?", MetadataQuestion("author", about="stadia")),
        ("when was the article about Ann Lee published?", MetadataQuestion("published", about="ann lee")),
        ("which site published the story about plague", MetadataQuestion("publisher", about="plague")),
        ("how many publishers do you have", MetadataQuestion("publishers")),
        ("who wrote Hamlet", MetadataQuestion("author", about="hamlet", outright=False)),
    ],
)  # fmt: skip
def test_a_question_about_the_articles_is_read_piece_by_piece(question: str, read: MetadataQuestion) -> None:
    assert metadata_question(question) == read


@pytest.mark.parametrize(
    "question",
    ["what did CNBC say about Emirates", "what happened in Qatar", "when was the bridge built", "how many people died",
     "who scored", "who is new in town", ""],
)  # fmt: skip
def test_a_question_about_what_they_say_is_not(question: str) -> None:
    assert metadata_question(question) is None
