"""A measure result as an accessible HTML table: a row a force, numbers to the right, marks with their reasons."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from markupsafe import Markup

from peel_analysis.comparison import compare
from peel_analysis.comparison.sensitivity import NONE, StandardisedShare, standardised
from peel_analysis.comparison.verdicts import SHOWN_LEVEL, interval_of
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL
from peel_analysis.data.reads import remembered
from peel_analysis.data.registers import NOT_AVAILABLE, Statuses
from peel_analysis.data.text import shown, whole
from peel_analysis.measures import Measure, Result, Value
from peel_analysis.show import words as wording
from peel_analysis.show.templates import piece
from peel_analysis.statistics.intervals import CASES_ARE_A_SAMPLE, COUNTS_NOT_SAMPLES
from peel_analysis.statistics.verdict import Verdict

MOST = 22  # forces of the 43
STANDARDISED = ("Count expected with this mix of offences", "Standardised", "95% interval, standardised")


@dataclass(frozen=True)
class Cell:
    """What a table cell says; a number is set to the right."""

    text: str
    is_number: bool = False


@dataclass(frozen=True)
class Row:
    """A row: its header, its cells, and whether it is the report's own force or the total; what links go to, and where.

    `anchor` is the row's id on its page, and `address` what its header leads to.
    """

    header: str
    cells: tuple[Cell, ...]
    kind: str = ""
    anchor: str = ""
    address: str = ""


def text_row(header: str, *texts: str) -> Row:
    """Return a row of texts."""
    return Row(header, tuple(map(Cell, texts)))


def html_table(caption: str, columns: Sequence[str], rows: Iterable[Row]) -> Markup:
    """Return a table with caption, column headers and row headers that a screen reader can use, as markup.

    `rows` hold the cells of all columns but the first. The header of a column of numbers is set to the right like them.
    """
    held = list(rows)
    of_numbers = (bool(held) and all(row.cells[place].is_number for row in held) for place in range(len(columns) - 1))
    has_numbers = any(cell.is_number for row in held for cell in row.cells)
    return piece("table", caption, list(zip(columns, (False, *of_numbers), strict=True)), held, has_numbers)


def by_force(result: Result, force_id: str) -> Markup:
    """Return the table behind a ranked figure: all 43 forces, highest value first, then England and Wales.

    Columns: value, the counts behind it, the comparator's value where the measure has one, and a note. A missing value
    shows its mark and the short reason; where most forces lack it for the same one, a row stands for them all. The key
    to the marks that occur follows the table.
    """
    rows, table, under = _of_nobody(result)
    own = rows.get(force_id)
    if own is None or own.kind:
        return table + under
    picked = replace(own, kind="own-force")
    shown = [picked if row is own else row for row in rows.values()]
    if _said_once(shown) != shown:
        return _table_of(result, shown) + under
    return table.replace(piece("table_row", own, True), piece("table_row", picked, True), 1) + under


@remembered(maxsize=128)
def _of_nobody(result: Result) -> tuple[dict[str, Row], Markup, Markup]:
    """Return the rows by force, the table of them in which none is picked out, and what follows it."""
    values = _highest_first(result)
    rows = {one.force_id: _force_row(result, one) for one in values}
    return rows, _table_of(result, [*rows.values()]), _under_table(result, values)


def _table_of(result: Result, rows: list[Row]) -> Markup:
    return html_table(_caption(result), _columns(result), _said_once(rows))


def _said_once(rows: list[Row]) -> list[Row]:
    """Return the rows with those of most forces as one where they say the same: why there is no value."""
    alike = Counter(row.cells for row in rows if not row.kind)
    cells, forces = alike.most_common(1)[0] if alike else ((), 0)
    if forces < MOST:
        return rows
    first = next(place for place, row in enumerate(rows) if not row.kind and row.cells == cells)
    others = [row for row in rows if row.kind or row.cells != cells]
    together = Row(f"The other {forces} forces" if others[1:] else f"All {forces} forces", cells)
    return [*others[:first], together, *others[first:]]


def of_all_forces(result: Result, address: Callable[[str], str]) -> Markup:
    """Return the same table with each force's verdict, an id a row to link to, and where the force's name leads to.

    The id is `row-` and the force's; `address` returns where a force's report is, or "".
    """
    values, verdicts = _highest_first(result), compare(result).verdicts
    columns, has_verdicts = _columns(result), any(one.words for one in verdicts.values())
    if has_verdicts:
        columns.insert(-1, f"Beside {NATIONAL}")
    rows = []
    for one in values:
        row, verdict = _force_row(result, one), verdicts.get(one.force_id)
        said = [Cell(_in_a_cell(verdict) if verdict else "")] if has_verdicts else []
        cells = (*row.cells[:-1], *said, row.cells[-1])
        rows.append(replace(row, cells=cells, anchor=f"row-{one.force_id}", address=address(one.force_id)))
    return html_table(_caption(result), columns, rows) + _under_table(result, values)


def _in_a_cell(verdict: Verdict) -> str:
    """Return a verdict without what it is set against, which the column names: "Notably higher", "Similar"."""
    return verdict.words.removesuffix(" than").removesuffix(" to").capitalize() or "No verdict"


def _highest_first(result: Result) -> list[Value]:
    return [*result.highest_first(map(str, result.forces.index)), result.national]


def _caption(result: Result) -> str:
    return f"{result.measure.title}, {wording.windows_in_words(result)}"


def _under_table(result: Result, values: list[Value]) -> Markup:
    """Return the key to the marks of the values, what their intervals are, and what standardised ones are."""
    statuses = [one.status for one in values]
    if result.has_earlier:  # earlier values have marks in the table only where it has a column of them
        statuses += [status for one in values for status in (one.comparator_status, one.same_release_status) if status]
    key = key_to_marks(result.edition.data.statuses, statuses)
    about = result.edition.data.policy.standardised.table if standardised(result) else ""
    return key + about_intervals(result) + (piece("paragraph", "key", about) if about else Markup())


def beside(result: Result, *force_ids: str) -> pd.DataFrame:
    """Return the numbers of some forces and of England and Wales, a row each, by name.

    Columns: `value` in the measure's unit, not rounded, with its 95% interval (`lower_95`, `upper_95`); the counts
    behind it (`numerator`, `denominator`); `earlier_value`, that of the comparator's window; `status`, and `note` that
    says why. A number that there is none of is NaN.
    """
    names = {force_id: result.edition.forces.name(force_id) for force_id in (*force_ids, ENGLAND_AND_WALES)}
    rows, compared = [result.of(force_id) for force_id in names], compare(result)
    lower, upper = zip(*(compared.limits(force_id, SHOWN_LEVEL) for force_id in names), strict=True)
    held = {"value": [one.value for one in rows], "lower_95": lower, "upper_95": upper}
    held |= {name: [getattr(one, name) for one in rows] for name in ("numerator", "denominator")}
    held |= {"earlier_value": [one.comparator_value for one in rows]}
    held |= {name: [getattr(one, name) for one in rows] for name in ("status", "note")}
    about = f"{result.measure.unit}, {wording.windows_in_words(result)}"
    return pd.DataFrame(held, index=pd.Index([*names.values()], name=about))


def _columns(result: Result) -> list[str]:
    measure = result.measure
    columns = ["Force", measure.unit[:1].upper() + measure.unit[1:], *([] if measure.is_context else ["95% interval"])]
    columns += count_headings(result)
    if result.comparator_window is not None and result.has_earlier:
        columns.append(f"Value {wording.earlier_in_words(result)}")
        if result.comparator_release:
            columns.append(f"Value {wording.window_phrase(result.window)}, same release as the one before")
    columns += STANDARDISED if standardised(result) else ()
    return [*columns, "Note"]


def count_headings(result: Result) -> tuple[str, str]:
    """Return what a table calls the count behind a value, and what that is divided by."""
    if result.earlier_window is not None:
        return "Difference in crimes", f"Crimes in the {result.earlier_window.words}"
    return "Count", "Population" if "population" in result.measure.denominator.items else "Out of"


def _force_row(result: Result, one: Value) -> Row:
    interval = interval_cell(result.measure, *compare(result).limits(one.force_id, SHOWN_LEVEL))
    cells = [value_cell(result, one.value, one.status), *([] if result.measure.is_context else [interval])]
    cells += [count_cell(one.numerator), count_cell(one.denominator)]
    if result.has_earlier:
        cells.append(value_cell(result, one.comparator_value, one.comparator_status))
        if result.comparator_release:
            cells.append(value_cell(result, one.same_release_value, one.same_release_status))
    if shares := standardised(result):
        cells += _standardised_cells(result, shares.get(one.force_id, NONE), one.status)
    cells.append(Cell(one.short if one.in_figure or one.is_missing else f"Not in the figure: {one.short}"))
    kind = "total" if one.force_id == ENGLAND_AND_WALES else ""
    return Row(result.edition.forces.name(one.force_id), tuple(cells), kind)


def _standardised_cells(result: Result, share: StandardisedShare, status: str) -> list[Cell]:
    """Return the count expected, the standardised value and its interval; marked as the value itself is."""
    value = value_cell(result, share.value, status)
    expected = Cell(NOT_AVAILABLE if share.is_missing else shown(share.expected, 0), is_number=True)
    return [expected, value, interval_cell(result.measure, share.lower, share.upper)]


def value_cell(result: Result, value: float, status: str = "", without: str = "") -> Cell:
    """Return a value in the measure's unit with its mark: "58.9 [u]"; a missing one is its mark, `without` or "[x]"."""
    sign = result.edition.data.statuses.mark(status) if status else ""
    if math.isnan(value):
        return Cell(without or sign or NOT_AVAILABLE, is_number=True)
    return Cell(f"{wording.value_in_words(result.measure, value)} {sign}".strip(), is_number=True)


def counts_interval_cell(measure: Measure, numerator: float, denominator: float, without: str = NOT_AVAILABLE) -> Cell:
    """Return the interval of one pair of counts, or the mark `without` where there is none."""
    found = interval_of(measure, numerator, denominator)
    return interval_cell(measure, float(found.lower[0]), float(found.upper[0]), without)


def interval_cell(measure: Measure, lower: float, upper: float, without: str = NOT_AVAILABLE) -> Cell:
    """Return an interval in the measure's unit: "58.4 to 59.4", or the mark for one without limits (NaN)."""
    if math.isnan(lower):
        return Cell(without, is_number=True)
    words = (wording.value_in_words(measure, limit) for limit in (lower, upper))
    return Cell(" to ".join(words), is_number=True)


def count_cell(count: float) -> Cell:
    """Return a count, whole and with its thousands apart, or "[x]" for a missing one."""
    return Cell(NOT_AVAILABLE if math.isnan(count) else whole(count), is_number=True)


def key_to_marks(statuses: Statuses, shown: Iterable[str]) -> Markup:
    """Return the key to the marks of the statuses that are shown, as a paragraph, or nothing when they have none."""
    meanings: dict[str, list[str]] = {}
    for status in filter(None, shown):
        meanings.setdefault(statuses.mark(status), []).append(statuses.words(status))
    words = "; ".join(f"{sign} {' or '.join(dict.fromkeys(meaning))}" for sign, meaning in meanings.items() if sign)
    return piece("paragraph", "key", f"Key: {words}.") if words else Markup()


def about_intervals(result: Result) -> Markup:
    """Return what the intervals of a table are, as an HTML paragraph; nothing where no row has one."""
    if not np.isfinite(compare(result).intervals[SHOWN_LEVEL].lower).any():
        return Markup()
    words = CASES_ARE_A_SAMPLE if result.measure.kind == "cases" else COUNTS_NOT_SAMPLES
    return piece("paragraph", "key", words)
