"""A measure as a line: its value in each 12-month window or quarter, for each force and England and Wales."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from peel_analysis.data.definitions import Measure, Part
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import Period
from peel_analysis.data.reads import as_text, question, remembered
from peel_analysis.data.registers import NOT_COMPARABLE, SERIES_BREAKS
from peel_analysis.measures.result import Result
from peel_analysis.measures.sums import rows_of

ALL = "all"
YEAR, QUARTER = 12, 3  # months


@dataclass(frozen=True)
class Break:
    """A break in a measure's counts, of "all" forces or one; where not comparable, none before stands beside later."""

    force_id: str
    first_day: date
    last_day: date
    is_comparable: bool
    label: str
    sentence: str


@dataclass(frozen=True, eq=False)  # as a result is, and for the same reason
class Series:
    """A measure's values and the counts behind them: one row a window's last day, one column a force.

    England and Wales is the last column: the counts of `members` together. `statuses` has the forces' alone. Each
    window is `months` long and ends `step_months` after the one before. `mid_years` are those of the populations that
    the points divide by, none where they divide by counts; `assumed` are the forces with one assumed population.
    """

    measure: Measure
    edition: Edition
    values: pd.DataFrame
    numerator: pd.DataFrame
    denominator: pd.DataFrame
    statuses: pd.DataFrame
    members: tuple[str, ...]
    months: int
    step_months: int
    all_breaks: tuple[Break, ...] = ()
    mid_years: tuple[int, ...] = ()
    assumed: frozenset[str] = frozenset()

    @cached_property
    def days(self) -> list[date]:
        """The last day of each window."""
        return [date.fromisoformat(str(end)) for end in self.values.index]

    @cached_property
    def _first_days(self) -> list[date]:
        return [Period.months_to(day, self.months).start for day in self.days]

    @property
    def about(self) -> str:
        """How the points follow each other: "each quarter" or "each financial year"."""
        return "each quarter" if self.step_months == QUARTER else "each financial year"

    @property
    def overlaps(self) -> bool:
        """Whether two points that follow each other share months of counts."""
        return self.months > self.step_months

    @property
    def mid_year(self) -> int | None:
        """The mid-year whose population every point divides by; None where there is not one."""
        return self.mid_years[0] if len(set(self.mid_years)) == 1 else None

    def per_head(self, words: str, force_id: str) -> str:
        """Return a measure's title or unit with the people that each point is a rate of, where all points have one."""
        if self.mid_year is None:
            return words
        people = f"people of mid-{self.mid_year}"
        if force_id in self.assumed:
            people = f"people (assumed; England and Wales: mid-{self.mid_year})"
        return words.replace(POPULATION, people)

    def unit(self, force_id: str) -> str:
        """Return the unit of the points: "per 1,000 people of mid-2024"."""
        unit = self.per_head(self.measure.unit, force_id)
        return f"{unit}, in three months" if self.months == QUARTER and self.mid_years else unit

    def breaks(self, force_id: str) -> tuple[Break, ...]:
        """Return the breaks in recording that fall among the points, for all forces or for this one."""
        first, last = self.days[0], self.days[-1]
        mine = (one for one in self.all_breaks if one.force_id in (ALL, force_id))
        return tuple(one for one in mine if one.last_day >= first and one.first_day <= last)

    def cuts(self, force_id: str) -> list[date]:
        """Return the days from which values are not comparable with those before."""
        return [one.first_day for one in self.breaks(force_id) if not one.is_comparable]

    def parts(self, force_id: str) -> list[pd.Series]:
        """Return the line cut at breaks, so that values of one part alone are comparable. A part may be empty."""
        cuts, values = self.cuts(force_id), self.values[force_id]
        if not cuts:
            return [values]
        places = [sum(cut <= first for cut in cuts) for first in self._first_days]
        return [values[[one == number for one in places]] for number in range(len(cuts) + 1)]

    def between_breaks(self, force_id: str) -> list[pd.Series]:
        """Return the line cut at every marked break, comparable or not; points within a break are of no part.

        A break with care interrupts no line, but it can move the mean all the same, and recording was changing under
        the points within its days. A part may be empty.
        """
        breaks, values = self.breaks(force_id), self.values[force_id]
        places = [_place(breaks, first, last) for first, last in zip(self._first_days, self.days, strict=True)]
        return [values[[one == number for one in places]] for number in range(len(breaks) + 1)]

    def latest_part(self, force_id: str) -> pd.Series:
        """Return the values since the last break that are there: those that a sentence may set beside each other."""
        return self.parts(force_id)[-1].dropna()

    def interrupted(self, force_id: str) -> dict[date, float]:
        """Return the line as it is drawn: a value a day, missing at a break that must not be compared across."""
        points = dict.fromkeys(self.cuts(force_id), float("nan"))
        points |= dict(zip(self.days, self.values[force_id].tolist(), strict=True))
        return dict(sorted(points.items()))


def _place(breaks: tuple[Break, ...], first: date, last: date) -> int | None:
    """Return how many breaks lie before a window; None for one within a break.

    A break of a single day is the first of the counts that follow it, so it lies before them.
    """
    ahead = [one for one in breaks if not (one.last_day < first or one.first_day == one.last_day == first)]
    return None if any(one.first_day <= last for one in ahead) else len(breaks) - len(ahead)


@remembered(maxsize=64)
def rolling(result: Result, months: int = YEAR) -> Series:
    """Return the measure in each 12-month window up to the result's own, from the earliest that the counts allow.

    Rates per head divide by the mid-year estimate that stands to each window as the edition's to its own, where the
    edition's vintage has all of them; else by the edition's throughout, never by a mixture. England and Wales is sum
    over sum of the same forces at every point: those in both of the result's own values. A force without a value in the
    edition has no line. A window that reaches across a break after which values are not comparable has no value.
    Raises InputError for a measure without counts, with one window only, or without England and Wales at every point.
    """
    measure, edition = result.measure, result.edition
    items = (item for item in measure.items if item != POPULATION)
    if measure.kind not in ("rate", "share") or any(edition.counts(item) is None for item in items):
        raise _no_line(measure, "no counts over time are public")
    per_head = measure.denominator.items == (POPULATION,)
    numerator = counts_by_window(measure.numerator, edition, months)
    below = national = numerator if per_head else counts_by_window(measure.denominator, edition, months)
    ends = [end for end in numerator.index.intersection(below.index) if end <= result.window.end.isoformat()]
    if len(ends) < 2:
        raise _no_line(measure, f"the counts hold one {months}-month window only")
    mid_years: tuple[int, ...] = ()
    if per_head:
        windows = [Period.months_to(date.fromisoformat(end), months) for end in ends]
        own = tuple(edition.mid_year_for(result.window, window) for window in windows)
        mid_years = own if edition.mid_years.issuperset(own) else (edition.mid_year,) * len(ends)
        of_years = [edition.of_mid_year(year) for year in mid_years]
        below = pd.DataFrame([one.populations[POPULATION] for one in of_years], index=ends)
        national = pd.DataFrame([one.national_populations for one in of_years], index=ends)
    always = set(result.members) & set(result.comparator_members or result.members)
    held = numerator.loc[ends].notna().all()
    members = [force_id for force_id in result.members if force_id in always and held[force_id]]
    if not members:
        raise _no_line(measure, "no counts of England and Wales are held over time")
    numerator, denominator = (
        counts.loc[ends].assign(**{ENGLAND_AND_WALES: summed.loc[ends, members].sum(axis="columns")})
        for counts, summed in ((numerator, numerator), (below, national))
    )
    values = measure.multiplier * numerator / denominator
    values.loc[:, ~result.rows["value"].notna().reindex(values.columns, fill_value=True)] = float("nan")
    breaks = breaks_of(measure, edition)
    for one in breaks:
        if not one.is_comparable:  # a window that reaches across is of neither side
            day = one.first_day.isoformat()
            across = [end for end in ends if first_day(end, months) < day <= end]
            values.loc[across, list(values.columns) if one.force_id == ALL else [one.force_id]] = float("nan")
    return Series(
        measure=measure,
        edition=edition,
        values=values,
        numerator=numerator,
        denominator=denominator,
        statuses=_statuses(result, numerator.drop(columns=ENGLAND_AND_WALES), months),
        members=tuple(members),
        months=months,
        all_breaks=breaks,
        step_months=QUARTER if ends[1][5:7] != ends[0][5:7] else YEAR,
        mid_years=mid_years,
        assumed=frozenset(edition.population_instead) if per_head else frozenset(),
    )


def _no_line(measure: Measure, why: str) -> InputError:
    return InputError(f"{measure.title}: {why}, so there is no line to draw.")


def _statuses(result: Result, numerator: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return each point's status: of a row in its window that is not reported, else the measure's own if it differs."""
    statuses = pd.DataFrame("reported", index=numerator.index, columns=numerator.columns)
    rows = _rows(result.measure.numerator, result.edition)
    marked = rows.loc[rows["status"] != "reported", ["force_id", "period_start", "period_end", "status"]]
    for force_id, start, end, status in marked.itertuples(index=False, name=None):
        holding = [day for day in numerator.index if first_day(day, months) <= start and end <= day]
        statuses.loc[holding, force_id] = status
    for force_id, status in result.forces["status"].items():
        if status != statuses[force_id].iloc[-1]:
            statuses[force_id] = status
    return statuses


def quarterly(result: Result) -> Series:
    """Return the measure in each quarter, made as `rolling` makes it; also refused for counts not by quarter."""
    return rolling(result, QUARTER)


def breaks_of(measure: Measure, edition: Edition) -> tuple[Break, ...]:
    """Return the breaks of every item that the measure counts, for all forces, in the order of their first days."""
    return _breaks(edition, *measure.items)


@question("breaks", as_text)
def _breaks(edition: Edition, *items: str) -> tuple[Break, ...]:
    breaks = []
    for row in edition.data.records(SERIES_BREAKS):
        if row["item"] in items:
            days = (date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]))
            is_comparable = row["comparison"] != NOT_COMPARABLE
            breaks.append(Break(row["force_id"], *days, is_comparable, row["label"], row["sentence"]))
    return tuple(sorted(breaks, key=lambda one: one.first_day))


def counts_by_window(part: Part, edition: Edition, months: int) -> pd.DataFrame:
    """Return a part's counts in each window of 12 or 3 months: one row a window's last day, one column a force.

    A sum with a quarter missing is missing. Raises InputError for counts that do not make windows of that length.
    """
    table = edition.data.cached(("by period", part, edition.choices), lambda: _by_period(part, edition))
    held = {Period.parse(start, end).months for start, end in table.index}
    table = table.reset_index("period_start", drop=True).sort_index()
    if held == {months}:
        return table
    if held != {QUARTER}:
        found = "neither all quarters nor all years" if months == YEAR else "not all quarters"
        raise InputError(f"{', '.join(part.items)}: the periods are {found}; no line can be drawn.")
    first, last = date.fromisoformat(table.index[0]), date.fromisoformat(table.index[-1])
    every_end = pd.date_range(first, last, freq="QE-MAR").strftime("%Y-%m-%d")  # so that no window reaches across a gap
    return table.reindex(every_end).rolling(YEAR // QUARTER).sum().dropna(how="all")


def _by_period(part: Part, edition: Edition) -> pd.DataFrame:
    rows = _rows(part, edition)
    counted = rows.assign(count=rows["count"].to_numpy(dtype=float, na_value=float("nan")))
    grouped = counted.groupby(["period_start", "period_end", "force_id"], sort=True)["count"]
    return grouped.sum(skipna=False).unstack("force_id").reindex(columns=edition.forces.ids)


def first_day(last_day: str, months: int) -> str:
    """Return the first day of the window of whole months that ends on a day; both as 2017-06-30."""
    return Period.months_to(date.fromisoformat(last_day), months).start.isoformat()


def _rows(part: Part, edition: Edition) -> pd.DataFrame:
    return pd.concat([rows_of(item, part.dimensions, edition) for item in part.items])
