"""Files are written beside their place and renamed, so that what stands there is always whole.

What the notebooks of a batch keep for one another is written so too: work that is the same for all 43 forces is done
once, in the folder that PEEL_KEPT names; without it nothing is kept. A batch names it after the content of the data and
of the package, so that what it holds was made from what is there now.
"""

import hashlib
import os
import re
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

LONG_AGO = 86_400.0  # seconds
PART = re.compile(r"\..+\.(?P<host>[^.]*)-(?P<process>\d+)\.part(\.ipynb)?")
KEPT_IN = "PEEL_KEPT"
CHECKSUM_SIZE = 64  # characters, at the head of each file: a file that was damaged would make every report fail


def part_of(path: Path, suffix: str = "") -> Path:
    """Return where this process writes a file before it is renamed to `path`: hidden, and named after the process."""
    return path.with_name(f".{path.name}.{this_machine()}-{os.getpid()}.part{suffix}")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with plain line ends to `path`, making its folder; an interruption leaves the old file."""
    write_files({path: text})


def write_files(contents: Mapping[Path, str | bytes]) -> None:
    """Write files that belong together: all beside their places first, making their folders, and then each renamed.

    Texts are written as UTF-8 with plain line ends. Whatever can go wrong in writing (no space, no right to write)
    leaves every old file as it was. Raises OSError.
    """
    besides = {path: part_of(path) for path in contents}
    try:
        for path, beside in besides.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            content = contents[path]
            beside.write_bytes(content.encode() if isinstance(content, str) else content)
        for path, beside in besides.items():
            beside.replace(path)
    finally:
        for beside in besides.values():
            with suppress(OSError):  # it is there only where the disk is full, or the like
                beside.unlink()


def remove_left_over(folder: Path) -> list[Path]:
    """Remove below `folder` what processes that were killed have left half-written, and return it.

    Whether another machine's process still runs cannot be seen from here: what it wrote a day ago is left over.
    """
    left_over = [path for path in folder.rglob(".*.part*") if _is_left_over(path)]
    for path in left_over:
        with suppress(OSError):  # another run may tidy too, and a folder may have such a name
            path.unlink()
    return left_over


def _is_left_over(path: Path) -> bool:
    match = PART.fullmatch(path.name)
    if match is None:
        return False
    if match["host"] == this_machine():
        return has_ended(int(match["process"]))
    try:
        return time.time() - path.stat().st_mtime > LONG_AGO
    except FileNotFoundError:  # it has just been renamed
        return False


def has_ended(process: int) -> bool:
    """Return whether the process with this number has ended; in a container nobody may ever have asked how."""
    import psutil  # ten milliseconds of every command, for a folder with a left-over part

    try:
        return bool(psutil.Process(process).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:  # another user's
        return False


@cache
def this_machine() -> str:
    """Return the machine's name without dots: a process number alone means nothing in a folder that is shared."""
    return socket.gethostname().partition(".")[0]


def cache_folder() -> Path | None:
    """Return the folder in which this process may keep what it makes, or None."""
    named = os.environ.get(KEPT_IN)
    return Path(named) if named else None


def once(kind: str, asked: Iterable[str], make: Callable[[], bytes]) -> bytes:
    """Return what `make` returns, from the folder when it has been made there for the same question.

    `kind` is the name of the sub-folder; `asked` is everything, but for the data and the package, that the answer
    depends on. A folder that cannot be written to costs time and nothing else; what is damaged there is made anew.
    """
    place = cache_folder()
    if place is None:
        return make()
    path = place / kind / checksum("\n".join(asked).encode())[:32]
    with suppress(OSError):
        held = path.read_bytes()
        content = held[CHECKSUM_SIZE:]
        if held[:CHECKSUM_SIZE] == checksum(content).encode():
            return content
    made = make()
    with suppress(OSError):
        write_files({path: checksum(made).encode() + made})
    return made


def checksum(content: bytes) -> str:
    """Return the SHA-256 checksum of a file's content as CHECKSUM_SIZE hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
