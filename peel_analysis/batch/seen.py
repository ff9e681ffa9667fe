"""What a worker has seen of the files that its tasks read: an output is sealed only where none has moved meanwhile.

A file that was changed and put back has the content of before, and what was read in between has not. So it is not the
content that is compared at a task's end but the files' stamps, which no putting back restores; the content, by the key,
is compared once for all files with the same stamps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from peel_analysis.batch.units import Report, Unit, code_key, file_digest, shared_files, shared_key
from peel_analysis.data.files import PACKAGE, Stamp, stamp
from peel_analysis.data.reads import WHOLE
from peel_analysis.data.writing import checksum

AGAIN = "the same command makes it again"
NAMED = 3  # files, of those that moved


class FilesMovedError(RuntimeError):
    """Files that a task reads have moved since they were looked at; what it has made may rest on either."""


@dataclass(frozen=True)
class Seen:
    """The stamps, by name, of all that every task of a data folder reads, as one look found them."""

    data: Path
    stamps: Mapping[str, Stamp]

    @cached_property
    def mark(self) -> str:
        """A short mark of the stamps: in the names of folders, where another look is to find nothing of this one's."""
        return checksum(repr(sorted(self.stamps.items())).encode())[:12]

    @property
    def key(self) -> str:
        """The key of the files' content, as `shared_key` gives it."""
        return _key(self.data, self.mark)

    @property
    def code(self) -> str:
        """The key of the package and the libraries, as `code_key` gives it."""
        return _code(self.mark)

    def digest(self, name: str) -> str:
        """The digest of a file or folder of the data, as `file_digest` gives it; of WHOLE, the key of all."""
        if name == WHOLE:
            return self.key
        is_shared = not name.startswith(("findings", "."))  # the rest has no stamps here
        return _digest(self.data, self.mark, name) if is_shared else file_digest(self.data, name)

    def moved(self, others: "Seen") -> list[str]:
        """Return the names of the files whose stamps are not those of another look."""
        names = sorted({*self.stamps, *others.stamps})
        return [name for name in names if self.stamps.get(name) != others.stamps.get(name)]


@lru_cache(maxsize=4)
def _key(data: Path, mark: str) -> str:
    return shared_key(data)


@lru_cache(maxsize=4)
def _code(mark: str) -> str:
    return code_key()


@lru_cache(maxsize=512)
def _digest(data: Path, mark: str, name: str) -> str:
    return file_digest(data, name)


def look(data: Path) -> Seen:
    """Return the stamps of the files as they are now; a worker takes about a millisecond."""
    return Seen(data, {name: stamp(path) for name, path in shared_files(data).items()})


# The package as this process imports it: what is imported later must be of the same.
IMPORTED = {name: one for name, one in look(PACKAGE / "no-data").stamps.items() if name.startswith("peel_analysis/")}
_first: dict[Path, Seen] = {}
_last: dict[Path, Seen] = {}


def last_look(data: Path) -> Seen:
    """Return this process's last look at the files, or its first: what moves later is seen by the next."""
    return _last[data] if data in _last else look_again(data)


def look_again(data: Path) -> Seen:
    """Return the files as they are now; that is this process's last look."""
    _last[data] = look(data)
    _first.setdefault(data, _last[data])
    return _last[data]


@dataclass(frozen=True)
class Reading:
    """What a task is about to read: the shared files, and its own."""

    task: Unit | Report
    shared: Seen
    own: tuple[Stamp, ...]

    @classmethod
    def of(cls, task: Unit | Report, data: Path) -> "Reading":
        """Return what a task is about to read, its shared files as this process last saw them, unless that is over."""
        shared = last_look(data)
        if task.key_of(shared.key) != task.key:  # a cluster's worker has seen other runs
            shared = look_again(data)
        return cls(task, shared, tuple(map(stamp, task.files)))

    def fault(self) -> str:
        """Return in one line why nothing can be made with the task's key of what there is; "" where it can."""
        now = {name: one for name, one in self.shared.stamps.items() if name.startswith("peel_analysis/")}
        if now != IMPORTED:
            moved = sorted(name for name in {*now, *IMPORTED} if now.get(name) != IMPORTED.get(name))
            return f"{_changed(moved)} after this worker began; {AGAIN}, by a new worker"
        if self.task.key_of(self.shared.key) == self.task.key:
            return ""
        moved = self.shared.moved(_first[self.shared.data]) or [path.name for path in self.task.files if path.exists()]
        return f"{_changed(moved)} while the run went on; {AGAIN}"

    def check_still(self) -> None:
        """Raise FilesMovedError, which names files, where one has moved since: changed, or changed and put back."""
        now = look_again(self.shared.data)
        own = zip(self.task.files, self.own, strict=True)
        moved = [*now.moved(self.shared), *(path.name for path, before in own if stamp(path) != before)]
        if moved:
            raise FilesMovedError(f"{_changed(moved)} while it ran; {AGAIN}")


def _changed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more files" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more} changed"
