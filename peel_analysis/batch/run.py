"""A run: every stale unit of the chosen reports in a pool of workers, and a page as soon as its units are done."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess

import psutil

from peel_analysis.batch.units import Report, Unit
from peel_analysis.batch.work import Outcome, Workplace, fault_line, make_page, run_unit
from peel_analysis.batch.worker import kill_kernels, prepare_worker

STOP_TIMEOUT = 5.0  # seconds
POOLS_IN_VAIN = 3  # pools one after the other that break before anything has ended
Task = Unit | Report
Told = Callable[[Outcome], None]


@dataclass
class Pool:
    """Workers, and how many tasks to hand them at a time: a few more than they are, so that none waits for the next."""

    executor: Executor
    window: int

    def stop(self) -> None:
        """Stop at once: nothing half-written is in place, and the next run goes on from what is whole.

        Workers are killed: asked to end, one would first end its notebook, as failed, and begin the next.
        """
        processes = dict(getattr(self.executor, "_processes", None) or {})
        self.executor.shutdown(wait=False, cancel_futures=True)
        for process in processes.values():
            _kill(process)
        for process in processes.values():
            process.join(STOP_TIMEOUT)


def _kill(process: BaseProcess) -> None:
    """Kill a worker and its ordinary kernels; it is suspended first, so that it starts no other in between."""
    with suppress(psutil.Error):
        worker = psutil.Process(process.pid)
        worker.suspend()
        kill_kernels(worker)
    process.kill()


@dataclass
class Run:
    """The state of a run.

    `waiting` holds, by force, the units without which its page cannot be made. `suspects` were under way when a worker
    died: each is run again alone, so that it shows which one it dies of.
    """

    workplace: Workplace
    told: Told
    waiting: dict[Report, set[Unit]]
    queue: deque[Task] = field(default_factory=deque)
    suspects: deque[Task] = field(default_factory=deque)
    under_way: dict[Future[Outcome], Task] = field(default_factory=dict)
    alone: bool = False
    outcomes: list[Outcome] = field(default_factory=list)

    def end(self, outcome: Outcome) -> None:
        """Note an outcome and tell it."""
        self.outcomes.append(outcome)
        self.told(outcome)

    def fail(self, task: Task, error: str) -> None:
        """Note a task that has no outcome of its own as failed."""
        self.end(Outcome(task.force_id, task.section_id, task.key, "failed", 0.0, error))


def run(
    reports: Iterable[Report],
    workplace: Workplace,
    *,
    fresh: bool = False,
    told: Told = lambda outcome: None,
    open_pool: Callable[[int], Pool],
) -> list[Outcome]:
    """Run the stale units of the reports and make their pages; return every outcome, fresh ones among them.

    `open_pool` is called with the number of tasks. With `fresh`, every unit is run again. A failed unit leaves its
    force without a new page and stops nothing else. When a worker dies, what was under way is run again, one by one;
    what a worker then dies of again has failed.
    """
    state = Run(workplace, told, waiting={})
    for report in reports:
        units = _stale(state, report, fresh)
        state.waiting[report] = set(units)
        state.queue += units or ([report] if fresh or not report.is_fresh() else [])
        if not units and report not in state.queue:
            state.end(Outcome(report.force_id, report.section_id, report.key, "fresh", 0.0))
    barren = 0
    while tasks := [*state.suspects, *state.queue]:
        known = len(state.outcomes)
        _one_pool(state, open_pool(len(tasks)))
        barren = barren + 1 if len(state.outcomes) == known else 0
        if barren == POOLS_IN_VAIN:
            return _given_up(state)
    return state.outcomes


def _given_up(state: Run) -> list[Outcome]:
    for task in (*state.suspects, *state.queue):
        state.fail(task, "no worker process stays alive; is there memory for --jobs so many?")
    return state.outcomes


def _stale(state: Run, report: Report, fresh: bool) -> list[Unit]:
    stale = [unit for unit in report.units if fresh or not unit.is_fresh()]
    for unit in report.units:
        if unit not in stale:
            state.end(Outcome(unit.force_id, unit.section_id, unit.key, "fresh", 0.0))
    return stale


def _one_pool(state: Run, pool: Pool) -> None:
    """Work until nothing is left, or until the pool breaks because a worker died."""
    try:
        while _hand_out(state, pool):
            done, _ = wait(state.under_way, return_when=FIRST_COMPLETED)
            ended = [(state.under_way.pop(future), future) for future in done]
            broken = [task for task, future in ended if not _has_ended(state, task, future)]
            if broken:
                _suspect(state, broken)
                break
    except BaseException:
        pool.stop()
        raise
    pool.executor.shutdown(cancel_futures=True)


def _hand_out(state: Run, pool: Pool) -> bool:
    """Hand tasks to the pool, suspects one by one and first; return whether anything is under way."""
    try:
        if state.suspects and not state.under_way:
            state.alone = True
            _submit(state, pool, state.suspects)
        elif not state.suspects and not (state.alone and state.under_way):
            state.alone = False
            while state.queue and len(state.under_way) < pool.window:
                _submit(state, pool, state.queue)
    except BrokenExecutor:  # a worker died since the last look: what was under way will say so too
        return bool(state.under_way)
    return bool(state.under_way)


def _submit(state: Run, pool: Pool, tasks: deque[Task]) -> None:
    task = tasks[0]
    work = run_unit if isinstance(task, Unit) else make_page
    future: Future[Outcome] = pool.executor.submit(work, task, state.workplace)  # type: ignore[arg-type]
    tasks.popleft()
    state.under_way[future] = task


def _has_ended(state: Run, task: Task, future: Future[Outcome]) -> bool:
    """Note what became of a task; return False when its worker died and nothing became of it."""
    try:
        outcome = future.result()
    except BrokenExecutor:
        return False
    except Exception as fault:  # a scheduler's: it has lost the task's worker too often, or has itself gone
        state.fail(task, fault_line(fault))
        return True
    state.end(outcome)
    if isinstance(task, Unit) and not outcome.failed:
        report = next(report for report in state.waiting if task in state.waiting[report])
        state.waiting[report].discard(task)
        if not state.waiting[report]:
            state.queue.appendleft(report)  # a finished report is worth more than a begun one
    return True


def _suspect(state: Run, broken: list[Task]) -> None:
    """Put what was under way when a worker died where it is run again, or call it failed if it was alone."""
    tasks = [*broken, *state.under_way.values()]
    state.under_way.clear()
    if state.alone:
        state.fail(tasks[0], "the worker process died of it twice")
    else:
        state.suspects += tasks


def local_pool(jobs: int, tasks: int, *, warm: bool = True) -> Pool:
    """Return a pool of up to `jobs` worker processes on this machine, started anew and not forked: threads are safe.

    With `warm`, each starts the process that its kernels are forked from before it has a unit.
    """
    workers = min(jobs, tasks)
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(
        workers, mp_context=context, initializer=prepare_worker, initargs=(os.getpid(), warm)
    )
    with _without_interrupts():
        for _ in range(workers):
            executor.submit(os.getpid)  # starts a worker
    return Pool(executor, window=workers + 2)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: it is for this one, which then stops them."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread: signals are not its business
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
