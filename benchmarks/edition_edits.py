"""Known edits of a document's blocks, from which `benchmarks.editions` makes another edition."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared_utils.text.quantities import quantities


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph of sentences, or a table of rows."""

    kind: str  # "heading", "paragraph" or "table"
    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done to `before`, which became `after`: `old` was exchanged for `new`."""

    kind: str
    before: str
    after: str
    old: str = ""
    new: str = ""


def edited(blocks: Sequence[Block], foreign: Sequence[Block], rng: random.Random) -> tuple[list[Block], list[Edit]]:
    """Another edition of the blocks, and what was done to them."""
    made = list(blocks)
    edits: list[Edit] = []
    plan = ["number"] * 6 + ["year"] * 3 + ["negation"] * 4 + ["obligation"] * 4 + ["name"] * 3
    places = [(b, s) for b, block in enumerate(made) if block.kind == "paragraph" for s in range(len(block.sentences))]
    rng.shuffle(places)
    for kind in plan:
        for place in places:
            b, s = place
            if (edit := _EDITS[kind](made[b].sentences[s], rng)) is not None:
                sentences = made[b].sentences
                made[b] = replace(made[b], sentences=(*sentences[:s], edit.after, *sentences[s + 1 :]))
                edits.append(edit)
                places.remove(place)
                break
    edits += _edit_tables(made, rng)
    untouched = [b for b, block in enumerate(made) if block.kind == "paragraph" and block == blocks[b]]
    _move(made, untouched, rng)
    edits += _drop_section(made, set(blocks), rng)
    edits += _add_section(made, foreign, rng)
    return made, edits


def _number(sentence: str, rng: random.Random) -> Edit | None:
    numbers = [q for q in quantities(sentence) if not q.is_year and not q.in_words and not q.ordinal]
    if not numbers:
        return None
    chosen = rng.choice(numbers)
    at = next((n for n in range(chosen.start, chosen.end) if sentence[n] in "12345678"), None)
    if at is None:
        return None
    new = str(int(sentence[at]) + 1)
    after = sentence[:at] + new + sentence[at + 1 :]
    return Edit("number", sentence, after, _word_at(sentence, at), _word_at(after, at))


def _year(sentence: str, rng: random.Random) -> Edit | None:
    years = [m for m in re.finditer(r"\b20[01]\d\b", sentence) if not re.search(r"[-–/.]\Z", sentence[: m.start()])]
    if not years:
        return None
    year = rng.choice(years)
    new = str(int(year[0]) + 7)
    return Edit("date", sentence, sentence[: year.start()] + new + sentence[year.end() :], year[0], new)


def _negation(sentence: str, rng: random.Random) -> Edit | None:
    verbs = list(re.finditer(r"\b(?:is|are|was|were|has|have|does|do|will|can)\b (?!not)", sentence))
    if not verbs:
        return None
    verb = rng.choice(verbs)
    return Edit("negation", sentence, f"{sentence[: verb.end()]}not {sentence[verb.end() :]}", "", "not")


def _obligation(sentence: str, rng: random.Random) -> Edit | None:
    other = {"must": "may", "may": "must", "shall": "should", "should": "shall", "will": "may", "can": "must"}
    duties = list(re.finditer(r"\b(?:must|may|shall|should|will|can)\b", sentence))
    if not duties:
        return None
    duty = rng.choice(duties)
    new = other[duty[0]]
    return Edit("obligation", sentence, sentence[: duty.start()] + new + sentence[duty.end() :], duty[0], new)


def _name(sentence: str, rng: random.Random) -> Edit | None:
    names = list(re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b", sentence))
    if not names:
        return None
    name = rng.choice(names)
    new = rng.choice(["Halvorsen", "Okonkwo", "Brightwater", "Castellane"])
    return Edit("name", sentence, sentence[: name.start()] + new + sentence[name.end() :], name[0], new)


_EDITS = {"number": _number, "year": _year, "negation": _negation, "obligation": _obligation, "name": _name}


def _edit_tables(made: list[Block], rng: random.Random) -> Iterator[Edit]:
    tables = [b for b, block in enumerate(made) if block.kind == "table"]
    for b in rng.sample(tables, min(3, len(tables))):
        rows = [list(row) for row in made[b].rows]
        fields = [(r, c) for r in range(1, len(rows)) for c in range(1, len(rows[0])) if re.search(r"\d\d", rows[r][c])]
        if not fields:
            continue
        r, c = rng.choice(fields)
        old = rows[r][c]
        at = next(m.start() for m in re.finditer(r"\d", old))
        rows[r][c] = f"{old[:at]}{int(old[at]) % 9 + 1}{old[at + 1 :]}"
        made[b] = replace(made[b], rows=tuple(map(tuple, rows)))
        yield Edit("cell", " ".join(made[b].rows[r][:1]), " ".join(rows[r]), old, rows[r][c])


def _move(made: list[Block], untouched: Sequence[int], rng: random.Random) -> None:
    """A paragraph stands elsewhere: no change."""
    if len(untouched) > 4:
        block = made.pop(rng.choice(untouched))
        made.insert(rng.randrange(len(made)), block)


def _drop_section(made: list[Block], original: set[Block], rng: random.Random) -> Iterator[Edit]:
    heads = [
        b
        for b, block in enumerate(made[:-2])
        if block.kind == "heading" and made[b + 1].kind == "paragraph" and {block, made[b + 1]} <= original
    ]
    if heads:
        at = rng.choice(heads)
        gone = [made.pop(at), made.pop(at)]
        yield from (Edit("dropped", text, "") for block in gone[1:] for text in block.sentences)
        yield Edit("dropped heading", gone[0].sentences[0], "")


def _add_section(made: list[Block], foreign: Sequence[Block], rng: random.Random) -> Iterator[Edit]:
    paragraphs = [block for block in foreign if block.kind == "paragraph" and len(block.sentences) > 1]
    if paragraphs:
        block = rng.choice(paragraphs)
        at = rng.randrange(len(made))
        made[at:at] = [Block("heading", ("Provisions that are new here",)), block]
        yield Edit("added heading", "", "Provisions that are new here")
        yield from (Edit("added", "", text) for text in block.sentences)


def _word_at(text: str, at: int) -> str:
    """The number that the character at `at` belongs to."""
    return next(m[0] for m in re.finditer(r"\d+(?:[.,]\d+)*", text) if m.start() <= at < m.end())
