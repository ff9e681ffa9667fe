"""A unit of work: one section of one force's report, and the content key and checksum that say whether it is fresh.

Both stand in the output: a notebook's metadata, a page's head. The key says what it was made from. By the checksum, a
file that was emptied, cut short or edited is told from a whole one wherever it is copied to, without a second file that
could be lost or disagree. All outputs of 43 forces are about 100 MB: hashing them takes a fraction of a second.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from peel_analysis.data.cache import checksum
from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import Force
from peel_analysis.sections.catalogue import SectionPlan, catalogue
from peel_analysis.sections.judgments import inspected

DRAWN_AND_EXPORTED_BY = (
    "afcharts",
    "ipykernel",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "seaborn",
)

BLANK = "0" * 64  # stands in the place of the checksum while it is worked out
HASH = rb'([0-9a-f]{64})"'
KEY_IN_NOTEBOOK = re.compile(rb'"peel_key": "' + HASH)
CHECKSUM_IN_NOTEBOOK = re.compile(rb'"peel_checksum": "' + HASH)
KEY_IN_PAGE = re.compile(rb'<meta name="peel-key" content="' + HASH)
CHECKSUM_IN_PAGE = re.compile(rb'<meta name="peel-checksum" content="' + HASH)
VALUES_IN_PAGE = re.compile(rb'<meta name="peel-values" content="' + HASH)
END = 4096  # bytes; nbformat sorts keys, so a notebook's metadata stand at its end, and a page's at its beginning


@dataclass(frozen=True)
class Unit:
    """One section of one force: its notebook, where the executed notebook goes, and its content key."""

    force_id: str
    section_id: str
    edition: str
    source: Path
    target: Path
    key: str

    @property
    def name(self) -> str:
        """The unit as a log names it."""
        return f"{self.force_id}/{self.section_id}"

    @property
    def failed(self) -> Path:
        """Where the notebook is kept, as far as it ran, when it fails."""
        return self.target.with_suffix(".failed.ipynb")

    @property
    def parameters(self) -> dict[str, str]:
        """What papermill puts into the notebook."""
        return {"force": self.force_id, "edition": self.edition}

    def is_fresh(self) -> bool:
        """Return whether the executed notebook is there, whole, and was made from what is there now."""
        return key_of_notebook(self.target) == self.key


@dataclass(frozen=True)
class Report:
    """A force's report: its units in order, its page and the page's content key."""

    force_id: str
    edition: str
    units: tuple[Unit, ...]
    page: Path
    key: str

    @property
    def section_id(self) -> str:
        """What a log calls the page, as it calls a unit by its section."""
        return "page"

    @property
    def values(self) -> Path:
        """Where the force's values file goes."""
        return self.page.with_name("values.csv")

    def is_fresh(self) -> bool:
        """Return whether the page and the values file are there, whole, and were made from what is there now."""
        return key_of_page(self.page, self.values) == self.key


def report_of(edition: Edition, force: Force, out: Path, *, inspected_only: bool = False) -> Report:
    """Return the plan of a force's report below `out`: `<out>/<edition>/<force>/index.html` and its notebooks."""
    units = tuple(units_of(edition, force, out, inspected_only=inspected_only))
    page = report_folder(out, edition, force.id) / "index.html"
    return Report(force.id, edition.id, units, page, _digest([unit.key for unit in units]))


def report_folder(out: Path, edition: Edition, force_id: str) -> Path:
    """Return the folder of a force's report."""
    return out / edition.id / force_id


def sections_of(edition: Edition, force: Force, *, inspected_only: bool) -> list[SectionPlan]:
    """Return the sections of a force's report; `inspected_only` leaves out questions that were not inspected."""
    return [
        plan
        for plan in catalogue()
        if not (inspected_only and plan.question and inspected(edition, force.id, plan.question) == "no")
    ]


def units_of(edition: Edition, force: Force, out: Path, *, inspected_only: bool = False) -> list[Unit]:
    """Return the units of a force's report in report order."""
    folder = report_folder(out, edition, force.id) / "notebooks"
    common = (shared_key(edition.folder), edition.id, force.id, _findings(edition, force))
    return [
        Unit(
            force_id=force.id,
            section_id=plan.id,
            edition=edition.id,
            source=plan.notebook,
            target=folder / plan.notebook.name,
            key=_digest([*common, plan.id, _file_digest(plan.notebook)]),
        )
        for plan in sections_of(edition, force, inspected_only=inspected_only)
    ]


@cache
def shared_key(data: Path) -> str:
    """Return the key of what every unit depends on: the package's sources, the shared data and the libraries."""
    package = Path(__file__).resolve().parents[1]
    sources = [path for path in package.rglob("*") if path.suffix in {".py", ".css", ".j2", ".json"}]
    tables = [path for path in data.rglob("*") if path.is_file() and "findings" not in path.relative_to(data).parts]
    return _digest([*_versions(), *_file_digests(sources, package), *_file_digests(tables, data)])


def _versions() -> Iterable[str]:
    for name in DRAWN_AND_EXPORTED_BY:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} absent"


def _file_digests(paths: Iterable[Path], folder: Path) -> list[str]:
    return [f"{path.relative_to(folder).as_posix()} {_file_digest(path)}" for path in sorted(paths)]


def _findings(edition: Edition, force: Force) -> str:
    path = edition.folder / "findings" / edition.id / f"{force.id}.md"
    return _file_digest(path) if path.exists() else "none"


def _file_digest(path: Path) -> str:
    return checksum(path.read_bytes())


def _digest(parts: Iterable[str]) -> str:
    return checksum("\n".join(parts).encode())


def unchecked_metadata(key: str) -> dict[str, Any]:
    """Return the metadata that a notebook with this key has before its checksum is worked out."""
    return {"peel_checksum": BLANK, "peel_key": key}


def checked_notebook(text: str) -> str:
    """Return the text of a notebook file, whose metadata are unchecked, with its checksum."""
    head, tail = text[:-END], text[-END:]
    return head + tail.replace(f'"peel_checksum": "{BLANK}"', f'"peel_checksum": "{checksum(text.encode())}"', 1)


def checked_page(html: str, key: str, values: str) -> str:
    """Return a page that carries its key with its checksum, and with that of the values file beside it."""
    mark = f'<meta name="peel-key" content="{key}">\n'
    values_mark = f'<meta name="peel-values" content="{checksum(values.encode())}">\n'
    head, tail = html[:END], html[END:]
    head = head.replace(mark, f'{mark}<meta name="peel-checksum" content="{BLANK}">\n{values_mark}', 1)
    return head.replace(BLANK, checksum((head + tail).encode()), 1) + tail


def key_of_notebook(path: Path) -> str:
    """Return the content key in an executed notebook, or "" when there is none, it is damaged or cannot be read."""
    try:
        content = path.read_bytes()
    except OSError:  # it is to be made, and making it says what is in the way
        return ""
    start = max(0, len(content) - END)
    key, written = (pattern.search(content, start) for pattern in (KEY_IN_NOTEBOOK, CHECKSUM_IN_NOTEBOOK))
    return key[1].decode() if key and written and _is_whole(content, written) else ""


def key_of_page(page: Path, values: Path) -> str:
    """Return the content key in a page, or "" when it or the values file is missing, damaged or cannot be read."""
    try:
        content, listed = page.read_bytes(), values.read_bytes()
    except OSError:  # as above
        return ""
    patterns = (KEY_IN_PAGE, CHECKSUM_IN_PAGE, VALUES_IN_PAGE)
    key, written, of_values = (pattern.search(content, 0, END) for pattern in patterns)
    if not (key and written and of_values):
        return ""
    whole = _is_whole(content, written) and of_values[1].decode() == checksum(listed)
    return key[1].decode() if whole else ""


def _is_whole(content: bytes, written: re.Match[bytes]) -> bool:
    unchecked = content[: written.start(1)] + BLANK.encode() + content[written.end(1) :]
    return written[1].decode() == checksum(unchecked)
