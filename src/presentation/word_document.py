"""A conversation as a Word file: real footnotes, which the word processor counts, and a table of the sources.

Written as WordprocessingML (ECMA-376, part 1) by hand: python-docx has no footnotes, and they are the point.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from unicodedata import bidirectional

from shared_utils.types import Citation
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Block, BlockKind, Piece, cautions, dagger, left_out
from src.presentation.cited import Entry, capitalised, entries, moment, provenance, remarks, text_blocks, title_of
from src.presentation.describe import describe_left_out, describe_unheld, describe_verdict, page_name
from src.presentation.escaping import plain, plain_within
from src.views import TurnView

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)  # the same words make the same file
_RAISED = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
_COLUMNS = (700, 3000, 1500, 4400)  # twentieths of a point: number, document, page, quotation


def conversation_docx(
    turns: Sequence[TurnView], *, version: str = "", made_on: float = 0.0, say: Say = ENGLISH
) -> bytes:
    """The questions and answers, each footnote with file, page and exact words, then the sources once more as a table.

    `made_on` is in seconds since the epoch; 0 leaves the date out. Text from documents, models and file names is text.
    """
    listed, title = entries(turns), title_of(turns, say)
    when, made = moment(made_on), f"Footnote {version}".strip()
    body = [_paragraph(_run(title), "Title")]
    body += [_paragraph(_run(say("Exported from {made}, {when}", made=made, when=when)), "Quiet")] if when else []
    placed: dict[int, int] = {}  # the citations that stand in the text -> their numbers, in its order
    for entry in listed:
        body += _entry(entry, placed, say, alone=len(listed) == 1)
    by_marker = {note.marker: note for entry in listed for note in entry.notes}
    order = [*placed, *(marker for marker in by_marker if marker not in placed)]
    notes = [replace(by_marker[marker], marker=number) for number, marker in enumerate(order, 1)]
    body += [_paragraph(_run(say("Sources")), "Heading1"), _sources(notes, say)] if notes else []
    return _package("".join(body), _footnotes(notes, say), _properties(title, say))


# ------------------------------------------------------------------------------------------------ what is said


def _entry(entry: Entry, placed: dict[int, int], say: Say, *, alone: bool) -> list[str]:
    answer = entry.turn.answer
    out = [] if alone else [_paragraph(_run(f"{entry.number}. {plain(entry.turn.question)}"), "Heading1")]
    if answer is not None:
        out += [_block(block, placed) for block in text_blocks(answer, say)]
        doubts = [f"{dagger(i)} {describe_verdict(s, say)}" for i, s in enumerate(cautions(answer))]
        out += [_paragraph(_run(line), "Quiet") for line in doubts]
        if aside := left_out(answer):
            out.append(_paragraph(_run(f"{describe_left_out(answer, say)}:"), "Quiet"))
            lines = [(_run(f"– {describe_unheld(s, say)}"), _marks(s.citations, placed)) for s in aside]
            out += [_paragraph(words + marks, "Quiet") for words, marks in lines]
    told = [*remarks(entry.turn, say), capitalised(" · ".join(provenance(entry.turn, say)))]
    return out + [_paragraph(_run(line), "Quiet") for line in told if line]


def _block(block: Block, placed: dict[int, int]) -> str:
    if block.kind is BlockKind.TABLE:
        return _table(block, placed)
    styles = {BlockKind.HEADING: "Heading2", BlockKind.QUOTE: "Quote"}
    label = {BlockKind.BULLET: "\t" if block.says_its_label else "•\t", BlockKind.NUMBER: f"{block.number}.\t"}.get(
        block.kind, ""
    )
    words = _run(" ").join(_piece(piece, placed, quoted=block.kind is BlockKind.QUOTE) for piece in block.pieces)
    style = "ListItem" if label else styles.get(block.kind, "")
    return _paragraph((_run(label) if label else "") + words, style)


def _table(block: Block, placed: dict[int, int]) -> str:
    """Values side by side, as wide as the page; the first row is repeated where the table goes on."""
    columns = len(block.rows[0])
    width = sum(_COLUMNS) // columns
    drawn = []
    for number, row in enumerate(block.rows):
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{_paragraph(_piece(piece, placed, quoted=False))}</w:tc>"
            for piece in row
        )
        head = "<w:tblHeader/>" if number == 0 else ""
        drawn.append(f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>")
    mirrored = any(_is_from_right(row[0].text) for row in block.rows[1:])
    return _framed([width] * columns, "".join(drawn), mirrored=mirrored) + _paragraph("")


def _framed(widths: Sequence[int], rows: str, *, mirrored: bool = False) -> str:
    """`mirrored`: its first column stands on the right."""
    right = "<w:bidiVisual/>" if mirrored else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    edges = "".join(f'<w:{edge} w:val="single" w:sz="4" w:color="BFB9AC"/>' for edge in ("top", "bottom", "insideH"))
    return (
        f'<w:tbl><w:tblPr>{right}<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _piece(piece: Piece, placed: dict[int, int], *, quoted: bool) -> str:
    words = "".join(_run(run.text, bold=run.bold) for run in piece.runs)
    sign = _run(piece.sign, raised=True) if piece.sign else ""
    return (_run("“") + words + _run("”") if quoted else words) + sign + _marks(piece.markers, placed)


def _marks(markers: Sequence[int], placed: dict[int, int]) -> str:
    return _run(", ", raised=True).join(_mark(marker, placed) for marker in markers)


def _mark(marker: int, placed: dict[int, int]) -> str:
    """A footnote stands where it is named first, and the word processor counts it; after that, its number alone."""
    if marker in placed:
        return _run(str(placed[marker]), raised=True)
    placed[marker] = len(placed) + 1
    return f'<w:r>{_RAISED}<w:footnoteReference w:id="{placed[marker]}"/></w:r>'


def _footnotes(notes: Sequence[Citation], say: Say) -> str:
    number = f"<w:r>{_RAISED}<w:footnoteRef/></w:r>"
    drawn = "".join(
        f'<w:footnote w:id="{note.marker}">'
        f"{_paragraph(number + _run(' ') + _told(note, say), 'Footnote', follows=False)}</w:footnote>"
        for note in notes
    )
    lines = "".join(
        f'<w:footnote w:type="{kind}" w:id="{at}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for at, kind in ((-1, "separator"), (0, "continuationSeparator"))
    )
    return f'{_HEAD}<w:footnotes xmlns:w="{_MAIN}">{lines}{drawn}</w:footnotes>'


def _told(note: Citation, say: Say) -> str:
    """Runs of their own, so that each is in the direction of its script."""
    where = f", {page_name(note.page, note.page_label, say)}: "
    return _run(plain(note.document)) + _run(where) + _run(f"“{plain(note.quote)}”")


def _sources(notes: Sequence[Citation], say: Say) -> str:
    heads = ("#", say("Document"), say("Page"), say("Words on the page"))
    rows = [(str(n.marker), n.document, page_name(n.page, n.page_label, say), n.quote) for n in notes]
    head = f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{_cells(heads, bold=True)}</w:tr>"
    drawn = "".join(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cells(row)}</w:tr>" for row in rows)
    return _framed(_COLUMNS, head + drawn)


def _cells(texts: Sequence[str], *, bold: bool = False) -> str:
    quoted = len(texts) - 1  # the last one are words of a page
    return "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(_run(plain(text), bold=bold), 'Footnote', follows=at == quoted)}</w:tc>"
        for at, (width, text) in enumerate(zip(_COLUMNS, texts, strict=True))
    )


# ------------------------------------------------------------------------------------------------ how it is written


def _run(text: str, *, bold: bool = False, raised: bool = False) -> str:
    tabbed = text.endswith("\t")
    look = ("<w:b/><w:bCs/>" if bold else "") + ('<w:vertAlign w:val="superscript"/>' if raised else "")
    look += "<w:rtl/>" if _is_from_right(text) else ""  # else a word processor sets it in the look of other scripts
    words = escape(_NOT_XML.sub("", plain_within(text)), quote=False)
    tab = "<w:tab/>" if tabbed else ""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{words.rstrip() if tabbed else words}</w:t>{tab}</w:r>'


def _paragraph(runs: str, style: str = "", *, follows: bool = True) -> str:
    """`follows`: it runs as its first letter does; else as the reader's language, as what names a file and a page."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{'<w:bidi/>' if follows and _is_from_right(runs) else ''}</w:pPr>{runs}</w:p>"


def _is_from_right(runs: str) -> bool:
    """Whether its first letter is of a script that runs from right to left."""
    letters = (bidirectional(c) for c in re.sub("<[^>]*>", "", runs))
    return next((kind for kind in letters if kind in ("L", "R", "AL")), "L") != "L"


def _style(name: str, paragraph: str = "", look: str = "", kind: str = "") -> str:
    return (
        f'<w:style w:type="paragraph"{kind} w:styleId="{name}"><w:name w:val="{name}"/><w:pPr>{paragraph}</w:pPr>'
        f"<w:rPr>{look}</w:rPr></w:style>"
    )


def _styles(say: Say) -> str:
    def size(half_points: int) -> str:
        return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'

    indent = '<w:ind w:left="360"/>'
    made = (
        _style("Normal", '<w:spacing w:after="120" w:line="276" w:lineRule="auto"/>', size(22), ' w:default="1"'),
        _style("Title", '<w:spacing w:after="200"/>', f"<w:b/><w:bCs/>{size(36)}"),
        _style(
            "Heading1",
            '<w:keepNext/><w:spacing w:before="360" w:after="120"/><w:outlineLvl w:val="0"/>',
            f"<w:b/><w:bCs/>{size(28)}",
        ),
        _style(
            "Heading2",
            '<w:keepNext/><w:spacing w:before="200" w:after="80"/><w:outlineLvl w:val="1"/>',
            f"<w:b/><w:bCs/>{size(24)}",
        ),
        _style(
            "ListItem",
            '<w:tabs><w:tab w:val="left" w:pos="360"/></w:tabs><w:spacing w:after="60"/>'
            '<w:ind w:left="360" w:hanging="360"/>',
            size(22),
        ),
        _style("Quote", f'<w:spacing w:after="120"/>{indent}', f"<w:i/><w:iCs/>{size(22)}"),
        _style("Quiet", '<w:spacing w:after="60"/>', f'<w:color w:val="5C6563"/>{size(18)}'),
        _style("Footnote", '<w:spacing w:after="40"/>', size(18)),
    )
    default = (
        f'<w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:lang w:val="{say.language}"/></w:rPr>'
    )
    return (
        f'{_HEAD}<w:styles xmlns:w="{_MAIN}"><w:docDefaults><w:rPrDefault>{default}</w:rPrDefault></w:docDefaults>'
        f"{''.join(made)}</w:styles>"
    )


def _properties(title: str, say: Say) -> tuple[str, str]:
    """Its title as other programs list it, and its styles."""
    named = escape(_NOT_XML.sub("", plain(title)), quote=False)
    core = (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{named}</dc:title><dc:creator>Footnote</dc:creator>'
        "</cp:coreProperties>"
    )
    return core, _styles(say)


def _package(body: str, footnotes: str, properties: tuple[str, str]) -> bytes:
    core, styles = properties
    margins = " ".join(f'w:{side}="1134"' for side in ("top", "right", "bottom", "left"))  # 2 cm, on A4
    page = f'<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar {margins}/></w:sectPr>'
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, kind in (
            ("word/document.xml", f"{_TYPE}.document.main+xml"),
            ("word/footnotes.xml", f"{_TYPE}.footnotes+xml"),
            ("word/styles.xml", f"{_TYPE}.styles+xml"),
            ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        )
    )
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": _relations(
            (f"{_OFFICE}/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": core,
        "word/_rels/document.xml.rels": _relations(
            (f"{_OFFICE}/footnotes", "footnotes.xml"), (f"{_OFFICE}/styles", "styles.xml")
        ),
        "word/document.xml": f'{_HEAD}<w:document xmlns:w="{_MAIN}"><w:body>{body}{page}</w:body></w:document>',
        "word/footnotes.xml": footnotes,
        "word/styles.xml": styles,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN_AT), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _relations(*relations: tuple[str, str]) -> str:
    drawn = "".join(
        f'<Relationship Id="r{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(relations, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{drawn}</Relationships>'
