"""Verification: a changed number, date, sign, name, direction or negation is named; what the page says stands."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchmarks.verify import CASES, is_right, read_cases
from shared_utils.citations.verification import Entailment, verify
from shared_utils.types import Embedder, Verdict

REPORT = (
    "Results for the year\n"
    "Net sales of the Lighting division rose 14.9 % to €41.2 million in 2023, while its operating costs fell.\n"
    "The board, chaired by Anna Lindqvist, does not expect the merger with Borealis to close before March 31, 2024.\n"
    "Batteries must be stored below 30 °C and must never be opened.\n"
)
TABLE = (
    "Consolidated statements of operations (in millions)\n"
    "Year Ended December 31,\n"
    "2021 2022 2023\n"
    "Net income (loss) $ 3,033 $ 10,073 $ 11,588\n"
    "Income taxes (769) (1,197) (2,374)\n"
)


def judged(
    claim: str, cited: Sequence[str], *, embedder: Embedder | None = None, entailment: Entailment | None = None
) -> tuple[Verdict, str]:
    found = verify(claim, cited, embedder=embedder, entailment=entailment)
    return found.verdict, str(found.reason)


def verdict(claim: str, page: str = REPORT) -> Verdict:
    return verify(claim, [page]).verdict


@pytest.mark.parametrize(
    "claim",
    [
        "Net sales of the Lighting division rose 14.9 % to €41.2 million in 2023, while its operating costs fell.",
        "The Lighting division's net sales rose by 14.9 percent in 2023.",
        "In 2023 the Lighting division had net sales of €41,200,000.",
        "Operating costs of the Lighting division fell.",
        "The merger with Borealis is not expected to close before March 31, 2024.",
        "Batteries must never be opened.",
        "According to the documents, batteries must be stored below 30 °C.",
    ],
)
def test_what_the_page_says_is_supported(claim: str) -> None:
    assert verdict(claim) is Verdict.SUPPORTED


@pytest.mark.parametrize(
    "claim",
    [
        "Net income for 2022 was $10,073 million.",
        "In the year ended December 31, 2023 net income was 11,588.",
    ],
)
def test_a_cell_is_supported_in_its_own_column(claim: str) -> None:
    assert verdict(claim, TABLE) is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "page", "answer"),
    [
        ("Net sales of the Lighting division rose 18.6 % in 2023.", "14.9 %", "18.6 %"),
        ("Net sales of the Lighting division rose to $41.2 million in 2023.", "€41.2 million", "$41.2 million"),
        ("Net sales of the Lighting division rose to €41.2 billion in 2023.", "€41.2 million", "€41.2 billion"),
        ("Net sales of the Lighting division rose 14.9 % in 2022.", "2023", "2022"),
        ("Net sales of the Lighting division fell 14.9 % in 2023.", "rose", "fell"),
        ("Batteries must be stored above 30 °C.", "below", "above"),
        ("Batteries must be stored below 30 °F.", "30 °C", "30 °F"),
        ("The board does not expect the merger to close before March 13, 2024.", "March 31, 2024", "March 13, 2024"),
        ("The board expects the merger with Borealis to close before March 31, 2024.", "not expect", "expects"),
        ("Batteries must not be stored below 30 °C.", "stored", "not be stored"),
    ],
)
def test_a_changed_fact_is_contradicted_and_both_sides_are_named(claim: str, page: str, answer: str) -> None:
    found, reason = judged(claim, [REPORT])
    assert found is Verdict.CONTRADICTED
    assert page in reason
    assert answer in reason


@pytest.mark.parametrize(
    "claim",
    [
        "Net income for 2022 was $11,588 million.",
        "Net income for 2021 was 10,073.",
        "The net loss for 2022 was 10,073.",
        "Net income for the year ended December 31, 2020 was 3,033.",
    ],
)
def test_a_cell_of_another_column_is_contradicted(claim: str) -> None:
    assert verdict(claim, TABLE) is Verdict.CONTRADICTED


def test_a_column_that_nobody_can_tell_is_not_supported() -> None:
    assert verdict("Net income for 2022 was 11,588.", "Net income (loss) $ 3,033 $ 10,073 $ 11,588") is Verdict.PARTLY


def test_a_name_in_anothers_place_is_not_supported() -> None:
    found, reason = judged("The board, chaired by Peter Holm, does not expect the merger to close.", [REPORT])
    assert found is not Verdict.SUPPORTED
    assert "Holm" in reason


def test_a_second_half_that_the_page_does_not_say_makes_it_partly() -> None:
    claim = "Batteries must never be opened, and employees receive free lunches on Fridays."
    assert verdict(claim) is Verdict.PARTLY


@pytest.mark.parametrize(
    ("claim", "page", "told"),
    [
        ("In 2023 the Lighting division had net sales of €41 million.", REPORT, ("€41.2 million", "€41 million")),
        ("Net income for 2023 was $11.6 billion.", TABLE, ("11,588", "$11.6 billion")),
    ],
)
def test_a_rounded_number_is_partly_supported_unless_the_answer_says_that_it_rounds(
    claim: str, page: str, told: tuple[str, str]
) -> None:
    found, reason = judged(claim, [page])
    assert found is Verdict.PARTLY
    assert all(number in reason for number in told)
    assert verdict(claim.replace(told[1], f"about {told[1]}"), page) is Verdict.SUPPORTED


def test_a_number_with_another_sign_is_partly_supported() -> None:
    found, reason = judged("Net income for 2023 was -11,588.", [TABLE])
    assert found is Verdict.PARTLY
    assert "sign" in reason


def test_a_year_that_the_page_names_only_for_comparison_is_not_the_year_of_the_fact() -> None:
    page = "Net sales of the Lighting division rose to €41.2 million in 2023, up from 2022.\n"
    found, reason = judged("Net sales of the Lighting division rose to €41.2 million in 2022.", [page])
    assert found is Verdict.PARTLY
    assert "2022 only for comparison" in reason
    assert verdict("Net sales of the Lighting division rose to €41.2 million in 2023.", page) is Verdict.SUPPORTED
    assert verdict("Net sales of the Lighting division were up from 2022.", page) is Verdict.SUPPORTED


@pytest.mark.parametrize(("of", "name"), [(" in Q3", "q3"), (" for type x9", "x9")])
def test_an_identifier_that_no_page_has_is_not_found_however_well_the_rest_fits(of: str, name: str) -> None:
    claim = f"Net sales of the Lighting division rose 14.9 % to €41.2 million{of}."
    found, reason = judged(claim, [REPORT])
    assert found is Verdict.NOT_FOUND
    assert f"“{name}”" in reason
    assert verdict(claim, f"Results{of}\n{REPORT}") is Verdict.SUPPORTED


def test_a_row_is_read_with_the_heading_over_it() -> None:
    rows = "2021 2022\nCash paid 66 77\n"
    claim = "The Lisbon office paid 77 in cash in 2022."
    assert verdict(claim, f"Lisbon office\n{rows}") is Verdict.SUPPORTED
    found, reason = judged(claim, [f"Madrid office\n{rows}"])
    assert found is not Verdict.SUPPORTED
    assert "Lisbon" in reason


def test_a_short_clause_that_the_page_does_not_say_is_seen_behind_a_long_one_that_it_does() -> None:
    said = (
        "The harbour board keeps three tugs, two cranes, four pilot boats and a dredger for large vessels, island "
        "ferries, river barges and fishing cutters"
    )
    found, reason = judged(f"{said}, and rents yachts.", [f"{said}.\nMud is taken out before winter begins.\n"])
    assert found is Verdict.PARTLY
    assert "do not say “rents yachts.”" in reason


@pytest.mark.parametrize(
    "claim",
    [
        "Batteries must never be opened. The cat sleeps in the sun all day long.",
        "The cat sleeps in the sun all day long. Batteries must never be opened.",
        "Batteries must never be opened, and the cat sleeps in the sun all day long.",
    ],
)
def test_a_half_that_is_said_does_not_carry_one_that_is_not_and_the_missing_words_are_named(claim: str) -> None:
    found, reason = judged(claim, [REPORT])
    assert found is Verdict.PARTLY
    assert "“cat”" in reason


@pytest.mark.parametrize(
    "claim",
    [
        "Operating costs fell. Batteries must be stored above 30 °C. The cat sleeps in the sun.",
        "Net sales of the Lighting division rose 18.6 % in Q3.",
    ],
)
def test_what_is_contradicted_outweighs_what_is_said_and_what_is_not_found(claim: str) -> None:
    assert verdict(claim) is Verdict.CONTRADICTED


def test_a_year_that_stands_over_the_sentence_is_its_year_and_one_that_stands_nowhere_is_not_found() -> None:
    page = "Annual report 2023\nNet sales of the Lighting division rose 14.9 %.\nThe canteen serves soup.\n"
    assert verdict("In 2023 net sales of the Lighting division rose 14.9 %.", page) is Verdict.SUPPORTED
    found, reason = judged("In 2021 net sales of the Lighting division rose 14.9 %.", [page])
    assert found is Verdict.NOT_FOUND
    assert "2021" in reason


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("In 2022 net income was 10,073.", "Net income 3,033 10,073 11,588\n"),
        ("In the second quarter net income was 10,073.", "Net income 3,033 10,073 11,588\n"),
        ("In the second quarter net income was 10,073.", TABLE),
    ],
)
def test_a_cell_whose_column_is_out_of_sight_is_partly_supported(claim: str, page: str) -> None:
    assert verdict(claim, page) is Verdict.PARTLY


def test_a_quarter_that_no_heading_names_leaves_the_column_in_doubt_and_says_so() -> None:
    found, reason = judged("In the second quarter net income was 10,073.", ["Net income 3,033 10,073 11,588\n"])
    assert found is Verdict.PARTLY
    assert "which column 10,073 stands in" in reason


def test_a_cell_of_another_column_is_told_with_its_own_and_with_the_right_one() -> None:
    _, reason = judged("Income taxes for 2023 were 1,197.", [TABLE])
    assert reason == "the page has 1,197 under 2022, the answer says 2023; for 2023 it has (2,374)"


def test_a_number_belongs_to_the_year_that_stands_nearest_to_it() -> None:
    assert verdict("Net income in 2022 was 10,073, more than in 2021.", TABLE) is Verdict.SUPPORTED
    assert verdict("More than in 2021, net income was 10,073 in 2022.", TABLE) is Verdict.SUPPORTED
    assert verdict("Net income in 2021 was 10,073, less than in 2022.", TABLE) is Verdict.CONTRADICTED


def test_a_section_that_has_one_year_throughout_speaks_of_no_other() -> None:
    page = "Balance of 2022\nCash 55 12\nDebt 66 70\n"
    assert verdict("In 2022 debt was 66.", page) is Verdict.SUPPORTED
    assert verdict("In 2021 debt was 66.", page) is Verdict.CONTRADICTED


def test_two_numbers_that_changed_places_are_contradicted() -> None:
    page = "The board has 5 members and 3 deputies.\n"
    found, reason = judged("The board has 3 members and 5 deputies.", [page])
    assert found is Verdict.CONTRADICTED
    assert "5" in reason
    assert "3" in reason
    assert verdict("The board has 5 members and also 3 deputies.", page) is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("Batteries must be stored for 12 days.", Verdict.NOT_FOUND),
        ("Batteries must be stored below 12 °C.", Verdict.CONTRADICTED),
    ],
)
def test_only_a_number_of_the_same_kind_contradicts(claim: str, found: Verdict) -> None:
    assert verdict(claim, "Batteries must be stored below 30 °C.\n") is found


def test_a_number_of_a_sentence_that_does_not_speak_of_the_claim_supports_nothing() -> None:
    gate = "Gate two opens at a pressure of 4.2 bar, rests at night, and is kept free of mud, ice and nets by divers."
    claim = "Kept free of mud, ice and nets by divers, gate two rests at night and opens at a pressure of {} bar."
    assert verdict(claim.format("4.2"), f"{gate}\nSoup costs 9 euros.\n") is Verdict.SUPPORTED
    found, reason = judged(claim.format("9"), [f"{gate}\nSoup costs 9 euros.\n"])
    assert found is Verdict.CONTRADICTED
    assert "4.2" in reason


def test_a_word_exchanged_in_a_copied_sentence_makes_it_partly_and_both_are_named() -> None:
    said = "Net sales of the Lighting division rose 14.9 % to €41.2 million in 2023, while its operating costs fell."
    found, reason = judged(said.replace("operating", "personnel"), [REPORT])
    assert found is Verdict.PARTLY
    assert "“operating”" in reason
    assert "“personnel”" in reason


@pytest.mark.parametrize("denied", ["not in Asia", "without discounts"])
def test_a_denial_that_the_page_does_not_make_is_not_found(denied: str) -> None:
    found, reason = judged(f"Sales of lamps rose 5 % in Europe {denied}.", ["Sales of lamps rose 5 % in Europe.\n"])
    assert found is Verdict.NOT_FOUND
    assert denied in reason


def test_another_subject_is_not_found() -> None:
    assert verdict("The company plans to build a factory in Vietnam.") is Verdict.NOT_FOUND


def test_a_negated_half_of_a_sentence_is_not_word_for_word() -> None:
    page = "There is no evidence that the drug shortens the illness."
    assert verdict("The drug shortens the illness.", page) is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("Der Umsatz stieg 2023 auf 41,2 Mio. Euro.", "Der Umsatz stieg 2023 auf 41,2 Mio. Euro, vor allem in Europa."),
        ("2023年营业收入增长14.9%。", "2023年公司营业收入增长14.9%,达到41.2亿元。"),
        ("لم ترتفع المبيعات في عام 2023.", "لم ترتفع المبيعات في عام 2023."),
    ],
)
def test_other_languages_are_read_too(claim: str, page: str) -> None:
    assert verdict(claim, page) is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("2023年营业收入增长18.6%。", "2023年公司营业收入增长14.9%,达到41.2亿元。"),
        ("2023年营业收入没有增长。", "2023年公司营业收入增长14.9%,达到41.2亿元。"),
        ("Der Umsatz stieg 2023 auf 42,1 Mio. Euro.", "Der Umsatz stieg 2023 auf 41,2 Mio. Euro, vor allem in Europa."),
        ("Der Umsatz sank 2023 auf 41,2 Mio. Euro.", "Der Umsatz stieg 2023 auf 41,2 Mio. Euro, vor allem in Europa."),
    ],
)
def test_changes_are_seen_in_other_languages(claim: str, page: str) -> None:
    assert verdict(claim, page) is not Verdict.SUPPORTED


@pytest.mark.parametrize("cited", [[], [""], ["   \n "]])
def test_nothing_cited_is_not_found(cited: list[str]) -> None:
    assert judged("Sales rose.", cited)[0] is Verdict.NOT_FOUND


@pytest.mark.parametrize(
    "claim", ["", ".", "—", "of the", "[" * 200, "1" * 500, "<img src=x onerror=alert(1)>", "A " * 2000]
)
def test_hostile_sentences_get_a_verdict(claim: str) -> None:
    assert verdict(claim) is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        (  # an opening adverb is no name
            "However, hydrogen is a clean fuel that can be produced from a variety of domestic resources.",
            "Hydrogen is a clean fuel when used in a cell. It can be produced from a variety of domestic resources.\n",
        ),
        (
            "According to passage 1, batteries must be stored below 30 °C (passage 2).",
            "Batteries must be stored below 30 °C.\n",
        ),
        (  # both deny the same
            "The data will not be used for any purpose other than the register.",
            "The data will be used only for purposes of the register.\n",
        ),
        ("Rules for sickness and for leave:", "Sickness is reported by noon. Leave is asked for in writing.\n"),
    ],
)
def test_frames_and_other_ways_to_say_it_raise_no_doubt(claim: str, page: str) -> None:
    assert judged(claim, [page])[0] is Verdict.SUPPORTED


def test_a_fuller_name_is_not_another_name() -> None:
    page = "Borealis was founded in Eindhoven, the Netherlands, in 2001.\n"
    _, reason = judged("Borealis Studios was founded in Eindhoven in 2001.", [page])
    assert "not of" not in reason


def test_a_year_of_another_sentence_is_not_the_year_of_the_fact() -> None:
    page = "The album was released by a small label. He toured in 2014.\n"
    found, reason = judged("The album was released in 2014.", [page])
    assert found is Verdict.PARTLY
    assert "names 2014, but not beside what the answer says of it" in reason
    assert verdict("The album was released in 2014.", "In 2014\nThe album was released.\n") is Verdict.SUPPORTED


def test_another_name_in_a_copied_sentence_is_told_with_the_right_one() -> None:
    found, reason = judged(
        "The coast of Sweden is rocky and has many fjords.", ["The coast of Norway is rocky and has many fjords.\n"]
    )
    assert found is Verdict.NOT_FOUND
    assert reason == "the page says it of “Norway”, not of “Sweden”"


def test_a_negation_of_another_clause_is_no_contradiction() -> None:
    page = "Nothing in this agreement shall be construed as granting the recipient any right to the information.\n"
    assert verdict("The agreement shall not grant the recipient any right.", page) is not Verdict.CONTRADICTED
    assert verdict("Batteries must not be stored below 30 °C.") is Verdict.CONTRADICTED


def test_a_number_contradicts_only_where_the_page_speaks_of_the_same_thing() -> None:
    page = "The museum shop sells postcards of the harbour for 3 euros.\n"
    assert verdict("Entry to the museum costs 12 euros for adults.", page) is Verdict.NOT_FOUND
    assert verdict("The museum shop sells postcards of the harbour for 12 euros.", page) is Verdict.CONTRADICTED


@pytest.mark.parametrize("page", [REPORT, TABLE, "Annual report 2023\nSales rose. The canteen opened in 2021.\n"])
@pytest.mark.parametrize(
    "claim",
    [
        "Sales rose in 2023.",
        "Sales rose in 2021.",
        "Here are the results:",
        "Net income rose.",
        "The",
        "Yes.",
        "The board expects the merger with Borealis to close.",
        "Batteries, sales and the canteen of the board of Borealis rose.",
    ],
)
def test_no_verdict_goes_without_a_reason(claim: str, page: str) -> None:
    assert judged(claim, [page])[1]


def test_a_reason_names_no_function_word() -> None:
    _, reason = judged("The king of Norway likes red apples and the sea.", [REPORT])
    named = reason.split("“")[1:]
    assert named
    assert not {word.split("”")[0].casefold() for word in named} & {"the", "of", "and"}


@pytest.mark.corpus
@pytest.mark.skipif(not CASES.is_file(), reason="the measured claims live beside the checkout")
def test_the_bars_are_met_on_the_measured_claims() -> None:
    by_kind: dict[str, list[bool]] = {}
    for case in read_cases(CASES):
        group = "true" if case.label == "supported" else case.kind
        by_kind.setdefault(group, []).append(is_right(case.label, judged(case.claim, [case.passage])[0]))
    share = {group: sum(right) / len(right) for group, right in by_kind.items()}
    assert share["one digit changed"] == 1
    assert share["number from the same row"] == 1
    assert share["negation added"] == 1
    assert share["negation removed"] == 1
    assert share["direction or polarity word flipped"] == 1
    assert share["entity swapped"] >= 0.7  # a name from elsewhere on the same page, in a sentence that is no copy
    assert share["true"] >= 0.85


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The band comes from LA, California.", "The band comes from Los Angeles, California.\n"),
        ("The cups took place on 23 February 2011 in Oslo.", "The cups took place on 23 February 2011 in Oslo.\n"),
        ("The laaS offer is part of the cloud.", "The IaaS offer is part of the cloud.\n"),
    ],
)
def test_another_spelling_of_a_name_is_not_said_of_somebody_else(claim: str, page: str) -> None:
    _, reason = judged(claim, [page])
    assert "the page says it of" not in reason


def test_a_name_in_anothers_place_is_doubted_in_a_sentence_that_is_no_copy() -> None:
    page = "For the year the company was organized into three segments: Norway, Sweden and Denmark.\n"
    found, reason = judged("There are three segments in all, namely Norway, Finland and Denmark.", [page])
    assert found is not Verdict.SUPPORTED
    assert "Finland" in reason


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("The report names 12 regulations that were breached.", Verdict.NOT_FOUND),
        ("A breach of regulation 12 was found.", Verdict.SUPPORTED),
    ],
)
def test_the_number_of_a_thing_is_not_how_many_there_are(claim: str, found: Verdict) -> None:
    page = "The failure to keep medicines safe was a breach of regulation 12 of the Act, the report found."
    assert verdict(claim, page) is found
