"""ONS police force area tables: tables in other layouts with invented counts, and the real workbook."""

from pathlib import Path

import pytest
from area_sheets import TITLE, incidents_by_year, incidents_sheet, read
from shared_folder import shared
from workbooks import FORCES, Row, read_file, save

from peel_analysis.sources import area_workbooks
from peel_analysis.sources.area_tables import Area, classify
from peel_analysis.sources.headings import MARKERS, number_or_marker, year_to
from peel_analysis.sources.reading import Request
from peel_analysis.sources.sheets import SourceError, open_book


def test_incidents_by_year_and_the_populations_behind_their_rates(tmp_path: Path) -> None:
    reading = read(tmp_path, incidents_sheet())
    row = reading.counts.query("force_id == 'norfolk'").iloc[0]
    assert (row["period_start"], row["period_end"], row["count"]) == ("2016-04-01", "2017-03-31", 500)
    assert reading.populations["population"].unique().tolist() == [50_000]
    assert reading.populations["mid_year"].unique().tolist() == [2015]
    assert reading.account.sheets_left == ("Notes",)
    assert reading.account.left_out["bodies that are no force"].rows == 1
    assert reading.account.notes == ("8. Norfolk Constabulary gave 11 months.",)


def test_region_and_force_of_one_name_are_told_apart_by_code(tmp_path: Path) -> None:
    reading = read(tmp_path, incidents_sheet({"West Midlands": [9999, 1.0], "west-midlands": [777, 10.0]}))
    assert reading.counts.query("force_id == 'west-midlands'")["count"].tolist() == [777]


def test_tables_without_codes_tell_them_apart_by_position(tmp_path: Path) -> None:
    rows = [
        row[1:] if len(row) > 1 else row
        for row in incidents_sheet({"West Midlands": [9999, 1.0], "west-midlands": [777, 10.0]})
    ]
    reading = read(tmp_path, rows)
    assert reading.counts.query("force_id == 'west-midlands'")["count"].tolist() == [777]
    assert len(reading.counts) == 43


def test_a_marker_is_no_value_with_its_reason(tmp_path: Path) -> None:
    reading = read(tmp_path, incidents_sheet({"norfolk": ["[x]", "[x]"], "kent": ["*", "*"]}))
    rows = reading.counts.set_index("force_id")
    assert rows.loc[["norfolk", "kent"], "count"].isna().all()
    assert rows.loc["norfolk", "status"] == "not_supplied"
    assert rows.loc["kent", "status"] == "not_comparable"


@pytest.mark.parametrize("mark", [mark for mark in MARKERS if mark])
def test_no_marker_is_read_as_a_number(mark: str) -> None:
    assert number_or_marker(f" {mark} ") == MARKERS[mark]


def test_printed_totals_are_compared_with_the_sum_of_their_forces(tmp_path: Path) -> None:
    reading = read(tmp_path, incidents_sheet({"London": [1000, 10.0], "Wales": [1999, 10.0]}))
    totals = {total.area: (total.printed, total.summed) for total in reading.account.printed_totals}
    assert totals == {"London": (1000, 1000), "Wales": (1999, 2000)}
    assert any("printed 1,999, sum of its forces 2,000" in line for line in reading.account.lines())


def test_footnote_digits_on_codes_and_names(tmp_path: Path) -> None:
    rows = incidents_sheet()
    for row in rows:
        if row[1:2] == ["City of London"]:
            row[:2] = ["E2300003410", "City of London10"]
        if row[1:2] == ["Cheshire"]:
            row[1] = "Cheshire [note 8]"
    assert len(read(tmp_path, rows).counts) == 43


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"norfolk": ["many", 1.0]}, r"x.xlsx, sheet 'Table P5', cell C\d+: found 'many' where a number or one of"),
        ({"norfolk": [10.5, 1.0]}, r"sheet 'Table P5', cell C\d+: found 10.5 where a whole number should be"),
    ],
)
def test_refused_cells_are_named(tmp_path: Path, figures: dict[str, Row], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, incidents_sheet(figures))


def test_a_missing_force_is_named_with_the_sheet(tmp_path: Path) -> None:
    rows = [row for row in incidents_sheet() if row[1:2] != ["Norfolk"]]
    with pytest.raises(SourceError, match=r"sheet 'Table P5', row 6: the table has no row for Norfolk; take"):
        read(tmp_path, rows)


def test_a_list_of_contents_is_no_table_and_a_table_without_forces_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", {"Contents": [["Contents"], [TITLE]], "P5": incidents_sheet()})
    assert read_file(path).account.sheets_left == ("Contents",)
    path = save(tmp_path / "x.xlsx", {"P5": [[TITLE], *([["somewhere", 5, 1.0]] * 43)]})
    with pytest.raises(SourceError, match=r"sheet 'P5', row 1: no column names the forces; give the table as"):
        read_file(path)


def test_a_force_that_gave_no_figures_and_national_rows_without_it(tmp_path: Path) -> None:
    rows = [row for row in incidents_sheet() if row[1:2] != ["Greater Manchester"]]
    rows.insert(7, [None, "England and Wales excluding Greater Manchester", 21_000, ".."])
    path = save(tmp_path / "x.xlsx", {"P5": rows})
    counts = read_file(path, "r", not_supplied=["greater-manchester"]).counts.set_index("force_id")
    assert counts.index[counts["count"].isna()].tolist() == ["greater-manchester"]
    assert counts.loc["greater-manchester", "status"] == "not_supplied"


@pytest.mark.parametrize("text", ["1,204 [e]", " 1204* ", "1204 (p)", "1 204"])
def test_marks_behind_a_number_are_dropped(text: str) -> None:
    assert number_or_marker(text) == 1204


def test_a_force_under_another_s_code_is_refused(tmp_path: Path) -> None:
    rows = incidents_sheet()
    next(row for row in rows if row[1:2] == ["Norfolk"])[0] = "E23000025"
    with pytest.raises(SourceError, match=r"cell B\d+: code E23000025 is Suffolk, and the name is 'Norfolk'"):
        read(tmp_path, rows)


def test_a_force_in_two_rows_is_refused(tmp_path: Path) -> None:
    rows = incidents_sheet()
    rows.insert(8, next(row for row in rows if row[1:2] == ["Norfolk"]))
    with pytest.raises(SourceError, match="a second row for norfolk; take out one of the two"):
        read(tmp_path, rows)


def test_an_area_that_is_none_is_refused(tmp_path: Path) -> None:
    rows = incidents_sheet()
    rows.insert(8, [None, "Atlantis", 5, 1.0])
    with pytest.raises(SourceError, match=r"cell B9: 'Atlantis' is no force, region or country"):
        read(tmp_path, rows)


def test_a_column_that_is_not_understood_is_refused(tmp_path: Path) -> None:
    rows = incidents_sheet()
    rows[3][2] = "Latest period"
    with pytest.raises(SourceError, match=r"cell C5: the heading 'Latest period Number of Incidents' names no"):
        read(tmp_path, rows)


@pytest.mark.parametrize(
    ("heading", "day"),
    [
        ("Apr '07 to Mar '083", "2008-03-31"),
        ("Apr '19 to Mar '205, 6", "2020-03-31"),
        ("Apr '19 to Mar '2056", "2020-03-31"),
        ("Apr 2017 to Mar 20185", "2018-03-31"),
        ("Number of incidents, year ending March 2018 [note 3]", "2018-03-31"),
        ("Year ending 31 March 2018", "2018-03-31"),
        ("Jul '16 to Jun '17", "2017-06-30"),
        ("Apr '07 to Mar '10", None),
        ("Area Name", None),
    ],
)
def test_years_in_headings(heading: str, day: str | None) -> None:
    found = year_to(heading)
    assert (found.isoformat() if found else None) == day


def test_west_midlands_in_an_alphabetical_list_is_the_force() -> None:
    names = ["West Mercia", "West Midlands", "West Yorkshire", "", "East Midlands", "West Midlands", "East of England"]
    found = list(classify((("", name) for name in names), FORCES))
    assert found[1] == Area("force", "west-midlands")
    assert found[5] == Area("region", "West Midlands")


@pytest.mark.shared
def test_the_march_2018_workbook() -> None:
    book = open_book(shared("raw/ons/policeforceareatablesyearendingmarch2018v2.xlsx"))
    reading = area_workbooks.read_areas(Request(book, "2018-03", FORCES, vintages=("2017", "2018-revised")))
    incidents = reading.counts.set_index(["force_id", "period_end"])
    assert incidents.loc[("norfolk", "2017-03-31"), "count"] == 21_071
    assert len(incidents) == 43 * 11
    people = reading.populations.set_index(["vintage", "force_id", "mid_year"])["population"]
    assert people["2017", "norfolk", 2016] == 892_870
    assert people["2017", "city-of-london", 2016] == 9_401
    assert people["2018-revised", "norfolk", 2016] == 891_700
    assert people.xs(2016, level="mid_year")["2017"].sum() == 58_381_217
    assert all(total.printed == total.summed for total in reading.account.printed_totals)
    assert len(reading.account.printed_totals) == 11 * 11 + 6  # the national row has figures for six of the years


@pytest.mark.shared
def test_the_march_2019_workbook() -> None:
    book = open_book(shared("raw/ons/policeforceareatablesyeendingmarch2019.xlsx"))
    reading = area_workbooks.read_areas(Request(book, "2019-03", FORCES, vintages=("2018", "")))
    incidents = reading.counts.set_index(["force_id", "period_end"])["count"]
    assert len(incidents) == 43 * 12
    assert incidents["west-midlands", "2016-03-31"] == 61_405
    assert (incidents["cheshire", "2018-03-31"], incidents["cheshire", "2019-03-31"]) == (29_486, 22_271)
    assert incidents.xs("2019-03-31", level="period_end").sum() == 1_424_755  # as printed, without the transport police
    assert len(reading.account.printed_totals) == 139
    assert all(total.printed == total.summed for total in reading.account.printed_totals)
    people = reading.populations.set_index(["vintage", "mid_year", "force_id"])["population"]
    assert people["2018", 2017].sum() == 58_744_595
    assert people["2018", 2017, "city-of-london"] == 7_654


RATES = (
    "Number per 1,000 population",
    "Number per 1,000 population [note 3]",
    "Incidents per 1 000 people",
    "Incidents per 1,000 residents",
    "Number per thousand",
    "Number per one thousand population",
    "Incidents / 1,000 people",
    "Number per '000 population",
    "Number (rate)",
    "Rate",
    "Rates 4",
)


@pytest.mark.parametrize("words", RATES)
def test_a_rate_in_any_wording_is_never_a_count(words: str, tmp_path: Path) -> None:
    rows = incidents_sheet()
    rows[4][3] = words
    reading = read(tmp_path, rows)
    assert set(reading.counts["count"]) == {500}
    assert set(reading.populations["population"]) == {50_000}


@pytest.mark.parametrize("words", ["Number per 1,000 population", "Number of incidents per head", "Rate / 1,000"])
@pytest.mark.parametrize("rate", [31, 31.5])
def test_a_sheet_of_rates_alone_gives_no_counts(words: str, rate: float, tmp_path: Path) -> None:
    figures: dict[str, Row] = {force.id: [rate] for force in FORCES}
    rows = incidents_by_year(2018, figures=figures)
    rows[1][1] = f"{words}, year ending March 2018"
    with pytest.raises(
        SourceError, match=r"sheet 'P5', .* (the table holds rates alone, which are no counts|is a rate per)"
    ):
        read(tmp_path, rows, "P5")
    rows[0][0], rows[1][1] = f"{rows[0][0]}, {words}", "Number, year ending March 2018"
    with pytest.raises(SourceError, match=r"sheet 'P5', row 2: the table holds rates alone, which are no counts"):
        read(tmp_path, rows, "P5")


@pytest.mark.parametrize(
    "words",
    [
        "Number per 100,000 population",
        "Number per head",
        "Incidents per 10,000 people",
        "Number per 1,000 households",
        "Number per 1,000,000 people",
    ],
)
def test_a_rate_per_something_else_than_1000_is_refused(words: str, tmp_path: Path) -> None:
    rows = incidents_sheet()
    rows[4][3] = words
    with pytest.raises(SourceError, match=f"the heading .*{words}.* is a rate per something else than 1,000"):
        read(tmp_path, rows)


def test_a_blank_cell_is_told_and_forces_without_a_figure_are_not_counted(tmp_path: Path) -> None:
    rows = incidents_by_year(2017, 2018, figures={"norfolk": [None, 1000], "kent": ["", "*"]})
    reading = read(tmp_path, rows, "P5")
    table = reading.counts.set_index(["force_id", "period_end"])
    assert table.loc[("norfolk", "2017-03-31"), "status"] == "not_supplied"
    assert table.loc[("kent", "2018-03-31"), "status"] == "not_comparable"
    assert reading.account.notes == (
        "P5: no figure for Kent and Norfolk, 12 months to 31 March 2017: the cell is blank",
    )
    assert reading.account.forces == 42
    told = "  of these, 41 have a count of asb_incidents in 2016-04-01 to 2017-03-31"
    assert told in list(reading.account.lines())


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "1,2,3", "1e3", "１２", "1_000", "(5)", "12 34", True, 1e18])
@pytest.mark.parametrize("column", [2, 3])
def test_what_is_no_number_is_refused_with_its_cell(cell: object, column: int, tmp_path: Path) -> None:
    rows = incidents_sheet()
    at = next(at for at, row in enumerate(rows) if row[1:2] == ["Norfolk"])
    rows[at][column] = cell
    with pytest.raises(SourceError, match=rf"sheet 'Table P5', cell {'ABCD'[column]}{at + 1}: found .* where a number"):
        read(tmp_path, rows)


def test_a_table_that_is_not_whole_is_left_by_name_and_the_others_are_taken(tmp_path: Path) -> None:
    lacking = [row for row in incidents_by_year(2016) if row[:1] != ["Norfolk"]]
    rates = incidents_by_year(2017)
    rates[1][1] = "Rate per 1,000 population, year ending March 2017"
    path = save(tmp_path / "x.xlsx", {"P4": lacking, "P5": rates, "P6": incidents_by_year(2018)})
    reading = read_file(path)
    assert set(reading.counts["period_end"]) == {"2018-03-31"}
    assert (reading.account.sheets_read, reading.account.sheets_left) == (("P6",), ("P4", "P5"))
    first, second = reading.account.notes
    assert first.startswith("a table is left out: x.xlsx, sheet 'P4', row 3: the table has no row for Norfolk; ")
    assert second.startswith("a table is left out: x.xlsx, sheet 'P5', row 2: the table holds rates alone")
    with pytest.raises(SourceError, match="sheet 'P4', row 3: the table has no row for Norfolk"):
        read_file(save(tmp_path / "x.xlsx", {"P4": lacking, "P5": rates}))


def test_what_is_wrong_within_a_table_refuses_the_workbook(tmp_path: Path) -> None:
    broken = incidents_by_year(2017, figures={"kent": ["#REF!"]})
    path = save(tmp_path / "x.xlsx", {"P5": broken, "P6": incidents_by_year(2018)})
    with pytest.raises(SourceError, match=r"sheet 'P5', cell B\d+: found '#REF!' where a number or one of"):
        read_file(path)


def test_two_tables_of_one_year_contradict_each_other_and_none_is_taken(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", {"P5": incidents_by_year(2018), "P6": incidents_by_year(2018)})
    with pytest.raises(
        SourceError, match="'P6', row 1: holds incidents of the 12 months to 31 March 2018, as sheet 'P5'"
    ):
        read_file(path)


@pytest.mark.parametrize(
    ("code", "name"), [("E23000024", "Norfolk Constabulary"), ("E23999999", "Norfolk"), (None, "NORFOLK")]
)
def test_a_force_under_two_spellings_or_codes_is_refused_and_not_added(code: str, name: str, tmp_path: Path) -> None:
    rows = incidents_sheet()
    at = next(at for at, row in enumerate(rows) if row[1:2] == ["Norfolk"])
    rows.insert(at + 1, [code, name, 5, 1.0])
    with pytest.raises(SourceError, match=rf"cell C{at + 2}: a second row for norfolk; take out one of the two"):
        read(tmp_path, rows)


def test_a_year_to_come_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"sheet 'P5', cell B2: the heading names 2098-03-31, which is still to come"):
        read(tmp_path, incidents_by_year(2098), "P5")


def test_a_renamed_force_is_found_without_a_code(tmp_path: Path) -> None:
    rows = incidents_by_year(2018)
    next(row for row in rows if row[:1] == ["Hampshire"])[0] = "Hampshire and Isle of Wight"
    assert read(tmp_path, rows, "P5").account.forces == 43


@pytest.mark.parametrize("cells", [[-500, 10.0], [500, -10.0], [500, 1e12]])
def test_incidents_and_a_rate_that_no_population_gives_are_refused(cells: Row, tmp_path: Path) -> None:
    rows = incidents_sheet({"norfolk": cells})
    at = next(at for at, row in enumerate(rows) if row[1:2] == ["Norfolk"])
    with pytest.raises(
        SourceError, match=rf"cell C{at + 1}: the incidents of the year .* give a population of -?[\d,]+;"
    ):
        read(tmp_path, rows)


@pytest.mark.parametrize("rate", [None, 0])
def test_a_rate_that_is_missing_is_told(rate: object, tmp_path: Path) -> None:
    reading = read(tmp_path, incidents_sheet({"norfolk": [500, rate]}), "P5")
    assert "P5: no rate for Norfolk in the year to 2017-03-31, so no population behind it" in reading.account.notes
    assert "norfolk" not in set(reading.populations["force_id"])


def test_a_name_of_a_sheet_cannot_work_on_the_terminal(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", {"Old\u202exlsx": [["Notes"]], "Table P7": incidents_sheet()})
    assert [line for line in read_file(path).account.lines() if not line.isprintable()] == []
    assert "left: Old\\u202exlsx" in "\n".join(read_file(path).account.lines())
