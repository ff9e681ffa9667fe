"""Kernels that are started side by side never meet: each listens on sockets of its own."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbval.kernel
import pytest
import zmq
from jupyter_client.connect import LocalPortCache
from small_notebook import write
from warm_kernels import printed

from peel_analysis.engine import kernels
from peel_analysis.engine.machine import private_folder
from peel_analysis.engine.papermill_engine import NotebookFailedError, execute

pytestmark = pytest.mark.slow  # make test has one notebook in a warm kernel, in test_engine_same_answer.py
PORTS = 5  # of a kernel
WHERE = (
    "import json, os; from ipykernel import connect; info = connect.get_connection_info(unpack=True); "
    "print(json.dumps([info['transport'], os.path.dirname(info['ip'])]))"
)


def has_sockets() -> bool:
    folder = private_folder()
    if folder:
        folder.rmdir()
    return folder is not None


@pytest.mark.skipif(not has_sockets(), reason="this system has no Unix sockets")
def test_an_ordinary_kernel_listens_on_sockets_that_go_with_it(
    tmp_path: Path, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short_folder))
    execute(write(tmp_path / "n.ipynb", WHERE), tmp_path / "out.ipynb", engine="stock")
    transport, folder = json.loads(printed(tmp_path / "out.ipynb"))
    assert (transport, Path(folder).parent) == ("ipc", short_folder)
    assert not Path(folder).exists()


@pytest.mark.skipif(not has_sockets(), reason="this system has no Unix sockets")
def test_the_kernels_of_nbval_listen_on_sockets(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short_folder))
    kernel = nbval.kernel.RunningKernel(nbval.kernel.CURRENT_ENV_KERNEL_NAME, cwd=str(short_folder))
    assert kernel.km.transport == "ipc"
    assert [path.name for path in short_folder.iterdir()] == [Path(kernel.km.ip).parent.name]
    kernel.stop()
    assert list(short_folder.iterdir()) == []


@pytest.fixture
def another_kernels_port() -> Iterator[int]:
    """A port at which the outputs of another kernel are published."""
    context = zmq.Context()
    publisher = context.socket(zmq.XPUB)
    yield publisher.bind_to_random_port("tcp://127.0.0.1")
    context.destroy(linger=0)


@pytest.mark.parametrize("times", [1, 2])
def test_a_kernel_that_was_given_anothers_port_is_tried_once_more_and_no_wait_without_end(
    times: int,
    another_kernels_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    free_port = LocalPortCache.find_available_port
    asked: list[str] = []

    def meets_another(self: LocalPortCache, ip: str) -> int:
        asked.append(ip)
        first_of_a_kernel = len(asked) % PORTS == 1
        return another_kernels_port if first_of_a_kernel and len(asked) <= times * PORTS else free_port(self, ip)

    monkeypatch.setattr(LocalPortCache, "find_available_port", meets_another)
    monkeypatch.setattr(kernels, "private_folder", lambda: None)
    monkeypatch.setattr(kernels, "SEND_TIMEOUT", 0.5)
    notebook, target = write(tmp_path / "n.ipynb", WHERE), tmp_path / "out.ipynb"
    if times == 1:
        execute(notebook, target, engine="stock")
        assert json.loads(printed(target))[0] == "tcp"
    else:
        with pytest.raises(NotebookFailedError, match=r"failed before its first cell: (Again|RuntimeError): "):
            execute(notebook, target, engine="stock")
    assert caplog.text.count("trying once more, with papermill's own engine") == 1


@pytest.mark.parametrize(("named", "transport"), [("", "ipc"), ("local-provisioner", "ipc"), ("on-a-cluster", "tcp")])
@pytest.mark.skipif(not has_sockets(), reason="this system has no Unix sockets")
def test_a_kernel_of_another_machine_listens_where_its_provisioner_says(named: str, transport: str) -> None:
    manager = kernels.SocketKernelManager()
    assert manager.kernel_spec is not None
    manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": named}
    manager.open_socket_folder()
    assert manager.transport == transport
    manager.cleanup_connection_file()


@pytest.mark.skipif(not has_sockets(), reason="this system has no Unix sockets")
def test_a_caller_who_says_where_to_listen_is_obeyed(tmp_path: Path) -> None:
    manager = kernels.SocketKernelManager(connection_file=str(tmp_path / "mine.json"))
    manager.open_socket_folder()
    assert (manager.transport, manager.socket_folder) == ("tcp", None)
