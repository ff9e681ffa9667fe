"""A sign or a verdict that depends on the release held, and the shares of crimes that had been given an outcome."""

import pytest
from workbooks import DATA

from peel_analysis import measures
from peel_analysis.comparison.sensitivity import hangs_on_release, in_other_releases, of_assigned, other_verdicts
from peel_analysis.measures import Result
from peel_analysis.show.footnotes import in_another_release
from peel_analysis.show.values import values
from peel_analysis.why import account

ROLLING = "recorded crime rolling-2018-12"


def result(measure_id: str, edition: str) -> Result:
    return measures.calculate(DATA.measure(measure_id), DATA.edition(edition))


def test_north_yorkshire_fell_in_one_release_and_rose_in_another() -> None:
    one = result("crime_change_12m", "2017")
    other = in_other_releases(one)[ROLLING]
    signs = (one.of("north-yorkshire").value, other.of("north-yorkshire").value)
    assert [round(value, 1) for value in signs] == [-2.1, 0.6]
    assert sorted(hangs_on_release(one)) == ["hampshire", "north-yorkshire"]
    assert "North Yorkshire (fell, “lower than” here, rose, “lower than” there)" in in_another_release(one)
    rows = values(one.edition, [one.measure]).set_index("force_id")["other_release"]
    assert rows["north-yorkshire"] == f"{ROLLING}: {signs[1]!r}"
    assert rows["norfolk"] == ""
    assert ROLLING in account(one.measure, "north-yorkshire", one.edition)


def test_south_wales_has_two_counts_of_one_window() -> None:
    one = result("crime_per_1000", "2017")
    other = in_other_releases(one)[ROLLING]
    counts = {one.of("south-wales").numerator, other.of("south-wales").numerator}
    assert counts == {98_050, 101_853}


def test_a_release_of_other_windows_is_no_other_release() -> None:
    assert in_other_releases(result("crime_change_12m", "2025")) == {}
    assert in_another_release(result("crime_change_12m", "2025")) == ""


@pytest.mark.parametrize(
    ("measure_id", "national", "flipped"),
    [
        (
            "outcome_charged_pct",
            8.87,
            ["cheshire", "city-of-london", "merseyside", "nottinghamshire", "south-wales"],
        ),
        ("outcome_action_taken_pct", 13.57, []),
    ],
)
def test_shares_of_crimes_with_an_outcome(measure_id: str, national: float, flipped: list[str]) -> None:
    """Before three forces were marked seven verdicts differed: these five, and Avon and Somerset and Humberside."""
    one = result(measure_id, "2025")
    other = of_assigned(one)
    assert other is not None
    rows = DATA.counts("outcomes_recorded", "2024-25")
    given = rows[rows["dimension"] != "0"]["count"].sum()
    assert other.national.denominator == given
    assert other.national.value == pytest.approx(national, abs=0.005)
    assert sorted(one for one, (own, there) in other_verdicts(one, other).items() if own and there) == flipped


def test_a_table_without_crimes_that_wait_has_no_such_share() -> None:
    assert of_assigned(result("outcome_charged_pct", "2017")) is None
    assert of_assigned(result("crime_per_1000", "2025")) is None
