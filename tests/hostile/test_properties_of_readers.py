"""What holds of every reader, whatever the file: order says nothing, a foreign column is none, a part is no whole."""

from pathlib import Path

import pytest
from conftest import later
from extracts import FORMATS, LEFT, Extract, extracts
from files import WRITERS
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import REFUSED, SAME, TOLD, DataFolder
from workbooks import read_file

from peel_analysis.data.errors import InputError

EXAMPLES = settings(max_examples=10, derandomize=True, deadline=None)
NUMBERS = ("{}", "{:,}", " {} ", "{} [r]", "{:,} [p]", "{:,} ")  # ways in which publishers write a number
HEADINGS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20)
KIND = {"areas": "ods", "workforce": "xlsx"}  # of file; the others are tried as CSV


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The project's data folder, copied."""
    return DataFolder(tmp_path_factory.mktemp("properties"))


def written(extract: Extract, folder: Path) -> Path:
    kind = KIND.get(extract.format, "csv")
    path = folder / f"{extract.format}.{kind}"
    path.write_bytes(WRITERS[kind](extract))
    return path


def counts(extract: Extract, folder: DataFolder) -> list[tuple[object, ...]]:
    """Return the counts that are read of an extract, in order; none where it is refused."""
    try:
        rows = read_file(written(extract, folder.folder.parent)).counts.astype(str)
    except InputError:
        return []
    return sorted(rows.itertuples(index=False, name=None))


@pytest.mark.parametrize("format_", ["crime", *later("outcomes", "return", "areas")])
def test_the_order_of_rows_columns_and_sheets_says_nothing(format_: str, folder: DataFolder) -> None:
    unchanged = counts(extracts()[format_], folder)

    @EXAMPLES
    @given(st.randoms(use_true_random=False))
    def check(random: object) -> None:
        extract = extracts()[format_].copy()
        extract.sheets.sort(key=lambda _: random.random())  # type: ignore[attr-defined]
        rows = [extract.rows[at] for at in extract.table]
        random.shuffle(rows)  # type: ignore[attr-defined]
        extract.rows[extract.table.start : extract.table.stop] = rows
        if format_ != "areas":
            order = list(range(len(extract.rows[extract.heading])))
            random.shuffle(order)  # type: ignore[attr-defined]
            extract.rows[:] = [[row[at] for at in order] for row in extract.rows]
        assert counts(extract, folder) == unchanged

    check()


@pytest.mark.parametrize("format_", [FORMATS[0], *later(*FORMATS[1:])])
def test_a_foreign_column_changes_no_count_or_is_refused(format_: str, folder: DataFolder) -> None:
    unchanged = counts(extracts()[format_], folder)

    @EXAMPLES
    @given(HEADINGS, st.one_of(st.integers(0, 9999), st.text("abc ,.", max_size=5), st.none()), st.integers(0, 9))
    def check(heading: str, value: object, place: int) -> None:
        extract = extracts()[format_].copy()
        at = max(min(place, len(extract.rows[extract.heading])), LEFT.get(format_, 0))
        for number in range(extract.top, extract.table.stop):
            extract.rows[number].insert(at, heading if number == extract.heading else value)
        assert counts(extract, folder) in ([], unchanged), heading

    check()


@pytest.mark.parametrize("format_", ["crime", *later("outcomes", "areas", "workforce")])
def test_a_part_of_the_rows_is_refused_or_said(format_: str, folder: DataFolder) -> None:
    path = written(extracts()[format_], folder.folder.parent)
    unchanged, size = folder.add(path), len(extracts()[format_].table)

    @settings(EXAMPLES, max_examples=4)
    @given(st.sets(st.integers(0, size - 1), min_size=1, max_size=size))
    def check(gone: set[int]) -> None:
        extract = extracts()[format_].copy()
        start = extract.table.start
        extract.rows[:] = [row for at, row in enumerate(extract.rows) if at - start not in gone]
        judged = folder.judge(folder.add(written(extract, folder.folder.parent)), unchanged, path.name)
        counted = {id(row) for row in extracts()[format_].forces_rows()}
        rows = extracts()[format_].rows
        right = {REFUSED, TOLD} if any(id(rows[start + at]) in counted for at in gone) else {REFUSED, TOLD, SAME}
        assert judged in right, gone

    check()


@pytest.mark.parametrize("format_", [FORMATS[0], *later(*FORMATS[1:])])
def test_a_number_is_itself_in_every_way_to_write_it(format_: str, folder: DataFolder) -> None:
    unchanged = counts(extracts()[format_], folder)
    ways = NUMBERS if format_ != "return" else NUMBERS[:3]

    @EXAMPLES
    @given(st.sampled_from(ways), st.integers(0, 10_000))
    def check(way: str, chosen: int) -> None:
        extract = extracts()[format_].copy()
        rows, column = extract.forces_rows(), extract.columns["count"]
        row = rows[chosen % len(rows)]
        if isinstance(number := row[column], int | float):
            row[column] = way.format(int(number) if float(number).is_integer() else number)
            assert counts(extract, folder) == unchanged, row

    check()
