"""Whole questions against a real index, the model's far end stood in for by a real HTTP server on loopback."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import assembled
from bot.qa import phrases
from bot.qa.answering import Answerer, final_answer
from bot.qa.answers import Answer, CheckedSentence, Progress, SentenceVerdict, Turn
from bot.settings import load_settings
from ingest.errors import UserFacingError
from ingest.index.generations import Generations
from tests.loopback_openai import FAULTS, LoopbackOpenAI, draft, sentence

QUESTION = "What did the Linden Bridge cost?"
GOOD = draft(
    sentence(
        "According to Mayor Ilse Brandt, the bridge cost forty million euros.",
        (1, "Mayor Ilse Brandt said the bridge cost forty million euros"),
    )
)
DEADLINE = 4.0


@asynccontextmanager
async def answerer(
    newsroom: Path, endpoint: str | None, monkeypatch: pytest.MonkeyPatch, *, second_look: bool = False
) -> AsyncIterator[Answerer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    settings = load_settings(newsroom)
    if endpoint is not None:
        answering = settings.answering.model_copy(
            update={
                "provider": "openai",
                "base_url": endpoint,
                "deadline_seconds": DEADLINE,
                "model": "test",
                "second_look": second_look,
            }
        )
        settings = settings.model_copy(update={"answering": answering})
    async with assembled(settings) as parts:
        yield parts.answerer


@pytest.fixture
async def endpoint() -> AsyncIterator[LoopbackOpenAI]:
    async with LoopbackOpenAI(replies=[GOOD]) as server:
        yield server


async def test_the_model_writes_and_its_quote_is_shown_in_the_articles_words(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        answer = await final_answer(built.answer(QUESTION))
    assert answer.text == "According to Mayor Ilse Brandt, the bridge cost forty million euros [1]."
    assert answer.generator == "openai:test"
    assert answer.citations[0].quote.replace("\n", " ").endswith("the bridge cost forty million euros")
    assert answer.usage.tokens_in > 0
    assert answer.notes == ()


async def test_progress_comes_first_then_checked_sentences_then_the_answer(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        events = [event async for event in built.answer(QUESTION)]
    stages = [event.stage for event in events if isinstance(event, Progress)]
    assert stages == ["searching", "reading", "writing"]
    assert isinstance(events[-2], CheckedSentence)
    assert isinstance(events[-1], Answer)


async def test_an_invented_quote_is_dropped_and_the_quoting_answer_comes_instead(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.replies = [
        draft(sentence("The bridge was free of charge.", (1, "the bridge cost the town nothing")))
    ]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        answer = await final_answer(built.answer(QUESTION))
    assert answer.generator == "quoting"
    assert answer.notes == (phrases.NOTHING_HELD,)
    assert [dropped.sentence for dropped in answer.dropped] == ["The bridge was free of charge."]
    assert "free of charge" not in answer.text


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_of_the_endpoint_ends_in_an_answer_within_the_deadline(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    endpoint.faults = [fault]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        started = time.monotonic()
        answer = await final_answer(built.answer(QUESTION))
    assert time.monotonic() - started < DEADLINE + 3
    assert answer.outcome == "answered"
    assert "forty million euros" in answer.text.replace("\n", " ")
    if answer.generator == "quoting":
        assert answer.notes[0] in {phrases.FELL_BACK, phrases.DECLINED, phrases.NOTHING_HELD}


SPOILT = sentence(
    "According to Mayor Ilse Brandt, the bridge cost fifty million euros.",
    (1, "Mayor Ilse Brandt said the bridge cost forty million euros"),
)


def judged(*supported: bool) -> str:
    return json.dumps(
        {
            "verdicts": [
                {"number": number, "supported": value, "fault": "none" if value else "swap"}
                for number, value in enumerate(supported, start=1)
            ]
        }
    )


async def test_what_fails_goes_back_once_with_its_reason_and_stands_where_it_stood(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = sentence("Mayor Ilse Brandt spoke of the cost.", (1, "Mayor Ilse Brandt said the bridge cost"))
    endpoint.replies = [draft(SPOILT, opened), GOOD]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        events = [event async for event in built.answer(QUESTION)]
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert [event.text[:25] for event in events if isinstance(event, CheckedSentence)] == [
        "Mayor Ilse Brandt spoke o",
        "According to Mayor Ilse B",
    ]
    assert answer.text.startswith("According to Mayor Ilse Brandt, the bridge cost forty million euros [1].")
    assert answer.dropped == ()
    asked = endpoint.requests[1]["messages"][-1]["content"]
    assert "do not have the figure fifty million euros" in asked
    assert "spoke of the cost" not in asked


async def test_what_fails_again_is_dropped_and_recorded_and_not_sent_back_a_third_time(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.replies = [draft(json.loads(GOOD)["sentences"][0], SPOILT), draft(SPOILT)]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        answer = await final_answer(built.answer(QUESTION))
    assert answer.text == "According to Mayor Ilse Brandt, the bridge cost forty million euros [1]."
    assert "fifty million" in answer.dropped[0].sentence
    assert len(endpoint.requests) == 2


async def test_a_second_look_strikes_what_the_source_does_not_say_and_confirms_the_rest(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sentence("The bridge cost Mayor Ilse Brandt.", (1, "Mayor Ilse Brandt said the bridge cost"))
    endpoint.replies = [draft(other, json.loads(GOOD)["sentences"][0]), judged(False, True)]
    async with answerer(newsroom, endpoint.url, monkeypatch, second_look=True) as built:
        events = [event async for event in built.answer(QUESTION)]
    answer = events[-1]
    assert isinstance(answer, Answer)
    shown = [event for event in events if isinstance(event, CheckedSentence)]
    assert all(event.being_checked for event in shown)
    assert [(event.text, event.confirmed) for event in events if isinstance(event, SentenceVerdict)] == [
        (shown[0].text, False),
        (shown[1].text, True),
    ]
    assert answer.text == "According to Mayor Ilse Brandt, the bridge cost forty million euros [1]."
    assert [citation.number for citation in answer.citations] == [1]
    assert [dropped.reason for dropped in answer.dropped] == ["a second look refuted it: swap"]


async def test_an_answer_that_is_refuted_whole_gives_way_to_the_articles_own_sentences(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.replies = [GOOD, judged(False)]
    async with answerer(newsroom, endpoint.url, monkeypatch, second_look=True) as built:
        answer = await final_answer(built.answer(QUESTION))
    assert answer.generator == "quoting"
    assert answer.notes == (phrases.NOTHING_HELD,)


@pytest.mark.parametrize("reply", [judged(True), draft(), "I would rather not say."])
async def test_without_a_refutation_what_the_code_proved_stays(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch, reply: str
) -> None:
    endpoint.replies = [GOOD, reply]
    async with answerer(newsroom, endpoint.url, monkeypatch, second_look=True) as built:
        answer = await final_answer(built.answer(QUESTION))
    assert answer.generator == "openai:test"
    assert [citation.number for citation in answer.citations] == [1]


@pytest.mark.parametrize("fault", ["500", "slow", "stall", "cut", "empty-text"])
async def test_a_second_look_that_fails_or_hangs_costs_neither_the_answer_nor_the_deadline(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    endpoint.faults = [None, fault]
    async with answerer(newsroom, endpoint.url, monkeypatch, second_look=True) as built:
        started = time.monotonic()
        answer = await final_answer(built.answer(QUESTION))
    assert time.monotonic() - started < DEADLINE + 1
    assert answer.text == "According to Mayor Ilse Brandt, the bridge cost forty million euros [1]."


async def test_a_summary_by_the_model_is_repaired_and_looked_at_too(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.replies = [draft(SPOILT), GOOD, judged(True)]
    async with answerer(newsroom, endpoint.url, monkeypatch, second_look=True) as built:
        answer = await final_answer(built.summarise("Mayor opens the Linden Bridge"))
    assert answer.text == "According to Mayor Ilse Brandt, the bridge cost forty million euros [1]."
    assert len(endpoint.requests) == 3


async def test_a_digest_by_the_model_is_repaired_too(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    since_2018 = (datetime.now(UTC) - datetime(2018, 1, 1, tzinfo=UTC)).days
    quote = (1, "lost most of their apricots to three nights of frost")
    spoilt = sentence("Growers lost most of their apricots to five nights of frost.", quote)
    endpoint.replies = [
        draft(spoilt),
        draft(sentence("Growers lost most of their apricots to three nights of frost.", quote)),
    ]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        topic = "the frost and the apricot harvest, the Linden Bridge"
        answer = await final_answer(built.digest(topic, since_2018))
    assert answer.text == "Growers lost most of their apricots to three nights of frost [1]."
    assert len(endpoint.requests) == 2


async def test_a_follow_up_by_the_model_is_repaired_too(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.replies = [QUESTION, draft(SPOILT), GOOD]
    history = [Turn("Who opened the Linden Bridge?", "Mayor Ilse Brandt opened the Linden Bridge [1].", ())]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        answer = await final_answer(built.answer("and what did it cost?", history=history))
    assert answer.text == "According to Mayor Ilse Brandt, the bridge cost forty million euros [1]."
    assert len(endpoint.requests) == 3


async def test_a_question_that_only_a_reader_could_refuse_reaches_the_model(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "How many lanes does the Linden Bridge have for horses?"
    endpoint.replies = [draft(not_covered=[""])]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        answer = await final_answer(built.answer(question))
        elsewhere = await final_answer(built.answer("zxqv wvut plok?"))
    assert len(endpoint.requests) == 1
    assert answer.outcome == elsewhere.outcome == "not_found"
    assert answer.nearest


async def test_a_model_that_says_the_passages_are_silent_is_believed(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.replies = [draft(not_covered=[""])]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        answer = await final_answer(built.answer(QUESTION))
    assert answer.outcome == "not_found"
    assert answer.text == ""
    assert answer.nearest


async def test_the_part_that_is_not_covered_is_named(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = json.loads(GOOD)["sentences"][0]
    endpoint.replies = [draft(reply, not_covered=["how long is the bridge"])]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        answer = await final_answer(
            built.answer("What did the Linden Bridge cost, and how long is the bridge?")
        )
    assert answer.outcome == "answered"
    assert any("how long is the bridge" in note for note in answer.notes)


async def test_a_closed_endpoint_costs_a_note_and_no_answer(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with answerer(newsroom, "http://127.0.0.1:9/v1", monkeypatch) as built:
        answer = await final_answer(built.answer(QUESTION))
    assert answer.generator == "quoting"
    assert answer.notes == (phrases.FELL_BACK,)


async def test_a_follow_up_is_answered_from_the_article_it_leans_on(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with answerer(newsroom, None, monkeypatch) as built:
        first = await final_answer(built.answer("What did Farmer Josef Leitner tell the Valley Courier?"))
        cited = tuple(citation.article.article_id for citation in first.citations)
        history = [Turn(first.question, first.text, cited)]
        second = await final_answer(built.answer("and what did the chamber deny?", history=history))
    assert second.question == "and what did the chamber deny?"
    assert "imports" in second.text


async def test_a_summary_cites_its_own_article_alone(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with answerer(newsroom, None, monkeypatch) as built:
        answer = await final_answer(built.summarise("https://example.org/harvest"))
    assert answer.outcome == "answered"
    assert {citation.article.url for citation in answer.citations} == {"https://example.org/harvest"}
    assert [citation.start for citation in answer.citations] == sorted(one.start for one in answer.citations)


async def test_a_summary_by_the_model_falls_back_to_central_sentences(
    newsroom: Path, endpoint: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.faults = ["500"]
    async with answerer(newsroom, endpoint.url, monkeypatch) as built:
        answer = await final_answer(built.summarise("https://example.org/harvest"))
    assert answer.outcome == "answered"
    assert answer.generator == "quoting"
    assert answer.notes == (phrases.FELL_BACK,)


async def test_a_digest_holds_only_articles_recent_enough_newest_first(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    since_2015 = (datetime.now(UTC) - datetime(2015, 1, 1, tzinfo=UTC)).days
    since_2018 = (datetime.now(UTC) - datetime(2018, 1, 1, tzinfo=UTC)).days
    topic = "the frost and the apricot harvest, the Linden Bridge"
    async with answerer(newsroom, None, monkeypatch) as built:
        both = await final_answer(built.digest(topic, since_2015))
        one = await final_answer(built.digest(topic, since_2018))
        nothing = await final_answer(built.digest(topic, 1))
        other = await final_answer(built.digest("the Linden Bridge and Mayor Ilse Brandt", since_2018))
    assert [citation.article.published for citation in both.citations] == ["2021-05-12", "2016-02-01"]
    assert [citation.article.published for citation in one.citations] == ["2021-05-12"]
    assert nothing.outcome == other.outcome == "not_found"
    assert nothing.nearest


async def test_a_title_that_no_article_has_names_near_ones(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with answerer(newsroom, None, monkeypatch) as built:
        with pytest.raises(UserFacingError, match="python -m bot search"):
            await final_answer(built.summarise("The moon landing"))


@pytest.mark.parametrize("question", ["", "  \n ", "\u200b", "?" * 5_000, "🎉"])
async def test_a_question_without_words_is_turned_away_with_a_sentence(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    async with answerer(newsroom, None, monkeypatch) as built:
        with pytest.raises(UserFacingError, match="no words"):
            await final_answer(built.answer(question))


@pytest.mark.parametrize(
    "question",
    [
        "bridge " * 5_000,
        '" OR * NEAR( col: -x',
        "'; DROP TABLE articles; --",
        "\ud800 bridge",
        "a\0b",
        "橋はいくら?",
    ],
)
async def test_hostile_questions_get_an_outcome(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    async with answerer(newsroom, None, monkeypatch) as built:
        outcome = await final_answer(built.answer(question))
    assert outcome.outcome in {"answered", "not_found"}


async def test_an_answer_found_by_words_alone_says_so(
    newsroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(newsroom.parent, tmp_path, dirs_exist_ok=True)
    directory = load_settings(tmp_path / newsroom.name).ingest.index.directory
    shutil.rmtree(directory / Generations(directory).require_current() / "chroma")
    async with answerer(tmp_path / newsroom.name, None, monkeypatch) as built:
        answer = await final_answer(built.answer(QUESTION))
        nothing = await final_answer(built.answer("Who painted the ceiling of the opera?"))
        summary = await final_answer(built.summarise("Mayor opens the Linden Bridge"))
    assert "forty million euros" in answer.text.replace("\n", " ")
    assert answer.notes == nothing.notes == (phrases.WORDS_ALONE,)
    assert nothing.outcome == "not_found"
    assert summary.notes == ()


async def test_only_what_was_published_by_then_is_evidence_and_the_answer_says_so(
    newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apricots = "Who told the Valley Courier about the trees?"
    async with answerer(newsroom, None, monkeypatch) as built:
        then = await final_answer(built.answer(apricots, as_of="2021-05-12"))
        before = await final_answer(built.answer(apricots, as_of="2021-05-11"))
        in_words = await final_answer(
            built.answer("As of 2020, who told the Valley Courier about the trees?")
        )
        bridge = await final_answer(built.answer("What did the Linden Bridge cost, as of May 2016?"))
        undated = await final_answer(
            built.answer("What did the astronomer Rosa Quintana claim about the mirror?", as_of="2030-01-01")
        )
    assert (then.outcome, then.as_of) == ("answered", "2021-05-12")
    assert before.outcome == in_words.outcome == "not_found"
    assert "As of 2020-12-31" in in_words.notes[0]
    assert {one.url for one in before.nearest} <= {"https://example.org/bridge"}
    assert "forty million" in bridge.text
    assert "those without a date are left out" in undated.notes[0]
    assert undated.outcome == "not_found"
