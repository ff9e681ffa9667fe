"""What stands for a drawing on a screen too narrow for it: rows of values with bars, a strip of all forces, or lines.

It is HTML that reads as text, so a screen reader gets the numbers themselves. It is `hidden` but where the page's style
sheet shows it in place of the drawing: a notebook, a print and a PDF have the drawing alone.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup

from peel_analysis.comparison import Compared, compare
from peel_analysis.comparison.over_time import Signals, signals_of
from peel_analysis.comparison.verdicts import LEVELS, SHOWN_LEVEL
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL
from peel_analysis.data.periods import day_in_words
from peel_analysis.data.registers import NOT_AVAILABLE
from peel_analysis.data.text import in_words as number_in_words
from peel_analysis.data.text import whole
from peel_analysis.figures.figure import Figure
from peel_analysis.figures.funnel import NAMED, funnel_plot, middle_in_words, size_of
from peel_analysis.figures.pick_out import picked_of
from peel_analysis.figures.ranked import change_strip, compared_bars, ranked_bars
from peel_analysis.figures.spine import Spine, SpineRow, spine_chart
from peel_analysis.figures.spread import Stack, spread_bars
from peel_analysis.figures.trend import quarter_lines, since_first, trend_lines
from peel_analysis.measures import Result, Series
from peel_analysis.show.tables import interval_cell, value_cell
from peel_analysis.show.templates import piece
from peel_analysis.show.words import gap_in_brief, value_in_words, windows_in_words
from peel_analysis.statistics.limits import ControlLimits

BESIDE = 2  # forces on either side of the picked one
ACROSS, UP = 600, 240  # units of a drawing of lines, which is stretched to the screen
OWN, NATIONAL_ROW, APART = "own", "national", "apart"


class Row(NamedTuple):
    """A row: name, value, a remark, and where its bar is in percent of the width: start `a`, width `w`, mark `m`."""

    name: str
    shown: str
    kind: str = ""
    remark: str = ""
    places: Mapping[str, float] = {}


class Scale(NamedTuple):
    """The values at the two ends of the width."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return where a value stands, in percent of the width."""
        return 100 * (value - self.low) / (self.high - self.low or 1)

    def bar(self, start: float, end: float) -> dict[str, float]:
        """Return the places of a bar between two values, cut off at the ends of the scale."""
        left, right = (min(max(self.place(one), 0.0), 100.0) for one in sorted((start, end)))
        return {"a": _short(left), "w": _short(right - left)}

    def mark(self, value: float) -> dict[str, float]:
        """Return the place of a mark."""
        return {"m": _short(self.place(value))}


def _short(place: float) -> float:
    return float(f"{place:.1f}")


def narrow_form(wide: Callable[..., Figure], *of: Any) -> Markup:
    """Return what stands for a drawing on a narrow screen; `of` is what the drawing is made of.

    Raises KeyError for a kind of figure that has no such form.
    """
    return FORMS[wide](*of)


# A measure by force


def of_forces(result: Result, force_ids: str | Iterable[str] = ()) -> Markup:
    """Return the picked forces among those next to them in rank, England and Wales, and a strip of all forces.

    A picked force that the drawing leaves out has its mark and the reason in place of a bar.
    """
    picked = picked_of(force_ids) or ()
    values = result.highest_first(map(str, result.plotted.index))
    ordered, scale = [one.force_id for one in values], _from_zero(result, (one.value for one in values))
    rows = [_force_row(result, one, scale, picked) for one in picked if one not in ordered]
    for place, one in _next_to(ordered, picked):
        rows += [_force_row(result, one, scale, picked)] if place else [Row("…", "", "between")]
    rows += _national_row(result, scale)
    drawn = set(picked) & set(ordered)
    order = "; forces next in rank, highest first" if drawn and len(ordered) > len(drawn) else ""
    strip = _strip(result, ordered, picked) if len(ordered) > len(rows) else None
    return _form(result.edition.data.word, "bars", f"{_unit(result)}, from zero{order}", rows, strip=strip)


def _next_to(ordered: Sequence[str], picked: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the picked forces and those on either side of each, by place from 1; a place of 0 stands for a gap."""
    places = {ordered.index(one) for one in picked if one in ordered}
    near = sorted({place + step for place in places for step in range(-BESIDE, BESIDE + 1)})
    before = None
    for place in (one for one in near if 0 <= one < len(ordered)):
        if before is not None and place != before + 1:
            yield 0, ""
        yield place + 1, ordered[place]
        before = place


def of_chosen(result: Result, force_ids: Iterable[str]) -> Markup:
    """Return the chosen forces beside England and Wales, highest value first, with their 95% intervals."""
    chosen = list(dict.fromkeys(force_ids))
    rows = result.rows.loc[chosen].sort_values("value", ascending=False, kind="stable", na_position="last")
    scale = _from_zero(result, rows["value"].dropna())
    told = []
    for row_id in (*map(str, rows.index), ENGLAND_AND_WALES):
        limits = compare(result).limits(row_id, SHOWN_LEVEL)
        interval = interval_cell(result.measure, *limits, without="").text
        remark = f"95% interval {interval}" if interval else ""
        own = _force_row(result, row_id, scale, chosen, needs_figure=False)
        told.append(own._replace(remark=own.remark or remark))
    return _form(result.edition.data.word, "bars", f"{_unit(result)}, from zero", told)


def _unit(result: Result) -> str:
    return f"{result.measure.unit[:1].upper()}{result.measure.unit[1:]}"


def _from_zero(result: Result, values: Iterable[float]) -> Scale:
    """Return the scale from the lowest to the highest of zero, England and Wales and the values."""
    shown = [0.0, *values, *([] if result.national.is_missing else [result.national.value])]
    return Scale(min(shown), max(shown))


def _force_row(result: Result, force_id: str, scale: Scale, picked: Iterable[str], *, needs_figure: bool = True) -> Row:
    """Return the row of a force, or of England and Wales; one without a bar has its mark and the reason."""
    one, name = result.of(force_id), result.edition.forces.name(force_id)
    kind = NATIONAL_ROW if force_id == ENGLAND_AND_WALES else OWN if force_id in picked else ""
    if one.is_missing:
        return Row(name, value_cell(result, one.value, one.status).text, kind, one.short)
    if needs_figure and not one.in_figure:
        return Row(name, "", kind, f"Not in the figure: {one.short}")
    shown = value_cell(result, one.value, one.status).text
    return Row(name, shown, kind, "", scale.bar(0.0, one.value) | scale.mark(0.0))


def _national_row(result: Result, scale: Scale) -> list[Row]:
    if result.national.is_missing:
        return []
    row = _force_row(result, ENGLAND_AND_WALES, scale, (), needs_figure=False)
    return [row._replace(shown=value_in_words(result.measure, result.national.value))]


def _strip(result: Result, ordered: Sequence[str], picked: Sequence[str]) -> dict[str, object]:
    """Return the strip of all forces: a tick each on the scale of their values, the picked ones and the ends named."""
    values = {one: result.of(one).value for one in ordered}
    national = [] if result.national.is_missing else [result.national.value]
    scale = Scale(min(*values.values(), *national), max(*values.values(), *national))

    def ticks(shown: Iterable[float]) -> str:
        places = sorted({round(ACROSS * scale.place(value) / 100) for value in shown})
        return "".join(f"M{place} 0v1" for place in places)

    def named(force_id: str) -> str:
        one = result.of(force_id)
        status = "" if force_id == ENGLAND_AND_WALES else one.status
        return f"{result.edition.forces.name(force_id)} {value_cell(result, one.value, status).text}"

    own = [one for one in ordered if one in picked]
    return {
        "about": f"All {number_in_words(len(ordered))} forces, a line each",
        "own": [(named(one), _short(scale.place(values[one]))) for one in own],
        "national": [(named(ENGLAND_AND_WALES), _short(scale.place(one))) for one in national],
        "ticks": ticks(value for one, value in values.items() if one not in picked),
        "own_ticks": ticks(values[one] for one in own),
        "national_ticks": ticks(national),
        "ends": (f"Lowest: {named(ordered[-1])}", f"Highest: {named(ordered[0])}"),
    }


# A measure against size


def of_funnel(compared: Compared, force_id: str) -> Markup:
    """Return the force among those next to it in size, each with the band that the outer limits leave at its size.

    For a force that the funnel does not draw it is what stands for ranked bars.
    """
    result, funnel = compared.result, compared.funnel
    assert funnel is not None
    own = compared.row(force_id)
    drawn = [row for row in range(len(compared.force_ids) - 1) if np.isfinite(funnel.value[row])]
    if own not in drawn:
        return of_forces(result, (force_id,))
    others = [row for row in drawn if funnel.eligible[row] or row == own]
    by_size = [compared.force_ids[row] for row in sorted(others, key=lambda row: -funnel.denominator[row])]
    near = [compared.row(one) for _, one in _next_to(by_size, (force_id,))]
    sizes = funnel.denominator[near]
    lower, upper = funnel.limits(sizes, LEVELS[-1])
    scale = Scale(0.0, float(max(*funnel.value[near], *upper, result.national.value)))
    rows = []
    for row, low, high in zip(near, lower, upper, strict=True):
        told = _force_row(result, compared.force_ids[row], scale, (force_id,), needs_figure=False)
        remark = f"{size_of(result.measure)} {whole(funnel.denominator[row])}"
        if funnel.eligible[row] and abs(funnel.z[row]) > NAMED:
            remark += ", outside the limits"
        places = scale.bar(float(low), float(high)) | scale.mark(float(funnel.value[row]))
        rows.append(told._replace(remark=remark, places=places))
    rows += [row._replace(places=scale.mark(result.national.value)) for row in _national_row(result, scale)]
    about = f"{_unit(result)}, from zero; forces next in size, largest first. Bands: the outer limits at that size"
    about += f". Middle of the forces: {middle_in_words(compared)}"
    return _form(result.edition.data.word, "bands", about, rows)


# Over time


def of_lines(series: Series, force_id: str) -> Markup:
    """Return the lines of a force and of England and Wales, with the first and last of their comparable values."""
    return _lines(series, force_id, *_ends(series, force_id))


def of_quarters(free: Series, force_id: str) -> Markup:
    """Return the quarters with the season taken out, their limits, the quarters with a signal, and the last values."""
    found, free = signals_of(free, force_id), since_first(free, force_id)
    said = [value_in_words(free.measure, one) for one in _levels(found[-1].limits)]
    marked = {str(end): float(value) for part in found for end, value in part.quarters[part.marked].items()}
    levels = [(*_span(part), float(level)) for part in found for level in _levels(part.limits)]
    own, *national = _ends(free, force_id)
    rows = (own._replace(remark=f"{own.remark}; mean {said[0]}, limits {said[1]} to {said[2]}"), *national)
    return _lines(free, force_id, *rows, levels=levels, marked=marked)


def _span(part: Signals) -> tuple[date, date]:
    first, last = (date.fromisoformat(str(part.quarters.index[place])) for place in (0, -1))
    return first, last


def _levels(limits: ControlLimits) -> tuple[float, float, float]:
    return limits.centre, limits.lower, limits.upper


def _ends(series: Series, force_id: str) -> list[Row]:
    """Return a row a line: its last value, and the first that may be set beside it."""
    rows = []
    for name in (force_id, ENGLAND_AND_WALES):
        points, kind = series.latest_part(name), NATIONAL_ROW if name == ENGLAND_AND_WALES else OWN
        if points.empty:
            rows.append(Row(series.edition.forces.name(name), NOT_AVAILABLE, kind, "No values after the last break"))
            continue
        first, last = (day_in_words(date.fromisoformat(str(points.index[place]))) for place in (0, -1))
        mark = "" if name == ENGLAND_AND_WALES else series.edition.data.statuses.mark(series.statuses[name].iloc[-1])
        shown = [value_in_words(series.measure, float(points.iloc[place])) for place in (0, -1)]
        days = [f"{number_in_words(series.months)} months to {day}" for day in (last, first)]
        remark = f"{days[0]}; {days[1]}: {shown[0]}" if len(points) > 1 else days[0]
        remark = f"{remark[:1].upper()}{remark[1:]}"
        rows.append(Row(series.edition.forces.name(name), f"{shown[1]} {mark}".strip(), kind, remark))
    return rows


def _lines(
    series: Series,
    force_id: str,
    *rows: Row,
    levels: Sequence[tuple[date, date, float]] = (),
    marked: Mapping[str, float] = {},
) -> Markup:
    """Return the drawing of the lines over the rows: both on one scale from zero, with breaks and their names."""
    own, national = (series.interrupted(name) for name in (force_id, ENGLAND_AND_WALES))
    days = sorted({*own, *national})
    span = (days[-1] - days[0]).days or 1
    highest = max(one for one in (*own.values(), *national.values(), *(level for *_, level in levels)) if one == one)
    is_point = highest in (*own.values(), *national.values())

    def at(day: date, value: float) -> str:
        return f"{round(ACROSS * (day - days[0]).days / span)} {round(UP - UP * value / (highest or 1))}"

    breaks = series.breaks(force_id)
    drawn = {
        "own": _path(own, at),
        "national": _path(national, at),
        "levels": "".join(f"M{at(first, level)}L{at(last, level)}" for first, last, level in levels),
        "marked": "".join(f"M{at(date.fromisoformat(end), value)}h0" for end, value in marked.items()),
        "breaks": "".join(f"M{at(min(max(one.first_day, days[0]), days[-1]), highest or 1)}V{UP}" for one in breaks),
    }
    name = series.edition.forces.name(force_id)
    top = f" to {value_in_words(series.measure, highest)}" if is_point else ""
    about = [f"{series.unit(force_id)[:1].upper()}{series.unit(force_id)[1:]}, from zero{top}"]
    about += [f"upright line: {one.label[:1].lower()}{one.label[1:]}" for one in breaks]
    about += ["grey: mean and limits"] if levels else []
    about += ["dots: quarters that carry a signal"] if marked else []
    lines = {"title": f"Lines of {name} and of {NATIONAL}", "paths": drawn, "ends": (days[0].year, days[-1].year)}
    return _form(series.edition.data.word, "lines", "; ".join(about), rows, lines=lines)


def _path(points: Mapping[date, float], at: Callable[[date, float], str]) -> str:
    """Return a line as an SVG path that stops where a point is missing."""
    path, pen = "", "M"
    for day, value in points.items():
        path += "" if math.isnan(value) else f"{pen}{at(day, value)}"
        pen = "M" if math.isnan(value) else "L"
    return path


# Outcomes, and all measures in one look


def of_spread(stacks: Sequence[Stack], word: str = "") -> Markup:
    """Return a row a group of outcomes: the first stack's share, and the second's as a mark and in words."""
    sides = [{one.order: one for one in stack.segments} for stack in stacks]
    groups = {one.order: one.name for stack in stacks for one, _ in stack.drawn}
    scale = Scale(0.0, max(one.share for side in sides for one in side.values()))
    rows = []
    for order, name in sorted(groups.items()):
        found = [side.get(order) for side in sides]
        shown = [one.shown if one else NOT_AVAILABLE for one in found]
        places: dict[str, float] = scale.bar(0.0, found[0].share) if found[0] else {}
        if len(found) > 1:
            places |= scale.mark(found[1].share) if found[1] else {}
        remark = f"{stacks[1].name} {shown[1]}" if len(found) > 1 else ""
        rows.append(Row(name, shown[0], "", remark, places))
    beside = f"; upright line: {stacks[1].name}" if len(stacks) > 1 else ""
    return _form(word, "shares", f"{stacks[0].name}, percent of recorded crime, from zero{beside}", rows)


def of_spine(spine: Spine, force_id: str) -> Markup:
    """Return a row a measure: value, England and Wales, the gap, and where the force is in the range of the forces."""
    name = spine.rows[0].result.edition.forces.name(force_id)
    rows = [_spine_row(row, force_id, spine) for row in spine.rows]
    about = f"{name}; band: from the lowest force to the highest; dashed line: {NATIONAL}"
    return _form(spine.rows[0].result.edition.data.word, "spine", about, rows)


def _spine_row(row: SpineRow, force_id: str, spine: Spine) -> Row:
    result, own = row.result, row.result.of(force_id)
    national = value_in_words(result.measure, row.national)
    scale = Scale(row.national - row.reach, row.national + row.reach)
    places, gap = scale.bar(row.smallest, row.largest), ""
    shown = value_cell(result, own.value, own.status).text if row.is_shown(force_id) else NOT_AVAILABLE
    if row.is_shown(force_id):
        places |= scale.mark(own.value)
        gap = gap_in_brief(result, force_id)
    window = "" if result.window == spine.rows[0].result.window else f", {windows_in_words(result)}"
    remark = f"{NATIONAL} {national}{f': {gap}' if gap else ''}{window}"
    return Row(result.measure.tile, shown, "", remark, places)


def _form(word: str, kind: str, about: str, rows: Iterable[Row], **drawn: object) -> Markup:
    return piece("narrow", kind, about, list(rows), word, **drawn)


FORMS: dict[Callable[..., Figure], Callable[..., Markup]] = {
    ranked_bars: of_forces,
    change_strip: of_forces,
    compared_bars: of_chosen,
    funnel_plot: of_funnel,
    trend_lines: of_lines,
    quarter_lines: of_quarters,
    spread_bars: of_spread,
    spine_chart: of_spine,
}
