"""Workbooks with invented counts, written for tests as a publisher's, and files of any format read."""

import zipfile
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
    return recognise(book).read(Request(book, release, FORCES, not_supplied, returned=tuple(DATA.returned)))


ODS = "urn:oasis:names:tc:opendocument:xmlns"
ODS_CONTENT = (
    f'<office:document-content xmlns:office="{ODS}:office:1.0" xmlns:table="{ODS}:table:1.0" '
    f'xmlns:text="{ODS}:text:1.0" xmlns:style="{ODS}:style:1.0" xmlns:calcext="urn:org:documentfoundation:calcext" '
    'office:version="1.2"><office:automatic-styles><style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def ods_row(*cells: object, repeated: int = 1) -> str:
    """Return a row of an .ods sheet as XML; a cell that begins with "<" is XML already."""
    of_row = []
    for cell in cells:
        kind = f'float" office:value="{cell}' if isinstance(cell, (int, float)) else "string"
        made = f'<table:table-cell office:value-type="{kind}"><text:p>{cell}</text:p></table:table-cell>'
        of_row.append(cell if isinstance(cell, str) and cell.startswith("<") else made)
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(map(str, of_row))}</table:table-row>'


def save_ods(path: Path, sheets: Mapping[str, Sequence[str]], hidden: Collection[str] = ()) -> Path:
    """Write an .ods workbook with the rows of these sheets, as `ods_row` gives them, and return its path."""
    tables = "".join(
        f'<table:table table:name="{name}" table:style-name="{"hidden" if name in hidden else "shown"}">'
        f"{''.join(rows)}</table:table>"
        for name, rows in sheets.items()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<manifest xmlns="{ODS}:manifest:1.0"/>')
        archive.writestr("content.xml", ODS_CONTENT.format(tables))
    return path
