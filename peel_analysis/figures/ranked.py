"""Ranked bars: a measure for every force, one force picked out, the England and Wales line, last year's marker."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from peel_analysis.data import forces
from peel_analysis.figures.pick_out import PLACEHOLDER
from peel_analysis.figures.style import DARK_PINK, ORANGE, OTHER, PICKED, Look, analysis_function
from peel_analysis.measures import Result
from peel_analysis.show.marks import mark
from peel_analysis.show.words import value_in_words

WIDTH = 7.6  # inches; the report's column
ROW = 0.2
ABOVE, BELOW = 0.78, 0.12  # inches above and below the bars, fixed so that no second layout pass is needed
LEFT, RIGHT, MARKS = 1.55, 0.62, 0.26  # and to the right of the values, where any has a mark, the marks


def ranked_bars(result: Result, force_id: str | None = None) -> Figure:
    """Return the figure of a measure by force, highest value first, with `force_id` picked out if it is given.

    Forces that the register leaves out, or that have no value, are not drawn: the footnotes name them. A dashed line
    is England and Wales, a diamond the comparator window's value, and the mark of a value's status stands beside it.
    Raises ValueError when no force has a value.
    """
    rows = result.plotted.sort_values("value", kind="stable")
    right = RIGHT + (MARKS if any(map(mark, rows["status"])) else 0)
    if rows.empty:
        raise ValueError(f"{result.measure.id}: no force has a value to draw")
    with analysis_function():
        height = ABOVE + BELOW + ROW * len(rows)
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((LEFT / WIDTH, BELOW / height, (WIDTH - LEFT - right) / WIDTH, ROW * len(rows) / height))
        _bars(axes, rows, result, force_id)
        _limits(axes, rows, result)
        _national_line(axes, result, len(rows))
        _earlier_markers(axes, rows)
        _key(figure, result, height, force_id)
    return figure


def _bars(axes: Axes, rows: pd.DataFrame, result: Result, force_id: str | None) -> None:
    for place, (row_id, value, status) in enumerate(rows[["value", "status"]].itertuples()):
        look = PICKED if row_id == force_id else OTHER
        bar = axes.barh(place, value, height=0.74, color=look.fill, edgecolor=look.edge, linewidth=look.line_width)[0]
        bar.set_gid(f"bar-{row_id}")
        for gid, text, across, away, align in (
            (f"name-{row_id}", forces.display_name(str(row_id)), 0, -6, "right"),
            (f"value-{row_id}", value_in_words(result.measure, float(value)), 1, 40, "right"),
            (f"mark-{row_id}", mark(str(status)), 1, 44, "left"),
        ):
            if not text:
                continue
            words = axes.annotate(
                text,
                (across, place),
                (away, 0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                ha=align,
                va="center",
                color=look.text,
                fontweight=look.font_weight,
            )
            words.set_gid(gid)


def _limits(axes: Axes, rows: pd.DataFrame, result: Result) -> None:
    drawn = [*rows["value"], *rows["comparator_value"].dropna(), 0.0]
    if not result.national.is_missing:
        drawn.append(result.national.value)
    low, high = min(drawn), max(drawn)
    margin = 0.03 * (high - low or 1)
    axes.set_xlim(low - margin if low < 0 else 0, high + margin)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.axvline(0, color=OTHER.edge, linewidth=0.8)


def _national_line(axes: Axes, result: Result, rows: int) -> None:
    if result.national.is_missing:
        return
    value = result.national.value
    axes.axvline(value, color="white", linewidth=3.6)  # so that the line is seen across a dark bar too
    axes.axvline(value, color=DARK_PINK, linewidth=1.6, linestyle=(0, (5, 2)))
    text = f"England and Wales {value_in_words(result.measure, value)}"
    left, right = axes.get_xlim()
    share = (value - left) / (right - left)
    align = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    axes.annotate(
        text,
        (value, rows - 0.4),
        (0, 4),
        textcoords="offset points",
        ha=align,
        va="bottom",
        color=DARK_PINK,
        fontweight="bold",
    )


def _earlier_markers(axes: Axes, rows: pd.DataFrame) -> None:
    earlier = rows["comparator_value"].to_numpy(dtype=float)
    if not pd.isna(earlier).all():
        axes.plot(
            earlier, range(len(rows)), linestyle="", marker="D", markersize=3.6, markerfacecolor="white",
            markeredgecolor=ORANGE, markeredgewidth=1.1,
        )  # fmt: skip


def _key(figure: Figure, result: Result, height: float, force_id: str | None) -> None:
    """Draw the key above the chart. The picked force comes last, so that its name can be of any length."""
    entries: list[Patch | Line2D] = [_swatch(OTHER, "Other forces")] if len(result.plotted) > 1 else []
    if not result.national.is_missing:
        entries.append(Line2D([], [], color=DARK_PINK, linewidth=1.6, linestyle=(0, (5, 2)), label="England and Wales"))
    window = result.comparator_window
    if window is not None and result.plotted["comparator_value"].notna().any():
        earlier = Line2D(
            [], [], linestyle="", marker="D", markersize=4.2, markerfacecolor="white", markeredgecolor=ORANGE
        )
        earlier.set_label(window.words[:1].upper() + window.words[1:])
        entries.append(earlier)
    picked = _swatch(PICKED if force_id else OTHER, forces.display_name(force_id) if force_id else PLACEHOLDER)
    legend = figure.legend(
        handles=[*entries, picked], loc="upper left", bbox_to_anchor=(0.0, 1 - 0.04 / height), ncols=4, frameon=False,
        borderpad=0, borderaxespad=0.2, handlelength=1.6, columnspacing=1.4, fontsize=9,
    )  # fmt: skip
    legend.get_patches()[-1].set_gid("key-swatch")
    words = legend.get_texts()[-1]
    words.set_gid("key-name")
    words.set_fontweight((PICKED if force_id else OTHER).font_weight)
    words.set_color((PICKED if force_id else OTHER).text)


def _swatch(look: Look, label: str) -> Patch:
    return Patch(facecolor=look.fill, edgecolor=look.edge, linewidth=look.line_width, label=label)
