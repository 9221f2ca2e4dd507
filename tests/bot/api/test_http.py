"""The API as a program uses it, over a real socket."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator

from tests.loop_time import pauses_of_the_loop

pytest.importorskip("mcp", reason="the extra `api` is not installed")

from bot.api.access import Access
from bot.api.failures import Refused
from bot.api.serving import application, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "What did Mayor Brandt say the bridge cost?"
BRIDGE = "https://example.org/bridge"
TOKEN, SLOW = "a-token-for-a-program-1", "a-token-that-may-little"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        yield client


REQUESTS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("POST", "/ask", "/ask", {"json": {"question": QUESTION}}),
    ("POST", "/ask", "/ask", {"json": {"question": "Which enzyme unwinds DNA in bacteria?"}}),
    ("POST", "/ask", "/ask", {"json": {"question": "how many articles do you have?"}}),
    ("GET", "/search", "/search", {"params": {"query": "mirror", "k": 2}}),
    ("GET", "/articles", "/articles", {"params": {"query": "bridge"}}),
    ("GET", "/articles", "/articles", {"params": {"limit": 1, "offset": 2}}),
    ("GET", "/articles/{article}", f"/articles/{quote(BRIDGE, safe='')}", {}),
    ("GET", "/articles/{article}", "/articles/Frost ruins the apricot harvest", {}),
    ("GET", "/summary", "/summary", {"params": {"article": BRIDGE}}),
    ("GET", "/corpora", "/corpora", {}),
]


@pytest.mark.parametrize(("method", "path", "sent_to", "options"), REQUESTS)
async def test_every_reply_is_what_the_document_says_and_no_more(
    client: httpx.AsyncClient, method: str, path: str, sent_to: str, options: dict[str, Any]
) -> None:
    document = (await client.get("/openapi.json")).json()
    reply = await client.request(method, sent_to, **options)
    assert reply.status_code == 200, reply.text
    described = document["paths"][path][method.lower()]["responses"]["200"]["content"]["application/json"]
    Draft202012Validator({**closed(document), **described["schema"]}).validate(reply.json())


def closed(document: Any) -> Any:
    """The document with no field allowed that it does not name."""
    text = json.dumps({"components": document["components"]})
    return json.loads(text.replace('"additionalProperties": true', '"additionalProperties": false'))


async def test_the_document_is_whole(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert len(operations) == 6
    assert len({one["operationId"] for one in operations}) == 6
    (parameter,) = document["paths"]["/articles/{article}"]["get"]["parameters"]
    assert (parameter["in"], parameter["required"]) == ("path", True)


async def test_quotes_stand_in_the_article_at_their_offsets_and_link_to_the_words(
    client: httpx.AsyncClient,
) -> None:
    answer = (await client.post("/ask", json={"question": QUESTION})).json()
    assert "forty million euros" in " ".join(answer["answer"].split())
    for citation in answer["citations"]:
        article = (await client.get(f"/articles/{citation['article_id']}")).json()
        assert article["body"][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["link"].startswith(f"{BRIDGE}#:~:text=")


async def test_the_answer_comes_about_in_events_and_ends_as_it_would_have_come_at_once(
    client: httpx.AsyncClient,
) -> None:
    headers = {"Accept": "text/event-stream"}
    reply = await client.post("/ask", json={"question": QUESTION}, headers=headers)
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n", 1) for block in reply.text.strip().split("\n\n")]
    names = [name.removeprefix("event: ") for name, _ in events]
    assert names[0] == "progress"
    assert "sentence" in names
    assert names[-1] == "answer"
    last = json.loads(events[-1][1].removeprefix("data: "))
    at_once = (await client.post("/ask", json={"question": QUESTION})).json()
    changing = {"key", "seconds"}
    assert {k: v for k, v in last.items() if k not in changing} == {
        k: v for k, v in at_once.items() if k not in changing
    }


async def test_a_question_may_follow_an_answer(client: httpx.AsyncClient) -> None:
    first = (await client.post("/ask", json={"question": "What did Mayor Ilse Brandt say?"})).json()
    reply = await client.post("/ask", json={"question": "and what did it cost?", "follows": first["key"]})
    assert "forty million euros" in " ".join(reply.json()["answer"].split())


async def test_excluded_articles_are_not_searched(client: httpx.AsyncClient) -> None:
    reply = await client.get("/search", params={"query": "Linden Bridge", "exclude": [BRIDGE, "x"]})
    assert BRIDGE not in {passage["url"] for passage in reply.json()["passages"]}


JSON = {"content-type": "application/json"}
LATIN = {"content-type": "application/json; charset=latin-1"}
BAD: list[tuple[int, str, str, str, dict[str, Any]]] = [
    (422, "at least 1 character", "POST", "/ask", {"json": {"question": ""}}),
    (422, "no words", "POST", "/ask", {"json": {"question": " ?!\u200b"}}),
    (422, "at most 2000 characters", "POST", "/ask", {"json": {"question": "a" * 2_001}}),
    (413, "65,536 bytes", "POST", "/ask", {"json": {"question": "a" * 70_000}}),
    (422, "valid string", "POST", "/ask", {"json": {"question": 5}}),
    (422, "valid array", "POST", "/ask", {"json": {"question": "who?", "exclude": "x"}}),
    (422, "exclude.0", "POST", "/ask", {"json": {"question": "who?", "exclude": [5]}}),
    (422, "There is no field 'qestion'", "POST", "/ask", {"json": {"question": "who?", "qestion": "who?"}}),
    (422, "question: Field required", "POST", "/ask", {"json": {}}),
    (422, "should be an object", "POST", "/ask", {"json": ["who?"]}),
    (422, "`follows` names no answer", "POST", "/ask", {"json": {"question": "who?", "follows": "never"}}),
    (400, "not a JSON object", "POST", "/ask", {"content": b"{", "headers": JSON}),
    (400, "not a JSON object", "POST", "/ask", {"content": b"", "headers": JSON}),
    (400, "not a JSON object", "POST", "/ask", {"content": b"[" * 60_000, "headers": JSON}),
    (400, "not a JSON object", "POST", "/ask", {"content": b'{"question": "\\ud800 who"}', "headers": JSON}),
    (400, "not UTF-8", "POST", "/ask", {"content": b'{"question": "\xff"}', "headers": JSON}),
    (415, "UTF-8", "POST", "/ask", {"content": b"{}", "headers": LATIN}),
    (415, "application/json", "POST", "/ask", {"data": {"question": "who?"}}),
    (422, "query: Field required", "GET", "/search", {}),
    (422, "k: ", "GET", "/search?query=a&k=many", {}),
    (422, "less than or equal to 100", "GET", "/search?query=a&k=101", {}),
    (422, "give it once only", "GET", "/search?query=a&query=b", {}),
    (422, "There is no field 'limit'", "GET", "/search?query=a&limit=5", {}),
    (400, "UTF-8", "GET", "/search?query=%ff", {}),
    (400, "200 fields", "GET", "/search?query=a" + "&exclude=x" * 300, {}),
    (422, "offset", "GET", "/articles?offset=-1", {}),
    (404, "No article has", "GET", "/articles/no-such-thing", {}),
    (404, "No article has", "GET", "/summary?article=no-such-thing", {}),
    (404, "/openapi.json", "GET", "/nowhere", {}),
    (405, "another method", "GET", "/ask", {}),
    (403, "other sites", "POST", "/ask", {"json": {"question": "who?"}, "headers": {"origin": "https://evil.example"}}),
    (403, "127.0.0.1", "GET", "/corpora", {"headers": {"host": "evil.example"}}),
]  # fmt: skip


@pytest.mark.parametrize(("status", "told", "method", "path", "options"), BAD)
async def test_what_cannot_be_served_says_what_to_change(
    client: httpx.AsyncClient, status: int, told: str, method: str, path: str, options: dict[str, Any]
) -> None:
    reply = await client.request(method, path, **options)
    assert (reply.status_code, list(reply.json())) == (status, ["outcome", "error"])
    assert told in reply.json()["error"]
    assert reply.json()["outcome"] == "failed"


async def test_only_a_known_token_may_ask_and_no_more_than_its_rate(start: Any, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    address = await start({"program": (TOKEN, 0), "slow": (SLOW, 2)})
    async with httpx.AsyncClient(base_url=address) as client:
        for header in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \xff"):
            refused = await client.get("/corpora", headers={"authorization": header.encode("latin-1")})
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
        assert (await client.post("/mcp", json={})).status_code == 401
        asked = [await client.get("/corpora", headers={"authorization": f"bearer {SLOW}"}) for _ in range(3)]
        assert [one.status_code for one in asked] == [200, 200, 429]
        assert 0 < int(asked[2].headers["retry-after"]) <= 30
        assert (await client.get("/corpora", headers={"authorization": f"Bearer {TOKEN}"})).status_code == 200
        assert (await client.get("/healthz")).json()["ok"]
    assert TOKEN not in caplog.text
    assert SLOW not in caplog.text


async def test_what_is_asked_is_kept_and_counted(client: httpx.AsyncClient, desk: Any) -> None:
    before = len(await desk.records.asked_since(0))
    answer = (await client.post("/ask", json={"question": QUESTION})).json()
    await client.get("/summary", params={"article": BRIDGE})
    asked = (await desk.records.asked_since(0))[before:]
    assert [(one.kind, one.outcome) for one in asked] == [("question", "answered"), ("summary", "answered")]
    assert asked[0].key == answer["key"]
    assert b'byline_questions_total{outcome="answered"}' in desk.metrics.text()


async def outcome_of(desk: Any, question: str, *, other_than: str = "") -> str:
    """The outcome of the question, once it is on record and another than that."""
    async with asyncio.timeout(10):
        while True:
            outcomes = [one.outcome for one in await desk.records.asked_since(0) if one.question == question]
            if outcomes and outcomes[-1] != other_than:
                return outcomes[-1]
            await asyncio.sleep(0.01)


async def test_a_question_whose_asker_has_gone_is_noted_and_frees_its_slot(start: Any, desk: Any) -> None:
    question, slots = "Who has gone?", asyncio.Semaphore(0)
    address = await start(desk=replace(desk, slots=slots))
    headers = {"Accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(base_url=address) as client,
        client.stream("POST", "/ask", json={"question": question}, headers=headers),
    ):
        assert await outcome_of(desk, question) == "running"
    assert await outcome_of(desk, question, other_than="running") == "interrupted"
    slots.release()
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        assert (await client.post("/ask", json={"question": QUESTION})).json()["outcome"] == "answered"


async def test_a_stop_ends_what_does_not_finish_in_time_and_notes_it(desk: Any) -> None:
    question = "Who waits for ever?"
    app = application(replace(desk, slots=asyncio.Semaphore(0)), Access((), b"k" * 32))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            async with running(app, listener, 1.0):
                asking = asyncio.create_task(client.post("/ask", json={"question": question}))
                assert await outcome_of(desk, question) == "running"
                stopped = time.monotonic()
            assert time.monotonic() - stopped < 5
            reply = await asking
            assert (reply.status_code, reply.json()["outcome"]) == (503, "failed")
    assert await outcome_of(desk, question, other_than="running") == "interrupted"


async def test_what_was_asked_in_discord_cannot_be_followed(desk: Any) -> None:
    key = await desk.records.begin("Who?", person=1, channel=2)
    with pytest.raises(Refused, match="follows"):
        await desk.answer("and when?", follows=key)


async def test_questions_leave_the_loop_to_others(client: httpx.AsyncClient) -> None:
    async with pauses_of_the_loop() as pauses:
        asked = [client.post("/ask", json={"question": QUESTION}) for _ in range(12)]
        replies = await asyncio.gather(
            *asked, *(client.get("/search", params={"query": "mirror"}) for _ in range(12))
        )
    assert {reply.status_code for reply in replies} == {200}
    assert max(pauses) < 0.1


async def test_without_an_index_callers_learn_nothing_of_the_machine(
    start: Any, desk: Any, tmp_path: Any
) -> None:
    from bot.operations.index_pool import Library
    from ingest.settings import IndexSettings

    library = Library(IndexSettings(directory=tmp_path / "secret-folder"), "none")
    address = await start(desk=replace(desk, library=library))
    async with httpx.AsyncClient(base_url=address) as client:
        for path in ("/corpora", "/articles", "/healthz"):
            reply = await client.get(path)
            assert reply.status_code == 503
            assert "secret-folder" not in reply.text
