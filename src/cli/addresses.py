"""Web addresses among the files that a command names: fetched first, then read like any file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from shared_utils.errors import FootnoteError
from src.library.web import ADDRESS_STARTS
from src.presentation.escaping import plain
from src.wiring import Wired, web_addresses

_NAMED = ("files", "before", "after")  # the arguments that name files


def file_or_address(text: str) -> Path | str:
    """What a command line names: an address stays as it is, since a path would lose one of its slashes."""
    return text if text.lower().startswith(ADDRESS_STARTS) else Path(text)


def fetch_addresses(options: argparse.Namespace, wired: Wired, folder: Path) -> None:
    """Puts files in `folder` into the place of addresses. One of several that cannot be fetched is said on stderr and
    left out. Raises FootnoteError where nothing is left."""
    web = web_addresses(wired.settings)
    count = 0
    for name in _NAMED:
        named = getattr(options, name, None)
        paths: list[Path] = []
        for one in named if isinstance(named, list) else [named]:
            if not isinstance(one, str):
                paths += [one] if one is not None else []
                continue
            try:
                title, data = web.file_at("", one)
            except FootnoteError as exc:
                if not isinstance(named, list) or len(named) == 1:
                    raise
                print(f"{plain(one)}: {exc}", file=sys.stderr)
                continue
            count += 1
            path = folder / f"web-{count}" / Path(title.replace("\0", "")).name
            path.parent.mkdir()
            path.write_bytes(data)
            paths.append(path)
        if isinstance(named, list):
            if named and not paths:
                raise FootnoteError("None of the addresses could be fetched.")
            setattr(options, name, paths)
        elif paths:
            setattr(options, name, paths[0])
