"""The same batch on a dask scheduler: a lost worker's units are run again, and each way it cannot start is one line."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster
from refusals import assert_says
from small_batch import PATIENCE, SmallBatch, family, small_batch, still_there

from peel_analysis.batch import run as batch_run
from peel_analysis.batch.run import Pool, cluster_pool
from peel_analysis.batch.units import Report, Unit
from peel_analysis.batch.work import Workplace
from peel_analysis.data.errors import InputError

SLOW = "import time\ntime.sleep(0.4)\nprint(force)"
FOUR = ("essex", "kent", "norfolk", "suffolk")
# What dask itself says when the worker dies between the end of a unit and the fetching of its outcome.
RESCHEDULED = re.compile(r"distributed\.client - WARNING - Couldn't gather \d+ keys, rescheduling")


@contextmanager
def started(*arguments: str, batch: SmallBatch) -> Iterator["subprocess.Popen[str]"]:
    """Run a part of dask in a process of its own, and end it."""
    command = [sys.executable, "-m", *arguments]
    log = batch.folder / f"{arguments[0]}-{time.monotonic_ns()}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=batch.folder, env=batch.environment, stdout=file, stderr=file, text=True
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def scheduler_and_workers(batch: SmallBatch) -> Iterator[tuple[str, list["subprocess.Popen[str]"]]]:
    """Return a scheduler's address, two workers and the scheduler, all on this machine's own address only."""
    found = batch.folder / "scheduler.json"
    here = ("--host", "127.0.0.1", "--no-dashboard")
    at_any_port = ("--port", "0", "--scheduler-file", str(found))
    with started("distributed.cli.dask_scheduler", *here, *at_any_port, batch=batch) as scheduler:
        deadline, told = time.monotonic() + PATIENCE, ""
        while not told.endswith("}"):  # the file is there before what it tells
            assert time.monotonic() < deadline
            time.sleep(0.05)
            told = found.read_text() if found.exists() else ""
        address = json.loads(told)["address"]
        worker = ("distributed.cli.dask_worker", address, *here, "--nthreads", "1", "--no-nanny")
        with started(*worker, batch=batch) as one, started(*worker, batch=batch) as two:
            yield address, [one, two, scheduler]


@pytest.mark.slow  # make test has it of a local pool, in test_batch_interrupted.py
def test_a_lost_worker_loses_nothing(tmp_path: Path) -> None:
    batch = small_batch(tmp_path / "b", SLOW, SLOW)
    with scheduler_and_workers(batch) as (address, workers):
        process = batch.start("--dask", address, "--forces", ",".join(FOUR))
        batch.wait_for_units(2, process)
        kernels = family(workers[0])
        workers[0].kill()
        printed, errors = process.communicate(timeout=PATIENCE)
        told = [line for line in errors.splitlines() if not RESCHEDULED.search(line)]
        assert (process.returncode, told) == (0, [])
        assert batch.outcomes() == {"done": 12}
        assert "sections 8 0 0" in " ".join(printed.split())
        assert still_there(kernels) == []
        left = batch.left_over()
        assert all(str(workers[0].pid) in path.name for path in left)
    assert batch.run("--forces", ",".join(FOUR)).returncode == 0
    assert batch.outcomes() == {"fresh": 12}
    batch.check_whole(FOUR)


@pytest.mark.slow
def test_a_scheduler_that_goes_is_one_line_and_the_same_command_goes_on(tmp_path: Path) -> None:
    batch = small_batch(tmp_path / "b", SLOW, SLOW)
    with scheduler_and_workers(batch) as (address, processes):
        process = batch.start("--dask", address, "--forces", ",".join(FOUR))
        batch.wait_for_units(2, process)
        processes[-1].kill()
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert errors.count("\n") == 1
    assert_says(errors, f"peel: --dask {address}: ", "scheduler has gone", "is kept", "the same command goes on")
    assert batch.outcomes()["failed"] == 0
    assert batch.run("--forces", ",".join(FOUR)).returncode == 0
    assert batch.outcomes()["fresh"] >= 2
    batch.check_whole(FOUR)


class Silent(Executor):
    """Takes tasks, and no future ever ends: as dask's own when an outcome is lost with its scheduler."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        return Future()


class Gone(Pool):
    def has_gone(self) -> bool:
        return True


def test_an_outcome_that_goes_with_its_scheduler_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_run, "LOOK_AGAIN", 0.05)
    unit = Unit("kent", "annex_a", "2017", tmp_path / "a", tmp_path / "b", tmp_path / "c", "k")
    report = Report("kent", "2017", (unit,), tmp_path / "index.html", "k")
    with pytest.raises(InputError, match="the scheduler has gone"):
        batch_run.run(
            [report],
            Workplace(tmp_path, tmp_path, "peel", "2017"),
            {unit, report},
            open_pool=lambda tasks: Gone(Silent(), tasks, "the scheduler has gone"),
            tell=lambda outcome: None,
        )


def test_a_scheduler_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_run, "CONNECT_TIMEOUT", 0.5)
    with pytest.raises(InputError, match=r"^--dask tcp://127\.0\.0\.1:9: no scheduler answers there; start one with"):
        cluster_pool("tcp://127.0.0.1:9", 1)


@pytest.mark.parametrize("address", ["nonsense://x:1", "tcp://127.0.0.1:port"])
def test_an_address_that_is_none_is_one_line(address: str) -> None:
    with pytest.raises(InputError, match=rf"^--dask {address}: no scheduler answers there"):
        cluster_pool(address, 1)


def test_without_distributed_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    modules: dict[str, Any] = sys.modules
    monkeypatch.setitem(modules, "distributed", None)
    with pytest.raises(InputError, match=r'not installed; pip install "peel-analysis\[cluster\]"$'):
        cluster_pool("tcp://127.0.0.1:9", 1)


def test_a_worker_with_several_threads_is_refused() -> None:
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as made,  # type: ignore[no-untyped-call]
        pytest.raises(InputError, match=r"runs several units in one process; start it with --nthreads 1$"),
    ):
        cluster_pool(made.scheduler_address, 1)


def test_a_scheduler_without_workers_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_run, "WORKERS_TIMEOUT", 0.2)
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=None) as made,  # type: ignore[no-untyped-call]
        pytest.raises(InputError, match=r"the scheduler has no worker; start some with `dask worker"),
    ):
        cluster_pool(made.scheduler_address, 1)
