"""Where a force's change lies among all forces' changes: one dot a force, one force picked out."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from peel_analysis.data import forces
from peel_analysis.figures.lettering import BOLD, alignment, width_of
from peel_analysis.figures.pick_out import part_id, roles
from peel_analysis.figures.style import DARK_BLUE, DARK_PINK, FOCUS_GREY, OUTLINE, analysis_function
from peel_analysis.measures import Result
from peel_analysis.show.marks import mark
from peel_analysis.show.words import value_in_words
from peel_analysis.statistics.intervals import Array

WIDTH, HEIGHT = 7.6, 1.9  # inches
LEFT, ACROSS = 0.03, 0.94  # of the width
DOT, EDGE, DIAMOND, SIZE = 5.5, 0.6, 9, 9  # points, the last that of words
MARGIN = 0.05  # beside the outermost values, as a share of their span


def change_strip(result: Result, force_id: str | None) -> Figure:
    """Return the figure of a measure's values along one line, with `force_id` picked out and named.

    With None it is the drawing that any force can be picked out of as SVG: it holds each one's own mark and name.
    Nothing but these depends on the picked force. Raises ValueError when no force has a value.
    """
    values = result.plotted["value"]
    if values.empty:
        raise ValueError(f"{result.measure.id}: no force has a value to draw")
    with analysis_function():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((LEFT, 0.2, ACROSS, 0.5))
        _scale(axes, result)
        _national(axes, result)
        for (row_id, value), height in zip(values.items(), _heights(figure, axes, values), strict=True):
            for role in roles(str(row_id), force_id):
                if role == "own":
                    _own(axes, result, str(row_id), value, height)
                else:
                    _dot(axes, str(row_id), value, height)
    return figure


def _scale(axes: Axes, result: Result) -> None:
    """Set the limits: zero, all values and England and Wales within them, whoever is picked out."""
    shown = [0.0, *result.plotted["value"]]
    if not result.national.is_missing:
        shown.append(result.national.value)
    margin = MARGIN * (max(shown) - min(shown) or 1)
    axes.set_xlim(min(shown) - margin, max(shown) + margin)
    axes.set_ylim(0.5, -0.5)
    axes.tick_params(axis="x", length=0)
    axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:+.0f}%" if tick else "0%")
    axes.axvline(0, color=OUTLINE, linewidth=0.8, zorder=0)


def _national(axes: Axes, result: Result) -> None:
    if result.national.is_missing:
        return
    value = result.national.value
    axes.axvline(value, color=DARK_PINK, linewidth=1.6, linestyle=(0, (5, 2)))
    words = f"England and Wales {value_in_words(result.measure, value)}"
    _words(axes, words, value, 3, DARK_PINK)


def _words(axes: Axes, words: str, value: float, above: float, colour: str, gid: str | None = None) -> None:
    """Write words over the strip at a value, `above` points over its upper edge."""
    left, right = axes.get_xlim()
    place = WIDTH * (LEFT + ACROSS * (value - left) / (right - left))
    axes.annotate(
        words, (value, 1), (0, above), xycoords=("data", "axes fraction"), textcoords="offset points",
        ha=alignment(place, BOLD * width_of(words, SIZE), WIDTH), va="bottom", color=colour, fontsize=SIZE,
        fontweight="bold", gid=gid, annotation_clip=False,
    )  # fmt: skip


def _heights(figure: Figure, axes: Axes, values: pd.Series) -> Array:
    """Return how high each dot stands so that no two meet, as seaborn places them; the scale must be set."""
    sns.swarmplot(x=values.to_numpy(), ax=axes, linewidth=EDGE, size=DOT)
    figure.draw_without_rendering()  # seaborn places the dots only when they are drawn
    (dots,) = axes.collections
    heights = np.asarray(dots.get_offsets())[:, 1]
    dots.remove()
    axes.set(xlabel="", yticks=[])
    return heights


def _dot(axes: Axes, row_id: str, value: float, height: float) -> None:
    axes.plot(
        [value], [height], linestyle="", marker="o", markersize=DOT, markerfacecolor=FOCUS_GREY,
        markeredgecolor=OUTLINE, markeredgewidth=EDGE, zorder=3, gid=part_id("other", "mark", row_id),
    )  # fmt: skip


def _own(axes: Axes, result: Result, row_id: str, value: float, height: float) -> None:
    axes.plot(
        [value], [height], linestyle="", marker="D", markersize=DIAMOND, markerfacecolor=DARK_BLUE,
        markeredgecolor="black", zorder=6, gid=part_id("own", "mark", row_id),
    )  # fmt: skip
    axes.axvline(value, color=DARK_BLUE, linewidth=0.8, zorder=1, gid=part_id("own", "line", row_id))
    words = f"{forces.display_name(row_id)} {value_in_words(result.measure, value)} {mark(result.of(row_id).status)}"
    _words(axes, words.strip(), value, 17, DARK_BLUE, part_id("own", "name", row_id))
