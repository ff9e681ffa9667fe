"""An extract written as a file: CSV, .xlsx, .ods or Parquet."""

import csv
import io
import zipfile
from datetime import date
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.parquet as pq
from extracts import Extract, Sheet
from openpyxl.utils import get_column_letter

ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACE = "urn:oasis:names:tc:opendocument:xmlns"
SCHEMAS = "http://schemas.openxmlformats.org"
MAIN, PACKAGE = f"{SCHEMAS}/spreadsheetml/2006/main", f"{SCHEMAS}/package/2006"
OFFICE = f"{SCHEMAS}/officeDocument/2006/relationships"


def as_csv(extract: Extract) -> bytes:
    """Return the sheet with the table as text, written as `extract.text` says."""
    asked = {"delimiter": ",", "lineterminator": "\r\n", **extract.text}
    encoding = asked.pop("encoding", "utf-8")
    file = io.StringIO(newline="")
    csv.writer(file, **asked).writerows(extract.rows)
    return file.getvalue().encode(encoding)


def as_xlsx(extract: Extract) -> bytes:
    """Return a workbook; a text such as #REF! is an error there, and one that begins with = a formula."""
    sheets = list(enumerate(extract.sheets, start=1))
    names = "".join(
        f"<sheet name={quoteattr(sheet.name)} sheetId='{at}' state='{sheet.state}' r:id='r{at}'/>"
        for at, sheet in sheets
    )
    links = "".join(
        f"<Relationship Id='r{at}' Type='{OFFICE}/worksheet' Target='worksheets/{at}.xml'/>" for at, _ in sheets
    )
    parts = {f"xl/worksheets/{at}.xml": _xlsx_sheet(sheet) for at, sheet in sheets}
    start = f"<Relationship Id='r' Type='{OFFICE}/officeDocument' Target='xl/workbook.xml'/>"
    of_all = "<Default Extension='xml' ContentType='application/xml'/>"
    parts |= {
        "[Content_Types].xml": f"<Types xmlns='{PACKAGE}/content-types'>{of_all}</Types>",
        "_rels/.rels": f"<Relationships xmlns='{PACKAGE}/relationships'>{start}</Relationships>",
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{OFFICE}'><sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{PACKAGE}/relationships'>{links}</Relationships>",
    }
    return _packed(parts)


def _xlsx_sheet(sheet: Sheet) -> str:
    rows = []
    for at, row in enumerate(sheet.rows, start=1):
        if not row:
            continue
        cells = (_xlsx_cell(cell, f"{get_column_letter(column)}{at}") for column, cell in enumerate(row, start=1))
        rows.append(f"<row r='{at}'>{''.join(cells)}</row>")
    return f"<worksheet xmlns='{MAIN}'><sheetData>{''.join(rows)}</sheetData></worksheet>"


def _xlsx_cell(cell: object, place: str) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return f"<c r='{place}' t='b'><v>{int(cell)}</v></c>"
    if isinstance(cell, int | float) and cell == cell:
        return f"<c r='{place}'><v>{cell!r}</v></c>"
    text = escape(_printable(str(cell)))
    if text in ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?"):
        return f"<c r='{place}' t='e'><v>{text}</v></c>"
    if text.startswith("="):
        return f"<c r='{place}'><f>{text[1:]}</f></c>"
    return f"<c r='{place}' t='inlineStr'><is><t xml:space='preserve'>{text}</t></is></c>"


def _packed(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return file.getvalue()


def as_ods(extract: Extract) -> bytes:
    """Return an OpenDocument spreadsheet."""
    hidden = "<style:table-properties table:display='false'/>"
    style = f"<style:style style:name='no' style:family='table'>{hidden}</style:style>"
    spaces = " ".join(f"xmlns:{name}='{SPACE}:{name}:1.0'" for name in ("office", "table", "text", "style"))
    tables = "".join(map(_ods_table, extract.sheets))
    content = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {spaces} office:version='1.3'>"
        f"<office:automatic-styles>{style}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f"<manifest xmlns='{SPACE}:manifest:1.0'/>"
    return _packed({"mimetype": ODS, "META-INF/manifest.xml": manifest, "content.xml": content})


def _ods_table(sheet: Sheet) -> str:
    rows = ""
    for blank, some in groupby(sheet.rows, lambda row: not row):
        of_run = list(some)
        if blank:
            rows += f"<table:table-row table:number-rows-repeated='{len(of_run)}'><table:table-cell/></table:table-row>"
        else:
            rows += "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in of_run)
    hidden = "" if sheet.state == "visible" else " table:style-name='no'"
    return f"<table:table table:name={quoteattr(sheet.name)}{hidden}>{rows}</table:table>"


def _ods_cell(cell: object) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    kind, value = "string", ""
    if isinstance(cell, bool):
        kind, value = "boolean", f" office:boolean-value='{str(cell).lower()}'"
    elif isinstance(cell, int | float):
        kind, value = "float", f" office:value='{cell!r}'"
    elif isinstance(cell, date):
        kind, value = "date", f" office:date-value='{cell.isoformat()}'"
    text = escape(_printable(str(cell)))
    return f"<table:table-cell office:value-type='{kind}'{value}><text:p>{text}</text:p></table:table-cell>"


def _printable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    if text.isprintable():  # nearly every one; letter by letter takes as long as all else here
        return text
    return "".join(one for one in text if one >= " " or one == "\n")


def as_parquet(extract: Extract) -> bytes:
    """Return the sheet with the table as a Parquet file; a column of whole numbers is one, any other is text."""
    heading, *rows = extract.rows or [[]]
    arrays = []
    for at in range(len(heading)):
        cells = [row[at] if at < len(row) else None for row in rows]
        kinds = {type(cell) for cell in cells if cell is not None}
        numbers = kinds <= {int, float} and all(abs(float(str(cell))) < 2**63 for cell in cells if cell is not None)
        arrays.append(pa.array(cells) if numbers else pa.array([None if cell is None else str(cell) for cell in cells]))
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=[str(name) for name in heading]), file)
    return file.getvalue()


WRITERS = {"csv": as_csv, "xlsx": as_xlsx, "ods": as_ods, "parquet": as_parquet}
