"""Lists as data: items in order, nested and over pages, with what leads in, and nothing that is no list."""

from __future__ import annotations

import pytest

from shared_utils.structure.lists import lists, nested
from shared_utils.structure.model import ListKind
from shared_utils.structure.title_page import byline
from tests.shared_utils.structure.written import at, page

PROSE = (
    "The committee met in the spring to hear the annual report of its treasurer and\n"
    "5 March was named as the day on which the budget for the year would be settled.\n"
    "Nobody objected, and the chair thanked all who had come a long way to be there.\n"
)


def test_steps_are_taken_in_order_with_the_sentence_that_leads_in() -> None:
    pages = [
        page(
            "Resetting the meter\nTo reset the meter, follow these steps:\n"
            "1. Press the red button until the lamp goes out, which takes about ten seconds as\na rule.\n"
            "2. Wait a minute.\n3. Switch the meter on again.\nThe meter keeps its readings.\n",
            headings=("Resetting the meter",),
        )
    ]
    (steps,) = lists(pages)
    assert steps.kind is ListKind.NUMBERED
    assert steps.is_steps
    assert [item.mark for item in steps.items] == ["1.", "2.", "3."]
    assert [item.text for item in steps.items] == [
        "Press the red button until the lamp goes out, which takes about ten seconds as a rule.",
        "Wait a minute.",
        "Switch the meter on again.",
    ]
    assert at(pages, steps.lead) == "To reset the meter, follow these steps:"
    assert at(pages, steps.heading) == "Resetting the meter"


def test_items_are_verbatim_places_of_their_pages() -> None:
    pages = [page("Parts:\n• A screw\n• A nut that is\n  longer\n")]
    (found,) = lists(pages)
    for item in found.items:
        assert " ".join(at(pages, place) for place in item.places) == item.text


def test_a_list_goes_on_over_a_page_and_its_running_foot() -> None:
    pages = [
        page(
            "Unpacking\n1 Open the box and take out the pump with its two hoses.\nManual   7\n",
            7,
            boilerplate=("Manual   7",),
        ),
        page("2 Push the hoses onto the pump until both of them click.\n3 Fill the tank with water.\n", 8),
    ]
    (steps,) = lists(pages)
    assert steps.pages == (7, 8)
    assert [item.mark for item in steps.items] == ["1", "2", "3"]
    assert steps.is_steps


def test_an_item_that_runs_over_a_page_has_a_place_on_each() -> None:
    pages = [
        page("Rules:\n• The first rule is short.\n• The second rule is so long that it does not end on\n", 1),
        page("this page but on the next one.\n• The third rule.\n", 2),
    ]
    (rules,) = lists(pages)
    assert [place.page for place in rules.items[1].places] == [1, 2]
    assert rules.items[1].text.endswith("does not end on this page but on the next one.")


def test_lists_under_an_item_are_nested_and_can_be_had_alone() -> None:
    pages = [
        page(
            "Pairing\n• Android phones\n1 Switch the watch on and choose a language.\n2 Touch Add on the phone.\n"
            "• iPhones\n1 Open the settings of the phone and choose the watch.\n2 Touch Pair.\n"
        )
    ]
    (found,) = lists(pages)
    assert [(item.level, item.mark) for item in found.items] == [
        (0, "•"),
        (1, "1"),
        (1, "2"),
        (0, "•"),
        (1, "1"),
        (1, "2"),
    ]
    android, apple = nested(found)
    assert at(pages, apple.lead) == "iPhones"
    assert [item.text for item in apple.items][-1] == "Touch Pair."
    assert android.is_steps
    assert not found.is_steps


def test_letters_and_roman_numbers_count_on() -> None:
    (letters,) = lists([page("The tenant shall\n(a) pay the rent;\n(b) heat the rooms; and\n(c) sweep the stairs.\n")])
    assert [item.mark for item in letters.items] == ["(a)", "(b)", "(c)"]
    (roman,) = lists([page("Terms\ni. Payment\nii. Delivery\niii. Risk\n")])
    assert [item.mark for item in roman.items] == ["i.", "ii.", "iii."]


def test_a_paragraph_between_two_steps_belongs_to_the_first() -> None:
    (steps,) = lists(
        [
            page(
                "1. Open the app on the phone and touch the sign in its upper corner.\n"
                "The phone must have a connection.\n2. Touch Pair.\nAll is done now.\n"
            )
        ]
    )
    assert steps.items[0].text.endswith("The phone must have a connection.")
    assert steps.items[-1].text == "Touch Pair."


def test_step_one_is_a_mark_in_several_languages() -> None:
    (steps,) = lists([page("Schritt 1: Gerät einschalten\nSchritt 2: Sprache wählen\n")])
    assert [item.text for item in steps.items] == ["Gerät einschalten", "Sprache wählen"]
    assert steps.is_steps


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "1 Introduction ........ 3\n2 Methods ........ 9\n3 Results ........ 12\n",
        "12 Monkeys\n14 Days\n",
        "• A single mark makes no list.\nThen comes something else.\n",
        "2019 2018 2017\n1 204   1 100   900\n2 300   1 200   800\n",
    ],
)
def test_what_is_no_list_stays_text(text: str) -> None:
    assert lists([page(text)]) == ()


def test_a_heading_ends_a_list_unless_it_is_the_next_item() -> None:
    pages = [page("• One\n• Two\nPrices\n• Three\n• Four\n", headings=("Prices",))]
    assert [len(found.items) for found in lists(pages)] == [2, 2]


def test_sections_are_no_list() -> None:
    pages = [page("4.1 Scope\nIt is wide.\n4.2 Terms\nThey are few.\n", headings=("4.1 Scope", "4.2 Terms"))]
    assert lists(pages) == ()


def test_pages_that_do_not_follow_each_other_are_not_joined() -> None:
    pages = [page("1. Open it.\n2. Look in.\n", 3), page("3. Close it.\n", 5)]
    (found,) = lists(pages)
    assert len(found.items) == 2


def test_a_line_that_leads_on_ends_the_points_before_it() -> None:
    pages = [page("We do this by:\n• writing\n• reading\nThe signals are used by:\n• pilots\n• harbour masters\n")]
    first, second = lists(pages)
    assert [item.text for item in first.items] == ["writing", "reading"]
    assert [item.text for item in second.items] == ["pilots", "harbour masters"]
    assert at(pages, second.lead) == "The signals are used by:"


def test_who_made_it_is_read_off_its_imprint() -> None:
    made = page("Boats in the harbour\nBerth   Boats\nNorth   12\nCompiled and issued by the Port of Ash   1 of 3\n")
    span = byline(made)
    assert span is not None
    assert made.text[span.start : span.end] == "Port of Ash"
