"""Figures through the years, against values that somebody read from the pages: every value right, on a right page?

    python -m benchmarks.figures EXPECTED.json FILE.pdf …

EXPECTED.json: {"question": {"year": {"value": "40,339", "pages": {"FILE.pdf": [56]}}}}. A year is right where its value
is the expected one (the last reading, where it was restated) and its first citation stands on one of the pages and
holds the value. `"pages": {}` asks for the value alone. Years that are told and not expected are counted apart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from pathlib import Path

from shared_utils.types import Answer, Citation
from src.answering.ingestion import IndexedDocument, SourceFile
from src.library.timeline import figure_answer
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag

Expected = dict[str, dict[str, dict[str, object]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("expected", type=Path)
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    expected: Expected = json.loads(options.expected.read_text(encoding="utf-8"))
    rag = build_rag(Settings.from_env())
    documents = [_read(rag, path) for path in options.files]
    right = total = 0
    for question, years in expected.items():
        began = time.process_time()
        answer = figure_answer(rag, documents, question)
        took = time.process_time() - began
        good, wrong, more = _judged(answer, years)
        right, total = right + good, total + len(years)
        print(f"{good:3} of {len(years):3}  {took:5.2f} s  {question}" + (f"  also {', '.join(more)}" if more else ""))
        for line in wrong:
            print(f"            {line}")
    print(f"{right} of {total} years right")
    rag.viewer.close()


def _read(rag: Rag, path: Path) -> IndexedDocument:
    versions: list[IndexedDocument] = []
    source = SourceFile(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, path)
    for _ in rag.read(source, versions.append, cancelled=lambda: False):
        pass
    return versions[-1]


def _judged(answer: Answer | None, years: dict[str, dict[str, object]]) -> tuple[int, list[str], list[str]]:
    """How many years are right, what is wrong, and which years are told besides."""
    operands = answer.direct.operands if answer and answer.direct else ()
    told = {one.period: one for one in operands}  # the last reading of a year counts
    cited: dict[int, Citation] = {c.marker: c for c in answer.citations} if answer else {}
    good, wrong = 0, []
    for year, wanted in years.items():
        one = told.get(year)
        if one is None:
            wrong.append(f"{year}: not told, {wanted['value']} expected")
            continue
        place = cited[one.citations[0]]
        pages = wanted.get("pages") or {}
        on_page = not pages or (isinstance(pages, dict) and place.page in pages.get(place.document, []))
        if one.value.replace("−", "-") == wanted["value"] and on_page and _digits(one.value) in _digits(place.quote):
            good += 1
        else:
            wrong.append(f"{year}: {one.value} on page {place.page} of {place.document}, {wanted} expected")
    return good, wrong, sorted(set(told) - set(years))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit() or character == ".")


if __name__ == "__main__":
    main()
