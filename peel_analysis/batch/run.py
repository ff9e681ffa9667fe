"""A run: every stale unit of the chosen reports in a pool of workers, and a page as soon as its units are done."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Future,
    wait,
)
from contextlib import suppress
from dataclasses import dataclass, field

from peel_analysis.batch.faults import fault_line
from peel_analysis.batch.pool import Pool
from peel_analysis.batch.units import Report, Unit
from peel_analysis.batch.work import Outcome, Workplace, make_page, run_unit
from peel_analysis.data.errors import InputError

POOLS_IN_VAIN = 3  # pools one after the other that break before anything has ended
Task = Unit | Report
Told = Callable[[Outcome], None]


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


def stale_tasks(reports: Iterable[Report], *, fresh: bool = False) -> set[Task]:
    """Return the units that are not fresh, and the reports whose page is to be made; with `fresh`, all of them."""
    stale: set[Task] = set()
    for report in reports:
        units = [unit for unit in report.units if fresh or not unit.is_fresh()]
        if units or fresh or not report.is_fresh():
            stale |= {report, *units}
    return stale


def run(
    reports: Iterable[Report],
    workplace: Workplace,
    stale: set[Task],
    *,
    told: Told = lambda outcome: None,
    open_pool: Callable[[int], Pool],
) -> list[Outcome]:
    """Run the stale units of the reports and make their pages; return every outcome, fresh ones among them.

    `open_pool` is called with the number of tasks. A failed unit leaves its force without a new page and stops nothing
    else. When a worker dies, what was under way is run again, one by one; what a worker then dies of again has failed.
    Raises InputError when the pool's scheduler goes.
    """
    state = Run(workplace, told, waiting={})
    for report in reports:
        units = [unit for unit in report.units if unit in stale]
        state.waiting[report] = set(units)
        state.queue += units or ([report] if report in stale else [])
        tasks: list[Task] = [*report.units, report]
        for task in tasks:
            if task not in stale:
                _pass_over(state, task)
    barren = 0
    while left := len(state.suspects) + len(state.queue):
        known = len(state.outcomes)
        _one_pool(state, open_pool(left))
        barren = barren + 1 if len(state.outcomes) == known else 0
        if barren == POOLS_IN_VAIN:
            return _given_up(state)
    return state.outcomes


def _pass_over(state: Run, task: Task) -> None:
    """Note a task as fresh. A failure of before is over too where what it failed of has been put back."""
    if isinstance(task, Unit):
        with suppress(OSError):
            task.failed.unlink()
    state.end(Outcome(task.force_id, task.section_id, task.key, "fresh", 0.0))


def _given_up(state: Run) -> list[Outcome]:
    for task in (*state.suspects, *state.queue):
        state.fail(task, "no worker process stays alive; is there memory for --jobs so many?")
    return state.outcomes


def _one_pool(state: Run, pool: Pool) -> None:
    """Work until nothing is left, or until the pool breaks because a worker died."""
    try:
        while _hand_out(state, pool):
            done, _ = wait(state.under_way, return_when=FIRST_COMPLETED)
            ended = [(state.under_way.pop(future), future) for future in done]
            broken = [task for task, future in ended if not _has_ended(state, task, future, pool)]
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


def _has_ended(state: Run, task: Task, future: Future[Outcome], pool: Pool) -> bool:
    """Note what became of a task; return False when its worker died and nothing became of it."""
    try:
        outcome = future.result()
    except BrokenExecutor:
        return False
    except CancelledError as gone:  # this run cancels none, and the others will say so too
        raise InputError(pool.gone) from gone
    except Exception as fault:  # a scheduler's: it has lost the task's worker too often
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
