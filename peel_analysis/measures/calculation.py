"""From counts to values: what an edition's measures need is read once, then each step leads from rows to rows."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from math import fsum, isnan, nan

from peel_analysis.checks import records
from peel_analysis.data.definitions import Measure, NotComparableError, below
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES, NUMBER_OF_FORCES
from peel_analysis.data.periods import Period
from peel_analysis.data.reads import WHOLE, note, only_checked, question
from peel_analysis.data.registers import EXCLUSIONS, NOT_COMPARABLE
from peel_analysis.data.text import enumerated
from peel_analysis.data.writing import cache_folder, once
from peel_analysis.measures.exclusions import Exclusions, check_years, exclusions_of
from peel_analysis.measures.result import Result, Value, based_on, fill_published, of_each
from peel_analysis.measures.sums import CountTables, rank

NOT_HELD = ("not_public", "not_published", "not_available")  # there may be a count: no table of the edition has it
NOTHING_TO_DIVIDE_BY = "The count that it would be divided by is 0."
NOT_PROVIDED = {  # by the status that a published table has for it: what a note says unless a register says more
    "partial": (
        "Some of the counts behind this figure were not provided: it rests on a part.",
        "Counts missing",
    ),
    "not_supplied": ("The counts for this figure were not provided.", "Not supplied"),
}
Rows = list[Value]  # of forces on the way to their values in one window; a number that is missing is NaN
Side = tuple[Rows, tuple[str, ...], str, tuple[tuple[str, str], ...]]  # of one window, as `in_window` returns it
NOBODY: Side = ([], (), "", ())


def calculate(measure: Measure, edition: Edition) -> Result:
    """Return the measure for all forces and England and Wales.

    England and Wales is sum over sum for the same forces in both sums, after exclusions, never the mean of the forces'
    rates. A force without a figure keeps its row, with status and reason. Values that only the published report gives
    are filled in and marked `as_published`. Raises InputError (GapError among them) for tables that do not answer.
    """
    return calculate_all(edition, [measure])[0]


def calculate_all(edition: Edition, measures: Iterable[Measure] | None = None) -> tuple[Result, ...]:
    """Return the results of all measures, or of those named, from tables read once. Raises as `calculate` does.

    A result is the same object for as long as no register, no declaration and no table that it counts changes: what is
    worked out from it is found again by that.
    """
    chosen = tuple(edition.data.measures if measures is None else measures)
    by_name = {one.id: one for one in edition.data.measures} if edition.is_as_declared else {}
    declared = [one for one in chosen if by_name.get(one.id) is one]
    try:
        with only_checked():  # each is told by its name
            results = _held(edition, declared)
    except Exception:
        note(edition.data.folder, WHOLE)
        raise
    if measures is None and declared:
        _every(edition, held=results)
    else:
        for one in declared:
            _declared(edition, one.id, held=results[one])
    results |= _held(edition, [one for one in chosen if by_name.get(one.id) is not one])
    return tuple(results[one] for one in chosen)


@question("results", lambda found: of_each({repr(measure): one for measure, one in found.items()}))
def _every(edition: Edition, held: dict[Measure, Result] | None = None) -> dict[Measure, Result]:
    return held or {one.measure: one for one in calculate_all(edition)}


@question("result", lambda found: found.digest.encode())
def _declared(edition: Edition, measure_id: str, held: Result | None = None) -> Result:
    return held or calculate(edition.data.measure(measure_id), edition)


def _held(edition: Edition, measures: Iterable[Measure]) -> dict[Measure, Result]:
    """Return the results of measures by all that is declared of them."""
    inputs, chosen = CountTables(edition), list(dict.fromkeys(measures))
    asked: dict[Hashable, Callable[[], Result]] = {
        ("result", one, edition.choices): partial(_made, one, inputs) for one in chosen
    }
    return dict(zip(chosen, edition.data.cached_together(asked), strict=True))


def _made(measure: Measure, inputs: CountTables) -> Result:
    inputs.edition.data.rest_on_all()
    return _kept(measure, inputs)


def _kept(measure: Measure, inputs: CountTables) -> Result:
    """Return the result that another process of a batch has calculated, else calculate it and keep it."""
    if cache_folder() is None or inputs.edition.data.is_mixed:
        return _calculated(measure, inputs)
    made = once("results", (repr(measure), inputs.edition.key), lambda: _calculated(measure, inputs).as_bytes())
    return Result.from_bytes(measure, inputs.edition, made)


def _calculated(measure: Measure, inputs: CountTables) -> Result:
    edition = inputs.edition
    rows, members, release, contradicted = in_window(measure, measure.window, inputs)
    over_time = edition.over_time(measure.items)
    other = CountTables(over_time) if over_time is not edition and measure.comparator else None
    before: Side = in_window(measure, measure.comparator, other or inputs) if measure.comparator else NOBODY
    later, _, other_release, _ = in_window(measure, measure.window, other) if other else NOBODY
    earlier, earlier_members, _, also = before
    both = other_release if any(not isnan(row.value) for row in earlier) else ""
    compared = in_same_release(beside(rows, earlier, measure, edition), later)
    values, denied = fill_published(compared, measure, edition, inputs.published), (*contradicted, *also)
    return Result(measure, edition, tuple(values), members, earlier_members, release, denied, both)


def in_window(measure: Measure, window_name: str, inputs: CountTables) -> Side:
    """Return a measure in one window: added up, left out, marked, divided, and summed for England and Wales.

    An earlier window divides by the population of its own mid-year where that is held.

    That is the forces' rows with England and Wales's last, its members, the releases, and the exclusions contradicted.
    """
    window = inputs.edition.window(window_name)
    inputs = inputs.with_people_of(measure, window)
    edition = inputs.edition
    excluded = exclusions_of(measure, edition, window.end.year, inputs.exclusions)
    counted, release, held = add_up(measure, window, excluded, inputs)
    contradicted = contradictions(measure, edition, window, excluded, held)
    rows = leave_out(counted, excluded, contradicted)
    doubts: list[tuple[Mapping[str, records.Doubt], bool]] = []  # each with whether the forces in doubt are left out
    if records.OUTCOMES in measure.numerator.items:
        with_count = {row.force_id for row in rows if row.is_counted}
        for find, out in ((records.incomplete, edition.leave_out_incomplete), (records.mismatched, False)):
            found = {force_id: one for force_id, one in find(edition, window).items() if force_id in with_count}
            doubts.append((found, out))
            rows = mark_doubts(rows, found, leave_out=out)
    rows = note_steps(rows, measure, edition, window)
    rows = divide(rows, measure.multiplier)
    members = members_of(rows)
    remarks = [records.national_note(found, members, left_out=out) for found, out in doubts]
    national = england_and_wales(each_resident_once(rows, measure, edition), measure.multiplier, members, remarks)
    alone = [replace(row, value=nan) if row.status == "combined" else row for row in rows]
    return [*alone, national], tuple(members), release, tuple(contradicted.items())


def add_up(
    measure: Measure, window: Period, excluded: Exclusions, inputs: CountTables
) -> tuple[Rows, str, Mapping[str, Collection[str]]]:
    """Return the forces' counts, the releases that they are from, and the items of which each force has a count."""
    edition = inputs.edition
    if measure.kind == "survey":
        if measure.id not in edition.lacks:
            found = f"no reason why the survey '{measure.id}' has no value; name it under [lacks]"
            raise InputError(f"{edition.file}: {found}, as in the items of [lacks.not_applicable]")
        why = edition.lacks[measure.id]
        return [Value(one, nan, nan, nan, why.status, why.sentence, why.short) for one in edition.forces.ids], "", {}
    is_change = measure.kind == "change"
    tops, release, held = inputs.sum_of(measure.numerator, window, excluded.left_out)
    part = measure.numerator if is_change else measure.denominator
    other_window = edition.window(measure.earlier) if is_change else window
    if (name := below(measure)) != measure.window:
        other_window = edition.window(name)
    belows, other_release, _ = inputs.sum_of(part, other_window, excluded.left_out)
    rows = []
    for force_id in edition.forces.ids:
        one, other = tops[force_id], belows[force_id]
        numerator = one.count - other.count if is_change else one.count
        reason = max(one, other, key=lambda count: rank(count.status))  # of two alike the numerator's
        if isnan(numerator) or isnan(other.count):  # of one that is missing, and of the numerator if both are
            reason = one if isnan(numerator) and one.status != "reported" else other
        rows.append(Value(force_id, nan, numerator, other.count, reason.status, reason.sentence, reason.short))
    return rows, release if is_change else f"{release}; {other_release}".strip("; "), held


def contradictions(
    measure: Measure, edition: Edition, window: Period, excluded: Exclusions, held: Mapping[str, Collection[str]]
) -> dict[str, str]:
    """Return, by force, the sentence on the exclusions that deny a count which is held by now."""
    items, found = measure.numerator.items, {}
    for force_id in excluded.by_force:
        if facts := excluded.denied(force_id, items, held.get(force_id, ())):
            named = [one for one in facts[0]["components"].split(";") if one in held[force_id]] or items
            what = enumerated(one.replace("_", " ") for one in named)
            places = [edition.data.place_of(EXCLUSIONS, fact) for fact in facts]
            where = enumerated([places[0], *(one.rpartition(", ")[2] for one in places[1:])])
            found[force_id] = (
                f"{edition.forces.name(force_id)}'s {what} of {window.end.year} are now held, and left out by {where}: "
                "take the row out, or write yes under although_held."
            )
    return found


def leave_out(rows: Rows, excluded: Exclusions, contradicted: Mapping[str, str]) -> Rows:
    """Return the rows with the register's two switches, statuses and reasons, and the reason of a gap in a table.

    A force out of both the figure and England and Wales loses its counts too; out of the figure only it keeps them. A
    row that a count contradicts is obeyed, and the note says so.
    """
    left = []
    for row in rows:
        if row.force_id not in excluded.by_force:
            why = NOT_PROVIDED.get(row.status) if not row.note else None
            left.append(row.noted(*why, status=row.status) if why else row)
            continue
        in_figure, in_national = excluded.switches(row.force_id)
        kept = row if in_figure or in_national else replace(row, numerator=nan, denominator=nan)
        note, short = excluded.explanation(row.force_id, row.note, row.short)
        if row.force_id in contradicted:
            note = f"{note} {contradicted[row.force_id]}"
        status = excluded.status(row.force_id, row.status, has_count=kept.is_counted)
        left.append(replace(kept, status=status, note=note, short=short, in_figure=in_figure, in_national=in_national))
    return left


def mark_doubts(rows: Rows, doubts: Mapping[str, records.Doubt], *, leave_out: bool = False) -> Rows:
    """Return the rows with status, note and short reason of the forces in doubt. A status that says more stays."""
    marked = []
    for row in rows:
        if (one := doubts.get(row.force_id)) and row.is_counted:
            status, in_national = max(row.status, one.status, key=rank), row.in_national and not leave_out
            row = row.noted(one.sentence, one.short, status=status, in_national=in_national)
        marked.append(row)
    return marked


def note_steps(rows: Rows, measure: Measure, edition: Edition, window: Period) -> Rows:
    """Return the rows with a note where one quarter of crime, in the window or the base of a change, stands apart."""
    parts = [(window, "the 12 months")]
    if measure.earlier:
        parts.append((edition.window(measure.earlier), "the base of the change"))
    noted = {row.force_id: row for row in rows}
    for item in measure.numerator.items:
        for period, part in parts:
            for force_id, quarter in records.quarters_apart(item, edition, period):
                row = noted[force_id]
                if row.is_counted and not row.short:
                    noted[force_id] = row.noted(records.stands_apart(quarter, part), records.STANDS_APART)
    return list(noted.values())


def divide(rows: Rows, multiplier: int) -> Rows:
    """Return the rows with their values; where there is nothing to divide by, with that for a reason."""
    divided = []
    for row in rows:
        if row.denominator != 0:
            row = replace(row, value=multiplier * row.numerator / row.denominator)
        elif row.is_counted and row.status != "combined":
            row = row.noted(NOTHING_TO_DIVIDE_BY, "Nothing to divide by", status="not_applicable")
        divided.append(row)
    return divided


def members_of(rows: Rows) -> list[str]:
    """Return the forces in both sums of England and Wales: those that the register leaves in and that counted.

    Of forces counted together the populations of all are in. None are where a force that the register leaves in is in
    no table that is held, as with a return of some forces, or where one force alone has counted.
    """
    known = [row for row in rows if row.in_national and not isnan(row.denominator)]
    together = any(row.is_counted and row.status == "combined" for row in known)
    pooled = [row.force_id for row in known if row.is_counted or (together and row.status == "combined")]
    left_out = [row for row in rows if row.in_national and row.force_id not in pooled]
    in_part = any(row.status in NOT_HELD for row in left_out) or (bool(left_out) and len(pooled) == 1)
    return [] if in_part else pooled


def each_resident_once(of_forces: Iterable[Value], measure: Measure, edition: Edition) -> Rows:
    """Return the rows as England and Wales adds them up: by its residents, where the edition's file says so.

    The population that replaces a force's residents holds people who are residents of other forces. Those that it
    replaces are put back, and so each is counted once; the force's own rate keeps what it divides by.
    """
    rows = list(of_forces)
    if edition.national_population is None or measure.denominator.items != (POPULATION,):
        return rows
    residents, replaced = edition.national_populations, edition.population_instead
    return [
        replace(row, denominator=float(residents[row.force_id]))
        if row.force_id in replaced and not isnan(row.denominator)
        else row
        for row in rows
    ]


def england_and_wales(rows: Rows, multiplier: int, members: Collection[str], remarks: Iterable[str]) -> Value:
    """Return the row of England and Wales: sum over sum of its members, or no value and the reason."""
    summed = [row for row in rows if row.force_id in members]
    if any(row.denominator != 0 for row in summed):
        numerator = fsum(row.numerator for row in summed if row.is_counted)
        denominator = fsum(row.denominator for row in summed)
        eligible = sum(row.in_national for row in rows)
        partial = len(summed) < eligible or any(row.status == "partial" for row in summed)
        value, status = multiplier * numerator / denominator, "partial" if partial else "reported"
        national = Value(ENGLAND_AND_WALES, value, numerator, denominator, status, based_on(len(members)), "")
    else:
        missing = [row for row in rows if isnan(row.value)]
        reason = next((row for row in missing if row.in_national), missing[0])
        held, note = len(rows) - len(missing), reason.note
        if held == 1:
            note = "One force alone has a figure, and that is not England and Wales."
        elif held:
            needed = "England and Wales needs a count of each other force, or a row that says why it has none"
            note = f"{held} of {NUMBER_OF_FORCES} forces have a figure; {needed}."
        national = Value(ENGLAND_AND_WALES, nan, nan, nan, reason.status, note, reason.short)
    return replace(national, note=" ".join(filter(None, (national.note, *remarks))))


def beside(rows: Rows, comparator: Rows, measure: Measure, edition: Edition) -> Iterator[Value]:
    """Yield the rows with the comparator's numbers: none of a force that is out of the figure, or not comparable."""
    before = {row.force_id: row for row in comparator}
    for row in rows:
        if one := before.get(row.force_id):
            earlier, later = (edition.window(name).end.year for name in (measure.comparator, measure.window))
            try:
                if not isnan(one.value):
                    check_years(measure, row.force_id, earlier, later, edition.data.blocks)
            except NotComparableError as refusal:
                one = replace(one, in_figure=False, status=NOT_COMPARABLE, note=str(refusal))
            shown = one if one.in_figure else replace(one, value=nan, numerator=nan, denominator=nan)
            row = row.beside("comparator", shown)
        yield row


def in_same_release(rows: Iterable[Value], later: Rows) -> Iterator[Value]:
    """Yield the rows with their window's numbers in the comparator's release, for those that have an earlier year."""
    also = {row.force_id: row for row in later}
    for row in rows:
        if (one := also.get(row.force_id)) and row.has_comparator:
            row = row.beside("same_release", one)
        yield row
