from __future__ import annotations

import pytest

from shared_utils.text.tokens import estimate_tokens
from shared_utils.types import ChatMessage, Evidence, EvidenceSpan
from src.answering.prompts import OVERHEAD_TOKENS, REFUSAL, RULES, build_prompt, is_refusal, standard_prompt
from tests.fakes import evidence_of

SENTENCE = "Revenue in the third quarter rose by 8.4 % to 14.9 million euros, the annual report for 2023 says. "


def evidence_of_tokens(tokens: int, spans: int) -> Evidence:
    text = SENTENCE
    while estimate_tokens(text) < tokens / spans:
        text += SENTENCE
    while estimate_tokens(text) > tokens / spans:
        text = text[:-1]
    return evidence_of(*[text] * spans)


@pytest.mark.parametrize("spans", [1, 4, 8])
def test_an_ordinary_question_with_600_tokens_of_evidence_takes_at_most_750(spans: int) -> None:
    evidence = evidence_of_tokens(600, spans)
    labels = {span.marker: f"annual-report-2023.pdf p. {span.page}" for span in evidence.spans}
    prompt = build_prompt("By how much did revenue rise in the third quarter of 2023?", evidence, labels)
    assert prompt.estimated_tokens <= 750


def test_what_never_changes_stands_first_byte_for_byte() -> None:
    one = build_prompt("What?", evidence_of("First text."), {})
    other = build_prompt("Why?", evidence_of("Other text."), {}, history=(ChatMessage("user", "Hm?"),))
    assert one.messages[0] == other.messages[0] == ChatMessage("system", RULES)


def test_rules_passages_conversation_and_question_come_in_this_order() -> None:
    history = (ChatMessage("user", "And before?"), ChatMessage("assistant", "It was 12 euros [1]."))
    prompt = build_prompt("And now?", evidence_of("Now 15 euros.", "In 2020: 12 euros."), {}, history)
    assert prompt.messages[1].content == (
        "Passages:\n[1] Now 15 euros.\n[2] In 2020: 12 euros.\n\n"
        "Earlier:\nQ: And before?\nA: It was 12 euros.\n\n"
        "Question: And now?"
    )


def test_the_question_also_comes_last_when_the_evidence_is_in_another_language() -> None:
    prompt = build_prompt("Wie hoch ist die Miete?", evidence_of("The rent is 900 euros."), {})
    assert prompt.messages[1].content.endswith("Question: Wie hoch ist die Miete?")


def test_documents_are_named_only_where_there_are_several() -> None:
    spans = [
        EvidenceSpan(1, "a", 1, 0, 4, "One.", 1.0),
        EvidenceSpan(2, "a", 2, 0, 4, "Two.", 1.0),
        EvidenceSpan(3, "b", 9, 0, 6, "Three.", 1.0),
    ]
    labels = {1: "a.pdf p. 1", 2: "a.pdf p. 2", 3: "b.pdf p. ix"}
    several = build_prompt("?", Evidence(tuple(spans), 3, 600), labels).messages[1].content
    assert several.startswith("Passages:\n[1] (a.pdf) One.\n[2] Two.\n[3] (b.pdf) Three.\n")
    alone = build_prompt("?", Evidence(tuple(spans[:2]), 2, 600), labels).messages[1].content
    assert "a.pdf" not in alone


def test_line_breaks_of_the_page_go_but_those_of_a_table_stay() -> None:
    text = "The fee is\ndue in\nMay.\nBasic 10.00 120.00\nPlus 20.00 240.00"
    content = build_prompt("?", evidence_of(text), {}).messages[1].content
    assert "[1] The fee is due in May.\nBasic 10.00 120.00\nPlus 20.00 240.00\n" in content


def test_a_papers_own_references_are_not_taken_for_ours() -> None:
    content = build_prompt("?", evidence_of("Shown before [12], [3, 4].", "Fine."), {}).messages[1].content
    assert "Shown before (12), (3, 4)." in content


def test_a_long_conversation_is_remembered_in_short() -> None:
    history = [ChatMessage("user" if i % 2 == 0 else "assistant", f"Turn {i} " + "word " * 200) for i in range(20)]
    prompt = build_prompt("And now?", evidence_of("Text."), {}, history)
    content = prompt.messages[1].content
    assert "Turn 19" in content
    assert "Turn 15" not in content
    assert prompt.estimated_tokens < 450


def test_the_standard_prompt_is_as_long_as_an_ordinary_one_and_new_every_time() -> None:
    one, other = standard_prompt(500, "a"), standard_prompt(500, "b")
    assert 520 <= one.estimated_tokens <= 500 + OVERHEAD_TOKENS
    assert one.messages[0] == other.messages[0]
    assert one.messages[1] != other.messages[1]


# ------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    "text",
    [
        REFUSAL,
        "The documents do not say",
        "“The documents do not say.”",
        "The documents do not say. [1]",
        "The provided passages do not mention the CEO's salary.",
        "The text doesn't contain any information about this. The documents do not say.",
        "There is no information about the budget in the passages.",
        "The answer is not mentioned in the provided documents.",
        "I cannot find the answer in the passages.",
        "I don't know.",
        "Die Dokumente sagen dazu nichts und enthalten keine Angaben.",
        "Das steht nicht in den Dokumenten. Die Dokumente enthalten keine Information dazu.",
        "Les documents ne mentionnent pas le salaire.",
        "Les documents ne le disent pas.",
        "Los documentos no mencionan el salario.",
        "Os documentos não mencionam o salário.",
        "I documenti non dicono nulla.",
        "De documenten vermelden dit niet.",
        "В документах об этом не говорится.",
        "Dokumenty nie zawierają tej informacji.",
        "Belgelerde bu bilgi yer almıyor.",
        "Dokumenten säger inte det.",
        "文件中没有提到这一点。",
        "文書には記載されていません。",
        "문서에는 해당 정보가 없습니다.",
        "المستندات لا تذكر ذلك.",
        "दस्तावेज़ों में यह नहीं बताया गया है।",
    ],
)
def test_a_refusal_is_recognised_in_many_words_and_languages(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The rent is 900 euros [1].",
        "The policy does not cover floods [2].",
        "The document does not provide a warranty [2].",
        "The documents do not mention 2021. In 2022 revenue was 14.9 million euros [1].",
        "No, the tenant may not keep pets [1].",
        "Die Miete beträgt 900 Euro [1].",
        "Le texte ne change pas le délai [1].",
        "El contrato no incluye mascotas [3].",
        "契約書によると、家賃は900ユーロです[1]。",
        "He did not sign the contract.",
        "The information is not provided to third parties.",
        "Passwords are not stored in plain text [4].",
    ],
)
def test_an_answer_is_not_taken_for_a_refusal(text: str) -> None:
    assert not is_refusal(text)


def test_a_table_is_told_as_a_table() -> None:
    shown = "Error | Cause | Solution\nPoor signal | You moved. | Keep still.\nThe watch then beeps."
    span = EvidenceSpan(1, "a", 1, 0, 9, "Error\nPoor", 1.0, shown)
    content = build_prompt("?", Evidence((span,), 9, 600), {}).messages[1].content
    assert "[1] Error | Cause | Solution\nPoor signal | You moved. | Keep still.\nThe watch then beeps.\n" in content
