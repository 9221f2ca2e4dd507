"""What came over the wire, checked: bytes into the models of `schemas`. Raises Refused, which says what to change."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from bot.api.failures import Refused

LONGEST_BODY = 65_536  # bytes
_MOST_FIELDS = 200
_DESCRIBED = "/openapi.json describes every field."
M = TypeVar("M", bound=BaseModel)


async def body_of(request: Request, media_type: str) -> bytes:
    """The body, where it is of that type and no longer than it may be."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != media_type:
        raise Refused(f"Send a body with `Content-Type: {media_type}`.", 415)
    charset = parameters.partition("charset=")[2].strip("\"' ").lower()
    if charset not in ("", "utf-8", "utf8"):
        raise Refused("Send the body in UTF-8.", 415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise Refused(f"The body is longer than {LONGEST_BODY:,} bytes. Ask a shorter question.", 413)
    return bytes(body)


async def from_json(request: Request, model: type[M]) -> M:
    body = await body_of(request, "application/json")
    try:
        body.decode("utf-8")
        return model.model_validate_json(body, strict=True)
    except UnicodeDecodeError as error:
        raise Refused(f"The body is not UTF-8 ({error.reason} at byte {error.start}).", 400) from error
    except ValidationError as error:
        raise _refused(error) from error


def from_query(request: Request, model: type[M]) -> M:
    """The fields of path and query; one that the model has as a list may come more than once."""
    fields: dict[str, Any] = dict(request.path_params)
    for name, value in pairs_of(request.scope["query_string"]):
        annotation = model.model_fields.get(name)
        if annotation is not None and annotation.default == ():
            fields.setdefault(name, []).append(value)
        elif name in fields:
            raise Refused(f"{name}: give it once only. {_DESCRIBED}")
        else:
            fields[name] = value
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise _refused(error) from error


def pairs_of(encoded: bytes) -> list[tuple[str, str]]:
    """The fields of a query or of a form, percent-decoded."""
    try:
        return parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except UnicodeDecodeError as error:
        raise Refused("Percent-encode every field as UTF-8.", 400) from error
    except ValueError as error:
        raise Refused(f"At most {_MOST_FIELDS} fields are read.", 400) from error


def _refused(error: ValidationError) -> Refused:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return Refused(f"The body is not a JSON object: {first['ctx']['error']}. {_DESCRIBED}", 400)
    if first["type"] == "extra_forbidden":
        return Refused(f"There is no field {place[:100]!r}. {_DESCRIBED}")
    return Refused(f"{place + ': ' if place else ''}{first['msg']}. {_DESCRIBED}")
