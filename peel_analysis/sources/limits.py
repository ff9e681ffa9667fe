"""What is read of a file at most, and the one place where whatever stops a reading becomes one line for its user."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from peel_analysis.data.errors import InputError, system_error_in_words

# The largest file of this kind that is published has 132 MB unpacked, 264 MB as XML, and 8 million cells
FILE_BYTES = 300_000_000
UNPACKED_BYTES = 600_000_000
# Published files unpack to 30 times their size, bombs to 1,000 times; but any file may unpack to a few megabytes
UNPACKED_TIMES, UNPACKED_ANYHOW = 100, 50_000_000
COLUMNS = 16_384  # of a spreadsheet
CELLS = 16_000_000  # of a sheet, from the first to the last that holds anything
SPARSE, SPARSE_CELLS = 10, 4_000_000  # of a sheet filled to less than a tenth, as by a cell far away
SECONDS = 120
WIDEST = 500  # characters of a message that are another program's
SHOWN = 80  # characters that a message quotes of a cell
QUOTED = re.compile(rf"(['\"])((?:(?!\1).){{{SHOWN + 4},}})\1", re.DOTALL)
_STARTED: ContextVar[float | None] = ContextVar("started", default=None)


class SourceError(InputError):
    """A published file that is not understood. The message names file, sheet, cell, what was found and the remedy."""


class UnreadableError(ValueError):
    """What is wrong with a file and how to put it right, said where the file's name is not known."""


@contextmanager
def told_with_its_place(where: str) -> Iterator[None]:
    """Turn whatever stops the reading of a file into a SourceError of one line, which `where`, its place, begins.

    An InputError names its place itself and passes, as does a system error that names its file. What a message quotes
    of the file is cut short.
    """
    token = _STARTED.set(time.monotonic()) if _STARTED.get() is None else None
    try:
        yield
    except InputError as error:
        error.args = tuple(map(_cut, error.faults))
        raise
    except UnreadableError as found:
        raise SourceError(_cut(f"{where}: {found}")) from None
    except MemoryError as error:
        raise SourceError(f"{where}: more memory is needed to read it than there is; give a smaller file") from error
    except OSError as error:
        if error.filename is not None:
            raise SourceError(system_error_in_words(error)) from error
        raise SourceError(f"{where}: {_damaged(error)}") from error
    except Exception as error:
        raise SourceError(f"{where}: {_damaged(error)}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what a panic of the workbooks' reader is called
            raise
        raise SourceError(f"{where}: {_damaged(error)}") from error
    finally:
        if token is not None:
            _STARTED.reset(token)


def _cut(message: str) -> str:
    """Return a message that quotes no cell at length; an InputError escapes what works on a terminal itself."""
    return QUOTED.sub(lambda quoted: f"{quoted[1]}{quoted[2][:SHOWN]}...{quoted[1]}", message)


def _damaged(error: BaseException) -> str:
    said = _cut(" ".join(str(error).split())[:WIDEST])
    remedy = "download it again, or open it in a spreadsheet and save it anew"
    return f"it does not open or is damaged ({type(error).__name__}{': ' if said else ''}{said}); {remedy}"


def check_time() -> None:
    """Raise UnreadableError when the reading that is under way has taken longer than SECONDS."""
    started = _STARTED.get()
    if started is not None and time.monotonic() - started > SECONDS:
        raise UnreadableError(
            f"reading it takes more than {SECONDS} seconds; give the file as published, or a part of it"
        )


def check_cells(rows: int, columns: int, filled: int, last: str) -> None:
    """Raise UnreadableError for a sheet of too many cells; `last` names the furthest of them."""
    if rows * columns > (CELLS if filled * SPARSE > rows * columns else SPARSE_CELLS):
        size = f"{rows:,} rows by {columns:,} columns, of which {filled:,} cells are filled, are more than is read"
        raise UnreadableError(f"{size}: {last}; delete what stands far outside of the table, and save the file")


def check_bytes(found: int, packed: int = 0) -> None:
    """Raise UnreadableError for a file that is too large, or (with `packed`, its size) that unpacks to too much."""
    if not packed:
        if found > FILE_BYTES:
            size = f"{found / 1e6:,.0f} MB are more than the {FILE_BYTES / 1e6:,.0f} MB that are read"
            raise UnreadableError(f"{size}; give the file as published")
    elif found > UNPACKED_BYTES or found > max(UNPACKED_ANYHOW, UNPACKED_TIMES * packed):
        size = f"unpacks to more than {min(found, UNPACKED_BYTES) / 1e6:,.0f} MB"
        raise UnreadableError(f"{size} from {packed / 1e6:,.1f} MB, which no published file does; download it again")
