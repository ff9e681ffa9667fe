"""Execute one notebook on a warm kernel, and tell every kind of failure: papermill calls some failed cells completed.

`PeelEngine` is the papermill engine `peel` (entry point group `papermill.engine`).
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from nbformat.v4.rwbase import rejoin_lines
from traitlets.config import Config

from peel_analysis.engine.forked_client import ForkedKernelManager
from peel_analysis.engine.kernels import SocketKernelManager, TcpKernelManager
from peel_analysis.engine.warm_connection import own_pool

logger = logging.getLogger(__name__)

Engine = Literal["peel", "stock"]
# Without it, each kernel that listens on TCP prints a warning to the terminal.
ENCRYPTED = Config({"KernelManager": {"transport_encryption": "auto"}})
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class PeelEngine:
    """Runs notebooks as papermill's nbclient engine does, in kernels that the warm process forks.

    A kernel is stopped at once when its last cell is done: its atexit functions do not run, and a file that it left
    open may lack its last lines.
    """

    @classmethod
    def execute_notebook(
        cls, nb: Any, kernel_name: str, *, output_path: Any = None, save_each_cell: bool = True, **kwargs: Any
    ) -> Any:
        """Return the executed notebook. Runs it again on an ordinary kernel when the warm process died under it.

        Without `save_each_cell` the engine writes the notebook only when its run ends in an error.
        """
        run = partial(papermill.engines.NBClientEngine.execute_notebook, nb, kernel_name)
        kwargs["output_path"] = output_path if save_each_cell else None
        ordinary = {"kernel_manager_class": SocketKernelManager, **kwargs}
        warm = {"kernel_manager_class": ForkedKernelManager, "shutdown_kernel": "immediate", **kwargs}
        known = own_pool().deaths
        try:
            try:
                return run(**(warm if sys.platform == "linux" else ordinary))
            except RuntimeError:
                if own_pool().deaths == known:
                    raise
                logger.warning("the warm process died; the notebook runs again from its start on an ordinary kernel")
                return run(**ordinary)
        except Exception:
            if not save_each_cell:
                papermill.iorw.write_ipynb(nb, output_path)
            raise

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the name of the kernel that a notebook asks for."""
        return str(papermill.engines.NBClientEngine.nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the language of a notebook."""
        return str(papermill.engines.NBClientEngine.nb_language(nb, language))


# Below the engine, which papermill loads while it is itself being imported; and whole, as its parts are there later.
import papermill  # noqa: E402


@dataclass(eq=False)
class NotebookFailedError(RuntimeError):
    """A notebook that did not run to its end.

    `cell` is the cell's place, from 0, among the cells as run (with the injected parameters, without papermill's error
    markers), or None when no kernel started. `name` and `value` are the error's, `traceback` its text without colours.
    Its parts are given by position: only then can it be pickled.
    """

    notebook: str
    cell: int | None
    name: str
    value: str
    traceback: str

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
    save: bool = True,
) -> Any:
    """Run the notebook `source` with papermill, write it to `target`, which is replaced, and return it as run.

    Without `save` the engine `peel` writes it only when a cell fails: to write it takes as long as its shorter cells.

    `timeout` is in seconds for each cell, `cwd` the kernel's working folder (this process keeps its own). `kernel_name`
    THIS_PYTHON is a kernel of this Python without any user's settings; left out, the notebook names it. A cell tagged
    `raises-exception` may fail. A kernel that does not start is tried once more, in the ordinary way and on TCP.
    Raises NotebookFailedError for an error in a cell, sys.exit, a timeout, or a kernel that died; `target` then holds
    what was run, with the failed cell marked. Raises FileNotFoundError or papermill's own errors for a bad request.
    """
    source, target = Path(source).absolute(), Path(target).absolute()
    if not source.is_file():
        raise FileNotFoundError(f"no such notebook: {source}")
    target.unlink(missing_ok=True)
    papermill.engines.papermill_engines.register("peel", PeelEngine)  # the package need not be installed
    request = {
        "parameters": dict(parameters or {}),
        "kernel_name": kernel_name,
        "execution_timeout": timeout,
        "config": ENCRYPTED,
        "resources": {"metadata": {"path": str(Path(cwd or Path.cwd()).absolute())}},
    }
    # Saving after each cell takes longer than most cells, and nobody looks at a notebook before its run has ended.
    peel = {"engine_name": "peel", "save_each_cell": False}
    stock = {"engine_name": "nbclient", "kernel_manager_class": SocketKernelManager}
    run = _saved if save or engine == "stock" else _unsaved
    executed, failure = _run(run, source, target, {**request, **(peel if engine == "peel" else stock)})
    if failure is not None and failure.cell is None:
        logger.warning("%s; trying once more, with papermill's own engine", failure)
        executed, failure = _run(_saved, source, target, {**request, **stock, "kernel_manager_class": TcpKernelManager})
    if failure is not None:
        _mark(target, failure.cell)
        raise failure
    # As it would be read from a file: a cell may have shown a text as a list of lines.
    return rejoin_lines(executed)  # type: ignore[no-untyped-call]


def _saved(source: Path, target: Path, request: Mapping[str, Any]) -> Any:
    """Have papermill run a notebook and write it; return it."""
    return papermill.execute_notebook(_as_it_is(source), _as_it_is(target), progress_bar=False, **request)


def _unsaved(source: Path, target: Path, request: Mapping[str, Any]) -> Any:
    """Do the same by papermill's own parts, which write the notebook only when a cell has failed."""
    of_kernel = dict(request)
    name, kernel, parameters = map(of_kernel.pop, ("engine_name", "kernel_name", "parameters"))
    notebook = papermill.execute.remove_error_markers(papermill.iorw.load_notebook_node(str(source)))
    if parameters:
        notebook = papermill.parameterize.parameterize_notebook(
            notebook, parameters, kernel_name=kernel, engine_name=name
        )
    engines = papermill.engines.papermill_engines
    kernel = engines.nb_kernel_name(engine_name=name, nb=notebook, name=kernel)
    notebook = engines.execute_notebook_with_engine(
        name, notebook, kernel, output_path=str(target), progress_bar=False, **of_kernel
    )
    papermill.execute.raise_for_execution_errors(notebook, str(target))
    return notebook


def _run(
    run: Callable[[Path, Path, Mapping[str, Any]], Any], source: Path, target: Path, request: Mapping[str, Any]
) -> tuple[Any, NotebookFailedError | None]:
    """Return the notebook as run, and what went wrong according to it and to what papermill raised, None if nothing."""
    raised: Exception | None = None
    try:
        saved = run(source, target, request)
    except Exception as error:
        raised = error
        try:
            saved = papermill.iorw.load_notebook_node(str(target))
        except Exception:  # refused before the run began, or not saved whole: the disk may be full
            raise error from None
    saved = papermill.execute.remove_error_markers(saved)
    failed = partial(NotebookFailedError, source.name)
    # First of all: stopping the kernel of a cell that took too long puts a KeyboardInterrupt among its outputs.
    if raised is not None and not isinstance(raised, papermill.exceptions.PapermillExecutionError):
        text = COLOUR.sub("", str(raised))
        started = [at for at, cell in enumerate(saved.cells) if cell.metadata.get("papermill", {}).get("start_time")]
        return saved, failed(started[-1] if started else None, type(raised).__name__, text.partition("\n")[0], text)
    for place, cell in enumerate(saved.cells):
        tags = cell.metadata.get("tags", [])
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        if errors and "raises-exception" not in tags:
            text = COLOUR.sub("", "\n".join(errors[0].traceback))
            return saved, failed(place, errors[0].ename, COLOUR.sub("", errors[0].evalue), text)
        to_run = cell.cell_type == "code" and cell.source.strip() and "skip-execution" not in tags
        if to_run and cell.execution_count is None:
            return saved, failed(place, "NotExecuted", "the run ended before this cell", "")
    if raised is not None:  # papermill counts an error as one even where the cell's tag allows it
        papermill.iorw.write_ipynb(saved, str(target))
    return saved, None


def _as_it_is(path: Path) -> str:
    """Return a path of which papermill, which takes paths for templates of parameters, makes that path again."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _mark(target: Path, failed: int | None) -> None:
    """Put right in the saved notebook which cell failed and which never ran."""
    saved = papermill.iorw.load_notebook_node(str(target))
    saved.metadata.papermill["exception"] = True
    marker = papermill.execute.ERROR_MARKER_TAG
    as_run = [cell for cell in saved.cells if marker not in cell.metadata.get("tags", [])]
    for place, cell in enumerate(as_run):
        if failed is None or place > failed:
            cell.metadata.papermill["status"] = "pending"
        elif place == failed:
            cell.metadata.papermill.update(status="failed", exception=True)
    papermill.iorw.write_ipynb(saved, str(target))
