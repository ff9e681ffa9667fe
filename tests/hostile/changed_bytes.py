"""The bytes of a written file, cut off, changed, or those of another kind of file, and what is right then."""

from collections.abc import Iterator
from random import Random

from changed_cells import ANY, EITHER, LESS, NO
from extracts import Right

CUTS, CHANGES = 24, 12
SIGNS = {
    "PNG": b"\x89PNG\r\n\x1a\n",
    "PDF": b"%PDF-1.7\n",
    "zip": b"PK\x03\x04",
    "Parquet": b"PAR1",
    "OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "gzip": b"\x1f\x8b\x08\0",
    "HTML": b"<!doctype html><html>",
    "UTF-16": b"\xff\xfe",
    "nul": b"\0",
    "JSON": b'{"a": 1}',
    "SQLite": b"SQLite format 3\0",
}
UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x00, 0x1A, 0xFF)  # in the Windows code page, or in any text


def changed_bytes(content: bytes, kind: str, random: Random) -> Iterator[tuple[str, bytes, Right]]:
    """Yield a name, the changed bytes and what is right."""
    size, is_text = len(content), kind == "csv"
    for number in range(CUTS):
        yield f"cut at {number}/{CUTS}", content[: size * number // CUTS], LESS
    for back in (1, 2, 3, 5, 8, 30):
        last = ANY if back < 3 else LESS  # a line's end, or not one of the last number's digits
        yield f"cut {back} before the end", content[:-back], last if is_text else EITHER
    for name, sign in SIGNS.items():
        yield f"{name} alone", sign, NO
        yield f"{name} in front", sign + content, EITHER
        yield f"{name} over it", sign + content[len(sign) :], EITHER
    for value in UNDEFINED:
        at = random.randrange(size // 3, size // 2)
        yield f"byte {value:#04x} put in", content[:at] + bytes([value]) + content[at:], EITHER if is_text else ANY
    yield from _quotes(content, random) if is_text else _bytes(content, random)
    yield "no bytes", b"", NO
    yield "blanks", b" \n" * 50, NO
    yield "twice", content + content, NO if is_text else EITHER
    yield "nul bytes at the end", content + b"\0" * 64, EITHER


def _quotes(content: bytes, random: Random) -> Iterator[tuple[str, bytes, Right]]:
    lines = content.split(b"\n")
    for number in range(CHANGES // 2):
        at = random.randrange(1, len(lines) - 1)
        cells = lines[at].split(b",")
        place = random.randrange(len(cells))
        for name, cell in (("open", b'"' + cells[place]), ("stray", cells[place][:2] + b'"' + cells[place][2:])):
            line = b",".join([*cells[:place], cell, *cells[place + 1 :]])
            yield f"{name} quote {number}", b"\n".join([*lines[:at], line, *lines[at + 1 :]]), EITHER


def _bytes(content: bytes, random: Random) -> Iterator[tuple[str, bytes, Right]]:
    for number in range(CHANGES):
        at = random.randrange(len(content))
        yield f"byte changed {number}", content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :], EITHER
