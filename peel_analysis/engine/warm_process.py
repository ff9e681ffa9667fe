"""The warm process: a script that imports the libraries once and forks an IPython kernel for each request.

Run by its path, so that this package is not among what a kernel finds imported already.
A message is four bytes of length and JSON; a request to fork carries the kernel's stdout and stderr.
"""

import builtins
import ctypes
import gc
import importlib
import importlib.util
import io
import json
import os
import random
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

# None of this package: outside a batch, a notebook must see it as it is on disk when the notebook starts.
LIBRARIES = (
    "pandas", "pyarrow.parquet", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
    "jinja2", "pydantic", "psutil", "tomllib",
    "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.oinspect",
    "IPython.core.debugger", "IPython.core.logger", "IPython.extensions.storemagic", "IPython.utils.wildcard",
    "tornado.platform.asyncio", "pandas.io.formats.string", "encodings.unicode_escape",
)  # fmt: skip
# matplotlib_inline hooks figures to the shell that is there when it is imported: imported here, no figure is shown.
NEVER_IMPORTED = "matplotlib_inline"
SHARED = "PEEL_SHARED"  # `module:function` of what a batch's kernels share: called once, before the first is forked
KEPT_IN = "PEEL_KEPT"  # as in data/writing.py, which must not be imported here
LAUNCHER = "ipykernel_launcher"
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
LENGTH = struct.Struct("!I")

Message = dict[str, Any]


def send(connection: socket.socket, message: Message, streams: Sequence[int] = ()) -> None:
    """Send one message whole, with copies of the file descriptors in `streams`."""
    text = json.dumps(message).encode()
    framed = LENGTH.pack(len(text)) + text
    sent = socket.send_fds(connection, [framed], streams) if streams else 0
    connection.sendall(framed[sent:])


def receive(connection: socket.socket) -> Message | None:
    """Return the next message, or None when the other end has gone. File descriptors that came are in `streams`."""
    head, streams, _, _ = socket.recv_fds(connection, LENGTH.size, 2)
    head += _exactly(connection, LENGTH.size - len(head)) if head else b""
    if len(head) < LENGTH.size:
        return None
    text = _exactly(connection, LENGTH.unpack(head)[0])
    if not text:
        return None
    message: Message = json.loads(text)
    return {**message, "streams": streams}


def _exactly(connection: socket.socket, size: int) -> bytes:
    read = bytearray()
    while len(read) < size:
        if not (part := connection.recv(size - len(read))):
            return b""
        read += part
    return bytes(read)


def import_libraries() -> None:
    """Import the libraries that are installed, draw and make a model once: fonts, code and schemas are ready."""
    for name in LIBRARIES:
        if importlib.util.find_spec(name.partition(".")[0]):
            if name == "pandas":  # it must find a kernel's shell: elsewhere it fits its tables to a terminal
                vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=None)
            importlib.import_module(name)
            vars(builtins).pop("get_ipython", None)
    if "matplotlib" in sys.modules and "pandas" in sys.modules:
        _draw_once()
    if "pydantic" in sys.modules:  # which imports most of itself when the first model is made
        sys.modules["pydantic"].create_model("Model", number=(int, 0))(number=1)


def prepare_what_is_shared() -> None:
    """Call what a batch has named for its kernels to find ready, where this Python can import it."""
    module, _, function = os.environ.get(SHARED, "").partition(":")
    if module and importlib.util.find_spec(module.partition(".")[0]):
        getattr(importlib.import_module(module), function)()


def spare_the_modules() -> None:
    """Have kernels start without ipykernel's list of all modules' files, for a debugger that no batch attaches.

    It touches every module, and each page of memory that a kernel touches is copied: a tenth of a kernel's start.
    """
    module = sys.modules.get("ipykernel.ipkernel")
    if module is None or not hasattr(module, "sys"):
        return
    begin = module.IPythonKernel.__init__

    def begin_without(self: Any, **kwargs: Any) -> None:
        vars(module)["sys"] = _WithoutModules("sys")
        try:
            begin(self, **kwargs)
        finally:
            vars(module)["sys"] = sys

    module.IPythonKernel.__init__ = begin_without


class _WithoutModules(ModuleType):
    """The module sys, but that it knows of no module."""

    modules: ClassVar[dict[str, ModuleType]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def be_fit_to_fork() -> None:
    """Let kernels share memory. Raises RuntimeError for a thread, and for a module that each kernel must import."""
    if NEVER_IMPORTED in sys.modules:
        raise RuntimeError(f"the warm process must not import {NEVER_IMPORTED}")
    if (threads := sum(1 for _ in Path("/proc/self/task").iterdir())) != 1:
        raise RuntimeError(f"the warm process has {threads} threads; it may fork only while it has one")
    gc.collect()
    gc.freeze()  # the collector would otherwise write to pages that kernels share


def _draw_once() -> None:
    import matplotlib.figure
    import pandas as pd

    figure = matplotlib.figure.Figure()  # not through pyplot, which would choose the backend
    axes = figure.subplots()
    axes.barh(["a", "b"], [1, 2], label="c")
    axes.legend()
    for drawing in ("png", "svg"):
        figure.savefig(io.BytesIO(), format=drawing, bbox_inches="tight")
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1, 2]})
    frame.groupby("a", as_index=False).agg(b=("b", "sum")).to_html()


def serve(connection: socket.socket, client: int) -> Message | None:
    """Answer requests until the client has gone, end all kernels, and return None.

    Returns a second time in each forked kernel, with the request that asked for it.
    """
    folders: dict[int, str | None] = {}
    with suppress(ConnectionError):
        while os.getppid() == client:  # a child that the client forked can hold the connection open after its end
            if not select.select([connection], [], [], 1.0)[0]:
                continue
            if (request := receive(connection)) is None:
                break
            if request["wanted"] == "returncode":
                send(connection, {"returncode": returncode(request["kernel"], folders)})
            elif request["wanted"] == "end":
                send(connection, {"returncode": end(request["kernel"], folders)})
            elif fork(connection, request, folders):
                return request
    for kernel, folder in list(folders.items()):
        end(kernel, folders)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
    return None


def fork(connection: socket.socket, request: Message, folders: dict[int, str | None]) -> bool:
    """Fork a kernel, note its folder and answer with its process number. Returns True in the kernel."""
    request["parent"] = os.getpid()
    try:
        kernel = os.fork()
    except OSError as error:
        send(connection, {"error": f"fork: {error}"})
        return False
    if kernel == 0:
        connection.close()
        return True
    for stream in request["streams"]:
        os.close(stream)
    folders[kernel] = request["folder"]
    send(connection, {"kernel": kernel})
    return False


def returncode(kernel: int, folders: dict[int, str | None]) -> int | None:
    """Return a kernel's exit status as subprocess counts it, None while it runs. Ends what it left in its session."""
    if os.waitid(os.P_PID, kernel, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    end_session(kernel)  # before it is reaped: until then nobody else can have its number
    folders.pop(kernel)
    return os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])


def end(kernel: int, folders: dict[int, str | None]) -> int | None:
    """Kill a kernel, wait until it has ended, and return its exit status."""
    os.kill(kernel, signal.SIGKILL)
    os.waitid(os.P_PID, kernel, os.WEXITED | os.WNOWAIT)
    return returncode(kernel, folders)


def end_session(leader: int) -> None:
    """Kill what a dead kernel left in its session.

    Not multiprocessing's resource tracker, which ends once the others have, and first deletes their semaphores.
    """
    for process in Path("/proc").glob("[0-9]*"):
        number = int(process.name)
        with suppress(OSError):  # it may end at any moment
            in_session = number != leader and os.getsid(number) == leader
            if in_session and b"resource_tracker" not in (process / "cmdline").read_bytes():
                os.kill(number, signal.SIGKILL)


def prepare(request: Message) -> None:
    """Give this forked process what the command in the request would have been started with."""
    os.setsid()
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != request["parent"]:
        os._exit(1)  # the parent died before it could be asked to take this process along
    for number, stream in enumerate(request["streams"], start=1):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    os.environ["JPY_PARENT_PID"] = str(request["parent"])
    sys.argv = [LAUNCHER, *request["arguments"]]
    sys.orig_argv[:] = request["command"]
    if not sys.flags.safe_path:
        sys.path.insert(0, request["cwd"])  # as -m does; ipykernel's launcher takes it away again
    tempfile.tempdir = None
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def main() -> None:
    """Serve the client whose connection and process number are the two arguments."""
    if sys.path and Path(sys.path[0]) == Path(__file__).parent:
        del sys.path[0]  # a script's folder: a kernel has the working folder there
    connection, client = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # ipykernel reads it when it is imported
    before = set(os.environ)
    answer: Message = {"ready": True}
    try:
        import_libraries()
        prepare_what_is_shared()
        spare_the_modules()
        be_fit_to_fork()
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    with suppress(OSError):  # the client may have gone since, and nobody waits for the answer
        send(connection, answer)
    if "ready" in answer and (request := serve(connection, client)) is not None:
        # An ordinary kernel imports ipykernel too, and that sets a variable for the debugger.
        set_by_imports = {name: value for name, value in os.environ.items() if name not in before}
        prepare({**request, "env": {**set_by_imports, **request["env"]}})
        launcher: Any = importlib.util.find_spec(LAUNCHER)
        sys.argv[0] = launcher.origin
        code = launcher.loader.get_code(LAUNCHER)
        # From here, and not from a function: as deep in calls as with -m, so that a RecursionError shows as much.
        try:
            exec(code, {"__name__": "__main__", "__builtins__": __builtins__})
        except Exception as error:  # where it starts: of what a cell raises, it tells itself
            sys.exit(f"a kernel ended: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
