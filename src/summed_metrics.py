"""The numbers of several processes as one text: what each has counted, and what all of them together do now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

_OWN = ("process_",)  # of one process by their nature: memory, open files, its start
_SHARED = ("footnote_queue_waiting",)  # of a line that all share: each tells the whole


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a process told, in Prometheus' text form, and whether it is alive: what one that ended was doing is over."""

    text: str
    alive: bool


def summed(told: Sequence[Numbers]) -> bytes:
    """Counters and histograms of all, gauges of those that live, in Prometheus' text form."""
    families: dict[str, Metric] = {}
    values: dict[tuple[str, str, tuple[tuple[str, str], ...]], float] = {}
    for family, alive in _families(told):
        if family.name.startswith(_OWN) or (family.type == "gauge" and not alive):
            continue
        families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
        for sample in family.samples:
            place = family.name, sample.name, tuple(sample.labels.items())
            before = values.get(place, 0.0)
            values[place] = max(before, sample.value) if family.name in _SHARED else before + sample.value
    for (family_name, sample_name, labels), value in values.items():
        families[family_name].add_sample(sample_name, dict(labels), value)
    return generate_latest(_Collected(families.values()))


def _families(told: Sequence[Numbers]) -> Iterator[tuple[Metric, bool]]:
    for numbers in told:
        for family in text_string_to_metric_families(numbers.text):
            yield family, numbers.alive


@dataclass(frozen=True, slots=True)
class _Collected:
    families: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families
