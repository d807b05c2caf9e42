"""Pictures, mails and books become PDFs, and what is wrong with one ends in a sentence."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from shared_utils.conversion.convert import Converter
from shared_utils.errors import DamagedFile, DocumentError
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.types import Page, PageVerdict

LIMITS = ReadingLimits(max_bytes=5_000_000)
CHAPTER = "application/xhtml+xml"


def pages_of(path: Path) -> tuple[Page, ...]:
    made = Converter(LIMITS).pdf_of(path.name, path)
    return next(event.pages for event in read_pdf(made, LIMITS) if isinstance(event, PagesRevised))


def picture(width: int = 600, height: int = 300) -> Image.Image:
    drawn = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(drawn).rectangle((20, 20, 90, 40), fill="black")
    return drawn


def book(path: Path, chapters: list[str], encryption: str = "") -> Path:
    items = [f'<item id="c{n}" href="chapter%20{n}.xhtml" media-type="{CHAPTER}"/>' for n in range(len(chapters))]
    order = [f'<itemref idref="c{n}"/>' for n in reversed(range(len(chapters)))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/epub+zip")
        packed.writestr("META-INF/container.xml", '<container><rootfile full-path="OPS/book.opf"/></container>')
        title = "<metadata><dc:title>The Harbour</dc:title></metadata>"
        package = f"<package>{title}<manifest>{''.join(items)}</manifest><spine>{''.join(order)}</spine></package>"
        packed.writestr("OPS/book.opf", package)
        for number, chapter in enumerate(chapters):
            packed.writestr(f"OPS/chapter {number}.xhtml", f"<html><head><title/></head><body>{chapter}</body></html>")
        if encryption:
            packed.writestr("META-INF/encryption.xml", f'<enc:EncryptionMethod Algorithm="{encryption}"/>')
    return path


def test_a_picture_is_a_page_and_a_tiff_has_one_for_each(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.png")
    picture().convert("1").save(tmp_path / "a.tiff", save_all=True, append_images=[picture().convert("1")] * 2)
    assert [page.verdict for page in pages_of(tmp_path / "a.png")] == [PageVerdict.SCANNED]
    (tmp_path / "a.pages").unlink()
    picture().convert("I").save(tmp_path / "deep.tif")
    assert [page.verdict for page in pages_of(tmp_path / "deep.tif")] == [PageVerdict.SCANNED]
    assert len(pages_of(tmp_path / "a.tiff")) == 3


def test_a_photograph_that_lies_is_turned_upright(tmp_path: Path) -> None:
    told = Image.Exif()
    told[0x0112] = 6
    picture(1200, 600).save(tmp_path / "a.jpg", exif=told)
    (page,) = pages_of(tmp_path / "a.jpg")
    assert page.height == pytest.approx(2 * page.width, rel=0.01)


def test_a_photograph_as_phones_take_it_is_a_page_the_right_way_up(tmp_path: Path) -> None:
    data = Path(__file__).with_name("photograph.heic").read_bytes()
    (tmp_path / "a.HEIC").write_bytes(data)
    (page,) = pages_of(tmp_path / "a.HEIC")
    assert page.verdict is PageVerdict.SCANNED
    assert page.height == pytest.approx(2 * page.width, rel=0.01)


def test_what_is_left_of_a_photograph_says_so(tmp_path: Path) -> None:
    data = Path(__file__).with_name("photograph.heic").read_bytes()
    (tmp_path / "cut.heic").write_bytes(data[: len(data) // 2])
    with pytest.raises(DamagedFile, match="damaged"):
        pages_of(tmp_path / "cut.heic")


def test_a_picture_is_as_large_as_it_says(tmp_path: Path) -> None:
    picture(1240, 877).save(tmp_path / "a.jpg", dpi=(300, 300))
    (page,) = pages_of(tmp_path / "a.jpg")
    assert page.width == pytest.approx(297.6, abs=0.1)
    assert page.height == pytest.approx(210.5, abs=0.1)


def test_a_mail_says_who_wrote_what_and_names_what_is_attached(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Anna Größe <a@example.org>", "b@example.org", "Works on the quay"
    mail.set_content("The board approved 4,317,000 euros.\n")
    mail.add_alternative("<p>The web page of it.</p>", subtype="html")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="plan.pdf")
    path = tmp_path / "a.eml"
    path.write_bytes(mail.as_bytes())
    (page,) = pages_of(path)
    for said in ("Works on the quay", "From: Anna Größe", "approved 4,317,000 euros", "Attachments: plan.pdf"):
        assert said in page.text
    assert "web page" not in page.text


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    path = book(tmp_path / "a.epub", ["<h1>Last</h1><p>The end.</p>", "<h1>First</h1><p>Es begann.</p>"])
    assert [page.text.split()[0] for page in pages_of(path)] == ["First", "Last"]


def test_a_book_with_scrambled_fonts_is_not_protected(tmp_path: Path) -> None:
    path = book(tmp_path / "a.epub", ["<p>words</p>"], "http://www.idpf.org/2008/embedding")
    assert len(pages_of(path)) == 1


def test_what_is_damaged_or_protected_says_so(tmp_path: Path) -> None:
    out = io.BytesIO()
    picture().save(out, "PNG")
    said = {}
    for name, data in {
        "cut.png": out.getvalue()[:200],
        "cut.epub": book(tmp_path / "whole.epub", ["<p>words</p>"]).read_bytes()[:300],
        "none.epub": b"PK\x03\x04" + b"none" * 50,
        "none.eml": b"\n\n",
        "locked.epub": book(tmp_path / "locked.epub", ["<p>words</p>"], "http://example.org/drm").read_bytes(),
    }.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DocumentError) as raised:
            Converter(LIMITS).pdf_of(name, tmp_path / name)
        said[name] = str(raised.value)
    assert "copy protection" in said.pop("locked.epub")
    assert all("damaged" in sentence for sentence in said.values()), said


def test_what_unfolds_without_end_says_so(tmp_path: Path) -> None:
    packed = book(tmp_path / "bomb.epub", [f"<p>{'0' * 30_000_000}</p>"] * 3)
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    for path in (packed, tmp_path / "bomb.png"):
        assert path.stat().st_size < LIMITS.max_bytes
        with pytest.raises(DocumentError, match="Unpacked"):
            Converter(LIMITS).pdf_of(path.name, path)
