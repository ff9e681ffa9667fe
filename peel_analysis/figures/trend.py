"""Lines over time: the values of a force and of England and Wales, with breaks in recording marked."""

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from peel_analysis.data import forces
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.figures import scale
from peel_analysis.figures.lettering import width_of
from peel_analysis.figures.style import DARK_BLUE, DARK_PINK, OUTLINE, analysis_function
from peel_analysis.measures.series import Break, Series, first_day
from peel_analysis.show.marks import mark
from peel_analysis.show.words import value_in_words
from peel_analysis.statistics.trend import FEWEST_POINTS, ControlLimits, control_limits

WIDTH, HEIGHT = 7.6, 3.1  # inches
ACROSS, UP = 0.68, 0.74  # of the drawing that the chart takes up
NOTE, ROW = 8, 0.2  # the size of a note in points, and the height of its row in inches
POINTS = 25  # along a note at which it is asked whether a line runs there
SHADE = "#e9e9e9"
FEW_POINTS = 6  # so few that each gets its own date on the axis


def trend_lines(series: Series, force_id: str, *, control_limits: bool = False) -> Figure:
    """Return the figure of a series: the force as a solid line with dots, England and Wales as a dashed one.

    Breaks in recording from data/series_breaks.csv are shaded and labelled; the line is interrupted at those after
    which values are not comparable. With `control_limits`, the force's mean and XmR limits are drawn too, as
    `limits_by_part` gives them; a note says where there are none, and how many points lie outside of a part that is
    not stable. Raises ValueError when the force has no line, and for limits of points that overlap.
    """
    own = series.values[force_id].dropna()
    if own.empty:
        raise ValueError(f"{series.measure.id}: {force_id} has no line to draw")
    with analysis_function():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.07, 0.12, ACROSS, UP))
        for name, colour, dashes in ((force_id, DARK_BLUE, None), (ENGLAND_AND_WALES, DARK_PINK, (5, 2))):
            _line(axes, series, name, colour, dashes)
        if control_limits:
            _limits(axes, series, force_id)
        _scale(axes, series, force_id)
        _breaks(axes, series, force_id)
        _names(axes, series, force_id)
    return figure


def _line(axes: Axes, series: Series, name: str, colour: str, dashes: "tuple[int, int] | None") -> None:
    """Draw a line with a gap where a point is missing and at a break. Seaborn would take longer than all the rest."""
    points = series.interrupted(name)
    axes.plot(
        _numbers(list(points)), list(points.values()), color=colour, linewidth=2,
        linestyle=(0, dashes) if dashes else "-", marker=None if name == ENGLAND_AND_WALES else "o", markersize=4.5,
        markeredgecolor="white", markeredgewidth=0.75, gid=f"line-{name}",
    )  # fmt: skip


def _limits(axes: Axes, series: Series, force_id: str) -> None:
    """Draw the mean and the limits of each part of the force's line that has them, and say once what they are."""
    found = limits_by_part(series, force_id)
    for part, limits in found:
        ends = _numbers([date.fromisoformat(str(part.index[place])) for place in (0, -1)])
        for level, style in ((limits.centre, "-"), (limits.lower, ":"), (limits.upper, ":")):
            axes.plot(ends, [level, level], color=OUTLINE, linewidth=1, linestyle=style)
    axes.annotate(
        _about_limits([limits for _, limits in found]), (1, 1), (6, 10), xycoords="axes fraction",
        textcoords="offset points", va="bottom", ha="left", fontsize=NOTE, color=OUTLINE,
    )  # fmt: skip


def limits_by_part(series: Series, force_id: str) -> list[tuple[pd.Series, ControlLimits]]:
    """Return the parts of a force's line between its marked breaks, each with its XmR limits, in the series' unit.

    A part with too few points for limits is left out; there may be none. Raises ValueError for points that overlap.
    """
    if series.overlaps:
        raise ValueError(
            "control limits need points that share no counts; draw the line of quarters, not a rolling one"
        )
    long = [part for part in _between_breaks(series, force_id) if part.count() >= FEWEST_POINTS]
    return [(part, control_limits(part.to_numpy(), floor=0)) for part in long]


def _between_breaks(series: Series, force_id: str) -> list[pd.Series]:
    """Return the points before, between and after the marked breaks, those comparable with care among them.

    A break with care interrupts no line, but it can move the mean all the same. Points within its days are of no part:
    recording was changing under them, so they would widen the ranges of either side and shift its mean.
    """
    breaks, values = series.breaks(force_id), series.values[force_id]
    firsts = [date.fromisoformat(first_day(str(end), series.months)) for end in values.index]
    places = [_place(breaks, first, last) for first, last in zip(firsts, series.days, strict=True)]
    return [values[[one == number for one in places]] for number in range(len(breaks) + 1)]


def _place(breaks: tuple[Break, ...], first: date, last: date) -> int | None:
    """Return how many breaks lie before a window; None for one within a break."""
    ahead = [one for one in breaks if not _is_over(one, first)]
    return None if any(one.first_day <= last for one in ahead) else len(breaks) - len(ahead)


def _is_over(one: Break, day: date) -> bool:
    """Return whether a break lies before a day; a break of a single day is the first of the counts that follow it."""
    return one.last_day < day or one.first_day == one.last_day == day


def _about_limits(found: list[ControlLimits]) -> str:
    """Return the note on the limits: short lines, since they stand above the names at the right edge."""
    if not found:
        return f"No limits (XmR): fewer than\n{FEWEST_POINTS} points between breaks"
    unstable = [limits for limits in found if not limits.is_stable]
    note = "Grey: mean, limits (XmR)"
    if not unstable:
        return note
    outside, shown = sum(int(one.outside.sum()) for one in unstable), sum(one.shown for one in unstable)
    return f"{note}\nNot stable: {outside} of {shown} outside"


def _scale(axes: Axes, series: Series, force_id: str) -> None:
    axes.set_ylim(bottom=0)
    axes.set_xlim(axes.get_xlim())
    axes.axis("off")
    scale.levels(axes)
    days = series.days
    if len(days) <= FEW_POINTS:
        scale.words_below(axes, _numbers(days), [f"{day:%b %Y}" for day in days])
    else:
        years = sorted({day.year for day in days})
        scale.words_below(axes, _numbers([date(year, 6, 30) for year in years]), [str(year) for year in years])
    unit = series.unit(force_id)
    axes.annotate(
        unit[:1].upper() + unit[1:], (0, 1), (-22, 12), xycoords="axes fraction",
        textcoords="offset points", ha="left", va="bottom",
    )  # fmt: skip


def _breaks(axes: Axes, series: Series, force_id: str) -> None:
    left, right = axes.get_xlim()
    for one in series.breaks(force_id):
        first, last = _numbers([one.first_day, one.last_day])
        axes.axvspan(first, last, color=SHADE, zorder=0)
        width = (right - left) * width_of(one.label, NOTE) / (ACROSS * WIDTH)
        start = max(left, min(first, right - width))
        foot, top = (_is_crossed(axes, series, force_id, (start, start + width), edge) for edge in (0, 1))
        edge = 1 if foot and not top else 0
        axes.annotate(
            one.label, (start, edge), (3, -4 if edge else 4), xycoords=("data", "axes fraction"),
            textcoords="offset points", va="top" if edge else "bottom", ha="left", fontsize=NOTE, color=OUTLINE,
        )  # fmt: skip


def _is_crossed(axes: Axes, series: Series, force_id: str, span: tuple[float, float], edge: int) -> bool:
    """Return whether a line runs where words would stand at the foot (0) or at the top (1) of the chart."""
    places, highest = np.linspace(*span, POINTS), axes.get_ylim()[1]
    for name in (force_id, ENGLAND_AND_WALES):
        points = series.interrupted(name)
        shares = np.interp(places, _numbers(list(points)), list(points.values())) / highest
        if (np.abs(shares - edge) < ROW / (UP * HEIGHT)).any():
            return True
    return False


def _names(axes: Axes, series: Series, force_id: str) -> None:
    """Write each line's name and last value at its end, moved apart where they would meet."""
    ends = [(name, float(series.values[name].dropna().iloc[-1])) for name in (force_id, ENGLAND_AND_WALES)]
    low, high = axes.get_ylim()
    gap = 0.09 * (high - low)
    ends.sort(key=lambda end: end[1])
    places = [ends[0][1], max(ends[1][1], ends[0][1] + gap)]
    for (name, value), place in zip(ends, places, strict=True):
        axes.annotate(
            f"{forces.display_name(name)} {value_in_words(series.measure, value)} {_mark(series, name)}".strip(),
            (1, place), (6, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points", va="center", ha="left",
            color=DARK_BLUE if name == force_id else DARK_PINK, fontweight="bold",
        )  # fmt: skip


def _mark(series: Series, name: str) -> str:
    return "" if name == ENGLAND_AND_WALES else mark(series.statuses[name].iloc[-1])


def _numbers(days: list[date]) -> list[float]:
    """Return days as matplotlib counts them."""
    return [float(number) for number in date2num(days)]  # type: ignore[no-untyped-call]
