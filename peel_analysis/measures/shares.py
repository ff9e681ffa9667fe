"""The check of an edition's shares: a part is at most its whole."""

from collections.abc import Iterator

from peel_analysis.checks.rules import Finding, Result, rule
from peel_analysis.data.edition import Edition
from peel_analysis.data.periods import Period
from peel_analysis.data.settings import Rule
from peel_analysis.measures.declarations import declared
from peel_analysis.measures.engine import calculate
from peel_analysis.measures.result import Result as Calculated


def parts_of_whole(edition: Edition) -> Result:
    """Return the shares of an edition that are above the whole, of any force or of England and Wales.

    Measures of kind share are calculated in their window and in the one that stands beside it. Raises InputError where
    one of them cannot be calculated.
    """
    by = rule("shares")
    results = [calculate(one, edition) for one in declared() if one.kind == "share"]
    looked_at = sum(int(one.rows[["value", "comparator_value"]].notna().to_numpy().sum()) for one in results)
    findings = [
        finding
        for result in results
        for column, window in (("value", result.window), ("comparator_value", result.comparator_window))
        if window is not None
        for finding in _above(result, column, window, by)
    ]
    return Result(by, f"{looked_at:,} shares", tuple(findings))


def _above(result: Calculated, column: str, window: Period, by: Rule) -> Iterator[Finding]:
    most = by.thresholds["most_percent"]
    values = result.rows[column]
    for force_id, value in values[values > most].items():
        found = (
            f"{value:.1f}% of the whole; look at the numerator and denominator in data/measures.toml, and at the two "
            f"releases ({result.release})"
        )
        yield Finding(by.level, result.measure.id, found, str(force_id), window.words)
