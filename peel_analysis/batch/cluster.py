"""Workers of a running dask scheduler in place of local ones: the same unit function, on a folder that all share."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from typing import Any

from peel_analysis.batch.pool import Pool
from peel_analysis.data.errors import InputError

CONNECT_TIMEOUT = 10.0  # seconds
WORKERS_TIMEOUT = 60.0
AT_A_TIME = 200  # tasks that the scheduler holds: enough for 100 workers, few enough that pages come early


def cluster_pool(address: str, tasks: int) -> Pool:
    """Return the workers of the scheduler at `address` as a pool; dask runs a lost worker's tasks again.

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
    gone = f"--dask {address}: the scheduler has gone; what is finished is kept, and once one answers there again the "
    return Pool(_ClusterExecutor(client), window=min(AT_A_TIME, tasks), gone=f"{gone}same command goes on from it")


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


class _ClusterExecutor(Executor):
    """Hands tasks to a dask client. Unlike dask's own, it ends every task's future, also when its outcome is lost."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Return the future of a call that a worker makes."""
        ended: Future[Any] = Future()
        self._client.loop.add_callback(_end, self._client.submit(fn, *args, pure=False, **kwargs), ended)
        return ended

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the client: the scheduler then drops what no worker has begun. Nobody waits for the rest."""
        # Of a scheduler that has gone, the client would print a traceback after the one line of the command.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self._client.close()


async def _end(task: Any, ended: "Future[Any]") -> None:
    """End the future with what became of the task; with CancelledError when the scheduler has gone with it."""
    from distributed.comm.core import CommClosedError

    try:
        ended.set_result(await task)
    except (CommClosedError, CancelledError, asyncio.CancelledError):
        ended.set_exception(CancelledError())
    except Exception as error:
        ended.set_exception(error)
