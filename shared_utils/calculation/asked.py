"""What is to be computed: the operation a question asks for, over which figures and years, to which precision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared_utils.retrieval.table_rows import years_of

_NUMBER_WORDS = {"no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "1": 1, "2": 2, "3": 3, "4": 4, "0": 0}


class Operation(StrEnum):
    """What is done with the figures."""

    DIFFERENCE = "difference"
    GROWTH = "growth"
    SHARE = "share"
    MULTIPLE = "multiple"
    SUM = "sum"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class Asked:
    """`first` and `second` are the words for two figures; `second` is "" where one row is asked over years."""

    operation: Operation
    first: str
    second: str = ""


# What a comparative measures is told by it alone: it stays among the words of the figure.
_COMPARATIVE = (
    r"(?:bigger|larger|smaller|longer|shorter|heavier|lighter|taller|wider|deeper|older|younger|faster|slower|hotter|"
    r"colder|cheaper|(?:more|less) expensive)"
)
_SHARE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:percent|percentage|share|proportion|portion|fraction|%) of (?P<second>.+?)\s+(?:is|are|was|were)\s+"
        r"(?:(?:comprised|made up|composed) of|due to|due|from|in|represented by|attributable to)?\s*(?P<first>.+)",
        r"\b(?:percent|percentage|share|proportion|portion|fraction|%) of (?P<second>.+?)\s+(?:did|does|do)\s+"
        r"(?P<first>.+)",
        r"\bhow much of (?P<second>.+?)\s+(?:is|are|was|were)\s+(?:due to|from|due)?\s*(?P<first>.+)",
        r"^(?:what (?:is|was|were|are)\s+)?(?P<first>.+?)\s+as an? (?:%|percent|percentage|share|proportion) of "
        r"(?P<second>.+)",
        r"\b(?:welcher anteil|wie ?viel prozent) (?:der|des|vom|von) (?P<second>.+?)\s+"
        r"(?:ist|sind|war|waren|entf(?:ä|ie)l\w+)\s+(?:auf )?(?P<first>.+)",
        r"\bquel(?:le)? (?:part|pourcentage) (?:de la|de l['’]|du|des|de) (?P<second>.+?)\s+(?:est|sont|était)\s+"
        r"(?P<first>.+)",
        r"\bqu[ée] (?:porcentaje|parte) (?:de la|del|de los|de) (?P<second>.+?)\s+(?:es|son|fue)\s+(?P<first>.+)",
    )
)
_MULTIPLE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?P<first>.+?)\s+(?:is|are|was|were)\s+what multiple of\s+(?P<second>.+)",
        r"\bhow many times (?:as (?:many|much|large|big|high|great|long|heavy|expensive)|more|larger|bigger|greater|"
        r"higher|longer|heavier)\s+(?:(?:is|was|were|are|did|does)\s+)?(?P<first>.+?)\s+(?:as|than)\s+(?P<second>.+)",
        r"\bwie ?viel ?mal (?:so|mehr|größer|höher|länger|schwerer)\s*(?:viele?|groß|hoch|lang|schwer)?\s*"
        r"(?:ist|sind|war|waren)?\s*(?P<first>.+?)\s+(?:wie|als)\s+(?P<second>.+)",
        r"\bcombien de fois (?:plus|aussi)\s+(?:de |d['’]|grande?s?|élevée?s?|longue?s?)?\s*(?:est|sont|était)?\s*"
        r"(?P<first>.+?)\s+qu[e'’]\s*(?P<second>.+)",
    )
)
_RATIO = re.compile(
    r"\b(?:ratio|quotient) (?:of|between) (?P<first>.+?) (?:to|and|over) "
    r"(?:(?P<same>that|those|the one) (?:of|for|in) )?(?P<second>.+)",
    re.IGNORECASE,
)
_TWO_SIDES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bdifference (?:in \w+ )?between (?P<first>.+?) and (?P<second>.+)",
        rf"\bhow (?:much|many)(?: more| less| fewer| higher| lower| greater|(?P<by> {_COMPARATIVE}))? "
        r"(?:is|was|were|are|did|does)?\s*"
        r"(?P<first>.+?)\s+(?:compared (?:to|with)|than)\s+(?P<second>.+)",
    )
)
_GROWTH = re.compile(
    r"\b(?:growth rate|percent\w* (?:\w+ )?(?:change|increase|decrease|growth|decline|rise|drop|reduction)|"
    r"(?:change|increase|decrease|growth|decline|grow|grew|rise|rose|fall|fell|drop|shrink|shrank)\b.*(?:percent|%)|"
    r"(?:percent\w*|%) (?:did|has|have|had)\b.*\b(?:change|increase|decrease|decline|grow|rise|fall|drop|shrink|"
    r"grown|risen|fallen|shrunk)(?:e?d)?\b|"
    r"(?:roi|returns?) (?:of|on) (?:an? |the )?(?:investment|shares?|stock)\b.*\bfrom\b|\btotal return\b.*\bfrom\b|"
    r"(?:wie ?viel prozent|prozentual\w*)|"
    r"(?:wuchs|gewachsen|wachstum|croissance|crecimiento|crescita|crescimento|groei))",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"\b(?:difference|differ|net change|change (?:in|of|from|between)|by how (?:much|many)|"
    r"how (?:much|many)\b.*\b(?:more|less|fewer|higher|lower|greater|smaller|increase|decrease|grow|decline|drop|rise|"
    rf"change|{_COMPARATIVE})\w*|(?:increase|decrease) (?:in|of|from)|unterschied|differenz|veränderung|"
    r"wie viel (?:mehr|weniger)|différence|diferencia|differenza|diferença|verschil)\b",
    re.IGNORECASE,
)
# What something differs from is told, not what differs: no change over years is asked for.
_ONE_SIDE = re.compile(r"\bdifference (?:with|to|against|versus)\b|\bunterschied zu\b", re.IGNORECASE)
_FROM_THE_FIRST = re.compile(  # "what was A in 2015, and what was its difference with B?"
    r"^\W*(?:what|how much) (?:is|was|were|are)\s+(?P<first>.+?),? and (?:(?:what|how much) (?:is|was|were|are)\s+)?"
    r"(?:the |its |their )?(?:\w+ )?difference (?:with|to|against|versus|from) (?P<second>.+)",
    re.IGNORECASE,
)
_AVERAGE = re.compile(r"\b(?:average|mean|durchschnitt\w*|moyenne|promedio|media|média|gemiddeld\w*)\b", re.IGNORECASE)
_SUM = re.compile(
    r"\b(?:total|sum|combined|altogether|together|collectively|summe|insgesamt|zusammen|somme|total|suma|somma|soma|"
    r"totaal)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:what (?:is|was|were|are)|how (?:much|many)|by how (?:much|many)|calculate|compute|the|percentage|percent|"
    r"growth rate|year[- ]over[- ]year|year[- ]on[- ]year|net change|change[ds]?|difference|differ(?:ed)?|increased?|"
    r"decreased?|grew|grow|growth|declined?|rise|rose|fall|fell|drop(?:ped)?|shrink|shrank|(?:by )?what|did|has|more|"
    r"less|fewer|higher|lower|greater|compared (?:to|with)|between|from|"
    r"roi|returns? (?:of|on)|(?:of )?an? investment in|"
    r"combined|average|mean|sum of|for the years?(?: ended)?|respectively|in millions|in billions|in thousands|"
    r"\d[- ]years?(?= (?:average|mean|growth|change|total|sum|period|trend|compound))|annual)\b|%",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?:19|20)\d\d\s*(?:,|and|&|und|et|y|e|en)\s*(?:(?:and|\w+)\s+)?(?:19|20)\d\d|\bcombined\b|\bsum of\b|"
    r"\bfrom\b.*\b(?:to|through)\b|(?:19|20)\d\d (?:to|through|-|–) (?:19|20)\d\d",
    re.IGNORECASE,
)
_TREND = re.compile(
    r"\bcompar\w*|\bhow (?:did|has|have|do|does)\b.*\b(?:develop|evolv|chang)\w*|\bconsistent\b|\btrend\b",
    re.IGNORECASE,
)
_SIDE_BY_SIDE = re.compile(
    r"\bcompar\w*|\bversus\b|\bvs\b|\bvergl(?:eich\w*|ich\w*)|\bconfront\w*|\bvergelijk\w*", re.IGNORECASE
)
_YES_NO = re.compile(r"^\W*(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)\b", re.IGNORECASE)
_NAMED_YEAR = re.compile(r"\b(?:FY|CY)?\s?'?(?:19|20)\d\d\b(?!,\d)", re.IGNORECASE)
_RANGE = re.compile(r"((?:19|20)\d\d)\s*(?:-|–|—|to|through|until|bis|à|a)\s*(?:FY\s?)?((?:19|20)\d\d)", re.IGNORECASE)
_DECIMALS = re.compile(r"\b(\w+) (?:decimal|decimals|nachkommastellen?|décimales?|decimales)\b", re.IGNORECASE)
_PERCENT = re.compile(r"percent|prozent|pourcent|por ciento|%", re.IGNORECASE)
_COUNTED_IN = re.compile(r"\bin (?:usd |us dollars? |\$ ?)?(thousand|million|billion)s?\b", re.IGNORECASE)
_FACTORS = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_DEFINED = re.compile(
    r"\b(?:is|are)? ?(?:here )?(?:defined as|define \w[\w ]*? as|computed as|calculated as)\s*:?\s*"
    r"(?P<formula>.+?)(?:\.(?!\d)|[?!;]|$)",
    re.IGNORECASE,
)
_DEFINE = re.compile(r"\bdefine (?P<name>[\w ]{3,40}?) as (?P<formula>.+?)(?:\.(?!\d)|[?!;]|$)", re.IGNORECASE)
_COMPARES = re.compile(
    r"\b(?:improv|worsen|increas|decreas|chang|grow|grew|rise|rose|fall|fell|declin)\w*", re.IGNORECASE
)


def asked(question: str) -> Asked | None:
    """The operation over figures that a question asks for; None where it asks for none.

    >>> asked("What percentage of total assets is cash in 2020?")
    Asked(operation=<Operation.SHARE: 'share'>, first='cash in 2020', second='total assets')
    >>> asked("Who signed the lease?") is None
    True
    """
    text = re.sub(r"\([^()]*(?:round|unit|decimal)[^()]*\)", " ", without_form(question)).strip().rstrip("?!. ")
    if _YES_NO.search(text):
        return None
    for pattern in _SHARE:
        if match := pattern.search(text):
            return Asked(Operation.SHARE, match["first"], match["second"])
    for pattern in _MULTIPLE:
        if match := pattern.search(text):
            return Asked(Operation.MULTIPLE, match["first"], match["second"])
    if match := _RATIO.search(text):
        return Asked(Operation.MULTIPLE, match["first"], _of_the_same(match["first"], match["second"], match["same"]))
    years = years_of(text)
    if _GROWTH.search(question):
        return Asked(Operation.GROWTH, bare(text))
    if _DIFFERENCE.search(text):
        for pattern in _TWO_SIDES:
            if len(years) < 2 and (match := pattern.search(text)):
                by = match.groupdict().get("by") or ""
                return Asked(Operation.DIFFERENCE, f"{match['first']}{by}", match["second"])
        if len(years) < 2 and (match := _FROM_THE_FIRST.search(text)):
            return Asked(Operation.DIFFERENCE, match["first"], match["second"])
        return None if len(years) < 2 and _ONE_SIDE.search(text) else Asked(Operation.DIFFERENCE, bare(text))
    if len(spelled_years(text)) > 1 and _AVERAGE.search(text):
        return Asked(Operation.AVERAGE, bare(text))
    is_sum = len(years) > 1 and _SUM.search(text) and _LISTED.search(text) and not _SIDE_BY_SIDE.search(text)
    return Asked(Operation.SUM, bare(text)) if is_sum else None


def _of_the_same(first: str, second: str, same: str | None) -> str:
    """The second figure, with what it is of the two: of "the speed of A to that of B" the speed of B."""
    what = re.match(r"(.+?) (?:of|for|in) ", first) if same else None
    return f"{what[1]} of {second}" if what else second


def is_set_against(question: str) -> bool:
    """Whether a question asks for a figure and, in a second breath, for its difference with another one.

    >>> is_set_against("What was the tax in 2015, and what was its difference with the federal tax?")
    True
    """
    return _FROM_THE_FIRST.search(without_form(question)) is not None


def definition(question: str) -> str:
    """The formula that a question gives for what it asks; "" where it gives none."""
    match = _DEFINE.search(question) or _DEFINED.search(question)
    text = match["formula"] if match else ""
    text = " ".join(_NAMED_YEAR.sub(" ", text).split())
    return re.sub(r"\s+divided by\s+", " / ", text)


def without_form(question: str) -> str:
    """The question without the sentences that tell how the answer is to look."""
    kept = [
        sentence
        for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z])", question)
        if not re.match(
            r"(?:please )?(?:answer|round|base|give|calculate \(or|address|write)\b", sentence, re.IGNORECASE
        )
    ]
    return " ".join(kept) or question


def bare(text: str) -> str:
    """The words that name the figure, without the operation and the years."""
    without = _NAMED_YEAR.sub(" ", _WORDS.sub(" ", text))
    return " ".join(without.split()).strip(" ,;:-–?")


def spelled_years(text: str) -> list[str]:
    """The years of a question, a range filled in, oldest first.

    >>> spelled_years("the average from FY2017 - FY2019")
    ['2017', '2018', '2019']
    """
    years = set(years_of(text))
    for first, last in _RANGE.findall(text):
        if 0 < int(last) - int(first) <= 12:
            years |= {str(year) for year in range(int(first), int(last) + 1)}
    return sorted(years)


def decimals(question: str) -> int | None:
    """How many decimals are asked for."""
    match = _DECIMALS.search(question)
    return _NUMBER_WORDS.get(match[1].lower()) if match else None


def asks_percent(question: str) -> bool:
    return _PERCENT.search(question) is not None


def asks_average(question: str) -> bool:
    return _AVERAGE.search(question) is not None


def asks_change(question: str) -> bool:
    return _COMPARES.search(question) is not None and not asks_trend(question)


def asks_trend(question: str) -> bool:
    """Whether a figure is to be set beside the same of another year: "how does it compare", "is it improving"."""
    return _TREND.search(question) is not None or (
        _YES_NO.search(question) is not None and _COMPARES.search(question) is not None
    )


def counted_in(question: str) -> tuple[int | None, str]:
    """The factor that an amount is asked in, and its word: 1,000,000 and "million" for "in USD millions"."""
    match = _COUNTED_IN.search(question)
    return (_FACTORS[match[1].lower()], match[1].lower()) if match else (None, "")
