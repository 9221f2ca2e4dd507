"""What a real Discord would check: request bodies against its own API description, and the limits and pings
that the description cannot express.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

DESCRIPTION = Path(__file__).resolve().parents[4] / "shared" / "discord" / "openapi.json"

PINGS = re.compile(r"@(everyone|here)\b|<@[!&]?\d+>", re.IGNORECASE)
COMPONENTS_V2 = 1 << 15


def check_request(method: str, path: str, body: Any, params: dict[str, Any]) -> None:
    """Fail the test when Discord would refuse this body, or when it could ping somebody."""
    check_against_description(method, path, body)
    if not isinstance(body, dict):
        return
    message = body.get("data") if path.startswith("/interactions/") else body
    if (
        isinstance(message, dict)
        and ("components" in message or "content" in message)
        and "title" not in message
    ):
        check_message(message, path)
    if isinstance(message, dict) and "choices" in message:
        assert len(message["choices"]) <= 25
        assert all(1 <= len(choice["name"]) <= 100 for choice in message["choices"])
        assert all(1 <= len(str(choice["value"])) <= 100 for choice in message["choices"])


def check_message(message: dict[str, Any], where: str) -> None:
    assert message.get("allowed_mentions", {}).get("parse") == [], f"{where}: mentions are not switched off"
    assert not message["allowed_mentions"].get("replied_user"), where
    components = list(walk(message.get("components") or []))
    assert len(components) <= 40, f"{where}: {len(components)} components"
    texts = [component["content"] for component in components if component["type"] == 10]
    assert sum(map(utf16, texts)) <= 4_000, f"{where}: {sum(map(utf16, texts))} characters of text"
    assert all(texts), f"{where}: an empty text"
    if message.get("components"):
        assert not message.get("content"), f"{where}: content beside Components V2"
        assert not message.get("embeds"), f"{where}: embeds beside Components V2"
        assert message.get("flags", 0) & COMPONENTS_V2, f"{where}: the flag for Components V2 is missing"
    custom = [component["custom_id"] for component in components if component.get("custom_id")]
    assert len(custom) == len(set(custom)), f"{where}: a custom_id stands twice"
    for row in components:
        if row["type"] == 1:
            assert 1 <= len(row["components"]) <= 5, where
    for component in components:
        assert component.get("url", "https://").startswith(("http://", "https://")), where
    for text in [*texts, message.get("content") or "", *labels_of(components)]:
        for person in message["allowed_mentions"].get("users", []):
            text = text.replace(f"<@{person}>", "")  # meant to be told
        assert not PINGS.search(text), f"{where}: {text!r} could ping"


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def labels_of(components: list[dict[str, Any]]) -> list[str]:
    return [
        str(component[key])
        for component in components
        for key in ("label", "placeholder")
        if component.get(key)
    ]


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        if "accessory" in component:
            yield from walk([component["accessory"]])


# -- Discord's own description


def check_against_description(method: str, path: str, body: Any) -> None:
    if not DESCRIPTION.exists() or body is None:
        return
    validator = _validator(method, _template(method, path))
    if validator is None:
        return
    error = best_match(validator.iter_errors(json.loads(json.dumps(body))))
    assert error is None, f"{method} {path}: {error.json_path}: {error.message}"


def require_description() -> None:
    if not DESCRIPTION.exists():
        pytest.skip(f"Discord's API description is not at {DESCRIPTION}")


@cache
def _description() -> dict[str, Any]:
    return _loosened(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


def _loosened(node: Any) -> Any:
    """`oneOf` as `anyOf` (its branches overlap), and snowflakes as discord.py sends them, as integers."""
    if isinstance(node, list):
        return [_loosened(child) for child in node]
    if not isinstance(node, dict):
        return node
    changed = {("anyOf" if key == "oneOf" else key): _loosened(child) for key, child in node.items()}
    if changed.get("type") == "string" and (changed.get("format") == "snowflake" or "pattern" in changed):
        changed["type"] = ["string", "integer"]
    if changed.get("type") == "integer":
        changed["type"] = ["integer", "string"]
    return changed


@cache
def _template(method: str, path: str) -> str | None:
    parts = path.strip("/").split("/")
    best: tuple[int, str] | None = None
    for template, operations in _description()["paths"].items():
        wanted = template.strip("/").split("/")
        if len(wanted) != len(parts) or method.lower() not in operations:
            continue
        pairs = list(zip(wanted, parts, strict=True))
        if all(want.startswith("{") or want == part for want, part in pairs):
            exact = sum(want == part for want, part in pairs)
            best = max(best or (-1, ""), (exact, template))
    return best[1] if best else None


@cache
def _validator(method: str, template: str | None) -> Draft202012Validator | None:
    assert template is not None, f"Discord describes no {method} like that"
    operation = _description()["paths"][template][method.lower()]
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    return Draft202012Validator({**schema, "components": _description()["components"]})
