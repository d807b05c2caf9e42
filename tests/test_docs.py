"""What the documentation promises is so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from src.settings import Settings
from tests.configuration_table import PAGE, table

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_every_setting_is_documented_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == table(), "run `python -m tests.configuration_table`"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_that_is_mentioned_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for mentioned in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")):
        assert mentioned in targets, f"{page.name} mentions `make {mentioned}`"


def test_the_two_commands_stand_at_the_top_of_the_readme() -> None:
    head = (ROOT / "README.md").read_text(encoding="utf-8")[:1200]
    assert "make run" in head
    assert "make test" in head


def test_the_defaults_keep_everything_on_this_machine() -> None:
    assert Settings().hf_token == ""
    assert Settings().host == "127.0.0.1"


# ------------------------------------------------------------------------------------------------ the glossary


def definitions() -> list[tuple[str, str]]:
    """(term, what it means) of the glossary, in its order."""
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^- \*\*(.+?)\*\*: (.+)$", page, re.MULTILINE)


def names_in_code() -> set[str]:
    """What the product's code defines: classes, functions, their arguments, attributes, constants."""
    names = set()
    for path in (*ROOT.glob("src/**/*.py"), *ROOT.glob("shared_utils/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                    names.add(name)
                case ast.Name(id=name, ctx=ast.Store()):
                    names.add(name)
    return names


def test_a_term_is_defined_once() -> None:
    terms = [term for term, _ in definitions()]
    assert len(terms) > 40
    assert sorted(terms) == sorted(set(terms))


def test_every_name_that_the_glossary_takes_from_the_code_is_there() -> None:
    known = names_in_code()
    for term, meaning in definitions():
        for name in re.findall(r"`([^`]+)`", meaning):
            assert set(name.split(".")) <= known, f"{term}: nothing in the code is called {name}"
