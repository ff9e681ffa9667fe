"""The seal of an output: the content key of what it was made from, and a checksum of the output itself.

Both stand in the output: a notebook's metadata, a page's head. A file that was emptied, cut short or edited is told
from a whole one wherever it is copied to, without a second file that could be lost or disagree. All outputs of 43
forces are about 100 MB: reading and hashing them takes a fraction of a second.
"""

import hashlib
import re
from pathlib import Path
from typing import Any

BLANK = "0" * 64  # stands in the place of the checksum while it is worked out
HASH = rb'([0-9a-f]{64})"'
KEY_IN_NOTEBOOK = re.compile(rb'"peel_key": "' + HASH)
CHECKSUM_IN_NOTEBOOK = re.compile(rb'"peel_checksum": "' + HASH)
KEY_IN_PAGE = re.compile(rb'<meta name="peel-key" content="' + HASH)
CHECKSUM_IN_PAGE = re.compile(rb'<meta name="peel-checksum" content="' + HASH)
VALUES_IN_PAGE = re.compile(rb'<meta name="peel-values" content="' + HASH)
END = 4096  # bytes; nbformat sorts keys, so a notebook's metadata stand at its end, and a page's at its beginning


def digest(content: bytes) -> str:
    """Return the checksum of a file's content."""
    return hashlib.sha256(content).hexdigest()


def blank_notebook_seal(key: str) -> dict[str, Any]:
    """Return the metadata that a notebook with this key has before it is sealed."""
    return {"peel_checksum": BLANK, "peel_key": key}


def sealed_notebook(text: str) -> str:
    """Return the text of a notebook file, whose metadata have the blank seal, with its checksum."""
    head, tail = text[:-END], text[-END:]
    return head + tail.replace(f'"peel_checksum": "{BLANK}"', f'"peel_checksum": "{digest(text.encode())}"', 1)


def sealed_page(html: str, key: str, values: str) -> str:
    """Return a page that carries its key with its checksum, and with that of the values file beside it."""
    mark = f'<meta name="peel-key" content="{key}">\n'
    values_mark = f'<meta name="peel-values" content="{digest(values.encode())}">\n'
    head, tail = html[:END], html[END:]
    head = head.replace(mark, f'{mark}<meta name="peel-checksum" content="{BLANK}">\n{values_mark}', 1)
    return head.replace(BLANK, digest((head + tail).encode()), 1) + tail


def key_of_notebook(path: Path) -> str:
    """Return the content key in an executed notebook, or "" when there is none, it is damaged or cannot be read."""
    try:
        content = path.read_bytes()
    except OSError:  # it is to be made, and making it says what is in the way
        return ""
    start = max(0, len(content) - END)
    key, checksum = (pattern.search(content, start) for pattern in (KEY_IN_NOTEBOOK, CHECKSUM_IN_NOTEBOOK))
    return key[1].decode() if key and checksum and _is_whole(content, checksum) else ""


def key_of_page(page: Path, values: Path) -> str:
    """Return the content key in a page, or "" when it or the values file is missing, damaged or cannot be read."""
    try:
        content, listed = page.read_bytes(), values.read_bytes()
    except OSError:  # as above
        return ""
    patterns = (KEY_IN_PAGE, CHECKSUM_IN_PAGE, VALUES_IN_PAGE)
    key, checksum, of_values = (pattern.search(content, 0, END) for pattern in patterns)
    if not (key and checksum and of_values):
        return ""
    whole = _is_whole(content, checksum) and of_values[1].decode() == digest(listed)
    return key[1].decode() if whole else ""


def _is_whole(content: bytes, checksum: re.Match[bytes]) -> bool:
    blanked = content[: checksum.start(1)] + BLANK.encode() + content[checksum.end(1) :]
    return checksum[1].decode() == digest(blanked)
