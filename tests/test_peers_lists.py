"""A user's lists of peers: what one file adds to the reports, and what is refused, with its line, before any starts."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from command import run
from invented import DATA, YEAR_2016, YEAR_2017, Folder, all_forces, folder
from refusals import refusal

from peel_analysis.comparison.comparable import PeerGroup, peer_groups
from peel_analysis.data.cross_checks import read_all
from peel_analysis.data.folder import open_data
from peel_analysis.data.settings import PEER_LIST_COLUMNS
from peel_analysis.sections.blocks import peer_panel

HEADER = ",".join(PEER_LIST_COLUMNS) + "\n"
SUFFOLK, KENT = (f"Friends,2020-01-31,norfolk,{peer}\n" for peer in ("suffolk", "kent"))
FILE = "data/peers/friends.csv"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def lists(data: Folder, force_id: str) -> dict[str, PeerGroup]:
    """Return the force's groups that are lists of the user."""
    return {one.set_id: one for one in peer_groups(data.edition(), force_id) if one.set_id not in ("region", "density")}


def test_a_list_of_the_user_is_added_by_one_file(data: Folder) -> None:
    data.write("peers/friends.csv", f"{HEADER}{SUFFOLK}{KENT}Friends,2020-01-31,kent,essex\n")
    mine = lists(data, "norfolk")["friends"]
    assert (mine.title, mine.as_at, mine.peer_ids) == ("Friends", "2020-01-31", ("suffolk", "kent"))
    assert mine.note == "A list added by the user."
    assert lists(data, "kent")["friends"].peer_ids == ("essex",)
    assert lists(data, "essex") == {}, "it lists nobody for Essex"
    assert [one.set_id for one in peer_groups(data.edition(), "norfolk")] == ["region", "density", "friends"]


def test_a_list_a_file_and_as_many_files_as_lists(data: Folder) -> None:
    data.write("peers/friends.csv", HEADER + SUFFOLK)
    data.write("peers/others.csv", f"{HEADER}\nOthers of 2019,2019-01-31,norfolk,suffolk\n\n")
    found = [(one.title, one.as_at, one.peer_ids) for one in lists(data, "norfolk").values()]
    assert found == [("Friends", "2020-01-31", ("suffolk",)), ("Others of 2019", "2019-01-31", ("suffolk",))]


def test_the_order_of_the_rows_does_not_matter_and_that_of_a_forces_peers_is_kept(data: Folder) -> None:
    essex = "Friends,2020-01-31,essex,norfolk\n"
    data.write("peers/friends.csv", HEADER + KENT + essex + SUFFOLK)
    assert lists(data, "norfolk")["friends"].peer_ids == ("kent", "suffolk")
    assert lists(data, "essex")["friends"].peer_ids == ("norfolk",), "and two forces may be each other's peers"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "title,as_at,force_id\nFriends,2020-01-31,norfolk\n",
            "line 1: expected columns title, as_at, force_id, peer_id; found title, as_at, force_id",
        ),
        (HEADER, "line 1: no row follows the columns; add a row for each peer, or take the file away"),
        (f"{HEADER}\n\n", "line 1: no row follows the columns; add a row for each peer, or take the file away"),
        (
            f"{HEADER}{SUFFOLK}Friends,2020-01-31,norfolk\n",
            "line 3: 3 cells for 4 columns; put a comma for every cell, a blank one too",
        ),
        (
            f"{HEADER}Friends,2020-01-31,norfolk,sufolk\n",
            "line 2: peer_id 'sufolk' is not an id of data/forces.csv; write one, as norfolk",
        ),
        (
            f"{HEADER}{SUFFOLK}Friends,2020-01-31,Norfolk Police,kent\n",
            "line 3: force_id 'Norfolk Police' is not an id of data/forces.csv; write one, as norfolk",
        ),
        (HEADER + SUFFOLK + KENT + SUFFOLK, "line 4: suffolk is a peer of norfolk on line 2; take one out"),
        (
            f"{HEADER}{SUFFOLK}Foes,2020-01-31,norfolk,kent\n",
            "line 3: title is 'Foes', and 'Friends' on the first row; put another list into a file of its own",
        ),
        (
            f"{HEADER}{SUFFOLK}Foes,2020-01-31,kent,essex\n",
            "line 3: title is 'Foes', and 'Friends' on the first row; put another list into a file of its own",
        ),
        (
            f"{HEADER}{SUFFOLK}Friends,2021-01-31,norfolk,kent\n",
            "line 3: as_at is '2021-01-31', and '2020-01-31' on the first row; put another list into a file of its own",
        ),
        (
            f"{HEADER}\n ,2020-01-31,norfolk,kent\n",
            "line 3: title is blank; write what readers shall see over these peers",
        ),
        (
            f"{HEADER}The Best of them,2020-01-31,norfolk,kent\n",
            "line 2: title is 'The Best of them', and 'Best' is a word of judgment; write it without",
        ),
        (
            f"{HEADER}Friends,2020-01-31,city-of-london,kent\n",
            "line 2: city-of-london has no peers, by [none] of data/peer_sets.toml; take the row or the force out",
        ),
        (
            f"{HEADER}{SUFFOLK}Friends,2020-01-31,norfolk,norfolk\n",
            "line 3: norfolk is set as its own peer; take the row out",
        ),
    ],
)
def test_a_list_that_cannot_be_used(data: Folder, text: str, message: str) -> None:
    data.write("peers/friends.csv", text)
    assert refusal(lambda: peer_groups(data.edition(), "dorset")) == f"{FILE}, {message}", "whoever is asked for"


@pytest.mark.parametrize("as_at", ["", "last spring", "2020", "31/01/2020", "2020-02-30", "20200131"])
def test_a_list_without_a_day(data: Folder, as_at: str) -> None:
    data.write("peers/friends.csv", f"{HEADER}Friends,{as_at},norfolk,kent\n")
    message = f"{FILE}, line 2: as_at is '{as_at}'; write the day that the list is of, as 2020-01-31"
    assert refusal(lambda: peer_groups(data.edition(), "norfolk")) == message


@pytest.mark.parametrize("name", ["region", "density"])
def test_a_list_with_the_name_of_a_set(data: Folder, name: str) -> None:
    data.write(f"peers/{name}.csv", HEADER + SUFFOLK)
    message = f"data/peers/{name}.csv: data/peer_sets.toml has a set '{name}'; give the file a name of its own"
    assert refusal(lambda: peer_groups(data.edition(), "norfolk")) == message


def test_a_list_is_refused_before_reports_and_by_the_check(data: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    data.write("peers/friends.csv", HEADER + SUFFOLK + SUFFOLK)
    edition, message = data.edition(), f"{FILE}, line 3: suffolk is a peer of norfolk on line 2; take one out"
    assert refusal(lambda: read_all(edition)) == message
    code, said, error = run(capsys, "check", "--edition", "2017", "--data", str(data.path))
    assert (code, error) == (1, "")
    assert f"  error: {message}\n" in said
    out = data.path.parent / "reports"
    code, _, error = run(capsys, "report", "city-of-london", "--data", str(data.path), "--out", str(out))
    assert (code, error.count("\n")) == (2, 1)
    assert message in error
    assert not list(out.rglob("*.html"))


def test_titles_stand_as_they_are_written(data: Folder) -> None:
    data.counts({"recorded_crime": [*all_forces(YEAR_2017), *all_forces(YEAR_2016)]})
    data.write("peers/welsh.csv", f"{HEADER}My Welsh MSG list,2020-01-31,gwent,dyfed-powys\n")
    panel = BeautifulSoup(peer_panel(data.result("crime_per_1000"), "gwent").html, "html.parser")
    said = [one.get_text().split(": ")[1].split(", 12 months")[0] for one in panel.select("caption")]
    assert said == ["forces of the same region", "forces of similar population density", "My Welsh MSG list"]
    assert "Set as at 31 January 2020." in panel.get_text()


def test_the_example_of_the_dictionary_is_a_list(data: Folder) -> None:
    part = (DATA / "README.md").read_text(encoding="utf-8").partition("`peers/<name>.csv`\n")[2]
    (example,) = re.findall(rf"(?m)^{HEADER}(?:.+,.+\n)+", part.partition("\n## ")[0])
    data.write("peers/example.csv", example)
    found = {force_id: lists(data, force_id) for force_id in open_data().forces.ids}
    assert sum(len(one.peer_ids) for of_force in found.values() for one in of_force.values()) == 2
