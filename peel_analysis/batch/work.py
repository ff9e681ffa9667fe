"""A worker process: as it starts, as it runs one unit or makes one force's page, and a fault in one line.

Both write beside the place and rename.
"""

import json
import logging
import os
import re
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import psutil

from peel_analysis.batch.seen import FilesMovedError, Reading, last_look, look_again
from peel_analysis.batch.units import Report, Unit, calculated
from peel_analysis.batch.values import values_files
from peel_analysis.data.errors import system_error_in_words
from peel_analysis.data.files import VARIABLE, left_out
from peel_analysis.data.reads import READS_IN, WHOLE, is_seen_to_read, packed, told_in, watch
from peel_analysis.data.writing import (
    KEPT_IN,
    checked_notebook,
    checked_page,
    key_of_notebook,
    page_marks,
    part_of,
    write_files,
    write_text,
)
from peel_analysis.engine.machine import make_no_more_folders, remove_left_over_folders
from peel_analysis.engine.warm_process import OF_BATCH, SHARED

if TYPE_CHECKING:
    from peel_analysis.data.settings import SectionPlan
    from peel_analysis.reports.page import SectionOnPage

ORPHAN_CHECK = 1.0  # seconds
KILL_TIMEOUT = 5.0
SETTLED = 0.1  # seconds in which a kernel that was about to be started can be seen
MANY = 4  # forces, for which it pays to show one force's sections before the first notebook
ATTEMPTS = 3  # at a task during which files move
CELL_TIMEOUT = 300  # the slowest cell takes about one
LAUNCHER = "ipykernel_launcher"
BETWEEN_TAGS = re.compile(r"\n *(?=<)")
SHARED_EDITION = "PEEL_EDITION"  # of a batch: the edition that its kernels find read
# What papermill brings looks for these packages as it is imported, for checks that the format of notebooks does not ask
# for and for Hadoop: up to a second a worker where it finds them.
NOT_NEEDED = ("rfc3987_syntax", "rfc3986_validator", "isoduration", "pyarrow")


@dataclass(frozen=True)
class Workplace:
    """What a worker must know that its own environment may not say: the data, the engine, and what notebooks share.

    `of_many`: that there are many forces' notebooks to run.
    """

    data: Path
    cache: Path
    engine: Literal["peel", "stock"]
    edition: str
    of_many: bool = False

    def kept(self) -> Path:
        """Return where notebooks keep what they share: of files that have moved, nothing is found there again."""
        return self.cache.with_name(f"{self.cache.name}-{last_look(self.data).mark}")

    def for_forces(self, number: int) -> "Workplace":
        """Return the same for the notebooks of so many forces."""
        return replace(self, of_many=number >= MANY)

    def enter(self) -> None:
        """Set the environment that the notebooks' kernels inherit."""
        os.environ |= self.environment()

    def environment(self) -> dict[str, str]:
        """Return what is set in it."""
        share = rehearse_for_kernels if self.of_many else share_with_kernels
        shared, kept = f"{__name__}:{share.__name__}", str(self.kept())
        return {VARIABLE: str(self.data), KEPT_IN: kept, SHARED: shared, SHARED_EDITION: self.edition}

    def kept_now(self) -> Path:
        """Return where what is made of the files as they are now is kept, before this process reads any of them."""
        look_again(self.data)
        return self.kept()


@dataclass(frozen=True)
class Outcome:
    """What became of a unit or a page: done, fresh or failed, in how many seconds, and the error line."""

    force_id: str
    section_id: str
    key: str
    outcome: str
    seconds: float
    error: str = ""

    @classmethod
    def of(cls, task: Unit | Report, outcome: str, seconds: float = 0.0, error: str = "") -> "Outcome":
        """Return what became of a unit, or of a report's page."""
        return cls(task.force_id, task.section_id, task.key, outcome, seconds, error)

    @property
    def failed(self) -> bool:
        """True when there is no new output."""
        return self.outcome == "failed"


def share_with_kernels() -> Callable[[], None]:
    """Read and check the data and calculate the measures: a batch's kernels find all that ready.

    Return what imports the rest of this package, which draws. The package and the data are those of the batch's keys;
    where a file of the data changes, kernels read it again.
    """
    os.environ[READS_IN] = os.devnull  # so that what each answer was read from is worked out here
    watch()
    from peel_analysis.comparison.verdicts import compare
    from peel_analysis.data.folder import open_data
    from peel_analysis.show.templates import compile_pieces

    compile_pieces()
    for result in calculated(open_data().edition(os.environ[SHARED_EDITION])):
        compare(result)
    return _import_what_draws


def _import_what_draws() -> None:
    import peel_analysis

    _ = peel_analysis.open_data  # asked for, it is imported with all that a notebook finds in the package


def rehearse_for_kernels() -> Callable[[], None]:
    """Do the same, and return what shows one force's sections: with many forces that takes less time than it saves."""
    share_with_kernels()
    return _rehearse


def _rehearse() -> None:
    from peel_analysis.data.folder import open_data
    from peel_analysis.sections.rehearsal import rehearse

    _import_what_draws()
    rehearse(open_data().edition(os.environ[SHARED_EDITION]))


def prepare_worker(parent: int, workplace: Workplace) -> None:
    """Set up a worker: Ctrl-C is its parent's business, it ends when its parent does, and what it needs is imported."""
    workplace.enter()
    os.environ[OF_BATCH] = str(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a forked one has its parent's way to end
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    be_ready(workplace)


def be_ready(workplace: Workplace) -> None:
    """Import and read what a worker needs for notebooks, their pictures and pages; the first task says what fails."""
    with suppress(Exception), left_out(*NOT_NEEDED):
        import PIL.Image  # noqa: F401
        import resvg  # noqa: F401

        import peel_analysis.engine.papermill_engine
        import peel_analysis.reports.page
        import peel_analysis.show.values_dictionary  # noqa: F401
        from peel_analysis.data.folder import open_data
        from peel_analysis.show.templates import compile_pieces

        compile_pieces()
        _ = open_data(workplace.data).edition(workplace.edition).sections


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK)
    logging.disable()  # nobody is there to be told that kernels have gone
    with suppress(Exception):  # ending is what matters
        from peel_analysis.engine.warm_connection import stop_at_once

        make_no_more_folders()
        stop_at_once()
        for _ in range(2):  # again for a kernel that was about to be started
            psutil.wait_procs(kill_kernels(psutil.Process()), KILL_TIMEOUT)
            remove_left_over_folders(own=True)
            time.sleep(SETTLED)
    os._exit(1)


def kill_kernels(worker: psutil.Process) -> list[psutil.Process]:
    """Kill a worker's kernels that were started in the ordinary way, and return them.

    They look once a second whether the worker is there, and one that is still starting would make its folder anew.
    The warm process ends the others, and deletes their folders, as soon as the worker has gone.
    """
    kernels = []
    for child in worker.children():
        with suppress(psutil.Error):  # it may end at any moment
            if LAUNCHER in child.cmdline():
                child.kill()
                kernels.append(child)
    return kernels


def carry_out(task: Unit | Report, workplace: Workplace) -> Outcome:
    """Run a unit's notebook, or make a report's page; return what became of it."""
    started = time.perf_counter()
    seal = error = ""
    try:
        seal, error = _sealed(task, workplace)
    except Exception as fault:  # a worker must outlive any task
        error = fault_line(fault)
    seconds = time.perf_counter() - started
    return Outcome(task.force_id, task.section_id, seal or task.key, "failed" if error else "done", seconds, error)


def _sealed(task: Unit | Report, workplace: Workplace) -> tuple[str, str]:
    """Do a task with the key of what it reads; again where a file has moved and has the content of before.

    Return the seal of what is made, and the error if nothing is.
    """
    error = ""
    for _ in range(ATTEMPTS):
        reading = Reading.of(task, workplace.data)
        if fault := reading.fault():
            return "", fault
        workplace.enter()
        try:
            if isinstance(task, Unit):
                return _run_unit(task, workplace, reading)
            return _make_page(task, workplace, reading)
        except FilesMovedError as moved:
            error = str(moved)
    return "", error


def _run_unit(unit: Unit, workplace: Workplace, reading: Reading) -> tuple[str, str]:
    """Execute a unit's notebook and put it, with its key, in its place; a failed one is kept as `.failed.ipynb`."""
    from peel_analysis.engine.papermill_engine import NotebookFailedError, execute
    from peel_analysis.engine.this_python import THIS_PYTHON

    beside, reads = part_of(unit.target, ".ipynb"), part_of(unit.target, ".reads")
    try:
        unit.target.parent.mkdir(parents=True, exist_ok=True)
        unit.failed.unlink(missing_ok=True)
        reads.unlink(missing_ok=True)
        os.environ[READS_IN] = str(reads)  # for the kernel: of what this process reads nothing is to be told
        how: dict[str, Any] = {"engine": workplace.engine, "timeout": CELL_TIMEOUT, "kernel_name": THIS_PYTHON}
        notebook = execute(unit.source, beside, unit.parameters, **how, save=False)
        del os.environ[READS_IN]
        text, seal = _finished(notebook, unit, told_in(reads), reading)
        beside.write_bytes(text.encode())
        reading.check_still()
        beside.replace(unit.target)
        with suppress(Exception):  # the page makes them anew, and says what is wrong
            from peel_analysis.reports.figure_files import keep_pictures

            keep_pictures(notebook)
        return seal, ""
    except NotebookFailedError as failure:
        reading.check_still()  # it may have failed of a file that was half written
        with suppress(OSError):
            beside.replace(unit.failed)
        return "", one_line(f"{failure}; the notebook as far as it ran: {unit.failed}")
    finally:
        os.environ.pop(READS_IN, None)
        for part in (beside, reads):
            with suppress(OSError):  # the notebook is there only after a fault
                part.unlink()


def _finished(notebook: dict[str, Any], unit: Unit, told: dict[str, str], reading: Reading) -> tuple[str, str]:
    """Return a notebook as it is kept, without times, paths and chance, so that runs compare; and the seal in it."""
    if not is_seen_to_read(notebook):
        told[WHOLE] = ""
    seen = reading.shared
    seal = unit.seal_of(seen.code, {name: found or seen.digest(name) for name, found in told.items()})
    for cell in notebook["cells"]:
        cell["metadata"].pop("papermill", None)
        cell["metadata"].pop("execution", None)
        if cell["metadata"].get("tags") == []:
            del cell["metadata"]["tags"]
        if "injected-parameters" in cell["metadata"].get("tags", ()):
            cell["id"] = "injected-parameters"  # papermill gives it a random one
        if "outputs" in cell:
            cell["outputs"] = list(_joined(cell["outputs"]))
        for output in cell.get("outputs", ()):
            shown = output.get("data", {})
            if "text/html" in shown and "\n" in shown.get("text/plain", ""):
                del shown["text/plain"]  # a table that its HTML has already
                shown["text/html"] = BETWEEN_TAGS.sub("", shown["text/html"])
    notebook["metadata"].pop("papermill", None)
    return checked_notebook(notebook, seal, packed(told)), seal


def _joined(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield outputs with what is printed between two others as one of standard output and one of standard error.

    In how many parts a kernel sends it, and in which order, is chance: it does so when a fifth of a second has passed.
    """
    for is_printed, together in groupby(outputs, key=lambda output: bool(output["output_type"] == "stream")):
        if not is_printed:
            yield from together
            continue
        parts = list(together)
        for name in ("stdout", "stderr"):
            if mine := [part for part in parts if part["name"] == name]:
                yield {**mine[0], "text": "".join(part["text"] for part in mine)}


def _make_page(report: Report, workplace: Workplace, reading: Reading) -> tuple[str, str]:
    """Make a force's pages from its executed notebooks, and put its values file and the edition's beside them."""
    from peel_analysis.data.folder import open_data
    from peel_analysis.reports.figure_files import FOLDER, figure_files
    from peel_analysis.reports.page import as_pdf, file_of, page_html
    from peel_analysis.show.values_dictionary import METADATA, VALUES, metadata

    data = open_data(workplace.data)
    force, edition = data.forces.find(report.force_id), data.edition(report.edition)
    sections = [_section(unit, edition.section(unit.section_id)) for unit in report.units]
    pdf, workbook = report.beside("pdf"), report.beside("xlsx")
    described = metadata(data.named(VALUES), edition).encode()
    files = values_files(edition, force.id, workplace.kept())
    values, of_all, parquet = map(data.named, (VALUES, f"../{VALUES}", "../values.parquet"))
    contents = {values: files.of_force, of_all: files.of_all, parquet: files.parquet}
    contents |= dict.fromkeys((f"{values}{METADATA}", f"{of_all}{METADATA}"), described)
    if workbook:
        from peel_analysis.measures import calculate_all  # not above: a page alone needs no tables
        from peel_analysis.reports.workbook import workbook_of

        contents[workbook] = workbook_of(edition, calculate_all(edition), force.id)
    unfolded = report.inspected_only
    page_of = partial(page_html, sections, force, edition, unfolded=unfolded, pdf=pdf, workbook=workbook)
    pages = dict.fromkeys(plan.page for plan in edition.sections if plan.page)  # beside the report's own
    contents |= {file_of(page, data): page_of(report.seal, page=page).encode() for page in pages}
    figures = [(one.data, one.html) for section in sections for one in section.pieces if "files" in one.data]
    contents |= figure_files(figures, files.of_force.decode(), files.of_all.decode(), force, data)
    if pdf:
        contents[pdf] = as_pdf(page_of(report.seal, page=None))
    html = page_of(page_marks(report.seal, contents))
    reading.check_still()
    write_files(dict(_not_there_yet((report.page.parent / name, content) for name, content in contents.items())))
    write_text(report.page, checked_page(html))  # last, as its key says that all is done
    folder = report.page.parent
    earlier = {*(folder / FOLDER).glob("*.*"), *folder.glob("*.pdf"), *folder.glob("*.xlsx")}
    for path in earlier - {folder / name for name in contents}:
        path.unlink(missing_ok=True)  # of a figure that has gone, or of an earlier page
    return report.seal, ""


def _not_there_yet(contents: Iterable[tuple[Path, bytes]]) -> Iterator[tuple[Path, bytes]]:
    """Yield the files that are not there with this content: all forces' values are the same for each."""
    for path, content in contents:
        if not path.is_file() or path.read_bytes() != content:
            yield path, content


def _section(unit: Unit, plan: "SectionPlan") -> "SectionOnPage":
    from peel_analysis.reports.page import SectionOnPage, pieces

    try:
        notebook = json.loads(unit.target.read_bytes())
    except (OSError, ValueError) as error:  # it was whole when the run began, or has just been made
        raise RuntimeError(f"{unit.target} cannot be read; the next run makes it again: {error}") from error
    if key_of_notebook(unit.target) != unit.seal:
        raise RuntimeError(f"{unit.target} has been changed since it was made; the next run makes it again")
    return SectionOnPage(plan.id, plan.title, tuple(pieces(notebook, plan.id, plan.title)), plan.page)


def fault_line(error: BaseException) -> str:
    """Return an error that no cell raised in one line; unless a user can put it right, with its place in the code."""
    if isinstance(error, OSError) and not isinstance(error, FileNotFoundError) and error.strerror:
        return system_error_in_words(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return one_line(f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})")


def one_line(text: str) -> str:
    """Return the text with each run of white space as one space: a log has a line an error."""
    return " ".join(text.split())
