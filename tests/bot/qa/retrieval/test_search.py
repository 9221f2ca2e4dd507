"""Retrieval over a real index: SQLite, Chroma and the local model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from bot.qa.retrieval.answerability import ANSWERABLE
from bot.qa.retrieval.ranking import affordable, most_words, spread_over_articles
from bot.qa.retrieval.search import Retriever
from ingest.embedding.factory import Embedder
from ingest.index.index import Index
from tests.bot.qa.articles_at_hand import ingested

BRIDGE = """---
title: Mayor opens the Linden Bridge
url: https://example.org/bridge
source: Reuters
date: 2016-02-01
---

The Linden Bridge was opened on Monday after three years of work. Mayor Ilse Brandt said the bridge cost forty
million euros. Cyclists had asked for a separate lane, which was built on the northern side.
"""
ARTICLES = {
    "bridge.md": BRIDGE,
    "copy.md": BRIDGE.replace("example.org/bridge", "example.com/bridge").replace(
        "Reuters", "Valley Courier"
    ),
    "closed.md": """---
title: Linden Bridge closed for repairs
url: https://example.org/closed
source: Valley Courier
date: 2019-07-20
---

The Linden Bridge will be closed for repairs until autumn, because rust was found in two of its pillars. Lorries are
sent over the motorway, said Walter Hahn of the department of works, and the bridge stays open to people on foot.
""",
    "harvest.md": """---
title: Frost ruins the apricot harvest
url: https://example.org/harvest
source: Valley Courier
date: 2021-05-12
---

Growers in the Wachau lost most of their apricots to three nights of frost in April. Farmer Josef Leitner said that
only a tenth of his trees still bear fruit. The chamber of agriculture denied that imports would be subsidised.
""",
    "tokyo.md": """---
title: 東京の新しい橋
url: https://example.org/tokyo
date: 2020-03-03
---

東京都知事は月曜日に新しい橋を開通させた。橋の建設には三年かかり、費用は四十億円だったと知事は述べた。
""",
    "cairo.md": """---
title: افتتاح الجسر الجديد في القاهرة
url: https://example.org/cairo
date: 2020-04-04
---

افتتح رئيس البلدية الجسر الجديد في القاهرة يوم الاثنين بعد ثلاث سنوات من العمل. وقال إن التكلفة بلغت أربعين مليون جنيه.
""",
    "moscow.md": """---
title: В Москве открыли новый мост
url: https://example.org/moscow
date: 2020-05-05
---

Мэр Москвы открыл новый мост в понедельник после трёх лет строительства. По его словам, стоимость составила сорок
миллионов рублей, а велосипедисты получили отдельную полосу.
""",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Index]:
    with ingested(ARTICLES, tmp_path_factory.mktemp("index"), embedder) as opened:
        yield opened


@pytest.fixture
def retriever(embedder: Embedder) -> Retriever:
    return Retriever(embedder)


def first_url(retriever: Retriever, index: Index, question: str) -> str | None:
    return retriever.search(index, question).evidence[0].article.url


@pytest.mark.parametrize(
    ("question", "url"),
    [
        ("Why did farmers lose their fruit in spring?", "https://example.org/harvest"),
        ("what did josef leitner say", "https://example.org/harvest"),
        ("apricots subsidised imports chamber of agricultrue", "https://example.org/harvest"),
        ("新しい橋の費用はいくらでしたか", "https://example.org/tokyo"),
        ("كم بلغت تكلفة الجسر الجديد في القاهرة؟", "https://example.org/cairo"),
        ("Сколько стоил новый мост в Москве?", "https://example.org/moscow"),
    ],
)
def test_the_right_article_comes_first(retriever: Retriever, index: Index, question: str, url: str) -> None:
    assert first_url(retriever, index, question) == url


def test_a_question_in_another_language_than_the_article_does_not_crash(
    retriever: Retriever, index: Index
) -> None:
    assert retriever.search(index, "橋の建設費はいくらですか Linden Bridge").evidence


def test_a_wire_copy_is_shown_once_and_counted(retriever: Retriever, index: Index) -> None:
    found = retriever.search(index, "What did the Linden Bridge cost?").evidence
    texts = [one.passage.text for one in found if "forty" in one.passage.text]
    assert len(texts) == 1
    assert len(found[0].copies) == 1


def test_a_publisher_asked_for_is_preferred_and_the_others_stay(retriever: Retriever, index: Index) -> None:
    asked = retriever.search(
        index, "What does the Valley Courier report in the Valley Courier about Linden Bridge?"
    )
    plain = retriever.search(index, "What is there to report about Linden Bridge?")
    assert asked.evidence[0].article.source == "Valley Courier"
    assert {one.article.title for one in plain.evidence} == {one.article.title for one in asked.evidence}


def test_a_month_named_prefers_the_articles_of_that_month(retriever: Retriever, index: Index) -> None:
    question = "What happened to the Linden Bridge in {}?"
    assert first_url(retriever, index, question.format("July 2019")) == "https://example.org/closed"
    opened = retriever.search(index, question.format("February 2016")).evidence[0].article
    assert opened.published == "2016-02-01"


def test_a_date_that_no_article_has_empties_nothing(retriever: Retriever, index: Index) -> None:
    assert (
        first_url(retriever, index, "Why did frost ruin apricots on 3 May 1999?")
        == "https://example.org/harvest"
    )


def test_a_quoted_phrase_is_matched_word_for_word(retriever: Retriever, index: Index) -> None:
    found = retriever.search(index, 'Where does it say "open to people on foot"?')
    assert found.evidence[0].article.url == "https://example.org/closed"


def test_excluded_articles_are_not_found(retriever: Retriever, index: Index) -> None:
    harvest = index.article_ids(["https://example.org/harvest"])
    found = retriever.search(index, "Why did farmers lose their apricots?", exclude=harvest)
    assert found.evidence
    assert harvest.isdisjoint(one.article.id for one in found.evidence)
    everything = frozenset(one.id for one in index.catalogue.newest(100))
    assert retriever.search(index, "Why did farmers lose their apricots?", exclude=everything).evidence == ()


def test_what_the_articles_answer_is_told_from_what_they_do_not(retriever: Retriever, index: Index) -> None:
    assert retriever.search(index, "What did Mayor Ilse Brandt say the bridge cost?").confidence >= ANSWERABLE
    unknown = retriever.search(index, "Which striker scored twice against Portugal in the second half?")
    assert unknown.confidence < ANSWERABLE
    assert len({one.article_id for one in unknown.nearest}) == 3


@pytest.mark.parametrize(
    "question", ["", "?", "the of and", '"', "'; DROP TABLE words; --", 'NEAR("a" b) OR *', "😀", "x" * 5000]
)
def test_any_question_can_be_searched(retriever: Retriever, index: Index, question: str) -> None:
    found = retriever.search(index, question)
    assert 0 <= found.confidence <= 1


def test_without_vectors_words_alone_find_the_article(
    retriever: Retriever, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_vectors", None)
    found = retriever.search(index, "Why did the frost ruin the apricot harvest in the Wachau?")
    assert found.evidence[0].article.url == "https://example.org/harvest"
    assert found.confidence >= ANSWERABLE


class Backwards:
    """A reranker that likes best what was last."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        self.heads = [text.partition("\n")[0] for text in texts]
        return [float(place) for place in range(len(texts))]


class Silent:
    def scores(self, question: str, texts: Sequence[str]) -> list[float] | None:
        return None


def test_a_reranker_has_the_last_word(index: Index, embedder: Embedder) -> None:
    question = "Why did farmers lose their apricots?"
    plain = Retriever(embedder).search(index, question).evidence
    reranker = Backwards()
    turned = Retriever(embedder, reranker).search(index, question).evidence
    assert reranker.heads[0] == plain[0].article.title
    assert turned[0].passage.id == plain[-1].passage.id or turned[0].copies
    assert [one.score for one in turned] == sorted((one.score for one in turned), reverse=True)
    assert Retriever(embedder, Silent()).search(index, question).evidence == plain


def test_scores_fall_from_the_first_to_the_last(retriever: Retriever, index: Index) -> None:
    scores = [one.score for one in retriever.search(index, "Linden Bridge").evidence]
    assert scores == sorted(scores, reverse=True)


def test_common_words_are_given_up_before_rare_ones_when_a_search_would_cost_too_much() -> None:
    frequencies = {"the": 90_000, "bridge": 50, "linden": 3, "nowhere": 0}
    assert affordable(frequencies, 1_000) == ["linden", "bridge"]
    assert affordable(frequencies, 1_000_000) == ["linden", "bridge", "the"]
    assert affordable({"the": 90_000}, 10) == ["the"]
    assert affordable({"nowhere": 0}, 10) == []


def test_no_passage_can_hold_more_than_the_most_that_is_possible(index: Index) -> None:
    words = ["linden", "bridge", "rust", "pillars"]
    best = index.search_words(words, 1)[0].score
    assert 0 < best <= most_words(index.frequencies(words), index.size)


def test_one_article_does_not_crowd_out_the_others() -> None:
    assert spread_over_articles(range(5), ["a", "a", "a", "b", "a"], 2) == [0, 1, 3, 2, 4]


def test_a_year_that_no_passage_has_speaks_against_an_answer(index: Index, retriever: Retriever) -> None:
    known, unknown = (
        retriever.search(index, f"What ruined the apricot harvest of {year}?").confidence
        for year in (2021, 1987)
    )
    assert unknown < ANSWERABLE <= known


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Index]:
    """Many who say something, and two whom one passage names in passing."""
    texts = {}
    for name in ("Abel", "Bauer", "Carey", "Dietz", "Evans", "Fuchs", "Garcia", "Hauser"):
        said = f"{name} said so on Monday. What did the others say? “We say what we think,” {name} said. " * 3
        texts[f"{name}.md"] = f"# What {name} said\n\n{said}"
    roads = "The road along the river was closed for a week, and the drains were cleaned by hand. " * 8
    passing = "Derek Connell told the council about a leak. Kip Thorne promised to mend it before winter."
    texts["roads.md"] = f"# Roads\n\n{roads}{passing}"
    thorns = (
        "The crown of thorns was carried out of the church in time. They promised to show the thorns. " * 3
    )
    texts["thorns.md"] = f"# Thorns\n\n{thorns}"
    with ingested(texts, tmp_path_factory.mktemp("crowd"), embedder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "held"),
    [("what did connell say", "Derek Connell told"), ("what did thorne promise", "Kip Thorne promised")],
)
def test_somebody_named_once_is_found_among_many_who_say_more(
    retriever: Retriever, crowd: Index, question: str, held: str
) -> None:
    assert held in retriever.search(crowd, question).evidence[0].passage.text


def test_one_rare_name_that_a_passage_has_is_enough_to_answer(crowd: Index, embedder: Embedder) -> None:
    assert Retriever(embedder).search(crowd, "What did Connell claim?").confidence >= ANSWERABLE
