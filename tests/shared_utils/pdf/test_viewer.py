from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from reportlab.lib.utils import ImageReader

from shared_utils.errors import DocumentGone, UnreadablePdf
from shared_utils.pdf.quotes import find_quote
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.pdf.viewer import PageImage, PageViewer, glyphs_of, one_per_line
from shared_utils.types import GlyphRun, Page, Rect, Span, WordBox
from tests.shared_utils.pdf import pdfs

LIMITS = ReadingLimits(max_bytes=50_000_000)
SENTENCE = "The valve closes at 4.2 bar"
BASE = pdfs.pdf(pdfs.lines(SENTENCE, "Second line about the brass fitting.", x=100, y=600, size=14))


@pytest.fixture(scope="module")
def viewer() -> Iterator[PageViewer]:
    made = PageViewer(LIMITS)
    yield made
    made.close()


def first_page(path: Path) -> Page:
    last = list(read_pdf(path, LIMITS))[-1]
    assert isinstance(last, PagesRevised)
    return last.pages[0]


def opened(image: PageImage) -> Image.Image:
    picture = Image.open(io.BytesIO(image.data)).convert("RGB")
    assert picture.size == (image.width_px, image.height_px)
    return picture


def ink_box(viewer: PageViewer, path: Path, page: Page) -> Rect:
    """Where the page is not white, in points."""
    picture = opened(viewer.draw(path, 1, width_px=1200)).convert("L")
    box = ImageChops.invert(picture).point(lambda value: 255 * (value > 60)).getbbox()
    assert box is not None
    scale = page.width / picture.width
    return (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)


VARIANTS = {
    "upright": BASE,
    "turned by 90": pdfs.turned(BASE, 90),
    "turned by 180": pdfs.turned(BASE, 180),
    "turned by 270": pdfs.turned(BASE, 270),
    "cropped": pdfs.cropped(BASE, (80, 500, 560, 700)),
    "cropped and turned": pdfs.turned(pdfs.cropped(BASE, (80, 500, 560, 700)), 90),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_located_rectangle_lies_on_the_ink_of_its_words(viewer: PageViewer, tmp_path: Path, variant: str) -> None:
    path = pdfs.written(tmp_path, VARIANTS[variant])
    page = first_page(path)
    spans = [find_quote(page.text, line) for line in page.text.splitlines()]
    located = viewer.locate(path, page, [span for span in spans if span])
    assert [len(rects) for rects in located] == [1, 1]
    boxes = [rects[0] for rects in located]
    both = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    assert both == pytest.approx(ink_box(viewer, path, page), abs=2.5)


def test_a_quote_over_two_lines_has_a_rectangle_on_each(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, BASE)
    page = first_page(path)
    span = find_quote(page.text, "4.2 bar Second line")
    assert span is not None
    (rects,) = viewer.locate(path, page, [span])
    assert len(rects) == 2
    assert rects[0][3] <= rects[1][1]


def test_cells_and_joined_words_are_located_by_their_own_glyphs(viewer: PageViewer, tmp_path: Path) -> None:
    table = pdfs.cells(("Net revenues", "41,207", "38,655"), y=500)
    path = pdfs.written(tmp_path, pdfs.pdf(pdfs.together(pdfs.lines("Check the tem-", "perature first"), table)))
    page = first_page(path)
    spans = [find_quote(page.text, quote) for quote in ("38,655", "temperature")]
    cell, word = viewer.locate(path, page, [span for span in spans if span])
    assert cell[0][0] == pytest.approx(420, abs=3)
    assert [rect[1] < 110 for rect in word] == [True, True]  # one rectangle on each of the two lines


def test_words_that_are_drawn_nowhere_have_no_rectangle(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, BASE)
    page = first_page(path)
    added = replace(page, text=page.text + "\nName: Aurora")
    assert viewer.locate(path, added, [Span(len(page.text) + 1, len(added.text))]) == ((),)


def test_words_that_pypdf_read_are_found_again_and_unknown_ones_are_not(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, BASE)
    exact = first_page(path)
    page = replace(exact, reader="pypdf", runs=(), text="Thevalve closes at 4.2 bar, unlike the deposit of 7 crowns")
    located = viewer.locate(path, page, [Span(0, 26), Span(28, 58)])
    assert located == (viewer.locate(path, exact, [Span(0, len(SENTENCE))])[0], ())


def test_single_words_that_pypdf_read_are_found_in_their_own_places(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, pdfs.pdf(pdfs.lines("a valve, a pipe and a tap", x=100, y=600, size=14)))
    exact = first_page(path)
    spans = [Span(0, 1), Span(9, 10), Span(20, 21)]  # the same word, three times
    located = viewer.locate(path, replace(exact, reader="pypdf", runs=()), spans)
    assert located == viewer.locate(path, exact, spans)
    assert len({rects[0][0] for rects in located}) == 3


def test_tiles_make_up_the_page_and_end_where_it_does(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, BASE)
    whole = opened(viewer.draw(path, 1, width_px=1500))
    parts = Image.new("RGB", whole.size)
    for left in (0, 1000):
        for top in (0, 1000):
            parts.paste(opened(viewer.draw(path, 1, width_px=1500, tile=(left, top, 1000, 1000))), (left, top))
    difference = ImageChops.difference(whole, parts).convert("L")
    assert difference.point(lambda value: 255 * (value > 40)).getbbox() is None


@pytest.mark.parametrize("tile", [(1500, 0, 1000, 1000), (0, 9000, 1000, 1000), (0, 0, 1_000, 100_000)])
def test_a_tile_beside_the_page_or_of_a_page_too_large_is_refused(
    viewer: PageViewer, tmp_path: Path, tile: tuple[int, int, int, int]
) -> None:
    width = 30_000 if tile[3] > 10_000 else 1500
    with pytest.raises(UnreadablePdf):
        viewer.draw(pdfs.written(tmp_path, BASE), 1, width_px=width, tile=tile)


def test_words_that_ocr_read_are_located_by_their_boxes(viewer: PageViewer, tmp_path: Path) -> None:
    boxes = (WordBox(0, 3, (10, 10, 30, 20)), WordBox(4, 7, (34, 11, 50, 20)), WordBox(8, 11, (10, 30, 30, 40)))
    page = Page(number=1, label="1", text="one two six", verdict=first_page(pdfs.written(tmp_path, BASE)).verdict)
    page = replace(page, reader="ocr", word_boxes=boxes)
    located = viewer.locate(tmp_path / "file.pdf", page, [Span(0, 7), Span(5, 11)])
    assert located == (((10, 10, 50, 20),), ((34, 11, 50, 20), (10, 30, 30, 40)))


def test_a_highlight_is_yellow_and_the_words_under_it_stay_dark(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, BASE)
    page = first_page(path)
    (rects,) = viewer.locate(path, page, [Span(0, len(SENTENCE))])
    picture = opened(viewer.draw(path, 1, width_px=1000, highlights=rects))
    scale = picture.width / page.width
    left, top, right, bottom = (round(value * scale) for value in rects[0])
    colours = sorted(
        colour
        for x in range(left, right)
        for y in range(top, bottom)
        if isinstance(colour := picture.getpixel((x, y)), tuple)
    )
    red, green, blue = colours[len(colours) * 3 // 4]
    assert red > 240
    assert green > 205
    assert blue < 130
    assert sum(colours[0]) < 200
    assert picture.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("media_box", ["0 0 14400 14400", "0 0 1000000000 1000000000", "0 0 1 1000000", "0 0 0 0"])
def test_no_page_is_drawn_larger_than_the_limits(viewer: PageViewer, tmp_path: Path, media_box: str) -> None:
    path = pdfs.written(tmp_path, pdfs.raw_pdf(pdfs.shown("Hello"), media_box=media_box))
    image = viewer.draw(path, 1, width_px=9_000)
    assert max(image.width_px, image.height_px) <= 4_000
    assert image.width_px * image.height_px <= 4_000_000


def test_a_page_that_kills_the_child_is_refused_and_the_next_is_drawn(tmp_path: Path) -> None:
    viewer = PageViewer(replace(LIMITS, memory_bytes=400 * 2**20))
    path = pdfs.written(tmp_path, pdfs.raw_pdf(pdfs.bomb(600), pdfs.shown("Hello")))
    with pytest.raises(UnreadablePdf, match="Page 1 cannot be drawn"):
        viewer.draw(path, 1, width_px=300)
    assert viewer.draw(path, 2, width_px=300).width_px == 300
    viewer.close()


def test_a_deleted_document_is_gone(viewer: PageViewer, tmp_path: Path) -> None:
    with pytest.raises(DocumentGone):
        viewer.draw(tmp_path / "gone.pdf", 1, width_px=300)


def test_a_page_that_does_not_exist_cannot_be_drawn(viewer: PageViewer, tmp_path: Path) -> None:
    with pytest.raises(UnreadablePdf):
        viewer.draw(pdfs.written(tmp_path, BASE), 7, width_px=300)


def test_threads_get_their_own_pictures(viewer: PageViewer, tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, pdfs.pdf(*[pdfs.lines("x")] * 4))
    with ThreadPoolExecutor(4) as pool:
        widths = list(
            pool.map(lambda width: viewer.draw(path, 1 + width % 4, width_px=width).width_px, range(200, 220))
        )
    assert widths == list(range(200, 220))


def test_a_closed_viewer_says_so(tmp_path: Path) -> None:
    viewer = PageViewer(LIMITS)
    viewer.close()
    with pytest.raises(UnreadablePdf, match="closed"):
        viewer.draw(pdfs.written(tmp_path, BASE), 1, width_px=100)


def test_spans_become_ranges_of_glyphs_across_runs() -> None:
    runs = (GlyphRun(0, 10, 5), GlyphRun(5, 15, 5), GlyphRun(13, 40, 5))
    assert glyphs_of(runs, Span(2, 15)) == [(12, 20), (40, 42)]
    assert glyphs_of(runs, Span(10, 13)) == []


def test_rectangles_of_one_line_become_one_also_on_sideways_pages() -> None:
    assert one_per_line([(0, 0, 10, 10), (12, 1, 30, 9), (0, 15, 10, 25)]) == [(0, 0, 30, 10), (0, 15, 10, 25)]
    assert one_per_line([(0, 0, 10, 50), (1, 55, 9, 90), (15, 0, 25, 50)]) == [(0, 0, 10, 90), (15, 0, 25, 50)]


def test_a_small_picture_of_words_is_sharp_and_one_of_a_photograph_keeps_its_colours(
    viewer: PageViewer, tmp_path: Path
) -> None:
    words = viewer.draw(pdfs.written(tmp_path, BASE), 1, width_px=1200, is_small=True)
    usual = viewer.draw(pdfs.written(tmp_path, BASE), 1, width_px=1200)
    assert words.mime == "image/png"
    assert len(words.data) < len(usual.data) / 2
    difference = ImageChops.difference(opened(words), opened(usual)).convert("L")
    assert max(difference.resize((60, 80), Image.Resampling.BOX).tobytes()) < 12

    noise = Image.effect_noise((500, 500), 90).convert("RGB")
    photograph = pdfs.pdf(lambda canvas: canvas.drawImage(ImageReader(noise), 50, 50, 500, 500))
    assert viewer.draw(pdfs.written(tmp_path, photograph), 1, width_px=1200, is_small=True).mime == "image/jpeg"
