"""What is asked of forces about their returns: the rules of data/checks.toml that begin with return_, at work."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from math import isnan
from types import MappingProxyType

import numpy as np

from peel_analysis.checks.rules import CheckResult, Finding, TablesHeld
from peel_analysis.data.definitions import Measure, NotComparableError, Part
from peel_analysis.data.edition_file import Release
from peel_analysis.data.periods import GapError, Period
from peel_analysis.data.registers import EXCLUSIONS
from peel_analysis.data.settings import Rule
from peel_analysis.data.text import enumerated, shown
from peel_analysis.data.text import whole as in_figures
from peel_analysis.measures.calculation import in_window
from peel_analysis.measures.exclusions import check_years, exclusions_of
from peel_analysis.measures.result import Value
from peel_analysis.measures.sums import CountTables
from peel_analysis.returns.folder import Returns
from peel_analysis.returns.form import STATUSES, WITHOUT, Return, Row
from peel_analysis.statistics.verdict import MAD_TO_DEVIATION, Position, robust_position

PREFIX = "return_"  # of the ids of the rules
AGAINST = " against "  # in a value, between the count and the figure that it was set against
IN_RETURNS = "in the returns"  # the release of the counts while they are looked at
FEBRUARY = 2
ASKED = "Please confirm the figure, send a corrected one, or say why it cannot be given."
APART = ("combined", "not_comparable")  # statuses of counts that are not set against another year's


@dataclass(frozen=True)
class Query(Finding):
    """A finding that a force is asked about: the item and year, the value, what was expected, and the sentence to send.

    A decision about it holds for its `value`: the count, and after `AGAINST` what it was set against.
    """

    rule: str = ""
    item: str = ""
    year: int = 0
    value: str = ""
    expected: str = ""
    sentence: str = ""

    @property
    def id(self) -> str:
        """Its name, the same whenever it is found: "norfolk-calls-2017-far_from_others"."""
        return id_of(self.force_id, self.item, self.year, self.rule)


def id_of(force_id: str, item: str, year: int | str, rule: str) -> str:
    """Return the name of a query."""
    return f"{force_id}-{item}-{year}-{rule}"


def value_of(row: Row) -> str:
    """Return a row's count, or what is written in its place, as queries and their log name it; "" where it is blank."""
    return row.written or ("" if row.count is None else str(row.count))


def check_returns(returns: Returns) -> list[CheckResult]:
    """Return what each rule finds in the forms of a folder, in the order of data/checks.toml; findings are `Query`s.

    The year before is the return's own, else the latest count held of it. Raises InputError for data that measures
    could not be calculated from.
    """
    look = Look(returns)
    return [find(look) for find in RULES]


class Look:
    """Some returns, and what they are looked at with: their edition, its published tables, counts of earlier years."""

    def __init__(self, returns: Returns) -> None:
        self.returns = returns
        self.data = returns.data
        self.published = CountTables(returns.data.edition(returns.edition_id))

    @cached_property
    def with_returns(self) -> CountTables:
        """The edition's tables with the counts of the returns in their place, which no file holds."""
        edition, data = self.published.edition, self.data
        releases = dict(edition.releases)
        table = self.returns.counts(IN_RETURNS, _status)
        for item, counts in table.groupby("item"):
            data = data.with_table(str(item), IN_RETURNS, counts)
            releases[str(item)] = Release.model_construct(item=str(item), release=IN_RETURNS)
        return CountTables(replace(edition, data=data, releases=MappingProxyType(releases)))

    @property
    def rows(self) -> Iterator[tuple[Return, Row]]:
        """Each row of each return."""
        return ((one, row) for one in self.returns.every for row in one.rows)

    def measures_of(self, item: str) -> list[Measure]:
        """Return the measures that count an item, or that with which it is asked for."""
        counted = self.data.returned[item].asked_with or item
        return [measure for measure in self.data.measures if counted in measure.numerator.items]

    def count(self, one: Return, item: str, period: Period) -> float:
        """Return a force's count of an item in a period: its return's, else the edition's own; NaN for none."""
        if (row := one.row(item, period.end.year)) is not None:
            return float("nan") if row.count is None else row.count
        return self._published(item, period).get(one.force.id, float("nan"))

    def _published(self, item: str, period: Period) -> dict[str, float]:
        if item not in self.published.edition.releases:
            return {}
        with suppress(GapError):  # a table of other years says nothing of this one
            counts, *_ = self.published.sum_of(Part(items=(item,)), period, {})
            return {force_id: one.count for force_id, one in counts.items()}
        return {}

    def before(self, one: Return, row: Row) -> float:
        """Return the count of the year before a row's: the return's own, else the latest held; NaN for none."""
        period = year_before(row.period)
        own = one.row(row.item, period.end.year)
        if own is not None and own.count is not None:
            return float("nan") if own.status in APART else own.count
        days = (period.start.isoformat(), period.end.isoformat())
        return self._held.get((one.force.id, row.item, *days), float("nan"))

    @cached_property
    def _held(self) -> dict[tuple[str, ...], float]:
        """The counts of returned items that the data folder holds, by force, item, first and last day."""
        found: dict[tuple[str, ...], float] = {}
        held = TablesHeld(self.data)
        for item in self.data.returned:
            for _, table in held.others((item, "")):
                kept = table[table["count"].notna() & ~table["status"].isin(APART)]
                keys = kept[["force_id", "item", "period_start", "period_end"]].itertuples(index=False, name=None)
                found |= dict(zip(keys, kept["count"].astype(float), strict=True))
        return found

    def comparable(self, one: Return, row: Row) -> bool:
        """Return whether a row's year may be set against the one before: no block, and no status, keeps them apart."""
        try:
            for measure in self.measures_of(row.item):
                check_years(measure, one.force.id, row.year - 1, row.year, self.data.blocks)
        except NotComparableError:
            return False
        return row.status not in APART

    def title(self, item: str) -> str:
        """Return what an item is called on the form, in quotation marks; of another its own name, in words."""
        returned = self.data.returned.get(item)
        return f"'{returned.title}'" if returned else item.replace("_", " ")


def _status(row: Row) -> str:
    """Return the status that a row has while it is looked at: a slip in it is found by a rule of its own."""
    if row.count is None:
        return row.status if row.status in WITHOUT or row.status == "combined" else "not_supplied"
    return "reported" if row.status in WITHOUT else row.status


def number_of(number: int, one: str, several: str) -> str:
    """Return how many there are of something, in words."""
    return f"{number} {one if number == 1 else several}"


def year_before(period: Period) -> Period:
    """Return the 12 months before some, or the day a year before a day."""
    if not period.is_date:
        return Period.months_to(period.start - timedelta(days=1), period.months)
    last = 28 if period.end.month == FEBRUARY else 31  # of a leap year's last day of February
    day = period.end.replace(year=period.end.year - 1, day=min(period.end.day, last))
    return Period(day, day)


def _asked(one: Return, row: Row, rule: Rule, value: str, expected: str, because: str) -> Query:
    """Return a query; `because` goes on from "... gives 12 for 'Calls' (12 months to 30 June 2017)"."""
    return Query(
        rule.level,
        row.place,
        f"found {value!r}, expected {expected}",
        one.force.id,
        row.period.words,
        rule.id.removeprefix(PREFIX),
        row.item,
        row.year,
        value,
        expected,
        f"{one.word}: {because} {ASKED}" if one.word else f"{because} {ASKED}",
    )


def _gives(look: Look, one: Return, row: Row, count: float | None = None) -> str:
    """Return the beginning of a sentence: what a return gives for an item in a period."""
    counted = row.count if count is None else count
    given = f"'{row.written}'" if row.written else "no count" if counted is None else in_figures(counted)
    return f"The return of {one.force.official_name} gives {given} for {look.title(row.item)} ({row.period.words})"


def not_a_number(look: Look) -> CheckResult:
    """Return the rows in which something else stands where a count belongs."""
    by, rows = look.data.rule("return_not_a_number"), list(look.rows)
    expected = "a whole number, or a blank cell"
    found = [
        _asked(one, row, by, row.written, expected, f"{_gives(look, one, row)}, which is not a whole number.")
        for one, row in rows
        if row.written
    ]
    return CheckResult(by, number_of(len(rows), "row", "rows"), tuple(found))


def count_and_status(look: Look) -> CheckResult:
    """Return the rows whose status says that there is a count where there is none, or the other way about."""
    by, found, rows = look.data.rule("return_count_and_status"), [], list(look.rows)
    for one, row in rows:
        if not row.fits and not row.written:
            expected = "no count with this status" if row.count is not None else "a count with this status"
            told = f"{_gives(look, one, row)} and the status '{STATUSES[row.status]}'; the two do not go together."
            found.append(_asked(one, row, by, value_of(row), expected, told))
    return CheckResult(by, number_of(len(rows), "row", "rows"), tuple(found))


def without_reason(look: Look) -> CheckResult:
    """Return the rows with a status that needs a reason and has none, and those that were left blank."""
    by, found = look.data.rule("return_without_reason"), []
    rows = [(one, row) for one, row in look.rows if row.status != "reported"]
    for one, row in rows:
        if not row.reason:
            told = f"{_gives(look, one, row)} and the status '{STATUSES[row.status]}', without a reason."
            found.append(_asked(one, row, by, value_of(row), "a reason, which is printed with the figure", told))
    return CheckResult(by, number_of(len(rows), "row that is not reported", "rows that are not reported"), tuple(found))


def part_above_whole(look: Look) -> CheckResult:
    """Return the counts that are larger than what they are a part of."""
    by, found, looked_at = look.data.rule("return_part_above_whole"), [], 0
    for one, row in look.rows:
        of = look.data.returned[row.item].at_most
        if not of or row.count is None or isnan(most := look.count(one, of, row.period)):
            continue
        looked_at += 1
        if row.count > most:
            told = (
                f"{_gives(look, one, row)}. That is a part of {look.title(of)}, of which there were {in_figures(most)}."
            )
            value = f"{row.count}{AGAINST}{most:.0f}"
            found.append(_asked(one, row, by, value, f"at most {in_figures(most)} ({look.title(of)})", told))
    return CheckResult(by, number_of(looked_at, "part of a whole", "parts of a whole"), tuple(found))


def not_the_sum(look: Look) -> CheckResult:
    """Return the totals that are not the sum of their parts."""
    by, found, looked_at = look.data.rule("return_not_the_sum"), [], 0
    for one, row in look.rows:
        parts = look.data.returned[row.item].sum_of
        counts = [look.count(one, item, row.period) for item in parts]
        if not parts or row.count is None or isnan(total := sum(counts)):
            continue
        looked_at += 1
        if row.count != total:
            said = " + ".join(map(in_figures, counts))
            named = enumerated(map(look.title, parts))
            told = f"{_gives(look, one, row)}. Its parts ({named}) add up to {said} = {in_figures(total)}."
            value = f"{row.count}{AGAINST}{total:.0f}"
            found.append(_asked(one, row, by, value, f"{in_figures(total)}, the sum of its parts", told))
    return CheckResult(by, number_of(looked_at, "total", "totals"), tuple(found))


def _compared(look: Look) -> Iterator[tuple[Return, Row, int, float]]:
    """Yield each count that can be set against the year before, with that year's."""
    for one, row in look.rows:
        if row.count is not None and not isnan(before := look.before(one, row)) and look.comparable(one, row):
            yield one, row, row.count, before


def none_after_many(look: Look) -> CheckResult:
    """Return the noughts after a year of hundreds."""
    by, noughts = look.data.rule("return_none_after_many"), [one for one in _compared(look) if one[2] == 0]
    found = []
    for one, row, _, before in noughts:
        if before >= by.thresholds["many"]:
            told = f"{_gives(look, one, row)}. For the year before there were {in_figures(before)}."
            value, expected = (
                f"0{AGAINST}{before:.0f}",
                f"a count as in the year before ({in_figures(before)}), or a blank cell",
            )
            found.append(_asked(one, row, by, value, expected, told))
    return CheckResult(
        by, number_of(len(noughts), "nought with a year before", "noughts with a year before"), tuple(found)
    )


def far_from_year_before(look: Look) -> CheckResult:
    """Return the counts that are many times those of the year before, or a small part of them."""
    by, found, looked_at = look.data.rule("return_far_from_year_before"), [], 0
    times, fewest = by.thresholds["times"], by.thresholds["fewest"]
    for one, row, count, before in _compared(look):
        looked_at += 1
        if count and max(count, before) >= fewest and not before / times <= count <= before * times:
            low, most = in_figures(np.ceil(before / times)), in_figures(np.floor(before * times))
            told = f"{_gives(look, one, row)}. For the year before there were {in_figures(before)}."
            value = f"{count}{AGAINST}{before:.0f}"
            found.append(_asked(one, row, by, value, f"{low} to {most} (the year before: {in_figures(before)})", told))
    return CheckResult(by, number_of(looked_at, "count with a year before", "counts with a year before"), tuple(found))


def far_from_others(look: Look) -> CheckResult:
    """Return the counts whose figure lies far from those of the other forces, by the measures that are made of them."""
    by, found, looked_at = look.data.rule("return_far_from_others"), dict[str, Query](), 0
    silent = 0
    for measure, window in _measured(look):
        of_forces = [
            row for row in in_window(measure, window, look.with_returns)[0] if row.force_id in look.data.forces.ids
        ]
        values = [row.value for row in of_forces]
        position = robust_position(values, [row.in_figure for row in of_forces])
        if position.forces < by.thresholds["fewest_forces"]:
            silent += position.forces
            continue
        looked_at += position.forces
        reach = _reach(position, by)
        for row, value in zip(of_forces, values, strict=True):
            if row.in_figure and abs(value - position.median) >= reach:
                query = _far(look, measure, window, row, position, by)
                found.setdefault(query.id, query)
    said = number_of(looked_at, "figure of a force", "figures of forces")
    if silent:
        said += f" ({silent} of which the rule cannot speak: too few forces have one)"
    return CheckResult(by, said, tuple(found.values()))


def _measured(look: Look) -> Iterator[tuple[Measure, str]]:
    """Yield each measure that is a count of the returns over something else, with each of its windows."""
    edition = look.published.edition
    for measure in look.data.measures:
        if measure.denominator.items and set(measure.numerator.items) <= set(look.data.returned):
            names = dict.fromkeys((measure.window, measure.comparator))
            yield from ((measure, name) for name in names if name in edition.windows)


def _reach(position: Position, by: Rule) -> float:
    """Return how far from the median a figure is queried: both by its robust z and in percent of the median."""
    spread = MAD_TO_DEVIATION * position.mad
    if not spread > 0:  # more than half of the forces share one value: no figure has a z
        return float("inf")
    return max(by.thresholds["robust_z"] * spread, by.thresholds["least_percent"] / 100 * abs(position.median))


def _far(look: Look, measure: Measure, window: str, row: Value, position: Position, by: Rule) -> Query:
    period, items, reach = look.published.edition.windows[window], measure.numerator.items, _reach(position, by)
    one = next(one for one in look.returns.every if one.force.id == row.force_id)
    totals = [item.id for item in look.data.returned.values() if set(item.sum_of) == set(items)]
    own = {each.item: each for each in one.rows if each.period == period}
    of = next(own[item] for item in (*totals, *items) if item in own)
    low, most, middle, value = (
        shown(number, measure.decimals)
        for number in (max(0, position.median - reach), position.median + reach, position.median, row.value)
    )
    returned = set(measure.denominator.items) <= set(look.data.returned)
    against = f"{AGAINST}{row.denominator:.0f}" if returned else ""
    told = (
        f"{_gives(look, one, of, row.numerator)}. That makes {value} {measure.unit}; in the middle of the "
        f"{position.forces} forces the figure is {middle}, and one beyond {low} to {most} is queried."
    )
    expected = f"{low} to {most} {measure.unit} (in the middle of the forces {middle})"
    return _asked(one, of, by, f"{row.numerator:.0f}{against}", expected, told)


def although_excluded(look: Look) -> CheckResult:
    """Return the counts that the register of exclusions says that the force did not supply."""
    by, found, looked_at = look.data.rule("return_although_excluded"), dict[str, Query](), 0
    for measure, window in _measured(look):
        year = look.published.edition.windows[window].end.year
        out = exclusions_of(measure, look.published.edition, year, look.published.exclusions)
        for one in look.returns.every:
            rows = {row.item: row for row in one.rows if row.year == year and row.count is not None}
            counted = [item for item in measure.numerator.items if item in rows]
            looked_at += len(counted)
            for fact in out.denied(one.force.id, measure.numerator.items, counted)[:1]:
                place = look.data.place_of(EXCLUSIONS, fact)
                for item in set(counted) & set(fact["components"].split(";")) or counted:
                    told = f"{_gives(look, one, rows[item])}. The register of who supplied what says: {fact['reason']}"
                    expected = f"no count: {fact['short_reason']} ({place})"
                    query = _asked(one, rows[item], by, value_of(rows[item]), expected, told)
                    found.setdefault(query.id, query)
    return CheckResult(by, number_of(looked_at, "count", "counts"), tuple(found.values()))


RULES = (
    not_a_number,
    count_and_status,
    without_reason,
    part_above_whole,
    not_the_sum,
    none_after_many,
    far_from_year_before,
    far_from_others,
    although_excluded,
)


def queries_in(results: Iterable[CheckResult]) -> list[Query]:
    """Return the queries of some results, by force, and of each force in the order of the rules."""
    found = [finding for result in results for finding in result.findings if isinstance(finding, Query)]
    return sorted(found, key=lambda query: query.force_id)
