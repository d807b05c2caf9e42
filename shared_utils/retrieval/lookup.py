"""Looking a value up: the row of a table, and the columns of it, that a question names.

A row's score is the share of the question's words that its label, the names over its columns and the lines over its
table hold, by idf among the rows that come into question, times the share of its own label that was asked for: "total
revenue" is no answer for "revenue per share". What stands over a column decides which of the row's values it is; where
nothing does, all of them are meant. Where no year is asked for, the newest comes first. Where the question tells a
value ("which mode is for moving subjects?"), the row that holds it is the answer.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import nlargest

from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_words
from shared_utils.retrieval.table_rows import Fact, TableRow, is_year, rows_of, tells_share, years_of
from shared_utils.retrieval.wholes import of_the_whole
from shared_utils.tables.texts import label_and_value
from shared_utils.text.asking import asks_reason
from shared_utils.text.dates import MONTH_OF
from shared_utils.text.folding import fold
from shared_utils.text.subject import OF_THE_SUBJECT, names_in, on_most
from shared_utils.text.subtracted import asks_without
from shared_utils.text.words import other_forms, stem, terms
from shared_utils.types import Page, Table

__all__ = ["OF_ASKING", "SURE", "Fact", "LookUp", "asks_no_figure", "look_up", "look_ups", "years_of"]

SURE = 0.32  # from this score on, a look-up is shown first; see docs/benchmarks.md
_HEAD, _GROUP, _TITLE, _ABOVE, _SAID = 0.9, 0.8, 0.6, 0.35, 0.8  # what a word counts where it stands
_OTHER_YEAR = 0.3
_OTHER_GROUP = 0.85  # for a row of one segment where none is asked for and the table has its like of others
_A_YEAR_OLDER = 0.97  # enough to choose between rows that are alike
_OLDEST = 0.8
_WORDS_FOR_A_VALUE = 0.76  # sentences in a table are quoted as well as looked up, and more surely
_NOT_OF_THE_KIND = 0.5
_MOST_VALUES = 6  # of one row, where nothing tells which is meant
_MOST_READINGS = 12  # of one question: its own words, then each name that is printed in another way
_LONG_VALUE = 40  # characters
_OF_A_NAME = frozenset(terms("inc co corporation company plc ltd group holdings ag gmbh kg sa nv spa se"))
_TOLD = 0.97  # how precise the shortest value is that tells what was asked; the whole of it is 1
_HEADING_SAID = 1.8  # for a table whose heading the question says word for word
_AS_GOOD = 0.85  # of the best score: among such the row of a whole goes before that of a part
_ADDRESSED = 1.2  # for the row of a field whose label and names are all said
_IN_ORDER = 1.02  # enough to choose "Net income" before "Other income, net", where net income is asked for
_SIGNS = re.compile(r"[^\w'’&/-]+")
_LEFT_OUT = 0.2  # what a word counts that tells only what a row's values are without
_ASKED_OF = re.compile(
    r"^\W*(?:what|how much) (?:is|are|was|were) (?:the )?(?P<what>[^,;:?]+?)"
    r"(?: (?:applied|charged|set|related|relating|attributable|due))? (?:of|for|on|to|against)\b",
    re.IGNORECASE,
)
_IN_ALL = re.compile(
    r"\b(?:overall|in all|altogether|all together|(?:state|nation|country|world|company)-?wide|nationally|insgesamt|"
    r"au total|en total|in totale|no total|in totaal)\b",
    re.IGNORECASE,
)
_SIGN_WORDS = frozenset(terms("less plus add total net gross"))  # before a label, they tell how its value counts
_MISSING = 0.5  # of the rarest word's weight: what a word counts that no row holds
_ASKS_HOW = re.compile(
    r"^\W*(?:how (?!.*\b(?:develop|chang|compar|differ|evolv|grow|grew|rise|rose|fall|fell)\w*)"
    r"(?:do|does|did|can|could|should|to|is|are|was|were|will|would)|what (?:are|were) the (?:\w+ )?"
    r"(?:steps|components|methods|ways|reasons))\b",
    re.IGNORECASE,
)
_ASKS_HOW_MANY = re.compile(
    r"\b(?:how many|number of|wie ?viele|anzahl|combien d|nombre d|cu[aá]nt[oa]s|quant[oaie]s?|n[úu]mero d|hoeveel)",
    re.IGNORECASE,
)
_ASKS_RATE = re.compile(
    r"^\W*(?:(?:at|by) )?(?:what|which)(?: (?:is|was|were|are) the)?(?: [\w-]+){0,3}? rates?\b", re.I
)
_RATE = re.compile(r"%|\brates?\b|\bper ?cent|\bratio\b|\byield\b", re.IGNORECASE)
_ASKS_WHO = re.compile(r"^\W*(?:who|whom|whose|wer|qui|quién|quem|chi|wie is)\b", re.IGNORECASE)
# "at the end of 2017", "for the year ended …" say when, and so do the heads of most columns of a report.
_TYPES = {
    "year": re.compile(
        r"^\W*(?:(?:in|from|of|since|for) )?(?:what|which) year\b|^\W*(?:in |aus |von )?welche[mns]? jahr"
        r"|^\W*(?:de |en )?quelle année|^\W*(?:de |en )?qu[eé] año|^\W*(?:di |in )?(?:che|quale) anno"
        r"|^\W*(?:de |em )?(?:que|qual) ano|^\W*(?:in |uit )?welk jaar",
        re.IGNORECASE,
    ),
    "share": re.compile(
        r"^\W*(?:by )?(?:what|which|how many) (?:is the )?per ?cent(?:age)?\b|^\W*(?:um |zu )?wie ?viel(?:e)? prozent"
        r"|^\W*quel (?:est le )?pourcentage|^\W*(?:qu[eé]|cu[aá]l es el) porcentaje|^\W*(?:che|quale) percentuale"
        r"|^\W*(?:que|qual) (?:é a )?(?:porcentagem|percentagem)|^\W*(?:welk|hoeveel) (?:percentage|procent)",
        re.IGNORECASE,
    ),
}
_OF_A_PERIOD = re.compile(
    r"\b(?:at|as of|by) (?:the )?(?:year[- ]?end|end) of\b|\b(?:at )?year[- ]end\b"
    r"|\b(?:fiscal |financial )?(?:years?|periods?|quarters?)[ -](?:ended|ending|ends)\b",
    re.IGNORECASE,
)
_A_PART = frozenset(terms("segment segments division subsidiary region"))  # whose figures are not the whole's
_WHOLE = frozenset(terms("consolidated total combined whole all group overall company"))
# Words that say that a value is asked for, not which.
OF_ASKING = frozenset(
    terms(
        "reported amount value figure number level company organization firm earn earned earnings spend spent pay paid "
        "account state stated end ended year years fiscal quarter have had did per much many long high report reports "
        "according inc corporation corp plc ltd group during total overall give find what is specific listed recorded "
        "indicate indicated use used provided required recommended"
    )
) | frozenset(
    stem(language, fold(word))
    for language, words in {
        "german": "hoch betragen beträgt betrug betrugen lautet lauten heißt kostet kosten viel viele lang groß oft "
        "insgesamt betrag wert zahl höhe jahr jahre angegeben gibt gab liegt lag",
        "french": "élevé élève élevait montant valeur chiffre nombre numéro année combien total coûte vaut",
        "spanish": "cuánto cuánta cuántos cuántas importe valor cifra número año asciende total cuesta hay",
        "italian": "quanto quanta quanti quante importo valore cifra numero anno ammonta totale costa",
        "portuguese": "quanto quanta quantos quantas montante valor número ano total custa há",
        "dutch": "hoeveel hoog bedrag bedraagt bedroeg waarde aantal jaar totaal kost",
    }.items()
    for word in words.split()
)
_MONTHS = frozenset(term for name in MONTH_OF for term in terms(name))
_DEGREES = {
    "highest": "high",
    "lowest": "low",
    "largest": "large",
    "longest": "long",
    "maximum": "max",
    "minimum": "min",
}


@dataclass(frozen=True, slots=True)
class LookUp:
    """Values of one row, in the order of their columns. `score` is 1 where all is accounted for that was asked."""

    document_id: str
    page: Page
    table: Table
    facts: tuple[Fact, ...]
    score: float
    row: TableRow


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question looks for in tables: words with their weights, years, and names that tell no row from another."""

    weights: Mapping[str, float]
    years: frozenset[str]
    subject: frozenset[str] = frozenset()  # names of what the documents are about
    names: frozenset[str] = frozenset()  # all names of the question
    what: frozenset[str] = frozenset()  # that of which something is asked: "allowance for debts", two words at least
    type: str = ""  # of value: "year", "share", "count", "" for any
    is_without: bool = False  # asks for something without a part of it, as "income before taxes"


def look_up(
    question: str, pages: Iterable[tuple[str, Page, float]], *, glossary: Glossary = NO_GLOSSARY
) -> LookUp | None:
    """The value of a table that a question asks for, None where no row's label speaks to it or a reason is asked for.

    `pages` are (document id, page, how well the page speaks to the question: 0 … 1). `glossary` gives other names.
    """
    return next(iter(look_ups(question, pages, glossary=glossary)), None)


def look_ups(
    question: str, pages: Iterable[tuple[str, Page, float]], *, glossary: Glossary = NO_GLOSSARY, most: int = 1
) -> list[LookUp]:
    """The `most` rows of tables that speak to a question, the best first; [] where a reason is asked for."""
    if asks_reason(question):
        return []
    rows = [row for document_id, page, s in pages for row in rows_of(document_id, page, s)]
    return ranked(question, rows, glossary, most=most)


def look_up_in(
    question: str,
    rows: Sequence[TableRow],
    glossary: Glossary = NO_GLOSSARY,
    years: frozenset[str] | None = None,
) -> LookUp | None:
    """The same among rows that are known, for the years that the question names or those that are handed in."""
    return next(iter(ranked(question, rows, glossary, years)), None)


def ranked(
    question: str,
    rows: Sequence[TableRow],
    glossary: Glossary = NO_GLOSSARY,
    years: frozenset[str] | None = None,
    most: int = 1,
) -> list[LookUp]:
    """The `most` rows that speak to a question, each in the reading of it that suits the row best, the best first."""
    years = years_of(question) if years is None else years
    newest = max((int(year) for row in rows for told in row.years for year in told), default=0)
    labels = {word for row in rows if all(map(str.isdigit, row.label)) for word in row.label}  # years may be, too
    of_years = math.log(1 + len(rows)) / 2
    alike = Counter((id(row.table), row.label) for row in rows)
    best: dict[int, tuple[float, Asked]] = {}
    question = _OF_A_PERIOD.sub(" ", question)
    subject, names, is_without = _subject(question, rows), names_in(question), asks_without(question)
    what = _what(question)
    around = _labels_of_tables(rows) if what else {}
    told = _as_told(question, rows)
    in_all = _of_the_whole(question)
    whole = [([*(word for word in told if word not in in_all), "total"], frozenset(("total",)))] if in_all else []
    for words, printed in (*readings(told, glossary), *whole):
        weights = _weights(question, words, subject, rows) | dict.fromkeys(years & labels, of_years)
        asked = Asked(weights, years, subject, names, what, _type_of(question), is_without)
        for place, row in enumerate(rows):
            if not (printed <= row.label or any(printed <= heads for heads in row.heads)):
                continue
            is_one_of_several = alike[id(row.table), row.label] > 1
            labels_around = around.get(id(row.table), frozenset())
            score = _score(row, asked, newest, is_one_of_several, labels_around)
            if score <= 0:
                continue
            score *= _of_the_kind(question, row, row.facts if _are_alike(row.facts) else _meant(row, asked))
            score *= _HEADING_SAID if _says(question, row.heading) else 1.0
            score *= _IN_ORDER if score >= SURE and _is_label_in(words, row) else 1.0
            if score > 0 and (place not in best or score > best[place][0]):
                best[place] = score, asked
    first = nlargest(most, best.items(), key=lambda each: each[1][0])
    first = _whole_first(first, best, rows)
    return [
        LookUp(row.document_id, row.page, row.table, _meant(row, asked), min(score, 1.0), row)
        for row, score, asked in ((rows[place], score, asked) for place, (score, asked) in first)
    ]


def _whole_first(
    first: list[tuple[int, tuple[float, Asked]]], best: Mapping[int, tuple[float, Asked]], rows: Sequence[TableRow]
) -> list[tuple[int, tuple[float, Asked]]]:
    """The rows as they are ranked, that of the whole before the same row of one of its parts."""
    if not first:
        return first
    place, (score, asked) = first[0]
    near = {id(rows[at]): at for at, (other, _) in best.items() if other >= _AS_GOOD * score}
    whole = of_the_whole(rows[place], (rows[at] for at in near.values()), frozenset(asked.weights))
    if whole is rows[place]:
        return first
    at = near[id(whole)]
    return [(at, (score, best[at][1])), *(one for one in first if one[0] != at)][: len(first)]


def _of_the_whole(question: str) -> frozenset[str]:
    """The words by which a question asks for a total without saying so: "in all", "statewide"."""
    return frozenset(terms(" ".join(_IN_ALL.findall(question))))


def _as_told(question: str, rows: Sequence[TableRow]) -> list[str]:
    """The words of a question, each in the form that rows have: a label tells no language to stem it by."""
    words, others = question_words(question), other_forms(question)
    held = frozenset().union(*(row.words for row in rows)) if others else frozenset[str]()
    in_rows = {here: form for form, here in others.items() if form in held}
    return [word if word in held else in_rows.get(word, word) for word in words]


def readings(words: Sequence[str], glossary: Glossary) -> Iterator[tuple[list[str], frozenset[str]]]:
    """The words as they are, then with each name of the glossary among them in the ways it is printed, and that way."""
    yield list(words), frozenset()
    count = 1
    for name, printed in glossary.items():
        at = next((i for i in range(len(words) - len(name) + 1) if tuple(words[i : i + len(name)]) == name), None)
        if at is None:
            continue
        for item in printed:
            if count < _MOST_READINGS and list(item) != list(name):
                count += 1
                yield [*words[:at], *item, *words[at + len(name) :]], frozenset(item)


def _weights(question: str, words: Sequence[str], subject: Set[str], rows: Sequence[TableRow]) -> dict[str, float]:
    """idf among the rows; what none of them holds counts less, and not at all where it is a name or says nothing."""
    asked = {word for word in words if not is_year(word)} | {
        base for said, base in _DEGREES.items() if said in question.lower()
    }
    held = Counter(word for row in rows for word in row.words & asked)
    rarest = math.log(1 + len(rows))
    names = names_in(question)

    def weight(word: str) -> float:
        if held[word]:
            counts = OF_THE_SUBJECT if word in subject else 0.4 if word in OF_ASKING else 1.0
            return math.log(1 + len(rows) / held[word]) * counts
        return 0.0 if word in OF_ASKING or word in names or word in _DEGREES else rarest * _MISSING

    return {word: weight(word) for word in asked}


def _subject(question: str, rows: Sequence[TableRow]) -> frozenset[str]:
    """The names in a question that stand on nearly all of the rows' pages."""
    pages = {(row.document_id, row.page.number): row.page.text for row in rows}
    return on_most(names_in(question), pages.values())


def _says(question: str, heading: str) -> bool:
    """Whether a question has a table's heading word for word, small words too: "Up button" is not "Down button"."""
    words = heading.split()
    return len(words) > 1 and f" {' '.join(words).lower()} " in f" {_SIGNS.sub(' ', question).lower()} "


def _is_label_in(words: Sequence[str], row: TableRow) -> bool:
    """Whether a row's label stands among the words in its own order."""
    label = terms(row.facts[0].labels[-1].text)
    return bool(label) and any(words[i : i + len(label)] == label for i in range(len(words) - len(label) + 1))


def _are_alike(facts: Sequence[Fact]) -> bool:
    """Whether all values of a row are figures, or none is: then it need not be told which are meant."""
    kinds = {(any(map(str.isdigit, fact.value.text)), len(fact.value.text) < _LONG_VALUE) for fact in facts}
    return len(kinds) == 1


def _of_the_kind(question: str, row: TableRow, meant: Sequence[Fact]) -> float:
    """How well the kind of the values that are `meant` suits what is asked for: a figure, a name, or how something is
    done. What stands in other columns, such as remarks, does not tell."""
    figures = sum(any(character.isdigit() for character in fact.value.text) for fact in meant)
    are_figures = 2 * figures >= len(meant) and all(len(fact.value.text) < _LONG_VALUE for fact in meant)
    if label_and_value(row.facts[0].labels[-1].text) is not None and _ASKS_HOW_MANY.search(question):
        return _NOT_OF_THE_KIND  # "Outstanding shares — 491": what stands beside it is no number of shares
    if are_figures:
        if _ASKS_RATE.search(question) and not _tells_rate(row):
            return _NOT_OF_THE_KIND  # an amount is no answer to what interest rate it bears
        return _NOT_OF_THE_KIND if asks_no_figure(question) else 1.0
    return _WORDS_FOR_A_VALUE


def _tells_rate(row: TableRow) -> bool:
    """Whether a row's values are rates: by their sign, or by a name beside or over them."""
    cells = {cell for fact in row.facts for cell in (fact.value, *fact.heads, *fact.labels)}
    return any(_RATE.search(cell.text) for cell in cells) or _RATE.search(row.table.caption) is not None


def asks_no_figure(question: str) -> bool:
    """Whether a question asks how something is done, or who.

    >>> asks_no_figure("How does the port record dues?"), asks_no_figure("How much were the dues?")
    (True, False)
    """
    return bool(_ASKS_HOW.search(question) or _ASKS_WHO.search(question))


def _what(question: str) -> frozenset[str]:
    """The words of what is asked for, before those that tell of what it is: "the allowance for bad debts"."""
    found = _ASKED_OF.match(question)
    words = frozenset(question_words(found["what"])) - _SIGN_WORDS if found else frozenset()
    return words if len(words) > 1 else frozenset()


def _type_of(question: str) -> str:
    """Whether a question asks for a year, for a share or for how many."""
    told = next((name for name, asks in _TYPES.items() if asks.search(question)), "")
    return told or ("count" if _ASKS_HOW_MANY.search(question) else "")


def _is_of_type(fact: Fact, type_: str) -> bool:
    """Whether a value is of the type asked for: a year itself, or a share by its sign or the name over it."""
    if type_ == "year":
        return is_year(fact.value.text.strip())
    is_share = any(tells_share(cell.text) for cell in (fact.value, *fact.heads[-1:]))
    return not type_ or is_share == (type_ == "share")


def _labels_of_tables(rows: Sequence[TableRow]) -> dict[int, frozenset[str]]:
    """id of each table -> the words of all of its labels."""
    labels: dict[int, set[str]] = {}
    for row in rows:
        labels.setdefault(id(row.table), set()).update(row.label)
    return {table: frozenset(words) for table, words in labels.items()}


def _score(
    row: TableRow, asked: Asked, newest: int, is_one_of_several: bool, around: frozenset[str] = frozenset()
) -> float:
    wanted = frozenset(asked.weights)
    if wanted.isdisjoint(row.words):
        return 0.0
    left_out = frozenset() if asked.is_without else wanted & row.left_out
    by_label = (wanted & row.label) - left_out
    said: frozenset[str] = max((wanted & words for words in row.said), key=len, default=frozenset())
    is_said = len(said) > 1 or _says_the_rest(row, wanted)
    by_value = {word for word in said if not word.isdigit()} - by_label if is_said else set[str]()
    figures = {word for words in row.said for word in wanted & words if len(word) > 3 and word[0].isdigit()}
    if not by_label and not by_value and not figures:
        return 0.0
    weights = asked.weights
    named: frozenset[str] = max(
        (wanted & heads for heads in row.heads), key=lambda words: sum(weights[w] for w in words), default=frozenset()
    )
    found, seen = 0.0, set[str]()
    for words, counts in (
        (by_label, 1.0),
        (figures, 1.0),
        (named, _HEAD),
        (wanted & row.groups, _GROUP),
        (by_value, _SAID),
        (wanted & row.title, _TITLE),
        (wanted & row.above, _ABOVE),
        (left_out, _LEFT_OUT),
        (wanted & around if asked.what and row.own - _SIGN_WORDS == asked.what else frozenset(), _ABOVE),
    ):
        found += counts * sum(weights[word] for word in words - seen)
        seen |= words
    covered = found / (sum(weights.values()) or 1.0)
    own = row.own or row.label
    precise = sum(word in weights and word not in left_out for word in own) / (len(own) or 1)
    if by_value or figures:
        precise = _TOLD + (1 - _TOLD) * len(said) / min((len(words) for words in row.said if said <= words), default=1)
    elif _names_the_subject(own, asked) and not _of_something(named | row.groups | row.title, asked):
        return 0.0  # a row of the company itself is no answer to what its goodwill is
    score = covered * (1 + precise) / 2 * (3 + row.page_score) / 4
    score *= _ADDRESSED if _is_addressed(own, row.heads, wanted) else 1.0
    told = frozenset().union(*row.years)
    if asked.years and told and not asked.years & told:
        return score * _OTHER_YEAR
    if is_one_of_several and (
        _lost_its_group(row) or (row.groups and not wanted & row.groups and not row.groups & _WHOLE)
    ):
        score *= _OTHER_GROUP
    if _A_PART & (row.title | row.groups) and not (_A_PART & wanted or row.label & _WHOLE):
        score *= _OTHER_GROUP
    if row.title:
        score *= 0.95 + 0.05 * len(wanted & row.title) / len(row.title)
    if told and not asked.years and not by_value:
        score *= max(_OLDEST, _A_YEAR_OLDER ** (newest - int(max(told))))
    return score


def _is_addressed(own: frozenset[str], heads: Sequence[frozenset[str]], wanted: frozenset[str]) -> bool:
    """Whether a question has all words of a row's label and all of the names over one of its columns, not over all."""
    if not own <= wanted or not own - OF_ASKING or len(set(heads)) < 2:
        return False
    return any(names <= wanted and any(map(str.isalpha, names - OF_ASKING)) for names in heads)


def _lost_its_group(row: TableRow) -> bool:
    """Whether a row is the first of a table that goes on from the page before, where its group may be named."""
    return not row.groups and row.table.before is not None and row.facts[0].value.row == 0


def _says_the_rest(row: TableRow, wanted: frozenset[str]) -> bool:
    """Whether one value and the names over it have every word that is asked for: "AA battery", under "NP-1000"."""
    each = zip(row.said, row.heads, strict=True)
    return any(wanted <= said | heads and wanted & said and wanted & heads for said, heads in each)


def _names_the_subject(own: frozenset[str], asked: Asked) -> bool:
    """Whether a row is called as the company is that the documents are about: "Best Buy Co., Inc." """
    bare = own - _OF_A_NAME
    return bool(bare) and (bare <= asked.subject or (bare != own and bare <= asked.names))


def _of_something(words: frozenset[str], asked: Asked) -> bool:
    """Whether names over a column hold a word of the question that is no name and no part of a date."""
    others = _MONTHS | OF_ASKING | asked.names
    return any(word in asked.weights and not word[0].isdigit() and word not in others for word in words)


def _meant(row: TableRow, asked: Asked) -> tuple[Fact, ...]:
    """The values whose heads the question names: of its years where it names some, then of its words."""
    values = list(zip(row.facts, row.heads, row.years, strict=True))
    values = [value for value in values if _is_of_type(value[0], asked.type)] or values
    if asked.years and any(asked.years & told for _, _, told in values):
        values = [value for value in values if asked.years & value[2]]
        values = [value for value in values if value[2] <= asked.years] or values  # before "% change 2022-2021"
    # Neither what stands over all columns tells one, nor the 4 of "4-year bonds".
    shared = frozenset.intersection(*(heads for _, heads, _ in values)).union(filter(str.isdigit, row.label))
    named = [sum(asked.weights[word] for word in (heads - shared) & asked.weights.keys()) for _, heads, _ in values]
    most = max(named, default=0.0)
    if most > min(named, default=0.0):
        values = [value for value, weight in zip(values, named, strict=True) if weight >= 0.6 * most]
    return tuple(fact for fact, _, _ in values)[:_MOST_VALUES]
