"""All that a data folder declares besides its counts, read once: before reports are made, and by `peel check`."""

import difflib
from collections.abc import Callable, Iterable

from peel_analysis.comparison import peer_groups
from peel_analysis.comparison.peers import why_none
from peel_analysis.data import forces, registers
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.findings import check_findings
from peel_analysis.data.location import data_folder
from peel_analysis.data.registers import Register, read_register
from peel_analysis.measures import declared
from peel_analysis.measures.comparability import blocks
from peel_analysis.measures.exclusions import checked_register
from peel_analysis.measures.published import checked_published
from peel_analysis.sections.catalogue import catalogue
from peel_analysis.sections.judgments import OVERALL
from peel_analysis.statistics.policy_in_use import read_policy

NEARLY = 0.8  # as like a name that there is as this, a name is a slip; others may be of what is left out of a folder
MEASURES, SECTIONS, PEERS = "measures.toml", "sections.toml", "peer_sets.toml"
QUESTIONS = (registers.JUDGMENTS, registers.AREAS_FOR_IMPROVEMENT, registers.SECTIONS_INSPECTED)


def read_all(edition: Edition) -> None:
    """Read all that the edition's reports rest on besides counts. Raises InputError for the first thing wrong in it."""
    for register in registers.ALL:
        read_register(register)
    for read in REFERENCES.values():
        read()
    for _, read_of in OF_AN_EDITION:
        read_of(edition)


def read_held(editions: Iterable[Edition]) -> None:
    """Read what the data folder has of it for these editions; a folder may hold little but counts.

    Raises InputError for the first thing that is wrong.
    """
    from peel_analysis.data.published_files import published_files  # with the readers of workbooks: no report needs it

    folder = data_folder()
    for register in registers.ALL:
        if (folder / register.file).exists():
            read_register(register)
    for files, read in {**REFERENCES, ("published_files.toml",): published_files}.items():
        if all((folder / file).exists() for file in files):
            read()
    for edition in editions:
        for files, read_of in OF_AN_EDITION:
            if all((folder / file).exists() for file in files):
                read_of(edition)


def _check_caveats() -> None:
    """Refuse a caveat of a measure that there is not: it would be printed under no figure."""
    known = {"all", *(measure.id for measure in declared())}
    for row in registers.records(read_register(registers.CAVEATS)):
        if unknown := [name for name in row["applies_to"].split(";") if name not in known]:
            raise InputError(
                f"{registers.place_of(registers.CAVEATS, row)}: applies_to has '{unknown[0]}', which is no measure of "
                f"data/{MEASURES}{_meant(unknown[0], known)}; write ids with semicolons between, or all"
            )


def _check_questions() -> None:
    known = {OVERALL, *(plan.question for plan in catalogue() if plan.question)}
    for register in QUESTIONS:
        _refuse_slips(register, "question", known, f"data/{SECTIONS}")


def _check_breaks() -> None:
    items = {item for measure in declared() for item in measure.items}
    _refuse_slips(registers.SERIES_BREAKS, "item", items, f"data/{MEASURES}")


def _refuse_slips(register: Register, column: str, known: Iterable[str], where: str) -> None:
    """Refuse a name that is not among those of another file, and is nearly one of them."""
    for row in registers.records(read_register(register).drop_duplicates(column)):
        if row[column] not in known and (meant := _meant(row[column], known)):
            raise InputError(
                f"{registers.place_of(register, row)}: {column} is '{row[column]}', which {where} does not have{meant}"
            )


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=NEARLY)
    return f" (did you mean {near[0]}?)" if near else ""


def _check_peers(edition: Edition) -> None:
    """Read the peers of one force that has some: sets and lists are read whole for any."""
    if force_id := next((one for one in forces.ids() if not why_none(one)), ""):
        peer_groups(edition, force_id)


REFERENCES: dict[tuple[str, ...], Callable[[], object]] = {
    (MEASURES, "caveats.csv"): _check_caveats,
    (MEASURES, "series_breaks.csv"): _check_breaks,
    (MEASURES, SECTIONS, *(register.file for register in QUESTIONS)): _check_questions,
    (MEASURES, "comparability.toml"): blocks,
    ("wording_policy.toml",): read_policy,
}
OF_AN_EDITION: tuple[tuple[tuple[str, ...], Callable[[Edition], object]], ...] = (
    ((MEASURES, "exclusions.csv"), checked_register),
    ((MEASURES, "published_values.csv"), checked_published),
    ((PEERS, "force_areas.csv", "populations.csv"), _check_peers),
    (("findings",), check_findings),
)
