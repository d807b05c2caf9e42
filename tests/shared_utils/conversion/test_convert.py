"""Texts, Markdown, tables and web pages become PDFs that can be read, cited and highlighted."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from shared_utils.conversion.convert import Converter, is_taken
from shared_utils.errors import DocumentError, NotAPdf, PdfTooLarge
from shared_utils.pdf.isolation import WorkerCancelled
from shared_utils.pdf.reader import DocumentOpened, PagesRevised, ReadingLimits, read_pdf
from shared_utils.pdf.viewer import PageViewer
from shared_utils.types import Page, Span

LIMITS = ReadingLimits(max_bytes=5_000_000)


def pages_of(path: Path) -> tuple[Page, ...]:
    made = Converter(LIMITS).pdf_of(path.name, path)
    assert made != path
    return next(event.pages for event in read_pdf(made, LIMITS) if isinstance(event, PagesRevised))


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_whichever_encoding(tmp_path: Path, encoding: str) -> None:
    (page,) = pages_of(written(tmp_path, "a.txt", "Die Größe der Brücke beträgt zwölf Meter.\n", encoding))
    assert "Die Größe der Brücke beträgt zwölf Meter." in page.text


def test_other_scripts_are_read_in_the_order_they_are_spoken(tmp_path: Path) -> None:
    (page,) = pages_of(written(tmp_path, "a.txt", "Привет мир\n\nשלום עולם (12)\n\nΚαλημέρα κόσμε\n"))
    assert "Привет мир" in page.text
    assert "שלום עולם (12)" in page.text
    assert "Καλημέρα κόσμε" in page.text


def test_markdown_has_headings_lists_and_tables(tmp_path: Path) -> None:
    text = "# Harbour\n\nThe **quay** is long.\n\n1. dredge\n2. build\n\n"
    path = written(tmp_path, "a.md", f"{text}|Region|Revenue|\n|-|-|\n|North|120|\n|South|95|\n")
    (page,) = pages_of(path)
    assert "The quay is long." in page.text
    assert "1. dredge" in page.text
    assert len(page.tables) == 1
    opened = next(read_pdf(Converter(LIMITS).pdf_of(path.name, path), LIMITS))
    assert isinstance(opened, DocumentOpened)
    assert [entry.title for entry in opened.outline] == ["Harbour"]


def test_a_table_in_rows_of_text_is_a_table_on_every_page(tmp_path: Path) -> None:
    rows = "".join(f"Town {number};{number * 13};{number * 7}\n" for number in range(120))
    pages = pages_of(written(tmp_path, "a.csv", f"Place;Revenue;Costs\n{rows}"))
    assert len(pages) > 1
    assert [len(page.tables) for page in pages] == [1] * len(pages)
    assert all("Place Revenue Costs" in " ".join(page.text.split()) for page in pages)


def test_a_web_page_says_what_it_shows_and_nothing_else(tmp_path: Path) -> None:
    shown = "<h1>Head</h1><p>The quay is <b>long</b>.<p hidden>secret</p><div style='display: none'>secret</div>"
    (page,) = pages_of(written(tmp_path, "a.html", f"<title>T</title><script>secret()</script>{shown}<p>After."))
    assert "The quay is long." in page.text
    assert "After." in page.text
    assert "secret" not in page.text


def test_no_file_and_no_address_that_a_web_page_names_is_opened(tmp_path: Path) -> None:
    kept = written(tmp_path, "kept.txt", "private words")
    page_text = f"<p>Before <img src='file://{kept}' alt='chart'> <iframe src='{kept}'></iframe> <font name='x'>&lt;img"
    (page,) = pages_of(written(tmp_path, "a.html", page_text + f" src='{kept}'/&gt; after</font>"))
    assert "private words" not in page.text
    assert "[chart]" in page.text
    assert "after" in page.text


def test_the_words_of_a_quote_are_found_on_the_page(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "The board met.\n\nIt approved 4,317,000 euros for the works.\n")
    (page,) = pages_of(path)
    start = page.text.index("approved 4,317,000 euros")
    viewer = PageViewer(LIMITS)
    try:
        (rects,) = viewer.locate(Converter(LIMITS).pdf_of(path.name, path), page, [Span(start, start + 24)])
    finally:
        viewer.close()
    assert len(rects) == 1


def test_the_same_bytes_give_the_same_pages(tmp_path: Path) -> None:
    made = []
    for name in ("one.md", "two.md"):
        path = written(tmp_path, name, "# A\n\nwords\n")
        made.append(Converter(LIMITS).pdf_of(name, path).read_bytes())
    assert made[0] == made[1]


def test_pages_are_made_once_and_kept_beside_the_file_or_where_they_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "words")
    made = Converter(LIMITS).pdf_of(path.name, path)
    assert made == tmp_path / "a.pages"
    before = made.stat().st_ino
    assert Converter(LIMITS).pdf_of(path.name, path).stat().st_ino == before
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert Converter(LIMITS, elsewhere).pdf_of(path.name, path).parent == elsewhere


@pytest.mark.parametrize(("name", "data"), [("a.pdf", b"%PDF-1.7\n"), ("a.bin", bytes(range(256))), ("a", b"words")])
def test_a_pdf_and_what_no_pages_can_be_made_of_stay_as_they_are(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert Converter(LIMITS).pdf_of(name, path) == path
    assert not is_taken(name, data)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.html"])
def test_a_file_without_a_word_says_so(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, " \n\n \n")
    with pytest.raises(NotAPdf, match="nothing to read"):
        Converter(LIMITS).pdf_of(name, path)


def test_a_file_of_too_many_pages_or_bytes_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "words\n\n" * 500)
    few = ReadingLimits(max_bytes=5_000_000, max_pages=3)
    with pytest.raises(PdfTooLarge, match="more than 3 pages"):
        Converter(few).pdf_of(path.name, path)
    with pytest.raises(PdfTooLarge, match="MB"):
        Converter(ReadingLimits(max_bytes=100)).pdf_of(path.name, path)
    assert [found.name for found in tmp_path.iterdir()] == ["a.txt"]


def test_deep_and_broken_marks_end_in_pages_or_in_a_sentence(tmp_path: Path) -> None:
    """Whatever is in a file, what comes is a PDF or a DocumentError."""
    nasty = {
        "deep.html": "<div><ul><li>" * 20_000 + "end",
        "tables.html": "<table><tr><td>" * 2_000 + "end",
        "spans.html": "<table><tr><td colspan=99999999 rowspan=999>a<td>b<tr><td>c</table>",
        "open.html": "<p>words <b <i & &#xFFFFFFFF; <![CDATA[ x ",
        "quotes.md": ">" * 5_000 + " end",
        "ragged.csv": 'a,b,c\n1\n"open,2,3\n' + "x," * 3_000,
        "control.txt": "words\x0b\x0c\x1b[31m more",
    }
    for name, text in nasty.items():
        path = written(tmp_path, name, text)
        with suppress(DocumentError):
            assert Converter(LIMITS).pdf_of(name, path).read_bytes().startswith(b"%PDF-"), name


def test_what_nobody_wants_any_more_ends_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "words\n\n" * 20_000)
    with pytest.raises(WorkerCancelled):
        Converter(LIMITS).pdf_of(path.name, path, lambda: True)
    assert [found.name for found in tmp_path.iterdir()] == ["a.txt"]


def test_pages_of_a_file_that_is_deleted_meanwhile_are_not_left_behind(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "words")

    def deleted() -> bool:
        path.unlink(missing_ok=True)
        return False

    Converter(LIMITS).pdf_of(path.name, path, deleted)
    assert not list(tmp_path.iterdir())
