"""Opening a published file, workbook or CSV or Parquet, as sheets that all answer the same questions."""

import csv
import gzip
import hashlib
import io
import itertools
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyarrow.parquet import ParquetFile
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from peel_analysis.data.errors import InputError

TOP = 40  # rows in which a heading is looked for: covers, notes and titles above a table are shorter
ZIP, GZIP, PARQUET, OLE = b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0"
Integers = npt.NDArray[np.int64]


class SourceError(InputError):
    """A published file that is not understood. The message names file, sheet, cell, what was found and the remedy."""


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
        """Return the named columns below the row `heading`."""
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
        where = f"row {row + 1}" if position is None else f"cell {_letters(position)}{row + 1}"
        return f"{self.file}, sheet '{self.name}', {where}"


@dataclass(eq=False)
class TextSheet(Sheet):
    """A CSV file, which is one sheet without a name."""

    content: bytes
    encoding: str

    def rows(self, limit: int | None = None) -> list[list[Any]]:
        """Return the first `limit` rows, or all of them, as text."""
        text = io.TextIOWrapper(io.BytesIO(self.content), encoding=self.encoding, newline="")
        return list(itertools.islice(csv.reader(text), limit))

    def columns(self, heading: int, positions: Mapping[str, int]) -> dict[str, Column]:
        """Return the named columns below the row `heading`."""
        names, used = list(range(max(map(len, self.top)))), sorted(set(positions.values()))
        kept: dict[str, Any] = {"dtype": "category", "keep_default_na": False, "skip_blank_lines": False}
        kept |= {"header": None, "names": names, "usecols": used, "skiprows": heading + 1}
        try:
            frame = pd.read_csv(io.BytesIO(self.content), encoding=self.encoding, **kept)
        except pd.errors.EmptyDataError:
            return {name: Column(np.zeros(0, dtype=np.int64), ()) for name in positions}
        except pd.errors.ParserError as error:
            raise SourceError(f"{self.file}: {str(error).strip()}; save it again as a CSV file") from None
        return {name: _categories(frame[position]) for name, position in positions.items()}

    def place(self, row: int, position: int | None = None) -> str:
        """Return "file, line 4" or "file, line 4, column C"."""
        return f"{self.file}, line {row + 1}" + ("" if position is None else f", column {_letters(position)}")


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

    def columns(self, heading: int, positions: Mapping[str, int]) -> dict[str, Column]:
        """Return the named columns; `heading` is always row 0."""
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
    """Return the file's sheets: .ods, .xlsx, .csv, .csv.gz and .parquet are told by their first bytes, not by name.

    Raises SourceError for a file that is none of these, or is damaged.
    """
    if not path.is_file():
        raise SourceError(f"{path}: no such file; check the name")
    with path.open("rb") as file:
        start = file.read(4)
    sheets: Sequence[Sheet]
    hidden: list[str] = []
    if start == PARQUET:
        sheets = [ParquetSheet(path.name, "", path)]
    elif start in (ZIP, OLE):
        try:
            book = CalamineWorkbook.from_path(path)
            shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
            hidden = [name.strip() for name in book.sheet_names if name not in shown]
            sheets = [WorkbookSheet(path.name, name.strip(), book.get_sheet_by_name(name)) for name in shown]
        except (CalamineError, OSError) as error:
            raise SourceError(f"{path.name}: the workbook does not open ({error}); download it again") from None
    else:
        sheets = [_text_sheet(path, start)]
    return Book(path.name, sha256(path), tuple(sheets), tuple(hidden))


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_text(cell: object) -> str:
    """Return a cell as stripped text: a whole number without its ".0"."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else "" if cell != cell else str(cell)
    return "" if cell is None else str(cell).strip()


def _text_sheet(path: Path, start: bytes) -> TextSheet:
    try:
        content = gzip.decompress(path.read_bytes()) if start.startswith(GZIP) else path.read_bytes()
    except (OSError, EOFError) as error:
        raise SourceError(f"{path.name}: does not unpack ({error}); download it again") from None
    if b"\x00" in content[:4096]:
        raise SourceError(f"{path.name}: no workbook, CSV or Parquet file; give one as the publisher offers it")
    try:
        content.decode(encoding := "utf-8-sig")
    except UnicodeDecodeError:  # Excel saved it in the Windows code page, as older Home Office files are
        encoding = "cp1252"
    return TextSheet(path.name, "", content, encoding)


def _column(cells: Any) -> Column:
    array = np.fromiter(cells, dtype=object, count=len(cells)) if isinstance(cells, tuple) else cells
    codes, values = pd.factorize(array, use_na_sentinel=False)
    return Column(codes.astype(np.int64), values.tolist())


def _categories(cells: pd.Series) -> Column:
    codes = cells.cat.codes.to_numpy().astype(np.int64)
    values = [*cells.cat.categories.tolist(), ""]
    return Column(np.where(codes < 0, len(values) - 1, codes), values)


def _letters(position: int) -> str:
    """Return a column's letters in a workbook: A for 0, AA for 26."""
    before, last = divmod(position, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
