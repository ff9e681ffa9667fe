"""Kernels that start in the ordinary way, each in a process of its own, on Unix sockets so that none meets another.

jupyter_client picks TCP ports and lets go of them before the kernel takes them. Two kernels that start at the same time
can be given one port; the client of the second then talks to a socket of the first, and can wait for ever to send.
"""

import asyncio
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager
from traitlets import default

from peel_analysis.engine.machine import private_folder
from peel_analysis.engine.this_python import THIS_PYTHON, command_of_this_python, environment_of_nobody

SEND_TIMEOUT = 60.0  # seconds
TIME_TO_END = 2.0  # seconds, for a kernel that has been asked to end
OF_THIS_MACHINE = ("", "local-provisioner")


def this_python() -> KernelSpec:
    """Return the specification of a kernel of this very Python, whatever others are named `python3` on Jupyter's path.

    With it go the options that keep a user's own IPython out; `environment_of_nobody` does the same for matplotlib.
    """
    return KernelSpec(resource_dir=RESOURCES, **{**get_kernel_dict(), "argv": command_of_this_python()})


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
            await super().start_kernel(**kwargs)
        except BaseException:
            if self.has_kernel:  # it could not be connected to
                await self.shutdown_kernel(now=True)
            self.cleanup_connection_file()
            raise

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """Stop the kernel: it is asked to end, and only one that works on is interrupted.

        jupyter_client interrupts every kernel first, also one that is about to be done, which tells the terminal of it
        as of an error.
        """
        if self.provisioner is not None and self.has_kernel and not (now or restart):
            await self.request_shutdown()
            with suppress(TimeoutError):
                async with asyncio.timeout(TIME_TO_END):
                    await self.provisioner.wait()
        await super().shutdown_kernel(now=now or not self.has_kernel, restart=restart)

    def cleanup_connection_file(self) -> None:
        """Delete the folder of the kernel's own IPython too."""
        super().cleanup_connection_file()
        if self.profile_folder:
            shutil.rmtree(self.profile_folder, ignore_errors=True)


class TcpKernelManager(SocketKernelManager):
    """The same on TCP, for a second try: where sockets cannot be used, the first has failed of that."""

    def open_socket_folder(self) -> None:
        """Make no folder."""
