"""What the notebooks of a batch keep for one another: work that is the same for all 43 forces is done once.

The folder is named in PEEL_KEPT; without it nothing is kept. A batch names it after the content of the data and of the
package, so that what it holds was made from what is there now.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from peel_analysis.data.writing import write_files

KEPT_IN = "PEEL_KEPT"
CHECKSUM_SIZE = 64  # characters, at the head of each file: a file that was damaged would make every report fail


def folder() -> Path | None:
    """Return the folder in which this process may keep what it makes, or None."""
    named = os.environ.get(KEPT_IN)
    return Path(named) if named else None


def once(kind: str, asked: Iterable[str], make: Callable[[], bytes]) -> bytes:
    """Return what `make` returns, from the folder when it has been made there for the same question.

    `kind` is the name of the sub-folder; `asked` is everything, but for the data and the package, that the answer
    depends on. A folder that cannot be written to costs time and nothing else; what is damaged there is made anew.
    """
    place = folder()
    if place is None:
        return make()
    path = place / kind / checksum("\n".join(asked).encode())[:32]
    held = _read(path)
    if held is None:
        held = make()
        _write(path, held)
    return held


def checksum(content: bytes) -> str:
    """Return the SHA-256 checksum of a file's content as CHECKSUM_SIZE hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> bytes | None:
    """Return what is kept in a file, or None when nothing is or it is not what was written."""
    try:
        text = path.read_bytes()
    except OSError:
        return None
    content = text[CHECKSUM_SIZE:]
    return content if text[:CHECKSUM_SIZE] == checksum(content).encode() else None


def _write(path: Path, content: bytes) -> None:
    with suppress(OSError):
        write_files({path: checksum(content).encode() + content})
