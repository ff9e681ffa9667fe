"""Outcomes by group: every group of outcome types calculated as a measure of its own, with one set of exclusions."""

from dataclasses import dataclass, replace

from peel_analysis import measures
from peel_analysis.data.definitions import limited
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import Data
from peel_analysis.data.reads import question
from peel_analysis.data.registers import OUTCOME_GROUPS
from peel_analysis.measures import Result, Value
from peel_analysis.measures.result import of_each

MEASURE = "outcome_charged_pct"  # whose exclusions, marks and members hold for every group
GROUPING, VERSION = "home_office_groups", "1"
ALL_OUTCOMES = "all"  # the dimension of a table that gives the total of all outcomes instead of every type
OTHER, NONE = "All other outcomes", "No outcome in the record"


@dataclass(frozen=True)
class Group:
    """A group of outcome types: its place in the order, the force's share and that of England and Wales."""

    name: str
    order: int
    types: tuple[str, ...]
    own: Value
    national: Value


@dataclass(frozen=True)
class Spread:
    """The groups of one force in order; `whole` is recorded crime, `absent` are groups that the table cannot give."""

    force_id: str
    groups: tuple[Group, ...]
    absent: tuple[str, ...]
    whole: Result

    @property
    def name(self) -> str:
        """The force's official name."""
        return self.whole.edition.forces.official_name(self.force_id)

    @property
    def own(self) -> Value:
        """The force's value that the register's switches and the marks belong to."""
        return self.whole.of(self.force_id)

    @property
    def is_shown(self) -> bool:
        """True when the force has shares and no exclusion keeps them out of the figure."""
        return self.own.in_figure and not self.own.is_missing


@dataclass(frozen=True)
class Outcomes:
    """Every group of outcomes for all forces: name, place, types and result; `every` is the total in place of types."""

    groups: tuple[tuple[str, int, tuple[str, ...], Result], ...]
    absent: tuple[str, ...]
    whole: Result
    every: Result | None


def spread_of(edition: Edition, force_id: str) -> Spread:
    """Return every group of outcomes of one force."""
    return spread_in(outcomes_of(edition), force_id)


def _of_outcomes(outcomes: "Outcomes") -> bytes:
    """Return all that the groups come to, as a text."""
    every = {"every": outcomes.every} if outcomes.every else {}
    results = {f"{order} {name} {types}": one for name, order, types, one in outcomes.groups}
    return of_each({**results, **every, "whole": outcomes.whole}) + repr(outcomes.absent).encode()


@question("outcomes", _of_outcomes)
def outcomes_of(edition: Edition) -> Outcomes:
    """Return every group of data/outcome_groups.csv that the edition's table holds, each a measure of its own."""
    return edition.data.cached(("outcomes", edition.choices), lambda: _outcomes(edition))


def _outcomes(edition: Edition) -> Outcomes:
    counts = edition.counts("outcomes_recorded")
    held = set() if counts is None else set(counts["dimension"])
    declared = grouping(edition.data)
    groups = [(*group, _calculated(edition, group[2])) for group in declared if held.issuperset(group[2])]
    absent = [name for name, _, types in declared if not held.issuperset(types)]
    whole = groups[0][3] if groups else measures.calculate(edition.data.measure(MEASURE), edition)
    every = _calculated(edition, (ALL_OUTCOMES,)) if ALL_OUTCOMES in held else None
    return Outcomes(tuple(groups), tuple(absent), whole, every)


def spread_in(outcomes: Outcomes, force_id: str) -> Spread:
    """Return the groups of one force; where the table has a total, also what they leave of it and of crimes."""
    groups = [Group(*one[:3], one[3].of(force_id), one[3].national) for one in outcomes.groups]
    if outcomes.every is not None:
        groups += _rest(outcomes.every, force_id, groups, len(outcomes.groups) + len(outcomes.absent))
    return Spread(force_id, tuple(groups), outcomes.absent, outcomes.whole)


def grouping(data: Data) -> list[tuple[str, int, tuple[str, ...]]]:
    """Return the groups in order: name, place, and the outcome types in it."""
    rows = data.register(OUTCOME_GROUPS)
    mine = rows[(rows["grouping_id"] == GROUPING) & (rows["version"] == VERSION)]
    in_order = mine.astype({"group_order": int}).groupby(["group_order", "group"])
    return [(str(name), int(str(order)), tuple(rows["outcome_type"])) for (order, name), rows in in_order]


def _calculated(edition: Edition, types: tuple[str, ...]) -> Result:
    measure = edition.data.measure(MEASURE)
    return measures.calculate(limited(measure, types).model_copy(update={"comparator": ""}), edition)


def _rest(every: Result, force_id: str, groups: list[Group], order: int) -> list[Group]:
    """Return what the total holds beside the groups, and what recorded crime holds beside the total."""
    other: list[Value] = []
    none: list[Value] = []
    for of, one in (("own", every.of(force_id)), ("national", every.national)):
        known = sum(getattr(group, of).numerator for group in groups)
        for held, count in ((other, one.numerator - known), (none, max(one.denominator - one.numerator, 0.0))):
            held.append(replace(one, numerator=count, value=100 * count / one.denominator))
    return [Group(OTHER, order, (), *other), Group(NONE, order + 1, (), *none)]
