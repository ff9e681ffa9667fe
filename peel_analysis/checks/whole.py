"""Whether tables are whole, by what is declared of their items: no rows are missing, and no counts are far from others.

A finding about counts that are marked partial is a query: whoever took them in has said that they are a part.
"""

import math
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from peel_analysis.checks import rules
from peel_analysis.checks.records import CRIMES
from peel_analysis.checks.rules import PERIOD, CheckResult, Finding, Key, TablesHeld, number_of_tables
from peel_analysis.data.counts import GROUP_AND_TYPE
from peel_analysis.data.forces import NUMBER_OF_FORCES
from peel_analysis.data.periods import Period
from peel_analysis.data.settings import ItemEntry, Rule
from peel_analysis.data.text import enumerated
from peel_analysis.sources.reading import shown

NAMED = 9  # of many that are missing, so many are named
WHOLE = "all"  # the dimension of a count that the publisher gives of all together
PART = "it looks like a part of the table; take the full file"
MOST = NUMBER_OF_FORCES // 2 + 1
SERIES = ["force_id", "dimension"]
Days = tuple[str, str]  # first and last day of a period


def some(names: Sequence[str]) -> str:
    """Return the first few names, and how many there are besides."""
    more = len(names) - NAMED
    return enumerated(names) if more <= 0 else f"{', '.join(names[:NAMED])} and {more} more"


def ended(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return the periods that end after today, or after the month that their release is named for."""
    by, findings, today = held.data.rule("ended"), [], date.today().isoformat()
    for key in keys:
        named = key[1] if rules.is_month(key[1]) else ""
        for days in rules.periods_of(held.counts(key)):
            if days[1] > today or (named and days[1][:7] > named):
                late = f"after today, {today}" if days[1] > today else f"after the month of its release, {named}"
                found = f"ends {late}; correct the year, or the release"
                findings.append(Finding(by.level, " ".join(key), found, period=" to ".join(days)))
    return CheckResult(by, number_of_tables(keys), tuple(findings))


def missing(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return the dimensions that a period lacks, of all forces or of one where nearly all others have them."""
    by, findings = held.data.rule("whole"), []
    for key in keys:
        for days, of_period in held.counts(key).groupby(list(PERIOD)):
            start, end = map(str, days)
            there = set(of_period["dimension"])
            wanted = () if there == {""} or WHOLE in there else _declared(key[0], start, held)
            if found := _lost(wanted, there, held, key[0]):
                findings.append(Finding(_level(by, of_period), " ".join(key), found, period=f"{start} to {end}"))
            findings += _lacking(key, of_period, f"{start} to {end}", by)
    told = {(finding.force_id, finding.period) for finding in findings}
    findings += [one for one in _missing_rows(held, keys, by) if (one.force_id or one.table, one.period) not in told]
    return CheckResult(by, number_of_tables(keys), tuple(findings))


def _missing_rows(held: TablesHeld, keys: Sequence[Key], by: Rule) -> Iterator[Finding]:
    """Yield what the rows of an added file lack that no table shows: groups of outcomes, and offences of one force."""
    cells = held.cells
    for days, of_period in cells.groupby(list(PERIOD), observed=True) if len(cells) else ():
        start, end = map(str, days)
        tables = {key: rows for key in keys if len(rows := _of_period(held.counts(key), start, end))}
        table, rows = next(iter(tables.items()), (None, pd.DataFrame()))
        if table is None:
            continue
        name, period = " ".join(table), f"{start} to {end}"
        found = _lost(_declared(CRIMES, start, held), set(of_period["group"]), held, CRIMES)
        if found and (of_period["type"] != "").any():  # a table of recorded crime shows it itself
            yield Finding(_level(by, rows), name, found, period=period)
        for force_id, number, names in _short_forces(of_period, by):
            level = _level(by, rows[rows["force_id"] == force_id])
            rows_fewer = "1 row" if number == 1 else f"{number:,} rows"
            found = f"{rows_fewer} fewer than the other forces have: {some(names)}; {PART}"
            yield Finding(level, name, found, force_id, period)


def _of_period(rows: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    return rows[(rows["period_start"] == start) & (rows["period_end"] == end)]


def _short_forces(cells: pd.DataFrame, by: Rule) -> Iterator[tuple[str, int, list[str]]]:
    """Yield each force with fewer rows than the others, of what nearly all have: how many fewer, and of what."""
    kinds = ["group", "type", "code"]
    table = cells.set_index([*kinds, "force_id"])["rows"].unstack("force_id", fill_value=0)
    usual = table[(table > 0).mean(axis="columns") >= by.thresholds["nearly_all_percent"] / 100]
    if table.shape[1] < MOST:
        return
    typical = usual.median(axis="columns")
    fewer = typical.sum() - usual.sum()
    for force_id in fewer.index[fewer > 0]:
        lost = usual.index[usual[force_id] < typical]
        names = [" ".join(filter(None, (group, kind and f"outcome {kind}", code))) for group, kind, code in lost]
        yield str(force_id), int(fewer[force_id]), names


def _declared(item: str, day: str, held: TablesHeld) -> tuple[str, ...]:
    """Return the dimensions of a period that starts on a day; of a table by group and type, every pair of both."""
    items = held.data.items
    if item not in items:
        return ()
    groups, types = (items[name].at(day) if name else () for name in (items[item].groups_of, items[item].types_of))
    return items[item].at(day) or tuple(f"{group}{GROUP_AND_TYPE}{kind}" for group in groups for kind in types)


def _lost(wanted: Sequence[str], there: set[str], held: TablesHeld, item: str) -> str:
    """Return how many of an item's dimensions a period holds and which no row is of, or "" where it has them all."""
    lost = [one for one in wanted if one not in there]
    called = held.data.items[item].dimensions_are if lost else ""
    holds = f"it holds {len(wanted) - len(lost)} of the {len(wanted)} {called} that a whole table has"
    return f"{holds}; no row is of {some(lost)}; {PART}" if lost else ""


def _lacking(key: Key, of_period: pd.DataFrame, period: str, by: Rule) -> Iterator[Finding]:
    """Yield the forces without a dimension that nearly all forces have in the period."""
    has = set(zip(*(of_period[name].to_numpy(dtype=object) for name in ("force_id", "dimension")), strict=True))
    forces, number = sorted({force_id for force_id, _ in has}), Counter(dimension for _, dimension in has)
    nearly_all = by.thresholds["nearly_all_percent"] / 100 * len(forces)
    usual = [dimension for dimension in sorted(number) if number[dimension] >= nearly_all]
    for force_id in forces if len(forces) >= MOST else ():
        if lost := [dimension for dimension in usual if (force_id, dimension) not in has]:
            level = _level(by, of_period[of_period["force_id"] == force_id])
            found = f"no row of {some(lost)}, as the other forces have; {PART}"
            yield Finding(level, " ".join(key), found, str(force_id), period)


def _level(by: Rule, rows: pd.DataFrame) -> str:
    """Return the level of a finding about these rows: a query where each of their counts says that it is partial."""
    statuses = rows.loc[rows["count"].notna(), "status"]
    return "query" if len(statuses) and (statuses == "partial").all() else by.level


@dataclass(frozen=True, eq=False)
class _Other:
    """Counts by force to set a period's against, what they are in words, and the least part to reach."""

    counts: "pd.Series[float]"
    words: str
    least_percent: float
    same_item: bool = True
    same_days: bool = True


def far_below(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return where the counts of all forces together, or of one, are far below those of another table."""
    by, looked_at = held.data.rule("far_below"), 0
    findings: list[Finding] = []
    for key in keys:
        for days, other, both in _compared(held, key):
            looked_at += 1
            findings += _below(key, days, held.counts(key), both, other, by)
    return CheckResult(by, f"{looked_at} periods beside those of other tables", tuple(findings))


def _compared(held: TablesHeld, key: Key) -> list[tuple[Days, _Other, pd.DataFrame]]:
    """Return each period of a table with what it is set against, and the counts of each force that both have.

    They are `own` and `other`, where the other is not very small.
    """
    by = held.data.rule("far_below")

    def compare() -> Iterator[tuple[Days, _Other, pd.DataFrame]]:
        own = held.totals(key)
        for days in _periods(own):
            counts = own[days].to_numpy()
            for other in _beside(held, key, days, own, by):
                beside = other.counts.reindex(own.index).to_numpy()
                kept = ~np.isnan(counts) & (beside >= by.thresholds["fewest"])  # a missing count is not
                both = pd.DataFrame({"own": counts[kept], "other": beside[kept]}, index=own.index[kept])
                yield days, other, both

    return held.once(("compared", key), lambda: list(compare()))


def _whole_of_others(held: TablesHeld, key: Key) -> list[tuple[str, pd.DataFrame]]:
    """Return the totals of the other tables of an item, by release, without counts that leave something out."""
    return [(name, totals) for name, _, totals in held.totals_of_others(key, partial=False)]


def _beside(held: TablesHeld, key: Key, days: Days, own: pd.DataFrame, by: Rule) -> Iterator[_Other]:
    """Yield what a period is set against: other tables for the same days, else the period next to it."""
    others, limits = _whole_of_others(held, key), by.thresholds
    same = [(name, of[days]) for name, of in others if days in of.columns]
    for name, counts in same[-1:]:
        yield _Other(counts, f"{key[0]} {name} has for these days", limits["same_percent"])
    declared = held.data.items.get(key[0])
    beside = declared.beside if declared else ""
    crimes = _whole_of_others(held, (beside, "")) if beside else []
    for name, of in reversed(crimes):
        parts = [one for one in of.columns if days[0] <= one[0] and one[1] <= days[1]]
        if sum(Period.parse(*one).months for one in parts) == Period.parse(*days).months > 0:
            counts = of[parts].sum(axis="columns", min_count=len(parts))
            yield _Other(counts, f"{beside} {name} has for these days", limits["beside_percent"], same_item=False)
            return
    tables = [] if same else [[(key[1], own)], others[::-1]]  # a table may be low throughout, beside itself it is not
    for candidates in tables:
        for name, of in candidates:
            if near := _nearest(_periods(of), days, limits["next_months"]):
                words = f"{key[0]} {name} has for {' to '.join(near[0])}"
                yield _Other(of[near[0]], words, limits["next_percent"], same_days=False)
                break


def _periods(table: pd.DataFrame) -> list[Days]:
    """Return the periods that a table has a column of."""
    return [(str(days[0]), str(days[1])) for days in table.columns.to_list()]


def _nearest(columns: Sequence[Days], days: Days, months: float) -> list[Days]:
    """Return the other periods of the same length that end within some months of a period, the nearest first."""
    length, end = _length_and_end(days)

    def apart(one: Days) -> int:
        return abs(_length_and_end(one)[1] - end)

    alike = (one for one in columns if one != days and apart(one) <= months and _length_and_end(one)[0] == length)
    return sorted(alike, key=apart)


@lru_cache(maxsize=4096)
def _length_and_end(days: Days) -> tuple[int, int]:
    """Return how many months a period has, and the number of the month in which it ends."""
    period = Period.parse(*days)
    return period.months, 12 * period.end.year + period.end.month


def _below(key: Key, days: Days, rows: pd.DataFrame, both: pd.DataFrame, other: _Other, by: Rule) -> Iterator[Finding]:
    """Yield that all forces together are far below, or each force that is where the others agree."""
    if both.empty:
        return
    table, period = " ".join(key), " to ".join(days)
    own, there, ratio = both["own"].sum(), both["other"].sum(), 100 * both["own"] / both["other"]
    low = max(100 * own / there, ratio.median()) < other.least_percent
    if low and len(both) >= MOST:
        mixed = bool((ratio > by.thresholds["above_percent"]).any())
        level = "query" if mixed else _level(by, _of_period(rows, *days))
        remedy = "single forces count far more, so look whether it is the column that is meant" if mixed else PART
        yield Finding(level, table, f"its counts are {_part(own, there, other.words)}; {remedy}", period=period)
    elif (
        other.same_days
        and other.same_item
        and (abs(ratio.median() - 100) <= 100 - other.least_percent or len(both) < MOST)
    ):
        for force_id, row in both[ratio.between(0, by.thresholds["force_percent"], "left")].iterrows():
            level = _level(by, _of_period(rows[rows["force_id"] == force_id], *days))
            found = f"its count is {_part(row['own'], row['other'], other.words)}; {PART}"
            yield Finding(level, table, found, str(force_id), period)


def _part(own: float, other: float, words: str) -> str:
    """Return what part one count is of another: "50, 0.04% of the 125,000 that ... has for these days"."""
    percent = 100 * own / other
    decimals = 0 if percent >= 1 or percent <= 0 else 1 - math.floor(math.log10(percent))
    return f"{shown(own)}, {percent:.{decimals}f}% of the {shown(other)} that {words}"


def plausible(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return the counts outside their item's declared range, or many times their neighbours or as far below them."""
    by, looked_at = held.data.rule("plausible"), 0
    findings: list[Finding] = []
    for key in keys:
        rows = held.counts(key)
        findings += _far_above(held, key, by)
        rows = rows[rows["count"].notna()]
        declared = held.data.items.get(key[0])
        if declared is None or rows.empty:
            continue
        looked_at += len(rows)
        rows = rows.assign(count=rows["count"].astype(float))
        outside = (rows["count"] < declared.smallest) | (rows["count"] > declared.largest)
        limits = f"counts lie between {shown(declared.smallest)} and {shown(declared.largest)}"
        asked = rows[outside].assign(
            low=False, found=[f"{shown(count)}, where {limits}" for count in rows.loc[outside, "count"]]
        )
        if declared.times:
            beside = [table for table in _alike(held, key, declared, by) if len(table)]
            asked = pd.concat([asked, *_far_from_neighbours(rows[~outside], beside, declared, by)])
            asked = pd.concat([asked, *_far_from_same(rows[~outside], beside, declared, by)])
            asked = asked.drop_duplicates([*SERIES, *PERIOD])
        asked = asked[~((asked["status"] == "partial") & asked["low"].astype(bool))]  # a part is known to count less
        for row in _not_held(held, key, asked).to_dict("records"):
            of = f"{row['dimension']}: " if row["dimension"] else ""
            days = f"{row['period_start']} to {row['period_end']}"
            findings.append(Finding(by.level, " ".join(key), of + row["found"], row["force_id"], days))
    return CheckResult(by, f"{looked_at:,} counts", tuple(findings))


def _far_above(held: TablesHeld, key: Key, by: Rule) -> Iterator[Finding]:
    """Yield the periods in which most forces, or one where the others agree, count far more than other tables have."""
    limit = by.thresholds["times_same"]
    for days, other, both in _compared(held, key):
        ratio = both["own"] / both["other"]
        if len(both) < MOST:
            continue
        if ratio.median() > limit:
            found = _part(both["own"].sum(), both["other"].sum(), other.words)
            yield Finding(by.level, " ".join(key), f"its counts are {found}", period=" to ".join(days))
        elif other.same_days and ratio.median() >= 1 / limit:
            for force_id, row in both[ratio > limit].iterrows():
                found = _part(row["own"], row["other"], other.words)
                yield Finding(by.level, " ".join(key), f"its count is {found}", str(force_id), " to ".join(days))


def _alike(held: TablesHeld, key: Key, declared: ItemEntry, by: Rule) -> Iterator[pd.DataFrame]:
    """Yield the other tables whose counts can stand beside those of a table, for most forces count about the same."""
    own = held.totals(key)
    for _, rows, other in held.totals_of_others(key):
        pairs = [(one, one) for one in _periods(own) if one in other.columns]
        if not pairs:
            months = by.thresholds["nearest_months"]
            near = ((one, _nearest(_periods(other), one, months)) for one in _periods(own))
            pairs = [(one, found[0]) for one, found in near if found]
        if not pairs:
            continue
        first, second = pairs[-1]
        both = pd.concat([own[first], other[second]], axis="columns", keys=["own", "other"]).dropna()
        both = both[both.max(axis="columns") >= declared.fewest]
        twice = ((both["own"] <= 2 * both["other"]) & (both["other"] <= 2 * both["own"])).mean()
        if len(both) < MOST or twice >= by.thresholds["alike_percent"] / 100:
            yield rows[rows["count"].notna()]


def _far_from_neighbours(
    rows: pd.DataFrame, others: Sequence[pd.DataFrame], declared: ItemEntry, by: Rule
) -> Iterator[pd.DataFrame]:
    """Yield the rows of each period whose count is far from its neighbours, with what was `found`."""
    steady = rows[~rows["dimension"].isin(declared.unsteady)]
    if steady.empty:
        return
    own = every = _series(steady)
    for other in others:
        more = _series(other).reindex(own.index)
        every = pd.concat([every, more[[one for one in more.columns if one not in every.columns]]], axis="columns")
    places, numbers = {days: place for place, days in enumerate(_periods(every))}, every.to_numpy(dtype=float)
    months, most = by.thresholds["nearest_months"], int(by.thresholds["nearest"])
    nearest = {days: near for days in _periods(own) if (near := _nearest(list(places), days, months)[:most])}
    if not nearest:
        return
    beside = np.full((len(own), len(nearest), most), np.nan)
    for number, near in enumerate(nearest.values()):
        beside[:, number, : len(near)] = numbers[:, [places[one] for one in near]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a row without any figure has no median
        middles = np.nanmedian(beside, axis=2)
    by_dimension = pd.DataFrame(middles).groupby(pd.factorize(own.index.get_level_values("dimension"))[0])
    new = (by_dimension.transform("median").to_numpy() <= 0) | np.isnan(middles)
    counts = numbers[:, [places[days] for days in nearest]]
    times = np.where((counts >= declared.large) & (declared.large > 0), declared.times_large, declared.times)
    above = (counts >= declared.fewest) & (counts > times * np.maximum(middles, 1))
    below = (middles >= (declared.fewest_below or declared.fewest)) & (counts * declared.times < middles)
    wrong = (above | below) & ~new
    if not wrong.any():
        return
    keys = steady[[*SERIES, *PERIOD, "status"]].itertuples(index=False, name=None)
    statuses = {((force_id, dimension), (start, end)): status for force_id, dimension, start, end, status in keys}
    for number, (days, near) in enumerate(nearest.items()):
        for row in np.flatnonzero(wrong[:, number]).tolist():
            series, count = own.index[row], counts[row, number]
            had = ", ".join(f"{shown(float(numbers[row, places[one]]))} to {one[1]}" for one in sorted(near))
            found = f"{shown(count)}, where the periods next to it have {had}"
            about = {"count": count, "found": found, "low": below[row, number], "status": statuses[series, days]}
            yield pd.DataFrame([dict(zip([*SERIES, *PERIOD], [*series, *days], strict=True)) | about])


def _far_from_same(
    rows: pd.DataFrame, others: Sequence[pd.DataFrame], declared: ItemEntry, by: Rule
) -> Iterator[pd.DataFrame]:
    """Yield the rows whose count is far from that of another release for the same days, with what was `found`."""
    columns, limit = [*SERIES, *PERIOD], by.thresholds["times_same"]
    for other in others:
        before = other[[*columns, "count"]].astype({"count": float})
        both = rows.merge(before, on=columns, suffixes=("", "_other"))
        counts = both[["count", "count_other"]]
        more, less = counts.max(axis="columns"), counts.min(axis="columns")
        far = both[(more >= declared.fewest) & (more > limit * less.clip(lower=1))]
        said = zip(far["count"], far["count_other"], strict=True)
        yield far[[*columns, "count"]].assign(
            low=far["count"] < far["count_other"],
            status=far["status"],
            found=[f"{shown(count)}, where another release has {shown(had)}" for count, had in said],
        )


def _series(rows: pd.DataFrame) -> pd.DataFrame:
    """Return counts by force and dimension (rows) and period (columns)."""
    return rows.assign(count=rows["count"].astype(float)).set_index([*SERIES, *PERIOD])["count"].unstack(list(PERIOD))


def _not_held(held: TablesHeld, key: Key, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose count no other table holds, for those have been looked at."""
    columns = [*SERIES, *PERIOD, "count"]
    for _, rows in held.others(key) if len(asked) else ():
        counted = rows.loc[rows["count"].notna(), columns].astype({"count": float})
        known = set(counted.itertuples(index=False, name=None))
        asked = asked[[one not in known for one in asked[columns].itertuples(index=False, name=None)]]
    return asked
