"""Workbooks with invented counts, written for tests to read as a publisher's."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

Row = list[object]


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
