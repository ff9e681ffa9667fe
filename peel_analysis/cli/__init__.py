"""The `peel` command: what stands around every subcommand, such as one line for each error, and names completed."""

import atexit
import gc
import io
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from click.shell_completion import CompletionItem

from peel_analysis.data.errors import InputError, in_one_line, system_error_in_words
from peel_analysis.data.text import visible

if TYPE_CHECKING:
    from peel_analysis.data.folder import Data
    from peel_analysis.data.forces import Force, Forces

DONE, FAILED, USAGE = 0, 1, 2
STOPPED_BY = 128  # and the signal's number, as a shell tells it: 130 for Ctrl-C
SUBCOMMANDS = ("reports", "values", "folders", "returns")  # their modules, in the order of the help
COMPLETION = """\b
Completion of commands, options and names in a shell, for good in its start file:
  bash  eval "$(_PEEL_COMPLETE=bash_source peel)"   in ~/.bashrc
  zsh   eval "$(_PEEL_COMPLETE=zsh_source peel)"    in ~/.zshrc
  fish  _PEEL_COMPLETE=fish_source peel | source    in ~/.config/fish/completions/peel.fish
"""
Function = Callable[..., Any]
SHOWN = 300  # characters of an error that is the program's own
OBJECTS_BETWEEN_COLLECTIONS = 50_000  # not 700: a command lives a second, an eighth of it spent on looking for garbage


class Peel(click.Group):
    """The command and its groups: what ends a subcommand becomes one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the subcommands in the order in which a user meets them, and not in that of the alphabet."""
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return what click makes of the arguments, which stay in the context as they were given."""
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> int:
        """Return a subcommand's exit code: 0 done, 1 something failed, 2 the request or the data cannot be used."""
        from peel_analysis.cli.answers import answered  # not above: the help needs none

        run = super().invoke
        try:
            return answered(ctx.meta[ARGUMENTS], lambda: int(run(ctx)))
        except InputError as error:
            return refused(str(error))
        except KeyboardInterrupt as stopped:
            refused("stopped; what is finished is kept, and the same command goes on from it")
            return STOPPED_BY + int(*stopped.args or (signal.SIGINT,))
        except BrokenPipeError:  # the reader of a pipe has gone, as with `peel values | head`
            sys.stderr.close()
            return DONE
        except MemoryError:
            return refused("there is too little memory; free some, or raise its limit (ulimit -v), and run it again")
        except OSError as error:
            return refused(system_error_in_words(error))


def _say_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """Print the package's version, the identity of its code, and the data folder that a command would work on."""
    if not asked or context.resilient_parsing:
        return
    from peel_analysis.data.files import code_version, data_folder

    version, code = code_version().split("+")
    say(f"peel {version}, code {code}, data folder {data_folder(None)}")
    context.exit()


@click.group(
    cls=Peel, no_args_is_help=False, epilog=COMPLETION, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_version,
    help="Print the version, the code's identity and the data folder.",
)
def command() -> None:
    """PEEL police effectiveness reports, made from published data and force returns."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 done, 1 something failed, 2 the request or the data cannot be used."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)  # at its end too: Python would look through all that there is, a fifth of a second
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that its encoding lacks is escaped
            stream.reconfigure(errors="backslashreplace")
    for module in SUBCOMMANDS:  # they add themselves to the command
        import_module(f"peel_analysis.cli.{module}")
    try:
        with _stopped_as_by_interrupt():
            return int(command.main(arguments, prog_name="peel", standalone_mode=False))
    except click.Abort:  # Ctrl-C before a subcommand has begun
        return STOPPED_BY + signal.SIGINT
    except InputError as error:  # of an option of `peel` itself
        return refused(str(error))
    except click.UsageError as error:
        help_of = error.ctx.command_path if error.ctx else "peel"
        remedy = getattr(getattr(error, "param", None), "remedy", "") or f"see {help_of} --help"  # the option's own
        return refused(f"{' '.join(error.format_message().split()).rstrip('.')}; {remedy}")
    except Exception as error:
        return crashed(error, sys.argv[1:] if arguments is None else arguments)


@contextmanager
def _stopped_as_by_interrupt() -> Iterator[None]:
    """Within the block, a signal to end and a terminal that is closed stop the command in order, as Ctrl-C does."""
    is_main = threading.current_thread() is threading.main_thread()  # in another, signals are not its business
    asked = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if is_main and hasattr(signal, name)]
    heeded = [number for number in asked if signal.getsignal(number) == signal.SIG_DFL]  # nohup ignores the second

    def stop(number: int, _: object) -> None:
        for each in heeded:
            signal.signal(each, signal.SIG_IGN)  # the next comes while this one is heeded
        raise KeyboardInterrupt(number)

    for number in heeded:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, signal.SIG_DFL)


def refused(line: str) -> int:
    """Say in one line why a request is not met; return the exit code of a request that cannot be used."""
    with suppress(OSError):  # of a terminal that has been closed
        say(f"peel: {in_one_line(line)}", file=sys.stderr)
    return USAGE


def crashed(error: Exception, arguments: Sequence[str]) -> int:
    """Say in two lines that the fault is the program's own and where its traceback is kept; return the exit code."""
    import platform
    import tempfile
    import traceback

    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    about = f"Python {platform.python_version()}, {platform.platform()}"
    told = "\n".join((about, f"peel {' '.join(arguments)}", "".join(traceback.format_exception(error))))
    say(f"peel: a fault of its own, not of what it was given ({' '.join(what.split())[:SHOWN]})", file=sys.stderr)
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="backslashreplace", prefix="peel-fault-", suffix=".log", delete=False
        ) as log:
            log.write(told)
        kept = f"its particulars are in {log.name}"
    except OSError as problem:
        kept = f"its particulars could not be kept ({problem.strerror})"
    say(f"peel: {kept}; please report it, as CONTRIBUTING.md says (Reporting a fault)", file=sys.stderr)
    return FAILED


def say(text: str, *, end: str = "\n", file: TextIO | None = None) -> None:
    """Print a text, in which what a terminal would obey and not show is written out."""
    print(visible(text), end=end, file=file)


def check_workbooks(asked: str) -> None:
    """Raise InputError, which begins with what was asked for, where what workbooks need is not installed."""
    from importlib.util import find_spec

    if find_spec("gptables") is None:
        raise InputError(f'{asked} needs gptables, which is not installed: pip install "peel-analysis[xlsx]"')


class ValueOption(click.Option):
    """An option with a value, and what to do when click refuses it.

    An option with nothing after it, as a variable that is not set leaves it, is refused: it would count as not given.
    """

    def __init__(self, *names: Any, remedy: str = "", **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.remedy = remedy

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value in the option's type. Raises InputError for an empty one."""
        if value == "":
            name = self.opts[0]
            raise InputError(
                f"{name}: nothing stands after it (a variable that is not set?); give a value, or leave {name} out"
            )
        return super().type_cast_value(ctx, value)


def open_page(page: Path, *, asked: bool) -> None:
    """Open a page in the user's browser where that is asked for; say so in a line where there is none."""
    if not asked:
        return
    import webbrowser

    if not webbrowser.open(page.as_uri()):
        say(f"peel: --open: no browser is found here; the page is {page}", file=sys.stderr)


def option(*names: str, **settings: Any) -> Callable[[Function], Function]:
    """Return click's decorator for an option with a value."""
    return click.option(*names, cls=ValueOption, **settings)


class Name(click.ParamType[Any]):
    """What a user names of the data folder that the command works on, which is the context's object.

    `find` returns what is named, and `names_in` what a shell completes.
    """

    name = "text"

    def __init__(self, names_in: "Callable[[Data], Iterable[str]]", find: "Callable[[Data, str], Any]") -> None:
        self.names_in, self.find = names_in, find

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what is named. Raises InputError, with close matches, for what the folder does not have."""
        return self.find(ctx.obj, value) if ctx else value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin so; none of a folder that cannot be read: a shell has no place for a message."""
        try:
            return [CompletionItem(name) for name in self.names_in(ctx.obj) if name.startswith(incomplete)]
        except (InputError, AttributeError):
            return []


ARGUMENTS, RETURNS_FOLDER = "peel.arguments", "peel.returns"  # of a command's context
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

    _use(context, open_data(folder))


def _read_returns(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    """Have the command work on the data folder with the returns of a folder, whichever option comes first."""
    context.meta[RETURNS_FOLDER] = folder
    if context.obj is not None and folder is not None:
        _use(context, context.obj)


def _use(context: click.Context, data: "Data") -> None:
    """Have the command work on a data folder, with the returns of a folder if one is named."""
    if (folder := context.meta.get(RETURNS_FOLDER)) is not None:
        from peel_analysis.returns.folder import read_returns
        from peel_analysis.returns.load import load

        data = load(read_returns(folder, data))
    context.obj = data
    if not context.resilient_parsing:  # as where a shell completes a name
        say_notice(data)


def say_notice(data: "Data") -> None:
    """Say in a line of the error output of what a command prints, if it is not published; of a broken notice, nothing.

    What the command reads of the folder says what is wrong with it.
    """
    from peel_analysis.data.errors import Faults

    if Faults().of(lambda: data.notice):
        say(f"peel: {data.made_from}", file=sys.stderr)


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
