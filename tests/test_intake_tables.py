"""Taking in other tables than recorded crime: returns of forces, area tables whose totals are kept, populations."""

from pathlib import Path

import pandas as pd
import pytest
from area_sheets import incidents_by_year
from intake_folder import added, differences, empty_folder
from workbooks import FORCES, Row, save

from peel_analysis.data import counts
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.intake.published import plan

RETURN = "force,item,period_start,period_end,count,status\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return empty_folder(tmp_path)


def test_returns_of_forces_join_and_each_keeps_its_origin(folder: Path, tmp_path: Path) -> None:
    norfolk, suffolk = tmp_path / "norfolk.csv", tmp_path / "suffolk.csv"
    norfolk.write_text(RETURN + "Norfolk,calls,2016-07-01,2017-06-30,1204,reported\n", encoding="utf-8")
    suffolk.write_text(RETURN + "Suffolk,calls,2016-07-01,2017-06-30,,not_supplied\n", encoding="utf-8")
    added(norfolk, folder, "return-2017")
    added(suffolk, folder, "return-2017")
    norfolk.write_text(RETURN + "Norfolk,calls,2016-07-01,2017-06-30,1205,reported\n", encoding="utf-8")
    assert differences(added(norfolk, folder, "return-2017")) == [(0, 1, 0)]
    rows = counts.read(folder / "counts" / "calls" / "return-2017.csv", forces=FORCES)
    assert rows["force_id"].tolist() == ["norfolk", "suffolk"]
    assert rows["count"].tolist()[0] == 1205
    assert pd.read_csv(folder / "provenance.csv")["source_file"].tolist() == ["norfolk.csv", "suffolk.csv"]


def test_a_return_says_itself_what_was_not_supplied(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "norfolk.csv").write_text(RETURN, encoding="utf-8")
    with pytest.raises(InputError, match="--not-supplied: a HMICFRS data return says itself"):
        plan(tmp_path / "norfolk.csv", Data(folder), "return-2017", ["kent"])


def area_table(total: float = 43_000.0) -> list[Row]:
    title, heading, *rows = incidents_by_year(2018)
    return [title, heading, ["England and Wales excluding Kent", total], *rows]


def test_a_national_row_that_leaves_a_force_out_is_kept_as_such(folder: Path, tmp_path: Path) -> None:
    rows = area_table(42_900.0)
    next(row for row in rows if row[0] == "Kent")[1] = 900.0
    addition = added(save(tmp_path / "x.xlsx", {"P5": rows}), folder)
    assert addition.account.release == "2018-03"
    assert addition.is_sound
    printed = pd.read_csv(folder / "printed_totals.csv", dtype=str, keep_default_na=False).iloc[0]
    assert (printed["printed"], printed["without"]) == ("42900", "")
    next(row for row in rows if row[0] == "Kent")[1] = 950.0
    rows[2][1] = 42_000.0
    added(save(tmp_path / "x.xlsx", {"P5": rows}), folder)
    printed = pd.read_csv(folder / "printed_totals.csv", dtype=str, keep_default_na=False).iloc[0]
    assert (printed["printed"], printed["without"]) == ("42000", "kent")


def test_a_national_row_that_does_not_add_up_stops_the_file(folder: Path, tmp_path: Path) -> None:
    addition = plan(save(tmp_path / "x.xlsx", {"P5": area_table(50_000.0)}), Data(folder))
    assert not addition.is_sound


def test_populations_of_another_vintage_are_added_beside_the_others(folder: Path, tmp_path: Path) -> None:
    before = "force_id,mid_year,population,vintage\nkent,2016,1500000,2017\n"
    (folder / "populations.csv").write_text(before, encoding="utf-8")
    rows: list[Row] = [["Table P9: Mid-year population estimates for police force areas, 2016"], ["Area Name", 2016]]
    rows += [[force.name, 1_000_000.0] for force in FORCES]
    addition = added(save(tmp_path / "x.xlsx", {"P9": rows}), folder, "2019-03")
    assert addition.differences == {"populations 2019-03": (43, 0, 0)}
    assert "  populations 2019-03: 43 rows new, 0 revised, 0 unchanged" in addition.lines()
    people = pd.read_csv(folder / "populations.csv", dtype=str)
    assert people["vintage"].value_counts().to_dict() == {"2019-03": 43, "2017": 1}
