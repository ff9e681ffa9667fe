"""The checks of tables: each rule on invented tables, the file of rules, and the project's own data."""

from pathlib import Path

import pandas as pd
import pytest

from peel_analysis import counts, forces, location
from peel_analysis.checks import outcomes, tables
from peel_analysis.checks.checking import check, check_edition, errors, lines
from peel_analysis.checks.holdings import PRINTED_COLUMNS, Holdings
from peel_analysis.checks.rules import rule
from peel_analysis.cli import main
from peel_analysis.data import open_edition
from peel_analysis.errors import InputError
from peel_analysis.periods import Period, quarter

KEY = ("recorded_crime", "2020-01")
OUTCOMES = ("outcomes_recorded", "2020-01")
DATA = Path(__file__).resolve().parents[1] / "data"


def quarters(number: int, first_year: int = 2010) -> list[Period]:
    return [
        quarter(f"{first_year + index // 4}/{(first_year + index // 4 + 1) % 100:02d}", index % 4 + 1)
        for index in range(number)
    ]


def table(
    periods: list[Period],
    item: str = "recorded_crime",
    dimension: str = "",
    count: int = 1000,
    release: str = "2020-01",
) -> pd.DataFrame:
    """A table with the same count for each force and period, give or take 1%."""
    rows = [
        (
            force_id,
            item,
            dimension,
            one.start.isoformat(),
            one.end.isoformat(),
            count + (place + at) % 7,
            "reported",
            release,
        )
        for place, force_id in enumerate(forces.ids())
        for at, one in enumerate(periods)
    ]
    return counts.combine([pd.DataFrame(rows, columns=list(counts.COLUMNS))])


def held(tmp_path: Path, rows: pd.DataFrame, *more: pd.DataFrame, printed: pd.DataFrame | None = None) -> Holdings:
    added = {(str(part["item"].iloc[0]), str(part["release"].iloc[0])): part for part in (rows, *more)}
    return Holdings(tmp_path, added, printed if printed is not None else pd.DataFrame(columns=list(PRINTED_COLUMNS)))


def set_count(rows: pd.DataFrame, force_id: str, start: str, count: int, dimension: str = "") -> pd.DataFrame:
    where = (rows["force_id"] == force_id) & (rows["period_start"] == start) & (rows["dimension"] == dimension)
    assert where.sum() == 1
    changed = rows.copy()
    changed.loc[where, "count"] = count
    return changed


def test_a_sound_table_has_no_findings(tmp_path: Path) -> None:
    results = check(held(tmp_path, table(quarters(12))))
    assert [finding for result in results for finding in result.findings] == []
    assert list(lines(results))[-1] == "0 errors, 0 queries; a query is for a person to look at, and is no error"


def test_a_repeated_key_is_an_error_and_stops_the_other_checks_of_the_table(tmp_path: Path) -> None:
    rows = table(quarters(4))
    results = check(held(tmp_path, pd.concat([rows, rows.head(1)])))
    assert (
        results[0].findings[0].found.startswith("recorded_crime/2020-01.csv, line 174: repeats the key of an earlier")
    )
    assert errors(results) == 1


def test_a_force_without_a_row_is_an_error(tmp_path: Path) -> None:
    rows = table(quarters(2))
    rows = rows[~((rows["force_id"] == "kent") & (rows["period_start"] == "2010-04-01"))]
    found = tables.all_forces(held(tmp_path, rows), [KEY]).findings
    assert [(one.level, one.found, one.period) for one in found] == [
        ("error", "no row for Kent", "2010-04-01 to 2010-06-30")
    ]


def test_a_return_may_hold_one_force(tmp_path: Path) -> None:
    rows = table(quarters(1), "calls").head(1)
    assert tables.all_forces(held(tmp_path, rows), [("calls", "2020-01")]).findings == ()


def test_a_missing_quarter_is_an_error(tmp_path: Path) -> None:
    rows = table([one for one in quarters(4) if one.start.month != 7])
    found = tables.gaps(held(tmp_path, rows), [KEY]).findings
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
    assert [one.level for one in tables.printed_totals(holdings, [KEY]).findings] == levels


def test_a_printed_total_that_is_wrong_says_both_numbers(tmp_path: Path) -> None:
    rows = table(quarters(1))
    rows["count"] = 1000
    found = tables.printed_totals(held(tmp_path, rows, printed=printed("England and Wales", "50000")), [KEY]).findings
    assert found[0].line == (
        "  error: recorded_crime 2020-01, to 2010-06-30: England and Wales is printed as 50,000, and its forces sum to "
        "43,000 (14.0% apart)"
    )


def test_types_may_be_less_than_all_outcomes_and_never_more(tmp_path: Path) -> None:
    parts = [
        table(quarters(1), "outcomes_recorded", name, count) for name, count in (("1", 300), ("2", 200), ("all", 600))
    ]
    rows = counts.combine(parts)
    assert tables.components(held(tmp_path, rows), [OUTCOMES]).findings == ()
    more = set_count(rows, "kent", "2010-04-01", 9000, "1")
    found = tables.components(held(tmp_path, more), [OUTCOMES]).findings
    assert [(one.level, one.force_id) for one in found] == [("error", "kent")]
    assert "more than the whole" in found[0].found


def test_staff_and_designated_officers_make_their_combined_table(tmp_path: Path) -> None:
    items = ("police_staff_fte", "designated_officers_fte", "police_staff_and_designated_officers_fte")
    day = [Period.parse("2018-09-30", "2018-09-30")]
    parts = [table(day, item).assign(count=count) for item, count in zip(items, (10.5, 2.25, 12.75), strict=True)]
    keys = [(item, "2020-01") for item in items]
    assert tables.components(held(tmp_path, *parts), keys).findings == ()
    parts[2].loc[0, "count"] = 12.0
    found = tables.components(held(tmp_path, *parts), keys).findings
    assert found[0].found == "the parts are 0.75 more than the whole"
    assert len(found) == 1


def test_a_step_of_one_force_is_a_query(tmp_path: Path) -> None:
    rows = table(quarters(12))
    for one in quarters(12)[6:]:
        rows = set_count(rows, "kent", one.start.isoformat(), 1500)
    found = tables.steps(held(tmp_path, rows), [KEY]).findings
    assert [(one.level, one.force_id, one.period) for one in found] == [
        ("query", "kent", "2011-10-01 to 2011-12-31"),
    ]
    assert "1,003 to 1,500 (+50%; against the median force +49%, 13.4 times the force's usual spread)" in found[0].found


def test_a_season_that_all_forces_share_is_no_step(tmp_path: Path) -> None:
    rows = table(quarters(12))
    summer = rows["period_start"].str.endswith("-07-01")
    rows.loc[summer, "count"] = rows.loc[summer, "count"] * 2
    assert tables.steps(held(tmp_path, rows), [KEY]).findings == ()


def test_small_counts_short_series_and_lively_forces_make_no_step(tmp_path: Path) -> None:
    small = set_count(table(quarters(12), count=100), "kent", "2011-10-01", 200)
    assert tables.steps(held(tmp_path, small), [KEY]).findings == ()
    short = set_count(table(quarters(4)), "kent", "2010-07-01", 2000)
    assert tables.steps(held(tmp_path, short), [KEY]).findings == ()
    lively = table(quarters(12))
    for place, one in enumerate(quarters(12)):
        lively = set_count(lively, "kent", one.start.isoformat(), 1000 if place % 2 else 1300)
    assert tables.steps(held(tmp_path, lively), [KEY]).findings == ()


def test_outcomes_are_set_against_the_latest_release_with_their_quarters(tmp_path: Path) -> None:
    crime = [table(quarters(4), release=release) for release in ("2020-01", "2021-01", "rolling")]
    later = table(quarters(2), release="2022-01")
    rows = table(quarters(4), "outcomes_recorded", "all", 990)
    holdings = held(tmp_path, rows, *crime, later)
    assert outcomes.pairs(holdings, holdings.tables()) == {OUTCOMES: ("recorded_crime", "2021-01")}


def test_more_outcomes_than_crimes_is_a_query(tmp_path: Path) -> None:
    rows = set_count(table(quarters(4), "outcomes_recorded", "all", 990), "kent", "2010-07-01", 1200, "all")
    found = outcomes.parts_within_whole(held(tmp_path, rows, table(quarters(4))), {OUTCOMES: KEY}).findings
    assert [(one.level, one.force_id, one.period) for one in found] == [
        ("query", "kent", "three months to 30 September 2010")
    ]


def test_an_incomplete_record_is_a_query_with_its_numbers(tmp_path: Path) -> None:
    crimes = table(quarters(4))
    rows = set_count(table(quarters(4), "outcomes_recorded", "all", 995), "kent", "2010-07-01", 540, "all")
    crimes = set_count(crimes, "kent", "2010-07-01", 1000)
    result = outcomes.completeness(held(tmp_path, rows, crimes), {OUTCOMES: KEY})
    assert [one.line for one in result.findings] == [
        "  query: outcomes_recorded 2020-01, Kent, three months to 30 September 2010: 540 outcomes for 1,000 crimes "
        "(54.0%, recorded crime 2020-01)"
    ]
    low = outcomes.completeness(
        held(tmp_path, table(quarters(4), "outcomes_recorded", "1", 100), crimes), {OUTCOMES: KEY}
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
    found = outcomes.outcome_types(held(tmp_path, rows, crimes), {OUTCOMES: KEY}).findings
    assert (
        "all types 172,000, recorded crime (2020-01) 172,000, difference +0 (+0.00%); equal in 172 of 172"
        in found[0].found
    )
    less = set_count(rows, "kent", "2010-04-01", 390, "0")
    found = outcomes.outcome_types(held(tmp_path, less, crimes), {OUTCOMES: KEY}).findings
    assert "difference -10 (-0.01%); equal in 171 of 172" in found[0].found


def test_the_words_of_a_rule_hold_its_thresholds() -> None:
    assert "at least 90% of the crimes" in rule("completeness").rule
    with pytest.raises(InputError, match=r"data/checks.toml: no check 'luck'; the checks are shape, forces"):
        rule("luck")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[check]]\nid = "a"\n', r"data/checks.toml: TypeError: .*; give each check its fields"),
        ("[[check]\n", r"data/checks.toml: TOMLDecodeError"),
        (
            '[[check]]\nid = "a"\nlevel = "loud"\nrule = "r"\nreason = "s"\n',
            r"check 'a' has level 'loud'; use error, query, information",
        ),
    ],
)
def test_a_file_of_rules_that_is_wrong_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    (tmp_path / "checks.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(location.VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match=message):
        rule("a")


def test_the_project_s_own_data_has_no_error_and_2024_25_adds_up() -> None:
    results = check(Holdings(DATA))
    assert errors(results) == 0
    found = next(result for result in results if result.rule.id == "outcome_types").findings
    words = next(finding.found for finding in found if finding.table == "outcomes_recorded 2024-25")
    assert words.startswith("all types 5,225,477, recorded crime (2026-04) 5,225,477, difference +0")
    assert words.endswith("equal in 172 of 172 quarters of forces")
    low = next(result for result in results if result.rule.id == "completeness").findings
    assert {one.force_id for one in low} == {
        "derbyshire",
        "dyfed-powys",
        "essex",
        "lincolnshire",
        "suffolk",
        "wiltshire",
    }


def test_an_edition_is_checked_in_its_own_releases() -> None:
    results = check_edition(open_edition(2017))
    assert results[0].looked_at == f"{len(set(open_edition(2017).releases.values()))} tables"
    assert errors(results) == 0


def test_the_command_ends_with_2_for_an_error_and_with_0_for_queries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.VARIABLE, str(DATA))  # put back after the command has set it
    assert main(["check", "--edition", "2017"]) == 0
    said = capsys.readouterr().out
    assert "records of outcomes marked as incomplete in edition 2017: 8" in said
    assert "12 months to 30 June 2017: The published record of outcomes holds 76% of the crimes that Derbyshire" in said
    (tmp_path / "forces.csv").write_bytes((DATA / "forces.csv").read_bytes())
    rows = table(quarters(4))
    counts.write(rows[rows["force_id"] != "kent"], tmp_path / "counts" / "recorded_crime" / "2020-01.csv")
    assert main(["check", "--data", str(tmp_path)]) == 2
    assert "error: recorded_crime 2020-01, 2010-04-01 to 2010-06-30: no row for Kent" in capsys.readouterr().out
