"""Which changes of an edition are counted in different releases of the same table, in a sentence."""

from peel_analysis.data.edition import Edition
from peel_analysis.measures.declarations import Measure, declared
from peel_analysis.measures.result import Result


def other_releases(result: Result) -> list[str]:
    """Return a sentence for each other change that the edition counts in another release of the same table.

    Empty for a measure that is no change. The releases are named as data/sources.csv names them.
    """
    measure, edition = result.measure, result.edition
    return [
        f"Both periods are counted in another release ({_words(measure, edition)}) than those of '{other.title}' "
        f"({_words(other, edition)}), so the counts of the same period can differ between the two."
        for other in declared()
        if other.kind == measure.kind == "change" and _differ(_tables(measure, edition), _tables(other, edition))
    ]


def _tables(measure: Measure, edition: Edition) -> dict[str, str]:
    """Return the release of each table that the measure's counts are from."""
    named = (edition.releases[item] for item in measure.numerator.items if item in edition.releases)
    return {source.item: source.release for source in named}


def _differ(tables: dict[str, str], others: dict[str, str]) -> bool:
    return any(others.get(item, release) != release for item, release in tables.items())


def _words(measure: Measure, edition: Edition) -> str:
    rows = edition.sources(measure.sources)
    return "; ".join(f"{row['title']}: {row['release']}" for row in rows)
