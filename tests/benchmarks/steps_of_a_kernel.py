"""Where the milliseconds of a notebook go that has next to nothing to do: the start and the end of its kernel."""

import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
import papermill.execute

from peel_analysis.engine.forked_client import ForkedKernelClient, ForkedKernelManager
from peel_analysis.engine.papermill_engine import execute
from peel_analysis.engine.this_python import THIS_PYTHON, start_ahead
from peel_analysis.engine.warm_connection import WarmProcess

RUNS, CELLS = 25, 20
# Each step lasts from the moment before it to its own: the beginning or the end of a function.
STEPS = (
    ("the notebook is read, its parameters are put in", ForkedKernelManager, "start_kernel", "begins"),
    ("the kernel's command is made", WarmProcess, "fork", "begins"),
    ("the warm process forks", WarmProcess, "fork", "ends"),
    ("the kernel starts, until it says that it is there", ForkedKernelClient, "wait_for_ready", "ends"),
    ("the cells run", ForkedKernelManager, "shutdown_kernel", "begins"),
    ("the kernel is killed and has ended", WarmProcess, "end", "ends"),
    ("the notebook is written", papermill.execute, "write_ipynb", "ends"),
)


def table() -> list[str]:
    """Return the lines of a table: the median milliseconds of each step of a notebook of one cell, and a cell's."""
    with tempfile.TemporaryDirectory() as folder:
        one, many = (_notebook(Path(folder, f"{cells}.ipynb"), cells) for cells in (1, 1 + CELLS))
        start_ahead(os.environ)
        for _ in range(3):
            _run(one)
        steps, whole = _timed(one)
        a_cell = (statistics.median(_seconds(many) for _ in range(RUNS)) - whole) / CELLS
    rows = [(words, statistics.median(steps[words])) for words, *_ in STEPS]
    rows += [("all of these", whole), ("each further cell", a_cell)]
    title = f"{'A kernel of a notebook of one cell: median of ' + str(RUNS):<60}{'ms':>10}"
    return [title, *(f"{words:<60}{1000 * seconds:>10.1f}" for words, seconds in rows)]


def _notebook(path: Path, cells: int) -> Path:
    code = [nbformat.v4.new_code_cell(str(number)) for number in range(cells)]  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=code)  # type: ignore[no-untyped-call]
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    return path


def _run(path: Path) -> None:
    execute(path, path.with_suffix(".out.ipynb"), kernel_name=THIS_PYTHON)


def _seconds(path: Path) -> float:
    started = time.perf_counter()
    _run(path)
    return time.perf_counter() - started


def _timed(path: Path) -> tuple[dict[str, list[float]], float]:
    """Return the seconds of each step, run by run, and the median of the whole."""
    steps: dict[str, list[float]] = defaultdict(list)
    wholes = []
    for _ in range(RUNS):
        with _moments() as moments:
            last = started = time.perf_counter()
            _run(path)
            wholes.append(time.perf_counter() - started)
        for words, _, name, when in STEPS:
            at = moments[name, when]
            steps[words].append(at - last)
            last = at
    return steps, statistics.median(wholes)


@contextmanager
def _moments() -> Iterator[dict[tuple[str, str], float]]:
    """Yield when each function of STEPS begins and ends within the block, the first time."""
    moments: dict[tuple[str, str], float] = {}
    with ExitStack() as patched:
        for place, name in dict.fromkeys((place, name) for _, place, name, _ in STEPS):
            patched.enter_context(patch.object(place, name, _noting(getattr(place, name), name, moments)))
        yield moments


def _noting(function: Callable[..., Any], name: str, moments: dict[tuple[str, str], float]) -> Callable[..., Any]:
    async def waited(*args: Any, **kwargs: Any) -> Any:
        moments.setdefault((name, "begins"), time.perf_counter())
        result = await function(*args, **kwargs)
        moments.setdefault((name, "ends"), time.perf_counter())
        return result

    def called(*args: Any, **kwargs: Any) -> Any:
        moments.setdefault((name, "begins"), time.perf_counter())
        result = function(*args, **kwargs)
        moments.setdefault((name, "ends"), time.perf_counter())
        return result

    return waited if iscoroutinefunction(function) else called
