"""The warm process: what a forked kernel is like, and what happens where one cannot be had."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from textwrap import dedent

import psutil
import pytest
from small_notebook import write
from warm_kernels import LINUX, PARENT, WARM, answer, no_faults_from_before, printed, waited, warm_processes

from peel_analysis.batch import make
from peel_analysis.batch.work import Workplace
from peel_analysis.cli import main
from peel_analysis.engine import this_python, warm_connection, warm_process
from peel_analysis.engine.packets import Packets
from peel_analysis.engine.papermill_engine import execute
from peel_analysis.engine.this_python import THIS_PYTHON

pytestmark = pytest.mark.slow  # make test has one notebook in a warm kernel, in test_engine_same_answer.py
__all__ = ["no_faults_from_before"]  # a fixture that every test here uses

PROJECT = Path(__file__).resolve().parents[2]


@LINUX
def test_kernels_are_forked_from_one_process_of_one_thread(tmp_path: Path) -> None:
    assert WARM in answer(tmp_path, PARENT, "first")
    [warm] = warm_processes()
    assert WARM in answer(tmp_path, PARENT, "second")
    assert [process.pid for process in warm_processes()] == [warm.pid]
    assert warm.num_threads() == 1
    assert warm.children() == []


@LINUX
def test_two_kernels_draw_different_random_numbers(tmp_path: Path) -> None:
    source = "import json, random, numpy; print(json.dumps([random.random(), numpy.random.rand()]))"
    first, second = answer(tmp_path, source, "first"), answer(tmp_path, source, "second")
    assert all(one != other for one, other in zip(first, second, strict=True))


@LINUX
def test_a_kernel_imports_this_package_as_it_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "peel_analysis"
    package.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    source = "import json, sys; before = 'peel_analysis' in sys.modules; import peel_analysis\n"
    source += "print(json.dumps([before, peel_analysis.edition]))"
    for edition in (1, 22):
        (package / "__init__.py").write_text(f"edition = {edition}\n")
        assert answer(tmp_path, source, str(edition)) == [False, edition]
    assert len(warm_processes()) == 1


@LINUX
def test_what_a_batch_shares_is_made_once_and_in_every_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made"
    code = f"""
        import sys
        held = []
        def share():
            held.append("matplotlib" in sys.modules)
            open({str(made)!r}, "a").write("once ")
            return the_rest
        def the_rest():
            held.append("matplotlib" in sys.modules)
            open({str(made)!r}, "a").write("and once what draws")
    """
    (tmp_path / "shared_here.py").write_text(dedent(code))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv(warm_process.SHARED, "shared_here:share")
    source = "import json, sys; print(json.dumps(sys.modules['shared_here'].held))"
    assert [answer(tmp_path, source, name) for name in ("a", "b")] == [[False, True]] * 2
    assert made.read_text() == "once and once what draws"


def test_what_a_batch_shares_and_cannot_be_made_is_left_to_ordinary_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(warm_process.SHARED, "json:no_such_function")
    assert answer(tmp_path, "import json, sys; print(json.dumps('json' in sys.modules))") is True
    assert warm_processes() == []


def test_a_kernel_has_the_environment_of_its_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import json, os; print(json.dumps([os.environ.get('PEEL_TEST'), 'OMP_NUM_THREADS' in os.environ]))"
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("PEEL_TEST", "one")
    assert answer(tmp_path, source, "one") == ["one", False]
    monkeypatch.setenv("PEEL_TEST", "two")
    assert answer(tmp_path, source, "two") == ["two", False]
    monkeypatch.delenv("PEEL_TEST")
    assert answer(tmp_path, source, "none") == [None, False]
    assert len(warm_processes()) == 1


@LINUX
def test_what_libraries_read_when_imported_makes_another_warm_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import json, matplotlib; print(json.dumps(matplotlib.get_backend()))"
    monkeypatch.delenv("MPLBACKEND", raising=False)
    assert answer(tmp_path, source, "inline") in ("inline", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("MPLBACKEND", "svg")
    assert answer(tmp_path, source, "svg") == "svg"
    assert len(warm_processes()) == 1  # the first had no kernel left and was stopped


@LINUX
def test_a_kernel_that_was_made_before_the_fork_has_its_own_streams_folder_and_environment(tmp_path: Path) -> None:
    source = "import json, os, sys; shell = get_ipython(); app = shell.kernel.parent; "
    shown = "print(json.dumps([shell.starting_dir, os.getcwd(), str(_dh[0]), app.session.pid == os.getpid(), _ih]))"
    ended = []
    for name in ("a", "b"):
        (folder := tmp_path / name).mkdir()
        notebook, target = write(tmp_path / f"{name}.ipynb", source + shown), tmp_path / f"{name}.out.ipynb"
        execute(notebook, target, cwd=folder, kernel_name=THIS_PYTHON)
        ended.append(json.loads(printed(target)))
    for name, (*folders, own, asked) in zip(("a", "b"), ended, strict=True):
        assert (set(folders), own, asked) == ({str(tmp_path / name)}, True, ["", source + shown])
    assert len(warm_processes()) == 1


@LINUX
def test_what_a_cell_leaves_for_later_reaches_no_other_kernel(tmp_path: Path) -> None:
    source = "import json, os; from pathlib import Path; startup = Path(get_ipython().profile_dir.startup_dir)\n"
    source += "print(json.dumps(['left' in globals(), len(get_ipython().events.callbacks['post_run_cell'])]))\n"
    source += "(startup / 'start.py').write_text('left = 1'); get_ipython().events.register('post_run_cell', print)"
    told = []
    for name in ("a", "b"):
        execute(write(tmp_path / f"{name}.ipynb", source), tmp_path / f"{name}.out.ipynb", kernel_name=THIS_PYTHON)
        told.append(json.loads(printed(tmp_path / f"{name}.out.ipynb").splitlines()[0]))
    assert told[0] == told[1]


@LINUX
def test_a_kernel_has_no_files_of_its_own_and_a_worker_one_folder(
    tmp_path: Path, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short_folder))
    warm_connection.stop()
    assert answer(tmp_path, "import json; print(json.dumps(1))") == 1
    assert list(short_folder.iterdir()) == []
    for name in ("a", "b"):
        execute(write(tmp_path / f"{name}.ipynb", "1"), tmp_path / f"{name}.out.ipynb", kernel_name=THIS_PYTHON)
        assert len(list(short_folder.iterdir())) == 1
    warm_connection.stop()
    assert list(short_folder.iterdir()) == []


LIVES_ON = """
import os, sys
from pathlib import Path
from peel_analysis.engine.this_python import THIS_PYTHON
from peel_analysis.engine.packets import Packets
from peel_analysis.engine.papermill_engine import execute
if __name__ == "__main__":
    execute(sys.argv[1], sys.argv[2], kernel_name=THIS_PYTHON)
"""


@LINUX
def test_everything_ends_when_the_worker_is_killed(tmp_path: Path, short_folder: Path) -> None:
    started = tmp_path / "started"
    source = f"import os, time\nwith open({str(started)!r}, 'w') as file: print(os.getpid(), os.getppid(), file=file)\n"
    source += "time.sleep(60)"
    (tmp_path / "worker.py").write_text(LIVES_ON)
    worker = subprocess.Popen(
        [sys.executable, "worker.py", str(write(tmp_path / "n.ipynb", source)), "out.ipynb"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "TMPDIR": str(short_folder)},
    )
    try:
        numbers = [int(word) for word in waited(lambda: started.exists() and started.read_text()).split()]
        assert [path.name[:5] for path in short_folder.iterdir()] == ["peel-"]
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    waited(lambda: not any(psutil.pid_exists(number) for number in numbers))
    waited(lambda: not list(short_folder.iterdir()))


def run_three(worker: int, folder: str) -> list[str]:
    logging.disable()
    source = Path(folder) / "shared.ipynb"
    results = []
    for turn in range(3):
        target = Path(folder) / f"{worker}-{turn}.ipynb"
        execute(source, target)
        results.append(printed(target).strip())
    warm_connection.stop()
    return results


@LINUX
@pytest.mark.parametrize("of_a_batch", [False, True])
def test_two_workers_side_by_side_do_not_collide_and_those_of_a_batch_share(
    of_a_batch: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if of_a_batch:
        monkeypatch.setenv(warm_process.OF_BATCH, str(os.getpid()))
    source = "import os, time; time.sleep(0.2); print(os.getpid(), os.getppid())"
    write(tmp_path / "shared.ipynb", source)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(run_three, worker, str(tmp_path)) for worker in (1, 2)]
        kernels, warm = zip(*[line.split() for run in runs for line in run.result(120)], strict=True)
    assert len(set(kernels)) == 6
    assert len(set(warm)) == 1 if of_a_batch else [len(set(warm[:3])), len(set(warm[3:])), len(set(warm))] == [1, 1, 2]
    waited(lambda: not any(psutil.pid_exists(int(number)) for number in (*warm, *kernels)))


@LINUX
def test_a_worker_that_leaves_takes_its_own_kernels_with_it(tmp_path: Path) -> None:
    name, environment = f"peel-test-{os.getpid()}", dict(os.environ)
    first, second = (warm_connection.WarmProcess([sys.executable], environment, "/", name=name) for _ in range(2))
    command, arguments = [sys.executable, "-m", "ipykernel_launcher"], ["-f", "/dev/null/kernel.json"]
    kernels = [one.fork(command, arguments, environment, str(tmp_path))[0] for one in (first, second)]
    assert len(warm_processes()) == 1
    second.stop()
    waited(lambda: not psutil.pid_exists(kernels[1]))
    assert first.returncode(kernels[0]) is None
    first.stop()
    waited(lambda: not psutil.pid_exists(kernels[0]) and not warm_processes())


@LINUX
def test_nobody_of_another_user_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    name, own = f"peel-test-{os.getpid()}", os.getuid()
    listener = Packets.listening(name)
    assert listener is not None
    assert Packets.listening(name) is None
    with listener:
        monkeypatch.setattr(os, "getuid", lambda: own + 1)
        with pytest.raises(PermissionError, match="another user's"):
            Packets.connected(name)
        with pytest.raises(PermissionError, match="another user's"):
            Packets.accepted(listener)


def test_the_entry_points_serve_the_papermill_command(tmp_path: Path) -> None:
    """Through a throw-away distribution with the entry points of pyproject.toml: the package need not be installed."""
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    distribution = tmp_path / "peel_analysis-0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: peel-analysis\nVersion: 0\n")
    groups = [
        [f"[{group}]", *(f"{name} = {value}" for name, value in found.items())] for group, found in declared.items()
    ]
    (distribution / "entry_points.txt").write_text("\n".join(line for group in groups for line in group) + "\n")
    notebook = write(tmp_path / "n.ipynb", PARENT)
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "peel", "--no-progress-bar", notebook, "out.ipynb"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (WARM in printed(tmp_path / "out.ipynb")) == (sys.platform == "linux")
    assert "without encryption" not in done.stderr


@LINUX
def test_libraries_that_were_imported_ahead_are_those_of_the_warm_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    this_python.start_libraries(os.environ)
    [ahead] = warm_processes()
    assert this_python.start_ahead(os.environ) is not None
    execute(write(tmp_path / "n.ipynb", PARENT), tmp_path / "n.out.ipynb", timeout=60, kernel_name=THIS_PYTHON)
    assert WARM in printed(tmp_path / "n.out.ipynb")
    assert [process.pid for process in warm_processes()] == [ahead.pid]
    this_python.start_libraries(os.environ)
    monkeypatch.setenv("PYTHONHASHSEED", "1")  # which a process must be started with
    this_python.start_ahead(os.environ)
    [other] = warm_processes()
    assert other.pid != ahead.pid
    assert other.environ()["PYTHONHASHSEED"] == "1"


@LINUX
@pytest.mark.parametrize("request_", [["report", "atlantis"], ["report", "norfolk", "--engine", "no"], ["report"]])
def test_a_command_that_is_refused_leaves_no_process(request_: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(request_) == 2
    assert capsys.readouterr().err.startswith("peel: ")
    assert warm_processes() == []


@LINUX
def test_a_command_whose_kernels_a_cluster_starts_keeps_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[psutil.Process] = []
    monkeypatch.setattr(make, "cluster_pool", lambda *_: running.extend(warm_processes()))
    this_python.start_libraries(os.environ)
    assert len(warm_processes()) == 1
    make._on_cluster("tcp://host:1", Workplace(PROJECT / "data", PROJECT, "peel", "2017"), 1)
    assert running == []


@LINUX
def test_a_process_that_waits_to_be_told_what_for_ends_with_who_has_started_it() -> None:
    code = (
        "import os, time; from peel_analysis.engine.this_python import start_libraries; start_libraries(os.environ); "
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code + "print(flush=True); time.sleep(60)"], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    [warm] = psutil.Process(process.pid).children()
    process.kill()
    process.communicate()
    waited(lambda: not warm.is_running() or warm.status() == psutil.STATUS_ZOMBIE)
