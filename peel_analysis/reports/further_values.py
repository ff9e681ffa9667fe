"""The numbers that a report's sentences say beside its measures' values, as rows of its values file.

They are the points of lines, the middle of the forces, what funnels rest on, the means of peers, the groups of
outcomes, and what chance alone would give. Each row names in `part_of` the figure or list that says it: what follows
"figure-" in the page's ids. There are rows for every figure that can be made, so that a notebook may show another one
without a word here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any

import pandas as pd

from peel_analysis.comparison import compare, peer_groups
from peel_analysis.comparison.comparable import means
from peel_analysis.comparison.verdicts import FUNNEL_KINDS, NEVER_COMPARED, expected_flags
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.measures import Result, Series, Value, rolling
from peel_analysis.measures.outcome_groups import Outcomes, spread_in
from peel_analysis.show.values import COLUMNS
from peel_analysis.show.words import not_available
from peel_analysis.statistics.limits import ExpectedByChance

OUTCOMES, STANDING_OUT, POLICY = "outcome-spread", "what-stands-out", "wording-policy"
PERCENT, CRIMES, FORCES = "percent", "crimes", "forces"


@dataclass(frozen=True)
class Further:
    """A number: the figure that says it, what it is (the end of its name), whose, as at which day, and its counts.

    `members` are how many forces an England and Wales point of a line is the sum of, or a mean of peers is made of.
    """

    part_of: str
    name: str
    force_id: str
    day: date
    value: float
    unit: str
    status: str = "reported"
    note: str = ""
    numerator: float = float("nan")
    denominator: float = float("nan")
    members: float = float("nan")
    release: str = ""


def table(edition: Edition, every: Iterable[Further]) -> pd.DataFrame:
    """Return the rows with the columns of the values file; a row's measure is the figure and the number's name."""
    return pd.DataFrame([_row(edition, one) for one in every], columns=list(COLUMNS))


def _row(edition: Edition, one: Further) -> dict[str, Any]:
    return {
        "edition": edition.id,
        "measure": f"{one.part_of}-{one.name}" if one.name else one.part_of,
        "force_id": one.force_id,
        "period_end": one.day.isoformat(),
        "value": one.value,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "unit": one.unit,
        "status": one.status,
        "note": one.note,
        "release": one.release,
        "members": one.members,
        "part_of": one.part_of,
    }


def lines_of(results: Iterable[Result]) -> Iterator[tuple[Result, Series]]:
    """Yield the measures that have a line over time, with it."""
    for result in results:
        try:
            if not not_available(result):
                yield result, rolling(result)
        except InputError:  # there is no line, and the section says why
            continue


def points(lines: Iterable[tuple[Result, Series]], force_id: str) -> Iterator[Further]:
    """Yield each point of each line: of the force, and of England and Wales. A gap in a line is no number.

    A rate's release names the mid-year of the population that the point divides by. A point that is as reported has
    no note of the measure's own value.
    """
    for result, series in lines:
        for name in (force_id, ENGLAND_AND_WALES):
            one, national = result.of(name), name == ENGLAND_AND_WALES
            statuses = [one.status] * len(series.days) if national else series.statuses[name].tolist()
            counts = (frame[name].tolist() for frame in (series.values, series.numerator, series.denominator))
            releases = _releases(result, series)
            for day, release, status, value, numerator, denominator in zip(
                series.days, releases, statuses, *counts, strict=True
            ):
                if not isnan(value):
                    yield Further(
                        part_of=f"{result.measure.id}-trend",
                        name="",
                        force_id=name,
                        day=day,
                        value=value,
                        unit=result.measure.unit,
                        status=status,
                        note=one.note if status == one.status else "",
                        numerator=numerator,
                        denominator=denominator,
                        members=len(series.members) if national else float("nan"),
                        release=release,
                    )


def _releases(result: Result, series: Series) -> list[str]:
    """Return the release of each point: the result's own, with the mid-year of the point's population."""
    own = f"mid-{result.edition.mid_year}"
    years = series.mid_years or (result.edition.mid_year,) * len(series.days)
    return [result.release.replace(own, f"mid-{year}") for year in years]


def medians(results: Iterable[Result]) -> Iterator[Further]:
    """Yield the middle of the forces on each measure whose verdicts rest on it: the median of those that take part."""
    for result in results:
        given = compare(result).verdicts.values()
        for median in {verdict.median for verdict in given if verdict.median is not None}:
            yield Further(
                part_of=result.measure.id,
                name="median",
                force_id=ENGLAND_AND_WALES,
                day=result.window.end,
                value=median,
                unit=result.measure.unit,
                release=result.release,
            )


def funnels(results: Iterable[Result]) -> Iterator[Further]:
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
                ("middle", funnel.target, result.measure.unit),
            ]
        else:
            numbers.append(("fewest-forces", compared.policy.fewest_forces, FORCES))
        part_of, day, release = f"{result.measure.id}-funnel", result.window.end, result.release
        for name, value, unit in numbers:
            yield Further(part_of, name, ENGLAND_AND_WALES, day, value, unit, release=release)


def peer_means(edition: Edition, results: Iterable[Result], force_id: str) -> Iterator[Further]:
    """Yield the two means of each of a force's sets of peers, and how many peers the set has.

    `members` is how many of them are in the means. The rows have the force's id: the peers are its own.
    """
    groups = peer_groups(edition, force_id)
    for result in results:
        if result.measure.kind in NEVER_COMPARED or not_available(result):
            continue
        for group in groups:
            found, unit = means(result, group), result.measure.unit
            for name, value, of in (
                ("weighted", found.weighted, unit),
                ("simple", found.simple, unit),
                ("peers", len(group.peer_ids), FORCES),
            ):
                if not isnan(value):
                    yield Further(
                        part_of=f"{result.measure.id}-peers",
                        name=f"{group.set_id}-{name}",
                        force_id=force_id,
                        day=result.window.end,
                        value=value,
                        unit=of,
                        note=found.why_left_out,
                        members=len(found.members),
                        release=result.release,
                    )


def shares(outcomes: Outcomes, force_id: str) -> Iterator[Further]:
    """Yield the share of each group of outcomes, their total, and how far that lies from recorded crime."""
    if not_available(outcomes.whole):
        return
    spread, day = spread_in(outcomes, force_id), outcomes.whole.window.end
    for side in ("own", "national") if spread.is_shown else ("national",):
        held: list[Value] = [getattr(group, side) for group in spread.groups]
        for group, one in zip(spread.groups, held, strict=True):
            yield _share(outcomes, _slug(group.name), one, one.numerator)
        counted = sum(one.numerator for one in held)
        yield _share(outcomes, "all", held[0], counted)
        apart, release = counted - held[0].denominator, outcomes.whole.release
        yield Further(OUTCOMES, "difference", held[0].force_id, day, apart, CRIMES, release=release)


def _share(outcomes: Outcomes, name: str, one: Value, count: float) -> Further:
    whole = outcomes.whole
    return Further(
        part_of=OUTCOMES,
        name=name,
        force_id=one.force_id,
        day=whole.window.end,
        value=whole.measure.multiplier * count / one.denominator,
        unit=whole.measure.unit,
        status=one.status,
        note=one.note,
        numerator=count,
        denominator=one.denominator,
        release=whole.release,
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def flags(edition: Edition, results: Sequence[Result]) -> Iterator[Further]:
    """Yield the flags to expect of chance over the edition's figures: the overview says them, and so does Annex A."""
    if expected := expected_flags(results):
        for part_of in (STANDING_OUT, POLICY):
            yield from _expected(part_of, expected, edition.window("crime").end)


def _expected(part_of: str, expected: ExpectedByChance, day: date) -> Iterator[Further]:
    for name, value, unit in (
        ("comparisons", expected.tests, "comparisons"),
        ("limits", 100 * expected.level, PERCENT),
        ("by-chance", expected.nominal, "comparisons"),
        ("by-chance-where-forces-differ", expected.overdispersed, "comparisons"),
    ):
        yield Further(part_of, name, ENGLAND_AND_WALES, day, value, unit)
