"""Why a value moved: from A, one input after the other is taken from B, and the parts add up to the whole."""

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from typing import TypeVar

import pandas as pd

from peel_analysis import measures
from peel_analysis.data.cross_checks import CASES_REVIEWED
from peel_analysis.data.definitions import Measure, below
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.registers import EXCLUSIONS, PUBLISHED_VALUES, Register
from peel_analysis.measures.provenance import definition_of

IN_WORDS = {
    "revised_old_counts": "revised old counts (same window, other release)",
    "new_counts": "new counts (other window)",
    "population": "population",
    "exclusions": "exclusions",
    "code_or_definition": "code or definition",
}
CAUSES_IN_ORDER = tuple(IN_WORDS)
REVISED, NEW, PEOPLE, EXCLUDED, DEFINED = CAUSES_IN_ORDER
NOT_SEPARABLE, NOT_KNOWN = "not_separable", "not_known"
PARTS = (*CAUSES_IN_ORDER, NOT_SEPARABLE, NOT_KNOWN)
T = TypeVar("T")
Rows = tuple[Mapping[str, str], ...]  # of a register
Held = dict[str, tuple[str, float]]  # by force, the status and the value, NaN where it is missing
Values = Iterable[measures.Value]
Step = tuple[str, Held]  # what a measure comes to after one more input, the cause, came from B
OF_COUNTS = ("sums", "quarterly", "doubts", "quarters apart")  # what rests on counts, and on no register or population
CANNOT = "not_available"  # the status of a measure that a version's tables do not allow


class MixedData(Data):
    """A data folder whose counts, populations and two registers come from others; the two are good for any edition."""

    is_mixed = True

    def __init__(self, definitions: Data, counts: Data, populations: Data, registers: Mapping[Register, Rows]) -> None:
        super().__init__(definitions.folder)
        self._definitions, self._counts, self._populations = definitions, counts, populations
        self._registers = registers

    def __repr__(self) -> str:
        registers = list(self._registers.values())
        return f"<mixed data {self._definitions}, {self._counts}, {self._populations}, {registers}>"

    def cached(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what is in the files of the definitions; what an edition makes of them is of this mix alone.

        What rests on counts is the folder's own where it has both.
        """
        of_mix = isinstance(what, tuple) and (self._counts is not self._definitions or what[0] not in OF_COUNTS)
        return make() if of_mix else self._definitions.cached(what, make)

    def cached_together(self, asked: Mapping[Hashable, Callable[[], T]]) -> list[T]:
        """Return the answers, each as `cached` has it."""
        return [self.cached(what, make) for what, make in asked.items()]

    def holds(self, item: str, release: str) -> bool:
        """Return whether the folder of counts has a table."""
        return self._counts.holds(item, release)

    def counts(self, item: str, release: str) -> pd.DataFrame:
        """Return a table of the folder of counts."""
        return self._counts.counts(item, release)

    @property
    def populations(self) -> Mapping[tuple[str, int, str], float]:
        """The populations of the folder of populations."""
        return self._populations.populations

    def register(self, register: Register) -> pd.DataFrame:
        """Return a register's rows."""
        return super().register(register) if register in self._registers else self._definitions.register(register)

    def records(self, register: Register) -> Rows:
        """Return the same rows as mappings."""
        held = self._registers.get(register)
        return self._definitions.records(register) if held is None else held


def _mixed(measure: Measure, inputs: Mapping[str, Edition]) -> Edition:
    """Return the edition in which each input comes from the edition named for its cause.

    Published values, which have a window of their own, go with the windows when these differ, else with the counts.
    """
    counts, windows, people, excluded = inputs[REVISED], inputs[NEW], inputs[PEOPLE], inputs[EXCLUDED]
    published = counts if _same_window(measure, counts, windows) else windows
    registers = {
        EXCLUSIONS: _exclusions(measure, excluded),
        PUBLISHED_VALUES: tuple({"edition": "all", **row} for row in _published(measure, published)),
    }
    return replace(
        windows,
        data=MixedData(inputs[DEFINED].data, counts.data, people.data, registers),
        releases=counts.releases,
        lacks=counts.lacks,
        mid_year=people.mid_year,
        vintage=people.vintage,
        population_instead=people.population_instead,
        national_population=people.national_population,
        earlier_population=people.earlier_population,
        leave_out_incomplete=excluded.leave_out_incomplete,
    )


def _exclusions(measure: Measure, edition: Edition) -> Rows:
    """Return the rows that apply to a measure in the edition's own year, as good for any year and edition."""
    years = (str(edition.window(measure.window).end.year), "all")
    rows = (row for row in edition.records(EXCLUSIONS) if row["measure_id"] == measure.id)
    return tuple({**row, "period_year": "all", "edition": "all"} for row in rows if row["period_year"] in years)


def _differing(pair: tuple[Measure, Measure], a: Edition, b: Edition) -> list[str]:
    """Return the causes of which an input of a measure differs between two editions, in CAUSES_IN_ORDER."""
    one, other = pair
    items = dict.fromkeys((*one.items, *other.items, one.id))
    other_window = not _same_window(one, a, b)
    other_published = _published(one, a) != _published(other, b)
    other_effects = _effects(one, a) != _effects(other, b)
    found = {
        REVISED: any(_counts_differ(item, a, b) for item in items) or (not other_window and other_published),
        NEW: other_window,
        PEOPLE: POPULATION in items and not _same_people(a, b),
        EXCLUDED: a.leave_out_incomplete != b.leave_out_incomplete or other_effects,
        DEFINED: definition_of(one) != definition_of(other),
    }
    return [cause for cause in CAUSES_IN_ORDER if found[cause]]


def _same_people(a: Edition, b: Edition) -> bool:
    return a.populations.equals(b.populations) and a.national_populations.equals(b.national_populations)


def _same_window(measure: Measure, a: Edition, b: Edition) -> bool:
    names = [name for name in (measure.window, measure.earlier, below(measure)) if name]
    return all(a.windows.get(name) == b.windows.get(name) for name in names)


def _counts_differ(item: str, a: Edition, b: Edition) -> bool:
    one, other = a.releases.get(item), b.releases.get(item)
    if item == POPULATION or (one and one == other and a.data is b.data):
        return False
    counts = a.counts(item), b.counts(item)  # None where there is no public table
    if counts[0] is None or counts[1] is None:
        return counts[0] is not counts[1] or a.lacks.get(item) != b.lacks.get(item)
    return not counts[0].equals(counts[1])


def _published(measure: Measure, edition: Edition) -> Rows:
    ids = (measure.id, measure.id + CASES_REVIEWED)
    return _without(("edition",), (row for row in edition.records(PUBLISHED_VALUES) if row["measure_id"] in ids))


def _effects(measure: Measure, edition: Edition) -> Rows:
    by_force = sorted(_exclusions(measure, edition), key=itemgetter("force_id", "effect"))
    return _without(("edition", "said_in", "basis"), by_force)


def _without(columns: Collection[str], rows: Iterable[Mapping[str, str]]) -> Rows:
    return tuple({name: cell for name, cell in row.items() if name not in columns} for row in rows)


def steps(
    ends: tuple[Values, Values],
    declared: tuple[Measure | None, Measure | None],
    editions: tuple[Edition, Edition],
) -> tuple[list[Step], str]:
    """Return what A holds, then after each swap, the last being B; and why a step has no values, if so.

    Inputs are swapped in CAUSES_IN_ORDER; one that is the same on both sides is passed over. What no swapped input
    explains is the code's or the definition's. Where the windows differ and a side has no table of counts, there is
    nothing to be revised: the tables are swapped with the windows.
    """
    measure, other = declared
    chain, trouble = [("", held(ends[0]))], ""
    if measure is not None and other is not None:
        a, b = editions
        inputs = dict.fromkeys(CAUSES_IN_ORDER, a)
        plain = measure.model_copy(update={"comparator": ""})
        differ = _differing((measure, other), a, b)
        items = set(measure.items) - {POPULATION}
        no_table = not items or any(item not in edition.releases for item in items for edition in editions)
        for cause in CAUSES_IN_ORDER[:-1]:
            if cause == REVISED and no_table and NEW in differ:
                continue
            inputs |= {cause: b, REVISED: b}  # by now revised counts are swapped, here or with the new ones
            if cause in differ:
                values: Values
                try:
                    values = measures.calculate(plain, _mixed(plain, inputs)).values
                except InputError as error:  # the mixed inputs do not fit together
                    values, trouble = no_values(a, str(error)), trouble or str(error)
                chain.append((cause, held(values)))
    chain.append((DEFINED, held(ends[1])))
    return chain, trouble


def held(values: Values) -> Held:
    """Return the status and the value of each force and England and Wales."""
    return {one.force_id: (one.status, one.value) for one in values}


def no_values(edition: Edition, note: str, status: str = CANNOT) -> tuple[measures.Value, ...]:
    """Return a missing value for each force of an edition and England and Wales."""
    named = (*edition.forces.ids, ENGLAND_AND_WALES)
    return tuple(measures.Value(one, math.nan, math.nan, math.nan, status, note, "") for one in named)


@dataclass(frozen=True)
class Split:
    """One row's parts: each cause's share of the difference, as exact decimals, and the causes of a new status.

    Parts are empty where either end is missing. `joint` names the causes that `not_separable` holds.
    """

    parts: dict[str, Decimal] = field(default_factory=dict)
    status_causes: tuple[str, ...] = ()
    joint: tuple[str, ...] = ()


def exact(value: float) -> Decimal:
    """Return the decimal that a value's text stands for, so that differences are exact and add up."""
    return Decimal(repr(float(value)))


def split(chain: Sequence[Step], force_id: str) -> Split:
    """Return one row's parts by cause.

    Where a value exists at both ends but not after a swap between, the causes from the last value to the next cannot
    be told apart; their share is `not_separable`. The parts add up to the whole exactly.
    """
    values = [held[force_id][1] for _, held in chain]
    states = [(held[force_id][0], math.isnan(held[force_id][1])) for _, held in chain]
    causes = [cause for cause, _ in chain[1:]]
    another = [cause for cause, (before, after) in zip(causes, pairwise(states), strict=True) if before != after]
    turns = tuple(dict.fromkeys(another)) if states[0] != states[-1] else ()
    if math.isnan(values[0]) or math.isnan(values[-1]):
        return Split(status_causes=turns)
    parts = dict.fromkeys(PARTS, Decimal(0))
    joint: list[str] = []
    since: list[str] = []
    last = values[0]
    for cause, value in zip(causes, values[1:], strict=True):
        since.append(cause)
        if math.isnan(value):
            continue
        moved = exact(value) - exact(last)
        if len(since) > 1 and moved:
            joint += since
        parts[cause if len(since) == 1 else NOT_SEPARABLE] += moved
        last, since = value, []
    return Split(parts, turns, tuple(dict.fromkeys(joint)))
