"""A run: every stale unit of the chosen reports in a pool of workers, then each force's page."""

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from peel_analysis.batch.units import Report, Unit
from peel_analysis.batch.work import Outcome, Workplace, make_page, prepare_worker, run_unit

TRIES = 2  # a unit whose worker dies is run again once, then called failed
Told = Callable[[Outcome], None]


@dataclass
class Run:
    """The state of a run: what is under way, what has ended, and which units of a report are still open."""

    workplace: Workplace
    values: dict[str, str]
    told: Told
    outcomes: list[Outcome] = field(default_factory=list)
    under_way: dict[Future[Outcome], Unit | Report] = field(default_factory=dict)
    tries: dict[Unit | Report, int] = field(default_factory=dict)

    def end(self, outcome: Outcome) -> None:
        """Note an outcome and tell it."""
        self.outcomes.append(outcome)
        self.told(outcome)

    def submit(self, pool: Executor, task: Unit | Report) -> None:
        """Hand a unit or a page to the pool."""
        self.tries[task] = self.tries.get(task, 0) + 1
        if isinstance(task, Unit):
            future = pool.submit(run_unit, task, self.workplace)
        else:
            future = pool.submit(make_page, task, self.values[task.force_id], self.workplace)
        self.under_way[future] = task


def run(
    reports: Iterable[Report],
    workplace: Workplace,
    values: dict[str, str],
    *,
    fresh: bool = False,
    told: Told = lambda outcome: None,
    open_pool: Callable[[], Executor],
) -> list[Outcome]:
    """Run the stale units of the reports and make their pages; return every outcome, fresh ones among them.

    With `fresh`, every unit is run again. A failed unit leaves its force without a new page and stops nothing else.
    `values` holds each force's values file. When the pool itself breaks, what was under way is run again once.
    """
    state = Run(workplace, values, told)
    waiting = {report: _stale(state, report, fresh) for report in reports}
    tasks: list[Unit | Report] = [unit for units in waiting.values() for unit in units]
    tasks += [report for report, units in waiting.items() if not units and (fresh or not report.is_fresh())]
    while tasks:
        tasks = _one_pool(state, waiting, tasks, open_pool)
    return state.outcomes


def _stale(state: Run, report: Report, fresh: bool) -> set[Unit]:
    stale = {unit for unit in report.units if fresh or not unit.is_fresh()}
    for unit in report.units:
        if unit not in stale:
            state.end(Outcome(unit.force_id, unit.section_id, unit.key, "fresh", 0.0))
    return stale


def _one_pool(
    state: Run, waiting: dict[Report, set[Unit]], tasks: list[Unit | Report], open_pool: Callable[[], Executor]
) -> list[Unit | Report]:
    """Run the tasks in one pool; return what has to be run again in another because this one broke."""
    pool = open_pool()
    try:
        for task in tasks:
            state.submit(pool, task)
        while state.under_way:
            done, _ = wait(state.under_way, return_when=FIRST_COMPLETED)
            for future in done:
                _end(state, waiting, pool, state.under_way.pop(future), future.result())
    except BrokenProcessPool:
        return _again(state)
    except BaseException:
        _stop(pool)
        raise
    pool.shutdown()
    return []


def _end(state: Run, waiting: dict[Report, set[Unit]], pool: Executor, task: Unit | Report, outcome: Outcome) -> None:
    state.end(outcome)
    if isinstance(task, Report) or outcome.failed:
        return
    report = next(report for report, units in waiting.items() if task in units)
    waiting[report].discard(task)
    if not waiting[report]:
        state.submit(pool, report)


def _again(state: Run) -> list[Unit | Report]:
    """Return what was under way when the pool broke; what has now broken it twice has failed."""
    left = list(state.under_way.values())
    state.under_way.clear()
    again = [task for task in left if state.tries[task] < TRIES]
    for task in left:
        if task not in again:
            section = task.section_id if isinstance(task, Unit) else "page"
            state.end(Outcome(task.force_id, section, task.key, "failed", 0.0, "the worker process died twice"))
    return again


def _stop(pool: Executor) -> None:
    """Stop at once: nothing half-written is in place, and the next run goes on from what is whole."""
    processes = list(getattr(pool, "_processes", None) or {})
    pool.shutdown(wait=False, cancel_futures=True)
    for pid in processes:
        try:
            os.kill(pid, 15)
        except ProcessLookupError:
            continue


def local_pool(jobs: int) -> Executor:
    """Return a pool of `jobs` worker processes on this machine, started anew and not forked: threads are safe."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=prepare_worker, initargs=(os.getpid(),))
