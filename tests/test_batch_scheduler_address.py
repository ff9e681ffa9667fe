"""A scheduler that is not there: one line at once, and nothing after it when the process ends."""

import socket
from pathlib import Path

import pytest
from conftest import peel
from refusals import assert_says
from small_batch import SmallBatch

from peel_analysis.batch import run
from peel_analysis.data.errors import InputError

pytest.importorskip("distributed")


@pytest.mark.parametrize("address", ["nonsense", "nonsense://x:1", "tcp://127.0.0.1:port"])
def test_an_address_that_is_none_is_one_line_to_the_end(address: str, tmp_path: Path) -> None:
    done = peel("batch", "--forces", "norfolk", "--dask", address, "--out", "reports", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    remedy = ("`dask scheduler`", f"`dask worker {address} --nthreads 1`")
    assert_says(done.stderr, f"peel: --dask {address}: ", "no scheduler answers", *remedy)
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_none_is_refused_when_there_is_nothing_to_do_too(again: SmallBatch) -> None:
    done = again.run("--forces", "kent", "--dask", "nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("peel: --dask nonsense: no scheduler answers there; ")


def test_a_server_that_says_nothing_is_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CONNECT_TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(InputError, match=f"--dask {address}: no scheduler answers there"):
            run.cluster_pool(address, 1)
