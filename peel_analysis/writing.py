"""Files are written beside their place and renamed, so that what stands there is always whole."""

import os
import re
import socket
from functools import cache
from pathlib import Path

import psutil

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
    """Remove below `folder` what processes of this machine that were killed have left half-written; return it."""
    left_over = [path for path in folder.rglob(".*.part*") if _is_left_over(path.name)]
    for path in left_over:
        path.unlink(missing_ok=True)
    return left_over


def _is_left_over(name: str) -> bool:
    match = PART.fullmatch(name)
    return match is not None and match["host"] == _host() and not psutil.pid_exists(int(match["process"]))


@cache
def _host() -> str:
    """Return the machine's name without dots: a process number alone means nothing in a folder that is shared."""
    return socket.gethostname().partition(".")[0]
