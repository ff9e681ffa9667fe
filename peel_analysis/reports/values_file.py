"""The values file beside a report: every number that the report says, with the rows about its force first."""

from collections.abc import Iterable
from dataclasses import dataclass

from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.measures import Result, calculate_all
from peel_analysis.measures.outcome_groups import MEASURE, Outcomes, outcomes_of
from peel_analysis.measures.series import Series
from peel_analysis.reports import further_values
from peel_analysis.reports.further_values import Further
from peel_analysis.show import values


@dataclass(frozen=True)
class EditionValues:
    """What the values files of an edition's reports are made from, calculated once for all of them.

    `rows` are CSV rows by force, `further` those that no force has to itself; the others hold all forces.
    """

    edition: Edition
    rows: dict[str, str]
    further: str
    lines: tuple[tuple[Result, Series], ...]
    outcomes: Outcomes | None
    results: tuple[Result, ...]

    def text(self, force_id: str) -> str:
        """Return the values file of a force's report.

        The force comes first, then England and Wales, then the numbers that sentences say beside the measures' values,
        then the other forces, which figures and tables show too.
        """
        shares = further_values.shares(self.outcomes, force_id) if self.outcomes else ()
        beside = further_values.peer_means(self.edition, self.results, force_id)
        own = (*further_values.points(self.lines, force_id), *beside, *shares)
        first = (self.rows[force_id], self.rows[ENGLAND_AND_WALES], _rows(self.edition, own), self.further)
        others = (rows for name, rows in self.rows.items() if name not in (force_id, ENGLAND_AND_WALES))
        return "".join((",".join(values.COLUMNS), "\n", *first, *others))


def values_of(edition: Edition) -> EditionValues:
    """Return what an edition's values files are made from. Raises InputError when a table does not answer."""
    results = calculate_all(edition)
    by_force = values.of_results(results).groupby("force_id", sort=False)
    of_all = (
        *further_values.medians(results),
        *further_values.funnels(results),
        *further_values.flags(edition, results),
    )
    return EditionValues(
        edition=edition,
        rows={str(force_id): _without_heading(values.as_csv(rows)) for force_id, rows in by_force},
        further=_rows(edition, of_all),
        lines=tuple(further_values.lines_of(results)),
        outcomes=outcomes_of(edition) if any(result.measure.id == MEASURE for result in results) else None,
        results=results,
    )


def _rows(edition: Edition, every: Iterable[Further]) -> str:
    return _without_heading(values.as_csv(further_values.table(edition, every)))


def _without_heading(text: str) -> str:
    return text.partition("\n")[2]
