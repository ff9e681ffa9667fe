"""The marks and the words of a value's status, as data/statuses.csv has them, and the key under a table."""

from collections.abc import Iterable

from markupsafe import Markup

from peel_analysis.data.folder import open_data
from peel_analysis.show.templates import piece


def mark(status: str) -> str:
    """Return a status's mark in a table: "[x]", "[e]" or nothing."""
    return open_data().statuses.mark(status)


def status_in_words(status: str) -> str:
    """Return a status as a sentence names it: "not public", "incomplete record"; nothing for a reported value."""
    return open_data().statuses.words(status)


def marked() -> list[str]:
    """Return the statuses of values that are shown with a mark: partial returns, estimates, records in doubt."""
    return list(open_data().statuses.marked)


def key_to_marks(statuses: Iterable[str]) -> Markup:
    """Return the key to the marks of these statuses as an HTML paragraph, or nothing when there are none."""
    meanings: dict[str, list[str]] = {}
    for status in statuses:
        meanings.setdefault(mark(status), []).append(status_in_words(status))
    words = "; ".join(f"{sign} {' or '.join(dict.fromkeys(meaning))}" for sign, meaning in meanings.items() if sign)
    return piece("paragraph", "key", f"Key: {words}.") if words else Markup()
