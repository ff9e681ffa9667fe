"""A kernel manager and client without jupyter_client's fixed waits, over Unix sockets in a private folder."""

import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from peel_analysis.engine.provisioner import WarmProvisioner

PROVISIONER_NAME = "peel-warm"
LONGEST_SOCKET_PATH = 100  # the system's limit is 107 bytes
FOLDER_PREFIX = "peel-"


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


class WarmKernelManager(AsyncKernelManager):
    """Manages a kernel that WarmProvisioner starts. What it cannot start that way, it starts as its base class does."""

    socket_folder: Path | None = None

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel, listening on Unix sockets in a folder that only this user can read."""
        if not self._may_be_warm():
            await super().start_kernel(**kwargs)
            return
        if self.provisioner is None:
            self.client_factory = PromptKernelClient
            self.socket_folder = _private_folder()
            if self.socket_folder:
                self._use_sockets_in(self.socket_folder)
            self.kernel_id = self.kernel_id or kwargs.pop("kernel_id", str(uuid.uuid4()))
            self.provisioner = WarmProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        try:
            await super().start_kernel(**kwargs)
        except BaseException:
            self.remove_socket_folder()
            raise

    def _may_be_warm(self) -> bool:
        provisioner = (self.kernel_spec.metadata if self.kernel_spec else {}).get("kernel_provisioner", {})
        named: str = provisioner.get("provisioner_name", PROVISIONER_NAME)
        return sys.platform == "linux" and named == PROVISIONER_NAME

    def _use_sockets_in(self, folder: Path) -> None:
        self.transport = "ipc"
        self.ip = str(folder / "k")
        self.connection_file = str(folder / "connection.json")
        if getattr(self, "transport_encryption", "disabled") == "auto":
            self.transport_encryption = "disabled"  # no other user can open these sockets

    def remove_socket_folder(self) -> None:
        """Delete the kernel's sockets and connection file. Does nothing the second time."""
        if self.socket_folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)


def _private_folder() -> Path | None:
    """Return a new folder with a path short enough for Unix sockets, or None when there is no such place."""
    for parent in (tempfile.gettempdir(), "/tmp"):
        if len(str(Path(parent).absolute())) + len(FOLDER_PREFIX) + len("12345678/k-99999") > LONGEST_SOCKET_PATH:
            continue
        try:
            return Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=Path(parent).absolute()))
        except OSError:
            continue
    return None
