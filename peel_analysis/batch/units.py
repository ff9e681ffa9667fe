"""A unit of work: one section of one force's report, and the content key and checksum that say whether it is fresh.

Both stand in the output: a notebook's metadata, a page's head. The key says what it was made from. By the checksum, a
file that was emptied, cut short or edited is told from a whole one wherever it is copied to, without a second file that
could be lost or disagree. All outputs of 43 forces are about 100 MB: hashing them takes a fraction of a second.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, ClassVar

from peel_analysis.data.edition import Edition
from peel_analysis.data.files import PROJECT
from peel_analysis.data.forces import NAMES, Force
from peel_analysis.data.programmes import PROGRAMMES
from peel_analysis.data.settings import CHECKS, SectionPlan
from peel_analysis.data.writing import checksum
from peel_analysis.sections.judgments import inspected

DRAWN_AND_EXPORTED_BY = (
    "afcharts", "ipykernel", "jinja2", "matplotlib", "mistune", "nbclient", "numpy", "pandas", "papermill", "pillow",
    "resvg_py", "seaborn",
)  # fmt: skip
PACKAGE = Path(__file__).resolve().parents[1]
BLANK = "0" * 64  # stands in the place of the checksum while it is worked out
NOTEBOOK_MARKS = re.compile(rb'"peel_checksum": "(?P<checksum>[0-9a-f]{64})",\s+"peel_key": "(?P<key>[0-9a-f]{64})"')
PAGE_MARKS = re.compile(
    rb"(?P<key>[0-9a-f]{64}) (?P<checksum>[0-9a-f]{64}) (?P<beside>[0-9a-f]{64})(?P<names>(?: [\w./-]+)*)"
)
END = 4096  # bytes; nbformat sorts keys, so a notebook's metadata stand at its end
BEGINNING = 1 << 15  # bytes; a page's marks stand in its head, with the names of all files that are made with it


@dataclass(frozen=True)
class Unit:
    """One section of one force: its notebook, where the executed notebook goes, and its content key."""

    force_id: str
    section_id: str
    edition: str
    source: Path
    target: Path
    findings: Path
    key: str = ""

    @property
    def failed(self) -> Path:
        """Where the notebook is kept, as far as it ran, when it fails."""
        return self.target.with_suffix(".failed.ipynb")

    @property
    def parameters(self) -> dict[str, str]:
        """What papermill puts into the notebook."""
        return {"force": self.force_id, "edition": self.edition}

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it is made from beside those that every unit is made from."""
        return self.source, self.findings

    def key_of(self, shared: str) -> str:
        """Return the content key of its files as they are now, and of what every unit is made from."""
        of_files = (checksum(_content(path)) if path.exists() else "none" for path in self.files)
        return _digest([shared, self.edition, self.force_id, self.section_id, *of_files])

    def is_fresh(self) -> bool:
        """Return whether the executed notebook is there, whole, and was made from what is there now."""
        return key_of_notebook(self.target) == self.key


@dataclass(frozen=True)
class Report:
    """A force's report: its units in order, its page, the page's content key, and the pages of sections beside it.

    `also` are what it is made as beside the page, such as "pdf".
    """

    force_id: str
    edition: str
    units: tuple[Unit, ...]
    page: Path
    key: str
    pages: tuple[Path, ...] = ()
    inspected_only: bool = False
    also: tuple[str, ...] = ()
    section_id: ClassVar[str] = "page"  # what a log calls it, as it calls a unit by its section

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that its units are made from beside those that every unit is made from."""
        return tuple(dict.fromkeys(path for unit in self.units for path in unit.files))

    def key_of(self, shared: str) -> str:
        """Return the content key of its units' files as they are now."""
        return _digest([*(unit.key_of(shared) for unit in self.units), str(self.inspected_only), *self.also])

    def is_fresh(self) -> bool:
        """Return whether the page and all that goes with it are there, whole, and were made from what is there now."""
        return key_of_page(self.page) == self.key


def report_of(
    edition: Edition,
    force: Force,
    out: Path,
    shared: str,
    *,
    inspected_only: bool = False,
    also: tuple[str, ...] = (),
) -> Report:
    """Return the plan of a force's report below `out`: `<out>/<edition>/<force>/index.html` and its notebooks.

    `shared` is the key of what every unit depends on; `inspected_only` leaves out questions that were not
    inspected, and what the published report does not have.
    """
    folder = out / edition.id / force.id
    findings = edition.data.folder / "findings" / edition.id / f"{force.id}.md"
    units = [
        Unit(
            force_id=force.id,
            section_id=plan.id,
            edition=edition.id,
            source=plan.notebook,
            target=folder / "notebooks" / plan.notebook.name,
            findings=findings,
        )
        for plan in edition.sections
        if not (inspected_only and (plan.added or _is_not_inspected(plan, edition, force)))
    ]
    keyed = tuple(replace(unit, key=unit.key_of(shared)) for unit in units)
    pages = tuple(dict.fromkeys(folder / f"{plan.page}.html" for plan in edition.sections if plan.page))
    report = Report(force.id, edition.id, keyed, folder / "index.html", "", pages, inspected_only, also)
    return replace(report, key=report.key_of(shared))


def _is_not_inspected(plan: SectionPlan, edition: Edition, force: Force) -> bool:
    return bool(plan.question) and inspected(edition, force.id, plan.question) == "no"


def shared_key(data: Path) -> str:
    """Return the key of what every unit depends on: the package's sources, a data folder and the libraries."""
    files = [f"{name} {checksum(_content(Path(path)))}" for name, path in sorted(shared_files(data).items())]
    return _digest([*_versions(), *files])


def shared_files(data: Path) -> dict[str, str]:
    """Return the paths, by name, of what every unit depends on: the package's sources and the files of a data folder.

    Among these are those of the project's own data folder that stand in where the data folder has none.
    """
    sources = {name: path for name, path in _below(PACKAGE) if name.endswith((".py", ".css", ".j2", ".json"))}
    tables = {name: path for name, path in _below(data) if "findings" not in name.split("/")}
    standing_in = {name: str(PROJECT / "data" / name) for name in (CHECKS, PROGRAMMES, NAMES)}
    return {
        **{f"peel_analysis/{name}": path for name, path in sources.items()},
        **{f"data/{name}": path for name, path in {**standing_in, **tables}.items()},
    }


def _below(folder: Path) -> Iterable[tuple[str, str]]:
    """Yield the name and the path of each file below a folder; by os.walk, which is five times as fast as rglob."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        within = place[len(str(folder)) :].replace(os.sep, "/").strip("/")
        for name in names:
            yield (f"{within}/{name}" if within else name), f"{place}/{name}"


def _versions() -> Iterable[str]:
    for name in DRAWN_AND_EXPORTED_BY:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} absent"


def _digest(parts: Iterable[str]) -> str:
    return checksum("\n".join(parts).encode())


def checked_notebook(notebook: dict[str, Any], key: str) -> str:
    """Return the text of a notebook file with its key and its checksum in its marks, which stand at its end."""
    notebook["metadata"] |= {"peel_checksum": BLANK, "peel_key": key}
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    before, _, after = text.rpartition(BLANK)
    return f"{before}{checksum(text.encode())}{after}"


def page_marks(key: str, beside: Mapping[str, bytes]) -> str:
    """Return what a page carries in its head before its checksum is worked out: that of the files beside it is there.

    `beside` are the contents of all files that are made with the page, by their path from its folder.
    """
    return " ".join((key, BLANK, _digest(map(checksum, beside.values())), *beside))


def checked_page(html: str) -> str:
    """Return a page with its checksum in its marks, which stand at its beginning."""
    return html.replace(BLANK, checksum(html.encode()), 1)


def key_of_notebook(path: Path) -> str:
    """Return the content key in an executed notebook, or "" when there is none, it is damaged or cannot be read."""
    content = _content(path)
    return _whole_key(content, NOTEBOOK_MARKS.search(content, max(0, len(content) - END)))


def key_of_page(page: Path) -> str:
    """Return the content key in a page, or "" when it or a file made with it is missing, damaged or cannot be read."""
    content = _content(page)
    marks = PAGE_MARKS.search(content, 0, BEGINNING)
    key = _whole_key(content, marks)
    if not marks or not key:
        return ""
    checksums = (checksum(_content(page.parent / name)) for name in marks["names"].decode().split())
    return key if marks["beside"].decode() == _digest(checksums) else ""


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it is to be made, and making it says what is in the way
        return b""


def _whole_key(content: bytes, marks: re.Match[bytes] | None) -> str:
    """Return the key among an output's marks, when the checksum among them is that of the rest."""
    if marks is None:
        return ""
    unchecked = content[: marks.start("checksum")] + BLANK.encode() + content[marks.end("checksum") :]
    return marks["key"].decode() if marks["checksum"].decode() == checksum(unchecked) else ""
