"""A whole set of invented returns: who supplied what, and published values, are the registers'; faults are planted."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isnan
from random import Random
from statistics import median

from peel_analysis.data.cross_checks import FROM_NATIONAL
from peel_analysis.data.definitions import Measure, Part
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.forces import ENGLAND_AND_WALES, Force
from peel_analysis.data.periods import Period
from peel_analysis.data.registers import EXCLUSIONS, PUBLISHED_VALUES
from peel_analysis.data.returned import InventedSize, ReturnedItem, periods_asked
from peel_analysis.data.settings import PlantedFault
from peel_analysis.measures.sums import CountTables
from peel_analysis.returns.form import ILLUSTRATIVE, WITHOUT, Row, asked, filled_form
from peel_analysis.returns.load import NOTED
from peel_analysis.returns.queries import PREFIX

PLANTED = f"{ILLUSTRATIVE.lower()}-planted-faults.csv"
PLANTED_COLUMNS = ("notice", "force", "item", "year", "rule", "what")
Counts = Mapping[str, float]  # by force
Key = tuple[str, int]  # item, and the year in which its period ends
Supplied = dict[tuple[str, str, int], tuple[str, str]]  # status and reason, by force, item and year


def example_forms(edition: Edition, seed: int) -> dict[str, bytes]:
    """Return the forms of an illustrative set of returns, one a force, by the names of their files."""
    return {
        file_of(force, edition): form_of(edition, force, rows)
        for force, rows in zip(edition.forces, example_rows(edition, seed).values(), strict=True)
    }


def forms_with_faults(edition: Edition, seed: int) -> dict[str, bytes | str]:
    """Return the same with the fault that each rule of the check declares, and the list of these faults."""
    every, year = example_rows(edition, seed), max(period.end.year for _, period in asked(edition))
    told = [PLANTED_COLUMNS]
    for rule in edition.data.rules.values():
        if fault := rule.illustrative:
            every[fault.force] = _planted(fault, every[fault.force], edition, year)
            told.append((ILLUSTRATIVE, fault.force, fault.item, str(year), rule.id.removeprefix(PREFIX), fault.what))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(told)
    forms = {file_of(force, edition): form_of(edition, force, every[force.id]) for force in edition.forces}
    return {**forms, PLANTED: text.getvalue()}


def _planted(fault: PlantedFault, rows: Mapping[Key, Row], edition: Edition, year: int) -> dict[Key, Row]:
    """Return a force's rows with a fault, and with the totals of what it changes."""
    year -= fault.earlier
    row = rows[fault.item, year]
    count = (row.count or 0) * fault.times + fault.more if fault.count is None else fault.count
    row = replace(row, count=None if fault.blank or fault.written else count, written=fault.written)
    faulty = replace(row, status=fault.status, reason="") if fault.status else row
    found = {**rows, (fault.item, year): faulty}
    for item in edition.data.returned.values():
        if fault.item in item.sum_of:
            found[item.id, year] = sum_row(item.id, [found[part, year] for part in item.sum_of])
    return found


def file_of(force: Force, edition: Edition) -> str:
    """Return the name of a force's illustrative form."""
    return f"{ILLUSTRATIVE.lower()}-return-{force.id}-{edition.id}.xlsx"


def form_of(edition: Edition, force: Force, rows: Mapping[Key, Row]) -> bytes:
    """Return a force's illustrative form; its column of the year before has what its own rows have."""
    before = {key: row.count for key, row in rows.items() if row.count is not None}
    return filled_form(edition, force, rows, before, word=ILLUSTRATIVE)


def example_rows(edition: Edition, seed: int) -> dict[str, dict[Key, Row]]:
    """Return invented rows of every force, by its id, and by item and year; the same for the same seed.

    Statuses and reasons are those of the register of exclusions. The values that the published report gives are what
    the counts come to, as they are shown.
    """
    one = _Invented(edition, seed)
    return {force_id: one.rows(force_id) for force_id in edition.forces.ids}


class _Invented:
    """The invented counts of an edition, by item and year; a force that supplied none has one here too."""

    def __init__(self, edition: Edition, seed: int) -> None:
        self.edition, self.seed, self.tables = edition, seed, CountTables(edition)
        self.people = {str(one): float(of) for one, of in edition.populations[POPULATION].items()}
        self.residents = {str(one): float(of) for one, of in edition.national_populations.items()}
        self.supplied = _supplied(edition)
        self.printed = [row for row in edition.data.records(PUBLISHED_VALUES) if row["edition"] == edition.id]
        self.counts: dict[Key, dict[str, int]] = {}
        for item in edition.data.returned.values():
            if item.illustrative is not None:
                self._invent(item.illustrative, item)

    def _invent(self, size: InventedSize, item: ReturnedItem) -> None:
        """Make an item's counts of each period asked for: those of the year before by the force's own ratio."""
        own: Counts = {}
        for period in periods_asked(self.edition, item):
            base = self._base(size.of, period)
            if not own:
                factors = self._factors(item.id, size.spread)
                made = self._as_published(item.id, period, {one: base[one] * size.ratio * factors[one] for one in base})
                own = {one: made[one] / base[one] for one in base}
            else:
                factors = self._factors(f"{item.id} {period.words}", size.change)
                made = {one: base[one] * own[one] * factors[one] for one in base}
            most = base if size.of != POPULATION else made
            self.counts[item.id, period.end.year] = {one: round(min(made[one], most[one])) for one in base}

    def _factors(self, about: str, spread: float) -> Counts:
        """Return a factor a force, evenly spread around 1. Of two forces that are next in size one is as far above it.

        So no force is an outlier, and what all come to is near to the middle of the forces.
        """
        drawn, by_size = Random(f"{self.seed} {about}"), sorted(self.people, key=self.people.__getitem__)
        half = len(by_size) // 2
        sides = [(place + drawn.random()) / half * drawn.choice((1, -1)) for place in range(half)]
        drawn.shuffle(sides)
        factors = [1 + sign * side * spread for side in sides for sign in (1, -1)]
        return dict(zip(by_size, [*factors, 1.0], strict=False))

    def _base(self, of: str, period: Period) -> Counts:
        """Return each force's count of which an item's is a part; of crime that is not held, as much as others have."""
        people = self.people
        if of == POPULATION:
            return people
        if of in self.edition.data.returned:
            return self.counts[of, period.end.year]
        held = {one: found.count for one, found in self.tables.sum_of(Part(items=(of,)), period, {})[0].items()}
        usual = median(held[one] / people[one] for one in held if not isnan(held[one]))
        return {one: usual * people[one] if isnan(count) else count for one, count in held.items()}

    def _as_published(self, item: str, period: Period, made: Counts) -> Counts:
        """Return the counts with those behind published values, and the others scaled to the national value."""
        fixed = dict(self._printed_counts(item, period))
        for measure in (one for one in self.edition.data.measures if one.numerator.items == (item,)):
            of_it = {row["force_id"]: float(row["value"]) for row in self.printed if row["measure_id"] == measure.id}
            national = of_it.pop(ENGLAND_AND_WALES, None)
            below = self._below(measure, period, self.people)
            fixed |= {one: value * below[one] / measure.multiplier for one, value in of_it.items()}
            if national is not None:
                made = self._scale(made, {one: round(count) for one, count in fixed.items()}, measure, period, national)
        return {**made, **fixed}

    def _printed_counts(self, item: str, period: Period) -> Counts:
        """Return the counts of an item that the published report gives, by force."""
        name = self.edition.data.returned[item].published_as
        of_it = (row for row in self.printed if row["measure_id"] == name)
        return {row["force_id"]: float(row["value"]) for row in of_it if row["period_words"] == period.words}

    def _below(self, measure: Measure, period: Period, people: Counts) -> Counts:
        """Return what a measure divides each force's count by; `people` are its populations."""
        (item,) = measure.denominator.items
        return people if item == POPULATION else self._base(item, period)

    def _scale(
        self, made: Counts, fixed: Mapping[str, int], measure: Measure, period: Period, national: float
    ) -> Counts:
        """Return the counts scaled, for forces in a national sum that are not fixed, to its published value."""
        out = {
            row["force_id"]
            for row in _facts(self.edition)
            if (row["measure_id"], row["effect"]) == (measure.id, FROM_NATIONAL) and _is_of(row, period.end.year)
        }
        below = self._below(measure, period, self.residents)
        members = [one for one in made if one not in out]
        wanted = national * sum(below[one] for one in members) / measure.multiplier
        others = [one for one in members if one not in fixed]
        factor = (wanted - sum(fixed[one] for one in members if one in fixed)) / sum(made[one] for one in others)
        return {**made, **{one: made[one] * factor for one in others}}

    def rows(self, force_id: str) -> dict[Key, Row]:
        """Return the rows of a force's return, in the order of the form."""
        rows: dict[Key, Row] = {}
        for item, period in asked(self.edition):
            key = item.id, period.end.year
            if key in self.counts:
                rows[key] = self._row(force_id, item.id, period, rows)
            elif item.sum_of:
                rows[key] = sum_row(item.id, [rows[part, key[1]] for part in item.sum_of])
            elif whole := self._whole(item.id):
                parts = (rows[part, key[1]] for part in whole.sum_of if part != item.id)
                rows[key] = _rest(item.id, rows[whole.id, key[1]], parts)
        return rows

    def _whole(self, item: str) -> ReturnedItem | None:
        """Return the item of which an item is a part, where that is counted by itself."""
        wholes = (one for one in self.edition.data.returned.values() if item in one.sum_of)
        return next((one for one in wholes if one.illustrative is not None), None)

    def _row(self, force_id: str, item: str, period: Period, rows: Mapping[Key, Row]) -> Row:
        """Return a row as the register has it; a part of a total has the total's status and reason."""
        year = period.end.year
        whole = self._whole(item)
        status, reason = self.supplied.get((force_id, item, year), ("reported", ""))
        if whole is not None:
            status, reason = rows[whole.id, year].status, rows[whole.id, year].reason
        if force_id in self._printed_counts(item, period):
            status, reason = "reported", ""
        if status in WITHOUT:
            return Row(item, period, None, status, reason)
        if status == "combined":
            return Row(item, period, self._together(force_id, whole.id if whole else item, item, year), status, reason)
        return Row(item, period, self.counts[item, year][force_id], status, reason)

    def _together(self, force_id: str, said_of: str, item: str, year: int) -> int | None:
        """Return the count of forces that were counted together, of the first of them; the others have none."""
        said = {one: self.supplied.get((one, said_of, year)) for one in self.edition.forces.ids}
        pair = [one for one, told in said.items() if told is not None and told[0] == "combined"]
        return sum(self.counts[item, year][one] for one in pair) if force_id == pair[0] else None


def sum_row(item: str, parts: Sequence[Row]) -> Row:
    """Return the row of a sum: partial where a part has no count, and as its parts are where none has one."""
    counts = [part.count for part in parts if part.count is not None]
    without = [part for part in parts if part.status in WITHOUT]
    reason = " ".join(dict.fromkeys(part.reason for part in without))
    status = ("partial" if counts else without[0].status) if without else "reported"
    return Row(item, parts[0].period, sum(counts) if counts else None, status, reason)


def _rest(item: str, whole: Row, parts: Iterable[Row]) -> Row:
    """Return the row of what is left of a total without its other parts."""
    count = whole.count if whole.count is None else whole.count - sum(part.count or 0 for part in parts)
    return replace(whole, item=item, count=count)


def _facts(edition: Edition) -> list[Mapping[str, str]]:
    """Return the register's rows of an edition."""
    return [row for row in edition.data.records(EXCLUSIONS) if row["edition"] in (edition.id, "all")]


def _is_of(fact: Mapping[str, str], year: int) -> bool:
    return fact["period_year"] in (str(year), "all")


def _supplied(edition: Edition) -> Supplied:
    """Return the status and reason of each count that the register says more of than that it was reported.

    What it says of a measure of one item goes before what it says of a sum; a force whose count it leaves out although
    it is held supplied one.
    """
    found: Supplied = {}
    measures, returned = edition.data.measures, edition.data.returned
    for fact in sorted(_facts(edition), key=lambda fact: len(measures.get(fact["measure_id"]).numerator.items)):
        items = measures.get(fact["measure_id"]).numerator.items
        if fact["although_held"] == "yes" or not set(items) <= set(returned):
            continue
        said_of_count = fact["effect"] in NOTED and not fact["components"]
        status = fact["effect"] if said_of_count else fact["missing_because"]
        for item in fact["components"].split(";") if fact["components"] else items:
            for period in periods_asked(edition, returned[item]):
                if _is_of(fact, period.end.year):
                    found.setdefault((fact["force_id"], item, period.end.year), (status, fact["reason"]))
    return found
