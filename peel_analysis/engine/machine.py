"""What a run of notebooks needs of the machine: its limits, and private folders for the sockets of kernels.

Each folder is named after the process that it serves, so that none stays for good: what stops a run may leave no time
to delete them, and the next run, or the end of this one, then deletes those of the dead.
"""

import hashlib
import os
import re
import shutil
import socket
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

LONG_AGO = 86_400.0  # seconds
LONGEST_SOCKET_PATH = 100  # bytes; the system's limit is 107, on macOS 103
LONGEST_BELOW = len("peel-abcd-4194304-12345678/k-99999")
NAME = re.compile(r"peel-[0-9a-f]{4}-(?P<process>\d+)-[a-z0-9_]{8}")
OPEN_FILES = 128  # of a process: a worker holds about fifty, and a kernel as many
MEGABYTE = 1 << 20
ADDRESS_SPACE = 1000  # megabytes of a process, most of them never touched
_is_ending = threading.Event()


def has_one_thread() -> bool:
    """Return whether this process has no thread but one: another may hold what a forked process would wait for."""
    return bool(psutil.Process().num_threads() == 1)


def make_no_more_folders() -> None:
    """Let no thread of this process, which is about to end, start another kernel: its folder would be left."""
    _is_ending.set()


def private_folder() -> Path | None:
    """Return a new folder with a path short enough for Unix sockets, or None when there is no such place."""
    while _is_ending.is_set():
        time.sleep(1.0)
    if sys.platform == "win32":
        return None
    _remove_left_over_once()
    for parent in _parents():
        if len(os.fsencode(parent)) + 1 + LONGEST_BELOW > LONGEST_SOCKET_PATH:
            continue
        with suppress(OSError):
            return Path(tempfile.mkdtemp(prefix=f"peel-{_machine()}-{os.getpid()}-", dir=parent))
    return None


def remove_left_over_folders(*, own: bool = False) -> None:
    """Delete this user's socket folders whose process on this machine has ended.

    With `own`, those of this process too, which is about to end; its kernels must have ended.
    """
    for folder, process in _folders():
        if (own and process == os.getpid()) or _has_ended(folder, process):
            shutil.rmtree(folder, ignore_errors=True)


# Before this process's first kernel, as it may be that no run tidies: on a cluster, under papermill's command.
_remove_left_over_once = cache(remove_left_over_folders)


def _parents() -> list[Path]:
    return list(dict.fromkeys((Path(tempfile.gettempdir()).absolute(), Path("/tmp"))))


def _machine() -> str:
    """Return a short mark of this machine: others may see the same folder, where their process numbers mean nothing."""
    return hashlib.sha256(socket.gethostname().partition(".")[0].encode()).hexdigest()[:4]


def _folders() -> Iterator[tuple[Path, int]]:
    """Yield this user's socket folders of this machine, each with the number of the process that made it."""
    if sys.platform == "win32":
        return
    for parent in _parents():
        for folder in list(parent.glob(f"peel-{_machine()}-*")):
            match = NAME.fullmatch(folder.name)
            with suppress(OSError):  # it has just been deleted
                about = folder.lstat()
                if match and stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid():
                    yield folder, int(match["process"])


def _has_ended(folder: Path, number: int) -> bool:
    """Return whether the process has ended. One that began long after the folder was written to got its number later.

    Long after, because the beginning of a process is reckoned from the clock of now, which may have been put right.
    """
    try:
        process = psutil.Process(number)
        if process.status() == psutil.STATUS_ZOMBIE:  # in a container nobody may ever have asked how it ended
            return True
        return bool(process.create_time() > folder.stat().st_mtime + LONG_AGO)
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, OSError):
        return False


def shortage() -> str:
    """Return in one line which limit of this process is too low for a run, "" where none is.

    What a process may raise for itself is raised, and holds for those that it starts.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return ""
    unlimited = resource.RLIM_INFINITY
    space, _ = resource.getrlimit(resource.RLIMIT_AS)
    if space != unlimited and space < ADDRESS_SPACE * MEGABYTE:
        held = f"{space // MEGABYTE} megabytes of memory"
        return f"a process may have {held}, and a run needs {ADDRESS_SPACE}; raise that with ulimit -v"
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == unlimited or files >= OPEN_FILES:
        return ""
    if most != unlimited and most < OPEN_FILES:
        return f"a process may have {most} open files, and a run needs {OPEN_FILES}; raise that with ulimit -n"
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, most))
    return ""
