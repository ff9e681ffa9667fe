"""The steps of docs/data_returns.md, followed to the letter: its sample, its commands, its line of the edition.

The counts are those that it prints; they are invented.
"""

import csv
import io
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from command import run
from conftest import peel

PROJECT = Path(__file__).resolve().parents[1]
Row = dict[str, str]


@dataclass(frozen=True)
class Steps:
    """What the page says: the rows of the return, its commands in order, and the edition's line for an item."""

    sample: str
    commands: tuple[str, ...]
    line: str


def steps() -> Steps:
    """Return the steps as the page prints them."""
    section = (PROJECT / "docs" / "data_returns.md").read_text(encoding="utf-8").partition("\n## ")[0]
    blocks = [dedent(block).strip() for block in re.findall(r"```\n(.*?)```", section, flags=re.S)]
    copying, *reports = re.findall(r"`((?:cp|peel report) [^`]+)`", section)
    line = re.search(r"under `\[releases\]`, add `([^`]+)`", section)
    assert line is not None
    return Steps(blocks[0] + "\n", (copying, *blocks[1].splitlines(), *reports), line[1])


def follow(folder: Path, sample: str) -> tuple[list[str], Path]:
    """Follow the steps in a copy of the project's folder; return what each command printed, and the data folder."""
    project = folder / "project"
    shutil.copytree(PROJECT / "data", project / "data")
    (project / "return.csv").write_text(sample, encoding="utf-8")
    said, data = [], folder / "our-data"
    for command in steps().commands:
        program, *arguments = shlex.split(command)
        if program == "cp":
            assert arguments == ["-r", "data", "../our-data"]
            shutil.copytree(project / "data", data)
            continue
        if arguments[0] == "report":
            name_releases(data, sample)
        done = peel(*arguments, cwd=project)
        assert (done.returncode, done.stderr) == (0, ""), command
        said.append(done.stdout)
    return said, data


def name_releases(data: Path, sample: str) -> None:
    """Add the page's line for each item of the return under the edition's releases."""
    named = steps().line.partition(" = ")
    items = dict.fromkeys(row["item"] for row in csv.DictReader(io.StringIO(sample)))
    assert named[0] in items
    lines = "\n".join(f"{item} = {named[2]}" for item in items)
    edition = data / "editions" / "2017.toml"
    text = edition.read_text(encoding="utf-8")
    edition.write_text(re.sub(r"(?m)^\[releases\].*$", rf"\g<0>\n{lines}", text), encoding="utf-8")


def values(data: Path, measure_id: str) -> dict[str, Row]:
    """Return the rows of a measure by force, as `peel values` prints them."""
    done = peel("values", "--measure", measure_id, "--data", str(data), cwd=data)
    assert (done.returncode, done.stderr) == (0, "")
    return {row["force_id"]: row for row in csv.DictReader(io.StringIO(done.stdout))}


def test_the_sample_ends_in_a_report_and_in_values(tmp_path: Path) -> None:
    sample = steps().sample
    rows = list(csv.DictReader(io.StringIO(sample)))
    counts = {(row["force"].split()[0].lower(), row["item"]): row["count"] for row in rows}
    said, data = follow(tmp_path, sample)
    assert "Would write" in said[0]
    assert "Written: " in said[1]
    assert (tmp_path / "project" / said[2].strip()).is_file()
    arrests = values(data, "da_arrest_rate")
    top, below = (int(counts["norfolk", f"domestic_abuse_{name}"]) for name in ("arrests", "offences"))
    norfolk = arrests["norfolk"]
    assert (norfolk["status"], norfolk["numerator"], norfolk["denominator"]) == ("reported", str(top), str(below))
    assert float(norfolk["value"]) == pytest.approx(100 * top / below)
    assert (arrests["suffolk"]["value"], arrests["suffolk"]["status"]) == ("", "not_supplied")
    assert (arrests["kent"]["value"], arrests["kent"]["status"]) == ("", "not_public")
    assert arrests["england-and-wales"]["status"] == "as_published"
    share = values(data, "da_share_of_crime_pct")["england-and-wales"]
    assert (share["value"], share["numerator"], share["members"]) == ("", "", "0")
    assert share["note"] == "One force alone has a figure, and that is not England and Wales."
    page = (tmp_path / "project" / "build" / "2017" / "norfolk" / "index.html").read_text(encoding="utf-8")
    assert f"{round(100 * top / below, 1)} arrests" in page
    assert f"England and Wales: – no figure: {share['note']}" in re.sub(r"<[^>]+>|\s+", " ", page).replace("  ", " ")


@pytest.mark.slow
@pytest.mark.usefixtures("own_data_folder")
def test_its_first_two_rows_alone_end_in_a_report_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said, data = follow(tmp_path, "".join(steps().sample.splitlines(keepends=True)[:3]))
    assert said[-1].strip().endswith("index.html")
    norfolk = values(data, "da_arrest_rate")["norfolk"]
    assert (norfolk["status"], norfolk["numerator"], norfolk["denominator"]) == ("as_published", "", "")
    for command in ("why da_arrest_rate norfolk", "why da_arrest_rate kent", "check --edition 2017"):
        code, _, error = run(capsys, *command.split(), "--data", str(data))
        assert (code, error) == (0, ""), command


@pytest.mark.usefixtures("own_data_folder")
@pytest.mark.parametrize("count", ["-5", '"-1,234"'])
def test_a_negative_count_is_a_slip_and_refused(count: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heading, *rows = steps().sample.splitlines()
    rows.insert(1, f"Kent,calls,2016-07-01,2017-06-30,{count},reported")
    file = tmp_path / "return.csv"
    file.write_text("\n".join((heading, *rows)) + "\n", encoding="utf-8")
    data = ("--data", str(PROJECT / "data"))
    code, printed, error = run(capsys, "data", "add", str(file), "--release", "invented", "--dry-run", *data)
    assert (code, printed, error.count("\n")) == (2, "", 1)
    assert error.startswith("peel: return.csv, line 3, column E: found '-")
    assert error.endswith("write a whole number, or leave it blank with the status that says why\n")
