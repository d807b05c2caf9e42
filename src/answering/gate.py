"""Whether a question is answered at all: what retrieval tells, what the tables give, which names stand nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared_utils.calculation.asked import spelled_years
from shared_utils.calculation.calculate import Calculation, NotComputed
from shared_utils.retrieval.answerability import judge
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.labels import absent_dates, absent_labels
from shared_utils.retrieval.unknown import absent_names, absent_thing, names_stand, unknown_names
from shared_utils.retrieval.unsaid import Kin, leaves_deed_unsaid, leaves_unsaid, no_kin
from shared_utils.text.expected import lacks_expected
from shared_utils.text.folding import fold
from shared_utils.text.languages import may_name, told_language
from shared_utils.types import Embedder, Evidence, Passage
from src.answering.defined import holds_no_post
from src.answering.routing import Route

_FIRST = 5  # passages whose documents would answer
_HEADED = 8  # passages whose headings are read


def is_answered(
    taken: Route,
    passages: Sequence[Passage],
    indexes: Sequence[DocumentIndex],
    embedder: Embedder | None,
    figure: Calculation | NotComputed | None,
    evidence: Evidence,
    kin: Kin = no_kin,
    is_looked_up: Callable[[str], bool] = bool,
) -> bool:
    """Whether the documents speak to a question.

    A figure that was worked out of them for the names that are asked answers it, however few of its words they have. A
    code, names, a numbered figure, a day, a post or a thing whose steps are asked for that stand in none of the
    documents that come first, nothing but pages after the last, evidence without the kind of value that is asked for,
    an attribute or a deed that is spoken of in no word that is kin to it, and a ratio of a year for which nothing is
    told, do not. `is_looked_up` tells whether a table has the value, whatever was done with it.
    """
    question = taken.searched
    if taken.spreads:
        return True
    leading = _leading(passages, indexes)
    if taken.is_beyond or unknown_names(question, leading) or _names_nobody(question, leading):
        return False
    if holds_no_post(question, (fold(chunk.text) for index in leading for chunk in index.chunks)):
        return False
    if absent_labels(question, leading) or absent_dates(question, leading) or absent_thing(question, leading):
        return False
    if isinstance(figure, Calculation) and names_stand(question, indexes):
        return True
    if isinstance(figure, NotComputed) and figure.is_untold and spelled_years(question):
        return False
    shown = [span.text for span in evidence.spans]
    if any(lacks_expected(asked, shown) for asked in (question, taken.whole, taken.reworded) if asked):
        return False
    told = _with_headings(shown, passages)
    if leaves_unsaid(question, leading, told, kin):
        return False
    may_be_figure = not fold(question).startswith("which ")
    if leaves_deed_unsaid(question, leading, told, kin) and not (may_be_figure and is_looked_up(question)):
        return False
    return judge(taken.whole or question, passages, indexes, embedder, taken.within).answerable


def _leading(passages: Sequence[Passage], indexes: Sequence[DocumentIndex]) -> Sequence[DocumentIndex]:
    """The documents of the best passages: another one that happens to have a code does not answer for them."""
    first = {passage.chunk.document_id for passage in passages[:_FIRST]}
    return [index for index in indexes if index.document_id in first] or indexes


def _with_headings(shown: Sequence[str], passages: Sequence[Passage]) -> list[str]:
    return [*shown, *(passage.chunk.heading for passage in passages[:_HEADED])]


def _names_nobody(question: str, indexes: Sequence[DocumentIndex]) -> bool:
    """Whether all whom an English question names stand in none of them: "How much did Netflix earn?"."""
    is_english = told_language(question) in ("english", None) and may_name(question)
    return is_english and absent_names(question, indexes)
