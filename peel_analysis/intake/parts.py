"""What may be taken in only with a reason: a part of a table, and counts that are far from others."""

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from peel_analysis.checks.rules import CheckResult, Finding, Key, number_of_tables, periods_of
from peel_analysis.data.counts import COUNTS_KEY
from peel_analysis.data.folder import Data
from peel_analysis.data.settings import ItemEntry, Rule

OPTION, CONFIRM = '--part-is-known "reason"', '--confirmed "reason"'
RULES = ("forces", "whole", "far_below", "replaced")  # the checks that find a part
PARTIAL = "partial"
OLD = "its days are before all that is held, so nothing tells what a whole table would have"
NAMED = 3  # of many findings, so many are named where a message is one line
NOT_BUILT = "nothing was built: a part would stand for the whole, or counts are far from others"


def refusals(results: Iterable[CheckResult], *, is_confirmed: bool) -> Iterator[str]:
    """Yield why what was checked may not be written, each with what to do."""
    results = list(results)
    wrong = {result.rule.id for result in results if result.number("error")}
    if wrong.difference(RULES):
        yield "the checks found errors in the data"
    if wrong.intersection(RULES):
        yield f"a part would stand for the whole; take the full file, or say with {OPTION} why a part is right"
    if not is_confirmed and any(result.rule.stops and result.number("query") for result in results):
        yield f"counts are far from others; correct them, or say with {CONFIRM} why they are right"


def why_old(read: Iterable[Key], results: Iterable[CheckResult], data: Data) -> str:
    """Return why a part may be taken in unasked: its days are before all that is held of its items; else "".

    Nothing that is held stands beside it, so it can take the place of nothing, and its counts are marked partial.
    """
    found = [one for one in results if one.rule.id in RULES and one.number("error")]
    mine = list(read)
    if not found or any(one.rule.id == "replaced" for one in found):
        return ""
    ends = [one.period.rpartition(" to ")[2] for result in found for one in result.findings]
    others = [data.counts(*key) for key in data.tables if key[0] in {item for item, _ in mine} and key not in mine]
    first = min((rows["period_start"].min() for rows in others), default="")
    return OLD if first and all(end and end < first for end in ends) else ""


def replaced(
    stored: Mapping[Key, pd.DataFrame], tables: Mapping[Key, pd.DataFrame], by: Rule, *, is_known: bool = False
) -> CheckResult:
    """Return the tables that hold rows which those taking their place do not; a query where a part is known."""
    findings = []
    key = [column for column in COUNTS_KEY if column != "release"]
    for table, before in stored.items():
        rows = tables[table]
        kept = len(before.merge(rows[key], on=key))
        if kept == len(before):
            continue
        periods = set(periods_of(rows))
        lost = [period for period in periods_of(before) if period not in periods]
        several = f"{len(lost)} periods" if len(lost) > 1 else "a period"
        days = f", and {several} that it has ({lost[0][0]} to {lost[-1][1]})" if lost else ""
        found = (
            f"the data folder holds {len(before):,} rows of it, and this file {len(rows):,}: "
            f"{len(before) - kept:,} would be lost{days}; give another --release, and both stay side by side"
        )
        findings.append(Finding("query" if is_known else by.level, " ".join(table), found))
    return CheckResult(by, number_of_tables(stored), tuple(findings))


def marked(
    read: Mapping[Key, pd.DataFrame], results: Iterable[CheckResult], items: Mapping[str, ItemEntry]
) -> dict[Key, pd.DataFrame]:
    """Return the tables with each count partial that a check finds to be of a part; all of them where it finds none.

    What is a part in one table is in every other that is made of the same rows of the file.
    """
    found = [finding for result in results if result.rule.id in RULES for finding in result.findings if finding.period]
    marked_tables = {}
    for key, rows in read.items():
        mine = [one for one in found if _same_rows(one.table.split(" ")[0], key[0], items)]
        concerned = pd.Series(not found, index=rows.index)
        for one in mine:
            start, _, end = one.period.partition(" to ")
            of_force = (rows["force_id"] == one.force_id) | (one.force_id == "")
            concerned |= of_force & (rows["period_start"] <= end) & (rows["period_end"] >= start)
        counted = concerned & rows["count"].notna()
        marked_tables[key] = rows.assign(status=rows["status"].mask(counted, PARTIAL))
    return marked_tables


def _same_rows(one: str, other: str, items: Mapping[str, ItemEntry]) -> bool:
    """Return whether two items of one file are made of the same of its rows."""
    made_of = [items[item].made_of if item in items else "" for item in (one, other)]
    return one == other or (made_of[0] == made_of[1] != "")


def number_partial(tables: Iterable[pd.DataFrame]) -> int:
    """Return how many counts of some tables are marked partial."""
    return sum(int((rows["status"] == PARTIAL).sum()) for rows in tables)


def reasons(part: str, confirmed: str) -> str:
    """Return the reasons given for a part, and for counts that are far from others, as provenance keeps them."""
    said = (("a part, with its counts marked partial", part), ("counts far from others are confirmed", confirmed))
    return "".join(f"; {what}: {' '.join(why.split())}" for what, why in said if why)
