"""The values files of a run: each made once for all forces, and found again by the pages that they stand beside.

What makes them is imported where one has to be made: a page whose values are kept needs no tables.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from peel_analysis.data.edition import Edition
from peel_analysis.data.writing import kept_in, once

if TYPE_CHECKING:
    from peel_analysis.reports.values_file import EditionValues


class ValuesFiles(NamedTuple):
    """A force's values file, and the edition's as text and as Parquet."""

    of_force: bytes
    of_all: bytes
    parquet: bytes


def values_files(edition: Edition, force_id: str, kept: Path) -> ValuesFiles:
    """Return the values files of a force, from what a run has kept in a folder, or made and kept there.

    Raises InputError when a table does not answer.
    """
    with kept_in(kept):
        return ValuesFiles(
            once("values", (edition.key, force_id), lambda: _values_of(edition, kept).text(force_id).encode()),
            once("values", (edition.key, "all"), lambda: _values_of(edition, kept).of_all_forces().encode()),
            once("values", (edition.key, "parquet"), lambda: _values_of(edition, kept).parquet),
        )


@lru_cache(maxsize=1)
def _values_of(edition: Edition, _kept: Path) -> "EditionValues":
    """Return the values of an edition; the folder's name says from which data and by which package."""
    from peel_analysis.reports import values_file

    return values_file.values_of(edition)
