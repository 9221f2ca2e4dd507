from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.web.article_page import Mark, article_page, find_quote
from ingest.articles.article import Article


def page(body: str, *marks: Mark, **fields: str) -> str:
    return article_page(Article("a", fields.pop("title", "Title"), body, **fields), marks)


def shown(html: str) -> str:
    article = html[html.index("<article>") : html.index("</article>")]
    return unescape(re.sub(r"<[^>]+>", "", article.replace("</p>\n", "\n")))


def test_the_quote_is_marked_and_others_are_marked_lighter() -> None:
    html = page("One two three four.", Mark(4, 7, main=True), Mark(14, 18))
    assert 'One <mark id="quote">two</mark> three <mark class="other">four</mark>.' in html


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
    assert 'href="https://x.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">x.example</a>' in page(
        "Body.", url="https://x.example/a?b=1&c=2"
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
