"""Which font has which character, among those that this machine has. Used in the child alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts")
# By preference; the first that has a character sets it. Outlines have to be TrueType's: reportlab embeds no others.
_REGULAR = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "FreeSans.ttf")
_BOLD = ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "NotoSans-Bold.ttf", "Arial Bold.ttf", "FreeSansBold.ttf")
_ITALIC = ("DejaVuSans-Oblique.ttf", "LiberationSans-Italic.ttf", "NotoSans-Italic.ttf", "Arial Italic.ttf")
_MONO = ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "NotoSansMono-Regular.ttf", "Courier New.ttf")
_FURTHER = (
    "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc", "ipag.ttf",
    "NanumGothic.ttf", "Arial Unicode.ttf", "NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf", "NotoSansThai-Regular.ttf", "FreeSerif.ttf", "unifont.ttf", "Symbola.ttf",
)  # fmt: skip
_WITHOUT = {"regular": "Helvetica", "bold": "Helvetica-Bold", "italic": "Helvetica-Oblique", "mono": "Courier"}


@dataclass
class Fonts:
    """The fonts of this machine. `lost` counts the characters that none of them has."""

    lost: int = 0
    _paths: dict[str, str] = field(default_factory=dict)
    _known: dict[str, TTFont | None] = field(default_factory=dict)
    _chosen: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in _FOLDERS:
            for top, _, files in os.walk(folder):
                self._paths |= {name: os.path.join(top, name) for name in files}

    def parts(self, text: str, look: str) -> list[tuple[str, str]]:
        """`text` cut into parts, each with the name of the font that sets it. Of `look` "regular", "bold", …"""
        found: list[tuple[str, str]] = []
        for character in text:
            name = self._font_of(character, look)
            if found and (found[-1][0] == name or character.isspace()):
                found[-1] = (found[-1][0], found[-1][1] + character)
            else:
                found.append((name, character))
        return found

    def _font_of(self, character: str, look: str) -> str:
        key = (look, character)
        if key not in self._chosen:
            self._chosen[key] = self._choose(character, look)
        name = self._chosen[key]
        if not name:
            self.lost += 1
        return name or self.usual(look)

    def _choose(self, character: str, look: str) -> str:
        """The name; "" where no font has it."""
        if character.isspace():
            return self.usual(look)
        for name in self._of_look(look) + _REGULAR + _FURTHER:
            font = self._loaded(name)
            if font is not None and ord(character) in font.face.charToGlyph:
                return name
        if self.usual(look) in _WITHOUT.values() and _is_western(character):
            return self.usual(look)
        return ""

    def usual(self, look: str) -> str:
        """The font of most of a text."""
        return next((name for name in self._of_look(look) if self._loaded(name)), _WITHOUT[look])

    def _of_look(self, look: str) -> tuple[str, ...]:
        return {"bold": _BOLD, "italic": _ITALIC, "mono": _MONO}.get(look, _REGULAR)

    def _loaded(self, name: str) -> TTFont | None:
        if name not in self._known:
            self._known[name] = _load(name, self._paths.get(name))
        return self._known[name]


def _load(name: str, path: str | None) -> TTFont | None:
    if path is None:
        return None
    try:
        font = TTFont(name, path)
        pdfmetrics.registerFont(font)
        # one family of one member: bold and italic are fonts of their own here
        pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    except (TTFError, OSError, ValueError, KeyError):
        return None
    return font


def _is_western(character: str) -> bool:
    """Whether the fonts that every reader of PDFs brings have it."""
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
