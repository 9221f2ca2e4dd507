from __future__ import annotations

from collections.abc import Sequence

from bot.qa.answers import Evidence
from bot.qa.drafts import Chance, DraftSentence, NotCovered
from bot.qa.generation.quoting import QuotingGenerator
from bot.qa.selection.selection import Chosen, Selection


class FixedSelector:
    """Chooses the same whatever is asked."""

    def select(self, question: str, evidence: Sequence[Evidence]) -> Selection:
        return Selection((Chosen("It cost forty euros.", 2, (8, 19)), Chosen("Rain fell.", 1)), 0.4, True)


async def test_the_chance_comes_first_then_each_sentence_as_its_own_quote_with_its_answer() -> None:
    generator = QuotingGenerator(FixedSelector())  # type: ignore[arg-type]
    chance, *sentences = [event async for event in generator.write("what did it cost?", [])]
    assert chance == Chance(0.4, True)
    assert [type(one) for one in sentences] == [DraftSentence, DraftSentence]
    for sentence in sentences:
        assert isinstance(sentence, DraftSentence)
        assert [quote.text for quote in sentence.quotes] == [sentence.text]
    first = sentences[0]
    assert isinstance(first, DraftSentence)
    assert first.quotes[0].passage == 2
    assert first.text[slice(*first.quotes[0].answer or ())] == "forty euros"


class SelectorByPart:
    """Finds an answer to the first part alone."""

    def select(self, question: str, evidence: Sequence[Evidence]) -> Selection:
        if question.startswith("what"):
            return Selection((Chosen("It cost forty euros.", 1),), 0.8, False)
        chance = 0.1 if "paid" in question else 0.4
        return Selection((Chosen("Rain fell.", 2), Chosen("It snowed.", 2)), chance, True)


async def test_each_part_of_a_question_gets_its_sentence() -> None:
    generator = QuotingGenerator(SelectorByPart())  # type: ignore[arg-type]
    events = [event async for event in generator.write("what did it cost, and why did it close?", [])]
    texts = [one.text for one in events if isinstance(one, DraftSentence)]
    assert texts == ["It cost forty euros.", "Rain fell."]


async def test_a_part_that_has_no_answer_is_named() -> None:
    generator = QuotingGenerator(SelectorByPart())  # type: ignore[arg-type]
    events = [event async for event in generator.write("what did it cost, and who paid for it?", [])]
    assert events[:2] == [Chance(0.1, False), NotCovered("who paid for it")]
    assert [one.text for one in events[2:] if isinstance(one, DraftSentence)] == ["It cost forty euros."]
