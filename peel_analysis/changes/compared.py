"""Two sides compared: every measure, every force and England and Wales."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from peel_analysis.changes.flips import Flip, sentences
from peel_analysis.changes.inputs import ORDER, Source, mixed
from peel_analysis.changes.moves import End, Move, moves_of, one_sided
from peel_analysis.changes.refusals import declared_point, refused, stored_point
from peel_analysis.changes.sides import Side, in_folder
from peel_analysis.changes.split import NOT_KNOWN, PARTS, Split, exact, no_rows, own_result, split, steps
from peel_analysis.comparison.comparability import Point
from peel_analysis.data import forces
from peel_analysis.data.edition import Release
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import GapError
from peel_analysis.measures import Measure, Result
from peel_analysis.show import values

NOT_DECLARED = "not_declared"  # the status of a measure that one side does not have
VERDICT = "verdict"
PROVENANCE = ("release", "source_sha256", "rule", "code_version")


@dataclass(frozen=True)
class Comparison:
    """What moved from A to B: a move for every measure and force, the sentences that flipped, and remarks."""

    a: Side
    b: Side
    moves: list[Move]
    flips: list[Flip]
    remarks: list[str]

    @property
    def verdict_flips(self) -> list[Move]:
        """The moves whose verdict is another on side B; a measure that only one side has at all is left out."""
        left_out = one_sided(self.moves)
        return [move for move in self.moves if move.verdict_changed and move.measure_id not in left_out]


def compare(a: Side, b: Side, chosen: Iterable[str] | None = None) -> Comparison:
    """Return what moved from A to B, for all measures of either side or for those chosen by id.

    Two editions are split by cause. Where a side is only values, the whole difference is "not known". Raises InputError
    for a chosen measure that neither side has, and for tables that cannot be read.
    """
    measure_ids = list(chosen or _measure_ids(a, b))
    pair = _sources(a, b) if a.edition is not None and b.edition is not None else None
    comparison = Comparison(a, b, [], [], [])
    if pair is None:
        comparison.remarks.extend(_only_on_one_side(a, b))
    for measure_id in measure_ids:
        if pair is None:
            _compare_values(comparison, measure_id)
        else:
            _compare_inputs(comparison, measure_id, pair)
    return comparison


def _only_on_one_side(a: Side, b: Side) -> list[str]:
    """Return how many rows of measures and forces only one side has: they cannot be compared."""
    keys = {"A": _keys(a), "B": _keys(b)}
    alone = [("A", len(keys["A"] - keys["B"])), ("B", len(keys["B"] - keys["A"]))]
    return [f"{number} rows are on side {name} alone and are not compared" for name, number in alone if number]


def _keys(side: Side) -> set[tuple[str, str]]:
    if side.stored is not None:
        return set(side.stored[["measure", "force_id"]].itertuples(index=False, name=None))
    return {(measure_id, force_id) for measure_id in side.measures for force_id in (*forces.ids(), ENGLAND_AND_WALES)}


def _measure_ids(a: Side, b: Side) -> list[str]:
    return list(dict.fromkeys([*_ids_of(b), *_ids_of(a)]))


def _ids_of(side: Side) -> list[str]:
    return list(side.measures) if side.stored is None else list(dict.fromkeys(side.stored["measure"]))


def _sources(a: Side, b: Side) -> tuple[Source, Source]:
    tables: dict[tuple[Path, Release], pd.DataFrame | None] = {}
    assert a.edition is not None
    assert b.edition is not None
    return Source(a, a.edition, tables), Source(b, b.edition, tables)


def _compare_inputs(comparison: Comparison, measure_id: str, sources: tuple[Source, Source]) -> None:
    """Add a measure's moves, split by cause."""
    declared = _declared(measure_id, comparison)
    results = tuple(
        own_result(measure, source) if measure else NOT_DECLARED
        for measure, source in zip(declared, sources, strict=True)
    )
    ends = (_end_rows(results[0]), _end_rows(results[1]))
    comparison.remarks.extend(_without_values(measure_id, results))
    chain, trouble = steps(ends, declared, sources)
    splits = {str(force_id): split(chain, str(force_id)) for force_id in ends[0].index}
    barred = _refused(declared, sources, splits)
    if trouble and any(one.joint for force_id, one in splits.items() if force_id not in barred):
        comparison.remarks.append(f"{measure_id}: some causes cannot be told apart: {trouble}")
    moved = not ends[0][["value", "status"]].equals(ends[1][["value", "status"]])
    verdicts = [_verdicts(one, source) if moved else {} for one, source in zip(declared, sources, strict=True)]
    periods = [_period_end(one, source) for one, source in zip(declared, sources, strict=True)]
    sides = [_ends(rows, period, found) for rows, period, found in zip(ends, periods, verdicts, strict=True)]
    comparison.moves.extend(moves_of(measure_id, declared[1] or declared[0], sides[0], sides[1], splits, barred))
    one, other = results
    if moved and isinstance(one, Result) and isinstance(other, Result):
        flips = sentences((one, sources[0].side.folder), (other, sources[1].side.folder))
        comparison.flips.extend(flip for flip in flips if flip.force_id not in barred)


def _refused(
    declared: tuple[Measure | None, Measure | None], sources: tuple[Source, Source], splits: dict[str, Split]
) -> dict[str, str]:
    """Return why the two editions must not be compared, by the forces that have a value in both."""
    one, other = (declared_point(measure, source.side) for measure, source in zip(declared, sources, strict=True))
    points = {force_id: (one, other) for force_id, parts in splits.items() if parts.parts}
    return refused(declared[1] or declared[0], points, sources[1].side)


def _declared(measure_id: str, comparison: Comparison) -> tuple[Measure | None, Measure | None]:
    declared = (comparison.a.measures.get(measure_id), comparison.b.measures.get(measure_id))
    if declared == (None, None):
        raise InputError(
            f"No measure '{measure_id}' on either side; the measures are {', '.join(comparison.b.measures)}"
        )
    return declared


def _without_values(measure_id: str, results: tuple[Result | str, ...]) -> list[str]:
    """Return why a side has no value of a measure, once where both sides have the same reason."""
    names: dict[str, list[str]] = {}
    for name, result in zip("AB", results, strict=True):
        if isinstance(result, str):
            names.setdefault(result, []).append(name)
    return [f"{measure_id}: no value on side {' and '.join(sides)}: {reason}" for reason, sides in names.items()]


def _end_rows(result: Result | str) -> pd.DataFrame:
    if isinstance(result, Result):
        return result.rows
    return no_rows("", NOT_DECLARED) if result == NOT_DECLARED else no_rows(result)


def _period_end(measure: Measure | None, source: Source) -> str:
    return source.edition.window(measure.window).end.isoformat() if measure else ""


def _verdicts(measure: Measure | None, source: Source) -> dict[str, str]:
    """Return the verdicts of the values file by force, when it has that column."""
    if measure is None or VERDICT not in values.COLUMNS:
        return {}
    own = dict.fromkeys(ORDER, source)
    with in_folder(source.side.folder):
        for one in (measure, replace(measure, comparator="")):
            try:
                rows = values.values(mixed(one, own), [one])
            except GapError:
                continue
            return _texts(rows.set_index("force_id"), VERDICT)
    return {}


def _texts(rows: pd.DataFrame, column: str) -> dict[str, str]:
    return {str(force_id): str(text) for force_id, text in rows[column].fillna("").items()}


def _ends(rows: pd.DataFrame, period_end: str, verdicts: dict[str, str]) -> dict[str, End]:
    return {
        str(force_id): End(
            value=float(row["value"]),
            numerator=float(row["numerator"]),
            denominator=float(row["denominator"]),
            status=str(row["status"]),
            note=str(row["note"]),
            period_end=str(row.get("period_end", period_end)),
            verdict=verdicts.get(str(force_id), ""),
        )
        for force_id, row in rows.iterrows()
    }


def _compare_values(comparison: Comparison, measure_id: str) -> None:
    """Add a measure's moves where at least one side is only values: the whole difference, cause not known."""
    declared = comparison.b.measures.get(measure_id) or comparison.a.measures.get(measure_id)
    rows_a, rows_b = (_value_rows(side, measure_id) for side in (comparison.a, comparison.b))
    if rows_a.empty and rows_b.empty:
        raise InputError(f"No measure '{measure_id}' on either side; see `peel values`")
    shared = rows_a.index.intersection(rows_b.index, sort=False)
    pair = (rows_a.loc[shared], rows_b.loc[shared])
    verdicts = [_texts(rows, VERDICT) if VERDICT in rows_a and VERDICT in rows_b else {} for rows in pair]
    a, b = (_ends(rows, "", found) for rows, found in zip(pair, verdicts, strict=True))
    splits = {force_id: _whole_difference(a[force_id], b[force_id]) for force_id in a}
    barred = refused(declared, _stored_points(comparison, pair, splits), comparison.b)
    moves = moves_of(measure_id, declared, a, b, splits, barred)
    comparison.moves.extend(moves)
    if any(move.kind not in ("same", "refused") for move in moves):
        comparison.remarks.extend(_what_differs(measure_id, rows_a, rows_b))


def _stored_points(
    comparison: Comparison, pair: tuple[pd.DataFrame, pd.DataFrame], splits: dict[str, Split]
) -> dict[str, tuple[Point, Point]]:
    """Return when and from which release the two values of a force are, where it has both."""
    one, other = (rows[["release", "period_end"]].fillna("").to_dict("index") for rows in pair)
    both = [force_id for force_id, parts in splits.items() if parts.parts]
    sides = (comparison.a, comparison.b)
    return {name: (stored_point(sides[0], one[name]), stored_point(sides[1], other[name])) for name in both}


def _value_rows(side: Side, measure_id: str) -> pd.DataFrame:
    if side.stored is not None:
        rows = side.stored[side.stored["measure"] == measure_id]
    elif side.edition is not None and measure_id in side.measures:
        with in_folder(side.folder):
            rows = values.values(side.edition, [side.measures[measure_id]])
    else:
        rows = pd.DataFrame(columns=list(values.COLUMNS))
    return rows.set_index("force_id")


def _whole_difference(a: End, b: End) -> Split:
    causes = (NOT_KNOWN,) if a.status != b.status or a.is_missing != b.is_missing else ()
    if a.is_missing or b.is_missing:
        return Split(status_causes=causes)
    return Split(dict.fromkeys(PARTS, exact(0.0)) | {NOT_KNOWN: exact(b.value) - exact(a.value)}, causes)


def _what_differs(measure_id: str, a: pd.DataFrame, b: pd.DataFrame) -> list[str]:
    """Return what the two files say of their origin where they say different things: a hint at the cause, no split."""
    differ = [
        column
        for column in PROVENANCE
        if column in a and column in b and set(a[column].fillna("")) != set(b[column].fillna(""))
    ]
    return [f"{measure_id}: the two files name another {', '.join(differ)}"] if differ else []
