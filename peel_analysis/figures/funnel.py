"""Funnel plot: each force's value against its size, with the limits that chance and the forces' own spread set."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from peel_analysis.comparison import Compared
from peel_analysis.comparison.verdicts import LEVELS
from peel_analysis.data import forces
from peel_analysis.data.text import whole
from peel_analysis.figures.funnel_names import MARK, NAME, places_of_names
from peel_analysis.figures.lettering import Place
from peel_analysis.figures.pick_out import Role, part_id, roles
from peel_analysis.figures.style import DARK_BLUE, DARK_PINK, FOCUS_GREY, OUTLINE, analysis_function
from peel_analysis.statistics.funnel import Funnel
from peel_analysis.statistics.intervals import Array

WIDTH, HEIGHT = 7.6, 4.2  # inches
POINTS = 120  # of a line
MARGIN = 0.05  # beside the outermost forces and above the highest, as a share of the axis
DASHES = ((4, 2), (1, 1.5))  # of the limits at each level


def funnel_plot(compared: Compared, force_id: str | None) -> Figure:
    """Return the funnel of a measure with `force_id` picked out.

    With None it is the drawing that any force can be picked out of as SVG: it holds each one's own mark and name. Sizes
    are on a logarithmic scale, so that the Metropolitan Police does not squeeze the rest to one side. Forces that take
    no part in the limits are hollow, and drawn only when picked out. Raises ValueError for a measure whose funnel is
    refused.
    """
    funnel = compared.funnel
    if funnel is None:
        raise ValueError(compared.funnel_refused)
    with analysis_function():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.08, 0.13, 0.88, 0.76))
        sizes = _sizes(funnel)
        _scale(axes, funnel, sizes)
        _limits(axes, funnel, sizes)
        _levels(axes, compared)
        _forces(axes, compared, force_id, float(sizes[-1]))
        _labels(axes, compared)
    return figure


def _sizes(funnel: Funnel) -> Array:
    """Return the sizes at which the limits are drawn: to a little beyond those of the forces that they rest on."""
    drawn = funnel.denominator[funnel.eligible & np.isfinite(funnel.value)]
    return np.geomspace(drawn.min() * 0.9, drawn.max() * 1.1, POINTS)


def _scale(axes: Axes, funnel: Funnel, sizes: Array) -> None:
    """Set the axes so that the limits and every force with a value are within them, whoever is picked out."""
    known = np.isfinite(funnel.value[:-1])
    across = np.log([*sizes[[0, -1]], *funnel.denominator[:-1][known]])
    margin = MARGIN * (across.max() - across.min())
    highest = max(funnel.value[:-1][known].max(), *(funnel.limits(sizes, level)[1].max() for level in LEVELS))
    axes.set_xscale("log")
    axes.set_xlim(np.exp(across.min() - margin), np.exp(across.max() + margin))
    axes.set_ylim(0, (1 + MARGIN) * highest)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: whole(size)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(visible=True, axis="y")
    axes.tick_params(axis="both", length=0, which="both")


def _limits(axes: Axes, funnel: Funnel, sizes: Array) -> None:
    for level, dashes in zip(LEVELS, DASHES, strict=True):
        lines = funnel.limits(sizes, level)
        for line, side in zip(lines, ("lower", "upper"), strict=True):
            axes.plot(sizes, line, color=OUTLINE, linewidth=1.2, linestyle=(0, dashes), gid=f"limit-{level}-{side}")
        axes.annotate(
            f"{100 * level:g}%", (sizes[-1], lines[1][-1]), (3, 0), textcoords="offset points",
            va="center", fontsize=8, color=OUTLINE, annotation_clip=False,
        )  # fmt: skip


def _levels(axes: Axes, compared: Compared) -> None:
    """Draw what the limits stand on, and England and Wales."""
    assert compared.funnel is not None
    axes.axhline(compared.funnel.target, color=OUTLINE, linewidth=0.8, gid="middle")
    if not compared.result.national.is_missing:
        axes.axhline(compared.result.national.value, color=DARK_PINK, linewidth=1.6, linestyle=(0, (5, 2)))


def _forces(axes: Axes, compared: Compared, force_id: str | None, end: float) -> None:
    """Draw the marks and names in the roles that they have; no name goes beyond the size `end`."""
    funnel = compared.funnel
    assert funnel is not None
    names = places_of_names(axes, compared, end)
    for row, row_id in enumerate(compared.force_ids[:-1]):
        if not np.isfinite(funnel.value[row]):
            continue
        at = (float(funnel.denominator[row]), float(funnel.value[row]))
        for role in roles(row_id, force_id):
            if role == "own" or funnel.eligible[row]:
                _mark(axes, role, row_id, at, hollow=not funnel.eligible[row])
            if (role, row_id) in names:
                _name(axes, role, row_id, at, names[role, row_id])


def _mark(axes: Axes, role: Role, row_id: str, at: tuple[float, float], *, hollow: bool) -> None:
    own = role == "own"
    axes.plot(
        [at[0]], [at[1]], linestyle="", marker="D" if own else "o", markersize=9 if own else MARK,
        zorder=5 if own else 3, markerfacecolor="white" if hollow else DARK_BLUE if own else FOCUS_GREY,
        markeredgecolor=DARK_BLUE if own else OUTLINE, gid=part_id(role, "mark", row_id),
    )  # fmt: skip


def _name(axes: Axes, role: Role, row_id: str, at: tuple[float, float], place: Place) -> None:
    axes.annotate(
        forces.display_name(row_id), at, place, textcoords="offset points", ha=place.alignment, fontsize=NAME,
        fontweight="bold" if role == "own" else "normal", gid=part_id(role, "name", row_id),
    )  # fmt: skip


def _labels(axes: Axes, compared: Compared) -> None:
    measure = compared.result.measure
    per_head = "population" in measure.denominator.items
    axes.set_xlabel(f"{'Population' if per_head else 'Crimes recorded'} (logarithmic scale)")
    axes.annotate(
        f"{measure.unit[:1].upper()}{measure.unit[1:]}; dashed line: England and Wales; limits around the middle force",
        (0, 1), (-24, 10), xycoords="axes fraction", textcoords="offset points", ha="left",
    )  # fmt: skip
