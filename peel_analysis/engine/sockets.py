"""Where kernels listen: on Unix sockets in private folders, so that kernels started side by side never meet.

jupyter_client picks TCP ports and lets go of them before the kernel takes them. Two kernels that start at the same time
can be given one port; the client of the second then talks to a socket of the first, and can wait for ever to send.
"""

import shutil
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager, KernelManager

from peel_analysis.engine.socket_folders import private_folder

SEND_TIMEOUT = 60.0  # seconds
WARM = "peel-warm"
OF_THIS_MACHINE = ("", "local-provisioner", WARM)


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

    def remove_socket_folder(self) -> None:
        """Delete the kernel's sockets and connection file. Does nothing the second time."""
        if self.socket_folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def cleanup_connection_file(self) -> None:
        """Delete the connection file, and the folder with it; called when the kernel is gone for good."""
        super().cleanup_connection_file()
        self.remove_socket_folder()


class SocketKernelManager(OnSockets, AsyncKernelManager):
    """Starts a kernel as jupyter_client does, in a process of its own, listening on Unix sockets."""

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel; a start that fails leaves no kernel and no folder behind."""
        self.open_socket_folder()
        try:
            await super().start_kernel(**kwargs)
        except BaseException:
            if self.has_kernel:  # it could not be connected to
                await self.shutdown_kernel(now=True)
            self.remove_socket_folder()
            raise


class TcpKernelManager(SocketKernelManager):
    """The same on TCP, for a second try: where sockets cannot be used, the first has failed of that."""

    def open_socket_folder(self) -> None:
        """Make no folder."""
