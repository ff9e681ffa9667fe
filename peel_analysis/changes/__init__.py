"""What moved between two sets of values, and why: one input swapped at a time, and the parts add up to the whole."""

from peel_analysis.changes.compared import Comparison, compare
from peel_analysis.changes.sides import Side, open_side

__all__ = ["Comparison", "Side", "compare", "open_side"]
