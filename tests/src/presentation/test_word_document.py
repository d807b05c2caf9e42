"""The Word file, read back as XML."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

from shared_utils.message import NOTHING, literal
from shared_utils.types import QUOTED, Answer, Citation, Direct, DirectKind, DirectOperand, Sentence, Verdict
from src.i18n import Say
from src.presentation.word_document import conversation_docx
from src.views import asked_view, over
from tests.src.presentation.conversations import Conversation

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def part(data: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return ElementTree.fromstring(archive.read(name))  # noqa: S314 - what we have just written


def words(element: ElementTree.Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{_W}t"))


def test_every_citation_is_a_footnote_with_its_number_and_a_row_of_the_sources(sample: Conversation) -> None:
    data = conversation_docx(sample.turns)
    body = part(data, "word/document.xml")
    cited = [c for turn in sample.turns if turn.answer for c in turn.answer.citations]
    named = [int(reference.get(f"{_W}id", "")) for reference in body.iter(f"{_W}footnoteReference")]
    assert named == list(range(1, len(cited) + 1))  # as a word processor counts them
    notes = {int(n.get(f"{_W}id", "")): words(n) for n in part(data, "word/footnotes.xml").iter(f"{_W}footnote")}
    rows = [[words(cell) for cell in row.iter(f"{_W}tc")] for row in body.iter(f"{_W}tr")][1:]
    assert [row[0] for row in rows] == list(map(str, named))
    for number, row in zip(named, rows, strict=True):
        assert notes[number] == f" {row[1]}, {row[2]}: “{row[3]}”"
    assert sorted(row[3] for row in rows) == sorted(" ".join(c.quote.split()) for c in cited)


def test_bold_words_signs_and_reasons_are_kept(sample: Conversation) -> None:
    body = part(conversation_docx(sample.turns[:1]), "word/document.xml")
    bold = [words(run) for run in body.iter(f"{_W}r") if run.find(f"{_W}rPr/{_W}b") is not None]
    assert "2.84 million tonnes" in bold
    assert "† Only partly supported: the page gives another reason" in words(body)


def test_it_speaks_the_persons_language(sample: Conversation) -> None:
    text = words(part(conversation_docx(sample.turns, say=Say("de")), "word/document.xml"))
    assert "Die nächstliegenden Textstellen:" in text
    assert "Wortlaut auf der Seite" in text


def test_hostile_text_and_characters_that_xml_has_not_stay_text(hostile: Conversation) -> None:
    data = conversation_docx(hostile.turns)
    assert "<script>" in words(part(data, "word/document.xml")) + words(part(data, "word/footnotes.xml"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(b"TargetMode" in archive.read(name) for name in archive.namelist())  # nothing leads outside


def test_a_script_that_runs_from_the_right_is_bold_where_it_is_bold_and_its_table_begins_on_the_right() -> None:
    operands = (DirectOperand("الأجور، 2024", "17.9", "", (1,)), DirectOperand("الأجور، 2025", "18.8", "", (1,)))
    said = literal("الأجور، التغير: 18.8 − 17.9 = 0.9")
    sentences = (
        Sentence(str(said), (1,), Verdict.SUPPORTED, NOTHING, said=said),
        Sentence("ثانياً: **جيداً**", (1,), Verdict.SUPPORTED, NOTHING, 1),
    )
    cited = (Citation(1, "d", "تقرير.pdf", 1, "", "الأجور 17.9", 0, 11),)
    direct = Direct(DirectKind.CALCULATION, "الأجور، التغير", "0.9", "", operands, "18.8 − 17.9")
    answer = Answer("كم؟", True, sentences, cited, "stop", QUOTED, "", direct=direct)
    turn = replace(over(asked_view("t", "كم تغيرت الأجور؟", 0.0, 1.0), 1.0), answer=answer)
    data = conversation_docx([turn])
    body, notes = part(data, "word/document.xml"), part(data, "word/footnotes.xml")
    first, sources = body.iter(f"{_W}tbl")
    assert first.find(f"{_W}tblPr/{_W}bidiVisual") is not None
    assert sources.find(f"{_W}tblPr/{_W}bidiVisual") is None
    bold = [run for run in body.iter(f"{_W}r") if run.find(f"{_W}rPr/{_W}bCs") is not None]
    assert {"0.9", "جيداً"} <= {words(run) for run in bold}
    right = [words(run) for run in body.iter(f"{_W}r") if run.find(f"{_W}rPr/{_W}rtl") is not None]
    assert "الأجور، التغير: 18.8 − 17.9 = " in right
    assert list(notes.iter(f"{_W}bidi")) == []  # "name, page: words" runs as the reader's language does
