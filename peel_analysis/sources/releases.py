"""Which release a file says that it is: the month in its titles or on its cover, or nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from peel_analysis.sources.area_tables import YEAR_ENDING, title, year_to
from peel_analysis.sources.sheets import Book, Sheet
from peel_analysis.sources.workforce import days

IsRead = Callable[[Sheet], object]  # a cover or a corrections sheet names other months
PUBLISHED = re.compile(r"publish|release|last updated|date of", re.IGNORECASE)
LATER = re.compile(r"\bnext\b|\bwill be\b", re.IGNORECASE)  # a cover announces the release after this one
OPEN_ENDED = re.compile(r"\s*(?:\[[^\]]*\]\s*)?(?:onwards|and later)", re.IGNORECASE)


def of_year_ending(book: Book, is_read: IsRead) -> str:
    """Return the month of the latest "year ending March 2018" in the titles of the tables read, or "": "2018-03"."""
    return _latest(year for sheet in book.sheets if is_read(sheet) for year in _years_ending(title(sheet)))


def of_day(book: Book, is_read: IsRead) -> str:
    """Return the month of the latest "30 September 2018" in the titles of the tables read, or "": "2018-09"."""
    return _latest(day for sheet in book.sheets if is_read(sheet) for day in days(title(sheet)))


def of_cover(book: Book) -> str:
    """Return the month in which a cover or notes say the file was published, else of the year it covers, or "".

    "Year ending March 2013 onwards" names the first year of many, so it is no release.
    """
    covers = [sheet for sheet in book.sheets if len(sheet.top) < 2 or not _is_table(sheet)]
    lines = [" ".join(filter(None, row)) for sheet in covers for row in sheet.top]
    said = [day for line in lines if PUBLISHED.search(line) and not LATER.search(line) for day in days(line)]
    return _latest(said) or _latest(year for line in lines for year in _years_ending(line))


def _is_table(sheet: Sheet) -> bool:
    """Return True for a sheet that is rows of data from its top on, as the sheets of open data are."""
    return sum(len([cell for cell in row if cell]) > 4 for row in sheet.top) > 5


def _years_ending(text: str) -> Iterator[date]:
    for match in YEAR_ENDING.finditer(text):
        year = year_to(match[0])
        if year and not OPEN_ENDED.match(text, match.end()):
            yield year


def _latest(found: Iterator[date] | list[date]) -> str:
    dates = list(found)
    return f"{max(dates):%Y-%m}" if dates else ""
