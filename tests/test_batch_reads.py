"""One row of the data changed: the sections that show it are stale, and no section that is told fresh shows another."""

import csv
import io
import json
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cells import executed
from small_batch import PROJECT, QUICK, SmallBatch, small_batch

from peel_analysis.batch.units import Now, file_digest
from peel_analysis.data import reads
from peel_analysis.data.cross_checks import read_all
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import KEPT_IN, marks_of_notebook
from peel_analysis.measures import calculate_all

EDITION = "2017"
SECTIONS = {path.stem[3:]: path for path in sorted((PROJECT / "notebooks").glob("[0-9]*.ipynb"))}
WITHOUT_DRAWINGS = ("at_a_glance", "risk_based_inspection", "specialist_capabilities", "force_in_numbers")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
TEXT_IN_TOML = re.compile(r'^(\w+ = ".*[a-z]{3})"$', re.MULTILINE)
NUMBER_IN_TOML = re.compile(r"^(\w+ = )(\d+)$", re.MULTILINE)
Units = dict[tuple[str, str], tuple[str, dict[str, str]]]  # by force and section: what it shows, and what it has read


class Copy:
    """A copy of the data folder, whose sections are run in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data, self.patch, self.looks = folder / "data", monkeypatch, 0
        shutil.copytree(PROJECT / "data", self.data)
        monkeypatch.setenv(VARIABLE, str(self.data))

    @contextmanager
    def look(self) -> Iterator[Path]:
        """Begin with nothing kept, as a batch does whose data have moved; yield where reads are told."""
        self.looks += 1
        self.patch.setenv(KEPT_IN, str(self.data.parent / f"kept-{self.looks}"))
        yield self.data.parent / "told"

    def run(self, section: str, force: str) -> tuple[str, dict[str, str]]:
        """Return what a section shows, and what it has read."""
        told = self.data.parent / f"told-{self.looks}-{section}-{force}"
        told.unlink(missing_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(reads.READS_IN, str(told))
            shown = json.dumps(executed(SECTIONS[section], {"force": force, "edition": EDITION})["cells"])
        found = {name: digest or file_digest(self.data, name) for name, digest in reads.told_in(told).items()}
        return shown, found

    def units(self, sections: tuple[str, ...], forces: tuple[str, ...]) -> Units:
        self.looks += 1
        self.patch.setenv(KEPT_IN, str(self.data.parent / f"kept-{self.looks}"))
        return {(force, section): self.run(section, force) for force in forces for section in sections}

    def stale(self, units: Units) -> set[tuple[str, str]]:
        """Return the units that a batch would run again. Raises InputError for data that it would refuse."""
        self.looks += 1
        self.patch.setenv(KEPT_IN, str(self.data.parent / f"kept-{self.looks}"))
        now = Now(open_data().edition(EDITION), "shared")
        return {unit for unit, (_, told) in units.items() if now.told(told) != told}

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.data / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times"
        (self.data / name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    return Copy(tmp_path, monkeypatch)


ROWS = {  # a changed row, and the sections of Norfolk and of Kent that show it
    "judgment": (
        "judgments.csv",
        "2017,norfolk,preventing,Outstanding,2016",
        "2017,norfolk,preventing,Good,2016",
        {("norfolk", "at_a_glance"), ("norfolk", "risk_based_inspection"), ("norfolk", "preventing")},
    ),
}
