"""data/published_files.toml: what it must say, and what is said of an entry that cannot be used."""

from pathlib import Path

import pytest
from invented import Folder, folder

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.intake.published import FORMAT_OF, build
from peel_analysis.sources.formats import FORMATS, TRANSCRIPTS


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def test_every_file_has_a_reader_and_every_format_its_words(data: Folder) -> None:
    listed = open_data(data.path).published_files
    assert {one.reader for one in listed.files} == {*FORMAT_OF, *TRANSCRIPTS}
    for one in FORMATS:
        assert all(listed.words_for(one.name).values())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[file]]", "[[file]", r"data/published_files.toml: not TOML: .*line \d+"),
        (
            'release = "2026-04"\n',
            "",
            r"file 'home_office/.*': no setting 'release'; add it: text",
        ),
        (
            'release = "2026-04"',
            'relese = "2026-04"',
            r"file 'home_.*': there is no setting 'relese'; did you mean rel",
        ),
        ('publisher = "the forces', 'from = "the forces', r'\[added."HMICFRS data return"\]: there is no setting '),
        (
            '["populations", "2024"]',
            '["populations", "2017"]',
            r"ons/.* and facts/.* both give populations of 2017",
        ),
    ],
)
def test_an_entry_that_cannot_be_used(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("published_files.toml", old, new)
    with pytest.raises(InputError, match=message):
        _ = open_data(data.path).published_files


def test_a_setting_that_there_is_not_is_named(data: Folder) -> None:
    data.replace("published_files.toml", 'licence = "as the London', 'terms = "none"\nlicence = "as the London')
    with pytest.raises(InputError, match=r"denominators.csv': there is no setting 'terms'; .* file, reader"):
        _ = open_data(data.path).published_files


def test_a_reader_that_there_is_not_is_named(data: Folder, tmp_path: Path) -> None:
    data.replace("published_files.toml", 'reader = "recorded crime"', 'reader = "crimes"')
    with pytest.raises(InputError, match=r"prc-pfa-.*: no reader 'crimes'; use one of recorded crime, outcomes"):
        build(tmp_path, open_data(data.path))


def test_a_format_without_words(data: Folder) -> None:
    data.replace("published_files.toml", '[added."HMICFRS data return"]', '[added."other"]')
    with pytest.raises(InputError, match=r'no words for a HMICFRS data return; add \[added."HMICFRS'):
        open_data(data.path).published_files.words_for("HMICFRS data return")


def test_a_folder_without_the_file(data: Folder) -> None:
    (data.path / "published_files.toml").unlink()
    with pytest.raises(InputError, match=r"data/published_files.toml: the file is missing from .*; copy the project's"):
        _ = open_data(data.path).published_files
