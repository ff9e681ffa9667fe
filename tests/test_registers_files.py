"""Files beside the counts as people save them: other encodings, renamed columns, quotation marks. Contents invented."""

from collections.abc import Callable, Sized
from pathlib import Path

import pytest
from invented import Folder, folder

from peel_analysis.checks.rules import TablesHeld
from peel_analysis.data import registers
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.intake.registers import read_populations as populations_to_add_to
from peel_analysis.intake.registers import read_provenance
from peel_analysis.measures import provenance

FINDINGS = "findings/2017/norfolk.md"
READ: dict[str, Callable[[Folder], Sized]] = {
    "forces.csv": lambda data: open_data(data.path).forces.all,
    "populations.csv": lambda data: open_data(data.path).populations,
    "exclusions.csv": lambda data: open_data(data.path).register(registers.EXCLUSIONS),
    "provenance.csv": lambda data: read_provenance(open_data(data.path)),
    "printed_totals.csv": lambda data: TablesHeld(open_data(data.path)).printed(),
    FINDINGS: lambda data: open_data(data.path).edition("2017").findings("norfolk")["Preventing crime", ""],
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    made = folder(tmp_path, monkeypatch)
    made.write(FINDINGS, "## Preventing crime\n\nInvented.\n")
    return made


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_another_encoding_is_told_with_its_line(data: Folder, name: str, encoding: str) -> None:
    text = data.read(name)
    end = "caf\u00e9".encode(encoding) if encoding == "cp1252" else b""
    (data.path / name).write_bytes(text.encode(encoding if not end else "utf-8") + end)
    line = text.count("\n") + 1 if end else 1
    with pytest.raises(
        InputError, match=rf"^data/{name}, line {line}: the byte 0x.. is not UTF-8; save the file as UTF-8"
    ):
        READ[name](data)


@pytest.mark.parametrize("name", READ)
def test_a_byte_order_mark_is_no_part_of_the_file(data: Folder, name: str) -> None:
    (data.path / name).write_text(data.read(name), encoding="utf-8-sig")
    assert len(READ[name](data)) > 0


@pytest.mark.parametrize("name", ["forces.csv", "populations.csv", "exclusions.csv"])
def test_a_file_that_is_missing_is_told(data: Folder, name: str) -> None:
    (data.path / name).unlink()
    with pytest.raises(InputError, match=rf"^data/{name}: the file is missing from .*; copy the project's own$"):
        READ[name](data)


@pytest.mark.parametrize("name", [name for name in READ if name.endswith(".csv")])
def test_a_cell_too_few_and_a_mark_that_is_not_closed_are_told_with_their_line(data: Folder, name: str) -> None:
    text = data.read(name)
    lines = text.count("\n")
    data.write(name, text + "norfolk\n")
    with pytest.raises(InputError, match=rf"^data/{name}, line {lines + 1}: 1 cell for \d+ columns; put a comma for"):
        READ[name](data)
    data.write(name, text + '\n"norfolk\n\n')
    with pytest.raises(
        InputError, match=rf"^data/{name}, line {lines + 2}: the quotation marks of the row that starts"
    ):
        READ[name](data)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",sha256", ",sha", "line 1: no column sha256 .*sha.*the columns are table, release"),
        ('"Police force', '"Police "force', "line 2: the quotation marks of the row that starts here do not pair"),
    ],
)
def test_provenance_that_cannot_be_read_gives_no_empty_hashes(data: Folder, old: str, new: str, message: str) -> None:
    data.write("provenance.csv", data.read("provenance.csv").replace(old, new, 1))
    result = data.result("calls_per_1000")
    with pytest.raises(InputError, match=f"^data/provenance.csv, {message}"):
        provenance.columns_of(result)


@pytest.mark.parametrize("name", [name for name in READ if name.endswith(".csv")])
def test_a_heading_that_stands_twice_is_told(data: Folder, name: str) -> None:
    text = data.read(name)
    data.write(name, text + text.partition("\n")[0] + "\n")
    with pytest.raises(InputError, match=rf"^data/{name}, line \d+: repeats the heading; take that line out$"):
        READ[name](data)


@pytest.mark.parametrize("number", ["many", "12.5", "0", "9" * 23])
def test_a_population_that_cannot_be_used_is_told_wherever_it_is_read(data: Folder, number: str) -> None:
    data.replace("populations.csv", "norfolk,2016,892870,2017", f"norfolk,2016,{number},2017")
    for read in (lambda held: held.populations, populations_to_add_to):
        with pytest.raises(
            InputError, match=rf"^data/populations.csv, line \d+: .*above zero; found 'norfolk' and '{number}'"
        ):
            read(open_data(data.path))
