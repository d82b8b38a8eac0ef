"""Word documents to blocks: an archive that is checked before anything is unpacked.

mammoth turns styles into HTML, which is read like any other. Macros are never looked
at, images and files outside of the document never opened, hidden text left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree as ET
from xml.parsers import expat

import mammoth
from selectolax.lexbor import LexborHTMLParser

from adapters.knowledge.convert.converted import Converted, NotConverted
from adapters.knowledge.convert.html import convert
from adapters.knowledge.convert.html_head import line

MOST_MEMBERS = 2_000
MOST_BYTES = 200_000_000  # unpacked
MOST_RATIO = 100  # of what is unpacked to what was packed
SMALL = 1_000_000  # bytes unpacked, below which the ratio says nothing
BODY = "word/document.xml"
CORE = "docProps/core.xml"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def read_docx(data: bytes) -> Converted:
    """The visible text of a Word document."""
    try:
        members = _unpacked(data)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotConverted("this is not a Word document. Save it as .docx again.") from error
    if BODY not in members:
        raise NotConverted("this is not a Word document. Save it as .docx again.")
    for name, part in members.items():
        if name.endswith((".xml", ".rels")):
            _refuse_entities(part)
    members[BODY] = _without_hidden(members[BODY])
    made = mammoth.convert_to_html(
        io.BytesIO(_packed(members)),
        style_map=STYLES,
        include_embedded_style_map=False,
        external_file_access=False,
        convert_image=mammoth.images.img_element(lambda _image: {}),
    )
    converted = convert(LexborHTMLParser(made.value))
    return _described(converted, members.get(CORE, b""))


def _unpacked(data: bytes) -> dict[str, bytes]:
    """The parts that hold text, once their sizes are known to be bearable."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = archive.infolist()
        whole = sum(member.file_size for member in listed)
        if len(listed) > MOST_MEMBERS:
            raise NotConverted(f"it is an archive of {len(listed)} files; {MOST_MEMBERS} are most.")
        if whole > MOST_BYTES or whole > max(SMALL, MOST_RATIO * len(data)):
            raise NotConverted(f"unpacked it would be {whole // 1_000_000} MB. Save it anew.")
        return {
            member.filename: _member(archive, member)
            for member in listed
            if member.filename.endswith((".xml", ".rels"))
        }


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """One part; zipfile never gives more of it than the archive says there is."""
    if member.flag_bits & 1:
        raise NotConverted("it is protected with a password. Save it without one.")
    return archive.read(member)


def _refuse_entities(part: bytes) -> None:
    """Office documents have no document types, and nothing to expand."""

    def refuse(*_: object) -> None:
        raise NotConverted("it defines entities of its own, which no Word document needs.")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(part, True)  # noqa: FBT003 - the last of it
    except expat.ExpatError as error:
        raise NotConverted("a part of it is damaged. Save it anew.") from error


def _without_hidden(body: bytes) -> bytes:
    """The body without the runs that Word does not show."""
    root = ET.fromstring(body)  # noqa: S314 - entities were refused
    for parent in root.iter():
        for run in parent.findall(f"{WORD}r"):
            mark = run.find(f"{WORD}rPr/{WORD}vanish")
            if mark is not None and mark.get(f"{WORD}val", "true") not in ("0", "false", "off"):
                parent.remove(run)
    return bytes(ET.tostring(root))


def _packed(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _described(converted: Converted, core: bytes) -> Converted:
    """With what the document's properties say; authors are not owners."""
    if not core:
        return converted
    root = ET.fromstring(core)  # noqa: S314 - entities were refused
    day = DAY.match(root.findtext(f"{TERMS}modified", ""))
    words = line(root.findtext(f"{PACKAGE}keywords", "")).replace(";", ",").split(",")
    return Converted(
        converted.blocks,
        title=converted.title or line(root.findtext(f"{DUBLIN}title", "")),
        updated=day.group() if day else "",
        language=line(root.findtext(f"{DUBLIN}language", "")),
        keywords=tuple(filter(None, map(str.strip, words))),
    )
