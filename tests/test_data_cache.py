"""What the notebooks of a batch keep for one another: made once, and made anew when it was damaged."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from peel_analysis.data.writing import KEPT_IN, once


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that this process keeps what it makes in."""
    monkeypatch.setenv(KEPT_IN, str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:-1] + b"?",
        lambda content: b"content",
    ],
    ids=["emptied", "cut short", "edited", "another file"],
)
def test_what_is_damaged_is_made_anew(damage: Callable[[bytes], bytes], kept: Path) -> None:
    assert once("kind", ("a",), lambda: b"content") == b"content"
    [path] = (kept / "kind").iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert once("kind", ("a",), lambda: b"content") == b"content"
    assert path.read_bytes() == whole
    assert once("kind", ("a",), lambda: b"not asked for") == b"content"


def test_nothing_kept_is_kept_as_nothing(kept: Path) -> None:
    assert once("kind", ("a",), lambda: b"") == b""
    assert once("kind", ("a",), lambda: b"not asked for") == b""


def test_a_full_disk_costs_time_and_leaves_nothing(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def half(self: Path, content: bytes) -> int:
        write(self, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", half)
    assert once("kind", ("a",), lambda: b"content") == b"content"
    assert list((kept / "kind").iterdir()) == []
