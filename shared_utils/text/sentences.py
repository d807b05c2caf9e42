"""Sentences of a page as it was read: wrapped lines are joined, headings, list items and table rows stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared_utils.text.dates import MONTH_OF
from shared_utils.text.folding import fold_in_place
from shared_utils.types import Span

_LINE = re.compile(r"[^\r\n\f\v\u2028\u2029]+")

# A line that opens something new, whatever stands before it.
_LIST_ITEM = re.compile(
    r"(?:[•▪‣◦●○■□▶►➢✓✔·*–—-]|\(?[ivx]{1,4}[.)]|\(?\d{1,2}\)|\d{1,2}\.(?:\d{1,2}\.?)*|\(?[A-Za-z]\))\s+(?=\S)"
)
_NUMERIC_CELL = re.compile(r"[(\[$€£¥+−–—▲△-]*\d[\d.,'’]*[%)\]a-zA-Z]{0,4}|[—–-]|N/?A", re.ASCII)
_GAP_IN_A_NUMBER = re.compile(r"(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))")
_CELL_SIGN = re.compile(r"[$€£¥%()]+|US\$|%\)?")

# A sentence may end here: a terminator, its closing quotes or brackets, then a gap (none needed after a CJK stop).
_SENTENCE_END = re.compile(
    r"[。！？｡](?:[」』”’）】]++(?![とっ、，])|(?![」』”’）】]))"
    r"|(?<![.!?…])[.!?…؟۔।॥։።]++[\"'”’»)\]⁰¹²³⁴-⁹]*+(?=\s)"  # a note's mark may stand behind it
    r"|(?<=[\u0e00-\u0e7f])\s+(?=[\u0e00-\u0e7f])"
)


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEVER_LAST = _word_set(
    "mr mrs ms dr prof st sr jr gen col sgt rev hon gov sen rep messrs vs viz cf e.g i.e eg ie al ed eds approx ca est "
    "resp incl excl nr z.b d.h bzw ggf vgl sog mio mrd "
    "dipl evtl exkl geb gegr gem ggü hrsg inkl insb jew mind urspr verh zzgl zz "  # German
    "mm mme mlle mgr env éd boul "  # French
    "sra srta dña dra ud uds vd vds lic arq aprox ee uu fca dpto depto "  # Spanish
    "sig sigg dott avv geom rag arch spett gent egr "  # Italian
    "exmo exma ilmo ilma eng engª sto "  # Portuguese
    "dhr mevr mw mej drs bijv bv resp d.w.z o.a m.b.t i.v.m t.a.v i.p.v "  # Dutch
)
_BEFORE_A_NUMBER = _word_set(
    "no nos rs fig figs abs ziff eq eqs sec secs vol vols p pp pg art arts ch chap app par para tab ref refs item note "
    "step section part chapter table figure appendix exhibit rule jan feb mar apr jun jul aug sep sept oct nov dec "
    "abb anh anl anm bd bl kap lit max min rdnr rn rz str tel tz tsd num núm nro n pág pag págs pagg blz cap capp tav "
    "tél tfno telf tlf inc let sez lett alin av s"
)
_MAYBE_LAST = _word_set("inc corp ltd co llc plc cos bros etc dept univ assn a.m p.m ph.d usw ecc enz ltda lda cía cia")
_ELIDED = re.compile(r"^[a-z]{1,5}['’]")  # "l’art. 3", "dell’avv. Neri"
_PAIRS = {("p", "ex"), ("p", "ej"), ("p", "es"), ("ad", "es"), ("por", "ej"), ("par", "ex"), ("v", "chr"), ("n", "chr")}
# What an ordinal's number stands behind: "im 3. Stock", "der 2. Weltkrieg".
_BEFORE_AN_ORDINAL = _word_set(
    "der die das dem den des im am zum zur vom beim ab bis seit jeder jede jedes jedem jeden sein ihr unser mein "
    "seinem ihrem unserem seinen ihren unseren ein einen einem"
)
# Words that open a sentence far more often than they continue a name.
_OPENERS = _word_set(
    "the in we our this these those it its as for if at on however there they he she i a an but and when while by "
    "although since after before during to all each such any no see under with from what who how "
    "der die das den dem ein eine es er sie wir ich im am zu auf und oder bei mit für nach "
    "le la les un une il elle ils nous ce cette ces dans pour el los las en se lo gli o os as um uma de het een"
)
_THAI_CLAUSE_CHARS = 40  # Thai has no full stop; a space after this many characters is taken for one
_LOOK_BACK_CHARS = 60  # enough for two words; looking back to the start would be quadratic in hostile pages
_NARROWEST_COLUMN = 5  # characters of Chinese or Japanese
_HANGING_CHARS = 2  # that such a line may be shorter, for a stop must not begin the next one
_MIN_WRAPPED_CHARS = 30  # shorter lines are labels, not prose that ran out of room


def split_sentences(text: str, alone: Sequence[Span] = ()) -> list[Span]:
    """The sentences, headings, list items and table rows of a page text, in reading order.

    Spans do not overlap, start and end on non-space characters and leave out nothing but white space. A sentence may
    run over several lines; a table row or a heading is its own line. `alone` are spans already known to be one (rows
    and headings that the layout gave away); of two that overlap the first counts.

    >>> text = "Results\\nNet sales of the U.S. rose\\nto $4.2 billion. Costs fell."
    >>> [text[s.start : s.end] for s in split_sentences(text)]
    ['Results', 'Net sales of the U.S. rose\\nto $4.2 billion.', 'Costs fell.']
    """
    sentences: list[Span] = []
    position = 0
    for known in sorted(alone, key=lambda span: span.start):
        if known.start < position:
            continue
        sentences += _sentences_between(text, position, known.start)
        sentences += _trimmed(text, known)
        position = known.end
    return sentences + _sentences_between(text, position, len(text))


def is_table_row(line: str) -> bool:
    """Whether a line reads as a label and at least two figures: "Operating activities $ 2,408 $ 2,141".

    Told from its words alone, however they are spaced: passages and claims come without their page.
    """
    tokens = [token for token in _GAP_IN_A_NUMBER.sub("", line).split() if not _CELL_SIGN.fullmatch(token)]
    if not tokens:
        return False
    cells = sum(_NUMERIC_CELL.fullmatch(token) is not None for token in tokens)
    ends_in_cells = _trailing_cells(tokens) >= 2
    return cells >= 2 and (ends_in_cells or cells >= 0.5 * len(tokens)) and cells >= 0.15 * len(tokens)


def _sentences_between(text: str, start: int, end: int) -> list[Span]:
    part = text[start:end]
    found = (span for block in _blocks(part) for span in _sentences_of(part, block))
    return [Span(start + span.start, start + span.end) for span in found]


def _trimmed(text: str, span: Span) -> list[Span]:
    content = text[span.start : span.end]
    start = span.start + len(content) - len(content.lstrip())
    return [Span(start, start + len(content.strip()))] if content.strip() else []


def _trailing_cells(tokens: Sequence[str]) -> int:
    count = 0
    for token in reversed(tokens):
        if not _NUMERIC_CELL.fullmatch(token):
            break
        count += 1
    return count


def _blocks(text: str) -> Iterator[Span]:
    """Paragraphs: runs of lines of which each one goes on in the next."""
    lines = _stripped_lines(text)
    rows = [is_table_row(text[line.start : line.end]) for line in lines] if len(lines) > 1 else []
    start: int | None = None
    for index, line in enumerate(lines):
        start = line.start if start is None else start
        if index + 1 == len(lines) or rows[index] or rows[index + 1] or not _runs_on(text, lines, index):
            yield Span(start, line.end)
            start = None


def _stripped_lines(text: str) -> list[Span]:
    lines = []
    for match in _LINE.finditer(text):
        content = match.group()
        stripped = content.strip()
        if stripped:
            start = match.start() + len(content) - len(content.lstrip())
            lines.append(Span(start, start + len(stripped)))
    return lines


def _runs_on(text: str, lines: Sequence[Span], index: int) -> bool:
    """Whether a line continues in the next one, both prose: only then was its break made for want of room."""
    line, following = lines[index], lines[index + 1]
    here, there = text[line.start : line.end], text[following.start : following.end]
    if text.count("\n", line.end, following.start) > 1 or _LIST_ITEM.match(there):
        return False
    if here[-1] in ",-\u00ad\ufffe" or (there[0].islower() and here[-1] not in ".!?:;"):
        return True
    if here.isupper() != there.isupper() and any(char.isalpha() for char in there):
        return False
    if _is_east_asian(here[-1]) and _is_east_asian(there[0]):
        return _fills_its_line(text, lines, index)
    # The break was forced only if the next word would not have fit beside its neighbours' right margin.
    width = max(lines[i].end - lines[i].start for i in range(max(0, index - 3), min(len(lines), index + 4)))
    first_word = len(there.split(maxsplit=1)[0]) if here.isascii() else 2
    fits = len(here) + 1 + first_word <= 0.9 * width
    return not fits and len(here) >= (_MIN_WRAPPED_CHARS if here.isascii() else _MIN_WRAPPED_CHARS // 2)


def _is_east_asian(char: str) -> bool:
    return "\u3001" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff01" <= char <= "\uff60"


def _fills_its_line(text: str, lines: Sequence[Span], index: int) -> bool:
    """Whether a line of Chinese or Japanese is as long as its neighbours, which are prose: a column may be narrow."""
    here = lines[index]
    around = lines[max(0, index - 3) : index + 4]
    width = max(line.end - line.start for line in around)
    is_full = here.end - here.start >= width - _HANGING_CHARS and width >= _NARROWEST_COLUMN
    is_prose = any(stop in text[around[0].start : around[-1].end] for stop in "。、，")
    return is_full and is_prose and text[here.end - 1] not in "。！？｡」』"


def _sentences_of(text: str, block: Span) -> Iterator[Span]:
    start = block.start
    for match in _SENTENCE_END.finditer(text, block.start, block.end):
        if match.start() < start or not _ends_sentence(text, start, match, block.end):
            continue
        end = match.end() if not match.group().isspace() else match.start()
        yield Span(start, end)
        start = end
        while start < block.end and text[start].isspace():
            start += 1
    if start < block.end:
        yield Span(start, block.end)


def _ends_sentence(text: str, start: int, match: re.Match[str], block_end: int) -> bool:
    mark = match.group()
    if mark[0] in "。！？｡":
        return True
    if mark.isspace():
        return match.start() - start >= _THAI_CLAUSE_CHARS
    after = text[match.end() : min(block_end, match.end() + 40)].lstrip()
    if not after:
        return True
    if after[0].islower() or after[0] in ",;:)":
        return False
    before = text[max(start, match.start() - _LOOK_BACK_CHARS) : match.start()]
    return mark[0] != "." or len(mark) > 1 or not _is_abbreviation(before, after)


def _is_day(words: Sequence[str], next_word: str, after: str) -> bool:
    """ "am 1. August", but "until May 31. March was cold" and "of all 12. May I ask"."""
    month_ahead = len(words) > 1 and fold_in_place(words[-2].strip(".,")) in MONTH_OF
    other_word = next_word in ("may", "march") and re.match(r"\w+\s+\d{4}", after) is None
    return next_word in MONTH_OF and not month_ahead and not other_word


def _is_abbreviation(before: str, after: str) -> bool:
    words = before.split()
    if not words:
        return True
    word = _ELIDED.sub("", words[-1].lstrip("([\"'“‘„«‹¿¡").casefold())
    next_word = fold_in_place(re.split(r"\W", after, maxsplit=1)[0])
    if word in _NEVER_LAST or (len(words) > 1 and (words[-2].strip("(.").casefold(), word) in _PAIRS):
        return True
    if word in _BEFORE_A_NUMBER and not (len(word) == 1 and words[-1].isupper()):  # "p. 5", but "Mr P. Pohl"
        return after[0].isdigit()
    if word.endswith(("str", "strasse", "straße")) and after[0].isdigit():  # "Hauptstr. 5"
        return True
    if word.isdigit() and len(word) <= 2:  # "1. Scope", "Item 7. Properties", "am 1. August"
        return (
            _is_day(words, next_word, after)
            or len(words) == 1
            or words[-2].lstrip("(„").casefold() in _BEFORE_AN_ORDINAL
            or (len(words) == 2 and words[0].casefold() in _BEFORE_A_NUMBER)
        )
    if len(word) == 1 and word.isalpha():  # an initial; "vitamin C." rarely goes on with a capital
        return True
    if word in _MAYBE_LAST or re.fullmatch(r"(?:\w\.)+\w", word):  # "Inc.", "U.S."
        return next_word not in _OPENERS
    return False
