"""Files are written beside their place and renamed, so that what stands there is always whole, and is known to be.

What the notebooks of a batch keep for one another is written so too: work that is the same for all 43 forces is done
once, in the folder that PEEL_KEPT names; without it nothing is kept. A batch names it after the content of the data and
of the package, so that what it holds was made from what is there now. What commands keep is in `kept_tables.py`.

An output carries marks in itself, in a notebook's metadata or a page's head: the content key of what it was made from,
and a checksum. By the checksum, a file that was emptied, cut short or edited is told from a whole one wherever it is
copied to, without a second file that could be lost or disagree. All outputs of 43 forces are under 100 MB: hashing them
takes a fraction of a second.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.data.errors import InputError
from peel_analysis.data.reads import gathered, note_all

JOURNAL, LOCK = ".writing.json", ".lock"  # of a folder: what is being renamed in it, and who writes there
LONG_AGO = 86_400.0  # seconds
PART = re.compile(r"\..+\.(?P<host>[^.]*)-(?P<process>\d+)\.part(\.ipynb|\.old|\.reads)?")
KEPT_IN = "PEEL_KEPT"
CHECKSUM_SIZE = 64  # characters, at the head of each file: a file that was damaged would make every report fail
BLANK = "0" * 64  # stands in the place of the checksum while it is worked out
NOTEBOOK_MARKS = re.compile(
    rb'"peel_checksum":\s*"(?P<checksum>[0-9a-f]{64})",\s*"peel_key":\s*"(?P<key>[0-9a-f]{64})"'
)
DATA_READ_AT, DATA_READ = b'"data_read":', re.compile(rb'"data_read":\s*"(?P<names>[^"\\]*)"')
PAGE_MARKS = re.compile(
    rb"(?P<key>[0-9a-f]{64}) (?P<checksum>[0-9a-f]{64}) (?P<beside>[0-9a-f]{64})(?P<names>(?: [\w./-]+)*)"
)
END = 4096  # bytes; nbformat sorts keys, so a notebook's metadata stand at its end
BEGINNING = 1 << 15  # bytes; a page's marks stand in its head, with the names of all files that are made with it


def part_of(path: Path, suffix: str = "") -> Path:
    """Return where this process writes a file before it is renamed to `path`: hidden, and named after the process."""
    return path.with_name(f".{path.name}.{this_machine()}-{os.getpid()}.part{suffix}")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with plain line ends to `path`, making its folder; an interruption leaves the old file."""
    write_files({path: text})


def write_files(contents: Mapping[Path, str | bytes], journal: Path | None = None) -> None:
    """Write files that belong together: all beside their places first, making their folders, and then each renamed.

    Texts are written as UTF-8 with plain line ends. Whatever can go wrong (no space, no right to write, a place that
    cannot be taken) leaves every old file as it was. A process that is killed while it renames leaves a `journal`, if
    one is named, by which `finish_writing` renames the rest. Raises OSError.
    """
    besides = {path: part_of(path) for path in contents}
    try:
        for path, beside in besides.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            content = contents[path]
            beside.write_bytes(content.encode() if isinstance(content, str) else content)
        if journal is not None and len(besides) > 1:
            listed = [[str(beside), str(path)] for path, beside in besides.items()]
            write_files({journal: json.dumps([this_machine(), os.getpid(), listed])})
        _rename(besides)
    finally:
        for left in (*besides.values(), *([journal] if journal is not None else [])):
            with suppress(OSError):  # a part is there only where the disk is full, or the like
                left.unlink()


def _rename(besides: Mapping[Path, Path]) -> None:
    """Rename each file to its place; where one cannot be, those before it are put back."""
    kept: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for path, beside in besides.items():
            if len(besides) > 1 and path.is_file():
                kept[path] = Path(shutil.copy2(path, part_of(path, ".old")))
            beside.replace(path)
            done.append(path)
    except BaseException:
        for path in done:
            if path in kept:
                kept[path].replace(path)
            else:
                path.unlink()
        raise
    finally:
        for old in kept.values():
            with suppress(OSError):
                old.unlink()


def finish_writing(journal: Path) -> None:
    """Rename what a process that was killed had written and not yet renamed; nothing while it still runs."""
    try:
        machine, process, listed = json.loads(journal.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if machine == this_machine() and has_ended(process):
        with suppress(OSError):  # in a folder that cannot be written to it stays for who can
            for beside, path in listed:
                if Path(beside).is_file():
                    Path(beside).replace(path)
            journal.unlink()


@contextmanager
def one_writer(folder: Path, wait: float = 120.0) -> Iterator[None]:
    """Let one process at a time work on the files of a folder; another waits, and after a while is refused.

    What a killed process left is finished first. Raises InputError, which names the process that has the folder.
    """
    lock = folder / LOCK
    until = time.monotonic() + wait
    while True:
        try:
            with lock.open("x", encoding="utf-8") as file:
                file.write(f"{this_machine()} {os.getpid()}")
            break
        except FileExistsError:
            holder = _holder(lock)
            if holder and time.monotonic() > until:
                remedy = f"wait until it has ended; if it has, delete {lock}"
                raise InputError(f"{folder}: process {holder[1]} on {holder[0]} is writing there; {remedy}") from None
            if holder:
                time.sleep(0.1)
    try:
        finish_writing(folder / JOURNAL)
        yield
    finally:
        with suppress(OSError):
            lock.unlink()


def _holder(lock: Path) -> tuple[str, int] | None:
    """Return the machine and process that hold a lock, or None; the lock of one that has ended is taken away."""
    with suppress(OSError, ValueError):
        machine, process = lock.read_text(encoding="utf-8").split(" ")
        if machine != this_machine() or not has_ended(int(process)):
            return machine, int(process)
        lock.unlink()
        return None
    return ("this machine", 0) if lock.exists() else None  # it is just being written


def remove_left_over(folder: Path) -> list[Path]:
    """Remove below `folder` what processes that were killed have left half-written, and return it.

    Whether another machine's process still runs cannot be seen from here: what it wrote a day ago is left over.
    """
    left_over = [path for path in folder.rglob(".*.part*") if _is_left_over(path)]
    for path in left_over:
        with suppress(OSError):  # another run may tidy too, and a folder may have such a name
            path.unlink()
    return left_over


def _is_left_over(path: Path) -> bool:
    match = PART.fullmatch(path.name)
    if match is None:
        return False
    if match["host"] == this_machine():
        return has_ended(int(match["process"]))
    try:
        return time.time() - path.stat().st_mtime > LONG_AGO
    except FileNotFoundError:  # it has just been renamed
        return False


def has_ended(process: int) -> bool:
    """Return whether the process with this number has ended; in a container nobody may ever have asked how."""
    import psutil  # ten milliseconds of every command, for a folder with a left-over part

    try:
        return bool(psutil.Process(process).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:  # another user's
        return False


@cache
def this_machine() -> str:
    """Return the machine's name without dots: a process number alone means nothing in a folder that is shared."""
    return socket.gethostname().partition(".")[0]


def cache_folder() -> Path | None:
    """Return the folder in which this process may keep what it makes, or None."""
    named = os.environ.get(KEPT_IN)
    return Path(named) if named else None


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Within the block, have this process keep what it makes in a folder."""
    before = os.environ.get(KEPT_IN)
    os.environ[KEPT_IN] = str(folder)
    try:
        yield
    finally:
        del os.environ[KEPT_IN]
        os.environ |= {KEPT_IN: before} if before is not None else {}


def once(
    kind: str,
    asked: Iterable[str],
    make: Callable[[], bytes],
    place: Path | None = None,
    still: Callable[[], bool] | None = None,
) -> bytes:
    """Return what `make` returns, from a folder when it has been made there for the same question.

    The folder is `place`, else this process's own, for which `asked` is everything, but for the data and the package,
    that the answer depends on. `kind` is the name of the sub-folder. What has been made is not kept where `still`, if
    it is given, says that what it was made from has changed meanwhile. A folder that cannot be written to costs time
    and nothing else; what is damaged there is made anew.
    """
    of_batch = place is None
    place = place or cache_folder()
    if place is None:
        return make()
    name = checksum("\n".join(asked).encode())[:32]
    path, marks = place / kind / name, f"{kind} {name} ".encode()  # in the checksum: no answer is another's
    with suppress(OSError):
        held = path.read_bytes()
        content = held[CHECKSUM_SIZE:]
        if held[:CHECKSUM_SIZE] == checksum(marks + content).encode():
            return _told(content) if of_batch else content
    with gathered() as reads:
        made = make()
    note_all(reads)
    content = made + b"\n" + json.dumps([(*read, digest) for read, digest in reads.items()]).encode()
    content = content if of_batch else made
    with suppress(OSError):
        if still is None or still():
            write_files({path: checksum(marks + content).encode() + content})
    return made


def _told(content: bytes) -> bytes:
    """Return what has been made, and note what was read for it, which a batch keeps with it."""
    made, _, behind = content.rpartition(b"\n")
    note_all({(folder, name): digest for folder, name, digest in json.loads(behind)})
    return made


def checksum(content: bytes) -> str:
    """Return the SHA-256 checksum of a file's content as CHECKSUM_SIZE hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest(parts: Iterable[str]) -> str:
    """Return the content key of some texts in their order."""
    return checksum("\n".join(parts).encode())


def checked_notebook(notebook: dict[str, Any], key: str, data_read: str) -> str:
    """Return the text of a notebook file with its key and its checksum in its marks, which stand at its end.

    Before them stands what it has read of the data. It is written without white space, which would be a tenth of it.
    """
    notebook["metadata"] |= {"data_read": data_read, "peel_checksum": BLANK, "peel_key": key}
    text = json.dumps(notebook, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"
    before, _, after = text.rpartition(BLANK)
    return f"{before}{checksum(text.encode())}{after}"


def page_marks(key: str, beside: Mapping[str, bytes]) -> str:
    """Return what a page carries in its head before its checksum is worked out: that of the files beside it is there.

    `beside` are the contents of all files that are made with the page, by their path from its folder.
    """
    return " ".join((key, BLANK, digest(map(checksum, beside.values())), *beside))


def checked_page(html: str) -> str:
    """Return a page with its checksum in its marks, which stand at its beginning."""
    return html.replace(BLANK, checksum(html.encode()), 1)


def key_of_notebook(path: Path) -> str:
    """Return the content key in an executed notebook, or "" when there is none, it is damaged or cannot be read."""
    return marks_of_notebook(path)[0]


def marks_of_notebook(path: Path) -> tuple[str, str]:
    """Return the content key in an executed notebook and what it has read, or "" for both as `key_of_notebook` does."""
    content = content_of(path)
    key = _whole_key(content, NOTEBOOK_MARKS.search(content, max(0, len(content) - END)))
    read = DATA_READ.search(content, max(0, content.rfind(DATA_READ_AT))) if key else None
    return (key, read["names"].decode()) if read else ("", "")


def key_of_page(page: Path, wanted: Iterable[str] = ()) -> str:
    """Return the content key in a page, or "" when it or a file made with it is missing, damaged or cannot be read.

    So it is when a `wanted` file, by its path from the page's folder, was not made with it.
    """
    content = content_of(page)
    marks = PAGE_MARKS.search(content, 0, BEGINNING)
    key = _whole_key(content, marks)
    if not marks or not key:
        return ""
    names = marks["names"].decode().split()
    checksums = (checksum(content_of(page.parent / name)) for name in names)
    return key if set(names).issuperset(wanted) and marks["beside"].decode() == digest(checksums) else ""


def content_of(path: Path) -> bytes:
    """Return a file's content, or nothing when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:  # it is to be made, and making it says what is in the way
        return b""


def _whole_key(content: bytes, marks: re.Match[bytes] | None) -> str:
    """Return the key among an output's marks, when the checksum among them is that of the rest."""
    if marks is None:
        return ""
    unchecked = content[: marks.start("checksum")] + BLANK.encode() + content[marks.end("checksum") :]
    return marks["key"].decode() if marks["checksum"].decode() == checksum(unchecked) else ""
