"""The subcommands of `peel`, in the order of its help. What one needs is imported when it is called."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from peel_analysis.cli.command import DONE, FAILED, USAGE, Function, command, completed, option

if TYPE_CHECKING:
    from peel_analysis.batch import Making
    from peel_analysis.checks.rules import CheckResult
    from peel_analysis.data.edition import Edition
    from peel_analysis.data.folder import Data
    from peel_analysis.data.forces import Force, Forces

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


EDITIONS = completed(lambda data: data.editions)
FORCES = completed(lambda data: (*data.forces.ids, "england-and-wales"))
MEASURES = completed(lambda data: data.measures.ids)

data_option = option(
    "--data",
    type=FOLDER,
    metavar="DIR",
    help="Another data folder, laid out like the project's data/.",
    remedy="give one laid out like the project's data/",
)
edition_option = option(
    "--edition",
    default="2017",
    show_default=True,
    shell_complete=EDITIONS,
    help="The edition.",
)
measure_option = option("--measure", shell_complete=MEASURES, help="One measure, by its id.")


def making_options(function: Function) -> Function:
    """Add the options of what makes reports."""
    for add in (
        option("--engine", type=click.Choice(["peel", "stock"]), default="peel", show_default=True,
               help="peel: warm kernels; stock: papermill's own."),
        click.option("--fresh", is_flag=True, help="Run every section again, fresh ones too."),
        click.option("--inspected-only", is_flag=True, help="Leave out questions that were not inspected."),
        option("--out", type=click.Path(path_type=Path), metavar="DIR", default="build", show_default=True,
               help="Where reports go."),
        edition_option,
        data_option,
    ):  # fmt: skip
        function = add(function)
    return function


@command.command()
@click.argument("force", metavar="FORCE", shell_complete=FORCES)
@making_options
def report(force: str, data: Path | None, edition: str, **making: Any) -> int:
    """Make one force's report.

    FORCE is a force by any name: norfolk, 'Devon & Cornwall'.
    """
    from peel_analysis.batch import make_report

    opened = _open(data)
    plan, outcomes = make_report(opened.edition(edition), opened.forces.find(force), _making(**making))
    if any(outcome.failed for outcome in outcomes):
        return FAILED
    print(plan.page)
    return DONE


@command.command()
@option("--forces", default="all", show_default=True, help="all, or names with commas between.")
@option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, metavar="N", help="Workers side by side.",
        remedy="give a number of workers, 1 or more")  # fmt: skip
@option("--dask", metavar="ADDRESS", help="Use a running scheduler, such as tcp://host:8786.")
@option("--shard", metavar="K/N", help="Only the k-th of n shares of the forces, for a cluster.")
@making_options
def batch(
    forces: str,
    jobs: int,
    dask: str | None,
    shard: str | None,
    data: Path | None,
    edition: str,
    **making: Any,
) -> int:
    """Make the reports of all forces, or of some."""
    from peel_analysis.batch import make_reports, share, summary

    started = time.perf_counter()
    opened = _open(data)
    chosen = chosen_forces(opened.forces, forces)
    outcomes = make_reports(
        opened.edition(edition),
        share(chosen, shard) if shard else chosen,
        _making(**making),
        jobs=jobs,
        scheduler=dask,
        log=f"run-{shard.replace('/', '-of-')}.jsonl" if shard else "run.jsonl",
    )
    print(summary(outcomes, time.perf_counter() - started))
    return FAILED if any(outcome.failed for outcome in outcomes) else DONE


def chosen_forces(forces: "Forces", named: str) -> "list[Force]":
    """Return the forces that a user named with commas between, each once; `all` are all."""
    return list(dict.fromkeys(forces if named == "all" else map(forces.find, named.split(","))))


def _making(out: Path, **settings: Any) -> "Making":
    """Return how reports are to be made. Raises InputError where `--out` cannot be written to."""
    from peel_analysis.batch import Making
    from peel_analysis.data.files import check_writable

    check_writable(out, f"--out {out}")
    return Making(out.resolve(), **settings)


@command.command("forces")
@data_option
def list_forces(data: Path | None) -> int:
    """List the 43 forces: id, official name and region."""
    from peel_analysis.data.files import data_folder
    from peel_analysis.data.forces import FORCES, read_forces  # and not all that a data folder holds: at once
    from peel_analysis.data.text import columns

    rows = [(one.id, one.official_name, one.region) for one in read_forces(data_folder(data) / FORCES)]
    print("\n".join(columns(rows, right=())))
    return DONE


@command.command()
@data_option
@edition_option
@option(
    "--force",
    shell_complete=FORCES,
    help="One force, or england-and-wales.",
)
@measure_option
@option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@option("--population", metavar="VINTAGE", help="Another vintage of the mid-year populations.")
@click.option("--residents-only", is_flag=True, help="The City of London's residents alone.")
@click.option("--leave-out-incomplete", is_flag=True, help="England and Wales without incomplete records of outcomes.")
def values(
    data: Path | None,
    edition: str,
    force: str | None,
    measure: str | None,
    format_: Literal["csv", "json"],
    population: str | None,
    residents_only: bool,
    leave_out_incomplete: bool,
) -> int:
    """Print every value of an edition."""
    from peel_analysis.show import values as value_table

    opened = _open(data)
    asked = opened.edition(edition).with_population(vintage=population, residents_only=residents_only)
    asked = asked.without_incomplete() if leave_out_incomplete else asked
    rows = value_table.values(asked, [opened.measure(measure)] if measure else None)
    if force:
        rows = rows[rows["force_id"] == opened.forces.find_id(force)]
    sys.stdout.write(value_table.as_csv(rows) if format_ == "csv" else value_table.as_json(rows))
    return DONE


@command.command()
@data_option
@edition_option
@option("--force", shell_complete=FORCES, help="One force.")
@measure_option
def verdicts(data: Path | None, edition: str, force: str | None, measure: str | None) -> int:
    """Print every force's verdict with each test's numbers.

    Before them: the policy, and how many flags to expect of chance. Any verdict can be worked out again from its line.
    """
    from peel_analysis.comparison.verdicts import NO_FUNNELS, expected_flags, verdict_lines
    from peel_analysis.measures import calculate_all

    opened = _open(data)
    chosen = [opened.measure(measure)] if measure else list(opened.measures)
    force_ids = [opened.forces.find(force).id] if force else list(opened.forces.ids)
    results = calculate_all(opened.edition(edition), chosen)
    expected = expected_flags(results)
    by_chance = expected.sentence() if expected else NO_FUNNELS
    print("\n".join("# " + sentence for sentence in (*opened.policy.sentences(), by_chance)))
    for result in results:
        print("\n".join(verdict_lines(result, force_ids)))
    return DONE


@command.command()
@click.argument("measure", metavar="MEASURE", shell_complete=MEASURES)
@click.argument("force", metavar="FORCE", shell_complete=FORCES)
@data_option
@edition_option
def why(measure: str, force: str, data: Path | None, edition: str) -> int:
    """Print the full account of one number.

    MEASURE is a measure by its id, such as crime_per_1000; FORCE a force by any name, or england-and-wales.
    """
    from peel_analysis.why import account

    opened = _open(data)
    force_id = opened.forces.find_id(force)
    sys.stdout.write(account(opened.measure(measure), force_id, opened.edition(edition)))
    return DONE


@command.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@data_option
@measure_option
@option("--format", "format_", type=click.Choice(["table", "csv", "changelog"]), default="table", show_default=True)
@option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="Write a page that leads with what moved most.",
        remedy="give the name of a file, such as changes.html in it")  # fmt: skip
@click.option("--all", "every", is_flag=True, help="Every row that moved, not only the biggest moves.")
def changes(
    a: str,
    b: str,
    data: Path | None,
    measure: str | None,
    format_: Literal["table", "csv", "changelog"],
    html: Path | None,
    every: bool,
) -> int:
    """Say what moved from A to B, and why.

    A and B are each an edition (2017), one with settings (2017@population=2018-revised), a build folder or a values
    file. Settings, with commas between: window=2018-03-31 (the crime windows' last day), window.NAME=DATE,
    population=VINTAGE, mid_year=YEAR, residents-only, leave-out-incomplete, ITEM=RELEASE
    (recorded_crime=2017-18-older), data=FOLDER.
    """
    from peel_analysis.changes import changes_between, open_version, output
    from peel_analysis.data.files import check_writable

    opened = _open(data)
    if html:
        check_writable(html.parent, f"--html {html}")
    found = changes_between(open_version(a, opened), open_version(b, opened), [measure] if measure else None)
    if html:
        from peel_analysis.data.writing import write_text

        write_text(html, output.as_page(found))
        print(html, file=sys.stderr)
    if format_ == "csv":
        sys.stdout.write(output.as_csv(found))
    elif format_ == "changelog":
        sys.stdout.write(output.as_changelog(found))
    else:
        sys.stdout.write(output.text_table(found, every=every))
    return DONE


@command.group("data", no_args_is_help=False)
def data_group() -> None:
    """Work on the data folder."""


@data_group.command()
@data_option
@option("--raw", required=True, type=FOLDER, metavar="DIR", help="The folder of published files.")
def build(data: Path | None, raw: Path) -> int:
    """Remake the tables of counts from the published files."""
    from peel_analysis.checks.data_checks import check as check_tables
    from peel_analysis.checks.rules import TablesHeld
    from peel_analysis.data.files import check_writable
    from peel_analysis.intake.published import build as build_tables

    opened = _open(data)
    check_writable(opened.folder, f"--data {opened.folder}")
    for account in build_tables(raw, opened):
        print("\n".join(account.lines()))
    return _say_results(check_tables(TablesHeld(opened)), opened)


@data_group.command()
@click.argument("file", type=FILE, metavar="FILE")
@data_option
@option("--release", help="The release that it is, such as 2026-04 (default: what the file says).")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@option("--not-supplied", metavar="FORCES", help="Forces that gave no figures, with commas between.")
def add(file: Path, data: Path | None, release: str | None, dry_run: bool, not_supplied: str | None) -> int:
    """Take a published file or a force's return into the data folder.

    FILE is the file as published; its format is told by its content. An error in its data changes nothing.
    """
    from peel_analysis.data.files import check_writable
    from peel_analysis.intake.published import plan

    opened = _open(data)
    if not dry_run:
        check_writable(opened.folder, f"--data {opened.folder}")
    silent = [opened.forces.find(name).id for name in (not_supplied or "").split(",") if name.strip()]
    addition = plan(file, opened, release or "", silent)
    print("\n".join(addition.lines()))
    if not addition.texts:
        print("Nothing changes: the data folder holds all of this already.")
        return DONE
    _say_results(addition.results, opened, brief=True)
    if not addition.is_sound:
        print("Nothing was changed: the checks found errors in the data.")
        return USAGE
    names = sorted(str(path.relative_to(opened.folder)) for path in addition.texts)
    if not dry_run:
        addition.write()
    print(f"{'Would write' if dry_run else 'Written'}: {', '.join(names)}")
    return DONE


@command.command()
@data_option
@option("--edition", shell_complete=EDITIONS, help="Only the tables that this edition uses.")
def check(data: Path | None, edition: str | None) -> int:
    """Check what is in the data folder, by stated rules.

    Prints each check's rule and result. The exit code is 2 when a finding is an error; queries are not errors.
    """
    from peel_analysis.checks.data_checks import check as check_tables
    from peel_analysis.checks.data_checks import check_registers
    from peel_analysis.checks.rules import TablesHeld
    from peel_analysis.data.cross_checks import read_held

    opened = _open(data)
    editions = [opened.edition(edition_id) for edition_id in ([edition] if edition else opened.editions)]
    read_held(opened, editions)
    if edition:
        return _check_edition(editions[0])
    return _say_results([*check_tables(TablesHeld(opened)), *check_registers(opened, editions)], opened)


def _check_edition(edition: "Edition") -> int:
    """Print the checks of one edition's tables, and whose records of outcomes are marked in each of its windows."""
    from peel_analysis.checks.data_checks import check_edition, check_registers
    from peel_analysis.checks.records import OUTCOMES, incomplete, mismatched
    from peel_analysis.measures.calculation import check_measures

    of_registers = check_registers(edition.data, [edition])
    code = _say_results([*check_edition(edition), *of_registers, *check_measures(edition)], edition.data)
    using = [measure for measure in edition.data.measures if OUTCOMES in measure.numerator.items]
    names = dict.fromkeys(name for measure in using for name in (measure.window, measure.comparator) if name)
    windows = [edition.window(name) for name in names]
    for words, find in (("incomplete", incomplete), ("not matching the crimes recorded", mismatched)):
        marked = [(window, doubt) for window in windows for doubt in find(edition, window).values()]
        print(f"records of outcomes marked as {words} in edition {edition.id}: {len(marked) or 'none'}")
        for window, doubt in marked:
            print(f"  {window.words}: {doubt.sentence}")
    return code


def _say_results(results: "Sequence[CheckResult]", data: "Data", *, brief: bool = False) -> int:
    """Print the results of checks; return the exit code."""
    from peel_analysis.checks.rules import errors, lines

    print("\n".join(lines(results, data.forces, brief=brief)))
    return USAGE if errors(results) else DONE


def _open(folder: Path | None) -> "Data":
    """Return the data folder that a command works on."""
    from peel_analysis.data.folder import open_data

    return open_data(folder)
