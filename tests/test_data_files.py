"""Reading the files of a data folder: what a spreadsheet or an editor may have done to them, and misspelt settings."""

import re
import shutil
from pathlib import Path

import pytest
from pydantic import Field

from peel_analysis.data.declarations import Declaration, Texts, declared
from peel_analysis.data.errors import InputError, in_one_line
from peel_analysis.data.files import text_of, toml_of, wrong_name
from peel_analysis.data.folder import Data, open_data

DATA = Path(__file__).resolve().parents[1] / "data"
WHERE = "data/invented.toml"
NAMES_OF_NO_FILE = [
    *("", " ", ".", "..", "...", "../2017", "a/b", "/a", "a\\b", "C:a", "-a", "--out", ".a", "a.", "a ", " a", "a..b"),
    *("a\nb", "a\0b", "a\tb", "2017\n", "w\u0175", "\u202ea", "a" * 81),
    *("con", "NUL", "aux.txt", "com1", "lpt9"),
    *("<b>", "{force}", "$(id)", "%run", "a'b", '"', "a;b", "a*", "~"),
]
GIVEN = {"name": "x", "decimals": 1, "multiplier": 1000, "types": ["1"], "shown": True, "of": {"year": 2017}}


class Inner(Declaration):
    year: int


class Invented(Declaration):
    name: str
    decimals: int = Field(ge=0)
    multiplier: float
    types: Texts
    shown: bool
    of: Inner | None = None


@pytest.mark.parametrize("found", [b"a\nb\n", b"\xef\xbb\xbfa\nb\n", b"a\r\nb\r\n"])
def test_marks_and_line_ends_of_other_programs_are_no_matter(found: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(found)
    assert text_of(path, "data/x.csv") == "a\nb\n"


@pytest.mark.parametrize(("encoding", "line"), [("cp1252", 2), ("utf-16", 1)])
def test_another_encoding_is_refused_with_its_line(encoding: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("a\nDyfed\u2013Powys\n".encode(encoding))
    with pytest.raises(
        InputError, match=rf"^data/x\.csv, line {line}: the byte 0x\w\w is not UTF-8; save the file as "
    ):
        text_of(path, "data/x.csv")


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^data/x\.csv: the file is missing from .*; copy the project's own$"):
        text_of(tmp_path / "x.csv", "data/x.csv")
    with pytest.raises(InputError, match=r"^data/x\.csv: .* cannot be read \(Is a directory\); give a file that can$"):
        text_of(tmp_path, "data/x.csv")


def test_settings_after_a_byte_order_mark_are_read_and_a_syntax_error_is_told(tmp_path: Path) -> None:
    path = tmp_path / "invented.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "x"\n')
    assert toml_of(path, WHERE) == {"name": "x"}
    path.write_text('name = "x"\nother =\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"^data/invented\.toml: not TOML: .*line 2.*; mend that line$"):
        toml_of(path, WHERE)


def test_settings_that_are_right_pass_and_an_optional_one_may_be_missing() -> None:
    made = declared(Invented, GIVEN, WHERE)
    assert (made.types, made.multiplier, made.of) == (("1",), 1000.0, Inner(year=2017))
    assert declared(Invented, {name: GIVEN[name] for name in list(GIVEN)[:-1]}, WHERE).of is None


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        ({"type": ["1"]}, ("no setting 'type'", "did you mean types?", "name, decimals, ")),
        ({"zz": 1}, ("no setting 'zz'", "the settings are name, decimals, ")),
        ({"decimals": "one"}, ("decimals is 'one'", "a whole number")),
        ({"decimals": 1.5}, ("decimals is 1.5", "a whole number")),
        ({"decimals": True}, ("decimals is True", "a whole number")),
        ({"decimals": -1}, ("decimals is -1", "0 or more")),
        ({"multiplier": "1000"}, ("multiplier is '1000'", "a number")),
        ({"types": "1"}, ("types is '1'", "a list")),
        ({"types": ["1", 2]}, ("types holds 2", "a list of texts in quotes")),
        ({"shown": 1}, ("shown is 1", "true or false")),
        ({"of": 1}, ("of is 1", "settings in braces or under a heading")),
        ({"of": {"year": 2017, "yaer": 1}}, (", of: ", "no setting 'yaer'", "did you mean year?")),
        ({"of": {"year": "2017"}}, (", of: ", "year is '2017'", "a whole number")),
    ],
)
def test_a_setting_that_there_is_not_or_is_of_another_kind_is_refused(
    changed: dict[str, object], parts: tuple[str, ...]
) -> None:
    with pytest.raises(InputError, match=r"^data/invented\.toml") as refused:
        declared(Invented, GIVEN | changed, WHERE)
    assert [part for part in parts if part not in str(refused.value)] == []


def test_a_setting_that_is_missing_is_refused() -> None:
    with pytest.raises(InputError, match=r"^data/invented\.toml: no setting 'decimals'; add it: a whole number$"):
        declared(Invented, {name: value for name, value in GIVEN.items() if name != "decimals"}, WHERE)


@pytest.mark.parametrize("name", NAMES_OF_NO_FILE)
def test_a_name_that_leaves_its_folder_or_that_some_system_lacks_is_refused(name: str) -> None:
    wrong = wrong_name(name)
    assert re.search(r"; write (letters of a to z|80 at most|another)", wrong)
    assert wrong.isprintable()


@pytest.mark.parametrize("name", ["2017", "2026-04", "a.b", "v1.2", "norfolk", "crime_per_1000", "a--b", "a" * 80])
def test_a_name_of_letters_digits_and_marks_between_them_passes(name: str) -> None:
    assert wrong_name(name) == ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", ["...toml", ".._2017.toml", "a b.toml", "-x.toml", "a\nb.toml"])
def test_an_edition_whose_file_has_no_name_is_refused(name: str, folder: Path) -> None:
    shutil.copy(folder / "editions" / "2017.toml", folder / "editions" / name)
    with pytest.raises(InputError) as refused:
        _ = open_data(folder).editions
    told = f"data/editions/{in_one_line(name)}: {name.removesuffix('.toml')!r} cannot name a file; "
    assert str(refused.value).startswith(told)
    assert str(refused.value).endswith("; rename it, or take it out of the data folder")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("forces.csv", "norfolk,", "../norfolk,", r"^data/forces\.csv, line \d+: force_id '\.\./norfolk' cannot"),
        ("populations.csv", ",2017\n", ",2017/x\n", r"^data/populations\.csv, line \d+: vintage '2017/x' cannot name"),
        (
            "measures.toml",
            '"calls_per_1000"',
            '"../calls"',
            r"^data/measures\.toml, measure '\.\./calls': id.* '\.\./c",
        ),
        ("measures.toml", '["calls"]', '["a/b"]', r"^data/measures\.toml, measure 'calls_per_1000'.*'a/b' cannot"),
        ("sections.toml", '"preventing"', '"../x"', r"^data/sections\.toml, section '\.\./x': id '\.\./x' cannot"),
        ("editions/2017.toml", 'id = "2017"', 'id = ".."', r"^data/editions/2017\.toml.*'\.\.' cannot name a file"),
        ("editions/2017.toml", '= "2026-04"', '= "../x"', r"^data/editions/2017\.toml, .*recorded_crime.*'\.\./x' can"),
    ],
)
def test_an_id_that_cannot_name_a_file_is_refused_where_it_is_read(
    file: str, old: str, new: str, told: str, folder: Path
) -> None:
    replace_in(folder / file, old, new)
    data = Data(folder)
    with pytest.raises(InputError, match=told):
        _ = (data.forces, data.populations, data.measures, data.sections, data.edition("2017"))


@pytest.mark.parametrize("name", ["recorded_crime/a b.csv", "a b/2026-04.csv"])
def test_a_table_whose_file_or_folder_has_no_name_is_refused(name: str, folder: Path) -> None:
    path = folder / "counts" / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    with pytest.raises(InputError, match=r"^data/counts/.*: 'a b' cannot name a file; .*; rename it, or take it out"):
        _ = Data(folder).tables
