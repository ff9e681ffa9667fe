"""Counts in full-time equivalents: their decimals stay wherever a count is shown, so that the sum can be done again."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from command import run

from peel_analysis.data.files import VARIABLE
from peel_analysis.data.text import whole

DATA = Path(__file__).resolve().parents[1] / "data"
OFFICERS = """
[[measure]]
id = "officers_per_100k"
title = "Police officers per 100,000 population"
tile = "Police officers per 100,000 population"
kind = "rate_of_stock"
numerator = { items = ["september_officers"] }
denominator = { items = ["population"] }
multiplier = 100000
unit = "per 100,000 population"
decimals = 1
window = "officers"
sources = ["ONS_MYE"]
caption = "Police officers per 100,000 population, by force, {window}"
reading = "{force} had {value} police officers per 100,000 population {window}"
"""


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a measure of officers, in use until the test ends."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("findings"))
    monkeypatch.setenv(VARIABLE, str(folder))
    with (folder / "measures.toml").open("a", encoding="utf-8") as file:
        file.write(OFFICERS)
    edition = folder / "editions" / "2017.toml"
    text = edition.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^\[windows\].*$", r"\g<0>\nofficers = { end = 2017-09-30, months = 0 }", text)
    september = 'september_officers = { item = "police_officers_fte", release = "2018-09" }'
    text = re.sub(r"(?m)^\[releases\].*$", rf"\g<0>\n{september}", text)
    edition.write_text(text, encoding="utf-8")
    return folder


def officers(data: Path) -> dict[str, float]:
    """Return the officers on 30 September 2017 by force, read past the package."""
    with (data / "counts" / "police_officers_fte" / "2018-09.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["force_id"]: float(row["count"]) for row in csv.DictReader(file) if row["period_end"] == "2017-09-30"
        }


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1519.46125, "1,519.46125"),
        (1518.9600000000003, "1,518.96"),
        (966.0, "966"),
        (0.5, "0.5"),
        (52569.00000000001, "52,569"),
        (-4.25, "-4.25"),
        (1_000_000.0, "1,000,000"),
        (0.0, "0"),
    ],
)
def test_a_count_keeps_the_decimals_that_it_has(count: float, text: str) -> None:
    assert whole(count) == text


def test_a_missing_count_has_no_text() -> None:
    with pytest.raises(ValueError, match="a missing value has no text"):
        whole(float("nan"))


@pytest.mark.parametrize("force_id", ["norfolk", "wiltshire", "england-and-wales"])
def test_the_formula_of_the_account_comes_to_its_value(
    force_id: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = run(capsys, "why", "officers_per_100k", force_id)
    assert code == 0
    formula = re.search(r"([\d,.]+) / ([\d,.]+) x 100,000 = ([\d.]+)", said)
    assert formula is not None
    top, below, value = (float(text.replace(",", "")) for text in formula.groups())
    assert 100_000 * top / below == pytest.approx(value, rel=1e-12)
    counted = officers(data)
    assert top == pytest.approx(counted.get(force_id, sum(counted.values())), rel=1e-12)
    assert re.search(rf"total +{re.escape(formula[1])}\n", said)


def test_the_values_can_be_worked_out_from_their_counts(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(capsys, "values")
    assert code == 0
    rows = [row for row in csv.DictReader(io.StringIO(said)) if row["measure"] == "officers_per_100k"]
    assert len(rows) == 44
    counted = officers(data)
    for row in rows:
        top, below = float(row["numerator"]), int(row["denominator"])
        assert 100_000 * top / below == pytest.approx(float(row["value"]), rel=1e-12)
        assert top == pytest.approx(counted.get(row["force_id"], sum(counted.values())), rel=1e-12)
    assert next(row["numerator"] for row in rows if row["force_id"] == "wiltshire") == "966"


def test_json_holds_the_same_counts(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, said, _ = run(capsys, "values", "--format", "json")
    counts = {row["force_id"]: row["numerator"] for row in json.loads(said) if row["measure"] == "officers_per_100k"}
    assert {name: count for name, count in counts.items() if name in officers(data)} == officers(data)
    assert isinstance(counts["wiltshire"], int)


def test_the_difference_of_a_fractional_count_is_told_without_an_interval(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, values, _ = run(capsys, "values")
    rows = [row for row in csv.DictReader(io.StringIO(values)) if row["measure"] == "officers_per_100k"]
    own, of_all = (next(row for row in rows if row["force_id"] == one) for one in ("norfolk", "england-and-wales"))
    top, below = (float(of_all[name]) - float(own[name]) for name in ("numerator", "denominator"))
    rest, apart = 100_000 * top / below, float(own["value"]) - 100_000 * top / below
    _, said, _ = run(capsys, "why", "officers_per_100k", "norfolk")
    told = " ".join(said.split())
    assert f"England and Wales {rest:.1f}; difference {apart:+.1f} policy" in told.replace("\u2212", "-")
