"""The scale of a chart drawn by hand: matplotlib's ticks look the same and take half of the time of a small drawing."""

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

PAD = 3.5  # points between the chart and what stands beside it
ROUNDING = 1e-10  # by which a level at the very edge may miss it, as a share of the chart


def levels(axes: Axes) -> None:
    """Draw a line across the chart, with its number to the left, at each of the values that matplotlib would choose.

    The limits must be set. The axes' own ticks are to be off.
    """
    low, high = axes.get_ylim()
    chosen = axes.yaxis.get_majorticklocs()
    numbers = axes.yaxis.get_major_formatter().format_ticks(list(chosen))
    slack = ROUNDING * (high - low)
    shown = [
        (float(level), number)
        for level, number in zip(chosen, numbers, strict=True)
        if low - slack <= level <= high + slack
    ]
    lines = LineCollection(
        [[(0, level), (1, level)] for level, _ in shown],
        transform=axes.get_yaxis_transform(),
        colors=mpl.rcParams["grid.color"],
        linewidths=mpl.rcParams["grid.linewidth"],
        capstyle="projecting",
        zorder=0.5,
    )
    axes.add_artist(lines)
    for level, number in shown:
        axes.annotate(
            number, (0, level), (-PAD, 0), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
            ha="right", va="center_baseline", color=mpl.rcParams["ytick.labelcolor"], annotation_clip=False,
        )  # fmt: skip


def words_below(axes: Axes, places: Sequence[float], words: Sequence[str]) -> None:
    """Write words under the chart at these places along its width."""
    for place, text in zip(places, words, strict=True):
        axes.annotate(
            text, (place, 0), (0, -PAD), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
            ha="center", va="top", color=mpl.rcParams["xtick.labelcolor"], annotation_clip=False,
        )  # fmt: skip
