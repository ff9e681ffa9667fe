"""The reports of an edition: which are to be made, by which workers, the page that links them, what a run tells."""

import json
import re
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from peel_analysis.batch.run import Pool, Tell, check_scheduler, cluster_pool, local_pool, run, stale_tasks
from peel_analysis.batch.seen import look_again
from peel_analysis.batch.units import Now, Report, calculated, report_of, shared_key
from peel_analysis.batch.values import values_files
from peel_analysis.batch.work import Outcome, Workplace
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import check_inside
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import Force
from peel_analysis.data.text import columns, enumerated, visible
from peel_analysis.data.writing import LONG_AGO, kept_in, remove_left_over
from peel_analysis.engine import warm_connection
from peel_analysis.engine.machine import remove_left_over_folders
from peel_analysis.site import Site, Standing, keep_site, make_site, report_page
from peel_analysis.site.page import has_file

SIDE_BY_SIDE = 2  # sections of one report
CACHES = ".kept"  # below the output folder: what the notebooks of a batch share
OpenPool = Callable[[Workplace, int], Pool]  # for so many tasks
TOLD = {"done": "made", "fresh": "already up to date", "failed": "failed"}  # the words of a log, as a reader has them


@dataclass(frozen=True)
class Making:
    """How reports are made: below which folder, with which sections, all again or what is stale, in which kernels.

    `also` are what they are made as beside pages, such as "pdf".
    """

    out: Path
    inspected_only: bool = False
    fresh: bool = False
    engine: Literal["peel", "stock"] = "peel"
    also: tuple[str, ...] = ()

    def plans(self, edition: Edition, forces: Iterable[Force], shared: str) -> list[Report]:
        """Return the plan of each force's report; `shared` is the key of what every unit depends on."""
        how: dict[str, Any] = {"inspected_only": self.inspected_only, "also": self.also}
        return [report_of(edition, one, self.out, shared, **how) for one in forces]

    def workplace(self, edition: Edition, shared: str) -> Workplace:
        """Return what a worker of this machine or of a cluster must know."""
        return Workplace(edition.data.folder, self.out / CACHES / shared[:20], self.engine, edition.id)


@dataclass(frozen=True)
class Asked:
    """What a run is asked for: the reports of some forces, and around them the whole site or what one report needs.

    `shared` is the key of what every unit depends on.
    """

    making: Making
    edition: Edition
    shared: str
    forces: tuple[Force, ...]
    is_whole: bool

    def plans(self) -> list[Report]:
        """Return the plans of the reports that are asked for."""
        return self.making.plans(self.edition, self.forces, self.shared)

    def site(self, outcomes: Iterable[Outcome]) -> Site:
        """Return the site as it is once these are the outcomes."""
        of_force: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in outcomes:
            of_force[outcome.force_id].append(outcome)
        edition, plans = self.edition, self.making.plans(self.edition, self.edition.data.forces, self.shared)
        standings = {plan.force_id: standing_of(plan, of_force[plan.force_id], edition) for plan in plans}
        made = frozenset(report_page(edition, force_id) for force_id, one in standings.items() if one.is_there)
        return Site(
            self.making.out,
            edition.data,
            (edition,),
            standings={edition.id: standings},
            is_whole=self.is_whole,
            key=self.shared,
            expected=made,
        )


def make_report(edition: Edition, force: Force, making: Making) -> tuple[Report, list[Outcome]]:
    """Make one force's report; return its plan, which says where the page is, and what became of each part.

    Raises InputError for data that cannot be used.
    """
    asked = Asked(making, edition, look_again(edition.data.folder).key, (force,), is_whole=False)
    [plan] = asked.plans()
    named = {one.id: one.title for one in edition.sections} | {Report.section_id: "The page"}
    return plan, _make(asked, partial(local_pool, SIDE_BY_SIDE), plan.page.with_name("run.jsonl"), named)


def make_reports(
    edition: Edition, chosen: Sequence[Force], making: Making, *, jobs: int, scheduler: str | None, log: str
) -> list[Outcome]:
    """Make the reports of the chosen forces and the page that links all; return what became of each part.

    By `jobs` workers of this machine, or by those of a running dask `scheduler`. Raises InputError for data that cannot
    be used, and where the scheduler cannot.
    """
    open_pool: OpenPool = partial(local_pool, jobs)
    if scheduler:
        check_scheduler(scheduler)  # here, so that a request that cannot be met is refused whatever there is to do
        open_pool = partial(_on_cluster, scheduler)
    asked = Asked(making, edition, look_again(edition.data.folder).key, tuple(chosen), is_whole=True)
    return _make(asked, open_pool, making.out / edition.id / log)


def _on_cluster(address: str, _: Workplace, tasks: int) -> Pool:
    """Return the workers of a scheduler, which are told of their workplace with each task, and start their kernels."""
    warm_connection.stop()
    return cluster_pool(address, tasks)


def share(chosen: Sequence[Force], shard: str) -> list[Force]:
    """Return the k-th of n shares of some forces, for a cluster's array of jobs: `2/8` is the second of eight.

    Every n-th force from the k-th on, so that the shares are alike in size. Raises InputError for a shard that is not
    K/N with K from 1 to N.
    """
    match = re.fullmatch(r"(\d+)/(\d+)", shard)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise InputError(f"--shard {shard}: give K/N with K from 1 to N, such as 2/8")
    return list(chosen[int(match[1]) - 1 :: int(match[2])])


def _make(asked: Asked, open_pool: OpenPool, log: Path, named: Mapping[str, str] | None = None) -> list[Outcome]:
    making, plans = asked.making, asked.plans()
    workplace = making.workplace(asked.edition, asked.shared)
    folders = (path.parent for plan in plans for path in (plan.page, *(unit.target for unit in plan.units)))
    check_inside(making.out, (*folders, log, workplace.cache), f"--out {making.out}")
    _remove_kept(workplace.cache, every=making.fresh)
    kept, opened = workplace.kept_now(), list[Pool]()
    try:
        with kept_in(kept):
            plans, stale = stale_tasks(plans, Now(asked.edition, asked.shared), fresh=making.fresh)
        forces = [plan.force_id for plan in plans if plan in stale]
        workplace = workplace.for_forces(sum(not stale.isdisjoint(plan.units) for plan in plans))
        if stale:  # while the workers start, and before a notebook does: unusable data stop the run here
            opened.append(open_pool(workplace, len(stale)))
            opened[0].begin(partial(_make_ahead, making, workplace, kept, asked.shared, forces, asked.is_whole))
            if not opened[0].is_ready():
                with kept_in(kept):
                    calculated(asked.edition)
        remove_left_over(making.out)
        with progress(sum(len(plan.units) + 1 for plan in plans), log, named) as tell:

            def open_next(tasks: int) -> Pool:
                return opened.pop() if opened else open_pool(workplace, tasks)

            outcomes = run(plans, workplace, stale, open_next, tell)
        with kept_in(kept):
            make_site(asked.site(outcomes))
        return outcomes
    except InputError:
        while opened:  # first: what was to fork kernels has begun to calculate, and keeps what it can
            opened.pop().stop()
        shutil.rmtree(kept, ignore_errors=True)
        raise
    finally:
        for unused in opened:
            unused.stop()
        remove_left_over(making.out)
        remove_left_over_folders()


def _make_ahead(
    making: Making, workplace: Workplace, kept: Path, shared: str, force_ids: Sequence[str], is_whole: bool
) -> None:
    """Make what the pages and the end of a run need, and keep it there: values files, and the site if nothing fails."""
    data = open_data(workplace.data)
    edition = data.edition(workplace.edition)
    for force_id in force_ids:
        values_files(edition, force_id, kept)
    asked = Asked(making, edition, shared, tuple(map(data.forces.find, force_ids)), is_whole)
    with kept_in(kept):
        keep_site(asked.site([Outcome.of(plan, "done") for plan in asked.plans()]))


def _remove_kept(cache: Path, *, every: bool) -> None:
    """Remove what was kept under other data, by another package or long ago; a run that uses it makes it again."""
    for other in cache.parent.glob("*"):
        try:
            is_old = time.time() - other.stat().st_mtime > LONG_AGO
        except OSError:  # another run tidies too
            continue
        if every or is_old or not other.name.startswith(cache.name):
            shutil.rmtree(other, ignore_errors=True)


@contextmanager
def progress(total: int, log: Path, named: Mapping[str, str] | None = None) -> Iterator[Tell]:
    """Yield what is called with each outcome: it writes the log and shows progress.

    `named` are the titles of one report's sections: on a terminal each has a line as it ends, above the bar, and in a
    pipe none. Without it, as of a batch, there is the bar alone, or a line a unit in a pipe. The log is a JSON object a
    line.
    """
    from tqdm import tqdm

    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    bar = tqdm(total=total, unit="unit", leave=False, disable=None)  # None: shown on a terminal only
    # Without a buffer each line is one write at the file's end: the lines of two runs at once stay whole.
    with log.open("ab", buffering=0) as file, bar:

        def tell(outcome: Outcome) -> None:
            line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(outcome)}
            file.write((json.dumps(line) + "\n").encode())
            name = f"{outcome.force_id}/{outcome.section_id}"
            bar.set_postfix_str(name, refresh=False)
            bar.update(1)
            word, is_told = TOLD[outcome.outcome], outcome.outcome != "fresh"
            if bar.disable and named is None and is_told:
                print(f"{word} {name} {outcome.seconds:.1f} s", flush=True)
            if not bar.disable and named is not None and is_told and not outcome.failed:
                bar.write(f"{word}: {visible(named[outcome.section_id])}, {outcome.seconds:.1f} s", file=sys.stderr)
            if outcome.failed:
                bar.write(visible(f"failed: {name}: {outcome.error}"), file=sys.stderr)

        yield tell


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """Return the summary table of a run: sections and pages made, up to date and failed, and the time it took."""
    counted = Counter(("pages" if one.section_id == "page" else "sections", one.outcome) for one in outcomes)
    rows = [(name, *(str(counted[name, state]) for state in TOLD)) for name in ("sections", "pages")]
    return "\n".join([*columns([("", *TOLD.values()), *rows], right=(1, 2, 3)), f"{seconds:.1f} s"])


def summary_line(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return what became of one report in a line: "sections: 11 made, 2 already up to date; 18.2 s"."""
    counted = Counter(one.outcome for one in outcomes if one.section_id != Report.section_id)
    told = [f"{counted[state]} {word}" for state, word in TOLD.items() if counted[state]]
    return f"sections: {', '.join(told)}; {seconds:.1f} s"


def make_site_of(editions: Sequence[Edition], out: Path) -> Path:
    """Write the pages around the reports below a folder; no notebook runs. Return the index over all editions.

    Whether a report is that of an earlier run is told as if it was made in the way in which it would be up to date.
    """
    standings, shared = {}, shared_key(editions[0].data.folder)
    for edition in editions:
        ways = [Making(out, inspected_only=less).plans(edition, edition.data.forces, shared) for less in (False, True)]
        plans = [next((plan for plan in each if plan.is_fresh()), each[0]) for each in zip(*ways, strict=True)]
        standings[edition.id] = {plan.force_id: standing_of(plan, [], edition) for plan in plans}
    return make_site(Site(out, editions[0].data, tuple(editions), standings, key=shared))


def standing_of(report: Report, outcomes: Sequence[Outcome], edition: Edition) -> Standing:
    """Return what there is of a force, from the outcomes of the last run or, when there are none, from its files."""
    if outcomes:
        failed = {outcome.section_id for outcome in outcomes if outcome.failed}
    else:
        failed = {unit.section_id for unit in report.units if has_file(unit.failed)}
    made = any(outcome.section_id == report.section_id and not outcome.failed for outcome in outcomes)
    is_there, is_current = made or has_file(report.page), made or report.is_fresh()
    sections = [unit.section_id for unit in report.units if unit.section_id in failed]
    names = [f"“{edition.section(section_id).title}”" for section_id in sections]
    if len(names) == len(report.units):
        names = ["every section"]
    if report.section_id in failed:
        names.append("the making of its page")
    is_earlier = is_there and bool(names or not is_current)
    earlier = "Report of an earlier run" + ("" if is_current else ", which may rest on earlier data") + "."
    said = [*([earlier] if is_earlier else []), *([f"The last run failed in {enumerated(names)}."] if names else [])]
    return Standing(is_there, is_earlier, " ".join(said))
