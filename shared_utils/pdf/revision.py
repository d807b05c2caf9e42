"""What only the whole document tells: which hyphens are real, what is a running head, what is a heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shared_utils.pdf.layout import KeepHyphen
from shared_utils.pdf.pages import Draft, page_of, write
from shared_utils.types import Page, PageVerdict

# ------------------------------------------------------------------------------------------------ hyphens

_LINE_END = re.compile("[-\u2010\u00ad\ufffe]\\s*\n\\s*|\ufffe")
_WHOLE_WORD = re.compile(r"(?<![\w\ufffe-])[^\W\d_]{2,}(?:-[^\W\d_]{2,})*(?![\w\ufffe-])")

# First parts that compounds are built from. A document's own words decide first; these stand in for words that it
# happens to use only at line ends.
_COMPOUND_FIRST = frozenset(
    (  # noqa: SIM905 - one word a line would fill the screen
        "all anti back bottom broad cash co cost cross data day decision deep eight end ex fast fire first fixed "
        "floating five follow four fourth free front full half hard heat heavy high ill inter large left light long "
        "low many market mid multi narrow near new nine non off old on one open part post pre real right risk second "
        "self semi seven short single six slow small so soft state tax ten third three time top two user water well "
        "wide world year"
    ).split()
)


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of these raw texts, lower case, without the pieces of words broken at line ends."""
    found: set[str] = set()
    for text in texts:
        found.update(_WHOLE_WORD.findall(_LINE_END.sub("\ufffe", text)))
    return frozenset(word.lower() for word in found)


def keep_hyphen_of_words_in(vocabulary: frozenset[str]) -> KeepHyphen:
    """Decide for each word broken at a line end whether its hyphen stays, by the words of the document."""

    def keep(head: str, tail: str) -> bool:
        first, second = head.lower(), tail.lower()
        if first + second in vocabulary:
            return False
        if f"{first}-{second}" in vocabulary or (tail[:1].isupper() and not head.isupper()):
            return True
        return first in _COMPOUND_FIRST or (len(first) > 3 and first in vocabulary and second in vocabulary)

    return keep


def revise(drafts: Sequence[Draft], values: Mapping[int, Sequence[tuple[str, str]]]) -> tuple[Page, ...]:
    """The final pages. `values` are (field name, value) of the form's fields, by page."""
    keep = keep_hyphen_of_words_in(words_of(draft.raw.text for draft in drafts))
    pages = (page_of(draft.raw, write(draft, keep)) for draft in drafts)
    return tuple(_with_form(page, values.get(page.number, ())) for page in pages)


def _with_form(page: Page, fields: Sequence[tuple[str, str]]) -> Page:
    """Add what is filled into the page's form fields, unless it is drawn as words already."""
    drawn = "".join(page.text.split())
    missing = [(name, value) for name, value in fields if "".join(value.split()) not in drawn]
    if not missing:
        return page
    lines = (f"{name}: {' '.join(value.split())}" if name else value for name, value in missing)
    text = "\n".join(filter(None, [page.text, *lines]))
    if page.verdict in (PageVerdict.EMPTY, PageVerdict.UNREADABLE):
        return replace(page, text=text, verdict=PageVerdict.TEXT, reason="")
    return replace(page, text=text)
