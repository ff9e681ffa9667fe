"""Measures declared in `data/measures.toml`, and the one engine that calculates all of them."""

from peel_analysis.measures.declarations import Measure, Part, declared, get
from peel_analysis.measures.engine import calculate
from peel_analysis.measures.result import Result, Value
from peel_analysis.measures.series import Series, quarterly, rolling

__all__ = ["Measure", "Part", "Result", "Series", "Value", "calculate", "declared", "get", "quarterly", "rolling"]
