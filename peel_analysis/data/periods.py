"""Quarters, financial years, 12-month windows and dates, and how quarters tile a window."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from peel_analysis.data.errors import InputError


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of time, first to last day. One day long, it is a date "as at" which something was counted."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period ends before it starts: {self.start} to {self.end}")

    @classmethod
    def parse(cls, start: str, end: str) -> "Period":
        """Return the period between two ISO dates."""
        return cls(date.fromisoformat(start), date.fromisoformat(end))

    @classmethod
    def months_to(cls, end: date, months: int) -> "Period":
        """Return the `months` whole months that end on `end`, the last day of a month."""
        after = end + timedelta(days=1)
        total = after.year * 12 + after.month - 1 - months
        return cls(date(total // 12, total % 12 + 1, 1), end)

    @property
    def is_date(self) -> bool:
        """True for a stock counted as at one day."""
        return self.start == self.end

    @property
    def months(self) -> int:
        """The number of whole months, counted by calendar; 0 for a date."""
        after = self.end + timedelta(days=1)
        return (after.year - self.start.year) * 12 + after.month - self.start.month

    @property
    def words(self) -> str:
        """The field's own words: "12 months to 30 June 2017" or "as at 1 July 2017"."""
        return f"{'as at' if self.is_date else f'{self.months} months to'} {day_in_words(self.end)}"


def is_day(text: object) -> bool:
    """Return True for a text that is a day as this project writes one: 2017-06-30."""
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def day_in_words(day: date) -> str:
    """Return "30 June 2017"."""
    return f"{day.day} {day:%B %Y}"


def twelve_months_to(end: date) -> Period:
    """Return the 12-month window that ends on `end`."""
    return Period.months_to(end, 12)


def quarter(financial_year: str, number: int) -> Period:
    """Return a quarter of a financial year: quarter 1 of "2016/17" is April to June 2016.

    Raises ValueError for a year or a number that is not one.
    """
    first, last = financial_year_start(financial_year), {1: (6, 30), 2: (9, 30), 3: (12, 31), 4: (3, 31)}
    if number not in last:
        raise ValueError(f"a financial year has quarters 1 to 4, not {number}")
    return Period.months_to(date(first + (number == 4), *last[number]), 3)


def financial_year(text: str) -> Period:
    """Return the financial year "2016/17" as a period: 1 April 2016 to 31 March 2017."""
    start_year = financial_year_start(text)
    return Period(date(start_year, 4, 1), date(start_year + 1, 3, 31))


def financial_year_start(text: str) -> int:
    """Return 2016 for "2016/17" (also "2016-17" and "2016_17"). Raises ValueError for anything else."""
    match = re.fullmatch(r"\s*(\d{4})\s*[/_-]\s*(\d{2}|\d{4})\s*", text)
    if not match or (int(match[1]) + 1) % 100 != int(match[2]) % 100:
        raise ValueError(f"not a financial year: {text!r} (expected one like 2016/17)")
    return int(match[1])


class GapError(InputError):
    """Sub-periods that do not tile a window exactly."""


def tiles(window: Period, periods: Iterable[Period]) -> list[Period]:
    """Return the periods that lie within `window`, in order, when they tile it exactly.

    Raises GapError that names the first day with no row or with more than one.
    """
    inside = sorted(period for period in set(periods) if window.start <= period.start and period.end <= window.end)
    expected = window.start
    for period in inside:
        if period.start > expected:
            break
        if period.start < expected:
            raise GapError(f"{window.words}: rows overlap on {period.start.isoformat()}")
        expected = period.end + timedelta(days=1)
    if expected != window.end + timedelta(days=1):
        raise GapError(f"{window.words}: no row for the period that starts on {expected.isoformat()}")
    return inside
