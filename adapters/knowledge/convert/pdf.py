"""PDF to blocks: the text that its pages show, in the order it is drawn.

What a reader cannot see (layers that are switched off, text drawn invisibly) is left
out; only a page that shows no text at all is read by the invisible text that a
scanner laid over its picture.
"""

from __future__ import annotations

import io
import math
import re
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, TextStringObject

from adapters.knowledge.convert.converted import Converted, NotConverted
from adapters.knowledge.convert.html_head import line
from adapters.knowledge.convert.pdf_lines import Line, blocks_of
from adapters.knowledge.visible import seen

MOST_PAGES = 2_000
INVISIBLE = 3  # the text rendering mode that draws nothing
MADE_UP = re.compile(
    r"microsoft (?:word|powerpoint|excel)\b|untitled|document ?\d*$"
    r"|.*\.(?:docx?|pptx?|indd|tex|pdf)$",
    re.IGNORECASE,
)


def read_pdf(data: bytes) -> Converted:
    """The visible text of a PDF."""
    if b"%PDF-" not in data[:1024]:
        raise NotConverted("this is not a PDF. Save it as one again.")
    try:
        return _read(PdfReader(io.BytesIO(data)))
    except LimitReachedError as error:
        raise NotConverted("unpacked it is larger than a document may be. Split it.") from error
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise NotConverted("it is damaged. Save it as PDF again.") from error


def _read(reader: PdfReader) -> Converted:
    if reader.is_encrypted and not reader.decrypt(""):
        raise NotConverted("it is protected with a password. Save it without one.")
    if len(reader.pages) > MOST_PAGES:
        raise NotConverted(f"it has {len(reader.pages)} pages; {MOST_PAGES} are most. Split it.")
    off = _switched_off(reader)
    blocks = blocks_of([_Page(off).read(page) for page in reader.pages])
    if not blocks:
        raise NotConverted("it holds no text. Is it a scan? Save it with recognised text.")
    about = reader.metadata
    title = line(about.title or "") if about else ""
    if MADE_UP.match(title):
        title = ""
    return Converted(
        tuple(blocks),
        title=title or next((block.text for block in blocks if block.level), ""),
        updated=_modified(reader),
        language=line(str(reader.root_object.get("/Lang", ""))),
    )


def _modified(reader: PdfReader) -> str:
    try:
        about = reader.metadata
        changed = (about.modification_date or about.creation_date) if about else None
    except ValueError:  # a date in no known form
        return ""
    return changed.date().isoformat() if changed else ""


def _switched_off(reader: PdfReader) -> frozenset[int]:
    """The numbers of the layers that are off when the file is opened."""
    layers: Any = reader.root_object.get("/OCProperties")
    default = layers.get_object().get("/D") if layers else None
    off = default.get_object().get("/OFF") if default else None
    return frozenset(each.idnum for each in off.get_object()) if off else frozenset()


class _Page:
    """Reads the lines of one page, following what is drawn."""

    def __init__(self, off: frozenset[int]) -> None:
        self._off = off
        self._layers: list[bool] = []  # of the marked contents under way, whether each is off
        self._mode = 0
        self._hid = False
        self._scan = False
        self._lines: list[Line] = []
        self._open = False

    def read(self, page: PageObject) -> list[Line]:
        self._look(page)
        if not self._lines and self._hid:
            self._scan = True
            self._look(page)
        return self._lines

    def _look(self, page: PageObject) -> None:
        properties: Any = page.get("/Resources", {}).get_object().get("/Properties") or {}
        self._layers, self._mode, self._open = [], 0, False

        def before(operator: bytes, operands: list[Any], _cm: object, _tm: object) -> None:
            self._operate(operator, operands, properties.get_object() if properties else {})

        page.extract_text(visitor_operand_before=before, visitor_text=self._hear)

    def _operate(self, operator: bytes, operands: list[Any], properties: Any) -> None:
        """Follow what is visible, and take the text out of what is not."""
        match operator:
            case b"Tr" if operands:
                self._mode = int(operands[0])
            case b"BDC" | b"BMC":
                layer = (
                    properties.raw_get(operands[1]) if self._is_layer(operands, properties) else 0
                )
                self._layers.append(getattr(layer, "idnum", 0) in self._off)
            case b"EMC" if self._layers:
                self._layers.pop()
            case b"Tj" | b"TJ" | b"'" | b'"' if operands:
                invisible = self._mode == INVISIBLE and not self._scan
                if invisible or any(self._layers):
                    self._hid |= invisible
                    operands[-1] = ArrayObject() if operator == b"TJ" else TextStringObject("")

    @staticmethod
    def _is_layer(operands: list[Any], properties: Any) -> bool:
        named = len(operands) > 1 and operands[0] == "/OC" and isinstance(operands[1], str)
        return named and operands[1] in properties

    def _hear(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        """A stretch of text as pypdf found it, with a line break where it saw one."""
        name = str(font.get("/BaseFont", "")) if font else ""
        high = size * math.hypot(tm[2], tm[3]) * math.hypot(cm[2], cm[3])
        at = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        bold = "bold" in name.casefold() or "black" in name.casefold()
        for number, part in enumerate(seen(text).split("\n")):
            self._open = self._open and number == 0
            if not part.strip():
                continue
            if self._open:
                self._lines[-1].add(part, high, bold=bold)
            else:
                self._lines.append(Line(part, high, at, bold=len(part) * bold))
                self._open = True
