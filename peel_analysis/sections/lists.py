"""Measures side by side: tiles, lists of readings, what stands out, crime by offence group."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from markupsafe import Markup

from peel_analysis import measures
from peel_analysis.comparison import NotComparableError, check_together, compare, reasons_apart
from peel_analysis.comparison.verdicts import expected_flags
from peel_analysis.data.definitions import limited
from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import NATIONAL, Force
from peel_analysis.data.settings import TileGroup
from peel_analysis.measures import Result, Value
from peel_analysis.sections.display import Html, source_line
from peel_analysis.show import words as wording
from peel_analysis.show.tables import (
    Row,
    count_cell,
    counts_interval_cell,
    html_table,
    interval_cell,
    key_to_marks,
    value_cell,
)
from peel_analysis.show.templates import piece
from peel_analysis.show.words import not_available
from peel_analysis.statistics.intervals import COUNTS_NOT_SAMPLES

AT_MOST = 7  # lines of what stands out
RATE, CHANGE = "crime_per_1000", "crime_change_12m"
NO_CHANGE = "not_applicable"  # the status of a change from no crime at all, or of an interval from or to none


def panel(block: TileGroup, results: list[Result], force_id: str) -> Html:
    """Return one group of tiles: a heading, a tile a measure, the key and the group's note.

    Of measures that must not stand together only the heading is shown, and the reason.
    """
    about = f"tiles: {block.title.rstrip('*')}"
    try:
        for first, second in combinations(results, 2):
            check_together(first.measure, second.measure, first.edition)
    except NotComparableError as refusal:
        return Html(piece("panel", block.title, refused=str(refusal)), about)
    shown = [_tile(result, force_id) for result in results]
    note = block.note.format(window=wording.window_phrase(results[0].window)) if block.note else ""
    key = key_to_marks(results[0].edition.data.statuses, _statuses(results, force_id))
    html = piece("panel", block.title, shown, key, note)
    return Html(html, about, {"tiles": [result.measure.id for result in results]})


def _statuses(results: list[Result], force_id: str) -> list[str]:
    """Return the statuses of the values that the tiles show, not of those that a dash stands for."""
    statuses = []
    for result in results:
        own = result.of(force_id)
        statuses += [one.status for one in (own, result.national) if not one.is_missing]
        statuses += [own.comparator_status] if own.has_comparator and result.comparator_window is not None else []
    return list(dict.fromkeys(status for status in statuses if status))


def _tile(result: Result, force_id: str) -> dict[str, Any]:
    """Return what a tile says, each text whole."""
    own = result.of(force_id)
    return {
        "measure_id": result.measure.id,
        "label": result.measure.tile,
        "own": _value(result, own),
        "window": _capital(wording.windows_in_words(result)),
        "national": _value(result, result.national),
        "earlier": _earlier(result, own),
        "remark": "" if own.status == "reported" else own.short,
    }


def _value(result: Result, one: Value) -> dict[str, str]:
    """Return a value in words with its mark, or why there is none."""
    if one.is_missing:
        return {"words": "", "mark": "", "why": f"no figure: {one.note or one.status.replace('_', ' ')}"}
    sign = result.edition.data.statuses.mark(one.status)
    return {"words": wording.value_in_words(result.measure, one.value), "mark": sign, "why": ""}


def _earlier(result: Result, own: Value) -> str:
    window = result.comparator_window
    if window is None or not own.has_comparator:
        return ""
    sign = result.edition.data.statuses.mark(own.comparator_status) if own.comparator_status else ""
    value = wording.value_in_words(result.measure, own.comparator_value)
    return f"{_capital(window.words)}: {value} {sign}".strip()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def introduction(force: Force) -> Html:
    """Return the sentence that says how to read the panel of tiles."""
    words = (
        f"Each tile sets {force.official_name} beside {NATIONAL}. "
        "A dash means that there is no figure: the force did not supply it, it was counted with another force's, it is "
        "not comparable, it has not been published, no table that this edition uses holds it, or the measure does not "
        "apply. The words under the dash say why."
    )
    return Html(piece("paragraph", "panel-introduction", words), "how to read the panel")


def readings(kind: str, results: Iterable[Result], force_id: str, about: str, note: str = "") -> Html:
    """Return a list of readings: a line a result, each with the id of its row in values.csv and a link to its figure.

    A measure that the edition does not have gets no link; what is only counted as a part of another measure is linked
    to the figure of the whole. Under the list stands why lines of it are not to be compared with each other.
    """
    told = list(results)
    lines = [
        {
            "value_id": wording.value_id(result, force_id),
            "reading": wording.reading(result, force_id),
            "figure": "" if not_available(result) else result.measure.part_of or result.measure.id,
        }
        for result in told
    ]
    said = {"kind": kind, "lines": lines, "apart": read_apart(told, force_id), "note": note}
    return Html(piece("readings", **said), about, {"readings": said})


def read_apart(results: Iterable[Result], force_id: str) -> list[str]:
    """Return each reason why lines of one list are not to be compared with each other.

    Only lines that say a value of the force count: the others hold nothing to compare.
    """
    told = [result for result in results if not result.of(force_id).is_missing]
    return list(reasons_apart([result.measure for result in told], told[0].edition)) if told else []


def standing_out(results: list[Result], force_id: str) -> Html:
    """Return the few figures on which the policy finds a force higher or lower: at most seven lines, clearest first.

    `results` are all those of the edition: the note under the list counts the comparisons made with any of them.
    """
    told, about = clearest(results, force_id), "what stands out"
    expected = expected_flags(results)
    note = (
        f"Chosen by the wording policy ({compare(results[0]).policy.label}) from every figure of this edition that has "
        f"a verdict. {expected.sentence() if expected else ''}"
    )
    if told:
        return readings("standing-out", told, force_id, about, note)
    name = results[0].edition.forces.official_name(force_id)
    none = f"On no figure is {name} found higher or lower than England and Wales by the stated rule."
    return Html(piece("paragraph", "none-recorded", none) + piece("paragraph", "key", note), about)


def clearest(results: Iterable[Result], force_id: str) -> list[Result]:
    """Return the results on which the force is found higher or lower, the clearest first, at most seven."""
    found = [
        result
        for result in results
        if compare(result).verdicts[force_id].words not in ("", compare(result).policy.words.otherwise)
    ]
    return sorted(found, key=lambda result: _clearness(result, force_id), reverse=True)[:AT_MOST]


def _clearness(result: Result, force_id: str) -> tuple[bool, float, float]:
    """Return what the list is sorted by: notable first, then distance from the other forces, then from the whole.

    The last is in gaps that the size rule asks for, so that figures of different units have an order; it decides among
    those that the size rule alone could be held against.
    """
    compared = compare(result)
    verdict = compared.verdicts[force_id]
    distance = abs(verdict.robust_z) if verdict.robust_z is not None else 0.0
    if verdict.gap is None or verdict.national_shown is None:
        return bool(verdict.chance), distance, 0.0
    asked = compared.policy.gap_asked(verdict.national_shown, result.measure.decimals)
    return bool(verdict.chance), distance, float(abs(verdict.gap) / asked)


def by_group(edition: Edition, force_id: str) -> Html:
    """Return a table of recorded crime and its source, a row an offence group, most crimes first, then all crime.

    Columns: crimes in the force, its rate with its 95% interval, the England and Wales rate, the change on the earlier
    12 months in the force with its 95% interval, and the change in England and Wales. What the intervals are stands
    under the table. The source and the forces are those of the measures of all crime (excluding fraud).
    """
    counts = edition.counts("recorded_crime")
    groups = [] if counts is None else [group for group in counts["dimension"].unique() if group]
    found = sorted((_row(edition, force_id, group) for group in groups), key=lambda row: -row[0])
    rows = [row for _, row in (*found, _row(edition, force_id, ""))]
    window = edition.window(edition.data.measure(RATE).window).words
    columns = (
        "Offence group",
        "Crimes",
        "Per 1,000 population",
        "95% interval of the rate",
        "Rate, England and Wales",
        f"Change on the {edition.window(edition.data.measure(CHANGE).earlier).words}",
        "95% interval of the change",
        "Change, England and Wales",
    )
    caption = f"Recorded crime (excluding fraud) by offence group, {edition.forces.official_name(force_id)}, {window}"
    of_all = measures.calculate(edition.data.measure(RATE), edition)
    has_blank = any(cell.text == edition.data.statuses.mark(NO_CHANGE) for row in rows for cell in row.cells)
    parts = (
        html_table(caption, columns, rows),
        key_to_marks(edition.data.statuses, [of_all.of(force_id).status, *([NO_CHANGE] if has_blank else [])]),
        piece("paragraph", "key", COUNTS_NOT_SAMPLES),
        piece("paragraph", "source", source_line(of_all)),
    )
    return Html(Markup("\n").join(parts), "recorded crime by offence group")


def _row(edition: Edition, force_id: str, group: str) -> tuple[float, Row]:
    """Return the crimes of a group, or of all, and their row: the same measures, calculated for the group alone."""
    rate, change = map(edition.data.measure, (RATE, CHANGE))
    if group:
        rate, change = limited(rate, (group,)), limited(change, (group,))
    rates, changes = measures.calculate(rate, edition), measures.calculate(change, edition)
    own, blank = rates.of(force_id), edition.data.statuses.mark(NO_CHANGE)
    cells = (
        count_cell(own.numerator),
        value_cell(rates, own.value, own.status, blank),
        counts_interval_cell(rate, own.numerator, own.denominator, blank),
        value_cell(rates, rates.national.value, without=blank),
        value_cell(changes, changes.of(force_id).value, without=blank),
        interval_cell(change, *compare(changes).limits(force_id), blank),
        value_cell(changes, changes.national.value, without=blank),
    )
    return own.numerator, Row(group or "All crime (excluding fraud)", cells, "" if group else "total")
