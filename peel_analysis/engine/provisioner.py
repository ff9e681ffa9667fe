"""Kernels as jupyter_client sees them: on Unix sockets, so that none meets another, and from the warm process.

jupyter_client picks TCP ports and lets go of them before the kernel takes them. Two kernels that start at the same time
can be given one port; the client of the second then talks to a socket of the first, and can wait for ever to send.
The provisioner (entry point `peel-warm`) forks where that is safe; its manager and client do without fixed waits.
"""

import asyncio
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

from peel_analysis.engine import warm_connection
from peel_analysis.engine.machine import private_folder
from peel_analysis.engine.warm_connection import INLINE_FIGURES, WarmProcess, WarmProcessFaultError

SEND_TIMEOUT = 60.0  # seconds
BIND_TIMEOUT = 30.0
POLL_INTERVAL = 0.002
WARM = "peel-warm"
THIS_PYTHON = "peel-this-python"  # a kernel's name that only the managers below know
# What the files of a user's or a machine's IPython may set; and without history, no kernel opens a data base.
OF_NOBODY = (
    "--HistoryManager.enabled=False",
    "--IPKernelApp.exec_PYTHONSTARTUP=False",
    *(f"--IPKernelApp.{name}=[]" for name in ("extensions", "exec_lines", "exec_files")),
)
OF_THIS_MACHINE = ("", "local-provisioner", WARM)
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
UNDERSTOOD = {"env", "cwd", "kernel_id", "extra_arguments"}  # of what a kernel manager may ask of a launch
# In the working folder, these would change what an ordinary kernel imports, and do not change the warm process.
SHADOWING = (
    "matplotlibrc",
    *(name + end for name in ("numpy", "pandas", "pyarrow", "matplotlib", "seaborn") for end in ("", ".py")),
)


def this_python() -> KernelSpec:
    """Return the specification of a kernel of this very Python, whatever others are named `python3` on Jupyter's path.

    With it go the options that keep a user's own IPython out; `environment_of_nobody` does the same for matplotlib.
    """
    return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict(extra_arguments=list(OF_NOBODY)))


@cache
def environment_of_nobody() -> Mapping[str, str]:
    """Return the variables with which matplotlib starts from its own settings, and from no user's."""
    found = importlib.util.find_spec("matplotlib")
    places = found.submodule_search_locations if found else None
    of_matplotlib = {"MATPLOTLIBRC": str(Path(places[0], "mpl-data", "matplotlibrc"))} if places else {}
    return {"MPLBACKEND": INLINE_FIGURES, **of_matplotlib}


class WithThisPython(KernelSpecManager):
    """The kernels on Jupyter's path, and this Python's own by a name that none of them has."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return a kernel's specification by its name. Raises NoSuchKernel."""
        return this_python() if kernel_name == THIS_PYTHON else super().get_kernel_spec(kernel_name)


class OnSockets(KernelManager):
    """What a kernel manager needs to have its kernel listen on Unix sockets. Mix it in before the manager's own class.

    Where there are none (Windows, no short path) the kernel listens on TCP, and a message that nobody takes within
    SEND_TIMEOUT is an error (zmq.Again) and not a wait without end.
    """

    socket_folder: Path | None = None

    def open_socket_folder(self) -> None:
        """Make the folder, unless there is one, or the caller or the kernel's specification says where to listen."""
        said = self.transport != "tcp" or self.connection_file
        removed = self.socket_folder is not None and not self.socket_folder.exists()
        if (said and not removed) or self.provisioner_named() not in OF_THIS_MACHINE:
            return
        self.socket_folder = private_folder()
        if self.socket_folder is None:
            return
        self.transport = "ipc"
        self.ip = str(self.socket_folder / "k")
        self.connection_file = str(self.socket_folder / "connection.json")
        if getattr(self, "transport_encryption", "disabled") == "auto":
            self.transport_encryption = "disabled"  # no other user can open these sockets

    def client(self, **kwargs: Any) -> Any:
        """Return a client whose messages over TCP fail after SEND_TIMEOUT when nobody takes them."""
        client = super().client(**kwargs)
        if self.transport == "tcp":
            client.context.sndtimeo = int(SEND_TIMEOUT * 1000)
        return client

    def provisioner_named(self) -> str:
        """Return the name of the provisioner that the kernel's specification asks for, empty when it asks for none."""
        specification = self.kernel_spec.metadata if self.kernel_spec else {}
        return str(specification.get("kernel_provisioner", {}).get("provisioner_name", ""))

    def cleanup_connection_file(self) -> None:
        """Delete the connection file, and the folder with it; called when the kernel is gone for good, or twice."""
        super().cleanup_connection_file()
        if self.socket_folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)


class SocketKernelManager(OnSockets, AsyncKernelManager):
    """Starts a kernel as jupyter_client does, in a process of its own, listening on Unix sockets.

    One named THIS_PYTHON is of this Python, and starts without any settings of IPython and matplotlib but their own.
    """

    profile_folder: Path | None = None

    @default("kernel_spec_manager")
    def _with_this_python(self) -> KernelSpecManager:
        return WithThisPython(data_dir=self.data_dir)

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel; a start that fails leaves no kernel and no folder behind."""
        self.open_socket_folder()
        if self.kernel_name == THIS_PYTHON:
            self.profile_folder = self.socket_folder or private_folder() or Path(tempfile.mkdtemp(prefix="peel-"))
            of_nobody = {**environment_of_nobody(), "IPYTHONDIR": str(self.profile_folder / "ipython")}
            kwargs["env"] = {**(kwargs.get("env") or os.environ), **of_nobody}
        try:
            await self._at_once(AsyncKernelManager.start_kernel, **kwargs)
        except BaseException:
            if self.has_kernel:  # it could not be connected to
                await self.shutdown_kernel(now=True)
            self.cleanup_connection_file()
            raise

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """Stop the kernel, at once with `now`."""
        await self._at_once(AsyncKernelManager.shutdown_kernel, now=now, restart=restart)

    async def _at_once(self, method: Any, **kwargs: Any) -> None:
        """Do what a method of jupyter_client does, without the hundredth of a second that it waits for its own tests.

        The method marks the manager as ready after that; so does this.
        """
        whole = getattr(method, "__wrapped__", None)
        if whole is None:
            await method(self, **kwargs)
            return
        self._ready = asyncio.get_running_loop().create_future()
        try:
            await whole(self, **kwargs)
        finally:
            self._ready.set_result(None)

    def cleanup_connection_file(self) -> None:
        """Delete the folder of the kernel's own IPython too."""
        super().cleanup_connection_file()
        if self.profile_folder:
            shutil.rmtree(self.profile_folder, ignore_errors=True)


class TcpKernelManager(SocketKernelManager):
    """The same on TCP, for a second try: where sockets cannot be used, the first has failed of that."""

    def open_socket_folder(self) -> None:
        """Make no folder."""


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

    wait = poll  # LocalProvisioner calls it once the kernel has ended

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the kernel has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel, and what it left running; return once it has ended."""
        if self.returncode is None:
            self.returncode = self.warm.end(self.pid)


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
            await self._fork(cmd, *split, dict(kwargs.get("env") or os.environ), cwd)
        except WarmProcessFaultError as fault:
            warm_connection.count_fault(fault)
            if self.process is not None:
                await self.kill()
                self.process = None
            return await super().launch_kernel(cmd, **kwargs)
        return self.connection_info

    async def _fork(
        self, cmd: list[str], python: list[str], arguments: list[str], env: dict[str, str], cwd: str
    ) -> None:
        folder = getattr(self.parent, "socket_folder", None)
        warm = warm_connection.warm_process_for(python, env, cwd)
        pid = warm.fork(cmd, arguments, env, cwd, str(folder) if folder else None)
        self.process = ForkedKernel(warm, pid)
        self.pid = self.pgid = pid
        self.cwd = cwd
        if not folder:
            return
        # Until the five sockets exist: a client that connects earlier waits for ZeroMQ to try again.
        at: dict[str, Any] = dict(self.connection_info)
        sockets = [Path(f"{at['ip']}-{at[port]}") for port in PORTS]
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
        if isinstance(self.process, ForkedKernel):
            self.process.kill()
        else:
            await super().kill(restart=restart)


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
                state = ""
                while state != "idle":
                    status = await self._answer_to(request, self.get_iopub_msg, "status")
                    state = status["content"].get("execution_state")
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


def start_ahead() -> None:
    """Start this worker's warm process for kernels of this Python, before a notebook asks for one.

    Where that is not possible nothing is said: the first notebook tries again, and says why not.
    """
    with suppress(WarmProcessFaultError):
        split = split_command(this_python().argv)
        if split is not None:
            environment = {**os.environ, **environment_of_nobody()}
            warm_connection.warm_process_for(split[0], environment, str(Path.cwd()))


def split_command(cmd: list[str]) -> tuple[list[str], list[str]] | None:
    """Return (the interpreter and its options, ipykernel's arguments) of a kernel that can be forked, else None.

    It must be this interpreter, on Linux, and `-m ipykernel_launcher`. The options become the warm process's own, so
    that `-Xfrozen_modules=off` in a kernelspec holds for a forked kernel too.
    """
    if sys.platform != "linux" or cmd[1:].count("-m") != 1:
        return None
    module = cmd.index("-m")
    options, name, arguments = cmd[1:module], cmd[module + 1 : module + 2], cmd[module + 2 :]
    python, this = Path(cmd[0]), Path(sys.executable)
    same = python.parent.resolve() == this.parent.resolve() and python.resolve() == this.resolve()
    plain = all(option.startswith("-") and option != "-c" for option in options)
    return ([cmd[0], *options], arguments) if same and plain and name == ["ipykernel_launcher"] else None
