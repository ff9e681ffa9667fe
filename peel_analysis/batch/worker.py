"""A worker process of this machine as it starts: it ends with its parent, and makes ready what its first unit needs."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress

ORPHAN_CHECK = 1.0  # seconds
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
    os._exit(1)


def _import_engine() -> None:
    hidden = GRAMMAR not in sys.modules
    if hidden:
        sys.modules[GRAMMAR] = None  # type: ignore[assignment]
    try:
        import peel_analysis.engine.execution  # noqa: F401
    finally:
        if hidden:
            del sys.modules[GRAMMAR]
