"""The bot's own words in the person's language: English in the code, the others in bot/locales/*.po."""

from __future__ import annotations

import gettext
import io
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import discord
from babel.core import Locale as BabelLocale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from discord import app_commands

LANGUAGES = ("en", "de", "fr")
_DISCORD_LOCALES = {discord.Locale.german: "de", discord.Locale.french: "fr"}


class Words:
    """One language. `words("…{n}…", n=3)` translates and fills in; values that come from outside are
    escaped by the caller, since only the caller knows where they are going.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _translations(language)

    def __call__(self, message: str, /, **values: Any) -> str:
        translated = self._texts.gettext(message)
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """The form for `n`, which the text shows as {n}."""
        return self._texts.ngettext(one, many, n).format(n=format_decimal(n, locale=self.language), **values)

    def date(self, iso: str | None) -> str:
        """An ISO 8601 date (or the day of a date-time) in the language's own form; "" where there is none."""
        if not iso:
            return ""
        try:
            day = datetime.fromisoformat(iso).date()
        except ValueError:
            return iso[:10]
        return format_date(day, format="long", locale=BabelLocale.parse(self.language))


@cache
def words_in(language: str) -> Words:
    return Words(language)


def words_for(locale: discord.Locale | None) -> Words:
    """The language of a person or a server; English where Byline does not speak theirs."""
    return words_in(_DISCORD_LOCALES.get(locale, "en") if locale is not None else "en")


def warm_languages() -> None:
    """Read every catalogue and the calendar data behind it, which takes tens of milliseconds each."""
    for language in LANGUAGES:
        words_in(language).date("2000-01-01")
        words_in(language).plural("{n}", "{n}", 1_000)


class CommandTranslator(app_commands.Translator):
    """Descriptions of commands and options; their names stay English, so that people can tell each other."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        named = {
            app_commands.TranslationContextLocation.command_name,
            app_commands.TranslationContextLocation.group_name,
            app_commands.TranslationContextLocation.parameter_name,
        }
        is_menu = isinstance(context.data, app_commands.ContextMenu)
        if locale not in _DISCORD_LOCALES or (context.location in named and not is_menu):
            return None
        translated = words_for(locale)(string.message)
        return translated if translated != string.message else None


@cache
def _translations(language: str) -> gettext.NullTranslations:
    """The catalogue, compiled in memory: the repository holds no binary that could fall behind its source."""
    if language == "en":
        return gettext.NullTranslations()
    source = resources.files("bot").joinpath("locales", f"{language}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
