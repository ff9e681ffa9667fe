"""Who is left out: the register of exclusions at work, and the comparability blocks that bar a force or two years."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from peel_analysis.data import registers
from peel_analysis.data.cross_checks import FROM_FIGURE, FROM_NATIONAL, checked_exclusions
from peel_analysis.data.definitions import Block, Measure, NotComparableError
from peel_analysis.data.edition import Edition
from peel_analysis.data.registers import NOT_COMPARABLE
from peel_analysis.measures.sums import rank

Fact = Mapping[str, str]  # a row of the register
OUT = (FROM_FIGURE, FROM_NATIONAL)
NOT_SUPPLIED = "not_supplied"


@dataclass(frozen=True)
class Exclusions:
    """The register's rows for one measure and one year, and those of forces that a comparability block bars."""

    facts: tuple[Fact, ...]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows as a table of text, with the columns of data/exclusions.csv."""
        return pd.DataFrame(self.facts, columns=list(registers.EXCLUSIONS.columns), dtype="str")

    @cached_property
    def left_out(self) -> dict[str, set[str]]:
        """Items that a force's partial return does not hold, by force."""
        return {fact["force_id"]: set(fact["components"].split(";")) for fact in self.facts if fact["components"]}

    @cached_property
    def by_force(self) -> dict[str, list[Fact]]:
        """The rows about each force that has any."""
        named = dict.fromkeys(fact["force_id"] for fact in self.facts)
        return {force_id: [fact for fact in self.facts if fact["force_id"] == force_id] for force_id in named}

    def denied(self, force_id: str, items: Collection[str], held: Collection[str]) -> list[Fact]:
        """Return the rows that deny a count which is held: of all items, or of the components that a row names."""

        def denies(fact: Fact) -> Collection[str]:
            if fact["missing_because"] != NOT_SUPPLIED or fact["although_held"] == "yes":
                return ()
            return fact["components"].split(";") if fact["components"] else items if fact["effect"] in OUT else ()

        return [fact for fact in self.by_force.get(force_id, ()) if not set(held).isdisjoint(denies(fact))]

    def switches(self, force_id: str) -> tuple[bool, bool]:
        """Return whether a force is in the figure, and whether it is in England and Wales."""
        effects = self._effects(force_id)
        return FROM_FIGURE not in effects, FROM_NATIONAL not in effects

    def status(self, force_id: str, status: str, *, has_count: bool) -> str:
        """Return a force's status as the register has it: why it is out of both, or what its count is."""
        effects = self._effects(force_id)
        if effects.issuperset(OUT):
            return self.by_force[force_id][0]["missing_because"]
        own = [one for one in effects.difference(OUT) if has_count or one == "combined"]
        return max(own, key=rank, default=status)

    def explanation(self, force_id: str, note: str, short: str) -> tuple[str, str]:
        """Return note and short reason with the register's reasons; for a force that is out of both, theirs alone."""
        facts = self.by_force.get(force_id)
        if facts is None:
            return note, short
        before = [] if self._effects(force_id).issuperset(OUT) or not note else [note]
        reasons = list(dict.fromkeys(fact["reason"] for fact in facts))  # one that another goes on from is said by that
        said = [one for one in reasons if not any(two != one and two.startswith(one.rstrip(".")) for two in reasons)]
        return " ".join([*before, *said]), facts[0]["short_reason"]

    def _effects(self, force_id: str) -> set[str]:
        return {fact["effect"] for fact in self.by_force.get(force_id, ())}


def exclusions_of(measure: Measure, edition: Edition, year: int, register: Iterable[Fact] | None = None) -> Exclusions:
    """Return the exclusions of a measure whose window ends in `year`: the register's, and those of barred forces.

    `register` are the edition's rows, where they are read already. Raises InputError for a row whose force or measure
    does not exist, or that gives no reason.
    """
    every = checked_exclusions(edition) if register is None else register
    years = (str(year), "all")
    listed = [fact for fact in every if fact["measure_id"] == measure.id and fact["period_year"] in years]
    out = Exclusions(tuple(listed))
    barred_facts = [
        dict.fromkeys(registers.EXCLUSIONS.columns, "")
        | {
            "edition": edition.id,
            "measure_id": measure.id,
            "period_year": str(year),
            "force_id": force_id,
            "effect": effect,
            "missing_because": NOT_COMPARABLE,
            "basis": "stated",
            "reason": block.reason,
            "short_reason": "Not comparable",
            "said_in": block.said_in,
        }
        for force_id, block in barred(measure, edition, year).items()
        for effect in OUT
        if any(out.switches(force_id))
    ]
    return Exclusions((*barred_facts, *listed))


def barred(measure: Measure, edition: Edition, year: int) -> dict[str, Block]:
    """Return the forces that must not be shown on a measure of a year, by id, each with the block that says so."""
    return {
        force_id: block
        for block in edition.data.blocks
        if block.kind == "force" and measure.id in block.measures and block.holds_in(str(year))
        for force_id in edition.forces.ids
        if block.holds_for_force(force_id)
    }


def check_years(measure: Measure, force_id: str, earlier: int, later: int, blocks: Iterable[Block]) -> None:
    """Raise NotComparableError when the blocks do not let a measure of two years be compared for a force."""
    for block in blocks:
        about = block.kind == "over_time" and measure.id in block.measures and block.holds_for_force(force_id)
        if about and earlier != later and block.holds_in(str(earlier), str(later)):
            raise NotComparableError(block.reason)
