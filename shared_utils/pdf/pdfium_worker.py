"""The child process that reads pages with PDFium, for `reader.py`. Run under `confined.py`, never imported.

One request, then one message per page. It only extracts; what the numbers mean is decided in `layout.py`, on our side
of the process boundary.

Word boxes are sent in the reading frame: tenths of a point, x along the dominant direction of the text, y downwards,
origin in the corner of the visible page where reading starts.
"""

from __future__ import annotations

import codecs
import ctypes
import mmap
import os
import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from importlib.machinery import SourceFileLoader
from itertools import pairwise
from types import ModuleType
from typing import Any

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]

BOOKMARKS_AT_MOST = 3_000
OBJECTS_AT_MOST = 50_000  # page objects looked at for pictures; a page of a million paths is not worth the wait
TEXT_OBJECT, PATH_OBJECT, IMAGE_OBJECT, SHADING_OBJECT, FORM_OBJECT = 1, 2, 3, 4, 5
INVISIBLE_MODES = (3, 7)  # "neither fill nor stroke" and "clip only"
TINY_PT = 1.6  # glyph boxes are a little higher than the font size; print starts at about 4 pt
WORD = re.compile(r"[^\s\ufffe]+")

Box = tuple[float, float, float, float]  # left, bottom, right, top in page space


def passwords(given: str | None) -> list[bytes | None]:
    """The byte strings a password may stand for: UTF-8 and its SASLprep-like form (revision 6), Latin-1 (before)."""
    if given is None:
        return [None]
    forms = [given.encode(), unicodedata.normalize("NFKC", given).encode(), given.encode("latin-1", "replace")]
    return list(dict.fromkeys(forms))


def neighbour(name: str) -> ModuleType:
    """A file beside this one: under `python -I` it is no import."""
    module = ModuleType(name)
    folder = os.path.dirname(neighbour.__code__.co_filename)
    SourceFileLoader(name, os.path.join(folder, f"{name}.py")).exec_module(module)
    return module


drawn, glyphs, ligatures = neighbour("drawn"), neighbour("glyphs"), neighbour("ligatures")
beside = neighbour("beside")


def load_document(file: mmap.mmap, password: str | None) -> ctypes.c_void_p | str:
    """The open document, or why not: "password" or "damaged"."""
    reason = "damaged"
    for candidate in passwords(password):
        document = pdfium.FPDF_LoadMemDocument64(first_byte(file), len(file), candidate)
        if document:
            return document  # type: ignore[no-any-return]
        reason = "password" if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD else "damaged"
        if reason != "password":
            break
    return reason


def first_byte(file: mmap.mmap) -> ctypes.c_void_p:
    """The address at which the mapped file begins."""
    return ctypes.cast(ctypes.byref(ctypes.c_char.from_buffer(file)), ctypes.c_void_p)


def utf16(call: object, *arguments: object) -> str:
    """The answer of one of PDFium's "buffer, length in bytes" functions."""
    needed = int(call(*arguments, None, 0))  # type: ignore[operator]
    if not 2 < needed < 65_536:
        return ""
    buffer = (ctypes.c_ushort * (needed // 2))()
    call(*arguments, buffer, needed)  # type: ignore[operator]
    return bytes(buffer)[:-2].decode("utf-16-le", "replace")


def outline(document: ctypes.c_void_p) -> list[tuple[str, int, int]]:
    """(title, level, 1-based page) of every bookmark that opens a page; rings and endless lists are cut."""
    entries: list[tuple[str, int, int]] = []
    seen: set[int] = set()
    pending = [(pdfium.FPDFBookmark_GetFirstChild(document, None), 1)]
    while pending and len(seen) < BOOKMARKS_AT_MOST:
        bookmark, level = pending.pop()
        address = ctypes.cast(bookmark, ctypes.c_void_p).value
        if not address or address in seen or level > 20:
            continue
        seen.add(address)
        target = pdfium.FPDFBookmark_GetDest(document, bookmark)
        if not target:
            action = pdfium.FPDFBookmark_GetAction(bookmark)
            target = pdfium.FPDFAction_GetDest(document, action) if action else None
        page = pdfium.FPDFDest_GetDestPageIndex(document, target) if target else -1
        title = utf16(pdfium.FPDFBookmark_GetTitle, bookmark).strip()
        if title and page >= 0:
            entries.append((title, level, page + 1))
        pending.append((pdfium.FPDFBookmark_GetNextSibling(document, bookmark), level))
        pending.append((pdfium.FPDFBookmark_GetFirstChild(document, bookmark), level + 1))
    return entries


def attachments(document: ctypes.c_void_p) -> list[str]:
    handles = (
        pdfium.FPDFDoc_GetAttachment(document, i) for i in range(min(pdfium.FPDFDoc_GetAttachmentCount(document), 100))
    )
    return [utf16(pdfium.FPDFAttachment_GetName, handle) for handle in handles if handle]


def describe(document: ctypes.c_void_p, pages: int) -> dict[str, object]:
    return {
        "pages": pages,
        "title": utf16(pdfium.FPDF_GetMetaText, document, b"Title"),
        "created": utf16(pdfium.FPDF_GetMetaText, document, b"CreationDate"),
        "outline": outline(document),
        "attachments": attachments(document),
        "form": pdfium.FPDF_GetFormType(document) != pdfium.FORMTYPE_NONE,
    }


def page_text(text_page: ctypes.c_void_p, count: int) -> tuple[str, dict[int, Box]]:
    """The page's characters as they are drawn, and the boxes of the words that were put in order, by their start."""
    text = glyphs.characters(text_page, count)
    if ligatures.MEANS_NOTHING.search(text):
        text = ligatures.with_ligatures(text, partial(glyphs.font_and_width, text_page))
    text = glyphs.with_accents(text_page, text)
    return glyphs.in_logical_order(text_page, glyphs.with_marks(text_page, text))  # type: ignore[no-any-return]


def word_boxes(
    text_page: ctypes.c_void_p, text: str, known: dict[int, Box]
) -> tuple[list[tuple[int, int, Box]], set[int]]:
    """(start, end, box in page space) of every word, from the boxes of its first and last glyph; or `known` ones. And
    the starts of those that run from the right: glyphs drawn with a negative size stand on their heads."""
    rect = pdfium.FS_RECTF()
    reference = ctypes.byref(rect)
    box_of = pdfium.FPDFText_GetLooseCharBox
    words, backwards = [], set()
    for match in WORD.finditer(text):
        start, end = match.span()
        if start in known:
            words.append((start, end, known[start]))
            continue
        if not box_of(text_page, start, reference):
            continue
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        if end - start > 1 and box_of(text_page, end - 1, reference):
            first, last = left, rect.right
            its_left, its_bottom, its_top = rect.left, rect.bottom, rect.top
            if its_left < left:
                left = its_left
            if last > right:
                right = last
            if its_bottom < bottom:
                bottom = its_bottom
            if its_top > top:
                top = its_top
            if last <= first and box_of(text_page, start + 1, reference) and rect.left < first:
                backwards.add(start)
        words.append((start, end, (left, bottom, right, top)))
    return words, backwards


def into_frame(box: Box, visible: Box, turns: int) -> tuple[int, int, int, int]:
    """`box` as (x0, y0, x1, y1) in tenths of a point in the reading frame of text turned by `turns`."""
    left, bottom, right, top = box
    v_left, v_bottom, v_right, v_top = visible
    if turns == 0:
        x0, y0, x1, y1 = left - v_left, v_top - top, right - v_left, v_top - bottom
    elif turns == 1:  # the text runs upwards
        x0, y0, x1, y1 = bottom - v_bottom, left - v_left, top - v_bottom, right - v_left
    elif turns == 2:
        x0, y0, x1, y1 = v_right - right, bottom - v_bottom, v_right - left, top - v_bottom
    else:  # the text runs downwards
        x0, y0, x1, y1 = v_top - top, v_right - right, v_top - bottom, v_right - left
    return round(x0 * 10), round(y0 * 10), round(x1 * 10), round(y1 * 10)


def words_in_frame(words: list[tuple[int, int, Box]], visible: Box, turns: int) -> list[int]:
    """Start, end and edges in the reading frame of each word, one after the other."""
    flat: list[int] = []
    if turns:
        for start, end, box in words:
            flat += (start, end, *into_frame(box, visible, turns))
        return flat
    v_left, _, _, v_top = visible
    for start, end, (left, bottom, right, top) in words:  # nearly every page: what `into_frame` does, without the call
        flat += (
            start,
            end,
            round((left - v_left) * 10),
            round((v_top - top) * 10),
            round((right - v_left) * 10),
            round((v_top - bottom) * 10),
        )
    return flat


def page_objects(page: ctypes.c_void_p) -> Iterator[tuple[int, int, Box]]:
    """(type, handle, box in page space) of pictures, paths and shadings, those inside forms by the form's own box."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for i in range(min(pdfium.FPDFPage_CountObjects(page), OBJECTS_AT_MOST)):
        handle = pdfium.FPDFPage_GetObject(page, i)
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == FORM_OBJECT and not drawn.holds_image(handle):
            kind = SHADING_OBJECT  # something is painted there, what colour is not known
        elif kind == FORM_OBJECT:
            kind = IMAGE_OBJECT
        if kind == TEXT_OBJECT:
            continue
        if pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
            yield kind, handle, (left.value, bottom.value, right.value, top.value)


def overlap(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def covers(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


CHANNELS = [ctypes.c_uint() for _ in range(4)]  # one process, one thread: made once
CHANNEL_REFERENCES = [ctypes.byref(channel) for channel in CHANNELS]


def colour(handle: int) -> tuple[int, int, int, int]:
    if not pdfium.FPDFPageObj_GetFillColor(handle, *CHANNEL_REFERENCES):
        return 0, 0, 0, 255
    red, green, blue, alpha = CHANNELS
    return red.value, green.value, blue.value, alpha.value


def is_filled(path: int) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(pdfium.FPDFPath_GetDrawMode(path, fill, stroke)) and fill.value != 0


def hidden_words(
    text_page: ctypes.c_void_p,
    words: list[tuple[int, int, Box]],
    visible: Box,
    objects: list[tuple[int, int, Box]],
) -> tuple[list[tuple[int, int]], bool]:
    """Words a reader cannot see, and whether the page's words are the invisible text layer over a scan."""
    pictures = [box for kind, _, box in objects if kind == IMAGE_OBJECT]
    looks: dict[int, tuple[bool, bool]] = {}
    hidden: list[tuple[int, int]] = []
    layer_words = 0
    for start, end, box in words:
        handle = pdfium.FPDFText_GetTextObject(text_page, start)
        look = looks.get(handle)
        if look is None:
            red, green, blue, alpha = colour(handle) if handle else (0, 0, 0, 255)
            mode = pdfium.FPDFTextObj_GetTextRenderMode(handle) if handle else 0
            look = looks[handle] = (mode in INVISIBLE_MODES or alpha == 0, mode == 0 and min(red, green, blue) > 245)
        invisible, white = look
        if not invisible and not white and is_plainly_seen(box, visible):
            continue
        if invisible and any(covers(picture, box) for picture in pictures):
            layer_words += 1
        elif invisible or is_out_of_sight(box, visible) or (white and not on_dark(box, objects)):
            hidden.append((start, end))
    return hidden, layer_words * 2 > len(words)


def is_plainly_seen(box: Box, visible: Box) -> bool:
    """Whether it is large enough and overlaps what is shown: not `is_out_of_sight`, in fewer steps."""
    left, bottom, right, top = box
    return (
        right - left >= TINY_PT <= top - bottom
        and right > visible[0]
        and left < visible[2]
        and top > visible[1]
        and bottom < visible[3]
    )


def is_out_of_sight(box: Box, visible: Box) -> bool:
    if min(box[2] - box[0], box[3] - box[1]) < TINY_PT and max(visible[2] - visible[0], visible[3] - visible[1]) < 3000:
        return box[3] - box[1] < TINY_PT or box[3] - box[1] > 4 * (box[2] - box[0]) > 0
    return box[2] <= visible[0] or box[0] >= visible[2] or box[3] <= visible[1] or box[1] >= visible[3]


def on_dark(box: Box, objects: list[tuple[int, int, Box]]) -> bool:
    """Whether anything but white paper lies under white words. Unknown paint counts as dark: never hide what shows."""
    for kind, handle, bounds in reversed(objects):
        if not covers(bounds, box):
            continue
        if kind != PATH_OBJECT:
            return True
        if is_filled(handle):
            return min(colour(handle)[:3]) <= 245
    return False


def is_bold(text_page: ctypes.c_void_p, index: int, names: ctypes.Array[ctypes.c_char], flags: ctypes.c_int) -> bool:
    length = pdfium.FPDFText_GetFontInfo(text_page, index, names, len(names), flags)
    name = names.raw[: max(0, length - 1)].lower() if length <= len(names) else b""
    return any(mark in name for mark in (b"bold", b"black", b"heavy", b"semib", b"demi")) or bool(flags.value & 1 << 18)


def bold_lines(text_page: ctypes.c_void_p, text: str, words: list[tuple[int, int, Box]]) -> list[int]:
    """The first and last words of lines that are set in a bold font, by their start."""
    names, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    if not words:
        return []
    at_break = ["\n" in text[a[1] : b[0]] for a, b in pairwise(words)]
    ends = zip(words, [True, *at_break], [*at_break, True], strict=True)
    return [word[0] for word, first, last in ends if (first or last) and is_bold(text_page, word[0], names, flags)]


def read_page(document: ctypes.c_void_p, index: int, max_chars: int) -> dict[str, object]:
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return {"page": index + 1, "lost": "undescribed"}
    rect = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, rect)
    visible = (rect.left, rect.bottom, rect.right, rect.top)
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return {"page": index + 1, "lost": "undecodable"}
    found = pdfium.FPDFText_CountChars(text_page)
    text, boxes = page_text(text_page, min(found, max_chars)) if found > 0 else ("", {})
    words, backwards = word_boxes(text_page, text, boxes)
    objects = list(page_objects(page))
    hidden, is_layer = hidden_words(text_page, words, visible, objects)
    area = max(1.0, (visible[2] - visible[0]) * (visible[3] - visible[1]))
    covered = sum(overlap(box, visible) for kind, _, box in objects if kind == IMAGE_OBJECT)
    turns, turned = glyphs.directions(text_page, words, backwards)
    flat = words_in_frame(words, visible, turns)
    message: dict[str, object] = {
        "page": index + 1,
        "label": utf16(pdfium.FPDF_GetPageLabel, document, index),
        "width": pdfium.FPDF_GetPageWidthF(page),
        "height": pdfium.FPDF_GetPageHeightF(page),
        "frame_height": round(10 * (visible[3] - visible[1] if turns % 2 == 0 else visible[2] - visible[0])),
        "text": text,
        "cut": found > max_chars,
        "words": flat,
        "turned_words": [value for word in turned for value in word],
        "bold": bold_lines(text_page, text, words),
        "hidden": [glyph for word in hidden for glyph in word],
        "is_layer": is_layer,
        "pictures": min(1.0, covered / area),
        "objects": len(objects),
        "turned": (turns - pdfium.FPDFPage_GetRotation(page)) % 4,
    }
    lines = drawn.drawn(objects)
    for name, boxes in lines.items():
        message[name] = [edge for box in boxes for edge in into_frame(box, visible, turns)]
    struck, written = beside.struck_and_written(page, text_page, text, words, objects, lines["rules"], turns)
    message["struck"] = [glyph for glyphs in struck for glyph in glyphs]
    message["annotations"] = [n for i, box in written for n in (i, *into_frame(box, visible, turns))]
    message["is_coded"] = found <= 0 and beside.shows_letters(page)
    pdfium.FPDFText_ClosePage(text_page)
    pdfium.FPDF_ClosePage(page)
    return message


def declare_fast_prototypes() -> None:
    """Handles as plain integers: half the cost of a call, and they can be dictionary keys."""
    handle = ctypes.c_void_p
    pdfium.FPDFText_GetTextObject.restype = handle
    pdfium.FPDFText_GetTextObject.argtypes = [handle, ctypes.c_int]
    pdfium.FPDFPage_GetObject.restype = handle
    pdfium.FPDFFormObj_GetObject.restype = handle
    pdfium.FPDFFormObj_GetObject.argtypes = [handle, ctypes.c_ulong]
    for name in ("FPDFPageObj_GetType", "FPDFTextObj_GetTextRenderMode", "FPDFFormObj_CountObjects"):
        getattr(pdfium, name).argtypes = [handle]
    for name, arity in (("FPDFPageObj_GetBounds", 4), ("FPDFPageObj_GetFillColor", 4), ("FPDFPath_GetDrawMode", 2)):
        getattr(pdfium, name).argtypes = [handle, *getattr(pdfium, name).argtypes[1 : arity + 1]]
    drawn.declare_fast_prototypes()


def answers(document_file: int, requests: Iterator[Any]) -> Iterator[tuple[dict[str, object], bytes]]:
    request = next(requests)
    file = mmap.mmap(document_file, 0, mmap.MAP_PRIVATE)  # private, because an address is given of writable bytes only
    document = load_document(file, request["password"])
    if isinstance(document, str):
        yield {"error": document}, b""
        return
    pages = pdfium.FPDF_GetPageCount(document)
    yield describe(document, pages) if request["describe"] else {"pages": pages}, b""
    for index in range(request["first"] - 1, min(pages, request["max_pages"])):
        yield read_page(document, index, request["max_chars"]), b""
    yield {"done": True}, b""


# Whatever is loaded at its first use is loaded before no file can be opened.
declare_fast_prototypes()
pdfium.FPDF_InitLibrary()
codecs.lookup("utf-16-le")
