"""The founders' cases of files that once went wrong, each with what is right; without their folder they are skipped."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from judge import DataFolder
from shared_folder import shared

KNOWN = ("--part-is-known", "an example of one offence group")


@dataclass(frozen=True)
class Right:
    """The exit code, what is said, and rows of the tables by force: item, dimension, count and status."""

    code: int
    says: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, str, str], ...] = ()
    options: tuple[str, ...] = ()
    force: str = "norfolk"


CASES = {
    "alternate-outcomes/alternate.csv": Right(2, ("1a",)),
    "alternate-outcomes/variant-only-fraud.csv": Right(2, ("fraud",)),
    "asb-per-1000/number-per-1000.xlsx": Right(0, (), (("asb_incidents", "", "12500", "reported"),)),
    "csp/csp.csv": Right(2),
    "csp/variant-subcodes-drugs.csv": Right(2),
    "error-cells/asb-ref-error.xlsx": Right(2, ("#REF!", "cell B")),
    "error-cells/variant-blank.xlsx": Right(0, ("Norfolk", "2017")),
    "fractional-headcount/workforce.xlsx": Right(0, ("122.45", "cell B")),
    "fractional-headcount/variant.xlsx": Right(0, ("Table_",)),
    "hidden-sheet/return.xlsx": Right(0, ("Example (hidden)",), (("domestic_abuse_arrests", "", "1234", "reported"),)),
    "hidden-sheet/variant-very-hidden.xlsx": Right(0, ("Last year (",)),
    "not-provided/one-offence.csv": Right(0, (), (("outcomes_recorded", "1", "107", "partial"),), KNOWN),
    "not-provided/whole-force.csv": Right(0, (), (("outcomes_recorded", "1", "", "not_supplied"),), KNOWN),
    "renamed-force/return.csv": Right(0, (), (("domestic_abuse_arrests", "", "1234", "reported"),), (), "hampshire"),
    "renamed-force/prc.csv": Right(0, (), (), KNOWN),
    "second-table/offence-reference.xlsx": Right(0, ("Offence reference",), (), KNOWN),
    "second-table/variant-summary.xlsx": Right(0, ("Summary",), (), KNOWN),
    "separators/semicolon.csv": Right(0, (), (("domestic_abuse_arrests", "", "1234", "reported"),)),
    "separators/variant-unicode-text.txt": Right(0, (), (("domestic_abuse_arrests", "", "1234", "reported"),)),
    "sibling-crime/knife-offences-2024-25-q1.csv": Right(2, ("1 of the 9 offence groups",)),
    "sibling-outcomes/variant-firearms-outcomes-apr2024-to-mar2025.csv": Right(2, ("part",)),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The project's data folder, copied."""
    return DataFolder(tmp_path_factory.mktemp("cases"))


@pytest.mark.shared
@pytest.mark.parametrize("case", CASES)
def test_a_file_that_once_went_wrong(case: str, folder: DataFolder) -> None:
    right, file = CASES[case], shared(f"cases/{case}")
    run = folder.add(Path(file), *right.options)
    said = run.out + run.err
    assert (run.code, run.wrong) == (right.code, ""), said
    assert [words for words in right.says if words not in said] == [], said
    rows = {
        (row["item"], row["dimension"], row["count"], row["status"])
        for name, table in run.tables.items()
        if name.startswith("counts/")
        for row in table[table["force_id"] == right.force].to_dict("records")
    }
    assert [row for row in right.rows if row not in rows] == [], rows
