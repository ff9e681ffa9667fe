"""Registers that cannot be used: one line that names the file and the row, and how to put it right."""

import re
from pathlib import Path

import pytest
from invented import Folder
from refusals import answering_folder, assert_says, refusal

from peel_analysis.show import tables

DURHAM = "2017,da_arrest_rate,2017,durham,excluded_from_figure"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return answering_folder(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (DURHAM, DURHAM.replace("durham", "durhamm"), r"line 21: force_id 'durhamm' .* did you mean Durham\?"),
        (
            DURHAM,
            DURHAM.replace("durham", "england-and-wales"),
            "line 21: force_id 'england-and-wales' is not the id of a force",
        ),
        (DURHAM, DURHAM.replace("arrest", "arest"), r"da_arest_rate, 2017, durham: no measure 'da_arest_rate'; use an"),
        (DURHAM, DURHAM.replace("_from_figure", ""), r"line 21: effect is 'excluded'; use one of excluded_from_figure"),
        (
            DURHAM,
            DURHAM.replace(",2017,d", ",217,d"),
            r"da_arrest_rate, 217, durham: no window of edition 2017 ends in",
        ),
        (f"{DURHAM},not_supplied", f"{DURHAM},", r"durham: missing_because is empty; use not_supplied"),
        (",dispersal_orders,stated", ",dispersal,stated", r"merseyside: the measure does not count 'dispersal'; use"),
        ("short_reason,said_in", "short,said_in", r"line 1: expected columns edition, .* found edition"),
    ],
)
def test_an_exclusion_that_is_about_nothing(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("exclusions.csv", old, new)
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith("data/exclusions.csv"), said
    assert re.search(message, said), said


def test_an_exclusion_without_a_reason(data: Folder) -> None:
    row = next(line for line in data.read("exclusions.csv").splitlines() if line.startswith(DURHAM))
    reason = row.split(",stated,")[1].split(",")[0]
    data.replace("exclusions.csv", f"stated,{reason}", "stated,")
    said = refusal(lambda: data.result("crime_per_1000"))
    assert_says(said, "data/exclusions.csv, line 21: ", "da_arrest_rate, 2017, durham", "reason is empty", "say why")


def test_an_exclusion_that_stands_twice(data: Folder) -> None:
    lines = data.read("exclusions.csv").splitlines()
    data.write("exclusions.csv", "\n".join([*lines, lines[3], ""]))
    said = refusal(lambda: data.result("crime_per_1000"))
    assert re.match(rf"data/exclusions.csv, line {len(lines) + 1}: repeats an earlier row's key \(.*keep one", said)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("norfolk,2016,892870,2017", "norfolk,2016,many,2017", r", line \d+: .*above zero; found 'norfolk' and 'many'"),
        ("norfolk,2016,892870,2017", "norfolk,2016,0,2017", r", line \d+: .*above zero; found 'norfolk' and '0'"),
        ("norfolk,2016,892870,2017", "norfok,2016,892870,2017", r", line \d+: .*the id of a force.*found 'norfok'"),
        ("norfolk,2016,892870,2017\n", "", r": no population of norfolk for mid-2016 in vintage 2017; add the row"),
        ("suffolk,2016,", "norfolk,2016,", r", line \d+: repeats an earlier row's force, mid-year and vintage"),
        ("norfolk,2016,892870,2017", "norfolk,2016,892,870,2017", r", line \d+: 5 cells for 4 columns; put a cell"),
        ("norfolk,2016,892870,2017", "norfolk,mid-2016,892870,2017", r", line \d+: .*; found 'mid-2016'"),
        ("force_id,mid_year", "force,mid_year", r", line 1: expected columns force_id, .*; found force, mid_year"),
    ],
)
def test_populations_that_cannot_be_used(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("populations.csv", old, new)
    said = refusal(lambda: data.result("crime_per_1000"))
    assert re.match(rf"data/populations.csv{message}", said), said


def test_a_published_value_that_is_no_number(data: Folder) -> None:
    data.replace("published_values.csv", ",57.7,", ",most,")
    said = refusal(lambda: data.result("da_arrest_rate"))
    assert_says(said, "data/published_values.csv, line 2: da_arrest_rate, norfolk", "'most'", "write a number")


@pytest.mark.parametrize("name", ["measures.toml", "populations.csv", "exclusions.csv", "statuses.csv"])
def test_a_register_that_is_missing(data: Folder, name: str) -> None:
    (data.path / name).unlink()
    said = refusal(lambda: tables.by_force(data.result("crime_per_1000"), "norfolk"))
    assert said.startswith(f"data/{name}: the file is missing from ")


def test_a_row_of_a_register_with_a_cell_too_many_is_named_by_its_line(data: Folder) -> None:
    lines = data.path.joinpath("statuses.csv").read_text(encoding="utf-8").splitlines()
    data.path.joinpath("statuses.csv").write_text("\n".join([*lines[:3], "", lines[3] + ",more", *lines[4:]]), "utf-8")
    said = refusal(lambda: data.result("crime_per_1000"))
    assert_says(said, "data/statuses.csv, line 5: ", "6 cells for 5 columns", "quotation marks")
