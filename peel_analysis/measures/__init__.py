"""Measures declared in `data/measures.toml`, and the one engine that calculates all of them."""

from peel_analysis.data.definitions import Measure, Part
from peel_analysis.measures.calculation import calculate, calculate_all
from peel_analysis.measures.result import Result, Value
from peel_analysis.measures.series import Series, quarterly, rolling

__all__ = ["Measure", "Part", "Result", "Series", "Value", "calculate", "calculate_all", "quarterly", "rolling"]
