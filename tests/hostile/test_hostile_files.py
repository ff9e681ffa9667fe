"""Every format in every kind of file, changed in every way that is declared: right counts, or one clear refusal."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import chain
from pathlib import Path
from random import Random
from zlib import crc32

import pytest
from changed_bytes import changed_bytes
from changed_cells import changed_cells
from changed_tables import AREAS, columns, headings, rows, sheets, texts
from extracts import Right, extracts
from files import WRITERS
from judge import REFUSED, TOLD, DataFolder

KINDS = {
    "crime": ("csv", "xlsx", "ods", "parquet"),
    "outcomes": ("csv", "xlsx"),
    "areas": ("xlsx", "ods"),
    "workforce": ("ods", "xlsx"),
    "return": ("csv", "xlsx"),
}
FILES = [f"{format_}.{kind}" for format_, kinds in KINDS.items() for kind in kinds]
SHARE = 40  # of the variants, one in so many is tried in each run of the tests
FEWEST = 250
KNOWN: dict[str, str] = {}  # what is still wrong, with why


def variants(file: str) -> Iterator[tuple[str, bytes, Right]]:
    """Yield the name, the bytes and what is right of every variant of a format in a kind of file."""
    format_, kind = file.split(".")
    unchanged = extracts()[format_]
    for mutation in chain(changed_cells(), columns(), headings(), rows(), sheets(), texts()):
        if format_ in mutation.of and kind in mutation.files:
            extract = deepcopy(unchanged)
            mutation.change(extract, Random(crc32(mutation.name.encode())))
            right = mutation.right | ({TOLD} if format_ in AREAS and REFUSED in mutation.right else set())
            yield mutation.name, WRITERS[kind](extract), right  # of several tables the wrong one may be left, and told
    yield from changed_bytes(WRITERS[kind](unchanged), kind, Random(crc32(kind.encode())))


def found_wrong(folder: DataFolder, path: Path, share: int = 1) -> list[str]:
    """Return what is wrong with what is made of the variants of a file, or of one in `share`."""
    format_, kind = path.name.split(".")
    path.write_bytes(WRITERS[kind](extracts()[format_]))
    unchanged, found = folder.add(path), []
    assert unchanged.code == 0, unchanged.err or unchanged.out
    for number, (name, content, right) in enumerate(variants(path.name)):
        if (number + crc32(path.name.encode())) % share and f"{path.name}, {name}" not in KNOWN:
            continue
        path.write_bytes(content)
        if (judged := folder.judge(folder.add(path), unchanged, path.name)) not in right:
            found.append(f"{path.name}, {name}: {judged}; right is {' or '.join(sorted(right))}")
    return found


def not_known(found: list[str]) -> list[str]:
    return [one for one in found if one.partition(": ")[0] not in KNOWN]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The project's data folder, copied."""
    return DataFolder(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("file", FILES)
def test_a_changed_file_gives_the_same_counts_or_a_refusal(file: str, folder: DataFolder, tmp_path: Path) -> None:
    assert not_known(found_wrong(folder, tmp_path / file, SHARE)) == []


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_every_changed_file_does_and_every_second_where_a_format_has_two_kinds(
    file: str, folder: DataFolder, tmp_path: Path
) -> None:
    assert sum(1 for _ in variants(file)) >= FEWEST
    found = found_wrong(folder, tmp_path / file, 1 if file.startswith("crime.") else 2)
    assert not_known(found) == []
    assert [one for one in KNOWN if one.startswith(f"{file},") and f"\n{one}: " not in "\n" + "\n".join(found)] == []
