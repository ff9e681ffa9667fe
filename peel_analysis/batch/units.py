"""A unit of work: one section of one force's report, and the content key of what it is made from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import ClassVar

from peel_analysis.data.edition import Edition
from peel_analysis.data.files import PACKAGE, PROJECT, files_below
from peel_analysis.data.forces import NAMES, Force
from peel_analysis.data.programmes import PROGRAMMES
from peel_analysis.data.returned import RETURNS
from peel_analysis.data.settings import CHECKS, SectionPlan
from peel_analysis.data.writing import checksum, content_of, digest, key_of_notebook, key_of_page
from peel_analysis.sections.judgments import inspected

DRAWN_AND_EXPORTED_BY = (
    "afcharts", "gptables", "ipykernel", "jinja2", "matplotlib", "mistune", "nbclient", "numpy", "pandas", "papermill",
    "pillow", "pyarrow", "resvg", "seaborn", "weasyprint", "xlsxwriter",
)  # fmt: skip


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
        of_files = (checksum(content_of(path)) if path.exists() else "none" for path in self.files)
        return digest([shared, self.edition, self.force_id, self.section_id, *of_files])

    def is_fresh(self) -> bool:
        """Return whether the executed notebook is there, whole, and was made from what is there now."""
        return key_of_notebook(self.target) == self.key


@dataclass(frozen=True)
class Report:
    """A force's report: its units in order, its page, and the page's content key.

    `also` are the files that it is made as beside the page, a PDF and a workbook. They are no part of the key: a page
    that has more beside it than is asked for is as fresh as one that has not.
    """

    force_id: str
    edition: str
    units: tuple[Unit, ...]
    page: Path
    key: str
    inspected_only: bool = False
    also: tuple[str, ...] = ()
    section_id: ClassVar[str] = "page"  # what a log calls it, as it calls a unit by its section

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that its units are made from beside those that every unit is made from."""
        return tuple(dict.fromkeys(path for unit in self.units for path in unit.files))

    def beside(self, kind: str) -> str:
        """Return the name of the report as a PDF or a workbook beside the page, or nothing where none is asked for."""
        return next((name for name in self.also if name.endswith(f".{kind}")), "")

    def key_of(self, shared: str) -> str:
        """Return the content key of its units' files as they are now."""
        return digest([*(unit.key_of(shared) for unit in self.units), str(self.inspected_only)])

    def is_fresh(self) -> bool:
        """Return whether the page and all that goes with it are there, whole, and were made from what is there now."""
        return key_of_page(self.page, self.also) == self.key


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

    The page and all beside it are named as the data folder has it. `also` are "pdf", "xlsx", or both.

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
    page = folder / edition.data.named("index.html")
    beside = tuple(edition.data.named(f"{force.id}-{edition.id}.{kind}") for kind in also)
    report = Report(force.id, edition.id, keyed, page, "", inspected_only, beside)
    return replace(report, key=report.key_of(shared))


def _is_not_inspected(plan: SectionPlan, edition: Edition, force: Force) -> bool:
    return bool(plan.question) and inspected(edition, force.id, plan.question) == "no"


def shared_key(data: Path) -> str:
    """Return the key of what every unit depends on: the package's sources, a data folder and the libraries."""
    files = [f"{name} {checksum(content_of(Path(path)))}" for name, path in sorted(shared_files(data).items())]
    return digest([*_versions(), *files])


def shared_files(data: Path) -> dict[str, str]:
    """Return the paths, by name, of what every unit depends on: the package's sources and the files of a data folder.

    Among these are those of the project's own data folder that stand in where the data folder has none.
    """
    sources = {name: path for name, path in files_below(PACKAGE) if name.endswith((".py", ".css", ".j2", ".json"))}
    tables = {name: path for name, path in files_below(data) if "findings" not in name.split("/")}
    standing_in = {name: str(PROJECT / "data" / name) for name in (CHECKS, PROGRAMMES, NAMES, RETURNS)}
    return {
        **{f"peel_analysis/{name}": path for name, path in sources.items()},
        **{f"data/{name}": path for name, path in {**standing_in, **tables}.items()},
    }


def _versions() -> Iterable[str]:
    return map(_version, DRAWN_AND_EXPORTED_BY)


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} absent"
