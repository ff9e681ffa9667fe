"""The subcommands of `peel returns`: the loop of data returns, from the form that is handed out to the page to sign."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peel_analysis.cli import (
    DONE,
    FAILED,
    FOLDER,
    FORCE,
    SOME_FORCES,
    check_workbooks,
    command,
    data_option,
    edition_option,
    format_option,
    option,
    refused,
    say,
)
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import check_replaceable, check_writable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peel_analysis.data.edition import Edition
    from peel_analysis.data.folder import Data
    from peel_analysis.data.forces import Force
    from peel_analysis.returns.folder import Returns


output_option = partial(option, "--output", "-o", required=True)


@command.group("returns", no_args_is_help=False)
def returns_group() -> None:
    """Collect data returns, query them, and have forces sign them off."""


@returns_group.command()
@data_option
@edition_option
@option("--force", type=FORCE, help="The force that is to fill it in.")
@output_option(
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The workbook to write.",
    remedy="give the name of a file, such as return.xlsx",
)
def template(edition: "Edition", force: "Force | None", output: Path) -> int:
    """Write the form of a data return, a workbook that a force fills in."""
    check_workbooks("peel returns template")
    check_replaceable(output, f"--output {output}")
    from peel_analysis.data.writing import write_files
    from peel_analysis.returns.form import blank_form, held_before

    write_files({output: blank_form(edition, force, held_before(edition, force) if force else None)})
    say(str(output))
    return DONE


@returns_group.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@data_option
@format_option("table", "csv", "json")
@click.option("--log", "to_log", is_flag=True, help="Add the open queries to the log beside the forms, queries.csv.")
@click.pass_obj
def check(data: "Data", paths: tuple[Path, ...], format_: str, to_log: bool) -> int:
    """List what is to be asked about returns: forms, or folders of them (PATH...).

    Each query has its rule, what was expected, and a sentence to send to the force. What the log beside the forms has
    decided about the same value is no longer asked. The exit code is 1 when a query is open.
    """
    from peel_analysis.returns import log
    from peel_analysis.returns.queries import check_returns, queries_in

    results, found, added = [], [], 0
    try:
        every = list(_returns_at(data, paths))
    except InputError as error:
        return max(map(refused, error.faults))
    for returns in every:
        entries = log.read_log(returns)
        results += (mine := check_returns(returns))
        found += log.answered(queries_in(mine), entries)
        added += len(log.add_to_log(returns, queries_in(mine))) if to_log else 0
    written = {"csv": log.as_csv, "json": log.as_json}
    if format_ in written:
        say(written[format_](found, data), end="")
    else:
        say("\n".join(log.table(results, found, data.forces)).lstrip("\n"))
    if to_log:
        say(f"{added} added to {log.LOG.file}", file=sys.stderr)
    return FAILED if any(one.state == "open" for one in found) else DONE


def _returns_at(data: "Data", paths: tuple[Path, ...]) -> "Iterator[Returns]":
    """Yield the returns of each folder that is named, and of files that are named those of one folder together."""
    from peel_analysis.returns.folder import read_returns

    files: dict[Path, list[Path]] = {}
    for path in dict.fromkeys(paths):
        files.setdefault(path if path.is_dir() else path.parent, []).extend([] if path.is_dir() else [path])
    for folder, some in files.items():
        yield read_returns(folder, data, () if folder in paths else some)


@returns_group.command()
@click.argument("folder", type=FOLDER, metavar="FOLDER")
@data_option
@click.pass_obj
def load(data: "Data", folder: Path) -> int:
    """Make the returns of FOLDER into a data folder beside them, and print where it is."""
    from peel_analysis.returns.folder import read_returns
    from peel_analysis.returns.load import load as load_returns

    made = load_returns(read_returns(folder, data))
    say(str(made.folder))
    return DONE


@returns_group.command()
@data_option
@edition_option
@option("--seed", type=int, required=True, help="The number that the counts are drawn from.")
@click.option("--faults", is_flag=True, help="Plant one fault for each rule of the check.")
@output_option(
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="The folder to write the forms into.",
    remedy="give the name of a folder, such as illustrative",
)
def example(edition: "Edition", seed: int, output: Path, *, faults: bool) -> int:
    """Write a set of invented returns of all forces, each marked Illustrative, to try everything out with."""
    check_workbooks("peel returns example")
    check_writable(output, f"--output {output}")
    from peel_analysis.data.writing import write_files
    from peel_analysis.returns.example import example_forms, forms_with_faults

    forms = forms_with_faults(edition, seed) if faults else example_forms(edition, seed)
    write_files({output / name: form for name, form in forms.items()})
    say(str(output))
    return DONE


@returns_group.command(short_help="Write the page that a force signs.")
@click.argument("forces", type=SOME_FORCES, metavar="FORCES")
@option(
    "--returns",
    "folder",
    required=True,
    type=FOLDER,
    metavar="FOLDER",
    help="The folder of the returns.",
    remedy="give the folder with the forms that forces filled in",
)
@output_option(
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder to write the pages into.",
    remedy="give the name of a folder, such as sign-off",
)
@click.option("--pdf", is_flag=True, help="Each page as a PDF too.")
@data_option
@click.pass_obj
def signoff(data: "Data", forces: "list[Force]", folder: Path, output: Path, *, pdf: bool) -> int:
    """Write the page that a force signs, with every value that will be printed about it, and its workbook.

    FORCES is a force, several with commas between, or all that have a return in the folder. Nothing of another force's
    unpublished return is on a page, beyond what a value of England and Wales of ten and more others has in it.
    """
    check_workbooks("peel returns signoff")
    check_writable(output, f"--output {output}")
    from peel_analysis.data.writing import write_files
    from peel_analysis.reports.page import as_pdf, check_can_be_made
    from peel_analysis.returns.folder import read_returns
    from peel_analysis.returns.load import load as load_returns
    from peel_analysis.returns.signoff import as_page, as_workbook, sign_offs

    if pdf:
        check_can_be_made()
    returns = read_returns(folder, data)
    asked = [one.force for one in returns.every] if len(forces) == len(data.forces.ids) else forces
    for one in sign_offs(returns, load_returns(returns), asked):
        page = as_page(one)
        files: dict[Path, str | bytes] = {
            output / one.named("html"): page,
            output / one.named("xlsx"): as_workbook(one),
        }
        if pdf:
            files[output / one.named("pdf")] = as_pdf(page)
        write_files(files)
        say(str(output / one.named("html")))
    return DONE
