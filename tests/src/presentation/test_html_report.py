from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes

from shared_utils.errors import DocumentGone
from shared_utils.pdf.viewer import PageImage
from shared_utils.types import Citation, Rect
from src.i18n import Say
from src.presentation import report_pages, report_style
from src.presentation.html_report import conversation_report
from src.presentation.pages import Pages
from src.views import DocumentView
from tests.src.presentation.conversations import FRANCE, SHIPS, Conversation

ROOT = Path(__file__).resolve().parents[3]
OURS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title style body header p svg path rect h1 nav ol li span a main section div ul b figure image "
        "g text use figcaption h2 h3 dl dt dd code footer",
    )
)


@dataclass
class Seen(HTMLParser):
    """What a browser would make of the file."""

    tags: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            self.attributes.add(name)
            self.ids += [value or ""] if name == "id" else []
            self.links += [value or ""] if name in ("href", "src") else []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def report(conversation: Conversation, pages: Pages | None = None, **more: object) -> str:
    views = conversation.pages.views()
    return conversation_report(conversation.turns, views, pages or conversation.pages, **more)  # type: ignore[arg-type]


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    return parser


def words(html: str) -> str:
    return " ".join(" ".join(seen(re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)).words).split())


def test_a_colleague_finds_answers_verdicts_quotes_costs_and_checksums(sample: Conversation) -> None:
    digest = "a80c4f17acd5"
    checksum = hashlib.sha256(sample.pages.file_path(sample.document.document.id).read_bytes()).hexdigest()
    html = report(sample, version="0.1.0", models={"llama3.2:3b": digest}, made_on=1_795_260_900.0)
    text = words(html)
    for expected in (
        "3 questions · 1 document · Footnote 0.1.0 · 2026-11-21 11:35 UTC",
        "† Only partly supported: the page gives another reason",
        "The documents say otherwise: the page says 601, the answer 710",
        "5 of 8 sentences supported · Written by llama3.2:3b on this machine · nothing left this machine · "
        "612 tokens read · 85 written · first words 9.8 s · 21.4 s in total",
        "Page 7 could not be read.",
        "No language model wrote this",
        f"4 pages · sha256 {checksum}",
        digest,
        SHIPS,
        FRANCE,
    ):
        assert expected in text
    for turn in sample.turns:
        assert turn.answer is not None
        assert all(" ".join(citation.quote.split()) in text for citation in turn.answer.citations)


def test_it_is_one_file_in_which_nothing_runs_and_nothing_is_loaded(sample: Conversation) -> None:
    html = report(sample)
    page = seen(html)
    assert page.tags.keys() <= OURS
    assert not any(name.startswith("on") or name == "style" for name in page.attributes)
    assert all(link.startswith(("#", "data:image/png;base64,", "data:image/jpeg;base64,")) for link in page.links)
    assert "url(" not in html.replace("url(data:font/woff2;base64,", "")
    assert "default-src 'none'" in html


def test_every_link_leads_somewhere_and_no_two_places_share_a_name(sample: Conversation) -> None:
    page = seen(report(sample))
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_a_page_that_is_cited_often_is_in_the_file_once(sample: Conversation) -> None:
    page = seen(report(sample))
    pages = {(c.document_id, c.page) for turn in sample.turns if turn.answer for c in turn.answer.citations}
    citations = sum(len(turn.answer.citations) for turn in sample.turns if turn.answer)
    assert page.tags["image"] == len(pages) < citations == page.tags["use"]


def test_it_is_small(sample: Conversation) -> None:
    assert len(report(sample)) < 600_000


def test_hostile_text_from_everywhere_is_only_text(hostile: Conversation) -> None:
    html = report(hostile)
    page = seen(html)
    assert page.tags.keys() <= OURS
    assert not any(name.startswith("on") for name in page.attributes)
    assert all(link.startswith(("#", "data:image/")) for link in page.links)
    assert "\u202e" not in html
    text = words(html)
    assert "<script>document.title='taken'</script>" in text
    assert "passages were sent to another machine" in text


ATTACK = "taken'\"><img src=x onerror=alert(1)> onclick=alert(1) </style></title></svg>{{ 7*7 }}"
INVISIBLE = "\x00\x07\x1b\u202e\u2066"


def taken(value: Any) -> Any:
    """The same with every text that is not empty, however deep, trying to be something else."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return value and ATTACK + INVISIBLE
    if isinstance(value, tuple):
        return tuple(map(taken, value))
    if isinstance(value, Mapping):
        return {key: taken(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: taken(getattr(value, one.name)) for one in fields(value)})
    return value


@pytest.mark.parametrize("is_drawn", [True, False], ids=["pages", "reasons"])
def test_no_field_of_a_report_can_be_more_than_text(
    sample: Conversation, monkeypatch: pytest.MonkeyPatch, is_drawn: bool
) -> None:
    pages = None if is_drawn else Broken(sample)
    laid_out = report_style.laid_out
    clean = report(sample, pages, models={"m": "d"})
    monkeypatch.setattr(report_style, "laid_out", lambda prepared: laid_out(taken(prepared)))
    html = report(sample, pages, models={"m": "d"})
    page, expected = seen(html), seen(clean)
    assert page.tags == expected.tags
    assert page.attributes == expected.attributes
    assert all(link.startswith(("#", "data:")) for link in page.links)
    assert not set(html) & set(INVISIBLE)
    assert words(html).count(ATTACK) > 40


def test_templates_mark_nothing_safe_but_our_own_drawings() -> None:
    environment = report_style.environment()
    assert environment.autoescape is True
    assert environment.loader is not None
    safe: list[str] = []
    for name in environment.list_templates(["html"]):
        source = environment.loader.get_source(environment, name)[0]
        tree = environment.parse(source)
        assert not list(tree.find_all(nodes.ScopedEvalContextModifier)), "escaping is switched off"
        assert {found.name for found in tree.find_all(nodes.Filter)} <= {"base64", "length", "safe", "trim"}
        safe += re.findall(r"([^{}]*?)\s*\|\s*safe\b", source)
    assert sorted(set(map(str.strip, safe))) == [
        "as_html(question.blocks, sentence)",  # of sentences that a template has drawn
        "brand_mark",
        "page.picture|base64",
        "style_sheet",
    ]


def test_the_template_engine_is_not_loaded_before_a_report_is_made() -> None:
    code = "import sys, src.presentation.html_report; print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@dataclass(frozen=True)
class Broken:
    """Pages that cannot be drawn, or whose drawing child was taken over."""

    conversation: Conversation
    mime: str = ""

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        return self.conversation.pages.rects(citation)

    def page_size(self, document_id: str, page: int) -> tuple[float, float]:
        return self.conversation.pages.page_size(document_id, page)

    def page_image(self, document_id: str, page: int, *, width_px: int, is_small: bool = False) -> PageImage:
        if self.mime:
            return PageImage(b"<svg onload=alert(1)>", self.mime, 10, 10, 595.0, 842.0)
        raise DocumentGone("This document has been deleted. Add the file again to see its pages.")

    def file_path(self, document_id: str) -> Path:
        raise DocumentGone("This document has been deleted.")


def test_a_page_that_cannot_be_drawn_says_why_and_its_quotes_stay(sample: Conversation) -> None:
    html = report(sample, Broken(sample))
    text = words(html)
    assert "This document has been deleted. Add the file again to see its pages." in text
    assert "A total of 1,206 ships called" in text
    assert f"sha256 {sample.document.document.id}" in text
    assert seen(html).tags["image"] == 0


@pytest.mark.parametrize("mime", ["image/svg+xml", "text/html", 'image/png"><script>'])
def test_a_picture_of_another_kind_is_left_out(sample: Conversation, mime: str) -> None:
    page = seen(report(sample, Broken(sample, mime)))
    assert page.tags["image"] == 0
    assert page.tags.keys() <= OURS


def test_beyond_what_one_file_should_hold_pages_are_named_only(
    sample: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_pages, "PICTURES_AT_MOST", 1)
    html = report(sample)
    assert seen(html).tags["image"] == 1
    assert "as many pictures as one file should" in words(html)


def test_a_removed_document_is_still_named_with_its_checksum(sample: Conversation) -> None:
    none: tuple[DocumentView, ...] = ()
    text = words(conversation_report(sample.turns, none, Broken(sample)))
    assert f"report.pdf removed since · sha256 {sample.document.document.id}" in text


def test_one_question_has_no_contents_and_a_title_replaces_the_question(sample: Conversation) -> None:
    assert seen(report(replace(sample, turns=sample.turns[:1]))).tags["nav"] == 0
    titled = report(sample, title="Due diligence")
    assert "<title>Due diligence</title>" in titled
    assert seen(titled).tags["nav"] == 1


def test_numbers_in_the_margin_do_not_stand_on_each_other(sample: Conversation) -> None:
    html = report(sample)
    for figure in re.findall(r"<figure.*?</figure>", html, re.DOTALL):
        places = [(float(x), float(y)) for x, y in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"', figure)]
        assert len(places) == len(set(places)) > 0
        assert all(apart(a, b) for a, b in pairs(places))


def pairs(places: list[tuple[float, float]]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    return ((a, b) for i, a in enumerate(places) for b in places[:i])


def apart(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) >= 8.9 or abs(a[1] - b[1]) >= 8.9


def test_it_comes_in_the_persons_language(sample: Conversation) -> None:
    html = report(sample, say=Say("de"))
    assert '<html lang="de">' in html
    text = words(html)
    assert "Die zitierten Seiten" in text
    assert "5 von 8 Sätzen belegt" in text
