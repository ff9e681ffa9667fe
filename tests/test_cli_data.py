"""Another data folder, and data that cannot be used: one line that says what and where, and nothing changed."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command import run, values

pytestmark = pytest.mark.usefixtures("own_data_folder")

PROJECT = Path(__file__).resolve().parents[1]
CRIME = "counts/recorded_crime/2026-04.csv"
Change = Callable[[str], str]


def lines_without(*words: str) -> Change:
    """Leave out the lines that hold all the words."""
    return lambda text: "".join(
        line for line in text.splitlines(keepends=True) if not all(word in line for word in words)
    )


def replaced(old: str, new: str) -> Change:
    return lambda text: text.replace(old, new, 1)


def first_repeated(text: str) -> str:
    return text + text.splitlines(keepends=True)[1]


def count_as_text(text: str) -> str:
    return re.sub(r"^(norfolk,(?:[^,\n]*,){4})\d+", r"\1about 300", text, count=1, flags=re.MULTILINE)


def population_as_text(text: str) -> str:
    return re.sub(r"^(norfolk,2016,)\d+", r"\1many", text, count=1, flags=re.MULTILINE)


def last_column_cut(text: str) -> str:
    return re.sub(r",[^,\n]*$", "", text, flags=re.MULTILINE)


BROKEN: dict[str, tuple[str, Change, list[str]]] = {
    "a renamed column of counts": (
        CRIME,
        replaced("period_end", "period_stop"),
        ["2026-04.csv, line 1", "no column period_end", "period_stop", "the columns are"],
    ),
    "a renamed column of a register": (
        "exclusions.csv",
        replaced("effect", "affect"),
        ["data/exclusions.csv, line 1", "expected columns", "affect"],
    ),
    "a missing column": (
        "populations.csv",
        last_column_cut,
        ["data/populations.csv, line 1", "expected columns", "vintage"],
    ),
    "a text for a count": (
        CRIME,
        count_as_text,
        ["2026-04.csv, line ", "column count", "'about 300'", "write a whole number"],
    ),
    "a text for a population": (
        "populations.csv",
        population_as_text,
        ["data/populations.csv, line ", "'many'", "expected"],
    ),
    "a repeated key of counts": (
        CRIME,
        first_repeated,
        ["2026-04.csv, line ", "repeats the key of an earlier line", "avon-and-somerset", "keep one"],
    ),
    "a repeated key of a register": (
        "exclusions.csv",
        first_repeated,
        ["data/exclusions.csv, line ", "repeats an earlier row's key", "keep one"],
    ),
    "a repeated population": (
        "populations.csv",
        first_repeated,
        ["data/populations.csv, line ", "repeats an earlier row's"],
    ),
    "a force without counts": (
        CRIME,
        lines_without("norfolk,"),
        ["data/counts/recorded_crime/2026-04.csv", "no row for Norfolk", "add the rows"],
    ),
    "a force without a population": (
        "populations.csv",
        lines_without("norfolk,2016,"),
        ["data/populations.csv", "no population of norfolk for mid-2016", "add the row"],
    ),
    "a force out of the list": (
        "forces.csv",
        lines_without("norfolk,"),
        ["data/forces.csv", "expected 43 forces", "42"],
    ),
    "an exclusion for a force that does not exist": (
        "exclusions.csv",
        replaced(",suffolk,", ",sufolk,"),
        ["data/exclusions.csv, line 2", "'sufolk' is not the id of a force", "Suffolk"],
    ),
    "a missing quarter": (
        CRIME,
        lines_without("norfolk,", ",2016-10-01,"),
        ["data/counts/recorded_crime/2026-04.csv", "Norfolk", "12 months to 30 June 2017", "add the rows"],
    ),
    "a missing quarter of outcomes": (
        "counts/outcomes_recorded/2024-07.csv",
        lines_without("norfolk,", ",2016-10-01,"),
        ["data/counts/outcomes_recorded/2024-07.csv", "Norfolk", "add the rows"],
    ),
    "an edition that is no TOML": (
        "editions/2017.toml",
        replaced("[windows]", "[windows"),
        ["data/editions/2017.toml", "line "],
    ),
    "a measure without its unit": (
        "measures.toml",
        replaced('unit = "per 1,000 population"\n', ""),
        ["data/measures.toml", "unit"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_data_that_cannot_be_used_gives_one_line_and_changes_nothing(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, change, words = BROKEN[case]
    data, out = tmp_path / "data", tmp_path / "out"
    shutil.copytree(PROJECT / "data", data)
    text = (data / file).read_text(encoding="utf-8")
    (data / file).write_text(change(text), encoding="utf-8")
    assert (data / file).read_text(encoding="utf-8") != text
    earlier = out / "2017" / "norfolk" / "index.html"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("a finished report", encoding="utf-8")
    before = contents(tmp_path)

    making = ["report", "norfolk"] if file == CRIME else ["batch", "--jobs", "1"]
    for command in (["values"], [*making, "--out", str(out)]):
        code, printed, error = run(capsys, *command, "--data", str(data))
        assert (code, printed) == (2, ""), error
        assert error.startswith("peel: ")
        assert error.count("\n") == 1
        assert [word for word in words if word not in error] == [], error
    assert contents(tmp_path) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_another_data_folder_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    shutil.copytree(PROJECT / "data", data)
    table = data / "populations.csv"
    table.write_text(
        re.sub(
            r"^(norfolk,2016,)892870(,2017)$", r"\g<1>1000000\2", table.read_text(encoding="utf-8"), flags=re.MULTILINE
        ),
        encoding="utf-8",
    )
    (row,) = values(capsys, "--data", str(data), "--force", "norfolk", "--measure", "crime_per_1000")
    assert row["denominator"] == "1000000"
