"""The MCP server: the same questions as tools for an assistant, each result with an output schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from bot.api import schemas
from bot.api.desk import Desk
from bot.api.failures import explained
from bot.api.operations import VERSION
from bot.cli.json_output import article_shape

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_INSTRUCTIONS = (
    "Answers about a body of articles, with the words they rest on. Every quote has been checked: it stands in the "
    "article at `start` to `end`. Cite `link`. Where the outcome is not_found the articles do not say; do not guess."
)
_PART = 20_000  # characters of an article in one result

ArticleWords = Annotated[schemas.Words, Field(description="The article's id, URL or title")]


def mcp_server(desk: Desk) -> MCPServer[None]:
    server: MCPServer[None] = MCPServer(
        "byline", version=VERSION, instructions=_INSTRUCTIONS, log_level="WARNING", subscriptions=False
    )

    @server.tool(annotations=_READS)
    async def ask(question: schemas.Words, exclude: schemas.Excluded = ()) -> schemas.Answer:
        """Answer a question from the articles, with verified quotes."""
        async with _told():
            return schemas.Answer.model_validate(await desk.answer(question, exclude))

    @server.tool(annotations=_READS)
    async def search(
        query: schemas.Words, k: Annotated[int, Field(ge=1, le=100)] = 10, exclude: schemas.Excluded = ()
    ) -> schemas.Passages:
        """Find passages, best first, whether or not they answer anything."""
        async with _told():
            return schemas.Passages.model_validate(await desk.search(query, k, exclude))

    @server.tool(annotations=_READS)
    async def article(
        article: ArticleWords,
        start: Annotated[int, Field(ge=0, description="Where in the body to begin")] = 0,
    ) -> schemas.ArticlePart:
        """Read an article, a part of a long one at a time: go on at `start` plus the length of `body`."""
        async with _told():
            shape = article_shape(await desk.article(article))
            body = shape["body"]
            part = {"body": body[start : start + _PART], "start": start, "characters": len(body)}
            return schemas.ArticlePart.model_validate({**shape, **part})

    @server.tool(annotations=_READS)
    async def summary(article: ArticleWords) -> schemas.Summary:
        """Sum an article up, with verified quotes."""
        async with _told():
            return schemas.Summary.model_validate(await desk.summary(article))

    return server


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """What went wrong, in words that are meant for whoever called the tool."""
    try:
        yield
    except Exception as error:
        raise ToolError(explained(error)[1]) from error
