"""One number explained: value, formula, counts, population, exclusions, England and Wales, rounding and origin."""

import math

import pandas as pd

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.comparison.sensitivity import (
    difference_from_rest,
    in_other_releases,
    of_assigned,
    other_verdicts,
    rest_of,
    with_assumed_population,
    with_other_populations,
)
from peel_analysis.data import registers
from peel_analysis.data.definitions import below
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.files import code_version
from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL, NUMBER_OF_FORCES
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.data.text import block, columns, pairs, paragraph, shown, whole
from peel_analysis.measures import Measure, Part, Result, Value
from peel_analysis.measures.exclusions import exclusions_of
from peel_analysis.measures.provenance import definition_of, rule_of, tables_of
from peel_analysis.show import words as wording

PASSED = {True: "passed", False: "not passed"}  # a test, where it was made
MANY = 20  # dimensions that are named one by one


def account(measure: Measure, force_id: str, edition: Edition) -> str:
    """Return the account of a force's value, or England and Wales's, as plain text that ends with a line end.

    A missing value is accounted for in the same shape. Raises InputError when a table does not answer.
    """
    result = measures.calculate(measure, edition)
    lines = [
        f"{measure.title}: {edition.forces.official_name(force_id)}",
        f"{edition.title}, {result.window.words}",
        *block("Value", _value(result, force_id)),
        *block("Formula", _formula(result, force_id)),
        *_counts(result, force_id, result.window, ""),
        *block("England and Wales", _national(result, force_id)),
        *block("Exclusions", _exclusions(result, force_id)),
        *_comparator(result, force_id),
        *block("Other populations", _other_populations(result, force_id)),
        *block("Verdict", _verdict(result, force_id)),
        *block("In other tables", _other_tables(result, force_id)),
        *block("Caveats", [line for text in wording.caveats(result, force_id) for line in paragraph(text)]),
        *block("Published value", _published(result, force_id)),
        *block("Provenance", _provenance(result, force_id)),
    ]
    return "\n".join(lines) + "\n"


def _value(result: Result, force_id: str) -> list[str]:
    measure, own = result.measure, result.of(force_id)
    meaning = result.edition.data.statuses.rows.get(own.status, {}).get("meaning", "")
    rows = [("shown", f"[{own.status}]: no value"), ("unrounded", "none")]
    rounding = "a missing value is never shown as 0"
    if not own.is_missing:
        shown, places = wording.value_in_words(measure, own.value), measure.decimals
        unit = "" if measure.unit == "percent" else measure.unit.removeprefix("percent ")
        rows = [("shown", f"{shown} {unit}"), ("unrounded", repr(own.value))]
        digits = f"{places} decimal place{'' if places == 1 else 's'}"
        rounding = f"decimal, half up, {digits}: {own.value!r} is shown as {shown}"
    rows += [("status", f"{own.status}: {meaning}".rstrip(": ")), ("note", own.note)]
    if force_id != ENGLAND_AND_WALES:
        for label, is_in in (("in figure", own.in_figure), ("in England and Wales", own.in_national)):
            rows.append((label, "yes" if is_in else "no"))
    return pairs([*rows, ("rounding", rounding)])


def _formula(result: Result, force_id: str) -> list[str]:
    """Return the formula in words, then with the numbers in it."""
    measure, own = result.measure, result.of(force_id)
    top = " + ".join(measure.numerator.items)
    if measure.numerator.dimensions:
        version = f"; {measure.numerator.version}" if measure.numerator.version else ""
        top += f" (dimensions {', '.join(measure.numerator.dimensions)}{version})"
    if measure.kind == "survey":
        in_words = "none: the survey is described, not calculated"
    elif measure.kind == "change":
        later, earlier = (f"{top} in {window}" for window in (measure.window, measure.earlier))
        in_words = f"({later} - {earlier}) / {earlier} x {measure.multiplier}"
    else:
        in_words = f"{top} / {' + '.join(measure.denominator.items)} x {measure.multiplier:,}"
    left_out = ["counts that follow are in the tables, and the register of exclusions leaves them out"]
    worked = _worked(measure, own.value, own.numerator, own.denominator, own.status)
    return [in_words, worked, *(left_out if not (own.in_figure or own.in_national) else [])]


def _worked(measure: Measure, value: float, numerator: float, denominator: float, status: str) -> str:
    """Return the formula with the numbers in it, or why it cannot be worked out."""
    if math.isnan(numerator) or math.isnan(denominator):
        return "not calculated: as published" if status == "as_published" else "not calculated: no value"
    top = whole(numerator)
    if measure.kind == "change":
        top = f"({whole(numerator + denominator)} - {whole(denominator)})"
    equals = "no value" if math.isnan(value) else repr(value)
    return f"{top} / {whole(denominator)} x {measure.multiplier:,} = {equals}"


def _counts(result: Result, force_id: str, window: Period, suffix: str) -> list[str]:
    """Return the blocks of numerator and denominator: for England and Wales the sums over its members."""
    measure, edition = result.measure, result.edition
    if measure.kind == "survey":
        return []
    edition = edition.over_time(measure.items) if suffix else edition
    if suffix and result.comparator_mid_year is not None:
        edition = edition.of_mid_year(result.comparator_mid_year)
    members = result.comparator_members if suffix else result.members
    force_ids = members if force_id == ENGLAND_AND_WALES else (force_id,)
    skipped = exclusions_of(measure, edition, window.end.year).left_out.get(force_id, set())
    whose = f", sum over {len(force_ids)} forces" if force_id == ENGLAND_AND_WALES and force_ids else ""
    lines = block(f"Counted{suffix}{whose}", _part(measure.numerator, edition, window, force_ids, skipped))
    if measure.kind == "change":
        earlier = edition.window(measure.earlier)
        return lines + block(f"Counted before{whose}", _part(measure.numerator, edition, earlier, force_ids, skipped))
    under = edition.window(below(measure)) if below(measure) != measure.window else window
    divided = _part(measure.denominator, edition, under, force_ids, skipped)
    if force_id == ENGLAND_AND_WALES and result.is_per_head and edition.national_population is not None:
        residents = edition.with_population(residents_only=True)
        divided = [*_population(residents, force_ids), *paragraph(edition.national_population.sentence)]
    if suffix and force_ids:
        divided += paragraph(wording.earlier_population(result)[1])
    return lines + block(f"Divided by{suffix}{whose}", divided)


def _part(part: Part, edition: Edition, window: Period, force_ids: tuple[str, ...], skipped: set[str]) -> list[str]:
    """Return each item's counts in a window, added up over `force_ids`: file, periods, dimensions and total.

    `skipped` are items that a force's partial return does not hold.
    """
    lines: list[str] = []
    for item in part.items:
        if item in skipped:
            lines += paragraph(f"{item.replace('_', ' ')}: left out, for the force's partial return does not hold it")
        elif item == POPULATION:
            lines += _population(edition, force_ids)
        else:
            lines += _item(item, part, edition, window, force_ids)
    return lines


def _population(edition: Edition, force_ids: tuple[str, ...]) -> list[str]:
    rows = edition.populations.loc[list(force_ids)]
    lines = []
    if usual := [force_id for force_id in force_ids if force_id not in edition.population_instead]:
        total = whole(float(rows.loc[usual, POPULATION].sum()))
        where = f"data/populations.csv, mid-{edition.mid_year}, vintage {edition.vintage}"
        lines.append(f"population: {total} ({where})")
        settings = edition.settings.population
        if (edition.mid_year, edition.vintage) == (settings.mid_year, settings.vintage):
            lines += paragraph(settings.sentence)
    for force_id in force_ids:
        if force_id in edition.population_instead:
            instead = edition.population_instead[force_id]
            where = f"data/populations.csv, mid-{instead.mid_year}, vintage {instead.vintage}, {instead.status}"
            lines.append(f"population of {force_id}: {whole(float(rows[POPULATION][force_id]))} ({where})")
            lines += paragraph(f"Assumption: {instead.sentence}")
    return lines


def _item(item: str, part: Part, edition: Edition, window: Period, force_ids: tuple[str, ...]) -> list[str]:
    """Return a line a period and the total, then a line a dimension; a blank count has the status that says why."""
    words, counts, lack = item.replace("_", " "), edition.counts(item), edition.lacks.get(item)
    if counts is None:
        return paragraph(f"{words}: no public table ({edition.lacks[item].status}). {edition.lacks[item].sentence}")
    release = edition.releases[item]
    inside = (counts["period_start"] >= window.start.isoformat()) & (counts["period_end"] <= window.end.isoformat())
    rows = counts[inside & counts["force_id"].isin(force_ids)]
    rows = rows[rows["dimension"].isin(part.dimensions)] if part.dimensions else rows
    head = f"{words}, {window.words}: data/counts/{release.item}/{release.release}.csv"
    if rows.empty:
        return [head, *paragraph(f"no row of this kind in the table. {lack.sentence if lack else ''}".strip())]
    cells = []
    for (start, end), of_period in rows.groupby(["period_start", "period_end"]):
        period = Period.parse(str(start), str(end))
        days = period.words if period.is_date else f"{day_in_words(period.start)} to {day_in_words(period.end)}"
        cells.append((days, _sum(of_period["count"]), ", ".join(sorted(set(of_period["status"]) - {"reported"}))))
    lines = [head, *columns([*cells, ("total", _sum(rows["count"]), "")], right=(1,))]
    sums = {str(dimension): _sum(counts) for dimension, counts in rows.groupby("dimension")["count"]}
    if len(sums) < 2 or len(sums) > MANY:
        return lines
    # outcome types in the order of their numbers, offence groups in that of the alphabet
    in_order = sorted(sums, key=lambda dimension: (int(dimension) if dimension.isdigit() else 0, dimension))
    return lines + columns([(f"of which {dimension}", sums[dimension]) for dimension in in_order], right=(1,))


def _sum(counts: "pd.Series[int]") -> str:
    total = counts.sum(min_count=1)
    return "[no count]" if pd.isna(total) else whole(float(total))


def _national(result: Result, force_id: str) -> list[str]:
    """Return the England and Wales value and its members; for itself, each member's two counts."""
    measure, national = result.measure, result.national
    rows = [
        ("shown", _shown(measure, national.value, national.status)),
        ("sum over sum", _worked(measure, national.value, national.numerator, national.denominator, national.status)),
        ("status", f"{national.status}. {national.note}"),
    ]
    if force_id == ENGLAND_AND_WALES and result.is_per_head and result.edition.national_population is not None:
        other = with_assumed_population(result).national
        worked = _worked(measure, other.value, other.numerator, other.denominator, other.status)
        rows.insert(2, ("with the assumed population", worked))
    if not result.members:
        return pairs(rows)
    rows.append(("members", f"{len(result.members)} of {NUMBER_OF_FORCES}: {', '.join(result.members)}"))
    rows.append(("left out", ", ".join(one for one in result.edition.forces.ids if one not in result.members)))
    if force_id != ENGLAND_AND_WALES:
        return pairs(rows)
    table = [("member", *(("change", "before") if measure.kind == "change" else ("counted", "divided by")), "value")]
    for own in map(result.of, result.members):
        value = "" if own.is_missing else wording.value_in_words(measure, own.value)
        divided_by = own.denominator
        if result.is_per_head:
            divided_by = float(result.edition.national_populations[own.force_id])
        table.append((own.force_id, whole(own.numerator), whole(divided_by), value))
    return pairs(rows) + columns(table, right=(1, 2, 3))


def _shown(measure: Measure, value: float, status: str) -> str:
    return f"[{status}]" if math.isnan(value) else wording.value_in_words(measure, value)


def _exclusions(result: Result, force_id: str) -> list[str]:
    """Return the register's rows that touch the number, those of the comparator's year too."""
    windows = [window for window in (result.window, result.comparator_window) if window is not None]
    tables = [exclusions_of(result.measure, result.edition, window.end.year).rows for window in windows]
    rows = pd.concat(tables).drop_duplicates()
    if force_id != ENGLAND_AND_WALES:
        rows = rows[rows["force_id"] == force_id]
    lines: list[str] = []
    for (one, year, reason), group in rows.groupby(["force_id", "period_year", "reason"], sort=False):
        effects = " and ".join(effect.replace("_", " ") for effect in group["effect"])
        components = next((f" (without {text})" for text in group["components"] if text), "")
        lines += paragraph(f"{one}, {year}: {effects}{components}. {reason} [{group['said_in'].iloc[0]}]")
    return lines or ["none in data/exclusions.csv touches this number"]


def _comparator(result: Result, force_id: str) -> list[str]:
    window, measure, own = result.comparator_window, result.measure, result.of(force_id)
    if window is None:
        return []
    numbers = (own.comparator_value, own.comparator_numerator, own.comparator_denominator, own.comparator_status)
    members = f"{len(result.comparator_members)} of {NUMBER_OF_FORCES}"
    rows = [
        ("window", window.words),
        ("shown", _shown(measure, own.comparator_value, own.comparator_status)),
        ("unrounded", repr(own.comparator_value) if own.has_comparator else "none"),
        ("formula", _worked(measure, *numbers)),
        ("status", own.comparator_status),
        ("note", own.comparator_note),
        ("release of both years", result.comparator_release),
        ("this window there", _same_release(result, own) if result.comparator_release else ""),
        ("England and Wales members", members if force_id == ENGLAND_AND_WALES else ""),
    ]
    counted = _counts(result, force_id, window, " (comparator)") if not math.isnan(own.comparator_numerator) else []
    return [*block("Comparator", pairs(rows)), *counted]


def _other_tables(result: Result, force_id: str) -> list[str]:
    """Return a line for each other release held, and for the crimes that had an outcome: value, nation and verdict."""
    others = dict(in_other_releases(result))
    if (assigned := of_assigned(result)) is not None:
        others["of crimes that had been given an outcome"] = assigned
    if not others:
        return []
    table: list[tuple[str, ...]] = [("counted in", "value", NATIONAL, "verdict")]
    for words, one in {"as used": result, **others}.items():
        verdict = "" if force_id == ENGLAND_AND_WALES else wording.in_brief(one, force_id) or "none"
        values = (_shown(result.measure, shown.value, shown.status) for shown in (one.of(force_id), one.national))
        table.append((words, *values, verdict))
    return columns(table, right=(1, 2))


def _same_release(result: Result, own: Value) -> str:
    numbers = (own.same_release_value, own.same_release_numerator, own.same_release_denominator)
    return f"{_worked(result.measure, *numbers, own.same_release_status)} ({own.same_release_status})"


def _other_populations(result: Result, force_id: str) -> list[str]:
    """Return a line for each other population held: the value, England and Wales, and the verdict or those changed."""
    others, measure = with_other_populations(result), result.measure
    if not others:
        return []
    table: list[tuple[str, ...]] = [("population", "value", NATIONAL, "verdict")]
    for words, one in {"as used": result, **others}.items():
        own, national = one.of(force_id), one.national
        if force_id != ENGLAND_AND_WALES:
            verdict = wording.in_brief(one, force_id) or "none"
        else:
            differing = len(other_verdicts(result, one))
            verdict = "" if one is result else f"{differing} of {NUMBER_OF_FORCES} differ"
        values = (_shown(measure, shown.value, shown.status) for shown in (own, national))
        table.append((words, *values, verdict))
    return columns(table, right=(1, 2))


def _verdict(result: Result, force_id: str) -> list[str]:
    compared = compare(result)
    verdict = compared.verdicts.get(force_id)
    if verdict is None:
        return []
    said = wording.in_one_phrase(result, force_id)
    tests = [
        f"{name} {PASSED[one]}"
        for name in ("size", "position", "chance")
        if (one := getattr(verdict, name)) is not None
    ]
    return pairs(
        [
            ("said", said if verdict.words else "no verdict"),
            ("tests", ", ".join(tests)),
            ("reason", verdict.reason),
            ("standardised", wording.with_the_mix(result, force_id)),
            ("without the force", _beside_the_rest(result, force_id)),
            ("policy", compared.policy.settings_version),
        ]
    )


def _beside_the_rest(result: Result, force_id: str) -> str:
    """Return England and Wales without the force, and how far the force lies from it, with any 95% interval."""
    row, rest, difference = compare(result).row(force_id), rest_of(result), difference_from_rest(result)
    if math.isnan(difference.value[row]):
        return ""
    value, *limits = (
        shown(float(one[row]), result.measure.decimals, signed=True)
        for one in (difference.value, difference.lower, difference.upper)
        if not math.isnan(one[row])
    )
    apart = f"{value} (95% interval {' to '.join(limits)})" if limits else value
    return f"England and Wales {wording.value_in_words(result.measure, float(rest.value[row]))}; difference {apart}"


def _published(result: Result, force_id: str) -> list[str]:
    rows = result.edition.register(registers.PUBLISHED_VALUES)
    mine = rows[rows["measure_id"].str.removesuffix("_n").eq(result.measure.id) & rows["force_id"].eq(force_id)]
    lines: list[str] = []
    for row in registers.records(mine):
        lines += paragraph("{value} {unit}, {period_words} [{said_in}] {note}".format(**row).strip())
    return lines or ["none in data/published_values.csv"]


def _provenance(result: Result, force_id: str) -> list[str]:
    measure = result.measure
    said = []  # what the rule's hash covers, in words; what the declaration leaves empty is left out
    for name, value in definition_of(measure).items():
        parts = value.values() if isinstance(value, dict) else [value]
        words = " ".join(", ".join(part) if isinstance(part, (tuple, list)) else str(part) for part in parts if part)
        if words and value is not None:
            said.append(f"{name} {words}")
    rows = [("release", result.release), ("rule", rule_of(measure)), ("definition", "; ".join(said))]
    lines = pairs([*rows, ("code", code_version())])
    for table in tables_of(result, force_id):
        published = ", ".join(part for part in (table.publisher, table.title, table.release_words) if part)
        source_file = table.source_file or "not recorded in data/provenance.csv"
        lines.append(table.file + (f" (vintage {table.release})" if table.table == "populations" else ""))
        lines += pairs([("  published", published), ("  source file", source_file), ("  sha256", table.sha256)])
    return lines
