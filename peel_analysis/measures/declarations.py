"""Until every caller is handed a data folder."""

from peel_analysis.data.definitions import MEASURES, Measure, Part
from peel_analysis.data.folder import open_data

__all__ = ["MEASURES", "Measure", "Part", "declared", "get"]


def declared() -> tuple[Measure, ...]:
    """Return the measures of the data folder in use."""
    return tuple(open_data().measures)


def get(measure_id: str) -> Measure:
    """Return a measure of the data folder in use."""
    return open_data().measure(measure_id)
