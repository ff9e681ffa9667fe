"""The checks that set outcomes against recorded crime, on invented tables."""

from pathlib import Path

from checked_tables import CRIME, OUTCOMES, held, quarters, set_count, table
from workbooks import FORCES

from peel_analysis.checks import records
from peel_analysis.data import counts


def test_outcomes_are_set_against_the_latest_release_with_their_quarters(tmp_path: Path) -> None:
    crime = [table(quarters(4), release=release) for release in ("2020-01", "2021-01", "rolling")]
    later = table(quarters(2), release="2022-01")
    rows = table(quarters(4), "outcomes_recorded", "all", 990)
    holdings = held(tmp_path, rows, *crime, later)
    assert records.pairs(holdings, holdings.tables()) == {OUTCOMES: ("recorded_crime", "2021-01")}


def test_more_outcomes_than_crimes_is_a_query(tmp_path: Path) -> None:
    rows = set_count(table(quarters(4), "outcomes_recorded", "all", 990), "kent", "2010-07-01", 1200, "all")
    found = records.against_crimes(
        held(tmp_path, rows, table(quarters(4))), {OUTCOMES: CRIME}, "parts_within_whole"
    ).findings
    assert [(one.level, one.force_id, one.period) for one in found] == [
        ("query", "kent", "three months to 30 September 2010")
    ]


def test_an_incomplete_record_is_a_query_with_its_numbers(tmp_path: Path) -> None:
    crimes = table(quarters(4))
    rows = set_count(table(quarters(4), "outcomes_recorded", "all", 995), "kent", "2010-07-01", 540, "all")
    crimes = set_count(crimes, "kent", "2010-07-01", 1000)
    result = records.against_crimes(held(tmp_path, rows, crimes), {OUTCOMES: CRIME}, "completeness")
    [said] = [one.line(FORCES) for one in result.findings]
    assert said.strip().startswith("query: outcomes_recorded 2020-01, Kent, three months to 30 September 2010")
    assert "540 outcomes for 1,000 crimes (54.0%, recorded crime 2020-01)" in said
    low = records.against_crimes(
        held(tmp_path, table(quarters(4), "outcomes_recorded", "1", 100), crimes), {OUTCOMES: CRIME}, "completeness"
    )
    assert low.findings == ()
    assert "(4 quarters of which the rule cannot speak" in low.looked_at


def test_all_types_add_up_to_recorded_crime(tmp_path: Path) -> None:
    crimes = table(quarters(4))
    crimes["count"] = 1000
    parts = [
        table(quarters(4), "outcomes_recorded", name).assign(count=count) for name, count in (("0", 400), ("1", 600))
    ]
    rows = counts.combine(parts)
    found = records.outcome_types(held(tmp_path, rows, crimes), {OUTCOMES: CRIME}).findings
    assert (
        "all types 172,000, recorded crime (2020-01) 172,000, difference +0 (+0.00%); equal in 172 of 172"
        in found[0].found
    )
    less = set_count(rows, "kent", "2010-04-01", 390, "0")
    found = records.outcome_types(held(tmp_path, less, crimes), {OUTCOMES: CRIME}).findings
    assert "difference -10 (-0.01%); equal in 171 of 172" in found[0].found
