"""Forces' records in doubt: outcomes that leave crimes out or are of more than those, and sudden steps in counts."""

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.checks import rules
from peel_analysis.checks.rules import CheckResult, Finding, Key, TablesHeld, marked, whole_counts
from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.data.settings import Rule
from peel_analysis.data.text import enumerated, in_words, rounded

Numbers: TypeAlias = npt.NDArray[np.float64]
OUTCOMES, CRIMES = "outcomes_recorded", "recorded_crime"
NOT_YET_ASSIGNED = "0"  # the outcome type of crimes that have none yet
MONTHS_OF_A_QUARTER = 3
Pairs = Mapping[Key, Key]  # a table of outcomes, and the table of recorded crime to set it against
STANDS_APART = "One quarter far from those beside it"
FALLS_SHORT = "so its share falls short by an unknown amount."


@dataclass(frozen=True)
class Doubt:
    """A record of outcomes that a share should not be judged by: what a reader is told, its mark and its short name.

    `quarters` are those that show it, each with its outcomes over its crimes; `several` is the name of more than one.
    """

    sentence: str
    quarters: Mapping[Period, float] = field(default_factory=dict)
    status: str = "incomplete"
    short: str = "Incomplete record"
    several: str = "incomplete records"


def incomplete(edition: Edition, window: Period) -> dict[str, Doubt]:
    """Return the forces whose record leaves crimes out in a window, by force_id; empty without the two tables."""
    return _found(edition, window, "not_yet_assigned", "completeness") | _short_in_year(edition, window)


def mismatched(edition: Edition, window: Period) -> dict[str, Doubt]:
    """Return the forces whose record is of more than the crimes used, by force_id; empty without the two tables."""
    return _found(edition, window, "parts_within_whole")


def _found(edition: Edition, window: Period, *names: str) -> dict[str, Doubt]:
    """Return what rules find in an edition's tables, kept, for each notebook asks again; of two the later stands."""
    if not {OUTCOMES, CRIMES} <= set(edition.releases):
        return {}
    tables = table_of(edition, OUTCOMES), table_of(edition, CRIMES)
    if not all(map(edition.data.has, tables)):
        return {}

    def find() -> dict[str, Doubt]:
        outcomes, crimes = quarterly(edition, OUTCOMES), quarterly(edition, CRIMES)
        waiting = quarterly(edition, OUTCOMES, NOT_YET_ASSIGNED)
        found: dict[str, Doubt] = {}
        for name in names:
            beside = waiting if name == "not_yet_assigned" else crimes
            found |= FIND[name](outcomes, beside, window, edition.data.rule(name), edition.forces)
        return found

    return edition.data.cached(("doubts", names, window, tables), find)


def _short_in_year(edition: Edition, window: Period) -> dict[str, Doubt]:
    """Return the forces whose outcomes fall far shorter of their crimes than others', from a table by whole years.

    Such a table has neither quarters nor crimes without an outcome: what it lacks is set against the median force by
    the rule for those. Empty for a window that is no period of the table.
    """
    if not {OUTCOMES, CRIMES} <= set(edition.releases):
        return {}
    counts, crimes = edition.counts(OUTCOMES), quarterly(edition, CRIMES)
    quarters, by = quarters_in(window, crimes.columns), edition.data.rule("not_yet_assigned")
    days = (window.start.isoformat(), window.end.isoformat())
    if counts is None or not quarters:
        return {}
    rows = counts[(counts["period_start"] == days[0]) & (counts["period_end"] == days[1])]
    if rows.empty:
        return {}
    held = whole_counts(rows, ["period_start"])[days[0]] / crimes[quarters].sum(axis="columns")
    return {
        str(force_id): Doubt(
            f"The published record of outcomes holds {_percent(part, 1)} of the crimes that "
            f"{edition.forces.name(str(force_id))} recorded in the {window.words} ({_percent(held.median(), 1)} in the "
            f"median force), {FALLS_SHORT}"
        )
        for force_id, part in held[backlog(1 - held, by)].items()
    }


def find_incomplete(
    outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule, forces: Forces
) -> dict[str, Doubt]:
    """Return the forces with a quarter of the window below the rule's threshold, by force_id.

    The tables hold counts by force (rows) and first day of a quarter (columns). A quarter in which the median force is
    below the rule's second threshold finds nobody, and so do tables that do not hold all quarters of the window.
    """
    quarters = quarters_in(window, outcomes.columns.intersection(crimes.columns))
    whole = outcomes[quarters].sum(axis="columns") / crimes[quarters].sum(axis="columns")
    return {
        force_id: Doubt(
            f"The published record of outcomes holds {_percent(whole[force_id])} of the crimes that "
            f"{forces.name(force_id)} recorded in the {window.words} ({_in_quarters(low)}), {FALLS_SHORT}",
            low,
        )
        for force_id, low in _marked(outcomes, crimes, quarters, by).items()
    }


def find_backlogs(
    every: pd.DataFrame, waiting: pd.DataFrame, window: Period, by: Rule, forces: Forces
) -> dict[str, Doubt]:
    """Return the forces that had given far fewer of their crimes an outcome than others, by force_id.

    The tables hold all outcomes, and those of crimes without one yet, by force (rows) and first day of a quarter.
    """
    quarters = quarters_in(window, waiting.columns)
    share = waiting[quarters].sum(axis="columns") / every[quarters].sum(axis="columns")
    return {
        str(force_id): Doubt(
            f"Of the crimes that {forces.name(str(force_id))} recorded in the {window.words}, {_percent(part, 1)} "
            f"had no outcome yet in the published record ({_percent(share.median(), 1)} in the median force), "
            f"{FALLS_SHORT}"
        )
        for force_id, part in share[backlog(share, by)].items()
    }


def find_mismatched(
    outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule, forces: Forces
) -> dict[str, Doubt]:
    """Return the forces with a quarter of the window above the rule's threshold, from tables as `find_incomplete`'s."""
    quarters = quarters_in(window, outcomes.columns.intersection(crimes.columns))
    return {
        force_id: Doubt(
            f"The published record of outcomes is of more crimes than those counted for {forces.name(force_id)}: "
            f"{_in_quarters(above)}. The two come from different releases and do not match, so its share is off by an "
            "unknown amount.",
            above,
            status="mismatched",
            short="Record that does not match",
            several="records that do not match",
        )
        for force_id, above in _marked(outcomes, crimes, quarters, by).items()
    }


FIND = {"not_yet_assigned": find_backlogs, "completeness": find_incomplete, "parts_within_whole": find_mismatched}


def _marked(
    outcomes: pd.DataFrame, crimes: pd.DataFrame, quarters: list[str], by: Rule
) -> dict[str, dict[Period, float]]:
    """Return the ratios beyond the rule's threshold, by quarter, of each force that has any."""
    ratios = outcomes_per_crime(outcomes[quarters], crimes[quarters])
    beyond, _ = beyond_threshold(ratios, by)
    found: dict[str, dict[Period, float]] = {}
    for force_id, start, [ratio] in marked(beyond, ratios):
        found.setdefault(force_id, {})[quarter(str(start))] = ratio
    return found


def outcomes_per_crime(outcomes: pd.DataFrame, crimes: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes over crimes by force and period; missing where there are no crimes to divide by."""
    below = crimes.reindex(outcomes.index)
    return outcomes / below.where(below > 0)


def beyond_threshold(ratios: pd.DataFrame, by: Rule) -> tuple[pd.DataFrame, "pd.Series[bool]"]:
    """Return where a force's ratio is beyond the rule's threshold, and the quarters that the rule can speak of.

    It cannot speak of a quarter in which the median force is below `typical_percent`, where the rule has that.
    """
    at = by.thresholds
    speaks = ratios.median().fillna(0) >= at.get("typical_percent", 0) / 100
    beyond = ratios > at["above_percent"] / 100 if "above_percent" in at else ratios < at["below_percent"] / 100
    return beyond & speaks, speaks


def backlog(share: "pd.Series[float]", by: Rule) -> "pd.Series[bool]":
    """Return which forces' shares of crimes without an outcome yet are far above that of the median force."""
    typical, least = (by.thresholds[name] / 100 for name in ("typical_percent", "least_percent"))
    median = share.median()
    return (share > max(by.thresholds["times_median"] * median, least)) & (median <= typical)


def national_note(found: Mapping[str, Doubt], members: Collection[str], *, left_out: bool = False) -> str:
    """Return what the note of England and Wales says of the records found: how many are in it, or out of it."""
    number = len(found) if left_out else sum(force_id in members for force_id in found)
    if not number:
        return ""
    one = next(iter(found.values()))
    records = f"one {one.short.lower()}" if number == 1 else f"{in_words(number)} {one.several}"
    return f"It {'leaves out' if left_out else 'includes'} {records}."


def quarters_in(window: Period, starts: Iterable[str]) -> list[str]:
    """Return the first days of the quarters of a window, of those given; none unless they make up the whole window."""
    held = {start: quarter(start) for start in starts}
    inside = [start for start, one in held.items() if window.start <= one.start and one.end <= window.end]
    return inside if MONTHS_OF_A_QUARTER * len(inside) == window.months else []


def quarter(start: str) -> Period:
    """Return the quarter that begins on a day."""
    first = date.fromisoformat(start)
    after = date(first.year + (first.month > 9), (first.month + 2) % 12 + 1, 1)
    return Period(first, date.fromordinal(after.toordinal() - 1))


def quarterly(edition: Edition, item: str, outcome_type: str = "") -> pd.DataFrame:
    """Return an item's counts by force and first day of a quarter, all outcomes together or those of one type; kept."""
    source = edition.releases[item]

    def sums() -> pd.DataFrame:
        rows = edition.data.counts(source.item, source.release)
        return whole_counts(rows[rows["dimension"] == outcome_type] if outcome_type else rows, ["period_start"])

    return edition.data.cached(("quarterly", source.item, source.release, outcome_type), sums)


def table_of(edition: Edition, item: str) -> str:
    """Return the file of an item's counts in an edition's release, below the data folder."""
    source = edition.releases[item]
    return f"counts/{source.item}/{source.release}.csv"


def sudden_steps(counts: Numbers, by: Rule) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
    """Return each force's logarithmic changes against the median force's, their usual spread, and which are sudden.

    `counts` has a row a force and a column a period.
    """
    changes = np.diff(np.log(np.where(counts > 0, counts, np.nan)), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a row or a column without any figure has no median
        against = changes - np.nanmedian(changes, axis=0)
        usual = 1.4826 * np.nanmedian(np.abs(against), axis=1)
    spread = np.maximum(usual, by.thresholds["least_spread_percent"] / 100)
    sudden = (np.abs(against) >= np.log1p(by.thresholds["least_change_percent"] / 100)) & (
        np.abs(against) >= by.thresholds["robust_z"] * spread[:, None]
    )
    large = np.minimum(counts[:, 1:], counts[:, :-1]) >= by.thresholds["fewest"]
    return against, spread, sudden & large


def quarters_apart(item: str, edition: Edition, window: Period) -> tuple[tuple[str, Period], ...]:
    """Return forces and the quarters of a window that a sudden step in crime leads to and another leads back from."""
    if item not in edition.releases or edition.releases[item].item != CRIMES:
        return ()

    def find() -> tuple[tuple[str, Period], ...]:
        table, by = quarterly(edition, item), edition.data.rule("steps")
        inside = quarters_in(window, table.columns)
        if not inside or table.shape[1] <= by.thresholds["fewest_changes"]:
            return ()
        against, _, sudden = sudden_steps(table.to_numpy(dtype=float), by)
        both = sudden[:, :-1] & sudden[:, 1:] & (against[:, :-1] * against[:, 1:] < 0)
        found = [(table.index[row], table.columns[first + 1]) for row, first in zip(*np.nonzero(both), strict=True)]
        return tuple((str(force_id), quarter(first)) for force_id, first in found if first in inside)

    return edition.data.cached(("quarters apart", table_of(edition, item), window), find)


def stands_apart(quarter: Period, part: str) -> str:
    """Return the note on a quarter that stands apart; `part` is what it is in: "the 12 months", "the base of ..."."""
    last = day_in_words(quarter.end)
    return f"The count of the three months to {last}, in {part}, is far from those beside it: see `peel check`."


def _in_quarters(ratios: Mapping[Period, float]) -> str:
    """Return "86% in the three months to 30 September 2016 and 54% in the three months to ..."."""
    return enumerated(f"{_percent(one)} in the three months to {day_in_words(at.end)}" for at, one in ratios.items())


def _percent(ratio: float, decimals: int = 0) -> str:
    return f"{rounded(100 * float(ratio), decimals)}%"


def pairs(held: TablesHeld, keys: Sequence[Key], chosen: Pairs | None = None) -> dict[Key, Key]:
    """Return the tables of outcomes with the recorded crime beside each: the one chosen, else the latest that fits."""
    found = {key: beside for key, beside in (chosen or {}).items() if key in keys}
    for key in keys:
        if key[0] == OUTCOMES and key not in found:
            wanted = {first for first, _ in rules.periods_of(held.counts(key))}
            crimes = (one for one in held.tables() if one[0] == CRIMES)
            fitting = [one for one in crimes if wanted <= rules.quarters_of(held.counts(one)).keys()]
            if fitting:
                found[key] = max(fitting, key=lambda one: rules.release_order(one[1]))
    return found


def against_crimes(held: TablesHeld, paired: Pairs, rule: str) -> CheckResult:
    """Return the quarters in which a force's outcomes are far more, or far fewer, than its crimes, by a rule."""
    by, findings, looked_at, silent = held.data.rule(rule), [], 0, 0
    for key, beside in paired.items():
        outcomes, crimes = _in_shared_quarters(held, key, beside)
        ratios = outcomes_per_crime(outcomes, crimes)
        wrong, speaks = beyond_threshold(ratios, by)
        looked_at += int(ratios.loc[:, speaks].notna().to_numpy().sum())
        silent += int((~speaks).sum())
        for force_id, period, [one, other] in marked(wrong, outcomes, crimes):
            found = f"{one:,.0f} outcomes for {other:,.0f} crimes ({one / other:.1%}, recorded crime {beside[1]})"
            months = f"three months to {day_in_words(date.fromisoformat(period[1]))}"
            findings.append(Finding(by.level, " ".join(key), found, force_id, months))
    said = f"{looked_at:,} quarters of forces"
    if silent:
        said += f" ({silent} quarters of which the rule cannot speak: the median force is below its threshold)"
    return CheckResult(by, said, tuple(findings))


def not_yet_assigned(held: TablesHeld, paired: Pairs) -> CheckResult:
    """Return the forces far more of whose crimes wait for an outcome than in other forces, over all of a table."""
    by, findings, looked_at = held.data.rule("not_yet_assigned"), [], 0
    for key in paired:
        counts = whole_counts(held.counts(key).query("dimension != 'all'"), ["dimension"])
        if NOT_YET_ASSIGNED not in counts:
            continue
        share = counts[NOT_YET_ASSIGNED] / counts.sum(axis="columns")
        looked_at += len(share)
        for force_id, part in share[backlog(share, by)].items():
            found = f"{part:.1%} of the crimes have no outcome yet ({share.median():.1%} in the median force)"
            findings.append(Finding(by.level, " ".join(key), found, str(force_id)))
    return CheckResult(by, f"{looked_at} forces", tuple(findings))


def outcome_types(held: TablesHeld, paired: Pairs) -> CheckResult:
    """Return, for each table with all types, how the sum of its types stands to the crimes recorded."""
    by, findings = held.data.rule("outcome_types"), []
    for key, beside in paired.items():
        if NOT_YET_ASSIGNED not in held.counts(key)["dimension"].unique():
            continue
        outcomes, crimes = _in_shared_quarters(held, key, beside)
        both = outcomes.notna() & crimes.notna()
        same = int(((outcomes == crimes) & both).to_numpy().sum())
        total, recorded = (float(table.where(both).sum().sum()) for table in (outcomes, crimes))
        found = (
            f"all types {total:,.0f}, recorded crime ({beside[1]}) {recorded:,.0f}, difference "
            f"{total - recorded:+,.0f} ({100 * (total / recorded - 1):+.2f}%); equal in {same} of "
            f"{int(both.to_numpy().sum())} quarters of forces"
        )
        findings.append(Finding(by.level, " ".join(key), found))
    return CheckResult(by, f"{rules.number_of_tables(findings)} of outcomes with type 0", tuple(findings))


def _in_shared_quarters(held: TablesHeld, key: Key, beside: Key) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return outcomes and crimes by force and first and last day of the quarters that both hold."""
    outcomes, crimes = held.totals(key), held.totals(beside)
    shared = outcomes.columns.intersection(crimes.columns)
    return outcomes[shared], crimes[shared].reindex(outcomes.index)
