"""Taking a published file, or a force's return, into the data folder: read whole, checked, then written or refused."""

from peel_analysis.intake.addition import Addition, plan

__all__ = ["Addition", "plan"]
