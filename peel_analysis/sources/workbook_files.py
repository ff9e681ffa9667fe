"""What the reader of workbooks does not tell: errors in cells, formulas without results, and cells far from a table.

It hands over an error as a blank, and holds every cell from the first to the last one that has anything in it, be it a
space. So a workbook with such cells is read from a copy, in memory, in which errors are text and blanks are left out.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

from peel_analysis.sources.limits import SPARSE, SPARSE_CELLS, UnreadableError, check_bytes, check_cells, check_time

NO_RESULT = "#NO_RESULT!"  # what a cell reads as that holds a formula without what it comes to
ERROR = re.compile(r"#[^\W\d_a-z][^\Wa-z]*([/.][0A-Z]+)?[!?]?|Err:\d+")  # as #DIV/0!, #BEZUG!, Err:502
WIDE_ENOUGH = 200_000  # cells of a sheet below which none of its blanks is worth leaving out
PART, OVERLAP = 1 << 20, 1 << 12  # bytes of content that are looked through at once, and those that are seen twice
BINARY_EXCEL = "xl/workbook.bin"
ENCRYPTED = "it is protected by a password; open it, take the password off, and save it"

AS_XLSX = "open it in a spreadsheet, and save it as an Excel workbook (.xlsx)"

CELL = re.compile(rb"<((?:\w+:)?)c\b([^>]*?)(?:/>|>(.*?)</\1c\s*>)", re.DOTALL)
KIND = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
PLACE = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Z]+)(\d+)["']""")
VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>(.*?)</(?:\w+:)?(?:v|t)\s*>", re.DOTALL)
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
SHARED = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si\s*>)", re.DOTALL)
TO_MEND = re.compile(
    rb"""\bt\s*=\s*["']e["']|</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</|</(?:\w+:)?c\b)"""
    rb"""|<(?:\w+:)?f\b[^>]*/>\s*(?:<(?:\w+:)?v\s*/>|</(?:\w+:)?c\b)"""
)

ODS_CELL = re.compile(
    rb"<table:(covered-)?table-cell\b((?:[^>\"'/]++|\"[^\"]*+\"|'[^']*+'|/(?!>))*+)"
    rb"(?:/>|>(.*?)</table:(?:covered-)?table-cell\s*>)",
    re.DOTALL,
)
ODS_TEXT = re.compile(rb"<text:p\b[^>]*>(.*?)</text:p>", re.DOTALL)
ODS_ANNOTATION = re.compile(rb"<office:annotation\b.*?</office:annotation>", re.DOTALL)
ODS_ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row\s*>)", re.DOTALL)
ODS_TABLE = re.compile(rb"<table:table\b.*?</table:table\s*>", re.DOTALL)
ODS_REPEATED = re.compile(rb"""table:number-(?:columns|rows)-repeated\s*=\s*["'](\d+)["']""")
ODS_TO_MEND = re.compile(
    rb"""value-type=["']error["']|<text:p>(?:#[A-Z]|Err:\d)|table:formula="[^"]*"\s*/>|-repeated=["']\d{3}"""
)
ODS_SIGNS = (b"#", b'"error"', b"<text:p>Err:", b"table:formula=", b"-repeated=")  # looked for faster than a pattern
ODS_VALUE = re.compile(rb"""office:(?:string-|date-|time-|boolean-)?value\s*=\s*["'][^"']""")
OLD_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?"}
OLD_ERRORS |= {0x24: "#NUM!", 0x2A: "#N/A"}
OLD_ERROR = re.compile(  # a cell's record: its row and column, and the error that it holds or that its formula comes to
    rb"(?:\x05\x02\x08\x00(..)(..)..([\x00\x07\x0f\x17\x1d\x24\x2a])\x01"
    rb"|\x06\x00..(..)(..)..\x02\x00([\x00\x07\x0f\x17\x1d\x24\x2a])...\xff\xff)",
    re.DOTALL,
)
TAG = re.compile(rb"<[^>]*>")
NAMED = re.compile(rb"<(?:\w+:)?(sheet|Relationship|mergeCell)\b([^>]*)>")
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
SIZED = re.compile(rb"<(?:\w+:)?(row|col|sheetFormatPr)\b([^>]*\b(?:hidden|zeroHeight|ht|width)\s*=[^>]*)>")
ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""")
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TRUE = ("1", "true", "on")


@dataclass(frozen=True)
class Layout:
    """What a sheet of an .xlsx workbook has that its values do not tell."""

    name: str
    formulas: tuple[str, ...]  # cells
    merged: tuple[str, ...]  # ranges
    hidden: tuple[str, ...]  # "row 4", "columns C to D"
    rows: int  # that its file has, empty ones among them
    cells: int
    last: str  # the last row, in words


def layouts(path: Path) -> list[Layout]:
    """Return the layouts of the sheets of an .xlsx workbook, in their order, hidden ones among them.

    Raises UnreadableError for a file that is no .xlsx workbook, for one that is protected by a password, and for one
    that unpacks to too much.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise UnreadableError("the file is empty; ask for it again")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        check_old_workbook(path.read_bytes())
        raise UnreadableError(f"an older workbook (.xls); {AS_XLSX}")
    if not start.startswith(b"PK"):
        raise UnreadableError(f"no workbook, but text or another kind of file; {AS_XLSX}")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if BOOK not in names:
            found = "an OpenDocument workbook (.ods)" if "content.xml" in names else "another kind of file"
            raise UnreadableError(f"{found}; {AS_XLSX}")
        check_bytes(sum(part.file_size for part in archive.infolist()), path.stat().st_size)
        parts = {one["Id"]: one["Target"] for one in _elements(archive.read(RELATIONS), "Relationship")}
        found_sheets = [(one["name"], parts[_relation(one)]) for one in _elements(archive.read(BOOK), "sheet")]
        return [_layout(name, archive.read(posixpath.join("/xl", part)[1:])) for name, part in found_sheets]


def _relation(given: dict[str, str]) -> str:
    return next(value for name, value in given.items() if name.endswith(":id"))


def _elements(content: bytes, kind: str) -> list[dict[str, str]]:
    """Return the attributes of a part's elements of a kind."""
    return [_attributes(found[2]) for found in NAMED.finditer(content) if found[1].decode() == kind]


def _attributes(inside: bytes) -> dict[str, str]:
    return {name.decode(): unescape(value.decode("utf-8", "replace")) for name, value in ATTRIBUTE.findall(inside)}


def _layout(name: str, content: bytes) -> Layout:
    check_time()
    formulas, cells = [], 0
    for cell in CELL.finditer(content):  # none is kept: a sheet may hold millions
        cells += 1
        if FORMULA.search(cell[3] or b""):
            formulas.append(_attributes(cell[2]).get("r", "?"))
    merged = (one.get("ref", "?") for one in _elements(content, "mergeCell"))
    hidden = (_hidden(found[1].decode(), _attributes(found[2])) for found in SIZED.finditer(content))
    rows = ROW.findall(content)
    last = int(_attributes(rows[-1]).get("r", len(rows))) if rows else 0
    unseen = (tuple(formulas), tuple(merged), tuple(filter(None, hidden)))
    return Layout(name.strip(), *unseen, len(rows), cells, f"row {last:,}")


def _hidden(kind: str, given: dict[str, str]) -> str:
    """Return what an element of a sheet hides, in words, or ""."""
    sizes = [float(given[name]) for name in ("ht", "width") if name in given]
    if all(sizes) and not any(given.get(name) in TRUE for name in ("hidden", "zeroHeight")):
        return ""
    if kind == "row":
        return f"row {given.get('r', '?')}"
    if kind == "sheetFormatPr":
        return "all rows that say nothing else"
    first, last = (letters(int(given[side]) - 1) for side in ("min", "max"))
    return f"column {first}" if first == last else f"columns {first} to {last}"


def readable_workbook(path: Path) -> Path | io.BytesIO:
    """Return the workbook at a path, or where one of its cells needs it a copy in which all cells can be read.

    Raises UnreadableError for one that is protected, that unpacks to too much or holds too many cells, that is packed
    otherwise, and for a zip archive that is no workbook.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableError(ENCRYPTED)
        check_bytes(sum(part.file_size for part in parts), path.stat().st_size)
        names = [part.filename for part in parts]
        mended = dict(_mended(archive, names))
        if not mended:
            return path
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as whole:
            for name in names:
                whole.writestr(name, mended.get(name) or archive.read(name))
    copy.seek(0)
    return copy


def check_old_workbook(content: bytes) -> None:
    """Raise UnreadableError for an .xls workbook that is protected or has an error in a cell, read as a blank."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableError(ENCRYPTED)
    if found := OLD_ERROR.search(content):
        row, column, error = (part for part in found.groups() if part is not None)
        cell = f"{letters(int.from_bytes(column, 'little'))}{int.from_bytes(row, 'little') + 1}"
        remedy = "mend the cell, or save the workbook as .xlsx, of which only the sheets and columns used may have none"
        raise UnreadableError(f"the cell {cell} of one of its sheets holds the error {OLD_ERRORS[error[0]]}; {remedy}")


def _mended(archive: zipfile.ZipFile, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the parts with cells that have to be mended, as they are then."""
    if "content.xml" in names:
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise UnreadableError(ENCRYPTED)
        if _is_to_mend(archive):
            content = archive.read("content.xml")
            if (new := _mended_ods(content)) != content:
                yield "content.xml", new
        return
    if BINARY_EXCEL in names:
        raise UnreadableError("a binary workbook (.xlsb); open it in a spreadsheet and save it as .xlsx")
    sheets = [name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name, re.IGNORECASE)]
    if not sheets:
        inside = ", ".join(names[:5]) or "nothing"
        raise UnreadableError(f"a zip archive, and no workbook; unpack it and give the file that is in it ({inside})")
    strings = next((name for name in names if name.lower() == "xl/sharedstrings.xml"), "")
    blank_strings = cache(lambda: _blank_strings(archive.read(strings)) if strings else set())
    for name in sheets:
        check_time()
        content = archive.read(name)
        if (new := _mended_sheet(content, blank_strings)) is not content:
            yield name, new


def _blank_strings(content: bytes) -> set[bytes]:
    """Return the numbers of the shared texts that are blank."""
    texts = enumerate(b"".join(VALUE.findall(match[1] or b"")) for match in SHARED.finditer(content))
    return {str(number).encode() for number, text in texts if not text.strip()}


def _mended_sheet(content: bytes, blank_strings: Callable[[], set[bytes]]) -> bytes:
    """Return an .xlsx sheet with errors as text, and without far blanks; the very same when it has none."""
    rows, columns, filled = _size(content)
    is_sparse = rows * columns > max(WIDE_ENOUGH, SPARSE * filled)
    if not is_sparse and not TO_MEND.search(content):
        return content
    blanks = blank_strings() if is_sparse else set()

    def mend(cell: re.Match[bytes]) -> bytes:
        prefix, attributes, inside = cell[1], cell[2], cell[3] or b""
        kind = KIND.search(attributes)
        value = b"".join(VALUE.findall(inside)).strip()
        says = kind[1] if kind else b"n"
        if says == b"e" or (says == b"n" and not value and FORMULA.search(inside)):
            text = (value if says == b"e" else b"") or NO_RESULT.encode()
            others = KIND.sub(b"", attributes)
            return b'<%sc%s t="str"><%sv>%s</%sv></%sc>' % (prefix, others, prefix, text, prefix, prefix)
        return b"" if is_sparse and (not value or (says == b"s" and value in blanks)) else cell[0]

    mended = CELL.sub(mend, content)
    if is_sparse or rows * columns > SPARSE_CELLS:
        _check_size(*_size(mended))
    return mended


def _check_size(rows: int, columns: int, filled: int) -> None:
    check_cells(rows, columns, filled, f"they end with column {letters(columns - 1)} and row {rows:,}")


def _size(content: bytes) -> tuple[int, int, int]:
    """Return the rows and columns of an .xlsx sheet up to its last cell, and the number of its cells."""
    names: set[bytes] = set()
    rows = cells = 0
    for match in PLACE.finditer(content):
        names.add(match[1])
        rows, cells = max(rows, int(match[2])), cells + 1
    return rows, max(map(_column_number, names), default=0), cells


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = 26 * number + letter - ord("A") + 1
    return number


def letters(position: int) -> str:
    """Return a column's letters in a workbook: A for 0, AA for 26."""
    before, last = divmod(position, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def _is_to_mend(archive: zipfile.ZipFile) -> bool:
    """Return True for an .ods workbook with a cell that may have to be mended; its content is seen a part at a time."""
    with archive.open("content.xml") as content:
        end = b""
        while part := content.read(PART):
            seen = end + part
            if any(sign in seen for sign in ODS_SIGNS) and ODS_TO_MEND.search(seen):
                return True
            end = part[-OVERLAP:]
    return False


def _mended_ods(content: bytes) -> bytes:
    """Return an .ods workbook's content with errors as text, and without blanks."""
    mended = ODS_CELL.sub(_mended_ods_cell, content)
    for table in ODS_TABLE.finditer(mended):
        _check_size(*_size_of_ods(table[0]))
    return mended


def _mended_ods_cell(cell: re.Match[bytes]) -> bytes:
    covered, attributes, inside = cell[1] or b"", cell[2], ODS_ANNOTATION.sub(b"", cell[3] or b"")
    text = TAG.sub(b"", b"".join(ODS_TEXT.findall(inside))).strip()
    is_error = b'value-type="error"' in attributes or ERROR.fullmatch(text.decode("utf-8", errors="replace"))
    has_value = b"office:value-type=" in attributes
    if is_error or (b"table:formula=" in attributes and not has_value and not text):
        said = text if ERROR.fullmatch(text.decode("utf-8", errors="replace")) else NO_RESULT.encode()
        kept = b' office:value-type="string"'
        paragraph = b"<text:p>%s</text:p>" % said
    elif not text and cell[3] and not ODS_VALUE.search(attributes):
        kept, paragraph = b"", b""
    else:
        return cell[0]
    repeated = re.search(rb"""\stable:number-columns-repeated\s*=\s*["']\d+["']""", attributes)
    name = b"table:%stable-cell" % covered
    return b"<%s%s%s>%s</%s>" % (name, repeated[0] if repeated else b"", kept, paragraph, name)


def _size_of_ods(table: bytes) -> tuple[int, int, int]:
    """Return the rows and columns of an .ods sheet up to its last cell that is not blank, and how many are not."""
    row_number = rows = columns = cells = 0
    for row in ODS_ROW.finditer(table):
        row_number += _repeated(row[1])
        column_number = last = 0
        for cell in ODS_CELL.finditer(row[2] or b""):
            column_number += _repeated(cell[2])
            if cell[3] or b"office:value-type=" in cell[2]:
                last, cells = column_number, cells + _repeated(cell[2]) * _repeated(row[1])
        if last:
            rows, columns = row_number, max(columns, last)
    return rows, columns, cells


def _repeated(attributes: bytes) -> int:
    said = ODS_REPEATED.search(attributes)
    return int(said[1]) if said else 1
