"""The playground runs from its first cell to its last in every edition, and its pickers show what their code makes."""

import importlib.util
import json
import os
import sys
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from run_cells import shown

import peel_analysis as peel
from peel_analysis.data.files import PROJECT
from peel_analysis.data.folder import open_data
from peel_analysis.sections.picker import KINDS, OWN_LIST, RESIDENTS, Explorer, Picks, choices, picked, view

EXPLORE = PROJECT / "notebooks" / "explore.ipynb"
NORFOLK = Picks("norfolk", "2025", "crime_per_1000")


@pytest.fixture
def widgets() -> None:
    if importlib.util.find_spec("ipywidgets") is None:
        if os.environ.get("CI"):
            pytest.fail("ipywidgets is not installed, and CI must not skip what it shows")
        pytest.skip("no ipywidgets here: the pickers are not tried")


@pytest.fixture
def no_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)


@pytest.mark.parametrize("force", ["norfolk", "city-of-london"])
@pytest.mark.parametrize("edition", peel.editions())
def test_every_cell_runs(force: str, edition: str) -> None:
    last = shown(EXPLORE, force=force, edition=edition)
    for cell, one in last.items():
        if hasattr(one, "_repr_html_"):
            assert one._repr_html_().strip(), cell
    explored = last["explore-03"]
    assert (explored.picks.force, explored.picks.edition) == (force, edition)
    assert explored.shown.figure is not None
    [drawn] = [one for one in last.values() if isinstance(one, peel.Figure)]
    assert 20 <= len(drawn.alt_text) <= 600
    grey = [line for line in drawn.axes[0].lines if not str(line.get_gid()).startswith("line-")]
    limits = last["explore-12"]
    assert len(grey) == 3 * len(limits), "the mean and two control limits"
    assert len(limits) == (0 if edition == "2017" else 1), "10 quarters since the last break are too few"
    vintages = last["explore-14"]
    assert len(vintages) == 44
    assert bool((vintages == 0).all()) == (edition == "2025"), "no second vintage of mid-2024 is held"


def test_it_uses_the_face_only() -> None:
    cells = json.loads(EXPLORE.read_text(encoding="utf-8"))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert [line for line in source.splitlines() if "import" in line] == ["import peel_analysis as peel"]


@pytest.mark.parametrize(
    "changed",
    [
        *({"kind": kind} for kind in KINDS),
        *({"kind": kind, "peers": OWN_LIST, "own_peers": ("kent", "suffolk")} for kind in KINDS),
        {"region": "North East", "kind": "trend"},
        {"peers": "density", "kind": "compare"},
        {"edition": "2017", "population": "2018-revised"},
        {"force": "city-of-london", "population": RESIDENTS},
        {"measure": "crime_change_12m"},
    ],
    ids=str,
)
def test_the_code_makes_what_the_picks_show(changed: dict[str, Any]) -> None:
    made = view(replace(NORFOLK, **changed), open_data())
    names: dict[str, Any] = {}
    exec(made.code, names)
    assert made.figure is not None
    assert made.table is not None
    assert names["figure"].as_image() == made.figure.as_image()
    assert names["sentence"] == made.sentence
    pd.testing.assert_frame_equal(names["table"].data, made.table.data)
    assert made.sentence in made._repr_html_().replace("&#39;", "'")
    assert made.code.splitlines()[-1] == "figure"


def test_picks_reach_the_figure_the_sentence_and_the_table() -> None:
    chosen = replace(NORFOLK, kind="compare", peers=OWN_LIST, own_peers=("kent",), region="Wales")
    made = view(chosen, open_data())
    assert made.figure is not None
    assert made.table is not None
    names = {"Norfolk", "Kent", "Dyfed-Powys", "Gwent", "North Wales", "South Wales", "England and Wales"}
    assert set(made.figure.data.index) == names
    assert made.table.data.name.tolist()[:2] == ["Norfolk", "Kent"]
    residents = view(Picks("city-of-london", "2017", "crime_per_1000", population=RESIDENTS), open_data())
    assert "597" in residents.sentence


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"edition": "2017", "kind": "quarters"}, "need 20 quarters since the last marked break"),
        ({"kind": "trend", "region": "South East", "peers": OWN_LIST, "own_peers": ("kent", "suffolk")}, "five"),
        ({"measure": "ocg_per_million", "edition": "2017"}, "no force has a value"),
    ],
    ids=str,
)
def test_what_is_refused_says_why_in_place_of_the_figure_and_its_code_runs(
    changed: dict[str, Any], reason: str
) -> None:
    made = view(replace(NORFOLK, **changed), open_data())
    assert made.figure is None
    assert reason in made.refused
    assert "<img" not in made._repr_html_()
    names: dict[str, Any] = {}
    exec(made.code, names)
    assert names["sentence"] == made.sentence != ""
    assert "figure" not in names


def test_a_pick_that_is_no_longer_offered_is_left_out() -> None:
    data = open_data()
    vintages = [one for _, one in choices(replace(NORFOLK, edition="2017"), data)["population"]]
    assert vintages[0] == ""
    assert "2018-revised" in vintages[1:-1]
    assert vintages[-1] == RESIDENTS
    before = replace(
        NORFOLK, population="2018-revised", peers=OWN_LIST, own_peers=("norfolk", "kent"), region="Atlantis"
    )
    assert picked(before, data) == replace(NORFOLK, peers=OWN_LIST, own_peers=("kent",))


def test_a_wrong_name_is_refused_with_what_there_is() -> None:
    with pytest.raises(peel.InputError, match="did you mean Norfolk"):
        peel.explore("norfork")
    with pytest.raises(peel.InputError, match="ranked, funnel, trend"):
        peel.explore(kind="pie")


@pytest.mark.usefixtures("no_widgets")
def test_without_widgets_a_line_says_how_to_get_them_over_the_figure() -> None:
    explored = peel.explore("kent", "2019")
    html = explored._repr_html_()
    assert html.index("pip install") < html.index("<img")
    assert "Kent Police" in html
    assert explored._repr_mimebundle_() == {}


@pytest.fixture
def explored(widgets: None) -> Explorer:
    return peel.explore("norfolk", "2025")


def test_a_change_of_any_pick_changes_what_is_seen(explored: Explorer) -> None:
    assert explored.shown.table is not None
    assert set(explored.pickers) == set(Picks.__dataclass_fields__)
    seen = [explored._output.value]
    for name, value in {
        "force": "cleveland", "kind": "compare", "region": "North East", "peers": "density",
        "measure": "asb_incidents_per_1000", "edition": "2017", "population": RESIDENTS,
    }.items():  # fmt: skip
        explored.pickers[name].value = value
        assert getattr(explored.picks, name) == value
        assert explored._output.value not in seen, name
        seen.append(explored._output.value)
    explored.pickers["peers"].value = OWN_LIST
    explored.pickers["own_peers"].value = ("kent",)
    assert explored.shown.table.data.name.tolist()[1::-1] == ["Kent", "Cleveland"]
    assert explored.shown.code.splitlines()[2].endswith('(residents_only=True).measure("asb_incidents_per_1000")')


def test_pickers_follow_each_other(explored: Explorer) -> None:
    explored.pickers["edition"].value = "2017"
    explored.pickers["population"].value = "2018-revised"
    explored.pickers["edition"].value = "2025"
    assert explored.pickers["population"].value == ""
    assert explored.pickers["own_peers"].layout.display == "none"
    explored.pickers["kind"].value = "quarters"
    explored.pickers["edition"].value = "2017"
    assert "need 20 quarters" in explored._output.value
    assert "<img" not in explored._output.value


def test_a_notebook_holds_the_widget_and_for_readers_without_it_the_figure(explored: Explorer) -> None:
    [kind] = explored._repr_mimebundle_()
    assert kind == "application/vnd.jupyter.widget-view+json"
    html = explored._repr_html_()
    assert "<img" in html
    assert "pip install" not in html
