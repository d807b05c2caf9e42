"""A sentence as data: its template and what fills it, until somebody says it in a reader's language.

Errors, notes, reasons and status lines are messages. Nobody recognises a finished sentence again, and nothing is
decided by the words of one: what a decision needs travels beside the message.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any, Union

Value = Union[str, int, float, tuple[str, ...], "Message"]
"""What fills a hole: text, a number, a list (said as one: "3–5, 7 and 9"), or a sentence within the sentence."""


@dataclass(frozen=True, slots=True)
class Message:
    """`str(message)` is the sentence in English; `bool(message)` whether there is one.

    Holes take Python's format codes for numbers: `{size:.0f}`, `{n:,}`; without values there are none. `one` is the
    template for a single one, where the hole `n` counts something.
    """

    template: str = ""
    values: tuple[tuple[str, Value], ...] = ()
    one: str = ""

    def __str__(self) -> str:
        if not self.values:
            return self.template
        single = bool(self.one) and self.count == 1
        return _Plain().vformat(self.one if single else self.template, (), dict(self.values))

    def __bool__(self) -> bool:
        return bool(self.template)

    @property
    def count(self) -> float:
        """The number in the hole `n`; 0 where there is none."""
        n = dict(self.values).get("n")
        return n if isinstance(n, int | float) else 0


NOTHING = Message()


def message(template: str, /, **values: object) -> Message:
    """The sentence with these values; what is no `Value`, such as a path, is filled in as its text.

    >>> str(message("{name} has {size:.1f} MB.", name="a.pdf", size=1.25))
    'a.pdf has 1.2 MB.'
    """
    return Message(template, tuple((name, _value(value)) for name, value in values.items()))


def counted(n: int, one: str, many: str, /, **values: object) -> Message:
    """A sentence about so many; the hole `n` holds the count.

    >>> [str(counted(n, "{n} page", "{n} pages")) for n in (1, 2)]
    ['1 page', '2 pages']
    """
    return replace(message(many, n=n, **values), one=one)


def _value(value: object) -> Value:
    return value if isinstance(value, str | int | float | tuple | Message) else str(value)


def literal(text: str) -> Message:
    """Words that are nobody's to translate: of a document, a model, another program, an older store."""
    return Message("{text}", (("text", text),)) if text else NOTHING


def joined(*parts: Message) -> Message:
    """One after the other, a blank between; those that are nothing are left out.

    >>> str(joined(message("A."), NOTHING, message("B.")))
    'A. B.'
    """
    there = [part for part in parts if part]
    if len(there) < 2:
        return there[0] if there else NOTHING
    names = [f"part{i}" for i in range(len(there))]
    return Message(" ".join(f"{{{name}}}" for name in names), tuple(zip(names, there, strict=True)))


class _Plain(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:  # Any, as in Formatter
        if isinstance(value, tuple):
            *most, last = value or ("",)
            return f"{', '.join(most)} and {last}" if most else last
        return str(value) if isinstance(value, Message) else format(value, format_spec)


# ------------------------------------------------------------------------------------------------ kept


def as_json(said: Message) -> dict[str, object]:
    """What `from_json` takes back, made of what JSON knows; the same as `dataclasses.asdict` makes of it."""
    return {"template": said.template, "values": [[n, _value_as_json(v)] for n, v in said.values], "one": said.one}


def from_json(kept: object) -> Message:
    """A kept message; a text, as older versions kept, is taken as it is. Raises ValueError for anything else."""
    match kept:
        case str():
            return literal(kept)
        case {"template": str(template), "values": [*values], "one": str(one)}:
            made = Message(template, tuple(_values(values)), one)
        case _:
            raise ValueError("not a kept message")
    try:
        str(made)
    except (KeyError, IndexError, AttributeError, TypeError, ValueError) as exc:
        raise ValueError(f"a kept message whose values do not fill it: {exc!r}") from exc
    return made


def as_text(said: Message) -> str:
    """What `from_text` takes back; "" for no message."""
    return json.dumps(as_json(said), ensure_ascii=False) if said else ""


def from_text(kept: str) -> Message:
    """A message kept as text; finished sentences, as older versions kept, are taken as they are."""
    if kept.startswith('{"template"'):
        with suppress(ValueError):
            return from_json(json.loads(kept))
    return literal(kept)


def _value_as_json(value: Value) -> object:
    match value:
        case Message():
            return as_json(value)
        case tuple():
            return list(value)
        case _:
            return value


def _values(kept: list[Any]) -> Iterator[tuple[str, Value]]:
    for pair in kept:
        match pair:
            case [str(name), str() | int() | float() as value]:
                yield name, value
            case [str(name), list() as items] if all(isinstance(item, str) for item in items):
                yield name, tuple(items)
            case [str(name), Mapping() as within]:
                yield name, from_json(within)
            case _:
                raise ValueError("not a kept value of a message")
