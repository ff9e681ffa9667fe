"""The two sides of a comparison: an edition, an edition with settings, a build folder or a values file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from peel_analysis.changes.stored import read_stored
from peel_analysis.data.cache import KEPT_IN
from peel_analysis.data.edition import Edition, Release, editions, open_edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import VARIABLE, data_folder, use_data_folder
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.measures import Measure, declared

SETTINGS = (
    "window=DATE, window.NAME=DATE, population=VINTAGE, mid_year=YEAR, residents-only, leave-out-incomplete, "
    "ITEM=RELEASE, data=FOLDER"
)
SWITCHES = ("residents-only", "leave-out-incomplete")
MOVED_WITH_CRIME = "crime"  # windows whose name starts so keep their distance from the window `crime`


@dataclass(frozen=True, eq=False)
class Side:
    """One side. It has either an edition, whose inputs can be swapped, or `stored` values and nothing behind them."""

    name: str
    folder: Path
    edition: Edition | None = None
    stored: pd.DataFrame | None = None

    @property
    def measures(self) -> dict[str, Measure]:
        """The measures declared in the side's data folder, by id."""
        with in_folder(self.folder):
            return {measure.id: measure for measure in declared()}


@contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """Make `folder` the data folder for a while: two sides may each have their own.

    Nothing is kept for other processes meanwhile, for what is kept is named after one data folder.
    """
    before = {name: os.environ.pop(name, None) for name in (VARIABLE, KEPT_IN)}
    use_data_folder(folder)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def open_side(text: str) -> Side:
    """Return the side that a command names: "2017", "2017@population=2018-revised", a build folder or a values file.

    Settings follow an @ and are parted by commas; SETTINGS lists them. Raises InputError for what is none of these.
    """
    path = Path(text)
    edition_id, _, given = text.partition("@")
    settings = _settings(text, given)
    folder = _folder(settings.pop("data", ""))
    with in_folder(folder):
        if edition_id.strip() in editions():
            return Side(text, folder, edition=_with_settings(open_edition(edition_id), settings, text))
        if path.exists():
            return Side(text, data_folder(), stored=read_stored(path))
        known = ", ".join(editions()) or "(none)"
    raise InputError(f"'{text}' is no edition, build folder or values file; the editions are {known}")


def _settings(text: str, given: str) -> dict[str, str]:
    settings = {}
    for part in filter(None, (part.strip() for part in given.split(","))):
        name, equals, value = part.partition("=")
        if not (equals and value) and name not in SWITCHES:
            raise InputError(f"{text}: '{part}' is no setting; the settings are {SETTINGS}")
        settings[name.strip()] = value.strip()
    return settings


def _folder(given: str) -> Path:
    if not given:
        return data_folder()
    path = Path(given).resolve()
    if not path.is_dir():
        raise InputError(f"data={given}: no such folder; give one laid out like the project's data/")
    return path


def _with_settings(edition: Edition, settings: dict[str, str], text: str) -> Edition:
    for name, value in settings.items():
        if name == "window" or name.startswith("window."):
            edition = _with_window(edition, name.partition(".")[2], _day(value, text), text)
        elif name == "population":
            edition = edition.with_population(vintage=value)
        elif name == "mid_year":
            edition = replace(edition, mid_year=_year(value, text))
        elif name == "residents-only":
            edition = edition.with_population(residents_only=True)
        elif name == "leave-out-incomplete":
            edition = replace(edition, leave_out_incomplete=True)
        else:
            edition = _with_release(edition, name, value, text)
    _check_populations(edition, text)
    return edition


def _with_window(edition: Edition, name: str, end: date, text: str) -> Edition:
    """Return the edition with one window moved, or with all crime windows moved by the same number of months."""
    if name:
        moved = {name: _ending(edition.window(name), end, text)}
    else:
        later = _months(end) - _months(edition.window("crime").end)
        moved = {
            other: _ending(window, _month_end(_months(window.end) + later), text)
            for other, window in edition.windows.items()
            if other.startswith(MOVED_WITH_CRIME)
        }
        moved["crime"] = _ending(edition.window("crime"), end, text)
    return replace(edition, windows=MappingProxyType({**edition.windows, **moved}))


def _ending(window: Period, end: date, text: str) -> Period:
    if window.is_date:
        return Period(end, end)
    if end != _month_end(_months(end)):
        raise InputError(f"{text}: {day_in_words(end)} does not end a month; write a window's last day as 2018-03-31")
    return Period.months_to(end, window.months)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_end(months: int) -> date:
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _day(given: str, text: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InputError(f"{text}: '{given}' is no date; write the window's last day as 2018-03-31") from None


def _year(text: str, side: str) -> int:
    if not text.isdigit():
        raise InputError(f"{side}: '{text}' is no year; write mid_year=2016")
    return int(text)


def _with_release(edition: Edition, item: str, release: str, text: str) -> Edition:
    if item not in edition.releases:
        raise InputError(
            f"{text}: no setting or item '{item}'; the items are {', '.join(edition.releases)}, the settings {SETTINGS}"
        )
    table = edition.releases[item].item
    held = sorted(path.stem for path in (edition.folder / "counts" / table).glob("*.csv"))
    if release not in held:
        raise InputError(f"{text}: no release '{release}' of {table}; data/counts/{table} holds {', '.join(held)}")
    return replace(edition, releases=MappingProxyType({**edition.releases, item: Release(item=table, release=release)}))


def _check_populations(edition: Edition, text: str) -> None:
    held = {(mid_year, vintage) for _, mid_year, vintage in edition.data.populations}
    if (edition.mid_year, edition.vintage) not in held:
        vintages = sorted(vintage for mid_year, vintage in held if mid_year == edition.mid_year)
        raise InputError(
            f"{text}: no populations of mid-{edition.mid_year} in vintage '{edition.vintage}'; "
            f"data/populations.csv holds {', '.join(vintages) or 'none of that year'}"
        )
