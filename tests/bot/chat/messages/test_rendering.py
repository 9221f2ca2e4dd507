from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from stage import ARTICLES, RIBBON, SANAEI, answered, cite, not_found

from bot.chat.messages.language import words_in
from bot.chat.messages.markup import masked_link
from bot.chat.messages.rendering import (
    TEXT_LIMIT,
    Links,
    SentenceState,
    answer_pages,
    progress_text,
    source_texts,
)
from bot.qa import phrases

ENGLISH = words_in("en")


def test_an_answer_without_a_model_says_so() -> None:
    (page,) = answer_pages(replace(answered("Who?"), notes=()), ENGLISH)
    assert "-# The articles' own sentences, picked without a language model." in page.text
    (page,) = answer_pages(replace(answered("Who?"), notes=(), generator="gpt"), ENGLISH)
    assert "language model" not in page.text


def test_a_note_is_translated_and_cannot_mark_up_the_message() -> None:
    noted = replace(answered("Who?"), notes=(phrases.PARTLY_COVERED, "About *all* <@5>"))
    (page,) = answer_pages(noted, words_in("de"))
    assert (
        "-# Die Artikel beantworten nicht jeden Teil der Frage.\n-# About \\*all\\* \\<@\u200b5>" in page.text
    )


def test_a_note_that_names_sources_or_parts_is_translated_around_them() -> None:
    notes = (
        phrases.articles_differ(["Wire: {x}, 2015-11-12 [1]", "Post [2]"]),
        phrases.partly_covered("who paid the mayor", ["paid the mayor"]),
    )
    (page,) = answer_pages(replace(answered("Who?"), notes=notes), words_in("de"))
    assert "Die Artikel sind sich hier uneins: Wire: {x}, 2015-11-12 \\[1\\] — Post \\[2\\]." in page.text
    assert "Nicht in den Artikeln: paid the mayor." in page.text


def test_sources_stand_in_the_order_of_their_numbers() -> None:
    first, second = source_texts(answered("Who?", "x [1] [2]", (RIBBON, SANAEI)), ENGLISH, {})[::2]
    assert "[1\\]" in first
    assert "[2\\]" in second


def test_an_article_is_named_once_with_its_age_and_the_quotes_that_the_answer_does_not_say_itself() -> None:
    others = cite(2, ARTICLES[0], "Others disagreed.")
    model = replace(
        answered("Who?", "He was pleased [1], others not [2].", (SANAEI, others)), generator="gpt"
    )
    head, first, second = source_texts(model, ENGLISH, {})
    assert head == (
        "**\\[1\\]\\[2\\]** **Ambassador speaks on the visit**\n"
        "-# Example Wire · November 23, 2015 (<t:1448236800:R>)"
    )
    assert first == "> **\\[1\\]** Mehdi Sanaei claimed the visit was a success."
    assert second == "> **\\[2\\]** Others disagreed."
    quoting = answered(
        "Who?", "Mehdi Sanaei claimed the visit was a success [1]. It ended [2].", (SANAEI, others)
    )
    assert source_texts(quoting, ENGLISH, {})[1:] == [second]


def test_only_web_addresses_open() -> None:
    links = {0: Links("javascript:alert(1)", None)}
    assert "javascript" not in source_texts(answered("Who?"), ENGLISH, links)[0]
    links = {0: Links("javascript:alert(1)", "https://read.example/x")}
    assert "](https://read.example/x)" in source_texts(answered("Who?"), ENGLISH, links)[0]


def test_a_masked_link_cannot_be_broken_out_of() -> None:
    assert masked_link("a](https://evil.example) [b", "https://x.example/a)b") == (
        r"[a\](https:\/\/evil.example) \[b](https://x.example/a%29b)"
    )


def test_progress_keeps_within_a_message() -> None:
    text = progress_text("checking", 8, {f"{n} A long sentence. " * 40: "proven" for n in range(10)}, ENGLISH)
    assert len(text) <= TEXT_LIMIT
    assert text.endswith("-# Checking every quote…")
    assert progress_text("reading", 1, {}, ENGLISH) == "-# Reading 1 passage…"


@given(st.text(max_size=300), st.text(max_size=6_000), st.integers(0, 40), st.text(max_size=400))
def test_whatever_comes_every_page_fits(question: str, text: str, sources: int, quote: str) -> None:
    citations = tuple(replace(SANAEI, number=n + 1, quote=quote) for n in range(sources))
    links = {
        n: Links("https://x.example/" + "a" * 300, "https://read.example/" + "b" * 90) for n in range(sources)
    }
    pages = answer_pages(answered(question, text or "x", citations), ENGLISH, heading=question, links=links)
    assert all(page.length() <= TEXT_LIMIT for page in pages)
    assert all(page.text or page.sources for page in pages)
    shown = "".join(page.sources for page in pages)
    assert all(f"[{n + 1}\\]" in shown for n in range(sources))


def test_what_was_not_found_has_no_sources() -> None:
    (page,) = answer_pages(not_found("Who?"), ENGLISH)
    assert page.sources == ""


def test_what_is_being_checked_and_what_was_struck_can_be_told_apart() -> None:
    sentences: dict[str, SentenceState] = {"One.": "proven", "Two.": "being checked", "Three.": "struck"}
    text = progress_text("second_look", 8, sentences, ENGLISH)
    assert text == "One. Two. ⏳ ~~Three.~~\n-# Being checked once more…"


def test_a_question_in_another_language_is_told_in_it_to_try_english() -> None:
    (page,) = answer_pages(not_found("Wann wurde der Vertrag unterschrieben?"), ENGLISH)
    assert "Bitte versuch es auf Englisch." in page.text
    nearest = replace(
        answered("Wann wurde der Vertrag unterschrieben?", "On Monday [1].", (SANAEI,)), doubtful=True
    )
    assert "Bitte versuch es auf Englisch." in answer_pages(nearest, ENGLISH)[0].text
    (page,) = answer_pages(not_found("Did the man die in the war?"), ENGLISH)
    assert "English" not in page.text
