"""Verdicts: the wording policy, applied to invented forces and to the published comparisons."""

from decimal import Decimal

import numpy as np
import pytest
from scipy import stats

from peel_analysis.data.errors import InputError
from peel_analysis.data.files import PROJECT
from peel_analysis.data.folder import open_data
from peel_analysis.data.text import rounded
from peel_analysis.statistics.intervals import Array
from peel_analysis.statistics.limits import funnel_for
from peel_analysis.statistics.verdict import Verdict, eligible, verdicts

POLICY = open_data(PROJECT / "data").policy
NAN = float("nan")


def invented() -> tuple[Array, Array, dict[str, int]]:
    """Return counts and populations of 43 forces, and the rows of those that have a story.

    Forty ordinary forces lie evenly from 9.2 to 10.8 per 100,000.
    """
    populations = np.full(43, 1_000_000.0)
    counts = np.round(np.linspace(92, 108, 43))
    populations[40:] = 60_000, 8_000_000, 2_000_000
    counts[40:] = 12, 850, 440  # 20.0 by noise; 10.6 certainly; 22.0 truly
    return counts, populations, {"small": 40, "large": 41, "different": 42}


def judged(counts: Array, populations: Array, national: float) -> tuple[Verdict, ...]:
    funnel = funnel_for(counts, populations, "rate", 100_000)
    return verdicts(funnel.value, national, 1, POLICY, funnel.z)


def test_noise_trifles_and_true_differences_are_told_apart() -> None:
    counts, populations, row = invented()
    national = 10.0
    found = judged(counts, populations, national)

    small = found[row["small"]]
    assert (small.size, small.position, small.chance) == (True, True, False)
    assert small.words == "higher than"  # never notably: twelve events

    large = found[row["large"]]
    chance = stats.poisson.sf(849, national * 80)  # 850 or more where 800 are expected
    assert chance < 0.05
    assert (large.size, large.words) == (False, "similar to")

    different = found[row["different"]]
    assert (different.size, different.position, different.chance) == (True, True, True)
    assert different.words == "notably higher than"

    assert {verdict.words for verdict in found[:40]} == {"similar to"}


def test_a_certain_trifle_is_not_flagged_even_outside_the_limits() -> None:
    values = np.append(np.linspace(99, 101, 30), 104.0)
    found = verdicts(values, 100, 1, POLICY, np.append(np.zeros(30), 9.0))[-1]
    assert (found.size, found.position, found.chance) == (False, True, True)
    assert found.words == "similar to"


def test_lower_has_the_same_words_as_higher() -> None:
    values = np.append(np.linspace(95, 105, 30), [60.0, 60.0, 60.0])
    z = np.append(np.zeros(30), [-4.0, -1.0, NAN])
    assert [verdict.words for verdict in verdicts(values, 100, 1, POLICY, z)[30:]] == [
        "notably lower than",
        "lower than",
        "lower than",
    ]


def test_tests_that_point_another_way_do_not_count() -> None:
    # England and Wales is pulled down by one large force: 80 lies above it and below the median
    values = np.append(np.linspace(95, 105, 30), 80.0)
    found = verdicts(values, 60, 1, POLICY, np.append(np.zeros(30), -5.0))[-1]
    assert (found.size, found.position, found.chance) == (True, False, False)
    assert found.words == "similar to"


def test_any_verdict_can_be_recomputed_by_hand() -> None:
    values = np.append(np.arange(1.0, 22.0), 40.0)
    found = verdicts(values, 10.0, 1, POLICY, np.append(np.zeros(21), 5.0))[-1]
    assert (found.shown, found.national_shown) == (Decimal("40.0"), Decimal("10.0"))
    assert (found.ratio, found.gap, found.smallest_gap) == (Decimal("4.00"), Decimal("30.0"), Decimal("1.0"))
    assert (found.median, found.mad) == (11.5, 5.5)
    assert found.robust_z == pytest.approx((40 - 11.5) / (1.4826 * 5.5))
    assert found.funnel_z == 5.0
    assert found.funnel_limit == pytest.approx(3.0902, abs=1e-4)
    assert found.words == "notably higher than"
    assert found.basis == "size, position and chance"


@pytest.mark.parametrize(
    ("norfolk", "national", "ratio", "words"),
    [
        (57.7, 42.5, "1.36", "higher than"),
        (1.6, 7.0, "0.23", "lower than"),
        (20.0, 18.6, "1.08", "similar to"),
        (17.5, 5.7, "3.07", "higher than"),
    ],
)
def test_the_published_comparisons_of_norfolk_2017_by_the_size_rule(
    norfolk: float, national: float, ratio: str, words: str
) -> None:
    values = [NAN, norfolk, NAN]  # the other forces' returns are not public
    _, found, _ = verdicts(values, national, 1, POLICY)
    assert (found.words, found.basis, found.ratio) == (words, "size only", Decimal(ratio))
    assert (found.position, found.chance) == (None, None)


def test_values_are_compared_as_shown() -> None:
    (same,) = verdicts([57.749], 57.651, 1, POLICY)
    assert (same.shown, same.national_shown, same.words) == (Decimal("57.7"), Decimal("57.7"), "similar to")
    (reaches,) = verdicts([10.95], 10.0, 1, POLICY)  # 11.0 as shown
    (misses,) = verdicts([10.949], 10.0, 1, POLICY)
    assert (reaches.words, misses.words) == ("higher than", "similar to")


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (2.675, 2, "2.68"),
        (0.125, 2, "0.13"),
        (57.65, 1, "57.7"),
        (57.65 - 1e-14, 1, "57.7"),
        (-0.25, 1, "-0.3"),
        (19.5, 0, "20"),
    ],
)
def test_values_are_rounded_half_up(value: float, decimals: int, shown: str) -> None:
    assert rounded(value, decimals) == Decimal(shown)


@pytest.mark.parametrize(
    ("value", "national", "decimals", "size"),
    [
        (5.0, 4.0, 1, True),
        (4.9, 4.0, 1, False),
        (30, 20, 0, True),
        (29, 20, 0, False),
        (0.5, 0.4, 2, True),
        (0.49, 0.4, 2, False),
    ],
)
def test_the_smallest_gap_follows_the_decimals_shown(value: float, national: float, decimals: int, size: bool) -> None:
    assert verdicts([value], national, decimals, POLICY)[0].size is size


def test_a_measure_with_other_decimals_is_refused() -> None:
    with pytest.raises(InputError, match=r"no smallest_gap under .size. for a measure shown to 4 decimals"):
        verdicts([1.0], 2.0, 4, POLICY)


@pytest.mark.parametrize("code", ["assumed_population", "partial_return", "incomplete_record", "not_in_figure"])
def test_a_force_with_a_reason_is_shown_without_a_verdict_and_moves_nobody(code: str) -> None:
    values = np.append(np.linspace(90, 120, 30), 900.0)
    codes = [*[""] * 30, code]
    found = verdicts(values, 100, 1, POLICY, no_verdict=codes)
    assert (found[-1].words, found[-1].shown) == ("", Decimal("900.0"))
    assert found[-1].reason == POLICY.no_verdict[code]
    assert found[:-1] == verdicts(values[:-1], 100, 1, POLICY)
    assert eligible(values, codes).tolist() == [True] * 30 + [False]


def test_without_a_value_there_is_no_verdict() -> None:
    assert verdicts([NAN], 10, 1, POLICY)[0].reason == POLICY.no_verdict["no_value"]
    assert verdicts([4.0], NAN, 1, POLICY)[0].reason == POLICY.no_verdict["no_national_value"]
    assert eligible([NAN, 1]).tolist() == [False, True]


def test_forces_that_share_one_value_leave_position_untestable() -> None:
    found = verdicts([*[5.0] * 30, 9.0], 5.1, 1, POLICY)[-1]
    assert (found.words, found.reason) == ("", POLICY.no_verdict["no_spread"])


def test_twenty_forces_are_enough_for_position_and_nineteen_are_not() -> None:
    assert verdicts(np.arange(20.0), 10, 1, POLICY)[0].basis == "size and position"
    assert verdicts(np.arange(19.0), 10, 1, POLICY, np.full(19, 9.0))[0].basis == "size only"


def test_an_unknown_reason_and_uneven_numbers_are_refused() -> None:
    with pytest.raises(InputError, match=r"no sentence under .no_verdict. for mystery"):
        verdicts([1.0], 2.0, 1, POLICY, no_verdict=["mystery"])
    with pytest.raises(InputError, match="1 values, 1 reasons and 2 funnel z"):
        verdicts([1.0], 2.0, 1, POLICY, funnel_z=[1, 2])


def test_a_change_may_be_set_beside_a_national_fall() -> None:
    rise, trifle = verdicts([4.0, -2.4], -1.9, 1, POLICY)
    assert (rise.words, rise.ratio) == ("higher than", None)  # a ratio to a fall says nothing
    assert trifle.words == "similar to"
