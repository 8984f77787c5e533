"""Small JSON bodies that npm's clients send about accounts."""

from __future__ import annotations

from typing import Any

import orjson

from pratique.core.ecosystem import Rendered
from pratique.core.errors import Invalid

JSON = "application/json"


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; an empty body is an empty object. Raises Invalid."""
    try:
        content = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise Invalid("the body is no JSON") from None
    if not isinstance(content, dict):
        raise Invalid("the body is no JSON object")
    return content


def text_of(content: dict[str, Any], field: str, longest: int) -> str:
    """A text field; empty where it is missing or null. Raises Invalid."""
    value = content.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(f"`{field}` is no text")
    if len(value) > longest:
        raise Invalid(f"`{field}` is longer than {longest} characters")
    return value


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Rendered:
    """An answer in JSON."""
    return Rendered(orjson.dumps(content), JSON, status, headers=headers or {})
