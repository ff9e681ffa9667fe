"""The `peel` command: thin. Each subcommand imports what it needs, so that help answers at once."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from peel_analysis.data.errors import InputError
from peel_analysis.data.location import VARIABLE, check_writable, data_folder, use_data_folder

DONE, FAILED, USAGE = 0, 1, 2
NEVER_EMPTY = ("data", "edition", "out", "forces", "dask", "shard")
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run: TypeAlias = Callable[[argparse.Namespace], int]
REMEDIES: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "no such file or folder; give one that is there"),
    (PermissionError, "not allowed; give a place where you may read and write, or change its permissions"),
    (NotADirectoryError, "a file where a folder is needed; give another place"),
    (FileExistsError, "a file where a folder is needed; give another place"),
    (IsADirectoryError, "a folder where a file is needed; give the name of a file"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 done, 1 something failed, 2 the request or the data cannot be used."""
    given = parser().parse_args(arguments)
    try:
        _check_options(given)
        _check_places(given)
        code: int = given.run(given)
    except InputError as error:
        print(f"peel: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("peel: stopped; what is finished is kept, and the same command goes on from it", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has gone, as with `peel values | head`
        sys.stderr.close()
        return DONE
    except OSError as error:
        print(f"peel: {_in_words(error)}", file=sys.stderr)
        return USAGE
    return code


def _check_options(given: argparse.Namespace) -> None:
    """Refuse an option with nothing after it, as a variable that is not set leaves it: it would count as not given."""
    for option in NEVER_EMPTY:
        if getattr(given, option, None) == "":
            raise InputError(
                f"--{option}: nothing stands after it (a variable that is not set?); give a value, or leave "
                f"--{option} out"
            )


def _check_places(given: argparse.Namespace) -> None:
    """Refuse folders that cannot be used before any work is done; make the data folder known to kernels by its path."""
    if given.data:
        use_data_folder(given.data)
    elif os.environ.get(VARIABLE):
        use_data_folder(data_folder())
    if "out" in given:
        check_writable(given.out, f"--out {given.out}")


def _in_words(error: OSError) -> str:
    """Return what the system refused in one line: the path, what was found there and what to do."""
    path = error.filename2 or error.filename
    if path is None:
        return f"{error.strerror}; put that right and run the command again" if error.strerror else str(error)
    place = Path(os.fsdecode(path))
    shown = place.parent if place.name.startswith(".") else place  # a file is written under a hidden name first
    remedy = next(
        (words for kind, words in REMEDIES if isinstance(error, kind)), f"{error.strerror}; give another place"
    )
    return f"{shown}: {remedy}"


def parser() -> argparse.ArgumentParser:
    """Return the command's parser."""
    top = argparse.ArgumentParser(
        prog="peel", description="PEEL police effectiveness reports, made from published data and force returns."
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _report(commands)
    _batch(commands)
    _forces(commands)
    _values(commands)
    _verdicts(commands)
    _why(commands)
    _changes(commands)
    _data(commands)
    _check(commands)
    return top


def _command(commands: Commands, name: str, run: str, words: str) -> argparse.ArgumentParser:
    """Add a subcommand whose function is `run` in peel_analysis.commands, with the option that all have."""
    command = commands.add_parser(name, help=words, description=words)
    command.add_argument("--data", metavar="DIR", help="another data folder, laid out like the project's data/")
    command.set_defaults(run=lambda given: _load(run)(given))
    return command


def _load(run: str) -> Run:
    from importlib import import_module

    module, function = run.split(".")
    loaded: Run = getattr(import_module(f"peel_analysis.commands.{module}"), function)
    return loaded


def _edition(command: argparse.ArgumentParser) -> None:
    command.add_argument("--edition", default="2017", help="the edition (default: 2017)")


def _making(command: argparse.ArgumentParser) -> None:
    _edition(command)
    command.add_argument("--out", metavar="DIR", default="build", help="where reports go (default: build)")
    command.add_argument("--inspected-only", action="store_true", help="leave out questions that were not inspected")
    command.add_argument("--fresh", action="store_true", help="run every section again, fresh ones too")
    command.add_argument(
        "--engine", choices=("peel", "stock"), default="peel", help="peel: warm kernels; stock: papermill's own"
    )


def _report(commands: Commands) -> None:
    command = _command(commands, "report", "make.report", "make one force's report")
    command.add_argument("force", metavar="FORCE", help="a force, by any name: norfolk, 'Devon & Cornwall'")
    _making(command)


def _batch(commands: Commands) -> None:
    command = _command(commands, "batch", "make.batch", "make the reports of all forces, or of some")
    command.add_argument("--forces", default="all", help="all, or names with commas between")
    command.add_argument("--jobs", type=int, default=2, metavar="N", help="workers side by side (default: 2)")
    command.add_argument("--dask", metavar="ADDRESS", help="use a running scheduler, such as tcp://host:8786")
    command.add_argument("--shard", metavar="K/N", help="only the k-th of n shares of the forces, for a cluster")
    _making(command)


def _forces(commands: Commands) -> None:
    _command(commands, "forces", "lists.list_forces", "list the 43 forces")


def _values(commands: Commands) -> None:
    command = _command(commands, "values", "lists.values", "print every value of an edition")
    _edition(command)
    command.add_argument("--force", help="one force, or england-and-wales")
    command.add_argument("--measure", help="one measure, by its id")
    command.add_argument("--format", choices=("csv", "json"), default="csv")
    command.add_argument("--population", metavar="VINTAGE", help="another vintage of the mid-year populations")
    command.add_argument("--residents-only", action="store_true", help="the City of London's residents alone")
    command.add_argument(
        "--leave-out-incomplete", action="store_true", help="England and Wales without incomplete records of outcomes"
    )


def _why(commands: Commands) -> None:
    command = _command(commands, "why", "why.why", "print the full account of one number")
    command.add_argument("measure", metavar="MEASURE", help="a measure, by its id: crime_per_1000")
    command.add_argument("force", metavar="FORCE", help="a force, by any name, or england-and-wales")
    _edition(command)


def _changes(commands: Commands) -> None:
    command = _command(commands, "changes", "changes.changes", "say what moved from A to B, and why")
    sides = "an edition (2017), one with settings (2017@population=2018-revised), a build folder or a values file"
    command.add_argument("a", metavar="A", help=sides)
    command.add_argument(
        "b",
        metavar="B",
        help="likewise. Settings, with commas between: window=2018-03-31 (the crime windows' last day), "
        "window.NAME=DATE, population=VINTAGE, mid_year=YEAR, residents-only, leave-out-incomplete, ITEM=RELEASE "
        "(recorded_crime=2017-18-older), data=FOLDER",
    )
    command.add_argument("--measure", help="one measure, by its id")
    command.add_argument("--format", choices=("table", "csv", "changelog"), default="table")
    command.add_argument("--html", metavar="FILE", help="write a page that leads with what moved most")
    command.add_argument("--all", action="store_true", help="every row that moved, not only the biggest moves")


def _verdicts(commands: Commands) -> None:
    command = _command(commands, "verdicts", "lists.verdicts", "print every force's verdict with each test's numbers")
    _edition(command)
    command.add_argument("--force", help="one force")
    command.add_argument("--measure", help="one measure, by its id")


def _data(commands: Commands) -> None:
    data = commands.add_parser("data", help="work on the data folder", description="Work on the data folder.")
    parts = data.add_subparsers(title="commands", metavar="COMMAND", required=True)
    build = _command(parts, "build", "tables.build", "remake the tables of counts from the published files")
    build.add_argument("--raw", required=True, metavar="DIR", help="the folder of published files")
    add = _command(parts, "add", "tables.add", "take a published file or a force's return into the data folder")
    add.add_argument("file", metavar="FILE", help="the file as published; its format is told by its content")
    add.add_argument("--release", help="the release that it is, such as 2026-04 (default: what the file says)")
    add.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    add.add_argument(
        "--not-supplied", metavar="FORCES", default="", help="forces that gave no figures, with commas between"
    )


def _check(commands: Commands) -> None:
    command = _command(commands, "check", "check.check", "check what is in the data folder, by stated rules")
    command.add_argument("--edition", help="only the tables that this edition uses")


if __name__ == "__main__":
    sys.exit(main())
