"""A question worked out, kept on record, and shown; and what is shown where that fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Literal

from bot.chat.commands.request import Request
from bot.chat.messages.displays import Display, InteractionDisplay, Unwatched, follow
from bot.chat.messages.failures import explain
from bot.chat.messages.layout import answer_messages
from bot.chat.messages.rendering import answer_pages
from bot.chat.services import Services
from bot.qa.answers import Answer, AnswerEvent, Turn
from ingest.errors import UserFacingError

log = logging.getLogger(__name__)


class Showing:
    """Every answer in Discord goes through `show`, or through `deliver` where it was worked out already."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def show(
        self, request: Request, display: Display, events: AsyncIterator[AnswerEvent] | None = None
    ) -> None:
        """Work a question out, keep it, and show it; summaries and digests bring their own `events`."""
        services = self._services
        key: str | None = None
        with services.working():
            try:
                # what nobody asked the bot is on record only where it is answered
                key = None if request.unaddressed else await self._begin(request)
                with services.metrics.question():
                    async with services.slots:
                        if events is None:
                            history = await services.records.history(request.parent)
                            if request.about:
                                history = (*history, Turn(request.about, ""))
                            events = services.answers.answer(
                                request.question, history=history, as_of=request.as_of
                            )
                        watched = Unwatched() if request.unaddressed else display
                        answer = await follow(events, watched, request.words)
                if key is not None:
                    await services.records.finish(key, answer)
                    await self._put(request, display, answer, key)
                elif answer.outcome == "answered" and not answer.doubtful:
                    await self.deliver(request, display, answer)
            except asyncio.CancelledError:
                await asyncio.shield(self._apologise(request, display, key))
                raise
            except Exception as error:
                services.metrics.asked("failed")
                services.metrics.failed(type(error).__name__)
                await self._give_up(key, "failed")
                await display.fail(self._explained(error, request, display))

    async def deliver(self, request: Request, display: Display, answer: Answer) -> None:
        """Keep and show an answer that was worked out already."""
        key = await self._begin(request)
        await self._services.records.finish(key, answer)
        await self._put(request, display, answer, key)

    async def _begin(self, request: Request) -> str:
        return await self._services.records.begin(
            request.question,
            kind=request.kind,
            person=request.person.id,
            server=request.place.server,
            channel=request.place.channel,
            parent=request.parent,
            private=request.private,
        )

    async def _give_up(self, key: str | None, outcome: Literal["failed", "interrupted"]) -> None:
        """Note that there is no answer, where that can be noted: the person is told in any case."""
        if key is not None:
            try:
                await self._services.records.fail(key, outcome)
            except UserFacingError as error:
                log.error("a question without an answer is not noted as such: %s", error)

    def _explained(self, error: Exception, request: Request, display: Display) -> str:
        """What to mend is told to those who can, where nobody else reads it."""
        alone = isinstance(display, InteractionDisplay) or request.place.server is None
        for_editors = alone and self._services.may_run_corpus(request.place, request.person)
        return explain(error, request.words, for_editors=for_editors)

    async def _put(self, request: Request, display: Display, answer: Answer, key: str) -> None:
        services = self._services
        services.metrics.asked(answer.outcome)
        pages = answer_pages(
            answer,
            request.words,
            heading=request.heading,
            links=await services.links(answer, key),
            remarks=request.remarks,
        )
        shown = answer_messages(pages, answer, key, request.words, request.further)
        for message in await display.finish(shown):
            await services.records.link_message(message, key)

    async def _apologise(self, request: Request, display: Display, key: str | None) -> None:
        await self._give_up(key, "interrupted")
        await display.fail(
            request.words(
                "I am being restarted and could not finish this one. Please ask it again in a minute."
            )
        )
