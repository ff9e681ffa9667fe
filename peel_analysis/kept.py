"""What the notebooks of a batch keep for one another: work that is the same for all 43 forces is done once.

The folder is named in PEEL_KEPT; without it nothing is kept. A batch names it after the content of the data and of the
package, so that what it holds was made from what is there now.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from peel_analysis.writing import part_of

KEPT_IN = "PEEL_KEPT"


def folder() -> Path | None:
    """Return the folder in which this process may keep what it makes, or None."""
    named = os.environ.get(KEPT_IN)
    return Path(named) if named else None


def once(kind: str, asked: Iterable[str], make: Callable[[], bytes]) -> bytes:
    """Return what `make` returns, from the folder when it has been made there for the same question.

    `kind` is the name of the sub-folder; `asked` is everything, but for the data and the package, that the answer
    depends on. A folder that cannot be written to costs time and nothing else.
    """
    place = folder()
    if place is None:
        return make()
    path = place / kind / hashlib.sha256("\n".join(asked).encode()).hexdigest()[:32]
    with suppress(OSError):
        return path.read_bytes()
    made = make()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = part_of(path)
        beside.write_bytes(made)
        beside.replace(path)
    return made
