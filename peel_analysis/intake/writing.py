"""Files that belong together are written together: all beside their places first, and then each renamed into place."""

import os
from collections.abc import Mapping
from pathlib import Path


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write UTF-8 texts with plain line ends to their paths, making their folders.

    Whatever can go wrong in writing (no space, no right to write) leaves every old file as it was.
    """
    besides = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in texts}
    try:
        for path, beside in besides.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(texts[path], encoding="utf-8", newline="\n")
        for path, beside in besides.items():
            beside.replace(path)
    finally:
        for beside in besides.values():
            beside.unlink(missing_ok=True)
