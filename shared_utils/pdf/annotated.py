"""What is filled into a page's form fields and written in its annotations. Part of `pypdf_worker.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pypdf import PageObject
from pypdf.generic import DictionaryObject, IndirectObject, NameObject, PdfObject, StreamObject

PARENTS_AT_MOST = 8  # a parent chain may be a ring
PUSH_BUTTON = 1 << 16
KINDS = {"/FreeText": "text box", "/Text": "note", "/Caret": "note", "/Stamp": "stamp"}

Entry = tuple[int, str, str, str]
"""(0-based number of the annotation on its page, kind, name, value). Kinds: "field"; "box", a tick box, its value the
name of its ticked state or "" where it is empty; "group", of boxes of which one is ticked or none; "text box", "note"
and "stamp", whose name is their author's."""


def entries(page: PageObject, wanted: Sequence[int]) -> Iterator[Entry]:
    """What can be told of these annotations of a page. A group is told once, where its choice is."""
    listed = _get(page, "/Annots")
    if not isinstance(listed, list):
        return
    groups: dict[int, Entry] = {}
    for index in wanted:
        annotation = listed[index].get_object() if index < len(listed) else None
        if not isinstance(annotation, DictionaryObject):
            continue
        kind = _get(annotation, "/Subtype")
        if kind == "/Widget" and (field := _field(index, annotation)) is not None:
            group = _group_of(annotation)
            if group is None:
                yield field
            elif field[3] or group not in groups:
                groups[group] = field
        elif kind in KINDS and (said := _said(page, annotation)):
            yield index, KINDS[str(kind)], str(_get(annotation, "/T") or ""), said
    yield from groups.values()


def _chain(annotation: DictionaryObject) -> list[DictionaryObject]:
    """The annotation and the fields above it."""
    chain: list[DictionaryObject] = []
    node: object = annotation
    while isinstance(node, DictionaryObject) and len(chain) < PARENTS_AT_MOST:
        chain.append(node)
        node = _get(node, "/Parent")
    return chain


def _get(node: DictionaryObject, key: str) -> object:
    value = node.get(key)
    return value.get_object() if isinstance(value, PdfObject) else value


def _inherited(annotation: DictionaryObject, key: str) -> object:
    return next((_get(node, key) for node in _chain(annotation) if key in node), None)


def name_of(annotation: DictionaryObject) -> tuple[str, bool]:
    """The field's name, and whether it is one for people: as its alternate name says, else as programs call it."""
    chain = _chain(annotation)
    for node in chain:
        if alternate := " ".join(str(_get(node, "/TU") or "").split()):
            return alternate, True
    return ".".join(str(part) for node in reversed(chain) if (part := _get(node, "/T"))), False


def _field(index: int, annotation: DictionaryObject) -> Entry | None:
    name, is_readable = name_of(annotation)
    told = name if is_readable else f"\0{name}"
    value, kind = _inherited(annotation, "/V"), _inherited(annotation, "/FT")
    if kind == "/Btn":
        flags = _inherited(annotation, "/Ff")
        if isinstance(flags, int) and flags & PUSH_BUTTON:
            return None
        return index, "group" if _group_of(annotation) is not None else "box", told, _ticked(annotation, value)
    if kind == "/Sig":
        by = _get(value, "/Name") if isinstance(value, DictionaryObject) else None
        text = f"signed by {by}" if by else "signed" if isinstance(value, DictionaryObject) else ""
    elif isinstance(value, list):
        text = ", ".join(_shown(annotation, str(item)) for item in value)
    else:
        text = _shown(annotation, str(value)) if isinstance(value, str) else ""
    return (index, "field", told, text.strip()) if text.strip() else None


def _shown(annotation: DictionaryObject, value: str) -> str:
    """A choice as people see it, where the field tells."""
    options = _inherited(annotation, "/Opt")
    for option in options if isinstance(options, list) else ():
        pair = option.get_object()
        if isinstance(pair, list) and len(pair) == 2 and str(pair[0]) == value:
            return str(pair[1])
    return value


def _ticked(annotation: DictionaryObject, value: object) -> str:
    """The name of a box's state where it is ticked."""
    states = _states(annotation)
    state = str(
        _get(annotation, "/AS") or (value if isinstance(value, NameObject) and str(value) in states else "/Off")
    )
    if state == "/Off":
        return ""
    name, options = state.lstrip("/"), _inherited(annotation, "/Opt")
    if isinstance(options, list) and re.fullmatch(r"\d{1,4}", name) and int(name) < len(options):
        return str(options[int(name)].get_object())
    return name


def _states(annotation: DictionaryObject) -> set[str]:
    states = _look(annotation)
    return {str(key) for key in states} - {"/Off"} if isinstance(states, DictionaryObject) else set()


def _look(annotation: DictionaryObject) -> object:
    look = _get(annotation, "/AP")
    return _get(look, "/N") if isinstance(look, DictionaryObject) else None


def _group_of(annotation: DictionaryObject) -> int | None:
    """What tells the group of a box that shares its field with others; None for one that stands alone."""
    if _inherited(annotation, "/FT") != "/Btn" or "/T" in annotation or "/Parent" not in annotation:
        return None
    parent, reference = _get(annotation, "/Parent"), annotation.raw_get("/Parent")
    kids = _get(parent, "/Kids") if isinstance(parent, DictionaryObject) else None
    is_shared = isinstance(kids, list) and len(kids) > 1
    return reference.idnum if is_shared and isinstance(reference, IndirectObject) else None


def _said(page: PageObject, annotation: DictionaryObject) -> str:
    """The words of an annotation: its contents, else those of its rich text; of a stamp, those it shows."""
    contents = str(_get(annotation, "/Contents") or "").strip()
    if _get(annotation, "/Subtype") == "/Stamp" and isinstance(look := _look(annotation), StreamObject):
        drawn = page.extract_xform_text(look)  # type: ignore[arg-type]
        shown = " ".join(drawn.split())
        return shown if contents in shown else " ".join(filter(None, [shown, contents]))
    rich = re.sub(r"<[^>]{0,2000}>", " ", str(_get(annotation, "/RC") or "")).strip()
    return contents or " ".join(rich.split())
