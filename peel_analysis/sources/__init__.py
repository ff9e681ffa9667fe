"""Readers of published files: one module a format. A file is known by what is in it, never by its name."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from peel_analysis.sources import data_return, outcomes, police_force_areas, recorded_crime, releases, workforce
from peel_analysis.sources.reading import Account, LeftOut, PrintedTotal, Reading
from peel_analysis.sources.sheets import Book, SourceError, open_book

__all__ = [
    "FORMATS",
    "Account",
    "Format",
    "LeftOut",
    "PrintedTotal",
    "Reading",
    "SourceError",
    "read",
    "recognise",
]


@dataclass(frozen=True)
class Format:
    """A published format: its name, how like it a file is, its reader, and which release a file says that it is.

    `may_lack_forces` says that the reader can be told of forces for which the publisher gives no rows.
    """

    name: str
    fits: Callable[[Book], tuple[int, int]]
    read: Callable[..., Reading]
    release: Callable[[Book], str]
    may_lack_forces: bool = True


def _area_release(book: Book) -> str:
    return releases.of_year_ending(book, police_force_areas.kind)


def _workforce_release(book: Book) -> str:
    return releases.of_day(book, workforce.workers)


FORMATS = (
    Format(recorded_crime.FORMAT, recorded_crime.fits, recorded_crime.read, releases.of_cover),
    Format(outcomes.FORMAT, outcomes.fits, outcomes.read, releases.of_cover),
    Format(police_force_areas.FORMAT, police_force_areas.fits, police_force_areas.read, _area_release),
    Format(workforce.FORMAT, workforce.fits, workforce.read, _workforce_release),
    Format(data_return.FORMAT, data_return.fits, data_return.read, lambda book: "", may_lack_forces=False),
)


def recognise(book: Book | Path) -> Format:
    """Return the format of a file, by its sheets' titles and headings.

    A heading that lacks a column still shows which format is meant, so that its reader can say what is missing.
    Raises SourceError, naming what each sheet starts with, for a file that is like none of the formats.
    """
    opened = open_book(book) if isinstance(book, Path) else book
    likely = [(fits, known) for known in FORMATS if (fits := known.fits(opened))[1]]
    if likely:
        return max(likely, key=lambda pair: pair[0])[1]
    starts = []
    for sheet in opened.sheets[:5]:
        cell = next((cell for row in sheet.top for cell in row if cell), "nothing")
        starts.append(f"{sheet.place(0).removeprefix(opened.file + ', ')} starts with {cell[:60]!r}")
    names = "; ".join(known.name for known in FORMATS)
    raise SourceError(f"{opened.file}: not a format known here ({'; '.join(starts)}); the formats are: {names}")


def read(path: Path, release: str, not_supplied: Collection[str] = ()) -> Reading:
    """Return the counts and populations of a published file of any known format, with the account of the reading.

    `not_supplied` are the ids of forces that the publisher says gave no figures. Raises SourceError or TableError,
    which name file, sheet and cell, for a file that is not understood or understood in part.
    """
    book = open_book(path)
    known = recognise(book)
    if known.may_lack_forces and not_supplied:
        return known.read(book, release, not_supplied=not_supplied)
    return known.read(book, release)
