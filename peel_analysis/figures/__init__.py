"""A measure result as a picture."""

from peel_analysis.figures.drawing import funnel_svg, ranked_svg, strip_svg
from peel_analysis.figures.funnel import funnel_plot
from peel_analysis.figures.ranked import ranked_bars
from peel_analysis.figures.trend import limits_by_part, trend_lines

__all__ = ["funnel_plot", "funnel_svg", "limits_by_part", "ranked_bars", "ranked_svg", "strip_svg", "trend_lines"]
