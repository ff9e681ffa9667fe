"""Where a force's change lies among all forces' changes: one dot a force, one force picked out."""

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from peel_analysis import forces
from peel_analysis.figures.style import DARK_BLUE, DARK_PINK, FOCUS_GREY, OUTLINE, analysis_function
from peel_analysis.measures import Result
from peel_analysis.wording import value_in_words

WIDTH, HEIGHT = 7.6, 1.9  # inches


def change_strip(result: Result, force_id: str) -> Figure:
    """Return the figure of a measure's values along one line, with `force_id` picked out and named.

    Raises ValueError when no force has a value.
    """
    values = result.plotted["value"]
    if values.empty:
        raise ValueError(f"{result.measure.id}: no force has a value to draw")
    with analysis_function():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.03, 0.2, 0.94, 0.5))
        others = values.drop(force_id, errors="ignore").to_numpy()
        sns.swarmplot(x=others, ax=axes, color=FOCUS_GREY, edgecolor=OUTLINE, linewidth=0.6, size=5.5)
        _national(axes, result)
        if force_id in values.index:
            _own(axes, result, force_id)
        _scale(axes, result)
    return figure


def _national(axes: Axes, result: Result) -> None:
    if result.national.is_missing:
        return
    value = result.national.value
    axes.axvline(value, color=DARK_PINK, linewidth=1.6, linestyle=(0, (5, 2)))
    words = f"England and Wales {value_in_words(result.measure, value)}"
    axes.annotate(
        words, (value, 1), (0, 3), xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
        va="bottom", color=DARK_PINK, fontweight="bold",
    )  # fmt: skip


def _own(axes: Axes, result: Result, force_id: str) -> None:
    value = result.of(force_id).value
    axes.plot([value], [0], marker="D", markersize=9, color=DARK_BLUE, markeredgecolor="black", zorder=6)
    words = f"{forces.display_name(force_id)} {value_in_words(result.measure, value)}"
    axes.annotate(
        words, (value, 1), (0, 17), xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
        va="bottom", color=DARK_BLUE, fontweight="bold", annotation_clip=False,
    )  # fmt: skip
    axes.axvline(value, color=DARK_BLUE, linewidth=0.8, zorder=1)


def _scale(axes: Axes, result: Result) -> None:
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0)
    axes.axvline(0, color=OUTLINE, linewidth=0.8, zorder=0)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0), high)
    axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:+.0f}%" if tick else "0%")
    axes.set_xlabel("")
