"""Opening a published file, workbook or CSV or Parquet, as sheets that all answer the same questions."""

import hashlib
import itertools
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow.parquet import ParquetFile
from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from peel_analysis.data import errors
from peel_analysis.sources import text_files
from peel_analysis.sources.limits import (
    SourceError,
    UnreadableError,
    check_bytes,
    check_cells,
    check_time,
    told_with_its_place,
)
from peel_analysis.sources.workbook_files import (
    ERROR,
    NO_RESULT,
    check_old_workbook,
    letters,
    readable_workbook,
)

__all__ = ["Book", "Column", "Sheet", "SourceError", "TextSheet", "as_text", "open_book", "sha256"]

TOP = 40  # rows in which a heading is looked for: covers, notes and titles above a table are shorter
ZIP, GZIP, PARQUET, OLE = b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0"
Integers = npt.NDArray[np.int64]
# A number with a comma, or with points between thousands, in a file whose cells are parted by semicolons
EITHER_WAY = re.compile(r"\s*-?\d+,\d+\s*|\s*-?\d{1,3}(\.\d{3})+\s*")


@dataclass(frozen=True, eq=False)
class Column:
    """A column of cells: each row's position in `values`, the different cells. Work is done once a value."""

    codes: Integers
    values: Sequence[object]


@dataclass(eq=False)
class Sheet(ABC):
    """One table of a file. Rows and columns are counted from 0; a message counts them as a reader of the file does."""

    file: str
    name: str

    @cached_property
    def top(self) -> list[list[str]]:
        """The first rows, as stripped text."""
        return [[as_text(cell) for cell in row] for row in self.rows(TOP)]

    @abstractmethod
    def rows(self, limit: int | None = None) -> list[list[Any]]:
        """Return the first `limit` rows, or all of them, as cells."""

    def columns(self, heading: int, positions: Mapping[str, int]) -> dict[str, Column]:
        """Return the named columns below the row `heading`. Raises SourceError for an error in a cell of theirs."""
        check_time()
        found = self._columns(heading, positions)
        for name, column in found.items():
            for code, value in enumerate(column.values):
                if problem := self._problem(value):
                    row = heading + 1 + int(np.flatnonzero(column.codes == code)[0])
                    raise SourceError(f"{self.place(row, positions[name])}: {problem}")
        return found

    def _problem(self, cell: object) -> str:
        """Return why a cell cannot be used whatever its column holds, or ""."""
        return error_in(cell)

    def _columns(self, heading: int, positions: Mapping[str, int]) -> dict[str, Column]:
        below = self.rows()[heading + 1 :]
        return {name: _column(tuple(row[position] for row in below)) for name, position in positions.items()}

    @abstractmethod
    def place(self, row: int, position: int | None = None) -> str:
        """Return where a row or a cell is, in words: file, sheet and cell."""


@dataclass(eq=False)
class WorkbookSheet(Sheet):
    """A sheet of an .ods or .xlsx workbook."""

    sheet: CalamineSheet

    def rows(self, limit: int | None = None) -> list[list[Any]]:
        """Return the first `limit` rows, or all of them, as cells; a blank cell is ""."""
        return self.sheet.to_python(skip_empty_area=False, nrows=limit)[:limit]

    def place(self, row: int, position: int | None = None) -> str:
        """Return "file, sheet 'name', cell C4" or "..., row 4"."""
        where = f"row {row + 1}" if position is None else f"cell {letters(position)}{row + 1}"
        return f"{self.file}, sheet '{self.name}', {where}"


@dataclass(eq=False)
class TextSheet(Sheet):
    """A CSV file, or one with another separator, which is one sheet without a name. Its content is UTF-8."""

    content: bytes
    separator: str

    def rows(self, limit: int | None = None) -> list[list[Any]]:
        """Return the first `limit` rows, or all of them, as text."""
        return [row for _, row in itertools.islice(self._numbered(), limit)]

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        return text_files.rows_of_text(self.content, self.separator, self.file)

    def _columns(self, heading: int, positions: Mapping[str, int]) -> dict[str, Column]:
        above, used = self.rows(heading + 1), sorted(set(positions.values()))
        if above[-1][-1].strip() and not any(re.search(r"[\r\n]", cell) for row in above for cell in row):
            arrays = text_files.columns_of_text(self.content, self.separator, heading, len(above[-1]), used)
            if arrays is not None:
                return {name: _of_dictionary(arrays[position]) for name, position in positions.items()}
        numbered = list(self._numbered())
        text_files.refuse_other_rows(numbered, heading, self.separator, self.file)
        below = [row for _, row in numbered[heading + 1 :]]
        cells = {at: tuple(row[at] if at < len(row) else "" for row in below) for at in used}
        return {name: _column(cells[position]) for name, position in positions.items()}

    def _problem(self, cell: object) -> str:
        if self.separator == ";" and isinstance(cell, str) and EITHER_WAY.fullmatch(cell):
            found = f"found {cell!r} between semicolons, which may be a decimal or a number of thousands"
            return f"{found}; save the file as CSV UTF-8 with commas between the cells"
        return error_in(cell)

    def place(self, row: int, position: int | None = None) -> str:
        """Return "file, line 4" or "file, line 4, column C"."""
        line = next((line for line, _ in itertools.islice(self._numbered(), row, None)), row + 1)
        return f"{self.file}, line {line}" + ("" if position is None else f", column {letters(position)}")


@dataclass(eq=False)
class ParquetSheet(Sheet):
    """A Parquet file: its column names are row 0."""

    path: Path

    def rows(self, limit: int | None = None) -> list[list[Any]]:
        """Return the column names, and under them the first rows."""
        file = ParquetFile(self.path)
        rows = file.metadata.num_rows if limit is None else min(limit - 1, file.metadata.num_rows)
        batch = next(file.iter_batches(batch_size=max(rows, 1)), None)
        cells = [] if batch is None else [list(row.values()) for row in batch.to_pylist()]
        return [list(file.schema_arrow.names), *cells]

    def _columns(self, heading: int, positions: Mapping[str, int]) -> dict[str, Column]:
        names = self.top[heading]
        frame = pd.read_parquet(self.path, columns=[names[position] for position in positions.values()])
        return {name: _column(frame[names[position]]) for name, position in positions.items()}

    def place(self, row: int, position: int | None = None) -> str:
        """Return "file, row 4" or "file, row 4, column 'n'"."""
        return f"{self.file}, row {row}" + ("" if position is None else f", column '{self.top[0][position]}'")


@dataclass(frozen=True, eq=False)
class Book:
    """A published file, opened: its name, the digest of its bytes, and its sheets.

    `hidden` are the names of the sheets that a workbook hides, however deeply: they are not read, for nobody sees them.
    """

    file: str
    sha256: str
    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()

    @property
    def hidden_in_words(self) -> str:
        """Return what to add to a message that nothing was found: "; hidden sheets are not read (Example)", or ""."""
        unread = f"; hidden sheets are not read ({', '.join(self.hidden)}): show one that is to be read"
        return unread if self.hidden else ""


def open_book(path: Path) -> Book:
    """Return the file's sheets: workbooks, text, packed text and Parquet are told by their first bytes, not by name.

    Text has its cells parted by commas, semicolons, tabs or bars, in UTF-8, UTF-16 or the Windows code page. Raises
    SourceError for a file that is none of these, is damaged or protected, or is larger than what is read (see limits).
    """
    if not path.exists():
        raise SourceError(f"{path}: no such file; check the name")
    if not path.is_file():
        found = "a folder; give a file that is in it" if path.is_dir() else "a pipe or a device; give a file"
        raise SourceError(f"{path}: {found}")
    with told_with_its_place(_named(path)):
        check_bytes(path.stat().st_size)
        with path.open("rb") as file:
            start = file.read(4)
        if not start:
            raise UnreadableError("the file is empty; download it again")
        if start in (ZIP, OLE):
            return _open_workbook(path, is_old=start == OLE)
        sheet = _parquet_sheet(path) if start == PARQUET else _text_sheet(path, start)
        return Book(_named(path), sha256(path), (sheet,))


def _named(path: Path) -> str:
    """Return the file's name as text: a name can hold what no table of texts can."""
    return errors.in_one_line(path.name)


def _open_workbook(path: Path, *, is_old: bool) -> Book:
    if is_old:
        check_old_workbook(path.read_bytes())
    found = path if is_old else readable_workbook(path)
    book = CalamineWorkbook.from_object(found)
    shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    hidden = [name.strip() for name in book.sheet_names if name not in shown]
    sheets = []
    for name in shown:
        check_time()
        sheets.append(WorkbookSheet(_named(path), name.strip(), book.get_sheet_by_name(name)))
    return Book(_named(path), sha256(path), tuple(sheets), tuple(hidden))


def _parquet_sheet(path: Path) -> ParquetSheet:
    metadata = ParquetFile(path).metadata
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    rows, columns = metadata.num_rows, metadata.num_columns
    check_bytes(sum(group.total_byte_size for group in groups), path.stat().st_size)
    check_cells(rows, columns, rows * columns, f"it ends with row {rows:,}")
    return ParquetSheet(_named(path), "", path)


def _text_sheet(path: Path, start: bytes) -> TextSheet:
    content = path.read_bytes()
    content = text_files.as_utf_8(text_files.unpacked(content) if start.startswith(GZIP) else content, _named(path))
    return TextSheet(_named(path), "", content, text_files.separator_in(content))


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_text(cell: object) -> str:
    """Return a cell as stripped text: a whole number without its ".0"."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else "" if cell != cell else str(cell)
    return "" if cell is None else str(cell).strip()


def error_in(cell: object) -> str:
    """Return why a cell that holds an error of a spreadsheet ("#REF!") cannot be used, or "" for any other cell."""
    text = as_text(cell) if isinstance(cell, str) else ""
    if text == NO_RESULT:
        return "found a formula without its result; open the file in a spreadsheet, and save it there"
    told = f"found {text!r}, an error of a spreadsheet; mend the cell's formula, or put the value itself"
    return told if ERROR.fullmatch(text) else ""


def _column(cells: Any) -> Column:
    if isinstance(cells, tuple):
        if bool in set(map(type, cells)):  # Python takes TRUE for 1, and would make one value of both
            cells = tuple(str(cell).upper() if isinstance(cell, bool) else cell for cell in cells)
        array: Any = np.fromiter(cells, dtype=object, count=len(cells))
    else:
        array = cells
    codes, values = pd.factorize(array, use_na_sentinel=False)
    return Column(codes.astype(np.int64), values.tolist())


def _of_dictionary(cells: pa.DictionaryArray) -> Column:
    return Column(cells.indices.to_numpy(zero_copy_only=False).astype(np.int64), cells.dictionary.to_pylist())
