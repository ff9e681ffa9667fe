"""The values file: every measure for all 43 forces and England and Wales, a contract for other programs."""

import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.comparison.sensitivity import (
    NONE,
    difference_from_rest,
    disagreements,
    hangs_on_release,
    rest_of,
    standardised,
)
from peel_analysis.comparison.verdicts import LEVELS
from peel_analysis.data.counts import cells_of
from peel_analysis.data.edition import Edition
from peel_analysis.data.text import without_noise
from peel_analysis.measures import Measure, Result, provenance
from peel_analysis.show.templates import ATTRIBUTION, what_this_is
from peel_analysis.show.values_dictionary import COLUMNS as DICTIONARY
from peel_analysis.show.values_dictionary import CONTRACT_COLUMNS, LICENCE
from peel_analysis.show.words import in_one_phrase
from peel_analysis.statistics.verdict import Verdict

CONTRACT = tuple(one.name for one in CONTRACT_COLUMNS)
COLUMNS = tuple(DICTIONARY)
ARROW = {
    "string": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
WHOLE = ("rank_first", "rank_last", "gap_percent")


def values(edition: Edition, chosen: Iterable[Measure] | None = None) -> pd.DataFrame:
    """Return one row a measure and force, England and Wales among them, with COLUMNS.

    `value` is not rounded. A missing value is empty and `status` says why; it is never 0. `members` is the number of
    forces in the England and Wales value. Raises InputError when a table does not answer.
    """
    return of_results(measures.calculate_all(edition, chosen))


def of_results(results: Iterable[Result]) -> pd.DataFrame:
    """Return the same rows for measures that have been calculated; `part_of` is empty: a report's file adds to them."""
    cells: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for result in results:
        for name, column in _columns(result).items():
            cells[name] += column
    return pd.DataFrame(cells).astype(dict.fromkeys(WHOLE, "Int64"))


def _columns(result: Result) -> dict[str, list[Any]]:
    """Return each column of a result's rows, in their order."""
    hangs = hangs_on_release(result)
    compared, comparator, rows = compare(result), result.comparator_window, result.rows
    verdicts = [compared.verdicts.get(force_id) for force_id in compared.force_ids]
    of_all = {
        "edition": result.edition.id,
        "measure": result.measure.id,
        "period_end": result.window.end.isoformat(),
        "unit": result.measure.unit,
        "release": result.release,
        "members": len(result.members),
        "comparator_period_end": comparator.end.isoformat() if comparator else "",
        "comparator_release": result.comparator_release,
        "ranked": compared.ranks.forces,
        "policy_version": compared.policy.settings_version,
        "part_of": "",
    }
    return {
        "force_id": list(compared.force_ids),
        **{str(name): rows[name].tolist() for name in rows if name in COLUMNS},
        **{name: [one] * len(rows) for name, one in of_all.items()},
        **{
            f"{side}_{level:g}".replace("0.", ""): getattr(compared.intervals[level], side).tolist()
            for level in LEVELS
            for side in ("lower", "upper")
        },
        "rank_first": compared.ranks.first.tolist(),
        "rank_last": compared.ranks.last.tolist(),
        "verdict": [verdict.words if verdict else "" for verdict in verdicts],
        "verdict_reason": [verdict.reason if verdict else "" for verdict in verdicts],
        "gap": [float(one.gap) if one and one.gap is not None else math.nan for one in verdicts],
        "gap_percent": _gaps_in_percent(result, verdicts),
        "said": [
            in_one_phrase(result, force_id) if one else ""
            for force_id, one in zip(compared.force_ids, verdicts, strict=True)
        ],
        "other_release": [_other_release(hangs.get(force_id, {}), force_id) for force_id in compared.force_ids],
        **provenance.columns_of(result),
        **_standardised(result, compared.force_ids),
        **_beside_the_rest(result),
    }


def _standardised(result: Result, force_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the share standardised for the mix of offences, and where it disagrees with the share as it is."""
    shares = [standardised(result).get(force_id, NONE) for force_id in force_ids]
    return {
        "standardised_value": [share.value for share in shares],
        "standardised_lower_95": [share.lower for share in shares],
        "standardised_upper_95": [share.upper for share in shares],
        "standardised_expected": [share.expected for share in shares],
        "standardised_disagrees": [";".join(disagreements(result, force_id)) for force_id in force_ids],
    }


def _beside_the_rest(result: Result) -> dict[str, list[float]]:
    """Return England and Wales without the force, and how far the force lies from it."""
    difference = difference_from_rest(result)
    return {
        "rest_value": rest_of(result).value.tolist(),
        "rest_difference": difference.value.tolist(),
        "rest_difference_lower_95": difference.lower.tolist(),
        "rest_difference_upper_95": difference.upper.tolist(),
    }


def _gaps_in_percent(result: Result, verdicts: Sequence[Verdict | None]) -> list[int | None]:
    """Return each gap as the sentence gives it, in whole percent of the England and Wales value; none for a change."""
    if result.measure.kind == "change":
        return [None] * len(verdicts)
    return [one.gap_percent if one else None for one in verdicts]


def _other_release(others: dict[str, Result], force_id: str) -> str:
    """Return each other release in which the sign or the verdict is another, with the value there; "" without any."""
    return "; ".join(f"{table}: {other.of(force_id).value!r}" for table, other in others.items())


def as_csv(rows: pd.DataFrame) -> str:
    """Return the values as CSV text: ranks whole, values as Python writes them, empty where missing.

    Counts are whole numbers; those in full-time equivalents keep their decimals. A text that a spreadsheet would run
    has an apostrophe before it.
    """
    return _as_csv(_cells(rows))


def as_csv_by(column: str, rows: pd.DataFrame) -> dict[str, str]:
    """Return the same of the rows of each entry of a column, by that entry, in their order."""
    return {str(one): _as_csv(cells) for one, cells in _cells(rows).groupby(rows[column], sort=False)}


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    return cells_of(rows.assign(**_whole_counts(rows)))


def _as_csv(cells: pd.DataFrame) -> str:
    return cells.to_csv(index=False, lineterminator="\n")


def as_json(rows: pd.DataFrame) -> str:
    """Return the values as a JSON list of objects; a missing value is null."""
    records = rows.assign(**_whole_counts(rows)).astype(object).where(rows.notna(), None).to_dict(orient="records")
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


def as_parquet(rows: pd.DataFrame, edition: Edition) -> bytes:
    """Return the values as a Parquet file: days as days, what is missing as null, texts as they are; one row group.

    It has no index of pandas and no clock: the same values are the same bytes.
    """
    schema = _arrow_schema(edition)
    columns = [pa.array(list(_held(rows[one.name], one.type == pa.date32())), one.type) for one in schema]
    pq.write_table(pa.table(columns, schema=schema), out := io.BytesIO(), compression="zstd", row_group_size=len(rows))
    return out.getvalue()


def _arrow_schema(edition: Edition) -> pa.Schema:
    """Return the columns of a Parquet file of values, each with its description, and what the file is."""
    columns = [
        pa.field(
            one.name, ARROW[one.type], nullable=not one.required, metadata={"title": one.title, "is": one.description}
        )
        for one in DICTIONARY.values()
    ]
    title, told = edition.data.marked(edition.title), what_this_is(edition.data)
    about = {"title": title, "description": told, "license": LICENCE, "rights": ATTRIBUTION}
    return pa.schema(columns, metadata=about)


def _held(column: pd.Series, is_day: bool) -> Iterator[object]:
    """Yield a column's cells, None for a missing one."""
    for cell, missing in zip(column.tolist(), column.isna(), strict=True):
        if missing or cell == "":
            yield None
        else:
            yield date.fromisoformat(cell) if is_day else cell


def _whole_counts(rows: pd.DataFrame) -> dict[str, pd.Series]:
    whole = ("numerator", "denominator", "members", *WHOLE)
    return {str(name): _counts(rows[name]) for name in rows.columns if str(name).endswith(whole)}


def _counts(column: pd.Series) -> pd.Series:
    held = column.dropna()
    if (held == held.round()).all():
        return column.astype("Int64")
    counts = [count if pd.isna(count) else _count(count) for count in column]
    return pd.Series(counts, index=column.index, dtype=object)  # of objects, or whole ones would be written as 966.0


def _count(count: float) -> int | float:
    number = without_noise(count)
    return int(number) if number == int(number) else float(number)
