"""The two versions that are compared: an edition, an edition with settings, a build folder or a values file."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from peel_analysis.data.counts import texts_of
from peel_analysis.data.definitions import Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.edition_file import Release
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.show.values import CONTRACT
from peel_analysis.show.values_dictionary import VALUES

VERSION_SETTINGS = (
    "window=DATE, window.NAME=DATE, population=VINTAGE, mid_year=YEAR, residents-only, leave-out-incomplete, "
    "ITEM=RELEASE, data=FOLDER"
)
SWITCHES = ("residents-only", "leave-out-incomplete")
MOVED_WITH_CRIME = "crime"  # windows whose name starts so keep their distance from the window `crime`
NUMBERS = ("value", "numerator", "denominator")
PART_OF = "part_of"


@dataclass(frozen=True, eq=False)
class Version:
    """One version of the values: an edition, whose inputs can be swapped, or `values` and nothing behind them.

    `data` is the folder that says what its measures are, and what of them must not be compared.
    """

    name: str
    data: Data
    edition: Edition | None = None
    values: pd.DataFrame | None = None

    @property
    def measures(self) -> dict[str, Measure]:
        """The measures declared in the version's data folder, by id."""
        return {measure.id: measure for measure in self.data.measures}


def open_version(text: str, data: Data) -> Version:
    """Return the version that a command names: "2017", "2017@population=2018-revised", a build folder or a values file.

    Settings follow an @ and are parted by commas; VERSION_SETTINGS lists them. `data` is the folder of one that names
    no other. Raises InputError for what is none of these.
    """
    edition_id, _, listed = text.partition("@")
    settings = {}
    for part in filter(None, (part.strip() for part in listed.split(","))):
        name, equals, value = part.partition("=")
        if not (equals and value) and name not in SWITCHES:
            raise InputError(f"{text}: '{part}' is no setting; the settings are {VERSION_SETTINGS}")
        settings[name.strip()] = value.strip()
    if named := settings.pop("data", ""):
        if not Path(named).is_dir():
            raise InputError(f"data={named}: no such folder; give one laid out like the project's data/")
        data = open_data(named)
    if edition_id.strip() in data.editions:
        return Version(text, data, edition=_with_settings(data.edition(edition_id), settings, text))
    if Path(text).exists():
        return Version(text, data, values=read_values(Path(text), data))
    known = ", ".join(data.editions) or "(none)"
    raise InputError(f"'{text}' is no edition, build folder or values file; the editions are {known}")


def _with_settings(edition: Edition, settings: dict[str, str], text: str) -> Edition:
    for name, value in settings.items():
        if name == "window" or name.startswith("window."):
            edition = _with_window(edition, name.partition(".")[2], value, text)
        elif name == "population":
            edition = edition.with_population(vintage=value)
        elif name == "mid_year":
            if not value.isdigit():
                raise InputError(f"{text}: '{value}' is no year; write mid_year=2016")
            edition = edition.with_population(mid_year=int(value))
        elif name == "residents-only":
            edition = edition.with_population(residents_only=True)
        elif name == "leave-out-incomplete":
            edition = edition.without_incomplete()
        else:
            edition = _with_release(edition, name, value, text)
    held = {(mid_year, vintage) for _, mid_year, vintage in edition.data.populations}
    if (edition.mid_year, edition.vintage) not in held:
        vintages = sorted(vintage for mid_year, vintage in held if mid_year == edition.mid_year)
        raise InputError(
            f"{text}: no populations of mid-{edition.mid_year} in vintage '{edition.vintage}'; "
            f"data/populations.csv holds {', '.join(vintages) or 'none of that year'}"
        )
    return edition


def _with_window(edition: Edition, name: str, last_day: str, text: str) -> Edition:
    """Return the edition with one window moved, or with all crime windows moved by the same number of months."""
    try:
        end = date.fromisoformat(last_day)
    except ValueError:
        raise InputError(f"{text}: '{last_day}' is no date; write the window's last day as 2018-03-31") from None
    named = edition.window(name or "crime")
    if not named.is_date and not pd.Timestamp(end).is_month_end:
        raise InputError(f"{text}: {day_in_words(end)} does not end a month; write a window's last day as 2018-03-31")
    ends = {name or "crime": end}
    if not name:
        later = pd.offsets.MonthEnd(12 * (end.year - named.end.year) + end.month - named.end.month)
        with_crime = [other for other in edition.windows if other.startswith(MOVED_WITH_CRIME)]
        ends = {other: (pd.Timestamp(edition.window(other).end) + later).date() for other in with_crime}
    windows = dict(edition.windows)
    for other, last in ends.items():
        window = edition.window(other)
        windows[other] = Period(last, last) if window.is_date else Period.months_to(last, window.months)
    return replace(edition, windows=MappingProxyType(windows))


def _with_release(edition: Edition, item: str, release: str, text: str) -> Edition:
    if item not in edition.releases:
        known = ", ".join(edition.releases)
        raise InputError(f"{text}: no setting or item '{item}'; the items are {known}, the settings {VERSION_SETTINGS}")
    table = edition.releases[item].item
    held = [one for name, one in edition.data.tables if name == table]
    if release not in held:
        raise InputError(f"{text}: no release '{release}' of {table}; data/counts/{table} holds {', '.join(held)}")
    return replace(edition, releases=MappingProxyType({**edition.releases, item: Release(item=table, release=release)}))


def read_values(path: Path, data: Data) -> pd.DataFrame:
    """Return the values in a file or in a build folder (<out>/<edition>): one row a measure and force.

    A build folder is one that was made from `data`: its files have the names that these have.

    Text columns, and NUMBERS. Parts of figures are left out: they follow from the same counts. Of a report's file in a
    build folder, the force's own rows count. Raises InputError for files that keep no contract, or that disagree.
    """
    if not path.is_dir():
        return _read_file(path)
    name = data.named(VALUES)
    tables = {file: _read_file(file) for file in sorted(path.glob(f"*/{name}"))}
    if not tables:
        raise InputError(f"{path}: no {name} in any folder there; name the folder of an edition: build/2017")
    first = next(iter(tables))
    national = _of(ENGLAND_AND_WALES, tables[first])
    facts = ["edition", "measure", *NUMBERS, "status"]
    kept = []
    for file, rows in tables.items():
        if not _of(ENGLAND_AND_WALES, rows)[facts].equals(national[facts]):
            names = " and ".join(f"{one.parent.name}/{one.name}" for one in (first, file))
            raise InputError(f"{path}: {names} disagree on England and Wales; make all again from the same data")
        name = file.parent.name
        own = _of(name, rows)
        if own.empty:
            raise InputError(f"{file}: no row for {name}; the folder of a report has the id of its force as name")
        kept.append(own)
    rows = pd.concat([*kept, national], ignore_index=True)
    _refuse_repeats(rows, path)
    return rows


def _of(force_id: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["force_id"] == force_id].reset_index(drop=True)


def _read_file(path: Path) -> pd.DataFrame:
    try:
        rows = texts_of(pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig"))
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{path}: not a values file: {' '.join(str(error).split())}") from error
    if missing := [column for column in CONTRACT if column not in rows.columns]:
        wanted = ", ".join(CONTRACT)
        raise InputError(f"{path}: no column {', '.join(missing)}; a values file has {wanted} (see `peel values`)")
    for column in NUMBERS:
        numbers = pd.to_numeric(rows[column].where(rows[column] != ""), errors="coerce")
        wrong = rows.loc[numbers.isna() & (rows[column] != ""), column]
        if not wrong.empty:
            line = int(wrong.index[0]) + 2
            raise InputError(f"{path}, line {line}, column {column}: '{wrong.iloc[0]}' is no number")
        rows[column] = numbers.astype(float)
    measures = rows[rows[PART_OF] == ""] if PART_OF in rows else rows  # earlier versions wrote no parts of figures
    _refuse_repeats(measures, path)
    return measures


def _refuse_repeats(rows: pd.DataFrame, path: Path) -> None:
    repeated = rows[rows.duplicated(["measure", "force_id"])]
    if not repeated.empty:
        first = repeated.iloc[0]
        raise InputError(f"{path}: more than one row for {first['measure']} and {first['force_id']}; keep one edition")
