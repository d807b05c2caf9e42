"""The characters of a page, as PDFium tells them and as they are drawn. Part of `pdfium_worker.py`, in its process.

Everything here keeps the length: `text[i]` stays the place of PDFium's character i.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]

LINE_END_HYPHEN = "\ufffe"
MEANINGLESS = "\uffff"  # stands for a glyph without a meaning
RAISED_SIZE, RAISED_BY = 0.85, 0.2  # of the height of the character before
LOWERED_BY = 0.05
FIGURES = re.compile(r"\d[\d.,]*(?:\r\n(?P<next>\d{1,2})(?!\S)|(?<=[\d.,])\d(?![\d.,]*\d))")
MARKS = re.compile(r"\d(?<=[^\s\d\ufffe]\d)\d{0,2}(?![\d.,]*\d)")
SIGNS, CLOSING = "+−–-", '.,;:)]”"’'
AS_RAISED = dict(zip("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻", strict=True))
AS_LOWERED = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
NOTHING = "\u200b"  # in place of an accent that its letter has taken; a page's text has none
ACCENTS = dict(
    zip("`´ˆ˜¨¸ˇ˘˚˙˝¯˛", "\u0300\u0301\u0302\u0303\u0308\u0327\u030c\u0306\u030a\u0307\u030b\u0304\u0328", strict=True)
)
ACCENT = re.compile("[`´ˆ˜¨¸ˇ˘˚˙˝¯˛]")
DOTLESS = {"ı": "i", "ȷ": "j"}
HEBREW_OR_ARABIC = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
LINE = re.compile(r"[^\r\n]+")
WORD = re.compile(r"[^\s\ufffe]+")
ARABIC = re.compile("[\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
BRACKETS = dict(zip("()[]{}«»<>", ")(][}{»«><", strict=True))
OPENING, CLOSED = "([{«<", ")]}»>"
APART = 0.12  # of the height: a bracket farther from its word stands before the next one
LEFT_TO_RIGHT = ("L", "EN", "AN")
BETWEEN_NUMBERS = ("ES", "CS")
LAM, ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"
SKEWED = 0.2  # radians off a quarter turn, from which a word has no direction of its own

Box = tuple[float, float, float, float]  # left, bottom, right, top in page space


def characters(text_page: ctypes.c_void_p, count: int) -> str:
    """The page's characters such that text[i] is PDFium's character i."""
    buffer = ctypes.create_string_buffer(2 * count + 2)
    written = pdfium.FPDFText_GetText(text_page, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
    text = buffer.raw[: 2 * max(0, written - 1)].decode("utf-16-le", "replace")
    if len(text) != count:
        # GetText leaves out characters without a meaning; ask for each one, so that offsets stay glyph numbers.
        codes = (pdfium.FPDFText_GetUnicode(text_page, i) for i in range(count))
        text = "".join(chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\0" for code in codes)
        hyphens = {at for at in range(count) if text[at] == "\x02" and pdfium.FPDFText_IsHyphen(text_page, at)}
        return "".join(LINE_END_HYPHEN if at in hyphens else char for at, char in enumerate(text)) if hyphens else text
    if LINE_END_HYPHEN not in text:
        return text
    # GetText writes one sign for a hyphen at a line's end and for a glyph without a meaning.
    signs = (match.start() for match in re.finditer(LINE_END_HYPHEN, text))
    meaningless = {i for i in signs if not pdfium.FPDFText_IsHyphen(text_page, i)}
    return "".join(MEANINGLESS if i in meaningless else char for i, char in enumerate(text)) if meaningless else text


def loose_box(text_page: ctypes.c_void_p, index: int) -> Box:
    """As high as the font, whatever the character."""
    rect = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(rect))
    return rect.left, rect.bottom, rect.right, rect.top


def font_and_width(text_page: ctypes.c_void_p, index: int) -> tuple[str, float]:
    """The font's name, and the character's width as a share of the font's height."""
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page, index, name, len(name), flags)
    left, bottom, right, top = loose_box(text_page, index)
    return name.value.decode("latin-1"), (right - left) / max(0.1, top - bottom)


# ------------------------------------------------------------------------------------------------ raised, lowered


def with_marks(text_page: ctypes.c_void_p, text: str) -> str:
    """Smaller digits that stand higher or lower than what they follow as what they are: "9⁴" deaths, not 94.

    Loose boxes are compared, which are as high as the font: the digits of some fonts have descenders.
    """
    found: dict[int, str] = {}
    for figures in FIGURES.finditer(text):
        _mark_figures(text_page, text, figures, found)
    for mark in MARKS.finditer(text):
        _mark_behind(text_page, text, mark, found)
    return "".join(found.get(i, char) for i, char in enumerate(text)) if found else text


def _mark_figures(text_page: ctypes.c_void_p, text: str, figures: re.Match[str], found: dict[int, str]) -> None:
    base = loose_box(text_page, figures.start())
    marks: dict[int, str] = {}
    for i in range(figures.end() - 1, figures.start(), -1):
        if text[i] not in AS_LOWERED or (mark := _as_set(text[i], loose_box(text_page, i), base)) is None:
            break
        marks[i] = mark
    at_break = figures.start("next")  # PDFium may break the line before a note: then it must touch the number
    if at_break in marks:
        ahead, note = loose_box(text_page, at_break - 3), loose_box(text_page, at_break)
        if abs(note[0] - ahead[2]) > RAISED_BY * (base[3] - base[1]):
            marks = {i: char for i, char in marks.items() if i < at_break}
    found |= marks


def _mark_behind(text_page: ctypes.c_void_p, text: str, match: re.Match[str], found: dict[int, str]) -> None:
    """Marks behind a word, behind what closes a sentence, and with a sign behind a number ("10⁻³"), all of them raised;
    a lowered digit there is part of a formula's name."""
    first = at = match.start()
    sign = text[at - 1]
    if at > 1 and sign in SIGNS and text[at - 2].isdigit():
        first, base = at - 1, at - 2
    elif at > 1 and sign in CLOSING and text[at - 2].isalpha():
        base = at - 2
    elif sign.isalpha():
        base = at - 1
    else:
        return
    box = loose_box(text_page, base)
    if all(is_raised(loose_box(text_page, i), box) for i in range(at, match.end())):
        found.update((i, AS_RAISED[text[i]]) for i in range(first, match.end()))


def with_accents(text_page: ctypes.c_void_p, text: str) -> str:
    """The same length, with accents that are drawn as signs of their own (old fonts of TeX have no other) in the letter
    that they stand over or under: "apresenta¸c˜ao" is "apresentação".

    Which letter it is, before or behind, tell the boxes; a sign that stands beside its neighbours stays one.
    """
    if ACCENT.search(text) is None:
        return text
    told = list(text)
    for match in ACCENT.finditer(text):
        at = match.start()
        box = loose_box(text_page, at)
        middle = (box[0] + box[2]) / 2
        for beside in (at + 1, at - 1):
            letter = told[beside] if 0 <= beside < len(told) else ""
            if not letter.isalpha():
                continue
            left, _, right, _ = loose_box(text_page, beside)
            whole = unicodedata.normalize("NFC", DOTLESS.get(letter, letter) + ACCENTS[match[0]])
            if left < middle < right and len(whole) == 1:
                told[at], told[beside] = NOTHING, whole
                break
    return "".join(told)


def _as_set(digit: str, box: Box, base: Box) -> str | None:
    if is_raised(box, base):
        return AS_RAISED[digit]
    return AS_LOWERED[digit] if is_lowered(box, base) else None


def is_raised(box: Box, base: Box) -> bool:
    height = base[3] - base[1]
    return 0 < box[3] - box[1] <= RAISED_SIZE * height and RAISED_BY * height <= box[1] - base[1] < height


def is_lowered(box: Box, base: Box) -> bool:
    """Smaller, and its top well below the other's."""
    height = base[3] - base[1]
    return 0 < box[3] - box[1] <= RAISED_SIZE * height and LOWERED_BY * height <= base[1] - box[1] < height


# ------------------------------------------------------------------------------------------------ right to left


def in_logical_order(text_page: ctypes.c_void_p, text: str) -> tuple[str, dict[int, Box]]:
    """The same length, words of Hebrew and Arabic letters, and the numbers among them, in the order they are spoken;
    and these words' boxes by their start: their first and last glyph are not where they end.

    A browser prints them from left to right; PDFium turns some of them round and some not.
    """
    if HEBREW_OR_ARABIC.search(text) is None:
        return text, {}
    told = list(text)
    boxes: dict[int, Box] = {}
    for line in LINE.finditer(text):
        if HEBREW_OR_ARABIC.search(line[0]):
            is_arabic = ARABIC.search(line[0]) is not None
            for match in WORD.finditer(text, *line.span()):
                _tell_word(text_page, match, is_arabic, told, boxes)
    return "".join(told), boxes


def _tell_word(
    text_page: ctypes.c_void_p, match: re.Match[str], is_arabic: bool, told: list[str], boxes: dict[int, Box]
) -> None:
    (start, end), word = match.span(), match[0]
    is_ours = HEBREW_OR_ARABIC.search(word) is not None
    if not is_ours and (len(word) < 2 or any(map(str.isalpha, word))):
        return
    own = [loose_box(text_page, i) for i in range(start, end)]
    order = _from_the_right(word, own, is_arabic)
    spoken = _with_brackets_turned([word[i] for i in order]) if is_ours else [word[i] for i in order]
    if is_ours and len(word) > 1 and spoken[-1] in BRACKETS and told[end : end + 1] == [" "]:
        letter, bracket = own[order[-2]], own[order[-1]]
        if letter[0] - bracket[2] > APART * (letter[3] - letter[1]):  # PDFium put the blank behind it
            opening = spoken.pop() if spoken[-1] in OPENING else BRACKETS[spoken.pop()]
            told[start : end + 1] = [*spoken, " ", opening]
            boxes[start], boxes[end] = _around([own[i] for i in order[:-1]]), bracket
            return
    told[start:end] = spoken
    if start - 1 in boxes:  # a bracket was put before it
        boxes[start - 1] = _around([boxes[start - 1], *own])
    else:
        boxes[start] = _around(own)


def _around(boxes: list[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _with_brackets_turned(spoken: list[str]) -> list[str]:
    """Brackets are told by their shape: what opens a word written from the right looks like one that closes."""
    turned = [BRACKETS.get(char, char) for char in spoken]
    if turned == spoken or _is_balanced(spoken):
        return spoken
    inner = [i for i, char in enumerate(spoken) if char.isalnum()]
    if _is_balanced(turned) or not inner:
        return turned
    ends = {
        i for i, char in enumerate(spoken) if char in (CLOSED if i < inner[0] else OPENING if i > inner[-1] else "")
    }
    return [turned[i] if i in ends else char for i, char in enumerate(spoken)]


def _is_balanced(chars: list[str]) -> bool:
    """Whether every bracket that opens is closed, and none that is not open."""
    still_open: list[str] = []
    for char in chars:
        if char in OPENING:
            still_open.append(BRACKETS[char])
        elif char in CLOSED and (not still_open or still_open.pop() != char):
            return False
    return not still_open


def _from_the_right(word: str, boxes: list[Box], is_arabic: bool) -> list[int]:
    """The places of a word's letters from right to left, its marks behind their letters, numbers and Latin letters from
    left to right. The letters of one glyph are lam and alef in this order, else as they were.

    Which signs belong to a number differs: behind Arabic letters neither a hyphen nor a per cent sign does (UAX 9, W2).
    """
    bases = [i for i, char in enumerate(word) if unicodedata.category(char) != "Mn"]
    if len(bases) < 2:
        return list(range(len(word)))
    marks: dict[int, list[int]] = {i: [] for i in bases}
    for i in sorted(set(range(len(word))) - set(bases)):
        middle = (boxes[i][0] + boxes[i][2]) / 2
        marks[min(bases, key=lambda base: _distance(middle, boxes[base], i - base))].append(i)
    bases.sort(key=lambda i: (-round(boxes[i][0] + boxes[i][2], 1), word[i] != LAM if _is_lam_alef(word, i) else i))
    ordered: list[int] = []
    run: list[int] = []
    for place, i in enumerate(bases):
        kind = unicodedata.bidirectional(word[i])
        around = [unicodedata.bidirectional(word[bases[p]]) for p in (place - 1, place + 1) if 0 <= p < len(bases)]
        beside = [k in LEFT_TO_RIGHT for k in around]
        is_within = kind in ("CS",) if is_arabic else kind in BETWEEN_NUMBERS
        if (
            kind in LEFT_TO_RIGHT
            or (run and is_within and len(beside) == 2 and all(beside))
            or (kind == "ET" and not is_arabic and any(beside))
        ):
            run.append(i)
            continue
        ordered += [*run[::-1], i]
        run = []
    ordered += run[::-1]
    return [i for base in ordered for i in (base, *marks[base])]


def _distance(middle: float, base: Box, behind: int) -> tuple[float, int]:
    """How far a mark stands from a letter; of letters in one place the last one before it is nearest."""
    return round(abs(middle - (base[0] + base[2]) / 2), 1), behind if behind > 0 else 1000 - behind


def _is_lam_alef(word: str, i: int) -> bool:
    return word[i] == LAM or word[i] in ALEFS


# ------------------------------------------------------------------------------------------------ directions


def directions(
    text_page: ctypes.c_void_p, words: list[tuple[int, int, Box]], backwards: set[int]
) -> tuple[int, list[tuple[int, int]]]:
    """The quarter turns, counter-clockwise, of most of a page's letters; and (start, quarter turns from there) of the
    words that run in another direction. `backwards` are the starts of words whose letters run from the right."""
    angle_of = pdfium.FPDFText_GetCharAngle
    odd = (start for start, end, box in words if end - start > 2 and box[3] - box[1] > box[2] - box[0])
    if not backwards and all(angle_of(text_page, start) <= 0 for start in odd):
        return 0, []  # nearly every page; a word of two letters may be higher than wide
    votes = [0, 0, 0, 0]
    turned: list[tuple[int, int]] = []
    for start, end, _ in words:
        clockwise = angle_of(text_page, start)  # -1 where it fails; the header says otherwise
        if clockwise <= 0:
            turns = 2 if start in backwards else 0
            votes[turns] += end - start
            if turns:
                turned.append((start, turns))
            continue
        turns = round(-clockwise / (math.pi / 2))
        votes[turns % 4] += end - start
        is_askew = abs(-clockwise / (math.pi / 2) - turns) * math.pi / 2 > SKEWED
        turned.append((start, -1 if is_askew else turns % 4))
    most = votes.index(max(votes))
    if not turned:
        return 0, []
    own = dict(turned)
    return most, [
        (start, (own.get(start, 0) - most) % 4) for start, _, _ in words if own.get(start, 0) not in (most, -1)
    ]
