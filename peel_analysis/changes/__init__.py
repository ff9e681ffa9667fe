"""What changed between two versions of the values, and why: one input swapped at a time; the parts add up."""

from peel_analysis.changes.between import Changes, changes_between
from peel_analysis.changes.versions import Version, open_version

__all__ = ["Changes", "Version", "changes_between", "open_version"]
