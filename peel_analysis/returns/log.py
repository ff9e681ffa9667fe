"""The log of a folder of returns: what was asked, what the force answered, and what was decided of it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from peel_analysis.checks.rules import CheckResult
from peel_analysis.data.errors import Faults
from peel_analysis.data.files import check_writable, rows_of
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import is_day
from peel_analysis.data.registers import Register, check_rows
from peel_analysis.data.text import as_cell, block, from_cell, pairs
from peel_analysis.data.writing import one_writer, write_files
from peel_analysis.returns.folder import Returns
from peel_analysis.returns.form import Return
from peel_analysis.returns.queries import AGAINST, PREFIX, Query, id_of, value_of

CORRECTED, CONFIRMED, EXCLUDED, PARTIAL = "corrected", "confirmed", "excluded", "partial"
LOG = Register(
    "queries.csv",
    ("query", "force_id", "item", "year", "value", "rule", "sentence", "answer", "by", "on", "decision"),
    ("query", "value"),
    choices=(("decision", ("", CORRECTED, CONFIRMED, EXCLUDED, PARTIAL)),),
    one_force=True,
)
ROW = (
    *(
        "query",
        "state",
        "level",
        "force_id",
        "item",
        "year",
        "period",
        "value",
        "expected",
        "rule",
        "rule_words",
        "sentence",
    ),
    *("place", "answer", "by", "on", "decision"),
)
NO_REASON = "without_reason"  # the rule about a status without its reason
DENIED = "although_excluded"  # the rule about a count that the register of exclusions denies
NEEDED = ("answer", "by", "on")  # of a decision


@dataclass(frozen=True)
class Entry:
    """A row of the log, and its line."""

    query: str
    force_id: str
    item: str
    year: str
    value: str
    rule: str
    sentence: str
    answer: str = ""
    by: str = ""
    on: str = ""
    decision: str = ""
    line: int = 0


@dataclass(frozen=True)
class Answered:
    """A query with what the log has about it: open, or decided; `entry` is the last row about it, if there is one."""

    query: Query
    state: Literal["open", "decided"]
    entry: Entry | None = None


def read_log(returns: Returns) -> tuple[Entry, ...]:
    """Return the rows of a folder's log in order; none where it has no log.

    Raises InputError, with the line, for each row that is about no query, repeats another, has a decision without
    answer, by or on, a word that is no decision, or a day that is none or is still to come.
    """
    path = returns.folder / LOG.file
    if not path.is_file():
        return ()
    register = replace(LOG, folder=str(returns.folder))
    with Faults() as faults:
        rows = rows_of(path, register.where, LOG.columns, faults)
        faults.of(check_rows, rows, register, returns.data.forces, ())
        entries = tuple(
            Entry(**dict(zip(LOG.columns, map(from_cell, cells), strict=True)), line=line)
            for line, cells in zip(rows.lines, rows.cells, strict=True)
        )
        for one in entries:
            faults.add(f"{register.where}, line {one.line}: {wrong}" for wrong in _wrong(one, returns))
    return entries


def _wrong(one: Entry, returns: Returns) -> Iterator[str]:
    data = returns.data
    known = one.item in data.returned and PREFIX + one.rule in data.rules and one.year.isdecimal()
    if not known or one.query != id_of(one.force_id, one.item, one.year, one.rule):
        yield f"no query '{one.query}' of this force, item, year and rule; put back the row as it was written"
    if one.on and not is_day(one.on):
        yield f"on is '{one.on}'; write a day as 2017-06-30"
    elif one.on and date.fromisoformat(one.on) > date.today():
        yield f"on is {one.on}, a day that is still to come; write the day of the decision"
    if one.decision and (missing := [name for name in NEEDED if not getattr(one, name).strip()]):
        yield f"decision is '{one.decision}' and {missing[0]} is blank; a decision has {', '.join(NEEDED)}"


def answered(queries: Iterable[Query], log: Sequence[Entry]) -> list[Answered]:
    """Return queries with what was decided of them: a decision holds for the value that it was made about.

    A value that was said to be corrected and is still found is open again, and so is another value; the entry is then
    the old one.
    """
    found = []
    for query in queries:
        rows = [one for one in log if one.query == query.id]
        same = next((one for one in reversed(rows) if one.value == query.value), None)
        is_decided = same is not None and same.decision not in ("", CORRECTED)
        older = next((one for one in reversed(rows) if one.decision), None)
        entry = same if same is not None and same.decision else older or same
        found.append(Answered(query, "decided" if is_decided else "open", entry))
    return found


def add_to_log(returns: Returns, queries: Iterable[Query]) -> list[Query]:
    """Add to a folder's log the open queries that it does not have with this value, and return them.

    What is there stays as it is, to the byte. Raises InputError as `read_log` does.
    """
    path = returns.folder / LOG.file
    check_writable(returns.folder, str(returns.folder))
    with one_writer(returns.folder):
        log = read_log(returns)
        known = {(one.query, one.value) for one in log}
        new = [one.query for one in answered(queries, log) if (one.query.id, one.query.value) not in known]
        if new:
            before = path.read_bytes() if path.is_file() else _lines([LOG.columns])
            between = b"" if before.endswith(b"\n") else b"\n"
            write_files({path: before + between + _lines(map(_cells, new))})
    return new


def _cells(query: Query) -> Sequence[str]:
    of = (query.id, query.force_id, query.item, str(query.year), query.value, query.rule, query.sentence)
    return [as_cell(cell) for cell in (*of, "", "", "", "")]


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def decided(log: Iterable[Entry], one: Return) -> dict[tuple[str, int], Entry]:
    """Return what was decided to be left out, or to be marked as partial, of a return's counts, by item and year.

    So is what was confirmed of a status without a reason, whose reason the answer is, and of a count that the register
    of exclusions denies. Of each query the last decision about the present value counts; one that leaves out goes
    before one that marks. A decision about another value than the return has now does nothing.
    """
    last = {entry.query: entry for entry in log if entry.force_id == one.force.id and _holds(entry, one)}
    first = [one for one in last.values() if one.decision == CONFIRMED and one.rule in (NO_REASON, DENIED)]
    kept = [entry for decision in (PARTIAL, EXCLUDED) for entry in last.values() if entry.decision == decision]
    return {(entry.item, int(entry.year)): entry for entry in (*first, *kept)}


def _holds(entry: Entry, one: Return) -> bool:
    """Return whether a decision is about the count, or the sum of counts, that a return has now."""
    row = one.row(entry.item, int(entry.year))
    if row is None or not entry.decision:
        return False
    parts = [one.row(item, row.year) for item in one.edition.data.returned[row.item].sum_of]
    total = sum(part.count for part in parts if part is not None and part.count is not None)
    return entry.value.partition(AGAINST)[0] in (value_of(row), *([str(total)] if parts else []))


def table(results: Sequence[CheckResult], found: Sequence[Answered], forces: Forces) -> Iterator[str]:
    """Yield lines for a terminal: the open queries of each force, what was decided, and what each rule looked at."""
    for force_id in dict.fromkeys(one.query.force_id for one in found):
        mine = [one for one in found if one.query.force_id == force_id]
        yield from block(forces.name(force_id), (line for one in mine if one.state == "open" for line in _open(one)))
        yield from block(f"{forces.name(force_id)}: decided", (_decided(one) for one in mine if one.state == "decided"))
    yield from block("Rules", (line for result in results for line in result.lines(forces, brief=True, findings=False)))
    number = sum(one.state == "open" for one in found)
    yield ""
    yield f"{number} open {'query' if number == 1 else 'queries'}, {len(found) - number} decided"


def _open(one: Answered) -> list[str]:
    query, entry = one.query, one.entry
    before = ""
    if entry is not None and entry.decision:
        before = f"{entry.decision}, {entry.by}, {entry.on}, about {entry.value or 'a blank'}: {entry.answer}"
    told = (("value", query.value or "(blank)"), ("expected", query.expected), ("to send", query.sentence))
    return [f"{query.level}: {query.id}", *(f"  {line}" for line in pairs((*told, ("answered before", before))))]


def _decided(one: Answered) -> str:
    entry = one.entry
    return f"{one.query.id} ({one.query.value or 'blank'}): " + (
        " ".join(f"{entry.decision} by {entry.by} on {entry.on}: {entry.answer}".split()) if entry else ""
    )


def as_rows(found: Iterable[Answered], data: Data) -> Iterator[dict[str, str]]:
    """Yield each query as a row of text, with its rule in words, its state and what the log has about it."""
    for one in found:
        query, entry = one.query, one.entry
        yield {
            "query": query.id,
            "state": one.state,
            "level": query.level,
            "force_id": query.force_id,
            "item": query.item,
            "year": str(query.year),
            "period": query.period,
            "value": query.value,
            "expected": query.expected,
            "rule": query.rule,
            "rule_words": data.rule(PREFIX + query.rule).rule,
            "sentence": query.sentence,
            "place": query.table,
            **{name: getattr(entry, name) if entry else "" for name in (*NEEDED, "decision")},
        }


def as_csv(found: Iterable[Answered], data: Data) -> str:
    """Return the queries as CSV."""
    rows = list(as_rows(found, data))
    return _lines([ROW, *([as_cell(cell) for cell in row.values()] for row in rows)]).decode()


def as_json(found: Iterable[Answered], data: Data) -> str:
    """Return the queries as a list of objects."""
    return json.dumps(list(as_rows(found, data)), ensure_ascii=False, indent=2) + "\n"
