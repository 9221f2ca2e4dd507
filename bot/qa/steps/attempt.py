"""One generator's draft on its way to the reader: checked as it is written, repaired once, looked at once more."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.errors import ModelBudgetSpent, ModelUnavailable
from bot.qa import phrases
from bot.qa.answers import (
    Answer,
    AnswerEvent,
    CheckedSentence,
    Dropped,
    Evidence,
    Progress,
    SentenceVerdict,
    Turn,
    Usage,
)
from bot.qa.drafts import Chance, DraftEvent, DraftSentence, NotCovered, Refused, with_answer_spans
from bot.qa.generation.generator import Generator
from bot.qa.generation.repairer import Repairer
from bot.qa.verification.citations import CitationChecker
from bot.qa.verification.second_look import SecondLook

log = logging.getLogger(__name__)
T = TypeVar("T")

_WORTH_ASKING = 1.5  # seconds that must be left of the deadline for another request to the model


@dataclass(frozen=True, slots=True)
class _Shown:
    """A sentence that passed: where in the draft it stands, as drafted, as shown, and the source that it cites."""

    place: int
    draft: DraftSentence
    text: str
    source: str


class Attempt:
    """One generator's draft. `repairer` and `second_look` are left out where no model is asked again."""

    def __init__(
        self,
        generator: Generator,
        question: str,
        evidence: Sequence[Evidence],
        repairer: Repairer | None = None,
        second_look: SecondLook | None = None,
    ) -> None:
        self.usage = Usage()
        self.failure: ModelUnavailable | None = None
        self.dropped: list[Dropped] = []
        self._checker = CitationChecker(evidence)
        self._generator = generator
        self._repairer = repairer
        self._second_look = second_look
        self._question = question
        self._evidence = evidence
        self._shown: list[_Shown] = []
        self._failed: list[tuple[int, DraftSentence, Dropped]] = []
        self._drafted = 0
        self._missing: list[str] = []
        self._chance: Chance | None = None
        self._silent = False  # the generator says that the passages hold no answer at all
        self._refused = False

    async def events(self, history: Sequence[Turn], until: float | None) -> AsyncGenerator[AnswerEvent, None]:
        """Yield each sentence that passes its check, until the draft ends, fails, or `until` passes."""
        yield Progress("writing", len(self._evidence))
        draft = self._generator.write(self._question, self._evidence, history=history)
        try:
            while (event := await within(until, anext(draft, None))) is not None:
                if (sentence := await self._take(event)) is not None:
                    yield sentence
        except ModelUnavailable as error:
            log.warning("%s: %s", self._generator.name, error)
            self.failure = error
        finally:
            if isinstance(draft, AsyncGenerator):
                await draft.aclose()
        async for sentence in self._repair(until):
            yield sentence
        self.dropped += dict.fromkeys(dropped for _, _, dropped in self._failed)  # the same words fail twice
        if self._second_look is not None and self._shown and _left(until) > _WORTH_ASKING:
            yield Progress("second_look", len(self._evidence))
            for verdict in await self._look_again(self._second_look, until):
                yield verdict
        await asyncio.to_thread(self._put_in_order)

    async def _take(self, event: DraftEvent) -> CheckedSentence | None:
        match event:
            case DraftSentence():
                self._drafted += 1
                return await self._check(self._drafted, event)
            case NotCovered(part):
                self._missing.append(part)
                self._silent |= not part
            case Chance():
                self._chance = event
            case Refused(reason):
                log.warning("%s declined: %s", self._generator.name, reason)
                self._refused = True
            case Usage():
                self.usage += event
        return None

    async def _check(self, place: int, sentence: DraftSentence) -> CheckedSentence | None:
        # the check is thousands of comparisons; the event loop has other people's questions to serve
        checked = await asyncio.to_thread(self._checker.check, sentence)
        if isinstance(checked, Dropped):
            self._failed.append((place, sentence, checked))
            return None
        self._shown.append(_Shown(place, sentence, checked.text, self._checker.sources_of(checked)))
        return CheckedSentence(checked.text, being_checked=self._second_look is not None)

    async def _repair(self, until: float | None) -> AsyncGenerator[CheckedSentence, None]:
        """What of the failed sentences passes when the model has written it again; what fails again stays dropped."""
        failed, left = list(self._failed), _left(until)
        if self._repairer is None or not failed or self.failure is not None or left < _WORTH_ASKING:
            return
        sentences, usage = await self._repairer.repaired(
            self._question, self._evidence, [(sentence, why.reason) for _, sentence, why in failed], left
        )
        self.usage += usage
        for sentence in sentences:
            if not failed:
                break
            first = max(failed, key=lambda one: _likeness(one[1].text, sentence.text))
            failed.remove(first)
            if (checked := await self._check(first[0], sentence)) is not None:
                self._failed.remove(first)
                yield checked

    async def _look_again(self, second_look: SecondLook, until: float | None) -> list[SentenceVerdict]:
        """Withdraw what the second look refutes; without its verdict, what passed the check by code stays."""
        claims = [(one.draft.text, one.source) for one in self._shown]
        try:
            refuted, usage = await within(until, second_look.refuted(claims, _left(until)))
        except ModelUnavailable:
            return []
        self.usage += usage
        if refuted is None:
            return []
        verdicts = [SentenceVerdict(one.text, n not in refuted) for n, one in enumerate(self._shown)]
        for n, fault in refuted.items():
            self.dropped.append(
                Dropped(self._shown[n].draft.text, f"a second look refuted it: {fault or 'fault'}")
            )
        self._shown = [one for n, one in enumerate(self._shown) if n not in refuted]
        return verdicts

    def _put_in_order(self) -> None:
        """What stands, in the order of the draft, with its marks numbered anew where something came or went."""
        ordered = sorted(self._shown, key=lambda one: one.place)
        if [one.text for one in ordered] != [one.text for one in self._checker.kept]:
            self._checker = CitationChecker(self._evidence)
            for one in ordered:
                self._checker.check(one.draft)

    @property
    def stands(self) -> bool:
        """Whether this draft is the answer: it has a proven sentence, or says itself that there is none."""
        return bool(self._checker.kept) or (self._silent and self.failure is None and not self._refused)

    @property
    def excuse(self) -> str:
        """Why another generator's answer is shown instead."""
        if isinstance(self.failure, ModelBudgetSpent):
            return phrases.BUDGET_SPENT
        if self.failure is not None:
            return phrases.FELL_BACK
        return phrases.DECLINED if self._refused else phrases.NOTHING_HELD

    def answer(self) -> Answer:
        text, citations = self._checker.result()
        quotes = [quote for shown in self._shown for quote in shown.draft.quotes]
        return Answer(
            question=self._question,
            outcome="answered" if citations else "not_found",
            text=text,
            citations=with_answer_spans(citations, quotes),
            generator=self._generator.name,
            generation="",
            seconds=0.0,
            dropped=tuple(self.dropped),
            notes=self._notes(),
            usage=self.usage,
            chance=self._chance.value if self._chance else None,
            doubtful=bool(citations and self._chance and self._chance.doubtful),
        )

    def _notes(self) -> tuple[str, ...]:
        if not self._checker.kept:
            return ()
        notes = list(self._checker.notes())
        if self.failure is not None:
            notes.append(phrases.CUT_SHORT)
        if parts := [part for part in self._missing if part]:
            notes.append(phrases.partly_covered(self._question, parts))
        return tuple(notes)


async def within(until: float | None, work: Awaitable[T]) -> T:
    """Await `work`, at most until then on the monotonic clock; past it, a ModelUnavailable."""
    try:
        async with asyncio.timeout(None if until is None else _left(until)):
            return await work
    except TimeoutError:
        raise ModelUnavailable("The question took longer than [answering] deadline_seconds allows.") from None


def _left(until: float | None) -> float:
    """Seconds until then; an hour where there is no deadline."""
    return 3_600.0 if until is None else max(0.0, until - time.monotonic())


def _likeness(one: str, other: str) -> float:
    """The share of the words of two sentences that both have."""
    ours, theirs = set(one.lower().split()), set(other.lower().split())
    return len(ours & theirs) / max(1, len(ours | theirs))
