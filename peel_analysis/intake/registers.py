"""The registers that go with the counts, and the data dictionary, which tells of origins and of settings."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pandas as pd

from peel_analysis.checks.rules import KEYS, PRINTED, PRINTED_COLUMNS, PROVENANCE, PROVENANCE_COLUMNS, Key, read_made
from peel_analysis.data import counts as shape
from peel_analysis.data import programmes, settings
from peel_analysis.data.declarations import Declaration, models_in, type_in_words
from peel_analysis.data.definitions import COMPARABILITY, MEASURES, Block, Measure
from peel_analysis.data.edition_file import EditionFile, LackEntry
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import POPULATIONS as POPULATIONS_FILE
from peel_analysis.data.forces import POPULATIONS_COLUMNS, POPULATIONS_TABLE
from peel_analysis.data.policy import POLICY, Policy
from peel_analysis.data.registers import ALL_RELEASES, COUNT_NOTES
from peel_analysis.data.returned import RETURNS, ReturnedItem
from peel_analysis.data.settings import PublishedFile
from peel_analysis.sources.reading import Account, Reading
from peel_analysis.sources.sheets import as_text

POPULATION_KEY = ("vintage", "mid_year", "force_id")
README = "README.md"
ORIGINS = (  # the lines of the dictionary around what is made from provenance.csv
    "<!-- made from provenance.csv; `peel data add` and `peel data build` remake it -->",
    "<!-- end of what is made from provenance.csv -->",
)
SETTINGS = (
    "<!-- made from the models that check the settings; `peel data build` remakes it -->",
    "<!-- end of what is made from the models -->",
)
FILES: dict[str, tuple[tuple[str, type[Declaration]], ...]] = {
    MEASURES: tuple(("[[measure]]", model) for model in get_args(Measure)),
    "editions/<edition>.toml": (("the file", EditionFile), ("[lacks.<status>]", LackEntry)),
    settings.SECTIONS: (("[[section]]", settings.SectionEntry),),
    programmes.PROGRAMMES: (("[[programme]]", programmes.ProgrammeEntry), ("[[key]]", programmes.Key)),
    COMPARABILITY: (("[[block]]", Block),),
    settings.CHECKS: (("[[check]]", settings.Rule), ("[[item]]", settings.ItemEntry)),
    RETURNS: (("[[item]]", ReturnedItem),),
    POLICY: (("the file", Policy),),
    settings.PEER_SETS: (("[[set]]", settings.PeerSet), ("[none]", settings.WithoutPeers)),
    settings.PUBLISHED_FILES: (("[[file]]", settings.PublishedFile), ("[added.<format>]", settings.AddedWords)),
}


def with_notes(reading: Reading, data: Data) -> Reading:
    """Return the reading with the statuses that publishers' footnotes give single counts (data/count_notes.csv).

    A note is about one release, or about `all`, and about every dimension. A count whose own cell says more than
    "reported" keeps what it says. Raises InputError for a row of the register that is wrong.
    """
    notes, counts = data.register(COUNT_NOTES), reading.counts
    key = [column for column in COUNT_NOTES.key if column != "release"]
    for release in (reading.account.release, ALL_RELEASES):
        of_release = notes[notes["release"] == release].set_index(key)["status"]
        noted = of_release.reindex(pd.MultiIndex.from_frame(counts[key])).to_numpy()
        stands = (counts["status"] != "reported") | pd.isna(noted)
        counts = counts.assign(status=counts["status"].where(stands, noted))
    return replace(reading, counts=counts)


def read_populations(data: Data) -> pd.DataFrame:
    """Return populations.csv, empty where there is none. Raises InputError for a row that is wrong."""
    if data.has(POPULATIONS_FILE):
        _ = data.populations  # its rows are checked
    return read_made(data, POPULATIONS_FILE, POPULATIONS_COLUMNS).astype({"mid_year": "int64", "population": "int64"})


def check_populations(rows: pd.DataFrame, name: str) -> None:
    """Raise TableError for populations with wrong columns, a repeated key or a population below 1."""
    shape.check_columns(rows.columns, name, POPULATIONS_COLUMNS)
    for wrong, found in (
        (rows.duplicated(list(POPULATION_KEY)), "repeats an earlier line's force, mid-year and vintage"),
        (rows["population"] < 1, "a population below 1"),
    ):
        if wrong.any():
            row = rows[wrong].iloc[0]
            about = f"{row['force_id']}, mid-{row['mid_year']}, vintage {row['vintage']}"
            raise shape.TableError(f"{name}: {found} ({about}); keep one true row")


def printed_rows(account: Account, release: str) -> pd.DataFrame:
    """Return the totals that a file prints, as rows of printed_totals.csv."""
    rows = []
    for one in account.printed_totals:
        printed, bodies = as_text(float(one.printed)), as_text(float(one.bodies))
        rows.append((one.item, release, one.area, one.period_end, printed, ";".join(one.without), bodies))
    return pd.DataFrame(rows, columns=list(PRINTED_COLUMNS), dtype=str)


def read_provenance(data: Data) -> pd.DataFrame:
    """Return provenance.csv, which says of each table which file it is from, as text; empty where there is none."""
    return read_made(data, PROVENANCE, PROVENANCE_COLUMNS)


def known_as(data: Data, provenance: pd.DataFrame, sha256: str) -> tuple[list[str], PublishedFile | None]:
    """Return the releases that a very file is in the data folder as, and its entry in `peel data build`, if any.

    Releases of counts come before those of populations.
    """
    mine = provenance[provenance["sha256"] == sha256]
    mine = mine.sort_values("table", key=lambda tables: tables == POPULATIONS_TABLE, kind="stable")
    tables = set(zip(mine["table"], mine["release"], strict=True))
    published = next((one for one in data.published_files.files if tables & set(one.tables)), None)
    return list(dict.fromkeys(mine["release"])), published


def without(before: pd.DataFrame, key: Sequence[str], gone: Collection[tuple[object, ...]]) -> pd.DataFrame:
    """Return the rows of a register whose key is none of those that are gone."""
    kept = [row not in gone for row in before[list(key)].itertuples(index=False, name=None)]
    return before[pd.Series(kept, index=before.index, dtype=bool)]


def replaced(before: pd.DataFrame, added: pd.DataFrame, key: Sequence[str], also: Collection[Key] = ()) -> pd.DataFrame:
    """Return a register with the rows added in place of those before that have one of their keys, or one of `also`."""
    gone = {*added[list(key)].itertuples(index=False, name=None), *also}
    return pd.concat([without(before, key, gone), added], ignore_index=True)


def texts_of(
    data: Data,
    counts: Mapping[Key, pd.DataFrame],
    populations: pd.DataFrame | None,
    printed: pd.DataFrame | None,
    provenance: pd.DataFrame,
) -> dict[Path, str]:
    """Return the files of a data folder that hold these tables, as text; the data dictionary follows the provenance.

    None leaves out the file of populations or printed totals. Raises TableError for rows that are not in shape.
    """
    folder = data.folder
    texts = {}
    for (item, release), rows in counts.items():
        checked = shape.check(rows, f"{item}/{release}.csv", forces=data.forces)
        texts[folder / "counts" / item / f"{release}.csv"] = shape.as_text(checked)
    if populations is not None:
        check_populations(populations, POPULATIONS_FILE)
        texts[folder / POPULATIONS_FILE] = shape.as_text(populations, POPULATION_KEY)
    if printed is not None:
        texts[folder / PRINTED] = shape.as_text(printed, KEYS[PRINTED])
    texts[folder / PROVENANCE] = shape.as_text(provenance, KEYS[PROVENANCE])
    if (folder / README).is_file():
        readme = with_settings((folder / README).read_text(encoding="utf-8"))
        texts[folder / README] = with_provenance(readme, provenance)
    return texts


def provenance_section(provenance: pd.DataFrame) -> str:
    """Return the origins as Markdown: a heading a file, with its words, its digest and the tables made from it."""
    parts: list[str] = []
    facts = [column for column in PROVENANCE_COLUMNS if column not in ("table", "release")]
    ordered = provenance.sort_values(["table", "release", "source_file"], kind="stable")
    for _, rows in ordered.groupby(facts, sort=False):
        row = rows.iloc[0]
        tables = [
            f"`counts/{table}/{release}.csv`"
            if table != POPULATIONS_TABLE
            else f"`{POPULATIONS_FILE}`, vintage {release}"
            for table, release in zip(rows["table"], rows["release"], strict=True)
        ]
        parts.append(
            f"### {row['title']}\n\n"
            f"* tables: {', '.join(tables)}\n"
            f"* publisher: {row['publisher']}; licence: {row['licence']}\n"
            f"* release: {row['release_words']}\n"
            f"* how made: {row['how_made']}\n"
            f"* file: {_as_code(row['source_file'])}, sha256 `{row['sha256']}`\n"
        )
    return "\n".join(parts)


def _as_code(text: str) -> str:
    """Return a text as code in Markdown, whatever marks of code it holds itself."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return f"{'`' * (longest + 1)} {text} {'`' * (longest + 1)}" if longest else f"`{text}`"


def with_provenance(readme: str, provenance: pd.DataFrame) -> str:
    """Return the data dictionary with its part on origins made anew. Raises InputError when its place is not marked."""
    return _with_part(readme, ORIGINS, provenance_section(provenance))


def with_settings(readme: str) -> str:
    """Return the dictionary with its part on settings made anew. Raises InputError when its place is not marked."""
    return _with_part(readme, SETTINGS, settings_dictionary())


def _with_part(readme: str, marks: tuple[str, str], made: str) -> str:
    """Return the dictionary with what is made in place of what stood between two lines."""
    before, start, rest = readme.partition(marks[0])
    _, end, after = rest.rpartition(marks[1])  # the last: the name of a file may hold it
    if not start or not end:
        raise InputError(
            f"data/{README}: the lines {marks[0]!r} and {marks[1]!r} mark a part that is made; put them back"
        )
    return f"{before}{start}\n\n{made}\n{end}{after}"


def settings_dictionary() -> str:
    """Return every setting of every declaration in Markdown: a heading a file, and a table a kind of entry."""
    return "\n".join(line for file, models in FILES.items() for line in (f"### `{file}`", "", *_tables(models)))


def _tables(models: tuple[tuple[str, type[Declaration]], ...]) -> Iterator[str]:
    told: set[tuple[str, str]] = set()
    for heading, model in models:
        rows = [row for row in _rows(model, "") if (heading, row) not in told]  # kinds of one entry share most settings
        told |= {(heading, row) for row in rows}
        kinds = get_args(model.settings()["kind"].annotation) if "kind" in model.settings() else ()
        of_kind = f", kind {' or '.join(kinds)}" if len(models) > 1 and len(kinds) and heading.startswith("[[") else ""
        yield from (f"{heading}{of_kind}: {_first_sentence(model)}", "")
        yield from ("| setting | what it is | what it says |", "|---|---|---|", *rows, "")


def _rows(model: type[Declaration], above: str) -> Iterator[str]:
    for name, field in model.settings().items():
        inner, may = models_in(field), "" if field.is_required() else ", may be left out"
        alone = _first_sentence(inner[0]) if inner else "the kind of entry, as said above the table"
        yield f"| `{above}{name}` | {type_in_words(field)}{may} | {field.description or alone} |"
        if inner:
            by_name = "<name>." if "dict" in str(field.annotation) else ""
            yield from _rows(inner[0], f"{above}{name}.{by_name}")


def _first_sentence(model: type[Declaration]) -> str:
    words, end, _ = " ".join((model.__doc__ or "").split()).partition(". ")
    return f"{words}{end.strip()}"
