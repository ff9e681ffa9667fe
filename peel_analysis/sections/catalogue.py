"""Until every caller is handed a data folder."""

from peel_analysis.data.folder import open_data
from peel_analysis.data.settings import SectionPlan, TileGroup

Block = TileGroup
__all__ = ["Block", "SectionPlan", "TileGroup", "catalogue", "plan_of"]


def catalogue() -> tuple[SectionPlan, ...]:
    """Return the sections of the data folder in use."""
    return open_data().sections


def plan_of(section_id: str) -> SectionPlan:
    """Return a section of the data folder in use."""
    return open_data().section(section_id)
