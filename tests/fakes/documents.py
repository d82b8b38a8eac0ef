"""Small documents made by hand: PDF and Word files, and some that nobody should open."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CORE = (
    '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:d="http://purl.org/dc/elements/1.1/"'
    ' xmlns:t="http://purl.org/dc/terms/"><d:title>{title}</d:title>'
    "<t:modified>2026-05-04T10:00:00Z</t:modified></c:coreProperties>"
)


@dataclass(frozen=True)
class Line:
    """A line of a PDF page, placed by hand; ``before`` stands in front of it, as operators."""

    text: str
    size: int = 11
    gap: int = 14
    font: str = "F1"
    before: str = ""
    after: str = ""


def pdf(*pages: Sequence[Line], title: str = "", extra: str = "", catalog: str = "") -> bytes:
    """A PDF whose pages show these lines.

    Args:
        extra: Objects from number 5 on.
        catalog: Further entries of the catalog.
    """
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        *([extra] if extra else []),
    ]
    kids = []
    for lines in pages:
        content = _content(lines)
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> /Properties << /Off 5 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    info = f"/Info {len(objects) + 1} 0 R" if title else ""
    if title:
        objects.append(f"<< /Title ({title}) /ModDate (D:20260203120000Z) >>")
    return _numbered(objects, info)


def _content(lines: Sequence[Line]) -> str:
    at, parts = 800, []
    for line in lines:
        at -= line.gap
        text = line.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        parts.append(
            f"{line.before} BT /{line.font} {line.size} Tf 1 0 0 1 60 {at} Tm ({text}) Tj ET"
            f" {line.after}"
        )
    return "\n".join(parts)


def _numbered(objects: Sequence[str], info: str) -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    return data + (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R"
        f" {info} >>\nstartxref\n{len(data)}\n%%EOF\n"
    ).encode("latin-1")


def bomb_pdf(size: int) -> bytes:
    """A PDF whose one page unpacks to so many bytes."""
    content = zlib.compress(b"(x) Tj " * (size // 7))
    page = pdf([Line("x")]).decode("latin-1")
    start = page.index("<< /Length")
    end = page.index("endstream", start)
    stream = f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n"
    return (page[:start] + stream + content.decode("latin-1") + "\n" + page[end:]).encode("latin-1")


def docx(body: str, *, title: str = "", parts: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """A Word document with this in its body, as WordprocessingML."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        if "word/document.xml" not in dict(parts):
            archive.writestr("word/document.xml", document)
        if title:
            archive.writestr("docProps/core.xml", CORE.format(title=title))
        for name, data in parts:
            archive.writestr(name, data)
    return made.getvalue()


def paragraph(text: str, style: str = "", *, hidden: bool = False) -> str:
    """A paragraph of a Word document."""
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    vanish = "<w:rPr><w:vanish/></w:rPr>" if hidden else ""
    return f"<w:p>{styled}<w:r>{vanish}<w:t>{text}</w:t></w:r></w:p>"


def entity_bomb() -> bytes:
    """A Word document that says "a billion laughs"."""
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    body = (
        f'<!DOCTYPE w:document [{entities}]><w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>'
        "&a9;</w:t></w:r></w:p></w:body></w:document>"
    )
    return docx("", parts=[("word/document.xml", body.encode())])
