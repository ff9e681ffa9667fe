"""All checks of a data folder, each a stated rule: of one table, of outcomes against crimes, of what has expired."""

import itertools
import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from peel_analysis.checks import records as forces_records
from peel_analysis.checks import rules, whole
from peel_analysis.checks.rules import PERIOD, CheckResult, Finding, Key, TablesHeld, number_of_tables, whole_counts
from peel_analysis.data.counts import TableError
from peel_analysis.data.definitions import COMPARABILITY, MEASURES, Block, Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import NUMBER_OF_FORCES
from peel_analysis.data.registers import ALL_RELEASES, CAVEATS, COUNT_NOTES, PUBLISHED_VALUES, SERIES_BREAKS, records
from peel_analysis.sources.reading import SAME, members_of
from peel_analysis.sources.reading import shown as number_in_words

ONE_DAY = timedelta(days=1)
COMBINED = "police_staff_and_designated_officers_fte"
PARTS_OF_COMBINED = ("police_staff_fte", "designated_officers_fte")
CORRECT_THE_NOTE = "correct the item, force or period in data/count_notes.csv, or take the note out"
NOTHING_HELD = "not_available"  # the status of what an edition has neither counts nor a report of


def check(
    held: TablesHeld, keys: Sequence[Key] | None = None, paired: Mapping[Key, Key] | None = None
) -> list[CheckResult]:
    """Return the results of all checks on the tables named (by default all), in the order of data/checks.toml.

    Each table of outcomes is set against the recorded crime in `paired`, else the latest release that has its quarters.
    """
    first, in_shape = shape(held, keys if keys is not None else held.tables())
    second = whole.ended(held, in_shape)
    passed = [key for key in in_shape if " ".join(key) not in {finding.table for finding in second.findings}]
    beside = forces_records.pairs(held, passed, paired)
    of_tables = (
        all_forces,
        whole.missing,
        whole.far_below,
        whole.plausible,
        printed_totals,
        gaps,
        components,
        steps,
        count_notes,
    )
    ratios = (forces_records.against_crimes(held, beside, rule) for rule in ("parts_within_whole", "completeness"))
    of_types = (forces_records.not_yet_assigned, forces_records.outcome_types)
    return [first, second, *(one(held, passed) for one in of_tables), *ratios, *(one(held, beside) for one in of_types)]


def check_edition(edition: Edition) -> list[CheckResult]:
    """Return the results of all checks on the tables that an edition uses, outcomes against its own recorded crime."""
    held = TablesHeld(edition.data)
    used = {item: (source.item, source.release) for item, source in edition.releases.items()}
    stored = set(held.tables())
    for item, key in used.items():
        if key not in stored:
            raise InputError(f"{edition.file}: {item} is to come from {'/'.join(key)}, which data/counts does not hold")
    outcomes, crimes = used.get(forces_records.OUTCOMES), used.get(forces_records.CRIMES)
    paired = {outcomes: crimes} if outcomes and crimes else {}
    return check(held, sorted(set(used.values())), paired)


def check_registers(data: Data, editions: Sequence[Edition]) -> list[CheckResult]:
    """Return what the registers that the data folder holds say of figures that none of the editions has.

    Blocks and breaks are looked at with all editions of the folder, for they are about no edition of their own. Raises
    InputError for a register or a declaration that cannot be used.
    """
    checks = [(CAVEATS.file, caveats)]
    if {one.id for one in editions}.issuperset(data.editions):
        checks += [(COMPARABILITY, comparability), (SERIES_BREAKS.file, series_breaks)]
    return [one(data, editions) for file, one in checks if data.has(file) and data.has(MEASURES)]


def shape(held: TablesHeld, keys: Sequence[Key]) -> tuple[CheckResult, list[Key]]:
    """Return the check of the tables' shape, and the tables that passed it: only they can be checked further."""
    findings, passed = [], []
    for key in keys:
        try:
            held.counts(key)
            passed.append(key)
        except TableError as problem:
            findings += [Finding("error", " ".join(key), fault) for fault in problem.faults]
    return CheckResult(held.data.rule("shape"), number_of_tables(keys), tuple(findings)), passed


def all_forces(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return where a published table has no row for a force in a period."""
    by, findings = held.data.rule("forces"), []
    published = [key for key in keys if key[0] not in held.data.returned]
    for key in published:
        rows = held.counts(key)[["force_id", *PERIOD]].drop_duplicates()
        for (start, end), part in rows.groupby(list(PERIOD)):
            if len(part) < NUMBER_OF_FORCES:
                missing = held.data.forces.in_words(sorted(set(held.data.forces.ids) - set(part["force_id"])))
                findings.append(Finding(by.level, " ".join(key), f"no row for {missing}", period=f"{start} to {end}"))
    return CheckResult(by, number_of_tables(published), tuple(findings))


def printed_totals(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return the printed totals that are not the sums of their forces; a small difference is a query."""
    by, findings = held.data.rule("printed_totals"), []
    mine = [row for row in records(held.printed()) if (row["item"], row["release"]) in keys]
    by_period = cache(lambda *key: dict(iter(held.counts(key).groupby("period_end", sort=False))))
    for row in mine:
        key = (row["item"], row["release"])
        without = [force_id for force_id in row["without"].split(";") if force_id]
        members = [force_id for force_id in members_of(row["area"], held.data.forces) if force_id not in without]
        rows = by_period(*key).get(row["period_end"])
        counted = rows["count"][rows["force_id"].isin(members)].sum() if rows is not None else 0
        total, said = float(counted) + float(row["bodies"]), float(row["printed"])
        if abs(total - said) < SAME:
            continue
        percent = 100 * abs(total - said) / max(abs(said), 1)
        both = f"is printed as {number_in_words(said)}, and its forces sum to {number_in_words(total)}"
        found = f"{row['area']} {both} ({percent:.1f}% apart)"
        explained = bool(without) and said > total  # the publisher may know what it does not print
        level = by.level if percent > by.thresholds["tolerance_percent"] and not explained else "query"
        findings.append(Finding(level, " ".join(key), found, period=f"to {row['period_end']}"))
    left = sum(row["without"] != "" for row in mine)
    looked_at = f"{len(mine)} printed totals ({left} of them without a force that has no figure)"
    return CheckResult(by, looked_at, tuple(findings))


def gaps(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return where the quarters of a table leave a gap or overlap."""
    by, findings, looked_at = held.data.rule("gaps"), [], 0
    for key in keys:
        quarters = rules.quarters_of(held.counts(key))
        looked_at += len(quarters)
        for (_, end), (start, _) in itertools.pairwise(quarters.items()):
            expected = (date.fromisoformat(end) + ONE_DAY).isoformat()
            if start != expected:
                what = "overlaps the quarter before" if start < expected else f"the quarter before ends on {end}"
                findings.append(Finding(by.level, " ".join(key), what, period=f"from {start}"))
    return CheckResult(by, f"{looked_at} quarters of tables", tuple(findings))


def components(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return where the parts of a table do not add up to what the same table gives as their whole."""
    by, findings, looked_at = held.data.rule("components"), [], 0
    for key in keys:
        rows = held.counts(key)
        is_whole = rows["dimension"] == "all"
        may_be_less = bool(is_whole.any() and not is_whole.all())
        if may_be_less:
            apart = whole_counts(rows[~is_whole]) - whole_counts(rows)
        elif key[0] == COMBINED and all((item, key[1]) in keys for item in PARTS_OF_COMBINED):
            first, second = (held.totals((item, key[1])) for item in PARTS_OF_COMBINED)
            apart = first + second - whole_counts(rows)
        else:
            continue
        looked_at += int(apart.notna().to_numpy().sum())
        wrong = (apart if may_be_less else apart.abs()) > by.thresholds["tolerance"]
        for force_id, period, [value] in rules.marked(wrong, apart):
            words = f"the parts are {number_in_words(abs(value))} {'more' if value > 0 else 'less'} than the whole"
            findings.append(Finding(by.level, " ".join(key), words, force_id, " to ".join(period)))
    return CheckResult(by, f"{looked_at:,} sums by force and period", tuple(findings))


def steps(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return the sudden steps in the forces' counts from one period to the next."""
    by, findings, looked_at = held.data.rule("steps"), [], 0
    for key in keys:
        totals = held.totals(key).reindex(list(held.data.forces.ids)).dropna(how="all")
        if totals.shape[1] <= by.thresholds["fewest_changes"] or len(totals) < NUMBER_OF_FORCES // 2:
            continue
        counts = totals.to_numpy(dtype=float)
        against, spread, sudden = forces_records.sudden_steps(counts, by)
        looked_at += int(np.isfinite(against).sum())
        for row, change in zip(*np.nonzero(sudden), strict=True):
            before, after = counts[row, change : change + 2]
            apart = float(against[row, change])
            found = (
                f"{number_in_words(before)} to {number_in_words(after)} ({100 * (after / before - 1):+.0f}%; against "
                f"the median force {100 * math.expm1(apart):+.0f}%, {abs(apart) / float(spread[row]):.1f} times the "
                "force's usual spread)"
            )
            period = " to ".join(map(str, totals.columns[change + 1]))
            findings.append(Finding(by.level, " ".join(key), found, str(totals.index[row]), period))
    return CheckResult(by, f"{looked_at:,} changes from one period to the next", tuple(findings))


def count_notes(held: TablesHeld, keys: Sequence[Key]) -> CheckResult:
    """Return the notes of data/count_notes.csv that match no count, or whose count does not have their status.

    Only tables that reach over a note's period are looked at: another release of the item may lack its years. When all
    tables are checked, a note that none of its item's reaches is a query. Raises InputError for a wrong register.
    """
    by, notes = held.data.rule("count_notes"), held.data.records(COUNT_NOTES)
    items = {item for item, _ in keys} if set(keys) >= set(held.tables()) else set()
    findings, looked_at = [], 0
    for note in notes:
        period = (note["period_start"], note["period_end"])
        of_note = [key for key in keys if key[0] == note["item"] and note["release"] in (key[1], ALL_RELEASES)]
        tables = [key for key in of_note if _reaches(held.counts(key), *period, whole=True)]
        looked_at += len(tables)
        wrong = [(by.level, " ".join(key), words) for key in tables if (words := _wrong_with(note, held.counts(key)))]
        if note["item"] in items and not tables:
            wrong.append(("query", note["item"], f"no table reaches this period; {CORRECT_THE_NOTE}"))
        who = (note["force_id"], " to ".join(period))
        findings += [Finding(*one, *who) for one in wrong]
    return CheckResult(by, f"{len(notes)} notes in {looked_at} places", tuple(findings))


def _reaches(rows: pd.DataFrame, first: str, last: str, *, whole: bool = False) -> bool:
    """Return whether a table's periods, from the earliest to the latest, hold some of these days, or the whole."""
    start, end = rows["period_start"].min(), rows["period_end"].max()
    return bool(start <= first and last <= end) if whole else bool(start <= last and first <= end)


def _wrong_with(note: Mapping[str, str], rows: pd.DataFrame) -> str:
    """Return what is wrong with a note in one table: it is about no count, or about one that is called reported."""
    key = [column for column in COUNT_NOTES.key if column != "release"]
    about = rows[key].eq(pd.Series({column: note[column] for column in key})).all(axis=1)
    if not about.any():
        return f"the note is about no count of the table; {CORRECT_THE_NOTE}"
    if (rows.loc[about, "status"] == "reported").any():
        return f"the note says {note['status']} and the count says reported; take the file in again: peel data add FILE"
    return ""


def caveats(data: Data, editions: Sequence[Edition]) -> CheckResult:
    """Return the caveats of these editions of which no measure has a figure there."""
    by, looked_at, findings = data.rule("caveats_apply"), 0, []
    for row in data.records(CAVEATS):
        mine = [one for one in editions if row["edition"] in (one.id, "all")]
        looked_at += bool(mine)
        named = row["applies_to"].split(";")
        measures = [one for one in data.measures if one.id in named or "all" in named]
        if mine and not any(_has_figures(measure, edition) for measure in measures for edition in mine):
            found = f"no figure of {row['applies_to'].replace(';', ', ')} in edition {row['edition']}; take the row out"
            findings.append(Finding(by.level, data.place_of(CAVEATS, row), found))
    return CheckResult(by, f"{looked_at} caveats", tuple(findings))


def comparability(data: Data, editions: Sequence[Edition]) -> CheckResult:
    """Return the comparability blocks that refuse nothing which these editions could show."""
    by = data.rule("comparability_apply")
    every = ((block.id, _refuses_nothing(block, data, editions)) for block in data.blocks)
    findings = (Finding(by.level, f"data/{COMPARABILITY}, block '{name}'", found) for name, found in every if found)
    return CheckResult(by, f"{len(data.blocks)} blocks", tuple(findings))


def series_breaks(data: Data, editions: Sequence[Edition]) -> CheckResult:
    """Return the breaks whose days no table of their item reaches."""
    by, rows, findings = data.rule("series_breaks_apply"), data.records(SERIES_BREAKS), []
    taken_from = {item: source.item for edition in editions for item, source in edition.releases.items()}
    for row in rows:
        item = taken_from.get(row["item"], row["item"])
        days, tables = (row["first_day"], row["last_day"]), (data.counts(*key) for key in data.tables if key[0] == item)
        if not any(_reaches(table, *days) for table in tables):
            found = f"no table of {row['item']} reaches these days; correct item or days, or take the row out"
            findings.append(Finding(by.level, data.place_of(SERIES_BREAKS, row), found, period=" to ".join(days)))
    return CheckResult(by, f"{len(rows)} breaks", tuple(findings))


def _has_figures(measure: Measure, edition: Edition) -> bool:
    """Return whether an edition has counts or published values of a measure, or says that there are some elsewhere."""
    wanted = set(measure.numerator.items or (measure.id,))
    elsewhere = {item for item, lack in edition.lacks.items() if lack.status != NOTHING_HELD}
    if not wanted.isdisjoint(elsewhere.union(edition.releases)):
        return True
    published = edition.data.has(PUBLISHED_VALUES.file)
    return published and measure.id in set(edition.register(PUBLISHED_VALUES)["measure_id"])


def _refuses_nothing(block: Block, data: Data, editions: Sequence[Edition]) -> str:
    """Return why a block refuses nothing, or ""."""
    measures = [one for one in data.measures if one.id in block.measures]
    if block.kind == "together":
        sides = (measures, [one for one in data.measures if one.id in block.others])
        for edition in editions:
            if all(any(_has_figures(one, edition) for one in side) for side in sides):
                return ""
        return "no edition has figures on both sides of it; take the block out"
    names = {name for one in measures for name in (one.window, one.comparator, one.earlier)}
    years = {str(one.windows[name].end.year) for one in editions for name in names.intersection(one.windows)}
    if "all" in block.years or years.intersection(block.years):
        return ""
    return f"no window of these measures ends in {' or '.join(block.years)}; correct the years, or take the block out"
