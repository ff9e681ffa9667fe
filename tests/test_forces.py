"""The 43 forces and the names that people and files give them."""

from pathlib import Path

import pytest
from invented import DATA, Folder, folder

from peel_analysis.data import forces
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data

NAMES = {
    "norfolk": ("norfolk", "Norfolk", "NORFOLK", " Norfolk Constabulary ", "norfolk police"),
    "devon-and-cornwall": ("Devon & Cornwall", "Devon and Cornwall Police", "devon-and-cornwall", "Devon&Cornwall"),
    "avon-and-somerset": (
        "Avon & Somerset",
        "Avon and Somerset Constabulary",
        "Avon\u00a0&\u00a0Somerset",
        "avon_and_somerset",
    ),
    "metropolitan": (
        "Metropolitan Police",
        "Metropolitan Police Service",
        "metropolitan",
        "The Met",
        "MPS",
        "Met Police",
    ),
    "city-of-london": (
        "London, City of",
        "City of London",
        "City of London Police",
        "\u2018City of London\u2019",
        "CoLP",
    ),
    "cleveland": ("Cleveland Police", "Cleveland  Police Force"),
    "dyfed-powys": ("Dyfed-Powys", "Dyfed Powys", "dyfed powys police", "Heddlu Dyfed\u2013Powys", "Dyfed\u2011Powys"),
    "greater-manchester": ("GMP", "Greater Manchester Police"),
    "gwent": ("Heddlu Gwent", "G\u0175ent", "Gwent Police"),
    "hampshire": (
        "Hampshire and Isle of Wight Constabulary",
        "Hampshire & Isle of Wight",
        "Hampshire and the Isle of Wight Constabulary",
        "Hampshire Constabulary",
    ),
    "north-wales": ("Heddlu Gogledd Cymru", "North Wales Police"),
    "south-wales": ("Heddlu De Cymru", "South Wales"),
    "sussex": ("Sussex Police", "Sussex Constabulary", "Sussex Police Force Area"),
    "west-mercia": ("West Mercia Constabulary", "West Mercia Police"),
    "west-midlands": ("West Midlands", "West Midlands Police"),
}


def test_there_are_43_in_alphabetical_order_and_each_is_told_apart() -> None:
    ids = open_data().forces.ids
    assert len(ids) == forces.NUMBER_OF_FORCES == 43
    assert list(ids) == sorted(set(ids))
    for field in ("official_name", "name", "ons_code"):
        assert len({getattr(force, field) for force in open_data().forces.all}) == 43
    assert forces.ENGLAND_AND_WALES not in ids


@pytest.mark.parametrize(("force_id", "name"), [(one, name) for one, names in NAMES.items() for name in names])
def test_a_name_is_forgiven_its_case_its_ending_and_its_ampersand(force_id: str, name: str) -> None:
    assert open_data().forces.find(name).id == force_id


def test_every_id_name_official_name_and_alias_finds_its_own_force() -> None:
    for force in open_data().forces.all:
        for name in force.called:
            assert open_data().forces.find(name) == force, name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("norfok", "Norfolk"),
        ("Metropolitain", "Metropolitan"),
        ("West Yorkshir", "West Yorkshire"),
        ("Surey", "Surrey"),
        ("Manchester", "Greater Manchester"),
        ("Durham and Darlington", "Durham"),
        ("Warwickshire and West Mercia", "Warwickshire or West Mercia"),
        ("Yorkshire Police", "West Yorkshire or South Yorkshire or North Yorkshire"),
        ("London", "City of London or Metropolitan"),
        ("Wales", "North Wales or South Wales"),
    ],
)
def test_a_typing_error_gets_the_close_matches(typed: str, meant: str) -> None:
    with pytest.raises(forces.UnknownForceError) as refused:
        open_data().forces.find(typed)
    assert str(refused.value).startswith(f"No force called '{typed}'; did you mean ")
    assert meant in str(refused.value)


@pytest.mark.parametrize("typed", ["", "xyzzy", "England and Wales", "British Transport Police"])
def test_what_is_no_force_is_refused(typed: str) -> None:
    with pytest.raises(forces.UnknownForceError, match=f"No force called '{typed}'; "):
        open_data().forces.find(typed)


def test_a_name_like_none_points_to_the_list() -> None:
    with pytest.raises(InputError, match="see the 43 names with: peel forces"):
        open_data().forces.find("qqqq")


@pytest.mark.parametrize("words", ["England and Wales", "england-and-wales", "ENGLAND & WALES"])
def test_england_and_wales_is_told_by_its_name(words: str) -> None:
    assert open_data().forces.find_id(words) == forces.ENGLAND_AND_WALES


def test_names_in_a_sentence() -> None:
    assert open_data().forces.in_words(["dorset"]) == "Dorset"
    assert open_data().forces.in_words(["dorset", "essex"]) == "Dorset and Essex"
    assert open_data().forces.in_words(iter(["dorset", "essex", "suffolk"])) == "Dorset, Essex and Suffolk"
    assert open_data().forces.in_words([]) == ""
    assert open_data().forces.name(forces.ENGLAND_AND_WALES) == "England and Wales"


def test_welsh_forces_are_four_and_london_s_are_two() -> None:
    everyone = open_data().forces.all
    assert sum(force.country == "Wales" for force in everyone) == 4
    assert {force.id for force in everyone if force.region == "London"} == {"city-of-london", "metropolitan"}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def test_a_renamed_column_is_refused(data: Folder) -> None:
    data.replace("forces.csv", "official_name", "full_name")
    with pytest.raises(
        InputError, match=r"data/forces.csv, line 1: expected columns force_id, official_name, .* found .*full_name"
    ):
        _ = open_data().forces.all


@pytest.mark.parametrize("kept", [slice(None, -1), slice(None)])
def test_a_force_too_few_or_twice_is_refused(data: Folder, kept: slice) -> None:
    lines = (DATA / "forces.csv").read_text(encoding="utf-8").splitlines()
    data.write("forces.csv", "\n".join([*lines[kept], *([] if kept.stop else [lines[1]]), ""]))
    with pytest.raises(InputError, match=r"data/forces.csv: expected 43 forces, one row each; found 4[24] rows"):
        _ = open_data().forces.all


def test_a_name_keeps_the_years_in_which_it_was_the_force_s() -> None:
    names = [name.words for name in open_data().forces.find("hampshire").aliases]
    assert "Hampshire and Isle of Wight Constabulary (from 2022)" in names
    assert "Hampshire Constabulary (to 2022)" in names
    assert "Notts" in [name.words for name in open_data().forces.find("nottinghamshire").aliases]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("hants,Hants,,,", "line 2: expected the id of a force and a name of it; found 'hants' and 'Hants'"),
        ("kent,The Police,,,", "line 2: expected the id of a force and a name of it; found 'kent' and 'The Police'"),
        (
            "kent,Kentish,1066,soon,",
            "line 2: expected a first and a last year such as 2022, or blanks; found '1066'",
        ),
        ("kent,Kentish,2022,2009,", "line 2: expected a first and a last year .*; found '2022' and '2009'"),
        ("kent,Norfolk Police,,,", "'norfolk' is a name of norfolk and of kent; take it out"),
        ("kent,Kentish,,,\nkent,KENTISH Police,,,", "line 3: repeats an earlier row's force and name; take one of the"),
        ("kent,Kentish", "line 2: 2 cells for 5 columns"),
    ],
)
def test_a_wrong_name_is_refused_with_its_line(data: Folder, row: str, message: str) -> None:
    data.write("force_names.csv", f"force_id,name,first_year,last_year,said_in\n{row}\n")
    with pytest.raises(InputError, match=f"data/force_names.csv.*{message}"):
        _ = open_data().forces.all
