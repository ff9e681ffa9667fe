"""Intervals, funnel limits, positions, verdicts and trends: arithmetic on arrays that knows no force by name."""

from peel_analysis.data.policy import Policy
from peel_analysis.statistics.chance import ExpectedByChance, expected_by_chance
from peel_analysis.statistics.funnel import Funnel, NotEnoughForcesError, funnel_for
from peel_analysis.statistics.intervals import (
    CASES_ARE_A_SAMPLE,
    COUNTS_NOT_SAMPLES,
    Interval,
    normal_quantile,
    poisson_limits,
    rate_change_interval,
    rate_interval,
    ratio_interval,
    share_change_interval,
    share_interval,
)
from peel_analysis.statistics.policy_in_use import read_policy
from peel_analysis.statistics.position import Position, RankRange, rank_range, robust_position
from peel_analysis.statistics.trend import ControlLimits, control_limits
from peel_analysis.statistics.verdict import Verdict, eligible, verdicts

__all__ = [
    "CASES_ARE_A_SAMPLE",
    "COUNTS_NOT_SAMPLES",
    "ControlLimits",
    "ExpectedByChance",
    "Funnel",
    "Interval",
    "NotEnoughForcesError",
    "Policy",
    "Position",
    "RankRange",
    "Verdict",
    "control_limits",
    "eligible",
    "expected_by_chance",
    "funnel_for",
    "normal_quantile",
    "poisson_limits",
    "rank_range",
    "rate_change_interval",
    "rate_interval",
    "ratio_interval",
    "read_policy",
    "robust_position",
    "share_change_interval",
    "share_interval",
    "verdicts",
]
