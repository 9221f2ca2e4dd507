from __future__ import annotations

from stage import World, labels, shown


async def test_ask_shows_the_answer_with_its_marks_and_sources(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="What did Sanaei claim?")
    text = shown(result)
    assert "Mehdi Sanaei claimed the visit was a success. **\\[1\\]**" in text
    assert "**Ambassador speaks on the visit**" in text
    assert "Example Wire · November 23, 2015" in text
    assert not result.ephemeral
    assert result.response is not None
    assert "Open" in labels(result.response.components)
