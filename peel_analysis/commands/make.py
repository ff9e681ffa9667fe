"""`peel report` and `peel batch`: the same run, for one force or for many."""

import argparse
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from peel_analysis.batch import (
    Outcome,
    Pool,
    Report,
    Task,
    Workplace,
    local_pool,
    report_of,
    run,
    shared_key,
    stale_tasks,
)
from peel_analysis.batch.index import write_index
from peel_analysis.batch.shards import share
from peel_analysis.batch.telling import summary, telling
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition, open_edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import Force
from peel_analysis.data.writing import remove_left_over
from peel_analysis.engine.socket_folders import remove_left_over_folders

SIDE_BY_SIDE = 2  # sections of one report
KEPT = ".kept"  # below the output folder: what the notebooks of a batch share


def report(given: argparse.Namespace) -> int:
    """Make one force's report and print where it is."""
    force, edition = forces.find(given.force), open_edition(given.edition)
    plans = _plans([force], edition, given)
    log = plans[0].page.with_name("run.jsonl")
    outcomes = _run(plans, edition, given, partial(local_pool, SIDE_BY_SIDE, warm=_is_warm(given)), log, lines=False)
    if any(outcome.failed for outcome in outcomes):
        return 1
    print(plans[0].page)
    return 0


def batch(given: argparse.Namespace) -> int:
    """Make the reports of the chosen forces, print the summary, and write the index page."""
    edition, chosen = open_edition(given.edition), _chosen(given)
    if given.jobs < 1:
        raise InputError(f"--jobs {given.jobs}: give a number of workers, 1 or more")
    started = time.perf_counter()
    folder = Path(given.out).resolve() / edition.id
    log = folder / (f"run-{given.shard.replace('/', '-of-')}.jsonl" if given.shard else "run.jsonl")
    outcomes = _run(_plans(chosen, edition, given), edition, given, _pool(given), log, lines=True)
    write_index(folder / "index.html", edition, _plans(list(forces.all_forces()), edition, given), outcomes)
    print(summary(outcomes, time.perf_counter() - started))
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _pool(given: argparse.Namespace) -> Callable[[int], Pool]:
    if not given.dask:
        return partial(local_pool, given.jobs, warm=_is_warm(given))
    from peel_analysis.batch.cluster import check_scheduler, cluster_pool

    check_scheduler(given.dask)  # here, so that a request that cannot be met is refused whatever there is to do
    return partial(cluster_pool, given.dask)


def _is_warm(given: argparse.Namespace) -> bool:
    return bool(given.engine == "peel")


def _chosen(given: argparse.Namespace) -> list[Force]:
    everyone = list(forces.all_forces())
    named = everyone if given.forces == "all" else [forces.find(name) for name in given.forces.split(",")]
    once = list(dict.fromkeys(named))
    return share(once, given.shard) if given.shard else once


def _plans(chosen: Sequence[Force], edition: Edition, given: argparse.Namespace) -> list[Report]:
    out = Path(given.out).resolve()
    return [report_of(edition, force, out, inspected_only=given.inspected_only) for force in chosen]


def _run(
    plans: list[Report],
    edition: Edition,
    given: argparse.Namespace,
    open_pool: Callable[[int], Pool],
    log: Path,
    *,
    lines: bool,
) -> list[Outcome]:
    out = Path(given.out).resolve()
    kept = out / KEPT / shared_key(edition.folder)[:20]
    workplace = Workplace(str(edition.folder.resolve()), str(kept), given.engine)
    stale = stale_tasks(plans, fresh=given.fresh)
    opened = _opened(stale, edition, open_pool)

    def next_pool(tasks: int) -> Pool:
        return opened.pop() if opened else open_pool(tasks)

    total = sum(len(plan.units) + 1 for plan in plans)
    try:
        _tidy(out, kept, fresh=given.fresh)
        with telling(total, log, lines=lines) as told:
            return run(plans, workplace, stale, told=told, open_pool=next_pool)
    finally:
        for unused in opened:
            unused.stop()
        remove_left_over(out)
        remove_left_over_folders()


def _opened(stale: set[Task], edition: Edition, open_pool: Callable[[int], Pool]) -> list[Pool]:
    """Return the first pool of a run, or none when all is fresh; the data are checked while its workers start."""
    if not stale:
        return []
    pool = open_pool(len(stale))
    try:
        _refuse_unusable_data(edition)
    except BaseException:
        pool.stop()
        raise
    return [pool]


def _refuse_unusable_data(edition: Edition) -> None:
    """Read all registers and calculate all measures before a notebook starts: unusable data stop the run here."""
    from peel_analysis.checks.declarations import read_all
    from peel_analysis.show.values import values

    read_all(edition)
    values(edition)


def _tidy(out: Path, kept: Path, *, fresh: bool) -> None:
    """Remove what a killed run has left half-written, and what was kept under other data or another package.

    With `fresh`, also what was kept under these: another run that uses it makes it again.
    """
    remove_left_over(out)
    for other in kept.parent.glob("*"):
        if fresh or other != kept:
            shutil.rmtree(other, ignore_errors=True)
