"""Intervals, funnel limits, positions, verdicts and trends: arithmetic on arrays that knows no force by name."""
