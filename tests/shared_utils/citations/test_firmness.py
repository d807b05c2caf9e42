"""Which sentences are shown in the model's words, and which give their place to the page's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.citations.base_rate import UNKNOWN, Share, corrected
from shared_utils.citations.firmness import Told, in_company, is_firm
from shared_utils.citations.reading import Finding
from shared_utils.citations.text_units import units_of
from shared_utils.types import Verdict

PAGE = units_of(
    "The screen turns off by itself 5 seconds after it was lit if no key is pressed. "
    "Messages are not displayed while the pump is in night mode. "
    "The lamp stays on for 7 minutes by default. "
    "Touch the bell to mute the pump, or hold it to move it to another row.\n"
)
QUESTION = "What does the pump do in night mode?"


def told(sentence: str, probability: float = 0.7, verdict: Verdict = Verdict.SUPPORTED) -> Told:
    return Told(sentence, Finding(verdict, probability=probability), PAGE)


@pytest.mark.parametrize(
    ("sentence", "question", "firm"),
    [
        ("Messages are not displayed while the pump is in night mode.", QUESTION, True),  # a copy
        ("Messages are not displayed in night mode.", QUESTION, True),
        ("No messages are displayed.", "What is not displayed in night mode?", True),  # a look-up
        ("Messages are displayed while the pump is in night mode.", QUESTION, False),  # its "not" is lost
        ("The pump turns off by itself 5 seconds after it was lit if no key is pressed.", QUESTION, False),
        ("The lamp stays on for 7 minutes.", "How long does the lamp stay on?", True),
        ("By default the lamp burns for 7 minutes.", "How long does the lamp burn?", True),  # a look-up
        ("The bell is there to move it to another row of the pump.", "What is the bell there for?", False),
    ],
)
def test_a_sentence_is_firm_as_a_copy_or_a_look_up(sentence: str, question: str, firm: bool) -> None:
    assert is_firm(told(sentence), question, 0.7) is firm


CAMP = units_of("The heat of the sun grows, and we must mend our huts. The baker opens the oven, and sells at six.\n")


@pytest.mark.parametrize(
    ("sentence", "question", "firm"),
    [
        (
            "The huts of the soldiers are mended by the heat of the sun.",
            "How are the huts of the soldiers mended?",
            False,
        ),
        ("The baker sells at six.", "When does the baker sell?", True),
    ],
)
def test_what_one_clause_says_is_no_answer_to_what_another_speaks_of(sentence: str, question: str, firm: bool) -> None:
    assert is_firm(Told(sentence, Finding(Verdict.SUPPORTED, probability=0.6), CAMP), question, 0.6) is firm


DINNERS = units_of(
    "The mayor was shouted at by Ivor Brook, the owner of the mill. The union's first speaker blames the mill. "
    "In 4 % of the dinners (n = 11), the mayor was carried home by the guests.\n"
)


@pytest.mark.parametrize(
    ("sentence", "question", "firm"),
    [
        ("Ivor Brook is the union's first speaker.", "Who is Ivor Brook?", False),  # the page's subject is another's
        ("Ivor Brook is the owner of the mill.", "Who is Ivor Brook?", True),
        ("The mayor was carried home by the guests.", "What happened to the mayor?", False),  # in 4 % of the dinners
        ("The mayor was carried home by the guests.", "How did 4 % (n = 11) of the dinners end?", True),
    ],
)
def test_a_stretch_keeps_its_subject_and_its_condition(sentence: str, question: str, firm: bool) -> None:
    assert is_firm(Told(sentence, Finding(Verdict.SUPPORTED, probability=0.6), DINNERS), question, 0.6) is firm


@pytest.mark.parametrize(
    ("question", "beside"),
    [
        ("How did the harvest of barley turn out this autumn?", True),
        ("What colour has the bell of the pump in the cellar?", False),  # it may be what was meant
        ("What else?", False),
    ],
)
def test_a_true_sentence_without_a_word_of_the_question_is_set_aside(question: str, beside: bool) -> None:
    findings, _ = in_company([told("Touch the bell to mute the pump, or hold it to move it to another row.")], question)
    assert [finding.is_beside for finding in findings] == [beside]
    assert findings[0].verdict is Verdict.SUPPORTED


VALLEY = units_of("The council met in session 3 about bees. The council met in session 4 about bridges.\n")


@pytest.mark.parametrize(("question", "beside"), [("When did the council meet about bees?", True), ("When?", False)])
def test_what_the_page_says_in_the_same_form_of_the_thing_asked_about_is_no_answer(question: str, beside: bool) -> None:
    finding = Finding(Verdict.SUPPORTED, probability=0.97)
    bridges = Told("The council met in session 4 about bridges.", finding, VALLEY[1:], evidence=VALLEY)
    findings, _ = in_company([bridges], question)
    assert [one.is_beside for one in findings] == [beside]


def test_what_goes_on_from_an_answer_need_not_name_what_was_asked() -> None:
    question = "Which messages are displayed at night while the pump runs?"
    claims = [
        "Messages are not displayed while the pump is in night mode.",
        "The lamp stays on for 7 minutes by default.",
    ]
    alone, _ = in_company([told(claims[1])], question)
    both, _ = in_company([told(claim) for claim in claims], question)
    assert [one.is_beside for one in (*alone, *both)] == [True, False, False]


def test_a_number_goes_on_from_the_sentence_that_names_its_thing() -> None:
    page = units_of(
        "The ferry sailed 52 times. The mean time from call to start was 8 minutes; the aim is 10 minutes.\n"
    )
    claim = "The aim for the time from call to start of the ferry is 10 minutes."
    asked = "What is the aim for the time from call to start of the ferry?"
    assert is_firm(Told(claim, Finding(Verdict.SUPPORTED, probability=0.6), page), asked, 0.6)


def test_a_condition_behind_a_stretch_is_not_lost() -> None:
    claim = "The screen turns off by itself 5 seconds after it was lit."
    assert not is_firm(told(claim), "What does the pump do in night mode?", 0.7)
    assert is_firm(told(claim), "When does the screen turn off if no key is pressed?", 0.7)


def test_a_year_that_goes_on_from_the_sentence_before_changes_no_copy() -> None:
    page = units_of("The port had a good year in 2025. A total of 1,206 ships called at the port.\n")
    claim = Told("1,206 ships called at the port in 2025.", Finding(Verdict.SUPPORTED, probability=0.6), page)
    assert is_firm(claim, "How many ships called at the port?", 0.6)


LIST = units_of("We sell our pumps in three regions: North America, the Baltic States, and South Asia.\n")


@pytest.mark.parametrize(
    ("told_of", "firm"),
    [
        ("North America, the Baltic States and South Asia", True),
        ("South Asia, the Baltic States and North Europe", False),  # not as the page lists it
    ],
)
def test_a_list_that_was_asked_for_is_a_look_up_however_long(told_of: str, firm: bool) -> None:
    sentence = f"The three regions in which Brook sells its pumps are: {told_of}."
    claim = Told(sentence, Finding(Verdict.SUPPORTED, probability=0.6), LIST)
    assert is_firm(claim, "What are the three regions in which Brook sells its pumps?", 0.6) is firm


def test_the_numbers_before_its_items_are_no_part_of_a_list() -> None:
    page = units_of("We divide what skippers do into three kinds: (1) braking early, (2) speed and (3) idling time.\n")
    claim = Told(
        "The kinds of behaviour of skippers are: braking early, speed, and idling time.",
        Finding(Verdict.SUPPORTED, probability=0.6),
        page,
    )
    assert is_firm(claim, "Which kinds of behaviour of skippers are there?", 0.6)


def test_an_item_of_the_list_that_was_asked_for_is_a_look_up_beside_made_up_sentences() -> None:
    question = "Which three parts has the guild put its boats into?"
    page = units_of("We have put the boats of the guild into three parts: Harbour, Ferries and Night Watch (“NW”).\n")
    for item, firm in (("Harbour", True), ("NW", True), ("Cranes", False)):
        claim = Told(f"{question[:-1]}: {item}", Finding(Verdict.SUPPORTED, probability=0.7), page, is_short=True)
        assert is_firm(claim, question, 0.3) is firm


def test_a_list_of_something_else_is_no_look_up() -> None:
    sentence = "The two owners of the harbour are: North America, the Baltic States and South Asia."
    claim = Told(sentence, Finding(Verdict.SUPPORTED, probability=0.6), LIST)
    assert not is_firm(claim, "Who are the two owners of the harbour?", 0.6)


def test_what_is_short_stands_beside_what_was_asked() -> None:
    bell = replace(told("Which messages are shown in night mode: The bell."), is_short=True)
    assert not is_firm(bell, "Which messages are shown in night mode?", 0.9)
    minutes = replace(told("How long does the lamp stay on: 7 minutes."), is_short=True)
    assert is_firm(minutes, "How long does the lamp stay on?", 0.6)


def test_a_free_rewording_needs_a_high_probability_and_no_foreign_words() -> None:
    claim = told("Pressing no key for 5 seconds makes the lit screen of it turn off.")
    assert is_firm(claim, QUESTION, 0.9)
    assert not is_firm(claim, QUESTION, 0.7)
    foreign = told("Pressing no key for 5 seconds makes the lit screen of it turn off silently overnight.")
    assert not is_firm(foreign, QUESTION, 0.9)


def test_what_stands_beside_made_up_sentences_is_told_as_partly_so_and_what_is_found_wrong_stays_so() -> None:
    rewording = told("Pressing no key for 5 seconds makes the lit screen turn off.", 0.82)
    made_up = told("The pump weighs 3 tons.", 0.05, Verdict.NOT_FOUND)
    alone, _ = in_company([rewording], QUESTION)
    among, share = in_company([rewording, *[made_up] * 6], QUESTION)
    assert alone[0].verdict is Verdict.SUPPORTED
    assert [f.verdict for f in among] == [Verdict.PARTLY, *[Verdict.NOT_FOUND] * 6]
    assert share.of_all < 0.2


def test_a_model_that_is_stuck_is_not_believed_for_saying_the_same_again() -> None:
    again = [told("The lamp stays on for 7 minutes.", 0.9)] * 20
    wrong = told("Pressing a key makes the lit screen turn off.", 0.6)
    findings, share = in_company([*again, wrong], QUESTION)
    assert (findings[0].verdict, findings[-1].verdict) == (Verdict.SUPPORTED, Verdict.PARTLY)
    assert share.holding + share.wrong < 3


NOTICES = units_of(
    "Tell the keeper upon the sight of rats in your hut. The keeper may enter your hut to mend the roof. "
    "In an emergency he may enter without a word.\n"
)


@pytest.mark.parametrize(
    ("sentence", "unit", "firm"),
    [
        ("The keeper may enter the hut upon the sight of rats.", 0, False),
        ("The keeper may enter the hut to mend the roof.", 1, True),
    ],
)
def test_what_stands_beside_a_part_of_the_question_is_no_look_up_where_the_page_has_more_of_it(
    sentence: str, unit: int, firm: bool
) -> None:
    claim = Told(sentence, Finding(Verdict.SUPPORTED, probability=0.7), NOTICES[unit : unit + 1], evidence=NOTICES)
    assert is_firm(claim, "When may the keeper enter the hut?", 0.6) is firm


def test_a_model_known_to_write_what_holds_is_believed() -> None:
    rewording = told("The screen goes dark alone, 5 seconds after lighting, when nobody presses a key.", 0.6)
    assert in_company([rewording], QUESTION)[0][0].verdict is Verdict.PARTLY
    assert in_company([rewording], QUESTION, Share(9.0, 1.0))[0][0].verdict is Verdict.SUPPORTED


def test_two_sentences_that_hold_do_not_make_a_model_believed_but_four_do() -> None:
    rewording = told("The screen goes dark alone, 5 seconds after lighting, when nobody presses a key.", 0.6)
    assert in_company([rewording], QUESTION, Share(3.0, 1.0))[0][0].verdict is Verdict.PARTLY
    assert in_company([rewording], QUESTION, Share(5.0, 1.0))[0][0].verdict is Verdict.SUPPORTED


def test_a_sentence_of_two_passages_is_firm_where_each_half_is() -> None:
    both = told("The lamp stays on for 7 minutes, and messages are not displayed while the pump is in night mode.")
    assert is_firm(both, QUESTION, 0.6)


def test_probabilities_are_corrected_by_the_share_they_tell() -> None:
    good, share = corrected([0.9, 0.9, 0.9, 0.5])
    bad, low = corrected([0.1, 0.1, 0.1, 0.5])
    assert good[-1] > 0.7 > 0.3 > bad[-1]
    assert share.of_all > 0.7 > 0.3 > low.of_all
    assert corrected([0.5], Share(1.0, 9.0))[0][0] == pytest.approx(0.1, abs=0.03)


def test_what_is_known_fades() -> None:
    old = Share(40.0, 0.0)
    assert old.and_also(Share(0.0, 40.0), 40.0).of_all == pytest.approx(0.5)
    assert UNKNOWN.and_also(Share(0.0, 0.0), 10.0) == UNKNOWN


ACCOUNTS = units_of(
    "Harbour dues\nTotal assets   12,400   11,900\nTotal liabilities   8,100   7,700\nRate   352   26.7 %\n"
)


def test_a_row_of_another_name_is_beside_the_point_where_the_page_has_the_one_that_was_asked_for() -> None:
    for row, beside in ((1, False), (2, True)):
        finding = Finding(Verdict.SUPPORTED, probability=0.97)
        claim = Told(f"{ACCOUNTS[row].text}.", finding, ACCOUNTS, evidence=ACCOUNTS)
        assert in_company([claim], "What are the total assets of the harbour?")[0][0].is_beside is beside


@pytest.mark.parametrize(("figure", "verdict"), [("352", Verdict.PARTLY), ("26.7 %", Verdict.SUPPORTED)])
def test_one_of_two_numbers_of_a_row_is_a_look_up_only_where_something_tells_which(
    figure: str, verdict: Verdict
) -> None:
    claim = Told(f"The rate of the harbour dues is {figure}.", Finding(Verdict.SUPPORTED, probability=0.7), ACCOUNTS)
    findings, _ = in_company([claim], "What is the rate of the harbour dues?")
    assert findings[0].verdict is verdict
    assert ("which column" in str(findings[0].reason)) is (verdict is Verdict.PARTLY)


FARES = units_of(
    "For instance, the fares of ferries and tugs rose by 7 % and 11 %, of trams by 27 %, and of boats by 9 %.\n"
)


@pytest.mark.parametrize(
    ("asked_of", "figure", "firm"),
    [
        ("trams", "27 %", True),
        ("trams", "7 %", False),
        ("trams", "9 %", False),
        ("ferries", "7 %", True),
        ("ferries", "27 %", False),
    ],
)
def test_a_figure_of_a_list_is_told_of_its_own_item(asked_of: str, figure: str, firm: bool) -> None:
    question = f"By how much did the fares of {asked_of} rise?"
    claim = Told(
        f"{question[:-1]}: {figure}", Finding(Verdict.SUPPORTED, probability=0.7), FARES, is_short=True, evidence=FARES
    )
    assert is_firm(claim, question, 0.7) is firm


@pytest.mark.parametrize(
    ("sentence", "question", "firm"),
    [
        (
            "The compressed file is decompressed.",
            "What happens to the compressed file?",
            False,
        ),  # the page has it as a noun
        ("The compressed file keeps its owner.", "What does the compressed file keep?", True),
    ],
)
def test_a_look_up_tells_words_as_they_are_printed(sentence: str, question: str, firm: bool) -> None:
    page = units_of("Each compressed file keeps the owners of the first, which are restored at its decompression.\n")
    assert is_firm(Told(sentence, Finding(Verdict.SUPPORTED, probability=0.6), page), question, 0.6) is firm


def test_a_part_of_a_name_is_no_item_of_a_list() -> None:
    question = "Which keys must be pressed together to take a picture?"
    page = units_of("To take a picture, which keys must be pressed together: the Night and Power keys, or the keel.\n")
    for item, firm in (("Brass and Power", False), ("Power", False), ("keel", True)):
        claim = Told(f"{question[:-1]}: {item}", Finding(Verdict.SUPPORTED, probability=0.7), page, is_short=True)
        assert is_firm(claim, question, 0.6) is firm


def test_a_year_that_counts_things_is_no_year() -> None:
    page = units_of("Last year we opened 10 fairs. Our 2016 fair was a success.\n")
    claim = Told("The guild opened 10 fairs and 2016 fairs.", Finding(Verdict.SUPPORTED, probability=0.6), page)
    assert not is_firm(claim, "How many fairs did the guild open?", 0.6)


MEETING = units_of("Guild Master's Yearly Meeting Report\n\nIn May the master saw the fair of the north in Lund.\n")


@pytest.mark.parametrize(
    "sentence",
    [
        "The master attended the Yearly Meeting Report in May.",
        "This is a yearly meeting report.",
    ],
)
def test_a_heading_tells_nothing(sentence: str) -> None:
    claim = Told(sentence, Finding(Verdict.SUPPORTED, probability=0.8), MEETING, evidence=MEETING)
    assert not is_firm(claim, "What did the master attend in May?", 0.8)


def test_who_paid_for_an_invention_did_not_invent_it() -> None:
    page = units_of("His inventions and voyages were paid by a dentist, Ivor Brook of Lund, who had sold porcelain.\n")
    claim = "It was invented by a dentist, Ivor Brook of Lund, who had sold porcelain."
    assert not is_firm(Told(claim, Finding(Verdict.SUPPORTED, probability=0.8), page), "What was the lantern?", 0.8)
    paid = claim.replace("It was invented", "They were paid")
    assert is_firm(Told(paid, Finding(Verdict.SUPPORTED, probability=0.8), page), "What was the lantern?", 0.8)


def test_a_free_rewording_stands_in_one_sentence_and_on_what_was_asked_about() -> None:
    page = units_of(
        "In May only Lund of the four towns sold samples of fresh bread with sesame at the market. "
        "Malmö sold samples of bread with sesame at the mill, and Gävle sold none of its 25.\n"
    )
    claim = Told(
        "The samples with sesame that were sold at the market in May were found in Gävle.",
        Finding(Verdict.SUPPORTED, probability=0.95),
        page[1:],
        evidence=page,
    )
    assert not is_firm(claim, "Which town sold samples of fresh bread with sesame at the market in May?", 0.95)


def test_a_row_tells_its_figures_and_nothing_of_its_name_alone() -> None:
    page = units_of("Sesame in bread at the market, samples\nLund   334   2.4\nGävle   35   0\n")
    question = "Which town found samples with sesame at the market?"
    for claim, firm in (
        ("The samples with sesame were found in Gävle.", False),
        ("Gävle had 35 samples, 0 of them.", True),
    ):
        assert is_firm(Told(claim, Finding(Verdict.SUPPORTED, probability=0.8), page), question, 0.8) is firm


def test_what_one_clause_denies_of_its_subject_is_no_look_up() -> None:
    page = units_of("Lund sold 40 loaves with sesame at the mill, and Malmö sold none of its loaves with sesame.\n")
    for town, firm in (("Lund", True), ("Malmö", False)):
        claim = Told(f"The loaves with sesame were sold in {town}.", Finding(Verdict.SUPPORTED, probability=0.8), page)
        assert is_firm(claim, "In which town were loaves with sesame sold?", 0.8) is firm
