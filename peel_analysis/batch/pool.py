"""Workers of this machine, or of a cluster, as a run sees them: a pool that can be stopped at once."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

import psutil

from peel_analysis.batch.worker import kill_kernels, prepare_worker

STOP_TIMEOUT = 5.0  # seconds


@dataclass
class Pool:
    """Workers, and how many tasks to hand them at a time: a few more than they are, so that none waits for the next.

    `gone` is what to say when tasks are cancelled, and not by this run: whoever hands them to the workers has gone.
    """

    executor: Executor
    window: int
    gone: str = "the workers have gone"

    def stop(self) -> None:
        """Stop at once: nothing half-written is in place, and the next run goes on from what is whole.

        Workers are killed: asked to end, one would first end its notebook, as failed, and begin the next.
        """
        processes = dict(getattr(self.executor, "_processes", None) or {})
        self.executor.shutdown(wait=False, cancel_futures=True)
        for process in processes.values():
            _kill(process)
        for process in processes.values():
            process.join(STOP_TIMEOUT)


def _kill(process: BaseProcess) -> None:
    """Kill a worker and its ordinary kernels; it is suspended first, so that it starts no other in between."""
    with suppress(psutil.Error):
        worker = psutil.Process(process.pid)
        worker.suspend()
        kill_kernels(worker)
    process.kill()


def local_pool(jobs: int, tasks: int, *, warm: bool = True) -> Pool:
    """Return a pool of up to `jobs` worker processes on this machine, started anew and not forked: threads are safe.

    With `warm`, each starts the process that its kernels are forked from before it has a unit.
    """
    workers = min(jobs, tasks)
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(
        workers, mp_context=context, initializer=prepare_worker, initargs=(os.getpid(), warm)
    )
    with _without_interrupts():
        for _ in range(workers):
            executor.submit(os.getpid)  # starts a worker
    return Pool(executor, window=workers + 2)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: it is for this one, which then stops them."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread: signals are not its business
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
