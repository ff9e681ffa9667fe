"""After every fault the next run completes with the bytes of a run that nothing disturbed, and nothing is left behind.

Killed at seeded random moments, starved of disk, files, memory and rights, beside another batch, with all it keeps
damaged. `test_batch_interrupted.py` stops a batch on purpose, `test_batch_cluster.py` takes a scheduler away, and
`test_batch_moved.py` changes what is read.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

import psutil
import pytest
from conftest import shared_folder_of_run
from small_batch import PATIENCE, SmallBatch, family, shared_memory_of, small_batch, still_there
from warm_kernels import WARM

from peel_analysis.data.writing import KEPT_IN, once
from peel_analysis.engine.machine import shortage

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits, mounts and signals of Unix")
TWO = ("--forces", "kent,norfolk")
DRAWS = """
import peel_analysis as peel
section = peel.section("force_in_numbers", force, edition)
section.figure(section.measure("calls_per_1000"))
"""
QUICK = "print(force)"
MEGABYTE = 1 << 20


def _make(folder: Path) -> None:
    batch = small_batch(folder, DRAWS, QUICK)
    began = time.monotonic()
    done = batch.run(*TWO)
    assert (done.returncode, done.stderr) == (0, "")
    (folder / "seconds").write_text(str(time.monotonic() - began))


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> SmallBatch:
    """A batch of two forces with a drawing each, which nothing has disturbed."""
    return SmallBatch(shared_folder_of_run(tmp_path_factory, "undisturbed", _make))


@dataclass(frozen=True)
class Trial:
    """A batch of the same notebooks and data that is to be disturbed, and where its processes put what they need."""

    batch: SmallBatch
    whole: SmallBatch
    temporary: Path

    def run_disturbed(self, *arguments: str, disturb: Callable[[], None] | None = None) -> tuple[int, str]:
        """Run the command; return its exit code and its errors. No process stays, and no error is a traceback."""
        process = self.batch.start(*TWO, "--jobs", "1", *arguments, before=disturb)
        _, errors = process.communicate(timeout=5 * PATIENCE)
        assert "Traceback" not in errors, errors
        return process.returncode, errors

    def check_next_run(self) -> None:
        """The next run completes, with the bytes of the run that nothing disturbed, and leaves nothing behind."""
        done = self.batch.run(*TWO)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert self.batch.files() == self.whole.files()
        assert self.batch.left_over() == []
        assert list(self.temporary.glob("peel-*")) == []


@pytest.fixture
def trial(
    undisturbed: SmallBatch, tmp_path: Path, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Trial]:
    """Return what makes a trial in a folder of its own."""
    monkeypatch.setenv("TMPDIR", str(short_folder))

    def made() -> Trial:
        folder = tmp_path / f"t{len(list(tmp_path.iterdir()))}"
        shutil.copytree(undisturbed.folder, folder, ignore=shutil.ignore_patterns("out"))
        return Trial(SmallBatch(folder), undisturbed, short_folder)

    return made


def worker_of(process: psutil.Process) -> bool:
    return "peel_analysis.cli" in process.cmdline() and process.cmdline() == process.parent().cmdline()


def warm_of(process: psutil.Process) -> bool:
    return WARM in " ".join(process.cmdline()) and not kernel_of(process)


def kernel_of(process: psutil.Process) -> bool:
    return WARM in " ".join(process.cmdline()) and WARM in " ".join(process.parent().cmdline())


VICTIMS: dict[str, tuple[Callable[[psutil.Process], bool] | None, signal.Signals]] = {
    "the batch": (None, signal.SIGKILL),
    "the batch, asked to end": (None, signal.SIGTERM),
    "the batch, its terminal closed": (None, signal.SIGHUP),
    "a worker": (worker_of, signal.SIGKILL),
    "a worker, asked to end": (worker_of, signal.SIGTERM),
    "a warm process": (warm_of, signal.SIGKILL),
    "a kernel": (kernel_of, signal.SIGKILL),
}


def strike(process: "subprocess.Popen[str]", victim: str, chance: random.Random) -> None:
    """End one process of a batch, or the batch where there is none of that kind yet."""
    kind, number = VICTIMS[victim]
    found = []
    for one in family(process) if kind else []:
        try:
            found += [one] if kind and kind(one) else []
        except (psutil.Error, AttributeError):  # it has ended meanwhile
            continue
    with suppress(psutil.NoSuchProcess):
        chance.choice(found).send_signal(number) if found else process.send_signal(number)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_at_any_moment_whatever_is_killed_the_next_run_goes_on(
    seed: int, trial: Callable[[], Trial], undisturbed: SmallBatch
) -> None:
    """Each victim once a seed, each at a moment of another part of the run."""
    chance = random.Random(seed)
    seconds = float((undisturbed.folder / "seconds").read_text())
    for part, victim in enumerate(chance.sample(sorted(VICTIMS), len(VICTIMS))):
        one = trial()
        process = one.batch.start(*TWO)
        time.sleep(seconds * (part + chance.random()) / len(VICTIMS))
        children, semaphores = family(process) if process.poll() is None else [], shared_memory_of(process)
        strike(process, victim, chance)
        _, errors = process.communicate(timeout=5 * PATIENCE)
        assert "Traceback" not in errors, (victim, errors)
        assert still_there(children) == [], victim
        assert [path for path in semaphores if path.exists()] == [], victim
        one.check_next_run()


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Callable[[str], None]]:
    """Put a small disk of its own in a folder's place; yield what gives it other options. Skips where nobody may."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o"]
    if not shutil.which("mount") or subprocess.run([*mount, options, "peel", folder], check=False).returncode:
        pytest.skip("only root may mount a small disk")

    def change(others: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{others}", folder], check=True)

    try:
        yield change
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "all_of_it"), [("8k", True), ("40k", False), ("60k", True)])
def test_a_disk_that_was_full_leaves_nothing_cut_off(
    size: str, all_of_it: bool, trial: Callable[[], Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = trial()
    with disk(one.batch.out, f"size={size}") as change:
        with monkeypatch.context() as patch:
            for name in ("TMPDIR", "MPLCONFIGDIR", "HOME") if all_of_it else ():
                patch.setenv(name, str(one.batch.out))
            code, errors = one.run_disturbed()
        assert code in (1, 2)
        assert "No space left on device; put that right and run the command again" in errors
        change("size=100m")
        one.check_next_run()


@pytest.mark.slow
def test_an_output_that_may_not_be_written_is_told_of(trial: Callable[[], Trial]) -> None:
    one = trial()
    with disk(one.batch.out, "size=100m") as change:
        change("ro")
        code, errors = one.run_disturbed()
        assert code in (1, 2)
        assert "Read-only file system" in errors
        change("rw")
        one.check_next_run()


LIMITS = {
    "files of 8 KB": (resource.RLIMIT_FSIZE, 8 * 1024, "File too large"),
    "few files": (resource.RLIMIT_NOFILE, 64, "64 open files, and a run needs 128; raise that with ulimit -n"),
    "few files, which may be more": (resource.RLIMIT_NOFILE, 64, ""),
    "as many files as a run needs": (resource.RLIMIT_NOFILE, 128, ""),
    "little memory": (resource.RLIMIT_AS, 600 * MEGABYTE, "600 megabytes of memory, and a run needs 1000; raise"),
    "some more memory": (resource.RLIMIT_AS, 1200 * MEGABYTE, ""),
}


@pytest.mark.slow
@pytest.mark.parametrize("limit", LIMITS)
def test_a_starved_batch_says_so_and_the_next_goes_on(limit: str, trial: Callable[[], Trial]) -> None:
    kind, size, said = LIMITS[limit]
    most = 256 if "more" in limit and kind == resource.RLIMIT_NOFILE else size
    one = trial()
    code, errors = one.run_disturbed(disturb=partial(resource.setrlimit, kind, (size, most)))
    assert said in errors
    assert (code == 0) == (errors == "")
    assert errors.count("\n") <= 4, "a line a section"
    one.check_next_run()


@pytest.mark.parametrize(
    ("now", "most", "said"),
    [(64, 100, "100 open files, and a run needs 128; raise"), (64, 4096, ""), (1024, 1024, "")],
)
def test_too_few_files_are_told_of_or_raised(now: int, most: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {resource.RLIMIT_NOFILE: (now, most), resource.RLIMIT_AS: (resource.RLIM_INFINITY, resource.RLIM_INFINITY)}
    monkeypatch.setattr(resource, "getrlimit", held.__getitem__)
    monkeypatch.setattr(resource, "setrlimit", held.__setitem__)
    assert said in shortage()
    assert bool(shortage()) == bool(said)
    assert held[resource.RLIMIT_NOFILE][0] >= 128 or said


@pytest.mark.slow
def test_two_batches_in_one_folder_make_what_one_makes(trial: Callable[[], Trial]) -> None:
    one = trial()
    both = [one.batch.start(*TWO, "--jobs", "1") for _ in range(2)]
    said = [process.communicate(timeout=5 * PATIENCE)[1] for process in both]
    assert ([process.returncode for process in both], said) == ([0, 0], ["", ""])
    one.check_next_run()
    assert one.batch.outcomes() == {"fresh": 6}


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def zeroed(content: bytes) -> bytes:
    return bytes(len(content))


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


DAMAGES = (cut_short, zeroed, flipped)


@pytest.mark.slow
def test_whatever_is_kept_is_made_anew_where_it_is_damaged(
    trial: Callable[[], Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file is damaged, one after the other in another way; a test below has each way for kept work alone."""
    one = trial()
    fonts = one.batch.folder / "fonts"
    monkeypatch.setenv("MPLCONFIGDIR", str(fonts))
    assert one.batch.run("--forces", "kent").returncode == 0
    kept = [path for path in (one.batch.out / ".kept").rglob("*") if path.is_file()]
    assert {path.parent.name for path in kept} == {"annex", "figures", "results", "site", "values"}, (
        "each kind is damaged here"
    )
    made = [path for path in one.batch.reports.rglob("*") if path.is_file() and path.name != "run.jsonl"]
    for path, damage in zip((*kept, *made, *fonts.glob("*.json")), cycle(DAMAGES), strict=False):
        path.write_bytes(damage(path.read_bytes()))
    one.check_next_run()


@pytest.mark.parametrize("damage", DAMAGES)
def test_kept_work_that_is_damaged_is_made_again(
    damage: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEPT_IN, str(tmp_path))
    assert once("kind", ("a",), lambda: b"made") == b"made"
    [path] = (tmp_path / "kind").iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert once("kind", ("a",), lambda: b"made") == b"made"
    assert path.read_bytes() == whole
