"""A worker as it starts: what it needs is there before its first unit, and nothing of it stays behind."""

import os
import shutil
import sys
import time
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from small_batch import PROJECT, SmallBatch, family, small_batch, still_there
from small_notebook import write
from warm_kernels import LINUX, PARENT, WARM, answer, no_faults_from_before, printed, warm_processes

from peel_analysis.batch import Making
from peel_analysis.batch.run import local_pool, stale_tasks
from peel_analysis.batch.units import Now, shared_key
from peel_analysis.batch.work import NOT_NEEDED, SHARED_EDITION, Workplace, be_ready_for_pages, carry_out
from peel_analysis.data.files import NOTEBOOKS, VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import KEPT_IN
from peel_analysis.engine import forked_client, warm_connection
from peel_analysis.engine.kernels import THIS_PYTHON
from peel_analysis.engine.papermill_engine import execute
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


def test_a_worker_has_papermill_before_its_first_unit_and_neither_tables_nor_what_draws(tmp_path: Path) -> None:
    pool = local_pool(1, Workplace(tmp_path, tmp_path, "stock", "2017"), 1)
    try:
        assert pool.executor.submit(imported).result() == ["papermill"]
        assert pool.executor.submit(imported_later).result() == []
    finally:
        pool.stop()


def pages_imported() -> list[str]:
    """Return what this process has imported of what pages are made from, and of what they are made without."""
    return [name for name in ("peel_analysis.reports.page", "jinja2", "pandas") if name in sys.modules]


def test_a_worker_makes_ready_for_pages_without_a_fault(tmp_path: Path) -> None:
    """Within a run nobody is told of a fault of it: the page would say what is wrong, and take longer."""
    workplace = Workplace(PROJECT / "data", tmp_path, "stock", "2017")
    pool = local_pool(1, workplace, 1)
    try:
        assert pool.executor.submit(pages_imported).result() == []
        pool.executor.submit(be_ready_for_pages, workplace).result()
        assert pool.executor.submit(pages_imported).result() == ["peel_analysis.reports.page", "jinja2"]
    finally:
        pool.stop()


def test_a_page_whose_values_are_kept_is_made_without_pandas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = small_batch(tmp_path / "b")
    monkeypatch.setenv(NOTEBOOKS, str(batch.folder / "notebooks"))
    assert batch.run("--forces", "kent").returncode == 0
    data, key = open_data(batch.data), shared_key(batch.data)
    edition, making = data.edition("2017"), Making(batch.out)
    [planned] = making.plans(edition, [data.forces.find("kent")], key)
    planned.page.unlink()
    [report], _ = stale_tasks([planned], Now(edition, key))
    workplace = making.workplace(edition, key, forces=1)
    pool = local_pool(1, workplace, 1)
    try:
        assert pool.executor.submit(carry_out, report, workplace).result().error == ""
        assert planned.page.is_file()
        assert pool.executor.submit(pages_imported).result() == ["peel_analysis.reports.page", "jinja2"]
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
    workplace = making.workplace(edition, key, forces=43)
    assert (workplace.of_many, making.workplace(edition, key, forces=1).of_many) == (True, False)
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
    forked_client.start_ahead(os.environ)
    [warm] = warm_processes()
    execute(write(tmp_path / "n.ipynb", PARENT), tmp_path / "n.out.ipynb", timeout=60, kernel_name=THIS_PYTHON)
    assert WARM in printed(tmp_path / "n.out.ipynb")
    assert [process.pid for process in warm_processes()] == [warm.pid]


def test_what_cannot_be_started_ahead_is_left_to_the_first_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise WarmProcessFaultError("not today")

    monkeypatch.setattr(warm_connection, "warm_process_for", refuse)
    forked_client.start_ahead(os.environ)
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
