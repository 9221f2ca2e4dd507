from __future__ import annotations

import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.article_page import LONGEST_PAGE, MOST_LINES, article_page, find_quote, shown_part
from bot.web.body_blocks import Mark
from ingest.articles.article import Article


def page(body: str, *marks: Mark, **fields: str) -> str:
    return article_page(Article("a", fields.pop("title", "Title"), body, **fields), marks)


def shown(html: str) -> str:
    article = html[html.index("<article>") : html.index("</article>")]
    return unescape(re.sub(r"<[^>]+>", "", article.replace("</p>\n", "\n")))


def test_the_quote_is_marked_and_others_are_marked_lighter() -> None:
    html = page("One two three four.", Mark(4, 7, main=True), Mark(14, 18))
    assert (
        'One <a id="quote-1"></a><mark id="quote">two</mark> three '
        '<a id="quote-2"></a><mark class="other">four</mark>.' in html
    )
    assert 'jump to <a href="#quote-1">1</a><a href="#quote-2">2</a>' in html


def test_the_page_says_what_was_asked_and_leads_back_to_discord() -> None:
    html = article_page(
        Article("a", "T", "Body.", published="2019-11-20"),
        (),
        "",
        "Who <b>won</b>?",
        "https://discord.com/channels/1/2",
    )
    assert '<a href="https://discord.com/channels/1/2">← Back to Discord</a>' in html
    assert "Who &lt;b&gt;won&lt;/b&gt;?" in html
    assert "November 20, 2019" in html


def test_rows_are_a_table_and_short_lines_above_paragraphs_are_subheads() -> None:
    html = page("What it costs\n\n" + "It costs much. " * 8 + "\n\nTeam | Won | Lost\nReds | 3 | 1")
    assert '<h2 dir="auto">What it costs</h2>' in html
    assert "<tr><td>Team</td><td>Won</td><td>Lost</td></tr>" in html
    assert page("Team | Won").count("<table") == 0


def test_a_quote_over_two_paragraphs_is_marked_in_both_with_one_id() -> None:
    html = page("One two.\n\nThree four.", Mark(4, 15, main=True))
    assert '<mark id="quote">two.</mark>' in html
    assert '<mark class="main">Three</mark>' in html
    assert html.count('id="quote"') == 1


def test_an_articles_markup_is_shown_and_never_obeyed() -> None:
    html = page(
        "<script>alert(1)</script> <img src=x onerror=alert(1)>",
        Mark(0, 8, main=True),
        title="</title><script>",
        url='https://x.example/"onmouseover="alert(1)',
        source="<b>Wire</b>",
    )
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign]
    parser.feed(html)
    assert not {"script", "img", "b", "style"} & set(tags)
    assert "onmouseover=" not in re.sub(r'href="[^"]*"', "", html)


def test_only_web_addresses_become_the_original_link() -> None:
    assert "javascript" not in page("Body.", url="javascript:alert(1)")
    assert (
        'href="https://x.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">Read at x.example →</a>'
        in page("Body.", url="https://x.example/a?b=1&c=2")
    )


@given(
    st.text(alphabet="ab <>&\"'\n", max_size=80),
    st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90), st.booleans()), max_size=5),
)
def test_any_marks_leave_the_words_as_they_are(body: str, marks: list[tuple[int, int, bool]]) -> None:
    html = page(body, *(Mark(*mark) for mark in marks))
    assert shown(html).split() == body.split()
    assert html.count('id="quote"') <= 1
    assert html.count("<mark") == html.count("</mark>")


def test_a_quote_is_found_where_it_moved_to() -> None:
    body = "New first line. He said so. More. He said so."
    assert find_quote(body, "He said so.", 16, 27) == (16, 27)
    assert find_quote(body, "He said so.", 30, 41) == (34, 45)
    assert find_quote("He\nsaid   so.", "He said so.", 0, 11) == (0, 13)
    assert find_quote(body, "He never said so.", 0, 5) is None


@pytest.mark.parametrize("body", ["a b " * 700_000, "ab " * 900_000 + "c", "a\n" * 400_000, " " * 2_800_000])
def test_no_article_keeps_the_search_for_a_quote_long(body: str) -> None:
    began = time.thread_time()
    find_quote(body, "a b " * 2_000 + "c", 1_000_000, 1_008_001)
    find_quote(body, "b a", 1_000_000, 1_000_004)
    assert time.thread_time() - began < 1


def test_a_quote_that_moved_far_is_found_where_its_words_stand_unchanged() -> None:
    body = "x " * 200_000 + "He said so. " + "y " * 200_000
    assert find_quote(body, "He said so.", 3, 14) == (400_000, 400_011)


@given(
    st.lists(st.sampled_from(["a", "b", " ", "\n", "\t "]), max_size=40).map("".join),
    st.lists(st.sampled_from(["a", "b", " "]), min_size=1, max_size=6).map("".join),
    st.integers(0, 40),
)
def test_a_quote_is_found_at_the_place_nearest_to_where_it_stood(body: str, quote: str, start: int) -> None:
    found = find_quote(body, quote, start, start + len(quote))
    pattern = r"\s+".join(quote.split())
    places = [match.span() for match in re.finditer(pattern, body)] if pattern else []
    if found is None:
        assert not places
    elif body[start : start + len(quote)] != quote:
        assert abs(found[0] - start) == min(abs(place[0] - start) for place in places)
        assert body[slice(*found)].split() == quote.split()


@pytest.mark.parametrize("line", ["a", "a long line of words. " * 40, ""])
def test_a_page_has_a_longest_length_and_shows_the_part_with_the_quote(line: str) -> None:
    body = f"{line}\n" * 400_000 if len(line) < 9 else f"{line}\n" * 3_000
    start = len(body) // 2 // (len(line) + 1) * (len(line) + 1)
    body = body[:start] + "The quote." + body[start:]
    began = time.thread_time()
    part, marks, cut = shown_part(Article("a", "T", body), [Mark(start, start + 10, main=True)])
    html = article_page(part, marks)
    assert time.thread_time() - began < 1
    assert cut
    assert html.count('<p dir="auto">') <= MOST_LINES + 1
    assert len(part.body) <= LONGEST_PAGE
    assert '<mark id="quote">The quote.</mark>' in html


def test_an_article_of_common_length_is_shown_whole() -> None:
    article = Article("a", "T", "One.\n" * 100)
    assert shown_part(article, [Mark(0, 4)]) == (article, [Mark(0, 4)], False)


@pytest.mark.parametrize(
    "url", ["https://evil.example\\@bank.example/", "https://bank.example@evil.example/"]
)
def test_no_address_is_shown_as_another_host_than_the_one_it_opens(url: str) -> None:
    assert "bank.example" not in page("Body.", url=url)
