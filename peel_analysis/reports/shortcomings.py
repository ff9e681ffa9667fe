"""What an edition's data fall short of: what is missing, in doubt, assumed, or cannot be made again, with its count."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from peel_analysis.checks.records import OUTCOMES, incomplete, mismatched
from peel_analysis.comparison.sensitivity import hangs_on_release
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import Faults
from peel_analysis.data.forces import NUMBER_OF_FORCES
from peel_analysis.data.settings import PUBLISHED_FILES
from peel_analysis.data.text import enumerated
from peel_analysis.measures import Result
from peel_analysis.measures.provenance import POPULATIONS, tables_behind

RECORDS = (("incomplete", incomplete), ("not matching the crimes recorded", mismatched))
NOT_TOLD = "not to be told before the errors are mended"


def shortcomings(edition: Edition, results: Sequence[Result]) -> Iterator[str]:
    """Yield, as lines for a terminal, what is incomplete, assumed, partial or not to be made again in an edition.

    What rests on a file that is wrong is said to be so.
    """
    yield f"edition {edition.id}: what is incomplete, assumed, partial or not to be made again from published files"
    for title, lines in (
        ("measures without a value", _without_values(results)),
        ("measures with forces that have no figure", _without_figure(results, edition)),
        ("measures with values that are marked", _marked(results, edition)),
        ("counts used that are not as reported", _counts(edition)),
        ("populations that are assumed or printed", _populations(edition, results)),
        ("tables that cannot be made again from the files as published", _tables(edition, results)),
        ("figures whose sign or verdict is another with another release held", _hanging(results, edition)),
    ):
        found: list[str] | None = Faults().of(list, lines)
        if found is None:
            yield f"  {title}: {NOT_TOLD}"
            continue
        yield f"  {title}: {len(found) or 'none'}"
        yield from (f"    {line}" for line in found)
    yield from Faults().of(list, _records(edition)) or (f"  records of outcomes: {NOT_TOLD}",)


def _without_values(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        if result.rows["value"].isna().all():
            yield f"{result.measure.id}: {_why(result.forces['status'], result.edition)}"


def _without_figure(results: Iterable[Result], edition: Edition) -> Iterator[str]:
    for result in results:
        missing = result.forces[result.forces["value"].isna()]
        if len(missing) and result.rows["value"].notna().any():
            counted = f"{len(missing)} of {NUMBER_OF_FORCES} ({_why(missing['status'], edition)})"
            few = len(missing) < NUMBER_OF_FORCES // 2
            named = f": {edition.forces.in_words(map(str, missing.index))}" if few else ""
            yield f"{result.measure.id}: {counted}{named}"


def _marked(results: Iterable[Result], edition: Edition) -> Iterator[str]:
    for result in results:
        held = result.forces[result.forces["value"].notna() & (result.forces["status"] != "reported")]
        for status, rows in held.groupby("status", sort=False):
            words = edition.data.statuses.words(str(status))
            yield f"{result.measure.id}: {len(rows)} {words}: {edition.forces.in_words(map(str, rows.index))}"


def _why(statuses: Iterable[str], edition: Edition) -> str:
    """Return how many have which status: "39 not public and 4 not supplied"."""
    counted = Counter(statuses).most_common()
    return enumerated(f"{number} {edition.data.statuses.words(status)}" for status, number in counted)


def _counts(edition: Edition) -> Iterator[str]:
    """Yield, for each table that the edition uses, how many of its counts are not simply reported, by status."""
    for source in {(one.item, one.release): None for one in edition.releases.values()}:
        found = edition.data.counts(*source)["status"].value_counts()
        if told := [f"{number} {status}" for status, number in found.items() if status != "reported"]:
            yield f"{' '.join(source)}: {enumerated(told)}"


def _populations(edition: Edition, results: Iterable[Result]) -> Iterator[str]:
    for force_id, one in edition.population_instead.items():
        yield f"{edition.forces.name(force_id)}: {one.sentence}"
    data = edition.data
    files = data.published_files.files if data.has(PUBLISHED_FILES) else ()
    printed = {vintage for one in files if (vintage := one.vintages[1])}
    for table in tables_behind(edition, results):
        if table.table == POPULATIONS and table.release in printed:
            yield f"vintage {table.release}: as printed, which is rounded, and not worked out"


def _tables(edition: Edition, results: Iterable[Result]) -> Iterator[str]:
    """Yield the tables behind the edition that data/published_files.toml says are not as the publisher gives them."""
    data = edition.data
    for table in tables_behind(edition, results):
        why = data.published_files.not_as_published(table.table, table.release) if data.has(PUBLISHED_FILES) else ""
        if not table.sha256:
            why = "data/provenance.csv does not say which file it is from"
        if why:
            yield f"{table.table} {table.release}: {why}"


def _hanging(results: Iterable[Result], edition: Edition) -> Iterator[str]:
    for result in results:
        for force_id, others in hangs_on_release(result).items():
            yield f"{result.measure.id}, {edition.forces.name(force_id)}: {enumerated(others)}"


def _records(edition: Edition) -> Iterator[str]:
    """Yield whose records of outcomes are marked, in each window of the measures that use them."""
    using = [measure for measure in edition.data.measures if OUTCOMES in measure.numerator.items]
    names = dict.fromkeys(name for measure in using for name in (measure.window, measure.comparator) if name)
    windows = [edition.window(name) for name in names]
    for words, find in RECORDS:
        marked = [(window, doubt) for window in windows for doubt in find(edition, window).values()]
        yield f"  records of outcomes marked as {words} in edition {edition.id}: {len(marked) or 'none'}"
        yield from (f"    {window.words}: {doubt.sentence}" for window, doubt in marked)
