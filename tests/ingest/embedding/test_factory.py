from __future__ import annotations

import dataclasses
import json
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.embedding import endpoint_embedder
from ingest.embedding.embedder import EmbedderIdentity
from ingest.embedding.endpoint_embedder import OpenAIEmbedder
from ingest.embedding.factory import make_embedder
from ingest.embedding.local_embedder import LocalEmbedder
from ingest.embedding.token_counts import count_tokens
from ingest.errors import EmbeddingUnavailable, ModelFilesMissing

TEXTS = [
    "The ambassador claimed that delivery of the missiles has begun.",
    "Growers in the valley lost most of their apricots to three nights of frost.",
    "The bridge was opened to traffic in May after three years of work.",
    "Astronomers released the first image of the new telescope, whose mirror is eight metres across.",
    "",
    "Der Außenminister traf am Montag in Teheran ein, wo er über die Lieferung sprach.",
    "Взнос за участие составляет сорок миллионов евро.",
]
SHARED = Path(__file__).resolve().parents[4] / "shared"


def identity(**changes: Any) -> EmbedderIdentity:
    whole = EmbedderIdentity("local", "model", "abc", "mean", "first 256 tokens", 384)
    return dataclasses.replace(whole, **changes)


# --- identity


def test_the_same_parts_make_the_same_key() -> None:
    assert identity().key == identity().key == "local|model|abc|mean|first 256 tokens|384"


@pytest.mark.parametrize(
    "change",
    [
        {"provider": "openai"},
        {"model": "other"},
        {"weights": ""},
        {"pooling": "cls"},
        {"input_format": "first 128 tokens"},
        {"dimensions": 768},
        {"provider": "local|model", "model": ""},
    ],
)
def test_another_part_makes_another_key(change: dict[str, Any]) -> None:
    assert identity(**change).key != identity().key


def test_precision_is_no_part_of_the_identity(
    local_embedder: LocalEmbedder, exact_embedder: LocalEmbedder
) -> None:
    assert LocalEmbedder("int8").identity.key == exact_embedder.identity.key == local_embedder.identity.key
    assert exact_embedder.precision == "fp32"


# --- the local model


def test_vectors_are_of_unit_length_and_in_order(local_embedder: LocalEmbedder) -> None:
    vectors = local_embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert np.array_equal(local_embedder.embed_question(text), vector)


def test_no_texts_make_no_vectors(local_embedder: LocalEmbedder) -> None:
    assert local_embedder.embed_passages([]).shape == (0, 384)


def test_a_question_is_nearest_to_its_passage(local_embedder: LocalEmbedder) -> None:
    passages = local_embedder.embed_passages(TEXTS)
    for question, nearest in [
        ("What did the diplomat say about the rockets?", 0),
        ("Which fruit froze?", 1),
        ("When could cars cross the river again?", 2),
    ]:
        assert int(np.argmax(passages @ local_embedder.embed_question(question))) == nearest


def test_a_vector_does_not_depend_on_what_else_is_asked(local_embedder: LocalEmbedder) -> None:
    together = local_embedder.embed_passages(TEXTS * 5)
    backwards = local_embedder.embed_passages(TEXTS[::-1])[::-1]
    assert np.array_equal(together[: len(TEXTS)], backwards)


def test_what_stands_beyond_256_tokens_does_not_count(local_embedder: LocalEmbedder) -> None:
    long = "word " * 300
    assert np.array_equal(local_embedder.embed_question(long), local_embedder.embed_question(long + "else"))
    short = "word " * 200
    assert not np.array_equal(
        local_embedder.embed_question(short), local_embedder.embed_question(short + "else")
    )


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_has_a_vector(local_embedder: LocalEmbedder, text: str) -> None:
    vector = local_embedder.embed_question(text)
    assert np.isfinite(vector).all()
    assert abs(np.linalg.norm(vector) - 1) < 1e-4


@pytest.mark.parametrize(
    "text", ["\ud800", "a" * 2_000_000, " " * 2_000_000, "\0", "‮א" * 10_000, "👩‍👩‍👧" * 10_000]
)
def test_a_hostile_text_has_a_vector(local_embedder: LocalEmbedder, text: str) -> None:
    assert np.isfinite(local_embedder.embed_question(text)).all()


def test_many_threads_get_the_same_vectors(local_embedder: LocalEmbedder) -> None:
    expected = local_embedder.embed_passages(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: local_embedder.embed_passages(TEXTS), range(16)):
            assert np.array_equal(found, expected)


def test_int8_stays_close_to_fp32(exact_embedder: LocalEmbedder) -> None:
    """On real pages; the quicker graph is held to a mean cosine of .995."""
    articles = SHARED / "bench/fifa/articles.jsonl"
    if not articles.exists():
        pytest.skip("the shared question sets are not beside the repository")
    with articles.open(encoding="utf-8") as lines:
        words = [json.loads(line)["text"].split() for line, _ in zip(lines, range(25), strict=False)]
    texts = [" ".join(text[at : at + 120]) for text in words for at in (0, 400) if len(text) > at]
    cosines = (exact_embedder.embed_passages(texts) * LocalEmbedder("int8").embed_passages(texts)).sum(axis=1)
    assert cosines.mean() >= 0.995
    assert cosines.min() >= 0.98


def test_a_missing_model_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path))
    with pytest.raises(ModelFilesMissing, match="make install"):
        make_embedder("local")


# --- endpoints

Answer = Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]]


class Endpoint:
    """Speaks the embeddings API over real HTTP. A text's vector points at its length: easy to tell apart."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.faults: list[Answer] = []
        self.lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with endpoint.lock:
                    endpoint.requests.append(body)
                    endpoint.keys.append(self.headers["Authorization"])
                    answer = endpoint.faults.pop(0) if endpoint.faults else endpoint.vectors
                status, headers, content = answer(body)
                self.send_response(status)
                for name, value in ({"Content-Type": "application/json"} | headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    @staticmethod
    def vectors(body: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        rows = [
            {"object": "embedding", "index": i, "embedding": [len(text), 1.0]}
            for i, text in enumerate(body["input"])
        ]
        return 200, {}, json.dumps({"object": "list", "data": rows[::-1], "model": body["model"]}).encode()


def fault(status: int, content: Any = None, **headers: str) -> Answer:
    body = (
        content
        if isinstance(content, bytes)
        else json.dumps(content or {"error": {"message": "no"}}).encode()
    )
    return lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-key")
    running = Endpoint()
    thread = threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.server.shutdown()
    running.server.server_close()
    thread.join()


@pytest.fixture
def embedder(endpoint: Endpoint) -> Iterator[OpenAIEmbedder]:
    made = OpenAIEmbedder("some-model", endpoint.url)
    yield made
    made.close()


def test_an_endpoints_vectors_come_back_in_order_and_of_unit_length(embedder: OpenAIEmbedder) -> None:
    vectors = embedder.embed_passages(["a", "bb", "ccc"])
    assert np.allclose(vectors, [[n / (n * n + 1) ** 0.5, 1 / (n * n + 1) ** 0.5] for n in (1, 2, 3)])
    assert np.allclose(embedder.embed_question("bb"), vectors[1])


def test_many_passages_go_out_in_requests_that_the_endpoint_allows(
    embedder: OpenAIEmbedder, endpoint: Endpoint
) -> None:
    texts = [f"{'x' * (n % 7)}y" for n in range(5000)]
    vectors = embedder.embed_passages(texts)
    assert sorted(len(request["input"]) for request in endpoint.requests) == [904, 2048, 2048]
    assert np.allclose(vectors[:, 0] / vectors[:, 1], [len(text) for text in texts], rtol=1e-4)


def test_long_passages_are_counted_in_tokens(
    embedder: OpenAIEmbedder, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_embedder, "_MOST_TOKENS", 100)
    embedder.embed_passages(["one two three four five six seven eight nine ten"] * 25)
    assert sorted(len(request["input"]) for request in endpoint.requests) == [5, 10, 10]


def test_a_passage_too_long_for_the_endpoint_is_cut(embedder: OpenAIEmbedder, endpoint: Endpoint) -> None:
    embedder.embed_passages(["word " * 20_000])
    (sent,) = endpoint.requests[0]["input"]
    assert 7_900 < count_tokens(sent, "cl100k_base") <= 8_000


def test_what_an_endpoint_refuses_is_not_sent(embedder: OpenAIEmbedder, endpoint: Endpoint) -> None:
    embedder.embed_passages(["", " \n", "a\ud800b"])
    assert endpoint.requests[0]["input"] == [".", ".", "a\ufffdb"]


def test_no_passages_ask_for_nothing_but_the_dimensions(embedder: OpenAIEmbedder, endpoint: Endpoint) -> None:
    assert embedder.embed_passages([]).shape == (0, 2)
    assert embedder.identity.dimensions == 2
    assert len(endpoint.requests) == 1


def test_an_endpoint_that_is_busy_is_asked_again_when_it_says(
    embedder: OpenAIEmbedder, endpoint: Endpoint
) -> None:
    endpoint.faults = [fault(429, retry_after="0.01"), fault(503, retry_after="0.01")]
    assert embedder.embed_passages(["a"]).shape == (1, 2)
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            fault(401, {"error": {"message": "Incorrect API key provided: sk-very-secret-key"}}),
            "refuses the key",
        ),
        (fault(403, {"error": {"message": "sk-very-secret-key may not"}}), "refuses the key"),
        (fault(404), "does not know the model 'some-model'"),
        (fault(400), "status 400"),
        (
            fault(429, {"error": {"message": "", "code": "insufficient_quota"}}, x_should_retry="false"),
            "no credit",
        ),
        (fault(429, x_should_retry="false"), "too often"),
        (fault(500, x_should_retry="false"), "status 500"),
        (fault(200, b"<html>"), "cannot be read"),
        (fault(200, {"data": []}), "one vector a text"),
        (fault(200, {"data": [{"index": 0, "embedding": []}]}), "one vector a text"),
        (fault(200, {"data": [{"index": 0, "embedding": ["x"]}]}), "one vector a text"),
        (fault(200, b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'), "one vector a text"),
        (
            fault(200, {"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1]}]}),
            "one vector a text",
        ),
        (fault(200, {"data": [{"embedding": [1]}, None]}), "one vector a text"),
        (fault(200, []), "one vector a text"),
    ],
)
def test_a_failing_endpoint_says_what_to_do_and_never_the_key(
    embedder: OpenAIEmbedder, endpoint: Endpoint, answer: Answer, says: str
) -> None:
    endpoint.faults = [answer]
    with pytest.raises(EmbeddingUnavailable, match=says) as raised:
        embedder.embed_question("a")
    assert "secret" not in "".join(traceback.format_exception(raised.value))
    assert endpoint.keys == ["Bearer sk-very-secret-key"]


def test_an_endpoint_that_is_away_is_said_to_be(endpoint: Endpoint) -> None:
    gone = OpenAIEmbedder("some-model", "http://127.0.0.1:9/v1")
    with pytest.raises(EmbeddingUnavailable, match="cannot be reached"):
        gone.embed_question("a")
    gone.close()


def test_openai_needs_a_key_and_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(EmbeddingUnavailable, match="OPENAI_API_KEY"):
        make_embedder("openai")


def test_an_own_endpoint_needs_no_key(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    own = OpenAIEmbedder("some-model", endpoint.url)
    assert own.embed_question("a").shape == (2,)
    assert "secret" not in str(endpoint.keys)
    own.close()


def test_the_environment_sends_texts_nowhere_that_the_config_does_not_name(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    plain = OpenAIEmbedder()
    assert str(plain._client.base_url).startswith("https://api.openai.com/")
    assert plain.identity.key == "openai|text-embedding-3-small||endpoint|first 8000 tokens|1536"
    assert endpoint.requests == []
    plain.close()
