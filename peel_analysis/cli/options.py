"""The options that subcommands share, and what a user names of a data folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peel_analysis.cli import Function, Name, option

if TYPE_CHECKING:
    from peel_analysis.data.folder import Data
    from peel_analysis.data.forces import Force, Forces

RETURNS_FOLDER = "peel.returns"  # of a command's context
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


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


def format_option(*formats: str) -> Callable[[Function], Function]:
    """Return the option of what is printed, the first if none is named."""
    return option("--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True)
