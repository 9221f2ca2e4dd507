"""What people type around a question changes neither the question nor the article that answers it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.qa.retrieval.answerability import ANSWERABLE
from bot.qa.retrieval.search import Retriever
from bot.qa.understanding.noise import question_of, readings
from ingest.embedding.factory import Embedder
from ingest.index.index import Index
from tests.bot.qa.articles_at_hand import ingested

ARTICLES = {
    "bridge": "Mayor opens the Linden Bridge\n\nThe Linden Bridge was opened on Monday after three years of work. "
    "Mayor Ilse Brandt said the bridge cost forty million euros. Cyclists had asked for a separate lane, which was "
    "built on the northern side.",
    "harvest": "Frost ruins the apricot harvest\n\nGrowers in the Wachau lost most of their apricots to three nights "
    "of frost in April. Farmer Josef Leitner said that only a tenth of his trees still bear fruit. The chamber of "
    "agriculture denied that imports would be subsidised.",
    "telescope": "New telescope sees its first light\n\nThe Cerro Alto observatory released its first image on 3 March "
    "2020. Astronomer Rosa Quintana claimed that the mirror, eight metres across, is the smoothest ever ground. The "
    "project was paid for by eleven universities.",
    "strike": "Tram drivers end their strike\n\nThe tram drivers of Port Lavel went back to work on Thursday after "
    "nine days. Their union, led by Tomas Ek, won a raise of six percent and a third free weekend a month.",
    "museum": "Museum returns a stolen bronze\n\nThe Kestrel Museum has returned a bronze horse to Cyprus. Director "
    "Amal Haddad said the statue was stolen from a temple in 1974 and sold with forged papers in Geneva.",
    "whale": "Whale freed from fishing nets\n\nDivers freed a young humpback whale off the coast of Norland. It took "
    "the crew five hours to cut the nets, said biologist Signe Dahl, and the animal swam away unhurt.",
    "battery": "Plant for sodium batteries announced\n\nVoltara will build a factory for sodium batteries in Lodz. "
    "It is to employ 1,200 people from 2026 on, chief executive Piotr Maj told reporters, and needs no lithium.",
    "chess": "Teenager wins the chess title\n\nSixteen-year-old Ngozi Adeyemi beat the defending champion in the "
    "tie-break and is the youngest winner of the Baltic chess title. She learned the game from her grandmother.",
}
QUESTIONS = [
    "what did the linden bridge cost",
    "What did Ilse Brandt say?",
    "what did cyclists ask for",
    "why were the apricots lost",
    "what did Josef Leitner say about his trees",
    "what did the chamber of agriculture deny?",
    "how wide is the mirror of the telescope",
    "what did Quintana claim",
    "who paid for the observatory?",
    "how long did the tram strike last",
    "who leads the union of the tram drivers",
    "what raise did the drivers win?",
    "what did the Kestrel Museum return",
    "where was the bronze horse stolen from",
    "who freed the whale?",
    "how long did it take to cut the nets",
    "where will Voltara build its factory?",
    "how many people will the battery factory employ",
    "who won the Baltic chess title",
    "who taught Adeyemi the game?",
]
NOISE = [
    "hi bot, can you tell me {}",
    "{} pls thx",
    "<@!81384788765712384> {}",
    "{} <a:party:81384788765712384>",
    "{} 0",
    "Q: {}",
    "{} answer in one sentence",
    "{} i need it for homework",
    "https://example.com/watch?v=3kd {}",
    "plz {} asap!!!",
    "good evening everyone! {} thank you so much in advance",
    "does anyone here know {}",
    "**{}**",
    "> {}",
    "{} 🙏🙏",
    "yo dude quick question {}",
    "i was wondering, {}",
    "{} (asking for a friend)",
    "1) {}",
    "{} lol",
    # from here on: written after the word lists, and not looked at while those were made
    "ello ello, {}",
    "{} xoxo",
    "{} sent from my phone",
    "my cat is asleep on the sofa. {}",
    "{} k bye",
    "hmu with the answer: {}",
    "{} (no rush tho)",
    "{} !!1!",
    "{} 42 17",
    "@Byline#0042 {}",
    "ngl i kinda forgot but {}",
    "{} zzxqv",
    "blorptastic {}",
    "{} cuz my gran keeps asking me",
    "Long time lurker, first time poster. {}",
    "kindly do the needful and say {}",
    "{} - gracias amigo",
    "|| {} ||",
    "{} ~~ignore typos~~ sry",
    "new here so be nice, {} ty ty",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Index]:
    files = {f"{name}.txt": text for name, text in ARTICLES.items()}
    with ingested(files, tmp_path_factory.mktemp("noise"), embedder) as opened:
        yield opened


def answering(index: Index, retriever: Retriever, typed: str) -> str | None:
    """The title of the article that a question is answered from, as `Answerer` reads it."""
    found = [retriever.search(index, reading) for reading in readings(question_of(typed))]
    best = found[0] if found[0].confidence >= ANSWERABLE else max(found, key=lambda one: one.confidence)
    return best.evidence[0].article.title if best.confidence >= ANSWERABLE else None


def test_noise_around_a_question_changes_nothing(index: Index, embedder: Embedder) -> None:
    retriever = Retriever(embedder)
    plain = {question: answering(index, retriever, question) for question in QUESTIONS}
    assert None not in plain.values()
    pairs = [(noise, question) for noise in NOISE for question in QUESTIONS]
    same = [answering(index, retriever, noise.format(asked)) == plain[asked] for noise, asked in pairs]
    assert sum(same) >= 0.97 * len(same)
    listed = NOISE.index("ello ello, {}") * len(QUESTIONS)
    assert all(same[:listed])


@pytest.mark.parametrize(
    "question",
    [
        "why?",
        "thanks",
        "can Iran build bombs",
        "Hello Games did what at the show?",
        "what did U.S. senator Smith say?",
        "What happened in Call of Duty?",
        "新しい橋の費用はいくらでしたか",
        "Was kostet die Brücke?",
        "what do you know about the bridge",
    ],
)
def test_what_has_no_noise_stays_as_it_is(question: str) -> None:
    assert question_of(question) == question


def test_a_question_is_read_by_itself_where_it_stands_beside_another_sentence() -> None:
    typed = "My gran was a farmer all her life. Why were the apricots lost?"
    assert readings(typed) == [typed, "Why were the apricots lost?"]
