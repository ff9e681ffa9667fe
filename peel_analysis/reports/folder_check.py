"""All checks of a data folder: the stated rules, and everything that a report would refuse, not the first alone."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain

from peel_analysis.checks.data_checks import check, check_edition, check_registers
from peel_analysis.checks.rules import MADE, CheckResult, Finding, TablesHeld, read_made
from peel_analysis.data.cross_checks import reads_of_edition, reads_of_folder
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import Faults
from peel_analysis.data.folder import Data
from peel_analysis.data.settings import Rule
from peel_analysis.measures import Result, calculate, calculate_all
from peel_analysis.measures.result import check_results
from peel_analysis.show.values import of_results

FILES = Rule(  # not in data/checks.toml: it is said of that file too
    id="files",
    level="error",
    rule="Every file can be read, and what it names is there, as a report of each edition needs it.",
    reason="A report is refused for a file or a row that it needs and that is wrong.",
)
Read = Callable[[], object]


Calculated = dict[Edition, Sequence[Result]]


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
