"""Extractive answers: the documents' own words, each with its place, the best first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared_utils.generation.extractive import extractive_answer
from shared_utils.types import Answer, Evidence, EvidenceSpan, Page, PageVerdict, Span, Vectors, Verdict

REPORT = (
    "Lighting division\n"
    "The Lighting division had a good year. Its net sales rose 14.9 % to €41.2 million\nin 2023. "
    "Costs were under control. The division was founded in 1987 by Anna Lindqvist.\n"
    "Employees\n"
    "The division employs 312 people, most of them in Gothenburg.\n"
)
TABLE = (
    "Statements of income (in millions)\n2021 2022 2023\nNet income 3,033 10,073 11,588\nIncome taxes 769 1,197 2,374\n"
)
OTHER = "Its net sales rose 14.9 % to €41.2 million in 2023.\nThe weather in Gothenburg was mild.\n"
RESCUES = (
    "The gates closed 23 times for the boat race. Every closure was told ahead.\n"
    "The lifeboat was launched 52 times. It brought 71 people ashore.\n"
)
TITLE = "Ingrid Solberg\nHARBOUR MASTER\nNordhaven\n"
PAGES = {
    ("c", 1): Page(1, "1", RESCUES, PageVerdict.TEXT),
    ("c", 2): Page(2, "2", TITLE, PageVerdict.TEXT),
    ("a", 1): Page(1, "i", REPORT, PageVerdict.TEXT),
    ("a", 2): Page(2, "ii", TABLE, PageVerdict.TEXT),
    ("b", 1): Page(1, "1", OTHER, PageVerdict.TEXT),
}
NAMES = {"a": "report.pdf", "b": "letter.pdf", "c": "rescues.pdf"}


def evidence(*places: tuple[str, int]) -> Evidence:
    spans = tuple(
        EvidenceSpan(i, document, page, 0, len(text), text, 1.0)
        for i, (document, page) in enumerate(places, 1)
        for text in (PAGES[document, page].text,)
    )
    return Evidence(spans, 100, 600)


def answered(question: str, *places: tuple[str, int], max_sentences: int = 4, around: int = 0) -> Answer:
    answer = extractive_answer(question, evidence(*places), PAGES, NAMES, max_sentences=max_sentences, around=around)
    for citation in answer.citations:
        page = PAGES[citation.document_id, citation.page]
        assert page.text[citation.start : citation.end] == citation.quote
        assert (citation.page_label, citation.document) == (page.label, NAMES[citation.document_id])
    assert [c.marker for c in answer.citations] == [m for s in answer.sentences for m in s.citations]
    quotes = {c.marker: " ".join(c.quote.split()) for c in answer.citations}
    for sentence in answer.sentences:
        assert sentence.text == " · ".join(quotes[marker] for marker in sentence.citations)
        assert (sentence.verdict, str(sentence.reason)) == (Verdict.SUPPORTED, "quoted word for word")
    return answer


def test_the_sentence_that_holds_the_value_asked_for_comes_first() -> None:
    answer = answered("How many people does the Lighting division employ?", ("a", 1), ("a", 2))
    assert "312 people" in answer.sentences[0].text


def test_when_asks_for_a_date_and_who_for_a_name() -> None:
    assert "1987" in answered("When was the Lighting division founded?", ("a", 1)).sentences[0].text
    assert "Lindqvist" in answered("Who founded the Lighting division?", ("a", 1)).sentences[0].text


def test_line_breaks_are_folded_for_reading_and_kept_in_the_quote() -> None:
    answer = answered("How much did net sales rise in 2023?", ("a", 1), max_sentences=1)
    assert answer.sentences[0].text == "Its net sales rose 14.9 % to €41.2 million in 2023."
    assert "\n" in answer.citations[0].quote


def test_sentences_that_touch_are_shown_together_in_reading_order() -> None:
    answer = answered("Did the Lighting division have a good year and did its net sales rise?", ("a", 1))
    first = answer.sentences[0].text
    assert first.index("good year") < first.index("14.9 %")


def test_a_quote_begins_with_the_sentence_that_answers() -> None:
    answer = answered("How often was the lifeboat launched?", ("c", 1), around=120)
    assert answer.sentences[0].text.startswith("The lifeboat was launched 52 times")


def test_the_lines_of_an_address_stay_together() -> None:
    answer = answered("Who is the harbour master?", ("c", 2))
    assert answer.sentences[0].text.startswith("Ingrid Solberg HARBOUR MASTER")


def test_a_sentence_is_read_with_what_stands_around_it() -> None:
    answer = answered("How much did net sales rise in 2023?", ("a", 1), max_sentences=1, around=120)
    assert answer.sentences[0].text == (
        "The Lighting division had a good year. Its net sales rose 14.9 % to €41.2 million in 2023. "
        "Costs were under control."
    )


def test_nothing_is_quoted_twice_where_two_sentences_are_read_with_the_same() -> None:
    answer = answered("Who founded the division that had a good year in net sales?", ("a", 1), around=500)
    assert sum("good year" in sentence.text for sentence in answer.sentences) == 1
    assert sum("Lindqvist" in sentence.text for sentence in answer.sentences) == 1


def test_a_table_row_is_read_with_nothing() -> None:
    answer = answered("What was the net income in 2022?", ("a", 2), max_sentences=1, around=500)
    assert answer.citations[-1].quote == "Net income 3,033 10,073 11,588"


def test_a_table_row_is_shown_under_its_column_heads() -> None:
    answer = answered("What was the net income in 2022?", ("a", 2), max_sentences=1)
    assert answer.sentences[0].text == (
        "Statements of income (in millions) · 2021 2022 2023 · Net income 3,033 10,073 11,588"
    )
    assert [c.quote for c in answer.citations] == [
        "Statements of income (in millions)",
        "2021 2022 2023",
        "Net income 3,033 10,073 11,588",
    ]


def test_the_same_sentence_in_two_documents_is_shown_once() -> None:
    answer = answered("How much did net sales rise in 2023?", ("a", 1), ("b", 1))
    assert sum("14.9 %" in sentence.text for sentence in answer.sentences) == 1


def test_no_more_sentences_are_taken_than_asked_for() -> None:
    assert len(answered("Lighting division net sales people", ("a", 1), ("b", 1), max_sentences=2).sentences) <= 2


def test_words_that_readers_cannot_see_are_never_quoted() -> None:
    hidden = Span(REPORT.index("Costs"), REPORT.index("Costs") + len("Costs were under control."))
    page = Page(1, "i", REPORT, PageVerdict.TEXT, hidden=(hidden,))
    answer = extractive_answer("Were costs under control?", evidence(("a", 1)), {("a", 1): page}, NAMES)
    assert not any("under control" in citation.quote for citation in answer.citations)


def test_without_evidence_there_is_a_refusal_and_no_words() -> None:
    answer = extractive_answer("What was the net income?", Evidence((), 0, 600), {}, {})
    assert (answer.answerable, answer.finish_reason, answer.sentences) == (False, "refused", ())


def test_evidence_about_something_else_is_a_refusal_too() -> None:
    answer = answered("Zylophone quixotry?", ("b", 1))
    assert (answer.answerable, answer.finish_reason) == (False, "refused")


def test_it_says_who_answered() -> None:
    answer = answered("How much did net sales rise in 2023?", ("a", 1))
    assert (answer.stats.backend, answer.stats.model, answer.finish_reason) == ("extractive", "", "stop")


class AxisEmbedder:
    """Two axes: texts about the weather and all others."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1, 0] if "weather" in text else [0, 1] for text in texts], dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return np.array([[1, 0]], dtype=np.float32)


def test_meaning_lifts_a_sentence_that_shares_fewer_words() -> None:
    question = "Was Gothenburg sunny when sales, net of tax, rose?"
    by_words, by_meaning = (
        extractive_answer(question, evidence(("b", 1)), PAGES, NAMES, max_sentences=1, around=0, embedder=embedder)
        for embedder in (None, AxisEmbedder())
    )
    assert "net sales" in by_words.sentences[0].text
    assert "weather" in by_meaning.sentences[0].text


def test_the_number_of_a_figure_is_no_value() -> None:
    text = (
        "The output in Figure 6.5 shows the statistic of the fit with its associated p-value.\n"
        "F-statistic: 3.27 on 10 and 13 DF, p-value: 0.0243.\n"
    )
    found = quoted("What is the p-value of the F-statistic?", text)
    assert found.sentences[0].text.startswith("F-statistic: 3.27")


def test_how_to_do_something_is_told_by_the_means() -> None:
    text = (
        "In this shop of the harbour, you will have to buy again what you have dropped in the shop.\n"
        "Lamps hang there.\nYou can buy things by picking them up in the shop.\n"
    )
    assert "by picking" in quoted("How do I buy things in this shop?", text).sentences[0].text


def quoted(question: str, text: str) -> Answer:
    page = Page(1, "1", text, PageVerdict.TEXT)
    spans = (EvidenceSpan(1, "a", 1, 0, len(text), text, 1.0),)
    return extractive_answer(question, Evidence(spans, 100, 600), {("a", 1): page}, NAMES, around=0)


def quoted_first(question: str, text: str) -> str:
    pages = {("d", 1): Page(1, "1", text, PageVerdict.TEXT)}
    found = Evidence((EvidenceSpan(1, "d", 1, 0, len(text), text, 1.0),), 100, 600)
    return extractive_answer(question, found, pages, {}, max_sentences=1).sentences[0].text


def test_how_long_wants_a_stretch_of_time_how_often_what_recurs_and_why_a_reason() -> None:
    ferry = "The crossing of the ferry is on 2 decks.\nOn the ferry the crossing takes 40 minutes.\n"
    assert quoted_first("How long is the crossing of the ferry?", ferry).startswith("On the ferry")
    pump = "The pump is greased beside the quay.\nBeside the quay they grease the pump every Monday.\n"
    assert quoted_first("How often is the pump greased?", pump).startswith("Beside the quay")
    lock = "In May the lock is shut and many regret it.\nThe lock is shut because swans breed in May beside it.\n"
    assert quoted_first("Why is the lock shut in May?", lock).startswith("The lock is shut because")


def test_a_paragraph_in_capitals_gives_way_to_a_sentence() -> None:
    disclaimer = "THE HARBOUR IS NOT LIABLE FOR A BREACH OF THE BERTH, FOR A NOTICE OR FOR ANYTHING THAT COMES OF IT.\n"
    rule = "Whoever has notice of it makes good a breach of the berth in thirty days.\n"
    assert quoted_first("What is a notice for a breach of the berth?", disclaimer + rule) == rule.strip()
