import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import peel

from peel_analysis import cli
from peel_analysis.measures import declared

PROJECT = Path(__file__).resolve().parents[1]
CRIME = "counts/recorded_crime/2026-04.csv"
CONTRACT = ["edition", "measure", "force_id", "period_end", "value", "numerator", "denominator", "unit"]
CONTRACT += ["status", "note", "release"]
ROWS_A_MEASURE = 44  # 43 forces, and England and Wales
HEAVY = ("pandas", "numpy", "papermill", "matplotlib", "seaborn", "nbconvert", "pyarrow")


pytestmark = pytest.mark.usefixtures("own_data_folder")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the exit code and what the command printed to its two outputs."""
    code = cli.main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def values(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    code, out, _ = run(capsys, "values", *arguments)
    assert code == 0
    return list(csv.DictReader(io.StringIO(out)))


# Help


@pytest.mark.parametrize("arguments", [["--help"], ["report", "--help"], ["values", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom peel_analysis.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: peel")
    assert done.stderr.strip() == "[]"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert [name for name in ("report", "batch", "forces", "values", "data") if name not in said] == []


@pytest.mark.parametrize("arguments", [[], ["repot"], ["report"], ["values", "--format", "xml"]])
def test_a_request_that_is_none_is_refused_with_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: peel" in capsys.readouterr().err


# Names


@pytest.mark.parametrize(
    ("name", "force_id"),
    [
        ("norfolk", "norfolk"),
        ("Norfolk Constabulary", "norfolk"),
        ("DEVON & CORNWALL", "devon-and-cornwall"),
        ("Metropolitan Police Service", "metropolitan"),
        ("London, City of", "city-of-london"),
        ("england-and-wales", "england-and-wales"),
        ("England and Wales", "england-and-wales"),
    ],
)
def test_names_are_forgiving(name: str, force_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = values(capsys, "--force", name, "--measure", "asb_incidents_per_1000")
    assert [row["force_id"] for row in rows] == [force_id]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "Norfok"], "No force called 'Norfok'; did you mean Norfolk"),
        (["values", "--force", "Sufolk"], "did you mean Suffolk"),
        (["batch", "--forces", "norfolk,Kennt"], "No force called 'Kennt'; did you mean Kent"),
        (["report", "Atlantis"], "see the 43 names with: peel forces"),
        (["report", "norfolk", "--edition", "1917"], "No edition '1917'; the editions are 2017"),
        (["values", "--edition", "next"], "No edition 'next'; the editions are 2017"),
        (["values", "--measure", "da_arest_rate"], "da_arrest_rate"),
        (["batch", "--shard", "9/8"], "--shard 9/8: give K/N"),
        (["batch", "--jobs", "0"], "--jobs 0: give a number of workers"),
        (["values", "--data", "nowhere"], "--data nowhere: no such folder"),
    ],
)
def test_what_is_not_known_gets_one_line_and_exit_code_2(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")] if arguments[0] in ("report", "batch") else []
    code, printed, error = run(capsys, *arguments, *out)
    assert (code, printed) == (2, "")
    assert error.startswith("peel: ")
    assert error.count("\n") == 1
    assert words in error
    assert not (tmp_path / "out").exists()


def test_forces_lists_the_43(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "forces")
    lines = out.splitlines()
    assert code == 0
    assert len(lines) == 43
    assert any(re.match(r"norfolk +Norfolk Constabulary +East", line) for line in lines)


# Values: the contract


def test_values_hold_every_measure_for_43_forces_and_england_and_wales(capsys: pytest.CaptureFixture[str]) -> None:
    rows = values(capsys, "--edition", "2017")
    ids = [measure.id for measure in declared()]
    assert len(ids) == 24
    assert list(rows[0])[: len(CONTRACT)] == CONTRACT
    for measure in ids:
        mine = [row["force_id"] for row in rows if row["measure"] == measure]
        assert len(mine) == len(set(mine)) == ROWS_A_MEASURE, measure
        assert "england-and-wales" in mine
    assert len(rows) == len(ids) * ROWS_A_MEASURE
    assert {row["edition"] for row in rows} == {"2017"}
    silent = [(row["measure"], row["force_id"]) for row in rows if not row["value"] and not row["status"]]
    assert silent == [], "a missing value has a status that says why"


@pytest.mark.parametrize(
    ("force", "measure", "shown"),
    [
        ("norfolk", "crime_per_1000", 58.88),
        ("norfolk", "crime_change_12m", 9.95),
        ("norfolk", "crime_change_5y", 30.84),
        ("norfolk", "asb_incidents_per_1000", 23.60),
        ("norfolk", "outcome_charged_pct", 17.50),
        ("england-and-wales", "crime_per_1000", 75.66),
        ("england-and-wales", "crime_change_12m", 14.01),
        ("england-and-wales", "crime_change_5y", 19.54),
        ("england-and-wales", "asb_incidents_per_1000", 30.48),
        ("england-and-wales", "outcome_charged_pct", 11.50),
        ("norfolk", "da_arrest_rate", 57.7),
        ("england-and-wales", "da_arrest_rate", 42.5),
    ],
)
def test_values_are_the_known_ones(force: str, measure: str, shown: float, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = values(capsys, "--force", force, "--measure", measure)
    assert float(row["value"]) == pytest.approx(shown, abs=0.005)
    assert (row["force_id"], row["measure"]) == (force, measure)


def test_values_are_not_rounded_and_are_numerator_over_denominator(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = values(capsys, "--force", "norfolk", "--measure", "crime_per_1000")
    assert row["denominator"] == "892870"
    assert float(row["value"]) == 1000 * int(row["numerator"]) / int(row["denominator"])


def test_values_as_json_are_the_values_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    table = values(capsys, "--measure", "outcome_charged_pct")
    _, out, _ = run(capsys, "values", "--measure", "outcome_charged_pct", "--format", "json")
    objects = json.loads(out)
    assert [list(one)[: len(CONTRACT)] for one in objects] == [CONTRACT] * ROWS_A_MEASURE
    by_force = {one["force_id"]: one["value"] for one in objects}
    assert by_force["suffolk"] is None
    assert by_force == {row["force_id"]: float(row["value"]) if row["value"] else None for row in table}


def test_values_take_another_vintage_and_residents_only(capsys: pytest.CaptureFixture[str]) -> None:
    one = ("--force", "city-of-london", "--measure", "crime_per_1000")
    (assumed,) = values(capsys, *one)
    (residents,) = values(capsys, *one, "--residents-only")
    assert (assumed["denominator"], assumed["status"]) == ("553103", "estimated")
    assert int(residents["denominator"]) < 10_000
    code, _, error = run(capsys, "values", "--population", "1066")
    assert code == 2
    assert "data/populations.csv: no population of" in error


# Where and how it runs


def test_command_works_from_any_folder_and_is_quiet_in_a_pipe(tmp_path: Path) -> None:
    done = peel("report", "Norfolk Constabulary", "--out", "reports", cwd=tmp_path)
    page = tmp_path / "reports" / "2017" / "norfolk" / "index.html"
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(tmp_path, done.stdout.strip()) == page
    assert page.is_file()
    assert len(list(page.parent.glob("notebooks/*.ipynb"))) == 9
    rows = list(csv.DictReader(io.StringIO((page.parent / "values.csv").read_text(encoding="utf-8"))))
    assert {row["force_id"] for row in rows} == {"norfolk", "england-and-wales"}
    assert [path for path in page.parent.rglob("*") if ".part" in path.name or ".failed" in path.name] == []


def test_batch_takes_a_folder_below_the_working_folder(tmp_path: Path) -> None:
    done = peel("batch", "--forces", "rutland", "--out", "reports", cwd=tmp_path)
    assert done.returncode == 2
    done = peel("batch", "--forces", "kent", "--inspected-only", "--out", "reports", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    index = (tmp_path / "reports" / "2017" / "index.html").read_text(encoding="utf-8")
    assert 'href="kent/index.html"' in index


# Data that cannot be used


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

    for command in (["values"], ["report", "norfolk", "--out", str(out)], ["batch", "--out", str(out)]):
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
