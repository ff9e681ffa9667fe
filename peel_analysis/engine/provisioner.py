"""Kernels from the warm process, as jupyter_client sees them: a provisioner, a manager and a client.

The provisioner (entry point `peel-warm`) forks where that is safe; manager and client do without jupyter_client's fixed
waits.
"""

import asyncio
import os
import signal
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from peel_analysis.engine import warm_connection
from peel_analysis.engine.sockets import WARM, SocketKernelManager
from peel_analysis.engine.warm_connection import WarmProcess, WarmProcessFaultError

BIND_TIMEOUT = 30.0
STOP_TIMEOUT = 5.0
POLL_INTERVAL = 0.002
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
UNDERSTOOD = {"env", "cwd", "kernel_id", "extra_arguments"}  # of what a kernel manager may ask of a launch
# In the working folder, these would change what an ordinary kernel imports, and do not change the warm process.
SHADOWING = (
    "matplotlibrc",
    *(name + end for name in ("numpy", "pandas", "pyarrow", "matplotlib", "seaborn") for end in ("", ".py")),
)


class ForkedKernel:
    """The part of subprocess.Popen that LocalProvisioner uses, for a kernel that is the warm process's child."""

    stdin = stdout = stderr = None

    def __init__(self, warm: WarmProcess, pid: int) -> None:
        self.warm = warm
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, None while the kernel runs."""
        if self.returncode is None:
            self.returncode = self.warm.returncode(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status. Raises TimeoutError after `timeout` seconds."""
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"kernel {self.pid} still runs after {timeout} seconds")
            time.sleep(POLL_INTERVAL)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the kernel has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class WarmProvisioner(LocalProvisioner):
    """Starts this Python's ipykernel by forking the warm process, and any other kernel in the ordinary way.

    Ordinary as well: off Linux, where a fork of a process that has drawn figures is unsafe or missing, and after any
    fault of the warm process. Its numpy computes with one thread, as befits a batch with a worker for each core.
    """

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel and return how to connect to it, once its sockets exist when they are Unix sockets."""
        split = split_command(cmd)
        cwd = str(Path(kwargs.get("cwd") or Path.cwd()).absolute())
        plain = all(name in UNDERSTOOD or value is None for name, value in kwargs.items())
        if split is None or not plain or any(Path(cwd, name).exists() for name in SHADOWING):
            return await super().launch_kernel(cmd, **kwargs)
        try:
            await self._fork(cmd, split, dict(kwargs.get("env") or os.environ), cwd)
        except WarmProcessFaultError as fault:
            warm_connection.count_fault(fault)
            if self.process is not None:
                await self.kill()
                self.process = None
            return await super().launch_kernel(cmd, **kwargs)
        return self.connection_info

    async def _fork(self, cmd: list[str], split: tuple[list[str], list[str]], env: dict[str, str], cwd: str) -> None:
        folder = getattr(self.parent, "socket_folder", None)
        python, arguments = split
        warm = warm_connection.warm_process_for(python, env, cwd)
        pid = warm.fork(cmd, arguments, env, cwd, str(folder) if folder else None)
        self.process = ForkedKernel(warm, pid)
        self.pid = self.pgid = pid
        self.cwd = cwd
        if folder:
            await self._bound(f"{self.connection_info['ip']}-")

    async def _bound(self, prefix: str) -> None:
        """Wait until the five sockets exist: a client that connects earlier waits for ZeroMQ to try again."""
        sockets = [Path(f"{prefix}{self.connection_info[port]}") for port in PORTS]  # type: ignore[literal-required]
        deadline = time.monotonic() + BIND_TIMEOUT
        while not all(path.exists() for path in sockets):
            if self.process.poll() is not None:
                raise WarmProcessFaultError(f"a kernel ended with status {self.process.returncode} as it started")
            if time.monotonic() > deadline:
                raise WarmProcessFaultError(f"a kernel did not open its sockets in {BIND_TIMEOUT:.0f} seconds")
            await asyncio.sleep(POLL_INTERVAL)

    async def send_signal(self, signum: int) -> None:
        """Send a signal, but not the interrupt before a kill: the kernel would print what it thinks of it."""
        stopping = signum == signal.SIGINT and getattr(self.parent, "shutting_down", False)
        if not (stopping and isinstance(self.process, ForkedKernel)):
            await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait until it has ended. The warm process then ends what the kernel left running."""
        if not isinstance(self.process, ForkedKernel):
            await super().kill(restart=restart)
            return
        self.process.kill()
        deadline = time.monotonic() + STOP_TIMEOUT
        while self.process.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(POLL_INTERVAL)


class PromptKernelClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel says so, without listening for more."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel has answered and has said, on the output channel too, that it is idle.

        Raises RuntimeError when the kernel dies or does not answer within `timeout` seconds.
        """
        handle = getattr(self, "_handle_kernel_info_reply", None)
        if handle is None:  # not public: a later jupyter_client may have moved it
            await super().wait_for_ready(timeout=timeout)
            return
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while True:
            request = self.kernel_info()
            try:
                reply = await self._answer_to(request, self.get_shell_msg, "kernel_info_reply")
                while True:
                    status = await self._answer_to(request, self.get_iopub_msg, "status")
                    if status["content"].get("execution_state") == "idle":
                        handle(reply)
                        return
            except Empty:  # the output channel drops what is said before it is subscribed to: ask again
                if not await self.is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if time.monotonic() > deadline:
                    raise RuntimeError(f"Kernel didn't respond in {timeout} seconds") from None

    async def _answer_to(self, request: str, receive: Any, kind: str) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = await receive(timeout=1 if kind == "kernel_info_reply" else 0.2)
            if message["parent_header"].get("msg_id") == request and message["header"]["msg_type"] == kind:
                return message


class WarmKernelManager(SocketKernelManager):
    """Manages a kernel that WarmProvisioner starts. What it cannot start that way, it starts as its base class does."""

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel with a provisioner and a client of our own, where its specification lets us."""
        if sys.platform == "linux" and self.provisioner_named() in ("", WARM) and self.provisioner is None:
            self.client_factory = PromptKernelClient
            self.kernel_id = self.kernel_id or kwargs.pop("kernel_id", str(uuid.uuid4()))
            self.provisioner = WarmProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**kwargs)


def start_ahead(kernel_name: str = "python3") -> None:
    """Start this worker's warm process for the kernels of a name, before a notebook asks for one.

    Where that is not possible nothing is said: the first notebook tries again, and says why not.
    """
    with suppress(NoSuchKernel, WarmProcessFaultError):
        split = split_command(AsyncKernelManager(kernel_name=kernel_name).format_kernel_cmd())
        if split is not None:
            warm_connection.warm_process_for(split[0], os.environ, str(Path.cwd()))


def split_command(cmd: list[str]) -> tuple[list[str], list[str]] | None:
    """Return (the interpreter and its options, ipykernel's arguments) of a kernel that can be forked, else None.

    It must be this interpreter, on Linux, and `-m ipykernel_launcher`. The options become the warm process's own, so
    that `-Xfrozen_modules=off` in a kernelspec holds for a forked kernel too.
    """
    if sys.platform != "linux" or cmd[1:].count("-m") != 1:
        return None
    module = cmd.index("-m")
    python, options, arguments = Path(cmd[0]), cmd[1:module], cmd[module + 2 :]
    this = Path(sys.executable)
    same = python.parent.resolve() == this.parent.resolve() and python.resolve() == this.resolve()
    if not same or cmd[module + 1 : module + 2] != ["ipykernel_launcher"]:
        return None
    if not all(option.startswith("-") and option != "-c" for option in options):
        return None
    return [str(python), *options], arguments
