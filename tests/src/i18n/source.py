"""What the source says to people, read out of it with `ast`: the templates of phrases, messages and errors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

_NOT_FOR_THE_PAGE = ("src/cli/", "src/settings.py", "src/api/", "src/i18n/")
"""Read in a terminal, by whoever runs Footnote, or by programs."""

_ONE = {"say": 0, "phrase": 0, "message": 0}
"""Function -> which of its arguments is a template."""

_COUNTED = {"n": 1, "counted": 1, "about_pages": 1}
"""Function -> which of its arguments is the template for one; that for many follows."""


def files() -> list[Path]:
    return [file for file in everywhere() if not _named(file).startswith(_NOT_FOR_THE_PAGE)]


def _named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def templates() -> Iterator[tuple[str, str]]:
    """(where, template) of everything that is said and does not count."""
    for where, call, file in _calls():
        at = _ONE.get(_called(call), 0 if _called(call) in _errors() else None)
        if at is not None and len(call.args) > at:
            yield from ((where, text) for text in _texts(call.args[at], file))


def plurals() -> Iterator[tuple[str, str, str]]:
    """(where, template for one, template for many) of everything that is said and counts."""
    for where, call, file in _calls():
        at = _COUNTED.get(_called(call))
        if at is not None and len(call.args) > at + 1:
            ones, manies = (list(_texts(call.args[i], file)) for i in (at, at + 1))
            yield from ((where, one, many) for one, many in zip(ones, manies, strict=True))


def formatted_too_early() -> Iterator[str]:
    """Where an error or a message is given a text that is filled in already: names in it would be taken for holes."""
    for file in everywhere():
        for node in ast.walk(_parsed(file)):
            match node:
                case ast.Call(args=[ast.JoinedStr() | ast.BinOp(), *_]) if _called(node) in {*_errors(), *_ONE}:
                    yield f"{_named(file)}:{node.lineno}"


def everywhere() -> list[Path]:
    return sorted([*ROOT.glob("src/**/*.py"), *ROOT.glob("shared_utils/**/*.py")])


@cache
def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def _calls() -> tuple[tuple[str, ast.Call, ast.Module], ...]:
    trees = ((file, _parsed(file)) for file in files())
    return tuple(
        (f"{_named(file)}:{node.lineno}", node, tree)
        for file, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(ast.Name("say") | ast.Attribute(attr="say"), "n"):
            return "n"
        case ast.Attribute(attr="say"):
            return "say"
        case ast.Name(name) if name != "n":
            return name
    return ""


@cache
def _errors() -> frozenset[str]:
    """FootnoteError and everything that is one."""
    bases: dict[str, set[str]] = {}
    for file in files():
        for node in ast.walk(_parsed(file)):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    names = {"FootnoteError"}
    while more := {name for name, of in bases.items() if of & names} - names:
        names |= more
    return frozenset(names)


def _texts(argument: ast.expr, file: ast.Module) -> Iterator[str]:
    """The templates an argument may be; of a name those that it is given in its file. A table's are marked with
    `phrase(…)` where they stand."""
    match argument:
        case ast.Constant(str() as text):
            yield text
        case ast.IfExp():
            yield from _texts(argument.body, file)
            yield from _texts(argument.orelse, file)
        case ast.Name(name):
            yield from _given(name, file)
        case ast.JoinedStr() | ast.BinOp():
            raise AssertionError(f"line {argument.lineno}: a template must stand in the source as a whole")


def _given(name: str, file: ast.Module) -> Iterator[str]:
    for node in ast.walk(file):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                match target, node.value:
                    case ast.Name(id), ast.Constant(str() as text) if id == name:
                        yield text
                    case ast.Tuple(names), ast.Tuple(values):
                        for told, value in zip(names, values, strict=False):
                            match told, value:
                                case ast.Name(id), ast.Constant(str() as text) if id == name:
                                    yield text
