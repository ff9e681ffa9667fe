"""How many flags chance alone would give: against draws made here, and what the note says."""

import numpy as np
import pytest

from peel_analysis.statistics.limits import Funnel, expected_by_chance, funnel_for, share_outside

LEVEL = 0.998


def forces_that_differ(spread: float, seed: int) -> Funnel:
    """Return the funnel of 42 invented forces of very different sizes, the standard deviation of their rates given."""
    source = np.random.default_rng(seed)
    populations = np.exp(source.normal(14, 0.6, 42))
    rates = np.maximum(0.06 * (1 + spread * source.standard_normal(42)), 0)
    return funnel_for(source.poisson(populations * rates).astype(float), populations, "rate", 1000)


def test_the_share_is_what_other_draws_of_such_forces_show() -> None:
    drawn = [forces_that_differ(0.2, seed) for seed in range(600)]
    seen = np.mean([np.abs(funnel.z) > 3.090232 for funnel in drawn])
    foretold = np.mean([share_outside(funnel, LEVEL) for funnel in drawn[:20]])
    assert foretold == pytest.approx(seen, rel=0.25)
    assert foretold > 5 * 0.002, "limits that are made from the forces themselves are too narrow at times"


def test_where_forces_do_not_differ_it_is_the_share_of_the_level() -> None:
    funnel = forces_that_differ(0, seed=5)
    assert funnel.tau2 == 0
    assert share_outside(funnel, LEVEL) == pytest.approx(0.002, abs=0.001)


def test_it_is_the_same_each_time() -> None:
    assert share_outside(forces_that_differ(0.2, 1), LEVEL) == share_outside(forces_that_differ(0.2, 1), LEVEL)


def test_flags_add_up_over_the_funnels() -> None:
    one, two = forces_that_differ(0.2, 1), forces_that_differ(0.1, 2)
    found = expected_by_chance([one, two], LEVEL)
    assert (found.tests, found.level) == (84, LEVEL)
    assert found.nominal == pytest.approx(84 * 0.002)
    assert found.overdispersed == pytest.approx(42 * (share_outside(one, LEVEL) + share_outside(two, LEVEL)))
