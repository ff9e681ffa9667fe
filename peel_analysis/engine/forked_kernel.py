"""A forked kernel: ipykernel's own, but that its messages go over one pair of sockets, and not over ZeroMQ's five.

The warm process loads this file. It makes all of a kernel that can be made before the fork; the rest takes a few
milliseconds. Only the thread for what is printed while a cell runs is started, and that when something is printed.
"""

import asyncio
import base64
import os
import sys
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.application import BaseIPythonApplication
from jupyter_client.session import Session
from tornado.ioloop import IOLoop
from traitlets import default


class PacketSession(Session):
    """Sends each message in packets, whatever channel it is for: its type tells that."""

    packets: Any = None

    def send(
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, *args: Any, **more: Any
    ) -> Any:
        """Send a message and return it, as jupyter_client's session does. `stream` is not asked."""
        message = msg_or_type
        buffers = more.get("buffers") or (args[1] if len(args) > 1 else None)
        if not isinstance(message, dict):
            message = self.msg(
                msg_or_type, content=content, parent=parent, header=more.get("header"), metadata=more.get("metadata")
            )
        buffers = buffers or message.get("buffers") or []
        coded = [base64.b64encode(memoryview(one)).decode() for one in buffers]
        try:
            self.packets.send_text(self.pack({**message, "buffers": coded}))
        except OSError:  # nobody can be told anything any more: the worker has gone, or a cell has closed its end
            os._exit(1)
        return message

    def feed_identities(self, msg_list: Any, copy: bool = True) -> Any:
        """Return no identities, and the message."""
        return [], msg_list

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> Any:
        """Return the message, which came as one."""
        return msg_list


class Printing(IOPubThread):
    """Flushes what is printed a while after it is printed. There is no thread as long as nothing is."""

    def __init__(self) -> None:
        self.thread = threading.Thread(target=self._keep_time, name="IOPub", daemon=True)
        self.io_loop: Any = self
        self._due: SimpleQueue[tuple[float, Callable[[], Any]]] = SimpleQueue()

    def schedule(self, f: Callable[[], Any]) -> None:
        """Call at once."""
        f()

    def call_later(self, seconds: float, f: Callable[[], Any]) -> None:
        """Call in the thread, after some seconds: always as many, so that what is due first comes first."""
        self._due.put((time.monotonic() + seconds, f))
        if self.thread.ident is None:
            self.thread.start()

    def _keep_time(self) -> None:
        while True:
            due, f = self._due.get()
            time.sleep(max(0.0, due - time.monotonic()))
            f()

    @property
    def closed(self) -> bool:
        """False: the sockets are open until the kernel ends."""
        return False


class PromptStream(OutStream):
    """Standard output or standard error; what is flushed is sent at once, by the thread that flushes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._sending = threading.RLock()
        super().__init__(*args, **kwargs)

    def flush(self) -> None:
        """Send what has been printed."""
        self._flush()

    def _flush(self) -> None:
        with self._sending:
            super()._flush()


class ForkedKernel(IPythonKernel):
    """A kernel for one client, which asks one thing at a time."""

    session: Any
    _supports_kernel_subshells = False

    @default("_execute_sleep")
    def _no_sleep(self) -> float:
        return 0.0  # ZeroMQ's channels could overtake each other; packets cannot

    def start(self) -> None:
        """Listen for requests, and say that the kernel is there."""
        shell: Any = self.shell
        shell.exit_now = False
        self.io_loop = IOLoop.current()
        self._lasting = copy_context()  # what a cell sets in it, the next cell finds
        loop = asyncio.get_event_loop()
        loop.add_reader(self.session.packets.end, self._read, loop)
        self._publish_status("starting", "shell")

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            requests = self.session.packets.arrived()
        except ConnectionError:
            os._exit(1)  # nobody is there to be told anything
        for request in requests:
            loop.create_task(self.shell_main(None, request), context=self._lasting)

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Do nothing: a client that asks one thing at a time has no queue."""


class ForkedKernelApp(IPKernelApp):
    """Starts such a kernel in two parts: what can be made before the fork, and what depends on the process."""

    kernel_class = ForkedKernel
    outstream_class = f"{__name__}.{PromptStream.__name__}"
    packets: Any = None

    def make_ahead(self, arguments: list[str]) -> None:
        """Make, before the fork, what depends neither on the process nor on what it is asked; run a cell of nothing.

        No notebook sees the cell; what IPython makes when it first runs and shows one is made.
        """
        self.make(arguments)
        self.init_code()
        shell: Any = self.shell
        shell.run_cell("0", silent=True)
        shell.display_formatter.format(0)

    def make(self, arguments: list[str] | None) -> None:
        """Read the settings and make the kernel and its shell, without a thread, a socket or a change of streams."""
        BaseIPythonApplication.initialize(self, arguments)
        self.init_pdb()
        self.configure_tornado_logger()
        self.session = PacketSession(parent=self)
        self.iopub_thread = Printing()
        self.kernel = ForkedKernel.instance(
            parent=self,
            session=self.session,
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.init_shell()
        self.init_gui_pylab()
        self.init_extensions()

    def initialize(self, argv: list[str] | None = None) -> None:
        """Take this process's streams, folder and environment; make before that what has not been made ahead."""
        ahead = self.kernel is not None
        if not ahead:
            self.make(argv)
        self.session.packets = self.packets
        self.session.pid = os.getpid()
        self.init_blackhole()
        self.init_io()
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count
        self.init_signal()
        self.init_path()
        shell: Any = self.shell
        shell.init_environment()
        shell.starting_dir = str(Path.cwd())
        shell.history_manager.dir_hist[:] = [Path.cwd()]
        if not ahead:
            self.init_code()
        sys.stdout.flush()
        sys.stderr.flush()
