"""Outcomes of four years as a third party derived them: the tables made of them, and what is said of their origin."""

import pandas as pd
import pytest
from workbooks import DATA

CHARGED = {"2018-03-31": 494522, "2019-03-31": 471787, "2024-03-31": 424277, "2025-03-31": 459163}
EVERY = {"2018-03-31": 4788532, "2019-03-31": 5166951, "2024-03-31": 5251414, "2025-03-31": 5118820}


@pytest.mark.parametrize(
    ("release", "ends"),
    [("2024-07-years", ("2018-03-31", "2019-03-31")), ("2026-07-years", ("2024-03-31", "2025-03-31"))],
)
def test_each_release_has_its_own_years_and_their_totals(release: str, ends: tuple[str, str]) -> None:
    rows = DATA.counts("outcomes_recorded", release)
    assert sorted(rows["period_end"].unique()) == list(ends)
    assert set(rows["dimension"]) == {"1", "2", "3", "6", "7", "8", "22", "all"}
    assert (rows.groupby(["dimension", "period_end"])["force_id"].nunique() == 43).all()
    sums = rows.groupby(["dimension", "period_end"])["count"].sum()
    for end in ends:
        assert (sums["1", end], sums["all", end]) == (CHARGED[end], EVERY[end])


def test_one_force_of_two_releases_has_twice_as_many_charges_in_the_later() -> None:
    def charged(release: str) -> int:
        rows = DATA.counts("outcomes_recorded", release)
        mine = rows[(rows["force_id"] == "north-yorkshire") & (rows["dimension"] == "1")]
        return int(mine[mine["period_end"].between("2018-04-01", "2019-03-31")]["count"].sum())

    assert (charged("2019-03"), charged("2024-07-years")) == (3064, 6521)


def test_what_is_said_of_the_age_of_the_tables_of_outcomes_is_so() -> None:
    """The table of 2024/25 has all crimes of April 2026, in every quarter of every force."""
    crimes = DATA.counts("recorded_crime", "2026-04")
    for release, equal in (("2024-25", 172), ("2019-03", 5)):
        sums = [
            rows.groupby(["force_id", "period_start"])["count"].sum()
            for rows in (DATA.counts("outcomes_recorded", release), crimes)
        ]
        both = pd.concat(sums, axis="columns", join="inner")
        assert len(both) == 172
        assert int((both.iloc[:, 0] == both.iloc[:, 1]).sum()) == equal


def test_the_origin_says_that_a_third_party_derived_them() -> None:
    rows = pd.read_csv(DATA.folder / "provenance.csv", dtype=str)
    said = rows.loc[rows["source_file"] == "facts/outcomes_recorded_four_years.csv", "how_made"].tolist()
    assert len(said) == 2
    for words in said:
        assert words.startswith("a third party's derivation, transcribed")
        assert "no single count with a Home Office file" in words
