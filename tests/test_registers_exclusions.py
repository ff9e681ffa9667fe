"""Exclusions and caveats: which forces they leave in and out, and that they agree with each other and their origin."""

from collections import Counter

import pytest
from register_rows import register, shared_rows

from peel_analysis.data.folder import open_data

EXCLUDED = {"figure": "excluded_from_figure", "national": "excluded_from_national"}
POWERS = {
    "asb_cbo": "criminal_behaviour_orders",
    "asb_cpn": "community_protection_notices",
    "asb_civil_injunctions": "civil_injunctions",
    "asb_dispersal": "dispersal_orders",
}


def members(measure: str, year: str, kind: str) -> set[str]:
    """Return the forces in the figure or in the national rate: the 43 without those excluded."""
    out = {
        row["force_id"]
        for row in register("exclusions")
        if (row["measure_id"], row["period_year"], row["effect"]) == (measure, year, EXCLUDED[kind])
    }
    return set(open_data().forces.ids) - out


@pytest.mark.parametrize(
    ("measure", "figure", "national"),
    [
        ("crime_per_1000", 43, 43),
        ("crime_change_12m", 43, 43),
        ("crime_change_5y", 43, 43),
        ("outcome_charged_pct", 42, 42),
        ("outcome_evidential_victim_pct", 42, 42),
        ("outcome_no_suspect_pct", 42, 42),
        ("outcome_action_taken_pct", 41, 42),
        ("asb_incidents_per_1000", 43, 43),
        ("da_share_of_crime_pct", 42, 42),
        ("da_arrest_rate", 38, 38),
        ("ocg_per_million", 42, 42),
        ("asb_powers_per_million", 39, 39),
        ("asb_cbo", 38, 38),
        ("asb_cpn", 38, 38),
        ("asb_civil_injunctions", 36, 36),
        ("asb_dispersal", 37, 37),
    ],
)
def test_how_many_forces_are_in_the_figure_and_in_the_national_rate(measure: str, figure: int, national: int) -> None:
    assert (len(members(measure, "2017", "figure")), len(members(measure, "2017", "national"))) == (figure, national)


def test_35_of_the_38_forces_with_an_arrest_rate_have_one_for_2016_too() -> None:
    now, before = members("da_arrest_rate", "2017", "figure"), members("da_arrest_rate", "2016", "figure")
    assert len(now & before) == 35
    assert now - before == {"cambridgeshire", "derbyshire", "gloucestershire"}


def test_dorset_is_out_of_the_action_taken_figure_but_in_the_2017_national_value() -> None:
    assert "dorset" not in members("outcome_action_taken_pct", "2017", "figure")
    assert "dorset" in members("outcome_action_taken_pct", "2017", "national")
    assert "dorset" not in members("outcome_action_taken_pct", "2016", "national")


def test_the_2016_organised_crime_groups_are_of_42_forces_in_41_units() -> None:
    combined = {row["force_id"] for row in register("exclusions") if row["effect"] == "combined"}
    assert combined == {"warwickshire", "west-mercia"}
    assert len(members("ocg_per_million", "2016", "figure")) - len(combined) + 1 == 41


def test_four_forces_returned_some_anti_social_behaviour_powers_and_lack_the_same_components() -> None:
    rows = [row for row in register("exclusions") if row["effect"] == "partial" and row["components"]]
    lacking = {row["force_id"]: set(row["components"].split(";")) for row in rows}
    assert lacking == {
        "gloucestershire": {"civil_injunctions"},
        "hertfordshire": {"civil_injunctions"},
        "humberside": set(POWERS.values()),
        "merseyside": {"dispersal_orders"},
    }
    for force, items in lacking.items():
        for measure, item in POWERS.items():
            assert (force in members(measure, "2017", "figure")) == (item not in items), (force, measure)


def test_a_force_out_of_all_anti_social_behaviour_powers_is_out_of_each_of_them() -> None:
    for measure in POWERS:
        for year in ("2016", "2017"):
            for kind in EXCLUDED:
                assert members(measure, year, kind) <= members("asb_powers_per_million", year, kind)


def test_the_short_reason_of_an_exclusion_fits_a_table() -> None:
    for row in register("exclusions"):
        assert 0 < len(row["short_reason"]) <= 45
        assert not row["short_reason"].endswith(".")


def test_an_exclusion_names_its_force() -> None:
    for row in register("exclusions"):
        assert open_data().forces.find(row["force_id"]).official_name.removeprefix("The ") in row["reason"], row[
            "reason"
        ]


@pytest.mark.shared
def test_each_exclusion_that_was_found_is_in_the_register() -> None:
    kept = {(r["measure_id"], r["period_year"], r["force_id"], r["effect"]) for r in register("exclusions")}
    found = shared_rows("spec/exclusions.csv")
    territorial = [row for row in found if row["force"] != "British Transport Police"]
    for row in territorial:
        effect = row["effect"].replace("excluded_from_ew", "excluded_from_national")
        assert (row["measure"], row["year"], open_data().forces.find(row["force"]).id, effect) in kept, row
    assert len(found) - len(territorial) == 2
    scope = [row for row in register("caveats") if row["kind"] == "scope"]
    assert len(scope) == 2
    assert all("British Transport Police" in row["sentence"] for row in scope)


@pytest.mark.shared
def test_each_caveat_that_was_found_is_in_the_register() -> None:
    kept = Counter((row["kind"], row["force_id"]) for row in register("caveats") if row["edition"] == "2017")
    found = Counter(
        (row["kind"], "all" if row["force"] == "*" else open_data().forces.find(row["force"]).id)
        for row in shared_rows("spec/caveats.csv")
    )
    assert found <= kept, found - kept
