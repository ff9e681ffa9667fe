"""One row of the data changed: the sections that show it are stale, and no section that is told fresh shows another."""

import csv
import io
import json
import random
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from cells import executed
from small_batch import PROJECT, SmallBatch, small_batch
from small_notebook import code_cell

from peel_analysis.batch.make import Making
from peel_analysis.batch.run import stale_tasks
from peel_analysis.batch.units import Now, file_digest, shared_key
from peel_analysis.data import reads
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import NOTEBOOKS, PACKAGE, VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import KEPT_IN, marks_of_notebook

EDITION = "2017"
SECTIONS = {path.stem[3:]: path for path in sorted((PROJECT / "notebooks").glob("[0-9]*.ipynb"))}
QUICK_ONES = ("at_a_glance", "force_in_numbers", "risk_based_inspection", "specialist_capabilities", "annex_a")
EVERY_FORCE = 43
NUMBER_IN_TOML = re.compile(r"(?<== )\d+$", re.MULTILINE)
TEXT_IN_TOML = re.compile(r'(?<=[a-z] )[a-z]{4,}(?=[ .a-z]*"$)', re.MULTILINE)
FILES = (path for path in sorted((PROJECT / "data").rglob("*.*")) if path.suffix in (".csv", ".toml"))
NAMED = (PROJECT / f"data/editions/{EDITION}.toml").read_text(encoding="utf-8")  # the tables of counts, by release
TABLES = [
    path.relative_to(PROJECT / "data").as_posix()
    for path in FILES
    if "counts" not in path.parts or f'"{path.stem}"' in NAMED
]
CHANGES, TRIES = 1, 20  # of each table: one more takes three minutes of the gate
Unit = tuple[str, str]  # force and section
Units = dict[Unit, tuple[str, dict[str, str]]]  # what they show, and what they have read


class Copy:
    """A copy of the data folder, whose sections are run in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data, self.patch, self.looks = folder / "data", monkeypatch, 0
        shutil.copytree(PROJECT / "data", self.data)
        monkeypatch.setenv(VARIABLE, str(self.data))

    def look_again(self) -> None:
        """Begin with nothing kept, as a batch does whose data have moved."""
        self.looks += 1
        self.patch.setenv(KEPT_IN, str(self.data.parent / f"kept-{self.looks}"))

    def units(self, asked: Iterable[Unit]) -> Units:
        """Return what units show, and what they have read, as a batch finds them."""
        self.look_again()
        return {unit: self._run(*unit) for unit in asked}

    def _run(self, force: str, section: str) -> tuple[str, dict[str, str]]:
        told = self.data.parent / f"told-{self.looks}-{section}-{force}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(reads.READS_IN, str(told))
            shown = json.dumps(executed(SECTIONS[section], {"force": force, "edition": EDITION})["cells"])
        return shown, {name: digest or file_digest(self.data, name) for name, digest in reads.told_in(told).items()}

    def stale(self, units: Units) -> set[Unit]:
        """Return the units that a batch would run again. Raises InputError for data that it would refuse."""
        self.look_again()
        now = Now(open_data().edition(EDITION), "shared")
        return {unit for unit, (_, told) in units.items() if now.told(told) != told}

    def shown_otherwise(self, units: Units) -> set[Unit]:
        """Return the units that show something else than they did."""
        return {unit for unit, (shown, _) in self.units(units).items() if shown != units[unit][0]}

    def replaced(self, name: str, old: str, new: str) -> str:
        """Replace what a file has once, and return the text that was there."""
        text = (self.data / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times"
        (self.data / name).write_text(text.replace(old, new), encoding="utf-8")
        return text


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    return Copy(tmp_path, monkeypatch)


def of_forces(forces: str, sections: str) -> set[Unit]:
    return {(force, section) for force in forces.split() for section in sections.split()}


ROWS = {  # by file, a text of a row and what stands there then; and the quick sections that are stale after it
    "judgments.csv": (
        "2017,norfolk,preventing,Outstanding,2016",
        "2017,norfolk,preventing,Good,2016",
        of_forces("norfolk", "at_a_glance risk_based_inspection"),
    ),
    "sections_inspected.csv": (
        "2017,norfolk,preventing,no",
        "2017,norfolk,preventing,yes",
        of_forces("norfolk", "risk_based_inspection"),
    ),
    "areas_for_improvement.csv": (
        "2017,norfolk,vulnerable,area_for_improvement,1,",
        "2017,norfolk,specialist_capabilities,area_for_improvement,1,",
        of_forces("norfolk", "at_a_glance specialist_capabilities"),
    ),
    "footnotes.csv": (
        "HMICFRS explains its interim",
        "HMICFRS tells of its interim",
        {*of_forces("norfolk", "risk_based_inspection"), *of_forces("norfolk kent", "annex_a")},
    ),
    "caveats.csv": ("No figure shows British", "No figure shows the British", of_forces("norfolk kent", "annex_a")),
    "glossary.csv": ("Anti-social behaviour:", "Antisocial behaviour:", of_forces("norfolk kent", "annex_a")),
    "exclusions.csv": (
        "Durham Constabulary was unable to supply its domestic abuse arrests for 2017.",
        "Durham Constabulary did not supply its domestic abuse arrests for 2017.",
        of_forces("norfolk kent", "annex_a"),
    ),
    "counts/asb_incidents/2018-03.csv": (
        "2016-04-01,2017-03-31,21071,",
        "2016-04-01,2017-03-31,20071,",
        of_forces("norfolk kent", "force_in_numbers annex_a"),
    ),
    "tile_map.csv": ("norfolk,7,6,Norf", "norfolk,7,6,Nflk", set()),
    "statuses.csv": (
        "not_public,no,[x],not public",
        "not_public,no,[x],not for the public",
        of_forces("norfolk kent", "annex_a"),
    ),
}


def test_a_row_makes_stale_the_sections_that_show_it_and_no_other_shows_it(copy: Copy) -> None:
    units = copy.units((force, section) for force in ("norfolk", "kent") for section in QUICK_ONES)
    found = {}
    for name, (old, new, _) in ROWS.items():
        before = copy.replaced(name, old, new)
        found[name] = copy.stale(units)
        other = copy.shown_otherwise({unit: units[unit] for unit in units.keys() - found[name]})
        assert not other, f"{name}: these are told fresh, and are not"
        (copy.data / name).write_text(before, encoding="utf-8")
    assert found == {name: stale for name, (_, _, stale) in ROWS.items()}
    assert not copy.stale(units), "what is put back is fresh again"


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def as_text(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def other_cell(rows: list[list[str]], column: int, cell: str, chance: random.Random) -> str:
    """Return another cell for a column: one that it has elsewhere, a number that is more by one, or other words."""
    if " " in cell:
        return f"{cell.rstrip('.')}, as it is now."
    if cell.isdecimal() and chance.random() < 0.7:
        return str(int(cell) + 1)
    return chance.choice([row[column] for row in rows[1:]])


def cell_changed(text: str, chance: random.Random) -> str:
    rows = rows_of(text)
    row, column = chance.randrange(1, len(rows)), chance.randrange(len(rows[0]))
    rows[row][column] = other_cell(rows, column, rows[row][column], chance)
    return as_text(rows)


def row_taken_out(text: str, chance: random.Random) -> str:
    rows = rows_of(text)
    del rows[chance.randrange(1, len(rows))]
    return as_text(rows)


def row_added(text: str, chance: random.Random) -> str:
    rows = rows_of(text)
    row, column = list(chance.choice(rows[1:])), chance.randrange(min(4, len(rows[0])))
    row[column] = other_cell(rows, column, row[column], chance)
    rows.insert(chance.randrange(1, len(rows) + 1), row)
    return as_text(rows)


def setting_changed(text: str, chance: random.Random) -> str:
    """Change a number of a TOML file, or a word of a text."""
    at = chance.choice([*NUMBER_IN_TOML.finditer(text), *TEXT_IN_TOML.finditer(text)])
    new = str(int(at[0]) + 1) if at[0].isdecimal() else "otherwise"
    return text[: at.start()] + new + text[at.end() :]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Copy, Units]]:
    """A copy of the data, and every section of a force, with the quicker ones of another."""
    with pytest.MonkeyPatch.context() as patch:
        copy = Copy(tmp_path_factory.mktemp("whole"), patch)
        norfolk, suffolk = (("norfolk", one) for one in SECTIONS), (("suffolk", one) for one in QUICK_ONES)
        yield copy, copy.units((*norfolk, *suffolk))


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_no_stale_section_stays_whatever_row_of_a_table_is_changed(name: str, whole: tuple[Copy, Units]) -> None:
    """Some rows of each table are changed, taken out and added, at random; what a batch would refuse is passed over."""
    (copy, units), chance, changed = whole, random.Random(name), 0
    text = (copy.data / name).read_text(encoding="utf-8")
    of_table = (cell_changed, cell_changed, row_taken_out, row_added)
    for _ in range(TRIES):
        how = chance.choice(of_table) if name.endswith(".csv") else setting_changed
        (copy.data / name).write_text(how(text, chance), encoding="utf-8")
        try:
            stale = copy.stale(units)
        except InputError:
            continue
        other = copy.shown_otherwise({unit: units[unit] for unit in units.keys() - stale})
        assert not other, f"{how.__name__}: these are told fresh, and are not"
        print(f"{name}, {how.__name__}: {len(stale)} of {len(units)} sections are stale")
        changed += 1
        if changed == CHANGES:
            break
    (copy.data / name).write_text(text, encoding="utf-8")
    assert not copy.stale(units)


TWO = ("--forces", "kent,norfolk")
READS = "import peel_analysis as peel\n"


@pytest.mark.parametrize(
    ("cell", "is_seen"),
    [
        (READS + 'section = peel.section("preventing", force, edition)\nsection', True),
        (READS + "peel.open_data().folder.joinpath('glossary.csv').read_text()", True),
        (READS + "with peel.open_data() as data:\n    data", True),
        ("from peel_analysis.sections import section as opened\nopened", True),
        ("import pandas", False),
        ("from pathlib import Path", False),
        ("open('data/glossary.csv').read()", False),
        ("print(force)", False),
        (READS + "__import__('os')", False),
        ("!cat data/glossary.csv", False),
        ("from . import data", False),
    ],
)
def test_a_notebook_is_seen_to_read_where_it_has_this_package_alone(cell: str, is_seen: bool) -> None:
    cells = [code_cell("p", 'force: str = "norfolk"\nedition = "2017"', "parameters"), code_cell("c", cell)]
    assert reads.is_seen_to_read({"cells": cells}) is is_seen


def test_nothing_that_rests_on_the_data_is_kept_without_what_was_read_for_it() -> None:
    floors = ("measures", "comparison", "sections")
    sources = (path for floor in floors for path in sorted((PACKAGE / floor).glob("*.py")))
    kept = [path.name for path in sources if re.search(r"lru_cache|\bcache\b", path.read_text(encoding="utf-8"))]
    assert kept == ["result.py"], "sections/result.py keeps copies of results"


def test_names_are_packed_and_found_again() -> None:
    names = ["forces.csv", "result:2017:b", "result:2017:a", "complete:2017", "rows:2017:kent:x.csv:q", reads.WHOLE]
    assert reads.packed(names) == "* forces.csv complete:2017 result:2017:a|b rows:2017:kent:x.csv:q"
    assert sorted(reads.unpacked(reads.packed(names))) == sorted(names)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> SmallBatch:
    """A batch of which one notebook shows judgments, and the other opens a file of the data by itself; it is fresh."""
    opened = f"{READS}section = peel.section('risk_based_inspection', force, edition)\nsection.inspected_questions()"
    by_itself = f"{READS}peel.open_data().folder.joinpath('glossary.csv').read_text()"
    batch = small_batch(tmp_path_factory.mktemp("reading") / "b", opened, by_itself)
    assert batch.run(*TWO).returncode == 0
    return batch


@pytest.mark.slow
def test_a_batch_runs_again_what_shows_a_row_and_makes_what_an_empty_folder_would_hold(reading: SmallBatch) -> None:
    assert "glossary.csv" in marks_of_notebook(reading.notebooks()[1])[1].split()
    for name, made in (
        ("judgments.csv", {"norfolk/force_in_numbers"}),
        ("glossary.csv", {"kent/risk_based_inspection", "norfolk/risk_based_inspection"}),
    ):
        old, new, _ = ROWS[name]
        text = (reading.data / name).read_text(encoding="utf-8")
        (reading.data / name).write_text(text.replace(old, new), encoding="utf-8")
        assert (reading.run(*TWO).returncode, reading.done()) == (0, made | {"kent/page", "norfolk/page"}), name
    anew = SmallBatch(reading.folder.with_name("anew"))
    for folder in ("data", "notebooks"):
        shutil.copytree(reading.folder / folder, anew.folder / folder)
    assert anew.run(*TWO).returncode == 0
    ours, theirs = reading.files(), anew.files()
    assert ours.keys() == theirs.keys()
    differ = [name for name in ours if ours[name] != theirs[name]]
    assert not differ, "the seal of a notebook says nothing of data that it has not read"


def test_a_file_that_moves_while_it_is_looked_at_makes_its_units_stale(
    reading: SmallBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NOTEBOOKS, str(reading.folder / "notebooks"))
    data = open_data(reading.data)
    edition, shared = data.edition(EDITION), shared_key(data.folder)
    [plan] = Making(reading.out).plans(edition, [data.forces.find("kent")], shared)
    plan.page.unlink()
    [report], stale = stale_tasks([plan], Now(edition, shared))
    assert (stale, all(unit.seal for unit in report.units)) == ({plan}, True), "of both notebooks a page is to be made"

    told = Now.told

    def moved(now: Now, names: Iterable[str]) -> dict[str, str]:
        (reading.data / "glossary.csv").touch()
        return told(now, names)

    monkeypatch.setattr(Now, "told", moved)
    [report], stale = stale_tasks([plan], Now(edition, shared))
    assert stale == {plan, *plan.units}
