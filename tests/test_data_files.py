"""Reading the files of a data folder: what a spreadsheet or an editor may have done to them, and misspelt settings."""

from pathlib import Path

import pytest
from peel_analysis.data.data_files import checked, settings_of, text_of

from peel_analysis.data.errors import InputError

WHERE = "data/invented.toml"
KINDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "decimals": int,
    "multiplier": float,
    "types": list,
    "shown": bool,
    "of": (str, list),
}
GIVEN = {"name": "x", "decimals": 1, "multiplier": 1000, "types": ["1"], "shown": True, "of": "y"}


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
    assert settings_of(path, WHERE) == {"name": "x"}
    path.write_text('name = "x"\nother =\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"^data/invented\.toml: not TOML: .*line 2.*; mend that line$"):
        settings_of(path, WHERE)


def test_settings_that_are_right_pass_and_an_optional_one_may_be_missing() -> None:
    assert checked(GIVEN, WHERE, KINDS) == GIVEN
    assert "of" not in checked({name: GIVEN[name] for name in list(GIVEN)[:-1]}, WHERE, KINDS, ["of"])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"type": ["1"]}, "there is no setting 'type'; did you mean types\\? The settings are name, decimals, "),
        ({"zz": 1}, "there is no setting 'zz'; the settings are name, decimals, "),
        ({"decimals": "one"}, "decimals is 'one'; write a whole number"),
        ({"decimals": 1.5}, r"decimals is 1\.5; write a whole number"),
        ({"decimals": True}, "decimals is True; write a whole number"),
        ({"multiplier": "1000"}, "multiplier is '1000'; write a number"),
        ({"shown": 1}, "shown is 1; write true or false"),
        ({"of": 1}, "of is 1; write text in quotes or a list in brackets"),
    ],
)
def test_a_setting_that_there_is_not_or_is_of_another_kind_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=rf"^data/invented\.toml: {message}"):
        checked(GIVEN | changed, WHERE, KINDS)


def test_a_setting_that_is_missing_is_refused() -> None:
    with pytest.raises(InputError, match=r"^data/invented\.toml: no setting 'decimals'; add it: a whole number$"):
        checked({name: value for name, value in GIVEN.items() if name != "decimals"}, WHERE, KINDS)
