"""/corpus: how fresh it is for everybody; adding, removing, refreshing and undoing for those who run it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.article_choice import article_choices, no_article
from bot.chat.corpus.buttons import CorpusButton, with_buttons
from bot.chat.corpus.runs import CorpusRuns, asked_by
from bot.chat.corpus.texts import (
    CHANGES_ON_A_PAGE,
    ENTRIES_ON_A_PAGE,
    changes_text,
    full_status_text,
    log_text,
    status_text,
)
from bot.chat.corpus.uploads import URL_LIMIT, address_to_add, saved, upload_name
from bot.chat.messages.displays import NO_PINGS, acknowledge
from bot.chat.messages.failures import Refused
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.messages.markup import one_line, plain
from bot.chat.services import Services, of_interaction

_ALLOWED_FOR = 30  # minutes after which what would disappear may be something else than what was shown
_LAST_PAGE = 9_000  # entries of the log that can be paged through; the shell shows more
_NAME_LIMIT = 300
_PAGES: Mapping[str, tuple[Callable[[Sequence[Mapping[str, Any]], Words], str], int]] = {
    "log": (log_text, ENTRIES_ON_A_PAGE),
    "changes": (changes_text, CHANGES_ON_A_PAGE),
}


class Corpus:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._runs = CorpusRuns(services)
        self._presses: Mapping[str, Callable[[discord.Interaction[Any], str], Awaitable[None]]] = {
            "stop": self._stop,
            "remove": self._remove_confirmed,
            "rollback": self._rollback_confirmed,
            "allow": self._removals_allowed,
            "log": partial(self._turned, "log"),
            "changes": partial(self._turned, "changes"),
        }

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        group = app_commands.Group(
            name=_("corpus"),
            description=_("The articles that answers come from"),
            default_permissions=discord.Permissions(manage_guild=True),
        )
        self._register_looks(group)
        self._register_additions(group)
        self._register_runs(group)
        tree.add_command(group)

    def _register_looks(self, group: app_commands.Group) -> None:
        @group.command(name=_("status"), description=_("How many articles there are, and how fresh they are"))
        async def status(interaction: discord.Interaction[Any]) -> None:
            await self._status(interaction)

        @group.command(
            name=_("log"),
            description=_("Who changed the corpus, when and how (for those who run the corpus)"),
        )
        async def log(interaction: discord.Interaction[Any]) -> None:
            words = await self._begin(interaction, changing=False)
            await _show(interaction, await self._page("log", 0, words))

        @group.command(
            name=_("changes"),
            description=_("What articles said before they changed (for those who run the corpus)"),
        )
        async def changes(interaction: discord.Interaction[Any]) -> None:
            words = await self._begin(interaction, changing=False)
            await _show(interaction, await self._page("changes", 0, words))

    def _register_additions(self, group: app_commands.Group) -> None:
        @group.command(
            name=_("add"), description=_("Add a file or a page of the web (for those who run the corpus)")
        )
        @app_commands.describe(
            file=_("An article: text, Markdown, HTML, PDF, DOCX, JSONL"), url=_("The address of a page")
        )
        async def add(
            interaction: discord.Interaction[Any],
            file: discord.Attachment | None = None,
            url: app_commands.Range[str, 1, URL_LIMIT] | None = None,
        ) -> None:
            await self._add(interaction, file, url)

        @group.command(
            name=_("remove"), description=_("Take an article out for good (for those who run the corpus)")
        )
        @app_commands.describe(article=_("Type a word of its title, then pick it"))
        async def remove(
            interaction: discord.Interaction[Any], article: app_commands.Range[str, 1, _NAME_LIMIT]
        ) -> None:
            await self._remove(interaction, article)

        @remove.autocomplete("article")
        async def articles(
            interaction: discord.Interaction[Any], typed: str
        ) -> list[app_commands.Choice[str]]:
            return await article_choices(self._services, typed) if self._may(interaction) else []

    def _register_runs(self, group: app_commands.Group) -> None:
        @group.command(
            name=_("refresh"), description=_("Read the articles again (for those who run the corpus)")
        )
        async def refresh(interaction: discord.Interaction[Any]) -> None:
            words = await self._begin(interaction)
            await self._runs.run(interaction, "refresh", ["--refresh"], words)

        @group.command(
            name=_("rollback"),
            description=_("Undo the last change of the corpus (for those who run the corpus)"),
        )
        async def rollback(interaction: discord.Interaction[Any]) -> None:
            await self._rollback(interaction)

    async def pressed(self, interaction: discord.Interaction[Any], action: str, argument: str) -> None:
        """A button of ours was pressed, perhaps long ago and before a restart: the rules are looked at again."""
        words, place, person = of_interaction(interaction)
        self._services.check_runs_corpus(place, person, words)
        await self._presses[action](interaction, argument)

    # -- commands

    async def _status(self, interaction: discord.Interaction[Any]) -> None:
        words, _place, _person = of_interaction(interaction)
        await acknowledge(interaction, private=True)
        if not self._may(interaction):
            status = await self._services.read(lambda index: index.status())
            await _show(interaction, text_message(status_text(status, words)))
            return
        schedule, repair = self._services.schedule, self._services.repair
        text = full_status_text(
            await self._runs.told("--status"),
            words,
            next_at=schedule.next_at if schedule else None,
            mending=repair is not None and repair.working,
        )
        await _show(interaction, text_message(text))

    async def _add(
        self, interaction: discord.Interaction[Any], file: discord.Attachment | None, url: str | None
    ) -> None:
        words = await self._begin(interaction)
        if (file is None) == (url is None):
            raise Refused(words("Give me either a file or an address."))
        if url is not None:
            await self._runs.run(interaction, "add", [f"--add={address_to_add(url, words)}"], words)
        elif file is not None:
            async with saved(file, interaction.filesize_limit, words) as place:
                arguments = [f"--add={place}", f"--name={upload_name(file)}"]
                await self._runs.run(interaction, "add", arguments, words)

    async def _remove(self, interaction: discord.Interaction[Any], name: str) -> None:
        words = await self._begin(interaction)
        match = await self._services.read(lambda index: index.article(name.strip()))
        if match is None:
            raise Refused(no_article(words))
        text = words(
            "Take {title} out of the corpus? No refresh brings it back; adding it again does.",
            title=f"**{plain(one_line(match.title, 300))}**",
        )
        button = CorpusButton("remove", match.id, words("Remove"), grave=True)
        await _show(interaction, with_buttons(text, [button]))

    async def _rollback(self, interaction: discord.Interaction[Any]) -> None:
        words = await self._begin(interaction)
        status = await self._runs.told("--status")
        generation, previous = status.get("generation"), status.get("previous")
        if not generation or not previous:
            raise Refused(words("There is no earlier state to go back to."))
        text = words(
            "Go back from generation {generation} to {previous}? What was added, removed or read since is undone.",
            generation=f"`{generation}`",
            previous=f"`{previous}`",
        )
        button = CorpusButton("rollback", str(generation), words("Go back"), grave=True)
        await _show(interaction, with_buttons(text, [button]))

    async def _page(self, listed: str, offset: int, words: Words) -> Message:
        """Of the log or of the changes of articles, newest first."""
        text, size = _PAGES[listed]
        # one more than is shown tells whether there is a next page
        report = await self._runs.told(f"--{listed}={offset + size + 1}")
        entries = [one for one in report.get(listed) or [] if isinstance(one, dict)][offset:]
        buttons = []
        if offset:
            buttons.append(CorpusButton(listed, str(max(0, offset - size)), words("Back")))
        if len(entries) > size and offset < _LAST_PAGE:
            buttons.append(CorpusButton(listed, str(offset + size), words("Next")))
        return with_buttons(text(entries[:size], words), buttons)

    # -- buttons

    async def _stop(self, interaction: discord.Interaction[Any], key: str) -> None:
        words, _place, _person = of_interaction(interaction)
        self._runs.stop(key, asked_by(interaction.user), words)
        await interaction.response.defer()  # the run's own message tells that it was stopped

    async def _remove_confirmed(self, interaction: discord.Interaction[Any], article_id: str) -> None:
        await self._change(interaction, "remove", [f"--remove={article_id}"])

    async def _rollback_confirmed(self, interaction: discord.Interaction[Any], generation: str) -> None:
        words, _place, _person = of_interaction(interaction)
        self._runs.check_free(words)
        await interaction.response.defer()
        # pressed twice, or after somebody else's change, it would undo something else than what was asked
        if (await self._runs.told("--status")).get("generation") != generation:
            raise Refused(
                words("The corpus has changed since. Use {command} again.", command="`/corpus rollback`")
            )
        await self._change(interaction, "rollback", ["--rollback"])

    async def _removals_allowed(self, interaction: discord.Interaction[Any], minute: str) -> None:
        words, _place, _person = of_interaction(interaction)
        asked = int(minute) if minute.isascii() and minute.isdigit() else 0
        if time.time() // 60 - asked > _ALLOWED_FOR:
            raise Refused(words("That was too long ago. Use {command} again.", command="`/corpus refresh`"))
        await self._change(interaction, "refresh", ["--refresh", "--allow-removals"])

    async def _turned(self, listed: str, interaction: discord.Interaction[Any], offset: str) -> None:
        words, _place, _person = of_interaction(interaction)
        await interaction.response.defer()
        place = min(int(offset), _LAST_PAGE) if offset.isascii() and offset.isdigit() else 0
        await _show(interaction, await self._page(listed, place, words))

    async def _change(self, interaction: discord.Interaction[Any], action: str, arguments: list[str]) -> None:
        """What a confirm button starts, shown in the message that it stood under."""
        words, _place, _person = of_interaction(interaction)
        self._runs.check_free(words)
        if not interaction.response.is_done():
            await interaction.response.defer()
        private = interaction.message is not None and interaction.message.flags.ephemeral
        await self._runs.run(interaction, action, arguments, words, private=private)

    # -- who may

    def _may(self, interaction: discord.Interaction[Any]) -> bool:
        words, place, person = of_interaction(interaction)
        try:
            self._services.check_runs_corpus(place, person, words)
        except Refused:
            return False
        return True

    async def _begin(self, interaction: discord.Interaction[Any], *, changing: bool = True) -> Words:
        """Acknowledge a command of those who run the corpus; raises Refused for anybody else, and while it changes."""
        words, place, person = of_interaction(interaction)
        self._services.check_runs_corpus(place, person, words)
        await acknowledge(interaction, private=True)
        if changing:
            self._runs.check_free(words)
        return words


async def _show(interaction: discord.Interaction[Any], message: Message) -> None:
    await interaction.edit_original_response(view=message, allowed_mentions=NO_PINGS)
