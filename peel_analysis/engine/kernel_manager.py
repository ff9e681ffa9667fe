"""A kernel manager and client without jupyter_client's fixed waits, for kernels that the warm process forks."""

import sys
import time
import uuid
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from peel_analysis.engine.provisioner import WarmProvisioner
from peel_analysis.engine.sockets import WARM, SocketKernelManager


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
