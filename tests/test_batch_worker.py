"""A worker as it starts: what it needs is there before its first unit, and nothing of it stays behind."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent
from typing import Literal

import psutil
import pytest
from small_batch import PROJECT, SmallBatch, family, small_batch, still_there
from small_notebook import write
from warm_kernels import LINUX, PARENT, WARM, answer, no_faults_from_before, printed, warm_processes

from peel_analysis.batch import Making
from peel_analysis.batch.run import local_pool, stale_tasks
from peel_analysis.batch.units import Now, shared_key
from peel_analysis.batch.work import NOT_NEEDED, SHARED_EDITION, Workplace, carry_out
from peel_analysis.data.files import NOTEBOOKS, VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import KEPT_IN
from peel_analysis.engine import this_python, warm_connection
from peel_analysis.engine.papermill_engine import execute
from peel_analysis.engine.this_python import THIS_PYTHON
from peel_analysis.engine.warm_connection import WarmProcessFaultError
from peel_analysis.engine.warm_process import SHARED

__all__ = ["no_faults_from_before"]  # a fixture that every test here uses


def imported() -> list[str]:
    """Return what this process has imported of papermill, of tables, what draws, and what papermill looks for."""
    asked = ("papermill", "pandas", "numpy", "matplotlib", "seaborn", "scipy", *NOT_NEEDED)
    return [name for name in asked if name in sys.modules]


def imported_later() -> list[str]:
    """Return what cannot be imported all the same."""
    return [name for name in NOT_NEEDED if find_spec(name) and not hasattr(import_module(name), "__file__")]


def pages_imported() -> list[str]:
    """Return what this process has imported of what pages are made from, and of what they are made without."""
    return [name for name in ("peel_analysis.reports.page", "jinja2", "resvg", "pandas") if name in sys.modules]


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that start anew: a forked one has all that the tests have imported."""
    monkeypatch.setattr("peel_analysis.batch.run.has_one_thread", lambda: False)


@pytest.mark.usefixtures("anew")
def test_a_worker_has_what_it_needs_before_its_first_task_and_neither_tables_nor_what_draws(tmp_path: Path) -> None:
    """Within a run nobody is told of a fault of its making ready: the first task would say what is wrong."""
    pool = local_pool(1, Workplace(PROJECT / "data", tmp_path, "stock", "2017"), 1)
    try:
        assert pool.executor.submit(imported).result() == ["papermill"]
        assert pool.executor.submit(pages_imported).result() == ["peel_analysis.reports.page", "jinja2", "resvg"]
        assert pool.executor.submit(imported_later).result() == []
    finally:
        pool.stop()


@LINUX
def test_a_command_forks_its_workers_and_a_thread_has_them_start_anew(tmp_path: Path) -> None:
    code = """
        import os, sys, threading
        from pathlib import Path
        from peel_analysis.batch.run import local_pool
        from peel_analysis.batch.work import Workplace
        if __name__ == "__main__":
            for waiting in (0, 1):
                done = threading.Event()
                [threading.Thread(target=done.wait).start() for _ in range(waiting)]
                pool = local_pool(1, Workplace(Path(sys.argv[1]), Path(sys.argv[2]), "stock", "2017"), 1)
                worker = pool.executor.submit(os.getpid).result()
                print("spawn" in Path(f"/proc/{worker}/cmdline").read_text(), "pandas" in sys.modules)
                pool.stop()
                done.set()
    """
    (tmp_path / "pools.py").write_text(dedent(code), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command: list[str | Path] = [sys.executable, tmp_path / "pools.py", PROJECT / "data", tmp_path]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (["False False", "True False"], "")


SHARED_MODULES = (
    "peel_analysis.measures",
    "matplotlib.figure",
    "peel_analysis.face",
)  # what kernels share: results, and more
# Work that writes what of that the process has imported that does it.
WRITTEN = """
import sys
from pathlib import Path
Path({!r}).write_text(" ".join(name for name in {!r} if name in sys.modules))
"""


def written(path: Path) -> Callable[[], None]:
    return partial(exec, WRITTEN.format(str(path), SHARED_MODULES))


@LINUX
@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize(
    ("engine", "found", "later"),
    [
        ("peel", "peel_analysis.measures", "peel_analysis.measures matplotlib.figure peel_analysis.face"),
        ("stock", "", ""),
    ],
)
def test_work_beside_the_tasks_is_done_where_results_are_or_by_a_worker_and_its_fault_ends_nothing(
    engine: Literal["peel", "stock"], found: str, later: str, tmp_path: Path
) -> None:
    pool = local_pool(1, Workplace(PROJECT / "data", tmp_path, engine, "2017"), 1)
    try:
        pool.begin(written(tmp_path / "modules"))
        pool.finish()
        assert (tmp_path / "modules").read_text(encoding="utf-8") == found
        assert pool.is_ready() is (engine == "peel")
        pool.begin(written(tmp_path / "later"))
        pool.finish()
        assert (tmp_path / "later").read_text(encoding="utf-8") == later
        pool.begin(partial(exec, "1 / 0"))
        pool.finish()
        assert pool.executor.submit(os.getpid).result()
    finally:
        pool.stop()
    pool.begin(written(tmp_path / "late")) if engine == "peel" else None
    pool.finish()
    assert not (tmp_path / "late").exists()


@LINUX
@pytest.mark.usefixtures("anew")
def test_a_pool_on_data_that_cannot_be_used_is_not_ready_and_its_work_never_begins(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    (tmp_path / "data" / "measures.toml").write_text("[", encoding="utf-8")
    pool = local_pool(1, Workplace(tmp_path / "data", tmp_path, "peel", "2017"), 1)
    try:
        pool.begin(written(tmp_path / "modules"))
        assert not pool.is_ready()
        pool.finish()
        assert not (tmp_path / "modules").exists()
    finally:
        pool.stop()


@pytest.mark.usefixtures("anew")
def test_a_page_whose_values_are_kept_is_made_without_pandas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = small_batch(tmp_path / "b")
    monkeypatch.setenv(NOTEBOOKS, str(batch.folder / "notebooks"))
    assert batch.run("--forces", "kent").returncode == 0
    data, key = open_data(batch.data), shared_key(batch.data)
    edition, making = data.edition("2017"), Making(batch.out)
    [planned] = making.plans(edition, [data.forces.find("kent")], key)
    planned.page.unlink()
    [report], _ = stale_tasks([planned], Now(edition, key))
    workplace = making.workplace(edition, key)
    pool = local_pool(1, workplace, 1)
    try:
        assert pool.executor.submit(carry_out, report, workplace).result().error == ""
        assert planned.page.is_file()
        assert pool.executor.submit(pages_imported).result() == ["peel_analysis.reports.page", "jinja2", "resvg"]
    finally:
        pool.stop()


@LINUX
def test_kernels_of_a_batch_find_the_package_and_its_results_and_see_an_edited_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(PROJECT / "data", data)
    for name in (VARIABLE, KEPT_IN, SHARED, SHARED_EDITION):
        monkeypatch.setenv(name, "")  # so that what the workplace sets is taken back
    Workplace(data, tmp_path / "kept", "peel", "2017").enter()
    monkeypatch.setenv(KEPT_IN, "")  # what is kept below it is of the data as the batch's keys have them
    held = "import json, sys; print(json.dumps(['peel_analysis.face' in sys.modules, "
    norfolk = "__import__('peel_analysis').edition('2017').measure('crime_per_1000').rows.at['norfolk', 'note']]))"
    assert answer(tmp_path, held + norfolk, "before") == [True, ""]
    with (data / "exclusions.csv").open("a", encoding="utf-8") as file:
        file.write("2017,crime_per_1000,2017,norfolk,excluded_from_figure,not_supplied,yes,,stated,Invented.,Short,\n")
    assert answer(tmp_path, held + norfolk, "after") == [True, "Invented."]


@pytest.mark.slow  # ten notebooks, and one force's sections before them
@LINUX
def test_sections_are_the_same_where_those_of_one_force_were_shown_beforehand(made: Path, tmp_path: Path) -> None:
    data = open_data(PROJECT / "data")
    edition, making, key = data.edition("2017"), Making(tmp_path), shared_key(data.folder)
    [report] = making.plans(edition, [data.forces.find("suffolk")], key)
    workplace = making.workplace(edition, key).for_forces(43)
    assert (workplace.of_many, workplace.for_forces(1).of_many) == (True, False)
    pool = local_pool(1, workplace, len(report.units))
    try:
        ended = [pool.executor.submit(carry_out, unit, workplace) for unit in report.units]
        assert [one.result().error for one in ended] == [""] * len(report.units)
        [warm] = [one for one in psutil.Process().children(recursive=True) if one.environ().get(SHARED)]
        assert warm.environ()[SHARED].endswith(":rehearse_for_kernels")
    finally:
        pool.stop()
    for unit in report.units:
        assert unit.target.read_bytes() == (made / "reports" / unit.target.relative_to(tmp_path)).read_bytes()


@LINUX
def test_kernels_come_from_the_warm_process_that_was_started_ahead(tmp_path: Path) -> None:
    this_python.start_ahead(os.environ)
    [warm] = warm_processes()
    execute(write(tmp_path / "n.ipynb", PARENT), tmp_path / "n.out.ipynb", timeout=60, kernel_name=THIS_PYTHON)
    assert WARM in printed(tmp_path / "n.out.ipynb")
    assert [process.pid for process in warm_processes()] == [warm.pid]


def test_what_cannot_be_started_ahead_is_left_to_the_first_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise WarmProcessFaultError("not today")

    monkeypatch.setattr(warm_connection, "warm_process_for", refuse)
    this_python.start_ahead(os.environ)
    assert warm_processes() == []


@pytest.fixture
def batch(tmp_path: Path) -> SmallBatch:
    return small_batch(tmp_path / "b")


def test_data_that_cannot_be_used_stop_a_batch_and_its_workers_before_the_first_notebook(batch: SmallBatch) -> None:
    path = batch.data / "populations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("norfolk,2016,", "norfolk,2016,-"), encoding="utf-8")
    process = batch.start("--forces", "norfolk,kent")
    seen: dict[int, psutil.Process] = {}
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            seen |= {one.pid: one for one in family(process)}
        time.sleep(0.02)
    _, errors = process.communicate()
    assert seen, "workers start while the data are checked"
    assert process.returncode == 2
    assert errors.startswith("peel: data/populations.csv, line ")
    assert errors.count("\n") == 1
    assert still_there(list(seen.values())) == []
    assert batch.notebooks() == []
    assert not (batch.reports / "run.jsonl").exists()
