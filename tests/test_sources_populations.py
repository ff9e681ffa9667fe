"""Populations in the ONS police force area tables: behind the rates, and as printed."""

from pathlib import Path

import pandas as pd
import pytest
from area_sheets import area_rows, incidents_sheet, read
from shared_folder import shared
from workbooks import FORCES, Row, read_file, save

from peel_analysis.sources import area_workbooks
from peel_analysis.sources.reading import Request
from peel_analysis.sources.sheets import SourceError, open_book

MID_YEARS = "Table P9: Mid-year population estimates for police force areas, 2015 to 20161"


def test_city_of_london_is_london_less_the_metropolitan_police(tmp_path: Path) -> None:
    figures: dict[str, Row] = {"London": [1100, 11.0], "city-of-london": [100, "+"], "metropolitan": [1000, 10.5]}
    figures["metropolitan"] = [1000, 1000 / 99_000 * 1000]
    reading = read(tmp_path, incidents_sheet(figures))
    assert reading.populations.query("force_id == 'city-of-london'")["population"].tolist() == [1000]


def test_rounded_rates_give_no_populations_and_the_account_says_so(tmp_path: Path) -> None:
    reading = read(tmp_path, incidents_sheet({"norfolk": [501, 10.3]}))
    assert len(reading.populations) == 0
    assert any("rounded" in note for note in reading.account.notes)


def test_populations_by_mid_year_under_the_vintage_asked_for(tmp_path: Path) -> None:
    heading: list[Row] = [[MID_YEARS], [None, None, "Mid-year"], ["Area Code", "Area Name", 2015, "20161"]]
    path = save(tmp_path / "x.xlsx", {"Table 12": [*heading, *area_rows({"norfolk": [891_000, 891_700]}, [100, 200])]})
    reading = area_workbooks.read_areas(Request(open_book(path), "r", FORCES, vintages=("", "revised")))
    rows = reading.populations.query("force_id == 'norfolk' and vintage == 'revised'")
    assert dict(zip(rows["mid_year"], rows["population"], strict=True)) == {2015: 891_000, 2016: 891_700}
    assert len(reading.counts) == 0


def test_population_column_of_a_table_of_crime_rates(tmp_path: Path) -> None:
    heading: list[Row] = [
        ["Table P3: Police recorded crime, rate of offences"],
        ["Area Code", "Area Name", "Population figures\n (mid-2017)3  rounded to 100", "Rate"],
    ]
    reading = read(tmp_path, [*heading, *area_rows({}, [100, "+"])])
    assert reading.populations["mid_year"].unique().tolist() == [2017]


def test_two_tables_that_disagree_on_a_population_are_refused(tmp_path: Path) -> None:
    mid_years: list[Row] = [[MID_YEARS], ["Area Code", "Area Name", 2016], *area_rows({}, [100])]
    rates: list[Row] = [["Rates"], ["Area Code", "Area Name", "Population figures (mid-2016)"], *area_rows({}, [101])]
    path = save(tmp_path / "x.xlsx", {"a": mid_years, "b": rates})
    with pytest.raises(SourceError, match=r"sheet 'b', cell C4: population 101, and 100 elsewhere in the workbook"):
        read_file(path)


@pytest.mark.shared
def test_rates_divide_by_the_population_two_mid_years_back() -> None:
    book = open_book(shared("raw/ons/policeforceareatablesyearendingmarch2018v2.xlsx"))
    people = area_workbooks.read_areas(Request(book, "r", FORCES, vintages=("rates", "printed"))).populations
    wide = people.pivot(index=["force_id", "mid_year"], columns="vintage", values="population").dropna()
    unrevised = wide[wide.index.get_level_values("mid_year") <= 2011]
    assert (unrevised["rates"] - unrevised["printed"]).abs().max() < 50  # the printed ones are rounded to hundreds


@pytest.mark.shared
def test_the_june_2018_workbook_with_its_corrections_sheet() -> None:
    reading = read_file(shared("raw/ons/policeforceareadatatablesyearendingjune2018corrected.xlsx"), "2018-06")
    people = reading.populations.set_index("force_id")
    assert people.loc["norfolk", "population"] == 898_400
    assert people["mid_year"].unique().tolist() == [2017]
    assert "Correction" in reading.account.sheets_left
    assert pd.isna(reading.counts["count"]).sum() == 0
