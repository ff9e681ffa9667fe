"""What a worker does: run one unit, or make one force's page. Both write beside the place and rename."""

import json
import os
import time
import traceback
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from peel_analysis.batch.units import Report, Unit
from peel_analysis.kept import KEPT_IN
from peel_analysis.location import VARIABLE
from peel_analysis.writing import part_of, write_text

if TYPE_CHECKING:
    from peel_analysis.report.values_file import EditionValues

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
    unit.target.parent.mkdir(parents=True, exist_ok=True)
    beside = part_of(unit.target, ".ipynb")
    failed = unit.target.with_suffix(".failed.ipynb")
    error = ""
    try:
        execute(unit.source, beside, unit.parameters, engine=workplace.engine, timeout=CELL_TIMEOUT)
        _seal(beside, unit)
        beside.replace(unit.target)
        failed.unlink(missing_ok=True)
    except NotebookFailedError as failure:
        error = f"{failure}; the notebook as far as it ran: {failed}"
        if beside.exists():
            beside.replace(failed)
    except Exception as fault:  # a worker must outlive any unit
        error = fault_line(fault)
    finally:
        beside.unlink(missing_ok=True)
    seconds = time.perf_counter() - started
    return Outcome(unit.force_id, unit.section_id, unit.key, "failed" if error else "done", seconds, error)


def fault_line(error: Exception) -> str:
    """Return an error that no cell raised in one line: what it says, and where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})"


def _seal(path: Path, unit: Unit) -> None:
    """Write the content key into the notebook's metadata, and take out times, paths and chance: runs compare."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["metadata"].pop("papermill", None)
        cell["metadata"].pop("execution", None)
        if "injected-parameters" in cell["metadata"].get("tags", ()):
            cell["id"] = "injected-parameters"  # papermill gives it a random one
    notebook["metadata"].pop("papermill", None)
    notebook["metadata"]["peel_key"] = unit.key
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def make_page(report: Report, workplace: Workplace) -> Outcome:
    """Make a force's page from its executed notebooks, and put its values file beside it."""
    workplace.enter()
    started = time.perf_counter()
    error = ""
    try:
        _write_values(report, workplace)  # before the page, whose key says that all is done
        _write_page(report)
    except Exception as fault:  # as above
        error = fault_line(fault)
    seconds = time.perf_counter() - started
    return Outcome(report.force_id, "page", report.key, "failed" if error else "done", seconds, error)


@lru_cache(maxsize=1)
def _values(edition: str, kept: str) -> "EditionValues":
    """Return the values of an edition, worked out once a worker; `kept` says from which data and by which package."""
    from peel_analysis.data import open_edition
    from peel_analysis.report.values_file import values_of

    return values_of(open_edition(edition))


def _write_values(report: Report, workplace: Workplace) -> None:
    write_text(report.values, _values(report.edition, workplace.kept).text(report.force_id))


def _write_page(report: Report) -> None:
    import nbformat

    from peel_analysis import forces
    from peel_analysis.data import open_edition
    from peel_analysis.report.fragment import section_html
    from peel_analysis.report.page import SectionHtml, page_html
    from peel_analysis.sections.catalogue import plan_of

    sections = [
        SectionHtml(
            unit.section_id,
            plan_of(unit.section_id).title,
            section_html(nbformat.read(unit.target, as_version=4), unit.section_id),  # type: ignore[no-untyped-call]
        )
        for unit in report.units
    ]
    html = page_html(sections, forces.find(report.force_id), open_edition(report.edition), report.key)
    write_text(report.page, html)
