"""How a doubt is told: which words of a sentence the page does not have, and whether there is any of it at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_utils.citations.features import missing_names
from shared_utils.citations.framing import bare_claim
from shared_utils.citations.reading import SAYS_LITTLE, Finding, is_measured, read_claim
from shared_utils.citations.reasons import lacking
from shared_utils.citations.retold import as_derived
from shared_utils.citations.text_units import Unit, content_keys, words_of
from shared_utils.message import message
from shared_utils.text.languages import same_language
from shared_utils.types import Verdict

CLOSE = message("the page says something close to it; whether it says this cannot be told")
_LIKELY = 0.5
_MOSTLY = 0.5  # share of what it adds to its question


def doubted(sentence: str, units: Sequence[Unit], question: str, finding: Finding, probability: float) -> Finding:
    """A finding that is doubtful by its words alone: "partly" where part of what it adds to its question stands in the
    cited words, which the reason then tells from the rest; "not found" where most of it stands nowhere in them.

    `probability`, 0 … 1, that the cited words say it: a likely one may be told in other words. In another language than
    the page's nothing can be told by words.
    """
    by_words = finding.verdict is Verdict.SUPPORTED or finding.is_wording
    if not by_words or not units or not same_language(sentence, " ".join(unit.text for unit in units)):
        return _partly(finding)
    reading = read_claim(bare_claim(sentence), tuple(units))
    told = content_keys(words_of(question)) | SAYS_LITTLE
    held = frozenset[str]().union(*(unit.keys for unit in units), *(head.keys for head in reading.headings))
    added = [w for w in reading.words if w.content and told.isdisjoint(w.keys) and not is_measured(w, reading)]
    stand = sorted(held)
    missing = [word for word in added if held.isdisjoint(as_derived(word, stand).keys)]
    if not missing:
        return _partly(finding)
    names = [
        word for word in missing_names(reading) if word in missing
    ]  # not those of the question before a short answer
    mostly = len(missing) >= _MOSTLY * len(added) and probability < _LIKELY
    return replace(
        finding, verdict=Verdict.NOT_FOUND if mostly else Verdict.PARTLY, reason=lacking(reading, missing, names)
    )


def _partly(finding: Finding) -> Finding:
    return replace(finding, verdict=Verdict.PARTLY, reason=CLOSE) if finding.verdict is Verdict.SUPPORTED else finding
