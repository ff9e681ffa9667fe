"""Whether what one file of a data folder names, another has: all that is declared besides counts, read at once."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

from peel_analysis.data import registers
from peel_analysis.data.declarations import named
from peel_analysis.data.definitions import MEASURES, Measures
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import Faults
from peel_analysis.data.files import meant
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import AREAS, POPULATIONS
from peel_analysis.data.programmes import PROGRAMMES
from peel_analysis.data.registers import PUBLISHED_VALUES, SERIES_BREAKS, Register
from peel_analysis.data.settings import PEER_SETS, PUBLISHED_FILES

NEARLY = 0.8  # as like a name that there is as this, a name is a slip; others may be of what is left out of a folder
QUESTIONS = (registers.AREAS_FOR_IMPROVEMENT, registers.SECTIONS_INSPECTED)  # judgments are checked as they are read
FROM_FIGURE, FROM_NATIONAL = "excluded_from_figure", "excluded_from_national"
LONGEST_CODE = 5  # letters of a force's code on the map: what fits into a tile of a phone
CASES_REVIEWED = "_n"  # the published id of the number of cases behind a share of cases


def read_all(edition: Edition) -> None:
    """Read all that the edition's reports rest on besides counts. Raises InputError for what is wrong in one file."""
    for read in (*reads_of_folder(edition.data, whole=True), *reads_of_edition(edition)):
        read()


def reads_of_folder(data: Data, *, whole: bool) -> Iterator[Callable[[], object]]:
    """Yield what reads each register and declaration of the folder, and sets what it names against the other files.

    Unless it has to be `whole`, only what it has is read. Only the file of published files may always be missing: no
    report needs it.
    """
    for register in registers.ALL:
        if whole or data.has(register.file):
            yield partial(data.register, register)
    for name, files in Data.declarations().items():
        if all(map(data.has, files)) or (whole and PUBLISHED_FILES not in files):
            yield partial(getattr, data, name)
    for files, read in OF_A_FOLDER.items():
        if whole or all(map(data.has, files)):
            yield partial(read, data)


def reads_of_edition(edition: Edition) -> Iterator[Callable[[], object]]:
    """Yield what reads an edition's own files, and sets what they name against the others."""
    for read in OF_AN_EDITION:
        yield partial(read, edition)


def _check_caveats(data: Data) -> None:
    """Refuse a caveat of a measure that there is not: it would be printed under no figure."""
    known = ("all", *data.measures.ids)
    with Faults() as faults:
        for row in data.records(registers.CAVEATS):
            place = data.place_of(registers.CAVEATS, row)
            faults.of(named, row["applies_to"].split(";"), place, "applies_to", known, f"data/{MEASURES}")


def _check_outcome_types(data: Data) -> None:
    """Refuse a measure of several outcome types, which names them, whose types have no words."""
    known = {row["outcome_type"] for row in data.records(registers.OUTCOME_GROUPS)}
    with Faults() as faults:
        for measure in data.measures:
            place, types = f"data/{MEASURES}, measure '{measure.id}'", measure.numerator.dimensions
            named_types = types if measure.numerator.version else ()
            faults.of(named, named_types, place, "dimensions", known, registers.OUTCOME_GROUPS.where)


def _check_questions(data: Data) -> None:
    with Faults() as faults:
        for register in QUESTIONS:
            rows, known = data.records(register), data.programmes.question_ids
            faults.of(_refuse_slips, data, register, rows, "question", known, PROGRAMMES)


def _check_breaks(data: Data) -> None:
    items = {item for measure in data.measures for item in measure.items}
    _refuse_slips(data, SERIES_BREAKS, data.records(SERIES_BREAKS), "item", items, MEASURES)


def _check_tile_map(data: Data) -> None:
    """Refuse a map that lacks a force, or on which two have one place or one code, or a code is too long for a tile."""
    register, taken = registers.TILE_MAP, dict[tuple[str, ...], str]()
    rows = data.records(register)
    with Faults() as faults:
        for row in rows:
            place, force_id, code = data.place_of(register, row), row["force_id"], row["code"]
            for what in ((row["column"], row["row"]), (code,)):
                if (other := taken.setdefault(what, force_id)) != force_id:
                    named = "the code" if what == (code,) else "the column and row"
                    faults.add([f"{place}: {force_id} has {named} of {other}; give each force its own"])
            if not 0 < len(code) <= LONGEST_CODE:
                faults.add([f"{place}: the code is '{code}'; write 1 to {LONGEST_CODE} letters"])
        if missing := sorted(set(data.forces.ids) - {row["force_id"] for row in rows}):
            faults.add([f"{register.where}: no place for {', '.join(missing)}; add a row for each force"])


def _refuse_slips(
    data: Data, register: Register, rows: Sequence[Mapping[str, str]], column: str, known: Collection[str], file: str
) -> None:
    """Refuse a name that is not among those of another file, and is nearly one of them."""
    with Faults() as faults:
        for row in {row[column]: row for row in reversed(rows)}.values():  # the first of each name
            if row[column] not in known and (near := meant(row[column], known, NEARLY)):
                found = f"{column} is '{row[column]}', which data/{file} does not have"
                faults.add([f"{data.place_of(register, row)}: {found}; did you mean {near}?"])


def _check_peers(data: Data) -> None:
    """Read the sets of peers and, where a force has any, the areas and a user's lists, which are whole for all."""
    with Faults() as faults:
        if set(data.forces.ids).difference(data.peer_sets.without):
            faults.of(lambda: data.areas)
            faults.of(lambda: data.peer_lists)


def checked_exclusions(edition: Edition) -> tuple[Mapping[str, str], ...]:
    """Return the edition's exclusions, checked: every measure and force exists, and every row has its reason."""
    years = frozenset(str(window.end.year) for window in edition.windows.values()) | {"all"}
    edition.data.cached(("exclusions", edition.id, years), lambda: _check_exclusions(edition, years))
    return edition.records(registers.EXCLUSIONS)


def _check_exclusions(edition: Edition, years: Collection[str]) -> None:
    with Faults() as faults:
        for row in edition.records(registers.EXCLUSIONS):
            if wrong := _wrong(row, edition, edition.data.measures, years):
                who = f"{row['measure_id']}, {row['period_year']}, {row['force_id']}"
                faults.add([f"{edition.data.place_of(registers.EXCLUSIONS, row)}: {who}: {wrong}"])


def _wrong(row: Mapping[str, str], edition: Edition, measures: Measures, years: Collection[str]) -> str:
    """Return what is wrong with a row of the register and how to put it right, or ""; in `all` editions any year is."""
    if row["measure_id"] not in measures:
        return f"no measure '{row['measure_id']}'; use an id of data/{MEASURES}"
    if row["edition"] == edition.id and row["period_year"] not in years:
        return f"no window of edition {row['edition']} ends in that year; use one of {', '.join(sorted(years))}"
    items = measures.get(row["measure_id"]).numerator.items
    if unknown := [part for part in row["components"].split(";") if part and part not in items]:
        return f"the measure does not count '{unknown[0]}'; use one of {', '.join(items)}"
    if row["force_id"] not in edition.forces.ids:
        return f"no force '{row['force_id']}'; use an id of data/forces.csv"
    if not row["reason"]:
        return "the reason is empty; say why, it is printed"
    if row["effect"] in (FROM_FIGURE, FROM_NATIONAL) and not row["missing_because"]:
        return "missing_because is empty; use not_supplied or not_comparable"
    return ""


def checked_published(edition: Edition) -> tuple[Mapping[str, str], ...]:
    """Return the edition's published values, of measures and of what else the report prints, such as survey sizes.

    Raises InputError for an id that is no measure's and nearly one: its value would be shown nowhere.
    """
    edition.data.cached(("published", edition.id), lambda: _check_published(edition))
    return edition.records(PUBLISHED_VALUES)


def _check_published(edition: Edition) -> None:
    known = [name for one in edition.data.measures.ids for name in (one, one + CASES_REVIEWED)]
    rows = edition.records(PUBLISHED_VALUES)
    _refuse_slips(edition.data, PUBLISHED_VALUES, rows, "measure_id", known, MEASURES)


def _check_findings(edition: Edition) -> None:
    """Read all findings of the edition, and refuse a file that is of no force."""
    with Faults() as faults:
        for path in sorted(edition.data.path(f"findings/{edition.id}").glob("*.md")):
            if path.stem not in edition.forces.ids:
                where = f"data/findings/{edition.id}/{path.name}"
                faults.add([f"{where}: no force '{path.stem}'; name the file after an id of data/forces.csv"])
            else:
                faults.of(edition.findings, path.stem)


OF_A_FOLDER: dict[tuple[str, ...], Callable[[Data], object]] = {
    (MEASURES, registers.CAVEATS.file): _check_caveats,
    (MEASURES, SERIES_BREAKS.file): _check_breaks,
    (MEASURES, registers.OUTCOME_GROUPS.file): _check_outcome_types,
    tuple(register.file for register in QUESTIONS): _check_questions,
    (PEER_SETS, AREAS, POPULATIONS): _check_peers,
    (registers.TILE_MAP.file,): _check_tile_map,
}
OF_AN_EDITION: tuple[Callable[[Edition], object], ...] = (checked_exclusions, checked_published, _check_findings)
