"""What changed between two versions of the values, and why: one input swapped at a time; the parts add up."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import nan
from typing import Any

import pandas as pd

from peel_analysis import measures
from peel_analysis.changes.causes import NOT_KNOWN, PARTS, Split, exact, held, no_values, split, steps
from peel_analysis.changes.change import Change, End, size_of, with_value
from peel_analysis.changes.versions import NUMBERS, Version, open_version
from peel_analysis.checks.records import OUTCOMES
from peel_analysis.comparison import NotComparableError, check_over_time, compare
from peel_analysis.comparison.comparable import Point, point_of
from peel_analysis.comparison.sensitivity import hangs_on_release
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import GapError
from peel_analysis.data.text import in_words
from peel_analysis.measures import Measure, Result, Value
from peel_analysis.show import values
from peel_analysis.show import words as wording

__all__ = ["Changes", "Version", "changes_between", "open_version"]
NOT_DECLARED = "not_declared"  # the status of a measure that one version does not have
PROVENANCE = ("release", "source_sha256", "rule", "code_version")
NAMED = 3  # forces of a refusal that are named one by one; more are counted
NUMBER = re.compile(r"[+-]?\d[\d,.]*\d%?|[+-]?\d%?")

# Why a verdict is what it is; the verdict itself is before it. A point between digits does not end the sentence.
EXPLANATION = re.compile(r" \(by the size rule alone; [^)]*\)")


@dataclass(frozen=True)
class Sentence:
    """A force's reading sentence in both versions, where it says something else."""

    measure_id: str
    title: str
    force_id: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What changed from A to B: a row for every measure and force, the sentences that flipped, and remarks."""

    a: Version
    b: Version
    rows: list[Change] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def data(self) -> Data:
        """The data folder by which the page is marked: that of A where its values alone are not published, else B's."""
        return self.a.data if self.a.data.notice and not self.b.data.notice else self.b.data

    @property
    def verdicts(self) -> list[Change]:
        """The rows whose verdict is another in B; a measure that only one version has at all is left out."""
        one_sided = with_value(self.rows, "a") ^ with_value(self.rows, "b")
        return [row for row in self.rows if row.a.verdict != row.b.verdict and row.measure_id not in one_sided]

    def refusals(self) -> Iterator[str]:
        """Yield what is printed in place of values that must not be compared, once a measure and reason."""
        groups: dict[tuple[str, str, str], list[str]] = {}
        for row in self.rows:
            if row.refused:
                groups.setdefault((row.measure_id, row.title, row.refused), []).append(row.force_id)
        for (_, title, reason), force_ids in groups.items():
            number = len(set(force_ids) - {ENGLAND_AND_WALES})
            also = " and England and Wales" if ENGLAND_AND_WALES in force_ids else ""
            counted = f"{in_words(number)} forces{also}"
            yield f"{title}, {self.b.data.forces.in_words(force_ids) if len(force_ids) <= NAMED else counted}: {reason}"


def changes_between(a: Version, b: Version, chosen: Iterable[str] | None = None) -> Changes:
    """Return what changed from A to B, for all measures of either version or for those chosen by id or title.

    Two editions are split by cause. Where a version is only values, the whole difference is "not known". Raises
    InputError for a chosen measure that neither version has, and for tables that cannot be read.
    """
    changes = Changes(a, b)
    keys = [list(_keys(version)) for version in (a, b)]
    held = dict.fromkeys(measure_id for each in reversed(keys) for measure_id, _ in each)
    measure_ids = [one if one in held else _id_of(one, (b, a)) for one in chosen] if chosen else list(held)
    if a.edition is not None and b.edition is not None:
        for measure_id in measure_ids:
            _compare_editions(changes, measure_id, (a.edition, b.edition))
        return changes
    for name, alone in (("A", {*keys[0]} - {*keys[1]}), ("B", {*keys[1]} - {*keys[0]})):
        if alone:
            changes.remarks.append(f"{len(alone)} rows are on side {name} alone and are not compared")
    for measure_id in measure_ids:
        _compare_values(changes, measure_id)
    return changes


def _id_of(name: str, versions: tuple[Version, Version]) -> str:
    """Return the id of the measure that either version calls so. Raises InputError, with close matches of the first."""
    for version in versions:
        with suppress(InputError):
            return version.data.measure(name).id
    return versions[0].data.measure(name).id


def _keys(version: Version) -> Iterator[tuple[str, str]]:
    """Yield the measure and force of each of a version's values, measures in their order."""
    if version.values is not None:
        yield from version.values[["measure", "force_id"]].itertuples(index=False, name=None)
    else:
        force_ids = (*version.data.forces.ids, ENGLAND_AND_WALES)
        yield from ((measure_id, force_id) for measure_id in version.measures for force_id in force_ids)


def _compare_editions(changes: Changes, measure_id: str, editions: tuple[Edition, Edition]) -> None:
    """Add a measure's changes, split by cause."""
    versions = (changes.a, changes.b)
    declared = (changes.a.measures.get(measure_id), changes.b.measures.get(measure_id))
    measure = declared[1] or declared[0]
    assert measure is not None, "it was found in one of the two"
    results = (_result(declared[0], editions[0]), _result(declared[1], editions[1]))
    reasons = [result if isinstance(result, str) else "" for result in results]
    for reason in filter(None, dict.fromkeys(reasons)):
        named = " and ".join(name for name, one in zip("AB", reasons, strict=True) if one == reason)
        changes.remarks.append(f"{measure_id}: no value on side {named}: {reason}")
    ends = (_values_at(results[0], editions[0]), _values_at(results[1], editions[1]))
    chain, trouble = steps(ends, declared, editions)
    a, b = (
        Point(version.name, "", "") if one is None else point_of(one, edition, version.name)
        for one, edition, version in zip(declared, editions, versions, strict=True)
    )
    moved = repr(held(ends[0])) != repr(held(ends[1]))  # as text: two that are missing are alike
    verdicts = [_verdicts(result) if moved else {} for result in results]
    others = [_others(result) if moved else {} for result in results]
    rows = [[(*_plain(one), point.end) for one in end] for end, point in zip(ends, (a, b), strict=True)]
    both = (_ends(rows[0], verdicts[0], others[0]), _ends(rows[1], verdicts[1], others[1]))
    splits = {force_id: split(chain, force_id) for force_id in both[0]}
    added = _add(changes, measure_id, measure, both, splits, dict.fromkeys(splits, (a, b)))
    if trouble and any(change.split.joint for change in added):
        changes.remarks.append(f"{measure_id}: some causes cannot be told apart: {trouble}")
    one, other = results
    if moved and isinstance(one, Result) and isinstance(other, Result):
        refused = {change.force_id for change in added if change.refused}
        changes.sentences.extend(found for found in _sentences(one, other) if found.force_id not in refused)


def _result(measure: Measure | None, edition: Edition) -> Result | str:
    """Return the measure without its comparator; where it is not declared or its tables leave a gap, the reason."""
    if measure is None:
        return NOT_DECLARED
    try:
        return measures.calculate(measure.model_copy(update={"comparator": ""}), edition)
    except GapError as error:
        return str(error)


def _values_at(result: Result | str, edition: Edition) -> tuple[Value, ...]:
    if isinstance(result, Result):
        return result.values
    return no_values(edition, "", NOT_DECLARED) if result == NOT_DECLARED else no_values(edition, result)


def _plain(one: Value) -> tuple[str, float, float, float, str, str]:
    return one.force_id, one.value, one.numerator, one.denominator, one.status, one.note


def _verdicts(result: Result | str) -> dict[str, str]:
    found = {} if isinstance(result, str) else compare(result).verdicts
    return {force_id: verdict.words for force_id, verdict in found.items()}


def _others(result: Result | str) -> dict[str, dict[str, float]]:
    """Return, by force, the value in each other release in which its direction or its verdict is another, by table."""
    found = {} if isinstance(result, str) else hangs_on_release(result)
    return {
        force_id: {table: other.of(force_id).value for table, other in others.items()}
        for force_id, others in found.items()
    }


def _ends(
    rows: Iterable[tuple[Any, ...]], verdicts: Mapping[str, str], others: Mapping[str, Mapping[str, float]]
) -> dict[str, End]:
    """Return the ends of forces from their ids, numbers, statuses, notes and days."""
    return {
        force_id: End(
            float(value),
            float(over),
            float(under),
            str(status),
            str(note),
            str(day),
            verdicts.get(force_id, ""),
            others.get(force_id, {}),
        )
        for force_id, value, over, under, status, note, day in rows
    }


def _add(
    changes: Changes,
    measure_id: str,
    measure: Measure | None,
    ends: tuple[dict[str, End], dict[str, End]],
    splits: Mapping[str, Split],
    points: Mapping[str, tuple[Point, Point]],
) -> list[Change]:
    """Add a measure's rows, one a force of `splits`, and return them; B's data folder says what is refused."""
    added = []
    national = ends[0][ENGLAND_AND_WALES].value if ENGLAND_AND_WALES in ends[0] else nan
    blocks = changes.b.data.blocks
    for force_id, parts in splits.items():
        one, other, reason = ends[0][force_id], ends[1][force_id], ""
        if measure is not None and parts.parts:
            try:
                check_over_time(measure, force_id, *points[force_id], blocks)
            except NotComparableError as refusal:
                # neither's numbers are to stand beside the other's
                one, other = (End(nan, nan, nan, end.status, end.note, end.period_end) for end in (one, other))
                parts, reason = Split(), str(refusal)
        name, size = changes.b.data.forces.name(force_id), size_of(one, other, national)
        added.append(Change(measure_id, measure, force_id, name, one, other, parts, size, reason))
    changes.rows.extend(added)
    return added


def _compare_values(changes: Changes, measure_id: str) -> None:
    """Add a measure's changes where at least one version is only values: the whole difference, cause not known."""
    measure = changes.b.measures.get(measure_id) or changes.a.measures.get(measure_id)
    rows_a, rows_b = (_values(version, measure_id) for version in (changes.a, changes.b))
    if rows_a.empty and rows_b.empty:
        raise InputError(f"No measure '{measure_id}' on either side; see `peel values`")
    texts = [column for column in ("verdict", *PROVENANCE) if column in rows_a and column in rows_b]
    shared = rows_a.index.intersection(rows_b.index, sort=False)
    a, b = (
        _ends(
            rows.loc[shared, [*NUMBERS, "status", "note", "period_end"]].itertuples(name=None),
            dict(rows["verdict"]) if "verdict" in texts else {},
            _others_in(rows),
        )
        for rows in (rows_a, rows_b)
    )
    splits = {force_id: _cause_not_known(a[force_id], b[force_id]) for force_id in a}
    points = {force_id: (_point(changes.a, rows_a, force_id), _point(changes.b, rows_b, force_id)) for force_id in a}
    added = _add(changes, measure_id, measure, (a, b), splits, points)
    differ = [column for column in texts if column != "verdict" and set(rows_a[column]) != set(rows_b[column])]
    if differ and any(change.kind not in ("same", "refused") for change in added):
        changes.remarks.append(f"{measure_id}: the two files name another {', '.join(differ)}")


def _values(version: Version, measure_id: str) -> pd.DataFrame:
    """Return a version's values of a measure, by force id."""
    rows = pd.DataFrame(columns=list(values.COLUMNS))
    if version.values is not None:
        rows = version.values[version.values["measure"] == measure_id]
    elif version.edition is not None and measure_id in version.measures:
        rows = values.values(version.edition, [version.measures[measure_id]])
    return rows.fillna(dict.fromkeys((*PROVENANCE, "period_end", "verdict"), "")).set_index("force_id")


def _others_in(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return, by force, what the column `other_release` of a values file says, as `_others` does."""
    column = rows["other_release"].fillna("") if "other_release" in rows else pd.Series(dtype=str)
    named = {str(force_id): str(cell).split("; ") for force_id, cell in column.items() if cell}
    return {
        force_id: {table: float(value) for table, _, value in (one.rpartition(": ") for one in others)}
        for force_id, others in named.items()
    }


def _point(version: Version, rows: pd.DataFrame, force_id: str) -> Point:
    """Return when and from which release of outcomes a version's value of a force is."""
    released = str(rows.at[force_id, "release"]).split(";")
    of_outcomes = [part.removeprefix(OUTCOMES).strip() for part in released if OUTCOMES in part]
    return Point(version.name, str(rows.at[force_id, "period_end"]), "".join(of_outcomes))


def _cause_not_known(a: End, b: End) -> Split:
    causes = (NOT_KNOWN,) if a.status != b.status or a.is_missing != b.is_missing else ()
    if a.is_missing or b.is_missing:
        return Split(status_causes=causes)
    return Split(dict.fromkeys(PARTS, exact(0.0)) | {NOT_KNOWN: exact(b.value) - exact(a.value)}, causes)


def _sentences(a: Result, b: Result) -> Iterator[Sentence]:
    """Yield the readings of a measure whose words differ once numbers and windows are taken out.

    A force without a value in both versions is left out, and so is a measure that a version has no value of. The
    sentence about the comparator's window is in neither. Each version's sentences are made with its own data folder.
    """
    if not a.has_values or not b.has_values or b.measure.kind == "survey":
        return
    for force_id in (one.force_id for one in b.values if not (one.is_missing and a.of(one.force_id).is_missing)):
        before, after = (wording.reading(result, force_id) for result in (a, b))
        if _bare(before, a) != _bare(after, b):
            name = b.edition.forces.name(force_id)
            yield Sentence(b.measure.id, b.measure.title, force_id, name, before, after)


def _bare(reading: str, result: Result) -> str:
    """Return a reading without its window, its numbers and the explanation of its verdict."""
    without_window = reading.replace(wording.window_phrase(result.window), "(window)")
    return NUMBER.sub("#", EXPLANATION.sub("", without_window))
