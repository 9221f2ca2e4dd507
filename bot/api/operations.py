"""What a program can ask over HTTP, one entry each, and the OpenAPI document that follows from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from bot.api import schemas
from bot.api.desk import Desk
from bot.api.schemas import Shape
from bot.cli.json_output import article_shape

VERSION = "1"
_PLACE = "#/components/schemas/"
_FAILURES = {
    "400": "Not JSON, or not UTF-8",
    "401": "No token, or one that is not known",
    "403": "Sent from another site's page, or under a foreign name",
    "404": "No such article",
    "413": "The body is too long",
    "415": "Not application/json, or not UTF-8",
    "422": "A field is missing, too long, or of another type",
    "429": "The token's rate is used up; Retry-After says for how long",
    "500": "Something went wrong inside",
    "503": "No index, or no time: try again later",
}


@dataclass(frozen=True)
class Operation:
    """`takes` comes as a JSON body of a POST, or as the query (and path) of a GET; `gives` describes the reply."""

    method: Literal["GET", "POST"]
    path: str
    summary: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    work: Callable[[Desk, Any], Awaitable[Shape]]


async def _ask(desk: Desk, given: schemas.Question) -> Shape:
    return await desk.answer(given.question, given.exclude, given.follows)


async def _search(desk: Desk, given: schemas.Query) -> Shape:
    return await desk.search(given.query, given.k, given.exclude)


async def _articles(desk: Desk, given: schemas.Listing) -> Shape:
    return await desk.articles(given.query, given.limit, given.offset)


async def _article(desk: Desk, given: schemas.ArticleName) -> Shape:
    return article_shape(await desk.article(given.article))


async def _summary(desk: Desk, given: schemas.ArticleName) -> Shape:
    return await desk.summary(given.article)


async def _corpora(desk: Desk, _given: schemas.Nothing) -> Shape:
    return await desk.corpora()


ASK = Operation(
    "POST", "/ask", "Answer a question, with verified quotes; with `Accept: text/event-stream` as it comes about",
    schemas.Question, schemas.Answer, _ask,
)  # fmt: skip
OPERATIONS = (
    ASK,
    Operation("GET", "/search", "Passages for a query, best first", schemas.Query, schemas.Passages, _search),
    Operation("GET", "/articles", "Articles, newest first", schemas.Listing, schemas.Articles, _articles),
    Operation("GET", "/articles/{article}", "One article", schemas.ArticleName, schemas.Article, _article),
    Operation("GET", "/summary", "An article's main points", schemas.ArticleName, schemas.Summary, _summary),
    Operation("GET", "/corpora", "What can be asked", schemas.Nothing, schemas.Corpora, _corpora),
)


def openapi() -> Shape:
    """The OpenAPI 3.1 document of every operation."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [(schemas.Failure, "serialization")]
    modes += [(one.takes, "validation") for one in OPERATIONS]
    modes += [(one.gives, "serialization") for one in OPERATIONS]
    names, described = models_json_schema(list(dict.fromkeys(modes)), ref_template=_PLACE + "{model}")
    paths: Shape = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = {
            "summary": one.summary,
            "operationId": one.work.__name__.strip("_"),
            **_request(one, described["$defs"][one.takes.__name__]),
            "responses": _responses(
                one, names[one.gives, "serialization"], names[schemas.Failure, "serialization"]
            ),
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Byline",
            "version": VERSION,
            "description": "Answers with the words they rest on.",
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": described["$defs"],
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _request(one: Operation, takes: Shape) -> Shape:
    if one.method == "POST":
        content = {"application/json": {"schema": {"$ref": _PLACE + one.takes.__name__}}}
        return {"requestBody": {"required": True, "content": content}}
    parameters = []
    for name, schema in takes.get("properties", {}).items():
        in_path = f"{{{name}}}" in one.path
        required = in_path or name in takes.get("required", ())
        where = "path" if in_path else "query"
        parameters.append({"name": name, "in": where, "required": required, "schema": schema})
    return {"parameters": parameters}


def _responses(one: Operation, gives: Shape, failure: Shape) -> Shape:
    content: Shape = {"application/json": {"schema": gives}}
    if one is ASK:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    failed = {"application/json": {"schema": failure}}
    return {
        "200": {"description": one.gives.__name__, "content": content},
        **{code: {"description": text, "content": failed} for code, text in _FAILURES.items()},
    }
