"""The reports of an edition: which are to be made, the workers that make them, and the page that links them.

The page says which of them are of an earlier run, and why.
"""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from peel_analysis.batch.pool import Pool, check_scheduler, cluster_pool, local_pool
from peel_analysis.batch.run import Task, progress, run, stale_tasks
from peel_analysis.batch.units import Report, report_of, shared_key
from peel_analysis.batch.work import Outcome, Workplace
from peel_analysis.data.cross_checks import OVERALL
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import Force
from peel_analysis.data.text import enumerated
from peel_analysis.data.writing import remove_left_over, write_text
from peel_analysis.engine.socket_folders import remove_left_over_folders
from peel_analysis.sections.lists import judgment
from peel_analysis.show.templates import render, style_sheet

SIDE_BY_SIDE = 2  # sections of one report
CACHES = ".kept"  # below the output folder: what the notebooks of a batch share


@dataclass(frozen=True)
class Making:
    """How reports are made: below which folder, with which sections, all again or what is stale, in which kernels."""

    out: Path
    inspected_only: bool = False
    fresh: bool = False
    engine: Literal["peel", "stock"] = "peel"

    def plans(self, edition: Edition, forces: Iterable[Force]) -> list[Report]:
        """Return the plan of each force's report."""
        shared = shared_key(edition.data.folder)
        return [report_of(edition, one, self.out, shared, inspected_only=self.inspected_only) for one in forces]

    def local_pool(self, jobs: int, tasks: int) -> Pool:
        """Return workers of this machine."""
        return local_pool(jobs, tasks, warm=self.engine == "peel")


def make_report(edition: Edition, force: Force, making: Making) -> tuple[Report, list[Outcome]]:
    """Make one force's report; return its plan, which says where the page is, and what became of each part.

    Raises InputError for data that cannot be used.
    """
    [plan] = making.plans(edition, [force])
    open_pool = partial(making.local_pool, SIDE_BY_SIDE)
    return plan, _make([plan], edition, making, open_pool, plan.page.with_name("run.jsonl"), lines=False)


def make_reports(
    edition: Edition,
    chosen: Sequence[Force],
    making: Making,
    *,
    jobs: int,
    scheduler: str | None = None,
    log: str = "run.jsonl",
) -> list[Outcome]:
    """Make the reports of the chosen forces and the page that links all; return what became of each part.

    By `jobs` workers of this machine, or by those of a running dask `scheduler`. Raises InputError for data that cannot
    be used, and where the scheduler cannot.
    """
    open_pool: Callable[[int], Pool] = partial(making.local_pool, jobs)
    if scheduler:
        check_scheduler(scheduler)  # here, so that a request that cannot be met is refused whatever there is to do
        open_pool = partial(cluster_pool, scheduler)
    folder = making.out / edition.id
    plans = {plan.force_id: plan for plan in making.plans(edition, edition.data.forces)}
    outcomes = _make([plans[force.id] for force in chosen], edition, making, open_pool, folder / log, lines=True)
    write_index(folder / "index.html", edition, plans.values(), outcomes)
    return outcomes


def share(chosen: Sequence[Force], shard: str) -> list[Force]:
    """Return the k-th of n shares of some forces, for a cluster's array of jobs: `2/8` is the second of eight.

    Every n-th force from the k-th on, so that the shares are alike in size. Raises InputError for a shard that is not
    K/N with K from 1 to N.
    """
    match = re.fullmatch(r"(\d+)/(\d+)", shard)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise InputError(f"--shard {shard}: give K/N with K from 1 to N, such as 2/8")
    return list(chosen[int(match[1]) - 1 :: int(match[2])])


def _make(
    plans: list[Report], edition: Edition, making: Making, open_pool: Callable[[int], Pool], log: Path, *, lines: bool
) -> list[Outcome]:
    data = edition.data.folder
    cache = making.out / CACHES / shared_key(data)[:20]
    workplace = Workplace(data, cache, making.engine)
    stale = stale_tasks(plans, fresh=making.fresh)
    opened = _opened(stale, edition, open_pool)

    def next_pool(tasks: int) -> Pool:
        return opened.pop() if opened else open_pool(tasks)

    total = sum(len(plan.units) + 1 for plan in plans)
    try:
        _tidy(making.out, cache, fresh=making.fresh)
        with progress(total, log, lines=lines) as tell:
            return run(plans, workplace, stale, tell=tell, open_pool=next_pool)
    finally:
        for unused in opened:
            unused.stop()
        remove_left_over(making.out)
        remove_left_over_folders()


def _opened(stale: set[Task], edition: Edition, open_pool: Callable[[int], Pool]) -> list[Pool]:
    """Return the first pool of a run, or none when all is fresh; the data are checked while its workers start.

    All registers are read and all measures calculated before a notebook starts: unusable data stop the run here.
    """
    if not stale:
        return []
    from peel_analysis.data.cross_checks import read_all
    from peel_analysis.show.values import values

    pool = open_pool(len(stale))
    try:
        read_all(edition)
        values(edition)
    except BaseException:
        pool.stop()
        raise
    return [pool]


def _tidy(out: Path, cache: Path, *, fresh: bool) -> None:
    """Remove what a killed run has left half-written, and what was kept under other data or another package.

    With `fresh`, also what was kept under these: another run that uses it makes it again.
    """
    remove_left_over(out)
    for other in cache.parent.glob("*"):
        if fresh or other != cache:
            shutil.rmtree(other, ignore_errors=True)


@dataclass(frozen=True)
class Standing:
    """What there is of a force: whether its page is there and is of the data as they are, and where its run failed."""

    report: Report
    is_there: bool
    is_current: bool
    failed: tuple[str, ...]

    @property
    def is_earlier(self) -> bool:
        """True when the page that is there is not what the last run would have made."""
        return self.is_there and bool(self.failed or not self.is_current)

    @property
    def note(self) -> str:
        """What a reader must know of the page before reading it; empty when there is nothing."""
        failed = f"The last run failed in {enumerated(self.failed)}." if self.failed else ""
        if not self.is_there:
            return failed
        earlier = "Report of an earlier run" + ("" if self.is_current else ", which may rest on earlier data")
        return f"{earlier}. {failed}".strip() if self.is_earlier else ""


def write_index(path: Path, edition: Edition, reports: Iterable[Report], outcomes: Iterable[Outcome]) -> None:
    """Write the page that links every force's report that is there, with its overall judgment.

    `outcomes` are those of the run that has just ended; of forces that it left out, their files tell.
    """
    of_force: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        of_force[outcome.force_id].append(outcome)
    standings = [standing_of(report, of_force[report.force_id], edition) for report in reports]
    rows = [
        {
            "name": edition.data.forces.find(standing.report.force_id).official_name,
            "link": standing.report.page.relative_to(path.parent).as_posix() if standing.is_there else "",
            "note": standing.note,
            "grade": judgment(edition, standing.report.force_id, OVERALL).grade_in_words,
        }
        for standing in standings
    ]
    earlier = sum(standing.is_earlier for standing in standings)
    page = render(
        "reports.html.j2", style=style_sheet(), title=edition.title, edition_id=edition.id, rows=rows, earlier=earlier
    )
    if not path.exists() or path.read_text(encoding="utf-8") != page:
        write_text(path, page)


def standing_of(report: Report, outcomes: Sequence[Outcome], edition: Edition) -> Standing:
    """Return what there is of a force, from the outcomes of the last run or, when there are none, from its files."""
    if outcomes:
        failed = {outcome.section_id for outcome in outcomes if outcome.failed}
    else:
        failed = {unit.section_id for unit in report.units if _is_there(unit.failed)}
    made = any(outcome.section_id == report.section_id and not outcome.failed for outcome in outcomes)
    return Standing(report, made or _is_there(report.page), made or report.is_fresh(), _names(report, failed, edition))


def _names(report: Report, failed: set[str], edition: Edition) -> tuple[str, ...]:
    """Return the failed parts of a report in words, in report order."""
    sections = [unit.section_id for unit in report.units if unit.section_id in failed]
    page = ("the making of its page",) if report.section_id in failed else ()
    if len(sections) == len(report.units):
        return ("every section", *page)
    return (*(f"“{edition.data.section(section_id).title}”" for section_id in sections), *page)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be looked into
        return False
