"""What inspectors found: Markdown in `data/findings/<edition>/<force>.md`, by section and sub-heading."""

import re
from functools import cache
from pathlib import Path

from peel_analysis.data import forces
from peel_analysis.data.data_files import text_of
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError


def has_findings(edition: Edition, force_id: str) -> bool:
    """Return whether the edition has a file of findings for the force."""
    return _path(edition, force_id).exists()


def findings(edition: Edition, force_id: str, section_title: str, heading: str = "") -> str:
    """Return the Markdown under a section's sub-heading (or before its first one), or "" when there is none.

    Notes of the section are cited as [^4]. Raises InputError for a file that is not UTF-8, or whose sub-headings come
    before any section heading.
    """
    path = _path(edition, force_id)
    if not path.exists():
        return ""
    return _parts(path, path.stat().st_mtime_ns).get((section_title, heading), "")


def cited(edition: Edition, force_id: str, section_title: str) -> list[int]:
    """Return the numbers of the footnotes that a section's findings cite, in order."""
    path = _path(edition, force_id)
    if not path.exists():
        return []
    parts = _parts(path, path.stat().st_mtime_ns)
    text = "\n".join(words for (title, _), words in parts.items() if title == section_title)
    return sorted({int(number) for number in re.findall(r"\[\^(\d+)\]", text)})


def check_findings(edition: Edition) -> None:
    """Read all findings of the edition. Raises InputError as `findings` does, and for a file that is of no force."""
    for path in sorted((edition.folder / "findings" / edition.id).glob("*.md")):
        if path.stem not in forces.ids():
            raise InputError(f"{_where(path)}: no force '{path.stem}'; name the file after an id of data/forces.csv")
        _parts(path, path.stat().st_mtime_ns)


def _path(edition: Edition, force_id: str) -> Path:
    return edition.folder / "findings" / edition.id / f"{force_id}.md"


def _where(path: Path) -> str:
    return f"data/findings/{path.parent.name}/{path.name}"


@cache
def _parts(path: Path, changed: int) -> dict[tuple[str, str], str]:
    """Split the file at its headings; `changed` is in the key so that an edit is seen."""
    del changed
    parts: dict[tuple[str, str], list[str]] = {}
    section = heading = ""
    for number, line in enumerate(text_of(path, _where(path)).splitlines(), start=1):
        if line.startswith("## "):
            section, heading = line[3:].strip(), ""
        elif line.startswith("### "):
            if not section:
                raise InputError(
                    f"{_where(path)}, line {number}: a ### heading before any ## heading; put it under one"
                )
            heading = line[4:].strip()
        elif not line.startswith("# "):
            parts.setdefault((section, heading), []).append(line)
    return {key: "\n".join(lines).strip() for key, lines in parts.items()}
