"""The data folder as commands tell of it: what it has to report on, what is wrong in it, what it falls short of."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from peel_analysis.checks.data_checks import check, check_edition, check_registers
from peel_analysis.checks.records import OUTCOMES, incomplete, mismatched
from peel_analysis.checks.rules import MADE, CheckResult, Finding, TablesHeld, read_made
from peel_analysis.comparison.sensitivity import hangs_on_release
from peel_analysis.data.cross_checks import reads_of_edition, reads_of_folder
from peel_analysis.data.definitions import Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import Faults
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import NUMBER_OF_FORCES, POPULATIONS_TABLE
from peel_analysis.data.registers import JUDGMENTS
from peel_analysis.data.settings import PUBLISHED_FILES, Rule
from peel_analysis.data.text import block, columns, enumerated, pairs, paragraph
from peel_analysis.measures import Result, calculate, calculate_all
from peel_analysis.measures.provenance import tables_behind
from peel_analysis.measures.result import check_results
from peel_analysis.show.values import of_results

CRIME = "crime"  # the window that names an edition's year
FILES = Rule(  # not in data/checks.toml: it is said of that file too
    id="files",
    level="error",
    rule="Every file can be read, and what it names is there, as a report of each edition needs it.",
    reason="A report is refused for a file or a row that it needs and that is wrong.",
)
Read = Callable[[], object]
Calculated = dict[Edition, Sequence[Result]]
RECORDS = (("incomplete", incomplete), ("not matching the crimes recorded", mismatched))
NOT_TOLD = "not to be told before the errors are mended"


def measures_table(data: Data) -> list[str]:
    """Return the measures as lines: a table with a row each, then why a measure has no figure in an edition.

    The column of an edition says for how many forces there is a figure. Raises InputError for data that cannot be used.
    """
    results = {name: {one.measure.id: one for one in calculate_all(data.edition(name))} for name in data.editions}
    head = ("measure", *results, "kind", "title", "unit", "of")
    rows = [
        (one.id, *(_forces(found[one.id]) for found in results.values()), one.kind, one.title, one.unit, _of(one))
        for one in data.measures
    ]
    table = columns([head, *rows], right=range(1, len(results) + 1))
    told = [f"An edition's column says for how many of the {len(data.forces.ids)} forces there is a figure."]
    return [*table, "", *told, *(line for name, found in results.items() for line in _without(name, found))]


def _of(measure: Measure) -> str:
    """Return what is counted and what that is divided by: "recorded crime / population"."""
    return " / ".join(filter(None, (measure.numerator.words, measure.denominator.words)))


def _forces(result: Result) -> str:
    """Return for how many forces there is a figure, in figures, or "none"."""
    return str(int(result.forces["value"].notna().sum()) or "none")


def _without(name: str, results: Mapping[str, Result]) -> Iterator[str]:
    """Yield, under the edition's name, each reason why measures have a figure of few forces or of none."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for measure_id, result in results.items():
        why = result.why_missing()
        if 2 * sum(len(force_ids) for *_, force_ids in why) > len(result.forces):  # of a few their own reports say why
            reasons[why[0][1]].append(measure_id)
    told = [line for why, ids in reasons.items() for line in paragraph(f"{', '.join(ids)}: {why}")]
    yield from block(f"No figure of most forces in edition {name}", told)


def editions_list(data: Data) -> list[str]:
    """Return the editions as lines, each with its title, window and what is held for it.

    Raises InputError for data that cannot be used.
    """
    return [line for name in data.editions for line in _edition(data.edition(name))]


def _edition(edition: Edition) -> list[str]:
    names, results = edition.forces.ids, list(calculate_all(edition))
    with_figures = [int(one.forces["value"].notna().sum()) for one in results]
    most = sum(2 * one > len(names) for one in with_figures)
    few = sum(0 < 2 * one <= len(names) for one in with_figures)
    found = [one for one in names if edition.findings(one)]
    judged = edition.register(JUDGMENTS)
    graded = judged.loc[judged["grade"] != "", "force_id"].nunique()
    programme = edition.programme.id if edition.programme else ""
    releases = [f"{item} {one.release}" for item, one in edition.releases.items()]
    told = pairs(
        [
            ("title", edition.title),
            ("window", f"{edition.window(CRIME).words} (recorded crime)"),
            ("measures", f"{most} of {len(results)} with a figure of most forces, {few} of a few alone"),
            ("findings", f"of {edition.forces.in_words(found)}" if found else "of no force"),
            ("grades", f"of {graded} forces, PEEL {programme}" if graded else "of no force"),
            ("releases", ", ".join(releases)),
        ]
    )
    return [*([] if edition.id == edition.data.editions[0] else [""]), edition.id, *(f"  {line}" for line in told)]


def check_folder(data: Data, edition_id: str | None = None) -> tuple[list[CheckResult], Calculated]:
    """Return what all checks find, and by edition, all or the one named, the results that could be calculated.

    Raises InputError only for an edition that the folder does not have: what is wrong in a file is a finding.
    """
    if edition_id is not None and edition_id not in data.editions:
        data.edition(edition_id)  # says which there are
    faults, looked_at = Faults(), 0
    for read in _reads_of_data(data):
        looked_at += 1
        faults.of(read)
    named = [edition_id] if edition_id is not None else data.editions
    editions = [one for name in named if (one := faults.of(data.edition, name)) is not None]
    of_rules: list[CheckResult] = []
    for checks in _rules_of(data, editions, whole=edition_id is None):
        of_rules += faults.of(checks) or []
    calculated: Calculated = {}
    for edition in editions:
        for read in _reads_of_edition(edition):
            looked_at += 1
            faults.of(read)
        calculated[edition] = _calculated(edition, faults)
    of_rules += faults.of(check_results, list(chain.from_iterable(calculated.values())), data) or []
    told = {finding.found for result in of_rules for finding in result.findings}  # such as a fault of a table of counts
    findings = tuple(Finding(FILES.level, "", fault) for fault in faults.found if fault not in told)
    files = CheckResult(FILES, f"{looked_at} files, tables and lists of names", findings)
    return [files, *of_rules], calculated


def _reads_of_data(data: Data) -> Iterator[Read]:
    """Yield what reads the folder besides its tables of counts, a register, a declaration or a list of names at a time.

    A folder without editions is one of counts alone: what it does not have, it does not need.
    """
    yield from reads_of_folder(data, whole=bool(data.editions))
    yield from (partial(read_made, data, *register) for register in MADE)


def _rules_of(data: Data, editions: Sequence[Edition], *, whole: bool) -> Iterator[Callable[[], list[CheckResult]]]:
    """Yield the stated rules: of the whole folder, or of the tables that one edition uses."""
    if whole:
        yield partial(check, TablesHeld(data))
    else:
        yield from (partial(check_edition, edition) for edition in editions)
    yield partial(check_registers, data, editions)


def _reads_of_edition(edition: Edition) -> Iterator[Read]:
    """Yield what reads, besides its measures, what an edition's reports rest on."""
    yield from reads_of_edition(edition)
    yield lambda: edition.populations
    yield lambda: edition.national_populations
    yield edition.sources
    yield lambda: [plan.notebook for plan in edition.sections]
    yield from (partial(edition.counts, item) for item in edition.releases)


def _calculated(edition: Edition, faults: Faults) -> Sequence[Result]:
    """Return the edition's results, those that can be had; what refuses each of the others is added to the faults."""
    results: Sequence[Result] | None = faults.of(calculate_all, edition)
    if results is None:
        measures = faults.of(lambda: edition.data.measures) or ()
        results = [one for measure in measures if (one := faults.of(calculate, measure, edition)) is not None]
    faults.of(of_results, results)
    return results


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
        if not result.has_values:
            yield f"{result.measure.id}: {_why(result.forces['status'], result.edition)}"


def _without_figure(results: Iterable[Result], edition: Edition) -> Iterator[str]:
    for result in results:
        missing = result.forces[result.forces["value"].isna()]
        if len(missing) and result.has_values:
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
        if table.table == POPULATIONS_TABLE and table.release in printed:
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
