"""Verdicts on the published counts: who gets one, what funnels and intervals rest on, and ranks that are never bare."""

import math

import numpy as np
import pytest

from peel_analysis import measures
from peel_analysis.comparison import Compared, compare
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.measures import Result
from peel_analysis.statistics.intervals import rate_interval, ratio_interval, share_interval

PER_HEAD = ("crime_per_1000", "asb_incidents_per_1000")
SHARES = ("outcome_charged_pct", "outcome_action_taken_pct")
INTERVALS = {
    "rate": rate_interval,
    "rate_of_stock": rate_interval,
    "share": share_interval,
    "ratio_of_counts": ratio_interval,
}


@pytest.fixture(scope="module")
def compared() -> dict[str, Compared]:
    """Every measure of edition 2017, on the published counts."""
    edition = open_data().edition("2017")
    return {measure.id: compare(measures.calculate(measure, edition)) for measure in open_data().measures}


def test_a_rate_on_an_assumed_population_gets_no_verdict(compared: dict[str, Compared]) -> None:
    for measure_id in PER_HEAD:
        one = compared[measure_id]
        city = one.verdicts["city-of-london"]
        assert (city.words, city.reason) == ("", "No verdict: the rate rests on an assumed population.")
        assert city.shown is not None, "it is shown all the same"
        assert one.funnel is not None
        assert not one.funnel.eligible[one.row("city-of-london")]
        assert one.ranks.words(one.row("city-of-london")) == "no rank"


def test_shares_and_changes_need_no_population(compared: dict[str, Compared]) -> None:
    for measure_id in (*SHARES, "crime_change_12m", "crime_change_5y"):
        assert compared[measure_id].verdicts["city-of-london"].words, measure_id


def test_with_residents_only_the_city_has_a_verdict_too() -> None:
    edition = open_data().edition("2017").with_population(residents_only=True)
    assert compare(measures.calculate(open_data().measure("crime_per_1000"), edition)).verdicts["city-of-london"].words


def test_an_incomplete_record_gets_no_verdict(compared: dict[str, Compared]) -> None:
    result = compared["outcome_charged_pct"].result
    doubtful = result.forces.index[result.forces["status"] == "incomplete"].tolist()
    assert len(doubtful) == 3
    for force_id in doubtful:
        verdict = compared["outcome_charged_pct"].verdicts[str(force_id)]
        assert (verdict.words, verdict.reason) == ("", "No verdict: the record behind the figure is incomplete.")
        assert verdict.shown is not None
        assert str(force_id) in result.members, "it stays in England and Wales"


def test_a_force_that_is_not_in_the_figure_gets_no_verdict(compared: dict[str, Compared]) -> None:
    one = compared["outcome_action_taken_pct"]
    assert one.verdicts["dorset"].reason == "No verdict: the force is left out of this figure."
    assert compared["outcome_charged_pct"].verdicts["dorset"].words
    assert one.verdicts["suffolk"].reason == "No verdict: there is no value."
    assert one.funnel is not None
    assert not one.funnel.eligible[one.row("dorset")]


@pytest.mark.parametrize(
    ("measure_id", "ratio", "words"),
    [
        ("da_arrest_rate", "1.36", "higher than"),
        ("da_voluntary_attendance_rate", "0.23", "lower than"),
        ("da_charge_rate", "1.08", "similar to"),
        ("clares_law_rtk_per_100k", "3.07", "higher than"),
    ],
)
def test_the_four_comparisons_of_the_published_report_by_size_only(
    compared: dict[str, Compared], measure_id: str, ratio: str, words: str
) -> None:
    one = compared[measure_id]
    verdict = one.verdicts["norfolk"]
    assert (str(verdict.ratio), verdict.words, verdict.basis) == (ratio, words, "size only")
    assert verdict.robust_z is None
    assert one.funnel is None
    assert one.funnel_refused == "A funnel needs at least 20 forces with a comparable value; found 0."
    assert math.isnan(one.limits("norfolk")[0]), "no interval without counts"


def test_cases_and_surveys_are_never_compared(compared: dict[str, Compared]) -> None:
    verdict = compared["file_review_da_supervision"].verdicts["norfolk"]
    assert (verdict.words, verdict.reason) == ("", "No verdict: England and Wales has no value to compare with.")
    assert not compared["staff_survey"].verdicts["norfolk"].words


def test_no_funnel_is_made_for_a_change(compared: dict[str, Compared]) -> None:
    one = compared["crime_change_12m"]
    assert one.funnel is None
    assert one.funnel_refused == "A funnel is made for rates, shares and ratios of counts only."
    assert one.verdicts["norfolk"].basis == "size and position"


def test_the_funnel_stands_on_the_middle_of_the_forces_that_take_part(compared: dict[str, Compared]) -> None:
    made = [one for one in compared.values() if one.funnel is not None]
    assert {one.result.measure.id for one in made} == {*PER_HEAD, *SHARES}
    for one in made:
        assert one.funnel is not None
        taking_part = [one.result.of(force_id).value for force_id in one.force_ids if force_id not in one.left_out]
        assert one.funnel.forces == len(taking_part)
        assert one.funnel.target == pytest.approx(np.median(taking_part), rel=1e-12)


def without(result: Result, force_id: str) -> Result:
    """Return the result in which one force is left out of the figure and of England and Wales."""
    rows = result.rows.copy()
    rows.loc[force_id, "in_figure"] = False
    national = rows.loc[ENGLAND_AND_WALES, ["numerator", "denominator"]]
    if force_id in result.members:
        national = national - rows.loc[force_id, ["numerator", "denominator"]]
    rows.loc[ENGLAND_AND_WALES, ["numerator", "denominator"]] = national
    rows.loc[ENGLAND_AND_WALES, "value"] = result.measure.multiplier * national["numerator"] / national["denominator"]
    return result.with_rows(rows)


@pytest.mark.parametrize("force_id", ["metropolitan", "city-of-london"])
@pytest.mark.parametrize("measure_id", [*PER_HEAD, *SHARES])
def test_the_largest_and_the_smallest_force_distort_nobody(
    compared: dict[str, Compared], measure_id: str, force_id: str
) -> None:
    """Without it, in England and Wales too, the others lie where they lay among the forces, and so do the limits."""
    before = compared[measure_id]
    after = compare(without(before.result, force_id))
    for other in open_data().forces.ids:
        was, now = before.verdicts[other], after.verdicts[other]
        if other == force_id or was.robust_z is None or now.robust_z is None:
            continue
        assert was.robust_z == pytest.approx(now.robust_z, abs=0.4), other
        if was.funnel_z is not None and was.funnel_limit is not None:
            assert was.funnel_z == pytest.approx(now.funnel_z, abs=0.35), other
            near = abs(abs(was.funnel_z) - was.funnel_limit) < 0.35
            assert was.chance == now.chance or near, other
    assert before.funnel is not None
    assert after.funnel is not None
    assert after.funnel.target == pytest.approx(before.funnel.target, rel=0.03)
    assert after.funnel.tau2 == pytest.approx(before.funnel.tau2, rel=0.2)
    if force_id == "city-of-london" and measure_id in PER_HEAD:
        took_no_part = np.array_equal(after.funnel.z[:-1], before.funnel.z[:-1], equal_nan=True)
        assert took_no_part, "nor did it before"


def test_a_rank_is_never_bare(compared: dict[str, Compared]) -> None:
    for one in compared.values():
        for force_id in open_data().forces.ids:
            words = one.ranks.words(one.row(force_id))
            assert words == "no rank" or words.startswith("between "), words
        ranked = ~np.isnan(one.ranks.first)
        assert (one.ranks.first[ranked] <= one.ranks.last[ranked]).all()
        assert ranked.sum() in (0, one.ranks.forces)


def test_a_rank_range_holds_the_place_of_the_value_itself(compared: dict[str, Compared]) -> None:
    for measure_id in (*PER_HEAD, *SHARES, "crime_change_12m", "crime_change_5y"):
        one = compared[measure_id]
        ranked = [force_id for force_id in open_data().forces.ids if not np.isnan(one.ranks.first[one.row(force_id)])]
        ordered = sorted(ranked, key=lambda force_id: -one.result.of(force_id).value)
        for place, force_id in enumerate(ordered, start=1):
            assert one.ranks.first[one.row(force_id)] <= place <= one.ranks.last[one.row(force_id)], force_id


def test_intervals_are_those_of_the_kind_of_measure(compared: dict[str, Compared]) -> None:
    for kind, way in INTERVALS.items():
        one = next(one for one in compared.values() if one.result.measure.kind == kind)
        numerator, denominator = (one.result.rows[name].to_numpy(float) for name in ("numerator", "denominator"))
        by_hand = way(numerator, denominator, one.result.measure.multiplier)
        assert one.intervals[0.95].lower == pytest.approx(by_hand.lower, nan_ok=True), kind
        assert one.intervals[0.95].upper == pytest.approx(by_hand.upper, nan_ok=True), kind
    for one in compared.values():
        for force_id in open_data().forces.ids:
            (low, high), (lower, higher) = one.limits(force_id), one.limits(force_id, 0.998)
            if not math.isnan(low):
                assert lower <= low <= one.result.of(force_id).value <= high <= higher
