"""One number explained: value, formula, counts, population, exclusions, England and Wales, rounding and origin."""

import math

import pandas as pd

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.data import forces, registers
from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import Period
from peel_analysis.data.text import whole
from peel_analysis.measures import Measure, Result
from peel_analysis.measures.exclusions import exclusions_of
from peel_analysis.measures.provenance import Provenance, Table, definition_of, provenance
from peel_analysis.show import words as wording
from peel_analysis.why.counts import part_lines
from peel_analysis.why.text import block, columns, pairs, paragraph

Numbers = tuple[float, float, float]  # value, numerator, denominator


def account(measure: Measure, force_id: str, edition: Edition) -> str:
    """Return the account of a force's value, or England and Wales's, as plain text that ends with a line end.

    A missing value is accounted for in the same shape. Raises InputError when a table does not answer.
    """
    result = measures.calculate(measure, edition)
    origin = provenance(result, force_id)
    lines = [
        f"{measure.title}: {wording.official_name(force_id)}",
        f"{edition.title}, {result.window.words}",
        *block("Value", _value(result, force_id)),
        *block("Formula", _formula(result, force_id)),
        *_counts(result, force_id, result.window, ""),
        *block("England and Wales", _national(result, force_id)),
        *block("Exclusions", _exclusions(result, force_id)),
        *_comparator(result, force_id),
        *block("Verdict", _verdict(result, force_id)),
        *block("Caveats", [line for text in wording.caveats(result, force_id) for line in paragraph(text)]),
        *block("Published value", _published(result, force_id)),
        *block("Provenance", _provenance(result, origin)),
    ]
    return "\n".join(lines) + "\n"


def _value(result: Result, force_id: str) -> list[str]:
    measure, own = result.measure, result.of(force_id)
    statuses = registers.read_register(registers.STATUSES).set_index("status")["meaning"]
    rows = [("shown", f"[{own.status}]: no value"), ("unrounded", "none")]
    rounding = "a missing value is never shown as 0"
    if not own.is_missing:
        shown, places = wording.value_in_words(measure, own.value), measure.decimals
        rows = [("shown", f"{shown} {_unit(measure)}"), ("unrounded", repr(own.value))]
        rounding = (
            f"decimal, half up, {places} decimal place{'' if places == 1 else 's'}: {own.value!r} is shown as {shown}"
        )
    rows += [
        ("status", f"{own.status}: {statuses.get(own.status, '')}".rstrip(": ")),
        ("note", own.note),
        ("in figure", "yes" if own.in_figure else "no"),
        ("in England and Wales", "yes" if own.in_national else "no"),
        ("rounding", rounding),
    ]
    return pairs(rows if force_id != ENGLAND_AND_WALES else [row for row in rows if not row[0].startswith("in ")])


def _unit(measure: Measure) -> str:
    return "" if measure.unit == "percent" else measure.unit.removeprefix("percent ")


def _formula(result: Result, force_id: str) -> list[str]:
    own = result.of(force_id)
    worked = _worked(result.measure, (own.value, own.numerator, own.denominator), own.status)
    left_out = ["counts that follow are in the tables, and the register of exclusions leaves them out"]
    return [_in_words(result.measure), worked, *(left_out if not (own.in_figure or own.in_national) else [])]


def _in_words(measure: Measure) -> str:
    if measure.kind == "survey":
        return "none: the survey is described, not calculated"
    top = " + ".join(measure.numerator.items)
    if measure.numerator.dimensions:
        version = f"; {measure.numerator.version}" if measure.numerator.version else ""
        top += f" (dimensions {', '.join(measure.numerator.dimensions)}{version})"
    if measure.kind == "change":
        later, earlier = (f"{top} in {window}" for window in (measure.window, measure.earlier))
        return f"({later} - {earlier}) / {earlier} x {measure.multiplier}"
    return f"{top} / {' + '.join(measure.denominator.items)} x {measure.multiplier:,}"


def _worked(measure: Measure, numbers: Numbers, status: str) -> str:
    """Return the formula with the numbers in it, or why it cannot be worked out."""
    value, numerator, denominator = numbers
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
    members = result.comparator_members if suffix else result.members
    force_ids = members if force_id == ENGLAND_AND_WALES else (force_id,)
    skipped = frozenset(exclusions_of(measure, edition, window.end.year).left_out.get(force_id, set()))
    whose = f", sum over {len(force_ids)} forces" if force_id == ENGLAND_AND_WALES and force_ids else ""
    lines = block(f"Counted{suffix}{whose}", part_lines(measure.numerator, edition, window, force_ids, skipped))
    if measure.kind == "change":
        earlier = edition.window(measure.earlier)
        return lines + block(
            f"Counted before{whose}", part_lines(measure.numerator, edition, earlier, force_ids, skipped)
        )
    below = part_lines(measure.denominator, edition, window, force_ids, skipped)
    return lines + block(f"Divided by{suffix}{whose}", below)


def _national(result: Result, force_id: str) -> list[str]:
    """Return the England and Wales value and its members; for England and Wales itself, each member's two counts."""
    measure, national = result.measure, result.national
    shown = f"[{national.status}]" if national.is_missing else wording.value_in_words(measure, national.value)
    worked = _worked(measure, (national.value, national.numerator, national.denominator), national.status)
    left_out = [one for one in forces.ids() if one not in result.members]
    rows = [
        ("shown", shown),
        ("sum over sum", worked),
        ("status", f"{national.status}. {national.note}"),
        ("members", f"{len(result.members)} of {forces.NUMBER_OF_FORCES}: {', '.join(result.members)}"),
    ]
    if result.members and left_out:
        rows.append(("left out", ", ".join(left_out)))
    lines = pairs(rows if result.members else rows[:3])
    if force_id == ENGLAND_AND_WALES and result.members:
        lines += columns(_members(result), right=(1, 2, 3))
    return lines


def _members(result: Result) -> list[tuple[str, str, str, str]]:
    names = ("change", "before") if result.measure.kind == "change" else ("counted", "divided by")
    cells = [("member", *names, "value")]
    for one in (result.of(force_id) for force_id in result.members):
        value = "" if one.is_missing else wording.value_in_words(result.measure, one.value)
        cells.append((one.force_id, whole(one.numerator), whole(one.denominator), value))
    return cells


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
    window, own = result.comparator_window, result.of(force_id)
    if window is None:
        return []
    measure = result.measure
    shown = (
        wording.value_in_words(measure, own.comparator_value) if own.has_comparator else f"[{own.comparator_status}]"
    )
    numbers = (own.comparator_value, own.comparator_numerator, own.comparator_denominator)
    members = f"{len(result.comparator_members)} of {forces.NUMBER_OF_FORCES}"
    rows = [
        ("window", window.words),
        ("shown", shown),
        ("unrounded", repr(own.comparator_value) if own.has_comparator else "none"),
        ("formula", _worked(measure, numbers, own.comparator_status)),
        ("status", own.comparator_status),
        ("note", own.comparator_note),
        ("England and Wales members", members if force_id == ENGLAND_AND_WALES else ""),
    ]
    counted = _counts(result, force_id, window, " (comparator)") if not math.isnan(own.comparator_numerator) else []
    return [*block("Comparator", pairs(rows)), *counted]


def _verdict(result: Result, force_id: str) -> list[str]:
    compared = compare(result)
    verdict = compared.verdicts.get(force_id)
    if verdict is None:
        return []
    words = f"{verdict.words} England and Wales" if verdict.words else "none"
    return pairs([("verdict", words), ("reason", verdict.reason), ("policy", compared.policy.settings_version)])


def _published(result: Result, force_id: str) -> list[str]:
    rows = result.edition.register(registers.PUBLISHED_VALUES)
    mine = rows[rows["measure_id"].str.removesuffix("_n").eq(result.measure.id) & rows["force_id"].eq(force_id)]
    lines: list[str] = []
    for row in registers.records(mine):
        text = f"{row['value']} {row['unit']}, {row['period_words']} [{row['said_in']}]"
        lines += paragraph(f"{text} {row['note']}".strip())
    return lines or ["none in data/published_values.csv"]


def _provenance(result: Result, origin: Provenance) -> list[str]:
    lines = pairs(
        [
            ("release", result.release),
            ("rule", origin.rule),
            ("definition", _spoken(result.measure)),
            ("code", origin.code_version),
        ]
    )
    for table in origin.tables:
        lines += _table(table)
    return lines


def _spoken(measure: Measure) -> str:
    """Return what the rule's hash covers, in words; what the declaration leaves empty is left out."""
    said = []
    for name, value in definition_of(measure).items():
        parts = value.values() if isinstance(value, dict) else [value]
        words = " ".join(", ".join(part) if isinstance(part, (tuple, list)) else str(part) for part in parts if part)
        if words and value is not None:
            said.append(f"{name} {words}")
    return "; ".join(said)


def _table(table: Table) -> list[str]:
    name = f"{table.file}" + (f" (vintage {table.release})" if table.table == "populations" else "")
    return [
        name,
        *pairs(
            [
                (
                    "  published",
                    ", ".join(part for part in (table.publisher, table.title, table.release_words) if part),
                ),
                ("  source file", table.source_file or "not recorded in data/provenance.csv"),
                ("  sha256", table.sha256),
            ]
        ),
    ]
