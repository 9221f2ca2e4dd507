"""`python -m bot` as another program uses it: words in, JSON lines and exit codes out."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from ingest.embedding.factory import Embedder
from ingest.runs.pipeline import ingest_corpus
from ingest.settings import load_ingest_settings

ASK_KEYS = [
    "question",
    "outcome",
    "answer",
    "citations",
    "generator",
    "generation",
    "seconds",
    "nearest",
    "dropped",
]
CITATION_KEYS = [
    "number",
    "article_id",
    "title",
    "url",
    "source",
    "published",
    "quote",
    "start",
    "end",
    "answer_span",
]


class Run:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(newsroom: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch):
    def run(*words: str, stdin: bytes = b"", config: Path = newsroom) -> Run:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main([*words, "--config", str(config)])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Run(code, out.decode(), err.decode())

    return run


def test_ask_prints_the_promised_fields_and_quotes_stand_in_the_body(run) -> None:
    done = run("ask", "What did Mayor Brandt say the bridge cost?", "--json")
    (answer,) = done.lines
    assert done.code == 0
    assert list(answer)[: len(ASK_KEYS)] == ASK_KEYS
    assert answer["outcome"] == "answered"
    assert "forty million euros" in answer["answer"].replace("\n", " ")
    assert "[1]" in answer["answer"]
    for citation in answer["citations"]:
        assert list(citation) == CITATION_KEYS
        (article,) = run("article", citation["article_id"], "--json").lines
        assert article["body"][citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("hi bot, how many articles do you have?", "There are 3 articles."),
        ("what's new", "“Frost ruins the apricot harvest” (Valley Courier, 2021-05-12) [1]"),
        ("when was the article about Linden published?", "was published on 2016-02-01 [1]"),
    ],
)
def test_a_question_about_the_articles_is_answered_from_their_metadata(run, question: str, told: str) -> None:
    (answer,) = run("ask", question, "--json").lines
    assert told in answer["answer"]
    for citation in answer["citations"]:
        (article,) = run("article", citation["article_id"], "--json").lines
        assert article["body"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_question_the_articles_do_not_answer_is_refused_with_the_nearest_articles(run) -> None:
    (answer,) = run("ask", "Which enzyme unwinds DNA during replication in bacteria?", "--json").lines
    assert answer["outcome"] == "not_found"
    assert answer["answer"] == ""
    assert answer["citations"] == []
    assert len(answer["nearest"]) == 3
    assert list(answer["nearest"][0]) == ["article_id", "title", "url"]


def test_each_line_of_standard_input_gets_one_line_in_order_and_a_bad_one_stops_nothing(run) -> None:
    asked = b'\xff\xfe what?\n{"question": 5}\n\n{"broken\nWho told the Valley Courier about the trees?\n'
    done = run("ask", "-", "--json", stdin=asked)
    assert done.code == 0
    assert len(done.lines) == 4
    assert [line["outcome"] for line in done.lines[1:3]] == ["failed", "failed"]
    assert all(list(line) == ["question", "outcome", "error"] for line in done.lines[1:3])
    assert done.lines[3]["question"] == "Who told the Valley Courier about the trees?"
    assert done.lines[3]["outcome"] == "answered"


def test_the_question_comes_back_exactly_as_it_was_asked(run) -> None:
    done = run("ask", "-", "--json", stdin="  Who  opened\u00a0the bridge? \n".encode())
    assert done.lines[0]["question"] == "  Who  opened\u00a0the bridge? "


def test_excluded_articles_are_not_searched(run) -> None:
    line = {"question": "Who opened the Linden Bridge?", "exclude": ["https://example.org/bridge"]}
    done = run("ask", "-", "--json", stdin=json.dumps(line).encode() + b"\n")
    (answer,) = done.lines
    assert all(citation["url"] != "https://example.org/bridge" for citation in answer["citations"])
    assert all(article["url"] != "https://example.org/bridge" for article in answer["nearest"])


def test_only_what_was_published_by_the_day_given_is_evidence(run) -> None:
    apricots = "Who told the Valley Courier about the trees?"
    lines = [{"question": apricots, "as_of": "June 2021"}, {"question": apricots, "as_of": "soon"}]
    stdin = "\n".join([*map(json.dumps, lines), apricots]).encode()
    own, broken, option = run("ask", "-", "--json", "--as-of", "2016", stdin=stdin).lines
    assert (own["outcome"], own["as_of"]) == ("answered", "2021-06-30")
    assert "write 2015-05-31" in broken["error"]
    assert (option["outcome"], option["as_of"]) == ("not_found", "2016-12-31")
    assert run("ask", apricots, "--as-of", "soon").code == 1
    assert "As of 2021-12-31" in run("ask", apricots, "--as-of", "2021").out


def test_search_prints_ranked_passages(run) -> None:
    (found,) = run("search", "smoothest mirror", "-k", "2", "--json").lines
    assert list(found) == ["query", "passages", "seconds"]
    assert [passage["rank"] for passage in found["passages"]] == [1, 2]
    best = found["passages"][0]
    assert list(best) == ["rank", "score", "article_id", "title", "url", "published", "start", "end", "text"]
    assert best["title"] == "New telescope sees its first light"
    assert best["url"] is None


def test_search_reads_queries_from_standard_input(run) -> None:
    done = run("search", "-", "--json", stdin="apricots\nΓέφυρα 橋 мост\n".encode())
    assert [line["query"] for line in done.lines] == ["apricots", "Γέφυρα 橋 мост"]


@pytest.mark.parametrize("name", ["https://example.org/bridge", "mayor opens the linden bridge", "Linden"])
def test_an_article_is_found_by_url_title_or_words_of_it(run, name: str) -> None:
    (article,) = run("article", name, "--json").lines
    assert list(article) == ["article_id", "title", "url", "source", "author", "published", "body"]
    assert article["url"] == "https://example.org/bridge"
    assert article["source"] == "Town Paper"
    assert article["published"] == "2016-02-01"


def test_an_unknown_article_is_an_error_that_says_how_to_find_one(run) -> None:
    done = run("article", "no such thing")
    assert done.code == 1
    assert "python -m bot search" in done.err


def test_said_lists_what_somebody_said_word_for_word(run) -> None:
    (answer,) = run("said", "Ilse Brandt", "--json").lines
    assert answer["outcome"] == "answered"
    assert [one["quote"] for one in answer["citations"]] == ["the bridge cost forty million euros"]
    assert "Mayor" in answer["answer"]


def test_said_all_prints_every_statement_with_true_offsets(run) -> None:
    lines = run("said", "--all", "--json").lines
    assert {"Ilse Brandt", "Josef Leitner", "Rosa Quintana"} <= {one["speaker"] for one in lines}
    for one in lines:
        (article,) = run("article", one["article_id"], "--json").lines
        assert article["body"][one["start"] : one["end"]] == one["quote"]


def test_said_of_nobody_names_what_to_type(run) -> None:
    failed = run("said", "--json")
    assert failed.code != 0
    assert "Name who said it" in failed.lines[0]["error"]


def test_timeline_lists_events_with_their_days(run) -> None:
    (found,) = run("timeline", "the Linden Bridge", "--json").lines
    assert found["outcome"] == "answered"
    opened = next(one for one in found["events"] if "was opened" in one["quote"])
    assert (opened["date"], opened["date_of"], opened["independent_outlets"]) == ("2016-02-01", "event", 1)
    (none,) = run("timeline", "the Linden Bridge", "--since", "2017-01-01", "--json").lines
    assert (none["outcome"], none["events"]) == ("not_found", [])


def test_summary_names_the_article_and_cites_it(run) -> None:
    (summary,) = run("summary", "Frost ruins the apricot harvest", "--json").lines
    assert summary["article"]["url"] == "https://example.org/harvest"
    assert summary["outcome"] == "answered"
    assert {citation["url"] for citation in summary["citations"]} == {"https://example.org/harvest"}


def test_a_person_sees_the_answer_the_quote_and_the_link(run) -> None:
    done = run("ask", "What did Rosa Quintana claim?")
    assert "smoothest ever ground" in " ".join(done.out.split())
    assert "New telescope sees its first light" in done.out
    assert "[1] New telescope" in done.out  # the quote is the answer itself, and stands once
    assert "no model was asked" in done.out


def test_chat_carries_a_follow_up(run) -> None:
    done = run("chat", stdin=b"What did Mayor Ilse Brandt say?\n\nand what did it cost?\n")
    assert done.code == 0
    assert "DISCORD_TOKEN" in done.out
    assert "forty million euros" in " ".join(done.out.split())


def test_chat_in_json_prints_an_answer_a_line_and_carries_a_follow_up(run) -> None:
    done = run("chat", "--json", stdin=b"What did Mayor Ilse Brandt say?\n\n?\nand what did it cost?\n")
    assert done.code == 0
    first, wordless, second = map(json.loads, done.out.splitlines())
    assert first["outcome"] == "answered"
    assert wordless["outcome"] == "failed"
    assert second["question"] == "and what did it cost?"
    assert "forty million euros" in " ".join(second["answer"].split())


def test_without_an_index_the_error_says_what_to_run(run, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("", "utf-8")
    done = run("ask", "anything", config=config)
    assert done.code == 1
    assert "python -m ingest" in done.err


def test_a_mistyped_key_is_named_with_the_nearest_right_one(run, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[answering]\nprovidr = "openai"\n', "utf-8")
    done = run("ask", "anything", config=config)
    assert done.code == 2
    assert "'providr'" in done.err
    assert "'provider'" in done.err


def test_a_missing_config_is_wrong_usage(run, tmp_path: Path) -> None:
    assert run("ask", "anything", config=tmp_path / "none.toml").code == 2


def test_discord_without_a_token_says_how_to_go_on(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    done = run()
    assert done.code == 1
    assert "DISCORD_TOKEN" in done.err


def test_a_key_lying_in_the_environment_sends_nothing_out(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    (answer,) = run("ask", "Who opened the Linden Bridge?", "--json").lines
    assert answer["generator"] == "quoting"
    assert answer["notes"] == []


def test_doctor_finds_a_healthy_newsroom_healthy(run) -> None:
    done = run("doctor", "--json")
    assert done.code == 0, done.out
    states = {line["part"]: line["state"] for line in done.lines}
    assert states["config"] == states["tokenizer"] == states["embedder"] == states["index"] == "ok"
    assert states["chroma"] == "ok"


def test_doctor_fails_without_an_index(run, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("", "utf-8")
    done = run("doctor", config=config)
    assert done.code == 1
    assert "python -m ingest" in done.out


@pytest.fixture
def empty(tmp_path: Path, embedder: Embedder) -> Path:
    """The config.toml of a corpus that holds no article."""
    (tmp_path / "nothing-here").mkdir()
    config = tmp_path / "config.toml"
    config.write_text('[corpus]\npaths = ["nothing-here"]\n', "utf-8")
    ingest_corpus(load_ingest_settings(config), embedder)
    return config


def test_a_question_to_an_empty_corpus_is_told_how_articles_come(run, empty: Path) -> None:
    done = run("ask", "Who opened the bridge in 2016?", "--json", config=empty)
    assert done.code == 1
    assert done.lines[0]["error"] == "No articles yet; an admin adds them with /corpus add."


def test_doctor_names_the_path_that_holds_no_articles(run, empty: Path) -> None:
    done = run("doctor", "--json", config=empty)
    (articles,) = (line for line in done.lines if line["part"] == "articles")
    assert (done.code, articles["state"]) == (1, "broken")
    assert str(empty.parent / "nothing-here") in articles["text"]


def test_config_and_json_may_stand_before_the_word(
    newsroom: Path, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    assert main(["--config", str(newsroom), "--json", "search", "mirror"]) == 0
    sys.stdout.flush()
    assert json.loads(capfdbinary.readouterr().out)["query"] == "mirror"
    assert main(["--config", str(tmp_path / "none.toml"), "ask", "mirror"]) == 2


def test_chat_ends_at_the_word_quit(run) -> None:
    done = run("chat", stdin=b"quit\nWho opened the Linden Bridge?\n")
    assert done.code == 0
    assert "Brandt" not in done.out


@pytest.mark.parametrize("name", ["Ilse Brandt", "Brandt", "Josef Leitner"])
def test_what_somebody_said_is_found_by_the_name_alone(run, name: str) -> None:
    (answer,) = run("ask", f"What did {name} say?", "--json").lines
    assert answer["outcome"] == "answered"
    assert name in answer["answer"]


@pytest.mark.parametrize("words", [["ask"], ["ask", "x", "--no-such"], ["search", "x", "-k", "0"], ["dance"]])
def test_wrong_usage_exits_with_2(newsroom: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
