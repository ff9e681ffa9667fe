"""Where a value comes from: tables and their source files, the measure's rule, members and the code."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from peel_analysis import __version__
from peel_analysis.data.definitions import Measure
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import rows_of
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.measures.result import Result

WORDS = ("title", "tile", "caption", "reading", "window_note", "sources")  # what a declaration says, not calculates
DEFINED_FIRST = ("id", "kind", "unit", "decimals", "window", "numerator", "denominator", "multiplier")  # when printed
SHORT = 8
TABLE_COLUMNS = ("table", "release", "publisher", "title", "release_words", "source_file", "sha256")
POPULATIONS = "populations"
PROVENANCE = "provenance.csv"
PROVENANCE_COLUMNS = ("source_sha256", "rule", "code_version", "member_list")


@dataclass(frozen=True)
class Table:
    """A table behind a value and the file that it was made from; what data/provenance.csv does not say is empty."""

    table: str
    release: str
    publisher: str = ""
    title: str = ""
    release_words: str = ""
    source_file: str = ""
    sha256: str = ""

    @property
    def file(self) -> str:
        """The table's own file in the data folder, as a message names it."""
        of_counts = f"counts/{self.table}/{self.release}"
        return f"data/{POPULATIONS if self.table == POPULATIONS else of_counts}.csv"


def columns_of(result: Result) -> dict[str, list[str]]:
    """Return PROVENANCE_COLUMNS for a measure's rows in order; members in the row of England and Wales only."""
    statuses = result.rows["status"].to_dict()
    usual = _hashes(_tables(result, ()))
    apart = {*result.edition.population_instead, ENGLAND_AND_WALES}
    hashes = [
        "" if status == "as_published" else _hashes(tables_of(result, str(row_id))) if row_id in apart else usual
        for row_id, status in statuses.items()
    ]
    rules, versions = [rule_of(result.measure)] * len(hashes), [code_version()] * len(hashes)
    members = [";".join(result.members) if row_id == ENGLAND_AND_WALES else "" for row_id in statuses]
    return dict(zip(PROVENANCE_COLUMNS, (hashes, rules, versions, members), strict=True))


def _hashes(tables: tuple[Table, ...]) -> str:
    return ";".join(dict.fromkeys(table.sha256 for table in tables if table.sha256))


def tables_of(result: Result, force_id: str) -> tuple[Table, ...]:
    """Return the tables behind a force's value, or behind all members' of England and Wales; none as published."""
    if result.of(force_id).status == "as_published":
        return ()
    return _tables(result, result.members if force_id == ENGLAND_AND_WALES else (force_id,))


def _tables(result: Result, force_ids: tuple[str, ...]) -> tuple[Table, ...]:
    """Return the tables of the measure's items; a replaced population's too, when its force is among `force_ids`."""
    edition = result.edition
    instead, releases = edition.population_instead, []
    for item in result.measure.items:
        if item == POPULATION:
            vintages = [edition.vintage] if not force_ids or set(force_ids) - set(instead) else []
            vintages += [instead[force_id].vintage for force_id in force_ids if force_id in instead]
            releases += [(POPULATIONS, vintage) for vintage in vintages]
        elif item in edition.releases:
            releases.append((edition.releases[item].item, edition.releases[item].release))
    known = edition.data.cached(PROVENANCE, lambda: _read(edition.data.path(PROVENANCE)))
    return tuple(known.get(key, Table(*key)) for key in dict.fromkeys(releases))


def _read(path: Path) -> dict[tuple[str, str], Table]:
    """Return data/provenance.csv by table and release; none where there is no file, which a data folder may lack."""
    if not path.exists():
        return {}
    rows = rows_of(path, f"data/{PROVENANCE}", _check_columns)
    tables = [Table(*row) for row in zip(*(rows.column(name) for name in TABLE_COLUMNS), strict=True)]
    return {(table.table, table.release): table for table in tables}


def _check_columns(found: tuple[str, ...]) -> None:
    if missing := [name for name in TABLE_COLUMNS if name not in found]:
        raise InputError(
            f"data/{PROVENANCE}, line 1: no column {missing[0]}; found {', '.join(found)}; give the column its name "
            "back"
        )


def other_releases(result: Result) -> list[str]:
    """Return, for a change, a sentence for each other one that is counted in another release of the same table."""
    measure, edition = result.measure, result.edition
    own = _releases(measure, edition)
    others = [other for other in edition.data.measures if other.kind == measure.kind == "change"]
    return [
        f"Both periods are counted in another release ({_words(measure, edition)}) than those of '{other.title}' "
        f"({_words(other, edition)}), so the counts of the same period can differ between the two."
        for other in others
        if any(_releases(other, edition).get(item, release) != release for item, release in own.items())
    ]


def _releases(measure: Measure, edition: Edition) -> dict[str, str]:
    """Return the release of each table that the measure's counts are from."""
    named = (edition.releases[item] for item in measure.numerator.items if item in edition.releases)
    return {source.item: source.release for source in named}


def _words(measure: Measure, edition: Edition) -> str:
    return "; ".join(f"{row['title']}: {row['release']}" for row in edition.sources(measure.sources))


def definition_of(measure: Measure) -> dict[str, object]:
    """Return the part of a declaration that bears on numbers: all of it but its title, caption and other words."""
    settings = measure.model_dump(exclude=set(WORDS)) | {"multiplier": measure.multiplier}
    return {name: settings.pop(name) for name in DEFINED_FIRST if name in settings} | settings


def rule_of(measure: Measure) -> str:
    """Return the id of the rule: the declaration's place and the first figures of its sha256.

    A reworded caption leaves it as it is; another dimension, multiplier or window name changes it.
    """
    text = json.dumps(definition_of(measure), sort_keys=True, default=list)
    return f"measures.toml#{measure.id}@{hashlib.sha256(text.encode()).hexdigest()[:SHORT]}"


@cache
def code_version() -> str:
    """Return the package's version and the first figures of the sha256 of its sources: "0.1.0+1a2b3c4d"."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:SHORT]}"
