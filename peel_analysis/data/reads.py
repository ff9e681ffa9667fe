"""What a notebook has read of the data folder, by name: a batch runs again those alone whose reads have moved.

A file that is read is a name: "judgments.csv". A function that is marked as a `question` is told by its own name, its
edition and its words instead: "rows:2017:judgments.csv:norfolk"; what it reads to answer is not told, since a digest of
the answer is all that whoever asks can rest on. Whatever has no such name is told as WHOLE: all of the data.

What an answer that is kept was worked out from is kept with it, and told again to each who has it: what a notebook is
told to have read is the same whatever ran before it.
"""

import ast
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from peel_analysis.data.files import VARIABLE

if TYPE_CHECKING:
    from peel_analysis.data.edition import Edition
    from peel_analysis.data.folder import Data

P = ParamSpec("P")
T = TypeVar("T")
Read = tuple[str, str]  # a data folder, and the name of what is read of it
Reads = dict[Read, str]  # each with the digest of the answer, "" where it is a file's or not known
READS_IN = "PEEL_READS"  # the file in which a notebook's kernel tells what it reads; a batch sets it
WHOLE = "*"
PLAIN = re.compile(r"[^\s:*|]+")  # what can be a word of a name
SHORT = 16  # letters of a digest
PACKAGE, TYPES = "peel_analysis", {"str"}  # all that a notebook imports, and the types of its parameters
CODE = (".py", ".pyc", ".so")
LISTED = ("open", "os.listdir", "os.scandir")
# What another process reads is seen by nobody here.
BY_ANOTHER_PROCESS = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn")


class Asked(NamedTuple):
    """A question: the function that answers, and what of its answer the digest is of."""

    answer: Callable[..., Any]
    content: Callable[[Any], bytes]


_questions: dict[str, Asked] = {}
_behind: list[Reads | None] = []  # of each answer that is being worked out, the innermost last; None: told by its name
_told: tuple[str, set[Read]] = ("", set())  # the file, and what this process has told there


def note(folder: Path, name: str) -> None:
    """Note that a file or folder of a data folder is about to be read."""
    if _behind or READS_IN in os.environ:
        note_all({(str(folder), name): ""})


def note_all(reads: Reads) -> None:
    """Note again what an answer that has been kept was worked out from."""
    if not _behind:
        if place := os.environ.get(READS_IN):
            for read in reads.keys() - _told_in(place):
                _tell(place, read, reads[read])
    elif (behind := _behind[-1]) is not None:
        for read, digest in reads.items():
            behind[read] = behind.get(read) or digest


@contextmanager
def gathered() -> Iterator[Reads]:
    """Yield what is read within the block, to be kept with what it makes; whoever has that notes it.

    What is read before an error is noted here: that it was refused is an answer too.
    """
    behind: Reads = {}
    _behind.append(behind)
    try:
        yield behind
    except BaseException:
        _behind.pop()
        note_all(behind)
        raise
    _behind.pop()


@contextmanager
def only_checked() -> Iterator[None]:
    """Within the block nothing is noted: it raises or does not, and a batch checks all data that have moved itself."""
    _behind.append(None)
    try:
        yield
    finally:
        _behind.pop()


def remembered(maxsize: int | None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that keeps answers as `lru_cache` does, each with what was read for it."""

    def decorated(make: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize)
        def kept(*given: Any, **named: Any) -> tuple[T, Reads]:
            with gathered() as behind:
                made = make(*given, **named)
            return made, behind

        @wraps(make)
        def remember(*given: P.args, **named: P.kwargs) -> T:
            made, behind = kept(*given, **named)  # type: ignore[arg-type]  # as of lru_cache itself, all are hashable
            note_all(behind)
            return made

        return remember

    return decorated


def question(name: str, content: Callable[[Any], bytes]) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Return a decorator: a function of an edition and words is told by its name, and not what it reads to answer.

    `content` is all of an answer that whoever asks can rest on, but for what is asked of its edition in turn. Of an
    edition that is not as its file declares it, what is read is told. Settings by name are what is at hand already,
    and make no other answer.
    """

    def decorated(answer: Callable[..., T]) -> Callable[..., T]:
        @wraps(answer)
        def ask(edition: "Edition", *words: str, **at_hand: Any) -> T:
            if not edition.is_as_declared or not all(map(PLAIN.fullmatch, words)):
                return answer(edition, *words, **at_hand)
            told = (str(edition.data.folder), ":".join((name, edition.id, *words)))
            place = os.environ.get(READS_IN)
            is_told = place and (_behind[-1] is not None if _behind else told not in _told_in(place))
            try:
                with only_checked():
                    answered = answer(edition, *words, **at_hand)
            except Exception as refused:
                note_all({told: _refused(refused)})
                raise
            note_all({told: _digest(content(answered)) if is_told else ""})
            return answered

        _questions[name] = Asked(ask, content)
        return ask

    return decorated


def as_text(answer: object) -> bytes:
    """Return the content of an answer whose `repr` has all of it."""
    return repr(answer).encode()


def is_question(name: str) -> bool:
    """Return whether what is read is told by a question, and not a file."""
    return ":" in name


def answer_digest(name: str, data: "Data") -> str:
    """Return the digest of what a question is answered now; another word for one that cannot be."""
    kind, edition, *words = name.split(":")
    with only_checked():
        try:
            return _digest(_questions[kind].content(_questions[kind].answer(data.edition(edition), *words)))
        except Exception as refused:
            return _refused(refused)


def _refused(error: Exception) -> str:
    return _digest(f"{type(error).__name__}: {error}".encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:SHORT]


def _told_in(place: str) -> set[Read]:
    """Return what this process has told in a file: nothing in a kernel that has just been forked."""
    global _told
    if _told[0] != place:
        _told = place, set()
    return _told[1]


def _tell(place: str, read: Read, digest: str) -> None:
    """Write what is read to the file that a batch has named."""
    _told_in(place).add(read)
    folder, name = read
    if folder != os.environ.get(VARIABLE) or not (is_question(name) or PLAIN.fullmatch(name)):
        name, digest = WHOLE, ""
    if is_question(name) and not digest:
        from peel_analysis.data.folder import open_data

        digest = answer_digest(name, open_data(folder))
    with open(place, "ab", buffering=0) as file:  # noqa: PTH123 - as what is appended is one write
        file.write((json.dumps([name, digest]) + "\n").encode())


def told_in(place: Path) -> dict[str, str]:
    """Return what was told in a file by name, each with the digest of the answer, "" of files."""
    lines = place.read_text(encoding="utf-8").splitlines() if place.exists() else []
    return dict(map(json.loads, lines))


def packed(names: Iterable[str]) -> str:
    """Return names as a text: "forces.csv result:2017:crime_per_1000|calls_per_1000"."""
    alike: dict[str, list[str]] = {}
    for name in sorted(names):
        before, parted, last = name.rpartition(":")
        alike.setdefault(before + parted, []).append(last)
    return " ".join(before + ("|" if before else " ").join(lasts) for before, lasts in sorted(alike.items()))


def unpacked(text: str) -> list[str]:
    """Return the names that were packed."""
    names = []
    for word in text.split():
        before, parted, lasts = word.rpartition(":")
        names += [before + parted + last for last in lasts.split("|")]
    return names


def is_seen_to_read(notebook: Mapping[str, Any]) -> bool:
    """Return whether the code of a notebook gets at the data by this package alone, which tells what it reads.

    It imports nothing else, and uses no name but its own and `display`: so none opens a file before that import.
    """
    own, used = {"display"}, set[str]()
    try:
        sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
        nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    except (KeyError, SyntaxError, TypeError, ValueError):  # such as a line for IPython
        return False
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            if {name.partition(".")[0] for name in modules} != {PACKAGE}:
                return False
            own |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else own).add(node.id)
    return used <= own | TYPES


def watch() -> None:
    """See from here on what this process opens of the data folder, by whatever way, where a batch wants to know."""
    if not getattr(sys, "_peel_watched", False):
        sys._peel_watched = True  # type: ignore[attr-defined]
        sys.addaudithook(_see)


def _see(event: str, given: tuple[Any, ...]) -> None:
    if event in LISTED:
        if not _behind and READS_IN in os.environ and isinstance(given[0], str | bytes | os.PathLike):
            path = os.fsdecode(given[0])
            folder = os.environ.get(VARIABLE)
            if folder and not path.endswith(CODE):
                by_name = os.path.abspath(path)  # noqa: PTH100 - a link may lead in, or out
                for place in {Path(by_name), Path(by_name).resolve()}:
                    if place.is_relative_to(folder):
                        note(Path(folder), place.relative_to(folder).as_posix())
    elif event in BY_ANOTHER_PROCESS and READS_IN in os.environ:
        note(Path(os.environ.get(VARIABLE, "")), WHOLE)
