"""The published formats: which one a file is, told by what is in it and never by its name, and which release it is."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from peel_analysis.sources import data_return, open_data, police_force_areas, workforce
from peel_analysis.sources.area_tables import YEAR_ENDING, title, year_to
from peel_analysis.sources.reading import Reading
from peel_analysis.sources.sheets import Book, Sheet, SourceError, open_book

PUBLISHED = re.compile(r"publish|release|last updated|date of", re.IGNORECASE)
LATER = re.compile(r"\bnext\b|\bwill be\b", re.IGNORECASE)  # a cover announces the release after this one
OPEN_ENDED = re.compile(r"\s*(?:\[[^\]]*\]\s*)?(?:onwards|and later)", re.IGNORECASE)


@dataclass(frozen=True)
class Format:
    """A published format: its name, how like it a file is, its reader, and which release a file says that it is.

    `reader` is its name in data/published_files.toml. `may_lack_forces` says that the reader can be told of forces for
    which the publisher gives no rows, `has_vintages` that the file holds populations.
    """

    name: str
    is_like: Callable[[Book], tuple[int, int]]
    reads: Callable[..., Reading]
    release: Callable[[Book], str]
    reader: str = ""
    may_lack_forces: bool = True
    has_vintages: bool = False

    def read(
        self, book: Book, release: str, not_supplied: Collection[str] = (), vintages: tuple[str, str] = ("", "")
    ) -> Reading:
        """Return what the file holds, under the release named.

        `not_supplied` are the ids of forces that the publisher says gave no figures, and `vintages` the names for
        populations that a workbook gives by its rates and for those that it prints.
        """
        options: dict[str, object] = {"not_supplied": not_supplied} if self.may_lack_forces else {}
        return self.reads(book, release, **options, **({"vintages": vintages} if self.has_vintages else {}))


def recognise(book: Book) -> Format:
    """Return the format of a file, by its sheets' titles and headings.

    A heading that lacks a column still shows which format is meant, so that its reader can say what is missing.
    Raises SourceError, naming what each sheet starts with, for a file that is like none of the formats.
    """
    likely = [(likeness, known) for known in FORMATS if (likeness := known.is_like(book))[1]]
    if likely:
        return max(likely, key=lambda pair: pair[0])[1]
    starts = []
    for sheet in book.sheets[:5]:
        cell = next((cell for row in sheet.top for cell in row if cell), "nothing")
        starts.append(f"{sheet.place(0).removeprefix(book.file + ', ')} starts with {cell[:60]!r}")
    names = "; ".join(known.name for known in FORMATS)
    raise SourceError(f"{book.file}: not a format known here ({'; '.join(starts)}); the formats are: {names}")


def read(path: Path, release: str, not_supplied: Collection[str] = ()) -> Reading:
    """Return the counts and populations of a published file of any known format, with the account of the reading.

    `not_supplied` are the ids of forces that the publisher says gave no figures. Raises SourceError or TableError,
    which name file, sheet and cell, for a file that is not understood or understood in part.
    """
    book = open_book(path)
    return recognise(book).read(book, release, not_supplied)


def _release_of_area_tables(book: Book) -> str:
    """Return the month of the latest "year ending March 2018" in the titles of the tables read, or "": "2018-03"."""
    read = [sheet for sheet in book.sheets if police_force_areas.kind(sheet)]
    return _latest(year for sheet in read for year in _years_ending(title(sheet)))


def _release_of_workforce(book: Book) -> str:
    """Return the month of the latest "30 September 2018" in the titles of the tables read, or "": "2018-09"."""
    read = [sheet for sheet in book.sheets if workforce.workers(sheet)]
    return _latest(day for sheet in read for day in workforce.days(title(sheet)))


def _release_on_cover(book: Book) -> str:
    """Return the month in which a cover or notes say the file was published, else of the year it covers, or "".

    "Year ending March 2013 onwards" names the first year of many, so it is no release.
    """
    covers = [sheet for sheet in book.sheets if len(sheet.top) < 2 or not _is_table(sheet)]
    lines = [" ".join(filter(None, row)) for sheet in covers for row in sheet.top]
    said = [line for line in lines if PUBLISHED.search(line) and not LATER.search(line)]
    days = _latest(day for line in said for day in workforce.days(line))
    return days or _latest(year for line in lines for year in _years_ending(line))


def _is_table(sheet: Sheet) -> bool:
    """Return True for a sheet that is rows of data from its top on, as the sheets of open data are."""
    return sum(len([cell for cell in row if cell]) > 4 for row in sheet.top) > 5


def _years_ending(text: str) -> Iterator[date]:
    for match in YEAR_ENDING.finditer(text):
        year = year_to(match[0])
        if year and not OPEN_ENDED.match(text, match.end()):
            yield year


def _latest(dates: Iterable[date]) -> str:
    latest = max(dates, default=None)
    return f"{latest:%Y-%m}" if latest else ""


FORMATS = (
    Format(open_data.CRIME_FORMAT, open_data.is_like_crime, open_data.read_crime, _release_on_cover, "recorded crime"),
    Format(
        open_data.OUTCOMES_FORMAT, open_data.is_like_outcomes, open_data.read_outcomes, _release_on_cover, "outcomes"
    ),
    Format(
        police_force_areas.FORMAT,
        police_force_areas.is_like,
        police_force_areas.read,
        _release_of_area_tables,
        "police force areas",
        has_vintages=True,
    ),
    Format(workforce.FORMAT, workforce.is_like, workforce.read, _release_of_workforce, "workforce"),
    Format(data_return.FORMAT, data_return.is_like, data_return.read, lambda book: "", may_lack_forces=False),
)
