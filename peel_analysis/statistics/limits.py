"""Limits that chance alone keeps a figure within: of a force among the others (a funnel), of a point in its series.

Funnel limits say how far a force of a given size lies from the rest, allowing for forces that truly differ.

Sources: Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24; and
Spiegelhalter (2005), Handling over-dispersion of performance indicators, Quality and Safety in Health Care 14.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from peel_analysis.data.errors import InputError
from peel_analysis.data.policy import Overdispersion
from peel_analysis.statistics.intervals import Array, Numbers, normal_quantile

Kind = Literal["rate", "share", "ratio"]
Mask = npt.NDArray[np.bool_]

FEWEST_FORCES = 20
WINSORISED = 0.1
DRAWS = 4000  # of all forces of a funnel: their mean is then within about 0.1 of a flag over a whole edition
SEED = 2017  # any will do; a fixed one makes the number the same on each run
XMR_FACTOR = 2.66  # 3 / 1.128: three standard deviations, from the mean range of two consecutive points
FEWEST_POINTS = 12  # our choice: three years of quarters
OFTEN = 3  # our choice: with one point in three outside, it is the mean that does not fit; chance puts 1 in 100 outside


class NotEnoughForcesError(InputError):
    """A measure that too few forces have for a funnel."""


@dataclass(frozen=True)
class Funnel:
    """What the limits rest on, and one row a force: its value and how many adjusted standard errors off target it is.

    `target` and `value` are in the measure's unit; `phi` and `tau2` are on the transformed scale named by `scale`.
    `z` is after the overdispersion adjustment, and also that of forces that are only shown.
    """

    kind: Kind
    overdispersion: Overdispersion
    winsorised: float
    multiplier: float
    forces: int
    target: float
    phi: float
    tau2: float
    eligible: Mask
    value: Array
    denominator: Array
    z: Array

    @property
    def scale(self) -> str:
        """The scale on which forces are compared: there the variance barely depends on the value."""
        return "arcsine of the square root" if self.kind == "share" else "square root"

    def limits(self, denominator: Numbers, level: float = 0.95) -> tuple[Array, Array]:
        """Return the lower and upper limits, in the measure's unit, for forces of these denominators."""
        sizes = np.atleast_1d(np.asarray(denominator, dtype=np.float64))
        target = self.target / self.multiplier
        error = _adjusted(np.sqrt(_variance(self.kind, target, sizes)), self.overdispersion, self.phi, self.tau2)
        centre = _transformed(self.kind, np.asarray(target))
        lower, upper = (centre + sign * normal_quantile(level) * error for sign in (-1, 1))
        return _restored(self.kind, lower) * self.multiplier, _restored(self.kind, upper) * self.multiplier


def funnel_for(
    numerator: Numbers,
    denominator: Numbers,
    kind: Kind,
    multiplier: float = 1,
    eligible: npt.ArrayLike | None = None,
    overdispersion: Overdispersion = "additive",
    winsorised: float = WINSORISED,
    fewest: int = FEWEST_FORCES,
    target: float | None = None,
) -> Funnel:
    """Return the funnel of a measure over forces, one row each in the order given.

    A force that is not eligible, or lacks a number, enters neither the target nor phi nor tau-squared. `target` is what
    forces are set against, in the measure's unit; by default it is the median of the eligible forces' values, since one
    large force would draw the sum over sum towards its own value.

    Raises NotEnoughForcesError below `fewest` eligible forces, and ValueError for a share above its total or a target
    that is not above zero, or above the whole of a share.
    """
    counts, sizes = (np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in (numerator, denominator))
    if kind == "share" and (counts > sizes).any():
        raise ValueError(f"row {int(np.argmax(counts > sizes))}: a count above its total is a ratio, not a share")
    present = (counts >= 0) & (sizes > 0)
    chosen = present if eligible is None else present & np.asarray(eligible, dtype=bool)
    forces = int(chosen.sum())
    if forces < fewest:
        raise NotEnoughForcesError(f"A funnel needs at least {fewest} forces with a comparable value; found {forces}.")
    value = np.divide(counts, sizes, out=np.full(sizes.shape, np.nan), where=present)
    centre = float(np.median(value[chosen])) if target is None else target / multiplier
    if not centre > 0:
        raise ValueError(f"a funnel needs a target above zero; found {centre * multiplier}")
    if kind == "share" and centre > 1:
        raise ValueError(f"a share's target is at most the whole; found {centre * multiplier:g}")

    error = np.sqrt(_variance(kind, centre, np.where(present, sizes, np.nan)))
    naive_z = (_transformed(kind, value) - _transformed(kind, np.asarray(centre))) / error
    phi = float(winsorised_phi(naive_z[chosen], winsorised))
    tau2 = float(additive_tau2(phi, error[chosen] ** 2))
    z = naive_z * error / _adjusted(error, overdispersion, phi, tau2)
    return Funnel(
        kind=kind,
        overdispersion=overdispersion,
        winsorised=winsorised,
        multiplier=multiplier,
        forces=forces,
        target=centre * multiplier,
        phi=phi,
        tau2=tau2,
        eligible=chosen,
        value=value * multiplier,
        denominator=sizes,
        z=z,
    )


def winsorised_phi(z: Array, share: float = WINSORISED) -> Array:
    """Return the mean squared z after pulling the outermost `share` at each end in to its quantile.

    The last axis is that of the forces; there may be others, for several draws at once. About 1 means no more spread
    than chance (0.68 at 10%, because winsorising also trims chance itself; as in the published method, that is not
    scaled back).
    """
    lowest, highest = np.quantile(z, [share, 1 - share], axis=-1, keepdims=True)
    return np.asarray(np.mean(np.clip(z, lowest, highest) ** 2, axis=-1))


def additive_tau2(phi: float | Array, variances: Array) -> Array:
    """Return the variance between forces beyond chance: the moment estimate of DerSimonian and Laird (1986), 0 or more.

    `phi` is the mean squared z of the same forces, so that phi times their number is their heterogeneity statistic.
    """
    weights = 1 / variances
    spread = weights.sum() - (weights**2).sum() / weights.sum()
    return np.asarray(np.maximum(0.0, (weights.size * np.asarray(phi) - (weights.size - 1)) / spread))


def _variance(kind: Kind, target: float, denominator: Array) -> Array:
    """Return the chance variance on the transformed scale, by the delta method at the target."""
    return (1 + target if kind == "ratio" else 1.0) / (4 * denominator)


def _adjusted(error: Array, overdispersion: Overdispersion, phi: float | Array, tau2: float | Array) -> Array:
    """Return standard errors of chance on the transformed scale, widened for overdispersion."""
    if overdispersion == "additive":
        return np.asarray(np.sqrt(error**2 + tau2))
    return np.asarray(error * np.sqrt(np.maximum(1.0, phi))) if overdispersion == "multiplicative" else error


def _transformed(kind: Kind, value: Array) -> Array:
    return np.asarray(np.arcsin(np.sqrt(value)) if kind == "share" else np.sqrt(value))


def _restored(kind: Kind, transformed: Array) -> Array:
    if kind == "share":
        return np.asarray(np.sin(np.clip(transformed, 0, math.pi / 2)) ** 2)
    return np.asarray(np.maximum(transformed, 0) ** 2)


@dataclass(frozen=True)
class ExpectedByChance:
    """How many of so many tests fall outside the funnel limits when no force truly stands out.

    `nominal` is the level's own share, `overdispersed` that where forces differ as much as they are seen to, simulated.
    It is more: limits made from a few dozen forces, the outermost pulled in, are sometimes too narrow.
    """

    tests: int
    level: float
    nominal: float
    overdispersed: float


def expected_by_chance(funnels: Sequence[Funnel], level: float) -> ExpectedByChance:
    """Return how many flags of the chance test to expect over all forces that these funnels rest on."""
    tests = sum(funnel.forces for funnel in funnels)
    nominal = 2 * (1 - NormalDist().cdf(normal_quantile(level)))
    overdispersed = sum(funnel.forces * share_outside(funnel, level) for funnel in funnels)
    return ExpectedByChance(tests, level, tests * nominal, overdispersed)


def share_outside(funnel: Funnel, level: float) -> float:
    """Return the share of forces that fall outside a funnel's limits when all are drawn from one population of forces.

    Forces of its sizes are drawn around one centre, with tau-squared between them and chance within; each draw gets
    limits by the funnel's own method.
    """
    sizes = funnel.denominator[funnel.eligible]
    error = np.sqrt(_variance(funnel.kind, funnel.target / funnel.multiplier, sizes))
    drawn = np.random.default_rng(SEED).standard_normal((DRAWS, sizes.size)) * np.sqrt(error**2 + funnel.tau2)
    apart = drawn - np.median(drawn, axis=-1, keepdims=True)
    phi = winsorised_phi(apart / error, funnel.winsorised)[:, np.newaxis]
    limits = normal_quantile(level) * _adjusted(error, funnel.overdispersion, phi, additive_tau2(phi, error**2))
    return float(np.mean(np.abs(apart) > limits))


@dataclass(frozen=True)
class ControlLimits:
    """The centre line and natural process limits of a series, and which of the points `shown` lie outside."""

    centre: float
    lower: float
    upper: float
    shown: int
    outside: npt.NDArray[np.bool_]

    @property
    def is_stable(self) -> bool:
        """Whether at most a third of points lie outside: else the series has moved, and one outside says nothing."""
        return OFTEN * int(self.outside.sum()) <= self.shown


def control_limits(values: Numbers, fewest: int = FEWEST_POINTS) -> ControlLimits:
    """Return XmR limits of counts or rates, mean -+ 2.66 * mean moving range, the lower one not below 0.

    The points must not share counts: moving ranges take two consecutive points as independent. With sums of 12 months
    that follow each other by a quarter, most points would lie outside; quarters, or years in turn, are right. A missing
    point is left out and so are both moving ranges that touch it. A series with a break in recording is to be cut there
    first, one call a part, comparable or not. Look at `is_stable` before speaking of a point outside.

    Raises ValueError with fewer than `fewest` points, or with no two consecutive ones. Source: Wheeler (1993),
    Understanding Variation: The Key to Managing Chaos.
    """
    series = np.atleast_1d(np.asarray(values, dtype=np.float64))
    points = int(np.isfinite(series).sum())
    ranges = np.abs(np.diff(series))
    if points < fewest or not np.isfinite(ranges).any():
        raise ValueError(f"control limits need at least {fewest} points, two of them consecutive; found {points}")
    centre, reach = float(np.nanmean(series)), XMR_FACTOR * float(np.nanmean(ranges))
    lower, upper = max(centre - reach, 0), centre + reach
    return ControlLimits(centre, lower, upper, points, (series < lower) | (series > upper))
