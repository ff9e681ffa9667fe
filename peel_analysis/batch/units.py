"""A unit of work: one section of one force's report, with the content key that says whether it is fresh."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from peel_analysis.batch.seals import digest, key_of_notebook, key_of_page
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
    return digest(path.read_bytes())


def _digest(parts: Iterable[str]) -> str:
    return digest("\n".join(parts).encode())
