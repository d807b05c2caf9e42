"""Pictures of pages, and where on them given words stand, from child processes that may die at any time.

Each child is handed one file: one that a file has taken over can open no other, and is asked about no other. The few
looked at last keep theirs, and one that is ready beforehand takes the next file, so that nobody waits for its start.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared_utils.errors import DocumentGone, UnreadablePdf
from shared_utils.message import Message, message
from shared_utils.pdf.isolation import (
    VIEWER_WORKER,
    ReadingLimits,
    Reply,
    Worker,
    WorkerLost,
    WorkerStalled,
    integer,
    number,
    reason,
)
from shared_utils.pdf.quotes import found_again
from shared_utils.types import GlyphRun, Page, Rect, Span

FILES_AT_MOST = 3  # whose children are kept; each takes some 30 MB, and may take as much as its limit

Tile = tuple[int, int, int, int]
"""(left, top, width, height) in pixels of the whole picture; it ends where the page does."""

_File = tuple[int, int, int, int]  # device, number, time and size: what is another content under the same name, too


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page, `width` by `height` points large. `mime` is image/jpeg or image/png, or image/x-portable-graymap
    for OCR."""

    data: bytes
    mime: str
    width_px: int
    height_px: int
    width: float
    height: float


class PageViewer:
    """Draws pages and locates words. Every call may come from any thread, and takes at most `limits.page_s` twice."""

    def __init__(self, limits: ReadingLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._workers: OrderedDict[_File, Worker] = OrderedDict()  # the one asked last is the last
        self._spare: Worker | None = None
        self._is_closed = False

    def draw(
        self,
        path: Path,
        page_number: int,
        *,
        width_px: int,
        highlights: Sequence[Rect] = (),
        is_grey: bool = False,
        is_small: bool = False,
        tile: Tile | None = None,
    ) -> PageImage:
        """The page `width_px` wide, or as wide as 4 megapixels and 4,000 px a side allow; grey for OCR; in few bytes,
        which take a tenth of a second longer, where `is_small`. With `tile`, that part alone of the page `width_px`
        wide, without highlights: so it may be wider than a whole picture.

        `highlights` are points from the top left, as `locate` gives them. Raises DocumentGone where the file is no
        longer there, UnreadablePdf where the page cannot be drawn.
        """
        request = {
            "task": "draw",
            "width_px": width_px,
            "rects": [list(r) for r in highlights],
            "is_grey": is_grey,
            "is_small": is_small,
            "tile": list(tile or ()),
        }
        answer, data = self._ask(path, page_number, request)
        try:
            return PageImage(
                data=data,
                mime=str(answer.get("mime")),
                width_px=integer(answer, "width_px"),
                height_px=integer(answer, "height_px"),
                width=number(answer, "width"),
                height=number(answer, "height"),
            )
        except WorkerLost as error:
            raise UnreadablePdf(
                "Page {number} cannot be drawn: it {why}.", number=page_number, why=error.why
            ) from error

    def locate(self, path: Path, page: Page, spans: Sequence[Span]) -> tuple[tuple[Rect, ...], ...]:
        """For each span of `page.text`, the rectangles of its words, one per line; () where that is not sure."""
        if not page.word_boxes:
            return self._drawn_as_text(path, page, spans)
        recognised = tuple(_boxes_of(page, span) for span in spans)
        if not page.runs:
            return recognised
        begins = min(box.start for box in page.word_boxes)  # words of the page's pictures stand behind its own
        own = self._drawn_as_text(path, page, [Span(span.start, min(span.end, begins)) for span in spans])
        return tuple(a + b for a, b in zip(own, recognised, strict=True))

    def _drawn_as_text(self, path: Path, page: Page, spans: Sequence[Span]) -> tuple[tuple[Rect, ...], ...]:
        with suppress(UnreadablePdf, DocumentGone):
            glyphs = self._glyphs(path, page, spans)
            answer, _ = self._ask(path, page.number, {"task": "locate", "spans": glyphs})
            return tuple(tuple(one_per_line(rects)) for rects in _rects(answer, len(spans)))
        return ((),) * len(spans)

    def close(self) -> None:
        """End the children. Later calls raise UnreadablePdf."""
        with self._lock:
            self._is_closed = True
            while self._workers:
                self._workers.popitem()[1].close()
            if self._spare is not None:
                self._spare.close()
                self._spare = None

    def _glyphs(self, path: Path, page: Page, spans: Sequence[Span]) -> list[list[tuple[int, int]]]:
        if page.reader == "pdfium":
            return [glyphs_of(page.runs, span) for span in spans]
        # pypdf read the page: find its words again among PDFium's
        answer, _ = self._ask(path, page.number, {"task": "text"})
        return found_again(page.text, str(answer.get("text", "")), spans)

    def _ask(self, path: Path, page_number: int, request: Reply) -> tuple[Reply, bytes]:
        try:
            with path.open("rb") as file, self._lock:
                answer, data = self._ask_twice(file.fileno(), {**request, "page": page_number})
        except FileNotFoundError as error:
            raise DocumentGone("This document was deleted while it was being looked at.") from error
        except OSError as error:
            raise _not_drawn(page_number, _NOT_DRAWN["unopened"]) from error
        if "error" in answer:
            raise _not_drawn(page_number, reason(answer, "error", _NOT_DRAWN, _NOT_DRAWN["unopened"]))
        return answer, data

    def _ask_twice(self, document: int, request: Reply) -> tuple[Reply, bytes]:
        """A child that dies may have been worn out by other pages: a fresh one tries once more. A hang is final."""
        status = os.fstat(document)
        file = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
        for is_last in (False, True):
            try:
                return self._ask_once(file, document, request)
            except WorkerLost as error:
                self._end_worker(file)
                if is_last or isinstance(error, WorkerStalled):
                    raise UnreadablePdf(
                        "Page {number} cannot be drawn: it {why}.", number=request["page"], why=error.why
                    ) from error
            except BaseException:
                self._end_worker(file)  # its next answer would belong to this request
                raise
        raise AssertionError

    def _ask_once(self, file: _File, document: int, request: Reply) -> tuple[Reply, bytes]:
        if self._is_closed:
            raise UnreadablePdf("The page viewer is closed.")
        worker = self._worker_for(file, document)
        worker.ask(request)
        answer = worker.receive(self._limits.page_s)
        size = answer.get("bytes", 0)
        data = worker.receive_bytes(size, self._limits.page_s) if isinstance(size, int) and size else b""
        if self._spare is None:
            with suppress(OSError):  # then the next file waits for its own
                self._spare = self._started()
        return answer, data

    def _worker_for(self, file: _File, document: int) -> Worker:
        """The file's own child; where it has none, one that has seen no file is handed this one."""
        if file not in self._workers:
            self._workers[file] = self._spare or self._started()
            self._spare = None
            self._workers[file].hand(document)
            while len(self._workers) > FILES_AT_MOST:
                self._workers.popitem(last=False)[1].close()
        self._workers.move_to_end(file)
        return self._workers[file]

    def _started(self) -> Worker:
        return Worker(VIEWER_WORKER, memory_bytes=self._limits.memory_bytes, cpu_s=None)

    def _end_worker(self, file: _File) -> None:
        if worker := self._workers.pop(file, None):
            worker.close()


def _not_drawn(page_number: int, why: Message) -> UnreadablePdf:
    return UnreadablePdf("Page {number} cannot be drawn: {why}.", number=page_number, why=why)


_NOT_DRAWN = {
    "damaged": message("the page is damaged"),
    "unopened": message("the file does not open"),
    "no size": message("the page has no size"),
    "no memory": message("there is not enough memory to draw it"),
    "no tile": message("it has no such part"),
}


# ------------------------------------------------------------------------------------------------ geometry


def glyphs_of(runs: Iterable[GlyphRun], span: Span) -> list[tuple[int, int]]:
    """The half-open ranges of PDFium's characters that `span` was made of, neighbours joined."""
    ranges: list[tuple[int, int]] = []
    for run in runs:
        first = max(span.start, run.text_start)
        last = min(span.end, run.text_start + run.length)
        if first >= last:
            continue
        start, end = first - run.text_start + run.glyph_start, last - run.text_start + run.glyph_start
        if ranges and ranges[-1][0] <= start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return ranges


def one_per_line(rects: Sequence[Rect]) -> list[Rect]:
    """Unite consecutive rectangles that stand on one line; on sideways pages lines are vertical."""
    is_sideways = sum(y1 - y0 for _, y0, _, y1 in rects) > 2 * sum(x1 - x0 for x0, _, x1, _ in rects)
    across = 0 if is_sideways else 1  # the axis from line to line
    lines: list[Rect] = []
    for rect in rects:
        if lines and _share_line(lines[-1], rect, across):
            last = lines[-1]
            lines[-1] = (min(last[0], rect[0]), min(last[1], rect[1]), max(last[2], rect[2]), max(last[3], rect[3]))
        else:
            lines.append(rect)
    return lines


def _share_line(a: Rect, b: Rect, axis: int) -> bool:
    shared = min(a[axis + 2], b[axis + 2]) - max(a[axis], b[axis])
    return shared > 0.5 * min(a[axis + 2] - a[axis], b[axis + 2] - b[axis])


def _boxes_of(page: Page, span: Span) -> tuple[Rect, ...]:
    boxes = [box.rect for box in page.word_boxes if box.start < span.end and span.start < box.end]
    return tuple(one_per_line(boxes))


def _rects(answer: Reply, count: int) -> list[list[Rect]]:
    found = answer.get("rects")
    if not isinstance(found, list) or len(found) != count:
        return [[] for _ in range(count)]
    return [[(float(a), float(b), float(c), float(d)) for a, b, c, d in rects] for rects in found]
