"""The ways of running section notebooks that the benchmark compares; each returns the seconds that it took."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import cells
from memory import PeakMemory
from ours import WORKERS

from peel_analysis.batch.units import Unit
from peel_analysis.data.writing import KEPT_IN

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT)}


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, env=ENVIRONMENT, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def papermill_command(unit: Unit) -> None:
    """Run a unit with the papermill command as it comes."""
    unit.target.parent.mkdir(parents=True, exist_ok=True)
    given = [part for name, value in unit.parameters.items() for part in ("-p", name, value)]
    _run([sys.executable, "-m", "papermill", "--no-progress-bar", str(unit.source), str(unit.target), *given])


def nbconvert_command(unit: Unit) -> None:
    """Make an executed notebook into HTML with nbconvert's command."""
    _run([sys.executable, "-m", "nbconvert", "--to", "html", "--log-level", "ERROR", str(unit.target)])


def loop(units: Sequence[Unit]) -> tuple[float, float]:
    """Return the seconds of a loop of the papermill command, and of one that runs nbconvert after each notebook too."""
    without = whole = 0.0
    for unit in units:
        started = time.perf_counter()
        papermill_command(unit)
        without += time.perf_counter() - started
        nbconvert_command(unit)
        whole += time.perf_counter() - started
    return without, whole


def pool_of_commands(units: Sequence[Unit]) -> float:
    """Return the seconds of papermill commands, two at a time."""
    started = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(papermill_command, units))
    return time.perf_counter() - started


def ours(force_ids: Sequence[str], folder: Path) -> tuple[float, float]:
    """Return the seconds of some forces' notebooks on warm kernels in two workers: with their start, and once they run.

    Nothing is kept from earlier: each result is calculated and each figure drawn in the first of the two.
    """
    command = [sys.executable, str(Path(__file__).with_name("ours.py")), str(folder), *force_ids]
    whole, running = json.loads(_run(command))
    return whole, running


def functions_pool() -> Executor:
    """Return two processes that have imported what cells import: the limit, for nothing is left but the cells."""
    pool = ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"))
    list(pool.map(_warm_up, range(2 * WORKERS)))
    return pool


def _warm_up(_: int) -> None:
    import seaborn  # noqa: F401

    import peel_analysis.sections.section  # noqa: F401

    time.sleep(0.5)  # so that the other process takes the next one


def as_functions(pool: Executor, units: Sequence[Unit], keep_in: Path | None) -> float:
    """Return the seconds of the cells alone in the warm processes; without `keep_in`, all is drawn afresh."""
    started = time.perf_counter()
    list(pool.map(_cells, units, [keep_in] * len(units)))
    return time.perf_counter() - started


def _cells(unit: Unit, keep_in: Path | None) -> None:
    os.environ.pop(KEPT_IN, None)
    if keep_in:
        os.environ[KEPT_IN] = str(keep_in)
    cells.shown(unit.source, unit.parameters)


def batch(force_ids: Sequence[str], out: Path, checkout: Path = PROJECT) -> tuple[float, float]:
    """Return the seconds of a checkout's whole command `peel batch`, pages included, and its peak memory in MB."""
    command = [sys.executable, "-m", "peel_analysis.cli", "batch", "--forces", ",".join(force_ids)]
    command += ["--jobs", str(WORKERS), "--out", str(out)]
    started = time.perf_counter()
    environment = {**ENVIRONMENT, "PYTHONPATH": str(checkout)}
    process = subprocess.Popen(command, env=environment, cwd=checkout, stdout=subprocess.DEVNULL)
    with PeakMemory(process.pid) as memory:
        code = process.wait()
    seconds = time.perf_counter() - started
    if code:
        raise RuntimeError(f"peel batch ended with {code}; see {out}")
    return seconds, memory.peak
