"""Lines over time: the values of a force and of England and Wales, with breaks in recording marked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.dates import date2num
from matplotlib.lines import Line2D

from peel_analysis.comparison.over_time import Signals, signals_of
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL
from peel_analysis.data.periods import day_in_words
from peel_analysis.data.reads import remembered
from peel_analysis.data.text import in_words
from peel_analysis.figures import style
from peel_analysis.figures.figure import Chart, Figure, write
from peel_analysis.figures.style import analysis_function, width_of
from peel_analysis.measures.series import Series
from peel_analysis.show.over_time import SIGNALS, latest_in_words, signal_names, why_no_signals
from peel_analysis.show.words import value_in_words
from peel_analysis.statistics.limits import FEWEST_POINTS, ControlLimits, control_limits

HEIGHT = 3.1  # inches
INK = style.PICKED.text
ACROSS, UP = 0.68, 0.74  # of the drawing that the chart takes up
NOTE, ROW = 8, 0.2  # the size of a note in points, and the height of its row in inches
POINTS = 25  # along a note at which it is asked whether a line runs there
SHADE = "#e9e9e9"
FEW_POINTS = 6  # so few that each gets its own date on the axis
PAD = 3.5  # points between the chart and what stands beside it
KEY = 0.28  # inches under the chart, for the key to marks
LINES = tuple(zip(style.COLOURS, "os^Dv", strict=True))  # a colour and, since colour alone tells nobody, a shape
MARKS: dict[str, dict[str, Any]] = {  # by the signal, told apart by shape
    name: {"marker": shape, "markersize": size, "markerfacecolor": fill, "markeredgecolor": INK, "markeredgewidth": 0.9}
    for name, shape, size, fill in (
        ("outside", "D", 6.5, style.ORANGE),
        ("trend", "^", 7.5, "white"),
        ("two_in_three", "s", 6.5, "white"),
        ("shift", "o", 6.5, "white"),
    )
}
ROUNDING = 1e-10  # by which a level at the very edge may miss it, as a share of the chart


def trend_lines(series: Series, force_id: str, *, control_limits: bool = False) -> Figure:
    """Return the figure of a series: the force as a solid line with dots, England and Wales as a dashed one.

    Breaks in recording from data/series_breaks.csv are shaded and labelled; the line is interrupted at those after
    which values are not comparable. With `control_limits`, the force's mean and XmR limits are drawn too, as
    `limits_by_part` gives them; a note says where there are none, and how many points lie outside of a part that is
    not stable. Raises ValueError when the force has no line, and for limits of points that overlap.
    """
    return _trend_lines(series, force_id, control_limits=control_limits).marked(series.edition.data.word)


def _trend_lines(series: Series, force_id: str, *, control_limits: bool) -> Figure:
    if series.values[force_id].isna().all():
        raise ValueError(f"{series.measure.id}: {force_id} has no line to draw")
    with analysis_function():
        figure = Figure(HEIGHT, alt_text(series, force_id), lambda: _data(series, force_id))
        axes = figure.add_axes((0.07, 0.12, ACROSS, UP), axes_class=Chart)
        for name, colour, dashes in ((force_id, style.DARK_BLUE, None), (ENGLAND_AND_WALES, style.DARK_PINK, (5, 2))):
            figure.parts[name] = [_line(axes, series, name, colour, dashes)]
        if control_limits:
            _limits(axes, series, force_id)
        _scale(axes, series, force_id)
        _breaks(axes, series, force_id)
        _names(axes, series, force_id)
    return figure


def compared_lines(series: Series, force_ids: Iterable[str]) -> Figure:
    """Return the lines of chosen forces beside England and Wales's, told apart by colour, shape and name at their ends.

    `data` has a row a point and force: `period_end`, `force_id`, `name`, `value`, `status`. Raises ValueError for a
    force without a line, and for more forces than lines can be told apart.
    """
    chosen, forces = list(dict.fromkeys(force_ids)), series.edition.forces
    if len(chosen) > len(LINES):
        raise ValueError(
            f"{len(chosen)} forces; choose at most {in_words(len(LINES))}: more lines cannot be told apart"
        )
    if without := [one for one in chosen if series.values[one].isna().all()]:
        raise ValueError(f"{series.measure.id}: {forces.in_words(without)} has no line to draw")
    with analysis_function():
        figure = Figure(HEIGHT, _compared_alt_text(series, chosen), lambda: _compared_data(series, chosen))
        axes = figure.add_axes((0.07, 0.12, ACROSS, UP), axes_class=Chart)
        figure.parts[ENGLAND_AND_WALES] = [_line(axes, series, ENGLAND_AND_WALES, style.DARK_PINK, (5, 2))]
        for name, (colour, shape) in zip(chosen, LINES, strict=False):
            figure.parts[name] = [line := _line(axes, series, name, colour, None)]
            line.set_marker(shape)
        _scale(axes, series, (*chosen, ENGLAND_AND_WALES)[0])
        _breaks(axes, series, *chosen)
        _names(axes, series, *chosen)
        return figure.marked(series.edition.data.word)


def _compared_alt_text(series: Series, force_ids: Sequence[str]) -> str:
    """Return the alternative text of several lines: what they are, and the last value of each."""
    said = []
    for name in (*force_ids, ENGLAND_AND_WALES):
        points = series.values[name].dropna()
        last = day_in_words(date.fromisoformat(str(points.index[-1])))
        value = value_in_words(series.measure, float(points.iloc[-1]))
        said.append(f"{series.edition.forces.name(name)} {value} to {last}")
    title = series.per_head(series.measure.title, (*force_ids, ENGLAND_AND_WALES)[0])
    return f"Line chart: {title}, {span_in_words(series)}. Last values: {'; '.join(said)}."


def _compared_data(series: Series, force_ids: Sequence[str]) -> pd.DataFrame:
    rows = [
        (str(end), name, series.edition.forces.name(name), value, str(series.statuses[name].get(end, "")))
        for name in force_ids
        for end, value in series.values[name].items()
    ]
    rows += [
        (str(end), ENGLAND_AND_WALES, NATIONAL, value, "") for end, value in series.values[ENGLAND_AND_WALES].items()
    ]
    return pd.DataFrame(rows, columns=["period_end", "force_id", "name", "value", "status"])


def quarter_lines(free: Series, force_id: str) -> Figure:
    """Return the figure of quarters with the season taken out, with limits, and the quarters that carry a signal.

    `free` is a line as `comparison.over_time.season_free` gives it. A quarter's mark has the shape of the first of its
    signals, in the order of `SIGNALS`; `data` has all of them in words. Raises ValueError for a force without a part
    that is long enough.
    """
    if not (found := signals_of(free, force_id)):
        raise ValueError(why_no_signals(free, force_id))
    free = since_first(free, force_id)
    with analysis_function():
        figure = _trend_lines(free, force_id, control_limits=True)
        figure.alt_text = quarters_alt_text(free, force_id)
        figure._make_data = lambda: signals_table(free, force_id)
        drawn = [_signals(figure.axes[0], part) for part in found]
        figure.set_size_inches(style.WIDTH, HEIGHT + KEY)
        (axes,) = figure.axes
        left, _, width, _ = axes.get_position().bounds
        foot, top = (0.12 * HEIGHT + KEY) / (HEIGHT + KEY), (0.86 * HEIGHT + KEY) / (HEIGHT + KEY)
        axes.set_position((left, foot, width, top - foot))
        named = [name for name in SIGNALS if any(name in shown for shown in drawn)]
        handles = [Line2D([], [], linestyle="", label=SIGNALS[name][0], **MARKS[name]) for name in named]
        if handles:
            figure.legend(
                handles=handles, loc="lower left", ncols=4, frameon=False, fontsize=NOTE, borderpad=0,
                bbox_to_anchor=(0.06, 0.02), borderaxespad=0, handletextpad=0.2, columnspacing=1.4,
            )  # fmt: skip
        return figure.marked(free.edition.data.word)


@remembered(maxsize=64)
def since_first(free: Series, force_id: str) -> Series:
    """Return the line from the first quarter on that the force or England and Wales has a value in."""
    shown = free.values[[force_id, ENGLAND_AND_WALES]].notna().any(axis="columns")
    return replace(free, values=free.values[shown.cummax()])


def _signals(axes: Axes, found: Signals) -> set[str]:
    """Mark the quarters of a part that carry a signal, each in the shape of its first; return the shapes drawn."""
    first = [next(iter(found.names(place)), "") for place in range(len(found.quarters))]
    for name, look in MARKS.items():
        marked = found.quarters[[one == name for one in first]]
        days = [date.fromisoformat(str(end)) for end in marked.index]
        axes.plot(_numbers(days), marked.tolist(), linestyle="", zorder=6, gid=f"signal-{name}", **look)
    return set(first)


def signals_table(free: Series, force_id: str) -> pd.DataFrame:
    """Return a row a quarter that has limits, by its last day: value, mean, lower and upper limit, signals in words."""
    rows = []
    for part in signals_of(free, force_id):
        limits = (part.limits.centre, part.limits.lower, part.limits.upper)
        for place, (end, value) in enumerate(part.quarters.items()):
            rows.append((end, value, *limits, signal_names(part, place)))
    columns = ["period_end", "value", "mean", "lower", "upper", "signals"]
    return pd.DataFrame(rows, columns=columns).set_index("period_end")


def quarters_alt_text(free: Series, force_id: str) -> str:
    """Return the alternative text of a line of quarters with its signals."""
    title = free.per_head(free.measure.title, force_id)
    said = latest_in_words(free, force_id, signals_of(free, force_id)[-1])
    return f"Line chart with control limits: {title}, each quarter with the season taken out. {said}"


def alt_text(series: Series, force_id: str) -> str:
    """Return the alternative text of a line chart: what it shows, and what `lines_in_words` says of its lines."""
    title = series.per_head(series.measure.title, force_id)
    return f"Line chart: {title}, {span_in_words(series)}. {lines_in_words(series, force_id)}"


def span_in_words(series: Series) -> str:
    """Return what the points are, and their first and last day: "12 months to the end of each quarter, ... to ..."."""
    first, last = (day_in_words(day) for day in (series.days[0], series.days[-1]))
    return f"{_months(series)} to the end of {series.about}, {first} to {last}"


def lines_in_words(series: Series, force_id: str, remark: str = "") -> str:
    """Return what the lines say: the first and the last of each line's values that may be set beside each other.

    `remark` is what must be known of the force's counts, set behind its name in brackets.
    """
    of_force = f"{series.edition.forces.official_name(force_id)}{remark}: {_ends(series, force_id)}"
    said = [of_force, f"{NATIONAL}: {_ends(series, ENGLAND_AND_WALES)}"]
    cuts = [one for one in series.breaks(force_id) if not one.is_comparable]
    if cuts:
        label = f"{cuts[-1].label[:1].lower()}{cuts[-1].label[1:]}"
        said.append(f"No line is drawn across the break ({label}): values before it are not set beside later ones.")
    return " ".join(said)


def _ends(series: Series, name: str) -> str:
    points = series.latest_part(name)
    if points.empty:
        return f"no {_months(series)} lie wholly after the last break in recording."
    ends = (
        f"{value_in_words(series.measure, float(points.iloc[place]))} in the {_months(series)} to "
        f"{day_in_words(date.fromisoformat(str(points.index[place])))}"
        for place in (0, -1)
    )
    people = "" if series.mid_year is None or name in series.assumed else f", {series.unit(name)}"
    return f"{', and '.join(dict.fromkeys(ends))}{people}."


def _months(series: Series) -> str:
    return f"{in_words(series.months)} months"


def _data(series: Series, force_id: str) -> pd.DataFrame:
    """Return a row a point by the last day of its window: the force's value and status, England and Wales's value."""
    shown = series.values[[force_id, ENGLAND_AND_WALES]].rename_axis("period_end")
    shown.insert(1, "status", series.statuses[force_id])
    return shown


def _line(axes: Axes, series: Series, name: str, colour: str, dashes: tuple[int, int] | None) -> Line2D:
    """Draw a line with a gap where a point is missing and at a break. Seaborn would take longer than all the rest."""
    points = series.interrupted(name)
    return axes.plot(
        _numbers(points), list(points.values()), color=colour, linewidth=2,
        linestyle=(0, dashes) if dashes else "-", marker=None if name == ENGLAND_AND_WALES else "o", markersize=4.5,
        markeredgecolor="white", markeredgewidth=0.75, gid=f"line-{name}",
    )[0]  # fmt: skip


def _limits(axes: Axes, series: Series, force_id: str) -> None:
    """Draw the mean and the limits of each part of the force's line that has them, and say once what they are."""
    found = limits_by_part(series, force_id)
    for part, limits in found:
        ends = _numbers([date.fromisoformat(str(part.index[place])) for place in (0, -1)])
        for level, dashes in ((limits.centre, "-"), (limits.lower, ":"), (limits.upper, ":")):
            axes.plot(ends, [level, level], color=style.OUTLINE, linewidth=1, linestyle=dashes)
    words = _about_limits([limits for _, limits in found])
    write(axes, words, (1, 1), (6, 10), "axes fraction", va="bottom", ha="left", fontsize=NOTE, color=style.OUTLINE)


def limits_by_part(series: Series, force_id: str) -> list[tuple[pd.Series, ControlLimits]]:
    """Return the parts of a force's line between its marked breaks, each with its XmR limits, in the series' unit.

    A part with too few points for limits is left out; there may be none. Raises ValueError for points that overlap.
    """
    if series.overlaps:
        raise ValueError("control limits need points that share no counts; draw the line of quarters")
    parts = series.between_breaks(force_id)
    return [(part, control_limits(part.to_numpy())) for part in parts if part.count() >= FEWEST_POINTS]


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
    scale_levels(axes)
    days = series.days
    if len(days) <= FEW_POINTS:
        words_below(axes, _numbers(days), [f"{day:%b %Y}" for day in days])
    else:
        years = sorted({day.year for day in days})
        words_below(axes, _numbers([date(year, 6, 30) for year in years]), [str(year) for year in years])
    unit = series.unit(force_id)
    write(axes, unit[:1].upper() + unit[1:], (0, 1), (-22, 12), "axes fraction", ha="left", va="bottom")


def _breaks(axes: Axes, series: Series, *force_ids: str) -> None:
    left, right = axes.get_xlim()
    for one in dict.fromkeys(one for force_id in force_ids for one in series.breaks(force_id)):
        first, last = _numbers([one.first_day, one.last_day])
        axes.axvspan(first, last, color=SHADE, zorder=0)
        width = (right - left) * style.WIDEST * width_of(one.label, NOTE) / (ACROSS * style.WIDTH)
        start = max(left, min(first, right - width))
        foot, top = (_is_crossed(axes, series, force_ids, (start, start + width), edge) for edge in (0, 1))
        edge = 1 if foot and not top else 0
        words = write(axes, one.label, (start, edge), (3, -4 if edge else 4), ("data", "axes fraction"))
        words.set(va="top" if edge else "bottom", ha="left", fontsize=NOTE, color=style.OUTLINE)


def _is_crossed(axes: Axes, series: Series, force_ids: Sequence[str], span: tuple[float, float], edge: int) -> bool:
    """Return whether a line runs where words would stand at the foot (0) or at the top (1) of the chart."""
    places, highest = np.linspace(*span, POINTS), axes.get_ylim()[1]
    for name in (*force_ids, ENGLAND_AND_WALES):
        points = series.interrupted(name)
        shares = np.interp(places, _numbers(points), list(points.values())) / highest
        if (np.abs(shares - edge) < ROW / (UP * HEIGHT)).any():
            return True
    return False


def _names(axes: Axes, series: Series, *force_ids: str) -> None:
    """Write each line's name and last value at its end, moved apart where they would meet."""
    ends = [(name, float(series.values[name].dropna().iloc[-1])) for name in (*force_ids, ENGLAND_AND_WALES)]
    low, high = axes.get_ylim()
    gap = 0.09 * (high - low)
    ends.sort(key=lambda end: end[1])
    places: list[float] = []
    for _, value in ends:
        places.append(max(value, places[-1] + gap) if places else value)
    for (name, value), place in zip(ends, places, strict=True):
        own, beside = name in force_ids, len(force_ids) > 1
        sign = series.edition.data.statuses.mark(series.statuses[name].iloc[-1]) if own else ""
        said = f"{series.edition.forces.name(name)} {value_in_words(series.measure, value)} {sign}".strip()
        away = 16 if beside and own else 6
        words = write(axes, said, (1, place), (away, 0), ("axes fraction", "data"), va="center", ha="left")
        words.set(color=(INK if beside else style.DARK_BLUE) if own else style.DARK_PINK, fontweight="bold")
        if beside and own:
            colour, shape = LINES[force_ids.index(name)]
            look: dict[str, Any] = {"marker": shape, "color": colour, "markersize": 5.5, "clip_on": False}
            axes.plot([1.024], [place], linestyle="", transform=axes.get_yaxis_transform(), **look)


def _numbers(days: Iterable[date]) -> list[float]:
    """Return days as matplotlib counts them."""
    return [float(number) for number in date2num(list(days))]  # type: ignore[no-untyped-call]


def scale_levels(axes: Axes) -> None:
    """Draw a line across the chart, with its number to the left, at each of the values that matplotlib would choose.

    Matplotlib's own ticks look the same and take half of the time of a small drawing: they are to be off, and the
    limits must be set.
    """
    low, high = axes.get_ylim()
    chosen = axes.yaxis.get_majorticklocs()
    numbers = axes.yaxis.get_major_formatter().format_ticks(list(chosen))
    slack, pairs = ROUNDING * (high - low), zip(map(float, chosen), numbers, strict=True)
    shown = [(level, number) for level, number in pairs if low - slack <= level <= high + slack]
    lines = LineCollection([[(0, level), (1, level)] for level, _ in shown], transform=axes.get_yaxis_transform())
    lines.set(color=mpl.rcParams["grid.color"], linewidth=mpl.rcParams["grid.linewidth"])
    lines.set(capstyle="projecting", zorder=0.5)
    axes.add_artist(lines)
    for level, number in shown:
        words = write(axes, number, (0, level), (-PAD, 0), axes.get_yaxis_transform(), ha="right")
        words.set(va="center_baseline", color=mpl.rcParams["ytick.labelcolor"], annotation_clip=False)


def words_below(axes: Axes, places: Sequence[float], words: Sequence[str]) -> None:
    """Write words under the chart at these places along its width."""
    for place, text in zip(places, words, strict=True):
        below = write(axes, text, (place, 0), (0, -PAD), axes.get_xaxis_transform(), ha="center", va="top")
        below.set(color=mpl.rcParams["xtick.labelcolor"], annotation_clip=False)
