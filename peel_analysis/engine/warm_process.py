"""The warm process: a script that imports the libraries once and forks an IPython kernel for each request.

It also forks what does some other work with all that is ready here.

Run by its path, so that this package is not among what a kernel finds imported already.
A request to fork carries the kernel's stdout and stderr, and its end of the pair of sockets over which it is asked.
"""

import base64
import builtins
import ctypes
import gc
import importlib
import importlib.util
import io
import os
import pickle
import random
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, NoReturn

# None of this package: outside a batch, a notebook must see it as it is on disk when the notebook starts.
FOR_TABLES = ("pandas", "pyarrow.parquet")
LIBRARIES = (
    "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
    "jinja2", "pydantic", "psutil", "tomllib",
    "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.oinspect",
    "IPython.core.debugger", "IPython.core.logger", "IPython.extensions.storemagic", "IPython.utils.wildcard",
    "tornado.platform.asyncio", "faulthandler", "ipykernel.displayhook", "pandas.io.formats.string",
    "encodings.unicode_escape",
)  # fmt: skip
# matplotlib_inline hooks figures to the shell that is there when it is imported: imported here, no figure is shown.
NEVER_IMPORTED = "matplotlib_inline"
# `module:function` of what a batch's kernels share. It is called once, before anything is forked; what it returns, too,
# when the libraries for drawing are there, before the first kernel is forked.
SHARED = "PEEL_SHARED"
OF_BATCH = "PEEL_BATCH"  # the process number of a batch, whose workers share a warm process
KEPT_IN = "PEEL_KEPT"  # as in data/writing.py, which must not be imported here
LAUNCHER = "ipykernel_launcher"
PROFILE = "IPYTHONDIR"  # of kernels that are made before the fork: they have one profile
READY: dict[str, Any] = {"ready": True}
WITHOUT_HISTORY = "--HistoryManager.enabled=False"
OBJECTS_BETWEEN_COLLECTIONS = 50_000  # while some work is done, as in a command; a kernel has Python's own 700
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)

Message = dict[str, Any]


def beside(name: str) -> Any:
    """Return a module of this folder, loaded under a name that no notebook looks for."""
    hidden = f"_peel_engine_{name}"
    if hidden not in sys.modules:
        specification: Any = importlib.util.spec_from_file_location(hidden, Path(__file__).with_name(f"{name}.py"))
        sys.modules[hidden] = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(sys.modules[hidden])
    return sys.modules[hidden]


def import_installed(names: Sequence[str]) -> None:
    """Import those of some libraries that are installed."""
    for name in names:
        if importlib.util.find_spec(name.partition(".")[0]):
            if name == "pandas":  # it must find a kernel's shell: elsewhere it fits its tables to a terminal
                vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=None)
            importlib.import_module(name)
            vars(builtins).pop("get_ipython", None)


def use_libraries() -> None:
    """Draw and make a model once: fonts, code and schemas are ready."""
    if "matplotlib" in sys.modules and "pandas" in sys.modules:
        _draw_once()
    if "pydantic" in sys.modules:  # which imports most of itself when the first model is made
        sys.modules["pydantic"].create_model("Model", number=(int, 0))(number=1)


def prepare_what_is_shared() -> Callable[[], None]:
    """Call what a batch has named for its kernels to find ready, where this Python can import it; return the rest."""
    module, _, function = os.environ.get(SHARED, "").partition(":")
    if module and importlib.util.find_spec(module.partition(".")[0]):
        rest: Callable[[], None] = getattr(importlib.import_module(module), function)()
        return rest
    return lambda: None


def make_kernel(arguments: list[str]) -> Any:
    """Return the application of a kernel. The kernel is made too where it is to have no history, which has a thread."""
    app = beside("forked_kernel").ForkedKernelApp.instance()
    if WITHOUT_HISTORY in arguments:
        app.make_ahead(arguments)
    return app


def be_fit_to_fork() -> None:
    """Let kernels share memory. Raises RuntimeError for a thread, and for a module that each kernel must import."""
    if NEVER_IMPORTED in sys.modules:
        raise RuntimeError(f"the warm process must not import {NEVER_IMPORTED}")
    if (threads := sum(1 for _ in Path("/proc/self/task").iterdir())) != 1:
        raise RuntimeError(f"the warm process has {threads} threads; it may fork only while it has one")
    gc.freeze()  # the collector would otherwise write to pages that kernels share


def _draw_once() -> None:
    import matplotlib.figure
    import pandas as pd

    figure = matplotlib.figure.Figure()  # not through pyplot, which would choose the backend
    axes = figure.subplots()
    axes.barh(["a", "b"], [1, 2], label="c")
    axes.legend()
    for drawing in ("svg",) if SHARED in os.environ else ("svg", "png"):  # no section shows one as PNG
        figure.savefig(io.BytesIO(), format=drawing, bbox_inches="tight")
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1, 2]})
    frame.groupby("a", as_index=False).agg(b=("b", "sum")).to_html()


class Server:
    """Answers requests: of the client that has started this process, and of those that connect to its listener."""

    def __init__(self, first: Any, listener: socket.socket | None) -> None:
        self.packets_of = type(first)
        self.listener = listener
        self.clients: dict[Any, set[int]] = {first: set()}  # and the kernels of each

    def begin_work(self) -> Message | None:
        """Fork for work that the first client has asked for. Returns None, and the request in what is forked."""
        [first] = self.clients
        while first in self.clients and select.select([first.end], [], [], 0)[0]:
            if (request := self._answered(first)) is not None:
                return request
        return None

    def serve(self, parent: int) -> Message | None:
        """Answer until all clients have gone, and return None. What a client leaves is ended.

        Returns a second time in each forked kernel, with the request that asked for it.
        """
        first = next(iter(self.clients))
        while self.clients:
            # A child that it forked can hold its connection open after its end.
            if first in self.clients and os.getppid() != parent:
                self._let_go(first)
                continue
            ends = {client.end: client for client in self.clients}
            for end_of_one in select.select([*ends, *([self.listener] if self.listener else [])], [], [], 1.0)[0]:
                if end_of_one is self.listener:
                    self._accept(self.listener)
                elif (request := self._answered(ends[end_of_one])) is not None:
                    return request
        return None

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # another user, or one that has gone
            client = self.packets_of.accepted(listener)
            client.send(READY)
            self.clients[client] = set()

    def _answered(self, client: Any) -> Message | None:
        """Answer a client's request. Returns it in the kernel, None in this process."""
        kernels = self.clients[client]
        with suppress(ConnectionError):
            request: Message | None = client.receive()
            if request is not None:
                if request["wanted"] == "returncode":
                    client.send({"returncode": returncode(request["kernel"], kernels)})
                elif request["wanted"] == "end":
                    client.send({"returncode": end(request["kernel"], kernels)})
                elif self._fork(client, request):
                    return request
                return None
        self._let_go(client)
        return None

    def _fork(self, client: Any, request: Message) -> bool:
        """Fork a kernel and answer with its process number, or what does some work. Returns True in what is forked."""
        request["parent"] = os.getpid()
        try:
            kernel = os.fork()
            answer: Message = {"kernel": kernel}
        except OSError as error:
            kernel, answer = -1, {"error": f"fork: {error}"}
        if kernel == 0:
            for one in (*(client.end for client in self.clients), *([self.listener] if self.listener else [])):
                one.close()
            return True
        for stream in request["streams"]:
            os.close(stream)
        if kernel > 0:
            self.clients[client].add(kernel)
        if request["wanted"] == "kernel":  # the end of work is told over its own socket
            client.send(answer)
        return False

    def _let_go(self, client: Any) -> None:
        kernels = self.clients.pop(client)
        for kernel in list(kernels):
            end(kernel, kernels)
        client.end.close()


def returncode(kernel: int, kernels: set[int]) -> int | None:
    """Return a kernel's exit status as subprocess counts it, None while it runs. Ends what it left in its session."""
    if os.waitid(os.P_PID, kernel, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    end_session(kernel)  # before it is reaped: until then nobody else can have its number
    kernels.discard(kernel)
    return os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])


def end(kernel: int, kernels: set[int]) -> int | None:
    """Kill a kernel, wait until it has ended, and return its exit status."""
    os.kill(kernel, signal.SIGKILL)
    os.waitid(os.P_PID, kernel, os.WEXITED | os.WNOWAIT)
    return returncode(kernel, kernels)


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
    for number, stream in enumerate(request["streams"][:2], start=1):
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


class Settings(NamedTuple):
    """What the first client has told: how a kernel's command ends, where others connect, and where the profile is.

    `variables` are those that were set before anything was imported for a kernel.
    """

    arguments: list[str]
    listener: socket.socket | None
    variables: frozenset[str]
    profile: dict[str, str]

    @classmethod
    def told_by(cls, first: Any) -> "Settings | None":
        """Take on the environment that the first client tells; return the rest, or None where it needs no kernel."""
        told: Message | None = first.receive()
        if told is None:
            return None
        os.environ.clear()
        os.environ.update(told["environment"])
        os.environ["JPY_PARENT_PID"] = str(os.getpid())  # ipykernel reads it when it is imported
        listener = socket.socket(fileno=told["streams"][0]) if told["streams"] else None
        profile = {PROFILE: os.environ[PROFILE]} if WITHOUT_HISTORY in told["arguments"] else {}
        return cls(told["arguments"], listener, frozenset(os.environ), profile)

    def remove_profile(self) -> None:
        """Delete the folder of the kernels' profile, where they have one."""
        for folder in self.profile.values():
            shutil.rmtree(Path(folder).parent, ignore_errors=True)


def made_ready(server: Server, settings: Settings, parent: int) -> Any:
    """Import and make what kernels share, fork for work as soon as there are tables, and return `make_kernel`'s.

    Raises what goes wrong; also where nobody waits for it any more, whose folder may be gone.
    """
    import_installed(FOR_TABLES)
    prepare_the_rest = prepare_what_is_shared()
    if (request := server.begin_work()) is not None:
        work(request, settings)
    import_installed(LIBRARIES)
    use_libraries()
    gc.enable()
    prepare_the_rest()
    if os.getppid() != parent:
        raise RuntimeError("nobody waits for the warm process")
    app = make_kernel(settings.arguments)
    be_fit_to_fork()
    return app


def work(request: Message, settings: Settings) -> NoReturn:
    """Do the work that a request carries, say how that went, and end."""
    try:
        gc.freeze()
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        gc.enable()
        packets, answer = begin(request, settings), {"done": "all"}
        try:
            pickle.loads(base64.b64decode(request["work"]))()
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        with suppress(OSError):  # whoever asked may have gone
            packets.send(answer)
    finally:
        os._exit(0)  # whatever happens: it must not go on as the process that it was forked from


def begin(request: Message, settings: Settings) -> Any:
    """Make this process what a request has forked it for; return its end of the sockets over which it is asked."""
    # An ordinary kernel imports ipykernel too, and that sets a variable for the debugger.
    set_by_imports = {name: value for name, value in os.environ.items() if name not in settings.variables}
    prepare({**request, "env": {**set_by_imports, **request["env"], **settings.profile}})
    return beside("packets").Packets(socket.socket(fileno=request["streams"][2]))


def main() -> None:
    """Serve. The arguments are the connection and the process number of the first client.

    It tells the rest as soon as it knows, and until then the libraries for tables are imported.
    """
    if sys.path and Path(sys.path[0]) == Path(__file__).parent:
        del sys.path[0]  # a script's folder: a kernel has the working folder there
    first, parent = beside("packets").Packets(socket.socket(fileno=int(sys.argv[1]))), int(sys.argv[2])
    gc.disable()  # nearly all that is imported stays, and to look for the rest takes a tenth of the time
    with suppress(Exception):  # told when somebody listens
        import_installed(FOR_TABLES)
    settings = Settings.told_by(first)
    if settings is None:
        return
    server, answer = Server(first, settings.listener), READY
    try:
        app = made_ready(server, settings, parent)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    with suppress(OSError):  # the client may have gone since, and nobody waits for the answer
        first.send(answer)
    request = server.serve(parent) if answer is READY else None
    if request is None:
        settings.remove_profile()
        return
    if request["wanted"] == "work":
        work(request, settings)
    app.packets = begin(request, settings)
    launcher: Any = importlib.util.find_spec(LAUNCHER)
    sys.argv[0] = launcher.origin
    code = launcher.loader.get_code(LAUNCHER)
    sys.modules["ipykernel.kernelapp"].launch_new_instance = type(app).launch_instance  # type: ignore[attr-defined]
    # From here, and not from a function: as deep in calls as with -m, so that a RecursionError shows as much.
    try:
        exec(code, {"__name__": "__main__", "__builtins__": __builtins__})
    except Exception as error:  # where it starts: of what a cell raises, it tells itself
        sys.exit(f"a kernel ended: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
