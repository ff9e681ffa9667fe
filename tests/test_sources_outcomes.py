"""Outcomes as the Home Office publishes them, with invented counts, and the real files."""

from pathlib import Path

import pandas as pd
import pytest
from home_office import OUTCOME_HEADING, all_forces_outcomes, count_of, csv_file, outcome
from shared_folder import shared
from workbooks import FORCES, read_file, save

from peel_analysis.data.folder import open_data
from peel_analysis.sources import crime_tables
from peel_analysis.sources.reading import LeftOut, Request
from peel_analysis.sources.sheets import SourceError, open_book

GROUPED = "outcomes_by_offence_group"


def test_outcomes_on_two_bases(tmp_path: Path) -> None:
    rows = [OUTCOME_HEADING, *all_forces_outcomes(), outcome("Norfolk", "16", " 40 ", "NA")]
    reading = read_file(csv_file(tmp_path / "x.csv.gz", rows))
    assert count_of(reading, "norfolk", "16", "outcomes_recorded") == 40
    assert count_of(reading, "norfolk", "1", "outcomes_assigned") == 1
    assert reading.counts.query("dimension == '16'")["item"].tolist() == ["outcomes_recorded"]
    only = read_file(csv_file(tmp_path / "x.csv", [row[:-1] for row in rows]))
    assert set(only.counts["item"]) == {"outcomes_recorded"}


def test_outcomes_left_out_by_reason(tmp_path: Path) -> None:
    extra = [
        outcome("Norfolk", "1a", 2),
        outcome("Norfolk", "8", "N/A - offence code expired"),
        outcome("Norfolk", "9", 5, group="Fraud offences to 2012/13"),
        outcome("British Transport Police", "9", 6),
    ]
    path = csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *all_forces_outcomes(), *extra])
    reading = read_file(path)
    assert {reason: left.rows for reason, left in reading.account.left_out.items()} == {
        "part of another outcome type (1a, 2a, 3a)": 1,
        "no count on the recorded basis: N/A - offence code expired": 1,
        "fraud offences, which Action Fraud records for the forces": 1,
        "British Transport Police is no police force area": 1,
    }
    assert reading.counts.query("item == 'outcomes_recorded'")["count"].sum() == 43 * 6


def test_outcome_type_0_is_kept_for_the_sum(tmp_path: Path) -> None:
    reading = read_file(csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *all_forces_outcomes()]))
    assert count_of(reading, "norfolk", "0", "outcomes_recorded") == 3


def test_outcomes_whose_two_headings_are_exchanged_are_refused(tmp_path: Path) -> None:
    exchanged = [*OUTCOME_HEADING[:-2], *OUTCOME_HEADING[:-3:-1]]
    rows = [outcome(force.name, kind, 3, "N/A" if kind == 0 else 1) for force in FORCES for kind in (0, 1)]
    file = csv_file(tmp_path / "y.csv", [exchanged, *rows])
    with pytest.raises(SourceError, match=r"line 2, column \w+: counts outcomes of type 0.* look exchanged"):
        read_file(file)


def test_a_cell_that_says_true_is_no_count(tmp_path: Path) -> None:
    rows = [OUTCOME_HEADING, *all_forces_outcomes(), outcome("Norfolk", "16", True, 1)]
    with pytest.raises(SourceError, match=r"cell \w+88: found 'TRUE' where a count should be"):
        read_file(save(tmp_path / "x.xlsx", {"Table": rows}))


def test_unknown_outcome_type_is_refused(tmp_path: Path) -> None:
    rows = [OUTCOME_HEADING, *all_forces_outcomes(), outcome("Norfolk", "99", 1)]
    with pytest.raises(SourceError, match=r"x.csv, line 88, column G: unknown outcome type '99'"):
        read_file(csv_file(tmp_path / "x.csv", rows))


def test_a_file_without_outcomes_on_either_basis_is_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "x.csv", [row[:-2] for row in [OUTCOME_HEADING, *all_forces_outcomes()]])
    with pytest.raises(
        SourceError, match=r"line 1: no column 'Force outcomes for offences .*' or 'Force outcomes rec.*; found"
    ):
        crime_tables.read_outcomes(Request(open_book(path), "r", FORCES))


def in_quarter(row: list[object], number: int) -> list[object]:
    return [row[0], number, *row[2:]]


def test_outcomes_of_a_whole_year_are_given_by_offence_group_too(tmp_path: Path) -> None:
    weapons = "Possession of weapons"  # an older name of the group
    each = [*all_forces_outcomes(), outcome("Norfolk", "16", 40, group=weapons), outcome("Norfolk", "1a", 2)]
    quarters = [in_quarter(row, number) for number in (1, 2, 3, 4) for row in each]
    year = read_file(csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *quarters]))
    assert count_of(year, "norfolk", "Possession of weapons offences: 16", GROUPED) == 160
    assert count_of(year, "norfolk", "Robbery: 0", GROUPED) == count_of(year, "kent", "Robbery: 1", GROUPED) == 12
    mine = year.counts[year.counts["item"] == GROUPED]
    assert set(zip(mine["period_start"], mine["period_end"], strict=True)) == {("2018-04-01", "2019-03-31")}
    part = read_file(csv_file(tmp_path / "y.csv", [OUTCOME_HEADING, *quarters[: 3 * len(each)]]))
    assert set(part.counts["item"]) == {"outcomes_recorded", "outcomes_assigned"}, "three quarters are no year"


@pytest.mark.parametrize("release", ["2019-03", "2024-25"])
def test_groups_add_up_to_all_offences_force_by_force_and_type_by_type(release: str) -> None:
    counts = open_data().counts(GROUPED, release)
    types = counts["dimension"].str.partition(": ")[2]
    of_groups = counts["count"].groupby([counts["force_id"], types]).sum()
    every = open_data().counts("outcomes_recorded", release).groupby(["force_id", "dimension"])["count"].sum()
    pd.testing.assert_series_equal(of_groups, every, check_names=False)
    assert counts["dimension"].str.partition(": ")[0].nunique() == 9


@pytest.mark.slow
@pytest.mark.shared
def test_outcomes_of_all_types_add_up_to_recorded_crime_force_by_force_in_2024_25() -> None:
    crimes = read_file(shared("raw/home_office/prc-pfa-mar2013-onwards-cleaned-230426.parquet")).counts
    crimes = crimes[crimes["period_start"].between("2024-04-01", "2025-03-31")]
    found = read_file(shared("raw/home_office/outcomes-2024-25-cleaned.parquet")).counts
    keys = ["force_id", "period_start"]
    found = found[found["item"] == "outcomes_recorded"]
    assert found["count"].sum() == 5_225_477
    pd.testing.assert_series_equal(crimes.groupby(keys)["count"].sum(), found.groupby(keys)["count"].sum())


@pytest.mark.slow
@pytest.mark.shared
def test_the_march_2019_outcomes() -> None:
    reading = read_file(shared("raw/home_office/outcomes-open-data-year-ending-march-2019.csv.gz"))
    sums = reading.counts.groupby("item")["count"].sum()
    assert sums["outcomes_recorded"] == 5_202_495  # 0.04% above recorded crime 2018/19 in the later April 2026 release
    assert sums[GROUPED] == sums["outcomes_recorded"], "its four quarters are a financial year"
    assert sums["outcomes_assigned"] == 5_047_445  # type 0 has no count on this basis
    assert reading.account.left_out["no count on the recorded basis: N/A - offence code expired"].rows == 110_080


def with_text(rows: list[list[object]], *texts: object, where: object = "Norfolk") -> list[list[object]]:
    """Return the rows with the two counts of a force's rows replaced, in turn."""
    left = iter(texts)
    return [[*row[:-2], text, text] if row[2] == where and (text := next(left, None)) else row for row in rows]


@pytest.mark.parametrize(
    "words",
    [
        "N/A - data not provided",
        "N/A – data not supplied by force",
        "n/a: not available",
        "N/A - data not received",
        "N/A - the force moved to another system",
        "Data not provided",
        "..",
        "[x]",
        "[x] [note 4]",
    ],
)
def test_a_sum_of_which_a_part_was_not_provided_is_partial(tmp_path: Path, words: str) -> None:
    more = [outcome(force.name, kind, 4, group="Theft offences") for force in FORCES for kind in (0, 1)]
    for row in more:
        row[5] = "46"
    path = csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *with_text(all_forces_outcomes(), words), *more])
    reading = read_file(path)
    rows = reading.counts.query("force_id == 'norfolk'").set_index(["item", "dimension"])
    for basis, given in (("recorded", 4), ("assigned", 1)):
        assert tuple(rows.loc[(f"outcomes_{basis}", "0"), ["count", "status"]]) == (given, "partial")
        assert rows.loc[(f"outcomes_{basis}", "1"), "status"] == "reported"
    assert set(reading.counts.query("force_id != 'norfolk'")["status"]) == {"reported"}
    assert reading.account.left_out[f"no count on the recorded basis: {words} (Norfolk)"] == LeftOut(1)
    assert "not provided: 2 sums are partial and 0 are blank, of Norfolk" in reading.account.notes


def test_what_was_not_provided_at_all_is_a_blank_row_that_says_so(tmp_path: Path) -> None:
    words = "N/A - data not provided"
    one_type = read_file(csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *with_text(all_forces_outcomes(), words)]))
    rows = one_type.counts.query("force_id == 'norfolk'").set_index(["item", "dimension"])
    blank = rows[rows["count"].isna()]
    assert blank.index.tolist() == [("outcomes_recorded", "0"), ("outcomes_assigned", "0")]
    assert set(blank["status"]) == {"not_supplied"}
    force = read_file(csv_file(tmp_path / "y.csv", [OUTCOME_HEADING, *with_text(all_forces_outcomes(), words, words)]))
    assert set(force.counts.query("force_id == 'norfolk'")["status"]) == {"not_supplied"}
    assert len(force.counts) == 43 * 4, "without --not-supplied"
    assert force.account.forces == 42


def test_a_quarter_that_was_not_provided_makes_the_year_by_offence_group_partial(tmp_path: Path) -> None:
    whole = [in_quarter(row, number) for number in (1, 2, 3) for row in all_forces_outcomes()]
    fourth = [in_quarter(row, 4) for row in with_text(all_forces_outcomes(), "N/A - data not provided")]
    reading = read_file(csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *whole, *fourth]))
    rows = reading.counts.query("item == @GROUPED and force_id == 'norfolk'").set_index("dimension")
    assert tuple(rows.loc["Robbery: 0", ["count", "status"]]) == (9, "partial")
    assert tuple(rows.loc["Robbery: 1", ["count", "status"]]) == (12, "reported")
    never = [in_quarter(row, n) for n in (1, 2, 3, 4) for row in with_text(all_forces_outcomes(), "N/A - not provided")]
    blank = read_file(csv_file(tmp_path / "y.csv", [OUTCOME_HEADING, *never])).counts
    mine = blank.query("item == @GROUPED and force_id == 'norfolk' and dimension == 'Robbery: 0'").iloc[0]
    assert (pd.isna(mine["count"]), mine["status"]) == (True, "not_supplied")


def test_not_applicable_without_a_reason_is_a_gap_unless_the_code_is_expired(tmp_path: Path) -> None:
    heading = [*OUTCOME_HEADING[:6], "Offence code expired", *OUTCOME_HEADING[6:]]
    rows: list[list[object]] = [[*row[:6], "", *row[6:]] for row in all_forces_outcomes()]
    expired: list[object] = [*outcome("Norfolk", 1, "NA", "NA")]
    expired[5:6] = ["12", "x"]
    assert set(read_file(csv_file(tmp_path / "x.csv", [heading, *rows, expired])).counts["status"]) == {"reported"}
    expired[6] = ""
    counts = read_file(csv_file(tmp_path / "y.csv", [heading, *rows, expired])).counts
    assert counts.query("status == 'partial'")["item"].tolist() == ["outcomes_recorded"]


def test_the_table_of_drug_offences_by_subcode_is_named_and_no_row_is_to_be_taken_out(tmp_path: Path) -> None:
    rows = [[*row[:6], subcode, *row[6:]] for row in all_forces_outcomes() for subcode in ("92A/1", "92A/2")]
    heading = [*OUTCOME_HEADING[:6], "Offence Subcode", *OUTCOME_HEADING[6:]]
    with pytest.raises(SourceError, match=r"line 3, .* looks like a table by 'Offence Subcode', .*; take no row out"):
        read_file(csv_file(tmp_path / "x.csv", [heading, *rows]))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([outcome(force.name, "1a", 3) for force in FORCES], r"43 left out: part of another outcome type"),
        ([outcome("Kent", 1, 3, group="Fraud offences")], r"1 left out: fraud offences, which Action Fraud"),
        ([], r"there is none under its heading"),
    ],
)
def test_a_file_of_which_no_row_is_used_is_refused(tmp_path: Path, rows: list[list[object]], reason: str) -> None:
    with pytest.raises(SourceError, match=rf"x.csv: no row of the file is used \({reason}"):
        read_file(csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *rows]))
