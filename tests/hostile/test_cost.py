"""Files that say much more than they hold: each is read or refused within 500 MB and ten seconds of a processor."""

import gzip
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from extracts import Sheet, extracts
from files import WRITERS
from judge import LONGEST_LINE, PROJECT, SECONDS

MEGABYTES = 500
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
CHILD = """
import re, sys, time
from pathlib import Path
from peel_analysis import cli
code = cli.main(sys.argv[1:])
kilobytes = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]  # getrusage has the parent's too
print(code, int(kilobytes) // 1024, round(time.process_time(), 1))
"""


def far_cell(row: int, column: int) -> Callable[[str], bytes]:
    """Return what writes an extract of recorded crime with a word in one more cell, of this row and column."""

    def write(kind: str) -> bytes:
        extract = extracts()["crime"].copy()
        extract.rows.extend([] for _ in range(row - len(extract.rows)))
        extract.rows[row - 1].extend([None] * (column - len(extract.rows[row - 1])))
        extract.rows[row - 1][column - 1] = "x"
        return WRITERS[kind](extract)

    return write


def many_sheets(kind: str) -> bytes:
    extract = extracts()["crime"].copy()
    extract.sheets.extend(Sheet(f"Sheet {number}", [["Words"]]) for number in range(2000))
    return WRITERS[kind](extract)


def large_part(kind: str) -> bytes:
    """Return a workbook with a sheet of 300 MB, which is packed to some hundred kilobytes."""
    content = WRITERS[kind](extracts()["crime"])
    large, file = "content.xml" if kind == "ods" else "xl/worksheets/2.xml", io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body + b" " * 300_000_000 if name == large else body)
    return file.getvalue()


def packed(part: bytes, times: int) -> Callable[[str], bytes]:
    return lambda _: gzip.compress(part, 1) * times


FILES: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "the last column .xlsx": ("xlsx", far_cell(3, LAST_COLUMN)),
    "the last row .xlsx": ("xlsx", far_cell(LAST_ROW, 1)),
    "the last cell .xlsx": ("xlsx", far_cell(LAST_ROW, LAST_COLUMN)),
    "the last cell .ods": ("ods", far_cell(LAST_ROW, LAST_COLUMN)),
    "many sheets .xlsx": ("xlsx", many_sheets),
    "a large sheet .xlsx": ("xlsx", large_part),
    "a large sheet .ods": ("ods", large_part),
    "nul bytes, packed": ("csv", packed(b"\0" * 10_000_000, 200)),
    "lines, packed": ("csv", packed(b"a,b\n" * 2_500_000, 200)),
    "one long line": ("csv", lambda _: b"force,item,from,to,count,status\n" + b"x," * 20_000_000),
    "one long cell": ("csv", lambda _: b'force,item,from,to,count,status\n"' + b"x" * 40_000_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_says_more_than_it_holds_costs_little(name: str, tmp_path: Path) -> None:
    kind, write = FILES[name]
    file = tmp_path / f"large.{kind}"
    file.write_bytes(write(kind))
    command = [sys.executable, "-c", CHILD, "data", "add", str(file), "--release", "x", "--dry-run"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    code, megabytes, seconds = map(float, done.stdout.split("\n")[-2].split())
    assert megabytes < MEGABYTES, f"{megabytes:.0f} MB"
    assert seconds < SECONDS, f"{seconds} s"
    assert code in (0, 2), done.stderr
    if code == 2:
        assert done.stderr.startswith("peel: large."), done.stderr
        assert "; " in done.stderr
        assert (done.stderr.count("\n"), len(done.stderr) < LONGEST_LINE) == (1, True)
