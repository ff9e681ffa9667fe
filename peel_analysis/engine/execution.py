"""Execute one notebook, and tell every kind of failure: papermill's saved file calls some failed cells completed."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import papermill
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG, remove_error_markers
from papermill.iorw import load_notebook_node, write_ipynb
from traitlets.config import Config

from peel_analysis.engine.papermill_engine import PeelEngine
from peel_analysis.engine.sockets import SocketKernelManager, TcpKernelManager

logger = logging.getLogger(__name__)

Engine = Literal["peel", "stock"]
# Without it, each kernel that listens on TCP prints a warning to the terminal.
ENCRYPTED = Config({"KernelManager": {"transport_encryption": "auto"}})
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class NotebookFailedError(RuntimeError):
    """A notebook that did not run to its end.

    `cell` is the cell's place, from 0, among the cells as run (with the injected parameters, without papermill's error
    markers), or None when no kernel started. `name` and `value` are the error's, `traceback` its text without colours.
    """

    def __init__(self, notebook: str, cell: int | None, name: str, value: str, traceback: str) -> None:
        super().__init__(notebook, cell, name, value, traceback)  # all of them, so that it can be pickled
        self.notebook = notebook
        self.cell = cell
        self.name = name
        self.value = value
        self.traceback = traceback

    def __str__(self) -> str:
        where = "before its first cell" if self.cell is None else f"in cell {self.cell}"
        return f"{self.notebook} failed {where}: {self.name}: {self.value}"


def execute(
    source: Path | str,
    target: Path | str,
    parameters: Mapping[str, Any] | None = None,
    *,
    engine: Engine = "peel",
    timeout: int | None = None,
    cwd: Path | str | None = None,
    kernel_name: str | None = None,
) -> None:
    """Run the notebook `source` with papermill and write it to `target`, which is replaced.

    `timeout` is in seconds for each cell, `cwd` the kernel's working folder (this process keeps its own). A cell tagged
    `raises-exception` may fail. A kernel that does not start is tried once more, in the ordinary way and on TCP.
    Raises NotebookFailedError for an error in a cell, sys.exit, a timeout, or a kernel that died; `target` then holds
    what was run, with the failed cell marked. Raises FileNotFoundError or papermill's own errors for a bad request.
    """
    source, target = Path(source).absolute(), Path(target).absolute()
    if not source.is_file():
        raise FileNotFoundError(f"no such notebook: {source}")
    target.unlink(missing_ok=True)
    request = {
        "parameters": dict(parameters or {}),
        "kernel_name": kernel_name,
        "execution_timeout": timeout,
        "resources": {"metadata": {"path": str(Path(cwd or Path.cwd()).absolute())}},
    }
    failure = _run(source, target, engine, request)
    if failure is not None and failure.cell is None:
        logger.warning("%s; trying once more, with papermill's own engine", failure)
        failure = _run(source, target, "stock", {**request, "kernel_manager_class": TcpKernelManager})
    if failure is not None:
        _mark(target, failure.cell)
        raise failure


def _run(source: Path, target: Path, engine: Engine, request: Mapping[str, Any]) -> NotebookFailedError | None:
    papermill_engines.register("peel", PeelEngine)  # the entry point is there only where the package is installed
    # Saving after each cell takes longer than most cells, and nobody looks at a notebook before its run has ended.
    peel: dict[str, Any] = {"engine_name": "peel", "save_each_cell": False}
    stock: dict[str, Any] = {"engine_name": "nbclient", "kernel_manager_class": SocketKernelManager}
    raised: Exception | None = None
    try:
        papermill.execute_notebook(
            source, target, progress_bar=False, config=ENCRYPTED, **{**(peel if engine == "peel" else stock), **request}
        )
    except Exception as error:
        raised = error
    try:
        saved = remove_error_markers(load_notebook_node(str(target)))
    except Exception as unreadable:  # refused before the run began, or not saved whole: the disk may be full
        raise (raised or unreadable) from None
    return _failure(source.name, target, saved, raised)


def _failure(notebook: str, target: Path, saved: Any, raised: Exception | None) -> NotebookFailedError | None:
    """Return what went wrong according to the saved notebook and what papermill raised, None when nothing did."""
    # First of all: stopping the kernel of a cell that took too long puts a KeyboardInterrupt among its outputs.
    if raised is not None and not isinstance(raised, PapermillExecutionError):
        text = COLOUR.sub("", str(raised))
        return NotebookFailedError(notebook, _last_started(saved), type(raised).__name__, text.partition("\n")[0], text)
    for place, cell in enumerate(saved.cells):
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        if errors and "raises-exception" not in cell.metadata.get("tags", []):
            text = COLOUR.sub("", "\n".join(errors[0].traceback))
            return NotebookFailedError(notebook, place, errors[0].ename, COLOUR.sub("", errors[0].evalue), text)
    for place, cell in enumerate(saved.cells):
        skipped = "skip-execution" in cell.metadata.get("tags", []) or not cell.source.strip()
        if cell.cell_type == "code" and not skipped and cell.execution_count is None:
            return NotebookFailedError(notebook, place, "NotExecuted", "the run ended before this cell", "")
    if raised is not None:  # papermill counts an error as one even where the cell's tag allows it
        write_ipynb(saved, str(target))
    return None


def _last_started(saved: Any) -> int | None:
    started = [place for place, cell in enumerate(saved.cells) if cell.metadata.get("papermill", {}).get("start_time")]
    return started[-1] if started else None


def _mark(target: Path, failed: int | None) -> None:
    """Put right in the saved notebook which cell failed and which never ran."""
    saved = load_notebook_node(str(target))
    saved.metadata.papermill["exception"] = True
    as_run = [cell for cell in saved.cells if ERROR_MARKER_TAG not in cell.metadata.get("tags", [])]
    for place, cell in enumerate(as_run):
        if failed is None or place > failed:
            cell.metadata.papermill["status"] = "pending"
        elif place == failed:
            cell.metadata.papermill.update(status="failed", exception=True)
    write_ipynb(saved, str(target))
