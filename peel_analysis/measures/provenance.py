"""Where a value comes from: tables and their source files, the measure's rule, members and the code."""

import hashlib
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields

from peel_analysis.checks import rules
from peel_analysis.data.definitions import OWN, Measure
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.files import code_version
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import ENGLAND_AND_WALES, POPULATIONS_TABLE
from peel_analysis.measures.result import Result

WORDS = ("title", "tile", "caption", "reading", "window_note", "sources")  # what a declaration says, not calculates
BESIDE = "standardised_over"  # makes a number beside the value, and leaves the value as it is
DEFINED_FIRST = ("id", "kind", "unit", "decimals", "window", "numerator", "denominator", "multiplier")  # when printed
SHORT = 8
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
    how_made: str = ""

    @property
    def file(self) -> str:
        """The table's own file in the data folder, as a message names it."""
        of_counts = f"counts/{self.table}/{self.release}"
        return f"data/{POPULATIONS_TABLE if self.table == POPULATIONS_TABLE else of_counts}.csv"


def columns_of(result: Result) -> dict[str, list[str]]:
    """Return PROVENANCE_COLUMNS for a measure's rows in order; members in the row of England and Wales only."""
    usual, apart = _hashes(_tables(result, ())), {*result.edition.population_instead, ENGLAND_AND_WALES}
    written = (rule_of(result.measure), code_version())
    rows = []
    for row_id, status in result.rows["status"].items():
        own = usual if row_id not in apart else _hashes(tables_of(result, str(row_id)))
        members = ";".join(result.members) if row_id == ENGLAND_AND_WALES else ""
        rows.append(("" if status == "as_published" else own, *written, members))
    return dict(zip(PROVENANCE_COLUMNS, map(list, zip(*rows, strict=True)), strict=True))


def _hashes(tables: tuple[Table, ...]) -> str:
    return ";".join(dict.fromkeys(table.sha256 for table in tables if table.sha256))


def tables_of(result: Result, force_id: str) -> tuple[Table, ...]:
    """Return the tables behind a force's value, or behind all members' of England and Wales; none as published."""
    if result.of(force_id).status == "as_published":
        return ()
    return _tables(result, result.members if force_id == ENGLAND_AND_WALES else (force_id,))


def _tables(result: Result, force_ids: tuple[str, ...]) -> tuple[Table, ...]:
    """Return the tables of the measure's items; a replaced population's too, when its force is among `force_ids`.

    Where England and Wales counts residents, no population that replaces them is among its members'.
    """
    edition, releases = result.edition, []
    by_residents = len(force_ids) > 1 and edition.national_population is not None
    instead = {} if by_residents else edition.population_instead
    for item in result.measure.items:
        if item == POPULATION:
            vintages = [edition.vintage] if not force_ids or set(force_ids) - set(instead) else []
            vintages += [instead[force_id].vintage for force_id in force_ids if force_id in instead]
            releases += [(POPULATIONS_TABLE, vintage) for vintage in vintages]
        elif item in edition.releases:
            releases.append((edition.releases[item].item, edition.releases[item].release))
    return _tables_named(edition.data, releases)


def tables_behind(edition: Edition, results: Iterable[Result]) -> tuple[Table, ...]:
    """Return every table behind some results of an edition, those of replaced populations too, each once."""
    replaced = tuple(edition.population_instead)
    every = (table for one in results for force_ids in ((), replaced) for table in _tables(one, force_ids))
    return tuple(dict.fromkeys(every))


def population_tables(edition: Edition, mid_years: Iterable[int]) -> tuple[Table, ...]:
    """Return the tables that the populations of some mid-years are from, those that replace residents left aside."""
    return _tables_named(edition.data, ((POPULATIONS_TABLE, edition.vintage_of(year)) for year in mid_years))


def _tables_named(data: Data, keys: Iterable[tuple[str, str]]) -> tuple[Table, ...]:
    known = data.cached(rules.PROVENANCE, lambda: _known(data))
    return tuple(known.get(key, Table(*key)) for key in dict.fromkeys(keys))


def _known(data: Data) -> dict[tuple[str, str], Table]:
    """Return data/provenance.csv by table and release; none where there is no file, which a data folder may lack."""
    rows = rules.read_made(data, rules.PROVENANCE, rules.PROVENANCE_COLUMNS)[[one.name for one in fields(Table)]]
    tables = itertools.starmap(Table, rows.itertuples(index=False, name=None))
    return {(table.table, table.release): table for table in tables}


def other_releases(result: Result) -> list[str]:
    """Return, for a change, a sentence for each other one that is counted in another release of the same table."""
    measure, edition = result.measure, result.edition

    def releases(one: Measure) -> dict[str, str]:
        named = (edition.releases[item] for item in one.numerator.items if item in edition.releases)
        return {source.item: source.release for source in named}

    def words(one: Measure) -> str:
        return "; ".join(f"{row['title']}: {row['release']}" for row in edition.sources(one.sources))

    own = releases(measure)
    others = [other for other in edition.data.measures if other.kind == measure.kind == "change"]
    return [
        f"Both periods are counted in another release ({words(measure)}) than those of '{other.title}' "
        f"({words(other)}), so the counts of the same period can differ between the two."
        for other in others
        if any(releases(other).get(item, release) != release for item, release in own.items())
    ]


def definition_of(measure: Measure) -> dict[str, object]:
    """Return the part of a declaration that bears on numbers: all of it but its title, caption and other words."""
    settings = measure.model_dump(exclude={*WORDS, BESIDE}) | {"multiplier": measure.multiplier}
    return {name: settings.pop(name) for name in DEFINED_FIRST if name in settings} | settings


def rule_of(measure: Measure) -> str:
    """Return the rule's id: its place and the first figures of its sha256, which a reworded caption leaves as it is."""
    text = json.dumps(definition_of(measure), sort_keys=True, default=list)
    declared_in = "own" if measure.title.endswith(OWN) else "measures.toml"
    return f"{declared_in}#{measure.id}@{hashlib.sha256(text.encode()).hexdigest()[:SHORT]}"
