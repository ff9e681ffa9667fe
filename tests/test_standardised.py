"""Shares standardised for the mix of offences, counted again by hand, and England and Wales without the force."""

import csv
import math
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.comparison.sensitivity import (
    difference_from_rest,
    disagreements,
    indirectly_standardised,
    rest_of,
    standardised,
)
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.measures import Result
from peel_analysis.sections.annex import open_annex
from peel_analysis.show import tables, values, words
from peel_analysis.statistics.intervals import Interval, difference_interval, share_interval
from peel_analysis.why import account

DATA = Path(__file__).resolve().parents[1] / "data" / "counts"
RELEASES = {"2019": ("2019-03", "2018-04-01", "2019-03-31"), "2025": ("2024-25", "2024-04-01", "2025-03-31")}
TYPES = {"outcome_charged_pct": {"1"}, "outcome_action_taken_pct": {"1", "2", "3", "6", "7", "8", "22"}}
SHARES = (*TYPES, "outcome_evidential_victim_pct", "outcome_no_suspect_pct")


@cache
def result_of(measure_id: str, edition: str) -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition(edition))


@cache
def counts_by_hand(edition: str) -> tuple[dict[tuple[str, str, str], int], dict[tuple[str, str], int]]:
    """Return outcomes by force, group and type, and crimes by force and group, read with nothing but csv."""
    release, first, last = RELEASES[edition]
    outcomes: dict[tuple[str, str, str], int] = defaultdict(int)
    crimes: dict[tuple[str, str], int] = defaultdict(int)
    with (DATA / "outcomes_by_offence_group" / f"{release}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            group, _, kind = row["dimension"].partition(": ")
            outcomes[row["force_id"], group, kind] += int(row["count"])
    with (DATA / "recorded_crime" / "2026-04.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if first <= row["period_start"] and row["period_end"] <= last:
                crimes[row["force_id"], row["dimension"]] += int(row["count"])
    return outcomes, crimes


def by_hand(edition: str, types: set[str], members: tuple[str, ...], force_id: str) -> tuple[float, ...]:
    """Return the standardised share, Byar's limits of it and the count expected, from the text of the method alone."""
    outcomes, crimes = counts_by_hand(edition)
    groups = {group for _, group in crimes}

    def given(who: str, group: str) -> int:
        return sum(outcomes[who, group, kind] for kind in types)

    rates = {
        group: sum(given(one, group) for one in members) / sum(crimes[one, group] for one in members)
        for group in groups
    }
    whole = sum(given(one, group) for one in members for group in groups)
    share = 100 * whole / sum(crimes[one, group] for one in members for group in groups)
    expected = sum(rates[group] * crimes[force_id, group] for group in groups)
    count = sum(given(force_id, group) for group in groups)
    z = 1.959963984540054
    lower = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    upper = (count + 1) * (1 - 1 / (9 * (count + 1)) + z / (3 * math.sqrt(count + 1))) ** 3
    return (*(share * one / expected for one in (count, lower, upper)), expected)


@pytest.mark.parametrize("force_id", ["norfolk", "metropolitan"])
@pytest.mark.parametrize("edition", RELEASES)
@pytest.mark.parametrize("measure_id", TYPES)
def test_two_forces_are_counted_again(measure_id: str, edition: str, force_id: str) -> None:
    result = result_of(measure_id, edition)
    found = standardised(result)[force_id]
    again = by_hand(edition, TYPES[measure_id], result.members, force_id)
    assert (found.value, found.lower, found.upper, found.expected) == pytest.approx(again, rel=1e-12)
    assert found.observed == result.of(force_id).numerator, "the outcomes are those of the share itself"


@pytest.mark.parametrize("edition", RELEASES)
@pytest.mark.parametrize("measure_id", SHARES)
def test_england_and_wales_standardised_is_its_own_share(measure_id: str, edition: str) -> None:
    result = result_of(measure_id, edition)
    found = standardised(result)
    assert found[ENGLAND_AND_WALES].value == pytest.approx(result.national.value, rel=1e-12)
    assert found[ENGLAND_AND_WALES].expected == pytest.approx(result.national.numerator, rel=1e-12)
    members = [found[one] for one in result.members]
    assert sum(one.expected for one in members) == pytest.approx(sum(one.observed for one in members), rel=1e-12)
    assert set(found) == {*(one for one in result.rows.index if not result.of(one).is_missing)}


def test_a_force_with_the_national_mix_keeps_its_share_and_one_of_national_rates_gets_the_national_share() -> None:
    reference = np.array([0.5, 0.1])  # of 100 and of 300 crimes: 80 of 400, or 20%
    rate, expected = indirectly_standardised([60, 34], [[50, 150], [60, 40]], reference, 20.0)
    assert expected.tolist() == [40, 34]
    assert rate.value.tolist() == [pytest.approx(100 * 60 / 200), pytest.approx(20.0)]
    nothing, _ = indirectly_standardised([0, math.nan], [[0, 0], [5, 5]], reference, 20.0)
    assert np.isnan(nothing.value).all()


def test_where_no_table_by_group_is_held_nothing_is_shown_and_annex_a_says_so() -> None:
    result = result_of("outcome_charged_pct", "2017")
    assert standardised(result) == {}
    assert "mix of offences" not in words.reading(result, "norfolk")
    assert "Standardised" not in tables.by_force(result, "norfolk")
    without = "No table of outcomes by offence group is held for the 12 months to 30 June 2017"
    assert without in open_annex("norfolk", "2017").definitions()._repr_html_()
    for edition in RELEASES:
        said = open_annex("norfolk", edition).definitions()._repr_html_()
        assert "No table of outcomes by offence group" not in said
        assert "indirect standardisation" in said


def test_a_window_that_the_table_covers_in_part_is_not_standardised() -> None:
    result = result_of("outcome_charged_pct", "2019")
    window = {**result.edition.windows, "crime": open_data().edition("2017").window("crime")}
    other = replace(result, edition=replace(result.edition, windows=window))
    assert standardised(other) == {}


@pytest.mark.parametrize("edition", RELEASES)
@pytest.mark.parametrize("measure_id", SHARES)
def test_the_sentence_says_where_the_two_disagree(measure_id: str, edition: str) -> None:
    result = result_of(measure_id, edition)
    told = result.edition.data.policy.standardised
    national = float(f"{result.national.value:.9f}")
    for force_id, verdict in compare(result).verdicts.items():
        text, found = words.with_the_mix(result, force_id), disagreements(result, force_id)
        share = standardised(result).get(force_id)
        assert (text == "") == (share is None)
        if share is None or verdict.gap is None or verdict.national_shown is None:
            assert found == ()
            continue
        assert f"would be {words.value_in_words(result.measure, share.value)} (95% interval" in text
        gap = round(share.value + 1e-9, 1) - float(verdict.national_shown)
        passes = abs(gap) + 1e-9 >= max(0.1 * float(verdict.national_shown), 1.0)
        other = (gap > 0.05 and verdict.gap < 0) or (gap < -0.05 and verdict.gap > 0)
        assert ("other_side" in found) == other, (force_id, gap, verdict.gap)
        assert ("size_gone" in found) == (bool(verdict.size) and not passes), force_id
        assert ("size_appears" in found) == (not verdict.size and passes), force_id
        assert (told.size_gone in text, told.size_appears in text) == ("size_gone" in found, "size_appears" in found)
        if other:
            assert f"That is {'above' if share.value > national else 'below'} England and Wales" in text


def test_the_table_shows_the_expected_count_and_the_standardised_share() -> None:
    result = result_of("outcome_charged_pct", "2025")
    shown = tables.by_force(result, "norfolk")
    assert "Count expected with this mix of offences" in shown
    assert ">5,114<" in shown, "a count expected is shown whole"
    assert "13.3%" in shown
    assert "with the mix of offences of England and Wales" in shown
    told = " ".join(account(result.measure, "metropolitan", result.edition).split())
    assert "the figure would be 5.2% (95% interval 5.1% to 5.2%)" in told
    assert "without the force England and Wales 9.4%; difference -4.1 (95% interval -4.2 to -4.1)" in told


def test_newcombes_published_difference_of_two_shares() -> None:
    # Newcombe (1998), Interval estimation for the difference between independent proportions, table II, method 10:
    # 56/70 - 48/80 is 0.2 (0.0524 to 0.3339), 9/10 - 3/10 is 0.6 (0.1705 to 0.8090)
    for (a, m), (b, n), limits in (((56, 70), (48, 80), (0.0524, 0.3339)), ((9, 10), (3, 10), (0.1705, 0.8090))):
        found = difference_interval(share_interval(a, m, 1), share_interval(b, n, 1))
        assert (found.lower[0], found.upper[0]) == pytest.approx(limits, abs=5e-5)


def test_the_metropolitan_police_is_set_against_the_rest() -> None:
    result = result_of("outcome_charged_pct", "2025")
    row, own, whole = compare(result).row("metropolitan"), result.of("metropolitan"), result.national
    count, crimes = whole.numerator - own.numerator, whole.denominator - own.denominator
    assert rest_of(result).value[row] == pytest.approx(100 * count / crimes)
    found = difference_from_rest(result)
    assert found.value[row] == pytest.approx(own.value - 100 * count / crimes)
    pairs = ((own.numerator, own.denominator), (count, crimes))
    error = 100 * math.sqrt(sum(part / size * (1 - part / size) / size for part, size in pairs))
    reach = stats.norm.ppf(0.975) * error  # of so many crimes the limits are those of a normal distribution
    assert found.lower[row] == pytest.approx(found.value[row] - reach, abs=0.001)
    assert found.upper[row] == pytest.approx(found.value[row] + reach, abs=0.001)
    assert abs(found.value[row]) > abs(own.value - whole.value), "the force itself drew England and Wales towards it"


def test_values_files_hold_both() -> None:
    rows = values.of_results([result_of("outcome_charged_pct", "2025"), result_of("crime_per_1000", "2025")])
    mine = {(row["measure"], row["force_id"]): row for row in rows.to_dict(orient="records")}
    norfolk = mine["outcome_charged_pct", "norfolk"]
    assert norfolk["standardised_value"] == pytest.approx(13.340388438880275)
    assert norfolk["standardised_expected"] == pytest.approx(5114.410464129985)
    assert norfolk["rest_difference"] == pytest.approx(norfolk["value"] - norfolk["rest_value"])
    crime = mine["crime_per_1000", "norfolk"]
    assert math.isnan(crime["standardised_value"])
    assert crime["rest_difference_lower_95"] < crime["rest_difference"] < crime["rest_difference_upper_95"]
    assert math.isnan(mine["crime_per_1000", ENGLAND_AND_WALES]["rest_value"]), "there is no rest of the whole"


def test_a_force_that_is_no_member_is_set_against_all_of_england_and_wales() -> None:
    result = result_of("outcome_charged_pct", "2017")
    outside = [one for one in result.forces.index if one not in result.members and not result.of(one).is_missing]
    for force_id in outside:
        row = compare(result).row(force_id)
        assert rest_of(result).value[row] == pytest.approx(result.national.value)
    everyone = Interval(*(np.array([1.0]) for _ in range(3)))
    assert difference_interval(everyone, everyone).value[0] == 0


def test_the_rest_counts_residents_as_england_and_wales_does() -> None:
    result = result_of("crime_per_1000", "2025")
    edition, rest = result.edition, rest_of(result)
    residents = edition.with_population(residents_only=True).populations["population"]
    crimes = {force_id: result.of(force_id).numerator for force_id in result.members}
    for force_id in ("city-of-london", "metropolitan"):
        others = [one for one in result.members if one != force_id]
        by_hand_again = 1000 * sum(crimes[one] for one in others) / sum(residents[one] for one in others)
        assert rest.value[compare(result).row(force_id)] == pytest.approx(by_hand_again)
