"""What a worker does: run one unit, or make one force's page. Both write beside the place and rename."""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from peel_analysis.batch.faults import fault_line, one_line
from peel_analysis.batch.seals import blank_notebook_seal, sealed_notebook, sealed_page
from peel_analysis.batch.units import Report, Unit
from peel_analysis.data.cache import KEPT_IN
from peel_analysis.data.location import VARIABLE
from peel_analysis.data.writing import part_of, write_text

if TYPE_CHECKING:
    from peel_analysis.reports.page import SectionHtml
    from peel_analysis.reports.values_file import EditionValues

CELL_TIMEOUT = 300  # seconds; the slowest cell takes about one


@dataclass(frozen=True)
class Workplace:
    """What a worker must know that its own environment may not say: the data, the engine, and what notebooks share."""

    data: str
    kept: str
    engine: Literal["peel", "stock"]

    def enter(self) -> None:
        """Set the environment that the notebooks' kernels inherit."""
        os.environ[VARIABLE] = self.data
        os.environ[KEPT_IN] = self.kept


@dataclass(frozen=True)
class Outcome:
    """What became of a unit or a page: done, fresh or failed, in how many seconds, and the error line."""

    force_id: str
    section_id: str
    key: str
    outcome: str
    seconds: float
    error: str = ""

    @property
    def failed(self) -> bool:
        """True when there is no new output."""
        return self.outcome == "failed"


def run_unit(unit: Unit, workplace: Workplace) -> Outcome:
    """Execute a unit's notebook and put it, with its key, in its place; a failed one is kept as `.failed.ipynb`."""
    from peel_analysis.engine.execution import NotebookFailedError, execute

    workplace.enter()
    started = time.perf_counter()
    beside = part_of(unit.target, ".ipynb")
    error = ""
    try:
        unit.target.parent.mkdir(parents=True, exist_ok=True)
        unit.failed.unlink(missing_ok=True)
        execute(unit.source, beside, unit.parameters, engine=workplace.engine, timeout=CELL_TIMEOUT)
        _seal(beside, unit)
        beside.replace(unit.target)
    except NotebookFailedError as failure:
        error = one_line(f"{failure}; the notebook as far as it ran: {unit.failed}")
        with suppress(OSError):
            beside.replace(unit.failed)
    except Exception as fault:  # a worker must outlive any unit
        error = fault_line(fault)
    with suppress(OSError):  # it is there only after a fault
        beside.unlink()
    seconds = time.perf_counter() - started
    return Outcome(unit.force_id, unit.section_id, unit.key, "failed" if error else "done", seconds, error)


def _seal(path: Path, unit: Unit) -> None:
    """Write the content key into the notebook's metadata, and take out times, paths and chance: runs compare."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["metadata"].pop("papermill", None)
        cell["metadata"].pop("execution", None)
        if "injected-parameters" in cell["metadata"].get("tags", ()):
            cell["id"] = "injected-parameters"  # papermill gives it a random one
    notebook["metadata"].pop("papermill", None)
    notebook["metadata"] |= blank_notebook_seal(unit.key)
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path.write_bytes(sealed_notebook(text).encode())


def make_page(report: Report, workplace: Workplace) -> Outcome:
    """Make a force's page from its executed notebooks, and put its values file beside it."""
    workplace.enter()
    started = time.perf_counter()
    error = ""
    try:
        values = _values(report.edition, workplace.kept).text(report.force_id)
        html = _page(report)
        write_text(report.values, values)  # before the page, whose key says that all is done
        write_text(report.page, sealed_page(html, report.key, values))
    except Exception as fault:  # as above
        error = fault_line(fault)
    seconds = time.perf_counter() - started
    return Outcome(report.force_id, "page", report.key, "failed" if error else "done", seconds, error)


@lru_cache(maxsize=1)
def _values(edition: str, kept: str) -> "EditionValues":
    """Return the values of an edition, worked out once a worker; `kept` says from which data and by which package."""
    from peel_analysis.data.edition import open_edition
    from peel_analysis.reports.values_file import values_of

    return values_of(open_edition(edition))


def _page(report: Report) -> str:
    from peel_analysis.data import forces
    from peel_analysis.data.edition import open_edition
    from peel_analysis.reports.page import page_html

    sections = [_section(unit) for unit in report.units]
    return page_html(sections, forces.find(report.force_id), open_edition(report.edition), report.key)


def _section(unit: Unit) -> "SectionHtml":
    import nbformat

    from peel_analysis.reports.fragment import section_html
    from peel_analysis.reports.page import SectionHtml
    from peel_analysis.sections.catalogue import plan_of

    try:
        notebook = nbformat.read(unit.target, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:  # it was whole when the run began, or has just been made
        raise RuntimeError(f"{unit.target} cannot be read; the next run makes it again: {error}") from error
    return SectionHtml(unit.section_id, plan_of(unit.section_id).title, section_html(notebook, unit.section_id))
