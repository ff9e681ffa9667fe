"""Is a force's figure different: intervals, rank ranges, places in the funnel and verdicts of a measure's result."""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from peel_analysis.data.edition import POPULATION
from peel_analysis.data.policy import Policy
from peel_analysis.data.reads import remembered
from peel_analysis.data.text import as_cell
from peel_analysis.data.writing import once
from peel_analysis.measures import Measure, Result
from peel_analysis.statistics import intervals, limits
from peel_analysis.statistics.intervals import Array, Interval, Numbers
from peel_analysis.statistics.limits import ExpectedByChance, Funnel, Kind, NotEnoughForcesError
from peel_analysis.statistics.verdict import RankRange, Verdict, eligible, rank_range, verdicts

SHOWN_LEVEL = 0.95  # of the intervals in tables
LEVELS = (SHOWN_LEVEL, 0.998)
FUNNEL_KINDS: dict[str, Kind] = {"rate": "rate", "rate_of_stock": "rate", "share": "share", "ratio_of_counts": "ratio"}
NEVER_COMPARED = ("cases", "survey", "context")
WITHOUT_VERDICT = {"partial": "partial_return", "incomplete": "incomplete_record", "mismatched": "mismatched_record"}
NOTABLE, HIGHER_OR_LOWER = "all_three", ("within_the_limits", "size_and_position", "size_only")
TOLD_AS = {"size_across": "size", "similar_alone": "similar"}  # tiers that are counted as another
COUNTED = (NOTABLE, *HIGHER_OR_LOWER, "size", "similar")  # tiers, in the order of their counts
NO_FUNNELS = "None of these figures has a funnel, so no comparison with its limits is made."
UNTESTED = ("words", "reason", "basis", "tier")  # the fields of a verdict that are no numbers of its tests
TESTS = tuple(one.name for one in fields(Verdict) if one.name not in UNTESTED)
COUNTS = ("value", "denominator")
FUNNEL = {  # what a funnel rests on, by the name of its column
    "funnel_forces": "forces",
    "funnel_scale": "scale",
    "funnel_per": "multiplier",
    "funnel_median": "target",
    "funnel_phi": "phi",
    "funnel_tau_squared": "tau2",
}


@dataclass(frozen=True, eq=False)
class Compared:
    """One row a force in the order of `force_ids`, England and Wales last; missing numbers are NaN.

    `intervals` by level; `ranks` at the 95% level, always a range; `funnel` is None where it is refused, and
    `funnel_refused` then says why; `verdicts` of the 43 forces. `left_out` holds the key of the policy's reason for
    each force that is in no test, by id: the others are eligible, for a mean of peers too.
    """

    result: Result
    policy: Policy
    force_ids: tuple[str, ...]
    intervals: dict[float, Interval]
    ranks: RankRange
    funnel: Funnel | None
    funnel_refused: str
    verdicts: dict[str, Verdict]
    left_out: dict[str, str]

    def row(self, force_id: str) -> int:
        """Return the row of a force."""
        return self.force_ids.index(force_id)

    def limits(self, force_id: str, level: float = SHOWN_LEVEL) -> tuple[float, float]:
        """Return the lower and upper limit of the interval at a level; NaN where there is none."""
        interval, row = self.intervals[level], self.row(force_id)
        return float(interval.lower[row]), float(interval.upper[row])


def compare(result: Result) -> Compared:
    """Return the comparison of a result. Forces without a verdict are shown and take no part in others' tests.

    It is made once for a result and a policy: an edited policy is seen at the next call.
    """
    return _compared(result, id(result.edition.data.policy))  # whose id is its own: what is kept holds the policy


@remembered(maxsize=128)
def _compared(result: Result, _policy_id: int) -> Compared:
    policy, force_ids = result.edition.data.policy, tuple(one.force_id for one in result.values)
    numerator, denominator, values = map(result.numbers, ("numerator", "denominator", "value"))
    intervals = {level: interval_of(result.measure, numerator, denominator, level) for level in LEVELS}
    reasons = [_no_verdict(result, force_id) for force_id in force_ids]
    reasons[-1] = "not_in_figure"  # England and Wales is what the forces are compared with
    tested = eligible(values, reasons) & (result.measure.kind not in NEVER_COMPARED)
    funnel, refused = _funnel(result, policy, tested, numerator, denominator)
    shown, apart, gap = intervals[SHOWN_LEVEL], float(policy.size.ratio), float(policy.gap_for(result.measure.decimals))
    ranks = rank_range(shown.lower, shown.upper, tested, apart=apart, gap=gap)
    national = result.national.value if result.measure.kind not in NEVER_COMPARED else math.nan
    z = funnel.z[:-1] if funnel is not None else None
    found = verdicts(values[:-1], national, result.measure.decimals, policy, z, reasons[:-1])
    named = dict(zip(force_ids, found, strict=False))
    left_out = {one: reason for one, reason in zip(force_ids, reasons, strict=True) if reason}
    return Compared(result, policy, force_ids, intervals, ranks, funnel, refused, named, left_out)


def _no_verdict(result: Result, force_id: str) -> str:
    """Return the key of the reason why a force gets no verdict, or ""."""
    one = result.of(force_id)
    if one.is_missing:
        return "no_value"
    if result.measure.is_context:
        return "context"
    if POPULATION in result.measure.denominator.items and force_id in result.edition.population_instead:
        return "assumed_population"
    if not one.in_figure:
        return "not_in_figure"
    return WITHOUT_VERDICT.get(one.status, "")


def _funnel(
    result: Result, policy: Policy, tested: npt.NDArray[np.bool_], numerator: Array, denominator: Array
) -> tuple[Funnel | None, str]:
    if (kind := FUNNEL_KINDS.get(result.measure.kind)) is None:
        return None, "A funnel is made for rates, shares and ratios of counts only."
    if kind == "share" and (more := numerator > denominator).any():
        named = result.edition.forces.in_words(result.values[row].force_id for row in np.flatnonzero(more))
        return None, f"No funnel is made: {named} counted more than the whole that it is a share of."
    try:
        return limits.funnel_for(
            numerator, denominator, kind, result.measure.multiplier, tested,
            overdispersion=policy.chance.overdispersion, winsorised=policy.chance.winsorised,
            fewest=policy.position.fewest_forces,
        ), ""  # fmt: skip
    except NotEnoughForcesError as error:
        return None, str(error)
    except ValueError as error:
        return None, f"No funnel is made: {error}."


def fields_in_words(funnel: Funnel | None) -> str:
    """Return every field of a funnel as text, each number in full."""
    held = vars(funnel) if funnel is not None else {}
    return repr({name: one.tolist() if isinstance(one, np.ndarray) else one for name, one in held.items()})


def interval_of(measure: Measure, numerator: Numbers, denominator: Numbers, level: float = SHOWN_LEVEL) -> Interval:
    """Return the intervals of counts in the measure's unit; a missing count has missing limits.

    Rates have Byar's limits (exact below 10), shares Wilson's, ratios of counts and changes log-ratio limits. The
    counts of a change are the difference and the earlier count. What is context has no limits.
    """
    if measure.is_context:
        none = np.full(np.shape(np.atleast_1d(numerator)), np.nan)
        return Interval(none, none, none)
    if measure.kind in ("share", "cases"):
        return intervals.share_interval(numerator, denominator, measure.multiplier, level)
    if measure.kind == "ratio_of_counts":
        return intervals.ratio_interval(numerator, denominator, measure.multiplier, level)
    if measure.kind == "change":
        earlier = np.asarray(denominator, dtype=np.float64)
        later = np.asarray(numerator, dtype=np.float64) + earlier
        one = np.ones_like(earlier)
        return intervals.rate_change_interval(earlier, one, later, one, level)
    return intervals.rate_interval(numerator, denominator, measure.multiplier, level)


def expected_flags(results: Iterable[Result]) -> ExpectedByChance | None:
    """Return what to expect over all forces of these measures, or None when no funnel is made for any of them.

    A comparison is one force in one funnel: a measure without a funnel makes none, and neither does a force that takes
    no part in it.
    """
    compared = [compare(result) for result in results]
    funnels = [one.funnel for one in compared if one.funnel is not None]
    if not funnels:
        return None
    level = compared[0].policy.chance.level
    asked = (repr(level), *(fields_in_words(funnel) for funnel in funnels))
    held = once("chance", asked, lambda: json.dumps(asdict(limits.expected_by_chance(funnels, level))).encode())
    return ExpectedByChance(**json.loads(held))


@dataclass(frozen=True)
class FlagsFound:
    """What was found over all forces of some measures: values outside their limits, and verdicts by tier."""

    outside: int
    tiers: dict[str, int]

    @property
    def verdicts(self) -> int:
        """How many verdicts there are in all tiers."""
        return sum(self.tiers.values())


def found_flags(results: Iterable[Result]) -> FlagsFound:
    """Return how many forces of these measures lie outside a funnel's limits, and how many verdicts are of each tier.

    A force that takes no part in a funnel is not counted outside it. The tiers are COUNTED, with 0 for none.
    """
    outside, tiers = 0, dict.fromkeys(COUNTED, 0)
    for compared in map(compare, results):
        if funnel := compared.funnel:
            beyond = np.abs(funnel.z) > intervals.normal_quantile(compared.policy.chance.level)
            outside += int((beyond & funnel.eligible).sum())
        for verdict in compared.verdicts.values():
            if verdict.tier:
                tiers[TOLD_AS.get(verdict.tier, verdict.tier)] += 1
    return FlagsFound(outside, tiers)


def flags_in_words(results: Sequence[Result]) -> tuple[str, str]:
    """Return the note on many comparisons as the policy words it: expected and found outside, then found by tier.

    The first is that there is no funnel where none is made.
    """
    return _flags_in_words(tuple(results))


@remembered(maxsize=8)
def _flags_in_words(results: tuple[Result, ...]) -> tuple[str, str]:
    if not results:
        return NO_FUNNELS, ""
    policy, expected, found = compare(results[0]).policy, expected_flags(results), found_flags(results)
    told = policy.multiple_comparisons
    by_chance = NO_FUNNELS
    if expected is not None:
        by_chance = told.expected.format(
            comparisons=f"{expected.tests:,}",
            level=policy.settings_in_words["level"],
            by_chance=f"{expected.nominal:.1f}",
            where_forces_differ=f"{expected.overdispersed:.1f}",
            outside=found.outside,
        )
    return by_chance, told.found.format(verdicts=f"{found.verdicts:,}", **found.tiers)


def verdict_lines(results: Iterable[Result], force_ids: Sequence[str]) -> Iterator[str]:
    """Yield one table of comma-separated lines: a header, then a line for each measure and force.

    A line has the force's value and denominator, the value as it is shown, the tests, the words, and what the funnel of
    the measure rests on, from which the force's funnel z can be worked out, or why there is none.
    """
    tests = (name.replace("national_shown", "england_and_wales") for name in TESTS)
    yield _line("measure", "force_id", *COUNTS, *tests, "ranks", "verdict", "tier", "why", *FUNNEL, "no_funnel")
    for compared in map(compare, results):
        funnel = compared.funnel
        rests_on = [repr(getattr(funnel, name)).strip("'") if funnel else "" for name in FUNNEL.values()]
        for force_id in force_ids:
            verdict, own = compared.verdicts[force_id], compared.result.of(force_id)
            counts = ("" if math.isnan(one) else str(one) for one in (own.value, own.denominator))
            tested = (_cell(getattr(verdict, name)) for name in TESTS)
            ranks = compared.ranks.words(compared.row(force_id))
            said = (ranks, verdict.words, verdict.tier, verdict.reason or verdict.basis)
            yield _line(
                compared.result.measure.id, force_id, *counts, *tested, *said, *rests_on, compared.funnel_refused
            )


def _line(*cells: str) -> str:
    """Return one line of a CSV file, without its end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(map(as_cell, cells))
    return text.getvalue()


def _cell(number: Decimal | float | bool | None) -> str:
    if number is None or isinstance(number, bool):
        return {None: "", True: "yes", False: "no"}[number]
    return str(number) if isinstance(number, Decimal) else f"{number:.6f}"
