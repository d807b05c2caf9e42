"""Files of Office kinds for `benchmarks.formats`, written by hand: as little of each format as its programs need."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument"
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{place}:1.0"'
    for name, place in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"),
        ("svg", "svg-compatible"), ("presentation", "presentation"), ("fo", "xsl-fo-compatible"),
    )
)  # fmt: skip
Rows = Sequence[Sequence[str]]


def _packed(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


def _relations(*found: tuple[str, str, str]) -> str:
    """Of an id, a kind and a part each."""
    told = "".join(f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{part}"/>' for id_, kind, part in found)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def _ooxml(main: str, parts: Mapping[str, tuple[str, str]], relations: Mapping[str, str]) -> bytes:
    """`parts`: name -> (content type, XML); `relations`: name of their file -> XML."""
    types = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, (kind, _) in parts.items())
    links = "application/vnd.openxmlformats-package"
    return _packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{links}.relationships+xml"/>{types}</Types>',
            "_rels/.rels": _relations(("r1", "officeDocument", main)),
            **relations,
            **{name: xml for name, (_, xml) in parts.items()},
        }
    )


def docx(paragraphs: Sequence[str]) -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>" for said in paragraphs)
    xml = f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>'
    return _ooxml("word/document.xml", {"word/document.xml": (f"{_TYPES}.wordprocessingml.document.main+xml", xml)}, {})


def xlsx(rows: Rows, widths: Sequence[int]) -> bytes:
    """One sheet; `widths` of its columns in characters."""
    sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    columns = "".join(f'<col min="{n}" max="{n}" width="{wide}" customWidth="1"/>' for n, wide in enumerate(widths, 1))
    told = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows
    )
    book = (
        f'<workbook xmlns="{sheet}" xmlns:r="{_OFFICE}"><sheets><sheet name="Works" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>"
    )
    page = f'<worksheet xmlns="{sheet}"><cols>{columns}</cols><sheetData>{told}</sheetData></worksheet>'
    kind = f"{_TYPES}.spreadsheetml"
    return _ooxml(
        "xl/workbook.xml",
        {
            "xl/workbook.xml": (f"{kind}.sheet.main+xml", book),
            "xl/worksheets/sheet1.xml": (f"{kind}.worksheet+xml", page),
        },
        {"xl/_rels/workbook.xml.rels": _relations(("r1", "worksheet", "worksheets/sheet1.xml"))},
    )


def pptx(slides: Rows) -> bytes:
    """A text box for each of a slide's lines."""
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    show = "http://schemas.openxmlformats.org/presentationml/2006/main"
    spaces = f'xmlns:a="{drawing}" xmlns:p="{show}" xmlns:r="{_OFFICE}"'
    kind = f"{_TYPES}.presentationml"
    ids = "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in range(len(slides)))
    main = (
        f'<p:presentation {spaces}><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>'
        '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>'
    )
    parts = {"ppt/presentation.xml": (f"{kind}.presentation.main+xml", main)}
    group = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    for n, lines in enumerate(slides):
        boxes = "".join(
            f'<p:sp><p:nvSpPr><p:cNvPr id="{2 + at}" name="b{at}"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
            f'<p:spPr><a:xfrm><a:off x="457200" y="{457200 + 900000 * at}"/><a:ext cx="8229600" cy="800000"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr wrap="square"/>'
            f'<a:p><a:r><a:rPr lang="en-GB" sz="2000"/><a:t>{line}</a:t></a:r></a:p></p:txBody></p:sp>'
            for at, line in enumerate(lines)
        )
        xml = f"<p:sld {spaces}><p:cSld><p:spTree>{group}{boxes}</p:spTree></p:cSld></p:sld>"
        parts[f"ppt/slides/slide{n}.xml"] = (f"{kind}.slide+xml", xml)
    related = _relations(*((f"r{n}", "slide", f"slides/slide{n}.xml") for n in range(len(slides))))
    return _ooxml("ppt/presentation.xml", parts, {"ppt/_rels/presentation.xml.rels": related})


def _opendocument(kind: str, body: str, styles: str = "") -> bytes:
    media = f"application/vnd.oasis.opendocument.{kind}"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    content = (
        f'<office:document-content {_SPACES} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:{kind}>{body}"
        f"</office:{kind}></office:body></office:document-content>"
    )
    return _packed({"mimetype": media, "META-INF/manifest.xml": manifest, "content.xml": content})


def odt(paragraphs: Sequence[str]) -> bytes:
    return _opendocument("text", "".join(f"<text:p>{said}</text:p>" for said in paragraphs))


def ods(rows: Rows, widths: Sequence[int]) -> bytes:
    """As `xlsx`; a fifth of a centimetre for a character."""
    styles = "".join(
        f'<style:style style:name="c{n}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{wide / 5}cm"/></style:style>'
        for n, wide in enumerate(widths)
    )
    columns = "".join(f'<table:table-column table:style-name="c{n}"/>' for n in range(len(widths)))
    told = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row)
        + "</table:table-row>"
        for row in rows
    )
    return _opendocument("spreadsheet", f'<table:table table:name="Works">{columns}{told}</table:table>', styles)


def odp(slides: Rows) -> bytes:
    pages = ""
    for n, lines in enumerate(slides):
        boxes = "".join(
            f'<draw:frame svg:x="1cm" svg:y="{1 + 2.5 * at}cm" svg:width="24cm" svg:height="2cm">'
            f"<draw:text-box><text:p>{line}</text:p></draw:text-box></draw:frame>"
            for at, line in enumerate(lines)
        )
        pages += f'<draw:page draw:name="p{n}">{boxes}</draw:page>'
    return _opendocument("presentation", pages)
