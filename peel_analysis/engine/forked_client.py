"""A worker's end of a forked kernel: what nbclient asks of a kernel's manager and of its client."""

import asyncio
import base64
import os
import signal
import time
import uuid
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from queue import Empty
from typing import Any

from peel_analysis.engine import warm_connection
from peel_analysis.engine.kernels import SocketKernelManager
from peel_analysis.engine.packets import Message, Packets
from peel_analysis.engine.this_python import (
    NO_CONNECTION_FILE,
    THIS_PYTHON,
    common_arguments,
    environment_of_nobody,
    split_command,
)
from peel_analysis.engine.warm_connection import WarmProcess, WarmProcessFaultError

# In the working folder, these would change what an ordinary kernel imports, and do not change the warm process.
SHADOWING = (
    "matplotlibrc",
    *(name + end for name in ("numpy", "pandas", "pyarrow", "matplotlib", "seaborn") for end in ("", ".py")),
)
UNDERSTOOD = {"env", "cwd", "kernel_id", "extra_arguments"}  # of what may be asked of the start of a kernel
VERSION = "5.4"  # of Jupyter's messages


class ForkedKernelManager(SocketKernelManager):
    """Manages a kernel that the warm process forks. What cannot be forked, it starts as its base class does.

    That is: another Python or language, a provisioner, a folder that shadows what is imported, a system other than
    Linux, where a fork of a process that has drawn figures is unsafe or missing, and after a fault of the warm process.
    A forked kernel's numpy computes with one thread, as befits a batch with a worker for each core.
    """

    warm: WarmProcess | None = None
    kernel: int = 0
    status: int | None = None

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel. Raises what the base class raises."""
        try:
            if self._fork(**kwargs):
                return
        except WarmProcessFaultError as fault:
            warm_connection.count_fault(fault)
        await super().start_kernel(**kwargs)

    def _fork(self, **kwargs: Any) -> bool:
        """Fork a kernel, unless it cannot be one that is forked."""
        specification, cwd = self.kernel_spec, str(Path(kwargs.get("cwd") or Path.cwd()).absolute())
        plain = all(name in UNDERSTOOD or value is None for name, value in kwargs.items())
        if specification is None or specification.env or not plain or self.provisioner_named():
            return False
        if any(Path(cwd, name).exists() for name in SHADOWING):
            return False
        said, self.connection_file = self.connection_file, NO_CONNECTION_FILE
        command = self.format_kernel_cmd(extra_arguments=kwargs.get("extra_arguments"))
        self.connection_file = said
        if (split := split_command(command)) is None:
            return False
        env = dict(kwargs.get("env") or os.environ)
        env.pop("PYTHONEXECUTABLE", None)  # as jupyter_client does
        of_all: list[str] = []
        if self.kernel_name == THIS_PYTHON:
            env, of_all = {**env, **environment_of_nobody()}, common_arguments(split[1])
        python, arguments = split
        warm = warm_connection.warm_process_for(python, env, cwd, of_all)
        self.kernel, self.packets = warm.fork(command, arguments, env, cwd)
        self.warm = warm
        return True

    @property
    def has_kernel(self) -> bool:
        """True once a kernel has been started, until it is shut down."""
        return self.warm is not None or super().has_kernel

    def client(self, **kwargs: Any) -> Any:
        """Return a client of the kernel."""
        return super().client(**kwargs) if self.warm is None else ForkedKernelClient(self.packets, self.is_alive)

    async def is_alive(self) -> bool:  # type: ignore[override]
        """Return whether the kernel runs."""
        if self.warm is None:
            return bool(await super().is_alive())
        if self.status is None:
            self.status = self.warm.returncode(self.kernel)
        return self.status is None

    async def interrupt_kernel(self) -> None:  # type: ignore[override]
        """Interrupt the cell that runs."""
        if self.warm is None:
            await super().interrupt_kernel()
        elif await self.is_alive():
            os.kill(self.kernel, signal.SIGINT)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """Stop the kernel: a forked one at once, and what it left running."""
        if self.warm is None:
            await super().shutdown_kernel(now=now, restart=restart)
        elif self.status is None:
            self.status = self.warm.end(self.kernel)

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]
        """Let go of what the kernel was managed with."""
        if self.warm is None:
            await super().cleanup_resources(restart=restart)
        self.warm = None


class ForkedKernelClient:
    """Asks a forked kernel one thing at a time. It never answers a kernel that asks for input."""

    allow_stdin = False

    def __init__(self, packets: Packets, is_alive: Any) -> None:
        self.is_alive = is_alive
        self.shell_channel, self.iopub_channel = _Channel(), _Channel()
        self._packets = packets
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session, self._number = uuid.uuid4().hex, count()

    async def start_channels(self) -> None:
        """Listen for what the kernel says."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._packets.end, self._read)

    async def stop_channels(self) -> None:
        """Listen no more."""
        self._silence()
        self._packets.end.close()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel has said that it is there.

        Raises RuntimeError when it dies before that, or says nothing for `timeout` seconds.
        """
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while time.monotonic() < deadline:
            with suppress(Empty):
                await self.iopub_channel.get_msg(timeout=1)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Ask for a cell to be run; return the request's identifier."""
        how = {"silent": False, "store_history": store_history, "stop_on_error": stop_on_error, "allow_stdin": False}
        return self._ask("execute_request", {"code": code, "user_expressions": {}, **how})

    def kernel_info(self) -> str:
        """Ask the kernel about itself; return the request's identifier."""
        return self._ask("kernel_info_request", {})

    def _ask(self, kind: str, content: Mapping[str, Any]) -> str:
        request = f"{self._session}_{next(self._number)}"
        header = {"msg_id": request, "msg_type": kind, "session": self._session, "username": "", "version": VERSION}
        with suppress(OSError):  # the kernel has gone, which whoever waits for its answer finds out
            self._packets.send({"header": header, "parent_header": {}, "metadata": {}, "content": content})
        return request

    def _read(self) -> None:
        try:
            messages = self._packets.arrived()
        except ConnectionError:  # it has ended; is_alive tells so
            self._silence()
            return
        for message in messages:
            message["header"]["date"] = datetime.fromisoformat(message["header"]["date"])
            message["buffers"] = [base64.b64decode(one) for one in message["buffers"]]
            replies = message["msg_type"].endswith("_reply")
            (self.shell_channel if replies else self.iopub_channel).put(message)

    def _silence(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._packets.end)
            self._loop = None


class _Channel:
    """What has been said and not been heard yet, for one listener."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._waiting: asyncio.Future[None] | None = None

    def put(self, message: Message) -> None:
        self._messages.append(message)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def get_msg(self, timeout: float | None = None) -> Message:
        """Return the next message. Raises queue.Empty when none comes within `timeout` seconds."""
        if not self._messages:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout):
                    await self._waiting
            except TimeoutError:
                raise Empty from None
        return self._messages.popleft()
