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


_FOOT = """
## Where a model runs

Read off its server's address, and told with every answer that it writes:

| Address | Where |
|---|---|
| loopback (`127.0.0.1`, `::1`), `localhost`, a socket | this machine |
| private addresses; names without a dot (a container's) or in `.local`, `.lan`, `.internal` … | your own network |
| anything else | elsewhere |

No name is looked up. This machine's own name, its own address in your network, and `host.docker.internal` count as your
network, because nothing tells them from a neighbour's.

Whoever chooses “Keep everything on this server” is answered by models on this machine only: of several servers, those
on it share the questions; where there are none, as with Ollama in a container of its own, answers quote the documents.
"""


def table() -> str:
    """The whole page."""
    rows = [
        f"| `{setting.metadata['env']}` | {_default(setting.name, setting.default)} | {setting.metadata['help']} |"
        for setting in settings_fields()
    ]
    return _HEAD + "\n".join(rows) + "\n" + _FOOT


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
