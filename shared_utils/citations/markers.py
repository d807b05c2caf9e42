"""Reads the citation markers that models write, while they are still writing them.

Small models are told to write `[2]` and write `[1, 2]`, `[1-3]`, `【2】`, `[^2]`, `[Evidence 2]` or `(Source 2)` as
well. A bare `(2)` is left alone: in reports it numbers lists and notes. Whatever else the text holds stays text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_CLOSER = {"[": "]", "【": "】", "［": "］", "(": ")", "（": "）"}
_LONGEST = 80  # characters held back at most: no marker is longer
_LABEL = r"(?:evidences?|sources?|passages?|citations?|references?|refs?|excerpts?|documents?|docs?|quotes?|notes?)"
_NUMBER = r"(?:#?\d{1,4})"
_RANGE = re.compile(rf"({_NUMBER})\s*[-–—]\s*({_NUMBER})|({_NUMBER})")
_LIST = (
    rf"{_NUMBER}(?:\s*[-–—]\s*{_NUMBER})?"
    rf"(?:(?:\s*[,;&、，]\s*(?:and\s+)?|\s+and\s+|\s+)(?:{_LABEL}\s*)?{_NUMBER}(?:\s*[-–—]\s*{_NUMBER})?)*"
)
_INSIDE_BRACKETS = re.compile(rf"\s*\^?\s*(?:{_LABEL}\s*[:.#№]?\s*)?{_LIST}\s*(?:†[^\]】]*)?", re.IGNORECASE)
_INSIDE_PARENTHESES = re.compile(rf"\s*{_LABEL}\s*[:.#№]?\s*{_LIST}\s*", re.IGNORECASE)
_OPENER = re.compile(r"[\[【［(（]")
_CANNOT_BE_INSIDE = re.compile(r"[\[【［(（\n<>!?\"“”]")
_CLOSES_UP = frozenset(".,;:!?)]}。，、；：！？）")  # no space stands before these


@dataclass(frozen=True, slots=True)
class Markers:
    """One marker as written, read: the known evidence numbers it names, and how many it names that do not exist."""

    numbers: tuple[int, ...]
    unknown: int


Piece = str | Markers


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with its markers taken out: `at[i] = (offset into text, evidence numbers)`, in reading order."""

    text: str
    at: tuple[tuple[int, tuple[int, ...]], ...]
    unknown: int


class MarkerScanner:
    """Splits a text that arrives in pieces into words and markers; how it was cut makes no difference."""

    def __init__(self, known: Collection[int]) -> None:
        self._known = frozenset(known)
        self._held = ""

    def feed(self, delta: str) -> Iterator[Piece]:
        """What can be told for certain by now; an opened marker waits for its end."""
        self._held += delta
        yield from self._scan(at_end=False)

    def finish(self) -> Iterator[Piece]:
        """The rest. A marker cut by the end of the text is dropped: `[1` may have meant `[12]`."""
        yield from self._scan(at_end=True)

    def _scan(self, *, at_end: bool) -> Iterator[Piece]:
        position, held = 0, self._held
        while opener := _OPENER.search(held, position):
            start = opener.start()
            end = _marker_end(held, start)
            if end is None and not at_end:
                break
            markers = None
            if end is None and re.match(r"[\[【［]\^?\d{1,4}$", held[start:]):
                markers = Markers((), 1)
                end = len(held)
            elif end:
                markers = _read_marker(held[start:end], self._known)
            if start > position:
                yield held[position:start]
            if markers is None or not end:
                yield held[start]
                position = start + 1
            else:
                yield markers
                position = end
        else:
            start = len(held)
        if start > position:
            yield held[position:start]
        self._held = held[start:]


def _marker_end(text: str, start: int) -> int | None:
    """Where the bracket opened at `start` closes; 0 when it cannot be a marker, None when that is still open."""
    closer = _CLOSER[text[start]]
    for position in range(start + 1, min(len(text), start + _LONGEST)):
        if text[position] == closer:
            return position + 1
        if _CANNOT_BE_INSIDE.match(text[position]):
            return 0
    return 0 if len(text) >= start + _LONGEST else None


def _read_marker(written: str, known: frozenset[int]) -> Markers | None:
    """None when the bracket is part of the text: words, or a year such as `[2019]` that numbers no evidence."""
    grammar = _INSIDE_PARENTHESES if written[0] in "(（" else _INSIDE_BRACKETS
    inside = written[1:-1].split("†")[0]
    if not grammar.fullmatch(inside):
        return None
    numbers: list[int] = []
    unknown: list[int] = []
    for first, last, single in _RANGE.findall(inside):
        low, high = (int((first or single).lstrip("#")), int((last or single).lstrip("#")))
        named = sorted(n for n in known if low <= n <= high)
        numbers += [n for n in named if n not in numbers]
        unknown += [low] if not named else []
    if not numbers and all(1000 <= n <= 2999 for n in unknown):
        return None
    return Markers(tuple(numbers), len(unknown))


def take_out_markers(text: str, known: Collection[int]) -> MarkedText:
    """The text without its markers, and where they stood. A space left before punctuation goes with its marker.

    >>> take_out_markers("Sales rose [2]. Costs fell. [9]", {1, 2})
    MarkedText(text='Sales rose. Costs fell.', at=((10, (2,)), (23, ())), unknown=1)
    """
    written = _Tidy()
    at: list[tuple[int, tuple[int, ...]]] = []
    unknown = 0
    scanner = MarkerScanner(known)
    for piece in (*scanner.feed(text), *scanner.finish()):
        if isinstance(piece, str):
            written.words(piece)
        else:
            at.append((written.hole(), piece.numbers))
            unknown += piece.unknown
    return MarkedText(written.text, tuple(at), unknown)


class MarkerStream:
    """An answer as it may be shown while it is being written: every marker as `[n]`, n in order of appearance.

    What has been shown never changes, it only grows. `raw` keeps what the model wrote; `unknown` counts the numbers
    it made up.
    """

    def __init__(self, known: Collection[int]) -> None:
        self._scanner = MarkerScanner(known)
        self._shown = _Tidy()
        self._order: dict[int, int] = {}
        self._run: set[int] = set()  # numbers since the last word: [1][1, 2] shows as [1][2]
        self.raw = ""
        self.unknown = 0

    @property
    def order(self) -> dict[int, int]:
        """Evidence number -> number shown."""
        return dict(self._order)

    def feed(self, delta: str) -> str:
        """The text so far that is safe to show."""
        self.raw += delta
        return self._take(self._scanner.feed(delta))

    def finish(self) -> str:
        """The whole text."""
        return self._take(self._scanner.finish())

    def _take(self, pieces: Iterator[Piece]) -> str:
        for piece in pieces:
            if isinstance(piece, str):
                self._shown.words(piece)
                if not piece.isspace():
                    self._run.clear()
                continue
            self.unknown += piece.unknown
            fresh = [n for n in piece.numbers if n not in self._run]
            self._run.update(fresh)
            for number in fresh:
                self._shown.words(f"[{self._order.setdefault(number, len(self._order) + 1)}]")
            if not fresh:
                self._shown.hole()
        return self._shown.text


class _Tidy:
    """Text in which nothing but a hole may be left of a marker: 'rose [9].' becomes 'rose.', not 'rose .'."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._before = ""  # white space not written yet: it may have to go with the marker after it
        self._after = ""  # white space behind the hole
        self._hole = False
        self._length = 0

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def words(self, words: str) -> None:
        for part in re.findall(r"\s+|\S+", words):
            if not part.isspace():
                self._write(self._gap(part) + part)
                self._before, self._after, self._hole = "", "", False
            elif self._hole:
                self._after += part
            else:
                self._before += part

    def hole(self) -> int:
        """Leaves a marker out, and tells the offset where it stood: behind the last word, or at its line's start."""
        if "\n" in self._before + self._after:
            self._write(self._after if "\n" in self._after else self._before)
            self._before, self._after = "", ""
        self._hole = True
        return self._length

    def _gap(self, following: str) -> str:
        if not self._hole:
            return self._before
        if following[0] in _CLOSES_UP:
            return ""
        return self._after if "\n" in self._after else self._before or self._after

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
