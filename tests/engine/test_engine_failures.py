"""Every way a notebook can fail is told by the runner, on both engines, and leaves nothing behind."""

import errno
import os
import pickle
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from papermill.iorw import LocalHandler, load_notebook_node
from small_notebook import write

from peel_analysis.engine import warm_connection
from peel_analysis.engine.papermill_engine import Engine, NotebookFailedError, execute

pytestmark = pytest.mark.slow  # make test has one notebook in a warm kernel, in test_engine_same_answer.py
KILLS_LATER = "import os, threading; threading.Timer(1.0, os._exit, [1]).start()"
ENGINES = pytest.mark.parametrize("engine", ["peel", "stock"])


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder, empty at first, in which kernels put their sockets and connection files."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def kernels() -> list[str]:
    """Return the command lines of this process's descendants that are neither the warm process nor Python's own."""
    lines = []
    for process in psutil.Process().children(recursive=True):
        try:
            line = " ".join(process.cmdline())
            warm = "/warm_process.py" in line and process.ppid() == psutil.Process().pid
        except psutil.NoSuchProcess:
            continue
        if not warm and "resource_tracker" not in line:
            lines.append(f"{process.pid} {process.status()} {line}")
    return lines


@ENGINES
@pytest.mark.parametrize(
    ("source", "name", "value"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("import time; time.sleep(60)", "CellTimeoutError", "A cell timed out"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError", "Kernel died"),
        ("import os; os._exit(0)", "DeadKernelError", "Kernel died"),
        ("import sys; sys.exit()", "SystemExit", ""),
        ("import sys; sys.exit(0)", "SystemExit", "0"),
        ("import sys; sys.exit(3)", "SystemExit", "3"),
    ],
    ids=["error", "timeout", "SIGKILL", "os._exit", "sys.exit()", "sys.exit(0)", "sys.exit(3)"],
)
def test_a_failed_cell_is_told_and_nothing_is_left(
    source: str, name: str, value: str, engine: Engine, tmp_path: Path, temporary: Path
) -> None:
    notebook = write(tmp_path / "failing.ipynb", "a = 1", source, "a + 1")
    with pytest.raises(NotebookFailedError) as raised:
        execute(notebook, tmp_path / "out.ipynb", engine=engine, timeout=2 if "sleep" in source else 60)
    error = raised.value
    assert (error.notebook, error.cell, error.name) == ("failing.ipynb", 1, name)
    assert error.value.startswith(value)
    assert str(error) == f"failing.ipynb failed in cell 1: {name}: {error.value}"
    assert kernels() == []
    assert list(temporary.iterdir()) == []

    saved = load_notebook_node(str(tmp_path / "out.ipynb"))
    as_run = [cell for cell in saved.cells if cell.cell_type == "code"]
    assert [cell.metadata.papermill["status"] for cell in as_run] == ["completed", "failed", "pending"]
    assert saved.metadata.papermill["exception"] is True

    execute(write(tmp_path / "next.ipynb", "a = 1"), tmp_path / "next_out.ipynb", engine=engine)  # others go on


@ENGINES
@pytest.mark.parametrize("sources", [("import os; os._exit(0)",), (KILLS_LATER, "import time; time.sleep(60)")])
def test_a_kernel_that_goes_before_the_end_is_a_failure(
    sources: tuple[str, ...], engine: Engine, tmp_path: Path, temporary: Path
) -> None:
    with pytest.raises(NotebookFailedError, match=r"DeadKernelError: Kernel died") as raised:
        execute(write(tmp_path / "last.ipynb", *sources), tmp_path / "out.ipynb", engine=engine)
    assert raised.value.cell == len(sources) - 1
    assert kernels() == []
    assert list(temporary.iterdir()) == []


def test_a_kernel_that_cannot_be_heard_any_more_has_died(tmp_path: Path, temporary: Path) -> None:
    source = "import os\nos.closerange(3, 1000)\nprint(1)"
    with pytest.raises(NotebookFailedError, match=r"DeadKernelError: Kernel died"):
        execute(write(tmp_path / "n.ipynb", source), tmp_path / "out.ipynb")
    assert kernels() == []


def test_what_a_dead_kernel_started_ends_with_it(tmp_path: Path, temporary: Path) -> None:
    source = (
        "import os, subprocess\nprint(subprocess.Popen(['sleep', '600']).pid, file=open('started', 'w'), flush=True)"
    )
    with pytest.raises(NotebookFailedError, match="DeadKernelError"):
        execute(write(tmp_path / "n.ipynb", f"{source}\nos._exit(0)"), tmp_path / "out.ipynb", cwd=tmp_path)
    started = int((tmp_path / "started").read_text())
    assert not psutil.pid_exists(started) or psutil.Process(started).status() == psutil.STATUS_ZOMBIE
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="semaphores are not files here")
def test_the_semaphores_of_a_stopped_kernel_are_deleted(tmp_path: Path) -> None:
    source = "import multiprocessing\nlock = multiprocessing.get_context('spawn').Lock()\n"
    source += "print('/dev/shm/sem.' + lock._semlock.name.strip('/'), end='')"
    execute(write(tmp_path / "n.ipynb", source), tmp_path / "out.ipynb")
    [output] = load_notebook_node(str(tmp_path / "out.ipynb")).cells[0].outputs
    deadline = time.monotonic() + 10
    assert output.text.startswith("/dev/shm/sem.mp-")
    while Path(output.text).exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@ENGINES
def test_the_traceback_is_kept_without_colours(engine: Engine, tmp_path: Path) -> None:
    source = "def share(a, b):\n    return a / b\nshare(1, 0)"
    with pytest.raises(NotebookFailedError) as raised:
        execute(write(tmp_path / "n.ipynb", source), tmp_path / "out.ipynb", engine=engine)
    assert "in share(a, b)" in raised.value.traceback
    assert "\x1b" not in raised.value.traceback


def test_the_failure_crosses_to_another_process_whole() -> None:
    error = NotebookFailedError("n.ipynb", 3, "ValueError", "no force", "Traceback")
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), vars(copied)) == (NotebookFailedError, vars(error))
    assert str(NotebookFailedError("n.ipynb", None, "RuntimeError", "no kernel", "")) == (
        "n.ipynb failed before its first cell: RuntimeError: no kernel"
    )


@ENGINES
def test_what_fails_is_saved_also_where_nothing_else_is(engine: Engine, tmp_path: Path) -> None:
    for name, source in (("ValueError", "raise ValueError"), ("DeadKernelError", "import os; os._exit(0)")):
        target = tmp_path / f"{name}.ipynb"
        with pytest.raises(NotebookFailedError, match=name):
            execute(write(tmp_path / "n.ipynb", "a = 1", source, "2"), target, engine=engine, timeout=60, save=False)
        cells = [cell for cell in load_notebook_node(str(target)).cells if cell.cell_type == "code"]
        assert [cell.metadata.papermill["status"] for cell in cells] == ["completed", "failed", "pending"]


@ENGINES
def test_an_error_that_its_tag_allows_is_no_failure(engine: Engine, tmp_path: Path) -> None:
    notebook = write(tmp_path / "allowed.ipynb", "1 / 0", tags=("raises-exception",))
    execute(notebook, tmp_path / "out.ipynb", engine=engine)
    saved = load_notebook_node(str(tmp_path / "out.ipynb"))
    assert [output.ename for cell in saved.cells for output in cell.outputs] == ["ZeroDivisionError"]


@ENGINES
def test_a_kernel_that_cannot_start_is_told_after_a_second_try(
    engine: Engine, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "profile"))
    profile = tmp_path / "profile" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text("import os\nos._exit(9)\n")
    with pytest.raises(NotebookFailedError, match=r"failed before its first cell: RuntimeError: Kernel died"):
        execute(write(tmp_path / "n.ipynb", "1"), tmp_path / "out.ipynb", engine=engine)
    assert caplog.text.count("trying once more, with papermill's own engine") == 1
    assert kernels() == []
    assert list(temporary.iterdir()) == []
    warm_connection.stop()


@pytest.mark.parametrize(("engine", "saves"), [("peel", 1), ("stock", 1), ("stock", 2)])
def test_a_full_disk_is_told_as_one(
    engine: Engine, saves: int, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole = LocalHandler.write
    written: list[str] = []

    def write_half(self: LocalHandler, text: str, path: str) -> None:
        written.append(text)
        full = len(written) >= saves
        write_whole(self, text[: len(text) // 2] if full else text, path)
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(LocalHandler, "write", write_half)
    with pytest.raises(OSError, match="No space left on device"):
        execute(write(tmp_path / "n.ipynb", "1"), tmp_path / "out.ipynb", engine=engine)
    assert len(written) >= saves
    assert kernels() == []
    assert list(temporary.iterdir()) == []


def test_a_missing_notebook_and_an_unknown_kernel_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no such notebook: .*absent\.ipynb"):
        execute(tmp_path / "absent.ipynb", tmp_path / "out.ipynb")
    notebook = write(tmp_path / "n.ipynb", "1")
    with pytest.raises(NotebookFailedError, match=r"failed before its first cell: NoSuchKernel: .*fortran"):
        execute(notebook, tmp_path / "out.ipynb", kernel_name="fortran")
