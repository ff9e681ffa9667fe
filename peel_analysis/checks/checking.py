"""All checks on some tables, and on those that an edition uses."""

from collections.abc import Iterable, Iterator, Sequence

from peel_analysis.checks import notes, outcomes, tables
from peel_analysis.checks.holdings import Holdings, Key
from peel_analysis.checks.records import CRIMES, OUTCOMES
from peel_analysis.checks.rules import Result
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError


def check(holdings: Holdings, keys: Sequence[Key] | None = None, paired: outcomes.Pairs | None = None) -> list[Result]:
    """Return the results of all checks on the tables named (by default all), in the order of data/checks.toml.

    Each table of outcomes is set against the recorded crime in `paired`, else the latest release that has its quarters.
    """
    first, passed = tables.shape(holdings, keys if keys is not None else holdings.tables())
    results = [first, *(one(holdings, passed) for one in tables.TABLE_CHECKS)]
    beside = outcomes.pairs(holdings, passed, paired)
    results += [
        notes.noted(holdings, passed),
        outcomes.parts_within_whole(holdings, beside),
        outcomes.completeness(holdings, beside),
        outcomes.not_yet_assigned(holdings, beside),
        outcomes.outcome_types(holdings, beside),
    ]
    return results


def check_edition(edition: Edition) -> list[Result]:
    """Return the results of all checks on the tables that an edition uses, outcomes against its own recorded crime."""
    holdings = Holdings(edition.folder)
    used = {item: (source.item, source.release) for item, source in edition.releases.items()}
    stored = set(holdings.tables())
    for item, key in used.items():
        if key not in stored:
            raise InputError(f"{edition.file}: {item} is to come from {'/'.join(key)}, which data/counts does not hold")
    paired = {used[OUTCOMES]: used[CRIMES]} if OUTCOMES in used and CRIMES in used else {}
    return check(holdings, sorted(set(used.values())), paired)


def errors(results: Iterable[Result]) -> int:
    """Return how many findings are errors."""
    return sum(result.number("error") for result in results)


def lines(results: Sequence[Result], *, brief: bool = False) -> Iterator[str]:
    """Yield the results as lines for a terminal, and a last line with the numbers of errors and queries."""
    for result in results:
        yield from result.lines(brief=brief)
    queries = sum(result.number("query") for result in results)
    yield f"{errors(results)} errors, {queries} queries; a query is for a person to look at, and is no error"
