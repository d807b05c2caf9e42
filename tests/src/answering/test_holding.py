"""What of a model's answer is shown: what holds, in order; what does not is set aside with its reason."""

from __future__ import annotations

from dataclasses import replace

from shared_utils.message import NOTHING, literal
from shared_utils.types import QUOTED, Answer, Citation, EngineKind, GenerationStats, Sentence, Verdict
from src.answering.holding import MOSTLY_LEFT_OUT, NOTHING_HOLDS, everything, what_holds

S, P, N, C = Verdict.SUPPORTED, Verdict.PARTLY, Verdict.NOT_FOUND, Verdict.CONTRADICTED


def citation(marker: int, start: int) -> Citation:
    return Citation(marker, "d", "report.pdf", 1, "1", f"quote at {start}", start, start + 5)


def said(text: str, verdict: Verdict, *citations: int, paragraph: int = 0, item: str = "") -> Sentence:
    return Sentence(text, citations, verdict, literal("why"), paragraph, item)


def answer(*sentences: Sentence, places: tuple[int, ...] = (10, 20, 30)) -> Answer:
    citations = tuple(citation(marker, start) for marker, start in enumerate(places, start=1))
    return Answer("How?", True, sentences, citations, "stop", GenerationStats(EngineKind.OLLAMA, "m"), "raw")


OWN = Answer(
    "How?", True, (said("The page itself.", S, 1),), (citation(1, 20),), "stop", QUOTED, "The page itself. [1]"
)


def texts(made: Answer, *, left_out: bool) -> list[str]:
    return [s.text for s in made.sentences if s.left_out is left_out]


def test_what_is_contradicted_or_not_found_is_left_out_and_the_rest_stays_in_order() -> None:
    made = what_holds(
        answer(said("One holds here.", S, 2), said("Two.", N), said("Three in part.", P, 3), said("Four.", C, 1)), OWN
    )
    assert texts(made, left_out=False) == ["One holds here.", "Three in part."]
    assert texts(made, left_out=True) == ["Two.", "Four."]
    assert made.notes == ()


def test_footnotes_are_numbered_as_a_reader_meets_them() -> None:
    made = what_holds(answer(said("No.", C, 1), said("This one holds.", S, 3), said("This holds too.", S, 2)), OWN)
    assert [(s.text, s.citations) for s in made.sentences] == [
        ("No.", (3,)),
        ("This one holds.", (1,)),
        ("This holds too.", (2,)),
    ]
    assert [(c.marker, c.start) for c in made.citations] == [(1, 30), (2, 20), (3, 10)]


def test_where_most_falls_the_documents_own_sentences_lead_and_it_is_said_why() -> None:
    made = what_holds(
        answer(said("All of this is made up.", N), said("Holds.", P, 2), said("As is this.", C, 1), places=(10, 20)),
        OWN,
    )
    assert texts(made, left_out=False) == ["The page itself.", "Holds."]
    assert made.notes == (MOSTLY_LEFT_OUT,)
    assert [c.start for c in made.citations] == [20, 10]  # a place that both cite is one footnote
    assert [s.citations for s in made.sentences] == [(1,), (), (1,), (2,)]
    paragraphs = [s.paragraph for s in made.sentences]
    assert paragraphs[0] < min(paragraphs[1:])


def test_a_lead_in_and_a_heading_go_with_all_that_they_lead_to() -> None:
    made = what_holds(
        answer(
            said("The harbour is old and large.", S, 1),
            said("Costs", S, item="#", paragraph=1),
            said("There are two kinds:", S, paragraph=2),
            said("dear ones", N, item="-", paragraph=3),
            said("cheap ones", N, item="-", paragraph=4),
        ),
        OWN,
    )
    assert texts(made, left_out=False) == ["The harbour is old and large."]


def test_a_lead_in_stays_with_what_is_left_of_its_list() -> None:
    sentences = (said("Two kinds:", S), said("dear", N, item="-", paragraph=1), said("cheap", S, item="-", paragraph=2))
    assert texts(what_holds(answer(*sentences), OWN), left_out=False) == ["Two kinds:", "cheap"]


def test_nothing_is_taken_from_a_refusal() -> None:
    refused = replace(answer(said("The documents do not say.", N)), answerable=False)
    assert what_holds(refused, OWN) is refused


NO_OWN = replace(OWN, answerable=False, sentences=())


def test_where_nothing_holds_and_the_documents_have_no_answer_that_is_said_beside_the_closest_places() -> None:
    made = what_holds(answer(said("All of it is made up.", N), places=()), NO_OWN)
    assert not made.answerable
    assert [s.said for s in made.sentences] == [NOTHING_HOLDS, NOTHING]
    assert texts(made, left_out=True) == ["All of it is made up."]
    assert [c.start for c in made.citations] == [20]


def test_what_holds_is_shown_though_most_falls_and_the_documents_have_no_answer() -> None:
    made = what_holds(answer(said("All of this is made up, every word.", N), said("It holds.", S, 2)), NO_OWN)
    assert made.answerable
    assert texts(made, left_out=False) == ["It holds."]


def test_a_sentence_told_too_weakly_gives_its_place_to_the_words_it_cites_and_to_none_shown_before() -> None:
    weak = replace(said("Weak.", P, 2), left_out=True)
    made = what_holds(answer(said("This one holds well.", S, 1), weak, said("So does this one here.", S, 3)), OWN)
    assert texts(made, left_out=False) == ["This one holds well.", "quote at 20", "So does this one here."]
    assert texts(made, left_out=True) == ["Weak."]
    assert [s.citations for s in made.sentences] == [(1,), (2,), (2,), (3,)]
    again = what_holds(answer(said("This one holds well.", S, 2), weak), OWN)
    assert texts(again, left_out=False) == ["This one holds well."]


def test_what_is_said_again_is_left_out() -> None:
    once, other = said("The harbour is old and large.", S, 1), said("So is the town behind it.", S, 2)
    made = what_holds(answer(once, other, once), OWN)
    assert texts(made, left_out=False) == [once.text, other.text]


def test_a_lead_in_that_leads_to_nothing_is_no_answer() -> None:
    made = what_holds(answer(said("The answer to this question is:", S, 1)), OWN)
    assert texts(made, left_out=False) == ["The page itself."]


def test_everything_can_be_shown_again() -> None:
    made = what_holds(answer(said("This one holds.", S, 2), said("No.", N)), OWN)
    shown = everything(made)
    assert shown is not None
    assert texts(shown, left_out=True) == []
    assert everything(None) is None
    assert NOTHING not in made.notes


def test_what_is_only_not_found_in_another_language_stays() -> None:
    told, also = said("انخفض التسرب إلى النصف", N, 1), said("التسرب إلى النصف انخفض", N, 1)
    wrong = said("انخفض إلى 99", C, 1)
    made = what_holds(answer(told, also, wrong), OWN)
    assert texts(made, left_out=False) == [told.text, also.text]
    assert texts(made, left_out=True) == [wrong.text]


def test_a_list_of_names_is_of_no_other_language() -> None:
    """One word that two languages share, however often, tells neither."""
    names = "Brook S7, Brook S8, " + ", ".join(f"Brook Mill’s {n}" for n in range(3, 40))
    page = replace(citation(1, 10), quote="You can adjust the light of the screen and it is on by default.")
    made = what_holds(replace(answer(said(names, N)), citations=(page,)), OWN)
    assert texts(made, left_out=True) == [names]


def test_an_item_of_a_list_that_cites_the_same_words_is_shown_once() -> None:
    items = [said("Sheep.", S, n, paragraph=i, item="-") for i, n in enumerate((1, 1, 2))]
    made = what_holds(answer(*items, said("Yes.", S, 3), said("Yes.", S, 3)), OWN)
    assert texts(made, left_out=False) == ["Sheep.", "Sheep.", "Yes.", "Yes."]
    assert texts(made, left_out=True) == ["Sheep."]
