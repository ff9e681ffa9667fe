"""Faults that are planted in an illustrative set of returns: one of each kind that a rule of the check finds."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from peel_analysis.data.edition import Edition
from peel_analysis.returns.example import Key, example_rows, file_of, form_of, sum_row
from peel_analysis.returns.form import ILLUSTRATIVE, Row, asked

PLANTED = f"{ILLUSTRATIVE.lower()}-planted-faults.csv"
COLUMNS = ("notice", "force", "item", "year", "rule", "what")


@dataclass(frozen=True)
class Fault:
    """A fault that a rule finds in a row of a force's form for the edition's year; it may lie in the year before's row.

    `becomes` makes the faulty row of one that is right.
    """

    rule: str
    force_id: str
    item: str
    what: str
    becomes: Callable[[Row], Row]
    earlier: bool = False


def _with(**cells: int | str | None) -> Callable[[Row], Row]:
    return lambda row: replace(row, **cells)  # type: ignore[arg-type]  # of the cells' own types


def _times(times: int, more: int = 0) -> Callable[[Row], Row]:
    return lambda row: replace(row, count=(row.count or 0) * times + more)


ARRESTS, CHARGES, DISPERSALS = "domestic_abuse_arrests", "domestic_abuse_charges", "dispersal_orders"
OFFENCES, DISCLOSURES = "domestic_abuse_offences", "clares_law_right_to_know"
SUPPLIED = {"status": "reported", "reason": ""}
FAULTS = (  # each in a force of its own; with the registers of 2017 no other rule has anything to ask
    Fault("not_a_number", "dorset", "calls", "a word before the number", _with(count=None, written="about 150,000")),
    Fault("count_and_status", "essex", CHARGES, "reported, without a count", _with(count=None)),
    Fault("without_reason", "surrey", DISCLOSURES, "without a reason", _with(count=None, status="not_supplied")),
    Fault("part_above_whole", "north-yorkshire", OFFENCES, "more than all crime", _with(count=1_000_000, **SUPPLIED)),
    Fault("not_the_sum", "cheshire", "asb_powers", "ten more than the four powers together", _times(1, more=10)),
    Fault("none_after_many", "west-yorkshire", ARRESTS, "0 in place of a blank cell", _times(0)),
    Fault("far_from_year_before", "thames-valley", DISPERSALS, "three times as many before", _times(3), earlier=True),
    Fault("far_from_others", "west-midlands", CHARGES, "four times as many charges", _times(4)),
    Fault("although_excluded", "durham", ARRESTS, "a count that the register denies", _with(count=2000, **SUPPLIED)),
)


def forms_with_faults(edition: Edition, seed: int) -> dict[str, bytes | str]:
    """Return the forms of an illustrative set with a fault of each kind, by file, and the list of the faults."""
    every = example_rows(edition, seed)
    for fault in FAULTS:
        every[fault.force_id] = _planted(fault, every[fault.force_id], edition)
    forms = {file_of(force, edition): form_of(edition, force, every[force.id]) for force in edition.forces}
    return {**forms, PLANTED: _list(edition)}


def _planted(fault: Fault, rows: Mapping[Key, Row], edition: Edition) -> dict[Key, Row]:
    """Return a force's rows with a fault, and with the totals of what it changes."""
    year = _year(edition) - fault.earlier
    found = {**rows, (fault.item, year): fault.becomes(rows[fault.item, year])}
    for item in edition.data.returned.values():
        if fault.item in item.sum_of:
            found[item.id, year] = sum_row(item.id, [found[part, year] for part in item.sum_of])
    return found


def _year(edition: Edition) -> int:
    return max(period.end.year for _, period in asked(edition))


def _list(edition: Edition) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for fault in FAULTS:
        writer.writerow((ILLUSTRATIVE, fault.force_id, fault.item, _year(edition), fault.rule, fault.what))
    return text.getvalue()
