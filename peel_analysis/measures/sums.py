"""Counts added up over a window: one count a force, missing where any part is missing, never zero for it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import fsum, isnan, nan

import pandas as pd

from peel_analysis.data.counts import OWN, OWN_TABLE
from peel_analysis.data.cross_checks import checked_exclusions, checked_published
from peel_analysis.data.definitions import Measure, Part
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import GapError, Period, tiles
from peel_analysis.data.reads import remembered

# What a status takes precedence over; those that say that a figure cannot be had at all come after these.
RANK = ["reported", "revised", "estimated", "mismatched", "incomplete", "partial", "combined"]
RANK += ["not_comparable", "not_supplied"]
NOT_IN_OWN = "The own table has no count of the force."
NOT_RETURNED = "These figures are not in the data return that this edition uses."


@dataclass(frozen=True, slots=True)
class Count:
    """A force's count, NaN where it is missing, with the sentence and short reason of any status but reported."""

    count: float
    status: str = "reported"
    sentence: str = ""
    short: str = ""


Sum = tuple[dict[str, Count], str, dict[str, set[str]]]  # as `CountTables.sum_of` returns it


def rank(status: str) -> int:
    """Return how much a status takes precedence over others: the worst of several is what a figure is shown with."""
    return RANK.index(status) if status in RANK else len(RANK)


def rows_of(item: str, dimensions: Collection[str], edition: Edition) -> pd.DataFrame | None:
    """Return an item's rows in the edition's release, of some dimensions or of all; None without a table."""
    counts = edition.counts(item)
    return counts[counts["dimension"].isin(dimensions)] if counts is not None and dimensions else counts


def people_in_words(edition: Edition, mid_year: int) -> str:
    """Return which populations those of a mid-year are, as a release names them."""
    return f"population mid-{mid_year} ({edition.vintage_of(mid_year)} vintage)"


class CountTables:
    """What an edition's measures are calculated from, each table and register read once."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._counts_of = remembered(None)(self._counted)  # by item, dimensions and window: once for all measures

    def with_people_of(self, measure: Measure, window: Period) -> "CountTables":
        """Return the tables with the populations of a window's own mid-year, or these where it has no other.

        Without an estimate of that year for every force, all windows divide by the edition's own population.
        """
        if POPULATION not in measure.denominator.items:
            return self
        year = self.edition.mid_year_held(self.edition.window(measure.window), window)
        if year == self.edition.mid_year:
            return self
        return CountTables(self.edition.of_mid_year(year))

    @property
    def exclusions(self) -> tuple[Mapping[str, str], ...]:
        """The rows of data/exclusions.csv."""
        return checked_exclusions(self.edition)

    @property
    def published(self) -> tuple[Mapping[str, str], ...]:
        """The rows of data/published_values.csv."""
        return checked_published(self.edition)

    def sum_of(self, part: Part, window: Period, left_out: Mapping[str, Collection[str]]) -> Sum:
        """Return the part's counts in `window` by force, their releases, and the items that each force has a count of.

        There is no count of a force with a blank one, or in no row of a return. `left_out` names, by force, items that
        its partial return does not hold: they are skipped. Raises GapError for a window that the periods do not tile,
        and for a force that a published table leaves out or has in a part of the window only.
        """
        items = {item: self._counts_of(item, part.dimensions, window) for item in part.items}
        by_force: dict[str, Count] = {}
        held: dict[str, set[str]] = {}
        for force_id in self.edition.forces.ids:
            mine = {item: counts[force_id] for item, (counts, _) in items.items()}
            held[force_id] = {item for item, one in mine.items() if not isnan(one.count)}
            kept = [one for item, one in mine.items() if item not in left_out.get(force_id, ())]
            if kept:
                worst = max(kept, key=lambda one: rank(one.status))
                count = fsum(one.count for one in kept)
                by_force[force_id] = worst if len(kept) == 1 else replace(worst, count=count)
            else:
                by_force[force_id] = replace(next(iter(mine.values())), count=nan, status="not_supplied")
        releases = dict.fromkeys(release for _, release in items.values() if release)
        return by_force, "; ".join(releases), held

    def _counted(self, item: str, dimensions: tuple[str, ...], window: Period) -> tuple[dict[str, Count], str]:
        """Return an item's counts in a window by force, and its release."""
        edition, short = self.edition, {"estimated": "Assumed population"}
        if item == POPULATION:
            people = edition.populations[[POPULATION, "status", "sentence"]].itertuples(name=None)
            counts = {one: Count(float(number), is_, why, short.get(is_, "")) for one, number, is_, why in people}
            return counts, people_in_words(edition, edition.mid_year)
        lack, release = edition.lacks.get(item), edition.releases.get(item)
        counted = self._in_table(item, dimensions, window, may_lack=lack is not None) if release else None
        if release is None or counted is None:
            if lack is None:
                remedy = "name a release under [releases] or give the reason under [lacks]"
                raise InputError(f"{edition.file}: no release for '{item}' and no reason why; {remedy}")
            return dict.fromkeys(edition.forces.ids, Count(nan, lack.status, lack.sentence, lack.short)), ""
        not_returned = Count(nan, lack.status if lack else "not_available", NOT_RETURNED, "Not in the data return")
        is_own = release.release == OWN
        if is_own:
            not_returned = Count(nan, "not_available", NOT_IN_OWN, "Not in the own table")
        by_force = {one: counted.get(one, not_returned) for one in edition.forces.ids}
        return by_force, OWN_TABLE.format(item) if is_own else f"{release.item} {release.release}"

    def _in_table(
        self, item: str, dimensions: tuple[str, ...], window: Period, *, may_lack: bool
    ) -> dict[str, Count] | None:
        """Return the sums of an item's rows in a window by force, worked out once for all editions with its release.

        None without rows of these dimensions; where the item may be lacking, without rows of the window's days too.
        """
        edition, release = self.edition, self.edition.releases[item]
        is_own = release.release == OWN
        name = OWN_TABLE.format(item) if is_own else f"data/counts/{release.item}/{release.release}.csv"

        def add_up() -> dict[str, Count] | None:
            rows = rows_of(item, dimensions, edition)
            first, last = window.start.isoformat(), window.end.isoformat()
            if rows is None or rows.empty:
                return None
            if may_lack and not ((rows["period_start"] <= last) & (rows["period_end"] >= first)).any():
                return None  # a release of other years alone lacks the item here
            inside = rows[(rows["period_start"] >= first) & (rows["period_end"] <= last)]
            lacks_forces = is_own or release.item in edition.data.returned
            return _added_up(inside, window, name, edition.forces, may_lack_forces=lacks_forces)

        return edition.data.cached(("sums", name, release.item, dimensions, window, may_lack), add_up)


def _added_up(
    inside: pd.DataFrame, window: Period, name: str, all_forces: Forces, *, may_lack_forces: bool
) -> dict[str, Count]:
    """Return the sums of a window's rows by force, for the forces that have one.

    A blank count makes the sum missing, unless the force was counted together with another. A table in which a force
    lacks a period that others have is refused: a blank row with a status would say why.
    """
    numbers = inside["count"].to_numpy(dtype=float, na_value=nan).tolist()
    columns = ("force_id", "period_start", "period_end", "status")
    texts = (inside[column].to_numpy(dtype=object).tolist() for column in columns)
    by_force: dict[str, list[tuple[str, float, str]]] = defaultdict(list)
    periods: set[tuple[str, str]] = set()
    for force_id, start, end, status, number in zip(*texts, numbers, strict=True):
        by_force[force_id].append((start, number, status))
        periods.add((start, end))
    try:
        tiled = tiles(window, (Period.parse(*one) for one in periods))
    except GapError as error:
        remedy = "remove one of the two" if "overlap" in str(error) else "add the missing rows"
        raise GapError(f"{name}: {error}; {remedy} or use another release") from error
    starts = {force_id: {start for start, *_ in rows} for force_id, rows in by_force.items()}
    short = [one for one in all_forces.ids if len(starts.get(one, ())) < len(tiled)]
    if may_lack_forces:  # as a return may, which holds one force or many
        short = [one for one in short if one in starts]
    if short:
        lacking = [period.words for period in tiled if period.start.isoformat() not in starts.get(short[0], ())]
        found = f"no row for {all_forces.in_words(short)} in the {' and the '.join(lacking)}"
        remedy = "add the rows, or blank counts with a status that says why"
        raise GapError(f"{name}: {window.words}: {found}; {remedy}")
    counted = {}
    for force_id, rows in by_force.items():
        held = [number for _, number, _ in rows if not isnan(number)]
        is_missing = not held or any(isnan(number) and status != "combined" for _, number, status in rows)
        worst = max((status for *_, status in rows), key=rank)
        counted[force_id] = Count(nan if is_missing else fsum(held), worst)
    return counted
