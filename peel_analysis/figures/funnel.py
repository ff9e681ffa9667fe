"""Funnel plot: each force's value against its size, with the limits that chance and the forces' own spread set."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from peel_analysis import forces
from peel_analysis.comparison import Compared
from peel_analysis.figures.style import DARK_BLUE, DARK_PINK, FOCUS_GREY, OUTLINE, analysis_function
from peel_analysis.numbers import whole

WIDTH, HEIGHT = 7.6, 4.2  # inches
POINTS = 120


def funnel_plot(compared: Compared, force_id: str) -> Figure:
    """Return the funnel of a measure with `force_id` picked out.

    Sizes are on a logarithmic scale, so that the Metropolitan Police does not squeeze the rest to one side. Forces that
    take no part in the limits are hollow. Raises ValueError for a measure whose funnel is refused.
    """
    funnel = compared.funnel
    if funnel is None:
        raise ValueError(compared.funnel_refused)
    with analysis_function():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.08, 0.13, 0.88, 0.76))
        _limits(axes, compared)
        _points(axes, compared, force_id)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: whole(size)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.grid(visible=True, axis="y")
        axes.tick_params(axis="both", length=0, which="both")
        axes.set_ylim(bottom=0)
        _labels(axes, compared)
    return figure


def _limits(axes: Axes, compared: Compared) -> None:
    funnel = compared.funnel
    assert funnel is not None
    drawn = funnel.eligible & np.isfinite(funnel.value)
    sizes = np.geomspace(funnel.denominator[drawn].min() * 0.9, funnel.denominator[drawn].max() * 1.1, POINTS)
    for level, dashes, words in ((0.95, (4, 2), "95%"), (0.998, (1, 1.5), "99.8%")):
        for line, side in zip(funnel.limits(sizes, level), ("lower", "upper"), strict=True):
            axes.plot(sizes, line, color=OUTLINE, linewidth=1.2, linestyle=(0, dashes), gid=f"limit-{level}-{side}")
        axes.annotate(
            words, (sizes[-1], funnel.limits(sizes[-1:], level)[1][0]), (3, 0), textcoords="offset points",
            va="center", fontsize=8, color=OUTLINE, annotation_clip=False,
        )  # fmt: skip
    axes.axhline(funnel.target, color=DARK_PINK, linewidth=1.6, linestyle=(0, (5, 2)))


def _points(axes: Axes, compared: Compared, force_id: str) -> None:
    funnel = compared.funnel
    assert funnel is not None
    for row, row_id in enumerate(compared.force_ids[:-1]):
        if not np.isfinite(funnel.value[row]) or (not funnel.eligible[row] and row_id != force_id):
            continue
        own = row_id == force_id
        face = ("white" if not funnel.eligible[row] else DARK_BLUE) if own else FOCUS_GREY
        axes.plot(
            [funnel.denominator[row]], [funnel.value[row]], linestyle="", marker="D" if own else "o",
            markersize=9 if own else 5.5, markerfacecolor=face, markeredgecolor=DARK_BLUE if own else OUTLINE,
            zorder=5 if own else 3, gid=f"point-{row_id}",
        )  # fmt: skip
        if own or abs(funnel.z[row]) > 3.09:
            axes.annotate(
                forces.display_name(row_id), (funnel.denominator[row], funnel.value[row]), (7, 4),
                textcoords="offset points", fontweight="bold" if own else "normal",
            )  # fmt: skip


def _labels(axes: Axes, compared: Compared) -> None:
    measure = compared.result.measure
    per_head = "population" in measure.denominator.items
    axes.set_xlabel(f"{'Population' if per_head else 'Crimes recorded'} (logarithmic scale)")
    axes.annotate(
        f"{measure.unit[:1].upper()}{measure.unit[1:]}; dashed line: England and Wales; inner and outer limits",
        (0, 1), (-24, 10), xycoords="axes fraction", textcoords="offset points", ha="left",
    )  # fmt: skip
