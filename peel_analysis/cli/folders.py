"""The subcommands for notebooks and a data folder of one's own, and for taking files into one and checking it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peel_analysis.cli import DONE, EDITION_ID, FAILED, FOLDER, USAGE, command, data_option, option, returns_option, say
from peel_analysis.data.files import (
    VARIABLE,
    check_writable,
    files_below,
    notebooks_folder,
    refuse_installed,
    resolved,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peel_analysis.checks.rules import CheckResult
    from peel_analysis.data.folder import Data
    from peel_analysis.intake.published import Addition

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXPLORE = "explore.ipynb"


@command.command(context_settings={"ignore_unknown_options": True})
@click.argument("given", nargs=-1, type=click.UNPROCESSED, metavar="[DIR] [JUPYTERLAB'S OPTIONS]")
@data_option
@returns_option
@click.option("--copy-only", is_flag=True, help="Copy the notebooks, and open nothing.")
@click.pass_obj
def lab(data: "Data", given: tuple[str, ...], *, copy_only: bool) -> int:
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
    os.environ[VARIABLE] = str(data.folder)
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


@data_group.command("copy", short_help="Start a data folder of one's own in DIR, as a copy.")
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


@command.command(short_help="Check what is in the data folder.")
@data_option
@returns_option
@option("--edition", type=EDITION_ID, help="Only what this edition uses.")
@click.pass_obj
def check(data: "Data", edition: str | None) -> int:
    """Check what is in the data folder: all that a report would refuse, and stated rules.

    Prints each check's rule and result, and then what is incomplete, assumed, partial or not to be made again from
    published files. The exit code is 1 when a finding is an error; queries are not errors.
    """
    from peel_analysis.reports.folder_check import check_folder, shortcomings

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


@command.group(
    "cache", invoke_without_command=True, no_args_is_help=False, short_help="Say what commands keep, and where."
)
@click.pass_context
def cache_group(context: click.Context) -> int:
    """Say what commands keep of the data they have read: where, how large, and what it holds."""
    from collections import defaultdict

    from peel_analysis.data import kept_tables
    from peel_analysis.data.text import pairs

    if context.invoked_subcommand is not None:
        return DONE
    place = kept_tables.users_folder()
    if place is None:
        say(f"Nothing is kept: {kept_tables.VARIABLE} names no folder.")
        return DONE
    sizes = defaultdict(list)
    for one in kept_tables.entries(place):
        sizes[one.kind].append(one.size)
    every = [size for one in sizes.values() for size in one]
    most = f"{_files(every)}; at most {kept_tables.MOST / 1e6:,.0f} MB, and what was written first goes first"
    rows = [(kind, f"{_files(sizes[kind])}: {what}") for kind, what in kept_tables.KINDS.items()]
    say("\n".join([str(place), *pairs([("holds", most), *rows])]))
    return DONE


def _files(sizes: "Sequence[int]") -> str:
    """Return how many files there are and how large they are together: "31 files, 1.2 MB"."""
    return f"{len(sizes)} file{'' if len(sizes) == 1 else 's'}, {sum(sizes) / 1e6:,.1f} MB"


@cache_group.command()
def clear() -> int:
    """Remove all that commands keep; they read and work it out again."""
    from peel_analysis.data import kept_tables

    place = kept_tables.users_folder()
    removed = kept_tables.clear(place) if place is not None else []
    say(f"Removed {_files([one.size for one in removed])}")
    return DONE
