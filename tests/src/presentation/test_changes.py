"""A comparison of two editions in words, as a report, as Markdown and as a table."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from shared_utils.editions.compare import compare
from shared_utils.errors import DocumentGone
from shared_utils.pdf.viewer import PageImage
from shared_utils.types import Citation, Document, Rect
from src.i18n import GERMAN
from src.presentation import changes_export
from src.presentation.changes import edition_of, notes_of, summary
from src.presentation.changes_export import changes_csv, changes_html, changes_markdown
from src.presentation.changes_json import comparison_json
from tests.shared_utils.editions.made import LEASE, document, with_sentence
from tests.shared_utils.editions.test_compare import OTHER

HOSTILE = "The cleaner brings <script>alert(1)</script> [x](http://evil.example) =1+1 on Fridays."
OLD = document(LEASE, "lease 2019.pdf")
NEW = document((*with_sentence("$24,500", "$26,500"), HOSTILE), "lease 2021.pdf")
FOUND = compare(OLD, NEW)
SIDES = edition_of(OLD), edition_of(NEW)


def notes(before: Document, after: Document) -> list[str]:
    return [str(note) for note in notes_of(compare(before, after), edition_of(before), edition_of(after))]


def test_the_summary_counts_changes_and_facts() -> None:
    assert summary(FOUND.changes) == "1 passage reworded and 1 added. Changed facts: 1 number."
    assert summary(FOUND.changes, GERMAN) == "1 Stelle umformuliert und 1 hinzugefügt. Geänderte Angaben: 1 Zahl."
    assert summary(()) == ""


def test_what_cannot_be_compared_is_said_with_what_can_be_done() -> None:
    assert notes(OLD, OLD) == ["This is the same document twice: nothing differs. Choose another edition of it."]
    (empty,) = notes(OLD, document((), "scan.pdf"))
    assert empty.startswith("scan.pdf has no words")
    (strange,) = notes(OLD, document(OTHER, "birds.pdf"))
    assert strange.startswith("lease 2019.pdf and birds.pdf do not seem to be editions of one document")
    assert notes(OLD, document(LEASE, "copy.pdf", width=50)) == ["Both editions say the same, word for word."]


def test_the_report_shows_both_sides_with_their_pages_and_nothing_in_it_runs() -> None:
    report = changes_html(FOUND, FOUND.changes, *SIDES, version="1", made_on=1.0)
    assert "<mark>$24,500</mark>" in report or "<mark>24,500</mark>" in report
    assert "Before, p. 1" in report
    assert "<script" not in report
    assert "default-src &#39;none&#39;" in report or "default-src 'none'" in report
    assert "alert(1)" in unescape(report)


class Drawn:
    """Pages that are one picture, on which every citation has a place of its own."""

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        return ((50.0, 10.0 + citation.start, 300.0, 20.0 + citation.start),)

    def page_size(self, document_id: str, page: int) -> tuple[float, float]:
        return (600.0, 800.0)

    def page_image(self, document_id: str, page: int, *, width_px: int, is_small: bool = False) -> PageImage:
        return PageImage(b"picture", "image/png", width_px, width_px, 600.0, 800.0)

    def file_path(self, document_id: str) -> Path:
        raise DocumentGone("gone")


def test_the_report_shows_both_pages_with_the_words_marked() -> None:
    report = changes_html(FOUND, FOUND.changes, *SIDES, pages=Drawn())
    assert report.count("<image ") == 2  # each page once, however many changes stand on it
    strips = re.findall(r'class="page strip" href="#(m\d+)"', report)
    assert len(strips) == sum(bool(side) for change in FOUND.changes for side in (change.before, change.after))
    assert all(f'<g id="{mark}"><rect ' in report for mark in strips)
    for anchor in re.findall(r'href="#([^"]+)"', report):
        assert f'id="{anchor}"' in report


def test_only_the_first_changes_have_pictures_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes_export, "_PICTURED", 1)
    report = changes_html(FOUND, FOUND.changes, *SIDES, pages=Drawn())
    assert report.count('class="page strip"') == 2
    assert "The pages of the first 1 changes are drawn." in report


def test_markdown_is_only_ours() -> None:
    text = changes_markdown(FOUND, FOUND.changes, *SIDES)
    assert "## 2 Rent" in text
    assert "**24,500**" in text
    assert "\\[x\\](http" in text
    assert text.count("<script") == text.count("\\<script") == 1


def test_the_table_has_a_row_for_every_fact_and_every_other_change() -> None:
    rows = list(csv.reader(io.StringIO(changes_csv(FOUND.changes).decode("utf-8-sig"))))
    assert rows[0][:5] == ["section", "change", "what", "value before", "value after"]
    assert rows[1][:7] == ["2 Rent", "Reworded", "Number", "$24,500", "$26,500", "1", "1"]
    assert rows[2][:4] == ["4 Notice", "Added", "", ""]
    formula = document((*LEASE, "= 1 + 1 is what the fee comes to."), "c.pdf")
    rows = list(csv.reader(io.StringIO(changes_csv(compare(OLD, formula).changes).decode("utf-8-sig"))))
    assert rows[1][8].startswith("'=")


def test_as_data_every_place_is_a_slice_of_its_page() -> None:
    told: dict[str, Any] = comparison_json(FOUND, FOUND.changes, *SIDES, limit=1)
    assert told["counts"]["total"] == 2
    (change,) = told["changes"]
    (fact,) = change["facts"]
    for side, edition in (("before", OLD), ("after", NEW)):
        (place,) = fact[side]["places"]
        assert edition.pages[place["page"] - 1].text[place["start"] : place["end"]] == fact[side]["text"]
