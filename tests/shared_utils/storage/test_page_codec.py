from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_utils.message import Message, literal, message
from shared_utils.storage.page_codec import decode_outline, decode_page, encode_outline, encode_page
from shared_utils.types import Cell, OutlineEntry, Page, PageVerdict, Table
from tests.shared_utils.storage.samples import OUTLINE, page

_HINTS = get_type_hints(Page)
# Every field, also one added later: the strategy is made from the types, not from a list kept here.
_TEXTS = st.text(st.characters())
_MESSAGES = _TEXTS.map(literal) | st.builds(
    message,
    st.just("{name} {size:.1f} {pages} {why}"),
    name=_TEXTS,
    size=st.integers() | st.floats(),
    pages=st.lists(_TEXTS).map(tuple),
    why=_TEXTS.map(literal),
)
_FEW = st.integers(0, 4)  # rows and columns: a table looks at every field of a cell
_CELLS = st.builds(Cell, row=_FEW, row_end=_FEW, column=_FEW, column_end=_FEW, text=_TEXTS)
_HEADS = st.builds(Table, cells=st.lists(_CELLS, max_size=2).map(tuple), before=st.none())
_TABLES = st.builds(Table, cells=st.lists(_CELLS, max_size=4).map(tuple), before=st.none() | _HEADS)
_BY_HAND = {str: _TEXTS, Message: _MESSAGES, tuple[Table, ...]: st.lists(_TABLES, max_size=2).map(tuple)}


def strategy_of(hint: object) -> st.SearchStrategy[object]:
    return _BY_HAND[hint] if hint in _BY_HAND else st.from_type(hint)  # type: ignore[arg-type]


_PAGES = st.builds(Page, **{field.name: strategy_of(_HINTS[field.name]) for field in fields(Page)})


@settings(deadline=None, max_examples=150)
@given(_PAGES)
def test_any_page_comes_back_exactly(original: Page) -> None:
    # repr, because it tells 1 from 1.0 and -0.0 from 0.0, and finds NaN equal to itself.
    assert repr(decode_page(encode_page(original))) == repr(original)


def test_two_lone_surrogates_stay_two_characters_so_that_offsets_hold() -> None:
    original = Page(1, "1", "\ud83d\ude00 words", PageVerdict.TEXT)
    assert decode_page(encode_page(original)).text == original.text
    assert len(decode_page(encode_page(original)).text) == 8


def test_a_page_takes_less_room_than_its_text() -> None:
    prose = "The notes to the accounts explain what changed in the year. " * 50
    assert len(encode_page(Page(1, "1", prose, PageVerdict.TEXT))) < len(prose) / 5


def test_an_outline_comes_back_exactly() -> None:
    strange = (*OUTLINE, OutlineEntry("\udc80 \0 Überblick", 3, 7))
    assert decode_outline(encode_outline(strange)) == strange


@pytest.mark.parametrize("at", [0, 1, 40, -3])
def test_a_changed_byte_is_noticed(at: int) -> None:
    body = bytearray(encode_page(page(1)))
    body[at] ^= 0x55
    with pytest.raises(ValueError, match=r".+"):
        decode_page(bytes(body))
    with pytest.raises(ValueError, match=r".+"):
        decode_page(bytes(body[:50]))
