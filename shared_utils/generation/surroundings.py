"""What a sentence is read with: those after it, and the one before it where it refers to that, in the same prose.

A sentence that repeats the question's words is often not the one that answers: "Charging. Place the device on the pad.
It is full after two hours." Read on, it answers; and no "It" is left without what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shared_utils.structure.lists import lists
from shared_utils.structure.sentences import PageRows, Sentence, sentences_between
from shared_utils.types import Page, Span

BEFORE = 1  # sentences
AFTER = 3
LONGEST_LIST = 1_000  # characters of items and what leads in to them: half a list is no answer
_LEAST = 320  # characters in which a sentence has what it refers back to, however short it is to be
_MARK = 6  # characters before an item's own words
_ITEM = re.compile(r"(?:[•●▪◦■□‣–*]|\(?\d{1,2}[.)]|\d{1,2}|\(?[a-z]\))\s+\S")
# The beginning of a clause of a contract or a statute: "§ 3 Pets", "4.2 Notice".
_CLAUSE = re.compile(r"§+\s*\d+\w?[.)]?\s+[^\W\d_]|\d{1,2}(?:\.\d{1,2})+\.?\s+[A-ZÀ-Ý]")
# What begins so stands for what was said before.
_REFERS_BACK = re.compile(
    r"\W*(?:it|its|this|that|these|those|they|their|them|he|she|his|her|such|both|also|however|therefore|then|thus|"
    r"instead|otherwise|if so|in this|in that|for this|er|sie|es|dies\w*|jene\w*|deren|dessen|dadurch|damit|daher|auch|"
    r"il|elle|ils|elles|cela|ce|cet|cette|ces|celui|celle|ainsi|este|esta|estos|estas|ese|esa|esto|eso|ellos|ellas|"
    r"questo|questa|questi|queste|esso|essa|isto|isso|ele|ela|eles|elas|deze|dit|dat|hij|zij|ze|het)\b",
    re.IGNORECASE,
)
# What counts its reasons counts them to the last: "Firstly, … Secondly, … Thirdly, …".
_COUNTS = re.compile(
    r"\W*(?:first|firstly|second|secondly|third|thirdly|fourth|fourthly|fifthly|finally|lastly|erstens|zweitens"
    r"|drittens|viertens|schlie[ßs]+lich|premi[èe]rement|deuxi[èe]mement|troisi[èe]mement|enfin|primero|segundo|tercero"
    r"|en (?:primer|segundo|tercer) lugar|finalmente|in (?:primo|secondo|terzo) luogo|infine"
    r"|ten (?:eerste|tweede|derde|slotte))\b",
    re.IGNORECASE,
)
_GAP = 3  # characters of white space between two sentences of one stretch


def prose_of(page: Page, rows: PageRows) -> list[Span]:
    """The sentences of a page that are no rows, headings, running text or hidden words, in reading order."""
    left_out = [*page.boilerplate, *page.hidden, *(Span(h.start, h.end) for h in page.headings)]
    found = sentences_between(page, 0, len(page.text), rows)
    return [Span(one.start, one.end) for one in found if one.row is None and not _overlaps(one, left_out)]


def items_of(page: Page) -> list[Span]:
    """The items of the lists of a page, each with the lines that it goes on with, without its mark; ascending."""
    places = (place for found in lists([page]) for item in found.items for place in item.places)
    return sorted((Span(place.start, place.end) for place in places), key=lambda span: span.start)


def begins_clause(text: str, start: int = 0) -> bool:
    """Whether a numbered clause begins there.

    >>> begins_clause("§ 3 Pets. Dogs are welcome."), begins_clause("4.2 Notice."), begins_clause("4.2 million came.")
    (True, True, False)
    """
    return _CLAUSE.match(text, start) is not None


def read_with(text: str, sentences: Sequence[Span], place: Span, longest: int, items: Sequence[Span] = ()) -> Span:
    """A place of a page with the sentences around it, of `longest` characters at most: those that follow come first.

    Where what follows runs into a list, or counts on ("Secondly, …"), all of it is read if `LONGEST_LIST` characters
    hold it. After a line that
    ends in a colon, what it leads in to is read as far as there is room; an item of a list is read to its end (`items`
    tells where that is), with the items around it and the line that leads in to them, in `LONGEST_LIST` characters.
    The next numbered clause is not read. What stands before is read only where an item or a word such as "it" needs it:
    the sentence that answers comes first.
    """
    inside = [i for i, one in enumerate(sentences) if one.start < place.end and place.start < one.end]
    if not inside:
        return place
    first, last = inside[0], inside[-1]
    begin, end = min(place.start, sentences[first].start), max(place.end, sentences[last].end)

    def is_of_list(start: int) -> bool:
        return _ITEM.match(text, start) is not None or any(i.start - _MARK <= start < i.end for i in items)

    is_one_item = is_of_list(begin)
    is_list = is_one_item or text[begin:end].rstrip().endswith((":", "："))
    longest = max(longest, LONGEST_LIST) if is_list and items else longest
    read = last
    for one in sentences[last + 1 : None if is_list else last + 1 + AFTER]:
        ends_list = is_list and not is_of_list(one.start)
        is_another = text.endswith("\n", 0, one.start) and begins_clause(text, one.start)
        if ends_list or is_another or one.end - begin > longest or not _follows(text, end, one.start):
            break
        end, read = one.end, read + 1
    if any(_COUNTS.match(text, one.start) for one in sentences[first : last + 2]):
        end = _end_of_count(text, sentences[read + 1 :], begin, end)
    if items and not is_list and is_of_list(sentences[read].start):
        end = _end_of_list(text, sentences[read + 1 :], begin, end, is_of_list)
    earlier = first if is_one_item else BEFORE if _REFERS_BACK.match(text, begin) else 0
    own = begin
    for one in reversed(sentences[max(0, first - earlier) : first]):
        if not _follows(text, one.end, begin):
            break
        if end - one.start > (longest if is_list else max(longest, _LEAST)):
            begin = own if is_one_item else begin  # half of the items before it lead in to nothing
            break
        begin = one.start
        if is_list and not is_of_list(one.start):
            break
    return Span(begin, end)


def _end_of_list(text: str, sentences: Sequence[Span], begin: int, end: int, is_of_list: Callable[[int], bool]) -> int:
    """Where the list ends that was read as far as `end`, if all of it has room; else `end`."""
    whole = end
    for one in sentences:
        if not is_of_list(one.start) or not _follows(text, whole, one.start):
            break
        whole = one.end
    return whole if whole - begin <= LONGEST_LIST else end


def _end_of_count(text: str, sentences: Sequence[Span], begin: int, end: int) -> int:
    """Where the last of what sentences count ends, with what stands between, if all of it has room; else `end`."""
    whole, latest = end, end
    for one in sentences:
        if one.end - begin > LONGEST_LIST or not _follows(text, latest, one.start):
            break
        latest = one.end
        whole = one.end if _COUNTS.match(text, one.start) else whole
    return whole


def _follows(text: str, end: int, start: int) -> bool:
    return end <= start <= end + _GAP and not text[end:start].strip()


def _overlaps(one: Sentence, spans: Sequence[Span]) -> bool:
    return any(span.start < one.end and one.start < span.end for span in spans)
