"""The counts of an open data file: its rows summed by force, dimension and quarter, and those left out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data import forces
from peel_analysis.sources.headings import Heading
from peel_analysis.sources.open_data import BLANK_ROW, Rows
from peel_analysis.sources.reading import LeftOut, Reading, reading_of
from peel_analysis.sources.sheets import Book, SourceError

KEYS = ["force_id", "dimension", "period_start", "period_end"]


@dataclass
class Tallies:
    """What the sheets of one file have given so far; `places` says by quarter which sheet holds it."""

    parts: list[pd.DataFrame] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    rows_read: int = 0

    def begin(self, rows: Rows) -> None:
        """Count a sheet's rows, and note its quarters. Raises SourceError for one that an earlier sheet holds too."""
        here = rows.heading.sheet.place(rows.heading.row)
        kept = rows.reason == ""
        for start, end in sorted(set(zip(rows.start[kept], rows.end[kept], strict=True))):
            if (start, end) in self.places:
                before = self.places[start, end]
                raise SourceError(f"{here}: holds {start} to {end}, as {before} does; take out one of the two")
            self.places[start, end] = here
        self.rows_read += len(rows.reason)

    def leave_out(self, rows: Rows, values: npt.NDArray[np.object_] | None) -> None:
        """Add a sheet's rows left out to those of other sheets, by reason, with what they count."""
        codes, reasons = pd.factorize(rows.reason)
        numbers = np.bincount(codes)
        totals = None if values is None else np.bincount(codes, weights=np.nan_to_num(values.astype(float)))
        for position, reason in enumerate(reasons):
            if not reason:
                continue
            before = self.left_out.get(reason, LeftOut(0))
            total = None if totals is None or reason == BLANK_ROW else int(totals[position]) + (before.total or 0)
            self.left_out[reason] = LeftOut(before.rows + int(numbers[position]), total)

    def add(
        self,
        rows: Rows,
        dimension: npt.NDArray[np.object_],
        values: npt.NDArray[np.object_],
        item: str,
        release: str,
    ) -> None:
        """Add the counts of one item, summed over the rows that are kept."""
        kept = np.flatnonzero(rows.reason == "")
        table = pd.DataFrame(
            {
                "force_id": pd.Categorical(rows.force[kept]),
                "dimension": pd.Categorical(dimension[kept]),
                "period_start": pd.Categorical(rows.start[kept]),
                "period_end": pd.Categorical(rows.end[kept]),
                "count": values[kept].astype(float),
            }
        )
        sums = table.groupby(KEYS, observed=True, sort=True)["count"].sum().reset_index()
        self.parts.append(sums.assign(item=item, status="reported", release=release))

    def reading(
        self,
        book: Book,
        format_name: str,
        release: str,
        found: Sequence[Heading],
        not_supplied: Collection[str],
        notes: Sequence[str] = (),
    ) -> Reading:
        """Return what was read of all sheets. Raises SourceError for a force without rows not in `not_supplied`."""
        table = self._complete(not_supplied)
        return reading_of(
            book,
            format_name,
            release,
            table,
            sheets_read=[heading.sheet for heading in found],
            rows_read=self.rows_read,
            left_out=self.left_out,
            forces=table.loc[table["count"].notna(), "force_id"].nunique(),
            notes=notes,
        )

    def _complete(self, not_supplied: Collection[str]) -> pd.DataFrame:
        """Return the counts with a blank row, status not_supplied, for each force that is said to give no figures."""
        counts = shape.combine(self.parts)
        added: list[pd.DataFrame] = []
        for key, part in counts.groupby(["item", "period_start", "period_end"], observed=True):
            _, start, end = map(str, key)
            missing = [force_id for force_id in forces.ids() if force_id not in set(part["force_id"])]
            if unexplained := [force_id for force_id in missing if force_id not in not_supplied]:
                raise SourceError(
                    f"{self.places[start, end]}: no row for {forces.in_words(unexplained)} in {start} to {end}; "
                    "take the file as published, or say with --not-supplied that the force gave no figures"
                )
            for force_id in missing:
                rows = part.drop_duplicates("dimension").assign(force_id=force_id, status="not_supplied")
                added.append(rows.assign(count=pd.Series(pd.NA, index=rows.index, dtype="Int64")))
        return shape.combine([counts, *added])
