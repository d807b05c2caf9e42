"""The names of figures: how they are printed, and how those are computed that are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared_utils.calculation.formula import Formula, items_of, parsed
from shared_utils.retrieval.question import Glossary
from shared_utils.text.words import terms

Name = tuple[str, ...]
"""The index terms of a name, in order."""


class Form(StrEnum):
    """How a result is written."""

    PERCENT = "percent"
    SHARE = "share"  # of a whole: in whole percent, with two decimals beside it, where no precision is asked for
    NUMBER = "number"
    DAYS = "days"
    AMOUNT = "amount"  # in what its operands count


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure that is computed. `name` is what the file calls it, `called` all that it is asked for by; of its
    `formulas` the first counts whose items are all found."""

    name: str
    called: tuple[Name, ...]
    formulas: tuple[Formula, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class Formulary:
    """`items` tells for the terms of a name how it is printed, best first; `ratios` are in no order."""

    items: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)
    ratios: tuple[Ratio, ...] = ()
    paid: frozenset[tuple[str, ...]] = frozenset()  # labels of items whose sign tells only that they are paid out
    columns: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)  # what stands over them for a name
    glossary: Glossary = field(init=False)
    """Name -> the terms of each label that it may be printed as; of a ratio, what it is called first."""

    def __post_init__(self) -> None:
        """The glossary is made once: it takes as long as a quarter of an answer, and each question looks into it."""
        firsts = [(one, terms(one.name)) for one in self.ratios]
        ratios = {other: [first] for one, first in firsts for other in one.called if [*other] != first}
        known = {**self.columns, **self.items}
        printed = {name: [terms(label) for label in labels] for name, labels in known.items()}
        object.__setattr__(self, "glossary", ratios | printed)

    def is_paid(self, name: str) -> bool:
        """Whether an item counts without its sign."""
        return self.printed(name) in self.paid

    def item_in(self, words: Sequence[str]) -> Name:
        """The item that is named longest among the terms of a question; () where none is."""
        return max((name for name in self.items if _holds(words, name)), key=len, default=())

    def printed(self, name: str) -> tuple[str, ...]:
        """The labels a figure may stand beside; the name itself where it is not known by another."""
        found = self.items.get(tuple(terms(name)), ())
        return found if found else (name,)

    def ratio_in(self, words: Sequence[str]) -> Ratio | None:
        """The ratio that is named longest among the terms of a question."""
        named = [(len(name), ratio) for ratio in self.ratios for name in ratio.called if _holds(words, name)]
        return max(named, key=lambda pair: pair[0])[1] if named else None


def formulary_of(data: Mapping[str, Any]) -> Formulary:
    """From the tables of a TOML file, see src/answering/formulary.toml. Raises ValueError where one is not as told."""
    items = {tuple(terms(name)): tuple(labels) for name, labels in data.get("items", {}).items()}
    for name, other in data.get("synonyms", {}).items():
        if tuple(terms(other)) not in items:
            raise ValueError(f"the formulary has no item {other!r}, which {name!r} is said to be")
        items.setdefault(tuple(terms(name)), items[tuple(terms(other))])
    ratios = tuple(_ratio(name, entry) for name, entry in data.get("ratios", {}).items())
    paid = frozenset(items[tuple(terms(name))] for name in data.get("amounts", {}).get("paid", ()))
    columns = {tuple(terms(name)): tuple(labels) for name, labels in data.get("columns", {}).items()}
    return Formulary(items, ratios, paid, columns)


def _ratio(name: str, entry: Mapping[str, Any]) -> Ratio:
    told = entry["formula"]
    formulas = tuple(map(parsed, [told] if isinstance(told, str) else told))
    if not all(list(items_of(formula)) for formula in formulas):
        raise ValueError(f"the formula of {name!r} names nothing")
    called = tuple(tuple(terms(other)) for other in (name, *entry.get("names", ())))
    return Ratio(name, called, formulas, Form(entry.get("as", "number")))


def _holds(words: Sequence[str], name: Name) -> bool:
    return any(tuple(words[i : i + len(name)]) == name for i in range(len(words) - len(name) + 1))
