"""A measure result as a picture."""

from peel_analysis.figures.drawing import ranked_svg
from peel_analysis.figures.ranked import ranked_bars

__all__ = ["ranked_bars", "ranked_svg"]
