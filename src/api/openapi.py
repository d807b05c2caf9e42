"""The OpenAPI document as client generators understand it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_EVENTS = "text/event-stream"
_STREAMS_BY_ITSELF = "chat"  # the operation that answers with events unless it is told not to


def for_generators(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, changed in place: files are `format: binary`, and what comes unasked stands first.

    Generators such as openapi-python-client know a file by its format alone and take the first kind of answer listed.
    """
    for schema in _objects(document.get("components", {})):
        if schema.get("contentMediaType") == "application/octet-stream":
            del schema["contentMediaType"]
            schema["format"] = "binary"
    for methods in document.get("paths", {}).values():
        for operation in methods.values():
            if operation.get("operationId") == _STREAMS_BY_ITSELF:
                content = operation["responses"]["200"]["content"]
                operation["responses"]["200"]["content"] = {_EVENTS: content[_EVENTS], **content}
    return document


def _objects(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(inner)
