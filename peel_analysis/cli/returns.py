"""The subcommands of `peel returns`: the loop of data returns, from the form that is handed out to the page to sign."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from peel_analysis.cli import DONE, FOLDER, FORCE, check_workbooks, command, data_option, edition_option, option, say
from peel_analysis.data.files import check_replaceable, check_writable

if TYPE_CHECKING:
    from peel_analysis.data.edition import Edition
    from peel_analysis.data.folder import Data
    from peel_analysis.data.forces import Force


@command.group("returns", no_args_is_help=False)
def returns_group() -> None:
    """Collect data returns, query them, and have forces sign them off."""


@returns_group.command()
@data_option
@edition_option
@option("--force", type=FORCE, help="The force that is to fill it in.")
@option(
    "--output",
    "-o",
    required=True,
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
@option(
    "--output",
    "-o",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="The folder to write the forms into.",
    remedy="give the name of a folder, such as illustrative",
)
def example(edition: "Edition", seed: int, output: Path) -> int:
    """Write a set of invented returns of all forces, each marked Illustrative, to try everything out with."""
    check_workbooks("peel returns example")
    check_writable(output, f"--output {output}")
    from peel_analysis.data.writing import write_files
    from peel_analysis.returns.example import example_forms

    write_files({output / name: form for name, form in example_forms(edition, seed).items()})
    say(str(output))
    return DONE
