"""A measure by force: ranked bars, the bars of chosen forces, and for a change a strip with a dot a force."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation

from peel_analysis.comparison import compare
from peel_analysis.data.files import left_out
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL
from peel_analysis.data.registers import NOT_AVAILABLE
from peel_analysis.data.text import in_words as number_in_words
from peel_analysis.figures import style
from peel_analysis.figures.figure import Chart, Figure, mark, write
from peel_analysis.figures.pick_out import PLACEHOLDER, Picked, drawn, picked_of, result_in_words, roles
from peel_analysis.figures.style import Look, analysis_function, width_of
from peel_analysis.measures import Result
from peel_analysis.show.tables import beside
from peel_analysis.show.words import value_in_words, windows_in_words
from peel_analysis.statistics.intervals import Array

ROW = 0.152  # inches: letters of 9 points, and the room between lines that print has
ABOVE, BELOW = 0.56, 0.05  # inches above and below the bars, fixed so that no second layout pass is needed
LEFT, RIGHT, MARKS = 1.55, 0.62, 0.26  # and to the right of the values, where any has a mark, the marks
LONGEST_IN_KEY = 2.2  # inches of names in the key; more forces are counted
STRIP_HEIGHT, STRIP_LEFT, STRIP_ACROSS = 1.9, 0.03, 0.94  # inches, and shares of the width
EDGE, SIZE = 0.6, 9  # points, of a dot's edge and of words
OVER, LEVEL = 17, 13  # points from the strip to the picked force's name, and between one such name and the next
_without_scipy: dict[str, ModuleType] = {}  # the modules of seaborn as the strip needs them
EARLIER: dict[str, Any] = {"linestyle": "", "marker": "D", "markerfacecolor": "white", "markeredgecolor": style.ORANGE}
MARGIN = 0.05  # beside the outermost values of a strip, as a share of their span


def ranked_svg(result: Result, force_id: str) -> str:
    """Return the ranked bars of a measure as SVG text with `force_id` picked out."""
    return drawn("ranked", result, result.edition.forces.find(force_id), ranked_bars, result_in_words)


def strip_svg(result: Result, force_id: str) -> str:
    """Return the strip of a measure's changes as SVG text with `force_id` picked out."""
    return drawn("strip", result, result.edition.forces.find(force_id), change_strip, result_in_words)


def alt_text(result: Result, force_ids: Sequence[str]) -> str:
    """Return the alternative text of a measure's figure: what it shows, and its main numbers (20 to 600 characters)."""
    measure, plotted, national = result.measure, result.plotted, result.national
    said = [_opening(result, "Dot plot" if measure.kind == "change" else "Bar chart", len(plotted))]
    said += [_said_of(result, force_id, is_shown=force_id in plotted.index) for force_id in force_ids]
    if not national.is_missing:
        said.append(f"{NATIONAL}: {value_in_words(measure, national.value)}.")
    if len(plotted) > 1:
        values = [result.of(str(one)) for one in plotted.index]
        ends = (
            f"{value_in_words(measure, end.value)} ({result.edition.forces.name(end.force_id)})"
            for end in (max(values, key=lambda one: one.value), min(values, key=lambda one: one.value))
        )
        said.append(f"Values run from {' to '.join(ends)}.")
    return " ".join(said)


def _opening(result: Result, kind: str, forces: int, beside_them: str = "") -> str:
    number = f"{number_in_words(forces)} force{'s' if forces != 1 else ''}{beside_them}"
    return f"{kind} of {number}: {result.measure.title}, {windows_in_words(result)}."


def _said_of(result: Result, force_id: str, *, is_shown: bool) -> str:
    value = f": {value_in_words(result.measure, result.of(force_id).value)}." if is_shown else " is not shown."
    return f"{result.edition.forces.official_name(force_id)}{value}"


@analysis_function()
def ranked_bars(result: Result, force_ids: str | Iterable[str] | None = (), *, apart: bool = False) -> Figure:
    """Return the figure of a measure by force, highest value first, with one force or several picked out, or none.

    Forces that the register leaves out, or that have no value, are not drawn: the footnotes name them. A dashed line
    is England and Wales, a diamond the comparator window's value, and the mark of a value's status stands beside it.
    With None it is the drawing that any force can be picked out of as SVG. With `apart` each picked force has a colour
    of its own, and its name by its bar alone. Raises ValueError when no force has a value, and for more forces than
    colours.
    """
    picked, rows = picked_of(force_ids), result.plotted.sort_values("value", kind="stable")
    if apart and len(picked or ()) > len(style.COLOURS):
        raise ValueError(f"{len(picked or ())} forces; choose at most {len(style.COLOURS)} for a colour each")
    fills = dict(zip(picked or (), style.COLOURS, strict=False)) if apart else {}
    if rows.empty:
        raise ValueError(f"{result.measure.id}: no force has a value to draw")
    own = {one: style.PICKED._replace(fill=fills.get(one, style.PICKED.fill)) for one in picked or ()}
    looks = [own.get(str(row_id), style.OTHER) for row_id in rows.index]
    in_key = picked != () and not apart
    last = _swatch(style.PICKED if picked else style.OTHER, _in_key(result, picked)) if in_key else None
    others = ("Other forces" if picked != () else "Forces") if len(rows) > 1 else ""
    return _bar_chart(result, rows, looks, (others, last), alt_text(result, picked or ()))


def _in_key(result: Result, picked: Picked) -> str:
    """Return what the key calls the picked forces: their names, or how many they are where the names are too long."""
    if picked is None:
        return PLACEHOLDER
    names = result.edition.forces.in_words(picked)
    return names if len(picked) == 1 or width_of(names, SIZE) <= LONGEST_IN_KEY else f"{len(picked)} forces chosen"


@analysis_function()
def compared_bars(result: Result, force_ids: Iterable[str]) -> Figure:
    """Return the figure of chosen forces beside England and Wales, highest value first, with their 95% intervals.

    A force without a value has its mark and the reason where its bar would be; `data` is as `tables.beside` describes
    it. Raises ValueError when none of the forces has a value.
    """
    chosen = list(dict.fromkeys(force_ids))
    rows = result.rows.loc[chosen].sort_values("value", kind="stable", na_position="first")
    if rows["value"].isna().all():
        raise ValueError(f"{result.measure.id}: none of {result.edition.forces.in_words(chosen)} has a value to draw")
    limits = compare(result)
    said = [_opening(result, "Bar chart", len(chosen), f" and {NATIONAL}")]
    said += [_said_of(result, one, is_shown=not result.of(one).is_missing) for one in (*chosen, ENGLAND_AND_WALES)]
    interval = Line2D([], [], color="black", linewidth=1.4, label="95% interval")
    figure = _bar_chart(result, rows, [style.PICKED] * len(rows), ("", interval), " ".join(said))
    for place, row_id in enumerate(map(str, rows.index)):
        lower, upper = limits.limits(row_id)
        if np.isfinite(lower):
            for colour, width in (("white", 3.4), ("black", 1.4)):
                ends = [lower, upper], [place, place]
                figure.axes[0].plot(*ends, color=colour, linewidth=width, solid_capstyle="butt")
    figure.data = beside(result, *(str(row_id) for row_id in rows.index[::-1]))
    return figure


def _bar_chart(
    result: Result, rows: pd.DataFrame, looks: list[Look], in_key: tuple[str, Patch | Line2D | None], alt: str
) -> Figure:
    """Return the bars of the rows from the last to the first; `in_key` is what the key says first and last."""
    right = RIGHT + (MARKS if any(map(result.edition.data.statuses.mark, rows["status"])) else 0)
    height = ABOVE + BELOW + ROW * len(rows)
    within = (LEFT / style.WIDTH, BELOW / height, (style.WIDTH - LEFT - right) / style.WIDTH, ROW * len(rows) / height)
    with analysis_function():
        figure = Figure(height, alt, lambda: _data(result, rows.iloc[::-1]))
        axes = figure.add_axes(within, axes_class=Chart)
        _bars(figure, axes, rows, looks)
        _words(axes, rows, result, looks)
        _limits(axes, rows, result)
        _national_line(figure, axes, result, len(rows))
        earlier = rows["comparator_value"].to_numpy(dtype=float)
        if has_earlier := not (pd.isna(earlier).all() or result.comparator_release):  # no two releases in a picture
            axes.plot(earlier, range(len(rows)), **EARLIER, markersize=3.6, markeredgewidth=1.1)
        _key(figure, result, in_key, earlier=has_earlier)
        return figure.marked(result.edition.data.word)


def _data(result: Result, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is drawn of the rows: a row a force by force_id, from the first drawn to the last."""
    data = rows[["value", "comparator_value", "status"]].copy()
    data.insert(0, "name", [result.edition.forces.name(str(row_id)) for row_id in rows.index])
    return data


def _bars(figure: Figure, axes: Axes, rows: pd.DataFrame, looks: list[Look]) -> None:
    """Draw the bars, all at once: that takes a fraction of the time that one after the other takes."""
    values = rows["value"].to_numpy(dtype=float)
    (drawn,) = np.nonzero(~np.isnan(values))
    look_of = [looks[place] for place in drawn]
    colours, edges = [look.fill for look in look_of], [look.edge for look in look_of]
    widths = [look.line_width for look in look_of]
    bars = axes.barh(drawn, values[drawn], height=0.78, color=colours, edgecolor=edges, linewidth=widths)
    for row_id, bar in zip(rows.index[drawn], bars, strict=True):
        bar.set_gid(f"bar-{row_id}")
        figure.parts[str(row_id)] = [bar]


def _words(axes: Axes, rows: pd.DataFrame, result: Result, looks: list[Look]) -> None:
    """Write the name, the value and the mark of each row, and why it has no value."""
    forces, statuses = result.edition.forces, result.edition.data.statuses
    for place, ((row_id, value, status), look) in enumerate(
        zip(rows[["value", "status"]].itertuples(), looks, strict=True)
    ):
        sign = statuses.mark(str(status))
        shown = sign or NOT_AVAILABLE
        if np.isnan(value):
            sign = ""
            write(
                axes, f"No value: {statuses.words(str(status))}", (0, place), (6, 0), va="center", color=style.OUTLINE
            )
        else:
            shown = value_in_words(result.measure, float(value))
        for part, text, across, away, align in (
            ("name", forces.name(str(row_id)), 0, -6, "right"),
            ("value", shown, 1, 40, "right"),
            ("mark", sign, 1, 44, "left"),
        ):
            if text:
                words = write(axes, text, (across, place), (away, 0), ("axes fraction", "data"), ha=align, va="center")
                words.set(gid=f"{part}-{row_id}", color=look.text, fontweight=look.font_weight)


def _span(result: Result, values: Iterable[float], share: float) -> tuple[float, float, float]:
    """Return the lowest and the highest of zero, England and Wales and the values, and a margin of a share of that."""
    shown = [0.0, *values, *([] if result.national.is_missing else [result.national.value])]
    return min(shown), max(shown), share * (max(shown) - min(shown) or 1)


def _limits(axes: Axes, rows: pd.DataFrame, result: Result) -> None:
    earlier = rows["comparator_value"].dropna() if not result.comparator_release else rows["value"].dropna()
    low, high, margin = _span(result, [*rows["value"].dropna(), *earlier], 0.03)
    axes.set(xlim=(low - margin if low < 0 else 0, high + margin), ylim=(-0.6, len(rows) - 0.4), xticks=[], yticks=[])
    axes.axvline(0, color=style.OTHER.edge, linewidth=0.8)


def _national_line(figure: Figure, axes: Axes, result: Result, rows: int) -> None:
    if result.national.is_missing:
        return
    value = result.national.value
    axes.axvline(value, color="white", linewidth=3.6)  # so that the line is seen across a dark bar too
    line = axes.axvline(value, **style.NATIONAL_LINE)
    left, right = axes.get_xlim()
    share = (value - left) / (right - left)
    align = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    words = write(axes, f"{NATIONAL} {value_in_words(result.measure, value)}", (value, rows - 0.4), (0, 4), ha=align)
    words.set(va="bottom", color=style.DARK_PINK, fontweight="bold")
    figure.parts[ENGLAND_AND_WALES] = [line, words]


def _key(figure: Figure, result: Result, in_key: tuple[str, Patch | Line2D | None], *, earlier: bool) -> None:
    """Draw the key above the chart. What is picked out comes last, so that its name can be of any length."""
    others, last = in_key
    entries: list[Patch | Line2D] = [_swatch(style.OTHER, others)] if others else []
    if not result.national.is_missing:
        entries.append(Line2D([], [], **style.NATIONAL_LINE, label=NATIONAL))
    window = result.comparator_window
    if window is not None and earlier:
        entries.append(Line2D([], [], **EARLIER, markersize=4.2, label=window.words[:1].upper() + window.words[1:]))
    legend = figure.legend(
        handles=[*entries, last] if last else entries, loc="upper left", ncols=4, frameon=False, fontsize=9,
        bbox_to_anchor=(0.0, 1 - 0.04 / figure.get_figheight()), borderpad=0, borderaxespad=0.2, handlelength=1.6,
        columnspacing=1.4,
    )  # fmt: skip
    if isinstance(last, Patch):
        look = style.PICKED if last.get_linewidth() == style.PICKED.line_width else style.OTHER
        legend.get_patches()[-1].set_gid("key-swatch")
        words = legend.get_texts()[-1]
        words.set(gid="key-name", fontweight=look.font_weight, color=look.text)


def _swatch(look: Look, label: str) -> Patch:
    return Patch(facecolor=look.fill, edgecolor=look.edge, linewidth=look.line_width, label=label)


def change_strip(result: Result, force_ids: str | Iterable[str] | None = ()) -> Figure:
    """Return the figure of a measure's values along one line, with one force or several picked out and named, or none.

    With None it is the drawing that any force can be picked out of as SVG: it holds each one's own mark and name.
    Nothing but these depends on the picked force. Raises ValueError when no force has a value.
    """
    picked, values = picked_of(force_ids), result.plotted["value"]
    if values.empty:
        raise ValueError(f"{result.measure.id}: no force has a value to draw")
    low, high, margin = _span(result, values, MARGIN)
    limits = (low - margin, high + margin)
    names = {str(row_id): _strip_name(result, str(row_id)) for row_id in values.index if "own" in roles(row_id, picked)}
    levels = _levels(result, names, limits) if picked else dict.fromkeys(names, 0)
    height = STRIP_HEIGHT + LEVEL / 72 * max(levels.values(), default=0)
    share = STRIP_HEIGHT / height
    highest_first = result.plotted.sort_values("value", ascending=False, kind="stable")
    with analysis_function():
        figure = Figure(height, alt_text(result, picked or ()), lambda: _data(result, highest_first))
        axes = figure.add_axes((STRIP_LEFT, 0.2 * share, STRIP_ACROSS, 0.5 * share), axes_class=Chart)
        axes.set(xlim=limits, ylim=(0.5, -0.5))
        axes.tick_params(axis="x", length=0)
        sign, unit = "+" if result.measure.kind == "change" else "", "%" if result.measure.is_percent else ""
        axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:{sign if tick else ''}g}{unit}")
        axes.axvline(0, color=style.OUTLINE, linewidth=0.8, zorder=0)
        if not result.national.is_missing:
            value = result.national.value
            line = axes.axvline(value, **style.NATIONAL_LINE)
            words = f"{NATIONAL} {value_in_words(result.measure, value)}"
            figure.parts[ENGLAND_AND_WALES] = [line, _strip_words(axes, words, value, 3, style.DARK_PINK)]
        for (row_id, value), up in zip(values.items(), _strip_heights(figure, axes, values), strict=True):
            for role in roles(str(row_id), picked):
                own = role == "own"
                look = {"markeredgecolor": "black", "zorder": 6} if own else {"markeredgewidth": EDGE}
                figure.parts[str(row_id)] = [mark(axes, role, str(row_id), (value, up), **look)]
                if own:
                    axes.axvline(value, color=style.DARK_BLUE, linewidth=0.8, zorder=1, gid=f"own-line-{row_id}")
                    over = OVER + LEVEL * levels[str(row_id)]
                    name = _strip_words(axes, names[str(row_id)], value, over, style.DARK_BLUE)
                    name.set_gid(f"own-name-{row_id}")
        return figure.marked(result.edition.data.word)


def _strip_name(result: Result, row_id: str) -> str:
    own = result.of(row_id)
    name, sign = result.edition.forces.name(row_id), result.edition.data.statuses.mark(own.status)
    return f"{name} {value_in_words(result.measure, own.value)} {sign}".strip()


def _levels(result: Result, names: dict[str, str], limits: tuple[float, float]) -> dict[str, int]:
    """Return how high each picked force's name stands, so that no two meet: 0 is nearest to the strip."""
    levels: dict[str, int] = {}
    spans: list[tuple[int, float, float]] = []
    for row_id in sorted(names, key=lambda one: result.of(one).value):
        place, width = _strip_place(result.of(row_id).value, limits), style.WIDEST_BOLD * width_of(names[row_id], SIZE)
        left = place - {"left": 0, "center": 0.5, "right": 1}[style.alignment(place, width, style.WIDTH)] * width
        taken = {level for level, start, end in spans if start < left + width and left < end}
        levels[row_id] = next(level for level in range(len(names)) if level not in taken)
        spans.append((levels[row_id], left, left + width))
    return levels


def _strip_place(value: float, limits: tuple[float, float]) -> float:
    """Return where a value stands across the drawing, in inches."""
    left, right = limits
    return style.WIDTH * (STRIP_LEFT + STRIP_ACROSS * (value - left) / (right - left))


def _strip_words(axes: Axes, words: str, value: float, over: float, colour: str) -> Annotation:
    """Write words over the strip at a value, `over` points over its upper edge, whole in every font."""
    place = _strip_place(value, axes.get_xlim())
    align = style.alignment(place, style.WIDEST_BOLD * width_of(words, SIZE), style.WIDTH)
    text = write(axes, words, (value, 1), (0, over), ("data", "axes fraction"), ha=align, va="bottom")
    text.set(color=colour, fontsize=SIZE, fontweight="bold", annotation_clip=False)
    return text


def _strip_heights(figure: Figure, axes: Axes, values: pd.Series) -> Array:
    """Return how high each dot stands so that no two meet, as seaborn places them; the scale must be set."""
    with _seaborn() as sns:
        sns.swarmplot(x=values.to_numpy(), ax=axes, linewidth=EDGE, size=style.SPOT)
        figure.draw_without_rendering()  # seaborn places the dots only when they are drawn
    (dots,) = axes.collections
    heights = np.asarray(dots.get_offsets())[:, 1]
    dots.remove()
    axes.set(xlabel="", yticks=[])
    return heights


@contextmanager
def _seaborn() -> Iterator[Any]:
    """Yield seaborn; where nobody has imported it yet, without scipy, which takes a second and places no dot.

    Here, as the strip alone needs it. Whoever imports it later has all of it, with scipy where that is installed.
    """
    if "seaborn" in sys.modules:
        yield sys.modules["seaborn"]
        return
    sys.modules |= _without_scipy
    try:
        with left_out("scipy"):
            import seaborn

            yield seaborn
    finally:
        ours = [name for name in sys.modules if name.partition(".")[0] == "seaborn"]
        _without_scipy.update({name: sys.modules.pop(name) for name in ours})
