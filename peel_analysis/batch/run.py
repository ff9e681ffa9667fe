"""A run: every stale unit of the chosen reports in a pool of workers, and a page as soon as its units are done."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import psutil

from peel_analysis.batch.seen import FilesMovedError, Reading
from peel_analysis.batch.units import Now, Report, Unit
from peel_analysis.batch.work import (
    Outcome,
    Workplace,
    be_ready,
    carry_out,
    fault_line,
    kill_kernels,
    prepare_worker,
)
from peel_analysis.data.errors import InputError
from peel_analysis.engine.machine import has_one_thread
from peel_analysis.engine.warm_process import OF_BATCH

if TYPE_CHECKING:
    from peel_analysis.engine.warm_connection import WarmProcess

STOP_TIMEOUT = 5.0  # seconds
CONNECT_TIMEOUT = 10.0
WORKERS_TIMEOUT = 60.0
LOOK_AGAIN = 2.0
AHEAD = 2  # tasks handed out beyond those that run, so that no worker waits
AT_A_TIME = 200  # tasks that a scheduler holds: enough for 100 workers, few enough that pages come early
POOLS_IN_VAIN = 3  # pools one after the other that break before anything has ended
Task = Unit | Report
Tell = Callable[[Outcome], None]


@dataclass
class Pool:
    """Workers, and how many tasks to hand them at a time: some more than they are, so that none waits for the next."""

    executor: futures.Executor
    window: int
    gone: str = "the workers have gone"  # what to say then, or when tasks are cancelled and not by this run
    warm: "WarmProcess | None" = None  # what forks the workers' kernels, where this process has started it
    beside: Callable[[], object] = lambda: None  # waits for the work beside the tasks

    def is_ready(self) -> bool:
        """Return whether all that kernels share has been read, checked and calculated; waits until that is so."""
        return self.warm is not None and self.warm.is_ready()

    def begin(self, work: Callable[[], None]) -> None:
        """Have some work done beside the tasks, by a process with all that kernels share, or else by a worker.

        What becomes of it is not told: what it does not make is made by whoever finds it missing.
        """
        if self.warm is None:
            self.beside = self.executor.submit(work).exception
        else:
            with suppress(OSError):  # it has gone
                self.beside = self.warm.do(work, os.environ).receive

    def finish(self) -> None:
        """Wait for the work beside the tasks."""
        with suppress(Exception):
            self.beside()

    def has_gone(self) -> bool:
        """Return whether whoever hands the tasks to the workers has gone. That of this machine stays."""
        return False

    def stop(self) -> None:
        """Stop at once: nothing half-written is in place, and the next run goes on from what is whole.

        Workers are killed: asked to end, one would first end its notebook, as failed, and begin the next. Where nothing
        is left to do, that is quicker too.
        """
        processes = dict(getattr(self.executor, "_processes", None) or {})
        for process in processes.values():
            with suppress(psutil.Error):
                worker = psutil.Process(process.pid)
                worker.suspend()  # first, so that it starts no other kernel in between
                kill_kernels(worker)
            process.kill()
        for process in processes.values():
            process.join(STOP_TIMEOUT)
        self.executor.shutdown(cancel_futures=True)  # after that: its thread ends, and is not met ending at the exit
        if self.warm is not None:
            self.warm.kill()


def local_pool(jobs: int, workplace: Workplace, tasks: int) -> Pool:
    """Return a pool of up to `jobs` worker processes on this machine."""
    workers = min(jobs, tasks)
    warm = _warm_process(workplace)  # first of all: the first notebook waits for it
    context = _forked_or_anew(workplace)
    with _only_for_this_process():
        _start_tracker()
        executor = futures.ProcessPoolExecutor(
            workers, mp_context=context, initializer=prepare_worker, initargs=(os.getpid(), workplace)
        )
        for _ in range(workers):
            executor.submit(os.getpid)  # starts a worker
    return Pool(executor, window=workers + AHEAD, warm=warm)


def _warm_process(workplace: Workplace) -> "WarmProcess | None":
    """Start what forks the kernels of all workers and return it; None where each worker starts or needs none."""
    if workplace.engine != "peel":
        return None
    from peel_analysis.engine.this_python import start_ahead

    return start_ahead({**os.environ, **workplace.environment(), OF_BATCH: str(os.getpid())})


def _forked_or_anew(workplace: Workplace) -> multiprocessing.context.BaseContext:
    """Return how workers start: forked, with what they need ready already, or anew where a thread makes that unsafe."""
    if sys.platform == "linux" and has_one_thread():
        be_ready(workplace)
        if has_one_thread():
            return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


@contextmanager
def _only_for_this_process() -> Iterator[None]:
    """Have the processes that are started within the block ignore Ctrl-C and a closed terminal: this one stops them."""
    is_main = threading.current_thread() is threading.main_thread()  # in another, signals are not its business
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if is_main and hasattr(signal, name)]
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start_tracker() -> None:
    """Start the process that deletes the semaphores of a run that is killed; it does so without a warning."""
    if sys.platform == "win32":
        return
    from multiprocessing import resource_tracker

    named, category = "PYTHONWARNINGS", "ignore::UserWarning:multiprocessing.resource_tracker"
    before = os.environ.get(named)
    os.environ[named] = f"{before},{category}" if before else category
    try:
        resource_tracker.ensure_running()
    finally:
        if before is None:
            del os.environ[named]
        else:
            os.environ[named] = before


@dataclass
class ClusterPool(Pool):
    """The workers of a dask scheduler. `distributed` hands out the tasks, and runs those of a lost worker again."""

    client: Any = field(kw_only=True)

    def has_gone(self) -> bool:
        """Return whether the scheduler has gone: an outcome that it took with it would be waited for for ever."""
        return bool(self.client.status != "running")

    def stop(self) -> None:
        """Close the client: the scheduler then drops what no worker has begun. Nobody waits for the rest."""
        # Of a scheduler that has gone, the client would print a traceback after the one line of the command.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self.client.close()


def cluster_pool(address: str, tasks: int) -> Pool:
    """Return the workers of the scheduler at `address` as a pool, on a folder that all share.

    A unit writes beside its place and renames, so running it twice does no harm. Raises InputError as check_scheduler
    does, when the scheduler has no worker, and for a worker with several threads.
    """
    check_scheduler(address)
    from distributed import Client

    try:
        client: Any = Client(address, timeout=CONNECT_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise _no_answer(address) from error
    fault = ""
    try:
        client.wait_for_workers(1, timeout=WORKERS_TIMEOUT)
    except TimeoutError:
        fault = f"the scheduler has no worker; start some with `dask worker {address} --nthreads 1`"
    for worker, threads in client.nthreads().items():
        if threads != 1:
            fault = f"the worker {worker} runs several units in one process; start it with --nthreads 1"
    if fault:
        client.close()
        raise InputError(f"--dask {address}: {fault}")
    # dask's executor never ends the future of an outcome that is lost with its scheduler, and tornado prints an error
    # of it: `has_gone` tells of it instead, in the one line of the command.
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    gone = f"--dask {address}: the scheduler has gone; what is finished is kept, and once one answers there again the "
    window = min(AT_A_TIME, tasks)
    return ClusterPool(client.get_executor(pure=False), window, f"{gone}same command goes on from it", client=client)


def check_scheduler(address: str) -> None:
    """Connect and leave again. Raises InputError when `distributed` is not installed, or no scheduler answers."""
    import asyncio

    try:
        import distributed  # noqa: F401
    except ImportError as error:
        remedy = 'pip install "peel-analysis[cluster]"'
        raise InputError(f"--dask: the package distributed is not installed; {remedy}") from error
    try:
        asyncio.run(_answers(address))
    except (OSError, ValueError) as error:
        raise _no_answer(address) from error


def _no_answer(address: str) -> InputError:
    return InputError(
        f"--dask {address}: no scheduler answers there; start one with `dask scheduler`, and "
        f"`dask worker {address} --nthreads 1` on each machine"
    )


async def _answers(address: str) -> None:
    """Connect by hand: a client that finds no scheduler would wait long and print a traceback at its end."""
    import asyncio

    from distributed.comm.core import connect
    from distributed.security import Security

    settings = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    opening = connect(address, timeout=CONNECT_TIMEOUT, **settings)  # type: ignore[no-untyped-call]
    connection = await asyncio.wait_for(opening, CONNECT_TIMEOUT)  # another server may take it and say nothing
    await connection.close()


@dataclass
class Run:
    """The state of a run.

    `waiting` holds, by force, the units without which its page cannot be made. `suspects` were under way when a worker
    died: each is run again alone, so that it shows which one it dies of.
    """

    workplace: Workplace
    tell: Tell
    waiting: dict[Report, set[Unit]]
    queue: deque[Task] = field(default_factory=deque)
    suspects: deque[Task] = field(default_factory=deque)
    under_way: dict[futures.Future[Outcome], Task] = field(default_factory=dict)
    alone: bool = False
    outcomes: list[Outcome] = field(default_factory=list)

    def end(self, outcome: Outcome) -> None:
        """Note an outcome and tell it."""
        self.outcomes.append(outcome)
        self.tell(outcome)


def stale_tasks(reports: Iterable[Report], now: Now, *, fresh: bool = False) -> tuple[list[Report], set[Task]]:
    """Return the reports with the seals of fresh units; then what is stale: those units, and reports to make a page of.

    With `fresh` all is stale. Raises InputError for data that cannot be used, where more than the data's key is asked.
    """
    found: list[Report] = []
    stale: set[Task] = set()
    for report in reports:
        if fresh or not report.is_fresh():
            report = report if fresh else _looked_at(report, now)
            stale |= {report, *(unit for unit in report.units if not unit.seal)}
        found.append(report)
    return found, stale


def _looked_at(report: Report, now: Now) -> Report:
    """Return a report with the seals of fresh units; with none where a file moves meanwhile: it may be put back."""
    reading = Reading.of(report, now.edition.data.folder)
    if reading.fault():
        return report
    found = replace(report, units=tuple(unit.looked_at(now) for unit in report.units))
    try:
        reading.check_still()
    except FilesMovedError:
        return report
    return found


def run(
    reports: Iterable[Report],
    workplace: Workplace,
    stale: set[Task],
    open_pool: Callable[[int], Pool],
    tell: Tell,
) -> list[Outcome]:
    """Run the stale units of the reports and make their pages; return every outcome, fresh ones among them.

    `open_pool` is called with the number of tasks. A failed unit leaves its force without a new page and stops nothing
    else. When a worker dies, what was under way is run again, one by one; what a worker then dies of again has failed.
    Raises InputError when the pool's scheduler goes.
    """
    state = Run(workplace, tell, waiting={})
    for report in reports:
        units = [unit for unit in report.units if unit in stale]
        state.waiting[report] = set(units)
        slowest_first = sorted(units, key=_length, reverse=True)
        state.queue += slowest_first or ([report] if report in stale else [])
        tasks: list[Task] = [*report.units, report]
        for task in tasks:
            if task not in stale:
                if isinstance(task, Unit):  # a failure of before is over where what it failed of has been put back
                    with suppress(OSError):
                        task.failed.unlink()
                state.end(Outcome.of(task, "fresh"))
    barren = 0
    while left := len(state.suspects) + len(state.queue):
        known = len(state.outcomes)
        _one_pool(state, open_pool(left))
        barren = barren + 1 if len(state.outcomes) == known else 0
        if barren == POOLS_IN_VAIN:
            for task in (*state.suspects, *state.queue):
                error = "no worker process stays alive; is there memory for --jobs so many?"
                state.end(Outcome.of(task, "failed", error=error))
            break
    return state.outcomes


def _length(unit: Unit) -> int:
    """Return the length of a unit's notebook: the longest take longest, and one begun last would be waited for."""
    return unit.source.stat().st_size if unit.source.is_file() else 0


def _one_pool(state: Run, pool: Pool) -> None:
    """Work until nothing is left, or until the pool breaks because a worker died."""
    try:
        while _hand_out(state, pool):
            done, _ = futures.wait(state.under_way, timeout=LOOK_AGAIN, return_when=futures.FIRST_COMPLETED)
            if not done and pool.has_gone():
                raise InputError(pool.gone)
            ended = [(state.under_way.pop(future), future) for future in done]
            broken = [task for task, future in ended if not _has_ended(state, task, future, pool)]
            if not broken:
                continue
            if state.alone:
                state.end(Outcome.of(broken[0], "failed", error="the worker process died of it twice"))
            else:
                state.suspects += [*broken, *state.under_way.values()]
            state.under_way.clear()
            break
        else:
            pool.finish()
    finally:
        pool.stop()


def _hand_out(state: Run, pool: Pool) -> bool:
    """Hand tasks to the pool, suspects one by one and first; return whether anything is under way."""
    state.alone = bool(state.suspects) or (state.alone and bool(state.under_way))
    tasks = state.suspects or state.queue
    with suppress(futures.BrokenExecutor):  # a worker died since the last look: what was under way will say so too
        while tasks and len(state.under_way) < (1 if state.alone else pool.window):
            future = pool.executor.submit(carry_out, tasks[0], state.workplace)
            state.under_way[future] = tasks.popleft()
    return bool(state.under_way)


def _has_ended(state: Run, task: Task, future: futures.Future[Outcome], pool: Pool) -> bool:
    """Note what became of a task; return False when its worker died and nothing became of it."""
    try:
        outcome = future.result()
    except futures.BrokenExecutor:
        return False
    except futures.CancelledError as gone:  # this run cancels none, and the others will say so too
        raise InputError(pool.gone) from gone
    except Exception as fault:  # a scheduler's: it has lost the task's worker too often
        state.end(Outcome.of(task, "failed", error=fault_line(fault)))
        return True
    state.end(outcome)
    if isinstance(task, Unit) and not outcome.failed:
        report = next(report for report in state.waiting if task in state.waiting[report])
        units = tuple(replace(one, seal=outcome.key) if one == task else one for one in report.units)
        waiting = state.waiting.pop(report) - {task}
        report = replace(report, units=units)
        state.waiting[report] = waiting
        if not waiting:
            state.queue.appendleft(report)  # a finished report is worth more than a begun one
    return True
