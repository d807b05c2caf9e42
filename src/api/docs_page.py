"""An OpenAPI document as one quiet HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

Spec = Mapping[str, Any]  # JSON of the OpenAPI form; https://spec.openapis.org/oas/v3.1.0

_STYLE = """\
:root { color-scheme: light dark; --line: #8884;
  --quiet: light-dark(#555, #aaa); --green: light-dark(#1d4d3a, #8fc7ae) }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 3rem 1.25rem 6rem }
h1 { font: 600 2rem/1.2 Georgia, serif } h2 { font: 600 1.35rem Georgia, serif; margin-top: 3rem }
h3 { font-size: 1rem; margin: 2rem 0 .25rem; overflow-wrap: anywhere }
code, pre { font: .875rem/1.5 ui-monospace, monospace } b { color: var(--green) } p { margin: .4rem 0 }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .4rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .5rem 0 }
td, th { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line) }
th { font-weight: 500; color: var(--quiet) } .quiet { color: var(--quiet) } summary { cursor: pointer }"""


def reference(spec: Spec) -> str:
    """Every operation by its topic, what it takes, what it answers, and how to call it with curl."""
    info, schemas = spec["info"], spec.get("components", {}).get("schemas", {})
    topics: dict[str, list[str]] = {}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            topic = (operation.get("tags") or ["other"])[0]
            topics.setdefault(topic, []).append(_operation(path, method, operation, schemas))
    parts = "".join(f"<h2>{escape(topic.capitalize())}</h2>{''.join(drawn)}" for topic, drawn in topics.items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><body><main>'
        f"<h1>{escape(info['title'])} API</h1>{_paragraphs(info.get('description', ''))}"
        "<p>Assistants reach the same library at <code>POST /mcp</code> (Model Context Protocol). "
        'The machine-readable form of this page is <a href="/api/openapi.json">openapi.json</a>.</p>'
        f"{parts}</main></body></html>"
    )


def _operation(path: str, method: str, operation: Spec, schemas: Spec) -> str:
    rows = [
        _row(p["name"], f"{p['in']}, {_kind(p.get('schema', {}))}", p.get("description", ""), p.get("required", False))
        for p in operation.get("parameters", [])
    ]
    content = operation.get("requestBody", {}).get("content", {})
    for media, body in content.items():
        rows += _fields(body.get("schema", {}), schemas, media)
    taken = f"<table><tr><th>takes<th>as<th></tr>{''.join(rows)}</table>" if rows else ""
    told = operation.get("description") or operation.get("summary", "")
    return (
        f"<section><h3><b>{escape(method.upper())}</b> <code>{escape(path)}</code></h3>{_paragraphs(told)}{taken}"
        f"{_answers(operation, schemas)}<pre>{escape(_curl(path, method, content, schemas))}</pre></section>"
    )


def _answers(operation: Spec, schemas: Spec) -> str:
    rows: list[str] = []
    for status, answer in operation.get("responses", {}).items():
        if status.startswith("2"):
            for media, body in answer.get("content", {}).items():
                rows += _fields(body.get("schema", {}), schemas, media)
    if not rows:
        return ""
    return f"<details><summary class=quiet>What comes back</summary><table>{''.join(rows)}</table></details>"


def _fields(schema: Spec, schemas: Spec, media: str) -> Iterator[str]:
    named = _resolved(schema, schemas)
    needed = named.get("required", [])
    for name, field in named.get("properties", {}).items():
        yield _row(name, _kind(field), field.get("description", ""), name in needed)
    if not named.get("properties"):
        yield _row(media, "", "", needed=False)


def _row(name: str, kind: str, told: str, needed: bool) -> str:
    mark = " <span class=quiet>required</span>" if needed else ""
    return f"<tr><td><code>{escape(name)}</code>{mark}<td class=quiet>{escape(kind)}<td>{escape(told)}</tr>"


def _kind(field: Spec) -> str:
    """
    >>> _kind({"anyOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Page"}}, {"type": "null"}]})
    'list of Page or null'
    """
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " or ".join(map(_kind, field["anyOf"]))
    if "enum" in field or "const" in field:
        return " | ".join(map(str, field.get("enum", [field.get("const")])))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    return str(field.get("type", "any"))


def _resolved(schema: Spec, schemas: Spec) -> Spec:
    return schemas.get(_kind(schema), {}) if "$ref" in schema else schema


def _curl(path: str, method: str, content: Spec, schemas: Spec) -> str:
    line = f'curl -H "Authorization: Bearer $KEY"{"" if method == "get" else f" -X {method.upper()}"} "$FOOTNOTE{path}"'
    if "multipart/form-data" in content:
        return f"{line} -F file=@report.pdf"
    if "application/json" in content:
        example = _example(_resolved(content["application/json"].get("schema", {}), schemas), schemas)
        return f"{line} --json '{json.dumps(example, ensure_ascii=False)}'"
    return line


def _example(schema: Spec, schemas: Spec) -> dict[str, object]:
    """The required fields of an object, with their own examples where they have some."""
    fields: dict[str, Spec] = schema.get("properties", {})
    return {name: _value(fields[name], schemas) for name in schema.get("required", [])}


def _value(field: Spec, schemas: Spec) -> object:
    if field.get("examples"):
        return field["examples"][0]
    if "$ref" in field:
        return _example(_resolved(field, schemas), schemas)
    if field.get("type") == "array":
        return [_value(field.get("items", {}), schemas)]
    return {"integer": 1, "number": 1, "boolean": True}.get(str(field.get("type")), "…")


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_coded(block)}</p>" for block in text.split("\n\n") if block.strip())


def _coded(text: str) -> str:
    """Escaped, with `code` set as such."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if position % 2 else part for position, part in enumerate(parts))
