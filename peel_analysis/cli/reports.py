"""The subcommands that make reports, and the pages around them."""

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peel_analysis.cli import (
    DONE,
    EDITION,
    FAILED,
    FORCE,
    SOME_FORCES,
    Function,
    check_workbooks,
    command,
    data_option,
    edition_option,
    open_page,
    option,
    returns_option,
    say,
)
from peel_analysis.data.files import check_letters, check_writable, notebooks_folder, resolved

if TYPE_CHECKING:
    from peel_analysis.batch import Making
    from peel_analysis.data.edition import Edition
    from peel_analysis.data.folder import Data
    from peel_analysis.data.forces import Force

out_option = partial(
    option, "--out", type=click.Path(path_type=Path), metavar="DIR", default="build", show_default=True
)
open_option = click.option("--open", "opened", is_flag=True, help="Open the page in a browser when it is made.")


def _start_libraries(context: click.Context, _: click.Parameter, engine: str) -> str:
    """Start what may become the warm process, and end it with the command if nothing has needed it."""
    if engine == "peel" and not context.resilient_parsing:
        from peel_analysis.engine.this_python import start_libraries
        from peel_analysis.engine.warm_connection import stop

        start_libraries(os.environ)
        context.find_root().call_on_close(stop)  # which is closed where another option is refused, too
    return engine


def making_options(function: Function) -> Function:
    """Add the options of what makes reports."""
    for add in (
        option(
            "--engine",
            type=click.Choice(["peel", "stock"]),
            default="peel",
            show_default=True,
            is_eager=True,  # first: the libraries are imported while the data are read for the other options
            callback=_start_libraries,
            help="peel: warm kernels; stock: papermill's own.",
        ),
        click.option("--fresh", is_flag=True, help="Make every section again, also those that are up to date."),
        click.option("--xlsx", is_flag=True, help="Make a workbook of the values beside each page."),
        click.option("--inspected-only", is_flag=True, help="Leave out questions that were not inspected."),
        click.option("--pdf", is_flag=True, help="Each report as a PDF too, beside its page."),
        out_option(help="Where reports go."),
        edition_option,
        returns_option,
        data_option,
    ):
        function = add(function)
    return function


@command.command()
@click.argument("force", metavar="FORCE", type=FORCE)
@making_options
@open_option
def report(force: "Force", edition: "Edition", opened: bool, **making: Any) -> int:
    """Make one force's report, and print where its page is.

    FORCE is a force by any name: norfolk, 'Devon & Cornwall'. On a terminal each section is told as it ends.
    """
    started, how = time.perf_counter(), _making(edition, **making)
    from peel_analysis.batch import make_report, summary_line

    plan, outcomes = make_report(edition, force, how)
    if sys.stderr.isatty():
        say(summary_line(outcomes, time.perf_counter() - started), file=sys.stderr)
    if any(outcome.failed for outcome in outcomes):
        return FAILED
    say(str(plan.page))
    open_page(plan.page, asked=opened)
    return DONE


@command.command(short_help="Make the reports of all forces, or of some, and their index.")
@option("--forces", type=SOME_FORCES, default="all", show_default=True, help="all, or names with commas between.")
@option(
    "--jobs",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    metavar="N",
    help="Workers side by side.",
    remedy="give a number of workers, 1 or more",
)
@option("--dask", metavar="ADDRESS", help="Use a running scheduler, such as tcp://host:8786.")
@option("--shard", metavar="K/N", help="Only the k-th of n shares of the forces, for a cluster.")
@making_options
@open_option
def batch(
    forces: "list[Force]",
    jobs: int,
    dask: str | None,
    shard: str | None,
    edition: "Edition",
    opened: bool,
    **making: Any,
) -> int:
    """Make the reports of all forces, or of some, and print where the page is that links them."""
    started, how = time.perf_counter(), _making(edition, **making)
    from peel_analysis.batch import make_reports, share, summary

    chosen, log = (share(forces, shard), f"run-{shard.replace('/', '-of-')}.jsonl") if shard else (forces, "run.jsonl")
    outcomes = make_reports(edition, chosen, how, jobs=jobs, scheduler=dask, log=log)
    index = how.out / edition.id / edition.data.named("index.html")
    say(summary(outcomes, time.perf_counter() - started))
    say(str(index))
    open_page(index, asked=opened)
    return FAILED if any(outcome.failed for outcome in outcomes) else DONE


@command.command(short_help="Make the pages around the reports that are there.")
@option("--edition", "editions", type=EDITION, multiple=True, help="An edition; may be given more than once.")
@out_option(help="Where the reports are.")
@returns_option
@data_option
@click.pass_obj
def site(data: "Data", editions: "tuple[Edition, ...]", out: Path) -> int:
    """Make the pages around the reports that are there, without running a notebook.

    Those are the index of all editions and of each, the map, the measures, the method, what changed, and the search;
    of the editions that have a report, unless some are named.
    """
    from peel_analysis.batch import make_site_of
    from peel_analysis.data.errors import InputError

    check_writable(out, f"--out {out}")
    folder = data.below(resolved(out, f"--out {out}"))
    pages = [data.named(f"{force_id}/index.html") for force_id in data.forces.ids]
    with_reports = (one for one in data.editions if any((folder / one / page).is_file() for page in pages))
    chosen = editions or tuple(map(data.edition, with_reports))
    if not chosen:
        raise InputError(f"--out {out}: there is no report; make one (peel report norfolk), or name an --edition")
    say(str(make_site_of(chosen, folder)))
    return DONE


def _making(edition: "Edition", out: Path, *, pdf: bool, xlsx: bool, **settings: Any) -> "Making":
    """Return how reports are to be made.

    Raises InputError where `--out` cannot be written to, too little may be, or what makes a PDF or workbook is missing.
    """
    from peel_analysis.data.errors import InputError
    from peel_analysis.engine.machine import shortage

    if told := shortage():
        raise InputError(told)
    if xlsx:
        check_workbooks("--xlsx")
    from peel_analysis.batch import Making

    folder = edition.data.below(resolved(out, f"--out {out}"))
    for path in (folder, edition.data.folder, notebooks_folder()):
        check_letters(path)
    check_writable(out, f"--out {out}")
    if pdf:
        from peel_analysis.reports.page import check_can_be_made

        check_can_be_made()
    also = tuple(name for name, asked in (("pdf", pdf), ("xlsx", xlsx)) if asked)
    return Making(folder, **settings, also=also)
