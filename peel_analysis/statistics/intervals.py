"""Intervals around rates, shares, ratios of two counts and changes: what chance alone could do to a figure.

Every function takes numbers or arrays that broadcast together and returns an `Interval` of one-dimensional arrays.
A missing number gives a missing value and missing limits, and so does a denominator that is not above zero. A count
below zero, which is a correction, has a value and no limits.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Numbers = npt.ArrayLike
Array = npt.NDArray[np.float64]

COUNTS_NOT_SAMPLES = (
    "These are counts of everything recorded, not samples: the interval describes how far chance alone could move "
    "the figure if the same process ran again, and says nothing about how completely events were recorded."
)
CASES_ARE_A_SAMPLE = (
    "These are a sample of case files, not all of them: the interval allows for which files were drawn, and says "
    "nothing about how each was judged."
)
EXACT_BELOW = 10  # Fingertips: Byar's method from 10 events up, the exact method below


@dataclass(frozen=True)
class Interval:
    """One row a figure: value and limits in its unit."""

    value: Array
    lower: Array
    upper: Array


def normal_quantile(level: float) -> float:
    """Return how many standard errors the two-sided `level` spans: 1.96 for 0.95, 3.09 for 0.998.

    Raises ValueError for a level outside 0 to 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"an interval's level lies between 0 and 1, such as 0.95 or 0.998; found {level}")
    return NormalDist().inv_cdf(0.5 + level / 2)


def rate_interval(count: Numbers, population: Numbers, multiplier: float = 1, level: float = 0.95) -> Interval:
    """Return count / population * multiplier with Poisson limits; the population is taken as known.

    Byar's method for counts of 10 or more, exact limits below. Source: Breslow and Day (1987), Statistical methods in
    cancer research II; the choice between the two is that of the Fingertips public health technical guidance, Rates.
    """
    count, population = _columns(count, population)
    lower, upper = poisson_limits(count, level)
    return Interval(*(_divide(column, population) * multiplier for column in (count, lower, upper)))


def poisson_limits(count: Numbers, level: float = 0.95) -> tuple[Array, Array]:
    """Return the lower and upper limits of counts: Byar's method from 10 up, exact below; a fraction has none."""
    (count,) = _columns(count)
    z = normal_quantile(level)
    usable = (count >= 0) & (count % 1 == 0)
    some = np.where(usable & (count >= EXACT_BELOW), count, EXACT_BELOW)
    lower = some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    upper = (some + 1) * (1 - 1 / (9 * (some + 1)) + z / (3 * np.sqrt(some + 1))) ** 3
    for number in range(EXACT_BELOW):
        here = count == number
        if here.any():
            lower[here], upper[here] = _exact_poisson_limits(number, level)
    return np.where(usable, lower, np.nan), np.where(usable, upper, np.nan)


@lru_cache(maxsize=256)
def _exact_poisson_limits(count: int, level: float) -> tuple[float, float]:
    """Return the means under which `count` or more, and `count` or fewer, have half of 1 - level (Garwood 1936)."""
    tail = (1 - level) / 2
    lower = 0.0 if count == 0 else _mean_under_which(count - 1, 1 - tail)
    return lower, _mean_under_which(count, tail)


def _mean_under_which(most: int, probability: float) -> float:
    """Return the mean under which counts of at most `most` have a probability, which falls as the mean rises."""
    low, high = 0.0, 128.0  # wide enough for counts below 10 at any level that a float can tell from 1
    for _ in range(100):  # halves the bracket until a float cannot hold the difference
        middle = (low + high) / 2
        at_most = math.exp(-middle) * sum(middle**number / math.factorial(number) for number in range(most + 1))
        low, high = (middle, high) if at_most > probability else (low, middle)
    return (low + high) / 2


def share_interval(count: Numbers, total: Numbers, multiplier: float = 100, level: float = 0.95) -> Interval:
    """Return count / total * multiplier with Wilson's score limits.

    A count above its total has no limits: that is a ratio of two counts. Source: Wilson (1927), as recommended by
    Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, method 3.
    """
    count, total = _columns(count, total)
    z = normal_quantile(level)
    value = _divide(count, total)
    inside = (count >= 0) & (count <= total)
    spread = z * np.sqrt(np.where(inside, z**2 + 4 * count * (1 - value), np.nan))
    lower, upper = (_divide(2 * count + z**2 + part, 2 * (total + z**2)) for part in (-spread, spread))
    # Rounding may miss 0 and 1, which are exact
    lower, upper = np.where(value == 0, 0, lower), np.where(value == 1, 1, upper)
    return Interval(value * multiplier, lower * multiplier, upper * multiplier)


def ratio_interval(count: Numbers, other: Numbers, multiplier: float = 100, level: float = 0.95) -> Interval:
    """Return count / other * multiplier, two counts neither of which is part of the other, with log-ratio limits.

    The variance of the logarithm is 1/A + 1/B, both counts being Poisson and independent. A zero count has a value and
    no limits. Source: Rothman, Greenland and Lash (2008), Modern Epidemiology, chapter 14.
    """
    count, other = _columns(count, other)
    value = _divide(count, other)
    factor = _log_ratio_factor(count, other, level)
    return Interval(value * multiplier, value / factor * multiplier, value * factor * multiplier)


def rate_change_interval(
    before: Numbers, population_before: Numbers, after: Numbers, population_after: Numbers, level: float = 0.95
) -> Interval:
    """Return the change of a rate in per cent of the rate before, with log-ratio limits (variance 1/A + 1/B).

    Give 1 for both populations to compare two counts. The two periods are taken as independent. A zero count before has
    nothing to compare with, and one after has no limits. Source: Rothman, Greenland and Lash (2008), chapter 14.
    """
    before, population_before, after, population_after = _columns(before, population_before, after, population_after)
    ratio = _divide(_divide(after, population_after), _divide(before, population_before))
    factor = _log_ratio_factor(before, after, level)
    return Interval(*((change - 1) * 100 for change in (ratio, ratio / factor, ratio * factor)))


def difference_interval(one: Interval, other: Interval) -> Interval:
    """Return one - other, two independent estimates in the same unit, with limits recovered from theirs.

    The distance of each estimate to its own limits stands for its spread, so that neither need be normal. Sources:
    Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine 17,
    method 10, for shares; Zou and Donner (2008), Construction of confidence limits about effect measures, Statistics in
    Medicine 27, for any others.
    """
    value = one.value - other.value
    below = np.sqrt((one.value - one.lower) ** 2 + (other.upper - other.value) ** 2)
    above = np.sqrt((one.upper - one.value) ** 2 + (other.value - other.lower) ** 2)
    return Interval(value, value - below, value + above)


def _log_ratio_factor(one: Array, other: Array, level: float) -> Array:
    known = np.where((one > 0) & (other > 0), 1.0, np.nan)
    return np.exp(normal_quantile(level) * np.sqrt(_divide(known, one) + _divide(known, other)))


def _columns(*numbers: Numbers) -> list[Array]:
    return [np.array(column) for column in np.broadcast_arrays(*(np.atleast_1d(np.asarray(n, float)) for n in numbers))]


def _divide(numerator: Array, denominator: Array) -> Array:
    missing = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=missing, where=denominator > 0))
