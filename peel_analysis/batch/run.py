"""A run: every stale unit of the chosen reports in a pool of workers, and a page as soon as its units are done.

What it tells: progress on a terminal, one line a unit in a pipe, a log file and a summary.
"""

import json
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from peel_analysis.batch.pool import Pool
from peel_analysis.batch.units import Report, Unit
from peel_analysis.batch.work import Outcome, Workplace, fault_line, make_page, run_unit
from peel_analysis.data.errors import InputError
from peel_analysis.data.text import columns

LOOK_AGAIN = 2.0  # seconds
POOLS_IN_VAIN = 3  # pools one after the other that break before anything has ended
Task = Unit | Report
Tell = Callable[[Outcome], None]


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
    under_way: dict[Future[Outcome], Task] = field(default_factory=dict)
    alone: bool = False
    outcomes: list[Outcome] = field(default_factory=list)

    def end(self, outcome: Outcome) -> None:
        """Note an outcome and tell it."""
        self.outcomes.append(outcome)
        self.tell(outcome)

    def fail(self, task: Task, error: str) -> None:
        """Note a task that has no outcome of its own as failed."""
        self.end(Outcome.of(task, "failed", error=error))


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
    tell: Tell = lambda outcome: None,
    open_pool: Callable[[int], Pool],
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
        state.queue += units or ([report] if report in stale else [])
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
                state.fail(task, "no worker process stays alive; is there memory for --jobs so many?")
            break
    return state.outcomes


def _one_pool(state: Run, pool: Pool) -> None:
    """Work until nothing is left, or until the pool breaks because a worker died."""
    try:
        while _hand_out(state, pool):
            done, _ = wait(state.under_way, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED)
            if not done and pool.has_gone():
                raise InputError(pool.gone)
            ended = [(state.under_way.pop(future), future) for future in done]
            broken = [task for task, future in ended if not _has_ended(state, task, future, pool)]
            if broken:
                _suspect(state, broken)
                break
    except BaseException:
        pool.stop()
        raise
    pool.close()


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


@contextmanager
def progress(total: int, log: Path, *, lines: bool) -> Iterator[Tell]:
    """Yield what is called with each outcome: it writes the log and shows progress.

    On a terminal: a bar. In a pipe: a line a unit, or nothing when `lines` is False. The log is one JSON object a line.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    bar = None
    if sys.stderr.isatty():
        from tqdm import tqdm

        bar = tqdm(total=total, unit="unit", leave=False)
    # Without a buffer each line is one write at the file's end: the lines of two runs at once stay whole.
    with log.open("ab", buffering=0) as file:

        def tell(outcome: Outcome) -> None:
            line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(outcome)}
            file.write((json.dumps(line) + "\n").encode())
            if bar is not None:
                bar.set_postfix_str(f"{outcome.force_id}/{outcome.section_id}", refresh=False)
                bar.update(1)
            elif lines and outcome.outcome != "fresh":
                print(f"{outcome.outcome} {outcome.force_id}/{outcome.section_id} {outcome.seconds:.1f} s", flush=True)
            if outcome.failed:
                said = f"failed: {outcome.force_id}/{outcome.section_id}: {outcome.error}"
                print(said, file=sys.stderr, flush=True) if bar is None else bar.write(said, file=sys.stderr)

        try:
            yield tell
        finally:
            if bar is not None:
                bar.close()


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """Return the summary table of a run: sections and pages done, fresh and failed, and the time it took."""
    sections = Counter(outcome.outcome for outcome in outcomes if outcome.section_id != "page")
    pages = Counter(outcome.outcome for outcome in outcomes if outcome.section_id == "page")
    states = ("done", "fresh", "failed")
    counted = [(name, *(str(of[state]) for state in states)) for name, of in (("sections", sections), ("pages", pages))]
    return "\n".join([*columns([("", *states), *counted], right=(1, 2, 3)), f"{seconds:.1f} s"])
