"""The peak memory of a process and all that it starts, shared pages divided among those that share them."""

import threading
from contextlib import suppress
from types import TracebackType

import psutil

EVERY = 1.0  # seconds; a look costs some milliseconds of the machine that is being measured


class PeakMemory:
    """Looks at a tree of processes from time to time; `peak` is the largest proportional set size, in megabytes."""

    def __init__(self, pid: int) -> None:
        self.peak = 0.0
        self._process = psutil.Process(pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            with suppress(psutil.NoSuchProcess):
                tree = [self._process, *self._process.children(recursive=True)]
                self.peak = max(self.peak, sum(map(_share, tree)) / 1e6)


def _share(process: psutil.Process) -> int:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        size: int = process.memory_full_info().pss
        return size
    return 0
