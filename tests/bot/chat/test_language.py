from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
from babel.messages.pofile import read_po

from bot.chat.messages.language import LANGUAGES, words_for, words_in
from bot.qa import phrases

CHAT = Path(__file__).resolve().parents[3] / "bot" / "chat"
LOCALES = CHAT.parent / "locales"

Message = tuple[str, ...]
"""A text, or its singular and plural."""


def messages_in(source: str) -> Iterator[Message]:
    """Every text that the code has translated: words("…"), words.plural("…", "…", n), _("…")."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        texts = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if name.endswith("words.plural"):
            yield (texts[0], texts[1])
        elif name.endswith(("words", "_words", "_message")) or name in {"_", "words_of(interaction)"}:
            yield from ((text,) for text in texts[:1])


def used() -> set[Message]:
    written = {
        message for path in CHAT.rglob("*.py") for message in messages_in(path.read_text(encoding="utf-8"))
    }
    return written | {
        (text,) for name, text in vars(phrases).items() if name.isupper() and isinstance(text, str)
    }


def translated(language: str) -> dict[Message, Message]:
    with (LOCALES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    found: dict[Message, Message] = {}
    for entry in catalogue:
        if entry.id:
            ids = (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)
            found[ids] = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
    return found


# names of commands and options stay English
NAMES = {
    message for message in used() if len(message) == 1 and re.fullmatch(r"[a-z]+(-[a-z]+)?", message[0])
} - {("yes",), ("no",), ("answered",), ("failed",), ("everybody",)}


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_everything_that_is_said_is_said_in_every_language(language: str) -> None:
    catalogue = translated(language)
    assert used() - NAMES - set(catalogue) == set()
    assert {message for message, strings in catalogue.items() if not all(strings)} == set()


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_no_translation_is_left_over(language: str) -> None:
    assert set(translated(language)) - used() == set()


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_a_translation_fills_in_what_the_original_does(language: str) -> None:
    def fields(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    for message, strings in translated(language).items():
        for string in strings:
            assert fields(string) in [fields(one) for one in message], string


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_fit_where_discord_shows_them(language: str) -> None:
    words = words_in(language)
    for path in CHAT.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for text in re.findall(r'description=_\("([^"]+)"\)', source):
            assert len(words(text)) <= 100, text
        for text in re.findall(r'label=words\("([^"]+)"\)', source):
            assert len(words(text)) <= 80, text
        for text in re.findall(r'title=words\("([^"]+)"\)', source):
            assert len(words(text)) <= 45, text


def test_the_persons_locale_decides_and_english_stands_in() -> None:
    assert words_for(discord.Locale.german)("Shorter") == "Kürzer"
    assert words_for(discord.Locale.french)("Shorter") == "Plus court"
    assert words_for(discord.Locale.japanese)("Shorter") == "Shorter"
    assert words_for(None).language == "en"


def test_plurals_and_dates_follow_the_language() -> None:
    german = words_in("de")
    assert german.plural("{n} article", "{n} articles", 1) == "1 Artikel"
    assert german.date("2015-11-23T10:00:00+00:00") == "23. November 2015"
    assert words_in("fr").date("2015-11-23") == "23 novembre 2015"
    assert german.date("sometime") == "sometime"
    assert german.date(None) == ""
