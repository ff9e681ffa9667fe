"""Intervals, limits of funnels and series, ranks and verdicts: arithmetic on arrays that knows no force by name."""
