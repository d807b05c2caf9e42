"""What a command is about: the files that it names, and the documents of a collection of a library on this machine."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from shared_utils.errors import FootnoteError
from shared_utils.storage.collection_store import no_such_collection
from src.answering.ingestion import SourceFile
from src.cli.addresses import file_or_address
from src.settings import Settings


def add_files(command: argparse.ArgumentParser) -> None:
    """The files, and the options that name a collection in their place or beside them."""
    command.add_argument("files", nargs="*", type=file_or_address, metavar="FILE")
    command.add_argument("--collection", metavar="NAME", help="the documents of this collection; needs --key-file")
    command.add_argument("--key-file", type=Path, metavar="FILE", help="holds the key of the library it is in")


def chosen_files(options: argparse.Namespace, settings: Settings) -> list[Path | SourceFile]:
    """What to read. Raises FootnoteError where nothing is named, or no library with this key has this collection."""
    files: list[Path | SourceFile] = [*options.files]
    if options.collection:
        files += _collected(options, settings)
    if not files:
        raise FootnoteError("Name at least one file, or --collection with the --key-file of its library.")
    return files


def _collected(options: argparse.Namespace, settings: Settings) -> Sequence[SourceFile]:
    from src.wiring import open_store  # after the words of the call are known to be right

    store = open_store(settings)
    try:
        key = _key_in(options.key_file, settings)
        wanted = " ".join(options.collection.split()).casefold()
        found = next((one for one in store.collections.all(key) if wanted == one.name.casefold()), None)
        if found is None:
            raise no_such_collection()
        entries = [entry for entry in store.workspace_documents(key) if entry.id in found.entries]
        return [SourceFile(e.document_id, e.name, store.file_path(e.document_id)) for e in entries]
    finally:
        store.close()


def _key_in(path: Path | None, settings: Settings) -> str:
    """The key of the library as the store knows it: a key of the page, or one that the API takes."""
    from src.api.caller import caller_of
    from src.api.errors import Refused

    if path is None:
        raise FootnoteError("Name at least one file, or --collection with the --key-file of its library.")
    try:
        return caller_of(f"Bearer {path.read_text(encoding='utf-8').strip()}", "", settings.api_keys).shelf_key
    except (OSError, UnicodeDecodeError) as exc:
        raise FootnoteError("The key in {path} could not be read ({why}).", path=path, why=exc) from exc
    except Refused as exc:
        raise FootnoteError("{why}", why=exc.message) from exc
