"""A worker process of this machine as it starts: it ends with its parent, and makes ready what its first unit needs."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress

import psutil

from peel_analysis.engine.socket_folders import remove_own_folders

ORPHAN_CHECK = 1.0  # seconds
KILL_TIMEOUT = 5.0
LAUNCHER = "ipykernel_launcher"
# jsonschema, which papermill brings, makes a grammar of web addresses when it finds this package: most of a second a
# worker, for a check that the format of notebooks does not ask for.
GRAMMAR = "rfc3987_syntax"


def prepare_worker(parent: int, warm: bool) -> None:
    """Set up a worker: Ctrl-C is its parent's business, it ends when its parent does, and what it needs is imported.

    With `warm`, the process that its kernels are forked from starts at the same time.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with suppress(ImportError):  # the first unit says what is missing
        if warm:
            from peel_analysis.engine.provisioner import start_ahead

            threading.Thread(target=start_ahead, daemon=True).start()
        _import_engine()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK)
    with suppress(Exception):  # ending is what matters
        psutil.wait_procs(kill_kernels(psutil.Process()), KILL_TIMEOUT)
        remove_own_folders()
    os._exit(1)


def kill_kernels(worker: psutil.Process) -> list[psutil.Process]:
    """Kill a worker's kernels that were started in the ordinary way, and return them.

    They look once a second whether the worker is there, and one that is still starting would make its folder anew.
    The warm process ends the others, and deletes their folders, as soon as the worker has gone.
    """
    kernels = []
    for child in worker.children():
        with suppress(psutil.Error):  # it may end at any moment
            if LAUNCHER in child.cmdline():
                child.kill()
                kernels.append(child)
    return kernels


def _import_engine() -> None:
    hidden = GRAMMAR not in sys.modules
    if hidden:
        sys.modules[GRAMMAR] = None  # type: ignore[assignment]
    try:
        import peel_analysis.engine.execution  # noqa: F401
    finally:
        if hidden:
            del sys.modules[GRAMMAR]
