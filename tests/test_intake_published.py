"""Every published file, as it is and as other issues of it look: rewritten workbooks give the same tables."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from intake_folder import empty_folder
from python_calamine import CalamineWorkbook
from shared_folder import shared
from workbooks import Row, save

from peel_analysis.data.folder import Data
from peel_analysis.intake.published import plan

DATA = Path(__file__).resolve().parents[1] / "data"
CRIME = "home_office/prc-pfa-mar2013-onwards-tables-230426-rebuilt.ods"
AREAS = (
    "ons/policeforceareatablesyearendingmarch2018v2.xlsx",
    "ons/policeforceareadatatablesyearendingjune2018corrected.xlsx",
    "ons/policeforceareatablesyeendingmarch2019.xlsx",
)
WORKFORCE = ("home_office/police-workforce-sep18-tables.ods", "home_office/police-workforce-tables-jan17.ods")
FILES = (
    CRIME,
    "home_office/prc-pfa-mar2013-onwards-cleaned-230426.parquet",
    "home_office/prc-pfa-mar2013-onwards-tables201718.csv",
    "home_office/outcomes-open-data-year-ending-march-2019.csv.gz",
    "home_office/outcomes-2024-25-cleaned.parquet",
    *AREAS,
    *WORKFORCE,
)
MARKED = r"Norfolk|Cheshire|West Midlands|South East|Metropolitan Police|England"
Sheets = dict[str, list[Row]]

pytestmark = [pytest.mark.shared, pytest.mark.slow]


def cells(sheets: Sheets, change: Callable[[str], str]) -> Sheets:
    return {
        name: [[change(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        for name, rows in sheets.items()
    }


def blanks_round_sheet_names(sheets: Sheets) -> Sheets:
    return {f"{name} ": rows for name, rows in sheets.items()}


def other_table_numbers(sheets: Sheets) -> Sheets:
    renamed = {re.sub(r"(\d+)$", lambda found: str(int(found[1]) + 20), name): rows for name, rows in sheets.items()}
    return cells(renamed, lambda cell: re.sub(r"^Table (P?)\d+", r"Table \g<1>99", cell))


def headings_further_down(sheets: Sheets) -> Sheets:
    words: list[Row] = [[], ["This worksheet contains one table. Notes are on another."], []]
    return {name: [*rows[:1], *words, *rows[1:]] for name, rows in sheets.items()}


def without_codes(sheets: Sheets) -> Sheets:
    coded = re.compile(r"[EWK]\d{8}|Area Code")
    return {
        name: [row[1:] if len(row) > 1 and (row[0] == "" or coded.match(str(row[0]))) else row for row in rows]
        for name, rows in sheets.items()
    }


def other_footnote_marks(sheets: Sheets) -> Sheets:
    return cells(sheets, lambda cell: f"{cell} [note 3]" if re.fullmatch(MARKED, cell.strip()) else cell)


def raised_footnote_digits(sheets: Sheets) -> Sheets:
    names = {"Norfolk", "Cleveland", "Kent", "Wales", "Area Name"}
    return cells(sheets, lambda cell: f"{cell.strip()}²" if cell.strip() in names else cell)


def with_a_corrections_sheet(sheets: Sheets) -> Sheets:
    said: list[Row] = [
        ["Corrections"],
        ["Table P7, Norfolk, was corrected on 3 March 2019"],
        ["Norfolk", 21_071.0],
    ]
    return {"Corrections": said, **sheets}


def numbers_as_text(sheets: Sheets) -> Sheets:
    def text(cell: object) -> object:
        return f"{cell:,.0f}" if isinstance(cell, float) and cell.is_integer() and cell > 2100 else cell

    return {name: [[text(cell) for cell in row] for row in rows] for name, rows in sheets.items()}


ISSUES = (
    blanks_round_sheet_names,
    other_table_numbers,
    headings_further_down,
    other_footnote_marks,
    raised_footnote_digits,
    with_a_corrections_sheet,
    numbers_as_text,
)


def rewritten(path: Path, issue: Callable[[Sheets], Sheets], folder: Path) -> Path:
    book = CalamineWorkbook.from_path(path)
    sheets: Sheets = {
        name: [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }
    changed = {
        name: [[None if cell == "" else cell for cell in row] for row in rows] for name, rows in issue(sheets).items()
    }
    return save(folder / "issue.xlsx", changed)


def tables(file: Path, folder: Path) -> dict[str, str]:
    """Return the texts that adding a file to an empty folder would write, but for the name and digest of the file."""
    empty = folder / "data" if (folder / "data").exists() else empty_folder(folder)
    addition = plan(file, Data(empty))
    assert addition.is_sound
    return {str(path): text for path, text in addition.texts.items() if path.name != "provenance.csv"}


@pytest.mark.parametrize("name", FILES)
def test_every_published_file_is_in_the_data_folder_and_changes_nothing(name: str) -> None:
    release = "2026-04" if name.endswith("cleaned-230426.parquet") else ""
    addition = plan(shared(f"raw/{name}"), Data(DATA), release)
    assert {one[:2] for one in addition.differences.values()} == {(0, 0)}
    if not release:
        assert addition.texts == {}


@pytest.mark.parametrize("name", [*AREAS, *WORKFORCE])
@pytest.mark.parametrize("issue", ISSUES, ids=lambda issue: str(issue.__name__))
def test_other_issues_of_a_publication_give_the_same_tables(
    name: str, issue: Callable[[Sheets], Sheets], tmp_path: Path
) -> None:
    published = shared(f"raw/{name}")
    assert tables(rewritten(published, issue, tmp_path), tmp_path) == tables(published, tmp_path)


@pytest.mark.parametrize("name", AREAS[:2])  # the tables of March 2019 have none to begin with
def test_area_tables_without_codes_give_the_same_tables(name: str, tmp_path: Path) -> None:
    published = shared(f"raw/{name}")
    assert tables(rewritten(published, without_codes, tmp_path), tmp_path) == tables(published, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_the_320_000_rows_are_in_within_800_mb_and_give_the_bytes_that_are_held(tmp_path: Path) -> None:
    published = shared(f"raw/{CRIME}")
    for name in ("forces.csv", "force_names.csv", "count_notes.csv", "published_files.toml"):
        shutil.copy(DATA / name, tmp_path)
    program = (
        "import re, sys; from pathlib import Path; from peel_analysis.cli import main\n"
        "code = main(['data', 'add', sys.argv[1], '--release', '2026-04', '--data', sys.argv[2]])\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]\n"  # of this program alone
        "print(code, peak)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(published), str(tmp_path)], capture_output=True, text=True, check=True
    )
    code, peak = run.stdout.splitlines()[-1].split()
    assert code == "0"
    assert int(peak) < 800 * 1024
    made = tmp_path / "counts" / "recorded_crime" / "2026-04.csv"
    assert made.read_bytes() == (DATA / "counts" / "recorded_crime" / "2026-04.csv").read_bytes()
