"""Where no warm kernel can be had, an ordinary one is started: after a fault, off Linux, and by choice."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_notebook import write
from warm_kernels import LINUX, PARENT, WARM, answer, no_faults_from_before, printed, warm_processes

from peel_analysis.engine import this_python, warm_connection, warm_process
from peel_analysis.engine.kernels import SocketKernelManager
from peel_analysis.engine.packets import Packets
from peel_analysis.engine.papermill_engine import execute
from peel_analysis.engine.warm_connection import QUIET

pytestmark = pytest.mark.slow  # make test has one notebook in a warm kernel, in test_engine_same_answer.py
__all__ = ["no_faults_from_before"]  # a fixture that every test here uses


FAULTS = {
    "cannot import": "raise ImportError('no pandas today')",
    "ends": "raise SystemExit(3)",
    "a thread": "import threading, time; threading.Thread(target=time.sleep, args=(30,), daemon=True).start()",
    "a forbidden module": "import matplotlib_inline",
}


@LINUX
@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_kernels_start_in_the_ordinary_way(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken.py").write_text(FAULTS[fault])
    script = re.sub(r"LIBRARIES = \([^)]*\)", 'LIBRARIES = ("broken",)', Path(warm_process.__file__).read_text())
    shutil.copytree(Path(warm_process.__file__).parent, tmp_path, dirs_exist_ok=True)
    (tmp_path / "warm_process.py").write_text(script)
    monkeypatch.setattr(warm_process, "__file__", str(tmp_path / "warm_process.py"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for run in range(warm_connection.FAULTS_ALLOWED + 1):
        assert WARM not in answer(tmp_path, PARENT, str(run))
    assert caplog.text.count("this notebook's kernel starts in the ordinary way") == warm_connection.FAULTS_ALLOWED
    assert warm_processes() == []


@LINUX
def test_a_warm_process_that_does_not_answer_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert WARM in answer(tmp_path, PARENT, "first")
    [warm] = warm_processes()
    monkeypatch.setattr(warm_connection, "ANSWER_TIMEOUT", 0.5)
    warm.suspend()
    assert WARM not in answer(tmp_path, PARENT, "second")
    assert "timed out; this notebook's kernel starts in the ordinary way" in caplog.text
    assert not warm.is_running()
    assert WARM in answer(tmp_path, PARENT, "third")


@LINUX
def test_a_notebook_whose_warm_process_dies_runs_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kill = "import os, psutil, signal\nparent = psutil.Process(os.getppid())\n"
    kill += "if '/warm_process.py' in ' '.join(parent.cmdline()): parent.kill(); __import__('time').sleep(60)\n"
    assert answer(tmp_path, kill + "print(1)") == 1
    assert "the warm process died; the notebook runs again" in caplog.text


@LINUX
def test_a_warm_process_whose_worker_has_gone_ends_in_silence() -> None:
    ours, theirs = Packets.pair()
    ours.end.close()
    with theirs:
        command = [sys.executable, warm_process.__file__, str(theirs.fileno()), str(os.getpid())]
        done = subprocess.run(
            command,
            pass_fds=[theirs.fileno()],
            env={**os.environ, **QUIET},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@LINUX
@pytest.mark.parametrize("name", ["matplotlibrc", "pandas.py"])
def test_a_folder_that_changes_imports_has_ordinary_kernels(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")
    execute(write(tmp_path / "n.ipynb", PARENT), tmp_path / "out.ipynb", cwd=tmp_path)
    assert WARM not in printed(tmp_path / "out.ipynb")


def test_only_this_pythons_ipykernel_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    this = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "c.json"]
    monkeypatch.setattr(sys, "platform", "linux")
    assert this_python.split_command(this) == ([sys.executable, "-Xfrozen_modules=off"], ["-f", "c.json"])
    for other in (
        ["/usr/bin/R", *this[1:]],
        [*this[:3], "other_kernel", *this[4:]],
        [sys.executable, "-c", "-m", "ipykernel_launcher"],
        [sys.executable, "launcher.py"],
    ):
        assert this_python.split_command(other) is None
    for platform in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        assert this_python.split_command(this) is None


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_the_engine_is_papermills_own(platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def stands_in(nb: Any, kernel_name: str, **kwargs: Any) -> None:
        asked.append(kwargs)

    from papermill.engines import NBClientEngine

    from peel_analysis.engine.papermill_engine import PeelEngine

    monkeypatch.setattr(NBClientEngine, "execute_notebook", stands_in)
    monkeypatch.setattr(sys, "platform", platform)
    PeelEngine.execute_notebook(object(), "python3", start_timeout=5)
    assert asked == [{"output_path": None, "start_timeout": 5, "kernel_manager_class": SocketKernelManager}]
