"""`peel check`: what the checks find in the data folder, or in the tables of one edition."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peel_analysis.checks.records import Doubt
    from peel_analysis.checks.rules import Result
    from peel_analysis.data.edition import Edition
    from peel_analysis.data.periods import Period

ERRORS_IN_DATA = 2


def check(given: argparse.Namespace) -> int:
    """Print each check's rule and result; return 2 when a finding is an error. Queries are not errors.

    Raises InputError for a register or a declaration that cannot be used.
    """
    from peel_analysis.checks.checking import check as check_tables
    from peel_analysis.checks.checking import check_edition
    from peel_analysis.checks.completeness import incomplete
    from peel_analysis.checks.declarations import read_held
    from peel_analysis.checks.holdings import Holdings
    from peel_analysis.checks.matching import mismatched
    from peel_analysis.data.edition import editions, open_edition
    from peel_analysis.data.location import data_folder
    from peel_analysis.measures.calculation import check_measures

    chosen = [given.edition] if given.edition else editions()
    read_held(open_edition(edition_id) for edition_id in chosen)
    if not given.edition:
        return told(check_tables(Holdings(data_folder())))
    edition = open_edition(given.edition)
    code = told([*check_edition(edition), *check_measures(edition)])
    for name, find in (("incomplete", incomplete), ("not matching the crimes recorded", mismatched)):
        marked = list(_marked_records(edition, find))
        print(f"records of outcomes marked as {name} in edition {edition.id}: {len(marked) or 'none'}")
        for line in marked:
            print(line)
    return code


def told(results: "Sequence[Result]", *, brief: bool = False) -> int:
    """Print the results of checks; return the exit code."""
    from peel_analysis.checks.checking import errors, lines

    print("\n".join(lines(results, brief=brief)))
    return ERRORS_IN_DATA if errors(results) else 0


def _marked_records(edition: "Edition", find: "Callable[[Edition, Period], Mapping[str, Doubt]]") -> Iterator[str]:
    """Yield whose record is found in each window that a measure takes outcomes from, as the reports say it."""
    from peel_analysis import measures
    from peel_analysis.checks.records import OUTCOMES

    using = [measure for measure in measures.declared() if OUTCOMES in measure.numerator.items]
    names = dict.fromkeys(name for measure in using for name in (measure.window, measure.comparator) if name)
    for name in names:
        window = edition.window(name)
        for one in find(edition, window).values():
            yield f"  {window.words}: {one.sentence}"
