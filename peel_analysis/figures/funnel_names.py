"""Which forces a funnel names, and where each name stands."""

import numpy as np
from matplotlib.axes import Axes

from peel_analysis.comparison import Compared
from peel_analysis.comparison.verdicts import LEVELS
from peel_analysis.data import forces
from peel_analysis.figures.lettering import PLACES, Box, Place, Surroundings, best_place, box_around, box_of
from peel_analysis.figures.pick_out import Role
from peel_analysis.statistics.funnel import Funnel
from peel_analysis.statistics.intervals import Array, normal_quantile

NAMED = normal_quantile(
    LEVELS[-1]
)  # standard errors off the target, the outer limit: beyond it a force is named whoever is picked out
NAME, MARK = 9, 5.5  # points
OVER = 8  # points above the axes that a name may reach


def places_of_names(axes: Axes, compared: Compared, end: float) -> dict[tuple[Role, str], Place]:
    """Return where the names stand: those of forces beyond the outer limits, and each force's own as the picked one.

    The picked force's name gives way to the others, so that those stand where they do whoever is picked out. No name
    goes beyond the size `end`, where the words for the limits are. The scale of the axes must be set.
    """
    funnel = compared.funnel
    assert funnel is not None
    sizes = np.where(np.isfinite(funnel.value), funnel.denominator, np.nan)[:-1]
    middles, lines, room = _in_points(axes, sizes, funnel.value[:-1]), _lines(axes, funnel, sizes), _room(axes, end)
    marks = {row: box_around(middles[row], MARK) for row in _taking_part(funnel)}
    found: dict[tuple[Role, str], Place] = {}
    standing: dict[int, Box] = {}
    for role, row in _named(funnel):
        name = forces.display_name(compared.force_ids[row])
        boxes = {place: box_of(name, NAME, middles[row], place, bold=role == "own") for place in PLACES}
        others = [box for other, box in marks.items() if other != row]
        words = [box for other, box in standing.items() if other != row]
        place = best_place(boxes, Surroundings(room, others, words, lines[row]))
        found[role, compared.force_ids[row]] = place
        if role == "other":
            standing[row] = boxes[place]
    return found


def _named(funnel: Funnel) -> list[tuple[Role, int]]:
    """Return the names by their rows in the order in which they are placed."""
    outside: list[tuple[Role, int]] = [("other", row) for row in _taking_part(funnel) if abs(funnel.z[row]) > NAMED]
    return outside + [("own", int(row)) for row in np.flatnonzero(np.isfinite(funnel.value[:-1]))]


def _taking_part(funnel: Funnel) -> list[int]:
    return [int(row) for row in np.flatnonzero(funnel.eligible & np.isfinite(funnel.value))]


def _in_points(axes: Axes, sizes: Array, values: Array) -> list[tuple[float, float]]:
    """Return places on the axes in points from the drawing's lower left corner; a force without a value is nowhere."""
    dots = axes.transData.transform(np.column_stack([sizes, values]))
    return [(float(across), float(up)) for across, up in dots * 72 / axes.figure.dpi]


def _lines(axes: Axes, funnel: Funnel, sizes: Array) -> list[list[float]]:
    """Return for each force the heights of the limits and of the target at its size."""
    limits = [line for level in LEVELS for line in funnel.limits(sizes, level)]
    columns = [_in_points(axes, sizes, line) for line in (*limits, np.full_like(sizes, funnel.target))]
    return [[up for _, up in row] for row in zip(*columns, strict=True)]


def _room(axes: Axes, end: float) -> Box:
    (left, right), (lower, upper) = axes.get_xlim(), axes.get_ylim()
    corners = _in_points(axes, np.array([left, min(end, right)]), np.array([lower, upper]))
    return Box(*corners[0], corners[1][0], corners[1][1] + OVER)
