"""A measure result as a picture."""

from peel_analysis.figures.drawing import funnel_svg, ranked_svg, strip_svg
from peel_analysis.figures.ranked import ranked_bars

__all__ = ["funnel_svg", "ranked_bars", "ranked_svg", "strip_svg"]
