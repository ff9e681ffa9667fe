"""Funnel plot: each force's value against its size, with the limits that chance and the forces' own spread set."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from peel_analysis.comparison import Compared
from peel_analysis.comparison.verdicts import LEVELS, fields_in_words
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL
from peel_analysis.data.text import whole
from peel_analysis.figures import style
from peel_analysis.figures.figure import Chart, Figure, mark, write
from peel_analysis.figures.pick_out import Picked, drawn, picked_of, result_in_words, roles
from peel_analysis.figures.style import Role, analysis_function, width_of
from peel_analysis.measures import Measure
from peel_analysis.show.words import value_in_words
from peel_analysis.statistics.intervals import Array, normal_quantile
from peel_analysis.statistics.limits import Funnel

HEIGHT = 4.2  # inches
POINTS = 120  # of a line
MARGIN = 0.05  # beside the outermost forces and above the highest, as a share of the axis
DASHES = ((4, 2), (1, 1.5))  # of the limits at each level
NAMED = normal_quantile(LEVELS[-1])  # standard errors off the target, the outer limit: a force beyond is always named
NAME = 9  # points
OVER = 8  # points above the axes that a name may reach
ASCENT, DESCENT = 0.95, 0.3  # of a line of words with a little air, as shares of its size
CUT_OFF, NAME_OVER_NAME = 100, 10  # as bad as covering so many marks


def funnel_svg(compared: Compared, force_id: str) -> str:
    """Return the funnel of a measure as SVG text with `force_id` picked out."""
    return drawn("funnel", compared, compared.result.edition.forces.find(force_id), funnel_plot, _in_words)


def _in_words(compared: Compared) -> str:
    return f"{result_in_words(compared.result)}\n{fields_in_words(compared.funnel)}"


def funnel_plot(compared: Compared, force_ids: str | Iterable[str] | None = ()) -> Figure:
    """Return the funnel of a measure with one force or several picked out, or none.

    With None it is the drawing that any force can be picked out of as SVG: it holds each one's own mark and name. Sizes
    are on a logarithmic scale, so that the Metropolitan Police does not squeeze the rest to one side. Forces that take
    no part in the limits are hollow, and drawn only when picked out. Raises ValueError for a measure whose funnel is
    refused.
    """
    picked, funnel = picked_of(force_ids), compared.funnel
    if funnel is None:
        raise ValueError(compared.funnel_refused)
    with analysis_function():
        figure = Figure(HEIGHT, alt_text(compared, picked or ()), lambda: _data(compared, funnel))
        axes = figure.add_axes((0.08, 0.13, 0.88, 0.76), axes_class=Chart)
        sizes = _sizes(funnel)
        _scale(axes, funnel, sizes)
        _limits(axes, funnel, sizes)
        axes.axhline(funnel.target, color=style.OUTLINE, linewidth=0.8, gid="middle")
        if not compared.result.national.is_missing:
            value = compared.result.national.value
            figure.parts[ENGLAND_AND_WALES] = [axes.axhline(value, **style.NATIONAL_LINE)]
        _forces(figure, axes, compared, funnel, picked)
        measure = compared.result.measure
        axes.set_xlabel(f"{size_of(measure)} (logarithmic scale)")
        unit = f"{measure.unit[:1].upper()}{measure.unit[1:]}"
        key = f"{unit}; dashed line: England and Wales; limits around the middle force"
        write(axes, key, (0, 1), (-24, 10), "axes fraction", ha="left")
        return figure.marked(compared.result.edition.data.word)


def alt_text(compared: Compared, force_ids: Sequence[str]) -> str:
    """Return what the funnel shows: where each force lies, the middle of the forces, and England and Wales."""
    result = compared.result
    said = [f"Funnel plot of {result.measure.title}, {result.window.words}."]
    for force_id in force_ids:
        own, verdict = result.of(force_id), compared.verdicts[force_id]
        shown = "not shown" if own.is_missing else value_in_words(result.measure, own.value)
        place = "No place in the funnel." if verdict.chance is None else place_in_words(outside=verdict.chance)
        said.append(f"{result.edition.forces.official_name(force_id)}: {shown}. {place}")
    said.append(f"Middle of the forces: {middle_in_words(compared)}.")
    said.append(f"{NATIONAL}: {value_in_words(result.measure, result.national.value)}.")
    return " ".join(said)


def place_in_words(*, outside: bool) -> str:
    """Return the sentence that says on which side of the outer limits a force lies."""
    return f"It lies {'outside' if outside else 'within'} the outer limits."


def middle_in_words(compared: Compared) -> str:
    """Return the value that the limits of a funnel that is drawn stand on, as it is shown."""
    assert compared.funnel is not None
    return value_in_words(compared.result.measure, compared.funnel.target)


def size_of(measure: Measure) -> str:
    """Return what the size of a force is called."""
    return "Population" if "population" in measure.denominator.items else "Crimes recorded"


def _data(compared: Compared, funnel: Funnel) -> pd.DataFrame:
    """Return a row a force by force_id: name, size (denominator), value, z (robust standard errors), takes_part."""
    columns = {"size": funnel.denominator, "value": funnel.value, "z": funnel.z, "takes_part": funnel.eligible}
    data = pd.DataFrame(columns, index=pd.Index(compared.force_ids, name="force_id")).iloc[:-1]
    data.insert(0, "name", [compared.result.edition.forces.name(force_id) for force_id in data.index])
    return data


def _sizes(funnel: Funnel) -> Array:
    """Return the sizes at which the limits are drawn: to a little beyond those of the forces that they rest on."""
    rested_on = funnel.denominator[funnel.eligible & np.isfinite(funnel.value)]
    return np.geomspace(rested_on.min() * 0.9, rested_on.max() * 1.1, POINTS)


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
            axes.plot(
                sizes, line, color=style.OUTLINE, linewidth=1.2, linestyle=(0, dashes), gid=f"limit-{level}-{side}"
            )
        end, look = (sizes[-1], lines[1][-1]), {"va": "center", "fontsize": 8, "color": style.OUTLINE}
        write(axes, f"{100 * level:g}%", end, (3, 0), **look, annotation_clip=False)


def _forces(figure: Figure, axes: Axes, compared: Compared, funnel: Funnel, picked: Picked) -> None:
    """Draw the marks and names in the roles that they have; no name goes beyond the largest size of the limits."""
    names = places_of_names(axes, compared, funnel, picked)
    for row, row_id in enumerate(compared.force_ids[:-1]):
        if not np.isfinite(funnel.value[row]):
            continue
        at = (float(funnel.denominator[row]), float(funnel.value[row]))
        hollow = {} if funnel.eligible[row] else {"markerfacecolor": "white"}
        for role in roles(row_id, picked):
            if role == "own" or funnel.eligible[row]:
                figure.parts[row_id] = [mark(axes, role, row_id, at, **hollow)]
            if place := names.get((role, row_id)):
                weight = "bold" if role == "own" else "normal"
                name = compared.result.edition.forces.name(row_id)
                text = write(axes, name, at, place, ha=place.alignment, fontsize=NAME, fontweight=weight)
                text.set_gid(f"{role}-name-{row_id}")


class Place(NamedTuple):
    """Where words begin (to the left: end; over or under: are centred), in points from the middle of their mark."""

    across: float
    up: float

    @property
    def alignment(self) -> Literal["left", "center", "right"]:
        """How the words are aligned there."""
        return "left" if self.across > 0 else "right" if self.across < 0 else "center"


PLACES = (Place(7, 4), Place(7, -11), Place(-7, 4), Place(-7, -11), Place(0, 9), Place(0, -16))


class Box(NamedTuple):
    """The room that a mark or words take up, in points from the drawing's lower left corner."""

    left: float
    lower: float
    right: float
    upper: float

    def meets(self, other: "Box") -> bool:
        """Return whether two boxes overlap."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.upper <= other.lower or other.upper <= self.lower)

    def is_within(self, other: "Box") -> bool:
        """Return whether all of the box is in another."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.lower <= self.lower and self.upper <= other.upper


def box_around(middle: tuple[float, float], size: float) -> Box:
    """Return the room of a mark of this size."""
    return Box(middle[0] - size / 2, middle[1] - size / 2, middle[0] + size / 2, middle[1] + size / 2)


def box_of(name: str, size: float, mark: tuple[float, float], place: Place, *, bold: bool = False) -> Box:
    """Return the room of a name at a place beside the middle of its mark."""
    width = 72 * width_of(name, size) * (style.BOLD if bold else 1)
    start, baseline = mark[0] + place.across, mark[1] + place.up
    left = start - {"left": 0, "center": 0.5, "right": 1}[place.alignment] * width
    return Box(left, baseline - DESCENT * size, left + width, baseline + ASCENT * size)


def in_the_way(box: Box, room: Box, marks: Sequence[Box], words: Sequence[Box], lines: Sequence[float]) -> int:
    """Return how bad it is for words to stand in a box: past the room's edge, or on marks, words or level lines."""
    cut_off = 0 if box.is_within(room) else CUT_OFF
    covered = NAME_OVER_NAME * sum(map(box.meets, words)) + sum(map(box.meets, marks))
    return cut_off + covered + sum(box.lower < line < box.upper for line in lines)


def places_of_names(axes: Axes, compared: Compared, funnel: Funnel, picked: Picked) -> dict[tuple[Role, str], Place]:
    """Return where the names stand: those of forces beyond the outer limits, and each force's own as the picked one.

    A picked force's name gives way to the others, so that those stand where they do whoever is picked out; several
    picked ones give way to each other. No name goes beyond the ends of the limits, where the words for them are. The
    scale of the axes must be set.
    """
    sizes = np.where(np.isfinite(funnel.value), funnel.denominator, np.nan)[:-1]
    middles = _in_points(axes, sizes, funnel.value[:-1])
    limits = [line for level in LEVELS for line in funnel.limits(sizes, level)]
    columns = [_in_points(axes, sizes, line) for line in (*limits, np.full_like(sizes, funnel.target))]
    lines = [[up for _, up in row] for row in zip(*columns, strict=True)]  # their heights at each force's size
    (left, right), (lower, upper) = axes.get_xlim(), axes.get_ylim()
    corners = _in_points(axes, np.array([left, min(_sizes(funnel)[-1], right)]), np.array([lower, upper]))
    room = Box(*corners[0], corners[1][0], corners[1][1] + OVER)
    taking_part = [int(row) for row in np.flatnonzero(funnel.eligible & np.isfinite(funnel.value))]
    marks = {row: box_around(middles[row], style.SPOT) for row in taking_part}
    named: list[tuple[Role, int]] = [("other", row) for row in taking_part if abs(funnel.z[row]) > NAMED]
    named += [("own", int(row)) for row in np.flatnonzero(np.isfinite(funnel.value[:-1]))]
    found: dict[tuple[Role, str], Place] = {}
    standing: dict[int, Box] = {}
    for role, row in named:
        row_id = compared.force_ids[row]
        name = compared.result.edition.forces.name(row_id)
        boxes = {place: box_of(name, NAME, middles[row], place, bold=role == "own") for place in PLACES}
        others = [box for other, box in marks.items() if other != row]
        words = [box for other, box in standing.items() if other != row]
        bad = {place: in_the_way(box, room, others, words, lines[row]) for place, box in boxes.items()}
        found[role, row_id] = place = min(bad, key=bad.__getitem__)
        if role == "other" or row_id in (picked or ()):
            standing[row] = boxes[place]
    return found


def _in_points(axes: Axes, sizes: Array, values: Array) -> list[tuple[float, float]]:
    """Return places on the axes in points from the drawing's lower left corner; a force without a value is nowhere."""
    dots = axes.transData.transform(np.column_stack([sizes, values]))
    return [(float(across), float(up)) for across, up in dots * 72 / axes.figure.dpi]
