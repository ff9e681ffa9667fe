"""What inspectors found: Markdown in `data/findings/<edition>/<force>.md`, by section and sub-heading."""

import re
from collections.abc import Mapping
from pathlib import Path

from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import text_of

Parts = Mapping[tuple[str, str], str]  # the text by the titles of section and sub-heading


def has_findings(edition: Edition, force_id: str) -> bool:
    """Return whether the edition has a file of findings for the force."""
    return edition.data.has(_file(edition, force_id))


def findings(edition: Edition, force_id: str, section_title: str, heading: str = "") -> str:
    """Return the Markdown under a section's sub-heading (or before its first one), or "" when there is none.

    Notes of the section are cited as [^4]. Raises InputError for a file that is not UTF-8, or whose sub-headings come
    before any section heading.
    """
    return _parts(edition, force_id).get((section_title, heading), "")


def cited(edition: Edition, force_id: str, section_title: str) -> list[int]:
    """Return the numbers of the footnotes that a section's findings cite, in order."""
    parts = _parts(edition, force_id)
    text = "\n".join(words for (title, _), words in parts.items() if title == section_title)
    return sorted({int(number) for number in re.findall(r"\[\^(\d+)\]", text)})


def check_findings(edition: Edition) -> None:
    """Read all findings of the edition. Raises InputError as `findings` does, and for a file that is of no force."""
    for path in sorted(edition.data.path(f"findings/{edition.id}").glob("*.md")):
        if path.stem not in edition.forces.ids:
            where = f"data/{_file(edition, path.stem)}"
            raise InputError(f"{where}: no force '{path.stem}'; name the file after an id of data/forces.csv")
        _parts(edition, path.stem)


def _file(edition: Edition, force_id: str) -> str:
    return f"findings/{edition.id}/{force_id}.md"


def _parts(edition: Edition, force_id: str) -> Parts:
    file = _file(edition, force_id)
    if not edition.data.has(file):
        return {}
    return edition.data.cached(file, lambda: _split(edition.data.path(file), f"data/{file}"))


def _split(path: Path, where: str) -> Parts:
    """Split the file at its headings."""
    parts: dict[tuple[str, str], list[str]] = {}
    section = heading = ""
    for number, line in enumerate(text_of(path, where).splitlines(), start=1):
        if line.startswith("## "):
            section, heading = line[3:].strip(), ""
        elif line.startswith("### "):
            if not section:
                raise InputError(f"{where}, line {number}: a ### heading before any ## heading; put it under one")
            heading = line[4:].strip()
        elif not line.startswith("# "):
            parts.setdefault((section, heading), []).append(line)
    return {key: "\n".join(lines).strip() for key, lines in parts.items()}
