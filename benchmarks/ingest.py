"""How safely, truly and fast PDFs are read. Run: python -m benchmarks.ingest [hostile corpus fuzz speed quotes clicks]

Reads the measured sets beside the checkout (../shared/pdf-corpus, ../shared/retrieval-dev) and says so when they are
absent. Every figure is a ratio or a median; the machine it ran on is printed first.
"""

from __future__ import annotations

import json
import os
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from shared_utils.errors import DocumentError, EncryptedPdf, NotAPdf, PdfTooLarge, UnreadablePdf
from shared_utils.pdf.quotes import find_quote
from shared_utils.pdf.reader import DocumentOpened, PageReady, PagesRevised, ReadingLimits, read_pdf
from shared_utils.pdf.viewer import PageViewer
from shared_utils.types import Page, PageVerdict, Span

SHARED = Path(__file__).resolve().parents[2] / "shared"
LIMITS = ReadingLimits(max_bytes=200_000_000)
SLOW_S = 20.0  # a file of the corpora that takes longer counts as a failure
Expected = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one file came to."""

    error: DocumentError | None
    opened: DocumentOpened | None
    pages: tuple[Page, ...]
    seconds: float
    first_page_s: float


def read(path: Path, password: str | None = None) -> Outcome:
    """Read a file to its end. Anything but a DocumentError escapes, and is a bug."""
    started = time.perf_counter()
    opened: DocumentOpened | None = None
    pages: tuple[Page, ...] = ()
    first_page_s = 0.0
    try:
        for event in read_pdf(path, LIMITS, password=password):
            match event:
                case DocumentOpened():
                    opened = event
                case PageReady():
                    first_page_s = first_page_s or time.perf_counter() - started
                case PagesRevised(pages=revised):
                    pages = revised
    except DocumentError as error:
        return Outcome(error, None, (), time.perf_counter() - started, 0.0)
    return Outcome(None, opened, pages, time.perf_counter() - started, first_page_s)


def squeezed(text: str) -> str:
    return " ".join(text.split())


# ------------------------------------------------------------------------------------------------ expectations


def complaints(expected: Expected, path: Path, outcome: Outcome) -> Iterator[str]:
    """Everything in which an outcome differs from its manifest row."""
    kind = str(expected["kind"])
    if outcome.seconds > SLOW_S:
        yield f"took {outcome.seconds:.1f} s"
    if kind in ("password", "damaged", "not a PDF", "no pages", "too many pages", "damaged (truncated)"):
        yield from _wrong_error(kind, expected, path, outcome)
    elif outcome.error is not None:
        if not any(word in kind for word in ("error", "password", "limit", "time-out")):
            yield f"refused: {outcome.error}"
    else:
        yield from _wrong_pages(kind, expected, outcome)


def _wrong_error(kind: str, expected: Expected, path: Path, outcome: Outcome) -> Iterator[str]:
    wanted = {
        "password": EncryptedPdf,
        "damaged": UnreadablePdf,
        "damaged (truncated)": UnreadablePdf,
        "no pages": UnreadablePdf,
        "not a PDF": NotAPdf,
        "too many pages": PdfTooLarge,
    }[kind]
    if not isinstance(outcome.error, wanted):
        yield f"{wanted.__name__} expected, got {outcome.error or [page.verdict.value for page in outcome.pages[:3]]}"
    elif "password" in expected:
        yield from _wrong_pages("text", expected, read(path, str(expected["password"])))


def _wrong_pages(kind: str, expected: Expected, outcome: Outcome) -> Iterator[str]:
    pages = outcome.pages
    number_of_pages = expected.get("pages", 1 if kind == "1 page" else len(pages))
    if len(pages) != number_of_pages or [page.number for page in pages] != list(range(1, len(pages) + 1)):
        yield f"{number_of_pages} pages expected, got {len(pages)}"
    verdicts = [page.verdict for page in pages]
    scans = _list(expected, "scan_pages") or ([1] if kind == "scan" else [])
    if scans != [page.number for page in pages if page.verdict is PageVerdict.SCANNED] and kind != "no text":
        yield f"scanned pages {scans} expected, got {[verdict.value for verdict in verdicts[:6]]}"
    if kind == "no text" and PageVerdict.TEXT in verdicts:
        yield f"no text expected, got {pages[0].text[:40]!r}"
    if kind == "text" and not any(page.text.strip() for page in pages):
        yield f"text expected, got {[page.reason for page in pages[:2]]}"
    if kind.startswith("undecodable") and not any(page.reason for page in pages):
        yield f"a warning expected, got {pages[0].text[:40]!r}"
    yield from _missing_words(expected, outcome)


def _list(expected: Expected, key: str) -> list[object]:
    value = expected.get(key, [])
    assert isinstance(value, list)
    return value


def _missing_words(expected: Expected, outcome: Outcome) -> Iterator[str]:
    texts = {page.number: squeezed(page.text) for page in outcome.pages}
    everything = " ".join(texts.values())
    for wanted in _list(expected, "contains"):
        text, where = (
            (wanted["text"], texts.get(wanted["page"], "")) if isinstance(wanted, dict) else (wanted, everything)
        )
        if "".join(str(text).split()) not in "".join(where.split()):  # readers disagree about spaces, not about words
            yield f"misses {text!r} in {where[:60]!r}"
    for key in ("rows", "dehyphenated"):
        yield from (f"{key}: misses {text!r}" for text in _list(expected, key) if squeezed(str(text)) not in everything)
    places = [everything.find(str(word)) for word in _list(expected, "order")]
    if -1 in places or places != sorted(places):
        yield f"wrong reading order {places}"
    running = _marked(outcome.pages, lambda page: page.boilerplate)
    for text in _list(expected, "running"):
        if not re.search(re.escape(str(text)).replace(r"\#", r"\d+"), running):
            yield f"not marked as running: {text!r}"
    hidden = _marked(outcome.pages, lambda page: page.hidden)
    yield from (f"not marked as hidden: {text!r}" for text in _list(expected, "hidden") if str(text) not in hidden)
    form = expected.get("form", {})
    assert isinstance(form, dict)
    yield from (f"misses the form value {value!r}" for value in form.values() if value not in everything)
    if outcome.opened is not None and "title" in expected and outcome.opened.title != expected["title"]:
        yield f"title {outcome.opened.title!r}"
    if outcome.opened is not None and list(outcome.opened.attachments) != expected.get(
        "attachments", list(outcome.opened.attachments)
    ):
        yield f"attachments {outcome.opened.attachments!r}"


def _marked(pages: tuple[Page, ...], spans_of: Callable[[Page], tuple[Span, ...]]) -> str:
    return "\n".join(squeezed(page.text[span.start : span.end]) for page in pages for span in spans_of(page))


# ------------------------------------------------------------------------------------------------ measurements


def manifest(folder: Path) -> list[tuple[Path, Expected]]:
    rows = (json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines())
    return [(SHARED / "pdf-corpus" / row["file"], row["expected"]) for row in rows]


def corpus() -> None:
    """Every row of both manifests ends as expected."""
    for name, folder in (("corpus", SHARED / "pdf-corpus"), ("hostile", SHARED / "pdf-corpus" / "hostile")):
        rows = manifest(folder)
        outcomes = [(path, expected, read(path)) for path, expected in rows]
        wrong = 0
        for path, expected, outcome in outcomes:
            if problems := list(complaints(expected, path, outcome)):
                wrong += 1
                print(f"  {path.name}: {'; '.join(problems)}")
        times = sorted(outcome.seconds for _, _, outcome in outcomes)
        ended = Counter(type(o.error).__name__ if o.error else "read" for _, _, o in outcomes)
        print(f"{name}: {len(rows) - wrong} of {len(rows)} as expected, 0 crashes; {dict(ended)}")
        print(f"  seconds a file: median {median(times):.2f}, slowest {times[-1]:.1f}")


def hostile() -> None:
    """All attacks, each read and its first page drawn; the parent's memory must not follow them."""
    with tempfile.TemporaryDirectory() as folder:
        script = SHARED / "pdf-corpus" / "make_hostile.py"
        subprocess.run([sys.executable, str(script), folder], check=True, stdout=subprocess.DEVNULL)
        files = sorted(Path(folder).glob("*.pdf"))
        before = peak_memory_mb()
        times = []
        viewer = PageViewer(LIMITS)
        for path in files:
            outcome = read(path)
            drawing = draw_or_reason(viewer, path) if outcome.pages else "-"
            times.append(outcome.seconds)
            told = outcome.error or "; ".join(f"{p.verdict.value} {p.reason}" for p in outcome.pages[:1])
            print(f"  {path.stem:26} {outcome.seconds:5.1f} s  {str(told)[:100]} | {drawing}")
        viewer.close()
        print(f"hostile: {len(files)} of {len(files)} survived; slowest {max(times):.1f} s")
        print(f"  memory of the parent: +{peak_memory_mb() - before:.0f} MB at its peak")


def draw_or_reason(viewer: PageViewer, path: Path) -> str:
    started = time.perf_counter()
    try:
        image = viewer.draw(path, 1, width_px=1000)
    except DocumentError as error:
        return f"{error} ({time.perf_counter() - started:.1f} s)"
    return f"drawn {image.width_px} x {image.height_px} ({time.perf_counter() - started:.1f} s)"


def peak_memory_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if platform.system() == "Darwin" else 2**10)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """A damaged copy: bytes changed, a piece lost, doubled or cut off."""
    damaged = bytearray(data)
    for _ in range(rng.randint(1, 20)):
        at = rng.randrange(len(damaged))
        match rng.randrange(5):
            case 0:
                damaged[at] = rng.randrange(256)
            case 1:
                del damaged[at : at + rng.randint(1, 200)]
            case 2:
                damaged[at:at] = damaged[at : at + rng.randint(1, 200)]
            case 3:
                damaged[at : at + 4] = rng.randbytes(4)
            case _:
                digits = [m.start() for m in re.finditer(rb"\d", bytes(damaged[:5000]))]
                if digits:
                    damaged[rng.choice(digits)] = rng.choice(b"0123456789")
        if len(damaged) < 20:
            break
    return bytes(damaged)


def fuzz(mutants: int = 200) -> None:
    """Damaged copies of small files: nothing but a DocumentError may escape, whatever they hold."""
    rng = random.Random(7)
    seeds = [path for path, _ in manifest(SHARED / "pdf-corpus") if path.stat().st_size < 60_000]
    ended: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mutant.pdf"
        for _ in range(mutants):
            path.write_bytes(mutate(rng.choice(seeds).read_bytes(), rng))
            outcome = read(path)
            ended[type(outcome.error).__name__ if outcome.error else "read"] += 1
            slowest = max(slowest, outcome.seconds)
    print(f"fuzz: {mutants} of {mutants} mutants ended in a named state; {dict(ended)}; slowest {slowest:.1f} s")


def real_documents() -> list[Path]:
    return sorted((SHARED / "retrieval-dev" / "pdfs").glob("*.pdf"))


def cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def speed() -> None:
    """Pages per CPU second, parent and children together, and how soon the first page can be searched."""
    rates, firsts, pages, cpu = [], [], 0, 0.0
    for path in real_documents():
        before = cpu_s()
        outcome = read(path)
        used = cpu_s() - before
        cpu, pages = cpu + used, pages + len(outcome.pages)
        rates.append((len(outcome.pages) / used, path.name))
        firsts.append(outcome.first_page_s)
    rates.sort()
    print(f"speed: {pages} pages of {len(rates)} real documents, {pages / cpu:.0f} pages per CPU second")
    print(f"  by document: median {median(r for r, _ in rates):.0f}, slowest {rates[0][0]:.0f} ({rates[0][1]})")
    print(f"  first page: median {median(firsts):.2f} s, slowest {max(firsts):.2f} s")


_SENTENCE = re.compile(r"[A-Z][^.!?]{50,300}[.!?](?=\s)")


def quotes(documents: int = 12, sentences: int = 20) -> None:
    """Sentences found on their own page (verbatim, one word changed) and not found on another."""
    rng = random.Random(3)
    found: Counter[str] = Counter()
    for path in real_documents()[:: max(1, len(real_documents()) // documents)]:
        pages = [page for page in read(path).pages if _SENTENCE.search(page.text)]
        for _ in range(sentences if len(pages) > 1 else 0):
            page, other = rng.sample(pages, 2)
            quote = squeezed(rng.choice(_SENTENCE.findall(page.text)))
            words = quote.split()
            at = rng.choice([i for i, word in enumerate(words) if word.isalpha()] or [-1])
            if at < 0 or len(words) < 8:  # a web address, not a sentence
                continue
            changed = " ".join([*words[:at], "replacement", *words[at + 1 :]])
            found["trials"] += 1
            found["verbatim"] += find_quote(page.text, quote) is not None
            found["one word changed"] += find_quote(page.text, changed) is not None
            if squeezed(quote) not in squeezed(other.text):
                found["wrong page"] += find_quote(other.text, quote) is not None
    trials, wrong = found.pop("trials"), found.pop("wrong page", 0)
    shares = ", ".join(f"{name} {count / trials:.1%}" for name, count in found.items())
    print(f"quotes: located of {trials} sentences: {shares}; {wrong} found on a wrong page")


def clicks(clicks_a_document: int = 4) -> None:
    """From a click on a citation to the picture with its highlight, and whether a rectangle was found."""
    rng = random.Random(5)
    viewer = PageViewer(LIMITS)
    times, located, sizes = [], 0, []
    for path in real_documents():
        pages = [page for page in read(path).pages if len(page.text) > 200]
        for page in rng.sample(pages, min(clicks_a_document, len(pages))):
            start = rng.randrange(len(page.text) - 100)
            started = time.perf_counter()
            rects = viewer.locate(path, page, [Span(start, start + 100)])[0]
            image = viewer.draw(path, page.number, width_px=1000, highlights=rects)
            times.append(time.perf_counter() - started)
            located += bool(rects)
            sizes.append(len(image.data))
    viewer.close()
    times.sort()
    print(f"clicks: median {1000 * median(times):.0f} ms, 95 % within {1000 * times[int(0.95 * len(times))]:.0f} ms")
    print(f"  {located} of {len(times)} spans have rectangles; a picture has {median(sizes) / 1000:.0f} kB")


def main() -> None:
    wanted = sys.argv[1:] or ["hostile", "corpus", "fuzz", "speed", "quotes", "clicks"]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for folder in (SHARED / "pdf-corpus", SHARED / "retrieval-dev"):
        if not folder.is_dir():
            print(f"absent: {folder.name} does not lie beside the checkout, so nothing can be measured against it")
            return
    parts = {"corpus": corpus, "hostile": hostile, "fuzz": fuzz, "speed": speed, "quotes": quotes, "clicks": clicks}
    for name in wanted:
        parts[name]()


if __name__ == "__main__":
    main()
