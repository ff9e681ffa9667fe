"""Workers of this machine, or of a running dask scheduler, as a run sees them: a pool that can be stopped at once."""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Any

import psutil

from peel_analysis.batch.work import kill_kernels, prepare_worker
from peel_analysis.data.errors import InputError

STOP_TIMEOUT = 5.0  # seconds
CONNECT_TIMEOUT = 10.0
WORKERS_TIMEOUT = 60.0
AT_A_TIME = 200  # tasks that a scheduler holds: enough for 100 workers, few enough that pages come early


@dataclass
class Pool:
    """Workers, and how many tasks to hand them at a time: a few more than they are, so that none waits for the next."""

    executor: Executor
    window: int
    gone: str = "the workers have gone"  # what to say then, or when tasks are cancelled and not by this run

    def has_gone(self) -> bool:
        """Return whether whoever hands the tasks to the workers has gone. That of this machine stays."""
        return False

    def close(self) -> None:
        """Let the workers end: nothing is left to do."""
        self.executor.shutdown(cancel_futures=True)

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


@dataclass
class ClusterPool(Pool):
    """The workers of a dask scheduler. `distributed` hands out the tasks, and runs those of a lost worker again."""

    client: Any = field(kw_only=True)

    def has_gone(self) -> bool:
        """Return whether the scheduler has gone: an outcome that it took with it would be waited for for ever."""
        return bool(self.client.status != "running")

    def close(self) -> None:
        """Close the client: the scheduler then drops what no worker has begun. Nobody waits for the rest."""
        # Of a scheduler that has gone, the client would print a traceback after the one line of the command.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self.client.close()

    stop = close


def cluster_pool(address: str, tasks: int) -> Pool:
    """Return the workers of the scheduler at `address` as a pool, on a folder that all share.

    A unit writes beside its place and renames, so running it twice does no harm. Raises InputError as check_scheduler
    does, when the scheduler has no worker, and for a worker with several threads.
    """
    check_scheduler(address)
    from distributed import Client

    try:
        client: Any = Client(address, timeout=CONNECT_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise _no_answer(address) from error
    _check_workers(client, address)
    # dask's executor never ends the future of an outcome that is lost with its scheduler, and tornado prints an error
    # of it: `has_gone` tells of it instead, in the one line of the command.
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    gone = f"--dask {address}: the scheduler has gone; what is finished is kept, and once one answers there again the "
    window = min(AT_A_TIME, tasks)
    return ClusterPool(client.get_executor(pure=False), window, f"{gone}same command goes on from it", client=client)


def check_scheduler(address: str) -> None:
    """Connect and leave again. Raises InputError when `distributed` is not installed, or no scheduler answers."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise InputError(
            '--dask: the package distributed is not installed; pip install -c constraints.txt -e ".[cluster]"'
        ) from error
    try:
        asyncio.run(_answers(address))
    except (OSError, ValueError) as error:
        raise _no_answer(address) from error


def _no_answer(address: str) -> InputError:
    return InputError(
        f"--dask {address}: no scheduler answers there; start one with `dask scheduler`, and "
        f"`dask worker {address} --nthreads 1` on each machine"
    )


async def _answers(address: str) -> None:
    """Connect by hand: a client that finds no scheduler would wait long and print a traceback at its end."""
    from distributed.comm.core import connect
    from distributed.security import Security

    settings = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    opening = connect(address, timeout=CONNECT_TIMEOUT, **settings)  # type: ignore[no-untyped-call]
    connection = await asyncio.wait_for(opening, CONNECT_TIMEOUT)  # another server may take it and say nothing
    await connection.close()


def _check_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WORKERS_TIMEOUT)
    except TimeoutError as error:
        client.close()
        raise InputError(
            f"--dask {address}: the scheduler has no worker; start some with `dask worker {address} --nthreads 1`"
        ) from error
    threaded = [worker for worker, threads in client.nthreads().items() if threads != 1]
    if threaded:
        client.close()
        raise InputError(
            f"--dask {address}: the worker {threaded[0]} runs several units in one process; start it with --nthreads 1"
        )
