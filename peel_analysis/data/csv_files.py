"""Reading the CSV files of a data folder: rows with their lines, each with one cell a column."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from peel_analysis.data.data_files import text_of
from peel_analysis.data.errors import InputError


@dataclass(frozen=True)
class Rows:
    """The rows of a CSV file as text: its columns, and for each row its cells and the line on which it starts."""

    columns: tuple[str, ...]
    lines: tuple[int, ...]
    cells: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """Return the cells of a column."""
        place = self.columns.index(name)
        return [row[place] for row in self.cells]


def rows_of(path: Path, where: str, columns: Sequence[str] | Callable[[tuple[str, ...]], None]) -> Rows:
    """Return the rows of a CSV file; blank lines are no rows.

    `where` names the file in messages, as "data/forces.csv"; `columns` are those that it must have, in their order, or
    a function that refuses others. Raises InputError for a file that is missing or is not UTF-8, for quotation marks
    that do not pair, for other columns, and for a row with a cell too many or too few.
    """
    numbered = _numbered(text_of(path, where), where)
    _, found = next(numbered, (1, ()))
    if callable(columns):
        columns(found)
    elif found != tuple(columns):
        raise InputError(f"{where}, line 1: expected columns {', '.join(columns)}; found {', '.join(found)}")
    rows = tuple(numbered)
    for line, row in rows:
        refuse_other_number(len(row), len(found), f"{where}, line {line}")
    return Rows(found, tuple(line for line, _ in rows), tuple(row for _, row in rows))


def refuse_other_number(cells: int, columns: int, where: str) -> None:
    """Raise InputError, which begins with `where`, unless a row has one cell a column."""
    found = f"{cells} cell{'' if cells == 1 else 's'} for {columns} columns"
    if cells > columns:
        raise InputError(f"{where}: {found}; put a cell that holds a comma in quotation marks")
    if cells < columns:
        raise InputError(f"{where}: {found}; put a comma for every cell, a blank one too")


def _numbered(text: str, where: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows that are not blank and the line on which each starts."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for row in reader:
            if row:
                yield start, tuple(row)
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"{where}, line {start}: the quotation marks of the row that starts here do not pair ({error}); put one at "
            "each end of the cell, and write a mark inside it twice"
        ) from error
