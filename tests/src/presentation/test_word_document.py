"""The Word file, read back as XML."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

from src.i18n import Say
from src.presentation.word_document import conversation_docx
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
