"""A model folder as ONNX Runtime reads it: its tokens' vectors are looked up in a small table.

The file is written field by field (protobuf, as onnx.proto numbers them), so that no test
needs the packages that models are made with.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers

FLOAT, INT64 = 1, 7


def write_model(
    folder: Path,
    words: Mapping[str, Sequence[float]],
    unknown: Sequence[float] = (),
    files: Mapping[str, object] | None = None,
) -> Path:
    """A model with a vector for each word; ``files`` are written as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {word: place for place, word in enumerate(["[PAD]", "[UNK]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    width = len(next(iter(words.values())))
    table = [[0.0] * width, unknown or [0.0] * width, *words.values()]
    (folder / "model.onnx").write_bytes(_model(table))
    for name, said in (files or {}).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(said))
    return folder


def _model(table: Sequence[Sequence[float]]) -> bytes:
    node = _text(1, "table") + _text(1, "input_ids") + _text(2, "states") + _text(4, "Gather")
    numbers = [number for row in table for number in row]
    tensor = (
        _number(1, len(table))
        + _number(1, len(table[0]))
        + _number(2, FLOAT)
        + _text(8, "table")
        + _bytes(9, struct.pack(f"<{len(numbers)}f", *numbers))
    )
    graph = (
        _bytes(1, node)
        + _text(2, "graph")
        + _bytes(5, tensor)
        + _bytes(11, _value("input_ids", INT64, "batch", "tokens"))
        + _bytes(12, _value("states", FLOAT, "batch", "tokens", len(table[0])))
    )
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _text(1, "") + _number(2, 13))


def _value(name: str, kind: int, *sizes: str | int) -> bytes:
    shape = b"".join(
        _bytes(1, _text(2, size) if isinstance(size, str) else _number(1, size)) for size in sizes
    )
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
