from __future__ import annotations

import pytest

from shared_utils.pdf.composition import clean, compose
from shared_utils.pdf.hyphens import keep_hyphen_by
from shared_utils.pdf.layout import lay_out
from shared_utils.pdf.pages import is_better, is_set_in_cells, junk_share, poverty


def never_keep(head: str, tail: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("e\ufb03cient \ufb01re", "efficient fire"),
        ("a\u00a0b\u2003c", "a b c"),
        ("x\x00y\x1fz\u200b", "xyz"),
        ("\ufee3\ufeae\ufea3\ufe92\ufe8e", "مرحبا"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("half ½ and x² stay", "half ½ and x² stay"),
    ],
)
def test_characters_read_as_what_they_mean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_a_ligature_s_letters_all_point_at_its_glyph() -> None:
    composed = compose("\ufb01re", lay_out("\ufb01re", [(0, 3, 0, 0, 300, 120)], frozenset()), never_keep)
    assert composed.text == "fire"
    assert [(run.text_start, run.glyph_start, run.length) for run in composed.runs] == [(0, 0, 1), (1, 0, 1), (2, 1, 2)]


def test_a_raised_note_mark_stays_with_its_word() -> None:
    raw = "results\r\n1"
    words = [(0, 7, 0, 100, 400, 220), (9, 10, 402, 90, 440, 170)]
    assert compose(raw, lay_out(raw, words, frozenset()), never_keep).text == "results1"


@pytest.mark.parametrize(
    ("head", "tail", "kept"),
    [
        ("x", "ray", True),
        ("mother", "in-law", True),
        ("state-of-the", "art", True),
        ("Bosch", "Gruppe", True),
        ("har", "bour", False),
        ("commu", "nity-based", False),
    ],
)
def test_a_hyphen_at_a_line_s_end_stays_where_it_belongs_to_the_word(head: str, tail: str, kept: bool) -> None:
    keep = keep_hyphen_by(["The mother-in-law of the harbour master knows the community."])
    assert keep(head, tail) is kept


def test_text_from_right_to_left_stays_in_pdfium_s_order() -> None:
    raw = "שלום עולם"
    words = [(0, 4, 500, 0, 700, 120), (5, 9, 250, 0, 460, 120)]
    assert compose(raw, lay_out(raw, words, frozenset()), never_keep).text == raw


def test_a_page_without_words_has_no_text() -> None:
    assert compose("", lay_out("", [], frozenset()), never_keep).text == ""


@pytest.mark.parametrize("line", ["Total   41,207", "a   b   c", "Net income 9,542 (8,920)", "Sales $ 5 $ 7"])
def test_labels_with_cells_are_set_in_cells(line: str) -> None:
    assert is_set_in_cells(line)


@pytest.mark.parametrize("line", ["It rose from 5 to 9 in May.", "Chapter 7", "one   two", "In 2019 we sold 5 lamps."])
def test_sentences_and_titles_are_not(line: str) -> None:
    assert not is_set_in_cells(line)


def test_broken_text_is_told_from_good_text_in_any_script() -> None:
    good = "The turbine bearing was inspected after each season because salt air shortens its life. " * 5
    assert poverty(good) < 0.05
    assert poverty("保修期为二十四个月，自交货之日起计算。" * 10) < 0.05
    spaced = " ".join(good.replace(" ", ""))
    assert poverty(spaced) > 0.5
    assert junk_share("\ue001\ue002 ab") == 0.5
    assert is_better(good, spaced)
    assert not is_better(good[:20], spaced)
    assert not is_better("/G59/G6F/G75/G72/G44" * 20, spaced)
