"""Files are written beside their place and renamed, so that what stands there is always whole."""

import os
import re
import socket
import time
from functools import cache
from pathlib import Path

import psutil

LONG_AGO = 86_400.0  # seconds
PART = re.compile(r"\..+\.(?P<host>[^.]*)-(?P<process>\d+)\.part(\.ipynb)?")


def part_of(path: Path, suffix: str = "") -> Path:
    """Return where this process writes a file before it is renamed to `path`: hidden, and named after the process."""
    return path.with_name(f".{path.name}.{_host()}-{os.getpid()}.part{suffix}")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with plain line ends to `path`, making its folder; an interruption leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = part_of(path)
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def remove_left_over(folder: Path) -> list[Path]:
    """Remove below `folder` what processes that were killed have left half-written, and return it.

    Whether another machine's process still runs cannot be seen from here: what it wrote a day ago is left over.
    """
    left_over = [path for path in folder.rglob(".*.part*") if _is_left_over(path)]
    for path in left_over:
        path.unlink(missing_ok=True)
    return left_over


def _is_left_over(path: Path) -> bool:
    match = PART.fullmatch(path.name)
    if match is None:
        return False
    if match["host"] == _host():
        return not psutil.pid_exists(int(match["process"]))
    try:
        return time.time() - path.stat().st_mtime > LONG_AGO
    except FileNotFoundError:  # it has just been renamed
        return False


@cache
def _host() -> str:
    """Return the machine's name without dots: a process number alone means nothing in a folder that is shared."""
    return socket.gethostname().partition(".")[0]
