import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.article import Article
from ingest.index.chunking import Passage, split_article
from ingest.text.sentences import sentence_spans


def words(text: str) -> int:
    """A stand-in tokenizer that is easy to reason about: a token a word, plus one for every ten letters of it."""
    return sum(1 + len(word) // 10 for word in text.split())


def split(body: str, limit: int = 20, overlap: int = 5) -> list[Passage]:
    return split_article(Article("id", "Title", body), words, limit, overlap)


any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=400)
some_words = st.sampled_from(["Cats", "sleep", "9.5", "“well”", "Übermut", "北京很大。", "🎉"])
a_sentence = st.lists(some_words, min_size=1, max_size=12).map(lambda found: " ".join(found) + ".")
prose = st.lists(a_sentence, max_size=30).map("\n\n".join)


@given(st.one_of(any_text, prose))
def test_every_passage_stands_in_the_body_at_its_offsets(body: str) -> None:
    for passage in split(body):
        assert body[passage.start : passage.end] == passage.text
        assert passage.text.strip()


@given(st.one_of(any_text, prose))
def test_no_letter_of_the_body_is_left_out(body: str) -> None:
    covered = {place for passage in split(body) for place in range(passage.start, passage.end)}
    missing = [letter for place, letter in enumerate(body) if place not in covered and not letter.isspace()]
    assert missing == []


@given(st.one_of(any_text, prose))
def test_ids_are_distinct_and_passages_advance(body: str) -> None:
    passages = split(body)
    assert len({passage.id for passage in passages}) == len(passages)
    assert all(one.start < two.start and one.end < two.end for one, two in pairwise(passages))


@given(prose)
def test_a_sentence_that_fits_is_never_cut(body: str) -> None:
    passages = split(body, limit=20)
    for start, end in sentence_spans(body):
        if words(body[start:end]) <= 20:
            assert any(passage.start <= start and end <= passage.end for passage in passages)


@given(st.one_of(any_text, prose))
def test_passages_keep_within_the_limit(body: str) -> None:
    assert all(words(passage.text) <= 20 or len(passage.text) == 1 for passage in split(body))


def test_an_overlong_sentence_is_cut_between_words() -> None:
    body = " ".join(f"word{number}" for number in range(100))
    passages = split(body)
    assert len(passages) > 4
    for passage in passages:
        assert re.fullmatch(r"word\d+( word\d+)*", passage.text)


def test_neighbours_share_a_short_sentence() -> None:
    body = " ".join(f"Number {number} is here." for number in range(12))
    first, second = split(body)[:2]
    assert second.start < first.end


def test_a_repeated_paragraph_makes_two_passages_with_two_ids() -> None:
    paragraph = " ".join(["The same words again and again."] * 3)
    passages = split(f"{paragraph}\n\n{paragraph}", limit=18, overlap=0)
    assert [passage.text for passage in passages] == [paragraph, paragraph]
    assert passages[0].id != passages[1].id


def test_unchanged_text_keeps_its_id_when_a_paragraph_is_added_before_it() -> None:
    paragraph = " ".join(["These very words stay as they are."] * 2)
    before = split(paragraph, limit=16, overlap=0)
    after = split(f"{' '.join(['Some new words stand here now.'] * 2)}\n\n{paragraph}", limit=14, overlap=0)
    assert before[0].id in {passage.id for passage in after}


@pytest.mark.parametrize("body", ["", " \n\n ", "\u3000"])
def test_an_empty_body_has_no_passages(body: str) -> None:
    assert split(body) == []


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Mr. Smith left the U.S. on Jan. 5. He came back.",
            ["Mr. Smith left the U.S. on Jan. 5.", "He came back."],
        ),
        ("A list:\nfirst\nsecond", ["A list:", "first", "second"]),
        ("他说。好的！", ["他说。", "好的！"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences
