"""What is built to be installed: a wheel that needs no checkout beside it, and a source distribution."""

import os
import re
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError

import pytest
from conftest import EDITION, PATIENCE, PROJECT
from small_batch import files_below

pytestmark = pytest.mark.slow
HERE = {name: setting for name, setting in os.environ.items() if name not in ("PYTHONPATH", "PEEL_DATA")}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a source distribution and the wheel that is built from it, without a network."""
    folder = tmp_path_factory.mktemp("built")
    for source, kind in ((PROJECT, "sdist"), (folder / "unpacked", "wheel")):
        subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder], cwd=source, check=True)
        if kind == "sdist":
            with tarfile.open(next(folder.glob("*.tar.gz"))) as packed:
                packed.extractall(folder, filter="data")
            next(path for path in folder.iterdir() if path.is_dir()).rename(folder / "unpacked")
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment with the wheel, which has the tests' libraries and not the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    names = {"base": str(folder), "platbase": str(folder)}
    scheme = sysconfig.get_preferred_scheme("prefix")
    libraries, commands = (Path(sysconfig.get_path(kind, scheme, names)) for kind in ("purelib", "scripts"))
    # A .pth file that lies in a folder which another one names is not read: that of the checkout stays out.
    (libraries / "tests_libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    options = ["--no-deps", "--no-index", "--no-compile", "-q", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "--python", str(commands / "python")]
    subprocess.run([*pip, "install", *options, str(next(built.glob("*.whl")))], env=HERE, check=True)
    return commands


def peel(installed: Path, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run the installed command in a folder."""
    command = [str(installed / "peel"), *arguments]
    return subprocess.run(command, cwd=cwd, env=HERE, capture_output=True, text=True, check=False)


def test_an_installed_package_makes_the_report_of_the_checkout(made: Path, installed: Path, tmp_path: Path) -> None:
    done = peel(installed, "report", "norfolk", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    own, of_checkout = (files_below(out / EDITION / "norfolk") for out in (tmp_path / "build", made / "reports"))
    assert len(own) > 10
    assert own == of_checkout


def test_the_data_folder_of_an_installed_package_is_changed_in_a_copy_only(installed: Path, tmp_path: Path) -> None:
    kept = peel(installed, "--version", cwd=tmp_path).stdout.rpartition("data folder ")[2].strip()
    assert Path(kept).is_relative_to(installed.parent)
    done = peel(installed, "data", "build", "--raw", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "start one of your own by peel data copy DIR, and name it by --data DIR or in PEEL_DATA" in done.stderr
    assert peel(installed, "data", "copy", "mine", cwd=tmp_path).stdout == f"{tmp_path / 'mine'}\n"
    assert files_below(tmp_path / "mine") == files_below(PROJECT / "data")
    done = peel(installed, "data", "build", "--raw", ".", "--data", "mine", cwd=tmp_path)
    assert "belongs to the installed package" not in done.stderr


def served(address: str) -> bytes:
    """Return what a server serves; it tells its address a moment before it listens there."""
    for _ in range(PATIENCE):
        with suppress(URLError), urllib.request.urlopen(address) as answer:
            return bytes(answer.read())
        time.sleep(0.1)
    raise AssertionError(f"nobody listens at {address}")


def test_jupyterlab_opens_the_notebooks_of_an_installed_package(installed: Path, tmp_path: Path) -> None:
    """As root too, where the tests run as root."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = (installed / "peel", "lab", "mine", "--no-browser", f"--port={port}", "--IdentityProvider.token=invented")
    with subprocess.Popen(command, cwd=tmp_path, env=HERE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = re.compile(rf"http://localhost:{port}/lab/tree/explore\.ipynb\?token=")
        try:
            assert any(address.search(line) for line in process.stderr), "it ended without telling its address"
            kept = served(f"http://localhost:{port}/files/explore.ipynb?token=invented")
            assert kept == (PROJECT / "notebooks" / "explore.ipynb").read_bytes()
        finally:
            process.terminate()
    assert files_below(tmp_path / "mine") == files_below(PROJECT / "notebooks")


def test_a_source_distribution_holds_what_git_holds(built: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    there = {path.relative_to(built / "unpacked").as_posix() for path in (built / "unpacked").rglob("*")}
    assert [name for name in listed.stdout.splitlines() if name not in there and (PROJECT / name).exists()] == []
