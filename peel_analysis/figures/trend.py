"""Lines over time: rolling 12-month values of a force and of England and Wales, with breaks in recording marked."""

from datetime import date

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from peel_analysis import forces, statistics
from peel_analysis.data import registers
from peel_analysis.figures.style import DARK_BLUE, DARK_PINK, OUTLINE, analysis_function
from peel_analysis.forces import ENGLAND_AND_WALES
from peel_analysis.measures.series import Series
from peel_analysis.wording import value_in_words

WIDTH, HEIGHT = 7.6, 3.1  # inches
SHADE = "#e9e9e9"
FEW_POINTS = 6  # so few that each gets its own date on the axis


def trend_lines(series: Series, force_id: str, *, control_limits: bool = False) -> Figure:
    """Return the figure of a series: the force as a solid line with dots, England and Wales as a dashed one.

    Breaks in recording from data/series_breaks.csv are shaded and labelled. With `control_limits`, XmR limits of the
    force's own line are drawn. Raises ValueError when the force has no line, or too few points for limits.
    """
    own = series.values[force_id].dropna()
    if own.empty:
        raise ValueError(f"{series.measure.id}: {force_id} has no line to draw")
    with analysis_function():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.07, 0.12, 0.68, 0.74))
        for name, colour, dashes in ((force_id, DARK_BLUE, ""), (ENGLAND_AND_WALES, DARK_PINK, (5, 2))):
            _line(axes, series.values[name], name, colour, dashes)
        _scale(axes, series)
        _breaks(axes, series, force_id)
        if control_limits:
            _limits(axes, own)
        _names(axes, series, force_id)
    return figure


def breaks(series: Series, force_id: str) -> list[dict[str, str]]:
    """Return the breaks in recording that fall in the series, for all forces or for this one."""
    rows = registers.records(registers.read_register(registers.SERIES_BREAKS))
    first = str(series.values.index[0])
    about = [row for row in rows if row["item"] in series.measure.items and row["force_id"] in ("all", force_id)]
    return [row for row in about if row["last_day"] >= first and row["first_day"] <= str(series.values.index[-1])]


def _line(axes: Axes, values: pd.Series, name: str, colour: str, dashes: "tuple[int, int] | str") -> None:
    days = _numbers([date.fromisoformat(str(end)) for end in values.index])
    marker = "o" if name != ENGLAND_AND_WALES else None
    sns.lineplot(
        x=days, y=values.to_numpy(), ax=axes, color=colour, errorbar=None, estimator=None, linewidth=2, marker=marker,
        markersize=4.5, linestyle=(0, dashes) if dashes else "-", gid=f"line-{name}",
    )  # fmt: skip


def _scale(axes: Axes, series: Series) -> None:
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, axis="y")
    axes.set_xlabel("")
    axes.set_ylabel("")
    axes.tick_params(axis="both", length=0)
    days = [date.fromisoformat(str(end)) for end in series.values.index]
    if len(days) <= FEW_POINTS:
        axes.set_xticks(_numbers(days), [f"{day:%b %Y}" for day in days])
    else:
        years = sorted({day.year for day in days})
        axes.set_xticks(_numbers([date(year, 6, 30) for year in years]), [str(year) for year in years])
    axes.annotate(
        series.measure.unit[:1].upper() + series.measure.unit[1:], (0, 1), (-22, 12), xycoords="axes fraction",
        textcoords="offset points", ha="left", va="bottom",
    )  # fmt: skip


def _breaks(axes: Axes, series: Series, force_id: str) -> None:
    left, right = axes.get_xlim()
    for row in breaks(series, force_id):
        first, last = _numbers([date.fromisoformat(row[name]) for name in ("first_day", "last_day")])
        axes.axvspan(first, last, color=SHADE, zorder=0)
        axes.annotate(
            row["label"], (first, 0), (3, 4), textcoords="offset points", va="bottom",
            ha="left", fontsize=8, color=OUTLINE,
        )  # fmt: skip
    axes.set_xlim(left, right)


def _limits(axes: Axes, own: pd.Series) -> None:
    limits = statistics.control_limits(own.to_numpy(), floor=0)
    for level, style in ((limits.centre, "-"), (limits.lower, ":"), (limits.upper, ":")):
        axes.axhline(level, color=OUTLINE, linewidth=1, linestyle=style)


def _names(axes: Axes, series: Series, force_id: str) -> None:
    """Write each line's name and last value at its end, moved apart where they would meet."""
    ends = [(name, float(series.values[name].dropna().iloc[-1])) for name in (force_id, ENGLAND_AND_WALES)]
    low, high = axes.get_ylim()
    gap = 0.09 * (high - low)
    ends.sort(key=lambda end: end[1])
    places = [ends[0][1], max(ends[1][1], ends[0][1] + gap)]
    for (name, value), place in zip(ends, places, strict=True):
        axes.annotate(
            f"{forces.display_name(name)} {value_in_words(series.measure, value)}", (1, place), (6, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points", va="center", ha="left",
            color=DARK_BLUE if name == force_id else DARK_PINK, fontweight="bold",
        )  # fmt: skip


def _numbers(days: list[date]) -> list[float]:
    """Return days as matplotlib counts them."""
    return [float(number) for number in date2num(days)]  # type: ignore[no-untyped-call]
