"""After an ingest: what it touches is asked again, and those who wait for it are told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from discord import ui

from bot.chat.messages.language import Words, words_in
from bot.chat.messages.layout import Message, plain_messages
from bot.chat.messages.rendering import answer_pages
from bot.chat.services import Services
from bot.chat.watching.announcements import Announcements
from bot.chat.watching.buttons import WatchingButton
from bot.chat.watching.corrections import Corrections
from bot.chat.watching.gaps import Gaps
from bot.chat.watching.telling import Telling, Told, called, places
from bot.operations.watch_records import Gap, Watch
from bot.qa.answering import final_answer
from bot.qa.answers import Answer
from bot.watching.changes import Changes, changes_between, differs, evidence_of, touched
from ingest.errors import UserFacingError
from ingest.index.index import Index

log = logging.getLogger(__name__)

_SEEN = "corpus seen"
_AT_ONCE = 2  # watches: so many keep two cores busy, and leave slots for whoever asks meanwhile


class Rounds:
    """One round a generation. What fails is asked again in the next; what was told is not told twice."""

    def __init__(
        self, services: Services, gaps: Gaps, telling: Telling, announcements: Announcements
    ) -> None:
        self._services = services
        self._gaps = gaps
        self._telling = telling
        self._corrections = Corrections(services, telling)
        self._announcements = announcements
        self._turn = asyncio.Lock()

    async def after_ingest(self) -> None:
        """Do nothing unless another generation is current than at the last round."""
        services = self._services
        async with self._turn:
            generation, now = await services.read(_state_of)
            seen = await services.records.note(_SEEN)
            if seen == generation:
                return
            before = await services.watches.corpus_seen()
            with services.working():
                whole = True
                if seen is not None:  # else nobody knows what is new
                    changes = changes_between(before, now)
                    await self._announcements.after(now.keys() - before.keys())
                    await self._corrections.after(changes)
                    whole = await self._watches(changes) & await self._close_gaps(changes)
            if whole:
                await services.watches.save_corpus(before, now)
                await services.records.save_note(_SEEN, generation)

    async def _watches(self, changes: Changes) -> bool:
        """Whether every watch that is touched could be asked."""
        watches = await self._services.watches.watches()
        near = await self._touched([one.question for one in watches], changes)
        few = asyncio.Semaphore(_AT_ONCE)

        async def asked(watch: Watch, is_near: bool) -> bool:
            cites = any(article in changes.stale for article, _ in watch.evidence)
            async with few:
                try:
                    if cites or (is_near and await self._reaches(watch.question, changes)):
                        await self._ask_watch(watch, changes)
                except UserFacingError as error:
                    log.warning("a watch could not be asked: %s", error)
                    return False
            return True

        return all(await asyncio.gather(*map(asked, watches, near)))

    async def _ask_watch(self, watch: Watch, changes: Changes) -> None:
        answer = await self._answer(watch.question)
        now = evidence_of(answer)
        await self._services.watches.save_evidence(watch.id, now)
        if differs(watch.evidence, now, changes):
            words = words_in(watch.language)
            intro = words("Articles have changed the answer to a question that you watch.")
            end = WatchingButton("end", watch.id, words("End"))
            await self._tell(Told(watch.channel, watch.person), intro, answer, words, end=end)

    async def _close_gaps(self, changes: Changes) -> bool:
        """Whether every gap that is touched could be asked; what is answered outright now is closed and told."""
        gaps = [one for one in await self._gaps.regrouped() if one.state != "answered"]
        near = await self._touched([one.question for one in gaps], changes)
        whole = True
        for gap, is_near in zip(gaps, near, strict=True):
            try:
                if is_near and await self._reaches(gap.question, changes):
                    answer = await self._answer(gap.question)
                    if answer.outcome == "answered" and not answer.doubtful:
                        await self._services.watches.set_gap(gap.id, "answered")
                        await self._tell_askers(gap, answer)
            except UserFacingError as error:
                log.warning("a gap could not be asked: %s", error)
                whole = False
        return whole

    async def _tell_askers(self, gap: Gap, answer: Answer) -> None:
        """Everybody once, where they asked: in the channel by name, or where nobody else saw it, in private."""
        for told, people in places(gap.askers).items():
            words = self._telling.words(told)
            intro = called(people, told) + words("You asked this in vain; now the articles answer it.")
            await self._tell(told, intro, answer, words, pings=people)

    async def _touched(self, questions: Sequence[str], changes: Changes) -> list[bool]:
        if not questions or not changes.fresh:
            return [False] * len(questions)
        embed = self._services.embed
        vectors: Any = await asyncio.to_thread(embed, questions) if embed else None
        work = partial(touched, questions=questions, vectors=vectors, fresh=changes.fresh)
        return await self._services.read(work)

    async def _reaches(self, question: str, changes: Changes) -> bool:
        """Whether the passages that the question would be answered from have one of the fresh articles."""
        async with self._services.slots:
            depth = self._services.settings.retrieval.passages
            evidence = await self._services.answers.search(question, depth)
        return any(one.article.id in changes.fresh for one in evidence)

    async def _answer(self, question: str) -> Answer:
        async with self._services.slots:
            return await final_answer(self._services.answers.answer(question))

    async def _tell(
        self,
        told: Told,
        intro: str,
        answer: Answer,
        words: Words,
        *,
        end: WatchingButton | None = None,
        pings: Sequence[int] = (),
    ) -> None:
        first = Message()
        first.add_item(ui.TextDisplay(intro))
        if end is not None:
            first.add_item(ui.ActionRow(end))
        links = await self._services.links(answer, None)
        pages = answer_pages(answer, words, heading=answer.question, links=links)
        await self._telling.send(told, [first, *plain_messages(pages)], pings)


def _state_of(index: Index) -> tuple[str, dict[str, str]]:
    hashes = index.catalogue.article_hashes()
    return index.generation, {name: digest for name, (digest, _origin, _path) in hashes.items()}
