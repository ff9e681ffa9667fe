"""Workbooks with invented counts, written for tests as a publisher's, and files of any format read."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import openpyxl

from peel_analysis.data.folder import Data
from peel_analysis.sources.formats import recognise
from peel_analysis.sources.reading import Reading, Request
from peel_analysis.sources.sheets import open_book

Row = list[object]
DATA = Data(Path(__file__).resolve().parents[1] / "data")
FORCES = DATA.forces


def save(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Write a workbook with these sheets, in this order, and return its path."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def read_file(path: Path, release: str = "r", not_supplied: Collection[str] = ()) -> Reading:
    """Return what is read of a published file of any format."""
    book = open_book(path)
    return recognise(book).read(Request(book, release, FORCES, not_supplied))
