"""What cleaning promises: the article's words, all of them, and nothing of the page around them."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.articles.cleaning.article_body import Cleaned, clean
from ingest.articles.cleaning.invisible import tidy_characters
from ingest.articles.cleaning.markup import markdown_blocks

SHARED = Path(__file__).resolve().parents[5] / "shared"
PROSE = (
    "The minister told parliament on Monday that the bridge would open in spring, two years later than planned.",
    "Engineers had found cracks in the northern pier, and the repair cost more than the council had set aside.",
    "She denied that anybody had known of the damage before the contract was signed.",
)
ARTICLE = "\n\n".join(PROSE)
any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)
marks = st.lists(
    st.sampled_from(
        ["[", "](", ")", "![", "*", "**", "_", "# ", "| a | b |", "\n", "\n\n", "- ", "> ", "`", "```\n", "<br>",
         "&lt;", "\\", "https://example.org/x", "Share", "Home > News", "\u200b", "\u202e", "é", "&#8238;",
         "&#10;", "北京。",
         PROSE[0], "Title", "==="]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def body(text: str, title: str | None = None) -> str:
    return clean(text, "markdown", title).body


def test_links_keep_their_words_and_lose_their_targets() -> None:
    text = 'The [new bridge](https://example.org/a_(b) "a title") opens in **spring**, says the [_mayor_][1].\n\n[1]: https://x'
    assert body(text) == "The new bridge opens in spring, says the mayor."


def test_images_and_icons_go() -> None:
    text = (
        f"[![logo](l.png)](/)\n\n{PROSE[0]} ![Image 12: a bridge](b.png)\n\n![Image 13](c.png)\n\n{PROSE[1]}"
    )
    assert body(text) == f"{PROSE[0]}\n\n{PROSE[1]}"


def test_stars_and_underscores_that_are_no_marks_stay() -> None:
    text = "It costs 5 * 3 * 2 francs, as snake_case_names and file_name.txt say, and \\*this\\* too."
    assert (
        body(text) == "It costs 5 * 3 * 2 francs, as snake_case_names and file_name.txt say, and *this* too."
    )


def test_html_in_the_text_is_read_as_paragraphs_and_scripts_go() -> None:
    scripts = "<SCRIPT>var a = '<p>no</p>';</script><style>p {}</style >İ"
    text = f"<p>{PROSE[0]}</p>{scripts}<p class='x'>{PROSE[1]}<br/>Then <b>more</b>.</p>"
    assert body(text) == f"{PROSE[0]}\n\nİ\n\n{PROSE[1]} Then more."


def test_emphasis_over_several_paragraphs_leaves_no_mark() -> None:
    assert body(f"_{PROSE[0]}\n\n{PROSE[1]}_") == f"{PROSE[0]}\n\n{PROSE[1]}"


def test_a_word_glued_to_a_link_by_the_scraper_is_parted_and_a_suffix_is_not() -> None:
    assert body(f"The[bridge](x)opens, and two [ferry](y)s sail. {PROSE[0]}").startswith(
        "The bridge opens, and two ferrys sail."
    )


def test_menus_breadcrumbs_share_lines_and_notices_go() -> None:
    text = f"""# Bridge opens late

Home > News > Region

* [Home](/)
* [News](/news)
* [Sport](/sport)

[Share](s) [Tweet](t) [Email](e)

We use cookies to improve your experience on this site.

The Wayback Machine - https://web.archive.org/web/2015/https://example.org

{ARTICLE}

Advertisement

Read more: A ferry is late

### Related articles

* [A ferry is late](/ferry)
* [A tunnel is early](/tunnel)

Sign up for our newsletter and get the news delivered to your inbox.

© 2015 The Daily Example. All rights reserved.

Exit mobile version"""
    cleaned = clean(text, "markdown", "Bridge opens late")
    assert cleaned.body == ARTICLE


def test_a_headline_that_stands_twice_is_kept_once_as_the_title() -> None:
    cleaned = clean(
        f"Home News Region Bridge opens late\n\nBridge opens late\n\n{ARTICLE}\n\nExit mobile version",
        "plain",
    )
    assert cleaned == Cleaned(ARTICLE, "Bridge opens late", None)


def test_the_fuller_headline_of_the_text_replaces_a_title_that_lost_its_marks() -> None:
    assert clean(
        f"# “Bridge opens late”: mayor\n\n{ARTICLE}", "markdown", "Bridge opens late mayor"
    ).title == ("“Bridge opens late”: mayor")


def test_the_page_above_a_repeated_headline_goes_and_its_date_line_is_read() -> None:
    text = f"""# Bridge opens late

* [Politics](/p)

Our experts tell you every day what moves the region and why it matters to you.

[Sign in](/in)

Bridge opens late
===

By Jane Doe | 3 May 2021

{ARTICLE}"""
    cleaned = clean(text, "markdown", "Bridge opens late")
    assert cleaned == Cleaned(f"By Jane Doe | 3 May 2021\n\n{ARTICLE}", "Bridge opens late", "2021-05-03")


def test_lists_tables_quotes_and_short_answers_of_an_article_stay() -> None:
    text = f"""# Bridge opens late

{PROSE[0]}

Was anybody warned?

No.

The firms that built it are:

- Facebook
- Bridgeworks
- Share

| Year | Cost |
|------|-----:|
| 2014 | 12 |
| 2015 | 19 |

> "I regret it," said the mayor.

1. Close the road.
2. Mend the pier.

{PROSE[1]}"""
    assert body(text) == "\n\n".join(
        [
            PROSE[0],
            "Was anybody warned?",
            "No.",
            "The firms that built it are:",
            "Facebook\nBridgeworks\nShare",
            "Year | Cost\n2014 | 12\n2015 | 19",
            '"I regret it," said the mayor.',
            "1. Close the road.\n2. Mend the pier.",
            PROSE[1],
        ]
    )


def test_a_paragraph_that_the_article_repeats_stays_twice() -> None:
    assert body(f"{ARTICLE}\n\n{PROSE[0]}").count(PROSE[0]) == 2


def test_readers_comments_below_an_article_go() -> None:
    long = " ".join(PROSE * 2)
    comments = "## 3 comments\n\nmike says:\n\nI think that the mayor is right, and so does my wife."
    text = f"# Bridge opens late\n\n{long}\n\n{comments}"
    assert body(text, "Bridge opens late") == long


def test_openings_of_other_articles_below_their_headlines_go() -> None:
    card = (
        "[A ferry is late again today](/{0})\n\nThe ferry to the island number {0} was late by an hour.\n\n"
    )
    text = f"# Bridge opens late\n\n{ARTICLE}\n\n[x](/)\n\n" + "".join(
        card.format(number) for number in range(5)
    )
    assert body(text, "Bridge opens late") == ARTICLE


def test_entries_of_a_live_report_under_linked_times_stay() -> None:
    entry = "[28 Nov 2022 10.0{0} EST](/{0})\n\nThe ball number {0} is crossed to the far post, but to no one.\n\n"
    text = "# Final, live\n\n" + "".join(entry.format(number) for number in range(5))
    for number in range(5):
        assert f"The ball number {number} is crossed" in body(text, "Final, live")


def test_a_page_of_links_alone_keeps_their_words() -> None:
    assert body("[Ferries](/f)\n[Bridges](/b)") == "Ferries\nBridges"


def test_wrapped_lines_are_joined_and_paragraphs_are_not() -> None:
    wrapped = ARTICLE.replace(" that ", "\nthat ").replace(", and", ",\nand")
    assert clean(wrapped, "plain", "x").body == ARTICLE


def test_a_paragraph_a_line_stays_a_paragraph_a_line() -> None:
    long = " ".join(PROSE)
    assert clean(f"{long}\n{PROSE[0]}\n{long}", "plain", "x").body == f"{long}\n{PROSE[0]}\n{long}"


def test_hidden_and_steering_characters_go_and_unicode_is_composed() -> None:
    text = "The may\u00ador\u200b said\u202e \u2066no\u2069\ufeff in the cafe\u0301.\r\nIt was\u00a0late.\x00"
    assert clean(text, "plain", "x").body == "The mayor said no in the café.\nIt was late."


def test_hidden_characters_spelt_as_entities_go_too() -> None:
    text = "The mayor&#8238; s&#x200b;aid&#0; &lt;no&gt; caf&eacute; e&#769;.&#xE010; More&#13;of it."
    cleaned = clean(f"# A&#8238; title\n\n{text}", "markdown")
    assert cleaned.title == "A title"
    assert cleaned.body == "The mayor said\ufffd <no> café é. More of it."


def test_joiners_that_shape_words_and_emoji_stay() -> None:
    assert clean("می\u200cخواهم 👩\u200d🚀 a\u200cb", "plain", "x").body == "می\u200cخواهم 👩\u200d🚀 ab"


@settings(deadline=None)
@given(
    st.one_of(any_text, marks),
    st.sampled_from(["markdown", "plain", "extracted"]),
    st.one_of(st.none(), any_text),
)
def test_any_text_is_cleaned_and_holds_no_control_character(text: str, form: str, title: str | None) -> None:
    cleaned = clean(text, form, title)  # type: ignore[arg-type]
    for found in filter(None, (cleaned.body, cleaned.title)):
        assert not [
            letter
            for letter in found
            if unicodedata.category(letter) in ("Cc", "Cs", "Co") and letter != "\n"
        ]
        assert unicodedata.is_normalized("NFC", found)
        assert found == found.strip()
        found.encode("utf-8")
    assert "\n" not in (cleaned.title or "")


@settings(deadline=None)
@given(st.one_of(any_text, marks))
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    once = clean(text, "plain", "zq").body
    assert clean(once, "plain", "zq").body == once


@pytest.mark.parametrize(
    "pattern",
    ["[", "](", "![", "[a](b) ", "[[a](b)", "*a ", "_a ", "**", "`", "> ", "|a|", "<a ", "<!--", "&amp;", "\\",
     "a\n", "a\n=\n", "- x\n", "http://", "[](x)", "```\n", "we use cookies ", "# t\n\n",
     "x 1 2 3\n\nSkip to content\n\n"],
)  # fmt: skip
def test_no_repetition_makes_cleaning_hang(pattern: str) -> None:
    """Were any step quadratic, these would take minutes."""
    for form in ("markdown", "plain"):
        clean(pattern * (60_000 // len(pattern)), form, "Title")  # type: ignore[arg-type]


def test_the_scraped_article_is_its_title_and_its_prose() -> None:
    path = SHARED / "articles" / "putin-tehran-visit.txt"
    if not path.exists():
        pytest.skip("the shared articles are not there")
    raw = path.read_text(encoding="utf-8")
    cleaned = clean(raw, "plain")
    assert cleaned.title == "Putin’s Tehran Visit Strengthens Image of Iran-Russia Collaboration"
    assert cleaned.body.startswith("Reports have varied with regard to whether")
    assert cleaned.body.endswith("at a Chinese engineering forum last week.")
    assert "Mehdi Sanaei claimed that Russia had begun transferring" in cleaned.body
    assert cleaned.title not in cleaned.body
    kept = [paragraph for paragraph in raw.split("\n\n") if len(paragraph) > 100]
    assert cleaned.body.split("\n\n")[-len(kept) + 1 :] == [paragraph.strip() for paragraph in kept[1:]]


def letters(text: str) -> str:
    """Letters and digits alone, with links unwrapped: the measure by which a quote stands in scraped Markdown."""
    text = re.sub(r"!\[[^\]]*\]\((?:[^()\s]|\([^()]*\))*[^()]*\)", "", html.unescape(text))
    for _ in range(3):
        text = re.sub(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)", r"\1", text)
    return re.sub(r"[\W_]+", "", text).lower()


@pytest.mark.parametrize("corpus", ["fifa", "steam"])
def test_sentences_of_real_pages_still_stand_in_their_source(corpus: str) -> None:
    path = SHARED / "bench" / corpus / "articles.jsonl"
    if not path.exists():
        pytest.skip("the shared question sets are not there")
    found, there = 0, 0
    for number, line in enumerate(lines_of(path)):
        if number % 10:
            continue
        row = json.loads(line)
        source = letters(row["text"])
        for sentence in re.split(r"(?<=[.!?]) |\n", clean(row["text"], "markdown", row["title"]).body):
            if len(sentence.split()) >= 4:
                found += 1
                there += letters(sentence) in source
    assert found > 1000
    assert there / found > 0.995


@pytest.mark.parametrize("corpus", ["fifa", "steam"])
def test_hardly_a_word_of_what_answers_a_question_is_lost(corpus: str) -> None:
    """Of the one block of a gold page that holds most of an answer's words, more than 99 in 100 stay."""
    folder = SHARED / "bench" / corpus
    if not folder.exists():
        pytest.skip("the shared question sets are not there")
    questions = [json.loads(line) for line in lines_of(folder / "questions.jsonl")[::2]]
    gold = {url for question in questions for url in question["gold"]}
    rows = [row for row in map(json.loads, lines_of(folder / "articles.jsonl")) if row["url"] in gold]
    raw, kept = {}, {}
    for row in rows:
        cleaned = clean(row["text"], "markdown", row["title"])
        raw[row["url"]] = [words(block.text) for block in markdown_blocks(tidy_characters(row["text"]))]
        kept[row["url"]] = [words(block) for block in [cleaned.title or "", *cleaned.body.split("\n\n")]]
    before = after = 0.0
    for question in questions:
        wanted = words(question["answer"])
        blocks = [block for url in question["gold"] for block in raw[url]]
        left = [block for url in question["gold"] for block in kept[url]]
        before += max(len(wanted & block) for block in blocks) / len(wanted)
        after += max(len(wanted & block) for block in left) / len(wanted)
    assert after / before > 0.99


def words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 2}


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
