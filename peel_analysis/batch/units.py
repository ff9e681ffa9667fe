"""A unit of work: one section of one force's report, and the content keys of what it is made from.

A run plans by the key of all that a unit can read: its notebook, the findings, the package, the libraries and all data.
Where a page was made with the same key, from the notebooks that are there, nothing is stale. Where the key is another,
as when a row of a register was changed, a unit is stale if what it has read is another: its executed notebook names
that, and carries a key of it, the seal, which says nothing of data that it has not read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from peel_analysis.data import reads
from peel_analysis.data.edition import Edition
from peel_analysis.data.files import PACKAGE, PROJECT, files_below, library
from peel_analysis.data.forces import NAMES, Force
from peel_analysis.data.programmes import PROGRAMMES
from peel_analysis.data.returned import RETURNS
from peel_analysis.data.settings import CHECKS, SectionPlan
from peel_analysis.data.writing import checksum, content_of, digest, key_of_notebook, key_of_page, marks_of_notebook

if TYPE_CHECKING:
    from peel_analysis.measures import Result

DRAWN_AND_EXPORTED_BY = (
    "afcharts", "gptables", "ipykernel", "jinja2", "matplotlib", "mistune", "nbclient", "numpy", "pandas", "papermill",
    "pillow", "pyarrow", "resvg", "seaborn", "weasyprint", "xlsxwriter",
)  # fmt: skip
STANDING_IN = (CHECKS, PROGRAMMES, NAMES, RETURNS)  # the project's own, where a data folder has none
Told = Mapping[str, str]  # what a notebook has read, by name, each with a digest


def calculated(edition: Edition) -> "tuple[Result, ...]":
    """Return the results of all measures, once all is read and checked. Raises InputError for what cannot be used."""
    from peel_analysis.data.cross_checks import read_all
    from peel_analysis.measures import calculate_all  # not above: a run that finds nothing stale needs no pandas

    read_all(edition)
    return calculate_all(edition)


@dataclass(frozen=True)
class Now:
    """What the names of reads come to now; the data are read and checked, and measures calculated, if that is asked."""

    edition: Edition
    shared: str

    def told(self, names: Iterable[str]) -> dict[str, str]:
        """Return each name with the digest of what it is now. Raises InputError for data that cannot be used."""
        known, data = self._digests, self.edition.data
        for name in set(names) - known.keys():
            ask = reads.is_question(name)
            known[name] = reads.answer_digest(name, data) if ask else file_digest(data.folder, name)
        return {name: known[name] for name in names}

    @cached_property
    def code(self) -> str:
        """The key of the package and the libraries."""
        return code_key()

    @cached_property
    def _digests(self) -> dict[str, str]:
        """What is known already. The data have been checked, and all measures calculated from tables read once."""
        import peel_analysis.sections.section  # noqa: F401 - not above, as it draws: its questions can be asked then

        calculated(self.edition)
        return {reads.WHOLE: self.shared}


@dataclass(frozen=True)
class Unit:
    """One section of one force: its notebook, where the executed notebook goes, and its content key.

    `seal` is the key in the executed notebook, where that has been found to be fresh or has been made.
    """

    force_id: str
    section_id: str
    edition: str
    source: Path
    target: Path
    findings: Path
    key: str = ""
    seal: str = field(default="", compare=False)

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

    def seal_of(self, code: str, told: Told) -> str:
        """Return the key of its files as they are now, of the package's `code`, and of what it has read of the data."""
        return digest([self.key_of(code), *(f"{name} {told[name]}" for name in sorted(told))])

    def looked_at(self, now: Now) -> "Unit":
        """Return the unit with its seal if the executed notebook is there, whole, and has read what is there now."""
        seal, names = marks_of_notebook(self.target)
        is_fresh = bool(seal) and seal == self.seal_of(now.code, now.told(reads.unpacked(names)))
        return replace(self, seal=seal if is_fresh else "")


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

    @property
    def seal(self) -> str:
        """The key in its page: of its own, and of the executed notebooks that the page is made from."""
        return digest([self.key, *(unit.seal for unit in self.units)])

    def looked_at(self) -> "Report":
        """Return the report with its units' seals as they are in the executed notebooks, "" in those not whole."""
        return replace(self, units=tuple(replace(one, seal=key_of_notebook(one.target)) for one in self.units))

    def is_fresh(self) -> bool:
        """Return whether the page and all that goes with it are there, whole, and were made from what is there now.

        So are its notebooks: they are those that the page was made from, when they were fresh by the same key.
        """
        found = self.looked_at()
        return all(unit.seal for unit in found.units) and key_of_page(self.page, self.also) == found.seal


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
    from peel_analysis.sections.judgments import inspected  # not above, as it shows: most runs show nothing anew

    return bool(plan.question) and inspected(edition, force.id, plan.question) == "no"


def shared_key(data: Path) -> str:
    """Return the key of what every unit depends on: the package's sources, a data folder and the libraries."""
    return _key_of(shared_files(data))


def code_key() -> str:
    """Return the key of the package's sources and of the libraries."""
    return _key_of(_sources())


def _key_of(files: Mapping[str, str]) -> str:
    found = (f"{name} {checksum(content_of(Path(path)))}" for name, path in sorted(files.items()))
    return digest([*map(library, DRAWN_AND_EXPORTED_BY), *found])


def shared_files(data: Path) -> dict[str, str]:
    """Return the paths, by name, of what every unit depends on: the package's sources and the files of a data folder.

    Among these are those of the project's own data folder that stand in where the data folder has none.
    """
    tables = {name: path for name, path in files_below(data) if "findings" not in name.split("/")}
    standing_in = {name: str(PROJECT / "data" / name) for name in STANDING_IN}
    return {**_sources(), **{f"data/{name}": path for name, path in {**standing_in, **tables}.items()}}


def _sources() -> dict[str, str]:
    sources = {name: path for name, path in files_below(PACKAGE) if name.endswith((".py", ".css", ".j2", ".json"))}
    return {f"peel_analysis/{name}": path for name, path in sources.items()}


def file_digest(data: Path, name: str) -> str:
    """Return the digest of a file of a data folder, or of the one that stands in for it, or of a folder's names."""
    path = data / name
    if name in STANDING_IN and not path.exists():
        path = PROJECT / "data" / name
    if path.is_dir():
        return digest(sorted(inside for inside, _ in files_below(path)))
    return checksum(content_of(path)) if path.exists() else "none"
