"""Whether the hyphen of a word broken at a line end belongs to the word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from shared_utils.pdf.composition import KeepHyphen

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


def keep_hyphen_by(texts: Sequence[str]) -> KeepHyphen:
    """Decide for each word broken at a line end whether its hyphen stays, by the words of these raw texts."""

    @cache
    def words() -> frozenset[str]:  # most pages have no broken word, and never ask
        return words_of(texts)

    def keep(head: str, tail: str) -> bool:
        vocabulary, whole = words(), tail.lower()
        *before, first = head.lower().split("-")
        second = whole.split("-")[0]
        if first + second in vocabulary:
            return False
        compounds = {f"{first}-{second}", f"{first}-{whole}", f"{head.lower()}-{whole}"}
        if not compounds.isdisjoint(vocabulary) or (tail[:1].isupper() and not head.isupper()):
            return True
        return (
            bool(before)
            or len(first) == 1  # "x-ray": no word is broken behind its first letter
            or first in _COMPOUND_FIRST
            or (len(first) > 3 and first in vocabulary and second in vocabulary)
        )

    return keep
