"""A worker's end of the warm process: start it, ask it for kernels, notice when it fails, stop it."""

import atexit
import base64
import hashlib
import logging
import os
import pickle
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from peel_analysis.engine import warm_process
from peel_analysis.engine.machine import private_folder
from peel_analysis.engine.packets import Message, Packets

logger = logging.getLogger(__name__)

START_TIMEOUT = 60.0
ANSWER_TIMEOUT = 10.0
FAULTS_ALLOWED = 3  # then this worker starts its kernels in the ordinary way
# A thread would not survive the fork. The last one stops a thread that Arrow's allocator starts when it is loaded.
NO_THREADS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # debugpy's warning about frozen modules, at import
INLINE_FIGURES = "module://matplotlib_inline.backend_inline"  # what ipykernel sets before a notebook imports matplotlib
# What Python and the libraries read when they start: a kernel that has other values needs another warm process.
READ_AT_IMPORT = ("PYTHON", "MPL", "MATPLOTLIB", "LD_", "LC_", "LANG", "TZ", "HOME", "XDG_", "ARROW", "NPY_", "PANDAS")
READ_WHEN_STARTED = (*READ_AT_IMPORT, warm_process.SHARED, warm_process.KEPT_IN)


@dataclass
class Started:
    """A process that imports the libraries for tables, and waits to be told what kernels it is to be warm for."""

    started_with: tuple[object, ...]
    packets: Packets
    process: "subprocess.Popen[bytes]"

    @classmethod
    def by(cls, python: Sequence[str], environment: Mapping[str, str], cwd: str) -> Self:
        """Start it with an interpreter's command and what the libraries read. Raises OSError when it does not start."""
        packets, theirs = Packets.pair()
        command = [*python, warm_process.__file__, str(theirs.fileno()), str(os.getpid())]
        given, env = [theirs.fileno()], _environment(environment)
        try:
            process = subprocess.Popen(
                command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, pass_fds=given, start_new_session=True
            )  # in a session of its own: Ctrl-C is for the worker, which then ends its kernels in order
        except OSError:
            packets.end.close()
            raise
        finally:
            theirs.close()
        return cls(_started_with(python, environment, cwd), packets, process)

    def stop(self) -> None:
        """End it, where it is not needed."""
        self.packets.end.close()
        self.process.kill()
        self.process.wait()


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {"MPLBACKEND": INLINE_FIGURES, **environment, **NO_THREADS, **QUIET}


def _started_with(python: Sequence[str], environment: Mapping[str, str], cwd: str) -> tuple[object, ...]:
    """Return what must be the same for a process that was started for something else."""
    return (*python, cwd, *sorted(item for item in environment.items() if item[0].startswith(READ_AT_IMPORT)))


class WarmProcessFaultError(RuntimeError):
    """The warm process did not start, did not answer, or could not fork."""


class WarmProcess:
    """A running warm process. One request at a time; safe to share between threads, not between processes.

    With `arguments` of kernels, their kernel is made before the first is forked, in a folder of its own as its profile.
    With a `name`, those of this user who know it connect to the process, and none starts another.
    """

    def __init__(
        self,
        python: Sequence[str],
        environment: Mapping[str, str],
        cwd: str,
        arguments: Sequence[str] = (),
        name: str = "",
    ) -> None:
        self.kernels: set[int] = set()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._profile: Path | None = None
        self._is_shared, self._is_open = bool(name), True
        listener = Packets.listening(name) if name else None
        try:
            if name and listener is None:
                self._packets = Packets.connected(name)
            else:
                self._start(python, environment, cwd, arguments, listener)
        except OSError as error:
            raise WarmProcessFaultError(f"the warm process did not start: {error}") from error
        finally:
            if listener is not None:
                listener.close()
        self._is_ready = False

    def _start(
        self,
        python: Sequence[str],
        environment: Mapping[str, str],
        cwd: str,
        arguments: Sequence[str],
        listener: socket.socket | None,
    ) -> None:
        env = _environment(environment)
        if arguments:
            self._profile = private_folder() or Path(tempfile.mkdtemp(prefix="peel-"))
            env[warm_process.PROFILE] = str(self._profile / "ipython")
        started = own_pool().taken(_started_with(python, environment, cwd)) or Started.by(python, environment, cwd)
        self._packets, self._process = started.packets, started.process
        told = {"environment": env, "arguments": list(arguments)}
        self._packets.send(told, streams=[listener.fileno()] if listener is not None else ())

    @property
    def alive(self) -> bool:
        """True until it has ended or has been stopped after a fault."""
        return self._is_open and (self._process is None or self._process.poll() is None)

    def fork(self, command: list[str], arguments: list[str], env: dict[str, str], cwd: str) -> tuple[int, Packets]:
        """Return the process number of a new kernel, and this end of the sockets over which it is asked."""
        packets, theirs = Packets.pair()
        request = {"wanted": "kernel", "command": command, "arguments": arguments, "env": env, "cwd": cwd}
        with theirs:
            kernel = int(self._ask(request, streams=(1, 2, theirs.fileno()))["kernel"])
        self.kernels.add(kernel)
        return kernel, packets

    def do(self, work: Callable[[], object], env: Mapping[str, str]) -> Packets:
        """Have some work done by a process that is forked as soon as what is shared is ready, before any kernel.

        Return the end at which it says how that went; where it never begins, that is closed. It ends with this process.
        Raises OSError when the warm process has gone.
        """
        packets, theirs = Packets.pair()
        carried = base64.b64encode(pickle.dumps(work)).decode()
        request = {"wanted": "work", "work": carried, "command": [], "env": dict(env), "cwd": str(Path.cwd())}
        with theirs:
            self._packets.send({**request, "arguments": []}, streams=(1, 2, theirs.fileno()))
        return packets

    def returncode(self, kernel: int) -> int | None:
        """Return a kernel's exit status, None while it runs. Kernels of a warm process that has ended were killed."""
        return self._status("returncode", kernel)

    def end(self, kernel: int) -> int | None:
        """Kill a kernel and what it left running; return its exit status once it has ended."""
        return self._status("end", kernel)

    def _status(self, wanted: str, kernel: int) -> int | None:
        try:
            status: int | None = self._ask({"wanted": wanted, "kernel": kernel})["returncode"]
        except WarmProcessFaultError as error:
            logger.warning("warm process: %s; its kernels end with it", error)
            own_pool().deaths += 1
            own_pool().faults += 1
            status = -signal.SIGKILL
        if status is not None:
            self.kernels.discard(kernel)
        return status

    def stop(self) -> None:
        """Leave the warm process, and with that end all its kernels for this one; it ends when all have left it."""
        self._is_open = False
        with suppress(OSError):  # it may have ended
            self._packets.end.shutdown(socket.SHUT_RDWR)  # a thread that waits for an answer holds it open
        self._packets.end.close()
        if self._process is None:
            return
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            if self._is_shared:  # others have not left it yet
                return
            self._process.kill()
            self._process.wait()
        if self._profile is not None:
            shutil.rmtree(self._profile, ignore_errors=True)

    def kill(self) -> None:
        """End the warm process at once, whatever it is doing and whoever else asks it, if it was started here."""
        if self._process is not None:
            self._process.kill()
        self.stop()

    def is_ready(self) -> bool:
        """Return whether it is ready to fork; waits until that is so, or fails."""
        with suppress(WarmProcessFaultError):
            self._ask(None)
        return self._is_ready and self.alive

    def _ask(self, request: Message | None, streams: Sequence[int] = ()) -> Message:
        with self._lock:
            answer: Message = {}
            try:
                if not self._is_ready:  # it says by itself when it is
                    answer = self._answer(START_TIMEOUT)
                    self._is_ready = "error" not in answer
                if self._is_ready and request is not None:
                    self._packets.send(request, streams)
                    answer = self._answer(ANSWER_TIMEOUT)
            except OSError as error:
                answer = {"error": f"no answer: {error}"}
            if "error" in answer:
                self.stop()
                raise WarmProcessFaultError(answer["error"])
            return answer

    def _answer(self, timeout: float) -> Message:
        self._packets.end.settimeout(timeout)
        return self._packets.receive() or {"error": "it has ended"}


@dataclass
class _Pool:
    """The warm processes of one worker process: normally one. `deaths` are kernels that were lost with theirs.

    `started` is what may become one, before it is known what for; `stop` ends it if it does not.
    """

    processes: dict[tuple[object, ...], WarmProcess] = field(default_factory=dict)
    started: Started | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    faults: int = 0
    deaths: int = 0

    def taken(self, started_with: tuple[object, ...]) -> Started | None:
        """Return the process that has been started ahead, where it was so for this; another is ended."""
        started, self.started = self.started, None
        if started is not None and (started.started_with != started_with or started.process.poll() is not None):
            started.stop()
            return None
        return started


_pools: dict[int, _Pool] = {}


def own_pool() -> _Pool:
    """Return what this process has: by its number, as the warm process of a worker that was forked is its parent's."""
    return _pools.setdefault(os.getpid(), _Pool())


def warm_process_for(
    python: Sequence[str], environment: Mapping[str, str], cwd: str, arguments: Sequence[str] = ()
) -> WarmProcess:
    """Return this worker's warm process for an interpreter command and what libraries read when they are imported.

    `arguments` are those of the kernels' command that are the same for all of them. It is started when there is none;
    one for other settings that has no kernel left is stopped. The workers of a batch share one for the same settings.
    It may not be ready yet: the first request waits for it. Raises WarmProcessFaultError when it does not start, and at
    once after three faults.
    """
    pool = own_pool()
    relative_path = any(not Path(part).is_absolute() for part in environment.get("PYTHONPATH", "/").split(os.pathsep))
    read = sorted(item for item in environment.items() if item[0].startswith(READ_WHEN_STARTED))
    key = (*python, *arguments, *read, cwd if relative_path else None)
    batch = environment.get(warm_process.OF_BATCH, "")
    name = f"peel-{batch}-{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}" if batch else ""
    with pool.lock:
        if pool.faults >= FAULTS_ALLOWED:
            raise WarmProcessFaultError("given up")
        pool.processes = {known: warm for known, warm in pool.processes.items() if warm.alive}
        if key not in pool.processes:
            for known in [known for known, warm in pool.processes.items() if not warm.kernels]:
                pool.processes.pop(known).stop()
            pool.processes[key] = WarmProcess(python, environment, cwd, arguments, name)
        return pool.processes[key]


def count_fault(error: WarmProcessFaultError) -> None:
    """Log a fault and count it; nothing is logged once this worker has given up."""
    pool = own_pool()
    if pool.faults < FAULTS_ALLOWED:
        logger.warning("warm process: %s; this notebook's kernel starts in the ordinary way", error)
    pool.faults += 1


def stop() -> None:
    """End this worker's warm processes and forget their faults. They end with the worker in any case."""
    pool = own_pool()
    with pool.lock:
        for warm in pool.processes.values():
            warm.stop()
        pool.processes = {}
        pool.taken(())  # for nothing
        pool.faults = 0


def stop_at_once() -> None:
    """End this process's warm processes before it ends itself, whatever its other threads are waiting for."""
    for warm in list(own_pool().processes.values()):
        warm.stop()


atexit.register(stop)
