"""Text with a row a line: its encoding, what parts its cells, and rows that do not have a cell for each column."""

import csv
import gzip
import io
import itertools
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.csv

from peel_analysis.data.files import numbered_rows, refuse_other_number
from peel_analysis.sources.limits import COLUMNS, SourceError, UnreadableError, check_bytes, check_time

LINES = 40  # in which the separator shows
SEPARATORS = ",;\t|"
CHUNK = 1 << 22
NO_TEXT = "no workbook, CSV or Parquet file; give one as the publisher offers it"
OTHER_KINDS = (
    (re.compile(rb"\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE), "a web page, not a file of data"),
    (re.compile(rb"\s*<\?xml\b"), "XML, not a file of rows and columns"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), "a picture, not a file of data"),
    (re.compile(rb"%PDF-"), "a PDF, not a file of data"),
    (re.compile(rb"\s*[{\[]\s*[\"{\[]"), "JSON, not a file of rows and columns"),
    (re.compile(rb"7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd"), "an archive, not a file of data"),
)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
WIDE = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
MARK = "\ufeff"


def unpacked(content: bytes) -> bytes:
    """Return what a gzip file holds. Raises UnreadableError for one that is damaged or unpacks to too much."""
    parts: list[bytes] = []
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            while part := file.read(CHUNK):
                size += len(part)
                check_bytes(size, len(content))
                check_bytes(size)
                parts.append(part)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"does not unpack ({error}); download it again") from None
    return b"".join(parts)


def as_utf_8(content: bytes, file: str) -> bytes:
    """Return a file's text as UTF-8 without a byte order mark and without the NULs that pad its end.

    UTF-16 and UTF-32 are known by their mark or by their NULs, and what is not UTF-8 is taken for the Windows code page
    in which Excel saves, as older Home Office files are. Raises SourceError, naming the line, for bytes that are
    neither, and UnreadableError for what is no text.
    """
    if encoding := _wide(content):
        try:
            return content.decode(encoding).lstrip(MARK).rstrip("\0").encode()
        except UnicodeError as error:
            raise UnreadableError(f"not whole as {encoding.upper()} text ({error}); save it as CSV UTF-8") from None
    content = content.removeprefix(MARK.encode()).rstrip(b"\0\x1a")
    if not content[:4096].strip() and not content.strip():
        raise UnreadableError("the file holds no text; download it again")
    for start, kind in OTHER_KINDS:
        if start.match(content):
            raise UnreadableError(f"{kind}; give the file as the publisher offers it")
    if len(CONTROL.findall(content, 0, 4096)) > len(content[:4096]) / 50:
        raise UnreadableError(NO_TEXT)
    if (at := content.find(b"\0")) >= 0:
        raise SourceError(f"{file}, line {_line_at(content, at)}: the byte 0x00 is no text; download it again")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252").encode()
        except UnicodeDecodeError as error:
            found = f"the byte {content[error.start]:#04x} is neither UTF-8 nor Windows text (code page 1252)"
            remedy = "save the file as UTF-8 (in Excel: CSV UTF-8)"
            raise SourceError(f"{file}, line {_line_at(content, error.start)}: {found}; {remedy}") from None
    return content


def _wide(content: bytes) -> str:
    """Return the encoding of text with two or four bytes a character, or "" for other text."""
    for mark, encoding in WIDE:
        if content.startswith(mark):
            return encoding
    start = content[:4096]
    even, odd = (Counter(start[first::2])[0] / max(len(start) // 2, 1) for first in (0, 1))
    if max(even, odd) > 0.5 and min(even, odd) < 0.1:
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _line_at(content: bytes, at: int) -> int:
    return _lines(content[:at] + b".")


def _lines(content: bytes) -> int:
    """Return the number of lines, whatever ends them."""
    ends = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    return ends + (not content.endswith((b"\n", b"\r")))


def separator_in(content: bytes) -> str:
    """Return what parts the cells: comma, semicolon, tab or bar, whichever parts the first lines most often."""
    start = content[: 1 << 17].decode("utf-8", errors="ignore")
    if said := re.match(r'"?sep=([,;\t|])"?[\r\n]', start):  # a line that Excel reads, and shows to nobody
        return said[1]
    lines = "".join(itertools.islice(io.StringIO(start, newline=None), LINES))
    parted = {one: sum(len(row) - 1 for row in csv.reader(io.StringIO(lines), delimiter=one)) for one in SEPARATORS}
    return max(SEPARATORS, key=parted.__getitem__)


def rows_of_text(content: bytes, separator: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row, blank ones too, after the line on which it starts. Raises InputError as `numbered_rows` does."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    for number, (line, row) in enumerate(numbered_rows(text, file, separator)):
        if not number % 10_000:
            check_time()
        if len(row) > COLUMNS:
            found = f"{len(row):,} cells in a row are more than the {COLUMNS:,} that are read"
            raise SourceError(f"{file}, line {line}: {found}; download it again, or save it with one row a line")
        yield line, row


def columns_of_text(
    content: bytes, separator: str, heading: int, width: int, positions: Sequence[int]
) -> dict[int, pa.DictionaryArray] | None:
    """Return the columns at these positions below the row `heading`, which has `width` cells.

    None is for text in which a row has another number of cells or a cell goes over the end of its line.
    """
    names = list(map(str, range(width)))
    used = [str(position) for position in positions]
    try:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(content),
            pyarrow.csv.ReadOptions(column_names=names, skip_rows=heading + 1, use_threads=False),
            pyarrow.csv.ParseOptions(delimiter=separator, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(
                include_columns=used,
                column_types=dict.fromkeys(used, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != _lines(content) - (heading + 1):
        return None
    return {int(name): table.column(name).unify_dictionaries().combine_chunks() for name in used}


def refuse_other_rows(rows: Sequence[tuple[int, list[str]]], heading: int, separator: str, file: str) -> None:
    """Refuse a row without a cell for each column, and a quotation mark whose cell holds the next lines.

    `rows` are all of the file with their lines. Blank cells at a row's end are none too many, and a row of one cell is
    a note, unless a cell above it begins so: then it is a row cut off.
    """
    columns = _filled(rows[heading][1])
    firsts: dict[str, None] = {}
    for line, row in rows[heading + 1 :]:
        filled = _filled(row)
        if not filled or (filled == 1 and not any(first.startswith(row[0].strip()) for first in firsts)):
            continue
        firsts.setdefault(row[0].strip())
        if swallowed := next((cell for cell in row if separator in cell and re.search(r"[\r\n]", cell)), None):
            last = line + len(re.findall(r"\r\n|\r|\n", swallowed))
            found = f"a cell in quotation marks begins here and goes on to line {last}, with what is in between"
            raise SourceError(f"{file}, line {line}: {found}; take out the mark that is one too many")
        if not filled <= columns <= len(row):
            refuse_other_number(len(row), columns, f"{file}, line {line}")


def _filled(row: Sequence[str]) -> int:
    """Return the number of a row's cells up to the last that is not blank."""
    return max((number for number, cell in enumerate(row, start=1) if cell.strip()), default=0)
