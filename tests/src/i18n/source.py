"""What the source says to people, read out of it with `ast`: the phrases it looks up, and the sentences of the core."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).resolve().parents[3]

_NOT_FOR_THE_PAGE = (
    "src/cli/commands.py",
    "src/cli/batch.py",
    "src/settings.py",
    "src/models/supervisor.py",
    "src/api/",
    "src/i18n/",
)
"""Read in a terminal, by whoever runs Footnote, or by programs."""

_SPEAKING = (
    "src/rag_with_generation.py",
    "src/answering/routing.py",
    "src/answering/writing.py",
    "src/answering/file_report.py",
    "src/library/conversations.py",
    "src/library/reading.py",
    "src/answering/answer_queue.py",
    "src/models/preparation.py",
    "src/models/status.py",
    "src/wiring.py",
    "src/models/engines.py",
    "src/models/choice.py",
    "src/models/measurement.py",
    "shared_utils/citations/verification.py",
    "shared_utils/citations/conflicts.py",
    "shared_utils/pdf/engines.py",
    "shared_utils/pdf/isolation.py",
    "shared_utils/pdf/ocr.py",
    "shared_utils/pdf/pages.py",
    "shared_utils/pdf/pdfium_worker.py",
    "shared_utils/pdf/pypdf_worker.py",
    "shared_utils/pdf/reader.py",
    "shared_utils/pdf/viewer.py",
    "shared_utils/pdf/viewer_worker.py",
    "shared_utils/storage/database.py",
    "shared_utils/generation/extractive.py",
    "shared_utils/generation/quotes.py",
    "shared_utils/generation/fallback.py",
    "shared_utils/generation/hf_answer_generator.py",
    "shared_utils/generation/ollama_answer_generator.py",
    "shared_utils/generation/ollama_connection.py",
    "shared_utils/generation/ollama_server.py",
    "shared_utils/generation/openai_answer_generator.py",
)
"""Files whose sentences reach a person by another way than an error: notes, reasons, what became of a file."""

_SILENT_CALLS = {"compile", "exception", "info", "warning", "debug", "error", "ValueError", "RuntimeError", "execute"}
_HOLE = "\x00"


def files() -> list[Path]:
    found = [*ROOT.glob("src/**/*.py"), *ROOT.glob("shared_utils/**/*.py")]
    return [file for file in sorted(found) if not _named(file).startswith(_NOT_FOR_THE_PAGE)]


def _named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------------------ phrases


def phrases() -> Iterator[tuple[str, str]]:
    """(where, template) of every `say(…)`, `say.n(…)` and `phrase(…)`."""
    for file in files():
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.Call):
                for argument in _templates(node):
                    yield from ((f"{_named(file)}:{node.lineno}", text) for text in _constants(argument))


def _templates(call: ast.Call) -> list[ast.expr]:
    match call.func:
        case ast.Name("say" | "phrase") | ast.Attribute(attr="say"):
            return call.args[:1]
        case ast.Attribute(ast.Name("say") | ast.Attribute(attr="say"), "n"):
            return call.args[1:3]
    return []


def _constants(argument: ast.expr) -> Iterator[str]:
    """The strings an argument may be; of a name or a table none: those are marked with `phrase(…)` where they stand."""
    match argument:
        case ast.Constant(str() as text):
            yield text
        case ast.IfExp():
            yield from _constants(argument.body)
            yield from _constants(argument.orelse)
        case ast.JoinedStr() | ast.BinOp():
            raise AssertionError(f"line {argument.lineno}: a phrase must stand in the source as a whole")


# ------------------------------------------------------------------------------------------------ messages


def messages() -> Iterator[tuple[str, str]]:
    """(where, sentence) of everything the core may tell a person; what is filled in is one character, a hole."""
    errors = _error_names()
    for file in files():
        tree = _tree(file)
        roots: list[ast.AST] = [tree] if _named(file) in _SPEAKING else _built(tree, errors)
        seen = set()
        for root in roots:
            for line, text in _texts(root):
                if (line, text) not in seen:
                    seen.add((line, text))
                    yield from ((f"{_named(file)}:{line}", sentence) for sentence in _sentences(text))


def _error_names() -> set[str]:
    """FootnoteError and everything that is one."""
    bases: dict[str, set[str]] = {}
    for file in files():
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    names = {"FootnoteError"}
    while more := {name for name, of in bases.items() if of & names} - names:
        names |= more
    return names


def _built(tree: ast.Module, errors: set[str]) -> list[ast.AST]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [a for call in calls if isinstance(call.func, ast.Name) and call.func.id in errors for a in call.args]


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """String literals of several words, but for docstrings, patterns and what is only logged."""
    if isinstance(node, ast.Call) and _called(node) in _SILENT_CALLS:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(v.value) if isinstance(v, ast.Constant) else _HOLE for v in node.values)
        yield node.lineno, text
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                yield from _texts(value.value)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value.replace("{}", _HOLE)
        return
    for child in ast.iter_child_nodes(node):
        yield from _texts(child)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _sentences(text: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.!?]) (?=\S)", text.strip()):
        if re.search(r"[a-z’']{2,} [\w“]|[a-z]{3,} ?\x00|\x00 [a-z]{2,}", sentence):
            yield sentence.removeprefix(f"{_HOLE} ")  # what stands before may be a sentence of its own


# ------------------------------------------------------------------------------------------------ comparing


def covered(sentence: str, known: list[str]) -> bool:
    """Whether a line of the catalogue holds these words; what is filled in may be words of the line."""
    pattern = ".*?".join(re.escape(part) for part in sentence.split(_HOLE))
    return any(re.search(pattern, line) for line in known)


def without_names(template: str) -> str:
    return _HOLE.join(literal for literal, *_ in Formatter().parse(template))


def shown(sentence: str) -> str:
    return sentence.replace(_HOLE, "{…}")
