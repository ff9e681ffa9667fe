"""What chance alone would flag: how many of many comparisons fall outside funnel limits though no force stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from peel_analysis.statistics.funnel import Funnel, additive_tau2, adjusted, variance_of, winsorised_phi
from peel_analysis.statistics.intervals import normal_quantile

DRAWS = 4000  # of all forces of a funnel: their mean is then within about 0.1 of a flag over a whole edition
SEED = 2017  # any will do; a fixed one makes the number the same on each run


@dataclass(frozen=True)
class ExpectedByChance:
    """How many of so many tests fall outside the funnel limits when no force truly stands out.

    `nominal`: the level's own share. `overdispersed`: where forces differ among themselves as much as they are seen to,
    by a simulation of each funnel. That is more, because limits that are made from a few dozen forces, the outermost
    pulled in, are sometimes too narrow.
    """

    tests: int
    level: float
    nominal: float
    overdispersed: float

    def sentence(self) -> str:
        """Return the note on multiple comparisons."""
        return (
            f"{self.tests:,} comparisons with {self.level:.1%} limits, over all forces and these figures: about "
            f"{self.nominal:.1f} would fall outside by chance alone, and about {self.overdispersed:.1f} where forces "
            "differ among themselves by more than chance. The size and position tests remove some of these."
        )


def expected_by_chance(funnels: Sequence[Funnel], level: float) -> ExpectedByChance:
    """Return how many flags of the chance test to expect over all forces that these funnels rest on."""
    tests = sum(funnel.forces for funnel in funnels)
    nominal = 2 * (1 - NormalDist().cdf(normal_quantile(level)))
    overdispersed = sum(funnel.forces * share_outside(funnel, level) for funnel in funnels)
    return ExpectedByChance(tests, level, tests * nominal, overdispersed)


def share_outside(funnel: Funnel, level: float) -> float:
    """Return the share of forces that fall outside a funnel's limits when all are drawn from one population of forces.

    Forces of the funnel's own sizes are drawn again and again around one centre, with its tau-squared between them and
    the variance of chance within. Each draw gets limits by the funnel's own method.
    """
    sizes = funnel.denominator[funnel.eligible]
    error = np.sqrt(variance_of(funnel.kind, funnel.target / funnel.multiplier, sizes))
    drawn = np.random.default_rng(SEED).standard_normal((DRAWS, sizes.size)) * np.sqrt(error**2 + funnel.tau2)
    apart = drawn - np.median(drawn, axis=-1, keepdims=True)
    phi = winsorised_phi(apart / error, funnel.winsorised)[:, np.newaxis]
    limits = normal_quantile(level) * adjusted(error, funnel.overdispersion, phi, additive_tau2(phi, error**2))
    return float(np.mean(np.abs(apart) > limits))
