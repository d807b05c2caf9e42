"""A yes or a no is said where a sentence says so, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.message import NOTHING, message
from shared_utils.types import QUOTED, Answer, Direct, DirectKind, DirectOperand, Sentence, Verdict
from src.answering.ingestion import IndexedDocument, SourceFile
from src.answering.yes_no import asks_yes_no, is_said_better, said, with_word
from src.events import AnswerFinished
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.pdf import pdfs

RULES = (
    "House rules of the marina",
    "Dogs are allowed on the jetties if they are kept on a lead.",
    "Swimming is not allowed between the jetties, even in summer.",
    "Guests may stay on board overnight on at most 14 nights a month.",
    "Only members can use the crane, and they must book it in advance.",
    "Some berths have electricity; ask the harbour master which ones.",
)


@pytest.mark.parametrize(
    "question",
    [
        "Does the watch measure blood pressure?",
        "If the battery is low, will it stay on?",
        "Can’t I pay by card?",
        "Hat das Haus einen Aufzug?",
        "Est-ce que les chiens sont admis ?",
        "¿Se puede nadar aquí?",
        "È permesso fumare?",
        "São permitidos cães?",
        "Mag ik hier zwemmen?",
        "Is the price of the ticket lower than last year?",
    ],
)
def test_a_question_that_wants_a_yes_or_a_no_is_known(question: str) -> None:
    assert asks_yes_no(question)


@pytest.mark.parametrize(
    "question",
    ["What is a jetty?", "Is it free or do I pay?", "Is this document", "Wer hat das Haus?", "Is het rood of blauw?"],
)
def test_other_questions_are_not(question: str) -> None:
    assert not asks_yes_no(question)


@pytest.mark.parametrize(
    ("question", "sentence", "word"),
    [
        ("Are dogs allowed on the jetties?", RULES[1], True),
        ("Does the crane run at night?", "In order to avoid noise when the crane is run at night, it is slow.", True),
        ("Does the crane run at night?", "Members avoid to run the crane at night.", False),
        ("Is swimming allowed between the jetties?", RULES[2], False),
        ("Can I stay on board for more than 20 nights a month?", RULES[3], False),
        ("Can everyone use the crane?", RULES[4], False),
        ("Do all berths have electricity?", RULES[5], False),
        ("Did sales increase in 2019?", "In 2019 sales decreased by 4 %.", False),
        ("Did sales increase in 2019?", "In 2019 sales increased by 4 %.", True),
        ("Was the contract terminated?", "The contract was not terminated, but its term was shortened.", False),
        ("Is the fee higher than 30 euros?", "The fee is 45 euros.", True),
        ("Is smoking possible on board?", "Smoking on board is prohibited.", False),
        ("Sind Hunde auf den Stegen erlaubt?", "Hunde sind auf den Stegen nicht erlaubt.", False),
        ("Les chiens sont-ils admis sur les pontons ?", "Les chiens sont admis sur les pontons.", True),
        ("Is the pool heated in winter?", RULES[1], None),
        ("Is there a parking space?", "Parking space no. 14 is included in the rent.", True),
    ],
)
def test_the_sentence_tells_the_word(question: str, sentence: str, word: bool | None) -> None:
    assert said(question, sentence) is word


def ask(question: str, tmp_path: Path) -> Answer:
    path = tmp_path / "rules.pdf"
    path.write_bytes(pdfs.pdf(pdfs.lines(*RULES)))
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))
    versions: list[IndexedDocument] = []
    try:
        for _ in rag.read(SourceFile("a" * 64, path.name, path), versions.append, cancelled=never):
            pass
        *_, last = rag.ask(question, versions[-1:], writers=tuple, cancelled=never)
        assert isinstance(last, AnswerFinished)
        return last.answer
    finally:
        rag.viewer.close()


def test_the_word_comes_first_then_the_sentence_that_says_so(tmp_path: Path) -> None:
    answer = ask("Is swimming allowed between the jetties?", tmp_path)
    word, quote = answer.sentences[:2]
    assert word.text == "No."
    assert RULES[2] in quote.text
    assert answer.sentences[0].citations == answer.sentences[1].citations == (1,)
    assert answer.direct is not None
    assert (answer.direct.kind, answer.direct.value) == (DirectKind.YES_NO, "no")


def test_no_word_is_guessed_where_nothing_is_said(tmp_path: Path) -> None:
    answer = ask("Does the marina rent out sailing boats?", tmp_path)
    assert answer.direct is None
    assert answer.sentences[0].text not in ("Yes.", "No.")


def looked_up(text: str, *operands: tuple[str, str]) -> Answer:
    """An answer that leads with values of a table."""
    own = tuple(DirectOperand(name, value, "", (1,)) for name, value in operands)
    direct = Direct(DirectKind.VALUE, operands[0][0], operands[0][1], "", own)
    return Answer(
        "", True, (Sentence(text, (1,), Verdict.SUPPORTED, NOTHING),), (), "stop", QUOTED, text, direct=direct
    )


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Is the fair value of the bonds higher than their cost?", "No."),
        ("Is the cost of the bonds higher than their fair value?", "Yes."),
        ("Was the cost of the bonds lower than their fair value?", "No."),
    ],
)
def test_two_values_of_a_row_are_compared(question: str, word: str) -> None:
    answer = looked_up("Bonds: Cost 4,821 · Fair value 4,816", ("Bonds, Cost", "4,821"), ("Bonds, Fair value", "4,816"))
    assert with_word(question, answer).sentences[0].text == word


def test_a_value_that_no_word_is_asked_of_stays_as_it_is() -> None:
    answer = looked_up("Bonds: Cost 4,821 · Fair value 4,816", ("Bonds, Cost", "4,821"), ("Bonds, Fair value", "4,816"))
    assert with_word("Is there a fair value of the bonds?", answer) == answer


def test_a_cell_that_holds_a_sentence_says_the_word() -> None:
    text = "Access: Users are not allowed to delete a bucket that holds objects."
    answer = looked_up(text, ("Access", "Users are not allowed to delete a bucket that holds objects."))
    assert with_word("Are users allowed to delete a bucket that holds objects?", answer).sentences[0].text == "No."


def test_what_is_spoken_of_is_spoken_of() -> None:
    row = Sentence("Method · Silting · High", (1,), Verdict.SUPPORTED, message("quoted word for word"))
    prose = Sentence("Another cause of delay is silting.", (2,), Verdict.SUPPORTED, message("quoted word for word"))
    answer = Answer("q", True, (row, prose), (), "stop", QUOTED, "")
    said = with_word("Is silting discussed in this report?", answer)
    assert [sentence.text for sentence in said.sentences] == ["Yes.", prose.text, row.text]
    excluded = Sentence("What is not covered: flood", (1,), Verdict.SUPPORTED, message("quoted word for word"))
    policy = Answer("q", True, (excluded,), (), "stop", QUOTED, "")
    assert with_word("Is flood covered?", policy).sentences[0].text == "No."
    assert with_word("Is whaling discussed in this report?", answer).sentences == answer.sentences


def test_a_sentence_says_it_better_than_a_long_cell_with_the_words_here_and_there() -> None:
    cell = "Each bucket name is unique. After it is made, its storage class and its objects cannot be changed."
    question = "Can buckets be changed between storage classes?"
    sentence = Sentence("You can change buckets between storage classes.", (1,), Verdict.SUPPORTED, message("quoted"))
    assert is_said_better(question, cell, [sentence])
    assert not is_said_better(question, sentence.text, [sentence])
    assert not is_said_better(question, "Yes", [sentence])


@pytest.mark.parametrize(
    ("question", "sentence", "word"),
    [
        ("May guests open the crane?", "Guests may not move, paint or open the crane.", False),
        ("May guests paint the crane?", "Guests may not move the crane, paint it, or open it.", False),
        ("Is the sauna heated?", "The pool is not heated, the sauna is heated or closed.", True),  # a verb of its own
        ("Is the sauna heated?", "The pool is never heated, the sauna heated.", True),  # nothing joins them
        ("Darf man den Kran streichen?", "Den Kran darf man nicht bewegen, streichen oder öffnen.", False),
    ],
)
def test_what_or_joins_to_a_denial_is_denied(question: str, sentence: str, word: bool) -> None:
    assert said(question, sentence) is word


@pytest.mark.parametrize(
    ("question", "sentence", "word"),
    [
        ("Do I have to send the harbour master photos?", "You may send the harbour master photos.", False),
        ("Do I have to send photos?", "For photos that you send voluntarily, the harbour has a box.", False),
        ("Do I have to send photos?", "Guests send photos of the berth.", True),
        ("Must I send photos?", "Photos can be sent by mail. You must send photos of the berth.", True),
        ("Is it necessary to send photos?", "Sending photos is optional.", False),
        ("Do I have to send photos?", "You may send photos. You must make it quite clear who sends the photos.", False),
        ("Can I send photos?", "You may send photos.", True),
        ("Did the guests send the photos?", "The guests refused to send the photos.", False),
    ],
)
def test_what_may_be_done_need_not_be(question: str, sentence: str, word: bool) -> None:
    assert said(question, sentence) is word


@pytest.mark.parametrize(
    ("question", "text", "word"),
    [
        ("May I smoke on the deck?", "Smoking is not permitted in the cabins. It is permitted on the deck.", True),
        ("May I smoke on the deck?", "Smoking is permitted in the cabins. It is not permitted on the deck.", False),
    ],
)
def test_it_speaks_of_what_was_spoken_of_before(question: str, text: str, word: bool) -> None:
    assert said(question, text) is word


def test_being_allowed_is_nothing_that_a_sentence_is_about() -> None:
    assert said("Am I allowed to paint the crane?", "Members may allow guests to use the crane.") is None
    assert said("Are dogs allowed on the crane?", "Dogs are not allowed on the crane.") is False


def test_a_sentence_that_leaves_it_open_leads_no_answer() -> None:
    vague = "Ask which of the berths may be taxed, sold or given away by the harbour."
    plain = "Berths of the harbour are not taxed before they are sold."
    texts = [Sentence(text, (n,), Verdict.SUPPORTED, NOTHING) for n, text in enumerate((vague, plain), start=1)]
    answer = with_word(
        "Are berths of the harbour taxed before they are sold?", Answer("q", True, tuple(texts), (), "stop", QUOTED, "")
    )
    assert [one.text for one in answer.sentences[:2]] == ["No.", plain]
