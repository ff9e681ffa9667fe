"""The checks of single tables: each rule on invented tables."""

from pathlib import Path

import pandas as pd
import pytest
from checked_tables import CRIME, OUTCOMES, held, quarters, set_count, table
from workbooks import FORCES

from peel_analysis.checks import data_checks
from peel_analysis.checks.rules import PRINTED_COLUMNS, errors, lines
from peel_analysis.data import counts
from peel_analysis.data.periods import Period


def test_a_sound_table_has_no_findings(tmp_path: Path) -> None:
    results = data_checks.check(held(tmp_path, table(quarters(12))))
    assert [finding for result in results for finding in result.findings] == []
    assert (
        list(lines(results, FORCES))[-1] == "0 errors, 0 queries; a query is for a person to look at, and is no error"
    )


def test_a_repeated_key_is_an_error_and_stops_the_other_checks_of_the_table(tmp_path: Path) -> None:
    rows = table(quarters(4))
    results = data_checks.check(held(tmp_path, pd.concat([rows, rows.head(1)])))
    assert (
        results[0].findings[0].found.startswith("recorded_crime/2020-01.csv, line 174: repeats the key of an earlier")
    )
    assert errors(results) == 1


def test_a_force_without_a_row_is_an_error(tmp_path: Path) -> None:
    rows = table(quarters(2))
    rows = rows[~((rows["force_id"] == "kent") & (rows["period_start"] == "2010-04-01"))]
    found = data_checks.all_forces(held(tmp_path, rows), [CRIME]).findings
    assert [(one.level, one.found, one.period) for one in found] == [
        ("error", "no row for Kent", "2010-04-01 to 2010-06-30")
    ]


def test_a_return_may_hold_one_force(tmp_path: Path) -> None:
    rows = table(quarters(1), "calls").head(1)
    assert data_checks.all_forces(held(tmp_path, rows), [("calls", "2020-01")]).findings == ()


def test_a_missing_quarter_is_an_error(tmp_path: Path) -> None:
    rows = table([one for one in quarters(4) if one.start.month != 7])
    found = data_checks.gaps(held(tmp_path, rows), [CRIME]).findings
    assert [(one.level, one.period, one.found) for one in found] == [
        ("error", "from 2010-10-01", "the quarter before ends on 2010-06-30")
    ]


def printed(area: str, number: str, without: str = "", bodies: str = "0") -> pd.DataFrame:
    row = ("recorded_crime", "2020-01", area, "2010-06-30", number, without, bodies)
    return pd.DataFrame([row], columns=list(PRINTED_COLUMNS))


@pytest.mark.parametrize(
    ("number", "without", "bodies", "levels"),
    [
        ("4000", "", "0", []),
        ("4030", "", "0", ["query"]),
        ("4100", "", "0", ["error"]),
        ("4100", "", "100", []),
        ("3000", "gwent", "0", []),
        ("4000", "gwent", "0", ["query"]),
    ],
)
def test_printed_totals(tmp_path: Path, number: str, without: str, bodies: str, levels: list[str]) -> None:
    rows = table(quarters(1))
    rows["count"] = 1000
    holdings = held(tmp_path, rows, printed=printed("Wales", number, without, bodies))
    assert [one.level for one in data_checks.printed_totals(holdings, [CRIME]).findings] == levels


def test_a_printed_total_that_is_wrong_says_both_numbers(tmp_path: Path) -> None:
    rows = table(quarters(1))
    rows["count"] = 1000
    found = data_checks.printed_totals(
        held(tmp_path, rows, printed=printed("England and Wales", "50000")), [CRIME]
    ).findings
    said = found[0].line(FORCES)
    for part in ("error: recorded_crime 2020-01, to 2010-06-30", "printed as 50,000", "sum to 43,000", "14.0% apart"):
        assert part in said


def test_types_may_be_less_than_all_outcomes_and_never_more(tmp_path: Path) -> None:
    parts = [
        table(quarters(1), "outcomes_recorded", name, count) for name, count in (("1", 300), ("2", 200), ("all", 600))
    ]
    rows = counts.combine(parts)
    assert data_checks.components(held(tmp_path, rows), [OUTCOMES]).findings == ()
    more = set_count(rows, "kent", "2010-04-01", 9000, "1")
    found = data_checks.components(held(tmp_path, more), [OUTCOMES]).findings
    assert [(one.level, one.force_id) for one in found] == [("error", "kent")]
    assert "more than the whole" in found[0].found


def test_staff_and_designated_officers_make_their_combined_table(tmp_path: Path) -> None:
    items = ("police_staff_fte", "designated_officers_fte", "police_staff_and_designated_officers_fte")
    day = [Period.parse("2018-09-30", "2018-09-30")]
    parts = [table(day, item).assign(count=count) for item, count in zip(items, (10.5, 2.25, 12.75), strict=True)]
    keys = [(item, "2020-01") for item in items]
    assert data_checks.components(held(tmp_path, *parts), keys).findings == ()
    parts[2].loc[0, "count"] = 12.0
    found = data_checks.components(held(tmp_path, *parts), keys).findings
    assert found[0].found == "the parts are 0.75 more than the whole"
    assert len(found) == 1


def test_a_step_of_one_force_is_a_query(tmp_path: Path) -> None:
    rows = table(quarters(12))
    for one in quarters(12)[6:]:
        rows = set_count(rows, "kent", one.start.isoformat(), 1500)
    found = data_checks.steps(held(tmp_path, rows), [CRIME]).findings
    assert [(one.level, one.force_id, one.period) for one in found] == [
        ("query", "kent", "2011-10-01 to 2011-12-31"),
    ]
    assert "1,003 to 1,500 (+50%; against the median force +49%, 13.4 times the force's usual spread)" in found[0].found


def test_a_season_that_all_forces_share_is_no_step(tmp_path: Path) -> None:
    rows = table(quarters(12))
    summer = rows["period_start"].str.endswith("-07-01")
    rows.loc[summer, "count"] = rows.loc[summer, "count"] * 2
    assert data_checks.steps(held(tmp_path, rows), [CRIME]).findings == ()


def test_small_counts_short_series_and_lively_forces_make_no_step(tmp_path: Path) -> None:
    small = set_count(table(quarters(12), count=100), "kent", "2011-10-01", 200)
    assert data_checks.steps(held(tmp_path, small), [CRIME]).findings == ()
    short = set_count(table(quarters(4)), "kent", "2010-07-01", 2000)
    assert data_checks.steps(held(tmp_path, short), [CRIME]).findings == ()
    lively = table(quarters(12))
    for place, one in enumerate(quarters(12)):
        lively = set_count(lively, "kent", one.start.isoformat(), 1000 if place % 2 else 1300)
    assert data_checks.steps(held(tmp_path, lively), [CRIME]).findings == ()
