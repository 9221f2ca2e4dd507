import pytest

from bot.qa.understanding.parts import parts


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who won the final, and where was it played?", ("who won the final", "where was it played")),
        ("When was it built; who built it?", ("When was it built", "who built it")),
        ("What is it? When did it open? Who paid?", ("What is it? When did it open? Who paid?",)),
        ("What is the bridge? When did it open?", ("What is the bridge", "When did it open")),
    ],
)
def test_a_question_that_asks_for_several_things_is_split_into_its_parts(
    question: str, expected: tuple[str, ...]
) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "who said what and when",
        "what did Ada say about trains and boats",
        "",
        "and who",
        "is it so and is it not",
    ],
)
def test_a_question_that_asks_for_one_thing_stays_whole(question: str) -> None:
    assert parts(question) == (question,)


def test_no_more_than_three_parts_are_looked_at() -> None:
    assert len(parts(" and ".join(["who was the mayor"] * 50))) == 3
