"""The subcommands of `peel`, in the order of its help. What one needs is imported when it is called."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peel_analysis.cli import DONE, FAILED, USAGE, Function, Name, check_extra, command, open_page, option, say
from peel_analysis.data.files import (
    VARIABLE,
    check_letters,
    check_replaceable,
    check_writable,
    data_folder,
    files_below,
    notebooks_folder,
    refuse_installed,
    resolved,
)

if TYPE_CHECKING:
    from peel_analysis.batch import Making
    from peel_analysis.checks.rules import CheckResult
    from peel_analysis.data.definitions import Measure
    from peel_analysis.data.edition import Edition
    from peel_analysis.data.folder import Data
    from peel_analysis.data.forces import Force, Forces
    from peel_analysis.intake.published import Addition

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXPLORE = "explore.ipynb"
RETURNS_FOLDER = "peel.returns"  # of a command's context
BINARY = ("parquet", "xlsx")  # formats of values that are no text


def chosen_forces(forces: "Forces", named: str) -> "list[Force]":
    """Return the forces that a user named with commas between, each once; `all` are all."""
    return list(dict.fromkeys(forces if named == "all" else map(forces.find, named.split(","))))


EDITION = Name(lambda data: data.editions, lambda data, name: data.edition(name))
EDITION_ID = Name(EDITION.names_in, lambda _, name: name)  # of one that may be wrong
FORCE = Name(lambda data: data.forces.ids, lambda data, name: data.forces.find(name))
FORCE_ID = Name(lambda data: (*data.forces.ids, "england-and-wales"), lambda data, name: data.forces.find_id(name))
SOME_FORCES = Name(lambda data: ("all", *data.forces.ids), lambda data, named: chosen_forces(data.forces, named))
MEASURE = Name(lambda data: data.measures.ids, lambda data, name: data.measure(name))
MEASURE_OF_EITHER = Name(MEASURE.names_in, lambda _, name: name)  # of two versions, which may have other folders


def _open(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    from peel_analysis.data.folder import open_data

    context.obj = _with_returns(context, open_data(folder))


def _read_returns(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    """Have the command work on the data folder with the returns of a folder, whichever option comes first."""
    context.meta[RETURNS_FOLDER] = folder
    if context.obj is not None:
        context.obj = _with_returns(context, context.obj)


def _with_returns(context: click.Context, data: "Data") -> "Data":
    if (folder := context.meta.get(RETURNS_FOLDER)) is None:
        return data
    from peel_analysis.returns.folder import read_returns
    from peel_analysis.returns.load import load

    return load(read_returns(folder, data))


folder_option = partial(
    option,
    "--data",
    type=FOLDER,
    metavar="DIR",
    help="Another data folder, laid out like the project's data/.",
    remedy="give one laid out like the project's data/",
)
data_option = folder_option(callback=_open, expose_value=False, is_eager=True)  # names are looked up in it
edition_option = option("--edition", type=EDITION, default="2017", show_default=True, help="The edition.")
returns_option = option(
    "--returns",
    type=FOLDER,
    metavar="FOLDER",
    help="A folder of data returns, whose counts are used.",
    remedy="give the folder with the forms that forces filled in",
    callback=_read_returns,
    expose_value=False,
    is_eager=True,
)
measure_option = option("--measure", type=MEASURE, help="One measure, by its id or its title.")
open_option = click.option("--open", "opened", is_flag=True, help="Open the page in a browser when it is made.")


def format_option(*formats: str) -> Callable[[Function], Function]:
    """Return the option of what is printed, the first if none is named."""
    return option("--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True)


def making_options(function: Function) -> Function:
    """Add the options of what makes reports."""
    for add in (
        option(
            "--engine",
            type=click.Choice(["peel", "stock"]),
            default="peel",
            show_default=True,
            help="peel: warm kernels; stock: papermill's own.",
        ),
        click.option("--fresh", is_flag=True, help="Make every section again, also those that are up to date."),
        click.option("--xlsx", is_flag=True, help="Make a workbook of the values beside each page."),
        click.option("--inspected-only", is_flag=True, help="Leave out questions that were not inspected."),
        click.option("--pdf", is_flag=True, help="Each report as a PDF too, beside its page."),
        option(
            "--out",
            type=click.Path(path_type=Path),
            metavar="DIR",
            default="build",
            show_default=True,
            help="Where reports go.",
        ),
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


@command.command()
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
    index = how.out / edition.id / "index.html"
    say(summary(outcomes, time.perf_counter() - started))
    say(str(index))
    open_page(index, asked=opened)
    return FAILED if any(outcome.failed for outcome in outcomes) else DONE


@command.command()
@option("--edition", "editions", type=EDITION, multiple=True, help="An edition; may be given more than once.")
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default="build",
    show_default=True,
    help="Where the reports are.",
)
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
    folder = resolved(out, f"--out {out}")
    pages = [f"{force_id}/index.html" for force_id in data.forces.ids]
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
    from peel_analysis.engine.limits import shortage

    if told := shortage():
        raise InputError(told)
    if xlsx:
        check_extra("xlsx", "gptables", "--xlsx")
    from peel_analysis.batch import Making

    folder = resolved(out, f"--out {out}")
    if notice := edition.data.notice:
        folder /= notice.slug  # apart from what is published
    for path in (folder, edition.data.folder, notebooks_folder()):
        check_letters(path)
    check_writable(out, f"--out {out}")
    if pdf:
        from peel_analysis.reports.pdf import check_can_be_made

        check_can_be_made()
    also = tuple(name for name, asked in (("pdf", pdf), ("xlsx", xlsx)) if asked)
    return Making(folder, **settings, also=also)


@command.command("forces")
@folder_option()
def list_forces(data: Path | None) -> int:
    """List the 43 forces: id, official name, region and other names, with the years in which each was the name."""
    from peel_analysis.data.forces import FORCES, NAMES, read_forces  # and not all that a data folder holds: at once
    from peel_analysis.data.text import columns

    folder = data_folder(data)
    forces = read_forces(folder / FORCES, folder / NAMES)
    rows = [(one.id, one.official_name, one.region, "; ".join(name.words for name in one.aliases)) for one in forces]
    say("\n".join(columns(rows, right=())))
    return DONE


@command.command("measures")
@data_option
@click.pass_obj
def list_measures(data: "Data") -> int:
    """List the measures: what each is of, and for how many forces each edition has a figure, or why it has none."""
    from peel_analysis.show.contents import measures_table

    say("\n".join(measures_table(data)))
    return DONE


@command.command("editions")
@data_option
@click.pass_obj
def list_editions(data: "Data") -> int:
    """List the editions: title, window, and what is held of each: figures, findings, grades, releases."""
    from peel_analysis.show.contents import editions_list

    say("\n".join(editions_list(data)))
    return DONE


@command.command()
@data_option
@edition_option
@option("--force", "force_id", type=FORCE_ID, help="One force, or england-and-wales.")
@measure_option
@format_option("csv", "json", *BINARY)
@option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a file instead; the metadata of a CSV file go beside it.",
    remedy="give the name of a file, such as values.csv in it",
)
@click.option("--columns", is_flag=True, help="Print what each column is, in Markdown, and no values.")
@option("--population", "vintage", metavar="VINTAGE", help="Another vintage of the mid-year populations.")
@click.option("--residents-only", is_flag=True, help="The City of London's residents alone.")
@click.option("--leave-out-incomplete", is_flag=True, help="England and Wales without incomplete records of outcomes.")
def values(
    edition: "Edition",
    force_id: str | None,
    measure: "Measure | None",
    format_: str,
    output: Path | None,
    columns: bool,
    leave_out_incomplete: bool,
    **otherwise: Any,
) -> int:
    """Print every value of an edition, or write them to a file.

    A workbook (xlsx) has a table a measure, and the rows of --force first in each.
    """
    from peel_analysis.show import values_dictionary

    if columns:
        say(values_dictionary.in_markdown(), end="")
        return DONE
    _check_values_output(format_, output)
    asked = (edition.without_incomplete() if leave_out_incomplete else edition).with_population(**otherwise)
    text = _values_as(format_, asked, [measure] if measure else None, force_id or "")
    if output is None:
        say(str(text), end="")
        return DONE
    from peel_analysis.data.writing import write_files

    beside = output.with_name(output.name + values_dictionary.METADATA)
    metadata = {beside: values_dictionary.metadata(output.name, asked)} if format_ == "csv" else {}
    write_files({output: text, **metadata})
    say(str(output))
    return DONE


def _check_values_output(format_: str, output: Path | None) -> None:
    """Raise InputError for a file that cannot be written, a format that no terminal shows, and a missing extra."""
    from peel_analysis.data.errors import InputError

    if format_ in BINARY and output is None:
        raise InputError(f"--format {format_}: not for a terminal; name a file, as --output values.{format_}")
    if format_ == "xlsx":
        check_extra("xlsx", "gptables", "--format xlsx")
    if output is not None:
        check_replaceable(output, f"--output {output}")


def _values_as(format_: str, edition: "Edition", chosen: "list[Measure] | None", force_id: str) -> str | bytes:
    """Return the values of an edition in a format: some measures' where they are chosen, one force's if one is."""
    from peel_analysis.data.forces import ENGLAND_AND_WALES
    from peel_analysis.measures import calculate_all
    from peel_analysis.reports.workbook import workbook_of
    from peel_analysis.show import values as value_table

    results = calculate_all(edition, chosen)
    if format_ == "xlsx":
        return workbook_of(edition, results, "" if force_id == ENGLAND_AND_WALES else force_id)
    rows = value_table.of_results(results)
    if force_id:
        rows = rows[rows["force_id"] == force_id]
    if format_ == "parquet":
        return value_table.as_parquet(rows, edition)
    return value_table.as_csv(rows) if format_ == "csv" else value_table.as_json(rows)


@command.command()
@data_option
@edition_option
@option("--force", type=FORCE, help="One force.")
@measure_option
def verdicts(edition: "Edition", force: "Force | None", measure: "Measure | None") -> int:
    """Print every force's verdict with each test's numbers, as one CSV table.

    Any verdict can be worked out again from its line, by the rules that `peel policy` prints.
    """
    from peel_analysis.comparison.verdicts import verdict_lines
    from peel_analysis.measures import calculate_all

    results = calculate_all(edition, [measure] if measure else None)
    say("\n".join(verdict_lines(results, [force.id] if force else edition.forces.ids)))
    return DONE


@command.command()
@data_option
@edition_option
@measure_option
def policy(edition: "Edition", measure: "Measure | None") -> int:
    """Print the rules by which figures are called higher, lower or similar, and how many of an edition's are.

    That is the wording policy, with its version, and how many figures outside their limits are to be expected of
    chance, and are found.
    """
    from peel_analysis.comparison.verdicts import flags_in_words
    from peel_analysis.data.text import paragraph
    from peel_analysis.measures import calculate_all

    told, results = edition.data.policy, calculate_all(edition, [measure] if measure else None)
    rules = [line for one in told.sentences() for line in paragraph(one)]
    found = [line for one in flags_in_words(results) if one for line in paragraph(one)]
    of = f"{edition.title}, {measure.title}" if measure else edition.title
    say("\n".join([f"{told.label}; settings {told.settings_version}", *rules, "", of, *found]))
    return DONE


@command.command()
@click.argument("measure", metavar="MEASURE", type=MEASURE)
@click.argument("force_id", metavar="FORCE", type=FORCE_ID)
@data_option
@edition_option
def why(measure: "Measure", force_id: str, edition: "Edition") -> int:
    """Print the full account of one number.

    MEASURE is a measure by its id or its title, such as crime_per_1000 or 'Recorded crime'; FORCE a force by any name,
    or england-and-wales.
    """
    from peel_analysis.why import account

    say(account(measure, force_id, edition), end="")
    return DONE


@command.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@data_option
@option("--measure", type=MEASURE_OF_EITHER, help="One measure, by its id or its title.")
@format_option("table", "csv", "changelog")
@option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a page that leads with what moved most.",
    remedy="give the name of a file, such as changes.html in it",
)
@click.option("--all", "every", is_flag=True, help="Every row that moved, not only the biggest moves.")
@click.pass_obj
def changes(data: "Data", a: str, b: str, measure: str | None, format_: str, html: Path | None, every: bool) -> int:
    """Say what moved from A to B, and why.

    A and B are each an edition (2017), one with settings (2017@population=2018-revised), a build folder or a values
    file. Settings, with commas between: window=2018-03-31 (the crime windows' last day), window.NAME=DATE,
    population=VINTAGE, mid_year=YEAR, residents-only, leave-out-incomplete, ITEM=RELEASE
    (recorded_crime=2017-18-older), data=FOLDER.
    """
    from peel_analysis.changes import changes_between, open_version, output
    from peel_analysis.data.writing import write_text

    if html:
        check_replaceable(html, f"--html {html}")
    found = changes_between(open_version(a, data), open_version(b, data), [measure] if measure else None)
    if html:
        write_text(html, output.as_page(found))
        say(str(html), file=sys.stderr)
    if format_ == "table":
        say(output.text_table(found, every=every), end="")
    else:
        say(output.as_csv(found) if format_ == "csv" else output.as_changelog(found), end="")
    return DONE


@command.command(context_settings={"ignore_unknown_options": True})
@click.argument("given", nargs=-1, type=click.UNPROCESSED, metavar="[DIR] [JUPYTERLAB'S OPTIONS]")
@folder_option(help="The data folder that the notebooks read.")
@click.option("--copy-only", is_flag=True, help="Copy the notebooks, and open nothing.")
def lab(given: tuple[str, ...], data: Path | None, *, copy_only: bool) -> int:
    """Open the notebooks in JupyterLab, at explore.ipynb.

    They are copied into DIR (notebooks) first; what is there already stays as it is. JupyterLab's own options come
    last, such as --no-browser or --port=9999.
    """
    from peel_analysis.data.writing import write_files

    named = bool(given) and not given[0].startswith("-")
    folder, options = Path(given[0] if named else "notebooks"), given[named:]
    target = resolved(folder, str(folder))
    check_writable(target, str(folder))
    sources = {target / name: path for name, path in _files_to_copy(notebooks_folder())}
    there = [path for path in sources if path.exists()]
    write_files({path: source.read_bytes() for path, source in sources.items() if path not in there})
    if changed := [path.name for path in there if path.read_bytes() != sources[path].read_bytes()]:
        say(f"peel: left as it is in {folder}: {', '.join(changed)}; delete what is to be copied anew", file=sys.stderr)
    say(str(target / EXPLORE))
    if copy_only:
        return DONE
    if data is not None:
        os.environ[VARIABLE] = str(data_folder(data))
    if is_root := os.name == "posix" and os.geteuid() == 0:  # as in most containers; JupyterLab refuses it unasked
        say("peel: you are root, so JupyterLab is given --allow-root", file=sys.stderr)
    from jupyterlab.labapp import main as open_lab

    own = (f"--ServerApp.root_dir={target}", f"--LabApp.default_url=/lab/tree/{EXPLORE}")
    open_lab([*own, *(("--allow-root",) if is_root else ()), *options])
    return DONE


def _files_to_copy(folder: Path) -> list[tuple[str, Path]]:
    """Return the name and the path of each file below a folder, but for hidden ones: copies being edited, and locks."""
    found = files_below(folder)
    return [(name, Path(path)) for name, path in found if not any(part.startswith(".") for part in name.split("/"))]


@command.group("data", no_args_is_help=False)
def data_group() -> None:
    """Work on the data folder."""


@data_group.command("copy")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@data_option
@click.pass_obj
def copy_data(data: "Data", folder: Path) -> int:
    """Start a data folder of one's own in DIR, which is new or empty, as a copy of the data folder."""
    from peel_analysis.data.errors import InputError
    from peel_analysis.data.writing import write_files

    target = resolved(folder, str(folder))
    check_writable(target, str(folder))
    if target.is_dir() and any(target.iterdir()):
        raise InputError(f"{folder}: is not empty, and nothing in it is written over; give a new folder")
    if target.is_relative_to(data.folder):
        raise InputError(f"{folder}: lies in the folder that is to be copied; give one outside it")
    write_files({target / name: path.read_bytes() for name, path in _files_to_copy(data.folder)})
    say(str(target))
    say(f"peel: work on it by --data {folder}, or {VARIABLE}={target} for notebooks too", file=sys.stderr)
    return DONE


@data_group.command()
@data_option
@option("--raw", required=True, type=FOLDER, metavar="DIR", help="The folder of published files.")
@click.pass_obj
def build(data: "Data", raw: Path) -> int:
    """Remake the tables of counts from the published files."""
    from peel_analysis.checks.data_checks import check as check_tables
    from peel_analysis.checks.rules import TablesHeld
    from peel_analysis.data.writing import one_writer
    from peel_analysis.intake.published import build as build_tables

    refuse_installed(data.folder)
    check_writable(data.folder, f"--data {data.folder}")
    with one_writer(data.folder):  # what another adds meanwhile would be lost
        accounts = build_tables(raw, data)
    for account in accounts:
        say("\n".join(account.lines()))
    code = _say_results(check_tables(TablesHeld(data)), data)
    say(f"Remade from {raw}: {data.folder / 'counts'}")
    return code


@data_group.command()
@click.argument("file", type=FILE, metavar="FILE")
@data_option
@option("--release", help="The release that it is, such as 2026-04 (default: what the file says).")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@option("--not-supplied", metavar="FORCES", help="Forces that gave no figures, with commas between.")
@option(
    "--part-is-known",
    "part",
    metavar="REASON",
    default=None,
    help="Why a part of a table is right; its counts are marked partial.",
)
@option("--confirmed", metavar="REASON", default=None, help="Why counts that are far from others are right.")
@click.pass_obj
def add(
    data: "Data",
    file: Path,
    release: str | None,
    dry_run: bool,
    not_supplied: str | None,
    part: str | None,
    confirmed: str | None,
) -> int:
    """Take a published file or a force's return into the data folder.

    FILE is the file as published; its format is told by its content. An error in its data changes nothing.
    """
    from peel_analysis.data.writing import one_writer
    from peel_analysis.intake.published import plan

    silent = [data.forces.find(name).id for name in (not_supplied or "").split(",") if name.strip()]

    def addition_of() -> "Addition":
        return plan(file, data, release or "", silent, part=part or "", confirmed=confirmed or "")

    if dry_run:
        return _say_addition(addition_of(), data, dry_run=True)
    refuse_installed(data.folder)
    check_writable(data.folder, f"--data {data.folder}")
    with one_writer(data.folder):  # from the reading on: what another adds meanwhile would be lost
        return _say_addition(addition_of(), data, dry_run=False)


def _say_addition(addition: "Addition", data: "Data", *, dry_run: bool) -> int:
    """Print what a file would change, and write it where that is asked for and sound; return the exit code."""
    say("\n".join(addition.lines()))
    if not addition.texts:
        say("Nothing changes: the data folder holds all of this already.")
        return DONE
    _say_results(addition.results, data, brief=True)
    if not addition.is_sound:
        say(f"Nothing was changed: {'; and '.join(addition.refusals())}.")
        return USAGE
    names = sorted(str(path.relative_to(data.folder)) for path in addition.texts)
    if not dry_run:
        addition.write()
    say(f"{'Would write' if dry_run else 'Written'} in {data.folder}: {', '.join(names)}")
    return DONE


@command.command()
@data_option
@option("--edition", type=EDITION_ID, help="Only what this edition uses.")
@click.pass_obj
def check(data: "Data", edition: str | None) -> int:
    """Check what is in the data folder: all that a report would refuse, and stated rules.

    Prints each check's rule and result, and then what is incomplete, assumed, partial or not to be made again from
    published files. The exit code is 1 when a finding is an error; queries are not errors.
    """
    from peel_analysis.reports.folder_check import check_folder
    from peel_analysis.reports.shortcomings import shortcomings

    found, calculated = check_folder(data, edition)
    code = FAILED if _say_results(found, data) else DONE
    for one, results in calculated.items():
        say("\n".join(shortcomings(one, results)))
    return code


def _say_results(results: "Sequence[CheckResult]", data: "Data", *, brief: bool = False) -> int:
    """Print the results of checks; return the exit code."""
    from peel_analysis.checks.rules import errors, lines
    from peel_analysis.data.errors import Faults
    from peel_analysis.data.forces import Forces

    forces = Faults().of(lambda: data.forces) or Forces(())  # without them, no finding is of a force
    say("\n".join(lines(results, forces, brief=brief)))
    return USAGE if errors(results) else DONE
