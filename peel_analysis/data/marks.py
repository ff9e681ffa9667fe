"""The marks that an output carries: the content key of what it was made from, and a checksum.

Both stand in the output itself: a notebook's metadata, a page's head. By the checksum, a file that was emptied, cut
short or edited is told from a whole one wherever it is copied to, without a second file that could be lost or disagree.
All outputs of 43 forces are under 100 MB: hashing them takes a fraction of a second.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from peel_analysis.data.writing import checksum

BLANK = "0" * 64  # stands in the place of the checksum while it is worked out
NOTEBOOK_MARKS = re.compile(
    rb'"peel_checksum":\s*"(?P<checksum>[0-9a-f]{64})",\s*"peel_key":\s*"(?P<key>[0-9a-f]{64})"'
)
PAGE_MARKS = re.compile(
    rb"(?P<key>[0-9a-f]{64}) (?P<checksum>[0-9a-f]{64}) (?P<beside>[0-9a-f]{64})(?P<names>(?: [\w./-]+)*)"
)
END = 4096  # bytes; nbformat sorts keys, so a notebook's metadata stand at its end
BEGINNING = 1 << 15  # bytes; a page's marks stand in its head, with the names of all files that are made with it


def digest(parts: Iterable[str]) -> str:
    """Return the content key of some texts in their order."""
    return checksum("\n".join(parts).encode())


def checked_notebook(notebook: dict[str, Any], key: str) -> str:
    """Return the text of a notebook file with its key and its checksum in its marks, which stand at its end.

    It is written without white space, which would be a tenth of it.
    """
    notebook["metadata"] |= {"peel_checksum": BLANK, "peel_key": key}
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
    content = content_of(path)
    return _whole_key(content, NOTEBOOK_MARKS.search(content, max(0, len(content) - END)))


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
