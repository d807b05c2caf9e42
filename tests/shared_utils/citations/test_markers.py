"""Markers: every form small models write is read, nothing else is touched, and streaming changes nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.citations.markers import MarkerStream, take_out_markers

KNOWN = {1, 2, 3, 12}


def shown(text: str, known: set[int] = KNOWN) -> str:
    stream = MarkerStream(known)
    stream.feed(text)
    return stream.finish()


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("[2]", [2]),
        ("[1, 2]", [1, 2]),
        ("[1,2 and 3]", [1, 2, 3]),
        ("[1; 2]", [1, 2]),
        ("[1-3]", [1, 2, 3]),
        ("[1–3]", [1, 2, 3]),
        ("【2】", [2]),
        ("【2†source】", [2]),
        ("［2］", [2]),
        ("[^2]", [2]),
        ("[Evidence 2]", [2]),
        ("[evidence: 2]", [2]),
        ("[Source 2, 3]", [2, 3]),
        ("[passage 3]", [3]),
        ("[Evidence 1, Evidence 2]", [1, 2]),
        ("(Source 2)", [2]),
        ("[ 2 ]", [2]),
        ("[#2]", [2]),
        ("[12]", [12]),
    ],
)
def test_every_form_that_models_write_is_read(written: str, numbers: list[int]) -> None:
    marked = take_out_markers(f"Sales rose {written}.", KNOWN)
    assert marked.text == "Sales rose."
    assert [n for _, found in marked.at for n in found] == numbers
    assert marked.unknown == 0


@pytest.mark.parametrize(
    "text",
    [
        "Net sales (1) rose.",
        "as shown [2019] before",
        "see [Smith 2019] there",
        "f[x] and a[i]",
        "[12 million]",
        "[ ]",
        "![chart](https://example.org/x.png)",
        "<b>bold</b> [<script>1</script>]",
        "【note】",
        "[12345]",
        "1. first\n2. second",
    ],
)
def test_what_is_no_marker_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


def test_a_year_is_a_marker_only_where_evidence_has_that_number() -> None:
    assert shown("Sales [2019]", {2019}) == "Sales [1]"


def test_numbers_are_given_in_order_of_appearance_and_run_together_once() -> None:
    assert shown("A [3]. B [1, 3]. C [1][1] [3]") == "A [1]. B [2][1]. C [2] [1]"


def test_numbers_that_do_not_exist_are_dropped_and_counted() -> None:
    stream = MarkerStream(KNOWN)
    stream.feed("Sales rose [9]. Costs [2, 8] fell [7] .")
    assert stream.finish() == "Sales rose. Costs [1] fell."
    assert stream.unknown == 3
    assert stream.raw == "Sales rose [9]. Costs [2, 8] fell [7] ."


def test_a_marker_is_held_back_until_it_is_whole() -> None:
    stream = MarkerStream(KNOWN)
    assert stream.feed("Sales rose [1") == "Sales rose"
    assert stream.feed("2] and") == "Sales rose [1] and"
    assert stream.order == {12: 1}


def test_a_marker_cut_by_the_end_is_not_guessed() -> None:
    stream = MarkerStream(KNOWN)
    stream.feed("Sales rose [1")
    assert stream.finish() == "Sales rose"
    assert stream.unknown == 1


def test_an_open_bracket_does_not_hold_the_stream_for_ever() -> None:
    stream = MarkerStream(KNOWN)
    assert stream.feed("x [" + "1, " * 40) != "x"


def test_ten_thousand_markers_are_read_in_one_pass() -> None:
    assert shown("[1]" * 10_000) == "[1]"
    assert shown("a [1] " * 10_000).count("[1]") == 10_000
    assert shown("[" * 10_000) == "[" * 10_000


PIECES = st.lists(
    st.sampled_from(
        [
            "[1]",
            "[2, 9]",
            "[1-3]",
            "[",
            "]",
            "(",
            ")",
            "【3】",
            " ",
            "\n",
            "  ",
            ".",
            ",",
            "word",
            "[Source ",
            "12",
            "<b>",
            "!",
            "1",
        ]
    ),
    max_size=25,
).map("".join)


@given(text=PIECES | st.text(max_size=60), cuts=st.lists(st.integers(0, 120), max_size=12))
def test_any_split_into_deltas_shows_the_same_and_only_grows(text: str, cuts: list[int]) -> None:
    stream = MarkerStream(KNOWN)
    before = ""
    borders = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    for start, end in pairwise(borders):
        now = stream.feed(text[start:end])
        assert now.startswith(before)
        before = now
    whole = stream.finish()
    assert whole.startswith(before)
    assert whole == shown(text)
    assert stream.raw == text


@given(text=PIECES)
def test_offsets_of_markers_lie_in_the_text_in_order(text: str) -> None:
    marked = take_out_markers(text, KNOWN)
    offsets = [at for at, _ in marked.at]
    assert offsets == sorted(offsets)
    assert all(0 <= at <= len(marked.text) for at in offsets)
    assert not any(number not in KNOWN for _, numbers in marked.at for number in numbers)
