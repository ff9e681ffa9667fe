"""The exclusions register at work: which forces are out of the figure, out of England and Wales, or only partly in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from peel_analysis.data import forces, registers
from peel_analysis.data.definitions import MEASURES, Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.measures.comparability import barred

FROM_FIGURE, FROM_NATIONAL = "excluded_from_figure", "excluded_from_national"
NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True)
class Exclusions:
    """The register's rows for one measure and one year."""

    rows: pd.DataFrame

    @property
    def left_out(self) -> dict[str, set[str]]:
        """Items that a force's partial return does not hold, by force."""
        partial = registers.records(self.rows[self.rows["components"] != ""])
        return {row["force_id"]: set(row["components"].split(";")) for row in partial}

    def out_of(self, effect: str) -> set[str]:
        """Return the ids of the forces with this effect."""
        return set(self.rows.loc[self.rows["effect"] == effect, "force_id"])

    def applied(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the forces' rows with the two switches, and with status and reasons as the register says.

        A force out of both the figure and England and Wales loses its counts too: they are not comparable or not
        supplied. A force out of the figure only keeps them.
        """
        applied = rows.copy()
        from_figure, from_national = self.out_of(FROM_FIGURE), self.out_of(FROM_NATIONAL)
        applied["in_figure"] = ~applied.index.isin(from_figure)
        applied["in_national"] = ~applied.index.isin(from_national)
        applied.loc[sorted(from_figure & from_national), ["numerator", "denominator"]] = np.nan
        for force_id, facts in self.rows.groupby("force_id"):
            self._explain(applied, str(force_id), facts)
        return applied

    def _explain(self, applied: pd.DataFrame, force_id: str, facts: pd.DataFrame) -> None:
        """Write the register's status and reasons into a force's row."""
        effects = set(facts["effect"])
        has_counts = bool(applied["numerator"].notna()[force_id])
        if {FROM_FIGURE, FROM_NATIONAL} <= effects:
            applied.at[force_id, "status"] = facts["missing_because"].iloc[0]
            sentences = _distinct(facts["reason"])
        else:
            for effect in ("estimated", "partial", "combined"):
                if effect in effects and (has_counts or effect == "combined"):
                    applied.at[force_id, "status"] = effect
            kept = [str(applied.at[force_id, "note"])] if applied.at[force_id, "note"] else []
            sentences = [*kept, *_distinct(facts["reason"])]
        applied.at[force_id, "note"] = " ".join(sentences)
        applied.at[force_id, "short"] = facts["short_reason"].iloc[0]


def _distinct(reasons: Iterable[str]) -> list[str]:
    """Return the reasons once each, without one that another says and goes on from."""
    once = list(dict.fromkeys(reasons))
    return [one for one in once if not any(other != one and other.startswith(one.rstrip(".")) for other in once)]


def exclusions_of(measure: Measure, edition: Edition, year: int) -> Exclusions:
    """Return the exclusions of a measure whose window ends in `year`: the register's, and those of barred forces.

    Raises InputError for a row whose force or measure does not exist, or that gives no reason.
    """
    register = checked_register(edition)
    mine = register["measure_id"] == measure.id
    listed = Exclusions(register[mine & register["period_year"].isin((str(year), "all"))])
    return Exclusions(pd.concat([_barred(measure, edition, year, listed), listed.rows], ignore_index=True))


def _barred(measure: Measure, edition: Edition, year: int, listed: Exclusions) -> pd.DataFrame:
    """Return rows for the forces that data/comparability.toml bars and the register does not already leave out."""
    already = listed.out_of(FROM_FIGURE) & listed.out_of(FROM_NATIONAL)
    rows = [
        {
            "edition": edition.id,
            "measure_id": measure.id,
            "period_year": str(year),
            "force_id": force_id,
            "effect": effect,
            "missing_because": NOT_COMPARABLE,
            "components": "",
            "basis": "stated",
            "reason": block.reason,
            "short_reason": "Not comparable",
            "said_in": block.said_in,
        }
        for force_id, block in barred(measure, year).items()
        for effect in (FROM_FIGURE, FROM_NATIONAL)
        if force_id not in already
    ]
    return pd.DataFrame(rows, columns=listed.rows.columns, dtype=object)


def checked_register(edition: Edition) -> pd.DataFrame:
    """Return the edition's exclusions, checked: every measure and force exists, and every row has its reason."""
    years = frozenset(str(window.end.year) for window in edition.windows.values())
    files = (registers.EXCLUSIONS.file, MEASURES, "forces.csv", "editions")
    edition.data.cached(("exclusions", edition.id, years), files, lambda: _check(edition, years | {"all"}))
    return edition.register(registers.EXCLUSIONS)


def _check(edition: Edition, years: frozenset[str]) -> None:
    """Check an edition's rows of the register, once for all of its measures."""
    known = {measure.id: measure for measure in edition.data.measures}
    for row in registers.records(edition.register(registers.EXCLUSIONS)):
        if wrong := _wrong(row, known.get(row["measure_id"]), years if row["edition"] == edition.id else ()):
            raise InputError(f"{edition.data.place_of(registers.EXCLUSIONS, row)}: {wrong}")


def _wrong(row: dict[str, str], measure: Measure | None, years: Collection[str]) -> str:
    """Return what is wrong with a row and how to put it right, or ""; without `years`, any year is right."""
    who = f"{row['measure_id']}, {row['period_year']}, {row['force_id']}"
    if measure is None:
        return f"{who}: no measure '{row['measure_id']}'; use an id of data/measures.toml"
    if years and row["period_year"] not in years:
        return f"{who}: no window of edition {row['edition']} ends in that year; use one of {', '.join(sorted(years))}"
    items = measure.numerator.items
    if unknown := [part for part in row["components"].split(";") if part and part not in items]:
        return f"{who}: the measure does not count '{unknown[0]}'; use one of {', '.join(items)}"
    if row["force_id"] not in forces.ids():
        return f"{who}: no force '{row['force_id']}'; use an id of data/forces.csv"
    if not row["reason"]:
        return f"{who}: the reason is empty; say why, it is printed"
    if row["effect"] in (FROM_FIGURE, FROM_NATIONAL) and not row["missing_because"]:
        return f"{who}: missing_because is empty; use not_supplied or not_comparable"
    return ""
