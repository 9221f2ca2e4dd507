"""A custom_id comes back from strangers' programs, with anything in it."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.commands.examples import ExampleButton
from bot.chat.commands.sources import PageButton
from bot.chat.commands.summaries import DigestButton
from bot.chat.corpus.buttons import CorpusButton
from bot.chat.messages.buttons import AnswerButton
from bot.chat.messages.forms import submitted
from bot.chat.messages.markup import length
from bot.chat.watching.buttons import WatchingButton

BUTTONS: list[type[Any]] = [
    AnswerButton,
    CorpusButton,
    PageButton,
    WatchingButton,
    ExampleButton,
    DigestButton,
]
DISCORDS_LIMIT = 100

PIECES = st.sampled_from(
    ["byline", "bylinewatch", "bylinecorpus", "bylinelist", "bylineform", ":", "up", "passage", "abcd1234",
     "0", "999", "٣", "²", "-1", "\n", "\0", "😀", "é", "..", "/"]
)  # fmt: skip
CUSTOM_IDS = (
    st.lists(PIECES, max_size=12).map("".join)
    | st.text(max_size=100)
    | st.one_of(
        *(st.from_regex(button.__discord_ui_compiled_template__, fullmatch=True) for button in BUTTONS)
    )
)


@given(CUSTOM_IDS)
@example("bylinelist:0:" + "😀" * 60)
@example("byline:up:abcd:٣")
@example("bylinetry:" + "😀" * 60)
@example("bylinedigest:30:" + "😀" * 60)
def test_a_custom_id_makes_a_button_that_discord_takes_or_none(custom_id: str) -> None:
    for button in BUTTONS:
        match = button.__discord_ui_compiled_template__.fullmatch(custom_id)
        if match is None:
            continue
        made = asyncio.run(button.from_custom_id(None, None, match))
        assert length(made.custom_id) <= DISCORDS_LIMIT
        assert button.__discord_ui_compiled_template__.fullmatch(made.custom_id)


COMPONENTS = st.recursive(
    st.dictionaries(
        st.sampled_from(["custom_id", "value", "type"]), st.text(max_size=9) | st.integers() | st.none()
    ),
    lambda inner: st.fixed_dictionaries(
        {}, optional={"components": st.lists(inner, max_size=3) | st.none(), "component": inner}
    ),
    max_leaves=8,
)


@given(
    CUSTOM_IDS | st.from_regex(r"bylineform:(tell|other):[A-Za-z0-9_-]{0,60}", fullmatch=True),
    st.lists(COMPONENTS),
)
def test_a_form_hands_over_text_or_is_left_alone(custom_id: str, components: list[Any]) -> None:
    received: list[tuple[str, str]] = []

    async def submit(_interaction: Any, argument: str, text: str) -> None:
        received.append((argument, text))

    interaction: Any = SimpleNamespace(
        type=discord.InteractionType.modal_submit, data={"custom_id": custom_id, "components": components}
    )
    asyncio.run(submitted(interaction, {"tell": submit}))
    ours = re.fullmatch(r"bylineform:tell:[A-Za-z0-9_-]{0,60}", custom_id)
    assert len(received) == (1 if ours else 0)
    assert all(isinstance(text, str) for _, text in received)


@pytest.mark.parametrize("query", ["😀" * 60, "a" * 60, "é" * 60])
def test_a_query_of_any_signs_fits_into_its_button(query: str) -> None:
    assert length(PageButton(9_999_990, query).custom_id) <= DISCORDS_LIMIT
