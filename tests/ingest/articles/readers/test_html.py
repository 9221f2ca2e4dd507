from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest
import trafilatura

from ingest.articles.cleaning.article_body import clean
from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.html import read

PAGES = Path(__file__).resolve().parents[5] / "shared" / "bench" / "news-html"
PROSE = (
    "The minister told parliament on Monday that the bridge would open in spring, two years later than planned.",
    "Engineers had found cracks in the northern pier, and the repair cost more than the council had set aside.",
    "She denied that anybody had known of the damage before the contract was signed by both of the parties.",
)
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<title>Bridge opens late | The Example</title>
<link rel="canonical" href="https://example.org/bridge?id=1&amp;x=2">
<meta property="og:site_name" content="The Example"><meta property="og:title" content="Bridge opens late">
<meta name="author" content="Jane Doe"><meta property="article:published_time" content="2021-05-03T10:00:00Z">
</head><body><nav><a href="/">Home</a><a href="/n">News</a></nav><article><h1>Bridge opens late</h1>
<p>{PROSE[0]}</p><ul><li>The pier is cracked in three places.</li><li>The road is <b>closed</b>.</li></ul>
<p>{PROSE[1]}</p><table><tr><th>Year</th><th>Cost</th></tr><tr><td>2014</td><td>12</td></tr></table>
<p>{PROSE[2]}</p></article><footer>All rights reserved</footer></body></html>"""


def one(page: str | bytes) -> Document:
    (found,) = read(page.encode() if isinstance(page, str) else page, "a.html")
    assert isinstance(found, Document)
    return found


def test_a_page_gives_its_article_and_its_facts() -> None:
    found = one(PAGE)
    assert (found.title, found.url) == ("Bridge opens late", "https://example.org/bridge?id=1&x=2")
    assert (found.source, found.author, found.published) == ("The Example", "Jane Doe", "2021-05-03")
    assert clean(found.text, found.form, found.title).body == "\n\n".join(
        [
            PROSE[0],
            "The pier is cracked in three places.\nThe road is closed.",
            PROSE[1],
            "Year | Cost\n2014 | 12",
            PROSE[2],
        ]
    )


def test_items_rows_and_broken_lines_stay_lines_of_their_own() -> None:
    items = ("The pier is closed to lorries from the first of May", "Cyclists get a lane of their own there")
    listed = (
        f"<ul><li>{items[0]}</li><li>{items[1]}</li><li><b>Toll</b><br>Two euros are due from June</li></ul>"
    )
    found = one(
        PAGE.replace(
            "<p>" + PROSE[1], f"{listed}<p>First the rules for all<br>Then the others</p><p>{PROSE[1]}"
        )
    )
    body = clean(found.text, found.form).body
    assert "\n".join((*items, "Toll", "Two euros are due from June")) in body
    assert "First the rules for all\nThen the others" in body


BARE = re.sub(r'<meta (?:property="og:site_name"|name="author")[^>]*>', "", PAGE).replace(
    " | The Example", ""
)


@pytest.mark.parametrize("context", ["https://schema.org", ["https://schema.org", {"@language": "en"}], None])
def test_author_and_publisher_are_found_in_a_graph_by_their_ids(context: object) -> None:
    graph = [
        {"@type": "WebPage", "@id": "#page", "name": "Bridge opens late"},
        {
            "@type": ["NewsArticle"],
            "author": [{"@id": "#jane"}, {"@id": "#joe"}],
            "publisher": {"@id": "#paper"},
        },
        {"@type": "Person", "@id": "#editor", "name": "Ed Itor"},
        {"@type": "Person", "@id": "#jane", "name": "Jane Doe"},
        {"@type": ["Person"], "@id": "#joe", "givenName": "Joe", "familyName": "Roe"},
        {"@type": ["NewsMediaOrganization"], "@id": "#paper", "name": "The Paper"},
    ]
    data = json.dumps({"@context": context, "@graph": graph})
    found = one(BARE.replace("</head>", f'<script type="application/ld+json">{data}</script></head>'))
    assert (found.author, found.source) == ("Jane Doe, Joe Roe", "The Paper")


@pytest.mark.parametrize(
    "data", ["", "{", "[" * 5000, '{"@id": 1, "author": [[]]}', '{"@type": "Article", "author": 5}']
)
def test_broken_linked_data_is_passed_over(data: str) -> None:
    page = PAGE.replace("</head>", f'<script type="application/ld+json">{data}</script></head>')
    assert one(page).author == "Jane Doe"
    assert list(read(page.replace("</script>", "").encode(), "a.html"))


def test_a_placeholder_is_no_author_and_a_byline_that_is_seen_is_one() -> None:
    assert one(PAGE.replace("Jane Doe", "Site Admin")).author is None
    seen = BARE.replace("<h1>Bridge opens late</h1>", "<h1>Bridge opens late</h1><p>By Jane Doe</p>")
    found = one(seen)
    assert (found.author, "Jane" in found.text) == ("Jane Doe", False)


def test_a_page_without_a_date_has_none_and_not_today() -> None:
    page = re.sub(r'<meta property="article:published_time"[^>]*>', "", PAGE).replace("2014", "then")
    assert one(page).published is None


def test_the_declared_charset_is_used() -> None:
    page = PAGE.replace("utf-8", "iso-8859-2").replace("minister", "ministrů příliš")
    assert "ministrů příliš" in one(page.encode("iso-8859-2")).text


@pytest.mark.parametrize(
    "page", ["", "<html></html>", "just words", "<a href='/'>Home</a>" * 50, "<!--" * 1000, "<p>\x00\x01</p>"]
)
def test_a_page_without_an_article_is_a_reject_or_its_few_words(page: str) -> None:
    for found in read(page.encode(), "a.html"):
        assert isinstance(found, Document | Reject)


def test_deep_nesting_and_entities_do_no_harm() -> None:
    prose = "".join(f"<p>{sentence}</p>" for sentence in PROSE * 2)
    unfolding = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">'
    laughs = f"<!DOCTYPE html [{unfolding}]>"
    for page in (
        "<div>" * 50_000 + prose,
        f"{laughs}<html><body>{prose}<p>&c;</p></body></html>",
        f"<b><i>{prose}" * 200,
    ):
        for found in read(page.encode(), "a.html"):
            assert isinstance(found, Document | Reject)


def f1(text: str, gold: str) -> float:
    one, other = Counter(re.findall(r"\w+", text.lower())), Counter(re.findall(r"\w+", gold.lower()))
    shared = (one & other).total()
    return 2 * shared / max(1, one.total() + other.total())


def test_real_news_pages_are_read_no_worse_than_by_trafilatura_alone() -> None:
    if not PAGES.exists():
        pytest.skip("the shared news pages are not there")
    truth = json.loads((PAGES / "ground-truth.json").read_text(encoding="utf-8"))
    ours = plain = 0.0
    names = sorted(truth)[::4]
    for name in names:
        page = gzip.decompress((PAGES / "html" / f"{name}.html.gz").read_bytes())
        found = one(page)
        gold = truth[name]["articleBody"]
        ours += f1(clean(found.text, found.form, found.title).body, gold)
        plain += f1(trafilatura.extract(page.decode("utf-8", "replace"), include_comments=False) or "", gold)
    assert ours >= plain
    assert ours / len(names) > 0.93
