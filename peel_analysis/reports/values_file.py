"""The values files: beside a report what it says of its force and of England and Wales, and once those of all forces.

Beside the measures' values a report's are the points of lines, quarters and their signals, the middle of the forces,
what funnels rest on, the populations that earlier values divide by, the means of peers, the groups of outcomes, and
what chance alone would give. Each of these rows names in `part_of` the figure or list that says it: what follows
"figure-" in the page's ids. There are rows for every figure that can be made, so that a notebook may show another one
without a word here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any

import pandas as pd

from peel_analysis.comparison import compare, peer_groups
from peel_analysis.comparison.comparable import means
from peel_analysis.comparison.over_time import quarters_since_break, season_free, signals_of
from peel_analysis.comparison.sensitivity import with_assumed_population
from peel_analysis.comparison.verdicts import FUNNEL_KINDS, NEVER_COMPARED, expected_flags, found_flags
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES, POPULATIONS_TABLE
from peel_analysis.data.text import slug
from peel_analysis.measures import Result, Series, Value, calculate_all, quarterly, rolling
from peel_analysis.measures.outcome_groups import MEASURE, Outcomes, outcomes_of, spread_in
from peel_analysis.measures.sums import people_in_words
from peel_analysis.show import values
from peel_analysis.show.words import not_available
from peel_analysis.statistics.trends import FEWEST_QUARTERS

OUTCOMES, STANDING_OUT, POLICY = "outcome-spread", "what-stands-out", "wording-policy"
PERCENT, CRIMES, FORCES, QUARTERS = "percent", "crimes", "forces", "quarters"
COMPARISONS, VERDICTS = "comparisons", "verdicts"
EARLIER_POPULATION, PEOPLE = "earlier-population", "people"
Row = dict[str, Any]  # by the values file's columns; what it lacks is empty


@dataclass(frozen=True)
class EditionValues:
    """What the values files of an edition's reports are made from, calculated once for all of them.

    `table` has the measures' rows, and `rows` the same as CSV by force; `further` are CSV rows that no force has to
    itself. The others hold all forces.
    """

    edition: Edition
    table: pd.DataFrame
    rows: dict[str, str]
    further: str
    lines: tuple[tuple[Result, Series], ...]
    quarters: tuple[tuple[Result, Series], ...]
    outcomes: Outcomes | None
    results: tuple[Result, ...]

    def text(self, force_id: str) -> str:
        """Return a force's values file: its rows, England and Wales's, and what sentences say beside."""
        shares = _shares(self.outcomes, force_id) if self.outcomes else ()
        quarters = _quarters(self.quarters, force_id)
        own = (*_points(self.lines, force_id), *quarters, *_peer_means(self.edition, self.results, force_id), *shares)
        return self._file(self.rows[force_id], self.rows[ENGLAND_AND_WALES], _further(self.edition, own), self.further)

    def of_all_forces(self) -> str:
        """Return the edition's values file: the rows of every force and of England and Wales, as `peel values` has."""
        return self._file(*self.rows.values())

    @property
    def parquet(self) -> bytes:
        """The same rows as a Parquet file."""
        return values.as_parquet(self.table, self.edition)

    def _file(self, *rows: str) -> str:
        return "".join((",".join(values.COLUMNS), "\n", *rows))


def values_of(edition: Edition) -> EditionValues:
    """Return what an edition's values files are made from. Raises InputError when a table does not answer."""
    results = calculate_all(edition)
    table = values.of_results(results)
    by_force = values.as_csv_by("force_id", table)
    return EditionValues(
        edition=edition,
        table=table,
        rows={force_id: _without_heading(text) for force_id, text in by_force.items()},
        further=_further(
            edition,
            (
                *medians(results),
                *_earlier_populations(results),
                *_funnels(results),
                *flags(edition, results),
                *_by_assumed_population(results),
            ),
        ),
        lines=tuple(_lines_of(results)),
        quarters=tuple(_quarters_of(results)),
        outcomes=outcomes_of(edition) if any(result.measure.id == MEASURE for result in results) else None,
        results=results,
    )


def _further(edition: Edition, rows: Iterable[Row]) -> str:
    further = pd.DataFrame(rows, columns=list(values.COLUMNS)).assign(edition=edition.id)
    return _without_heading(values.as_csv(further))


def _without_heading(text: str) -> str:
    return text.partition("\n")[2]


def _row(part_of: str, name: str, force_id: str, day: date, value: float, unit: str, **also: object) -> Row:
    """Return the row of a number: the figure that says it, the end of its name, whose it is and as at which day.

    `members` are how many forces an England and Wales point of a line is the sum of, or a mean of peers is made of.
    """
    named = {"measure": f"{part_of}-{name}" if name else part_of, "force_id": force_id, "part_of": part_of}
    return {**named, "period_end": day.isoformat(), "value": value, "unit": unit, "status": "reported", **also}


def _row_of(result: Result, part_of: str, name: str, force_id: str, value: float, unit: str, **also: object) -> Row:
    """Return the row of a number that rests on a result: as at its end, from its release, in its unit for ""."""
    also = {"release": result.release, **also}
    return _row(part_of, name, force_id, result.window.end, value, unit or result.measure.unit, **also)


def _lines_of(results: Iterable[Result]) -> Iterator[tuple[Result, Series]]:
    """Yield the measures that have a line over time, with it."""
    for result in results:
        try:
            if not not_available(result):
                yield result, rolling(result)
        except InputError:  # there is no line, and the section says why
            continue


def _points(lines: Iterable[tuple[Result, Series]], force_id: str) -> Iterator[Row]:
    """Yield each point of each line: of the force, and of England and Wales. A gap in a line is no number.

    A rate's release names the mid-year of the population that the point divides by. A point that is as reported has
    no note of the measure's own value.
    """
    for result, series in lines:
        part_of, unit, mid_year = f"{result.measure.id}-trend", result.measure.unit, result.edition.mid_year
        years = series.mid_years or (mid_year,) * len(series.days)
        own = people_in_words(result.edition, mid_year)
        releases = [result.release.replace(own, people_in_words(result.edition, year)) for year in years]
        for name in (force_id, ENGLAND_AND_WALES):
            one, national = result.of(name), name == ENGLAND_AND_WALES
            statuses = [one.status] * len(series.days) if national else series.statuses[name].tolist()
            held = {
                "value": series.values[name].tolist(),
                "status": statuses,
                "note": [one.note if status == one.status else "" for status in statuses],
                "numerator": series.numerator[name].tolist(),
                "denominator": series.denominator[name].tolist(),
                "members": [len(series.members) if national else float("nan")] * len(series.days),
                "release": releases,
            }
            for day, *point in zip(series.days, *held.values(), strict=True):
                if not isnan(point[0]):
                    yield _row(part_of, "", name, day, unit=unit, **dict(zip(held, point, strict=True)))


def _quarters_of(results: Iterable[Result]) -> Iterator[tuple[Result, Series]]:
    """Yield the measures that are counted by quarter, with their quarters, the season taken out."""
    for result in results:
        try:
            if not not_available(result):
                yield result, season_free(quarterly(result))
        except InputError:  # they are not counted by quarter, and the section says so
            continue


def _quarters(lines: Iterable[tuple[Result, Series]], force_id: str) -> Iterator[Row]:
    """Yield a force's quarters with the season taken out, the mean and limits of its last part, and its signals.

    The quarters of England and Wales, which stand beside them, follow.

    For a line that is too short, how many quarters there are since the last marked break, and how many it takes.
    """
    for result, free in lines:
        part_of, unit = f"{result.measure.id}-quarters", free.unit(force_id)
        found = signals_of(free, force_id)
        if not found:
            held = quarters_since_break(free, force_id)
            for name, count in (("held", held), ("fewest", FEWEST_QUARTERS)):
                yield _row_of(result, part_of, name, force_id, count, QUARTERS)
            continue
        for name in (force_id, ENGLAND_AND_WALES):
            for end, value in free.values[name].dropna().items():
                day = date.fromisoformat(str(end))
                yield _row(part_of, "", name, day, value, free.unit(name), release=result.release)
        last = found[-1]
        limits = (("mean", last.limits.centre), ("lower", last.limits.lower), ("upper", last.limits.upper))
        for name, value in limits:
            yield _row_of(result, part_of, name, force_id, value, unit)
        counts = {"quarters": last.quarters.count(), "marked": last.marked.sum()}
        counts |= {name.replace("_", "-"): inside.sum() for name, inside in last.of.items()}
        for name, count in counts.items():
            yield _row_of(result, part_of, name, force_id, int(count), QUARTERS)


def medians(results: Iterable[Result]) -> Iterator[Row]:
    """Yield the middle of the forces on each measure whose verdicts rest on it: the median of those that take part.

    The two ends of their middle half, the quartiles, follow.
    """
    for result in results:
        given = compare(result).verdicts.values()
        if verdict := next((one for one in given if one.median is not None), None):
            middle = (
                ("median", verdict.median),
                ("lower-half", verdict.lower_half),
                ("upper-half", verdict.upper_half),
            )
            for name, value in middle:
                if value is not None:
                    yield _row_of(result, result.measure.id, name, ENGLAND_AND_WALES, value, "")


def _earlier_populations(results: Iterable[Result]) -> Iterator[Row]:
    """Yield the people of England and Wales that a rate's window before divides by, which the release names."""
    for result in results:
        window, year, people = result.comparator_window, result.comparator_mid_year, result.national
        if window is None or year is None or isnan(people.comparator_denominator):
            continue
        own, theirs = (people_in_words(result.edition, one) for one in (result.edition.mid_year, year))
        release = (result.comparator_release or result.release).replace(own, theirs)
        part_of, number = result.measure.id, people.comparator_denominator
        yield _row(part_of, EARLIER_POPULATION, people.force_id, window.end, number, PEOPLE, release=release)


def _by_assumed_population(results: Iterable[Result]) -> Iterator[Row]:
    """Yield what Annex A prints beside each rate of England and Wales by residents: the rate by assumed population."""
    for result in results:
        if result.is_per_head and result.edition.national_population and not isnan(result.national.denominator):
            other = with_assumed_population(result).national
            counts = {"numerator": other.numerator, "denominator": other.denominator}
            yield _row_of(result, POPULATIONS_TABLE, result.measure.id, other.force_id, other.value, "", **counts)


def _funnels(results: Iterable[Result]) -> Iterator[Row]:
    """Yield what each funnel rests on; of one that too few forces allow, how many there are and how many it needs."""
    for result in results:
        if result.measure.kind not in FUNNEL_KINDS or not_available(result):
            continue
        compared = compare(result)
        numbers: list[tuple[str, float, str]] = [("forces", compared.ranks.forces, FORCES)]
        if funnel := compared.funnel:
            numbers += [
                ("winsorised", 100 * funnel.winsorised, PERCENT),
                ("phi", funnel.phi, "times the variance of chance"),
                ("tau-squared", funnel.tau2, f"squared, on the {funnel.scale} scale"),
                ("middle", funnel.target, ""),
            ]
        else:
            numbers.append(("fewest-forces", compared.policy.position.fewest_forces, FORCES))
        for name, value, unit in numbers:
            yield _row_of(result, f"{result.measure.id}-funnel", name, ENGLAND_AND_WALES, value, unit)


def _peer_means(edition: Edition, results: Iterable[Result], force_id: str) -> Iterator[Row]:
    """Yield the two means of each of a force's sets of peers, and how many peers the set has.

    `members` is how many of them are in the means. The rows have the force's id: the peers are its own.
    """
    groups = peer_groups(edition, force_id)
    for result in results:
        if result.measure.kind in NEVER_COMPARED or not_available(result):
            continue
        for group in groups:
            found, part_of = means(result, group), f"{result.measure.id}-peers"
            also = {"note": found.why_left_out, "members": len(found.members)}
            two_means = (("weighted", found.weighted, ""), ("simple", found.simple, ""))
            for name, value, unit in (*two_means, ("peers", len(group.peer_ids), FORCES)):
                if not isnan(value):
                    yield _row_of(result, part_of, f"{group.set_id}-{name}", force_id, value, unit, **also)


def _shares(outcomes: Outcomes, force_id: str) -> Iterator[Row]:
    """Yield the share of each group of outcomes, their total, and how far that lies from recorded crime."""
    if not_available(outcomes.whole):
        return
    spread = spread_in(outcomes, force_id)
    for side in ("own", "national") if spread.is_shown else ("national",):
        held: list[Value] = [getattr(group, side) for group in spread.groups]
        for group, one in zip(spread.groups, held, strict=True):
            yield _share(outcomes.whole, slug(group.name), one, one.numerator)
        counted, crimes = sum(one.numerator for one in held), held[0].denominator
        yield _share(outcomes.whole, "all", held[0], counted)
        yield _row_of(outcomes.whole, OUTCOMES, "difference", held[0].force_id, counted - crimes, CRIMES)


def _share(whole: Result, name: str, one: Value, count: float) -> Row:
    share = whole.measure.multiplier * count / one.denominator
    also = {"status": one.status, "note": one.note, "numerator": count, "denominator": one.denominator}
    return _row_of(whole, OUTCOMES, name, one.force_id, share, "", **also)


def flags(edition: Edition, results: Sequence[Result]) -> Iterator[Row]:
    """Yield the flags to expect of chance over the edition's figures, and those found by tier.

    The overview says them, and so does Annex A.
    """
    expected, found, day = expected_flags(results), found_flags(results), edition.window("crime").end
    numbers: list[tuple[str, float, str]] = []
    if expected is not None:
        numbers += [
            ("comparisons", expected.tests, COMPARISONS),
            ("limits", 100 * expected.level, PERCENT),
            ("by-chance", expected.nominal, COMPARISONS),
            ("by-chance-where-forces-differ", expected.overdispersed, COMPARISONS),
            ("outside", found.outside, COMPARISONS),
        ]
    numbers.append(("verdicts", found.verdicts, VERDICTS))
    numbers += [(f"verdicts-{tier.replace('_', '-')}", count, VERDICTS) for tier, count in found.tiers.items()]
    for part_of in (STANDING_OUT, POLICY):
        for name, value, unit in numbers:
            yield _row(part_of, name, ENGLAND_AND_WALES, day, value, unit)
