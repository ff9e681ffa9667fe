"""What changed as a table on the terminal, as CSV with every row, as a list for the changelog and as a page."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial

from peel_analysis.changes import Changes
from peel_analysis.changes.causes import IN_WORDS, PARTS
from peel_analysis.changes.change import Change, End, in_order
from peel_analysis.data.text import as_cell, columns, in_words, whole, without_noise
from peel_analysis.show.tables import Cell, Row, html_table
from peel_analysis.show.templates import render, style_sheet

ROWS_IN_TEXT = 25  # of the terminal's table, unless all are asked for
SENTENCES_IN_TEXT = 10  # and verdicts, unless all are asked for
FORCES_IN_CHANGELOG = 3  # named a measure
ROWS_ON_PAGE = 20  # of the table that the page leads with
TEXT_HEADINGS = ("measure", "force", "A", "B", "difference", "unrounded", "counts", "cause")
NONE = "no verdict"
PAGE = "changes.html.j2"
CsvValue = str | Decimal | float | None
PAGE_HEADINGS = ("Difference", "Unrounded", "Counts behind it", "Cause")


def summary(changes: Changes) -> str:
    """Return how many values moved, appeared and disappeared, and how many sentences and verdicts flipped."""
    kinds = [change.kind for change in changes.rows]
    as_shown = sum(bool(change.difference_of_shown) for change in changes.rows)
    refused = kinds.count("refused")
    not_compared = f" ({whole(refused)} more must not be compared)" if refused else ""
    return (
        f"{whole(len(kinds) - refused)} values compared{not_compared}: "
        f"{kinds.count('moved')} moved ({as_shown} as shown), "
        f"{kinds.count('appeared')} appeared, {kinds.count('disappeared')} disappeared, "
        f"{kinds.count('status')} changed status only; {len(changes.sentences)} sentences and "
        f"{len(changes.verdicts)} verdicts flipped"
    )


def _cells(change: Change) -> tuple[str, ...]:
    """Return both values, their difference as shown and unrounded, the counts behind it where they differ, the causes.

    Counts are the numerators. With the causes stands what another release held would turn.
    """
    as_shown, difference = change.difference_of_shown, change.difference
    counts = (change.a.numerator, change.b.numerator)
    differ = counts[0] != counts[1] and not any(math.isnan(count) for count in counts)
    return (
        change.shown(change.a),
        change.shown(change.b),
        "" if as_shown is None else f"{as_shown:{'+' if as_shown else ''}}",  # nothing has no sign, as in the values
        "" if difference is None else change.unrounded(difference),
        " to ".join(whole(count) for count in counts) if differ else "",
        _account(change),
    )


def _account(change: Change) -> str:
    """Return the causes, and what another release held would turn."""
    return "; ".join(filter(None, (change.causes, change.otherwise)))


def text_table(changes: Changes, *, every: bool) -> str:
    """Return the terminal's table: England and Wales first, then the biggest changes, and what else there is to say."""
    told = in_order(changes.rows)
    chosen = told if every else told[:ROWS_IN_TEXT]
    refused = [f"  {sentence}" for sentence in changes.refusals()]
    lines = [f"A: {changes.a.name}", f"B: {changes.b.name}", summary(changes), ""]
    lines += ["Not compared:", *refused, ""] if refused else []
    if chosen:
        lines += columns([TEXT_HEADINGS, *(_text_row(change) for change in chosen)], right=(2, 3, 4, 5))
        lines += _more(len(told) - len(chosen))
    elif not refused:
        lines.append("Nothing moved.")
    sentences = [f"  A: {sentence.before}\n  B: {sentence.after}" for sentence in changes.sentences]
    verdicts = [
        f"  {row.measure_id}, {row.name}: {row.a.verdict or NONE} -> {row.b.verdict or NONE}"
        for row in changes.verdicts
    ]
    for what, flipped in (("Sentences", sentences), ("Verdicts", verdicts)):
        kept = flipped if every else flipped[:SENTENCES_IN_TEXT]
        lines += ["", f"{what} that flipped:", *kept, *_more(len(flipped) - len(kept))] if flipped else []
    lines += ["", *(f"Note: {remark}" for remark in changes.remarks)]
    how = "Causes: from A, one input after the other is taken from B and everything is calculated again"
    return "\n".join([*lines, f"{how}: {', then '.join(IN_WORDS.values())}."]) + "\n"


def _more(number: int) -> list[str]:
    return [f"... and {number} more; --all shows them"] if number else []


def _text_row(change: Change) -> Sequence[str]:
    *cells, causes = _cells(change)
    came_or_went = change.kind in ("appeared", "disappeared")
    return (change.measure_id, change.name, *cells, f"{change.kind}: {causes}" if came_or_went else causes)


def _text(value: CsvValue) -> str:
    """Return what the CSV says of a value: all its digits, and nothing where it is missing."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return as_cell(value or "")


def _count(count: float) -> Decimal | None:
    return None if math.isnan(count) else without_noise(count)


def _of_both(name: str, get: Callable[[End], CsvValue]) -> dict[str, Callable[[Change], CsvValue]]:
    return {f"{name}_a": lambda change: get(change.a), f"{name}_b": lambda change: get(change.b)}


CSV_COLUMNS: dict[str, Callable[[Change], CsvValue]] = {
    "measure": lambda change: change.measure_id,
    "force_id": lambda change: change.force_id,
    **_of_both("period_end", lambda end: end.period_end),
    **_of_both("value", lambda end: end.value),
    "shown_a": lambda change: "" if change.a.is_missing else change.shown(change.a),
    "shown_b": lambda change: "" if change.b.is_missing else change.shown(change.b),
    "difference_shown": lambda change: "" if change.difference is None else str(change.difference_of_shown),
    "difference": lambda change: change.difference,
    **{cause: partial(lambda cause, change: change.split.parts.get(cause), cause) for cause in PARTS},
    "size_percent": lambda change: change.size if change.split.parts else None,
    "kind": lambda change: change.kind,
    **_of_both("status", lambda end: end.status),
    "status_causes": lambda change: ";".join(change.split.status_causes),
    "not_separable_causes": lambda change: ";".join(change.split.joint),
    **_of_both("numerator", lambda end: _count(end.numerator)),
    **_of_both("denominator", lambda end: _count(end.denominator)),
    **_of_both("verdict", lambda end: end.verdict),
    **_of_both("note", lambda end: end.note),
    **_of_both("other_release", lambda end: "; ".join(f"{table}: {value!r}" for table, value in end.others.items())),
    "refused": lambda change: change.refused,
}


def as_csv(changes: Changes) -> str:
    """Return every row, moved or not, as CSV with CSV_COLUMNS: values and parts unrounded, empty where missing.

    The parts are exact decimals: added up as decimals they are the difference.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows([_text(get(change)) for get in CSV_COLUMNS.values()] for change in changes.rows)
    return file.getvalue()


def as_changelog(changes: Changes) -> str:
    """Return a Markdown list for "Figures that moved": one bullet a measure, the biggest changes and their causes.

    England and Wales leads a bullet, then come the forces with the largest changes.
    """
    lines = [f"From {changes.a.name} to {changes.b.name}: {summary(changes)}.", ""]
    for of_measure in _by_measure(in_order(changes.rows)):
        of_forces = [change for change in of_measure if not change.is_national]
        told = [change for change in of_measure if change.is_national] + of_forces[:FORCES_IN_CHANGELOG]
        named = [
            f"{one.name} {one.shown(one.a)} to {one.shown(one.b)}"
            + (f" ({account})" if (account := _account(one)) else "")
            for one in told
        ]
        more = len(of_forces) - FORCES_IN_CHANGELOG
        if more > 0:
            named.append(f"{in_words(more)} other {'force' if more == 1 else 'forces'} moved less")
        lines.append(f"- {of_measure[0].title}: {'; '.join(named)}.")
    lines += [f"- Not compared: {sentence}" for sentence in changes.refusals()]
    return "\n".join(lines if len(lines) > 2 else [*lines, "- Nothing moved."]) + "\n"


def _by_measure(told: list[Change]) -> Iterable[list[Change]]:
    """Yield the changes of each measure, that with the largest first."""
    for measure_id in dict.fromkeys(change.measure_id for change in sorted(told, key=lambda change: -change.size)):
        yield [change for change in told if change.measure_id == measure_id]


def as_page(changes: Changes) -> str:
    """Return the page on its own: no font or picture from elsewhere; one h1; each table with caption and headers."""
    return render(PAGE, changes.data, style=style_sheet("site"), key="", ways=(), **on_page(changes))


def on_page(changes: Changes) -> dict[str, object]:
    """Return what the template PAGE shows of the changes, within the frame of a page."""
    told = in_order(changes.rows)
    moved = [change for change in told if change.kind in ("moved", "status")]
    came_and_went = [change for change in told if change.kind in ("appeared", "disappeared")]
    sentences = ((one.name, one.title, one.before, one.after) for one in changes.sentences)
    verdicts = ((row.name, row.title, row.a.verdict or NONE, row.b.verdict or NONE) for row in changes.verdicts)
    sides = (changes.a.name, changes.b.name)
    return {
        "title": f"What moved: {changes.a.name} to {changes.b.name}",
        "sides": {"A": changes.a, "B": changes.b},
        "summary": summary(changes),
        "refused": list(changes.refusals()),
        "most": _page_table("What moved most", sides, moved[:ROWS_ON_PAGE]),
        "came_and_went": _page_table("Values that appeared or disappeared", sides, came_and_went),
        "sentences": _flipped("Sentences that flipped", ("Force", "Measure", *sides), sentences),
        "verdicts": _flipped("Verdicts that flipped", ("Force", "Measure", *sides), verdicts),
        "measures": [
            (
                f"{rows[0].title} ({len(rows)})",
                _page_table(f"{rows[0].title}: every move", sides, rows, one_measure=True),
            )
            for rows in _by_measure(told)
        ],
        "remarks": changes.remarks,
        "order": list(IN_WORDS.values()),
    }


def _page_table(caption: str, sides: tuple[str, str], changes: list[Change], *, one_measure: bool = False) -> str:
    """Return a table of changes from one side to the other as markup, or nothing where there are none."""
    rows, of = [], () if one_measure else ("Measure",)
    for change in changes:
        *numbers, counts, causes = _cells(change)
        cells = (*(Cell(text, is_number=True) for text in numbers), Cell(counts), Cell(causes))
        rows.append(Row(change.name, cells if one_measure else (Cell(change.title), *cells)))
    headings = ("Force", *of, *sides, *PAGE_HEADINGS)
    return html_table(caption, headings, rows) if rows else ""


def _flipped(caption: str, headings: Sequence[str], lines: Iterable[tuple[str, ...]]) -> str:
    rows = [Row(name, tuple(Cell(text) for text in texts)) for name, *texts in lines]
    return html_table(caption, headings, rows) if rows else ""
