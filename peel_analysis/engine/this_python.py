"""The kernel of this very Python: its command, its environment, and the warm process that is started for it ahead.

Nothing of Jupyter is imported here: what starts a batch needs none of it.
"""

import importlib.util
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from peel_analysis.engine import warm_connection
from peel_analysis.engine.warm_connection import INLINE_FIGURES, Started, WarmProcess, WarmProcessFaultError
from peel_analysis.engine.warm_process import LAUNCHER, WITHOUT_HISTORY

THIS_PYTHON = "peel-this-python"  # a kernel's name that only this package's managers know
NO_CONNECTION_FILE = "/dev/null/kernel.json"  # what a forked kernel is told, and never reads
HISTORY_FILE = "--HistoryManager.hist_file="
# What the files of a user's or a machine's IPython may set; and without history, no kernel opens a data base.
OF_NOBODY = (
    WITHOUT_HISTORY,
    "--IPKernelApp.exec_PYTHONSTARTUP=False",
    *(f"--IPKernelApp.{name}=[]" for name in ("extensions", "exec_lines", "exec_files")),
)


def command_of_this_python(connection_file: str = "{connection_file}") -> list[str]:
    """Return the command of a kernel of this Python, with the options that keep a user's own IPython out."""
    return [sys.executable, "-m", LAUNCHER, "-f", connection_file, *OF_NOBODY]


@cache
def environment_of_nobody() -> Mapping[str, str]:
    """Return the variables with which matplotlib starts from its own settings, and from no user's."""
    found = importlib.util.find_spec("matplotlib")
    places = found.submodule_search_locations if found else None
    of_matplotlib = {"MATPLOTLIBRC": str(Path(places[0], "mpl-data", "matplotlibrc"))} if places else {}
    return {"MPLBACKEND": INLINE_FIGURES, **of_matplotlib}


def start_libraries(environment: Mapping[str, str]) -> None:
    """Have the libraries of the warm process imported from now on, which `start_ahead` tells then what it is for."""
    split = split_command(command_of_this_python(NO_CONNECTION_FILE))
    if split is not None:
        with suppress(OSError):  # it is tried again when it is needed
            environment = {**environment, **environment_of_nobody()}
            warm_connection.own_pool().started = Started.by(split[0], environment, str(Path.cwd()))


def start_ahead(environment: Mapping[str, str]) -> WarmProcess | None:
    """Start the warm process for kernels of this Python in an environment, before a notebook asks for one; return it.

    Where that is not possible nothing is said: the first notebook tries again, and says why not.
    """
    with suppress(WarmProcessFaultError):
        split = split_command(command_of_this_python(NO_CONNECTION_FILE))
        if split is not None:
            environment = {**environment, **environment_of_nobody()}
            return warm_connection.warm_process_for(split[0], environment, str(Path.cwd()), common_arguments(split[1]))
    return None


def common_arguments(arguments: list[str]) -> list[str]:
    """Return a kernel's arguments if it can be made before the fork, else none. Without history, it has no file."""
    return [one for one in arguments if not one.startswith(HISTORY_FILE)] if WITHOUT_HISTORY in arguments else []


def split_command(command: list[str]) -> tuple[list[str], list[str]] | None:
    """Return (the interpreter and its options, ipykernel's arguments) of a kernel that can be forked, else None.

    It must be this interpreter, on Linux, and `-m ipykernel_launcher`. The options become the warm process's own, so
    that `-Xfrozen_modules=off` in a kernelspec holds for a forked kernel too.
    """
    if sys.platform != "linux" or command[1:].count("-m") != 1:
        return None
    module = command.index("-m")
    options, name, arguments = command[1:module], command[module + 1 : module + 2], command[module + 2 :]
    python, this = Path(command[0]), Path(sys.executable)
    same = python.parent.resolve() == this.parent.resolve() and python.resolve() == this.resolve()
    plain = all(option.startswith("-") and option != "-c" for option in options)
    return ([command[0], *options], arguments) if same and plain and name == [LAUNCHER] else None
