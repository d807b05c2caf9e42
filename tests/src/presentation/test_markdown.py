from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from shared_utils.message import NOTHING, message
from src.i18n import Say
from src.presentation.escaping import plain
from src.presentation.markdown import conversation_markdown, literal
from tests.src.presentation.conversations import Conversation

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
INERT = {"text", "text_special", "softbreak", "paragraph_open", "paragraph_close", "inline"}


def flat(tokens: list[Token]) -> list[Token]:
    return [token for parent in tokens for token in [parent, *(parent.children or [])]]


def shown(markdown: str) -> str:
    """What a reader sees, without the invisible joiners."""
    return "".join(t.content for t in flat(RENDERER.parse(markdown)) if t.type == "text").replace("\u2060", "")


@given(st.text() | st.text(alphabet="*_[]()<>`!#-+=|~$\\&:;./@ \t\n1a\"'{}^%"))
def test_any_text_shows_as_it_is_and_is_never_markup(text: str) -> None:
    tokens = flat(RENDERER.parse(literal(text)))
    assert {token.type for token in tokens} <= INERT
    assert shown(literal(text)) == plain(text).replace("\u2060", "").replace("\0", "\ufffd")


@pytest.mark.parametrize(
    "text", ["https://evil.example", "www.evil.example", "me@evil.example", "@someone", ":smile:", "x https://a.b/c?d"]
)
def test_what_programs_turn_into_links_later_is_broken_up_invisibly(text: str) -> None:
    assert "\u2060" in literal(text)
    assert shown(literal(text)) == text


def test_every_footnote_is_told_once_in_order_with_its_file_page_and_exact_quote(sample: Conversation) -> None:
    text = conversation_markdown(sample.turns, version="0.1.0", made_on=1_795_260_900.0)
    told = re.findall(r"^\[\^(\d+)\]: (.*)$", text, re.MULTILINE)
    citations = [c for turn in sample.turns if turn.answer for c in turn.answer.citations]
    assert [int(number) for number, _ in told] == list(range(1, len(citations) + 1))
    for (_, line), citation in zip(told, citations, strict=True):
        assert (
            shown(line) == f"report.pdf, p. {citation.page}, printed {citation.page_label}: “{plain(citation.quote)}”"
        )
    first_mentions = list(dict.fromkeys(re.findall(r"(?<!^)\[\^(\d+)\]", text, re.MULTILINE)))
    assert first_mentions == [number for number, _ in told]  # so programs that count anew give the same numbers
    assert "*Exported from Footnote 0.1.0, 2026-11-21 11:35 UTC*" in text


def test_an_answer_keeps_its_paragraphs_lists_bold_words_signs_and_reasons(sample: Conversation) -> None:
    text = conversation_markdown(sample.turns[:1])
    assert text.startswith("# How did cargo develop in 2025, and why did timber fall?\n\n")
    assert (
        "Nordhaven handled **2.84 million tonnes** in 2025.[^1] Timber fell as the quay was rebuilt.†[^1][^2]\n\n"
        "- Timber: 774[^2]\n- Grain: 710‡[^2]\n\nMore growth comes in 2031.§\n" in text
    )
    assert "\n† Only partly supported: the page gives another reason\n" in text
    assert "\n‡ The documents say otherwise: the page says 601, the answer 710\n" in text
    assert "Written by llama3.2:3b on this machine · nothing left this machine · 612 tokens read · 85 written" in text


def test_quotes_are_quotations_and_a_refusal_names_the_closest_passages(sample: Conversation) -> None:
    text = conversation_markdown(sample.turns)
    quoted = re.search(r"^> “[^”]*1,206 ships[^”]*”\[\^(\d+)\]$", text, re.MULTILINE)
    assert quoted
    assert re.search(rf"^\[\^{quoted[1]}\]: report\.pdf.*1,206 ships", text, re.MULTILINE)
    assert "The closest passages:[^" in text
    assert "## 3. What is the capital of France?" in text


def test_a_question_without_an_answer_says_why(sample: Conversation) -> None:
    failed = replace(sample.turns[0], answer=None, error=message("There is no document to ask yet. Add a PDF."))
    running = replace(sample.turns[1], answer=None, stage=sample.turns[1].stage, error=NOTHING)
    text = conversation_markdown([failed, running])
    assert "_There is no document to ask yet. Add a PDF._" in text
    assert "_This answer was stopped before it began._" in text


def test_hostile_text_from_everywhere_stays_text(hostile: Conversation) -> None:
    text = conversation_markdown(hostile.turns)
    kinds = {token.type for token in flat(RENDERER.parse(text))}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_block", "fence", "table_open"}
    assert "javascript:alert(1)" in shown(text)  # it is there, to be read
    assert not re.search(r"https?://|www\.evil|me@evil", text)  # the joiner stands between


def test_it_comes_in_the_persons_language(sample: Conversation) -> None:
    text = conversation_markdown(sample.turns, say=Say("de"))
    assert "Die nächstliegenden Textstellen:" in text
    assert "S. 2, gedruckt 1" in text
    assert "‡ Die Dokumente sagen etwas anderes" in text
    assert "Nichts hat diesen Rechner verlassen" in text
