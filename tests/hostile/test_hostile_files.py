"""Every format in every kind of file, changed in every way that is declared: right counts, or one clear refusal."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from zlib import crc32

import pytest
from changed_bytes import changed_bytes
from changed_cells import changed_cells
from changed_tables import AREAS, columns, headings, rows, sheets, texts
from extracts import Extract, Mutation, Right, extracts
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
SHARE = 80  # of the variants, one in so many is tried in each run of the tests
FEWEST = 250
KNOWN: dict[str, str] = {}  # what is still wrong, with why


def variants(file: str) -> Iterator[tuple[str, Callable[[], bytes], Right]]:
    """Yield the name, what makes the bytes and what is right of every variant of a format in a kind of file."""
    format_, kind = file.split(".")
    unchanged = extracts()[format_]
    for mutation in chain(changed_cells(), columns(), headings(), rows(), sheets(), texts()):
        if format_ in mutation.of and kind in mutation.files:
            right = mutation.right | ({TOLD} if format_ in AREAS and REFUSED in mutation.right else set())
            # of several tables the wrong one may be left, and told
            yield mutation.name, partial(written, kind, unchanged, mutation), right
    for name, content, right in changed_bytes(WRITERS[kind](unchanged), kind, Random(crc32(kind.encode()))):
        yield name, partial(bytes, content), right


def written(kind: str, unchanged: Extract, mutation: Mutation) -> bytes:
    """Return a changed extract as a file of a kind."""
    extract = unchanged.copy()
    mutation.change(extract, Random(crc32(mutation.name.encode())))
    return WRITERS[kind](extract)


def found_wrong(folder: DataFolder, path: Path, share: int, tried: int = 0) -> list[str]:
    """Return what is wrong with what is made of one in `share` of the variants of a file, but of one in `tried`."""
    format_, kind = path.name.split(".")
    path.write_bytes(WRITERS[kind](extracts()[format_]))
    unchanged, found = folder.add(path), []
    assert unchanged.code == 0, unchanged.err or unchanged.out
    for number, (name, make, right) in enumerate(variants(path.name)):
        place = number + crc32(path.name.encode())
        if (place % share or (tried and place % tried == 0)) and f"{path.name}, {name}" not in KNOWN:
            continue
        path.write_bytes(make())
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
def test_many_changes_of_each_file_are_tried(file: str, folder: DataFolder, tmp_path: Path) -> None:
    """Of recorded crime as CSV one in two, of the others one in ten, where a change of cells is read alike in each.

    Those of the test above are not tried again.
    """
    assert sum(1 for _ in variants(file)) >= FEWEST
    share = 2 if file == "crime.csv" else 10
    found = found_wrong(folder, tmp_path / file, share, tried=SHARE)
    assert not_known(found) == []
    assert [one for one in KNOWN if one.startswith(f"{file},") and f"\n{one}: " not in "\n" + "\n".join(found)] == []
