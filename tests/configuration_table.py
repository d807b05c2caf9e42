"""Writes docs/configuration.md from the settings: `python -m tests.configuration_table`. A test compares the two."""

from __future__ import annotations

from pathlib import Path

from src.settings import settings_fields

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"

_HEAD = """\
# Configuration

Footnote needs none. Every setting is an environment variable; an empty one counts as unset, blanks around a value are
dropped, and a value that cannot be meant ends the start with a sentence that names its variable.

This page is written by `python -m tests.configuration_table` from `src/settings.py`; a test guards it.

| Variable | Default | What it is |
|---|---|---|
"""


def table() -> str:
    """The whole page."""
    rows = [
        f"| `{setting.metadata['env']}` | {_default(setting.name, setting.default)} | {setting.metadata['help']} |"
        for setting in settings_fields()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _default(name: str, value: object) -> str:
    if name == "data_dir":
        return "`data`, beside the code"
    if name == "ollama_models":
        return "`~/.ollama/models`"
    match value:
        case bool():
            return "`yes`" if value else "`no`"
        case "" | ():
            return "none"
        case tuple():
            return f"`{','.join(map(str, value))}`"
        case _:
            return f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
