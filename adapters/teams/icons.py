"""The app's two icons, drawn by code: a desk bell, in colour and as an outline."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

Pixel = tuple[int, int, int, int]
BLUE: Pixel = (0x1F, 0x5E, 0xA8, 255)
WHITE: Pixel = (255, 255, 255, 255)
CLEAR: Pixel = (255, 255, 255, 0)


def color() -> bytes:
    """192 by 192: a white bell on blue."""
    return _png(192, lambda x, y: WHITE if _bell(x, y) else BLUE)


def outline() -> bytes:
    """32 by 32: a white bell on nothing."""
    return _png(32, lambda x, y: WHITE if _bell(x, y) else CLEAR)


def _bell(x: float, y: float) -> bool:
    """Whether a point of the unit square is on the bell: button, dome, plate."""
    button = (x - 0.5) ** 2 + (y - 0.28) ** 2 <= 0.045**2
    stem = abs(x - 0.5) <= 0.02 and 0.28 <= y <= 0.38
    dome = (x - 0.5) ** 2 + (y - 0.64) ** 2 <= 0.27**2 and y <= 0.62
    plate = abs(x - 0.5) <= 0.33 and 0.66 <= y <= 0.73
    return button or stem or dome or plate


def _png(size: int, pixel: Callable[[float, float], Pixel]) -> bytes:
    """A PNG of RGBA pixels; each is sampled where it stands, four times to soften edges."""
    rows = bytearray()
    for row in range(size):
        rows.append(0)
        for column in range(size):
            samples = [
                pixel((column + dx) / size, (row + dy) / size)
                for dx in (0.25, 0.75)
                for dy in (0.25, 0.75)
            ]
            rows += bytes(sum(each[part] for each in samples) // 4 for part in range(4))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
