"""The MCP server as an assistant uses it: the SDK's own client, over both transports."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator

mcp = pytest.importorskip("mcp", reason="the extra `api` is not installed")

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "a-token-for-an-assistant"
BRIDGE = "https://example.org/bridge"
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": "What did Mayor Brandt say the bridge cost?"}),
    ("ask", {"question": "Which enzyme unwinds DNA in bacteria?"}),
    ("search", {"query": "mirror", "k": 2}),
    ("article", {"article": BRIDGE}),
    ("summary", {"article": BRIDGE}),
]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def over_http(start: Any) -> str:
    return f"{await start({'assistant': (TOKEN, 0)})}/mcp"


@asynccontextmanager
async def connected(transport: str, newsroom: Path, over_http: str) -> AsyncIterator[Any]:
    if transport == "stdio":
        command = ["-m", "bot", "mcp", "--config", str(newsroom)]
        child = mcp.StdioServerParameters(command=sys.executable, args=command, cwd=str(ROOT))
        async with mcp.Client(mcp.stdio_client(child)) as client:
            yield client
        return
    from mcp.client.streamable_http import streamable_http_client

    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as http,
        mcp.Client(streamable_http_client(over_http, http_client=http)) as client,
    ):
        yield client


@pytest.mark.parametrize("transport", ["stdio", "http"])
async def test_each_tool_returns_what_its_schema_says(transport: str, newsroom: Path, over_http: str) -> None:
    async with connected(transport, newsroom, over_http) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["ask", "search", "article", "summary"]
        for name, arguments in CALLS:
            result = await client.call_tool(name, arguments)
            assert not result.is_error
            Draft202012Validator(tools[name].output_schema).validate(result.structured_content)
            assert tools[name].annotations.read_only_hint


async def test_quotes_are_the_articles_words_with_their_offsets_and_link(
    newsroom: Path, over_http: str
) -> None:
    async with connected("http", newsroom, over_http) as client:
        answer = (await client.call_tool(*CALLS[0])).structured_content
        assert "forty million euros" in " ".join(answer["answer"].split())
        for citation in answer["citations"]:
            article = await client.call_tool("article", {"article": citation["article_id"]})
            body = article.structured_content["body"]
            assert body[citation["start"] : citation["end"]] == citation["quote"]
            assert citation["link"].startswith(f"{BRIDGE}#:~:text=")


async def test_a_long_article_is_read_in_parts(newsroom: Path, over_http: str) -> None:
    async with connected("http", newsroom, over_http) as client:
        whole = (await client.call_tool("article", {"article": BRIDGE})).structured_content
        part = (await client.call_tool("article", {"article": BRIDGE, "start": 30})).structured_content
        assert part["body"] == whole["body"][30:]
        assert (part["start"], part["characters"]) == (30, len(whole["body"]))


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("ask", {"question": "?!"}, "Ask a question"),
        ("ask", {"question": "a" * 3_000}, "at most 2000 characters"),
        ("ask", {"question": 5}, "valid string"),
        ("search", {"query": "mirror", "k": 1_000}, "less than or equal to 100"),
        ("article", {"article": "no such thing"}, "No article has"),
        ("summary", {}, "Field required"),
    ],
)
async def test_a_call_that_cannot_be_served_says_why(
    name: str, arguments: dict[str, Any], told: str, newsroom: Path, over_http: str
) -> None:
    async with connected("http", newsroom, over_http) as client:
        result = await client.call_tool(name, arguments)
    assert result.is_error
    assert told in result.content[0].text


async def test_without_the_token_no_assistant_gets_in(over_http: str) -> None:
    with pytest.raises(BaseExceptionGroup, match="unhandled errors") as raised:
        async with mcp.Client(over_http) as client:
            await client.call_tool(*CALLS[0])
    assert "Server returned an error response" in repr(raised.value)
