"""An invented data folder for tests: the real registers, with invented counts where the real ones are not public.

Every count that this module makes is invented. It has no likeness to any force and stands in no published table.
"""

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from peel_analysis import measures
from peel_analysis.data import counts
from peel_analysis.data.edition import Edition
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result

DATA = Path(__file__).resolve().parents[1] / "data"
RELEASE = "invented"
YEAR_2017, YEAR_2016 = ("2016-07-01", "2017-06-30"), ("2015-07-01", "2016-06-30")
DAY_2017, DAY_2016 = ("2017-07-01", "2017-07-01"), ("2016-07-01", "2016-07-01")
QUARTERS_2017 = (
    ("2016-07-01", "2016-09-30"),
    ("2016-10-01", "2016-12-31"),
    ("2017-01-01", "2017-03-31"),
    ("2017-04-01", "2017-06-30"),
)
Period = tuple[str, str]


@dataclass(frozen=True)
class Count:
    """One row of an invented table. A blank count needs a status that says why."""

    force_id: str
    period: Period
    count: int | None
    status: str = "reported"
    dimension: str = ""

    def line(self, item: str) -> str:
        """Return the row as a line of CSV."""
        number = "" if self.count is None else str(self.count)
        return ",".join((self.force_id, item, self.dimension, *self.period, number, self.status, RELEASE))


def all_forces(
    period: Period,
    start: int = 100,
    step: int = 7,
    instead: Mapping[str, int | str | None] | None = None,
    dimension: str = "",
) -> list[Count]:
    """Return a count for each of the 43 forces, all different; `instead` gives some a count or a status without one."""
    rows = []
    for place, force_id in enumerate(open_data().forces.ids):
        given = (instead or {}).get(force_id, start + step * place)
        if isinstance(given, str):
            rows.append(Count(force_id, period, None, given, dimension))
        else:
            rows.append(Count(force_id, period, given, "reported", dimension))
    return rows


class Folder:
    """A data folder in a temporary place: the project's registers, and no counts but those written to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(DATA, path, ignore=shutil.ignore_patterns("counts", "findings"))
        (path / "counts").mkdir()
        self.write("editions/2017.toml", self.edition_with({}))

    def read(self, name: str) -> str:
        """Return the text of a file."""
        return (self.path / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder."""
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace a text that must be in a file once at least."""
        text = self.read(name)
        assert old in text, f"{name} has no {old!r}"
        self.write(name, text.replace(old, new))

    def edition_with(self, releases: Mapping[str, str]) -> str:
        """Return the edition's file with these releases and no others."""
        lines = "\n".join(f'{item} = "{release}"' for item, release in releases.items())
        text = (DATA / "editions" / "2017.toml").read_text(encoding="utf-8")
        changed, times = re.subn(r"(?ms)^\[releases\].*?(?=^\[)", f"[releases]\n{lines}\n\n", text)
        assert times == 1
        return changed

    def counts(self, tables: Mapping[str, Iterable[Count]], real: Mapping[str, str] | None = None) -> None:
        """Write invented tables by item, copy the `real` ones (item, release), and name all in the edition."""
        for item, rows in tables.items():
            lines = [",".join(counts.COUNTS_COLUMNS), *(row.line(item) for row in rows)]
            self.write(f"counts/{item}/{RELEASE}.csv", "\n".join(lines) + "\n")
        for item, release in (real or {}).items():
            (self.path / "counts" / item).mkdir(parents=True, exist_ok=True)
            shutil.copy(DATA / "counts" / item / f"{release}.csv", self.path / "counts" / item)
        self.write("editions/2017.toml", self.edition_with({**dict.fromkeys(tables, RELEASE), **(real or {})}))

    def population(self, people: Mapping[str, int]) -> None:
        """Give forces an invented population in the edition's vintage."""
        changed = re.sub(
            r"(?m)^([a-z-]+),2016,\d+,2017$",
            lambda row: f"{row[1]},2016,{people[row[1]]},2017" if row[1] in people else row[0],
            self.read("populations.csv"),
        )
        self.write("populations.csv", changed)

    def edition(self) -> Edition:
        """Open the folder's edition 2017."""
        return open_data().edition("2017")

    def result(self, measure_id: str) -> Result:
        """Calculate a measure on the folder's counts."""
        return measures.calculate(open_data().measure(measure_id), self.edition())


def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Return an invented data folder, in use until the test ends."""
    made = Folder(tmp_path / "data")
    monkeypatch.setenv(VARIABLE, str(made.path))
    return made


def totals(result: Result, column: str, members: tuple[str, ...]) -> float:
    """Return the sum of a column over these forces."""
    return float(result.rows.loc[list(members), column].sum())
