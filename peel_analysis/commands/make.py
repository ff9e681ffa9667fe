"""`peel report` and `peel batch`: the same run, for one force or for many."""

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from peel_analysis import forces
from peel_analysis.batch import Outcome, Report, Workplace, local_pool, report_of, run
from peel_analysis.batch.shards import share
from peel_analysis.batch.telling import summary, telling, write_index
from peel_analysis.data import Edition, open_edition
from peel_analysis.errors import InputError
from peel_analysis.forces import ENGLAND_AND_WALES, Force

SIDE_BY_SIDE = 2  # sections of one report


def report(given: argparse.Namespace) -> int:
    """Make one force's report and print where it is."""
    force, edition = forces.find(given.force), open_edition(given.edition)
    plans = _plans([force], edition, given)
    outcomes = _run(plans, edition, given, partial(local_pool, SIDE_BY_SIDE), lines=False)
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
    plans = _plans(chosen, edition, given)
    outcomes = _run(plans, edition, given, _pool(given), lines=True)
    every = _plans(list(forces.all_forces()), edition, given)
    write_index(Path(given.out) / edition.id / "index.html", edition, every)
    print(summary(outcomes, time.perf_counter() - started))
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _pool(given: argparse.Namespace) -> Callable[[], Executor]:
    if not given.dask:
        return partial(local_pool, given.jobs)
    from peel_analysis.batch.cluster import cluster_pool

    return partial(cluster_pool, given.dask)


def _chosen(given: argparse.Namespace) -> list[Force]:
    everyone = list(forces.all_forces())
    named = everyone if given.forces == "all" else [forces.find(name) for name in given.forces.split(",")]
    return share(named, given.shard) if given.shard else named


def _plans(chosen: Sequence[Force], edition: Edition, given: argparse.Namespace) -> list[Report]:
    out = Path(given.out).resolve()
    return [report_of(edition, force, out, inspected_only=given.inspected_only) for force in chosen]


def _run(
    plans: list[Report],
    edition: Edition,
    given: argparse.Namespace,
    open_pool: Callable[[], Executor],
    *,
    lines: bool,
) -> list[Outcome]:
    out = Path(given.out).resolve()
    workplace = Workplace(str(edition.folder.resolve()), str(out / ".drawings"), given.engine)
    stale = [plan for plan in plans if given.fresh or not plan.is_fresh()]
    values = _values(edition, stale)
    total = sum(len(plan.units) for plan in plans) + len(stale)
    log = out / edition.id / "run.jsonl"
    with telling(total, log, lines=lines) as told:
        return run(plans, workplace, values, fresh=given.fresh, told=told, open_pool=open_pool)


def _values(edition: Edition, stale: list[Report]) -> dict[str, str]:
    """Return each stale report's values file: the force's own rows and those of England and Wales."""
    if not stale:
        return {}
    from peel_analysis.values import as_csv, values

    rows = values(edition)
    return {plan.force_id: as_csv(rows[rows["force_id"].isin((plan.force_id, ENGLAND_AND_WALES))]) for plan in stale}
