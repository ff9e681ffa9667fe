"""A measure result as a picture: a matplotlib figure that carries its alternative text, and the same as SVG."""

from peel_analysis.figures.figure import Figure, as_svg
from peel_analysis.figures.funnel import funnel_plot, funnel_svg
from peel_analysis.figures.narrow import narrow_form
from peel_analysis.figures.ranked import change_strip, compared_bars, ranked_bars, ranked_svg, strip_svg
from peel_analysis.figures.spine import spine_chart, spine_of, spine_svg
from peel_analysis.figures.spread import spread_bars
from peel_analysis.figures.trend import compared_lines, limits_by_part, quarter_lines, trend_lines

__all__ = ["Figure", "as_svg", "change_strip", "compared_bars", "compared_lines", "funnel_plot", "funnel_svg"]
__all__ += ["limits_by_part", "narrow_form"]
__all__ += ["quarter_lines", "ranked_bars", "ranked_svg", "spine_chart", "spine_of", "spine_svg", "spread_bars"]
__all__ += ["strip_svg", "trend_lines"]
